/*
 * first_to_accept: the lead is offered to all who can take it, and a queue
 * owns it until one of them accepts (offer.h). When nobody has in time, it is
 * given in turn: that is what is chosen here.
 */
#include "src/route/strategy.h"

static int
choose(struct route_choosing *choosing)
{
    choosing->code = "not_accepted";
    return ledger_next(choosing->asking->ledger, choosing->shares,
                       choosing->count);
}

const struct route_strategy strategy_first_to_accept = {
    .name = "first_to_accept",
    .about = "Offered to all who can; the first who accepts gets it.",
    .choose = choose,
    .offers = true,
};
