/* When a receiver that fails counts as lost, and what is shown of its
 * address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "src/notify/webhook.h"

#include <cmocka.h> /* last: it has a macro named fail */

#define HOUR_MS INT64_C(3600000)

static bool
is_lost(int64_t since_ms, int64_t failures, int64_t now_ms)
{
    const struct webhook webhook = { .pause_after_hours = 72 };
    const struct webhook_health health = { .failing_since_ms = since_ms,
                                           .failures = failures };

    return webhook_is_lost(&webhook, &health, now_ms);
}

static void
it_is_lost_when_all_has_failed_for_so_long(void **state)
{
    int64_t begin_ms = 1000 * HOUR_MS;

    (void)state;
    assert_false(is_lost(begin_ms, 50, begin_ms + 72 * HOUR_MS - 1));
    assert_true(is_lost(begin_ms, 50, begin_ms + 72 * HOUR_MS));
}

static void
one_that_answers_well_is_not_lost(void **state)
{
    (void)state;
    assert_false(is_lost(0, 0, 5000 * HOUR_MS));
}

static void
a_few_failures_far_apart_are_not_everything(void **state)
{
    (void)state;
    assert_false(
        is_lost(HOUR_MS, WEBHOOK_PAUSE_FAILURES_MIN - 1, 900 * HOUR_MS));
    assert_true(is_lost(HOUR_MS, WEBHOOK_PAUSE_FAILURES_MIN, 900 * HOUR_MS));
}

static void
the_path_of_an_address_is_not_told(void **state)
{
    static const char *const cases[][2] = {
        { "https://acme.test/in/t0ken", "https://acme.test" },
        { "https://acme.test", "https://acme.test" },
        { "http://acme.test:8080?key=x", "http://acme.test:8080" },
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct webhook webhook = { .url = str_of(cases[i][0]) };
        struct str host = webhook_host(&arena, &webhook);
        assert_int_equal(host.bytes, strlen(cases[i][1]));
        assert_memory_equal(host.data, cases[i][1], host.bytes);
    }
    arena_free(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_lost_when_all_has_failed_for_so_long),
        cmocka_unit_test(one_that_answers_well_is_not_lost),
        cmocka_unit_test(a_few_failures_far_apart_are_not_everything),
        cmocka_unit_test(the_path_of_an_address_is_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
