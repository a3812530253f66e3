/* Points that fade, groups with bounds, and lines that add up. */
#include <setjmp.h>
#include <stdarg.h>

#include "src/score/score.h"

#include <cmocka.h> /* last: it has a macro named fail */

#define DAY INT64_C(86400000)

static void
half_of_the_points_are_left_after_each_half_life(void **state)
{
    (void)state;
    assert_int_equal(score_faded(40, 10 * DAY, 0), 40);
    assert_int_equal(score_faded(40, 10 * DAY, 10 * DAY), 20);
    assert_int_equal(score_faded(40, 10 * DAY, 30 * DAY), 5);
    assert_int_equal(score_faded(-40, 10 * DAY, 10 * DAY), -20);
    assert_int_equal(score_faded(40, 0, 1000 * DAY), 40);
    assert_int_equal(score_faded(40, 10 * DAY, -DAY), 40);
}

/* Walks from change to change: between two the points stand still. */
static void
a_score_knows_when_it_will_be_another(void **state)
{
    (void)state;
    for (int64_t points = -37; points <= 37; points += 37) {
        int64_t age = 0;
        int changes = 0;
        while (score_fades_at(points, 7 * DAY, age) != INT64_MAX) {
            int64_t next = score_fades_at(points, 7 * DAY, age);
            int64_t before = score_faded(points, 7 * DAY, age);
            assert_true(next > age);
            assert_int_equal(score_faded(points, 7 * DAY, next - 2), before);
            assert_int_not_equal(score_faded(points, 7 * DAY, next), before);
            age = next;
            changes++;
        }
        assert_int_equal(score_faded(points, 7 * DAY, age), 0);
        assert_int_equal(changes, points == 0 ? 0 : 37);
    }
}

/* Two rules of 30 in a group, and one of -5 outside of it. */
static int64_t
score_within(int64_t max, int64_t min, struct lead *lead, struct arena *arena)
{
    struct work w = { .arena = arena };
    struct json_error error;
    const struct json *always = json_parse(arena, STR("{}"), &error);
    const struct condition *when =
        condition_read(&w, lead_fields, always, STR(""));
    const struct score_group group = { STR("g"), STR("Group"), max, min };
    const struct score_rule rules[] = {
        { STR("a"), STR("A"), when, 30, 0, 0, LEAD_CREATED_AT },
        { STR("b"), STR("B"), when, 30, 0, 0, LEAD_CREATED_AT },
        { STR("c"), STR("C"), when, -5, -1, 0, LEAD_CREATED_AT },
    };
    const struct score_rules all = {
        .rules = rules, .count = 3, .groups = &group, .group_count = 1
    };

    *lead = (struct lead){ .stage = "open" };
    score_set(arena, lead, &all, 0);
    return lead->score;
}

static void
a_group_takes_back_what_is_beyond_its_bounds(void **state)
{
    struct arena arena;
    struct lead lead;

    (void)state;
    arena_init(&arena);
    assert_int_equal(score_within(INT64_MAX, INT64_MIN, &lead, &arena), 55);
    assert_int_equal(score_within(40, INT64_MIN, &lead, &arena), 35);
    assert_true(str_find(lead.score_lines, STR("\"points\":-20")) >= 0);
    assert_int_equal(score_within(INT64_MAX, 80, &lead, &arena), 75);
    assert_int_equal(score_within(60, 60, &lead, &arena), 55);
    assert_true(str_find(lead.score_lines, STR("\"Group\"")) < 0);
    arena_free(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_of_the_points_are_left_after_each_half_life),
        cmocka_unit_test(a_score_knows_when_it_will_be_another),
        cmocka_unit_test(a_group_takes_back_what_is_beyond_its_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
