/*
 * tag: the tags that leads have, asked for all at once. What one lead's tags
 * are is its fact (lead.h).
 */
#ifndef LEAD_TAG_H
#define LEAD_TAG_H

#include "src/lead/lead.h"

enum { TAG_SETS_MAX = 20000, TAG_BYTES_MAX = 100 };

/* Leads that have the same tags. */
struct tag_set {
    struct str folded; /* lead_tags_folded */
    int64_t leads;
    struct id newest;
};

/* Those of the workspace, up to TAG_SETS_MAX. */
bool tag_sets(struct work *, struct tag_set **, int *count);

/* A place in the order of the index. */
struct tag_place {
    struct str folded; /* empty: the beginning */
    struct id lead;
};

/* Leads behind the place that have the tag (folded). */
bool tag_leads(struct work *, struct str tag, const struct tag_place *,
               int limit, struct lead **, int *count);

/* Whether any has it. */
bool tag_is_used(struct work *, struct str tag, bool *used);

#endif
