/* sample: people and leads to look at in a new workspace. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "lib/jobs/work.h"

/* Fills w->workspace, which was made in this unit. What it adds says
 * "sample", in names and addresses. */
bool sample_fill(struct work *);

#endif
