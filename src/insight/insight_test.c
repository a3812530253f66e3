/* Buckets of durations, percentiles, and sums that are folded. */
#include <setjmp.h>
#include <stdarg.h>

#include "src/insight/insight.h"

#include <cmocka.h> /* last: it has a macro named fail */

static double
off_by(int64_t true_ms, int64_t shown_ms)
{
    double off = (double)(shown_ms - true_ms);

    return (off < 0 ? -off : off) / (double)true_ms;
}

static void
a_bucket_is_within_its_error_at_any_size(void **state)
{
    (void)state;
    for (int64_t ms = 1; ms < INT64_C(1) << 40; ms += ms / 7 + 1) {
        int bucket = histogram_bucket(ms);
        assert_true(bucket >= 0 && bucket < HISTOGRAM_BUCKETS);
        assert_true(off_by(ms, histogram_middle(bucket)) <= HISTOGRAM_ERROR);
        assert_true(histogram_bucket(ms + 1) >= bucket);
    }
    assert_int_equal(histogram_bucket(-5), 0);
    assert_int_equal(histogram_bucket(INT64_MAX), HISTOGRAM_BUCKETS - 1);
}

static void
a_percentile_is_the_nearest_rank(void **state)
{
    struct histogram histogram = { 0 };

    (void)state;
    assert_int_equal(histogram_percentile(&histogram, 50), -1);
    for (int64_t ms = 1; ms <= 1000; ms++)
        histogram_add(&histogram, histogram_bucket(ms), 1);
    assert_true(off_by(500, histogram_percentile(&histogram, 50))
                <= HISTOGRAM_ERROR);
    assert_true(off_by(990, histogram_percentile(&histogram, 99))
                <= HISTOGRAM_ERROR);
    assert_int_equal(histogram_percentile(&histogram, 0), 1);
}

static struct insight_cell
cell(int64_t day, const char *source, int64_t n)
{
    return (struct insight_cell){
        .measure = INSIGHT_CREATED,
        .day = day,
        .stage = STR(""),
        .owner = { 7 },
        .source = str_of(source),
        .rule = STR(""),
        .product = STR(""),
        .segment = STR(""),
        .n = n,
    };
}

static void
equal_sums_become_one_and_what_changes_nothing_goes(void **state)
{
    struct insight_cell list[] = { cell(2, "web", 1), cell(1, "web", 1),
                                   cell(2, "ads", 1), cell(2, "web", 1),
                                   cell(1, "web", -1) };
    struct insight_cells cells = { .cells = list, .count = 5, .room = 5 };

    (void)state;
    insight_fold(&cells);
    assert_int_equal(cells.count, 2);
    assert_true(str_is(list[0].source, "ads"));
    assert_int_equal(list[0].n, 1);
    assert_true(str_is(list[1].source, "web"));
    assert_int_equal(list[1].n, 2);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bucket_is_within_its_error_at_any_size),
        cmocka_unit_test(a_percentile_is_the_nearest_rank),
        cmocka_unit_test(equal_sums_become_one_and_what_changes_nothing_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
