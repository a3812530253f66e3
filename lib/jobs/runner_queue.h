/*
 * runner_queue: units waiting for a thread, in the order they came; those that
 * step back in a line of their own. Private to the runner.
 */
#ifndef JOBS_RUNNER_QUEUE_H
#define JOBS_RUNNER_QUEUE_H

#include <pthread.h>

#include "lib/jobs/runner.h"

struct unit_line {
    struct unit *first;
    struct unit **end; /* where the next one is linked */
    int count;         /* units waiting */
};

struct unit_queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct unit_line ahead; /* somebody waits for them */
    struct unit_line back;  /* those that step back */
    int max;                /* more are refused, in each line */
    int sleepers;           /* threads in unit_queue_take */
    bool stopping;          /* nothing is let in any more */
};

/* What a group has room for. */
struct unit_room {
    int units;
    int weight;       /* of all but those that step back */
    int back_weight;  /* of those, beside others ... */
    int alone_weight; /* ... and when there are no others; 0: they wait for
                         some */
    int64_t wake_us;  /* on the monotonic clock ends the waiting; 0: nothing
                         does */
};

void unit_queue_init(struct unit_queue *, int max);
void unit_queue_free(struct unit_queue *); /* must be empty */

/* False when full or stopping. */
bool unit_queue_put(struct unit_queue *, struct unit *);

/*
 * Waits for units and takes them, each line oldest first, while there is room
 * for their weights. (One is always taken; of those that step back one, when
 * there is room for any.) Returns how many there are in `units`; 0 when the
 * wait was ended; -1 when the queue is stopped and empty.
 */
int unit_queue_take(struct unit_queue *, struct unit **units,
                    const struct unit_room *);

/* How many wait now. */
int unit_queue_count(struct unit_queue *);

/* Lets nothing in from now on and wakes everybody. */
void unit_queue_stop(struct unit_queue *);

#endif
