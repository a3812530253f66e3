/*
 * revert: what taking back an assignment comes to that one version of the rules
 * has made. Who had the lead before is told by the periods of its owners, what
 * each turn has cost by the record of its decision. What is done about it is
 * src/lifecycle_revert.c.
 */
#ifndef ROUTE_REVERT_H
#define ROUTE_REVERT_H

#include "src/lead/assignment.h"
#include "src/route/route_store.h"

/* What becomes of one assignment. The first three take it back; by all others
 * it is left as it is. */
enum revert_outcome {
    REVERT_GIVEN_BACK,
    REVERT_ROUTED_AGAIN,
    REVERT_QUEUED,
    REVERT_MOVED_BY_HAND,
    REVERT_MOVED_ON,
    REVERT_REVERTED,
    REVERT_TOUCHED,
    REVERT_PINNED,
    REVERT_ACCEPTED,
    REVERT_WAITING,
    REVERT_CLOSED,
    REVERT_MERGED,
    REVERT_ERASED,
    REVERT_OUTCOME_COUNT,
};
extern const char *const revert_outcomes[REVERT_OUTCOME_COUNT + 1];

bool revert_takes_back(enum revert_outcome);

/* Why, as people read it: `owner` has it by that version, `to` gets it. */
struct revert_telling {
    enum revert_outcome outcome;
    struct str owner;
    struct str to; /* STR_NONE: not known yet */
};
struct str revert_sentence(struct arena *, const struct revert_telling *,
                           struct str language);

/* A lead's owners, as far as they were not taken back. */
struct revert_history {
    const struct assignment *made; /* by the decision that is asked about; NULL:
                                      it made none */
    bool stands;                   /* nobody has got the lead since */
    enum revert_outcome gone;      /* else why not */
    bool had;                      /* somebody had it before that version: */
    struct owner before;
    struct id before_decision;         /* by which he had it, or none */
    const struct decision_row **taken; /* decisions of the version, in a row, by
                                          which it came from him to its owner;
                                          the last first */
    int taken_count;
    const struct assignment *since; /* that the first of these has made */
};

/*
 * Pure. `assignments` and `decisions` are all of one lead. Being given back
 * undoes what came between; routed again, the lead is as if it were new. Waiting
 * in `default_queue` is having no owner yet.
 */
struct revert_history
revert_history(struct arena *, const struct assignment *assignments,
               int assignment_count, const struct decision_row *decisions,
               int decision_count, struct id decision, struct id default_queue);

/* I5: takes back what a decision has posted to the ledger. */
bool revert_turn(struct work *, const struct decision_row *);

/* ----------------------------------------------------------------- store */

struct revert {
    struct id id;
    int64_t rules_version;
    bool dry_run;
    struct str note;
    struct id queue; /* or none: the rules in force decide */
    struct str actor_kind;
    struct id actor;
    struct id from; /* decisions are between these */
    struct id until;
    struct id after; /* these are done */
    int64_t counts[REVERT_OUTCOME_COUNT];
    int64_t created_ms;
    int64_t ended_ms; /* 0: at work */
};

/* Sets `from` and `until`: between which ids the version has decided, whose
 * clocks may be a while apart. False with ERR_NOT_FOUND: there is none. */
bool revert_span(struct work *, struct revert *);

/* How much of it is done, in percent. */
int revert_percent(const struct revert *);

bool revert_add(struct work *, struct revert *);
bool revert_save(struct work *, const struct revert *);
/* False with ERR_NOT_FOUND when there is none. */
bool revert_load(struct work *, struct id, struct revert *);
bool revert_list(struct work *, struct id before, int limit, struct revert **,
                 int *count);

/* What became of one assignment. */
struct revert_row {
    struct id decision;
    struct id lead;
    enum revert_outcome outcome;
    struct owner owner;
    bool has_to;
    struct owner to;
};
bool revert_row_add(struct work *, struct id revert, const struct revert_row *);
bool revert_rows(struct work *, struct id revert, struct id after, int limit,
                 struct revert_row **, int *count);

/* Who has lost leads by it, and how many. */
struct revert_loser {
    struct id person;
    int64_t leads;
};
bool revert_losers(struct work *, struct id revert, struct revert_loser **,
                   int *count);

#endif
