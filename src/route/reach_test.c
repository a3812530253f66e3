/* reach_test: a rule of which it is said that no lead comes to it, and every
 * lead there can be. The seed is printed; BATON_TEST_SEED repeats a run. */
#include "src/route/reach.h"

#include "src/route/test_world.h"

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

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WORLD(no_lead_comes_to_a_rule_of_which_it_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
