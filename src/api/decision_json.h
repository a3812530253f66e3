/*
 * decision_json: a decision as the API shows it: the same for what was kept
 * and for what is tried. Names and sentences are added to the record here;
 * the trail of rules is worked out again from what the record says it saw.
 */
#ifndef DECISION_JSON_H
#define DECISION_JSON_H

#include "src/route/route_store.h"
#include "src/workspace/cache.h"

/* Rule sets that were read for one answer. */
struct decision_rules;

struct decision_shower {
    struct work *w;
    struct workspace_cache *cache;
    struct decision_rules *known;       /* owned by the unit's arena */
    const struct route_snapshot *tried; /* rules of no version, or NULL */
    bool trail;         /* with each rule, and why it did not match */
    int64_t kept_at_ms; /* its owner is kept: whether he will answer at once at
                           this moment is said, too; 0: it is not */
};

/* False when the unit has failed. */
bool decision_json(struct decision_shower *, struct json_out *,
                   const struct decision_row *);

/* What stopped somebody, with its sentences, as member "gate"; null when its
 * code is none. */
void decision_gate_json(struct arena *, struct json_out *,
                        const struct route_stopped *);

/* Why the owner of a lead will not answer at once, if he will not. */
bool decision_owner_is_stopped(const struct workspace_cache *, struct owner,
                               int64_t now_ms, struct route_stopped *);

/* Sentences as member `name`: {"en", "ko"}. */
void decision_sentences_json(struct json_out *, const char *name, struct str en,
                             struct str ko);

extern const struct shape decision_gate_shape;
extern const struct shape decision_shape;
extern const struct shape decision_list_shape;

#endif
