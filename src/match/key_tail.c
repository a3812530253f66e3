/* key_tail: see key_tail.h. */
#include "src/match/key_tail.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "src/lead/lead.h"
#include "src/match/match.h"
#include "src/match/match_store.h"
#include "src/workspace/cache.h"

enum {
    FULL = 100000,       /* keys gathered before they are written: several for
                            each page of the table of a million leads */
    FULL_IN_TESTS = 30,  /* under a test clock, so that small stories write */
    DIRECT_GROUPS = 200, /* written at once after another process was seen */
    STEP = 32,           /* written per group, beside twice what came */
    END_STEP = 5000,     /* by who is about to end: some 10 ms */
    LEFT_ALONE = 1000,   /* fewer are left for the next process to read */
};

/* tail.version: what the version of the keys was at our last commit, or ... */
enum { NOT_LOADED = -1, OTHERS_WROTE = -2 };

static bool settle(struct work *, struct workspace_cache *);
static bool load(struct work *, struct key_tail *);
static void put_fresh(struct key_tail *, int64_t key, struct id lead);
static void freeze(struct key_tail *);

/* The tail of the unit's workspace, fit for use in this group. */
static struct key_tail *
tail_of(struct work *w)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return NULL;
    assert(cache->locked);
    if (cache->tail.checked)
        return &cache->tail;
    if (!settle(w, cache))
        return NULL;
    cache->tail.checked = true;
    return &cache->tail;
}

static size_t
full_at(void)
{
    return clock_is_test() ? FULL_IN_TESTS : FULL;
}

/* K2. Nothing to do when the last commit here was ours. */
static bool
settle(struct work *w, struct workspace_cache *cache)
{
    struct key_tail *tail = &cache->tail;

    if (tail->version >= 0 && tail->version == cache->keys.before) {
        if (tail->fresh.count >= full_at() && tail->queue_count == 0)
            freeze(tail);
        return true;
    }

    bool others = tail->version != NOT_LOADED;
    tail->mark = cache->keys_mark;
    tail->settled_now = true;
    if (!load(w, tail))
        return false;
    tail->version = cache->keys.before; /* as if all were ours */
    tail->direct = others ? DIRECT_GROUPS : 0;
    freeze(tail);
    tail->frozen_repeats = true;
    tail->step_all = others;
    return true;
}

/* -------------------------------------------------------------- from leads */

static void
clear(struct key_tail *tail)
{
    hash_map_clear(&tail->fresh);
    hash_map_clear(&tail->frozen);
    free(tail->queue);
    tail->queue = NULL;
    tail->queue_count = tail->queue_next = 0;
    tail->added_count = 0;
    tail->newest = tail->frozen_newest = tail->mark;
}

static void
take_keys(struct key_tail *tail, struct id record, const int64_t *keys,
          int count)
{
    for (int i = 0; i < count; i++)
        if (hash_map_get(&tail->fresh, keys[i]) == 0)
            put_fresh(tail, keys[i], record);
    if (id_compare(tail->newest, record) < 0)
        tail->newest = record;
}

static bool
take_lead(void *context, struct id lead, struct str email_key,
          struct str phone_key)
{
    int64_t keys[MATCH_KEYS_MAX];

    take_keys(context, lead, keys, match_lead_keys(email_key, phone_key, keys));
    return true;
}

static bool
take_account(void *context, struct id account, struct str name_key,
             struct str domain)
{
    int64_t keys[MATCH_KEYS_MAX];

    take_keys(context, account, keys,
              match_account_keys(name_key, domain, keys));
    return true;
}

/* K1: every lead and account after the mark. */
static bool
load(struct work *w, struct key_tail *tail)
{
    clear(tail);
    if (!lead_keys_after(w, tail->mark, take_lead, tail)
        || !account_keys_after(w, tail->mark, take_account, tail))
        return false;
    tail->added_count = 0; /* they are of earlier groups */
    return true;
}

/* ------------------------------------------------------------- the newest */

/* A reader has no tail: it looks at the leads after the mark themselves. Only
 * trials and checks ask a reader. */
struct looked_for {
    int64_t key;
    struct id found;
};

static void
look_at(struct looked_for *looked, struct id record, const int64_t *keys,
        int count)
{
    for (int i = 0; i < count; i++)
        if (keys[i] == looked->key)
            looked->found = record;
}

static bool
is_of_lead(void *context, struct id lead, struct str email_key,
           struct str phone_key)
{
    int64_t keys[MATCH_KEYS_MAX];

    look_at(context, lead, keys, match_lead_keys(email_key, phone_key, keys));
    return true;
}

static bool
is_of_account(void *context, struct id account, struct str name_key,
              struct str domain)
{
    int64_t keys[MATCH_KEYS_MAX];

    look_at(context, account, keys, match_account_keys(name_key, domain, keys));
    return true;
}

bool
key_tail_find(struct work *w, int64_t key, struct id *lead)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct looked_for looked = { .key = key };

    if (cache == NULL)
        return false;
    if (!cache->locked) {
        bool ok =
            lead_keys_after(w, cache->keys_mark, is_of_lead, &looked)
            && account_keys_after(w, cache->keys_mark, is_of_account, &looked);
        *lead = looked.found;
        return ok;
    }

    struct key_tail *tail = tail_of(w);
    if (tail == NULL)
        return false;
    lead->value = hash_map_get(&tail->fresh, key);
    if (id_is_none(*lead))
        lead->value = hash_map_get(&tail->frozen, key);
    return true;
}

static void
note_added(struct key_tail *tail, int64_t key)
{
    if (tail->added_count == tail->added_room) {
        tail->added_room = tail->added_room == 0 ? 256 : tail->added_room * 2;
        tail->added = realloc(tail->added,
                              (size_t)tail->added_room * sizeof *tail->added);
        if (tail->added == NULL)
            abort();
    }
    tail->added[tail->added_count++] = key;
}

static void
put_fresh(struct key_tail *tail, int64_t key, struct id lead)
{
    hash_map_put(&tail->fresh, key, lead.value);
    note_added(tail, key);
}

/* A reader of K1 passes over it, or will once what is frozen is written: ids of
 * a clock that is behind do not say what came first. */
static bool
is_behind_mark(const struct key_tail *tail, struct id lead)
{
    return id_compare(lead, tail->mark) <= 0
        || id_compare(lead, tail->frozen_newest) <= 0;
}

bool
key_tail_take(struct work *w, int64_t key, struct id lead, bool *taken)
{
    struct key_tail *tail = tail_of(w);

    if (tail == NULL)
        return false;
    if (id_compare(tail->newest, lead) < 0)
        tail->newest = lead;
    workspace_cache(w)->keys.changed = true;
    /* A second lead under a key goes to the table. */
    *taken = tail->direct == 0 && !is_behind_mark(tail, lead)
          && hash_map_get(&tail->fresh, key) == 0
          && hash_map_get(&tail->frozen, key) == 0;
    if (*taken)
        put_fresh(tail, key, lead);
    return true;
}

/* A key that is written already is taken out of the table. */
static void
take_out_of_queue(struct key_tail *tail, int64_t key)
{
    for (int i = tail->queue_next; i < tail->queue_count; i++) {
        if (tail->queue[i].key != key)
            continue;
        tail->queue_count--;
        memmove(tail->queue + i, tail->queue + i + 1,
                (size_t)(tail->queue_count - i) * sizeof *tail->queue);
        return;
    }
}

bool
key_tail_forget(struct work *w, int64_t key, struct id record)
{
    struct key_tail *tail = tail_of(w);

    if (tail == NULL)
        return false;
    bool fresh = hash_map_get(&tail->fresh, key) == record.value;
    bool frozen = hash_map_get(&tail->frozen, key) == record.value;
    if (fresh)
        hash_map_remove(&tail->fresh, key);
    if (frozen) {
        hash_map_remove(&tail->frozen, key);
        take_out_of_queue(tail, key);
    }
    tail->settled_now |= fresh || frozen;
    return true;
}

static bool
has_much_to_leave(const struct workspace_cache *cache)
{
    const struct key_tail *tail = &cache->tail;
    size_t keys =
        tail->fresh.count + (size_t)(tail->queue_count - tail->queue_next);

    return tail->version >= 0 && keys > (tail->leaving ? 0 : LEFT_ALONE);
}

bool
key_tail_leave(struct work *w, bool *more)
{
    w->workspace = cache_find(w, has_much_to_leave);
    if (id_is_none(w->workspace))
        return true;
    struct key_tail *tail = tail_of(w);
    if (tail == NULL)
        return false;
    if (tail->queue_count == 0)
        freeze(tail);
    *more = tail->leaving = tail->step_end = true;
    return true;
}

/* ---------------------------------------------------------------- writing */

static int
by_key(const void *a, const void *b)
{
    int64_t one = ((const struct hash_slot *)a)->key;
    int64_t two = ((const struct hash_slot *)b)->key;

    return (one > two) - (one < two);
}

/* The fresh keys become those that are written, in order. */
static void
freeze(struct key_tail *tail)
{
    struct hash_map empty = tail->frozen;

    assert(tail->queue_count == 0);
    if (tail->fresh.count == 0)
        return;
    tail->frozen = tail->fresh;
    tail->fresh = empty;
    hash_map_clear(&tail->fresh);
    tail->frozen_newest = tail->newest;
    tail->frozen_repeats = false;
    tail->queue = malloc((tail->frozen.count + 1) * sizeof *tail->queue);
    if (tail->queue == NULL)
        abort();
    for (size_t i = 0; i < tail->frozen.room; i++)
        if (tail->frozen.slots[i].key != 0)
            tail->queue[tail->queue_count++] = tail->frozen.slots[i];
    qsort(tail->queue, (size_t)tail->queue_count, sizeof *tail->queue, by_key);
}

static bool
write_some(struct work *w, struct key_tail *tail)
{
    int left = tail->queue_count - tail->queue_next;
    int step = tail->step_all ? left
             : tail->step_end ? END_STEP
                              : tail->added_count * 2 + STEP;

    if (step > left)
        step = left;
    tail->queue_step = step;
    return step == 0
        || match_add_many(w, tail->queue + tail->queue_next, step,
                          tail->frozen_repeats);
}

static bool
tell_others(struct work *w, struct keys_version *keys)
{
    if (!keys->changed || keys->moves)
        return true;
    keys->moves = true;
    return workspace_keys_moved(w);
}

static bool
group_end(struct work *w, void *context, struct workspace_cache *cache)
{
    struct key_tail *tail = &cache->tail;

    (void)context;
    if (!tail->checked)
        return tell_others(w, &cache->keys);
    if (!write_some(w, tail) || !tell_others(w, &cache->keys))
        return false;

    bool all = tail->queue_next + tail->queue_step == tail->queue_count;
    struct id mark = tail->mark;
    if (tail->direct > 0 && all)
        mark = tail->newest; /* nothing is here that the table lacks */
    else if (tail->queue != NULL && all)
        mark = tail->frozen_newest;
    tail->mark_then = mark;
    return id_equal(mark, tail->mark) || workspace_keys_mark(w, mark);
}

bool
key_tail_group_end(struct work *w)
{
    return cache_each_locked(w, group_end, NULL);
}

static void
committed(struct key_tail *tail)
{
    tail->mark = tail->mark_then;
    tail->queue_next += tail->queue_step;
    if (tail->queue != NULL && tail->queue_next == tail->queue_count) {
        hash_map_clear(&tail->frozen);
        free(tail->queue);
        tail->queue = NULL;
        tail->queue_count = tail->queue_next = 0;
    }
    if (tail->direct > 0)
        tail->direct--;
    tail->step_all = false;
}

static void
rolled_back(struct key_tail *tail)
{
    for (int i = 0; i < tail->added_count; i++)
        hash_map_remove(&tail->fresh, tail->added[i]);
    tail->frozen_repeats |= tail->queue_step > 0; /* it may have been why */
    if (tail->settled_now) /* what it wrote is gone: from the beginning */
        tail->version = tail->direct > 0 ? OTHERS_WROTE : NOT_LOADED;
}

static bool
group_done(struct work *w, void *context, struct workspace_cache *cache)
{
    struct key_tail *tail = &cache->tail;
    bool ok = *(const bool *)context;

    (void)w;
    if (tail->checked && ok)
        committed(tail);
    else if (tail->checked)
        rolled_back(tail);
    if (ok && tail->version == cache->keys.before)
        tail->version += cache->keys.moves;
    if (ok)
        cache->keys.likely = cache->keys.changed;
    tail->added_count = 0;
    tail->queue_step = 0;
    tail->checked = tail->settled_now = tail->step_end = false;
    return true;
}

void
key_tail_group_done(struct work *w, bool ok)
{
    cache_each_locked(w, group_done, &ok);
}
