/*
 * score: points for what is known of a lead. The score is the sum of its
 * lines, each line the points of one rule whose condition is true (S1).
 */
#ifndef SCORE_SCORE_H
#define SCORE_SCORE_H

#include "lib/http/shape.h"
#include "src/lead/lead.h"

struct score_rule {
    struct str id;
    struct str name;
    const struct condition *when;
    int64_t points;
};

struct score_rules {
    int64_t version; /* 0: the default */
    const struct score_rule *rules;
    int count;
};

extern const struct shape score_shape;
extern const char score_default[]; /* what a workspace begins with */

/* Reads a document into w->arena; NULL with details in w->error. */
const struct score_rules *score_read(struct work *, const struct json *,
                                     int64_t version);

/* Asked of a new document only: each line of a score names its rule. */
bool score_ids_differ(struct work *, const struct score_rules *);

/* S1: sets score and score_lines together. Pure. */
void score_set(struct arena *, struct lead *, const struct score_rules *,
               int64_t now_ms);

/* The same with the workspace's rules. */
bool score_lead(struct work *, struct lead *);

struct workspace_cache;
bool score_load(struct work *, struct workspace_cache *); /* cache_loader */

extern const struct module score_module;

#endif
