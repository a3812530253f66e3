/*
 * convention: how a workspace wants facts to be, beyond their shape: when a
 * condition is true of what came, other facts are set, taken out or, with
 * tags, added. They are gone through once, in their order, so that each sees
 * what those before it have done.
 *
 * They speak of what a submission brings. What a lead had before it (by an
 * earlier submission, or a person's hand) stays as it is (N9).
 */
#ifndef STANDARDISE_CONVENTION_H
#define STANDARDISE_CONVENTION_H

#include "lib/http/shape.h"
#include "src/lead/submission.h"

struct lead_schema;
struct workspace_cache;

/* What a fact becomes; one that is not known is taken out. */
struct convention_fact {
    int field; /* a given one */
    struct fact fact;
};

/* The same for one of the workspace's own; null takes out. */
struct convention_custom {
    const char *name; /* "rooms" */
    struct json value;
};

struct convention {
    struct str id;
    const struct condition *when;
    const struct convention_fact *facts;
    int fact_count;
    const struct convention_custom *customs;
    int custom_count;
};

struct conventions {
    const struct convention *items;
    int count;
};

extern const struct shape convention_shape;

/* Reads a document into w->arena; NULL with details in w->error, each with a
 * pointer below `at`. */
const struct conventions *conventions_read(struct work *,
                                           const struct workspace_cache *,
                                           const struct json *, struct str at);

/*
 * Pure: goes through them with a lead that has learned the facts of a
 * submission; `before` is what it was before that, NULL when it is new. What
 * was changed stands in facts->settled, and the clue to the company behind it
 * follows.
 */
void conventions_apply(struct arena *, const struct conventions *,
                       const struct lead_schema *, int64_t now_ms,
                       const struct lead *before, struct lead *,
                       struct lead_facts *);

bool conventions_load(struct work *, struct workspace_cache *); /* a loader */

/* Version 0 and a document without rules: the workspace has none. */
bool conventions_stored(struct work *, struct str *document, int64_t *version);

/* False with ERR_CONFLICT when they are not at *version any more. */
bool conventions_save(struct work *, struct str document, int64_t *version);

#endif
