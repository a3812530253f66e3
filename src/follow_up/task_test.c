/*
 * What day and what time of the clock on the wall a moment is for somebody,
 * on ordinary days and on those when the clocks change. What happens to
 * tasks is told in test/scenarios/test_tasks.py.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "src/follow_up/task.h"

#include <cmocka.h> /* last: it has a macro named fail */

enum { HOUR_MS = 3600000 };

static int64_t
at(const char *text)
{
    int64_t ms;

    assert_true(time_parse(str_of(text), &ms));
    return ms;
}

static void
a_day_has_as_many_hours_as_the_clocks_say(void **state)
{
    static const struct {
        const char *zone;
        const char *noon;
        double hours;
    } days[] = {
        { "Asia/Seoul", "2027-03-14T12:00:00+09:00", 24 },
        { "America/Vancouver", "2027-03-14T12:00:00-07:00", 23 },
        { "Europe/Berlin", "2027-10-31T12:00:00+01:00", 25 },
        { "Australia/Lord_Howe", "2027-04-04T12:00:00+10:30", 24.5 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        const struct zone *zone = zone_find(str_of(days[i].zone));
        struct day day = day_of(zone, at(days[i].noon));
        assert_int_equal(day.end_ms - day.begin_ms, days[i].hours * HOUR_MS);
        assert_true(day_of(zone, day.begin_ms).begin_ms == day.begin_ms);
        assert_true(day_of(zone, day.end_ms).begin_ms == day.end_ms);
        assert_true(day_of(zone, day.end_ms - 1).end_ms == day.end_ms);
    }
}

static void
a_time_on_the_wall_is_read_in_its_zone(void **state)
{
    const struct zone *berlin = zone_find(STR("Europe/Berlin"));
    int64_t ms;

    (void)state;
    assert_true(task_local_parse(STR("2027-07-01T09:00"), berlin, &ms));
    assert_int_equal(ms, at("2027-07-01T09:00:00+02:00"));
    assert_true(task_local_parse(STR("2027-01-01T23:59"), berlin, &ms));
    assert_int_equal(ms, at("2027-01-01T23:59:00+01:00"));
    /* what does not exist is the moment at which the clocks jump */
    assert_true(task_local_parse(STR("2027-03-28T02:30"), berlin, &ms));
    assert_int_equal(ms, at("2027-03-28T01:00:00Z"));
}

static void
what_is_no_time_on_the_wall_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "2027-07-01",
        "2027-07-01 09:00",
        "2027-07-01T24:00",
        "2027-07-01T09:60",
        "2027-02-30T09:00",
        "2027-07-01T9:000",
        "2027-07-01T+9:00",
        "2027-07-01T09:00:00",
        "2027-07-01T09:00Z",
    };
    const struct zone *zone = zone_find(STR("Asia/Seoul"));
    int64_t ms;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(task_local_parse(str_of(wrong[i]), zone, &ms));
}

static void
what_is_shown_is_what_was_read(void **state)
{
    const struct zone *zone = zone_find(STR("America/Vancouver"));
    struct str text = STR("2027-11-07T09:05");
    struct arena arena;
    int64_t ms;

    (void)state;
    arena_init(&arena);
    assert_true(task_local_parse(text, zone, &ms));
    assert_true(str_equal(task_local_show(&arena, zone, ms), text));
    arena_free(&arena);
}

static void
an_appointment_is_overdue_once_it_is_over(void **state)
{
    struct task task = { .due_ms = 100, .end_ms = 200 };

    (void)state;
    assert_false(task_is_overdue(&task, 150));
    assert_false(task_is_overdue(&task, 200));
    assert_true(task_is_overdue(&task, 201));
    task.state = TASK_DONE;
    assert_false(task_is_overdue(&task, 201));
}

static void
only_what_is_open_and_asks_for_it_is_reminded_of(void **state)
{
    struct task task = { .due_ms = HOUR_MS, .remind_before_minutes = 10 };

    (void)state;
    assert_int_equal(task_remind_ms(&task), HOUR_MS - 600000);
    task.remind_before_minutes = REMIND_NEVER;
    assert_int_equal(task_remind_ms(&task), 0);
    task.remind_before_minutes = 0;
    assert_int_equal(task_remind_ms(&task), HOUR_MS);
    task.state = TASK_CANCELLED;
    assert_int_equal(task_remind_ms(&task), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_has_as_many_hours_as_the_clocks_say),
        cmocka_unit_test(a_time_on_the_wall_is_read_in_its_zone),
        cmocka_unit_test(what_is_no_time_on_the_wall_is_refused),
        cmocka_unit_test(what_is_shown_is_what_was_read),
        cmocka_unit_test(an_appointment_is_overdue_once_it_is_over),
        cmocka_unit_test(only_what_is_open_and_asks_for_it_is_reminded_of),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
