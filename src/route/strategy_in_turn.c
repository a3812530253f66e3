/* in_turn: whom the ledger owes most (weighted round robin, fair to within
 * one turn whatever the shifts). */
#include "src/route/strategy.h"

static int
choose(struct route_choosing *choosing)
{
    return ledger_next(choosing->asking->ledger, choosing->shares,
                       choosing->count);
}

const struct route_strategy strategy_in_turn = {
    .name = "in_turn",
    .about = "In turn, by weight; nobody is ever more than a turn behind.",
    .choose = choose,
};
