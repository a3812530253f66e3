/*
 * best_match: who wins most of the leads like this one, and is owed turns.
 *
 *     fit   = 100 x his chance / the best chance of those who can
 *     score = fit + fairness x leads that the ledger owes him
 *
 * So whoever is owed 100 / fairness leads more than the others is always
 * chosen: nobody is starved. And a share of leads goes simply by turn, so that
 * everybody's chances stay known.
 */
#include "src/route/strategy.h"

enum { WHOLE = 1000 }; /* fit and score are kept in thousandths */

static int64_t
best_chance(const struct route_choosing *choosing)
{
    int64_t best = 0;

    for (int i = 0; i < choosing->count; i++)
        if (choosing->figures[i].chance > best)
            best = choosing->figures[i].chance;
    return best;
}

static void
add_chances(struct route_choosing *choosing)
{
    const struct route_asking *asking = choosing->asking;
    static const struct results none;
    const struct results *results = asking->question->results;

    for (int i = 0; i < choosing->count; i++) {
        const struct person *person =
            &asking->team->people[choosing->shares[i].person];
        struct result_chance chance =
            result_chance(results == NULL ? &none : results, person->id,
                          asking->question->kind);
        choosing->figures[i] = (struct route_figures){
            .leads = chance.leads,
            .wins = chance.wins,
            .chance = chance.chance,
        };
    }
}

/* Where nobody has won anything yet, everybody fits. */
static void
add_scores(struct route_choosing *choosing)
{
    int64_t best = best_chance(choosing);

    for (int i = 0; i < choosing->count; i++) {
        struct route_figures *figures = &choosing->figures[i];
        const struct ledger_share *share = &choosing->shares[i];
        int64_t owed = choosing->asking->ledger->entries[share->person].credit
                     + share->units;
        figures->fit =
            best == 0 ? 100 * WHOLE : figures->chance * 100 * WHOLE / best;
        figures->score = figures->fit
                       + choosing->pool->fairness * owed * WHOLE / LEDGER_UNIT;
    }
}

static bool
goes_by_turn(const struct route_choosing *choosing)
{
    return (int64_t)(choosing->asking->question->random % 100)
         < choosing->pool->explore_percent;
}

/* Ties by turn. */
static int
highest(const struct route_choosing *choosing)
{
    int best = 0;

    for (int i = 1; i < choosing->count; i++) {
        const struct ledger_share two[2] = { choosing->shares[best],
                                             choosing->shares[i] };
        int64_t ahead =
            choosing->figures[i].score - choosing->figures[best].score;
        if (ahead > 0
            || (ahead == 0
                && ledger_next(choosing->asking->ledger, two, 2) == 1))
            best = i;
    }
    return best;
}

static int
choose(struct route_choosing *choosing)
{
    add_chances(choosing);
    add_scores(choosing);
    if (!goes_by_turn(choosing))
        return highest(choosing);
    choosing->code = "best_match_by_turn";
    return ledger_next(choosing->asking->ledger, choosing->shares,
                       choosing->count);
}

const struct route_strategy strategy_best_match = {
    .name = "best_match",
    .about = "Who wins most of such leads, with turns owed; a share by turn.",
    .choose = choose,
    .weighs_results = true,
    .draws = true,
};
