/*
 * lifecycle_answer: the first answer that goes out to a new lead by itself:
 * to whom, how often, and what it counts for. For lifecycle.c.
 */
#ifndef LIFECYCLE_ANSWER_H
#define LIFECYCLE_ANSWER_H

#include "lib/jobs/jobs.h"
#include "src/lead/submission.h"

/* For a lead that has just come. Most times there is nothing to send. */
bool answer_first(struct work *, const struct submission *,
                  const struct lead *);

extern const struct job_kind lifecycle_answer_job;

#endif
