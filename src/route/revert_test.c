/* revert_test: who had a lead before, by the periods of its owners. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/text.h"
#include "src/route/revert.h"

#include <cmocka.h> /* last: it has a macro named fail */

enum { ANA = 1, BO, CY, QUEUE = 9, ROWS_MAX = 8 };

struct world {
    struct arena arena;
    struct assignment assignments[ROWS_MAX];
    struct decision_row decisions[ROWS_MAX];
    int assignment_count;
    int decision_count;
};

static int
setup(void **state)
{
    static struct world world;

    world = (struct world){ 0 };
    arena_init(&world.arena);
    *state = &world;
    return 0;
}

static int
teardown(void **state)
{
    arena_free(&((struct world *)*state)->arena);
    return 0;
}

static struct owner
owner_of(int64_t who)
{
    return who == QUEUE ? owner_queue((struct id){ who })
                        : owner_rep((struct id){ who });
}

/* The lead goes to somebody; by that decision, or 0: by hand. */
static void
goes_to(struct world *world, int64_t who, const char *reason, int64_t decision)
{
    int n = world->assignment_count++;

    if (n > 0)
        world->assignments[n - 1].ended_ms = n;
    world->assignments[n] = (struct assignment){
        .id = { 100 + n },
        .owner = owner_of(who),
        .decision = { decision },
        .reason = str_of(reason),
        .begun_ms = n,
    };
}

/* Rules of that version give it to somebody. */
static void
rules_give(struct world *world, int64_t version, int64_t who,
           const char *reason)
{
    int64_t decision = ++world->decision_count;

    world->decisions[decision - 1] = (struct decision_row){
        .id = { decision },
        .rules_version = version,
        .owner = owner_of(who),
    };
    goes_to(world, who, reason, decision);
}

static struct revert_history
history(struct world *world, int64_t decision)
{
    return revert_history(&world->arena, world->assignments,
                          world->assignment_count, world->decisions,
                          world->decision_count, (struct id){ decision },
                          (struct id){ QUEUE });
}

static void
nobody_had_a_new_lead_before(void **state)
{
    struct world *world = *state;

    rules_give(world, 1, ANA, "routed");
    struct revert_history h = history(world, 1);
    assert_true(h.stands);
    assert_false(h.had);
    assert_int_equal(h.taken_count, 1);
}

static void
whoever_had_it_by_another_version_had_it_before(void **state)
{
    struct world *world = *state;

    rules_give(world, 1, ANA, "routed");
    rules_give(world, 2, BO, "late");
    rules_give(world, 2, CY, "late");
    struct revert_history h = history(world, 3);
    assert_true(h.stands && h.had);
    assert_true(owner_equal(h.before, owner_of(ANA)));
    assert_int_equal(h.before_decision.value, 1);
    assert_int_equal(h.taken_count, 2);
    assert_int_equal(h.since->id.value, 101);

    h = history(world, 2);
    assert_false(h.stands);
    assert_int_equal(h.gone, REVERT_MOVED_ON);
}

static void
waiting_is_having_no_owner(void **state)
{
    struct world *world = *state;

    rules_give(world, 1, QUEUE, "routed");
    rules_give(world, 2, BO, "freed");
    assert_false(history(world, 2).had);
}

static void
what_went_on_by_hand_is_gone(void **state)
{
    struct world *world = *state;

    rules_give(world, 1, ANA, "routed");
    goes_to(world, BO, "by_hand", 0);
    struct revert_history h = history(world, 1);
    assert_false(h.stands);
    assert_int_equal(h.gone, REVERT_MOVED_BY_HAND);
}

static void
what_was_given_back_undoes_what_came_between(void **state)
{
    struct world *world = *state;

    rules_give(world, 1, ANA, "routed");
    rules_give(world, 2, BO, "late");
    rules_give(world, 3, CY, "late");
    goes_to(world, BO, "given_back", 2);
    assert_int_equal(history(world, 3).gone, REVERT_REVERTED);

    struct revert_history h = history(world, 2);
    assert_true(h.stands && h.had);
    assert_true(owner_equal(h.before, owner_of(ANA)));
    assert_int_equal(h.taken_count, 1);
    assert_int_equal(h.since->id.value, 101);

    goes_to(world, ANA, "given_back", 1);
    assert_int_equal(history(world, 2).gone, REVERT_REVERTED);
    h = history(world, 1);
    assert_true(h.stands);
    assert_false(h.had);
}

static void
routed_again_a_lead_is_as_if_it_were_new(void **state)
{
    struct world *world = *state;

    rules_give(world, 1, ANA, "left");
    rules_give(world, 2, BO, "late");
    rules_give(world, 3, BO, "routed_again");
    assert_int_equal(history(world, 2).gone, REVERT_REVERTED);
    struct revert_history h = history(world, 3);
    assert_true(h.stands);
    assert_false(h.had);
    assert_int_equal(h.taken_count, 1);
}

static void
a_decision_that_made_no_assignment_has_no_history(void **state)
{
    struct world *world = *state;

    rules_give(world, 1, ANA, "routed");
    world->decision_count++;
    assert_null(history(world, 2).made);
}

/* What is asked for is a little wider than the time in which it decided. */
static void
progress_is_told_by_the_time_in_which_the_version_decided(void **state)
{
    const int64_t hour = 3600000;
    const int64_t noon = 1790000000000;
    struct revert revert = { .from = id_at(noon - hour),
                             .until = id_at(noon + 2 * hour),
                             .after = id_at(noon - hour) };

    (void)state;
    assert_int_equal(revert_percent(&revert), 0);
    revert.after = id_at(noon + hour / 2);
    assert_int_equal(revert_percent(&revert), 49);
    revert.after = id_at(noon + hour + 1);
    assert_int_equal(revert_percent(&revert), 99);
    revert.ended_ms = noon;
    assert_int_equal(revert_percent(&revert), 100);
}

static void
every_outcome_has_its_sentence_in_both_languages(void **state)
{
    struct world *world = *state;

    for (int i = 0; i < REVERT_OUTCOME_COUNT; i++) {
        const struct revert_telling telling = {
            .outcome = (enum revert_outcome)i,
            .owner = STR("Ana"),
            .to = STR("Bo"),
        };
        struct str en = revert_sentence(&world->arena, &telling, STR("en"));
        struct str ko = revert_sentence(&world->arena, &telling, STR("ko"));
        assert_non_null(revert_outcomes[i]);
        assert_true(en.bytes > 0 && en.data[en.bytes - 1] == '.');
        assert_true(ko.bytes > 0 && ko.data[ko.bytes - 1] == '.');
        assert_false(str_equal(en, ko));
        assert_true(str_find(en, STR("{")) < 0 && str_find(ko, STR("{")) < 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_had_a_new_lead_before, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            whoever_had_it_by_another_version_had_it_before, setup, teardown),
        cmocka_unit_test_setup_teardown(waiting_is_having_no_owner, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_went_on_by_hand_is_gone, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(
            what_was_given_back_undoes_what_came_between, setup, teardown),
        cmocka_unit_test_setup_teardown(
            routed_again_a_lead_is_as_if_it_were_new, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_decision_that_made_no_assignment_has_no_history, setup, teardown),
        cmocka_unit_test(
            progress_is_told_by_the_time_in_which_the_version_decided),
        cmocka_unit_test_setup_teardown(
            every_outcome_has_its_sentence_in_both_languages, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
