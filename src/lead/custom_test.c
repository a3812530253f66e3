/* Values of declared fields: what fits, as kept and as compared. */
#include <setjmp.h>
#include <stdarg.h>

#include "src/lead/custom.h"

#include <cmocka.h> /* last: it has a macro named fail */

static struct arena arena;

static int
open_arena(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int
close_arena(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static const struct json *
tree(const char *text)
{
    struct json_error error;

    return json_parse(&arena, str_of(text), &error);
}

static const struct custom_option kinds[] = {
    { STR_INIT("kitchen"), STR_INIT("Kitchen work"), STR_INIT("주방") },
    { STR_INIT("bath"), { 0 }, { 0 } },
};

/* As kept, in JSON; "" when it does not fit. */
static const char *
kept(const char *type, const char *given, struct fact *fact)
{
    struct custom_field field = { .name = STR("own"),
                                  .type = custom_type_find(str_of(type)),
                                  .built_in = -1 };
    struct custom_value value;

    if (str_is(STR("option"), type)) {
        field.options = kinds;
        field.option_count = 2;
    }
    if (!field.type->read(&arena, &field, tree(given), &value))
        return "";
    *fact = value.fact;
    return arena_cstr(&arena, json_tree_text(&arena, &value.json));
}

static void
a_value_is_kept_in_the_shape_of_its_type(void **state)
{
    static const struct {
        const char *type, *given, *kept;
        int64_t number;
    } rows[] = {
        { "text", "\" Oak \"", "\"Oak\"", 0 },
        { "text", "5", "", 0 },
        { "text", "\" \"", "", 0 },
        { "number", "12.5", "12.5", 1250 },
        { "number", "\"-1,200.25\"", "-1200.25", -120025 },
        { "number", "1.005", "", 0 },
        { "number", "\"12.\"", "12", 1200 },
        { "number", "\"-\"", "", 0 },
        { "number", "\"1.2.3\"", "", 0 },
        { "number", "\"99999999999999999999\"", "", 0 },
        { "bool", "true", "true", 1 },
        { "bool", "\"네\"", "true", 1 },
        { "bool", "\"OFF\"", "false", 0 },
        { "bool", "\"maybe\"", "", 0 },
        { "date", "\"1970-01-02\"", "\"1970-01-02\"", 86400000 },
        { "date", "\"2026-02-30\"", "", 0 },
        { "time", "\"1970-01-01T09:00:00+09:00\"",
          "\"1970-01-01T09:00:00+09:00\"", 0 },
        { "time", "\"1970-01-01\"", "", 0 },
        { "option", "\"KITCHEN WORK\"", "\"kitchen\"", 0 },
        { "option", "\"주방\"", "\"kitchen\"", 0 },
        { "option", "\"garage\"", "", 0 },
        { "tags", "[\"a\",\"B\"]", "[\"a\",\"B\"]", 0 },
        { "tags", "\"a, b,,\"", "[\"a\",\"b\"]", 0 },
        { "tags", "[]", "", 0 },
        { "tags", "[1]", "", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fact fact = { 0 };
        assert_string_equal(kept(rows[i].type, rows[i].given, &fact),
                            rows[i].kept);
        assert_int_equal(fact.known, rows[i].kept[0] != '\0');
        assert_int_equal(fact.number, rows[i].number);
    }
}

static const struct custom_field rooms = { .name = STR_INIT("rooms"),
                                           .built_in = -1 };

/* A workspace with one number. */
static struct lead_schema
with_rooms(struct custom_field *field)
{
    *field = rooms;
    field->type = custom_type_find(STR("number"));
    return (struct lead_schema){ .customs = field,
                                 .custom_count = 1,
                                 .usable_count = 1 };
}

static void
what_does_not_fit_is_told_or_stays_as_it_was_given(void **state)
{
    struct custom_field field;
    const struct lead_schema schema = with_rooms(&field);
    const struct json *given = tree("{\"rooms\":\"many\",\"shoe\":1}");
    const struct json *read;
    struct str notes = STR("[{\"field\":\"x\"}]");
    struct work w = { .arena = &arena };

    (void)state;
    assert_true(
        custom_read(&w, &schema, given, false, STR_NONE, &read, &notes));
    assert_true(str_is(json_tree_text(&arena, read),
                       "{\"rooms\":\"many\",\"shoe\":1}"));
    assert_true(str_is(notes, "[{\"field\":\"x\"},{\"field\":\"custom.rooms\","
                              "\"code\":\"wrong_value\"}]"));
    assert_false(
        custom_read(&w, &schema, given, true, STR("/custom"), &read, NULL));
    assert_int_equal(w.error.detail_count, 2);
    assert_true(str_is(w.error.details[0].pointer, "/custom/rooms"));
    assert_true(str_is(w.error.details[1].pointer, "/custom/shoe"));
}

static void
what_fits_is_a_fact_and_compared_as_one(void **state)
{
    struct custom_field field;
    const struct lead_schema schema = with_rooms(&field);
    struct lead lead = { 0 };

    (void)state;
    custom_set(&arena, &schema, &lead, tree("{\"rooms\":3,\"shoe\":1}"));
    assert_int_equal(lead.facts[LEAD_FIELD_COUNT].number, 300);
    assert_true(str_is(lead.custom_folded, "{\"rooms\":300}"));
    custom_fill(&arena, &schema, &lead, tree("{\"rooms\":9,\"floor\":2}"));
    assert_true(str_is(json_tree_text(&arena, lead.custom),
                       "{\"floor\":2,\"rooms\":3,\"shoe\":1}"));
    field.removed_ms = 1;
    custom_set(&arena, &schema, &lead, lead.custom);
    assert_false(lead.facts[LEAD_FIELD_COUNT].known);
    assert_null(lead.custom_folded.data);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_kept_in_the_shape_of_its_type),
        cmocka_unit_test(what_does_not_fit_is_told_or_stays_as_it_was_given),
        cmocka_unit_test(what_fits_is_a_fact_and_compared_as_one),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
