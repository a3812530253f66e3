/* key_filter: see key_filter.h. */
#include "src/match/key_filter.h"

#include <assert.h>

#include "lib/base/clock.h"
#include "src/match/match_store.h"
#include "src/workspace/cache.h"

enum {
    STEP = 256,         /* keys read beside a group, and */
    STEP_A_KEY = 4,     /* so many for each that it asks for */
    STEP_IN_TESTS = 3,  /* under a test clock, so that stories end amid it */
    QUIET_GROUPS = 200, /* who has seen another process waits so long for it */
};

/* As long as all commits since were ours. */
static bool
is_ours(const struct workspace_cache *cache)
{
    const struct key_filter *filter = &cache->filter;

    return filter->begun && filter->version == cache->keys.before;
}

static void
begin_anew(struct workspace_cache *cache)
{
    bool others = cache->filter.begun;

    bloom_clear(&cache->filter.bloom);
    cache->filter = (struct key_filter){
        .begun = true,
        .waits = others ? QUIET_GROUPS : 0,
        .version = cache->keys.before, /* as if all were ours */
        .read_to = INT64_MIN,
    };
}

/* The filter of the unit's workspace, fit for use in this group; NULL: there
 * is none, for nothing is locked. */
static struct key_filter *
filter_of(struct work *w)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL || !cache->locked)
        return NULL;
    if (!cache->filter.checked) {
        if (!is_ours(cache))
            begin_anew(cache);
        cache->filter.checked = true;
    }
    return &cache->filter;
}

static int
step_for(int asked)
{
    return clock_is_test() ? STEP_IN_TESTS : STEP + asked * STEP_A_KEY;
}

bool
key_filter_warm(struct work *w, int asked)
{
    int step = step_for(asked), count;
    int64_t *keys;

    if (asked == 0)
        return true;
    struct key_filter *filter = filter_of(w);
    if (filter == NULL)
        return false;
    if (filter->whole || filter->waits > 0)
        return true;
    if (!match_keys_after(w, filter->read_to, step, &keys, &count))
        return false;
    for (int i = 0; i < count; i++)
        bloom_add(&filter->bloom, keys[i]);
    filter->whole = count < step;
    if (count > 0)
        filter->read_to = keys[count - 1];
    return true;
}

bool
key_filter_denies(struct work *w, int64_t key)
{
    const struct key_filter *filter = filter_of(w);

    return filter != NULL && filter->whole
        && !bloom_may_have(&filter->bloom, key);
}

void
key_filter_add(struct work *w, int64_t key)
{
    struct key_filter *filter = filter_of(w);

    if (filter != NULL)
        bloom_add(&filter->bloom, key);
}

/* What was rolled back stays in it: too much is no harm. */
static bool
group_done(struct work *w, void *context, struct workspace_cache *cache)
{
    const bool *committed = context;

    (void)w;
    if (*committed && is_ours(cache))
        cache->filter.version += cache->keys.moves;
    if (cache->filter.waits > 0)
        cache->filter.waits--;
    cache->filter.checked = false;
    return true;
}

void
key_filter_group_done(struct work *w, bool committed)
{
    cache_each_locked(w, group_done, &committed);
}
