/* fixed: the first named person who can take it; the others stand by. */
#include "src/route/strategy.h"

static int
choose(const struct route_question *question, const struct team *team,
       const struct ledger *ledger, const struct ledger_share *able, int count)
{
    (void)question, (void)team, (void)ledger, (void)able, (void)count;
    return 0;
}

const struct route_strategy strategy_fixed = {
    "fixed", "The first in the list who can take it.", choose
};
