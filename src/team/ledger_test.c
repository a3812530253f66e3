/*
 * The invariants of the ledger (src/team/README.md) against random histories.
 * The seed is printed; BATON_TEST_SEED repeats a run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#undef fail /* cmocka's; work.h has a function of that name */

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "src/team/ledger.h"

enum { PEOPLE_MAX = 50, HISTORY = 4000 };

struct world {
    struct random random;
    struct ledger ledger;
    struct ledger_entry entries[PEOPLE_MAX];
    int32_t weights[PEOPLE_MAX];
    int64_t won[PEOPLE_MAX];
    double share[PEOPLE_MAX]; /* what would have been exactly fair */
    int people;
};

static uint64_t
seed_of_run(void)
{
    const char *given = getenv("BATON_TEST_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10)
                                  : (uint64_t)clock_monotonic_us();

    print_message("seed %lu\n", (unsigned long)seed);
    return seed;
}

static struct world
world_of(int people, uint64_t seed)
{
    struct world world = { .people = people };

    random_init(&world.random, seed);
    for (int i = 0; i < people; i++)
        world.weights[i] = 1;
    return world;
}

/* The entries live in the world, which may have been copied. */
static struct ledger *
ledger_of(struct world *world)
{
    world->ledger.entries = world->entries;
    world->ledger.count = world->people;
    return &world->ledger;
}

static int
everybody(const struct world *world, struct ledger_share *shares)
{
    for (int i = 0; i < world->people; i++)
        shares[i] = (struct ledger_share){ i, world->weights[i], 0 };
    return world->people;
}

/* At least one; each with the given chance in a hundred. */
static int
some(struct world *world, struct ledger_share *shares, int percent)
{
    int count = 0;

    while (count == 0)
        for (int i = 0; i < world->people; i++)
            if (random_below(&world->random, 100) < (uint64_t)percent)
                shares[count++] =
                    (struct ledger_share){ i, world->weights[i], 0 };
    return count;
}

/* One lead in turn; returns the person. */
static int
lead(struct world *world, struct ledger_share *shares, int count)
{
    struct ledger *ledger = ledger_of(world);
    double weights = 0;

    ledger_split(shares, count, LEDGER_UNIT);
    int winner = shares[ledger_next(ledger, shares, count)].person;
    ledger_post(ledger, shares, count, winner);
    for (int i = 0; i < count; i++)
        weights += shares[i].weight;
    for (int i = 0; i < count; i++)
        world->share[shares[i].person] += shares[i].weight / weights;
    world->won[winner]++;
    return winner;
}

static int64_t
sum_of_credits(const struct world *world)
{
    int64_t sum = 0;

    for (int i = 0; i < world->people; i++)
        sum += world->entries[i].credit;
    return sum;
}

static void
credits_always_add_up_to_nothing(void **state)
{
    struct world world = world_of(13, seed_of_run());
    struct ledger_share shares[PEOPLE_MAX];

    (void)state;
    for (int i = 0; i < world.people; i++)
        world.weights[i] = 1 + (int32_t)random_below(&world.random, 5);
    for (int i = 0; i < HISTORY; i++) {
        lead(&world, shares, some(&world, shares, 40));
        assert_int_equal(sum_of_credits(&world), 0); /* I1 */
    }
}

static void
nobody_is_owed_more_than_half_the_others(void **state)
{
    uint64_t seed = seed_of_run();
    struct ledger_share shares[PEOPLE_MAX];

    (void)state;
    for (int people = 2; people <= 20; people++) {
        struct world world = world_of(people, seed + (uint64_t)people);
        int64_t bound = (people - 1) * LEDGER_UNIT / 2 + people;
        for (int i = 0; i < HISTORY; i++) {
            lead(&world, shares, some(&world, shares, 30));
            for (int p = 0; p < people; p++) { /* I2 */
                assert_true(world.entries[p].credit <= bound);
                assert_true(world.entries[p].credit >= -bound);
            }
        }
        for (int p = 0; p < people; p++) { /* I8 */
            double off = (double)world.won[p] - world.share[p];
            assert_true(off <= (people - 1) / 2.0 + 0.01);
            assert_true(off >= -(people - 1) / 2.0 - 0.01);
        }
    }
}

static void
when_all_are_there_nobody_is_a_turn_behind(void **state)
{
    struct ledger_share shares[PEOPLE_MAX];
    struct world world = world_of(7, 1);

    (void)state;
    for (int i = 1; i <= HISTORY; i++) {
        int64_t least = INT64_MAX;
        int64_t most = 0;
        lead(&world, shares, everybody(&world, shares));
        for (int p = 0; p < world.people; p++) {
            least = world.won[p] < least ? world.won[p] : least;
            most = world.won[p] > most ? world.won[p] : most;
        }
        assert_true(most - least <= 1);
    }
}

static void
who_could_not_take_a_lead_neither_earns_nor_pays(void **state)
{
    struct world world = world_of(9, seed_of_run());
    struct ledger_share shares[PEOPLE_MAX];

    (void)state;
    for (int i = 0; i < HISTORY; i++) {
        struct ledger_entry before[PEOPLE_MAX];
        bool asked[PEOPLE_MAX] = { false };
        memcpy(before, world.entries, sizeof before);
        int count = some(&world, shares, 50);
        for (int j = 0; j < count; j++)
            asked[shares[j].person] = true;
        lead(&world, shares, count);
        for (int p = 0; p < world.people; p++) /* I3 */
            if (!asked[p])
                assert_memory_equal(&before[p], &world.entries[p],
                                    sizeof before[p]);
    }
}

static void
who_comes_back_from_leave_is_not_flooded(void **state)
{
    struct ledger_share shares[PEOPLE_MAX];
    struct world world = world_of(10, 1);

    (void)state;
    for (int i = 0; i < 1000; i++) /* the first is away */
        lead(&world, shares + 1, (everybody(&world, shares), world.people - 1));
    for (int k = 1; k <= 100; k++) {
        lead(&world, shares, everybody(&world, shares));
        assert_true(world.won[0] <= (k + 9) / 10 + 1); /* I4 */
    }
    assert_in_range(world.won[0], 9, 11);
}

static void
a_turn_taken_back_restores_every_credit(void **state)
{
    struct world world = world_of(11, seed_of_run());
    struct ledger_share shares[PEOPLE_MAX];

    (void)state;
    for (int i = 0; i < HISTORY; i++) {
        int64_t before[PEOPLE_MAX];
        for (int p = 0; p < world.people; p++)
            before[p] = world.entries[p].credit;
        int count = some(&world, shares, 60);
        int winner = lead(&world, shares, count);
        if (i % 3 != 0)
            continue;
        ledger_mirror(ledger_of(&world), shares, count, winner);
        for (int p = 0; p < world.people; p++) /* I5 */
            assert_int_equal(world.entries[p].credit, before[p]);
    }
}

static void
a_hundredfold_of_all_weights_changes_nothing(void **state)
{
    uint64_t seed = seed_of_run();
    struct ledger_share one_shares[PEOPLE_MAX];
    struct ledger_share two_shares[PEOPLE_MAX];
    struct world one = world_of(8, seed);
    struct world two = world_of(8, seed);

    (void)state;
    for (int p = 0; p < one.people; p++) {
        one.weights[p] = 1 + (int32_t)random_below(&one.random, 9);
        two.weights[p] = one.weights[p] * 100;
    }
    two.random = one.random;
    for (int i = 0; i < HISTORY; i++) { /* I11 */
        int a = lead(&one, one_shares, some(&one, one_shares, 50));
        int b = lead(&two, two_shares, some(&two, two_shares, 50));
        assert_int_equal(a, b);
    }
}

static void
weights_are_shares_of_the_turns(void **state)
{
    struct ledger_share shares[PEOPLE_MAX];
    struct world world = world_of(3, 1);

    (void)state;
    world.weights[1] = 2;
    world.weights[2] = 5;
    for (int i = 0; i < 800; i++)
        lead(&world, shares, everybody(&world, shares));
    assert_in_range(world.won[0], 99, 101);
    assert_in_range(world.won[1], 199, 201);
    assert_in_range(world.won[2], 499, 501);
}

static void
other_names_give_the_same_turns(void **state)
{
    /* I6: the order of people only matters for ties. Person p of the one
     * world is person 5 - p of the other, and gets as many turns, to one. */
    uint64_t seed = seed_of_run();
    struct ledger_share shares[PEOPLE_MAX];
    struct world one = world_of(6, seed);
    struct world two = world_of(6, seed);

    (void)state;
    for (int i = 0; i < HISTORY; i++) {
        int count = some(&one, shares, 50);
        struct ledger_share turned[PEOPLE_MAX];
        for (int j = 0; j < count; j++)
            turned[j] =
                (struct ledger_share){ 5 - shares[count - 1 - j].person, 1, 0 };
        lead(&one, shares, count);
        lead(&two, turned, count);
    }
    for (int p = 0; p < one.people; p++)
        assert_in_range(one.won[p] - two.won[5 - p] + 5, 0, 10);
}

static void
a_split_is_exact_for_any_weights(void **state)
{
    struct world world = world_of(PEOPLE_MAX, seed_of_run());
    struct ledger_share shares[PEOPLE_MAX];

    (void)state;
    for (int i = 0; i < HISTORY; i++) {
        int64_t sum = 0;
        int count = some(&world, shares, 1 + i % 99);
        for (int j = 0; j < count; j++)
            shares[j].weight = 1 + (int32_t)random_below(&world.random, 100);
        ledger_split(shares, count, LEDGER_UNIT);
        for (int j = 0; j < count; j++)
            sum += shares[j].units;
        assert_int_equal(sum, LEDGER_UNIT); /* I12 */
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credits_always_add_up_to_nothing),
        cmocka_unit_test(nobody_is_owed_more_than_half_the_others),
        cmocka_unit_test(when_all_are_there_nobody_is_a_turn_behind),
        cmocka_unit_test(who_could_not_take_a_lead_neither_earns_nor_pays),
        cmocka_unit_test(who_comes_back_from_leave_is_not_flooded),
        cmocka_unit_test(a_turn_taken_back_restores_every_credit),
        cmocka_unit_test(a_hundredfold_of_all_weights_changes_nothing),
        cmocka_unit_test(weights_are_shares_of_the_turns),
        cmocka_unit_test(other_names_give_the_same_turns),
        cmocka_unit_test(a_split_is_exact_for_any_weights),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
