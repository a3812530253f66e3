/*
 * The promise of a first answer by itself: what counts as an answer, and when
 * a promise is missed. Due times in working hours are told in
 * test/scenarios/test_hours.py.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include "src/sla/sla.h"

#include <cmocka.h> /* last: it has a macro named fail */

enum { DUE_MS = 60000 };

static struct lead
promised(void)
{
    return (struct lead){
        .stage = "open",
        .owner = { OWNER_REP, { 5 } },
        .owner_version = 3,
        .late_count = 1,
        .response_due_ms = DUE_MS,
    };
}

static const struct sla_late job = { .owner_version = 3,
                                     .late_count = 1,
                                     .due_ms = DUE_MS };

static void
a_promise_is_missed_at_its_time_and_not_before(void **state)
{
    struct lead lead = promised();

    (void)state;
    assert_false(sla_is_missed(&lead, &job, DUE_MS - 1));
    assert_true(sla_is_missed(&lead, &job, DUE_MS));
    assert_true(sla_is_missed(&lead, &job, DUE_MS + 1));
}

static void
the_clock_of_an_owner_before_says_nothing_of_the_present(void **state)
{
    struct lead lead = promised();

    (void)state;
    lead.owner_version++;
    assert_false(sla_is_missed(&lead, &job, DUE_MS));
}

static void
a_promise_is_missed_once(void **state)
{
    struct lead lead = promised();

    (void)state;
    lead.late_count++;
    assert_false(sla_is_missed(&lead, &job, DUE_MS));
}

static void
a_promise_that_was_put_off_is_not_missed_at_the_old_time(void **state)
{
    struct lead lead = promised();

    (void)state;
    lead.response_due_ms = 2 * DUE_MS;
    assert_false(sla_is_missed(&lead, &job, DUE_MS));
}

static void
a_look_at_an_old_promise_says_nothing_of_a_new_one(void **state)
{
    struct lead lead = promised();
    struct sla_late look = job;

    (void)state;
    look.noted = true;
    assert_true(sla_is_missed(&lead, &look, 3 * DUE_MS));
    lead.response_due_ms = 2 * DUE_MS; /* closed, and opened again */
    assert_false(sla_is_missed(&lead, &look, 3 * DUE_MS));
}

static void
whoever_has_answered_misses_nothing(void **state)
{
    struct lead lead = promised();

    (void)state;
    sla_answered(&lead, DUE_MS - 10);
    assert_int_equal(lead.first_response_ms, DUE_MS - 10);
    assert_int_equal(lead.response_due_ms, 0);
    assert_false(sla_is_missed(&lead, &job, DUE_MS));
}

static void
the_first_answer_stays_the_first(void **state)
{
    struct lead lead = promised();

    (void)state;
    sla_answered(&lead, 100);
    sla_answered(&lead, 200);
    assert_int_equal(lead.first_response_ms, 100);
}

static struct lead
answered(void)
{
    struct lead lead = promised();

    sla_answered(&lead, 100);
    return lead;
}

static void
who_writes_again_after_an_answer_waits_again(void **state)
{
    struct lead lead = answered();

    (void)state;
    assert_true(sla_asked_again(&lead, 500));
    lead.response_due_ms = DUE_MS;
    assert_true(sla_is_missed(&lead, &job, DUE_MS));
    assert_int_equal(lead.first_response_ms, 100);
}

static void
who_still_waits_has_not_begun_to_wait_anew(void **state)
{
    struct lead lead = promised();

    (void)state;
    assert_false(sla_asked_again(&lead, 500));
    lead = answered();
    assert_true(sla_asked_again(&lead, 500));
    assert_false(sla_asked_again(&lead, 900));
    assert_int_equal(lead.asked_again_ms, 500);
}

static void
a_closed_lead_that_writes_again_starts_no_clock(void **state)
{
    struct lead lead = answered();

    (void)state;
    lead.stage = "customer";
    lead.meaning = LEAD_WON;
    assert_false(sla_asked_again(&lead, 500));
}

static void
only_what_follows_the_question_answers_it(void **state)
{
    struct lead lead = answered();

    (void)state;
    assert_true(sla_asked_again(&lead, 500));
    lead.response_due_ms = DUE_MS;
    sla_answered(&lead, 499);
    assert_int_equal(lead.response_due_ms, DUE_MS);
    sla_answered(&lead, 500);
    assert_int_equal(lead.response_due_ms, 0);
    assert_int_equal(lead.asked_again_ms, 0);
    assert_int_equal(lead.first_response_ms, 100);
}

static void
one_is_reminded_once_and_before_it_is_late(void **state)
{
    struct lead lead = promised();

    (void)state;
    assert_true(sla_is_due_soon(&lead, &job, DUE_MS - 1));
    assert_false(sla_is_due_soon(&lead, &job, DUE_MS));
    lead.reminded_ms = DUE_MS - 1;
    assert_false(sla_is_due_soon(&lead, &job, DUE_MS - 1));
}

static void
the_reminder_of_another_promise_says_nothing(void **state)
{
    struct lead lead = promised();

    (void)state;
    lead.response_due_ms++;
    assert_false(sla_is_due_soon(&lead, &job, DUE_MS - 1));
    lead = promised();
    lead.owner_version++;
    assert_false(sla_is_due_soon(&lead, &job, DUE_MS - 1));
    lead = answered();
    assert_false(sla_is_due_soon(&lead, &job, DUE_MS - 1));
}

static void
a_queue_and_a_closed_lead_miss_nothing(void **state)
{
    struct lead waits = promised();
    struct lead closed = promised();

    (void)state;
    waits.owner.kind = OWNER_QUEUE;
    assert_false(sla_is_missed(&waits, &job, DUE_MS));
    closed.stage = "customer";
    closed.meaning = LEAD_WON;
    assert_false(sla_is_missed(&closed, &job, DUE_MS));
}

static void
calls_and_messages_answer_and_notes_do_not(void **state)
{
    static const char *const quiet[] = { "note", "document" };
    int answers = 0;

    (void)state;
    for (const struct touch_kind *kind = touch_kinds; kind->name; kind++) {
        bool is_quiet = strcmp(kind->name, quiet[0]) == 0
                     || strcmp(kind->name, quiet[1]) == 0;
        assert_int_equal(kind->answers, !is_quiet);
        answers += kind->answers;
    }
    assert_int_equal(answers, 4);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_promise_is_missed_at_its_time_and_not_before),
        cmocka_unit_test(
            the_clock_of_an_owner_before_says_nothing_of_the_present),
        cmocka_unit_test(a_promise_is_missed_once),
        cmocka_unit_test(
            a_promise_that_was_put_off_is_not_missed_at_the_old_time),
        cmocka_unit_test(a_look_at_an_old_promise_says_nothing_of_a_new_one),
        cmocka_unit_test(whoever_has_answered_misses_nothing),
        cmocka_unit_test(the_first_answer_stays_the_first),
        cmocka_unit_test(who_writes_again_after_an_answer_waits_again),
        cmocka_unit_test(who_still_waits_has_not_begun_to_wait_anew),
        cmocka_unit_test(a_closed_lead_that_writes_again_starts_no_clock),
        cmocka_unit_test(only_what_follows_the_question_answers_it),
        cmocka_unit_test(one_is_reminded_once_and_before_it_is_late),
        cmocka_unit_test(the_reminder_of_another_promise_says_nothing),
        cmocka_unit_test(a_queue_and_a_closed_lead_miss_nothing),
        cmocka_unit_test(calls_and_messages_answer_and_notes_do_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
