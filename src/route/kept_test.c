/* kept_test: a lead goes to whoever is known to its company, or stays with
 * whoever has entered it. */
#include "src/route/test_world.h"

/* Bo is named for the company, cy has had a lead of its sister. */
static void
is_known_company(struct world *world, int64_t months_ago)
{
    static struct route_kept kept[2];
    const int64_t month_ms = INT64_C(2629800000);

    kept[0] = (struct route_kept){ .person = world->people[1].id,
                                   .account = { 5 },
                                   .account_name = STR("Hanbit") };
    kept[1] = (struct route_kept){
        .person = world->people[2].id,
        .family = true,
        .since_ms = world->question.now_ms - months_ago * month_ms,
        .account = { 6 },
        .account_name = STR("Sister"),
    };
    world->question.kept = kept;
    world->question.kept_count = 2;
    rules(world, START "\"keep_together\":{\"account\":true,"
                       "\"parent_account\":true,\"months\":6},"
                       "\"rules\":[]," TO_P "," POOL("fixed", ANA) "}");
}

static void
a_known_company_goes_to_who_is_named_for_it(void **state)
{
    struct world *world = *state;

    is_known_company(world, 1);
    struct route_decision d = decide(world);
    assert_int_equal(d.band, BAND_KEPT);
    assert_int_equal(d.chosen, 1);
    assert_says(sentence(world, &d, "en"), "bo is named for Hanbit");
    assert_int_equal(d.share_count, 1);
}

static void
a_company_whose_person_is_away_goes_to_who_serves_its_sister(void **state)
{
    struct world *world = *state;

    is_known_company(world, 5);
    world->people[1].away = true;
    struct route_decision d = decide(world);
    assert_int_equal(d.chosen, 2);
    assert_says(sentence(world, &d, "en"), "cy has leads of Sister already");
    assert_says(record_of(world, &d), "\"gate\":\"away\"");
}

static void
a_company_nobody_can_keep_is_for_the_rules(void **state)
{
    struct world *world = *state;

    is_known_company(world, 7); /* the sister's lead is too old */
    world->people[1].active = false;
    struct route_decision d = decide(world);
    assert_int_equal(d.band, BAND_OTHERWISE);
    assert_int_equal(d.chosen, 0);
    assert_says(record_of(world, &d), "\"gate\":\"inactive\"");
    assert_says(record_of(world, &d), "\"gate\":\"too_long_ago\"");
}

static void
companies_are_not_kept_unless_the_rules_say_so(void **state)
{
    struct world *world = *state;

    is_known_company(world, 1);
    rules(world, START "\"rules\":[]," TO_P "," POOL("fixed", ANA) "}");
    struct route_decision d = decide(world);
    assert_int_equal(d.chosen, 0);
    assert_int_equal(d.kept_count, 0);
}

static void
bo_has_entered_it(struct world *world)
{
    rules(world, START "\"rules\":[{\"id\":\"own\",\"when\":{},"
                       "\"capturer_keeps\":true,"
                       "\"give_to\":{\"pool\":\"p\"}}]," TO_P
                       "," POOL("fixed", ANA) "}");
    world->question.captured_by = world->people[1].id;
}

static void
who_enters_a_lead_keeps_it_whatever_his_hours(void **state)
{
    struct world *world = *state;

    bo_has_entered_it(world);
    works(world, 1, "{\"sun\":[\"09:00-10:00\"]}");
    world->people[1].away = true;
    struct route_decision d = decide(world);
    assert_int_equal(d.chosen, 1);
    assert_int_equal(d.share_count, 1);
    assert_says(record_of(world, &d), "\"code\":\"captured\"");
    assert_says(sentence(world, &d, "en"), "bo has entered this lead");
}

static void
who_cannot_keep_what_he_enters_is_in_the_record(void **state)
{
    struct world *world = *state;

    bo_has_entered_it(world);
    world->people[1].open_leads_max = 0;
    struct route_decision d = decide(world);
    assert_int_equal(d.chosen, 0);
    assert_string_equal(d.capturer->gate->code, "full");
    assert_says(record_of(world, &d), "\"capturer\":{\"person\":");
    world->people[1].takes = TAKES_NO;
    d = decide(world);
    assert_string_equal(d.capturer->gate->code, "takes_no_leads");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_known_company_goes_to_who_is_named_for_it),
        IN_WORLD(a_company_whose_person_is_away_goes_to_who_serves_its_sister),
        IN_WORLD(a_company_nobody_can_keep_is_for_the_rules),
        IN_WORLD(companies_are_not_kept_unless_the_rules_say_so),
        IN_WORLD(who_enters_a_lead_keeps_it_whatever_his_hours),
        IN_WORLD(who_cannot_keep_what_he_enters_is_in_the_record),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
