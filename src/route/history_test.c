/* history_test: what holds whatever happens to a team, and whichever places
 * they serve. The seed is printed; BATON_TEST_SEED repeats a run. */
#include "src/route/test_world.h"

static int64_t
sum_of_credits(const struct world *world)
{
    int64_t sum = 0;

    for (int i = 0; i < PEOPLE; i++)
        sum += world->entries[i].credit;
    return sum;
}

/* I1, I3, I9, I10 and I12 after each lead. */
static void
check_lead(struct world *world, const struct route_decision *d)
{
    struct ledger_entry before[PEOPLE];

    memcpy(before, world->entries, sizeof before);
    if (d->chosen < 0) {
        assert_int_equal(d->able_count, 0);
        assert_int_equal(d->share_count, 0);
        return;
    }
    const struct person *winner = &world->people[d->chosen];
    assert_true(winner->active && !winner->away && !winner->busy);
    assert_null(candidate(d, d->chosen)->gate); /* I10 */
    ledger_post(&world->ledger, d->shares, d->share_count, d->chosen);
    ledger_load_add(&world->ledger, &world->team, winner->id, +1,
                    world->question.now_ms);
    if (winner->open_leads_max >= 0) /* I9 */
        assert_true(world->entries[d->chosen].open_leads
                    <= winner->open_leads_max);
    for (int i = 0; i < d->candidate_count; i++) {
        const struct route_candidate *c = &d->candidates[i];
        int64_t moved =
            world->entries[c->person].credit - before[c->person].credit;
        int64_t paid = c->person == d->chosen ? LEDGER_UNIT : 0; /* I12 */
        assert_int_equal(moved, c->gate == NULL ? c->units - paid : 0);
    }
    assert_int_equal(sum_of_credits(world), 0); /* I1 */
}

static void
whatever_happens_nobody_gets_what_he_cannot_take(void **state)
{
    struct world *world = *state;
    static const char *const strategies[] = { "in_turn",    "most_room",
                                              "random",     "fixed",
                                              "best_match", "first_to_accept" };
    struct result rows[] = { { world->people[0].id, STR(""), 40, 30, 0 },
                             { world->people[1].id, STR(""), 40, 2, 0 } };
    struct results results = { rows, 2, 0 };

    random_init(&world->random, seed_of_run());
    results_prepare(&results);
    world->question.results = &results;
    world->question.kind = STR("");
    world->question.offer_is_over = true;
    for (int s = 0; s < 6; s++) {
        one_pool_of(world, strategies[s]);
        for (int i = 0; i < HISTORY; i++) {
            while (random_below(&world->random, 2) == 0)
                something_happens(world);
            world->question.random = random_next(&world->random) >> 1;
            if (world->question.now_ms > at("2027-01-15T00:00:00Z"))
                world->question.now_ms = at("2026-11-16T10:00:00+09:00");
            struct route_decision d = decide(world);
            assert_false(id_is_none(d.owner.id)); /* R2 */
            check_lead(world, &d);
        }
    }
}

static const struct str served[] = { STR_INIT("korea"), STR_INIT("asia"),
                                     STR_INIT("gone") };

static void
serves(struct world *world, int person, int from, int count)
{
    struct ability *ability = &world->people[person].ability;

    ability->territories = served + from;
    ability->territory_count = count;
}

static void
one_pool_by_territory(struct world *world)
{
    rules(world, START "\"rules\":[]," TO_P ",\"pools\":[{\"id\":\"p\","
                       "\"needs\":{\"territory\":\"lead\"},\"members\":[" ANA
                       "," BO "," CY "]}]}");
}

static void
a_lead_goes_to_whoever_serves_its_place(void **state)
{
    struct world *world = *state;

    serves(world, 1, 1, 1); /* bo: asia */
    serves(world, 2, 2, 1); /* cy: what is gone */
    one_pool_by_territory(world);
    country(world, "KR");
    struct route_decision d = decide(world);
    assert_int_equal(d.chosen, 1);
    const struct route_candidate *ana = candidate(&d, 0);
    assert_string_equal(ana->gate->code, "not_in_territory");
    assert_int_equal(ana->saw, 0);
    assert_true(str_is(ana->what, "KR"));
    assert_string_equal(candidate(&d, 2)->gate->code, "not_in_territory");
    country(world, "FR");
    assert_int_equal(decide(world).able_count, 0);
    world->facts[LEAD_COUNTRY].known = false; /* from nowhere: everybody's */
    assert_int_equal(decide(world).able_count, 3);
}

/* What each serves, worked out again without conditions. */
static bool
serves_country(const struct person *person, struct str country)
{
    for (int i = 0; i < person->ability.territory_count; i++) {
        struct str name = person->ability.territories[i];
        if (str_is(country, "KR")
            && (str_is(name, "korea") || str_is(name, "asia")))
            return true;
        if (str_is(country, "JP") && str_is(name, "asia"))
            return true;
    }
    return false;
}

static void
whatever_happens_nobody_gets_a_lead_from_outside_his_territory(void **state)
{
    struct world *world = *state;
    static const char *const countries[] = { "KR", "JP", "FR" };

    random_init(&world->random, seed_of_run());
    for (int i = 0; i < HISTORY; i++) {
        const char *from = countries[random_below(&world->random, 3)];
        for (int p = 0; p < 3; p++) {
            int first = (int)random_below(&world->random, 3);
            serves(world, p, first,
                   (int)random_below(&world->random, (uint64_t)(4 - first)));
        }
        something_happens(world);
        if (world->question.now_ms > at("2027-01-15T00:00:00Z"))
            world->question.now_ms = at("2026-11-16T10:00:00+09:00");
        one_pool_by_territory(world);
        country(world, from);
        struct route_decision d = decide(world);
        check_lead(world, &d);
        for (int p = 0; p < 3; p++) {
            const struct route_candidate *c = candidate(&d, p);
            bool his = serves_country(&world->people[p], str_of(from));
            if (!his)
                assert_non_null(c->gate);
            else if (c->gate != NULL)
                assert_string_not_equal(c->gate->code, "not_in_territory");
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(whatever_happens_nobody_gets_what_he_cannot_take),
        IN_WORLD(a_lead_goes_to_whoever_serves_its_place),
        IN_WORLD(
            whatever_happens_nobody_gets_a_lead_from_outside_his_territory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
