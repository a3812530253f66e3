/*
 * lifecycle_promise: by when a lead is to be answered, as the rules say. For
 * lifecycle.c.
 */
#ifndef LIFECYCLE_PROMISE_H
#define LIFECYCLE_PROMISE_H

#include "src/route/route.h"

/* The answer is promised from now on; `rule` is the one that promises it, or
 * empty. */
bool promise_answer(struct work *, struct lead *, const struct route_late *,
                    struct str rule);

/* As the rule said that gave the lead to its owner. */
bool promise_again(struct work *, struct lead *);

/* To a lead that no rule speaks for. */
bool promise_without_rule(struct work *, struct lead *);

#endif
