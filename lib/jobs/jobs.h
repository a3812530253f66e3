/*
 * jobs: work for the machine that outlives a request: timers, and what must
 * leave the building. A job is a row written in the transaction that decided
 * it; a clock thread finds what is due and makes units of work of it.
 *
 * Two sorts. An *inside* job is one unit: it is taken, run and gone in one
 * transaction, so its effects happen exactly once. An *outside* job is handed
 * to a sender as bytes and comes back as a result: it is sent at least once,
 * under a stable id, in order per (lead, channel).
 */
#ifndef JOBS_JOBS_H
#define JOBS_JOBS_H

#include "lib/jobs/runner.h"
#include "lib/net/sender.h"

enum job_state {
    JOB_PENDING,
    JOB_RUNNING, /* under a lease */
    JOB_DONE,
    JOB_FAILED,  /* for good; stays visible, and can be run again */
    JOB_UNKNOWN, /* may have happened: somebody must decide */
};

struct job {
    struct id workspace;
    struct id id;
    const struct job_kind *kind; /* NULL in lists: kind of another program */
    struct str kind_name;
    enum job_state state;
    struct str key;     /* or none */
    struct id lead;     /* or none */
    struct str channel; /* or none */
    struct str payload; /* ids and settings, no personal data */
    int64_t due_ms;     /* running: the end of the lease */
    int attempts;       /* this one included */
    int attempts_max;
    int64_t epoch; /* grows with each claim: the fencing token */
    struct str last_error;
    int64_t created_ms;
    int64_t done_ms; /* the end of its last attempt; 0: none has ended */
};

/* How long to wait after the first, second, ... failure. */
struct job_schedule {
    const int64_t *delays_ms;
    int count; /* a job is tried count + 1 times */
};

enum { JOB_JITTER_PERCENT = 20, JOB_LEASE_MS = 60000 };

extern const struct job_schedule job_schedule_inside;  /* 1 s .. 6 h */
extern const struct job_schedule job_schedule_webhook; /* Standard Webhooks:
                                                          10 times in 76 h */

/* What exists is a table; a row is one kind of job. */
struct job_kind {
    const char *name;  /* "lead.late" */
    const char *about; /* one sentence for the manual */

    /* Inside. False rolls back; it is tried again by the schedule. */
    bool (*run)(struct work *, const struct job *);

    /* Outside, when `run` is NULL. Fills what is to be sent, in the unit's
     * arena; an empty url means that there is nothing to send any more. */
    bool (*prepare)(struct work *, const struct job *, struct outbox_message *);
    /* What came of it, in the transaction that notes it. Or NULL. */
    bool (*settle)(struct work *, const struct job *,
                   const struct outbox_result *);

    /* It failed for good, or nobody knows; in that same transaction. Or NULL. */
    bool (*failed)(struct work *, const struct job *);

    const struct job_schedule *schedule; /* NULL: the sort's own */
    bool unsafe; /* never send twice: what was cut off becomes unknown */
};

struct job_new {
    const struct job_kind *kind;
    struct id id;    /* by work_id; none: one is made */
    struct str key;  /* none: no uniqueness */
    bool key_is_new; /* certain: cheaper; if not so the unit fails */
    struct id lead;
    const char *channel; /* NULL: no order */
    struct str payload;  /* none: "{}" */
    int64_t due_ms;      /* 0: now */
    int attempts_max;    /* 0: by the schedule */
};

/* For handlers, in their transaction. A key that is pending already keeps
 * the job it has. */
bool job_add(struct work *, const struct job_new *)
    __attribute__((warn_unused_result));

/* A pending job is gone; one that runs is not stopped. No such: fine. */
bool job_cancel(struct work *, const struct job_kind *, struct str key)
    __attribute__((warn_unused_result));

/* Runs a failed or unknown job of the workspace again, from its first
 * attempt. ERR_NOT_FOUND, or ERR_CONFLICT when it is neither. */
bool jobs_retry(struct work *, struct id job)
    __attribute__((warn_unused_result));

/* The failed and unknown jobs of the workspace after `after`, oldest first. */
bool jobs_failed(struct work *, struct id after, int limit, struct job **jobs,
                 int *count) __attribute__((warn_unused_result));

/* When attempt number `attempt` (from 1) has failed: how long to wait. */
int64_t job_delay_ms(const struct job_schedule *, int attempt, struct random *);

/* The clock. */
struct jobs_settings {
    struct runner *runner;
    const struct job_kind *const *kinds; /* all there are; ends with NULL */
    /* Hands a message to a sender, as sender_submit does. */
    bool (*send)(void *context, const struct outbox_message *,
                 void (*done)(void *context, const struct outbox_result *),
                 void *done_context);
    void *send_context;
    /* Reads at once what the jobs of a group will look up; inside jobs, on
     * PostgreSQL, where each look-up is a round trip. Or NULL. */
    bool (*warm)(struct work *, const struct job *const *jobs, int count);
    int burst_max; /* jobs taken at a time; 0: 100 */
    int sends_max; /* at the sender at a time; 0: 1024 */
};

struct jobs;

struct jobs *jobs_start(const struct jobs_settings *);

/*
 * The end, in this order: jobs_stop (no new claims), sender_stop (its results
 * still come here), runner_stop, jobs_free.
 */
void jobs_stop(struct jobs *);
void jobs_free(struct jobs *);

/*
 * Looks at once: the time was moved. The answer is the number of this look,
 * for jobs_settle. Any thread.
 */
uint64_t jobs_wake(struct jobs *);

/* jobs_wake, and waits until every job due now has run and what was sent has
 * been answered. False when the time-out (of real time) came first. Not on
 * the runner's or the sender's threads: it waits for them. */
bool jobs_settle(struct jobs *, int timeout_ms)
    __attribute__((warn_unused_result));

/* For health. */
struct jobs_state {
    int64_t done;
    int64_t retried;
    int64_t failed;
    int64_t leases_lost; /* results that came too late to count */
    int sent;            /* at the sender now */
    int64_t oldest_ms;   /* due time of the oldest that waits; 0: none */
};
struct jobs_state jobs_state(struct jobs *);

#endif
