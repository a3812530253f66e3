/*
 * runner_ask: a unit of work for a thread that has nothing else to do
 * meanwhile: it is handed in, and waited for.
 */
#ifndef JOBS_RUNNER_ASK_H
#define JOBS_RUNNER_ASK_H

#include "lib/jobs/runner.h"

struct runner_ask {
    enum unit_side side;
    struct id workspace; /* or none */
    struct arena *arena; /* the unit's; the reason of a failure is in it */
    bool steps_back;     /* as of a unit */
    bool (*run)(struct work *, void *context);
    void *context;
};

/* Why it was not done. */
struct runner_refusal {
    enum error_kind kind; /* ERR_UNAVAILABLE: later it may be */
    struct str why;       /* with the places of what is wrong, if any */
};

/* False with `*refusal`: it has failed, or too much work is waiting. Not on a
 * thread of the runner. */
bool runner_ask(struct runner *, const struct runner_ask *,
                struct runner_refusal *);

#endif
