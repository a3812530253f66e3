/*
 * bucket: see bucket.h. A bucket is one number: when it will be full again.
 * Each taking moves it on by the time that one token takes to come back; it
 * may lie ahead of now by the time of the burst. (Known as GCRA.)
 */
#include "lib/http/bucket.h"

#include <stdlib.h>

enum { SETS = 4096, WAYS = 4, LIMIT_MAX = 1000000 };

#define MINUTE_US INT64_C(60000000)

struct bucket {
    int64_t key; /* 0: free */
    int64_t full_us;
};

struct buckets {
    struct bucket sets[SETS][WAYS];
};

bool
http_limit_parse(struct str s, struct http_limit *limit)
{
    ptrdiff_t colon = str_find_char(s, ':');
    struct str rate = colon < 0 ? s : str_slice(s, 0, (size_t)colon);

    if (!str_to_int64(rate, &limit->per_minute))
        return false;
    limit->burst = limit->per_minute > 0 ? limit->per_minute : 1;
    if (colon >= 0
        && !str_to_int64(str_slice(s, (size_t)colon + 1, s.bytes),
                         &limit->burst))
        return false;
    return limit->per_minute >= 0 && limit->per_minute <= LIMIT_MAX
        && limit->burst > 0 && limit->burst <= LIMIT_MAX;
}

struct buckets *
buckets_new(void)
{
    struct buckets *buckets = calloc(1, sizeof *buckets);

    if (buckets == NULL)
        abort();
    return buckets;
}

void
buckets_free(struct buckets *buckets)
{
    free(buckets);
}

static uint64_t
set_of(int64_t key)
{
    return ((uint64_t)key * UINT64_C(0x9E3779B97F4A7C15)) >> 52;
}
_Static_assert(SETS == 1 << 12, "set_of gives twelve bits");

static const struct bucket *
find(const struct buckets *buckets, int64_t key)
{
    const struct bucket *set = buckets->sets[set_of(key)];

    for (int i = 0; i < WAYS; i++)
        if (set[i].key == key)
            return &set[i];
    return NULL;
}

/* The one that was full first: never there, or he who has asked least. */
static struct bucket *
place_for(struct buckets *buckets, int64_t key)
{
    struct bucket *set = buckets->sets[set_of(key)];
    struct bucket *place = set;

    for (int i = 0; i < WAYS; i++) {
        if (set[i].key == key)
            return &set[i];
        if (set[i].full_us < place->full_us)
            place = &set[i];
    }
    *place = (struct bucket){ .key = key };
    return place;
}

/* How far ahead it may lie before one more is too many. */
static int64_t
room_us(const struct http_limit *limit)
{
    return (limit->burst - 1) * MINUTE_US / limit->per_minute;
}

/* When it is full, never before now; one that is full later than an empty
 * bucket would be was filled by a clock that has gone back. */
static int64_t
full_us(const struct bucket *bucket, const struct http_limit *limit,
        int64_t now_us)
{
    int64_t most_us = now_us + limit->burst * MINUTE_US / limit->per_minute;

    if (bucket == NULL || bucket->full_us < now_us)
        return now_us;
    return bucket->full_us < most_us ? bucket->full_us : most_us;
}

static int64_t
wait_ms(const struct http_limit *limit, int64_t at_us, int64_t now_us)
{
    int64_t ahead_us = at_us - now_us - room_us(limit);

    return ahead_us <= 0 ? 0 : (ahead_us + 999) / 1000;
}

int64_t
bucket_wait_ms(const struct buckets *buckets, const struct http_limit *limit,
               int64_t key, int64_t now_ms)
{
    if (limit->per_minute == 0)
        return 0;
    int64_t now_us = now_ms * 1000;
    return wait_ms(limit, full_us(find(buckets, key), limit, now_us), now_us);
}

int64_t
bucket_take(struct buckets *buckets, const struct http_limit *limit,
            int64_t key, int64_t now_ms)
{
    if (limit->per_minute == 0)
        return 0;

    int64_t now_us = now_ms * 1000;
    struct bucket *bucket = place_for(buckets, key);
    int64_t at_us = full_us(bucket, limit, now_us);
    int64_t wait = wait_ms(limit, at_us, now_us);
    bucket->full_us = wait > 0 ? at_us : at_us + MINUTE_US / limit->per_minute;
    return wait;
}
