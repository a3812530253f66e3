/*
 * runner: the threads of the runner, their connections and their queues.
 *
 * What a group of units lives through is in runner_group.c, how units wait
 * in runner_queue.c.
 */
#include "lib/jobs/runner.h"

#include <assert.h>
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>

#include "lib/base/clock.h"
#include "lib/base/hash.h"
#include "lib/base/log.h"
#include "lib/jobs/runner_group.h"

struct runner {
    struct runner_settings settings;
    struct unit_queue *write_queues; /* one a writer */
    struct unit_queue read_queue;    /* one for all readers */
    struct worker *workers;          /* writers first */
    int writers;
    int count;               /* workers */
    int started;             /* threads running */
    struct flusher *flusher; /* of the writer on SQLite; or NULL */
    struct job_watch watch;
    _Atomic int64_t submitted;
    _Atomic int64_t asked_us; /* when a change was handed in last that somebody
                                 waits for; 0: never */
};

enum { STUCK_US = 10000000, MOMENT_US = 20000 };

static bool worker_open(struct runner *, int number, struct arena *,
                        struct str *why);
static void worker_close(struct worker *, const struct runner_hooks *);
static void start_flusher(struct runner *);
static void start_threads(struct runner *);
static void *worker_main(void *);
static void free_runner(struct runner *);
static struct unit_queue *queue_of(struct runner *, const struct unit *);

struct runner *
runner_start(const struct runner_settings *settings, struct arena *arena,
             struct str *why)
{
    struct runner *r = calloc(1, sizeof *r);
    bool one = db_engine_of(settings->database) == DB_SQLITE;

    assert(r != NULL && settings->group_max > 0 && settings->queue_max > 0);
    r->settings = *settings;
    r->writers = one || settings->writers < 1 ? 1 : settings->writers;
    int readers = settings->readers < 1 ? 1 : settings->readers;
    r->workers = calloc((size_t)(r->writers + readers), sizeof *r->workers);
    r->write_queues = calloc((size_t)r->writers, sizeof *r->write_queues);
    assert(r->workers != NULL && r->write_queues != NULL);
    unit_queue_init(&r->read_queue, settings->queue_max);
    pthread_mutex_init(&r->watch.lock, NULL);
    for (int i = 0; i < r->writers; i++)
        unit_queue_init(&r->write_queues[i], settings->queue_max);

    for (int i = 0; i < r->writers + readers; i++) {
        if (!worker_open(r, i, arena, why)) {
            free_runner(r);
            return NULL;
        }
        r->count++;
    }
    start_flusher(r);
    start_threads(r);
    return r;
}

bool
runner_submit(struct runner *r, struct unit *unit)
{
    assert(unit->run != NULL && unit->done != NULL && unit->arena != NULL);
    /* Counted first: an answer must never be counted before its question. */
    atomic_fetch_add(&r->submitted, 1);
    if (unit->side == UNIT_WRITES && !unit->steps_back)
        atomic_store(&r->asked_us, clock_monotonic_us());
    if (unit_queue_put(queue_of(r, unit), unit))
        return true;
    atomic_fetch_sub(&r->submitted, 1);
    return false;
}

bool
runner_is_asked(struct runner *r)
{
    int64_t asked_us = atomic_load(&r->asked_us);

    return asked_us != 0 && clock_monotonic_us() < asked_us + MOMENT_US;
}

void
runner_watch(struct runner *r, void (*due)(void *context, int64_t due_ms),
             void *context)
{
    pthread_mutex_lock(&r->watch.lock);
    r->watch.due = due;
    r->watch.context = context;
    pthread_mutex_unlock(&r->watch.lock);
}

void
runner_stop(struct runner *r)
{
    for (int i = 0; i < r->writers; i++)
        unit_queue_stop(&r->write_queues[i]);
    unit_queue_stop(&r->read_queue);
    for (int i = 0; i < r->started; i++)
        pthread_join(r->workers[i].thread, NULL);
    flusher_stop(r->flusher);
    free_runner(r);
}

struct runner_state
runner_state(struct runner *r)
{
    struct runner_state state = { .database_ok = true };
    int64_t now_us = clock_monotonic_us();

    for (int i = 0; i < r->count; i++) {
        struct worker *k = &r->workers[i];
        int64_t busy_us = atomic_load(&k->busy_since_us);

        state.units += atomic_load(&k->answered);
        state.commits += atomic_load(&k->commits);
        if (atomic_load(&k->unwell_until_us) > now_us
            || (k->writes && busy_us != 0 && now_us - busy_us > STUCK_US))
            state.database_ok = false;
    }
    int64_t flush_us =
        r->flusher == NULL ? 0 : flusher_busy_since_us(r->flusher);
    if (flush_us != 0 && now_us - flush_us > STUCK_US)
        state.database_ok = false;
    state.queued = (int)(atomic_load(&r->submitted) - state.units);
    return state;
}

/* A workspace has one writer, so that its changes are made in order. */
static struct unit_queue *
queue_of(struct runner *r, const struct unit *unit)
{
    if (unit->side == UNIT_READS)
        return &r->read_queue;
    if (r->writers == 1 || id_is_none(unit->workspace))
        return &r->write_queues[0];
    /* Fibonacci hashing: ids differ in their middle bits. */
    uint64_t mixed =
        (uint64_t)unit->workspace.value * UINT64_C(0x9e3779b97f4a7c15);
    return &r->write_queues[(mixed >> 32) % (uint64_t)r->writers];
}

static void
group_init(struct group *group, struct worker *worker)
{
    *group = (struct group){ .worker = worker };
    group->members = calloc((size_t)worker->room, sizeof *group->members);
    assert(group->members != NULL);
    arena_init(&group->arena);
}

static bool
worker_open(struct runner *r, int number, struct arena *arena, struct str *why)
{
    const struct runner_settings *s = &r->settings;
    struct worker *k = &r->workers[number];
    bool writes = number < r->writers;
    uint64_t seed;

    struct db *db = db_open(arena, s->database, !writes, why);
    if (db == NULL)
        return false;
    *k = (struct worker){
        .db = db,
        .writes = writes,
        .hooks = &s->hooks,
        .watch = &r->watch,
        .queue = writes ? &r->write_queues[number] : &r->read_queue,
        .room = writes ? s->group_max : 1,
    };
    k->units = calloc((size_t)k->room, sizeof(struct unit *));
    assert(k->units != NULL);
    for (int i = 0; i < GROUPS; i++)
        group_init(&k->groups[i], k);
    random_secret(&seed, sizeof seed);
    random_init(&k->random, seed);
    random_init(&k->jitter, ~seed);
    log_write(LOG_DEBUG, "worker_opened",
              LOG_FIELDS(LOG_NUMBER("number", number),
                         LOG_NUMBER("seed", (int64_t)seed)));
    /* Readers share the last lane: what they number is never stored. */
    id_maker_init(&k->ids, s->node, (uint32_t)(writes ? number : r->writers),
                  (uint32_t)r->writers + 1);
    if (s->hooks.app_open != NULL)
        k->app = s->hooks.app_open(s->hooks.context, db, writes);
    return true;
}

static void
worker_close(struct worker *k, const struct runner_hooks *hooks)
{
    if (hooks->app_close != NULL)
        hooks->app_close(k->app);
    db_close(k->db);
    for (int i = 0; i < GROUPS; i++) {
        arena_free(&k->groups[i].arena);
        free(k->groups[i].members);
    }
    free(k->units);
}

/* One writer can leave the flush of his commits to a thread. What several
 * write is another engine's, which flushes by itself. */
static void
start_flusher(struct runner *r)
{
    struct worker *writer = &r->workers[0];

    if (db_engine(writer->db) != DB_SQLITE)
        return;
    r->flusher = flusher_start(writer->db, worker_tell, worker_disk_failed);
    for (int i = 0; i < r->count; i++)
        r->workers[i].flusher = r->flusher;
}

/* Signals are the main thread's. */
static void
start_threads(struct runner *r)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (; r->started < r->count; r->started++) {
        struct worker *k = &r->workers[r->started];
        if (pthread_create(&k->thread, NULL, worker_main, k) != 0)
            abort(); /* like memory: nothing sensible is left to do */
        pthread_setname_np(k->thread,
                           r->started < r->writers ? "writer" : "reader");
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* The unit of a writer who is about to end. */
struct leaving {
    const struct runner_hooks *hooks;
    bool more;
    sem_t told; /* by the flusher, perhaps */
};

static bool
leave_unit(struct work *w, void *context)
{
    struct leaving *leaving = context;

    return leaving->hooks->leave(w, &leaving->more);
}

static void
leave_done(struct work *w, void *context, bool ok)
{
    struct leaving *leaving = context;

    (void)w;
    leaving->more &= ok;
    sem_post(&leaving->told);
}

/* What could not be stored is not lost: it is read from elsewhere (K1). */
static void
worker_leave(struct worker *k)
{
    struct leaving leaving = { .hooks = k->hooks };
    struct arena arena;
    struct unit unit = { .side = UNIT_WRITES,
                         .arena = &arena,
                         .run = leave_unit,
                         .done = leave_done,
                         .context = &leaving };

    sem_init(&leaving.told, 0, 0);
    arena_init(&arena);
    do {
        arena_reset(&arena);
        leaving.more = false;
        k->units[0] = &unit;
        worker_serve(k, 1);
        while (sem_wait(&leaving.told) != 0)
            assert(errno == EINTR);
    } while (leaving.more);
    arena_free(&arena);
    sem_destroy(&leaving.told);
}

static void *
worker_main(void *argument)
{
    struct worker *k = argument;

    for (;;) {
        const struct unit_room room = worker_room(k);
        int count = unit_queue_take(k->queue, k->units, &room);
        if (count < 0) {
            if (k->hooks->leave != NULL && atomic_load(&k->commits) > 0)
                worker_leave(k);
            return NULL;
        }
        if (count == 0) {
            worker_probe(k);
            continue;
        }
        worker_serve(k, count);
        if (k->writes)
            worker_checkpoint(k);
    }
}

static void
free_runner(struct runner *r)
{
    for (int i = 0; i < r->count; i++)
        worker_close(&r->workers[i], &r->settings.hooks);
    for (int i = 0; i < r->writers; i++)
        unit_queue_free(&r->write_queues[i]);
    unit_queue_free(&r->read_queue);
    pthread_mutex_destroy(&r->watch.lock);
    free(r->write_queues);
    free(r->workers);
    free(r);
}
