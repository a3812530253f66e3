/* score_store: the scoring table. */
#ifndef SCORE_SCORE_STORE_H
#define SCORE_SCORE_STORE_H

#include "lib/jobs/work.h"

/* The default with version 0 when the workspace has none of its own. */
bool scoring_load(struct work *, struct str *document, int64_t *version);

/* False with ERR_CONFLICT when it is not at *version any more. */
bool scoring_save(struct work *, struct str document, int64_t *version);

/* How far the open leads have been scored by a version. */
struct scoring_progress {
    int64_t version;   /* 0: the default, by which all leads are scored */
    int64_t looked_at; /* leads */
    int64_t changed;   /* of those: have another score now */
    int64_t done_ms;   /* 0: not through yet */
};
bool scoring_progress_load(struct work *, struct scoring_progress *);

/* Of the version in force; nothing happens when there is a newer one. */
bool scoring_progress_save(struct work *, const struct scoring_progress *);

#endif
