/*
 * runner_queue: units waiting for a thread, in the order they came. Private
 * to the runner.
 */
#ifndef JOBS_RUNNER_QUEUE_H
#define JOBS_RUNNER_QUEUE_H

#include <pthread.h>

#include "lib/jobs/runner.h"

struct unit_queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct unit *first;
    struct unit **end; /* where the next one is linked */
    int count;         /* units waiting */
    int max;           /* more are refused */
    int sleepers;      /* threads in unit_queue_take */
    bool stopping;     /* nothing is let in any more */
};

void unit_queue_init(struct unit_queue *, int max);
void unit_queue_free(struct unit_queue *); /* must be empty */

/* False when full or stopping. */
bool unit_queue_put(struct unit_queue *, struct unit *);

/*
 * Waits for units and takes them, oldest first, while their weights stay
 * within `weight_max` (one is always taken) and `room` is left. `wake_us` on
 * the monotonic clock ends the wait without any; 0 never does. Returns how
 * many there are in `units`, or -1 when the queue is stopped and empty.
 */
int unit_queue_take(struct unit_queue *, struct unit **units, int room,
                    int weight_max, int64_t wake_us);

/* How many wait now. */
int unit_queue_count(struct unit_queue *);

/* Lets nothing in from now on and wakes everybody. */
void unit_queue_stop(struct unit_queue *);

#endif
