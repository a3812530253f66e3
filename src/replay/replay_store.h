/* replay_store: replays that were asked for over HTTP, and what came out. */
#ifndef REPLAY_REPLAY_STORE_H
#define REPLAY_REPLAY_STORE_H

#include "src/replay/replay_run.h"

enum replay_state {
    REPLAY_QUEUED,
    REPLAY_RUNNING,
    REPLAY_DONE,
    REPLAY_STOPPED, /* `reason` says why */
    REPLAY_STATE_COUNT,
};
extern const char *const replay_state_names[REPLAY_STATE_COUNT + 1];

struct replay_record {
    struct id id;
    int64_t version; /* 0: not stored yet */
    enum replay_state state;
    struct str rules;      /* JSON */
    int64_t draft_version; /* -1: the rules were given; 0: published ones */
    struct replay_period period; /* to_ms and until are set */
    int64_t decisions;
    int64_t decisions_done;
    struct str result; /* JSON, or STR_NONE */
    struct str reason; /* or STR_NONE */
    struct id person;  /* who asked, or none */
    int64_t created_ms;
    int64_t begun_ms; /* 0: not yet */
    int64_t ended_ms;
};

bool replay_record_list(struct work *, struct id before, int limit,
                        struct replay_record **, int *count);
/* False with ERR_NOT_FOUND when there is none. */
bool replay_record_load(struct work *, struct id, struct replay_record *);
/* Inserts (version 0) or writes it; ERR_CONFLICT when it has moved on. */
bool replay_record_save(struct work *, struct replay_record *);
/* How far it is; no version is moved. */
bool replay_record_advance(struct work *, struct id, int64_t decisions_done,
                           int64_t decisions);
/* One that is over, with so many newer ones; ID_NONE: there is none. */
bool replay_record_old(struct work *, int keep, struct id *);
bool replay_record_remove(struct work *, struct id);

/* Tells the live stream, after the commit. */
void replay_tell(struct work *, const char *topic, struct id replay,
                 int64_t decisions_done, int64_t decisions);

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
