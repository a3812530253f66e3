/*
 * erasure: somebody is forgotten. What is personal of his leads goes from every
 * table, each by its own store; lifecycle_erase.c says in which order. The log
 * keeps ids and why; and, unless said otherwise, hashes of his address and
 * number, so that no list brings him back.
 */
#ifndef LEAD_ERASURE_H
#define LEAD_ERASURE_H

#include "src/lead/submission.h"
#include "src/workspace/vault.h"

enum { ERASURE_KEYS_MAX = 64 };

struct erasure {
    struct id id;
    struct id lead;
    struct str reason;
    struct str actor_kind; /* of a stored one */
    struct id actor;
    int64_t erased_ms;
    int64_t leads; /* itself, and what had become part of it */
    int64_t submissions;
    bool blocks;       /* lists do not bring him back ... */
    int64_t lifted_ms; /* ... until somebody has lifted that; 0: nobody has */
};

/* A hash of an address or a number, under the instance's secret key. */
struct erased_key {
    int64_t key;
    struct id erasure;
};

/* Adds the keys by which somebody would come back, not under the secret key
 * yet; returns how many there are. Pure. */
int erasure_keys(struct str email_key, struct str phone_key, int64_t *keys,
                 int count);

/*
 * By which erasure these facts are not to be stored, or none: what lists and
 * batches bring, which came from elsewhere. Who writes by himself may: it is
 * his own doing.
 */
struct id erasure_of_facts(struct work *, const struct lead_facts *);

/* What whoever sent it is told. */
struct str erasure_sentence(struct arena *, struct id erasure);

/* As it is stored. The vault is started. */
int64_t erasure_keyed(int64_t key);

/* ------------------------------------------------------------------ store */

bool erasure_add(struct work *, struct erasure *, const int64_t *keys,
                 int count);
/* Newest first. False with ERR_NOT_FOUND. */
bool erasure_list(struct work *, struct id before, int limit, struct erasure **,
                  int *count);
bool erasure_load(struct work *, struct id, struct erasure *);
/* He may come back by lists. */
bool erasure_lift(struct work *, struct erasure *);

/* Counts the keys of the workspace; `seal`: what is from before there was a
 * secret key is put under it. Lost: under another one. */
bool erasure_look_at_keys(struct work *, bool seal, struct vault_count *);

struct workspace_cache;
bool erasure_cache_load(struct work *, struct workspace_cache *);

/* What a record's store erases of one lead; none of them tells anybody. */
bool lead_erase(struct work *, const struct lead *);
bool lead_merged_into(struct work *, struct id lead, struct id **, int *count);
bool lead_merge_erase(struct work *, struct id lead);
bool timeline_erase(struct work *, struct id lead);
bool submission_erase(struct work *, struct id lead);
/* Of the lead, and whatever waits with this address in it. */
bool held_erase(struct work *, struct id lead, struct str email);
bool lead_search_erase(struct work *, struct id lead);

#endif
