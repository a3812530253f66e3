/* Stages of a workspace: what they mean, and their document. */
#include <setjmp.h>
#include <stdarg.h>

#include "src/lead/stage.h"

#include <cmocka.h> /* last: it has a macro named fail */

static struct arena arena;

static const struct lead_stage *
stages_of(const char *document)
{
    struct json_error error;

    return lead_stages_read(&arena,
                            json_parse(&arena, str_of(document), &error));
}

static const char document[] =
    "{\"items\":[{\"name\":\"fresh\",\"meaning\":\"open\","
    "\"moves\":[\"won\"]},{\"name\":\"won\",\"meaning\":\"won\","
    "\"label\":{\"en\":\"Sold\",\"ko\":\"판매\"}},"
    "{\"name\":\"old\",\"meaning\":\"open\",\"moved_to\":\"fresh\"},"
    "{\"name\":\"away\",\"meaning\":\"inactive\"}]}";

static void
what_is_written_is_read_back_the_same(void **state)
{
    struct text first;
    struct text second;

    (void)state;
    arena_init(&arena);
    first = text_new(&arena);
    second = text_new(&arena);
    struct json_out out = json_out_new(&first);
    json_open_object(&out);
    lead_stages_write(&out, stages_of(document), true);
    json_close_object(&out);
    out = json_out_new(&second);
    json_open_object(&out);
    lead_stages_write(&out, stages_of(arena_cstr(&arena, text_str(&first))),
                      true);
    json_close_object(&out);
    assert_true(str_equal(text_str(&first), text_str(&second)));
    assert_true(str_find(text_str(&first), STR("\"Sold\"")) >= 0);
    assert_true(str_find(text_str(&first), STR("\"moved_to\"")) >= 0);
    arena_free(&arena);
}

static void
a_meaning_is_found_among_stages_in_use(void **state)
{
    const struct lead_stage *stages;

    (void)state;
    arena_init(&arena);
    stages = stages_of(document);
    assert_string_equal(lead_stage_meaning(stages, LEAD_OPEN)->name, "fresh");
    assert_string_equal(lead_stage_meaning(stages, LEAD_INACTIVE)->name,
                        "away");
    assert_true(str_is(lead_stage_names(&arena, stages), "fresh, won, away"));
    assert_int_equal(lead_stage_find(stages, STR("won"))->meaning, LEAD_WON);
    assert_null(lead_stage_find(stages, STR("open")));
    arena_free(&arena);
}

static void
a_lead_goes_where_its_stage_lets_it(void **state)
{
    const struct lead_stage *stages;

    (void)state;
    arena_init(&arena);
    stages = stages_of(document);
    assert_true(lead_stage_leads_to(&stages[0], STR("won")));
    assert_false(lead_stage_leads_to(&stages[0], STR("away")));
    assert_true(lead_stage_leads_to(&stages[1], STR("away")));
    arena_free(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back_the_same),
        cmocka_unit_test(a_meaning_is_found_among_stages_in_use),
        cmocka_unit_test(a_lead_goes_where_its_stage_lets_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
