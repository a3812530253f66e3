/* fixed: the first named person who can take it; the others stand by. */
#include "src/route/strategy.h"

/* Who comes first because those before him could not is told so. */
static int
choose(struct route_choosing *choosing)
{
    if (choosing->shares[0].person != choosing->pool->members[0].person)
        choosing->code = "fixed_next";
    return 0;
}

const struct route_strategy strategy_fixed = {
    .name = "fixed",
    .about = "The first in the list who can take it.",
    .choose = choose,
};
