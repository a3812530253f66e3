/* score_preview: what other rules would make of the leads we have; writes
 * nothing. For the folder. */
#ifndef SCORE_SCORE_PREVIEW_H
#define SCORE_SCORE_PREVIEW_H

#include "lib/http/endpoint.h"

extern const struct shape score_preview_shape;
extern const struct shape score_preview_answer_shape;

bool score_preview(struct work *, const struct request *, struct response *);

#endif
