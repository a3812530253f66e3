/* strategy: a file, a constant and a line in strategy.c each. */
#ifndef ROUTE_STRATEGY_H
#define ROUTE_STRATEGY_H

#include "src/route/route.h"

extern const struct route_strategy strategy_in_turn;
extern const struct route_strategy strategy_most_room;
extern const struct route_strategy strategy_best_match;
extern const struct route_strategy strategy_first_to_accept;
extern const struct route_strategy strategy_random;
extern const struct route_strategy strategy_fixed;

#endif
