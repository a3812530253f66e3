/* insight_store: the tables of sums. For the folder. */
#ifndef INSIGHT_INSIGHT_STORE_H
#define INSIGHT_INSIGHT_STORE_H

#include "src/insight/insight.h"

bool insight_cells_write(struct work *, const struct insight_cells *);
bool insight_cells_forget(struct work *); /* all of the workspace */

/* What a group adds, as one row; the job that adds such rows to the sums is
 * put in its place. */
bool insight_note(struct work *, struct workspace_cache *,
                  const struct insight_cells *);
bool insight_note_read(struct work *, struct str note, struct insight_cells *);
extern const struct job_kind insight_fold_job;

/* The oldest notes, up to `limit`. */
struct insight_notes {
    struct str *cells;
    int count;
    struct id first;
    struct id last;
};
bool insight_note_add(struct work *, struct str cells);
bool insight_notes_read(struct work *, int limit, struct insight_notes *);
bool insight_notes_remove(struct work *, const struct insight_notes *);

/* `*found` false: nothing was stored yet. Texts live in w->arena. */
bool insight_state_read(struct work *, struct insight_state *, bool *found);
bool insight_state_write(struct work *, const struct insight_state *);

#endif
