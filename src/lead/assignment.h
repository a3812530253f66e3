/*
 * assignment: the periods in which one owner held one lead. Written by
 * lead_owner.c only; others read.
 */
#ifndef LEAD_ASSIGNMENT_H
#define LEAD_ASSIGNMENT_H

#include "src/lead/lead.h"

/* When a change of owner happens: now, but not before the present owner's time
 * began, which a server has written whose clock is ahead. */
int64_t assignment_moment_ms(const struct work *, const struct lead *);

/* L1: closes the open assignment; exactly one row must be there. */
bool assignment_end(struct work *, const struct lead *);

/* Opens one for lead->owner, from lead->assigned_ms on. */
bool assignment_begin(struct work *, const struct lead *,
                      const struct handover *);

struct assignment {
    struct id id;
    struct owner owner;
    struct id decision; /* none: by hand */
    struct str reason;
    int64_t begun_ms;
    int64_t ended_ms; /* 0: open */
};

/* All of a lead, oldest first. */
bool assignment_list(struct work *, struct id lead, struct assignment **,
                     int *count);

/* Reads those of many leads for the present group, for assignment_list. */
bool assignment_warm(struct work *, const struct warm_wanted *);

/* What was held (struct handover) waits like the others from now on. */
bool assignment_let_go(struct work *, struct id lead);

/* Leads that wait in a queue, oldest first, after `after`; not those that are
 * held there. */
bool assignment_waiting(struct work *, struct id queue, struct id after,
                        int limit, struct id **leads, int *count);

#endif
