/*
 * lifecycle_jobs: what brings a lead back into the lifecycle: the clock, a
 * queue that drains, somebody who left. And the small documents that the
 * story writes. For lifecycle.c.
 */
#ifndef LIFECYCLE_JOBS_H
#define LIFECYCLE_JOBS_H

#include "src/lifecycle.h"

extern const struct job_kind lifecycle_late_job;
extern const struct job_kind lifecycle_due_soon_job;
extern const struct job_kind lifecycle_drain_job;
extern const struct job_kind lifecycle_left_job;
extern const struct job_kind lifecycle_offer_job;
extern const struct job_kind lifecycle_step_job; /* sequence_step.c */

/* For jobs_settings.warm: their leads, and who had those that are late. */
bool lifecycle_warm(struct work *, const struct job *const *jobs, int count);

/* Waiting leads are asked for again: in this unit, because somebody has freed
 * up and a lead that comes next must not be given the room; soon, because the
 * team has changed; or when somebody's hours, absence or day next change. */
bool lifecycle_drain_now(struct work *);
bool lifecycle_drain_soon(struct work *);
bool lifecycle_drain_later(struct work *);
bool lifecycle_drain_at(struct work *, int64_t due_ms);

/* In lifecycle_again.c, called by the jobs. */
bool lifecycle_late(struct work *, const struct job *);
bool lifecycle_due_soon(struct work *, const struct job *);
bool lifecycle_ask_again(struct work *, struct id lead);
bool lifecycle_offer_over(struct work *, const struct job *);
bool lifecycle_hand_on(struct work *, struct lead *);

/* The owner is a person who is still there, and not on leave; or the lead is
 * pinned to him. */
bool owner_can_stay(struct work *, const struct lead *);

/* The owner is on leave, the lead is to stay with him, and somebody stands in
 * for him. */
bool owner_is_stood_in_for(struct work *, const struct lead *);

/* The owner is a person who has left for good, or may only look at leads. */
bool owner_has_left(struct work *, const struct lead *);

/* Who has had the lead since it last asked for an answer. */
struct owners_so_far {
    struct id *people;
    int count;
    int late; /* how often it was handed on for being late */
};
bool owners_so_far(struct work *, const struct lead *, struct owners_so_far *);

/* Timeline data. */
struct str notes_json(struct work *, const struct submission *,
                      const struct lead_facts *);
struct str touch_json(struct work *, const struct touch *);
struct str due_json(struct work *, const struct lead *);
struct str late_json(struct work *, const struct lead *);

#endif
