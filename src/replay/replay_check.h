/*
 * replay_check: one recorded decision made once more, from its record alone:
 * the same rules and the same recorded state give the same owner. Whatever else
 * comes out has a reason that is shown: somebody is seen otherwise today.
 */
#ifndef REPLAY_REPLAY_CHECK_H
#define REPLAY_REPLAY_CHECK_H

#include "src/replay/replay.h"

/* Somebody who was considered, and is stopped by something else today. */
struct replay_otherwise {
    struct id person;
    struct str then; /* code of the gate; STR_NONE: nothing stopped him */
    const char *now; /* NULL: nothing does */
};

struct replay_check {
    const char *left; /* why it is not made again; NULL: it was */
    bool same;        /* it has the owner it had */
    struct owner owner;
    struct replay_otherwise *otherwise;
    int otherwise_count;
    bool weighed; /* by people's results, which are those of today */
};

/* False when the unit has failed. What it finds lives in the unit's arena. */
bool replay_check(struct work *, const struct decision_row *,
                  struct replay_check *);

#endif
