/*
 * lifecycle: the story of a lead, and the only place where the order of its
 * stages is written. Stages know nothing of each other: what travels between
 * them is a type of a record.
 */
#ifndef LIFECYCLE_H
#define LIFECYCLE_H

#include "lib/jobs/jobs.h"
#include "src/lead/submission.h"
#include "src/route/offer.h"
#include "src/route/route.h"

/* What became of a submission. */
struct intake {
    struct lead lead;
    bool matched;            /* joined a lead we had */
    bool repeated;           /* and said nothing that we did not have */
    struct route_answer why; /* decision_id none: the owner was kept */
};

/* A submission becomes a lead with one owner, or joins the lead we have. */
bool lifecycle_intake(struct work *, const struct submission *,
                      struct lead_facts *, struct intake *);

/* A lead that was held is routed after all. */
bool lifecycle_release(struct work *, struct lead *);

/* It should not have come: closed, and nobody is taken for it any more; what
 * it was made of may come again as another lead. */
bool lifecycle_withdraw(struct work *, struct lead *, struct str change);

/* A person decides. A pin keeps automatic changes away; given to another, the
 * lead is rid of the one it had. */
struct lifecycle_pin {
    int64_t until_ms; /* 0: none is set */
    bool ends;        /* that of whoever keeps the lead is taken off */
};
bool lifecycle_give(struct work *, struct lead *, struct owner,
                    const struct lifecycle_pin *, struct str note);

/* Somebody talked with the lead, or noted something. */
struct touch {
    const struct touch_kind *kind;
    struct str outcome;
    struct str note;
    int64_t at_ms;
    struct id task; /* that was done by it, or none */
};
bool lifecycle_touch(struct work *, struct lead *, const struct touch *);

/* A person takes a lead that is offered to him, which stands and no gate
 * forbids. */
bool lifecycle_accept(struct work *, struct lead *, const struct offer *,
                      int person);

/* A person will not take a lead that is offered to him, which stands. */
bool lifecycle_decline(struct work *, struct lead *, struct offer *,
                       int person);

/* A stage or fields were changed; what that frees is used. */
bool lifecycle_changed(struct work *, struct lead *, struct str change);

struct lead_merge;

/* `from` becomes part of `into`, which keeps its owner; take[field]: the value
 * of `from` wins. Tells what went over. */
bool lifecycle_merge(struct work *, struct lead *from, struct lead *into,
                     const bool take[LEAD_GIVEN_COUNT], struct lead_merge *);

/* The other way: the lead is one of its own again, with the owner it had. */
bool lifecycle_unmerge(struct work *, struct lead *, const struct lead_merge *);

/* People, their absence, presence or hours, or the rules, have changed:
 * queues are looked at again, and leads of those who left are handed on. */
bool lifecycle_team_changed(struct work *);

/* The jobs that come back here. */
extern const struct job_kind *const lifecycle_jobs[];

#endif
