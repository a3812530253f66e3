/* record_test: the record of a decision, and the sentences made from it. */
#include "src/route/test_world.h"

static void
every_gate_has_its_sentence_in_both_languages(void **state)
{
    struct world *world = *state;

    for (const struct route_gate *gate = route_gates; gate->code != NULL;
         gate++) {
        const struct route_stopped stopped = {
            .who = STR("김민지"),
            .gate = str_of(gate->code),
            .saw = 3,
            .limit = at("2026-11-16T10:00:00+09:00"),
            .what = STR("solar"),
        };
        struct str en = route_gate_sentence(&world->arena, &stopped, STR("en"));
        struct str ko = route_gate_sentence(&world->arena, &stopped, STR("ko"));
        assert_says(en, "김민지");
        assert_says(ko, "김민지");
        assert_false(str_equal(en, ko));
        assert_true(str_find(en, STR("?")) < 0 && str_find(ko, STR("?")) < 0);
    }
}

/* Why an owner was chosen: the codes of route.c and of the strategies. */
static void
every_code_of_a_decision_has_its_sentence(void **state)
{
    static const char *const codes[] = {
        "best_match_by_turn",
        "offered",
        "accepted",
        "not_accepted",
        "fixed_next",
        "substitute",
        "captured",
        "to_queue",
        "waiting",
        "nobody_can",
        "nobody_else",
        "nobody",
        "finally",
        "kept",
        "account_owner",
        "account_served",
        "family_owner",
        "family_served",
        "given_back",
        "queued",
        "by_hand",
        NULL,
    };

    (void)state;
    for (const char *const *code = codes; *code != NULL; code++)
        assert_true(route_code_has_sentence(str_of(*code)));
    for (size_t i = 0; route_strategies[i] != NULL; i++)
        if (!route_strategies[i]->offers)
            assert_true(
                route_code_has_sentence(str_of(route_strategies[i]->name)));
}

static void
the_same_question_has_the_same_record_byte_for_byte(void **state)
{
    struct world *world = *state;

    random_init(&world->random, seed_of_run());
    rules(world, country_rules);
    country(world, "FR");
    for (int i = 0; i < 200; i++) {
        something_happens(world);
        struct route_decision one = decide(world);
        struct route_decision two = decide(world);
        assert_true(str_equal(record_of(world, &one), record_of(world, &two)));
    }
}

static void
a_decision_changes_nothing_by_being_asked_for(void **state)
{
    struct world *world = *state;
    struct ledger_entry before[PEOPLE];

    one_pool_of(world, "in_turn");
    memcpy(before, world->entries, sizeof before);
    for (int i = 0; i < 10; i++)
        assert_int_equal(decide(world).chosen, 0);
    assert_memory_equal(before, world->entries, sizeof before);
}

static void
a_sentence_from_the_record_is_that_of_the_decision(void **state)
{
    struct world *world = *state;

    rules(world, country_rules);
    country(world, "KR");
    struct route_decision d = decide(world);
    const struct json *kept =
        json(world, arena_cstr(&world->arena, record_of(world, &d)));
    struct route_telling telling =
        route_tell_record(kept, &world->team, STR("bo"));

    assert_true(str_equal(route_sentence(&world->arena, &telling, STR("en")),
                          sentence(world, &d, "en")));
    assert_says(sentence(world, &d, "en"), "Korea");
    assert_says(sentence(world, &d, "en"), "bo");
}

static void
a_lead_that_waits_says_for_how_many_and_until_when(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "in_turn");
    everybody_works(world, "{\"mon\":[\"14:00-18:00\"]}");
    struct route_decision d = decide(world);
    assert_says(sentence(world, &d, "en"), "nobody of 3");
    assert_says(sentence(world, &d, "en"), "2026-11-16");
    assert_says(sentence(world, &d, "en"), "Inbox");
    assert_says(sentence(world, &d, "ko"), "Inbox");
}

static void
korean_particles_follow_the_sound_of_the_name(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "in_turn");
    world->people[0].name = STR("김민지");
    struct route_decision d = decide(world);
    assert_says(sentence(world, &d, "ko"), "김민지가");
    world->people[0].name = STR("이현진");
    d = decide(world);
    assert_says(sentence(world, &d, "ko"), "이현진이");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(every_gate_has_its_sentence_in_both_languages),
        IN_WORLD(every_code_of_a_decision_has_its_sentence),
        IN_WORLD(the_same_question_has_the_same_record_byte_for_byte),
        IN_WORLD(a_decision_changes_nothing_by_being_asked_for),
        IN_WORLD(a_sentence_from_the_record_is_that_of_the_decision),
        IN_WORLD(a_lead_that_waits_says_for_how_many_and_until_when),
        IN_WORLD(korean_particles_follow_the_sound_of_the_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
