/*
 * key_filter: which keys the table surely does not have. Most of those who
 * write are new, and to look in a table of a million for what is not there is
 * the dearest way to find out.
 *
 * The keys of the table are read into it some at a time, beside the groups
 * that ask, in the order of the keys; what is written meanwhile is added at
 * once. Until all are read nothing is said. It is sound while one process
 * writes keys of a workspace: whoever sees that another has done so in between
 * (their version moved) begins anew, after a while (K3).
 */
#ifndef MATCH_KEY_FILTER_H
#define MATCH_KEY_FILTER_H

#include "lib/jobs/work.h"

/* Reads some more keys, if any are left. Of a unit's workspace, which its
 * group has locked; once in a group. False: the unit has failed. */
bool key_filter_warm(struct work *, int asked);

/* Nobody is found under this key in the table. */
bool key_filter_denies(struct work *, int64_t key);

/* A key is written into the table. */
void key_filter_add(struct work *, int64_t key);

/* The runner's hook, for every workspace of the group; before the cache
 * forgets the versions. */
void key_filter_group_done(struct work *, bool committed);

#endif
