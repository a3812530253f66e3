/*
 * jobs: what handlers do with jobs, in their own transaction, and the
 * schedules of failure. The clock that finds and runs them is jobs_clock.c.
 */
#include "lib/jobs/jobs.h"

#include <assert.h>

#include "lib/jobs/jobs_store.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60000, HOUR_MS = 3600000 };

static const int64_t inside_delays_ms[] = {
    1 * SECOND_MS,  10 * SECOND_MS, 1 * MINUTE_MS,
    10 * MINUTE_MS, 1 * HOUR_MS,    6 * HOUR_MS,
};

static const int64_t webhook_delays_ms[] = {
    5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS,  5 * HOUR_MS,
    10 * HOUR_MS,  14 * HOUR_MS,  20 * HOUR_MS,   24 * HOUR_MS,
};

const struct job_schedule job_schedule_inside = {
    inside_delays_ms, sizeof inside_delays_ms / sizeof inside_delays_ms[0]
};

const struct job_schedule job_schedule_webhook = {
    webhook_delays_ms, sizeof webhook_delays_ms / sizeof webhook_delays_ms[0]
};

static const struct job_schedule *
schedule_of(const struct job_kind *kind)
{
    if (kind->schedule != NULL)
        return kind->schedule;
    return kind->run != NULL ? &job_schedule_inside : &job_schedule_webhook;
}

/* The clock is told when it was committed; until then nobody may look. */
static void
note_due(struct work *w, int64_t due_ms)
{
    if (w->jobs_due_ms == 0 || due_ms < w->jobs_due_ms)
        w->jobs_due_ms = due_ms;
}

bool
job_add(struct work *w, const struct job_new *new)
{
    int64_t due_ms = new->due_ms == 0 ? w->now_ms : new->due_ms;
    int attempts_max = new->attempts_max != 0
                         ? new->attempts_max
                         : schedule_of(new->kind)->count + 1;

    assert(new->kind->name != NULL);
    assert((new->kind->run == NULL) != (new->kind->prepare == NULL));
    note_due(w, due_ms);
    return job_store_add(w, new, due_ms, attempts_max);
}

bool
job_cancel(struct work *w, const struct job_kind *kind, struct str key)
{
    return job_store_cancel(w, kind->name, key);
}

bool
jobs_retry(struct work *w, struct id job)
{
    int64_t changed;
    bool exists;

    if (!job_store_again(w, job, &changed))
        return false;
    if (changed > 0) {
        note_due(w, w->now_ms);
        return true;
    }
    if (!job_store_exists(w, job, &exists))
        return false;
    if (!exists)
        return fail(w, ERR_NOT_FOUND, "There is no such job.");
    return fail(w, ERR_CONFLICT,
                "Only a job that has failed can be run again, and only while "
                "no other one for the same thing is waiting.");
}

bool
jobs_failed(struct work *w, struct id after, int limit, struct job **jobs,
            int *count)
{
    return job_store_failed(w, after, limit, jobs, count);
}

/*
 * Never earlier than the schedule says: the receiver may have asked for it.
 * What failed together must not come back together, hence the jitter.
 */
int64_t
job_delay_ms(const struct job_schedule *schedule, int attempt,
             struct random *random)
{
    assert(attempt > 0);
    if (schedule->count == 0)
        return SECOND_MS;

    int at = attempt > schedule->count ? schedule->count : attempt;
    int64_t delay_ms = schedule->delays_ms[at - 1];
    int64_t jitter_ms = delay_ms * JOB_JITTER_PERCENT / 100;
    return delay_ms + (int64_t)random_below(random, (uint64_t)jitter_ms + 1);
}
