/*
 * replay_run: a replay from the database: the people, the rules and the
 * decisions of a period, page by page. It writes nothing.
 *
 * Whoever runs one hands in two sorts of units that read (replay_begin once,
 * replay_read for each page), and calls replay_work between them, on a thread
 * that may take its time. Units may be run again: what they fill is set anew.
 */
#ifndef REPLAY_REPLAY_RUN_H
#define REPLAY_REPLAY_RUN_H

#include "src/replay/replay.h"
#include "src/workspace/cache.h"

enum { REPLAY_DAYS_MAX = 90, REPLAY_LEADS_AT_A_TIME = 500 };

struct replay_period {
    int64_t from_ms;
    int64_t to_ms;     /* as shown; ... */
    struct id until;   /* ... the last decision in it; none: all there are */
    int64_t leads_max; /* after so many it ends; 0: no limit */
};

/* A published rule set, as far as it says what was recorded under it. */
struct replay_version {
    struct replay_version *next;
    int64_t number;
    const struct route_snapshot *rules; /* NULL: cannot be read any more */
    bool recorded_all;                  /* that the other rules read */
};

struct replay_page {
    struct replay_past *pasts;
    int count;
    struct id last;
};

struct replay_run {
    struct replay_period period;
    const struct json *document; /* of the other rules; the caller's */
    struct arena arena;          /* what lasts as long as the run */
    struct workspace_cache *cache;
    struct replay replay;
    struct replay_version *versions;
    int fact_count; /* up to the last that the rules read */
    struct replay_page page;
    struct id last;       /* the decision that was read last */
    struct id until;      /* the last of the period */
    int64_t total;        /* decisions in the period ... */
    int64_t done;         /* ... of which so many were looked at */
    bool cut;             /* the limit came before the end */
    int64_t processor_us; /* that replay_work has taken */
};

/* A copy of the people, for presence that is not today's. */
struct team *replay_own_team(struct arena *, const struct team *);

/* The last decision that can have been made before a moment. */
struct id replay_last_before(int64_t to_ms);

void replay_run_init(struct replay_run *);
void replay_run_free(struct replay_run *);

/* Units. `context` is the run. */
bool replay_begin(struct work *, void *run);
bool replay_read(struct work *, void *run);

/* Goes through the page that was read; tells of each lead that changes its
 * owner. False: there is no more. */
bool replay_work(struct replay_run *, struct arena *,
                 void (*changed)(void *context, const struct replay_change *),
                 void *context);

#endif
