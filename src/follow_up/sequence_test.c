/*
 * When a step of a sequence is due: after so long, on which day, at what time
 * on whose wall. Whole sequences are told in test/scenarios/
 * test_sequences.py.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "src/follow_up/sequence.h"

#include <cmocka.h> /* last: it has a macro named fail */

enum { HOUR_MS = 3600000, ANY_TIME = -1, NINE = 9 * 60 };

static int64_t
at(const char *text)
{
    int64_t ms;

    assert_true(time_parse(str_of(text), &ms));
    return ms;
}

static void
a_step_is_due_when_people_expect_it(void **state)
{
    static const struct {
        const char *zone;
        struct sequence_step step;
        const char *from;
        const char *due;
    } cases[] = {
        /* hours are hours, also when the clocks change */
        { "Europe/Berlin",
          { .after_ms = 24 * HOUR_MS, .at_minute = ANY_TIME },
          "2027-03-27T09:00:00+01:00",
          "2027-03-28T10:00:00+02:00" },
        /* days are days on the wall */
        { "Europe/Berlin",
          { .after_days = 1, .at_minute = ANY_TIME },
          "2027-03-27T09:00:00+01:00",
          "2027-03-28T09:00:00+02:00" },
        { "America/Vancouver",
          { .after_days = 1, .at_minute = ANY_TIME },
          "2027-11-06T20:30:00-07:00",
          "2027-11-07T20:30:00-08:00" },
        /* at nine: of this day if it is still to come, else of the next */
        { "Asia/Seoul",
          { .at_minute = NINE },
          "2026-11-16T08:00:00+09:00",
          "2026-11-16T09:00:00+09:00" },
        { "Asia/Seoul",
          { .at_minute = NINE },
          "2026-11-16T09:00:01+09:00",
          "2026-11-17T09:00:00+09:00" },
        { "Asia/Seoul",
          { .after_days = 2, .at_minute = NINE },
          "2026-11-16T23:59:00+09:00",
          "2026-11-18T09:00:00+09:00" },
        /* working days: Friday evening, and a Saturday itself */
        { "Asia/Seoul",
          { .after_days = 1, .at_minute = NINE, .working_days = true },
          "2026-11-20T18:00:00+09:00",
          "2026-11-23T09:00:00+09:00" },
        { "Asia/Seoul",
          { .at_minute = NINE, .working_days = true },
          "2026-11-20T18:00:00+09:00",
          "2026-11-23T09:00:00+09:00" },
        { "Asia/Seoul",
          { .after_ms = HOUR_MS, .at_minute = ANY_TIME, .working_days = true },
          "2026-11-21T18:00:00+09:00",
          "2026-11-23T19:00:00+09:00" },
        { "Asia/Seoul",
          { .after_days = 7, .at_minute = ANY_TIME, .working_days = true },
          "2026-11-16T10:00:00+09:00",
          "2026-11-25T10:00:00+09:00" },
        /* a time that is left out this day is the moment of the jump */
        { "Europe/Berlin",
          { .after_days = 1, .at_minute = 2 * 60 + 30 },
          "2027-03-27T09:00:00+01:00",
          "2027-03-28T03:00:00+02:00" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct sequence_wall wall = {
            .zone = zone_find(str_of(cases[i].zone)),
        };
        assert_int_equal(
            sequence_due_ms(&cases[i].step, &wall, at(cases[i].from)),
            at(cases[i].due));
    }
}

static void
a_holiday_is_no_working_day(void **state)
{
    const int64_t holidays[] = { civil_days(2026, 11, 23),
                                 civil_days(2026, 11, 24) };
    const struct sequence_wall wall = { zone_find(STR("Asia/Seoul")), holidays,
                                        2 };
    struct sequence_step step = { .after_days = 1,
                                  .at_minute = NINE,
                                  .working_days = true };

    (void)state;
    assert_int_equal(
        sequence_due_ms(&step, &wall, at("2026-11-20T18:00:00+09:00")),
        at("2026-11-25T09:00:00+09:00"));
    step.working_days = false;
    assert_int_equal(
        sequence_due_ms(&step, &wall, at("2026-11-22T18:00:00+09:00")),
        at("2026-11-23T09:00:00+09:00"));
}

static void
a_step_is_never_due_before_the_one_before_it(void **state)
{
    static const char *const zones[] = { "Asia/Seoul", "America/Vancouver",
                                         "Australia/Lord_Howe" };
    int64_t start_ms = at("2027-03-10T00:00:00Z");

    (void)state;
    for (int hour = 0; hour < 40 * 24; hour++) {
        int64_t from_ms = start_ms + (int64_t)hour * HOUR_MS + 59999;
        for (int variant = 0; variant < 12; variant++) {
            const struct sequence_step step = {
                .after_days = variant % 3,
                .at_minute = variant % 2 ? NINE : ANY_TIME,
                .working_days = variant >= 6,
            };
            const struct sequence_wall wall = {
                .zone = zone_find(str_of(zones[hour % 3])),
            };
            int64_t due_ms = sequence_due_ms(&step, &wall, from_ms);
            assert_true(due_ms >= from_ms);
            assert_true(due_ms <= from_ms + INT64_C(6) * 24 * HOUR_MS);
        }
    }
}

static bool
consents(const char *consent)
{
    struct json_error error;
    struct lead lead = { 0 };
    struct arena arena;

    arena_init(&arena);
    if (consent != NULL)
        lead.consent = json_parse(&arena, str_of(consent), &error);
    bool yes = sequence_consents(&lead, "email");
    arena_free(&arena);
    return yes;
}

static void
whoever_says_no_is_not_written_to(void **state)
{
    (void)state;
    assert_true(consents(NULL));
    assert_true(consents("true"));
    assert_true(consents("{\"text\": \"I agree\"}"));
    assert_true(consents("{\"phone\": false}"));
    assert_false(consents("false"));
    assert_false(consents("{\"email\": false}"));
    assert_false(consents("{\"email\": true, \"marketing\": false}"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_is_due_when_people_expect_it),
        cmocka_unit_test(a_holiday_is_no_working_day),
        cmocka_unit_test(a_step_is_never_due_before_the_one_before_it),
        cmocka_unit_test(whoever_says_no_is_not_written_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
