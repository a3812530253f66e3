/*
 * operation_errand: an operation under way, on the thread of its kind: one
 * after the other, under a lease that is renewed meanwhile (lib/jobs/errands.h).
 */
#ifndef OPERATION_OPERATION_ERRAND_H
#define OPERATION_OPERATION_ERRAND_H

#include "lib/jobs/errands.h"
#include "src/operation/operation.h"

struct operation_errand {
    struct errands *errands;
    const struct errand *errand;
    struct id id;                  /* of the operation */
    struct arena *arena;           /* as long as the errand */
    struct runner_refusal refusal; /* of what was asked last in vain */
};

/* The thread of a kind; errands_stop ends it. */
struct errands *operation_start(struct runner *, const struct operation_kind *);

/* A unit of work in its workspace. False with the refusal, which lives as long
 * as the errand. */
bool operation_ask(struct operation_errand *, const struct runner_ask *);

/* Between two pages: false with the refusal when the program ends. It takes a
 * nap while others wait. */
bool operation_goes_on(struct operation_errand *);

/* What the database could do later is tried again later; what is wrong with the
 * question, or with who asks, stays wrong. */
bool operation_may_pass(const struct operation_errand *);

#endif
