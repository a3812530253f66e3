/* cache: see cache.h. */
#include "src/workspace/cache.h"

#include <assert.h>
#include <stdlib.h>

#include "src/access/access.h"
#include "src/workspace/warm.h"
#include "src/workspace/workspace_store.h"

/* A captured lead makes a dozen ids; a millisecond of a writer has at least
 * 600. */
enum { LEADS_IN_A_MS = 40 };

/* What one thread of the runner keeps. */
struct app {
    bool writes;
    struct workspace_cache *caches; /* owned */
    struct hash_map keys;           /* of the present group */
    struct warm_rows warm[WARM_KINDS];
};

void *
cache_open(void *context, struct db *db, bool writes)
{
    struct app *app = calloc(1, sizeof *app);

    (void)context, (void)db;
    if (app == NULL)
        abort();
    app->writes = writes;
    return app;
}

struct hash_map *
cache_keys(struct work *w)
{
    struct app *app = w->app;

    return &app->keys;
}

struct warm_rows *
cache_warm_rows(struct work *w)
{
    struct app *app = w->app;

    return app == NULL ? NULL : app->warm;
}

void
workspace_cache_free(struct workspace_cache *cache)
{
    if (cache == NULL)
        return;
    arena_free(&cache->config);
    arena_free(&cache->counters);
    arena_free(&cache->results_arena);
    arena_free(&cache->step_texts);
    hash_map_free(&cache->tail.fresh);
    hash_map_free(&cache->tail.frozen);
    hash_map_free(&cache->hook_seen);
    account_memory_free(&cache->accounts);
    bloom_free(&cache->filter.bloom);
    free(cache->tail.queue);
    free(cache->tail.added);
    free(cache->digests);
    free(cache->steps);
    free(cache);
}

void
cache_close(void *opaque)
{
    struct app *app = opaque;

    while (app->caches != NULL) {
        struct workspace_cache *next = app->caches->next;
        workspace_cache_free(app->caches);
        app->caches = next;
    }
    hash_map_free(&app->keys);
    for (int i = 0; i < WARM_KINDS; i++)
        hash_map_free(&app->warm[i].first);
    free(app);
}

static struct workspace_cache *
new_cache(struct id id)
{
    struct workspace_cache *cache = calloc(1, sizeof *cache);

    if (cache == NULL)
        abort();
    cache->id = id;
    cache->version = cache->config_version = -1; /* nothing is loaded */
    cache->tail.version = -1;
    return cache;
}

static struct workspace_cache *
find_or_add(struct app *app, struct id id)
{
    for (struct workspace_cache *cache = app->caches; cache != NULL;
         cache = cache->next)
        if (id_equal(cache->id, id))
            return cache;

    struct workspace_cache *cache = new_cache(id);
    cache->next = app->caches;
    return app->caches = cache;
}

static void
drop(struct app *app, struct workspace_cache *cache)
{
    struct workspace_cache **link = &app->caches;

    while (*link != cache)
        link = &(*link)->next;
    *link = cache->next;
    workspace_cache_free(cache);
}

static bool
load_parts(struct work *w, struct workspace_cache *cache)
{
    if (!workspace_load(w, &cache->config, cache->id, &cache->workspace)
        || !team_load(w, &cache->config, cache->workspace.country,
                      &cache->team))
        return false;

    struct queue *queues;
    if (!queue_list(w, &cache->config, &queues, &cache->queue_count))
        return false;
    cache->queues = queues;

    struct source *sources;
    if (!source_list(w, &sources, &cache->source_count))
        return false;
    cache->sources = sources;
    for (cache_loader *const *load = cache_loaders; *load != NULL; load++)
        if (!(*load)(w, cache))
            return false;
    return true;
}

/* What loaders make lives as long as the cache, not as the unit. They may ask
 * the cache for what was loaded before. */
static bool
load_config(struct work *w, struct workspace_cache *cache)
{
    struct arena *unit = w->arena;
    bool changed = cache->config_changed;

    arena_reset(&cache->config);
    cache->loads++;
    w->arena = &cache->config;
    w->remembered = cache;
    cache->loading = true;
    cache->config_changed = false;
    bool ok = load_parts(w, cache);
    cache->loading = false;
    cache->config_changed = changed;
    if (!ok)
        w->remembered = NULL;
    w->arena = unit;
    return ok;
}

static bool
load_counters(struct work *w, struct workspace_cache *cache)
{
    arena_reset(&cache->counters);
    cache->results = NULL;
    return ledger_read(w, &cache->counters, cache->team, &cache->ledger);
}

static bool
hours_run_out(const struct work *w, const struct workspace_cache *cache)
{
    const int64_t day_ms = 86400000;

    assert(cache->team != NULL); /* a cache without one was not kept */
    return w->now_ms > cache->team->compiled_ms + TEAM_RELOAD_DAYS * day_ms;
}

/* `expected` is the ledger's version if nobody else has moved it. */
static bool
refresh(struct work *w, struct workspace_cache *cache,
        const struct workspace_versions *now, int64_t expected)
{
    bool config_is_old =
        cache->config_version != now->config || hours_run_out(w, cache);

    if (now->ledger != expected)
        account_memory_forget(&cache->accounts);
    /* Stays unloaded if something fails below. */
    cache->version = cache->config_version = -1;
    if (config_is_old && !load_config(w, cache))
        return false;
    if ((config_is_old || now->ledger != expected) && !load_counters(w, cache))
        return false;
    cache->version = now->ledger;
    cache->config_version = now->config;
    return true;
}

/*
 * W9: ids of a workspace come in the order of its commits, so a group takes
 * some milliseconds for its ids that nobody else uses: behind all that others
 * have made, whatever our clock says, or right behind our own. `leads` is what
 * the group may be about to make.
 */
static bool
lock(struct work *w, struct workspace_cache *cache, int leads)
{
    struct id_maker *ids = w->ids;
    struct workspace_versions versions;
    const struct workspace_lock known = {
        .ledger = cache->version,
        .ids_ms = ids->last_ms > w->now_ms ? ids->last_ms : w->now_ms,
        .ids_for_ms = 1 + leads / LEADS_IN_A_MS,
        .keys_move = cache->keys.likely,
    };
    struct id before = w->workspace;

    w->workspace = cache->id;
    bool ok = workspace_versions_lock(w, &known, &versions)
           && refresh(w, cache, &versions, cache->version + 1);
    w->workspace = before;
    cache->locked = ok;
    if (!ok)
        return false;
    cache->keys_mark = versions.keys_mark;
    cache->keys = (struct keys_version){
        .before = versions.keys - known.keys_move,
        .moves = known.keys_move,
        .likely = known.keys_move,
    };
    cache->ids_end_ms = versions.ids_end_ms;
    id_maker_begin(ids, versions.ids_ms);
    return true;
}

static bool
look(struct work *w, struct workspace_cache *cache)
{
    struct workspace_versions versions;

    if (!workspace_versions_read(w, &versions))
        return false;
    cache->keys_mark = versions.keys_mark;
    return refresh(w, cache, &versions, cache->version);
}

static bool
reload_changed(struct work *w, struct workspace_cache *cache)
{
    if (!account_write_changed(w, &cache->accounts)
        || !ledger_write(w, cache->team, &cache->ledger))
        return false;
    warm_forget_all(w);
    /* Stored; if reading fails, the people it names are gone already. */
    cache->ledger.count = 0;
    if (!load_config(w, cache) || !load_counters(w, cache))
        return false;
    cache->config_changed = false;
    return true;
}

struct workspace_cache *
workspace_cache(struct work *w)
{
    struct app *app = w->app;
    struct workspace_cache *cache = w->remembered;

    if (cache != NULL && id_equal(cache->id, w->workspace)
        && !cache->config_changed)
        return cache;

    assert(app != NULL && !id_is_none(w->workspace));
    cache = find_or_add(app, w->workspace);
    bool fit =
        !app->writes ? look(w, cache) : cache->locked || lock(w, cache, 1);
    if (!fit) {
        if (w->error.kind == ERR_NOT_FOUND)
            drop(app, cache);
        return NULL;
    }
    if (cache->config_changed && !reload_changed(w, cache))
        return NULL;
    w->remembered = cache;
    return cache;
}

struct workspace_cache *
workspace_cache_apart(struct work *w, int64_t from_ms)
{
    struct workspace_cache *cache = new_cache(w->workspace);
    int64_t now_ms = w->now_ms;

    w->now_ms = from_ms;
    bool ok = load_config(w, cache) && load_counters(w, cache);
    w->now_ms = now_ms;
    if (ok)
        return cache;
    workspace_cache_free(cache);
    w->remembered = NULL;
    return NULL;
}

bool
workspace_is_loading(struct work *w)
{
    if (w->app == NULL || id_is_none(w->workspace))
        return false;

    const struct workspace_cache *cache = workspace_cache(w);
    return cache == NULL || cache->loading;
}

static const struct source *
find_source(const struct workspace_cache *cache, struct id id)
{
    for (int i = 0; i < cache->source_count; i++)
        if (id_equal(cache->sources[i].id, id))
            return &cache->sources[i];
    return NULL;
}

struct str
workspace_source_name(const struct workspace_cache *cache, struct id id)
{
    const struct source *source = find_source(cache, id);

    return source == NULL ? STR_NONE : source->name;
}

struct str
workspace_phone_country(const struct workspace_cache *cache, struct id id)
{
    const struct source *source = find_source(cache, id);

    return source == NULL || str_is_empty(source->country)
             ? cache->workspace.country
             : source->country;
}

bool
workspace_config_changed(struct work *w)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL || !workspace_config_moved(w))
        return false;
    cache->config_changed = true;
    return true;
}

/* Of the units of the first one's workspace. */
static int
weight_of(struct unit *const *units, int count)
{
    int weight = 0;

    for (int i = 0; i < count; i++)
        if (id_equal(units[i]->workspace, units[0]->workspace))
            weight += units[i]->weight > 0 ? units[i]->weight : 1;
    return weight;
}

bool
cache_group_begin(struct work *w, struct unit *const *units, int count)
{
    struct app *app = w->app;

    hash_map_clear(&app->keys);
    warm_forget_all(w);
    for (int i = 0; i < count; i++) {
        if (id_is_none(units[i]->workspace))
            continue;
        struct workspace_cache *cache = find_or_add(app, units[i]->workspace);
        if (cache->locked || lock(w, cache, weight_of(units + i, count - i)))
            continue;
        if (w->error.kind != ERR_NOT_FOUND)
            return false;
        /* Somebody made the workspace up (a form's address holds one): his
         * unit will hear of it, the others of the group shall not. */
        drop(app, cache);
        w->error = (struct error){ 0 };
    }
    return true;
}

struct id
cache_find(struct work *w, bool (*is)(const struct workspace_cache *))
{
    const struct app *app = w->app;

    for (const struct workspace_cache *cache = app->caches; cache != NULL;
         cache = cache->next)
        if (is(cache))
            return cache->id;
    return ID_NONE;
}

bool
cache_each_locked(struct work *w,
                  bool (*each)(struct work *, void *context,
                               struct workspace_cache *),
                  void *context)
{
    struct app *app = w->app;
    struct id before = w->workspace;
    bool ok = true;

    for (struct workspace_cache *cache = app->caches; ok && cache != NULL;
         cache = cache->next) {
        if (!cache->locked)
            continue;
        w->workspace = cache->id;
        ok = each(w, context, cache);
    }
    w->workspace = before;
    return ok;
}

static bool
write_counters(struct work *w, void *context, struct workspace_cache *cache)
{
    (void)context;
    return account_write_changed(w, &cache->accounts)
        && ledger_write(w, cache->team, &cache->ledger);
}

/* W9: more ids than it was thought, or another workspace of the group was
 * further. */
static bool
write_ids_end(struct work *w, void *context, struct workspace_cache *cache)
{
    int64_t last_ms = w->ids->last_ms;

    (void)context;
    return last_ms < cache->ids_end_ms || workspace_ids_end(w, last_ms + 1);
}

bool
cache_group_end(struct work *w)
{
    return cache_each_locked(w, write_counters, NULL)
        && cache_each_locked(w, write_ids_end, NULL);
}

void
cache_group_done(struct work *w, bool committed)
{
    struct app *app = w->app;

    for (struct workspace_cache *cache = app->caches; cache != NULL;
         cache = cache->next) {
        if (!cache->locked)
            continue;
        cache->locked = false;
        cache->step_count = 0;
        arena_reset(&cache->step_texts);
        /* What was rolled back, or has new rules, is read again. */
        if (!committed || cache->config_changed)
            cache->version = cache->config_version = -1;
        if (!committed)
            cache->search_due_ms = cache->insight_due_ms = 0;
        cache->config_changed = false;
        account_memory_trim(&cache->accounts);
    }
}
