/* random: a draw by weight. The draw comes with the question, so that the
 * decision stays a pure function and can be replayed. */
#include <assert.h>

#include "src/route/strategy.h"

static int
choose(struct route_choosing *choosing)
{
    const struct ledger_share *able = choosing->shares;
    int64_t weights = 0;

    for (int i = 0; i < choosing->count; i++)
        weights += able[i].weight;
    assert(weights > 0); /* each has one: ledger_split asserts it */

    int64_t at =
        (int64_t)(choosing->asking->question->random % (uint64_t)weights);
    int i = 0;
    while (at >= able[i].weight)
        at -= able[i++].weight;
    return i;
}

const struct route_strategy strategy_random = {
    .name = "random",
    .about = "A draw by weight.",
    .choose = choose,
    .draws = true,
};
