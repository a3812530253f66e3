/*
 * jobs_task: see jobs_task.h. The story of an inside job is run_inside, then
 * nothing, or note_failure; that of an outside job is claim, the sender,
 * then note_result.
 *
 * Every step is a unit of work of its own and decides on the state and epoch
 * it saw, so that it may be lost, repeated or too late without harm.
 */
#include "lib/jobs/jobs_task.h"

#include <assert.h>
#include <stdlib.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"

enum { NO_ROOM_MS = 10000, ERROR_BYTES_MAX = 500 };

static bool run_inside(struct work *, void *context);
static bool claim(struct work *, void *context);
static bool note_failure(struct work *, void *context);
static bool note_result(struct work *, void *context);
static bool release(struct work *, void *context);
static void after_attempt(struct work *, void *context, bool ok);
static void after_note(struct work *, void *context, bool ok);
static void on_result(void *context, const struct outbox_result *);
static void hand_over(struct task *);
static void submit(struct task *, bool (*run)(struct work *, void *),
                   void (*done)(struct work *, void *, bool));
static void put_off(struct task *, bool trouble);
static void leave_batch(struct task *, bool progress);
static void leave_batch_locked(struct task *, bool progress);
static void over(struct task *);
static void look_again(struct jobs *);
static bool note_end(struct work *, struct task *, enum job_state from,
                     int64_t epoch, const struct job_end *, bool *held);
static struct job_end end_of_failure(struct work *, const struct task *);

void
task_start(struct jobs *jobs, const struct job_kind *kind,
           const struct job_seen *seen)
{
    struct task *t = calloc(1, sizeof *t);
    bool inside = kind->run != NULL;

    if (t == NULL)
        abort();
    arena_init(&t->arena);
    t->jobs = jobs;
    t->kind = kind;
    t->seen = *seen;
    t->seen.kind = arena_str(&t->arena, seen->kind);
    t->in_batch = true;
    t->unit = (struct unit){ .side = UNIT_WRITES,
                             .workspace = seen->workspace,
                             .actor = { .kind = ACTOR_SYSTEM },
                             .arena = &t->arena,
                             .steps_back = true,
                             .context = t };
    pthread_mutex_lock(&jobs->lock);
    jobs->busy++;
    jobs->batch++;
    pthread_mutex_unlock(&jobs->lock);
    submit(t, inside ? run_inside : claim, after_attempt);
}

void
task_resume(struct task *t)
{
    submit(t, t->unit.run, t->unit.done);
}

/* Taken, run and gone in one transaction (J1). */
static bool
run_inside(struct work *w, void *context)
{
    struct task *t = context;

    if (!t->taken && !job_store_take(w, &t->seen, &t->job))
        return false;
    w->changed = true; /* one that fails is not taken */
    if (t->job == NULL)
        return true; /* cancelled, or another node was quicker */
    t->job->kind = t->kind;
    t->ended = JOB_DONE;
    if (t->job->channel.data != NULL)
        w->jobs_due_ms = w->now_ms; /* the next in order may go */
    return t->kind->run(w, t->job);
}

/* The claim is committed before a byte leaves (J5). */
static bool
claim(struct work *w, void *context)
{
    struct task *t = context;
    bool cut_off = t->seen.state == JOB_RUNNING;
    bool held;

    t->ended = JOB_RUNNING;
    t->message = (struct outbox_message){ 0 };
    if (!job_store_claim(w, &t->seen, &t->job))
        return false;
    if (t->job == NULL)
        return true;
    t->job->kind = t->kind;
    if (cut_off
        && (t->kind->unsafe || t->job->attempts > t->job->attempts_max)) {
        struct job_end end = {
            .state = t->kind->unsafe ? JOB_UNKNOWN : JOB_FAILED,
            .due_ms = w->now_ms,
            .attempts = t->job->attempts - 1,
            .error = STR("cut off while it was sent"),
        };
        return note_end(w, t, JOB_RUNNING, t->job->epoch, &end, &held);
    }
    if (!t->kind->prepare(w, t->job, &t->message))
        return false;
    t->message.job = t->job->id;
    if (!str_is_empty(t->message.url))
        return true;

    struct job_end nothing = { .state = JOB_DONE,
                               .due_ms = w->now_ms,
                               .error = STR("not sent: it was wanted no more"),
                               .attempts = t->job->attempts };
    return note_end(w, t, JOB_RUNNING, t->job->epoch, &nothing, &held);
}

static void
after_attempt(struct work *w, void *context, bool ok)
{
    struct task *t = context;
    struct jobs *jobs = t->jobs;

    if (ok && !str_is_empty(t->message.url)) {
        hand_over(t);
        return;
    }
    if (ok) {
        leave_batch(t, t->job != NULL);
        over(t);
        return;
    }
    t->ended = JOB_RUNNING;
    if (t->job == NULL || w->error.kind == ERR_UNAVAILABLE) {
        pthread_mutex_lock(&jobs->lock);
        jobs->trouble = true; /* it is as it was, and will be found again */
        pthread_mutex_unlock(&jobs->lock);
        leave_batch(t, false);
        over(t);
        return;
    }
    t->error =
        arena_str(&t->arena, str_slice(w->error.detail, 0, ERROR_BYTES_MAX));
    submit(t, note_failure, after_note);
}

/* The attempt was rolled back, so the job is as it was seen. */
static bool
note_failure(struct work *w, void *context)
{
    struct task *t = context;
    struct job_end end = end_of_failure(w, t);
    bool held;

    return note_end(w, t, t->seen.state, t->seen.epoch, &end, &held);
}

static void
hand_over(struct task *t)
{
    struct jobs *jobs = t->jobs;

    pthread_mutex_lock(&jobs->lock);
    t->open = true;
    t->beat_ms = clock_now_ms();
    t->before = NULL;
    t->after = jobs->open;
    if (jobs->open != NULL)
        jobs->open->before = t;
    jobs->open = t;
    jobs->open_count++;
    pthread_mutex_unlock(&jobs->lock);
    leave_batch(t, true);

    /* After this the task may be over already. */
    if (!jobs->settings.send(jobs->settings.send_context, &t->message,
                             on_result, t))
        submit(t, release, after_note);
}

/* The sender had no room for it: no attempt was made. */
static bool
release(struct work *w, void *context)
{
    struct task *t = context;
    bool held;
    struct job_end end = {
        .state = JOB_PENDING,
        .attempts = t->job->attempts - 1,
        .due_ms = w->now_ms + NO_ROOM_MS
                + (int64_t)random_below(w->random, NO_ROOM_MS / 2),
    };

    return note_end(w, t, JOB_RUNNING, t->job->epoch, &end, &held);
}

/* On the sender's thread; what it shows is gone when this returns. */
static void
on_result(void *context, const struct outbox_result *result)
{
    struct task *t = context;

    t->result = *result;
    t->result.error = arena_str(&t->arena, result->error);
    t->result.response = arena_str(&t->arena, result->response);
    t->result.excerpt = arena_str(&t->arena, result->excerpt);
    t->error = str_slice(t->result.error, 0, ERROR_BYTES_MAX);

    pthread_mutex_lock(&t->jobs->lock);
    bool cut_off =
        t->jobs->stopping && !result->delivered && !result->maybe_received;
    pthread_mutex_unlock(&t->jobs->lock);
    submit(t, cut_off ? release : note_result, after_note);
}

static bool
note_result(struct work *w, void *context)
{
    struct task *t = context;
    struct job_end end = end_of_failure(w, t);
    int64_t asked_ms = w->now_ms + t->result.retry_after_s * 1000;
    bool held;

    if (t->result.delivered)
        end = (struct job_end){ .state = JOB_DONE,
                                .due_ms = w->now_ms,
                                .attempts = t->job->attempts };
    else if (t->result.maybe_received && t->kind->unsafe)
        end.state = JOB_UNKNOWN;
    else if (t->result.refused)
        end.state = JOB_FAILED;
    if (end.state == JOB_PENDING && end.due_ms < asked_ms)
        end.due_ms = asked_ms;

    if (!note_end(w, t, JOB_RUNNING, t->job->epoch, &end, &held))
        return false;
    t->late = !held;
    if (!held) {
        log_warning("job_result_too_late", LOG_ID("job", t->job->id));
        return true;
    }
    return t->bare || t->kind->settle == NULL
        || t->kind->settle(w, t->job, &t->result);
}

/*
 * A note that the kind's own callback refuses is written without it, so that
 * a bug there neither repeats a message for ever nor hides a failure.
 */
static void
after_note(struct work *w, void *context, bool ok)
{
    struct task *t = context;

    if (ok) {
        leave_batch(t, true);
        over(t);
        return;
    }
    if (w->error.kind == ERR_UNAVAILABLE) {
        put_off(t, true);
        return;
    }
    log_error("job_note_failed", LOG_ID("job", t->seen.id),
              LOG_WORD("kind", t->kind->name));
    if (t->bare) { /* its lease will end */
        leave_batch(t, false);
        over(t);
        return;
    }
    t->bare = true;
    if (t->error.data == NULL)
        t->error = arena_str(&t->arena,
                             str_slice(w->error.detail, 0, ERROR_BYTES_MAX));
    task_resume(t);
}

/* Moves the row, counts, and tells the kind when this was the last try. */
static bool
note_end(struct work *w, struct task *t, enum job_state from, int64_t epoch,
         const struct job_end *end, bool *held)
{
    if (!job_store_end(w, t->job->workspace, t->job->id, from, epoch, end,
                       held))
        return false;
    if (!*held)
        return true;
    t->ended = end->state;
    if (t->job->channel.data != NULL)
        w->jobs_due_ms = w->now_ms; /* the next in order may go */
    else if (end->state == JOB_PENDING)
        w->jobs_due_ms = end->due_ms;
    if (end->state <= JOB_DONE || t->bare || t->kind->failed == NULL)
        return true;
    return t->kind->failed(w, t->job);
}

static struct job_end
end_of_failure(struct work *w, const struct task *t)
{
    const struct job *job = t->job;
    const struct job_schedule *schedule = t->kind->schedule;
    bool last = job->attempts >= job->attempts_max;

    if (schedule == NULL)
        schedule =
            t->kind->run != NULL ? &job_schedule_inside : &job_schedule_webhook;
    return (struct job_end){
        .state = last ? JOB_FAILED : JOB_PENDING,
        .due_ms = w->now_ms
                + (last ? 0 : job_delay_ms(schedule, job->attempts, w->random)),
        .error = t->error,
        .attempts = job->attempts,
    };
}

static void
submit(struct task *t, bool (*run)(struct work *, void *),
       void (*done)(struct work *, void *, bool))
{
    t->unit.run = run;
    t->unit.done = done;
    t->unit.together = run == run_inside ? tasks_take : NULL;
    if (!runner_submit(t->jobs->settings.runner, &t->unit))
        put_off(t, false);
}

/* Until the clock hands it in again. That may be at once, and then it may be
 * over before we are here again: it leaves its batch first. */
static void
put_off(struct task *t, bool trouble)
{
    struct jobs *jobs = t->jobs;

    pthread_mutex_lock(&jobs->lock);
    leave_batch_locked(t, false);
    jobs->trouble |= trouble;
    t->next = jobs->put_off;
    jobs->put_off = t;
    pthread_cond_signal(&jobs->told);
    pthread_mutex_unlock(&jobs->lock);
}

static void
leave_batch(struct task *t, bool progress)
{
    struct jobs *jobs = t->jobs;

    pthread_mutex_lock(&jobs->lock);
    leave_batch_locked(t, progress);
    pthread_mutex_unlock(&jobs->lock);
}

static void
leave_batch_locked(struct task *t, bool progress)
{
    struct jobs *jobs = t->jobs;

    if (!t->in_batch)
        return;
    t->in_batch = false;
    jobs->progress += progress;
    if (--jobs->batch == 0)
        pthread_cond_broadcast(&jobs->moved);
}

static void
over(struct task *t)
{
    struct jobs *jobs = t->jobs;

    pthread_mutex_lock(&jobs->lock);
    if (t->open) {
        if (t->before != NULL)
            t->before->after = t->after;
        else
            jobs->open = t->after;
        if (t->after != NULL)
            t->after->before = t->before;
        jobs->open_count--;
    }
    jobs->state.done += t->ended == JOB_DONE && t->job != NULL;
    jobs->state.retried += t->ended == JOB_PENDING && t->job != NULL;
    jobs->state.failed += t->ended > JOB_DONE;
    jobs->state.leases_lost += t->late;
    jobs->busy--;
    look_again(jobs);
    pthread_mutex_unlock(&jobs->lock);
    arena_free(&t->arena);
    free(t);
}

/* Somebody waits until nothing is under way: is that so now? */
static void
look_again(struct jobs *jobs)
{
    if (jobs->asked > jobs->settled) {
        jobs->again = true;
        pthread_cond_signal(&jobs->told);
    }
}

static void
chore_done(struct work *w, void *context, bool ok)
{
    struct chore *chore = context;
    struct jobs *jobs = chore->jobs;

    (void)w;
    pthread_mutex_lock(&jobs->lock);
    jobs->busy--;
    jobs->trouble |= !ok;
    if (chore->in_batch) {
        jobs->progress++;
        if (--jobs->batch == 0)
            pthread_cond_broadcast(&jobs->moved);
    }
    look_again(jobs);
    pthread_mutex_unlock(&jobs->lock);
    arena_free(&chore->arena);
    free(chore);
}

/* The caller holds the lock. */
bool
chore_submit(struct jobs *jobs, const struct job_seen *seen, bool in_batch,
             bool (*run)(struct work *, void *context))
{
    struct chore *chore = calloc(1, sizeof *chore);

    if (chore == NULL)
        abort();
    arena_init(&chore->arena);
    chore->jobs = jobs;
    chore->seen = *seen;
    chore->unit = (struct unit){ .side = UNIT_WRITES,
                                 .workspace = seen->workspace,
                                 .arena = &chore->arena,
                                 .steps_back = true,
                                 .run = run,
                                 .done = chore_done,
                                 .context = chore };
    if (runner_submit(jobs->settings.runner, &chore->unit)) {
        chore->in_batch = in_batch; /* it cannot end before the lock is free */
        jobs->batch += in_batch;
        jobs->busy++;
        return true;
    }
    arena_free(&chore->arena);
    free(chore);
    return false;
}

static bool
beat(struct work *w, void *context)
{
    struct chore *chore = context;
    bool held;

    /* A lease that is lost shows when the result comes. */
    return job_store_beat(w, chore->seen.workspace, chore->seen.id,
                          chore->seen.epoch, &held);
}

void
task_beat(struct task *t, int64_t now_ms)
{
    struct job_seen held = { .workspace = t->job->workspace,
                             .id = t->job->id,
                             .epoch = t->job->epoch };

    if (chore_submit(t->jobs, &held, false, beat))
        t->beat_ms = now_ms;
}
