/* fixed: the first named person who can take it; the others stand by. */
#include "src/route/strategy.h"

static int
choose(struct route_choosing *choosing)
{
    (void)choosing;
    return 0;
}

const struct route_strategy strategy_fixed = {
    .name = "fixed",
    .about = "The first in the list who can take it.",
    .choose = choose,
};
