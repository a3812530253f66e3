/* runner_share: see runner_share.h. */
#include "lib/jobs/runner_share.h"

enum { LATELY = 4 }; /* a new measurement is one part of so many */

static int64_t
within(int64_t value, int64_t least, int64_t most)
{
    if (value < least)
        return least;
    return value > most ? most : value;
}

static int
weight_within(const struct share *share, int64_t room_us, int weight_max)
{
    return share->cost_us == 0
             ? 1
             : (int)within(room_us / share->cost_us, 1, weight_max);
}

int
share_beside(const struct share *share, int weight_max)
{
    return share_turn_us(share) > 0
             ? 0
             : weight_within(share, share->account_us, weight_max);
}

int
share_alone(const struct share *share, int weight_max)
{
    return weight_within(share, SHARE_ALONE_US, weight_max);
}

/* A full account is enough for whatever costs more than it can hold. */
int64_t
share_turn_us(const struct share *share)
{
    int64_t needed_us = within(share->cost_us, 0, SHARE_ACCOUNT_US);

    return share->account_us >= needed_us ? 0 : needed_us - share->account_us;
}

static void
pay(struct share *share, int64_t us)
{
    share->account_us =
        within(share->account_us + us, -SHARE_ACCOUNT_US, SHARE_ACCOUNT_US);
}

void
share_idle(struct share *share, int64_t us)
{
    pay(share, us);
}

void
share_group(struct share *share, int64_t others_us, int64_t back_us)
{
    pay(share, others_us / SHARE_PART - back_us);
}

void
share_measured(struct share *share, int64_t ran_us, int weight)
{
    if (weight == 0)
        return;
    int64_t cost_us = within(ran_us / weight, 1, INT64_MAX);
    share->cost_us = share->cost_us == 0
                       ? cost_us
                       : (share->cost_us * (LATELY - 1) + cost_us) / LATELY;
}
