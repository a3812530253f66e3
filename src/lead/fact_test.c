/* Facts of a lead in memory: what was learned, tags of two as one. */
#include <setjmp.h>
#include <stdarg.h>

#include "src/lead/lead.h"

#include <cmocka.h> /* last: it has a macro named fail */

static struct arena arena;

static const struct json *
tree(const char *text)
{
    struct json_error error;

    return json_parse(&arena, str_of(text), &error);
}

static void
what_was_not_known_before_was_learned(void **state)
{
    struct lead before = { 0 };
    struct lead now = { 0 };

    (void)state;
    arena_init(&arena);
    before.custom = tree("{\"rooms\":3}");
    lead_set_text(&before, &arena, LEAD_CITY, STR("Seoul"));
    now = before;
    assert_null(lead_learned_json(&arena, &before, &now).data);
    lead_set_text(&now, &arena, LEAD_CITY, STR("Busan"));
    lead_set_text(&now, &arena, LEAD_PHONE, STR("+821012345678"));
    now.consent = tree("true");
    now.custom = tree("{\"rooms\":4,\"floor\":2}");
    assert_true(str_is(lead_learned_json(&arena, &before, &now),
                       "[\"phone\",\"consent\",\"custom.floor\"]"));
    arena_free(&arena);
}

static void
tags_of_two_are_one_list_without_doubles(void **state)
{
    static const struct str first[] = { STR_INIT("VIP"), STR_INIT("fair") };
    static const struct str second[] = { STR_INIT("vip"), STR_INIT("new") };
    struct fact none = { 0 };
    struct fact a;
    struct fact b;

    (void)state;
    arena_init(&arena);
    a = lead_tags_fact(&arena, first, 2);
    b = lead_tags_fact(&arena, second, 2);
    assert_true(str_is(lead_tags_joined(&arena, &a, &b).text,
                       "[\"VIP\",\"fair\",\"new\"]"));
    assert_true(
        str_is(lead_tags_joined(&arena, &none, &b).text, "[\"vip\",\"new\"]"));
    assert_true(
        str_is(lead_tags_joined(&arena, &a, &none).text, "[\"VIP\",\"fair\"]"));
    arena_free(&arena);
}

static void
a_tag_goes_however_it_is_written(void **state)
{
    static const struct str tags[] = { STR_INIT("VIP"), STR_INIT("fair"),
                                       STR_INIT("vips") };
    static const struct str gone[] = { STR_INIT("vip"), STR_INIT("fair") };
    struct fact fact;

    (void)state;
    arena_init(&arena);
    fact = lead_tags_fact(&arena, tags, 3);
    assert_true(
        str_is(lead_tags_without(&arena, &fact, gone, 2).text, "[\"vips\"]"));
    assert_false(lead_tags_without(&arena, &fact, gone, 0).tag_count != 3);
    fact = lead_tags_fact(&arena, tags, 2);
    assert_false(lead_tags_without(&arena, &fact, gone, 2).known);
    arena_free(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_known_before_was_learned),
        cmocka_unit_test(tags_of_two_are_one_list_without_doubles),
        cmocka_unit_test(a_tag_goes_however_it_is_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
