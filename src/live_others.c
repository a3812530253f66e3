/*
 * live_others: see live_others.h.
 *
 * Twice a second it asks which workspaces have had a commit, and reads what
 * their timelines have got. Ids come in the order of commits (W9), so nothing
 * is passed over. Capture pays nothing for it, and a node that has ended
 * between its commit and a word to the others has left nothing unsaid, as it
 * would with NOTIFY. What no timeline holds (an offer, a task, the progress of
 * an import) is told on the node that has done it.
 */
#include "src/live_others.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "lib/base/clock.h"
#include "src/lead/lead.h"
#include "src/workspace/workspace.h"

enum { EVERY_MS = 500, AT_A_TIME = 1000 };

/* Of a workspace. */
struct seen {
    struct id workspace;
    int64_t version; /* of its ledger, at the snapshot; 0: there is more */
    struct id newest;
};

struct live_others {
    struct instance *instance;
    uint32_t node;
    pthread_t thread;
    struct arena arena; /* of one look */
    struct unit unit;
    struct hash_map versions; /* workspace -> version seen, and 1 */
    struct hash_map newest;   /* workspace -> entry of its timeline */
    bool knows_all;           /* who is not there is a new workspace */
    struct seen *seen;        /* by the present look */
    int seen_count;

    pthread_mutex_t mutex; /* what follows */
    pthread_cond_t changed;
    bool looking;
    bool ends;
};

/* The timeline before its first entry. */
static const struct id beginning = { 1 };

/* Asked behind the snapshot: whose stream opens later comes after it. */
static bool
somebody_listens(const struct live_others *others)
{
    struct http_server *http = atomic_load(&others->instance->http);

    return http != NULL && http_stats(http).streams > 0;
}

static void
collect(void *to, const struct live_event *event)
{
    work_tell(to, event);
}

static bool
look_at(struct work *w, struct live_others *others, struct seen *seen)
{
    struct id after = { hash_map_get(&others->newest, seen->workspace.value) };
    int given = 0;

    w->workspace = seen->workspace;
    if (!timeline_newest(w, &seen->newest))
        return false;
    if (id_is_none(seen->newest))
        seen->newest = beginning;
    if (id_is_none(after))
        after = others->knows_all ? beginning : seen->newest;
    if (!somebody_listens(others))
        return true;
    const struct timeline_of_others asked = { .after = after,
                                              .until = seen->newest,
                                              .node = others->node,
                                              .limit = AT_A_TIME };
    if (!timeline_of_others(w, &asked, collect, w, &given))
        return false;
    if (given == AT_A_TIME) {
        seen->newest = w->live_last->id;
        seen->version = 0;
    }
    return true;
}

static bool
look(struct work *w, void *context)
{
    struct live_others *others = context;
    struct workspace_commits *all;
    int count;

    others->seen_count = 0;
    w->live = w->live_last = NULL;
    if (!workspace_commits(w, &all, &count))
        return false;
    others->seen = ARENA_ARRAY(w->arena, struct seen, (size_t)count);
    for (int i = 0; i < count; i++) {
        struct seen seen = { .workspace = all[i].workspace,
                             .version = all[i].version + 1 };
        if (hash_map_get(&others->versions, seen.workspace.value)
            == seen.version)
            continue;
        if (!look_at(w, others, &seen))
            return false;
        others->seen[others->seen_count++] = seen;
    }
    return true;
}

static void
tell(const struct live_others *others, const struct live_event *event)
{
    struct http_server *http = atomic_load(&others->instance->http);

    for (; http != NULL && event != NULL; event = event->next)
        http_tell(http, event);
}

/* A look that failed is made again from where the last one ended. */
static void
looked(struct work *w, void *context, bool ok)
{
    struct live_others *others = context;

    for (int i = 0; ok && i < others->seen_count; i++) {
        const struct seen *seen = &others->seen[i];
        hash_map_put(&others->versions, seen->workspace.value, seen->version);
        hash_map_put(&others->newest, seen->workspace.value,
                     seen->newest.value);
    }
    others->knows_all |= ok;
    if (ok)
        tell(others, w->live);
    pthread_mutex_lock(&others->mutex);
    others->looking = false;
    pthread_cond_signal(&others->changed);
    pthread_mutex_unlock(&others->mutex);
}

/* With the mutex held. */
static void
wait_a_while(struct live_others *others)
{
    int64_t at_us = clock_monotonic_us() + EVERY_MS * 1000;
    const struct timespec until = { .tv_sec = at_us / 1000000,
                                    .tv_nsec = at_us % 1000000 * 1000 };

    if (!others->ends)
        pthread_cond_timedwait(&others->changed, &others->mutex, &until);
}

/* With the mutex held; without it while the runner is asked. */
static void
look_once(struct live_others *others)
{
    others->looking = true;
    pthread_mutex_unlock(&others->mutex);
    arena_reset(&others->arena);
    bool queued = runner_submit(others->instance->runner, &others->unit);
    pthread_mutex_lock(&others->mutex);
    if (!queued) /* it is full: later */
        others->looking = false;
    while (others->looking)
        pthread_cond_wait(&others->changed, &others->mutex);
}

static void *
listen_to_others(void *context)
{
    struct live_others *others = context;

    pthread_mutex_lock(&others->mutex);
    while (!others->ends) {
        wait_a_while(others);
        look_once(others);
    }
    pthread_mutex_unlock(&others->mutex);
    return NULL;
}

struct live_others *
live_others_start(struct instance *instance, const char *database,
                  uint32_t node)
{
    if (db_engine_of(database) == DB_SQLITE)
        return NULL;

    struct live_others *others = calloc(1, sizeof *others);
    pthread_condattr_t monotonic;
    if (others == NULL)
        abort();
    others->instance = instance;
    others->node = node;
    others->unit = (struct unit){ .side = UNIT_READS,
                                  .arena = &others->arena,
                                  .run = look,
                                  .done = looked,
                                  .context = others };
    arena_init(&others->arena);
    hash_map_init(&others->versions);
    hash_map_init(&others->newest);
    pthread_mutex_init(&others->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&others->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_lock(&others->mutex);
    look_once(others); /* what is there already is no news */
    pthread_mutex_unlock(&others->mutex);
    if (pthread_create(&others->thread, NULL, listen_to_others, others) != 0)
        abort(); /* like memory: nothing sensible is left to do */
    return others;
}

void
live_others_stop(struct live_others *others)
{
    if (others == NULL)
        return;
    pthread_mutex_lock(&others->mutex);
    others->ends = true;
    pthread_cond_signal(&others->changed);
    pthread_mutex_unlock(&others->mutex);
    pthread_join(others->thread, NULL);
    pthread_cond_destroy(&others->changed);
    pthread_mutex_destroy(&others->mutex);
    hash_map_free(&others->versions);
    hash_map_free(&others->newest);
    arena_free(&others->arena);
    free(others);
}
