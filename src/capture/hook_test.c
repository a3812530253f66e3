/* hook: paths into bodies of other programs, and what is read by them. */
#include "src/capture/hook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;

static int
set_up(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static const struct json *
tree(const char *text)
{
    struct json_error error;
    const struct json *json = json_parse(&arena, str_of(text), &error);

    assert_non_null(json);
    return json;
}

static void
assert_says(struct str text, const char *expected)
{
    assert_string_equal(arena_cstr(&arena, text), expected);
}

static void
assert_finds(const struct json *body, const char *path, const char *expected)
{
    const struct json *found = hook_find(body, body, str_of(path));

    if (expected == NULL) {
        assert_null(found);
        return;
    }
    assert_non_null(found);
    assert_says(hook_text(&arena, found), expected);
}

/* ----------------------------------------------------------------- paths */

static void
a_path_finds_what_a_json_pointer_finds(void **state)
{
    const struct json *body =
        tree("{\"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2,"
             " \"e^f\": 3, \"i\\\\j\": 5, \" \": 7, \"m~n\": 8,"
             " \"o\": {\"p\": {\"q\": \"deep\"}}}");

    (void)state;
    assert_finds(body, "/foo/0", "bar");
    assert_finds(body, "/", "0");
    assert_finds(body, "/a~1b", "1");
    assert_finds(body, "/c%d", "2");
    assert_finds(body, "/e^f", "3");
    assert_finds(body, "/i\\j", "5");
    assert_finds(body, "/ ", "7");
    assert_finds(body, "/m~0n", "8");
    assert_finds(body, "/o/p/q", "deep");
    assert_finds(body, "/foo/2", NULL);
    assert_finds(body, "/foo/-1", NULL);
    assert_finds(body, "/foo/x", NULL);
    assert_finds(body, "/o/p/q/r", NULL);
    assert_finds(body, "/nothing", NULL);
}

static void
a_path_may_choose_from_a_list(void **state)
{
    const struct json *body = tree(
        "{\"answers\": [{\"field\": {\"ref\": \"x/y\"}, \"text\": \"one\"},"
        " {\"field\": {\"ref\": \"mail\"}, \"text\": \"two\"}, 7,"
        " {\"id\": 12, \"text\": \"three\"}, {\"main\": true, \"text\": "
        "\"4\"}],"
        " \"[a=b]\": \"odd\"}");

    (void)state;
    assert_finds(body, "/answers/[field/ref=mail]/text", "two");
    assert_finds(body, "/answers/[field/ref=x/y]/text", "one");
    assert_finds(body, "/answers/[id=12]/text", "three");
    assert_finds(body, "/answers/[main=yes]/text", "4");
    assert_finds(body, "/answers/[field/ref=none]/text", NULL);
    assert_finds(body, "/answers/[field=mail]/text", NULL);
    assert_finds(body, "/~2a=b]", "odd");
}

static void
a_path_may_choose_among_pairs(void **state)
{
    const struct json *body =
        tree("{\"headers\": [[], [\"From\", \"Kim <kim@x.test>\"],"
             " [\"To\", \"us\"], [1, 2]]}");

    (void)state;
    assert_finds(body, "/headers/[0=From]/1", "Kim <kim@x.test>");
    assert_finds(body, "/headers/[0=1]/1", "2");
    assert_finds(body, "/headers/[0=Cc]/1", NULL);
    assert_finds(body, "/headers/[2=us]/1", NULL);
}

static void
a_name_without_a_slash_is_a_member(void **state)
{
    const struct json *body = tree("{\"your-email\": \"a@x.test\"}");

    (void)state;
    assert_finds(body, "your-email", "a@x.test");
    assert_finds(body, "email", NULL);
}

static void
what_begins_with_a_caret_is_of_the_whole_body(void **state)
{
    const struct json *whole = tree("{\"page\": \"p\", \"leads\": [{}]}");
    const struct json *lead = hook_find(whole, whole, STR("/leads/0"));

    (void)state;
    assert_null(hook_find(lead, whole, STR("/page")));
    assert_says(hook_text(&arena, hook_find(lead, whole, STR("^/page"))), "p");
}

static void
a_value_is_one_line_of_text(void **state)
{
    static const struct {
        const char *json;
        const char *text;
    } values[] = {
        { "\" a \"", "a" },
        { "9007199254740993", "9007199254740993" },
        { "true", "yes" },
        { "false", "no" },
        { "null", NULL },
        { "[]", NULL },
        { "[\"a\", null, [\"b\", \"\"], 3]", "a, b, 3" },
        { "{\"first\": \"Ada\", \"middle\": \"\", \"last\": \"Lovelace\"}",
          "Ada Lovelace" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct str text = hook_text(&arena, tree(values[i].json));
        if (values[i].text == NULL)
            assert_null(text.data);
        else
            assert_says(text, values[i].text);
    }
}

static void
what_there_is_is_listed_by_paths_that_find_it(void **state)
{
    const struct json *body = tree(
        "{\"a\": {\"b~/\": 1}, \"[x\": {\"y]\": 2}, \"n\": null, \"e\": \"\","
        " \"who\": {\"first\": \"Ada\", \"last\": \"L\"},"
        " \"tags\": [\"p\", \"q\"],"
        " \"qa\": [{\"question\": \"Colour\", \"answer\": \"red\"},"
        "          {\"question\": \"Odd ]\", \"answer\": \"x\"}]}");
    static const char *const expected[] = {
        "/a/b~0~1",
        "/~2x/y]",
        "/who",
        "/tags",
        "/qa/[question=Colour]/answer",
        "/qa/1/question",
        "/qa/1/answer",
    };
    struct hook_leaf *leaves;
    int count = hook_leaves(&arena, body, NULL, &leaves);

    (void)state;
    assert_int_equal(count, sizeof expected / sizeof *expected);
    for (int i = 0; i < count; i++) {
        assert_says(leaves[i].path, expected[i]);
        assert_ptr_equal(hook_find(body, body, leaves[i].path),
                         leaves[i].value);
    }
    assert_says(leaves[4].name, "Colour");
}

/* ------------------------------------------------------------- documents */

static void
every_preset_can_be_read(void **state)
{
    (void)state;
    for (const struct hook_preset *p = hook_presets; p->name != NULL; p++) {
        struct work w = { .arena = &arena };
        struct hook hook = {
            .document = tree(p->document),
            .secrets = tree("{\"signature\": \"s\", \"key\": \"s\","
                            " \"challenge\": \"s\"}"),
        };
        if (!hook_read(&w, STR(""), &hook))
            fail_msg("%s: %.*s", p->name, STR_ARG(w.error.details[0].message));
        assert_ptr_equal(hook_preset_find(str_of(p->name)), p);
    }
}

static struct hook
hook_of(const char *document)
{
    struct work w = { .arena = &arena };
    struct hook hook = { .secrets = tree("{}") };

    if (!hook_take(&w, STR(""), tree(document), &hook))
        fail_msg("%.*s", STR_ARG(w.error.details[0].message));
    return hook;
}

static struct hook_reading
reading_of(const struct hook *hook, const char *body)
{
    const struct json *json = tree(body);
    struct hook_reading reading;

    hook_map(&arena, hook, json, json, &reading);
    return reading;
}

static void
what_a_source_says_goes_before_its_preset(void **state)
{
    struct hook hook = hook_of("{\"preset\": \"calendly\", \"signature\": null,"
                               " \"fields\": {\"company\": null,"
                               "              \"name\": \"/nick\"}}");
    struct hook_reading reading =
        reading_of(&hook, "{\"event\": \"invitee.created\", \"nick\": \"Ann\","
                          " \"payload\": {\"name\": \"Anna\","
                          " \"email\": \"a@x.test\", \"uri\": \"u1\"}}");

    (void)state;
    assert_null(hook.check.algorithm);
    assert_int_equal(reading.verdict, HOOK_LEAD);
    assert_says(json_get_text(reading.mapped.given, "name"), "Ann");
    assert_says(json_get_text(reading.mapped.given, "email"), "a@x.test");
    assert_says(reading.delivery_key, "u1");
}

static void
what_nobody_could_be_told_by_is_nothing(void **state)
{
    struct hook hook = hook_of("{\"fields\": {\"email\": \"/e\","
                               " \"city\": \"/c\"}, \"empty\": [\"n/a\"]}");

    (void)state;
    assert_int_equal(reading_of(&hook, "{\"c\": \"Seoul\"}").verdict,
                     HOOK_NOTHING);
    assert_int_equal(reading_of(&hook, "{\"e\": \"n/a\"}").verdict,
                     HOOK_NOTHING);
    assert_int_equal(reading_of(&hook, "{\"e\": \"a@x.test\"}").verdict,
                     HOOK_LEAD);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_finds_what_a_json_pointer_finds),
        cmocka_unit_test(a_path_may_choose_from_a_list),
        cmocka_unit_test(a_path_may_choose_among_pairs),
        cmocka_unit_test(a_name_without_a_slash_is_a_member),
        cmocka_unit_test(what_begins_with_a_caret_is_of_the_whole_body),
        cmocka_unit_test(a_value_is_one_line_of_text),
        cmocka_unit_test(what_there_is_is_listed_by_paths_that_find_it),
        cmocka_unit_test(every_preset_can_be_read),
        cmocka_unit_test(what_a_source_says_goes_before_its_preset),
        cmocka_unit_test(what_nobody_could_be_told_by_is_nothing),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
