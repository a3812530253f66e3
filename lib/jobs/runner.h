/*
 * runner: the threads that run units of work.
 *
 * Readers: a pool, each with its own read-only connection and snapshot.
 * Writers: all changes to a workspace are made by one writer, in order. A
 * writer takes what is queued, runs each unit, commits once for the group,
 * then answers them all (group commit), or leaves it to a thread that waits
 * for the disk while he makes the next group. A group in which a unit fails
 * after it has changed something, or whose commit is refused, is rolled back
 * and run again in parts: those before the unit at fault, it alone, those
 * after it; or each alone, when nobody knows whose fault it was. One failing
 * unit never harms its neighbours.
 */
#ifndef JOBS_RUNNER_H
#define JOBS_RUNNER_H

#include "lib/jobs/work.h"

enum unit_side { UNIT_READS, UNIT_WRITES };

/*
 * One unit, made by whoever has work to be done. The runner owns it from
 * runner_submit until `done` is called; `done` runs on a thread of the runner,
 * once what was committed is durable (or after the failure), and may free it.
 * Of its `struct work` it may use what belongs to the unit: the connection is
 * at work for others.
 */
struct unit {
    struct unit *next; /* the runner's */
    enum unit_side side;
    struct id workspace; /* chooses the writer; none: the first */
    struct actor actor;
    struct arena *arena; /* the submitter's */
    /* True commits. May be called several times for the same unit, with the
     * arena as the call before left it: keep no state in `context` that
     * another call would trip over. */
    bool (*run)(struct work *, void *context);
    /* `ok` false: `w->error` says why. */
    void (*done)(struct work *, void *context, bool ok);
    void *context;
    /* Leads in it, for the size of a group. 0 counts as 1. */
    int weight;
    /* A job, or one part of much work: those that somebody waits for go first,
     * and it gets a share of the writer's time (runner_share.h). */
    bool steps_back;
    const int64_t *keys; /* as in struct work */
    int key_count;
    /* For hooks.group_begin: finds out the keys, once the caches are warm,
     * with w->arena and w->workspace the unit's. Or NULL. May be called
     * several times, like `run`. */
    void (*ready)(struct work *, struct unit *);
    /* What all units of a group that have this can do at once, in one go
     * before the first of them runs; the work is the group's. False fails the
     * group. Writers only. Or NULL. */
    bool (*together)(struct work *, struct unit *const *units, int count);
};

struct runner;

/* What the program does around groups; each may be NULL. */
struct runner_hooks {
    /* A writer (or reader) starts: returns what becomes w->app. */
    void *(*app_open)(void *context, struct db *, bool writes);
    void (*app_close)(void *app);
    /* Before the units of a group run, in the same transaction: warm caches
     * with set-based reads. False fails the group. These three are for
     * writers only. */
    bool (*group_begin)(struct work *, struct unit *const *units, int count);
    /* After the units ran, before the commit: write what was collected. */
    bool (*group_end)(struct work *);
    /* The group was committed / rolled back: keep or drop what is cached. */
    void (*group_done)(struct work *, bool committed);
    /* A writer is about to end: stores some of what only he remembers, as a
     * unit of its own. *more: there is some left for another. */
    bool (*leave)(struct work *, bool *more);
    /* The live events of committed units, in order. */
    void (*tell)(void *context, const struct live_event *);
    void *context;
};

struct runner_settings {
    const char *database;
    int readers;   /* threads */
    int writers;   /* SQLite is always given 1 */
    int group_max; /* leads in a group, 256 */
    int queue_max; /* units waiting at most, and as many that step back; more
                      are refused */
    uint32_t node; /* for ids */
    struct runner_hooks hooks;
};

/* NULL with `*why` when a database connection cannot be opened. */
struct runner *runner_start(const struct runner_settings *, struct arena *,
                            struct str *why);

/* False when the queue is full: answer 503 with Retry-After. Any thread. */
bool runner_submit(struct runner *, struct unit *);

/* Has somebody handed in a change just now (within 20 ms) that he waits for?
 * Whoever works beside the runner's threads lets them have the machine then. */
bool runner_is_asked(struct runner *);

/* After each commit that made jobs due `due` hears of the earliest; on a
 * thread of the runner, so it must be quick. One listener; NULL: none. */
void runner_watch(struct runner *, void (*due)(void *context, int64_t due_ms),
                  void *context);

/* Finishes what is queued, stops the threads. */
void runner_stop(struct runner *);

/* Units queued and running now, and a stuck or failing disk: for health. */
struct runner_state {
    int queued;
    bool database_ok;
    int64_t commits;
    int64_t units;
};
struct runner_state runner_state(struct runner *);

#endif
