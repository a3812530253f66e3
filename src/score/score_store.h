/* score_store: the scoring table. */
#ifndef SCORE_SCORE_STORE_H
#define SCORE_SCORE_STORE_H

#include "lib/jobs/work.h"

/* The default with version 0 when the workspace has none of its own. */
bool scoring_load(struct work *, struct str *document, int64_t *version);

/* False with ERR_CONFLICT when it is not at *version any more. */
bool scoring_save(struct work *, struct str document, int64_t *version);

#endif
