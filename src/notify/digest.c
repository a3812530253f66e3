/* digest: see digest.h. */
#include "src/notify/digest.h"

#include <stdlib.h>

static struct digest *
find_or_add(struct workspace_cache *cache, struct id person, struct id source)
{
    for (int i = 0; i < cache->digest_count; i++)
        if (id_equal(cache->digests[i].person, person)
            && id_equal(cache->digests[i].source, source))
            return &cache->digests[i];

    if (cache->digest_count == cache->digest_room) {
        cache->digest_room = cache->digest_room * 2 + 16;
        cache->digests = realloc(cache->digests, (size_t)cache->digest_room
                                                     * sizeof *cache->digests);
        if (cache->digests == NULL)
            abort();
    }
    cache->digests[cache->digest_count] =
        (struct digest){ .person = person, .source = source };
    return &cache->digests[cache->digest_count++];
}

bool
digest_count(struct work *w, struct id person, struct id source, struct id lead)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    struct digest *digest = find_or_add(cache, person, source);
    digest->leads++;
    digest->lead = lead;
    digest->last_ms = w->now_ms;
    if (w->jobs_due_ms == 0 || w->jobs_due_ms > w->now_ms + DIGEST_QUIET_MS)
        w->jobs_due_ms = w->now_ms + DIGEST_QUIET_MS;
    return true;
}

bool
digest_wake(struct work *w, const struct job_kind *kind, int64_t due_ms)
{
    return job_add(w, &(struct job_new){ .kind = kind,
                                         .key = STR("digest"),
                                         .due_ms = due_ms });
}

static bool
store(struct work *w, void *context, struct workspace_cache *cache)
{
    for (int i = 0; i < cache->digest_count; i++)
        if (!digest_store_add(w, &cache->digests[i]))
            return false;
    return cache->digest_count == 0
        || digest_wake(w, *(const struct job_kind *const *)context,
                       w->now_ms + DIGEST_QUIET_MS);
}

bool
digest_group_end(struct work *w, const struct job_kind *when_quiet)
{
    return cache_each_locked(w, store, &when_quiet);
}

static bool
forget(struct work *w, void *context, struct workspace_cache *cache)
{
    (void)w, (void)context;
    cache->digest_count = 0;
    return true;
}

void
digest_group_done(struct work *w)
{
    cache_each_locked(w, forget, NULL);
}
