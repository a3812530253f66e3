/* capture_api: how submissions enter by HTTP. */
#ifndef CAPTURE_API_H
#define CAPTURE_API_H

#include "src/lifecycle.h"
#include "src/module.h"
#include "src/workspace/cache.h"

/* What a submission is, given who sends it. */
bool capture_submission(struct work *, struct str content_type, struct str body,
                        struct str external_id, struct submission *);

/* Why this owner, in the workspace's language. */
struct str capture_sentence(struct work *, const struct workspace_cache *,
                            const struct intake *);

extern const struct shape lead_input_shape;
extern const struct module capture_module;

#endif
