/*
 * jobs_clock: the thread that finds due jobs and hands them to the runner.
 *
 * It owns no connection: it asks through a unit of the readers, and every
 * change is a unit of the writer of the job's workspace. What it keeps in
 * memory is never the record: after a crash, the rows are all there is (G7).
 *
 * It works in rounds: renew leases, take the oldest due jobs (at most
 * burst_max of each sort, so that a long pause does not flood the writers),
 * wait until they have run, look again. When nothing is due it sleeps until
 * the next time, or until somebody commits an earlier job.
 */
#include "lib/jobs/jobs_task.h"

#include <assert.h>
#include <stdlib.h>
#include <time.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"

enum {
    BURST_MAX = 100,
    SENDS_MAX = 1024,
    NAP_MS = 15000, /* other nodes' leases end without telling us */
    TROUBLE_MS = 500,
    PURGE_EVERY_MS = 3600000,
};

static const int64_t keep_done_ms = INT64_C(14) * 24 * 3600 * 1000;

/* One look at the table, by a reader. */
struct look {
    struct unit unit;
    struct arena arena;
    struct jobs *jobs;
    bool outside;
    int limit;
    struct job_seen *seen;
    int count;
    int64_t next_ms;
    bool over;
    bool ok;
};

static void *clock_main(void *);
static bool round_of(struct jobs *, int64_t *next_ms);
static bool take_due(struct jobs *, bool outside, int64_t *next_ms);
static void resume_put_off(struct jobs *);
static void beat_leases(struct jobs *);
static void purge(struct jobs *, int64_t *purged_ms);
static void sleep_until(struct jobs *, uint64_t ticket, int64_t next_ms);
static void on_due(void *context, int64_t due_ms);

struct jobs *
jobs_start(const struct jobs_settings *settings)
{
    struct jobs *jobs = calloc(1, sizeof *jobs);
    pthread_condattr_t monotonic;
    uint64_t seed;

    if (jobs == NULL)
        abort();
    jobs->settings = *settings;
    if (jobs->settings.burst_max <= 0)
        jobs->settings.burst_max = BURST_MAX;
    if (jobs->settings.sends_max <= 0)
        jobs->settings.sends_max = SENDS_MAX;
    random_secret(&seed, sizeof seed);
    random_init(&jobs->random, seed);
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&jobs->told, &monotonic);
    pthread_cond_init(&jobs->moved, &monotonic);
    pthread_condattr_destroy(&monotonic);
    runner_watch(settings->runner, on_due, jobs);
    if (pthread_create(&jobs->thread, NULL, clock_main, jobs) != 0)
        abort();
    return jobs;
}

void
jobs_stop(struct jobs *jobs)
{
    runner_watch(jobs->settings.runner, NULL, NULL);
    pthread_mutex_lock(&jobs->lock);
    jobs->stopping = true;
    pthread_cond_broadcast(&jobs->told);
    pthread_cond_broadcast(&jobs->moved);
    pthread_mutex_unlock(&jobs->lock);
    pthread_join(jobs->thread, NULL);
}

/* What the runner had no room for until the end is not noted: a lease runs
 * out and another attempt is made. */
void
jobs_free(struct jobs *jobs)
{
    while (jobs->put_off != NULL) {
        struct task *t = jobs->put_off;
        jobs->put_off = t->next;
        arena_free(&t->arena);
        free(t);
    }
    pthread_cond_destroy(&jobs->moved);
    pthread_cond_destroy(&jobs->told);
    pthread_mutex_destroy(&jobs->lock);
    free(jobs);
}

uint64_t
jobs_wake(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    uint64_t ticket = ++jobs->asked;
    pthread_cond_signal(&jobs->told);
    pthread_mutex_unlock(&jobs->lock);
    return ticket;
}

static struct timespec
monotonic_after_us(int64_t us)
{
    int64_t at_us = clock_monotonic_us() + us;

    return (struct timespec){ at_us / 1000000, at_us % 1000000 * 1000 };
}

bool
jobs_settle(struct jobs *jobs, int timeout_ms)
{
    struct timespec until = monotonic_after_us(timeout_ms * INT64_C(1000));
    uint64_t ticket = jobs_wake(jobs);
    int result = 0;

    pthread_mutex_lock(&jobs->lock);
    while (jobs->settled < ticket && result == 0 && !jobs->stopping)
        result = pthread_cond_timedwait(&jobs->moved, &jobs->lock, &until);
    bool settled = jobs->settled >= ticket;
    pthread_mutex_unlock(&jobs->lock);
    return settled;
}

struct jobs_state
jobs_state(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    struct jobs_state state = jobs->state;
    state.sent = jobs->open_count;
    pthread_mutex_unlock(&jobs->lock);
    return state;
}

/* A job was committed; on a writer's thread. */
static void
on_due(void *context, int64_t due_ms)
{
    struct jobs *jobs = context;

    if (due_ms >= atomic_load(&jobs->next_ms))
        return; /* the clock will be awake by then */
    pthread_mutex_lock(&jobs->lock);
    if (due_ms < jobs->early_ms)
        jobs->early_ms = due_ms;
    pthread_cond_signal(&jobs->told);
    pthread_mutex_unlock(&jobs->lock);
}

static void *
clock_main(void *argument)
{
    struct jobs *jobs = argument;
    int64_t purged_ms = 0;

    for (;;) {
        /* While it looks, every commit is told: it may come after the look. */
        atomic_store(&jobs->next_ms, INT64_MAX);
        pthread_mutex_lock(&jobs->lock);
        uint64_t ticket = jobs->asked;
        bool stopping = jobs->stopping;
        jobs->early_ms = INT64_MAX;
        jobs->again = false;
        jobs->trouble = false;
        pthread_mutex_unlock(&jobs->lock);
        if (stopping)
            return NULL;

        int64_t next_ms = INT64_MAX;
        resume_put_off(jobs);
        beat_leases(jobs);
        bool found = round_of(jobs, &next_ms);
        purge(jobs, &purged_ms);
        if (!found)
            sleep_until(jobs, ticket, next_ms);
    }
}

/* True when there may be more to do at once. */
static bool
round_of(struct jobs *jobs, int64_t *next_ms)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->progress = 0;
    pthread_mutex_unlock(&jobs->lock);
    bool inside = take_due(jobs, false, next_ms);
    bool outside = take_due(jobs, true, next_ms);

    pthread_mutex_lock(&jobs->lock);
    if ((inside || outside) && jobs->progress == 0)
        jobs->trouble = true; /* nothing could be taken: not at once again */
    bool again = (inside || outside) && !jobs->trouble;
    pthread_mutex_unlock(&jobs->lock);
    return again;
}

static bool
look(struct work *w, void *context)
{
    struct look *l = context;

    return job_store_due(w, l->outside, l->limit, &l->seen, &l->count,
                         &l->next_ms);
}

static void
looked(struct work *w, void *context, bool ok)
{
    struct look *l = context;

    (void)w;
    pthread_mutex_lock(&l->jobs->lock);
    l->over = true;
    l->ok = ok;
    pthread_cond_broadcast(&l->jobs->moved);
    pthread_mutex_unlock(&l->jobs->lock);
}

/* Asks a reader and waits; false when nobody could say. */
static bool
looked_up(struct jobs *jobs, struct look *l)
{
    l->unit = (struct unit){ .side = UNIT_READS,
                             .arena = &l->arena,
                             .run = look,
                             .done = looked,
                             .context = l };
    bool asked = runner_submit(jobs->settings.runner, &l->unit);
    pthread_mutex_lock(&jobs->lock);
    while (asked && !l->over)
        pthread_cond_wait(&jobs->moved, &jobs->lock);
    if (!l->ok)
        jobs->trouble = true;
    pthread_mutex_unlock(&jobs->lock);
    return l->ok;
}

static const struct job_kind *
kind_of(const struct jobs *jobs, struct str name)
{
    for (const struct job_kind *const *kind = jobs->settings.kinds;
         *kind != NULL; kind++)
        if (str_is(name, (*kind)->name))
            return *kind;
    return NULL;
}

/* We have it at the sender, however long that takes. */
static bool
is_ours(struct jobs *jobs, const struct job_seen *seen)
{
    bool ours = false;

    if (seen->state != JOB_RUNNING)
        return false;
    pthread_mutex_lock(&jobs->lock);
    for (struct task *t = jobs->open; t != NULL && !ours; t = t->after) {
        ours = id_equal(t->job->id, seen->id) && t->job->epoch == seen->epoch;
        if (ours)
            task_beat(t, clock_now_ms());
    }
    pthread_mutex_unlock(&jobs->lock);
    return ours;
}

static bool
postpone(struct work *w, void *context)
{
    struct chore *chore = context;

    return job_store_postpone(w, &chore->seen);
}

/* A newer program's, or one that is no more: others may know it. */
static void
put_away(struct jobs *jobs, const struct job_seen *seen)
{
    log_warning("job_kind_unknown", LOG_ID("job", seen->id));
    pthread_mutex_lock(&jobs->lock);
    chore_submit(jobs, seen, true, postpone);
    pthread_mutex_unlock(&jobs->lock);
}

static void
start_all(struct jobs *jobs, const struct look *l, int *started)
{
    for (int i = 0; i < l->count; i++) {
        const struct job_kind *kind = kind_of(jobs, l->seen[i].kind);
        if (kind == NULL) {
            put_away(jobs, &l->seen[i]);
            (*started)++;
        } else if (!is_ours(jobs, &l->seen[i])) {
            task_start(jobs, kind, &l->seen[i]);
            (*started)++;
        }
    }
}

/* Takes what is due of one sort and waits until it has run, or is at the
 * sender. True when there was anything. */
static bool
take_due(struct jobs *jobs, bool outside, int64_t *next_ms)
{
    struct look l = { .jobs = jobs,
                      .outside = outside,
                      .limit = jobs->settings.burst_max };
    int started = 0;

    pthread_mutex_lock(&jobs->lock);
    int room = jobs->settings.sends_max - jobs->open_count;
    pthread_mutex_unlock(&jobs->lock);
    if (outside && room < l.limit)
        l.limit = room;
    if (l.limit <= 0)
        return false;

    arena_init(&l.arena);
    if (looked_up(jobs, &l)) {
        start_all(jobs, &l, &started);
        if (l.next_ms < *next_ms)
            *next_ms = l.next_ms;
    }
    pthread_mutex_lock(&jobs->lock);
    while (jobs->batch > 0)
        pthread_cond_wait(&jobs->moved, &jobs->lock);
    if (!outside)
        jobs->state.oldest_ms = 0;
    if (l.count > 0
        && (jobs->state.oldest_ms == 0
            || l.seen[0].due_ms < jobs->state.oldest_ms))
        jobs->state.oldest_ms = l.seen[0].due_ms;
    pthread_mutex_unlock(&jobs->lock);
    arena_free(&l.arena);
    return started > 0;
}

static void
resume_put_off(struct jobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    struct task *list = jobs->put_off;
    jobs->put_off = NULL;
    pthread_mutex_unlock(&jobs->lock);
    while (list != NULL) {
        struct task *t = list;
        list = t->next;
        task_resume(t);
    }
}

static void
beat_leases(struct jobs *jobs)
{
    int64_t now_ms = clock_now_ms();

    pthread_mutex_lock(&jobs->lock);
    for (struct task *t = jobs->open; t != NULL; t = t->after) {
        if (now_ms - t->beat_ms >= BEAT_MS)
            task_beat(t, now_ms);
    }
    pthread_mutex_unlock(&jobs->lock);
}

static bool
purge_some(struct work *w, void *context)
{
    int64_t changed;

    (void)context;
    return job_store_purge(w, w->now_ms - keep_done_ms, &changed);
}

/* A thousand rows an hour keeps nobody waiting. */
static void
purge(struct jobs *jobs, int64_t *purged_ms)
{
    int64_t now_ms = clock_now_ms();

    if (now_ms - *purged_ms < PURGE_EVERY_MS)
        return;
    *purged_ms = now_ms;
    pthread_mutex_lock(&jobs->lock);
    chore_submit(jobs, &(struct job_seen){ 0 }, false, purge_some);
    pthread_mutex_unlock(&jobs->lock);
}

/* A ticket is settled by a look that found nothing while nothing was under
 * way. The caller holds the lock. */
static void
settle(struct jobs *jobs, uint64_t ticket)
{
    if (jobs->busy > 0 || jobs->trouble || jobs->again
        || jobs->early_ms <= clock_now_ms() || jobs->settled >= ticket)
        return;
    jobs->settled = ticket;
    pthread_cond_broadcast(&jobs->moved);
}

static bool
must_look(const struct jobs *jobs, uint64_t ticket)
{
    return jobs->stopping || jobs->asked != ticket
        || (!jobs->trouble
            && (jobs->again || jobs->early_ms <= clock_now_ms()));
}

/* Until when it may sleep, of a sleep that ends at `latest_us` anyway. */
static struct timespec
end_of_sleep(const struct jobs *jobs, int64_t next_ms, int64_t latest_us)
{
    int64_t now_ms = clock_now_ms();
    int64_t left_us = latest_us - clock_monotonic_us();

    if (!jobs->trouble && jobs->early_ms < next_ms)
        next_ms = jobs->early_ms; /* committed since it looked */
    if (next_ms < now_ms)
        next_ms = now_ms;
    if (next_ms - now_ms < left_us / 1000)
        left_us = (next_ms - now_ms) * 1000;
    return monotonic_after_us(left_us);
}

/*
 * A test's time stands still, so then only being told ends the sleep; it ends
 * at once when the time was moved, because whoever moves it wakes us.
 */
static void
sleep_until(struct jobs *jobs, uint64_t ticket, int64_t next_ms)
{
    int result = 0;

    pthread_mutex_lock(&jobs->lock);
    settle(jobs, ticket);
    bool soon = jobs->trouble || jobs->put_off != NULL;
    bool endless = clock_is_test() && !soon;
    int64_t latest_us =
        clock_monotonic_us() + (soon ? TROUBLE_MS : NAP_MS) * INT64_C(1000);

    if (soon)
        next_ms = INT64_MAX; /* what is due could not be taken */
    atomic_store(&jobs->next_ms,
                 jobs->early_ms < next_ms ? jobs->early_ms : next_ms);
    while (result == 0 && !must_look(jobs, ticket)) {
        struct timespec until = end_of_sleep(jobs, next_ms, latest_us);
        if (endless)
            result = pthread_cond_wait(&jobs->told, &jobs->lock);
        else
            result = pthread_cond_timedwait(&jobs->told, &jobs->lock, &until);
    }
    pthread_mutex_unlock(&jobs->lock);
}
