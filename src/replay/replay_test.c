/* replay_test: the same rules and the same recorded state give the same owner. */
#include "src/route/test_world.h"

#include "src/replay/replay.h"

enum { LEADS = 400 };

/* A history that was lived through, as its records tell it. */
struct history {
    struct decision_row rows[LEADS];
    struct route_decision decisions[LEADS];
    int count;
};

static const char mixed_rules[] = START
    "\"rules\":["
    "{\"id\":\"kr\",\"when\":{\"field\":\"country\",\"op\":\"is\","
    " \"value\":\"KR\"},\"give_to\":{\"pool\":\"p\"}},"
    "{\"id\":\"jp\",\"when\":{\"field\":\"country\",\"op\":\"is\","
    " \"value\":\"JP\"},\"give_to\":{\"pool\":\"r\"}},"
    "{\"id\":\"fr\",\"when\":{\"field\":\"country\",\"op\":\"is\","
    " \"value\":\"FR\"},\"give_to\":{\"pool\":\"m\"}},"
    "{\"id\":\"us\",\"when\":{\"field\":\"country\",\"op\":\"is\","
    " \"value\":\"US\"},\"give_to\":{\"pool\":\"b\"}}],"
    "\"otherwise\":{\"pool\":\"f\"},\"pools\":["
    "{\"id\":\"p\",\"strategy\":\"in_turn\",\"members\":[" ANA "," BO
    ",{\"rep\":\"cy@acme.test\",\"weight\":3}]},"
    "{\"id\":\"r\",\"strategy\":\"random\",\"members\":[" ANA "," CY "]},"
    "{\"id\":\"m\",\"strategy\":\"most_room\",\"members\":[" ANA "," BO "," CY
    "]},"
    "{\"id\":\"b\",\"strategy\":\"best_match\",\"members\":[" BO "," CY "]},"
    "{\"id\":\"f\",\"strategy\":\"fixed\",\"members\":[" CY "," BO "]}]}";

/* What records tell of: who is there, what he has to do, what time it is. */
static void
something_recorded_happens(struct world *world)
{
    struct person *person = &world->people[random_below(&world->random, 3)];

    switch (random_below(&world->random, 4)) {
    case 0:
        person->away = !person->away;
        person->busy = false;
        break;
    case 1:
        person->busy = !person->busy && !person->away;
        break;
    case 2:
        ledger_load_add(&world->ledger, &world->team, person->id, -1,
                        world->question.now_ms);
        break;
    default:
        world->question.now_ms +=
            HOUR_MS * (1 + (int64_t)random_below(&world->random, 12));
    }
}

static void
a_lead_comes(struct world *world, struct history *history)
{
    static const char *const countries[] = { "KR", "JP", "FR", "US", "DE" };
    struct decision_row *row = &history->rows[history->count];

    country(world, countries[random_below(&world->random, 5)]);
    world->question.random = random_next(&world->random) >> 1;
    struct route_decision d = decide(world);
    struct str record = record_of(world, &d);
    *row = (struct decision_row){
        .id = { 5000 + history->count },
        .lead = { 9000 + history->count },
        .decided_ms = world->question.now_ms,
        .owner = d.owner,
        .record = json(world, arena_cstr(&world->arena, record)),
    };
    history->decisions[history->count++] = d;
    if (d.share_count > 0)
        ledger_post(&world->ledger, d.shares, d.share_count, d.chosen);
    if (d.owner.kind == OWNER_REP)
        ledger_load_add(&world->ledger, &world->team, d.owner.id, +1,
                        world->question.now_ms);
}

/* As when the assignments of a version are taken back. */
static void
a_turn_is_taken_back(struct world *world, const struct history *history)
{
    const struct route_decision *d = &history->decisions[random_below(
        &world->random, (uint64_t)history->count)];

    if (d->share_count > 0)
        ledger_mirror(&world->ledger, d->shares, d->share_count, d->chosen);
}

/* Turns and loads before the first lead of the history. */
static void
something_has_been(struct world *world)
{
    for (int i = 0; i < PEOPLE; i++) {
        world->entries[i].credit =
            (int64_t)random_below(&world->random, 100) - 50;
        world->entries[i].open_leads = (int64_t)random_below(&world->random, 4);
        world->entries[i].last_turn = (i * 3) % 5;
    }
    world->ledger.turn = 5;
    world->people[0].open_leads_max = 6;
    world->people[1].day_leads_max = 3;
}

static void
live_through(struct world *world, struct history *history)
{
    something_has_been(world);
    while (history->count < LEADS) {
        something_recorded_happens(world);
        a_lead_comes(world, history);
        /* Near the end nobody might be considered who tells of it. */
        if (history->count < LEADS - 60
            && random_below(&world->random, 10) == 0)
            a_turn_is_taken_back(world, history);
    }
}

static const struct fact *
facts_of(struct world *world, const struct json *record)
{
    struct fact *facts =
        ARENA_ARRAY(&world->arena, struct fact, LEAD_FACT_COUNT);

    facts[LEAD_COUNTRY] = route_input_fact(
        &world->arena, json_get(json_get(record, "input"), "country"));
    return facts;
}

static void
begin(struct world *world, struct replay *replay, const struct history *history)
{
    replay_init(replay, &world->arena, world->rules, &world->team,
                &world->ledger, NULL);
    for (int i = 0; i < history->count; i++) {
        struct replay_past past;
        replay_past_read(&world->arena, &world->team, &history->rows[i], &past);
        replay_look_ahead(replay, &past);
    }
}

static bool
step(struct world *world, struct replay *replay, const struct decision_row *row,
     bool first)
{
    struct replay_change change;
    struct replay_past past;

    replay_past_read(&world->arena, &world->team, row, &past);
    past.first = first;
    past.facts = facts_of(world, row->record);
    return replay_step(replay, &world->arena, &past, &change);
}

static void
the_same_rules_give_every_lead_the_owner_it_had(void **state)
{
    struct world *world = *state;
    struct history *history = ARENA_NEW(&world->arena, struct history);
    struct ledger_entry lived[PEOPLE];
    struct replay replay;

    random_init(&world->random, seed_of_run());
    rules(world, mixed_rules);
    live_through(world, history);
    memcpy(lived, world->entries, sizeof lived);
    begin(world, &replay, history);
    for (int i = 0; i < history->count; i++)
        if (step(world, &replay, &history->rows[i], true))
            fail_msg("lead %d has another owner", i);
    assert_int_equal(replay.counts.same, LEADS);
    assert_int_equal(replay.counts.drawn, 0);
    /* So has everybody's account: it is what it had become. */
    for (int i = 0; i < PEOPLE; i++)
        assert_int_equal(replay.ledger.entries[i].credit, lived[i].credit);
    replay_free(&replay);
}

/* Each from its record alone: nothing else is known of anybody. */
static void
one_decision_is_made_again_from_its_record(void **state)
{
    struct world *world = *state;
    struct history *history = ARENA_NEW(&world->arena, struct history);

    random_init(&world->random, seed_of_run());
    rules(world, mixed_rules);
    live_through(world, history);
    for (int i = 0; i < history->count; i++) {
        const struct decision_row *row = &history->rows[i];
        struct replay_past past;
        struct replay replay;
        memset(world->entries, 0, sizeof world->entries);
        replay_past_read(&world->arena, &world->team, row, &past);
        past.facts = facts_of(world, row->record);
        replay_init(&replay, &world->arena, world->rules, &world->team,
                    &world->ledger, NULL);
        struct route_decision d = replay_again(&replay, &world->arena, &past);
        replay_free(&replay);
        assert_true(owner_equal(d.owner, row->owner));
        assert_string_equal(d.code, history->decisions[i].code);
        assert_int_equal(d.able_count, history->decisions[i].able_count);
    }
}

/* From the middle on, with turns that were taken before and later ones. */
static void
it_may_begin_anywhere_and_some_leads_may_be_older(void **state)
{
    struct world *world = *state;
    struct history *history = ARENA_NEW(&world->arena, struct history);
    struct history half = { .count = 0 };
    struct replay replay;

    random_init(&world->random, seed_of_run());
    rules(world, mixed_rules);
    live_through(world, history);
    for (int i = LEADS / 2; i < LEADS; i++)
        half.rows[half.count++] = history->rows[i];
    begin(world, &replay, &half);
    for (int i = 0; i < half.count; i++)
        if (step(world, &replay, &half.rows[i], i % 3 > 0))
            fail_msg("lead %d has another owner", i);
    replay_free(&replay);
}

static void
what_is_gained_is_lost_by_others(void **state)
{
    struct world *world = *state;
    struct history *history = ARENA_NEW(&world->arena, struct history);
    struct replay replay;
    struct replay_count sum = { 0 };

    random_init(&world->random, seed_of_run());
    rules(world, mixed_rules);
    live_through(world, history);
    one_pool_of(world, "in_turn");
    begin(world, &replay, history);
    for (int i = 0; i < history->count; i++)
        (void)step(world, &replay, &history->rows[i], true);
    for (int i = 0; i <= PEOPLE; i++) {
        const struct replay_count *one =
            i < PEOPLE ? &replay.people[i].leads : &replay.counts.waiting;
        assert_int_equal(one->after - one->before, one->gained - one->lost);
        sum.before += one->before;
        sum.after += one->after;
        sum.gained += one->gained;
        sum.lost += one->lost;
    }
    assert_int_equal(sum.before, LEADS);
    assert_int_equal(sum.after, LEADS);
    assert_int_equal(sum.gained, sum.lost);
    assert_int_equal(sum.gained, LEADS - replay.counts.same);
    replay_free(&replay);
}

static void
what_became_later_of_a_lead_with_another_owner_is_not_counted(void **state)
{
    struct world *world = *state;
    struct history *history = ARENA_NEW(&world->arena, struct history);
    struct replay replay;

    rules(world, START "\"rules\":[]," TO_P "," POOL("fixed", ANA) "}");
    country(world, "KR");
    random_init(&world->random, 1);
    a_lead_comes(world, history);
    rules(world, START "\"rules\":[]," TO_P "," POOL("fixed", BO) "}");
    begin(world, &replay, history);
    assert_true(step(world, &replay, &history->rows[0], true));
    assert_false(step(world, &replay, &history->rows[0], false));
    assert_int_equal(replay.counts.later, 1);
    assert_int_equal(replay.counts.later_passed, 1);
    assert_int_equal(replay.ledger.entries[0].turns, 1); /* as it began */
    replay_free(&replay);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(the_same_rules_give_every_lead_the_owner_it_had),
        IN_WORLD(one_decision_is_made_again_from_its_record),
        IN_WORLD(it_may_begin_anywhere_and_some_leads_may_be_older),
        IN_WORLD(what_is_gained_is_lost_by_others),
        IN_WORLD(what_became_later_of_a_lead_with_another_owner_is_not_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
