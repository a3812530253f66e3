/*
 * lifecycle_steps: the steps of lifecycle.c that lifecycle_again.c takes too.
 */
#ifndef LIFECYCLE_STEPS_H
#define LIFECYCLE_STEPS_H

#include "src/lifecycle_jobs.h"
#include "src/notify/notify.h"
#include "src/route/route.h"

/* Asks for an owner, keeps the answer and hands the lead over. `reason` is
 * that of the assignment. The lead is not saved yet. */
bool lifecycle_assign(struct work *, struct lead *, const char *reason,
                      struct route_answer *);

/* What follows every decision of routing, whatever asked for it. */
bool lifecycle_hand_over(struct work *, struct lead *, const char *reason,
                         const struct route_answer *);

/* The same, with more to be said of it than its reason; what the decision says
 * of it is filled in. */
bool lifecycle_hand_over_as(struct work *, struct lead *,
                            const struct handover *,
                            const struct route_answer *);

/* To an owner whom no decision of now has chosen; the promise of that rule
 * begins again. The lead is not saved yet. */
bool lifecycle_move(struct work *, struct lead *, struct owner,
                    const struct handover *, struct str rule);

/* Of a pin that a person is to end. */
#define LIFECYCLE_END_OF_TIME_MS INT64_C(253402300799000)

/* Onto the timeline, and to those who listen. */
bool lifecycle_tell(struct work *, const struct lead *, enum notify_topic,
                    struct str data);

#endif
