/* in_turn: whom the ledger owes most (weighted round robin, fair to within
 * one turn whatever the shifts). */
#include "src/route/strategy.h"

static int
choose(const struct route_question *question, const struct team *team,
       const struct ledger *ledger, const struct ledger_share *able, int count)
{
    (void)question, (void)team;
    return ledger_next(ledger, able, count);
}

const struct route_strategy strategy_in_turn = {
    "in_turn", "In turn, by weight; nobody is ever more than a turn behind.",
    choose
};
