/*
 * lead_json: a lead as the API shows it, with the name of its owner. The same
 * everywhere: in lists, answers to captures, and beside a conflict.
 */
#ifndef LEAD_JSON_H
#define LEAD_JSON_H

#include "src/lead/lead.h"

struct shape;
struct workspace_cache;

/* The whole object: what is known of the fields, and what is ours. */
void lead_json(struct json_out *, struct arena *,
               const struct workspace_cache *, const struct lead *);

/* The same as text. */
struct str lead_json_text(struct arena *, const struct workspace_cache *,
                          const struct lead *);

/* {"kind", "id", "name"} of whoever owns something. */
void lead_owner_json(struct json_out *, const struct workspace_cache *,
                     struct owner);

/* How it is described. */
extern const struct shape lead_shape;
extern const struct shape lead_owner_shape;

#endif
