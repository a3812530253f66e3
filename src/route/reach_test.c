/* reach_test: a rule of which it is said that no lead comes to it, and every
 * lead there can be. The seed is printed; BATON_TEST_SEED repeats a run. */
#include "src/route/reach.h"

#include "src/route/test_world.h"

static const char *const cities[] = { "", "a", "b", "ab", "c" };
enum { CITIES = 5, PEOPLE_MAX = 6, LEADS = CITIES * CITIES * (PEOPLE_MAX + 1) };

static struct str
some_list(struct world *world, bool numbers)
{
    struct text text = text_new(&world->arena);

    text_add(&text, STR("["));
    for (uint64_t i = random_below(&world->random, 3) + 1; i > 0; i--) {
        uint64_t pick = random_below(&world->random, CITIES - 1) + 1;
        text_add(&text,
                 numbers ? arena_format(&world->arena, "%d", (int)pick)
                         : arena_format(&world->arena, "\"%s\"", cities[pick]));
        text_add(&text, i > 1 ? STR(",") : STR("]"));
    }
    return text_str(&text);
}

/* On a text or a number, of every kind that has few values. */
static struct str
some_term(struct world *world)
{
    static const struct {
        const char *name;
        enum { NOTHING, ONE, MANY, BOTH } value;
        bool numbers;
    } operators[] = {
        { "is", ONE, false },           { "is_not", ONE, false },
        { "is_any_of", MANY, false },   { "is_none_of", MANY, false },
        { "contains", ONE, false },     { "starts_with", ONE, false },
        { "ends_with", ONE, false },    { "is_known", NOTHING, false },
        { "is_empty", NOTHING, false }, { "is", ONE, true },
        { "is_not", ONE, true },        { "at_least", ONE, true },
        { "at_most", ONE, true },       { "more_than", ONE, true },
        { "less_than", ONE, true },     { "between", BOTH, true },
        { "is_any_of", MANY, true },    { "is_none_of", MANY, true },
        { "is_empty", NOTHING, true },  { "is_known", NOTHING, true },
    };
    struct arena *arena = &world->arena;
    struct random *random = &world->random;
    size_t op = random_below(random, sizeof operators / sizeof *operators);
    bool numbers = operators[op].numbers;
    int low = (int)random_below(random, PEOPLE_MAX);
    struct str value =
        operators[op].value == MANY   ? some_list(world, numbers)
        : operators[op].value == BOTH ? arena_format(
              arena, "[%d,%d]", low, low + (int)random_below(random, 3))
        : numbers ? arena_format(arena, "%d", low)
                  : arena_format(arena, "\"%s\"",
                                 cities[random_below(random, CITIES - 1) + 1]);

    return arena_format(
        arena, "{\"field\":\"%s\",\"op\":\"%s\"%s%.*s}",
        numbers                   ? "employees"
        : random_below(random, 2) ? "company"
                                  : "city",
        operators[op].name, operators[op].value == NOTHING ? "" : ",\"value\":",
        operators[op].value == NOTHING ? 0 : (int)value.bytes, value.data);
}

/* A condition of up to three levels. */
static struct str
some_condition(struct world *world, int depth)
{
    static const char *const groups[] = { "all", "any" };
    struct arena *arena = &world->arena;
    struct random *random = &world->random;
    struct text text = text_new(arena);

    if (depth == 0 || random_below(random, 3) == 0)
        return some_term(world);
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

static struct fact
text_fact(const char *text)
{
    return (struct fact){ .known = text[0] != 0,
                          .text = str_of(text),
                          .folded = str_of(text) };
}

/* Every lead there can be, to the first rule that is true of it. */
static void
assert_none_is_reached(struct world *world, const int *taken_by)
{
    for (int i = 0; i < LEADS; i++) {
        int people = i / CITIES / CITIES;
        world->facts[LEAD_COMPANY] = text_fact(cities[i % CITIES]);
        world->facts[LEAD_CITY] = text_fact(cities[i / CITIES % CITIES]);
        world->facts[LEAD_EMPLOYEES] =
            (struct fact){ .known = people > 0, .number = people - 1 };
        const struct route_rule *rule =
            route_first_match(world->rules, &world->question);
        if (rule != NULL)
            assert_int_equal(taken_by[rule - world->rules->rules], -1);
    }
}

static void
no_lead_comes_to_a_rule_of_which_it_is_said(void **state)
{
    enum { SETS = 1000, RULES = 6 };
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

/* Of two rules on one thing, whether the second is never reached. */
static void
what_follows_from_a_rule_before_is_never_reached(void **state)
{
    static const struct {
        const char *first, *second;
        bool taken;
    } rows[] = {
#define WHEN(field, op, value) \
    "{\"field\":\"" field "\",\"op\":\"" op "\",\"value\":" value "}"
        { WHEN("employees", "at_least", "50"),
          WHEN("employees", "at_least", "100"), true },
        { WHEN("employees", "at_least", "100"),
          WHEN("employees", "at_least", "50"), false },
        { WHEN("employees", "more_than", "49"),
          WHEN("employees", "between", "[50,60]"), true },
        { WHEN("city", "is_any_of", "[\"a\",\"b\",\"c\"]"),
          WHEN("city", "is_any_of", "[\"c\",\"A\"]"), true },
        { WHEN("city", "is_any_of", "[\"a\",\"b\"]"),
          WHEN("city", "is_any_of", "[\"a\",\"c\"]"), false },
        { "{\"field\":\"city\",\"op\":\"is_known\"}",
          WHEN("city", "is", "\"a\""), true },
        { WHEN("city", "is_not", "\"a\""), WHEN("city", "is", "\"b\""), true },
        { WHEN("city", "is_not", "\"a\""),
          "{\"field\":\"city\",\"op\":\"is_empty\"}", true },
        { WHEN("email", "ends_with", "\"example.com\""),
          WHEN("email", "ends_with", "\"@example.com\""), true },
        { WHEN("ip", "within", "\"10.0.0.0/8\""),
          WHEN("ip", "within", "\"10.1.0.0/16\""), true },
        { WHEN("deal_value", "at_least", "0.5"),
          "{\"all\":[" WHEN("deal_value", "is",
                            "12.345") "," WHEN("city", "is", "\"a\"") "]}",
          true },
        { WHEN("created_at", "within_last", "\"7d\""),
          WHEN("created_at", "within_last", "\"2d\""), true },
        { WHEN("created_at", "within_last", "\"7d\""),
          WHEN("created_at", "after", "\"2026-01-01T00:00:00Z\""), false },
        { WHEN("tags", "is_any_of", "[\"a\",\"b\"]"),
          WHEN("tags", "is", "\"b\""), true },
#undef WHEN
    };
    struct world *world = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int taken_by[2];
        const char *document =
            arena_format(&world->arena,
                         START
                         "\"rules\":[{\"id\":\"a\",\"give_to\":{"
                         "\"pool\":\"p\"},\"when\":%s},{\"id\":\"b\","
                         "\"give_to\":{\"pool\":\"p\"},\"when\":%s}]," TO_P
                         "," POOL("fixed", ANA) "}",
                         rows[i].first, rows[i].second)
                .data;
        rules(world, document);
        route_reach(&world->arena, json_get(json(world, document), "rules"),
                    world->rules, taken_by);
        assert_int_equal(taken_by[0], -1);
        assert_int_equal(taken_by[1], rows[i].taken ? 0 : -1);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(no_lead_comes_to_a_rule_of_which_it_is_said),
        IN_WORLD(what_follows_from_a_rule_before_is_never_reached),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
