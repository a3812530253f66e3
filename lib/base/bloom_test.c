/*
 * Bloom filters: what was added is never denied, whatever the number of keys;
 * what was not is denied nearly always; memory stays in proportion.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/bloom.h"
#include "lib/base/hash.h"

/* A digest, as keys are: of a number. */
static int64_t
key_of(int64_t kind, int number)
{
    const struct str text = { (const char *)&number, sizeof number };

    return hash_key(kind, text);
}

enum { ADDED = 1, OTHER = 2 };

static void
an_empty_one_has_nothing(void **state)
{
    struct bloom bloom;

    (void)state;
    bloom_init(&bloom);
    for (int i = 0; i < 1000; i++)
        assert_false(bloom_may_have(&bloom, key_of(ADDED, i)));
    assert_int_equal(bloom_bytes(&bloom), 0);
}

/* Counts around the room of each part: 3,200 at first. */
static void
what_was_added_is_never_denied(void **state)
{
    static const int counts[] = { 1,     100,   3199,  3200,   3201,
                                  12800, 12801, 41600, 128001, 500000 };

    (void)state;
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        struct bloom bloom;
        bloom_init(&bloom);
        for (int i = 0; i < counts[c]; i++)
            bloom_add(&bloom, key_of(ADDED, i));
        for (int i = 0; i < counts[c]; i++)
            assert_true(bloom_may_have(&bloom, key_of(ADDED, i)));
        bloom_free(&bloom);
    }
}

static void
what_was_not_added_is_nearly_always_denied(void **state)
{
    enum { COUNT = 100000 };
    struct bloom bloom;
    int perhaps = 0;

    (void)state;
    bloom_init(&bloom);
    for (int i = 0; i < COUNT; i++)
        bloom_add(&bloom, key_of(ADDED, i));
    for (int i = 0; i < COUNT; i++)
        perhaps += bloom_may_have(&bloom, key_of(OTHER, i));
    assert_in_range(perhaps, 1, COUNT / 200);
    assert_in_range(bloom_bytes(&bloom), COUNT, COUNT * 8);
    bloom_free(&bloom);
}

static int
by_value(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

/* As they come from a table: each part gets those of a narrow range. */
static void
keys_in_order_are_spread_all_the_same(void **state)
{
    enum { COUNT = 100000 };
    static int64_t keys[COUNT];
    struct bloom bloom;
    int perhaps = 0;

    (void)state;
    bloom_init(&bloom);
    for (int i = 0; i < COUNT; i++)
        keys[i] = key_of(ADDED, i);
    qsort(keys, COUNT, sizeof *keys, by_value);
    for (int i = 0; i < COUNT; i++)
        bloom_add(&bloom, keys[i]);
    for (int i = 0; i < COUNT; i++)
        perhaps += bloom_may_have(&bloom, key_of(OTHER, i));
    assert_in_range(perhaps, 1, COUNT / 200);
    bloom_free(&bloom);
}

static void
a_cleared_one_is_a_new_one(void **state)
{
    struct bloom bloom;

    (void)state;
    bloom_init(&bloom);
    for (int i = 0; i < 10000; i++)
        bloom_add(&bloom, key_of(ADDED, i));
    bloom_clear(&bloom);
    for (int i = 0; i < 10000; i++)
        assert_false(bloom_may_have(&bloom, key_of(ADDED, i)));
    bloom_add(&bloom, key_of(ADDED, 3));
    assert_true(bloom_may_have(&bloom, key_of(ADDED, 3)));
    bloom_free(&bloom);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_one_has_nothing),
        cmocka_unit_test(what_was_added_is_never_denied),
        cmocka_unit_test(what_was_not_added_is_nearly_always_denied),
        cmocka_unit_test(keys_in_order_are_spread_all_the_same),
        cmocka_unit_test(a_cleared_one_is_a_new_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
