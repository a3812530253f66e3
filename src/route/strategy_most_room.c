/*
 * most_room: who has most room left: free places below the limit of open
 * leads, where there is one, else the fewest open leads. Ties by turn.
 */
#include "src/route/strategy.h"

/* Without a limit there is room for ever; the fewest open leads decide. */
static int64_t
room(const struct team *team, const struct ledger *ledger, int person)
{
    int64_t max = team->people[person].open_leads_max;

    return (max < 0 ? INT32_MAX : max) - ledger->entries[person].open_leads;
}

static int
choose(struct route_choosing *choosing)
{
    const struct ledger *ledger = choosing->asking->ledger;
    const struct ledger_share *able = choosing->shares;
    int64_t most = INT64_MIN;
    int best = -1;

    for (int i = 0; i < choosing->count; i++) {
        int64_t has = room(choosing->asking->team, ledger, able[i].person);
        struct ledger_share two[2] = { best < 0 ? able[i] : able[best],
                                       able[i] };
        if (has > most || (has == most && ledger_next(ledger, two, 2) == 1)) {
            most = has;
            best = i;
        }
    }
    return best;
}

const struct route_strategy strategy_most_room = {
    .name = "most_room",
    .about = "Whoever has most room for another open lead.",
    .choose = choose,
};
