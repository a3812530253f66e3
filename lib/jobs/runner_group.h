/*
 * runner_group: one thread's connection and the group of units it is
 * answering. Private to the runner; runner_group.c is where a commit decides
 * what is answered.
 */
#ifndef JOBS_RUNNER_GROUP_H
#define JOBS_RUNNER_GROUP_H

#include <pthread.h>
#include <stdatomic.h>

#include "lib/jobs/runner.h"
#include "lib/jobs/runner_flush.h"
#include "lib/jobs/runner_queue.h"
#include "lib/jobs/runner_share.h"

/* One unit of the group. */
struct member {
    struct unit *unit;
    bool steps_back;  /* the unit's; it may be gone when the group is over */
    int weight;       /* at least 1 */
    struct work work; /* filled anew for each try */
    bool begun;       /* the group has done what it does together */
    bool ok;          /* it returned true */
    bool settled;     /* its answer is known and will not change */
};

enum { GROUPS = 2 };

/* Units that are tried together, and told of it together. */
struct group {
    struct worker *worker;
    struct member *members; /* as many as the worker has room for */
    int count;
    struct arena arena; /* of the hooks; forgotten with each try */
    struct work work;   /* what the hooks get */

    struct group *next; /* the flusher's, as what follows */
    bool given;
    int64_t commit;
};

/* Who hears of jobs; set while threads run. */
struct job_watch {
    pthread_mutex_t lock;
    void (*due)(void *context, int64_t due_ms);
    void *context;
};

/* A thread of the runner with what it owns. */
struct worker {
    struct unit_queue *queue;
    const struct runner_hooks *hooks;
    struct job_watch *watch;
    struct db *db;
    bool writes;
    pthread_t thread;
    struct id_maker ids;
    struct random random; /* of the units; its seed is in the log */
    struct random jitter;
    void *app;

    struct group *group;         /* that is at work */
    struct group groups[GROUPS]; /* a second one while the first is flushed */
    struct flusher *flusher;     /* of a writer: flushes what it commits; of a
                                reader: of what it may see; or NULL */
    bool flushed;                /* what was committed last */
    struct unit **units;         /* those of a try, for the hook */
    int room;
    struct share share;      /* of those that step back */
    int64_t back_us;         /* what they have used of the group's time */
    int64_t asked_us;        /* others were in a group that ended then */
    int64_t idle_from_us;    /* since then it has stood idle */
    int count_before;        /* of the group before, ... */
    int64_t ended_before_us; /* ... and when it was over */

    int64_t pause_until_us; /* database away: until then nobody waits; or 0 */
    int64_t pause_max_us;   /* doubles with each failed attempt; 0: well */

    /* For runner_state, read by any thread. */
    _Atomic int64_t commits;
    _Atomic int64_t answered;
    _Atomic int64_t busy_since_us; /* 0: idle */
    _Atomic int64_t unwell_until_us;
};

/* What its next group has room for. */
struct unit_room worker_room(struct worker *);

/* Answers the units in `units` (`count`): each one's `done` is called once. */
void worker_serve(struct worker *, int count);

/* Tells the units of a group that is stored; for the flusher. */
void worker_tell(struct group *);

/* For the flusher: after a failed flush nothing can be done. */
void worker_disk_failed(void);

/* The wait for units was ended. When that is because a pause has ended, it
 * looks whether the database is back, so that health does not hang on
 * somebody's trying. */
void worker_probe(struct worker *);

/* Between groups of a writer: db_checkpoint. A disk that fails there ends the
 * process as it does in a commit. */
void worker_checkpoint(struct worker *);

#endif
