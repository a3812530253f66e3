/*
 * submission_given: what a stored submission says of each field, in the words
 * it was written in. It is read by what its source's mapping says today.
 */
#ifndef SUBMISSION_GIVEN_H
#define SUBMISSION_GIVEN_H

#include "src/lead/submission.h"

/* An object by names of fields, those of the workspace's own in "custom";
 * NULL when it cannot be read any more. False: the database failed. */
bool submission_given(struct work *, const struct submission_row *,
                      const struct json **given);

#endif
