/*
 * runner_queue: see runner_queue.h. A list under a lock; the condition is
 * signalled only when somebody sleeps, because under load nobody does and
 * the call would be the dearest part of handing in a unit.
 */
#include "lib/jobs/runner_queue.h"

#include <assert.h>
#include <errno.h>
#include <time.h>

static bool wait_for_units(struct unit_queue *, const struct unit_room *);
static int waiting(const struct unit_queue *);
static int take(struct unit_queue *, struct unit **, const struct unit_room *);

void
unit_queue_init(struct unit_queue *queue, int max)
{
    pthread_condattr_t monotonic;

    *queue = (struct unit_queue){ .max = max };
    queue->ahead.end = &queue->ahead.first;
    queue->back.end = &queue->back.first;
    pthread_mutex_init(&queue->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&queue->filled, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

void
unit_queue_free(struct unit_queue *queue)
{
    assert(queue->ahead.count + queue->back.count == 0);
    pthread_cond_destroy(&queue->filled);
    pthread_mutex_destroy(&queue->lock);
}

bool
unit_queue_put(struct unit_queue *queue, struct unit *unit)
{
    struct unit_line *line = unit->steps_back ? &queue->back : &queue->ahead;

    unit->next = NULL;
    pthread_mutex_lock(&queue->lock);
    bool taken = !queue->stopping && line->count < queue->max;
    if (taken) {
        *line->end = unit;
        line->end = &unit->next;
        line->count++;
        if (queue->sleepers > 0)
            pthread_cond_signal(&queue->filled);
    }
    pthread_mutex_unlock(&queue->lock);
    return taken;
}

int
unit_queue_take(struct unit_queue *queue, struct unit **units,
                const struct unit_room *room)
{
    int count = 0;

    pthread_mutex_lock(&queue->lock);
    if (wait_for_units(queue, room))
        count = take(queue, units, room);
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

static int
waiting(const struct unit_queue *queue)
{
    return queue->ahead.count + queue->back.count;
}

/* Those that step back may have to wait for their turn, but not for ever. */
static bool
can_take(const struct unit_queue *queue, const struct unit_room *room)
{
    return queue->ahead.count > 0
        || (queue->back.count > 0
            && (room->alone_weight > 0 || queue->stopping));
}

/* True when there is a unit; false when told to stop, or the time is up. */
static bool
wait_for_units(struct unit_queue *queue, const struct unit_room *room)
{
    const struct timespec wake = { room->wake_us / 1000000,
                                   room->wake_us % 1000000 * 1000 };
    int result = 0;

    queue->sleepers++;
    while (!can_take(queue, room) && !queue->stopping && result != ETIMEDOUT) {
        if (room->wake_us == 0)
            pthread_cond_wait(&queue->filled, &queue->lock);
        else
            result =
                pthread_cond_timedwait(&queue->filled, &queue->lock, &wake);
    }
    queue->sleepers--;
    return can_take(queue, room);
}

static int
weight_of(const struct unit *unit)
{
    return unit->weight > 0 ? unit->weight : 1;
}

/* Adds units of the line to `units`, of which there are `count`; how many
 * there are then. The first is taken however heavy it is. */
static int
take_line(struct unit_line *line, struct unit **units, int count, int room,
          int weight_max)
{
    const int before = count;
    int weight = 0;

    while (line->first != NULL && count < room) {
        struct unit *unit = line->first;
        weight += weight_of(unit);
        if (count > before && weight > weight_max)
            break;
        line->first = unit->next;
        units[count++] = unit;
    }
    if (line->first == NULL)
        line->end = &line->first;
    line->count -= count - before;
    return count;
}

static int
least(int a, int b)
{
    return a < b ? a : b;
}

/* Others leave places for those that step back, when it is their turn. */
static int
take(struct unit_queue *queue, struct unit **units,
     const struct unit_room *room)
{
    int back_weight = queue->stopping        ? room->weight
                    : queue->ahead.count > 0 ? room->back_weight
                                             : room->alone_weight;
    int places = least(least(queue->back.count, back_weight), room->units / 4);
    int count =
        take_line(&queue->ahead, units, 0, room->units - places, room->weight);

    return back_weight == 0
             ? count
             : take_line(&queue->back, units, count, room->units, back_weight);
}

int
unit_queue_count(struct unit_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    int count = waiting(queue);
    pthread_mutex_unlock(&queue->lock);
    return count;
}
