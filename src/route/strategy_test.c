/* strategy_test: how a pool picks one. */
#include "src/route/test_world.h"

static void
fixed_takes_the_first_in_the_list_who_can(void **state)
{
    struct world *world = *state;

    rules(world, START "\"rules\":[]," TO_P "," POOL("fixed", CY "," ANA) "}");
    assert_int_equal(decide(world).chosen, 2);
    world->people[2].away = true;
    assert_int_equal(decide(world).chosen, 0);
}

static void
most_room_takes_whoever_has_most_places_left(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "most_room");
    for (int i = 0; i < 3; i++)
        world->people[i].open_leads_max = 10;
    world->entries[0].open_leads = 5;
    world->entries[1].open_leads = 3;
    world->entries[2].open_leads = 4;
    assert_int_equal(decide(world).chosen, 1);
    world->people[2].open_leads_max = 20;
    assert_int_equal(decide(world).chosen, 2);
}

static void
random_draws_by_weight_and_never_who_cannot(void **state)
{
    struct world *world = *state;
    int won[PEOPLE] = { 0 };

    rules(world, START "\"rules\":[]," TO_P "," POOL(
                     "random", ANA "," BO ",{\"rep\":\"cy@acme.test\","
                                   "\"weight\":3}") "}");
    world->people[1].away = true;
    for (uint64_t i = 0; i < 400; i++) {
        world->question.random = i;
        won[decide(world).chosen]++;
    }
    assert_int_equal(won[0], 100);
    assert_int_equal(won[1], 0);
    assert_int_equal(won[2], 300);
}

/* The record holds the draw, or the decision could not be replayed. */
static void
a_draw_can_be_replayed_from_its_record(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "random");
    random_init(&world->random, 5);
    for (int i = 0; i < 50; i++) {
        world->question.random = random_next(&world->random) >> 1;
        struct route_decision d = decide(world);
        struct str record = record_of(world, &d);
        const struct json *kept =
            json(world, arena_cstr(&world->arena, record));
        world->question.random = (uint64_t)json_get_int(kept, "random", -1);
        assert_int_equal(decide(world).chosen, d.chosen);
    }
}

static void
in_turn_everybody_has_had_one_before_anybody_has_two(void **state)
{
    struct world *world = *state;
    int won[PEOPLE] = { 0 };

    one_pool_of(world, "in_turn");
    for (int i = 1; i <= 30; i++) {
        struct route_decision d = decide(world);
        ledger_post(&world->ledger, d.shares, d.share_count, d.chosen);
        won[d.chosen]++;
        for (int j = 0; j < 3; j++)
            assert_in_range(won[j], i / 3, (i + 2) / 3);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(fixed_takes_the_first_in_the_list_who_can),
        IN_WORLD(most_room_takes_whoever_has_most_places_left),
        IN_WORLD(random_draws_by_weight_and_never_who_cannot),
        IN_WORLD(a_draw_can_be_replayed_from_its_record),
        IN_WORLD(in_turn_everybody_has_had_one_before_anybody_has_two),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
