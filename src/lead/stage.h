/*
 * stage: how far a lead has come, in the words of the workspace. What Baton
 * does with a lead follows from what its stage means, never from its name.
 */
#ifndef LEAD_STAGE_H
#define LEAD_STAGE_H

#include "src/lead/lead.h"

enum { LEAD_STAGES_MAX = 30, LEAD_STAGE_NAME_MAX = 40 };

/* "open", "won", "lost", "inactive"; ends with NULL. */
extern const char *const lead_meaning_names[];

struct workspace_cache;
bool lead_stages_load(struct work *, struct workspace_cache *);

/* The workspace's; those of the program for tools that look at one table alone
 * and remember no workspace. The first is a new lead's. */
const struct lead_stage *lead_stages_of(struct work *);

/* Of the workspace, by its name or NULL. */
const struct lead_stage *lead_stage_of(struct work *, struct str name);

/* The first in use of that meaning; a workspace has one of each that is
 * needed: open and inactive. */
const struct lead_stage *lead_stage_meaning(const struct lead_stage *,
                                            enum lead_meaning);

/* May a lead go from one to the other? */
bool lead_stage_leads_to(const struct lead_stage *, struct str name);

/* "open, contacted": those in use. */
struct str lead_stage_names(struct arena *, const struct lead_stage *);

/* The stages as {"items": [...]}, with those removed if `whole`; and back. The
 * shape was checked. */
void lead_stages_write(struct json_out *, const struct lead_stage *,
                       bool whole);
const struct lead_stage *lead_stages_read(struct arena *, const struct json *);

/* Version 0 and STR_NONE: the workspace has those of the program. */
bool lead_stages_stored(struct work *, struct str *document, int64_t *version);
bool lead_stages_save(struct work *, struct str document, int64_t version);

#endif
