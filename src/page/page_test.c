/* page_test: mark-up stays ours, and no text is missing in a language. */
#include "src/page/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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

static void
assert_text(const struct text *text, const char *expected)
{
    assert_string_equal(arena_cstr(&arena, text_str(text)), expected);
}

static void
what_others_write_cannot_become_mark_up(void **state)
{
    struct text text = text_new(&arena);

    (void)state;
    html_text(&text, STR("<a href=\"x\" id='y'>&amp;</a>"));
    assert_text(&text, "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;"
                       "&lt;/a&gt;");
}

static void
a_value_cannot_end_its_attribute(void **state)
{
    struct text text = text_new(&arena);

    (void)state;
    html_attribute(&text, "value", STR("\" onload='x"));
    html_attribute(&text, "absent", STR_NONE);
    assert_text(&text, " value=\"&quot; onload=&#39;x\"");
}

static void
control_characters_do_not_leave_but_line_breaks_do(void **state)
{
    struct text text = text_new(&arena);

    (void)state;
    html_text(&text, STR("a\x01\x00\x7f"
                         "b\n\tc"));
    assert_text(&text, "ab\n\tc");
}

static void
text_that_is_not_utf8_is_not_shown(void **state)
{
    struct text text = text_new(&arena);

    (void)state;
    html_text(&text, STR("\xff<"));
    assert_text(&text, "\xEF\xBF\xBD");
}

static void
korean_text_is_shown_as_it_is(void **state)
{
    struct text text = text_new(&arena);

    (void)state;
    html_lines(&text, STR("김민준\n<b>"));
    assert_text(&text, "김민준<br>&lt;b&gt;");
}

static void
an_address_holds_letters_digits_and_escapes_only(void **state)
{
    struct str shown = html_percent(&arena, STR("a-b_c.9 &=\"%한"));

    (void)state;
    assert_string_equal(arena_cstr(&arena, shown),
                        "a-b_c.9%20%26%3D%22%25%ED%95%9C");
}

static void
every_text_exists_in_both_languages(void **state)
{
    (void)state;
    for (int word = 0; word < WORD_COUNT; word++)
        for (int language = 0; language < PAGE_LANGUAGES; language++)
            assert_false(str_is_empty(
                page_word((enum page_language)language, (enum page_word)word)));
}

static void
a_time_is_shown_in_the_zone_and_language_of_the_reader(void **state)
{
    const struct zone *seoul = zone_find(STR("Asia/Seoul"));
    int64_t ms;

    (void)state;
    assert_true(time_parse(STR("2026-11-22T15:05:00Z"), &ms));
    assert_string_equal(
        arena_cstr(&arena, page_time(&arena, PAGE_ENGLISH, seoul, ms)),
        "23 Nov 00:05");
    assert_string_equal(
        arena_cstr(&arena, page_time(&arena, PAGE_KOREAN, seoul, ms)),
        "11월 23일 00:05");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_others_write_cannot_become_mark_up),
        cmocka_unit_test(a_value_cannot_end_its_attribute),
        cmocka_unit_test(control_characters_do_not_leave_but_line_breaks_do),
        cmocka_unit_test(text_that_is_not_utf8_is_not_shown),
        cmocka_unit_test(korean_text_is_shown_as_it_is),
        cmocka_unit_test(an_address_holds_letters_digits_and_escapes_only),
        cmocka_unit_test(every_text_exists_in_both_languages),
        cmocka_unit_test(
            a_time_is_shown_in_the_zone_and_language_of_the_reader),
    };

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
