/* replay_store: replays that were asked for over HTTP, and what came out. */
#ifndef REPLAY_REPLAY_STORE_H
#define REPLAY_REPLAY_STORE_H

#include "src/operation/operation.h"
#include "src/replay/replay_run.h"

extern const char *const replay_state_names[OPERATION_STATE_COUNT + 1];

struct replay_record {
    struct operation operation;
    struct str rules;      /* JSON */
    int64_t draft_version; /* -1: the rules were given; 0: published ones */
    struct replay_period period; /* to_ms and until are set */
    int64_t decisions;
    int64_t decisions_done;
    struct str result; /* JSON, or STR_NONE */
};

extern const struct operation_kind replay_operation;

/* How far it is; no version is moved. */
bool replay_record_advance(struct work *, const struct replay_record *);
/* One that is over, with so many newer ones; ID_NONE: there is none. */
bool replay_record_old(struct work *, int keep, struct id *);
bool replay_record_remove(struct work *, struct id);

/* ------------------------------------------------- leads that would change */

struct replay_lead {
    int64_t number; /* from 1 */
    struct replay_change change;
};

bool replay_lead_add(struct work *, struct id replay,
                     const struct replay_lead *);

struct replay_wanted {
    int64_t after;       /* number */
    const char *kind;    /* "to_another", ...: of replay_kinds; NULL: all */
    struct id gained_by; /* the owner after; none: any */
    struct id lost_by;   /* the owner before */
    struct str rule;     /* after; STR_NONE: any */
};
extern const char *const replay_kinds[]; /* ends with NULL */

bool replay_lead_list(struct work *, struct id replay,
                      const struct replay_wanted *, int limit,
                      struct replay_lead **, int *count);

/* Some at a time, the last first. `*more` when there may be others. */
bool replay_leads_forget(struct work *, struct id replay, int limit,
                         bool *more);

#endif
