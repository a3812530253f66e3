/*
 * The decision by itself: a team, a rule set and a ledger made by hand, and
 * who gets the lead. No database and no server; those are in test/scenarios.
 * The seed of random histories is printed; BATON_TEST_SEED repeats a run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/time/zone.h"
#include "src/route/reach.h"
#include "src/route/route.h"

#include <cmocka.h> /* last: it has a macro named fail */

enum { PEOPLE = 5, HISTORY = 3000, HOUR_MS = 3600 * 1000 };

static const char *const names[PEOPLE] = { "ana", "bo", "cy", "dee", "eve" };

struct world {
    struct arena arena;
    struct work w;
    struct person people[PEOPLE];
    struct absence absences[PEOPLE];
    struct team team;
    struct ledger ledger;
    struct ledger_entry entries[PEOPLE];
    struct queue queue;
    const struct route_snapshot *rules;
    struct fact facts[LEAD_FIELD_COUNT];
    struct route_question question;
    struct random random;
};

static int64_t
at(const char *text)
{
    int64_t ms = 0;

    assert_true(time_parse(str_of(text), &ms));
    return ms;
}

static const struct json *
json(struct world *world, const char *text)
{
    struct json_error error;
    const struct json *tree = json_parse(&world->arena, str_of(text), &error);

    if (tree == NULL)
        fail_msg("%s: %s", text, error.message);
    return tree;
}

/* NULL: at any hour. */
static void
works(struct world *world, int number, const char *hours)
{
    struct person *person = &world->people[number];
    struct hours_rules rules = { .zone = person->zone };
    struct hours_block *blocks = NULL;
    struct hours_off off = { 0 };
    int64_t from_ms = at("2026-11-01T00:00:00Z");

    if (hours != NULL)
        assert_true(hours_read(&world->w, json(world, hours), STR(""), &blocks,
                               &rules.block_count));
    rules.blocks = blocks;
    person->hours = hours_compile(&world->arena, &rules, from_ms,
                                  from_ms + INT64_C(24) * HOUR_MS * 90);
    if (person->absence_count > 0) {
        off = (struct hours_off){ person->absences[0].begin_ms,
                                  person->absences[0].end_ms };
        rules.off = &off;
        rules.off_count = 1;
    }
    person->present = hours_compile(&world->arena, &rules, from_ms,
                                    from_ms + INT64_C(24) * HOUR_MS * 90);
}

static void
is_absent(struct world *world, int number, const char *begin, const char *end)
{
    struct person *person = &world->people[number];

    world->absences[number] = (struct absence){ .person = person->id,
                                                .begin_ms = at(begin),
                                                .end_ms = at(end) };
    person->absences = &world->absences[number];
    person->absence_count = 1;
    works(world, number, NULL);
}

static struct world *
world_new(void)
{
    struct world *world = calloc(1, sizeof *world);

    assert_non_null(world);
    arena_init(&world->arena);
    world->w.arena = &world->arena;
    for (int i = 0; i < PEOPLE; i++) {
        world->people[i] = (struct person){
            .id = { 1000 + i },
            .email = arena_format(&world->arena, "%s@acme.test", names[i]),
            .name = str_of(names[i]),
            .role = ROLE_REP,
            .active = true,
            .zone = zone_find(STR("Asia/Seoul")),
            .wall = zone_find(STR("Asia/Seoul")),
            .open_leads_max = -1,
            .day_leads_max = -1,
            .weight = 1,
        };
        works(world, i, NULL);
    }
    world->team = (struct team){ world->people, PEOPLE, true,
                                 at("2026-11-01T00:00:00Z") };
    world->ledger = (struct ledger){ world->entries, PEOPLE, 0 };
    world->queue = (struct queue){ { 77 }, STR("inbox"), STR("Inbox") };
    world->question =
        (struct route_question){ .facts = world->facts,
                                 .now_ms = at("2026-11-16T10:00:00+09:00") };
    return world;
}

static int
set_up(void **state)
{
    *state = world_new();
    return 0;
}

static int
tear_down(void **state)
{
    struct world *world = *state;

    arena_free(&world->arena);
    free(world);
    return 0;
}

/* Asia holds Korea, as territories nest. */
static const struct json *
place_of(const struct route_names *known, struct arena *arena, struct str name)
{
    static const struct {
        const char *name;
        const char *condition;
    } places[] = {
        { "asia", "{\"field\":\"country\",\"op\":\"is_any_of\","
                  "\"value\":[\"KR\",\"JP\"]}" },
        { "korea", "{\"field\":\"country\",\"op\":\"is\",\"value\":\"KR\"}" },
    };
    struct json_error error;

    (void)known;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (str_is(name, places[i].name))
            return json_parse(arena, str_of(places[i].condition), &error);
    return NULL;
}

/* `more` is what follows "pools": rules, otherwise, ... */
static void
rules(struct world *world, const char *text)
{
    static const struct str sequences[] = { STR_INIT("welcome") };
    const struct route_names known = {
        .team = &world->team,
        .queues = &world->queue,
        .queue_count = 1,
        .default_queue = world->queue.id,
        .sequences = sequences,
        .sequence_count = 1,
        .territory_place = place_of,
    };

    world->rules = route_rules_read(&world->w, &world->arena, json(world, text),
                                    7, &known, NULL);
    if (world->rules == NULL)
        fail_msg("%s: %s", text,
                 arena_cstr(&world->arena, world->w.error.details[0].message));
}

#define POOL(strategy, members)                                           \
    "\"pools\":[{\"id\":\"p\",\"name\":\"Team\",\"strategy\":\"" strategy \
    "\",\"members\":[" members "]}]"
#define ANA   "{\"rep\":\"ana@acme.test\"}"
#define BO    "{\"rep\":\"bo@acme.test\"}"
#define CY    "{\"rep\":\"cy@acme.test\"}"
#define TO_P  "\"otherwise\":{\"pool\":\"p\"}"
#define START "{\"format\":\"baton-rules/1\","

static void
one_pool_of(struct world *world, const char *strategy)
{
    rules(world,
          arena_cstr(&world->arena,
                     arena_format(&world->arena,
                                  START "\"rules\":[]," TO_P ",\"pools\":[{"
                                        "\"id\":\"p\",\"name\":\"Team\","
                                        "\"strategy\":\"%s\",\"members\":"
                                        "[" ANA "," BO "," CY "]}]}",
                                  strategy)));
}

static struct route_decision
decide(struct world *world)
{
    return route_decide(&world->arena, &world->question, world->rules,
                        &world->ledger);
}

static struct str
record_of(struct world *world, const struct route_decision *d)
{
    return route_record(&world->arena, d, &world->question, world->rules);
}

static struct str
sentence(struct world *world, const struct route_decision *d,
         const char *language)
{
    struct route_telling telling = route_tell(d, world->rules);

    return route_sentence(&world->arena, &telling, str_of(language));
}

static void
assert_says(struct str text, const char *part)
{
    for (size_t i = 0; i + strlen(part) <= text.bytes; i++)
        if (memcmp(text.data + i, part, strlen(part)) == 0)
            return;
    fail_msg("\"%.*s\" does not say \"%s\"", STR_ARG(text), part);
}

/* What the decision says of one person. */
static const struct route_candidate *
candidate(const struct route_decision *d, int person)
{
    for (int i = 0; i < d->candidate_count; i++)
        if (d->candidates[i].person == person)
            return &d->candidates[i];
    fail_msg("%s was not considered", names[person]);
    return NULL;
}

static void
assert_stopped(const struct route_decision *d, int person, const char *code)
{
    const struct route_candidate *c = candidate(d, person);

    if (c->gate == NULL)
        fail_msg("nothing stopped %s", names[person]);
    assert_string_equal(c->gate->code, code);
    assert_int_not_equal(d->chosen, person);
}

/* ------------------------------------------------------------------ gates */

static void
somebody_who_left_gets_nothing(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "fixed");
    world->people[0].active = false;
    struct route_decision d = decide(world);
    assert_stopped(&d, 0, "inactive");
    assert_int_equal(d.chosen, 1);
}

static void
somebody_who_takes_no_leads_gets_none(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "fixed");
    world->people[0].takes = TAKES_NO;
    struct route_decision d = decide(world);
    assert_stopped(&d, 0, "takes_no_leads");
}

static void
who_had_the_lead_does_not_get_it_again(void **state)
{
    struct world *world = *state;
    const struct id had[] = { { 1000 } };

    one_pool_of(world, "fixed");
    world->question.except = had;
    world->question.except_count = 1;
    struct route_decision d = decide(world);
    assert_stopped(&d, 0, "had_it");
}

static void
an_absent_rep_is_passed_over_and_the_record_says_until_when(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "fixed");
    is_absent(world, 0, "2026-11-15T00:00:00+09:00",
              "2026-11-20T00:00:00+09:00");
    struct route_decision d = decide(world);
    assert_stopped(&d, 0, "absent");
    assert_int_equal(candidate(&d, 0)->saw, at("2026-11-15T00:00:00+09:00"));
    assert_int_equal(candidate(&d, 0)->limit, at("2026-11-20T00:00:00+09:00"));
}

static void
an_absence_ends_at_its_end_and_not_later(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "fixed");
    is_absent(world, 0, "2026-11-15T00:00:00+09:00",
              "2026-11-20T00:00:00+09:00");
    world->question.now_ms = at("2026-11-20T00:00:00+09:00") - 1;
    assert_int_equal(decide(world).chosen, 1);
    world->question.now_ms++;
    assert_int_equal(decide(world).chosen, 0);
}

static void
outside_hours_a_rep_gets_nothing_and_the_record_says_when_he_comes(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "fixed");
    works(world, 0, "{\"mon\":[\"13:00-18:00\"]}");
    struct route_decision d = decide(world);
    assert_stopped(&d, 0, "outside_hours");
    assert_int_equal(candidate(&d, 0)->limit, at("2026-11-16T13:00:00+09:00"));
}

static void
somebody_away_gets_nothing(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "fixed");
    world->people[0].away = true;
    struct route_decision d = decide(world);
    assert_stopped(&d, 0, "away");
}

static void
a_full_rep_gets_nothing_and_the_record_says_how_full(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "fixed");
    world->people[0].open_leads_max = 3;
    world->entries[0].open_leads = 2;
    assert_int_equal(decide(world).chosen, 0);
    world->entries[0].open_leads = 3;
    struct route_decision d = decide(world);
    assert_stopped(&d, 0, "full");
    assert_int_equal(candidate(&d, 0)->saw, 3);
    assert_int_equal(candidate(&d, 0)->limit, 3);
}

static void
the_limit_of_a_day_counts_that_day_in_the_reps_zone(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "fixed");
    world->people[0].day_leads_max = 2;
    world->entries[0].day_leads = 2;
    world->entries[0].day =
        person_day(&world->people[0], world->question.now_ms);
    struct route_decision d = decide(world);
    assert_stopped(&d, 0, "full_today");
    assert_int_equal(candidate(&d, 0)->saw, 2);
    world->question.now_ms = at("2026-11-17T00:00:00+09:00") - 1;
    assert_int_equal(decide(world).chosen, 1);
    world->question.now_ms++;
    assert_int_equal(decide(world).chosen, 0);
}

/* Everything at once, taken away one by one: the reason shown is the first
 * that stops. */
static void
gates_are_asked_in_the_order_of_their_table(void **state)
{
    struct world *world = *state;
    struct person *ana = &world->people[0];
    const struct id had[] = { { 1000 } };
    struct route_decision d;

    one_pool_of(world, "fixed");
    is_absent(world, 0, "2026-11-15T00:00:00+09:00",
              "2026-11-20T00:00:00+09:00");
    works(world, 0, "{\"tue\":[\"13:00-18:00\"]}");
    ana->active = false;
    ana->takes = TAKES_NO;
    ana->away = true;
    ana->open_leads_max = 0;
    ana->day_leads_max = 0;
    world->question.except = had;
    world->question.except_count = 1;

    d = decide(world), assert_stopped(&d, 0, "inactive");
    ana->active = true;
    d = decide(world), assert_stopped(&d, 0, "takes_no_leads");
    ana->takes = TAKES_BY_ROLE;
    d = decide(world), assert_stopped(&d, 0, "had_it");
    world->question.except_count = 0;
    d = decide(world), assert_stopped(&d, 0, "absent");
    ana->absence_count = 0;
    d = decide(world), assert_stopped(&d, 0, "outside_hours");
    works(world, 0, NULL);
    d = decide(world), assert_stopped(&d, 0, "away");
    ana->away = false;
    d = decide(world), assert_stopped(&d, 0, "full");
    ana->open_leads_max = -1;
    d = decide(world), assert_stopped(&d, 0, "full_today");
    ana->day_leads_max = -1;
    assert_int_equal(decide(world).chosen, 0);
}

/* ------------------------------------------------------------------ rules */

static const char country_rules[] = START
    "\"rules\":["
    "{\"id\":\"off\",\"enabled\":false,\"when\":{},"
    " \"give_to\":{\"rep\":\"eve@acme.test\"}},"
    "{\"id\":\"kr\",\"name\":\"Korea\",\"when\":{\"field\":\"country\","
    " \"op\":\"is\",\"value\":\"KR\"},\"give_to\":{\"rep\":"
    "\"bo@acme.test\"}},"
    "{\"id\":\"asia\",\"when\":{\"field\":\"country\",\"op\":\"is_any_of\","
    " \"value\":[\"KR\",\"JP\"]},\"give_to\":{\"rep\":\"cy@acme.test\"}}]," TO_P
    "," POOL("in_turn", ANA) "}";

static void
country(struct world *world, const char *code)
{
    struct str text = str_of(code);

    world->facts[LEAD_COUNTRY] = (struct fact){
        .known = true, .text = text, .folded = fold_text(&world->arena, text)
    };
}

static void
the_first_rule_that_matches_decides(void **state)
{
    struct world *world = *state;

    rules(world, country_rules);
    country(world, "kr");
    struct route_decision d = decide(world);
    assert_true(str_is(d.rule->id, "kr"));
    assert_int_equal(d.band, BAND_RULE);
    assert_int_equal(d.chosen, 1);
    country(world, "JP");
    assert_int_equal(decide(world).chosen, 2);
}

static void
what_no_rule_matches_goes_to_otherwise(void **state)
{
    struct world *world = *state;

    rules(world, country_rules);
    struct route_decision d = decide(world); /* no country at all */
    assert_null(d.rule);
    assert_int_equal(d.band, BAND_OTHERWISE);
    assert_int_equal(d.chosen, 0);
    country(world, "FR");
    assert_int_equal(decide(world).chosen, 0);
}

static void
a_rule_may_send_to_a_queue(void **state)
{
    struct world *world = *state;

    rules(world, START "\"rules\":[],\"otherwise\":{\"queue\":\"inbox\"}}");
    struct route_decision d = decide(world);
    assert_int_equal(d.owner.kind, OWNER_QUEUE);
    assert_string_equal(d.code, "to_queue");
    assert_int_equal(d.share_count, 0);
}

static void
a_rules_own_promise_comes_before_that_of_the_document(void **state)
{
    struct world *world = *state;

    rules(world, START
          "\"rules\":[{\"id\":\"a\",\"when\":{},\"give_to\":{\"pool\":\"p\"},"
          "\"late\":{\"after_minutes\":5}}]," TO_P
          ",\"late\":{\"after_minutes\":60}," POOL("in_turn", ANA) "}");
    assert_int_equal(decide(world).late->after_ms, 5 * 60 * 1000);
    rules(world,
          START "\"rules\":[]," TO_P
                ",\"late\":{\"after_minutes\":60}," POOL("in_turn", ANA) "}");
    assert_int_equal(decide(world).late->after_ms, 60 * 60 * 1000);
}

/* ------------------------------------------------------- when nobody can */

static void
everybody_works(struct world *world, const char *hours)
{
    for (int i = 0; i < PEOPLE; i++)
        works(world, i, hours);
}

static void
out_of_hours_a_lead_waits_until_the_first_shift_begins(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "in_turn");
    everybody_works(world, "{\"mon\":[\"14:00-18:00\"]}");
    works(world, 1, "{\"mon\":[\"12:00-18:00\"]}");
    struct route_decision d = decide(world);
    assert_int_equal(d.owner.kind, OWNER_QUEUE);
    assert_int_equal(d.owner.id.value, 77);
    assert_string_equal(d.code, "waiting");
    assert_int_equal(d.wait_until_ms, at("2026-11-16T12:00:00+09:00"));
    assert_int_equal(d.able_count, 0);
}

#define THEN_EVE "\"nobody_can\":{\"then\":{\"rep\":\"eve@acme.test\"}},"

static void
without_waiting_the_last_resort_gets_it_even_outside_hours(void **state)
{
    struct world *world = *state;

    rules(world, START "\"rules\":[]," THEN_EVE TO_P
                       "," POOL("in_turn", ANA "," BO) "}");
    everybody_works(world, "{\"mon\":[\"14:00-18:00\"]}");
    struct route_decision d = decide(world);
    assert_int_equal(d.chosen, 4);
    assert_string_equal(d.code, "nobody_can");
}

static void
the_last_resort_is_never_somebody_who_left(void **state)
{
    struct world *world = *state;

    rules(world, START "\"rules\":[]," THEN_EVE TO_P
                       "," POOL("in_turn", ANA "," BO) "}");
    everybody_works(world, "{\"mon\":[\"14:00-18:00\"]}");
    world->people[4].active = false;
    struct route_decision d = decide(world);
    assert_int_equal(d.owner.kind, OWNER_QUEUE);
    assert_string_equal(d.code, "nobody");
}

static void
with_nobody_left_it_is_kept_in_the_queue(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "in_turn");
    for (int i = 0; i < PEOPLE; i++)
        world->people[i].active = false;
    struct route_decision d = decide(world);
    assert_int_equal(d.owner.kind, OWNER_QUEUE);
    assert_string_equal(d.code, "nobody");
    assert_int_equal(d.wait_until_ms, 0);
}

/* Nobody's hours will bring a change: there is no time to name. */
static void
a_full_team_at_work_is_not_waited_for_until_this_moment(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "in_turn");
    for (int i = 0; i < PEOPLE; i++)
        world->people[i].open_leads_max = 0;
    struct route_decision d = decide(world);
    assert_int_equal(d.owner.kind, OWNER_QUEUE);
    assert_string_equal(d.code, "nobody");
    assert_int_equal(d.wait_until_ms, 0);
}

static void
a_day_that_is_full_is_waited_for_until_the_next(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "in_turn");
    for (int i = 0; i < PEOPLE; i++) {
        world->people[i].day_leads_max = 1;
        world->entries[i].day_leads = 1;
        world->entries[i].day =
            person_day(&world->people[i], world->question.now_ms);
    }
    struct route_decision d = decide(world);
    assert_string_equal(d.code, "waiting");
    assert_int_equal(d.wait_until_ms, at("2026-11-17T00:00:00+09:00"));
}

static void
finally_goes_to_the_person_who_is_named(void **state)
{
    struct world *world = *state;

    rules(world, START "\"rules\":[]," TO_P
                       ",\"late\":{\"after_minutes\":5,\"finally\":{\"rep\":"
                       "\"eve@acme.test\"}}," POOL("in_turn", ANA) "}");
    world->people[4].away = true;
    struct route_decision d =
        route_finally(&world->arena, &world->question, &world->rules->late,
                      world->rules, &world->ledger);
    assert_int_equal(d.chosen, 4);
    assert_string_equal(d.code, "finally");
}

/* -------------------------------------------------------------- strategies */

static void
fixed_takes_the_first_in_the_list_who_can(void **state)
{
    struct world *world = *state;

    rules(world, START "\"rules\":[]," TO_P "," POOL("fixed", CY "," ANA) "}");
    assert_int_equal(decide(world).chosen, 2);
    world->people[2].away = true;
    assert_int_equal(decide(world).chosen, 0);
}

static void
most_room_takes_whoever_has_most_places_left(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "most_room");
    for (int i = 0; i < 3; i++)
        world->people[i].open_leads_max = 10;
    world->entries[0].open_leads = 5;
    world->entries[1].open_leads = 3;
    world->entries[2].open_leads = 4;
    assert_int_equal(decide(world).chosen, 1);
    world->people[2].open_leads_max = 20;
    assert_int_equal(decide(world).chosen, 2);
}

static void
random_draws_by_weight_and_never_who_cannot(void **state)
{
    struct world *world = *state;
    int won[PEOPLE] = { 0 };

    rules(world, START "\"rules\":[]," TO_P "," POOL(
                     "random", ANA "," BO ",{\"rep\":\"cy@acme.test\","
                                   "\"weight\":3}") "}");
    world->people[1].away = true;
    for (uint64_t i = 0; i < 400; i++) {
        world->question.random = i;
        won[decide(world).chosen]++;
    }
    assert_int_equal(won[0], 100);
    assert_int_equal(won[1], 0);
    assert_int_equal(won[2], 300);
}

/* The record holds the draw, or the decision could not be replayed. */
static void
a_draw_can_be_replayed_from_its_record(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "random");
    random_init(&world->random, 5);
    for (int i = 0; i < 50; i++) {
        world->question.random = random_next(&world->random) >> 1;
        struct route_decision d = decide(world);
        struct str record = record_of(world, &d);
        const struct json *kept =
            json(world, arena_cstr(&world->arena, record));
        world->question.random = (uint64_t)json_get_int(kept, "random", -1);
        assert_int_equal(decide(world).chosen, d.chosen);
    }
}

static void
in_turn_everybody_has_had_one_before_anybody_has_two(void **state)
{
    struct world *world = *state;
    int won[PEOPLE] = { 0 };

    one_pool_of(world, "in_turn");
    for (int i = 1; i <= 30; i++) {
        struct route_decision d = decide(world);
        ledger_post(&world->ledger, d.shares, d.share_count, d.chosen);
        won[d.chosen]++;
        for (int j = 0; j < 3; j++)
            assert_in_range(won[j], i / 3, (i + 2) / 3);
    }
}

/* ------------------------------------------------------- random histories */

static uint64_t
seed_of_run(void)
{
    const char *given = getenv("BATON_TEST_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10)
                                  : (uint64_t)clock_monotonic_us();

    print_message("seed %lu\n", (unsigned long)seed);
    return seed;
}

static void
something_happens(struct world *world)
{
    struct person *person = &world->people[random_below(&world->random, 3)];

    switch (random_below(&world->random, 6)) {
    case 0:
        person->away = !person->away;
        break;
    case 4:
        person->busy = !person->busy;
        break;
    case 1:
        person->active = random_below(&world->random, 4) > 0;
        break;
    case 2:
        person->open_leads_max = (int64_t)random_below(&world->random, 8) - 1;
        break;
    case 3: /* somebody closes a lead */
        ledger_load_add(&world->ledger, &world->team, person->id, -1,
                        world->question.now_ms);
        break;
    default:
        world->question.now_ms += HOUR_MS;
        break;
    }
}

static int64_t
sum_of_credits(const struct world *world)
{
    int64_t sum = 0;

    for (int i = 0; i < PEOPLE; i++)
        sum += world->entries[i].credit;
    return sum;
}

/* I1, I3, I9, I10 and I12 after each lead. */
static void
check_lead(struct world *world, const struct route_decision *d)
{
    struct ledger_entry before[PEOPLE];

    memcpy(before, world->entries, sizeof before);
    if (d->chosen < 0) {
        assert_int_equal(d->able_count, 0);
        assert_int_equal(d->share_count, 0);
        return;
    }
    const struct person *winner = &world->people[d->chosen];
    assert_true(winner->active && !winner->away && !winner->busy);
    assert_null(candidate(d, d->chosen)->gate); /* I10 */
    ledger_post(&world->ledger, d->shares, d->share_count, d->chosen);
    ledger_load_add(&world->ledger, &world->team, winner->id, +1,
                    world->question.now_ms);
    if (winner->open_leads_max >= 0) /* I9 */
        assert_true(world->entries[d->chosen].open_leads
                    <= winner->open_leads_max);
    for (int i = 0; i < d->candidate_count; i++) {
        const struct route_candidate *c = &d->candidates[i];
        int64_t moved =
            world->entries[c->person].credit - before[c->person].credit;
        int64_t paid = c->person == d->chosen ? LEDGER_UNIT : 0; /* I12 */
        assert_int_equal(moved, c->gate == NULL ? c->units - paid : 0);
    }
    assert_int_equal(sum_of_credits(world), 0); /* I1 */
}

static void
whatever_happens_nobody_gets_what_he_cannot_take(void **state)
{
    struct world *world = *state;
    static const char *const strategies[] = { "in_turn",    "most_room",
                                              "random",     "fixed",
                                              "best_match", "first_to_accept" };
    struct result rows[] = { { world->people[0].id, STR(""), 40, 30, 0 },
                             { world->people[1].id, STR(""), 40, 2, 0 } };
    struct results results = { rows, 2, 0 };

    random_init(&world->random, seed_of_run());
    results_prepare(&results);
    world->question.results = &results;
    world->question.kind = STR("");
    world->question.offer_is_over = true;
    for (int s = 0; s < 6; s++) {
        one_pool_of(world, strategies[s]);
        for (int i = 0; i < HISTORY; i++) {
            while (random_below(&world->random, 2) == 0)
                something_happens(world);
            world->question.random = random_next(&world->random) >> 1;
            if (world->question.now_ms > at("2027-01-15T00:00:00Z"))
                world->question.now_ms = at("2026-11-16T10:00:00+09:00");
            struct route_decision d = decide(world);
            assert_false(id_is_none(d.owner.id)); /* R2 */
            check_lead(world, &d);
        }
    }
}

static const struct str served[] = { STR_INIT("korea"), STR_INIT("asia"),
                                     STR_INIT("gone") };

static void
serves(struct world *world, int person, int from, int count)
{
    struct ability *ability = &world->people[person].ability;

    ability->territories = served + from;
    ability->territory_count = count;
}

static void
one_pool_by_territory(struct world *world)
{
    rules(world, START "\"rules\":[]," TO_P ",\"pools\":[{\"id\":\"p\","
                       "\"needs\":{\"territory\":\"lead\"},\"members\":[" ANA
                       "," BO "," CY "]}]}");
}

static void
a_lead_goes_to_whoever_serves_its_place(void **state)
{
    struct world *world = *state;

    serves(world, 1, 1, 1); /* bo: asia */
    serves(world, 2, 2, 1); /* cy: what is gone */
    one_pool_by_territory(world);
    country(world, "KR");
    struct route_decision d = decide(world);
    assert_int_equal(d.chosen, 1);
    const struct route_candidate *ana = candidate(&d, 0);
    assert_string_equal(ana->gate->code, "not_in_territory");
    assert_int_equal(ana->saw, 0);
    assert_true(str_is(ana->what, "KR"));
    assert_string_equal(candidate(&d, 2)->gate->code, "not_in_territory");
    country(world, "FR");
    assert_int_equal(decide(world).able_count, 0);
    world->facts[LEAD_COUNTRY].known = false; /* from nowhere: everybody's */
    assert_int_equal(decide(world).able_count, 3);
}

/* What each serves, worked out again without conditions. */
static bool
serves_country(const struct person *person, struct str country)
{
    for (int i = 0; i < person->ability.territory_count; i++) {
        struct str name = person->ability.territories[i];
        if (str_is(country, "KR")
            && (str_is(name, "korea") || str_is(name, "asia")))
            return true;
        if (str_is(country, "JP") && str_is(name, "asia"))
            return true;
    }
    return false;
}

static void
whatever_happens_nobody_gets_a_lead_from_outside_his_territory(void **state)
{
    struct world *world = *state;
    static const char *const countries[] = { "KR", "JP", "FR" };

    random_init(&world->random, seed_of_run());
    for (int i = 0; i < HISTORY; i++) {
        const char *from = countries[random_below(&world->random, 3)];
        for (int p = 0; p < 3; p++) {
            int first = (int)random_below(&world->random, 3);
            serves(world, p, first,
                   (int)random_below(&world->random, (uint64_t)(4 - first)));
        }
        something_happens(world);
        if (world->question.now_ms > at("2027-01-15T00:00:00Z"))
            world->question.now_ms = at("2026-11-16T10:00:00+09:00");
        one_pool_by_territory(world);
        country(world, from);
        struct route_decision d = decide(world);
        check_lead(world, &d);
        for (int p = 0; p < 3; p++) {
            const struct route_candidate *c = candidate(&d, p);
            bool his = serves_country(&world->people[p], str_of(from));
            if (!his)
                assert_non_null(c->gate);
            else if (c->gate != NULL)
                assert_string_not_equal(c->gate->code, "not_in_territory");
        }
    }
}

static void
every_gate_has_its_sentence_in_both_languages(void **state)
{
    struct world *world = *state;

    for (const struct route_gate *gate = route_gates; gate->code != NULL;
         gate++) {
        const struct route_stopped stopped = {
            .who = STR("김민지"),
            .gate = str_of(gate->code),
            .saw = 3,
            .limit = at("2026-11-16T10:00:00+09:00"),
            .what = STR("solar"),
        };
        struct str en = route_gate_sentence(&world->arena, &stopped, STR("en"));
        struct str ko = route_gate_sentence(&world->arena, &stopped, STR("ko"));
        assert_says(en, "김민지");
        assert_says(ko, "김민지");
        assert_false(str_equal(en, ko));
        assert_true(str_find(en, STR("?")) < 0 && str_find(ko, STR("?")) < 0);
    }
}

static void
the_same_question_has_the_same_record_byte_for_byte(void **state)
{
    struct world *world = *state;

    random_init(&world->random, seed_of_run());
    rules(world, country_rules);
    country(world, "FR");
    for (int i = 0; i < 200; i++) {
        something_happens(world);
        struct route_decision one = decide(world);
        struct route_decision two = decide(world);
        assert_true(str_equal(record_of(world, &one), record_of(world, &two)));
    }
}

static void
a_decision_changes_nothing_by_being_asked_for(void **state)
{
    struct world *world = *state;
    struct ledger_entry before[PEOPLE];

    one_pool_of(world, "in_turn");
    memcpy(before, world->entries, sizeof before);
    for (int i = 0; i < 10; i++)
        assert_int_equal(decide(world).chosen, 0);
    assert_memory_equal(before, world->entries, sizeof before);
}

/* --------------------------------------------------------------- sentences */

static void
a_sentence_from_the_record_is_that_of_the_decision(void **state)
{
    struct world *world = *state;

    rules(world, country_rules);
    country(world, "KR");
    struct route_decision d = decide(world);
    const struct json *kept =
        json(world, arena_cstr(&world->arena, record_of(world, &d)));
    struct route_telling telling = route_tell_record(kept, STR("bo"));

    assert_true(str_equal(route_sentence(&world->arena, &telling, STR("en")),
                          sentence(world, &d, "en")));
    assert_says(sentence(world, &d, "en"), "Korea");
    assert_says(sentence(world, &d, "en"), "bo");
}

static void
a_lead_that_waits_says_for_how_many_and_until_when(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "in_turn");
    everybody_works(world, "{\"mon\":[\"14:00-18:00\"]}");
    struct route_decision d = decide(world);
    assert_says(sentence(world, &d, "en"), "nobody of 3");
    assert_says(sentence(world, &d, "en"), "2026-11-16");
    assert_says(sentence(world, &d, "en"), "Inbox");
    assert_says(sentence(world, &d, "ko"), "Inbox");
}

static void
korean_particles_follow_the_sound_of_the_name(void **state)
{
    struct world *world = *state;

    one_pool_of(world, "in_turn");
    world->people[0].name = STR("김민지");
    struct route_decision d = decide(world);
    assert_says(sentence(world, &d, "ko"), "김민지가");
    world->people[0].name = STR("이현진");
    d = decide(world);
    assert_says(sentence(world, &d, "ko"), "이현진이");
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

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

/* ---------------------------------------------------------------- reach */

/* A condition of up to three levels over two fields of two values each. */
static struct str
some_condition(struct world *world, int depth)
{
    static const char *const groups[] = { "all", "any" };
    static const char *const fields[] = { "country", "city" };
    struct arena *arena = &world->arena;
    struct random *random = &world->random;
    struct text text = text_new(arena);

    if (depth == 0 || random_below(random, 3) == 0) {
        const char *field = fields[random_below(random, 2)];
        int value = 'A' + (int)random_below(random, 2);
        return arena_format(arena,
                            "{\"field\":\"%s\",\"op\":\"is\",\"value\":\"%c\"}",
                            field, value);
    }
    if (random_below(random, 5) == 0) {
        struct str part = some_condition(world, depth - 1);
        return arena_format(arena, "{\"not\":%.*s}", STR_ARG(part));
    }
    text_add(&text,
             arena_format(arena, "{\"%s\":[", groups[random_below(random, 2)]));
    for (uint64_t i = random_below(random, 4); i > 0; i--) {
        text_add(&text, some_condition(world, depth - 1));
        text_add(&text, i > 1 ? STR(",") : STR(""));
    }
    text_add(&text, STR("]}"));
    return text_str(&text);
}

static void
comes_from(struct world *world, const char *country, const char *city)
{
    struct fact country_fact = { .known = country[0] != 0,
                                 .text = str_of(country),
                                 .folded = str_of(country) };
    struct fact city_fact = { .known = city[0] != 0,
                              .text = str_of(city),
                              .folded = str_of(city) };

    world->facts[LEAD_COUNTRY] = country_fact;
    world->facts[LEAD_CITY] = city_fact;
}

/* Every lead there can be, to the first rule that is true of it. */
static void
assert_none_is_reached(struct world *world, const int *taken_by)
{
    static const char *const values[] = { "", "a", "b", "c" };

    for (int i = 0; i < 16; i++) {
        comes_from(world, values[i / 4], values[i % 4]);
        const struct route_rule *rule =
            route_first_match(world->rules, &world->question);
        if (rule != NULL)
            assert_int_equal(taken_by[rule - world->rules->rules], -1);
    }
}

static void
no_lead_comes_to_a_rule_of_which_it_is_said(void **state)
{
    enum { SETS = 300, RULES = 6 };
    struct world *world = *state;
    int found = 0;

    random_init(&world->random, seed_of_run());
    for (int set = 0; set < SETS; set++) {
        struct text text = text_new(&world->arena);
        int taken_by[RULES];
        text_add(&text, STR(START "\"rules\":["));
        for (int i = 0; i < RULES; i++) {
            struct str when = some_condition(world, 2);
            text_add(&text,
                     arena_format(&world->arena,
                                  "%s{\"id\":\"%d\",\"give_to\":{\"pool\":"
                                  "\"p\"},\"when\":%.*s}",
                                  i == 0 ? "" : ",", i, STR_ARG(when)));
        }
        text_add(&text, STR("]," TO_P "," POOL("fixed", ANA) "}"));
        const char *document = arena_cstr(&world->arena, text_str(&text));
        rules(world, document);
        route_reach(&world->arena, json_get(json(world, document), "rules"),
                    world->rules, taken_by);
        assert_none_is_reached(world, taken_by);
        for (int i = 0; i < RULES; i++)
            found += taken_by[i] >= 0;
    }
    assert_true(found > SETS / 2); /* there was something to find */
}

/* ------------------------------------------------------------- capturer */

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
        IN_WORLD(no_lead_comes_to_a_rule_of_which_it_is_said),
        IN_WORLD(who_enters_a_lead_keeps_it_whatever_his_hours),
        IN_WORLD(who_cannot_keep_what_he_enters_is_in_the_record),
        IN_WORLD(somebody_who_left_gets_nothing),
        IN_WORLD(somebody_who_takes_no_leads_gets_none),
        IN_WORLD(who_had_the_lead_does_not_get_it_again),
        IN_WORLD(an_absent_rep_is_passed_over_and_the_record_says_until_when),
        IN_WORLD(an_absence_ends_at_its_end_and_not_later),
        IN_WORLD(
            outside_hours_a_rep_gets_nothing_and_the_record_says_when_he_comes),
        IN_WORLD(somebody_away_gets_nothing),
        IN_WORLD(a_full_rep_gets_nothing_and_the_record_says_how_full),
        IN_WORLD(the_limit_of_a_day_counts_that_day_in_the_reps_zone),
        IN_WORLD(gates_are_asked_in_the_order_of_their_table),
        IN_WORLD(the_first_rule_that_matches_decides),
        IN_WORLD(what_no_rule_matches_goes_to_otherwise),
        IN_WORLD(a_rule_may_send_to_a_queue),
        IN_WORLD(a_rules_own_promise_comes_before_that_of_the_document),
        IN_WORLD(out_of_hours_a_lead_waits_until_the_first_shift_begins),
        IN_WORLD(without_waiting_the_last_resort_gets_it_even_outside_hours),
        IN_WORLD(the_last_resort_is_never_somebody_who_left),
        IN_WORLD(with_nobody_left_it_is_kept_in_the_queue),
        IN_WORLD(a_full_team_at_work_is_not_waited_for_until_this_moment),
        IN_WORLD(a_day_that_is_full_is_waited_for_until_the_next),
        IN_WORLD(finally_goes_to_the_person_who_is_named),
        IN_WORLD(fixed_takes_the_first_in_the_list_who_can),
        IN_WORLD(most_room_takes_whoever_has_most_places_left),
        IN_WORLD(random_draws_by_weight_and_never_who_cannot),
        IN_WORLD(a_draw_can_be_replayed_from_its_record),
        IN_WORLD(in_turn_everybody_has_had_one_before_anybody_has_two),
        IN_WORLD(whatever_happens_nobody_gets_what_he_cannot_take),
        IN_WORLD(a_lead_goes_to_whoever_serves_its_place),
        IN_WORLD(
            whatever_happens_nobody_gets_a_lead_from_outside_his_territory),
        IN_WORLD(every_gate_has_its_sentence_in_both_languages),
        IN_WORLD(the_same_question_has_the_same_record_byte_for_byte),
        IN_WORLD(a_decision_changes_nothing_by_being_asked_for),
        IN_WORLD(a_sentence_from_the_record_is_that_of_the_decision),
        IN_WORLD(a_lead_that_waits_says_for_how_many_and_until_when),
        IN_WORLD(korean_particles_follow_the_sound_of_the_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
