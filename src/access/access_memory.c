/*
 * access_memory: see access_memory.h. The two tables are the process's:
 * the server's callbacks carry no context that could own them, and every
 * thread must see the same.
 */
#include "src/access/access_memory.h"

#include <pthread.h>
#include <string.h>

#include "lib/base/clock.h"

enum { WAYS = 4, CALLER_SETS = 1024, FAILURE_SETS = 512 };

struct entry {
    struct hash hash;
    struct caller caller;
    int64_t until_us; /* monotonic; 0: free */
};

static struct {
    pthread_mutex_t mutex;
    uint64_t generation;
    struct entry entries[CALLER_SETS][WAYS];
} callers = { .mutex = PTHREAD_MUTEX_INITIALIZER };

struct failure {
    int64_t key; /* 0: free */
    int64_t last_ms;
    int64_t wait_until_ms;
    int count;
};

static struct {
    pthread_mutex_t mutex;
    struct failure entries[FAILURE_SETS][WAYS];
} failures = { .mutex = PTHREAD_MUTEX_INITIALIZER };

/* ---- callers ---- */

static struct entry *
set_of(const struct hash *hash)
{
    uint32_t first;

    memcpy(&first, hash->bytes, sizeof first);
    return callers.entries[first % CALLER_SETS];
}

static struct entry *
find(struct entry *set, const struct hash *hash)
{
    for (int i = 0; i < WAYS; i++)
        if (set[i].until_us != 0 && hash_equal(&set[i].hash, hash))
            return &set[i];
    return NULL;
}

bool
memory_find(const struct hash *hash, int64_t now_ms, struct caller *caller)
{
    int64_t now_us = clock_monotonic_us();

    pthread_mutex_lock(&callers.mutex);
    const struct entry *entry = find(set_of(hash), hash);
    bool good = entry != NULL && entry->until_us > now_us
             && entry->caller.expires_ms > now_ms;
    if (good)
        *caller = entry->caller;
    pthread_mutex_unlock(&callers.mutex);
    return good;
}

uint64_t
memory_generation(void)
{
    pthread_mutex_lock(&callers.mutex);
    uint64_t generation = callers.generation;
    pthread_mutex_unlock(&callers.mutex);
    return generation;
}

/* The same caller, else the one that is oldest, or was never there. */
static struct entry *
place_for(struct entry *set, const struct hash *hash)
{
    struct entry *place = find(set, hash);

    if (place != NULL)
        return place;
    place = set;
    for (int i = 1; i < WAYS; i++)
        if (set[i].until_us < place->until_us)
            place = &set[i];
    return place;
}

void
memory_put(const struct hash *hash, const struct caller *caller,
           uint64_t generation)
{
    int64_t until_us = clock_monotonic_us() + (int64_t)MEMORY_MS * 1000;

    pthread_mutex_lock(&callers.mutex);
    if (generation == callers.generation)
        *place_for(set_of(hash), hash) =
            (struct entry){ *hash, *caller, until_us };
    pthread_mutex_unlock(&callers.mutex);
}

void
memory_forget(struct id workspace)
{
    pthread_mutex_lock(&callers.mutex);
    callers.generation++;
    for (int set = 0; set < CALLER_SETS; set++)
        for (int way = 0; way < WAYS; way++) {
            struct entry *entry = &callers.entries[set][way];
            if (id_is_none(workspace)
                || id_equal(entry->caller.workspace, workspace))
                *entry = (struct entry){ 0 };
        }
    pthread_mutex_unlock(&callers.mutex);
}

/* ---- failures ---- */

static const int64_t wait_first_ms = 1000;
static const int64_t wait_most_ms = 60000;
static const int64_t forget_ms = 15 * 60000;

static struct failure *
failure_find(int64_t key)
{
    struct failure *set = failures.entries[(uint64_t)key % FAILURE_SETS];

    for (int i = 0; i < WAYS; i++)
        if (set[i].key == key)
            return &set[i];
    return NULL;
}

/* In a full set the one that failed least gives way: who guesses in many
 * accounts does not push out the account he has guessed at most. */
static struct failure *
failure_place(int64_t key, int64_t now_ms)
{
    struct failure *set = failures.entries[(uint64_t)key % FAILURE_SETS];
    struct failure *place = failure_find(key);

    for (int i = 0; place == NULL && i < WAYS; i++)
        if (set[i].key == 0 || now_ms - set[i].last_ms > forget_ms)
            place = &set[i];
    if (place == NULL) {
        place = set;
        for (int i = 1; i < WAYS; i++)
            if (set[i].count < place->count)
                place = &set[i];
    }
    if (place->key != key || now_ms - place->last_ms > forget_ms)
        *place = (struct failure){ .key = key };
    return place;
}

int64_t
failures_wait_ms(int64_t key, int64_t now_ms)
{
    pthread_mutex_lock(&failures.mutex);
    const struct failure *failure = failure_find(key);
    int64_t wait_ms = failure == NULL ? 0 : failure->wait_until_ms - now_ms;
    pthread_mutex_unlock(&failures.mutex);
    return wait_ms > 0 ? wait_ms : 0;
}

static int64_t
wait_after(int beyond)
{
    int64_t wait_ms = wait_first_ms;

    for (int i = 1; i < beyond && wait_ms < wait_most_ms; i++)
        wait_ms *= 2;
    return wait_ms < wait_most_ms ? wait_ms : wait_most_ms;
}

void
failures_add(int64_t key, int64_t now_ms, int free)
{
    pthread_mutex_lock(&failures.mutex);
    struct failure *failure = failure_place(key, now_ms);
    failure->last_ms = now_ms;
    failure->count++;
    if (failure->count > free)
        failure->wait_until_ms = now_ms + wait_after(failure->count - free);
    pthread_mutex_unlock(&failures.mutex);
}

void
failures_forget(int64_t key)
{
    pthread_mutex_lock(&failures.mutex);
    struct failure *failure = failure_find(key);
    if (failure != NULL)
        *failure = (struct failure){ 0 };
    pthread_mutex_unlock(&failures.mutex);
}

void
failures_forget_all(void)
{
    pthread_mutex_lock(&failures.mutex);
    memset(failures.entries, 0, sizeof failures.entries);
    pthread_mutex_unlock(&failures.mutex);
}
