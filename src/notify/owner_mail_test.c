/*
 * What owners read in their mail: that it says what happened, shows only what
 * its reader may see, and that nothing a lead says becomes mark-up or another
 * header.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "src/notify/owner_mail.h"

#include <cmocka.h> /* last: it has a macro named fail */

struct world {
    struct arena arena;
    struct lead lead;
    struct owner_mail says;
};

static int
setup(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    assert_non_null(world);
    arena_init(&world->arena);
    lead_set_text(&world->lead, &world->arena, LEAD_NAME, STR("Kim Minji"));
    lead_set_text(&world->lead, &world->arena, LEAD_PHONE,
                  STR("+821012345678"));
    world->says = (struct owner_mail){
        .about = OWNER_MAIL_ASSIGNED,
        .language = STR("en"),
        .workspace = STR("Acme"),
        .lead = &world->lead,
        .shows_facts = true,
        .owner = STR("Ana"),
        .why = STR("Ana was next in turn."),
        .zone = zone_find(STR("Asia/Seoul")),
        .due_ms = 1795136400000, /* 2026-11-20 10:00 in Seoul */
        .link = STR("https://baton.test/leads/0"),
    };
    *state = world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;

    arena_free(&world->arena);
    free(world);
    return 0;
}

static struct mail
written(struct world *world)
{
    struct mail mail = { 0 };

    owner_mail_write(&world->arena, &world->says, &mail);
    return mail;
}

static bool
has(struct str text, const char *part)
{
    return str_find(text, str_of(part)) >= 0;
}

static void
it_says_whose_lead_it_is_and_why(void **state)
{
    struct mail mail = written(*state);

    assert_true(str_is(mail.subject, "New lead: Kim Minji"));
    assert_true(has(mail.body, "Kim Minji is yours now."));
    assert_true(has(mail.body, "Telephone: +821012345678"));
    assert_true(has(mail.body, "Why you: Ana was next in turn."));
    assert_true(has(mail.body, "Answer by: 20 November 2026 10:00"));
    assert_true(has(mail.body, "https://baton.test/leads/0"));
    assert_true(has(mail.html, "href=\"https://baton.test/leads/0\""));
    assert_int_equal(mail.origin, MAIL_GENERATED);
}

static void
it_speaks_the_language_of_its_reader(void **state)
{
    struct world *world = *state;

    world->says.language = STR("ko");
    struct mail mail = written(world);
    assert_true(str_is(mail.subject, "새 리드: Kim Minji"));
    assert_true(has(mail.body, "응답 기한: 2026년 11월 20일 10:00"));
}

static void
whoever_may_not_see_the_lead_reads_no_facts_of_it(void **state)
{
    struct world *world = *state;

    world->says.about = OWNER_MAIL_MOVED_ON;
    world->says.shows_facts = false;
    struct mail mail = written(world);
    assert_true(has(mail.body, "Kim Minji is with Ana now"));
    assert_false(has(mail.body, "+8210"));
    assert_false(has(mail.html, "+8210"));
}

static void
what_a_lead_says_becomes_neither_mark_up_nor_a_header(void **state)
{
    struct world *world = *state;

    lead_set_text(&world->lead, &world->arena, LEAD_NAME,
                  STR("<b>Kim</b>\r\nBcc: eve@x.test {{name}}"));
    struct mail mail = written(world);
    assert_true(str_find_char(mail.subject, '\n') < 0);
    assert_true(str_find_char(mail.subject, '\r') < 0);
    assert_false(has(mail.html, "<b>"));
    assert_true(has(mail.html, "&lt;b&gt;Kim"));
    assert_true(has(mail.body, "{{name}}"));
}

static void
many_leads_are_counted_and_named_by_their_source(void **state)
{
    struct world *world = *state;

    world->says = (struct owner_mail){
        .about = OWNER_MAIL_MANY,
        .workspace = STR("Acme"),
        .count = 37,
        .source = STR("fair"),
    };
    struct mail mail = written(world);
    assert_true(str_is(mail.subject, "37 new leads (fair)"));
    assert_true(has(mail.body, "37 leads are yours now (fair)."));
}

static void
a_lead_without_a_name_is_called_by_what_is_known(void **state)
{
    struct world *world = *state;

    lead_clear(&world->lead, LEAD_NAME);
    assert_true(str_is(written(world).subject, "New lead: +821012345678"));
    lead_clear(&world->lead, LEAD_PHONE);
    assert_true(str_is(written(world).subject, "New lead: A lead"));
}

static void
a_long_message_is_cut_between_letters(void **state)
{
    struct world *world = *state;
    struct text text = text_new(&world->arena);

    for (int i = 0; i < 1000; i++)
        text_add_cstr(&text, "한글");
    lead_set_text(&world->lead, &world->arena, LEAD_MESSAGE, text_str(&text));
    struct mail mail = written(world);
    assert_true(str_is_utf8(mail.body));
    assert_true(mail.body.bytes < 3000);
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(it_says_whose_lead_it_is_and_why),
        IN_WORLD(it_speaks_the_language_of_its_reader),
        IN_WORLD(whoever_may_not_see_the_lead_reads_no_facts_of_it),
        IN_WORLD(what_a_lead_says_becomes_neither_mark_up_nor_a_header),
        IN_WORLD(many_leads_are_counted_and_named_by_their_source),
        IN_WORLD(a_lead_without_a_name_is_called_by_what_is_known),
        IN_WORLD(a_long_message_is_cut_between_letters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
