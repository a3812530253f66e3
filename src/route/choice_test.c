/* choice_test: which rule decides, and what happens when nobody can. */
#include "src/route/test_world.h"

static void
the_first_rule_that_matches_decides(void **state)
{
    struct world *world = *state;

    rules(world, country_rules);
    country(world, "kr");
    struct route_decision d = decide(world);
    assert_true(str_is(d.rule->id, "kr"));
    assert_int_equal(d.band, BAND_RULE);
    assert_int_equal(d.chosen, 1);
    country(world, "JP");
    assert_int_equal(decide(world).chosen, 2);
}

static void
what_no_rule_matches_goes_to_otherwise(void **state)
{
    struct world *world = *state;

    rules(world, country_rules);
    struct route_decision d = decide(world); /* no country at all */
    assert_null(d.rule);
    assert_int_equal(d.band, BAND_OTHERWISE);
    assert_int_equal(d.chosen, 0);
    country(world, "FR");
    assert_int_equal(decide(world).chosen, 0);
}

static void
a_rule_may_send_to_a_queue(void **state)
{
    struct world *world = *state;

    rules(world, START "\"rules\":[],\"otherwise\":{\"queue\":\"inbox\"}}");
    struct route_decision d = decide(world);
    assert_int_equal(d.owner.kind, OWNER_QUEUE);
    assert_string_equal(d.code, "to_queue");
    assert_int_equal(d.share_count, 0);
}

static void
a_rules_own_promise_comes_before_that_of_the_document(void **state)
{
    struct world *world = *state;

    rules(world, START
          "\"rules\":[{\"id\":\"a\",\"when\":{},\"give_to\":{\"pool\":\"p\"},"
          "\"late\":{\"after_minutes\":5}}]," TO_P
          ",\"late\":{\"after_minutes\":60}," POOL("in_turn", ANA) "}");
    assert_int_equal(decide(world).late->after_ms, 5 * 60 * 1000);
    rules(world,
          START "\"rules\":[]," TO_P
                ",\"late\":{\"after_minutes\":60}," POOL("in_turn", ANA) "}");
    assert_int_equal(decide(world).late->after_ms, 60 * 60 * 1000);
}

static void
out_of_hours_a_lead_waits_until_the_first_shift_begins(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "in_turn");
    everybody_works(world, "{\"mon\":[\"14:00-18:00\"]}");
    works(world, 1, "{\"mon\":[\"12:00-18:00\"]}");
    struct route_decision d = decide(world);
    assert_int_equal(d.owner.kind, OWNER_QUEUE);
    assert_int_equal(d.owner.id.value, 77);
    assert_string_equal(d.code, "waiting");
    assert_int_equal(d.wait_until_ms, at("2026-11-16T12:00:00+09:00"));
    assert_int_equal(d.able_count, 0);
}

#define THEN_EVE "\"nobody_can\":{\"then\":{\"rep\":\"eve@acme.test\"}},"

static void
without_waiting_the_last_resort_gets_it_even_outside_hours(void **state)
{
    struct world *world = *state;

    rules(world, START "\"rules\":[]," THEN_EVE TO_P
                       "," POOL("in_turn", ANA "," BO) "}");
    everybody_works(world, "{\"mon\":[\"14:00-18:00\"]}");
    struct route_decision d = decide(world);
    assert_int_equal(d.chosen, 4);
    assert_string_equal(d.code, "nobody_can");
}

static void
the_last_resort_is_never_somebody_who_left(void **state)
{
    struct world *world = *state;

    rules(world, START "\"rules\":[]," THEN_EVE TO_P
                       "," POOL("in_turn", ANA "," BO) "}");
    everybody_works(world, "{\"mon\":[\"14:00-18:00\"]}");
    world->people[4].active = false;
    struct route_decision d = decide(world);
    assert_int_equal(d.owner.kind, OWNER_QUEUE);
    assert_string_equal(d.code, "nobody");
}

static void
with_nobody_left_it_is_kept_in_the_queue(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "in_turn");
    for (int i = 0; i < PEOPLE; i++)
        world->people[i].active = false;
    struct route_decision d = decide(world);
    assert_int_equal(d.owner.kind, OWNER_QUEUE);
    assert_string_equal(d.code, "nobody");
    assert_int_equal(d.wait_until_ms, 0);
}

/* Nobody's hours will bring a change: there is no time to name. */
static void
a_full_team_at_work_is_not_waited_for_until_this_moment(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "in_turn");
    for (int i = 0; i < PEOPLE; i++)
        world->people[i].open_leads_max = 0;
    struct route_decision d = decide(world);
    assert_int_equal(d.owner.kind, OWNER_QUEUE);
    assert_string_equal(d.code, "nobody");
    assert_int_equal(d.wait_until_ms, 0);
}

static void
a_day_that_is_full_is_waited_for_until_the_next(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "in_turn");
    for (int i = 0; i < PEOPLE; i++) {
        world->people[i].day_leads_max = 1;
        world->entries[i].day_leads = 1;
        world->entries[i].day =
            person_day(&world->people[i], world->question.now_ms);
    }
    struct route_decision d = decide(world);
    assert_string_equal(d.code, "waiting");
    assert_int_equal(d.wait_until_ms, at("2026-11-17T00:00:00+09:00"));
}

static void
finally_goes_to_the_person_who_is_named(void **state)
{
    struct world *world = *state;

    rules(world, START "\"rules\":[]," TO_P
                       ",\"late\":{\"after_minutes\":5,\"finally\":{\"rep\":"
                       "\"eve@acme.test\"}}," POOL("in_turn", ANA) "}");
    world->people[4].away = true;
    struct route_decision d =
        route_finally(&world->arena, &world->question, &world->rules->late,
                      world->rules, &world->ledger);
    assert_int_equal(d.chosen, 4);
    assert_string_equal(d.code, "finally");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(the_first_rule_that_matches_decides),
        IN_WORLD(what_no_rule_matches_goes_to_otherwise),
        IN_WORLD(a_rule_may_send_to_a_queue),
        IN_WORLD(a_rules_own_promise_comes_before_that_of_the_document),
        IN_WORLD(out_of_hours_a_lead_waits_until_the_first_shift_begins),
        IN_WORLD(without_waiting_the_last_resort_gets_it_even_outside_hours),
        IN_WORLD(the_last_resort_is_never_somebody_who_left),
        IN_WORLD(with_nobody_left_it_is_kept_in_the_queue),
        IN_WORLD(a_full_team_at_work_is_not_waited_for_until_this_moment),
        IN_WORLD(a_day_that_is_full_is_waited_for_until_the_next),
        IN_WORLD(finally_goes_to_the_person_who_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
