/*
 * jobs_task: what one job lives through between being found and being noted
 * as ended. Private to jobs.
 */
#ifndef JOBS_JOBS_TASK_H
#define JOBS_JOBS_TASK_H

#include <pthread.h>
#include <stdatomic.h>

#include "lib/jobs/jobs_store.h"

enum { BEAT_MS = JOB_LEASE_MS / 3 };

/* One job being worked on. Owned by the thread that works on it, one after
 * the other; in `jobs` under its lock. */
struct task {
    struct unit unit;
    struct arena arena;
    struct jobs *jobs;
    struct task *next;           /* in jobs->put_off */
    struct task *before, *after; /* in jobs->open */
    const struct job_kind *kind;
    struct job_seen seen;
    struct job *job; /* as claimed; NULL: not (yet) */
    struct outbox_message message;
    struct outbox_result result;
    struct str error;     /* why its attempt failed */
    enum job_state ended; /* where it was moved to; running: nowhere */
    bool late;            /* somebody else had taken it over */
    bool taken;           /* by the group, whether it was there or not */
    int64_t beat_ms;      /* its lease was last renewed */
    bool open;            /* in jobs->open: may be at the sender */
    bool in_batch;        /* the clock waits for it */
    bool bare;            /* noting goes without the kind's callback */
};

struct jobs {
    struct jobs_settings settings;
    pthread_t thread;
    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t told;  /* the clock sleeps on it */
    pthread_cond_t moved; /* somebody waits for the clock or a task */
    bool stopping;
    uint64_t asked;          /* tickets given */
    uint64_t settled;        /* the highest that is settled */
    int64_t early_ms;        /* earliest job committed since it looked */
    _Atomic int64_t next_ms; /* when the clock means to look */
    bool again;              /* something changed: look at once */
    bool trouble;            /* the database is away: not at once */
    int batch;               /* tasks the clock waits for */
    int progress;            /* tasks of the batch that came further */
    int busy;                /* tasks and beats that are not over */
    struct task *open;       /* outside jobs that we hold */
    int open_count;
    struct task *put_off; /* the runner had no room */
    struct random random; /* of the clock thread */
    struct jobs_state state;
};

/* Hands the job to the runner; it is over some time later. */
void task_start(struct jobs *, const struct job_kind *,
                const struct job_seen *);

/* For the inside jobs of a group: takes them all (jobs_group.c). */
bool tasks_take(struct work *, struct unit *const *units, int count);

/* The runner had no room for its unit: hands it in again. */
void task_resume(struct task *);

/* Renews the lease of a job that is at the sender. Lock held. */
void task_beat(struct task *, int64_t now_ms);

/* A unit of the clock itself. */
struct chore {
    struct unit unit;
    struct arena arena;
    struct jobs *jobs;
    struct job_seen seen;
    bool in_batch;
};

/* `run` gets the chore. Lock held. False when the runner has no room. */
bool chore_submit(struct jobs *, const struct job_seen *, bool in_batch,
                  bool (*run)(struct work *, void *context));

#endif
