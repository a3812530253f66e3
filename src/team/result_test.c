/* What results, languages and seniority come to, by themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#undef fail /* cmocka's; work.h has a function of that name */

#include "src/team/ability.h"
#include "src/team/holiday.h"
#include "src/team/result.h"

static const struct id ana = { 1 };
static const struct id bo = { 2 };
static const struct id cy = { 3 };

static int64_t
chance(struct results *results, struct id person, const char *kind)
{
    results_prepare(results);
    return result_chance(results, person, str_of(kind)).chance;
}

static void
nobody_is_judged_where_nothing_is_known(void **state)
{
    struct results none = { NULL, 0, 0 };

    (void)state;
    assert_int_equal(chance(&none, ana, "factory"), 0);
    assert_int_equal(result_chance(&none, ana, STR("factory")).leads, 0);
}

static void
a_beginner_is_expected_to_do_as_the_team_does(void **state)
{
    struct result rows[] = { { ana, STR("factory"), 100, 30, 0 } };
    struct results results = { rows, 1, 0 };

    (void)state;
    assert_int_equal(chance(&results, bo, "factory"), 300000);
    assert_int_equal(chance(&results, bo, "shop"), 300000);
}

static void
many_leads_prove_more_than_few(void **state)
{
    struct result rows[] = { { ana, STR("factory"), 200, 100, 0 },
                             { bo, STR("factory"), 2, 2, 0 },
                             { cy, STR("factory"), 200, 20, 0 } };
    struct results results = { rows, 3, 0 };

    (void)state;
    assert_true(chance(&results, ana, "factory")
                > chance(&results, cy, "factory"));
    assert_true(chance(&results, bo, "factory") < 500000); /* of 1,000,000 */
    assert_true(chance(&results, bo, "factory")
                > chance(&results, cy, "factory"));
}

static void
who_wins_everywhere_is_expected_to_win_in_a_new_kind_too(void **state)
{
    struct result rows[] = { { ana, STR("factory"), 100, 60, 0 },
                             { bo, STR("factory"), 100, 20, 0 },
                             { cy, STR("shop"), 100, 40, 0 } };
    struct results results = { rows, 3, 0 };

    (void)state;
    assert_true(chance(&results, ana, "shop") > chance(&results, bo, "shop"));
}

static void
a_region_does_not_part_a_language(void **state)
{
    (void)state;
    assert_true(language_is_same(STR("en"), STR("en-GB")));
    assert_true(language_is_same(STR("PT-br"), STR("pt")));
    assert_false(language_is_same(STR("de"), STR("den")));
    assert_false(language_is_same(STR("ko"), STR("en")));
}

static void
a_holiday_of_a_region_is_not_of_the_whole_country(void **state)
{
    const struct holiday_set bavaria = { .country = STR("DE"),
                                         .region = STR("Bavaria") };
    const struct holiday_place munich = { .country = STR("de"),
                                          .region = STR("bavaria") };
    const struct holiday_place berlin = { .country = STR("DE"),
                                          .region = STR("Berlin") };
    const struct holiday_place graz = { .country = STR("AT"),
                                        .region = STR("Bavaria") };

    (void)state;
    assert_true(holiday_applies(&bavaria, &munich));
    assert_false(holiday_applies(&bavaria, &berlin));
    assert_false(holiday_applies(&bavaria, &graz));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_judged_where_nothing_is_known),
        cmocka_unit_test(a_beginner_is_expected_to_do_as_the_team_does),
        cmocka_unit_test(many_leads_prove_more_than_few),
        cmocka_unit_test(
            who_wins_everywhere_is_expected_to_win_in_a_new_kind_too),
        cmocka_unit_test(a_region_does_not_part_a_language),
        cmocka_unit_test(a_holiday_of_a_region_is_not_of_the_whole_country),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
