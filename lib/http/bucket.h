/*
 * bucket: how often something may happen, by key: so many at once, and so many
 * a minute after that. A table of fixed size: it never grows, and when a place
 * is full, who has asked least gives way, so that many strangers do not make
 * room for one who asks too often.
 *
 * Pure: the caller says what time it is. Not shared between threads.
 */
#ifndef HTTP_BUCKET_H
#define HTTP_BUCKET_H

#include "lib/base/arena.h"

/* per_minute 0: no limit. */
struct http_limit {
    int64_t per_minute;
    int64_t burst; /* at once; at least 1 */
};

/* "60", or "60:100" with a burst of 100 (without: a minute's worth); "0": no
 * limit. False for anything else, and for more than a million. */
bool http_limit_parse(struct str, struct http_limit *);

struct buckets;

struct buckets *buckets_new(void);
void buckets_free(struct buckets *); /* NULL is allowed */

/*
 * Takes one. 0: it may happen; else how many ms to wait, and nothing was taken.
 * A key is any number but 0; unlike things have unlike keys. When the time
 * goes back, nobody waits longer than from a full bucket.
 */
int64_t bucket_take(struct buckets *, const struct http_limit *, int64_t key,
                    int64_t now_ms);

/* What bucket_take would say; takes nothing. */
int64_t bucket_wait_ms(const struct buckets *, const struct http_limit *,
                       int64_t key, int64_t now_ms);

#endif
