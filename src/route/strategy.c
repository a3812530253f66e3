/* strategy: the list of strategies; each has a file of its own. */
#include "src/route/strategy.h"

const struct route_strategy *const route_strategies[] = {
    &strategy_in_turn,
    &strategy_most_room,
    &strategy_best_match,
    &strategy_first_to_accept,
    &strategy_random,
    &strategy_fixed,
    NULL,
};

const struct route_strategy *
route_strategy_find(struct str name)
{
    for (int i = 0; route_strategies[i] != NULL; i++)
        if (str_is(name, route_strategies[i]->name))
            return route_strategies[i];
    return NULL;
}
