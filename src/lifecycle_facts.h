/*
 * lifecycle_facts: what a lead learns of a submission. For lifecycle.c.
 */
#ifndef LIFECYCLE_FACTS_H
#define LIFECYCLE_FACTS_H

#include "src/lifecycle.h"

/* The part of standardising that the workspace has a say in: the country of a
 * phone without one, its own fields, the options of the built-in ones. */
bool lifecycle_standardise(struct work *, const struct submission *,
                           struct lead_facts *);

/* What is new is added, nothing is overwritten; then the workspace's
 * conventions are applied. `before` is the lead as it was, NULL: it is new. */
void lifecycle_learn(struct work *, const struct submission *,
                     const struct lead *before, struct lead *,
                     struct lead_facts *);

#endif
