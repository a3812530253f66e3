/*
 * Templates: what can be written in one, what is refused and with which
 * words, and that nothing a value holds becomes mark-up or another header.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/template.h"

static const struct template_field fields[] = {
    { "lead.name", TEMPLATE_TEXT, "" },
    { "lead.created_at", TEMPLATE_TIME, "" },
    { "lead.message", TEMPLATE_TEXT, "" },
    { 0 },
};

static struct arena arena;

static struct template_value values[3];

static int
setup(void **state)
{
    (void)state;
    arena_init(&arena);
    values[0] = (struct template_value){ .text = STR("kim min-ji") };
    values[1] = (struct template_value){ .local_ms = 1795168800000 };
    values[2] = (struct template_value){ .text = STR_NONE };
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct str
written(const char *text, enum template_target target, const char *language)
{
    struct text out = text_new(&arena);
    struct template_fault fault;
    const struct template *template =
        template_read(&arena, str_of(text), fields, &fault);

    if (template == NULL)
        fail_msg("%.*s", STR_ARG(fault.message));
    assert_true(
        template_write(&out, template, values, target, str_of(language)));
    return text_str(&out);
}

static void
comes_to(const char *text, const char *expected)
{
    struct str found = written(text, TEMPLATE_FOR_TEXT, "en");

    if (!str_is(found, expected))
        fail_msg("\"%s\" came to \"%.*s\"", text, STR_ARG(found));
}

static void
is_refused(const char *text, const char *code, const char *says)
{
    struct template_fault fault = { 0 };

    assert_null(template_read(&arena, str_of(text), fields, &fault));
    assert_string_equal(fault.code, code);
    if (str_find(fault.message, str_of(says)) < 0)
        fail_msg("it says \"%.*s\"", STR_ARG(fault.message));
}

static void
a_field_is_put_where_it_is_named(void **state)
{
    (void)state;
    comes_to("Dear {{lead.name}}!", "Dear kim min-ji!");
    comes_to("{{ lead.name }}{{lead.name}}", "kim min-jikim min-ji");
    comes_to("no field at all, { or }} alone",
             "no field at all, { or }} alone");
    comes_to("", "");
}

static void
filters_work_from_left_to_right(void **state)
{
    (void)state;
    comes_to("{{lead.name|upper}}", "KIM MIN-JI");
    comes_to("{{lead.name|title}}", "Kim Min-Ji");
    comes_to("{{lead.name|upper|lower|first}}", "kim");
    comes_to("{{ lead.name | first | upper }}", "KIM");
}

static void
a_default_stands_in_for_what_is_not_known(void **state)
{
    (void)state;
    comes_to("{{lead.message|default:\"none | }} said\"}}", "none | }} said");
    comes_to("{{lead.name|default:\"you\"}}", "kim min-ji");
    comes_to("{{lead.message}}", "");
    comes_to("{{lead.message|default:\"you\"|upper}}", "YOU");
}

static void
letters_of_other_scripts_have_their_capitals(void **state)
{
    (void)state;
    values[0].text = STR("élodie straße 김민지");
    comes_to("{{lead.name|title}}", "Élodie Straße 김민지");
}

static void
a_time_is_written_as_its_language_writes_it(void **state)
{
    (void)state;
    comes_to("{{lead.created_at}}", "20 November 2026 10:00");
    comes_to("{{lead.created_at|date}}", "20 November 2026");
    comes_to("{{lead.created_at|time}}", "10:00");
    assert_true(
        str_is(written("{{lead.created_at|date}}", TEMPLATE_FOR_TEXT, "ko"),
               "2026년 11월 20일"));
    values[1].local_ms = 0;
    comes_to("{{lead.created_at|date|default:\"soon\"}}", "soon");
}

static void
what_is_not_known_is_refused_with_what_was_meant(void **state)
{
    (void)state;
    is_refused("{{lead.nmae}}", "unknown_field", "Did you mean \"lead.name\"?");
    is_refused("{{}}", "unknown_field", "There is no field");
    is_refused("{{lead.name|uper}}", "unknown_filter", "\"upper\"");
    is_refused("{{lead.name", "not_closed", "}}");
    is_refused("{{lead.name|default}}", "bad_argument", "default:\"...\"");
    is_refused("{{lead.name|default:you}}", "bad_argument", "in quotes");
    is_refused("{{lead.name|upper:\"x\"}}", "bad_argument", "Only default");
    is_refused("{{lead.name|date}}", "not_a_time", "times");
}

static void
a_value_is_text_and_never_a_template(void **state)
{
    (void)state;
    values[0].text = STR("{{lead.message|default:\"x\"}}");
    comes_to("{{lead.name}}", "{{lead.message|default:\"x\"}}");
}

static void
for_html_all_is_escaped(void **state)
{
    (void)state;
    values[0].text = STR("<script>&\"'\nx");
    assert_true(str_is(written("<b>{{lead.name}}", TEMPLATE_FOR_HTML, "en"),
                       "&lt;b&gt;&lt;script&gt;&amp;&quot;&#39;<br>x"));
}

static void
for_a_header_it_is_one_line(void **state)
{
    (void)state;
    values[0].text = STR("Kim\r\nBcc: eve@x.test\x7f");
    assert_true(str_is(written("Re: {{lead.name}}", TEMPLATE_FOR_HEADER, "en"),
                       "Re: Kim  Bcc: eve@x.test "));
}

static void
neither_a_template_nor_what_it_comes_to_grows_without_end(void **state)
{
    struct text text = text_new(&arena);
    struct template_fault fault;

    (void)state;
    for (int i = 0; i < 1000; i++)
        text_add_cstr(&text, "{{lead.name}}");
    const struct template *many =
        template_read(&arena, text_str(&text), fields, &fault);
    assert_non_null(many);
    values[0].text = text_str(&text);

    struct text out = text_new(&arena);
    assert_false(
        template_write(&out, many, values, TEMPLATE_FOR_TEXT, STR("en")));
    assert_true(out.bytes <= TEMPLATE_RESULT_BYTES_MAX);
    for (int i = 0; i < 1000; i++)
        text_add_cstr(&text, "{{lead.name}}");
    is_refused(arena_cstr(&arena, text_str(&text)), "too_long", "20000");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_field_is_put_where_it_is_named),
        TEST(filters_work_from_left_to_right),
        TEST(a_default_stands_in_for_what_is_not_known),
        TEST(letters_of_other_scripts_have_their_capitals),
        TEST(a_time_is_written_as_its_language_writes_it),
        TEST(what_is_not_known_is_refused_with_what_was_meant),
        TEST(a_value_is_text_and_never_a_template),
        TEST(for_html_all_is_escaped),
        TEST(for_a_header_it_is_one_line),
        TEST(neither_a_template_nor_what_it_comes_to_grows_without_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
