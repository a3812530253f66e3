/* Values that a workspace knows for a built-in field. */
#include <setjmp.h>
#include <stdarg.h>

#include "src/lead/choice.h"

#include <cmocka.h> /* last: it has a macro named fail */

static const struct custom_option options[] = {
    { STR_INIT("Solar roof"), STR_INIT("Solar"), STR_INIT("태양광") },
    { STR_INIT("Heat pump"), { 0 }, { 0 } },
};

static struct arena arena;

/* What came of a product that was said; STR_NONE: it was refused. */
static struct str
read_product(const char *said, bool only, bool strict, struct str *notes)
{
    const struct custom_field product = {
        .name = STR("product"),
        .type = custom_type_find(STR("option")),
        .options = options,
        .option_count = 2,
        .built_in = LEAD_PRODUCT,
        .only = only,
    };
    const struct lead_schema schema = { .choices = &product,
                                        .choice_count = 1 };
    struct work w = { .arena = &arena };
    struct lead_facts facts = {
        .facts[LEAD_PRODUCT] = { .known = true, .text = str_of(said) },
    };

    bool ok = choices_read(&w, &schema, &facts, strict, STR(""));
    *notes = facts.notes;
    assert_int_equal(ok, w.error.detail_count == 0);
    return ok ? facts.facts[LEAD_PRODUCT].text : STR_NONE;
}

static void
a_choice_is_meant_however_it_is_said(void **state)
{
    static const char *const said[] = { "SOLAR ROOF", "solar", "태양광" };
    struct str notes;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        assert_true(
            str_is(read_product(said[i], true, true, &notes), "Solar roof"));
    assert_null(notes.data);
    arena_free(&arena);
}

static void
what_is_none_of_them_is_kept_noted_or_refused(void **state)
{
    struct str notes;

    (void)state;
    arena_init(&arena);
    assert_true(str_is(read_product("mill", false, true, &notes), "mill"));
    assert_null(notes.data);
    assert_true(str_is(read_product("mill", true, false, &notes), "mill"));
    assert_true(
        str_is(notes, "[{\"field\":\"product\",\"code\":\"unknown_option\"}]"));
    assert_null(read_product("mill", true, true, &notes).data);
    arena_free(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_choice_is_meant_however_it_is_said),
        cmocka_unit_test(what_is_none_of_them_is_kept_noted_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
