/* runner_share_test: jobs step back for requests, and get their share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/jobs/runner_share.h"

enum { ROOM = 256 };

/* One writer's time, and who had it. */
struct writer {
    struct share share;
    int64_t others_us;
    int64_t back_us;
    int64_t longest_us; /* of a group */
    int most;           /* of those that step back in one */
};

/* A group of others that take so long, and beside them what may be. */
static void
group(struct writer *writer, int64_t others_us, int64_t cost_us)
{
    int weight = share_beside(&writer->share, ROOM);
    int64_t back_us = weight * cost_us;

    share_group(&writer->share, others_us, back_us);
    share_measured(&writer->share, back_us, weight);
    writer->others_us += others_us;
    writer->back_us += back_us;
    if (others_us + back_us > writer->longest_us)
        writer->longest_us = others_us + back_us;
    if (weight > writer->most)
        writer->most = weight;
}

static void
of_a_busy_writer_those_that_step_back_get_a_quarter(void **state)
{
    static const int64_t costs_us[] = { 20, 200, 2500, 9000 };

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct writer writer = { 0 };
        for (int n = 0; n < 10000; n++)
            group(&writer, 6000, costs_us[i]);
        int64_t all_us = writer.others_us + writer.back_us;
        assert_in_range(writer.back_us * 100 / all_us, 23, 26);
    }
}

static void
a_captured_lead_waits_for_few_of_them(void **state)
{
    struct writer writer = { 0 };

    (void)state;
    for (int n = 0; n < 1000; n++)
        group(&writer, 6000, 2500);
    assert_true(writer.longest_us <= 6000 + 2 * 2500);
}

static void
what_costs_more_than_the_account_holds_has_its_turn_all_the_same(void **state)
{
    struct writer writer = { 0 };
    int turns = 0;

    (void)state;
    for (int n = 0; n < 2000; n++) {
        int weight = share_beside(&writer.share, ROOM) > 0 ? 250 : 0;
        share_group(&writer.share, 6000, weight * 1000);
        share_measured(&writer.share, weight * 1000, weight);
        turns += weight > 0;
    }
    assert_in_range(turns, 20, 80); /* 250 ms each, of 12 s */
}

static void
an_idle_writer_is_theirs(void **state)
{
    struct share share = { .account_us = -SHARE_ACCOUNT_US, .cost_us = 2000 };

    (void)state;
    assert_int_equal(share_beside(&share, ROOM), 0);
    assert_int_equal(share_turn_us(&share), SHARE_ACCOUNT_US + 2000);
    share_idle(&share, SHARE_ACCOUNT_US + 2000);
    assert_int_equal(share_turn_us(&share), 0);
    assert_int_equal(share_beside(&share, ROOM), 1);
    assert_int_equal(share_alone(&share, ROOM), SHARE_ALONE_US / 2000);
    share.cost_us = 1;
    assert_int_equal(share_alone(&share, ROOM), ROOM);
}

static void
what_nobody_has_measured_goes_one_at_a_time(void **state)
{
    struct share share = { 0 };

    (void)state;
    assert_int_equal(share_beside(&share, ROOM), 1);
    assert_int_equal(share_alone(&share, ROOM), 1);
    share_measured(&share, 0, 1); /* quicker than a clock can see */
    assert_int_equal(share.cost_us, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_busy_writer_those_that_step_back_get_a_quarter),
        cmocka_unit_test(a_captured_lead_waits_for_few_of_them),
        cmocka_unit_test(
            what_costs_more_than_the_account_holds_has_its_turn_all_the_same),
        cmocka_unit_test(an_idle_writer_is_theirs),
        cmocka_unit_test(what_nobody_has_measured_goes_one_at_a_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
