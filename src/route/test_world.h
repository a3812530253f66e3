/*
 * test_world: a team, a rule set and a ledger made by hand, and who gets the
 * lead. No database and no server; those are in test/scenarios. For test
 * programs only.
 */
#ifndef ROUTE_TEST_WORLD_H
#define ROUTE_TEST_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/time/zone.h"
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

static inline int64_t
at(const char *text)
{
    int64_t ms = 0;

    assert_true(time_parse(str_of(text), &ms));
    return ms;
}

static inline const struct json *
json(struct world *world, const char *text)
{
    struct json_error error;
    const struct json *tree = json_parse(&world->arena, str_of(text), &error);

    if (tree == NULL)
        fail_msg("%s: %s", text, error.message);
    return tree;
}

/* NULL: at any hour. */
static inline void
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

static inline void
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

static inline struct world *
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

static inline int
set_up(void **state)
{
    *state = world_new();
    return 0;
}

static inline int
tear_down(void **state)
{
    struct world *world = *state;

    arena_free(&world->arena);
    free(world);
    return 0;
}

/* Asia holds Korea, as territories nest. */
static inline const struct json *
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
static inline void
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

static inline void
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

static inline struct route_decision
decide(struct world *world)
{
    return route_decide(&world->arena, &world->question, world->rules,
                        &world->ledger);
}

static inline struct str
record_of(struct world *world, const struct route_decision *d)
{
    return route_record(&world->arena, d, &world->question, world->rules);
}

static inline struct str
sentence(struct world *world, const struct route_decision *d,
         const char *language)
{
    struct route_telling telling = route_tell(d, world->rules);

    return route_sentence(&world->arena, &telling, str_of(language));
}

static inline void
assert_says(struct str text, const char *part)
{
    for (size_t i = 0; i + strlen(part) <= text.bytes; i++)
        if (memcmp(text.data + i, part, strlen(part)) == 0)
            return;
    fail_msg("\"%.*s\" does not say \"%s\"", STR_ARG(text), part);
}

/* What the decision says of one person. */
static inline const struct route_candidate *
candidate(const struct route_decision *d, int person)
{
    for (int i = 0; i < d->candidate_count; i++)
        if (d->candidates[i].person == person)
            return &d->candidates[i];
    fail_msg("%s was not considered", names[person]);
    return NULL;
}

static inline void
assert_stopped(const struct route_decision *d, int person, const char *code)
{
    const struct route_candidate *c = candidate(d, person);

    if (c->gate == NULL)
        fail_msg("nothing stopped %s", names[person]);
    assert_string_equal(c->gate->code, code);
    assert_int_not_equal(d->chosen, person);
}

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

static inline void
country(struct world *world, const char *code)
{
    struct str text = str_of(code);

    world->facts[LEAD_COUNTRY] = (struct fact){
        .known = true, .text = text, .folded = fold_text(&world->arena, text)
    };
}

static inline void
everybody_works(struct world *world, const char *hours)
{
    for (int i = 0; i < PEOPLE; i++)
        works(world, i, hours);
}

static inline uint64_t
seed_of_run(void)
{
    const char *given = getenv("BATON_TEST_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10)
                                  : (uint64_t)clock_monotonic_us();

    print_message("seed %lu\n", (unsigned long)seed);
    return seed;
}

static inline void
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

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
