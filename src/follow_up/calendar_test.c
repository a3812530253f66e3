/*
 * The bytes of a calendar: folded lines, escaped texts, and addresses that
 * are none. That other programs understand it is shown by
 * test/scenarios/test_calendar_feed.py.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "src/follow_up/calendar.h"

#include <cmocka.h> /* last: it has a macro named fail */

static struct str
calendar_of(struct arena *arena, const char *title)
{
    const struct task task = {
        .id = { 5 },
        .version = 3,
        .kind = task_kind_find(STR("call")),
        .title = str_of(title),
        .due_ms = INT64_C(1763596800000),
        .remind_before_minutes = REMIND_NEVER,
    };
    const struct calendar calendar = { STR("Ana"), { 7 }, &task, 1 };

    return calendar_text(arena, &calendar);
}

static bool
holds(struct str text, const char *part)
{
    return str_find(text, str_of(part)) >= 0;
}

static void
an_entry_says_what_and_when(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    struct str text = calendar_of(&arena, "Call; Kim, \\ Lee\r\nnow\x01");
    assert_true(str_starts(text, STR("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")));
    assert_true(str_ends(text, STR("END:VEVENT\r\nEND:VCALENDAR\r\n")));
    assert_true(holds(text, "\r\nSUMMARY:Call\\; Kim\\, \\\\ Lee\\nnow\r\n"));
    assert_true(holds(text, "\r\nDTSTART:20251120T000000Z\r\n"));
    assert_true(holds(text, "\r\nSEQUENCE:2\r\n"));
    assert_true(holds(text, "\r\nUID:0000000000005@0000000000007.baton\r\n"));
    assert_false(holds(text, "VALARM"));
    arena_free(&arena);
}

/* Titles of every length, of letters of one to four bytes. */
static void
no_line_is_longer_than_seventy_five_bytes_and_no_letter_is_cut(void **state)
{
    static const char *const letters[] = { "a", "é", "한", "🙂", "," };

    (void)state;
    for (size_t letter = 0; letter < 5; letter++) {
        for (int length = 1; length < 120; length++) {
            struct arena arena;
            arena_init(&arena);
            struct text title = text_new(&arena);
            for (int i = 0; i < length; i++)
                text_add_cstr(&title, letters[letter]);
            struct str rest =
                calendar_of(&arena, arena_cstr(&arena, text_str(&title)));
            struct str line;
            while (rest.bytes > 0 && str_next(&rest, '\n', &line)) {
                assert_true(str_ends(line, STR("\r")));
                assert_true(line.bytes - 1 <= 75);
                assert_true(str_is_utf8(line));
            }
            arena_free(&arena);
        }
    }
}

static void
an_address_names_its_workspace_and_is_never_the_same(void **state)
{
    const struct id workspace = { 12345 };
    struct id read = ID_NONE;
    struct hash first;
    struct hash second;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    struct str token = calendar_token_new(&arena, workspace);
    assert_true(calendar_token_parse(token, &read, &first));
    assert_true(id_equal(read, workspace));
    token = calendar_token_new(&arena, workspace);
    assert_true(calendar_token_parse(token, &read, &second));
    assert_false(hash_equal(&first, &second));
    assert_false(calendar_token_parse(str_slice(token, 0, token.bytes - 4),
                                      &read, &first));
    assert_false(calendar_token_parse(STR(""), &read, &first));
    arena_free(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_says_what_and_when),
        cmocka_unit_test(
            no_line_is_longer_than_seventy_five_bytes_and_no_letter_is_cut),
        cmocka_unit_test(an_address_names_its_workspace_and_is_never_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
