/*
 * runner_share: how much of a writer's time units that step back (jobs, the
 * rows of an import) get while others (requests) wait. Pure. Private to the
 * runner.
 *
 * Time is what is shared, not numbers: a late promise costs ten times what a
 * captured lead does. Those that step back have an account. A third of the
 * time that others take is paid into it, and all the time in which the writer
 * stands idle; what they use is taken from it. So they get a quarter of a
 * busy writer, half of one that is asked now and then, and nobody starves.
 */
#ifndef JOBS_RUNNER_SHARE_H
#define JOBS_RUNNER_SHARE_H

#include <stdint.h>

enum {
    SHARE_PART = 3,           /* one to so many parts of the others */
    SHARE_ACCOUNT_US = 50000, /* it holds, and may owe, so much */
    SHARE_ALONE_US = 50000,   /* a group of nobody else: who comes meanwhile
                                 waits so long */
};

struct share {
    int64_t account_us;
    int64_t cost_us; /* of one lead's weight, lately; 0: not known yet */
};

/* What they may weigh beside others. 0: it is not their turn. The first of
 * them goes when it is, however heavy it is. */
int share_beside(const struct share *, int weight_max);

/* What they may weigh when nobody else has come for a while. */
int share_alone(const struct share *, int weight_max);

/* How long the writer would stand idle until it is their turn; 0: it is. */
int64_t share_turn_us(const struct share *);

/* The writer stood idle. */
void share_idle(struct share *, int64_t us);

/* A group took so long for others, and for those that step back. */
void share_group(struct share *, int64_t others_us, int64_t back_us);

/* So much of them ran so long, without what a commit takes. */
void share_measured(struct share *, int64_t ran_us, int weight);

#endif
