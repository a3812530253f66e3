/*
 * runner_queue: see runner_queue.h. A list under a lock; the condition is
 * signalled only when somebody sleeps, because under load nobody does and
 * the call would be the dearest part of handing in a unit.
 */
#include "lib/jobs/runner_queue.h"

#include <assert.h>
#include <errno.h>
#include <time.h>

static bool wait_for_units(struct unit_queue *, int64_t wake_us);
static int take(struct unit_queue *, struct unit **, int room, int weight_max);

void
unit_queue_init(struct unit_queue *queue, int max)
{
    pthread_condattr_t monotonic;

    *queue = (struct unit_queue){ .max = max };
    queue->end = &queue->first;
    pthread_mutex_init(&queue->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&queue->filled, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void
unit_queue_free(struct unit_queue *queue)
{
    assert(queue->count == 0);
    pthread_cond_destroy(&queue->filled);
    pthread_mutex_destroy(&queue->lock);
}

bool
unit_queue_put(struct unit_queue *queue, struct unit *unit)
{
    unit->next = NULL;
    pthread_mutex_lock(&queue->lock);
    bool taken = !queue->stopping && queue->count < queue->max;
    if (taken) {
        *queue->end = unit;
        queue->end = &unit->next;
        queue->count++;
        if (queue->sleepers > 0)
            pthread_cond_signal(&queue->filled);
    }
    pthread_mutex_unlock(&queue->lock);
    return taken;
}

int
unit_queue_take(struct unit_queue *queue, struct unit **units, int room,
                int weight_max, int64_t wake_us)
{
    int count = 0;

    pthread_mutex_lock(&queue->lock);
    if (wait_for_units(queue, wake_us))
        count = take(queue, units, room, weight_max);
    else if (queue->stopping)
        count = -1;
    pthread_mutex_unlock(&queue->lock);
    return count;
}

void
unit_queue_stop(struct unit_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->stopping = true;
    pthread_cond_broadcast(&queue->filled);
    pthread_mutex_unlock(&queue->lock);
}

/* True when there is a unit; false when told to stop, or the time is up. */
static bool
wait_for_units(struct unit_queue *queue, int64_t wake_us)
{
    const struct timespec wake = { wake_us / 1000000,
                                   wake_us % 1000000 * 1000 };
    int result = 0;

    queue->sleepers++;
    while (queue->count == 0 && !queue->stopping && result != ETIMEDOUT) {
        if (wake_us == 0)
            pthread_cond_wait(&queue->filled, &queue->lock);
        else
            result =
                pthread_cond_timedwait(&queue->filled, &queue->lock, &wake);
    }
    queue->sleepers--;
    return queue->count > 0;
}

static int
take(struct unit_queue *queue, struct unit **units, int room, int weight_max)
{
    int weight = 0, count = 0;

    while (queue->first != NULL && count < room) {
        struct unit *unit = queue->first;
        weight += unit->weight > 0 ? unit->weight : 1;
        if (count > 0 && weight > weight_max)
            break;
        queue->first = unit->next;
        units[count++] = unit;
    }
    if (queue->first == NULL)
        queue->end = &queue->first;
    queue->count -= count;
    return count;
}

int
unit_queue_count(struct unit_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    int count = queue->count;
    pthread_mutex_unlock(&queue->lock);
    return count;
}
