/*
 * lifecycle_erase: somebody is forgotten: a lead, and what had become part of
 * it. Part of the lifecycle: what hangs on a lead is known here only.
 */
#ifndef LIFECYCLE_ERASE_H
#define LIFECYCLE_ERASE_H

#include "src/lead/erasure.h"

/* What the doors keep of a lead, which they know and we do not. */
typedef bool erase_of_door(struct work *, struct id lead);

/*
 * Fills in what it came to; `erasure->reason` and `blocks` are the caller's.
 * ERR_CONFLICT for a lead that is part of another, and while an import that
 * holds it is at work. The lead is a shell afterwards.
 */
bool lifecycle_erase(struct work *, struct lead *, struct erasure *,
                     erase_of_door *);

/* Until nothing of it is left in the log of the database. */
extern const struct job_kind lifecycle_scrub_job;

#endif
