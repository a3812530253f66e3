/* insight_store: the tables of sums. For the folder. */
#ifndef INSIGHT_INSIGHT_STORE_H
#define INSIGHT_INSIGHT_STORE_H

#include "src/insight/insight.h"

bool insight_cells_write(struct work *, const struct insight_cells *);
bool insight_cells_forget(struct work *); /* all of the workspace */

/* `*found` false: nothing was stored yet. Texts live in w->arena. */
bool insight_state_read(struct work *, struct insight_state *, bool *found);
bool insight_state_write(struct work *, const struct insight_state *);

#endif
