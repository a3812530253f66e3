/* capture_held_test: how a batch is kept in which some leads cannot be taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Before cmocka.h, which has a macro fail(). */
#include "lib/http/endpoint.h"
#include "src/api/capture_held.h"

#include <cmocka.h>

enum { LEADS_MAX = 1000 };

/* What becomes of each lead of a batch: 't' taken, 'q' in the queue, 'b' its
 * bytes are kept. How many units that took. */
struct batch {
    const char *leads; /* 'q': it is taken with care for the queue only, ... */
    char kept[LEADS_MAX + 1];
    int units;
    int failures_most; /* in a row, of units after the first */
};

static bool
can_be_stored(const struct batch *batch, struct capture_part part)
{
    static const char needs[] = "tqb"; /* in the order of held_care */

    for (int i = part.from; i < part.to; i++)
        if (strchr(needs, batch->leads[i]) > &needs[part.care])
            return false;
    return true;
}

static void
keep(struct batch *batch, struct capture_part part)
{
    for (int i = part.from; i < part.to; i++) {
        assert_int_equal(batch->kept[i], '-'); /* once */
        batch->kept[i] = "tqb"[part.care];
    }
}

static void
run(struct batch *batch)
{
    int count = (int)strlen(batch->leads);
    struct capture_part part = { 0, count, HELD_CARE_NONE };
    bool stored = can_be_stored(batch, part);
    int failures = 0;

    memset(batch->kept, '-', LEADS_MAX);
    batch->kept[count] = '\0';
    while (!stored || part.to < count) {
        part = capture_part_next(part, stored, count);
        assert_true(part.from < part.to && part.to <= count);
        stored = can_be_stored(batch, part);
        batch->units++;
        failures = stored ? 0 : failures + 1;
        if (failures > batch->failures_most)
            batch->failures_most = failures;
        if (stored)
            keep(batch, part);
    }
}

static void
each_lead_is_kept_once_and_with_no_more_care_than_it_needs(void **state)
{
    static const char *const examples[] = {
        "q", "b", "tq", "qt", "ttttttqttttttt", "qqqqq", "bbb", "tbqtttttttbq",
    };

    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        struct batch batch = { .leads = examples[i] };
        run(&batch);
        assert_string_equal(batch.kept, examples[i]);
        /* One more in a row would end the rescue. */
        assert_true(batch.failures_most <= RESCUES_MAX);
    }
}

static void
one_lead_at_fault_among_a_thousand_costs_few_units(void **state)
{
    char leads[LEADS_MAX + 1];

    (void)state;
    memset(leads, 't', LEADS_MAX);
    leads[LEADS_MAX] = '\0';
    for (int at = 0; at < LEADS_MAX; at += 37) {
        struct batch batch = { .leads = leads };
        leads[at] = 'q';
        run(&batch);
        assert_string_equal(batch.kept, leads);
        assert_true(batch.units <= 70);
        leads[at] = 't';
    }
}

static void
a_held_name_tells_bodies_of_one_delivery_apart(void **state)
{
    struct arena arena;
    struct str name, other;

    (void)state;
    arena_init(&arena);
    name = held_name(&arena, STR("order 7"), STR("{}"));
    other = held_name(&arena, STR("order 7"), STR("{ }"));
    assert_false(str_equal(name, other));
    assert_true(str_is(held_name_delivery(name), "order 7"));
    assert_true(str_is_empty(held_name(&arena, STR_NONE, STR("{}"))));
    assert_true(str_is_empty(held_name_delivery(STR_NONE)));
    arena_free(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            each_lead_is_kept_once_and_with_no_more_care_than_it_needs),
        cmocka_unit_test(one_lead_at_fault_among_a_thousand_costs_few_units),
        cmocka_unit_test(a_held_name_tells_bodies_of_one_delivery_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
