/* workspace_store: for cache.c only: the versions of a workspace's parts. */
#ifndef WORKSPACE_WORKSPACE_STORE_H
#define WORKSPACE_WORKSPACE_STORE_H

#include "lib/jobs/work.h"

struct workspace_versions {
    int64_t ledger;
    int64_t config;
    struct id keys_mark; /* K1: see match/key_tail.h */
    int64_t keys;        /* K2 */
};

/*
 * R4: a statement of its own at the head of a batch: locks the workspace's
 * fairness group until the commit and moves the ledger's version on; that of
 * the keys, too, if they are likely to change.
 */
bool workspace_versions_lock(struct work *, bool keys_move,
                             struct workspace_versions *);
bool workspace_versions_read(struct work *, struct workspace_versions *);
bool workspace_config_moved(struct work *);

#endif
