/* Where a document asks for a field, sets it, or compares it with a value. */
#include <setjmp.h>
#include <stdarg.h>

#include "src/api/field_use.h"

#include "lib/base/json.h"

#include <cmocka.h> /* last: it has a macro named fail */

static bool
uses(const char *document, const char *field, const char *value)
{
    struct arena arena;
    struct json_error error;
    bool used;

    arena_init(&arena);
    used = field_use_in(json_parse(&arena, str_of(document), &error),
                        str_of(field), str_of(value));
    arena_free(&arena);
    return used;
}

static void
a_condition_is_found_however_deep_it_stands(void **state)
{
    static const char rules[] =
        "{\"rules\":[{\"when\":{\"all\":[{\"not\":{\"field\":\"custom.kind\","
        "\"op\":\"is_any_of\",\"value\":[\"Kitchen\",\"bath\"]}}]}}]}";

    (void)state;
    assert_true(uses(rules, "custom.kind", NULL));
    assert_true(uses(rules, "custom.kind", "kitchen"));
    assert_false(uses(rules, "custom.kind", "garage"));
    assert_false(uses(rules, "custom.kin", NULL));
    assert_false(uses(rules, "kind", NULL));
    assert_false(uses("[]", "custom.kind", NULL));
}

static void
what_a_convention_sets_is_a_use(void **state)
{
    static const char rules[] =
        "{\"rules\":[{\"when\":{},\"set\":{\"tags\":[\"VIP\"],\"custom\":"
        "{\"rooms\":3}}}]}";

    (void)state;
    assert_true(uses(rules, "custom.rooms", NULL));
    assert_true(uses(rules, "tags", "vip"));
    assert_false(uses(rules, "tags", "new"));
    assert_false(uses(rules, "rooms", NULL));
}

static void
what_a_step_of_a_sequence_changes_is_a_use(void **state)
{
    static const char steps[] =
        "[[{\"change\":{\"stage\":\"nurturing\",\"add_tags\":[\"a\"],"
        "\"remove_tags\":[\"b\"]}}]]";

    (void)state;
    assert_true(uses(steps, "stage", "nurturing"));
    assert_false(uses(steps, "stage", "open"));
    assert_true(uses(steps, "tags", "a"));
    assert_true(uses(steps, "tags", "B"));
    assert_false(uses(steps, "tags", "c"));
    assert_false(uses("[[{\"task\":{}}]]", "tags", "a"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_condition_is_found_however_deep_it_stands),
        cmocka_unit_test(what_a_convention_sets_is_a_use),
        cmocka_unit_test(what_a_step_of_a_sequence_changes_is_a_use),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
