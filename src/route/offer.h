/*
 * offer: a lead that a queue owns is shown to several people at once, and the
 * first who accepts gets it (strategy first_to_accept). Nothing is reserved: an
 * offer stands as long as the lead has the owner it had when it was made, so
 * whatever else moves the lead ends it.
 */
#ifndef ROUTE_OFFER_H
#define ROUTE_OFFER_H

#include "lib/jobs/jobs.h"
#include "src/route/route.h"

struct offer {
    struct id lead;
    int64_t owner_version;
    int64_t until_ms;
    struct str rule;             /* its id, or empty */
    struct str pool;             /* its id */
    struct ledger_share *people; /* who are still in the team */
    int count;
    struct id *declined; /* who were among them and will not take it */
    int declined_count;
    int64_t over_ms; /* nobody has accepted in time, since then; 0: open */
};

/* Nobody else has got the lead since. */
bool offer_stands(const struct offer *, const struct lead *);

/* The number of a person whom it is made to, or -1. */
int offer_find_person(const struct offer *, const struct team *, struct id);

bool offer_was_declined_by(const struct offer *, struct id person);

/*
 * Makes the offer of a decision that offers: notes it, tells everybody whom it
 * is made to, and adds a job of kind `when_over`. One that was made before for
 * the same lead is gone.
 */
bool offer_make(struct work *, const struct lead *, const struct route_answer *,
                const struct job_kind *when_over);

/*
 * The same lead was asked for again while the offer is open: it is made to
 * those, too, who have become able to take it, till the same moment. Nothing
 * happens when the answer is of another rule or pool.
 */
bool offer_extend(struct work *, struct offer *, const struct route_answer *);

/* A person whom it is made to will not take it. */
bool offer_decline(struct work *, struct offer *, int person);

/* Nobody has accepted in time. */
bool offer_end(struct work *, struct offer *);

/* The newest of a lead. */
bool offer_find(struct work *, struct id lead, struct offer *, bool *found);

/* Those that are not over, the first to end first. */
bool offer_list(struct work *, int limit, struct offer **, int *count);

/* The person's gates at this moment: what stops him, or NULL; and what it saw,
 * in *candidate. */
const struct route_gate *offer_gate(struct work *,
                                    const struct workspace_cache *,
                                    struct lead *, const struct offer *,
                                    int person, struct route_candidate *);

/* The decision that gives the lead to a person who has accepted it: all whom
 * it was offered to share the turn. No trace; route_keep acts on it. */
bool offer_accepted(struct work *, struct lead *, const struct offer *,
                    int person, struct route_answer *);

#endif
