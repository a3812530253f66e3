/* score_jobs: what scores leads again that nobody has changed. For the
 * folder. */
#ifndef SCORE_SCORE_JOBS_H
#define SCORE_SCORE_JOBS_H

#include "lib/jobs/jobs.h"
#include "src/score/score.h"

/* The rules are others: the open leads are scored by them, oldest first. */
bool score_again_soon(struct work *, const struct score_rules *);

extern const struct job_kind *const score_jobs[]; /* ends with NULL */

#endif
