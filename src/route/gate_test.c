/* gate_test: who may not have the lead, and what the record says of it. */
#include "src/route/test_world.h"

static void
somebody_who_left_gets_nothing(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "fixed");
    world->people[0].active = false;
    struct route_decision d = decide(world);
    assert_stopped(&d, 0, "inactive");
    assert_int_equal(d.chosen, 1);
}

static void
somebody_who_takes_no_leads_gets_none(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "fixed");
    world->people[0].takes = TAKES_NO;
    struct route_decision d = decide(world);
    assert_stopped(&d, 0, "takes_no_leads");
}

static void
who_had_the_lead_does_not_get_it_again(void **state)
{
    struct world *world = *state;
    const struct id had[] = { { 1000 } };

    one_pool_of(world, "fixed");
    world->question.except = had;
    world->question.except_count = 1;
    struct route_decision d = decide(world);
    assert_stopped(&d, 0, "had_it");
}

static void
an_absent_rep_is_passed_over_and_the_record_says_until_when(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "fixed");
    is_absent(world, 0, "2026-11-15T00:00:00+09:00",
              "2026-11-20T00:00:00+09:00");
    struct route_decision d = decide(world);
    assert_stopped(&d, 0, "absent");
    assert_int_equal(candidate(&d, 0)->saw, at("2026-11-15T00:00:00+09:00"));
    assert_int_equal(candidate(&d, 0)->limit, at("2026-11-20T00:00:00+09:00"));
}

static void
an_absence_ends_at_its_end_and_not_later(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "fixed");
    is_absent(world, 0, "2026-11-15T00:00:00+09:00",
              "2026-11-20T00:00:00+09:00");
    world->question.now_ms = at("2026-11-20T00:00:00+09:00") - 1;
    assert_int_equal(decide(world).chosen, 1);
    world->question.now_ms++;
    assert_int_equal(decide(world).chosen, 0);
}

static void
outside_hours_a_rep_gets_nothing_and_the_record_says_when_he_comes(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "fixed");
    works(world, 0, "{\"mon\":[\"13:00-18:00\"]}");
    struct route_decision d = decide(world);
    assert_stopped(&d, 0, "outside_hours");
    assert_int_equal(candidate(&d, 0)->limit, at("2026-11-16T13:00:00+09:00"));
}

static void
somebody_away_gets_nothing(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "fixed");
    world->people[0].away = true;
    struct route_decision d = decide(world);
    assert_stopped(&d, 0, "away");
}

static void
a_full_rep_gets_nothing_and_the_record_says_how_full(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "fixed");
    world->people[0].open_leads_max = 3;
    world->entries[0].open_leads = 2;
    assert_int_equal(decide(world).chosen, 0);
    world->entries[0].open_leads = 3;
    struct route_decision d = decide(world);
    assert_stopped(&d, 0, "full");
    assert_int_equal(candidate(&d, 0)->saw, 3);
    assert_int_equal(candidate(&d, 0)->limit, 3);
}

static void
the_limit_of_a_day_counts_that_day_in_the_reps_zone(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "fixed");
    world->people[0].day_leads_max = 2;
    world->entries[0].day_leads = 2;
    world->entries[0].day =
        person_day(&world->people[0], world->question.now_ms);
    struct route_decision d = decide(world);
    assert_stopped(&d, 0, "full_today");
    assert_int_equal(candidate(&d, 0)->saw, 2);
    world->question.now_ms = at("2026-11-17T00:00:00+09:00") - 1;
    assert_int_equal(decide(world).chosen, 1);
    world->question.now_ms++;
    assert_int_equal(decide(world).chosen, 0);
}

/* Everything at once, taken away one by one: the reason shown is the first
 * that stops. */
static void
gates_are_asked_in_the_order_of_their_table(void **state)
{
    struct world *world = *state;
    struct person *ana = &world->people[0];
    const struct id had[] = { { 1000 } };
    struct route_decision d;

    one_pool_of(world, "fixed");
    is_absent(world, 0, "2026-11-15T00:00:00+09:00",
              "2026-11-20T00:00:00+09:00");
    works(world, 0, "{\"tue\":[\"13:00-18:00\"]}");
    ana->active = false;
    ana->takes = TAKES_NO;
    ana->away = true;
    ana->open_leads_max = 0;
    ana->day_leads_max = 0;
    world->question.except = had;
    world->question.except_count = 1;

    d = decide(world), assert_stopped(&d, 0, "inactive");
    ana->active = true;
    d = decide(world), assert_stopped(&d, 0, "takes_no_leads");
    ana->takes = TAKES_BY_ROLE;
    d = decide(world), assert_stopped(&d, 0, "had_it");
    world->question.except_count = 0;
    d = decide(world), assert_stopped(&d, 0, "absent");
    ana->absence_count = 0;
    d = decide(world), assert_stopped(&d, 0, "outside_hours");
    works(world, 0, NULL);
    d = decide(world), assert_stopped(&d, 0, "away");
    ana->away = false;
    d = decide(world), assert_stopped(&d, 0, "full");
    ana->open_leads_max = -1;
    d = decide(world), assert_stopped(&d, 0, "full_today");
    ana->day_leads_max = -1;
    assert_int_equal(decide(world).chosen, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(somebody_who_left_gets_nothing),
        IN_WORLD(somebody_who_takes_no_leads_gets_none),
        IN_WORLD(who_had_the_lead_does_not_get_it_again),
        IN_WORLD(an_absent_rep_is_passed_over_and_the_record_says_until_when),
        IN_WORLD(an_absence_ends_at_its_end_and_not_later),
        IN_WORLD(
            outside_hours_a_rep_gets_nothing_and_the_record_says_when_he_comes),
        IN_WORLD(somebody_away_gets_nothing),
        IN_WORLD(a_full_rep_gets_nothing_and_the_record_says_how_full),
        IN_WORLD(the_limit_of_a_day_counts_that_day_in_the_reps_zone),
        IN_WORLD(gates_are_asked_in_the_order_of_their_table),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
