/* workspace_store: for cache.c only: the versions of a workspace's parts. */
#ifndef WORKSPACE_WORKSPACE_STORE_H
#define WORKSPACE_WORKSPACE_STORE_H

#include "lib/jobs/work.h"

struct workspace_versions {
    int64_t ledger;
    int64_t config;
    struct id keys_mark; /* K1: see match/key_tail.h */
    int64_t ids_ms;      /* W9: new ids begin here, ... */
    int64_t ids_end_ms;  /* ... and are before this */
    int64_t keys;        /* K2 */
};

/* What whoever locks the row knows. */
struct workspace_lock {
    int64_t ledger;     /* its version after our last commit; -1: not known */
    int64_t ids_ms;     /* no new id of ours is earlier */
    int64_t ids_for_ms; /* how many milliseconds it takes */
    bool keys_move;     /* the group is likely to change keys */
};

/*
 * R4: a statement of its own at the head of a batch: locks the workspace's
 * fairness group until the commit and moves the ledger's version on. W9: takes
 * time for the ids of the batch.
 */
bool workspace_versions_lock(struct work *, const struct workspace_lock *,
                             struct workspace_versions *);
/* The batch has made more ids than it had taken time for. */
bool workspace_ids_end(struct work *, int64_t end_ms);
bool workspace_versions_read(struct work *, struct workspace_versions *);
bool workspace_config_moved(struct work *);

#endif
