/*
 * lifecycle_revert: what a wrong version of the rules has given away is taken
 * back. Who had a lead before gets it again; what nobody had before goes to
 * whomever the rules in force choose, or waits in a queue that was named. What
 * people have done since stands.
 */
#ifndef LIFECYCLE_REVERT_H
#define LIFECYCLE_REVERT_H

#include "lib/jobs/jobs.h"
#include "src/route/revert.h"

/* One assignment of the version, and what taking it back comes to. */
struct revert_found {
    struct lead lead;
    struct revert_history history;
    struct revert_row row; /* routed again: without `to` */
};

/* False in `*made`: the decision has made no assignment. Changes nothing.
 * `queue`: where those go that nobody had before, or none. */
bool lifecycle_revert_look(struct work *, const struct decision_row *,
                           struct id queue, struct revert_found *, bool *made);

/* Begins a revert that says what it is to do: some leads at once, the others by
 * a job, some at a time. `ended_ms` says whether that was all. */
bool lifecycle_revert(struct work *, struct revert *);

extern const struct job_kind lifecycle_revert_job;

#endif
