/*
 * account: the company behind leads. It may have a parent, and a person who
 * was named for it; and it knows who serves it: the rep of its newest open or
 * won lead.
 *
 * A writer remembers the accounts it has met (struct account_memory, in the
 * cache), and writes what changed in them once per group, as it does with the
 * ledger: a lead of a company that is known costs no round trip. What is
 * remembered is forgotten when another process has written.
 */
#ifndef ACCOUNT_ACCOUNT_H
#define ACCOUNT_ACCOUNT_H

#include "lib/base/hash.h"
#include "lib/jobs/work.h"

struct account {
    struct id id;
    int64_t version;     /* moves with each change by hand; 0: not stored */
    struct str name;     /* as shown */
    struct str name_key; /* as compared: without case and legal form */
    struct str domain;   /* registrable, A-labels; or STR_NONE */
    struct id parent;    /* or none */
    struct id family;    /* the topmost of those that belong together */
    struct id owner;     /* the person who was named for it, or none */
    struct str country;
    struct str industry;
    int64_t employees; /* 0: not known */
    int64_t created_ms;
    int64_t updated_ms;
    bool removed;
    int64_t lead_count;
    struct id newest_entry; /* of account_lead */
    struct id served_by;    /* the rep of served_lead, or none */
    struct id served_lead;  /* its newest open or won lead with a rep */
    bool changed;           /* in memory: not written yet */
    struct account *next_changed;
};

/* What a submission tells of the company behind it; STR_NONE: nothing. */
struct account_clue {
    struct str name;     /* as given */
    struct str name_key; /* as compared */
    struct str mail_domain;
    struct str web_domain;
    struct str domain_shown; /* the first of them, as people read it */
};

enum {
    ACCOUNT_FAMILY_MAX = 1000, /* companies that belong together */
    ACCOUNT_DEPTH_MAX = 20,    /* parents above each other */
};

/* Those that belong together, the topmost included, by id. */
struct account_family {
    struct account **members;
    int count;
};

/* What a thread remembers of a workspace's accounts. */
struct account_memory {
    struct arena arena;
    struct hash_map accounts; /* id -> struct account */
    struct hash_map families; /* id of the topmost -> struct account_family */
    struct hash_map keys;     /* key of lead_key -> id */
    struct account *changed;  /* what is to be written */
};

void account_memory_free(struct account_memory *);
void account_memory_forget(struct account_memory *);

/* After a group: a memory that has grown too large begins anew. */
void account_memory_trim(struct account_memory *);

/* What leads bring about in an account is written with its group. */
void account_has_changed(struct account_memory *, struct account *);

/* Writes what changed; the cache's hook before a commit. */
bool account_write_changed(struct work *, struct account_memory *);

/* ------------------------------------------------------------------ records */

/* The account, as remembered: it lives as long as the group. False with
 * ERR_NOT_FOUND; one that was removed is found. */
bool account_find(struct work *, struct id, struct account **);

/* Under which key of lead_key a remembered account was found; others are left
 * alone. And the one that was found under it, or NULL. */
bool account_remember_key(struct work *, int64_t key, struct id);
struct account *account_by_key(struct work *, int64_t key);

/* Reads those of the ids that are accounts and are not remembered yet. */
bool account_warm(struct work *, const struct id *, int count);

/* A new one, remembered; stored with account_save or its first lead. */
bool account_new(struct work *, struct str name, struct str name_key,
                 struct str domain, struct account **);

/* Leads have told its name or its domain; written with the group. */
bool account_learn(struct work *, struct account *, struct str name,
                   struct str name_key, struct str domain);

/* Takes over what people may change of `settings`, but for the parent. */
bool account_change(struct work *, struct account *,
                    const struct account *settings);

/* Stores what people change. Version 0 inserts; false with ERR_CONFLICT when
 * the stored version is another. */
bool account_save(struct work *, struct account *);

/* Nothing may hang on it. */
bool account_remove(struct work *, struct account *);

/* Its row stays, and says nothing. Nothing may hang on it. */
bool account_erase(struct work *, struct account *);

/* What a lead is to accounts. */
struct account_claim {
    struct id account;   /* whose lead it is, or none */
    struct id served_by; /* the rep who thereby serves it, or none */
};

/* A1: the chain of a lead's company and who serves it follow the lead: called
 * by lead_save with what it was, and what it is now. */
bool account_follow(struct work *, struct id lead,
                    const struct account_claim *before,
                    const struct account_claim *now);

/* The leads of an account, newest first, from `before` on (none: the newest);
 * at most `limit`. `*next` is where more would begin, or none. */
bool account_leads(struct work *, const struct account *, struct id before,
                   int limit, struct id **leads, int *count, struct id *next);

/* Who served it by the newest of its leads that is older than `before`; none:
 * nobody. It looks at a bounded number of them. */
struct account_served {
    struct id by;
    struct id lead;
};
bool account_served_before(struct work *, const struct account *,
                           struct id before, struct account_served *);

struct account_query {
    struct str text; /* part of a name or domain, in small letters; or none */
    struct str key;  /* the same as a name_key */
    struct id before;
    int limit;
};

/* A page of accounts, newest first. It looks at a bounded number of them;
 * `*next` says where to go on, or none. */
bool account_list(struct work *, const struct account_query *,
                  struct account **, int *count, struct id *next);

/* The keys by which accounts are found, of those after `after`. */
bool account_keys_after(struct work *, struct id after,
                        bool (*each)(void *context, struct id account,
                                     struct str name_key, struct str domain),
                        void *context);

/* ----------------------------------------------------------------- families */

/* A2: false with ERR_NOT_FOUND; one that stands alone is its own family. */
bool account_family(struct work *, const struct account *,
                    struct account_family *);

/* The account and all below it, by id. */
bool account_tree(struct work *, const struct account *, struct id **,
                  int *count);

/* A2: gives it another parent (NULL: none), with all below it. A parent that
 * lies below it is refused with a detail at "/parent". */
bool account_set_parent(struct work *, struct account *,
                        struct account *parent);

/* Whether `above` is the account itself or one of its parents. */
bool account_is_below(struct work *, const struct account *, struct id above,
                      bool *);

#endif
