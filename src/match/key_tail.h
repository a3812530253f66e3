/*
 * key_tail: the newest keys, in memory. A random key costs a page of its own
 * when it is written, so the keys of new leads are first kept here, found from
 * here, and written to the key table later, many and in order. What is here
 * can always be read again from the leads themselves: those after the mark
 * that is stored with the workspace (K1).
 *
 * That is sound while one process writes keys of a workspace. Whoever sees
 * that another has done so in between (their version moved) first writes
 * every key after the mark, and then, for a while, each key at once: so two
 * processes may come and go (K2).
 */
#ifndef MATCH_KEY_TAIL_H
#define MATCH_KEY_TAIL_H

#include "lib/base/hash.h"
#include "lib/jobs/work.h"

struct workspace_cache;

/* A key and the lead it leads to; 0 when it is not among the newest. False:
 * the unit has failed. */
bool key_tail_find(struct work *, int64_t key, struct id *lead);

/* Takes the key of a new lead, or says that it must be written at once. */
bool key_tail_take(struct work *, int64_t key, struct id lead, bool *taken);

/* The key leads to that record no more. */
bool key_tail_forget(struct work *, int64_t key, struct id record);

/* The runner's hook for who ends: what is in memory is written, some of it in
 * this group, so that the next process need not read it anew from the leads
 * while somebody waits. A few keys are sooner read than written. */
bool key_tail_leave(struct work *, bool *more);

/* The runner's hooks, for every workspace of the group. */
bool key_tail_group_end(struct work *);
void key_tail_group_done(struct work *, bool committed);

#endif
