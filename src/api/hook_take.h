/*
 * hook_take: what becomes of a webhook's body: leads, each taken by the
 * lifecycle, or kept where somebody can look at it. Whatever is answered with
 * success is stored.
 */
#ifndef HOOK_TAKE_H
#define HOOK_TAKE_H

#include "src/api/held_care.h"
#include "src/capture/hook.h"
#include "src/workspace/cache.h"

/* One lead of a body, as far as it comes without a database. */
struct hook_lead {
    struct lead_facts facts;
    struct str body;         /* the bytes, or its part of them as JSON */
    struct str delivery_key; /* or STR_NONE */
    bool fit;                /* for the lifecycle: it becomes a lead */
    enum held_state state;   /* when it is held, because: */
    const char *code;        /* NULL: it is not; with a lead that is fit, that
                                waits in the default queue */
    struct str reason;
    struct str pointer;
    const struct hook_leaf *new_leaves;
    int new_count;
};

/* A body with all the leads in it; at least one, even when it is unreadable. */
struct hook_body {
    struct str content_type; /* as sent, with its parameters */
    const char *fault;       /* a secret in it is wrong: nobody's */
    struct hook_lead *leads;
    int count;
};

/* The hook of that source, or NULL. */
const struct hook *hook_of_source(const struct workspace_cache *, struct id);

/* Pure. Points into the hook, which must stay. */
void hook_body_open(struct arena *, const struct hook *,
                    const struct workspace_cache *, struct str content_type,
                    struct str bytes, struct hook_body *);

/* A delivery's name as a column can hold it: a long one is its digest. */
struct str hook_delivery_key(struct arena *, struct str name);

/* What became of one. */
struct hook_result {
    const char *state; /* taken, joined, repeated, quarantined, ignored, or
                          erased: left out of a list */
    struct id submission;
    struct id lead; /* or none */
};

/* Takes or keeps one lead. `id`: of its submission, or none. `failure`: why
 * care is needed. w->actor is the source. */
bool hook_take_one(struct work *, const struct hook *, const struct hook_body *,
                   const struct hook_lead *, enum held_care,
                   const struct error *failure, struct id,
                   struct hook_result *);

#endif
