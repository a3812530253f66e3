/* What conventions make of a lead that has learned something. */
#include <setjmp.h>
#include <stdarg.h>

#include "src/lead/custom.h"
#include "src/standardise/convention.h"
#include "src/workspace/cache.h"

#include <cmocka.h> /* last: it has a macro named fail */

/* One lead, the conventions of a document, and what came of it. */
struct world {
    struct arena arena;
    struct work w;
    struct workspace_cache cache;
    struct lead lead;
    struct lead_facts facts;
};

static int
begin(void **state)
{
    static const struct lead_schema schema = {
        .fields = lead_fields,
        .usable = lead_fields,
        .field_count = LEAD_FIELD_COUNT,
    };
    static struct world world;

    world = (struct world){ .cache.schema = &schema };
    arena_init(&world.arena);
    world.w.arena = &world.arena;
    *state = &world;
    return 0;
}

static int
end(void **state)
{
    struct world *world = *state;

    arena_free(&world->arena);
    return 0;
}

static const struct conventions *
read_document(struct world *world, const char *document)
{
    struct json_error error;

    return conventions_read(&world->w, &world->cache,
                            json_parse(&world->arena, str_of(document), &error),
                            STR(""));
}

static void
apply(struct world *world, const char *document, const struct lead *before)
{
    const struct conventions *all = read_document(world, document);

    assert_non_null(all);
    conventions_apply(&world->arena, all, world->cache.schema, 0, before,
                      &world->lead, &world->facts);
}

static void
knows(struct world *world, enum lead_field field, const char *text)
{
    lead_set_text(&world->lead, &world->arena, field, str_of(text));
}

static void
assert_knows(struct world *world, enum lead_field field, const char *text)
{
    assert_true(str_is(lead_text(&world->lead, field), text));
}

#define WHEN(field, op, value) \
    "\"when\":{\"field\":\"" field "\",\"op\":\"" op "\",\"value\":" value "}"
#define INDUSTRY           \
    "{\"id\":\"i\"," WHEN( \
        "industry", "is",  \
        "\"Bldg\"") ",\"set\":{\"industry\":\"Construction\"}}"
#define SEGMENT            \
    "{\"id\":\"s\"," WHEN( \
        "industry", "is",  \
        "\"construction\"") ",\"set\":{\"segment\":\"trade\"}}"

static void
each_sees_what_those_before_it_have_done(void **state)
{
    struct world *world = *state;

    knows(world, LEAD_INDUSTRY, "BLDG");
    apply(world, "{\"rules\":[" INDUSTRY "," SEGMENT "]}", NULL);
    assert_knows(world, LEAD_INDUSTRY, "Construction");
    assert_knows(world, LEAD_SEGMENT, "trade");
    assert_true(
        str_is(world->facts.settled,
               "[{\"rule\":\"i\",\"field\":\"industry\",\"from\":\"BLDG\","
               "\"to\":\"Construction\"},{\"rule\":\"s\",\"field\":\"segment\","
               "\"from\":null,\"to\":\"trade\"}]"));
}

static void
it_is_gone_through_once(void **state)
{
    struct world *world = *state;

    knows(world, LEAD_INDUSTRY, "BLDG");
    apply(world, "{\"rules\":[" SEGMENT "," INDUSTRY "]}", NULL);
    assert_false(world->lead.facts[LEAD_SEGMENT].known);
}

static void
what_a_lead_had_before_stays(void **state)
{
    struct world *world = *state;
    struct lead before;

    knows(world, LEAD_INDUSTRY, "Bldg");
    before = world->lead;
    apply(world, "{\"rules\":[" INDUSTRY "]}", &before);
    assert_knows(world, LEAD_INDUSTRY, "Bldg");
    assert_null(world->facts.settled.data);
}

static void
null_takes_out_and_tags_are_added(void **state)
{
    static const struct str vip = STR_INIT("VIP");
    struct world *world = *state;
    struct lead before;

    lead_set_tags(&world->lead, &world->arena, &vip, 1);
    before = world->lead;
    knows(world, LEAD_INDUSTRY, "n/a");
    apply(world,
          "{\"rules\":[{\"id\":\"n\"," WHEN(
              "industry", "is", "\"N/A\"") ",\"set\":{\"industry\":null,"
                                           "\"tags\":[\"vip\",\"vague\"]}}]}",
          &before);
    assert_false(world->lead.facts[LEAD_INDUSTRY].known);
    assert_knows(world, LEAD_TAGS, "[\"VIP\",\"vague\"]");
}

static void
what_is_set_has_the_shape_of_what_is_given(void **state)
{
    struct world *world = *state;

    apply(world,
          "{\"rules\":[{\"id\":\"n\",\"when\":{},\"set\":{\"country\":"
          "\"South Korea\",\"deal_value\":12.5,\"company\":\"Acme Ltd\"}}]}",
          NULL);
    assert_knows(world, LEAD_COUNTRY, "KR");
    assert_int_equal(world->lead.facts[LEAD_DEAL_VALUE].number, 125000);
    assert_true(str_is(world->facts.company.name, "Acme Ltd"));
}

static void
a_fault_is_told_with_its_place(void **state)
{
    static const struct {
        const char *rule;
        const char *pointer;
    } faults[] = {
        { "\"set\":{}", "/rules/0/set" },
        { "\"set\":{\"email\":\"a@b.test\"}", "/rules/0/set/email" },
        { "\"set\":{\"industri\":\"x\"}", "/rules/0/set/industri" },
        { "\"set\":{\"employees\":\"many\"}", "/rules/0/set/employees" },
        { "\"set\":{\"industry\":{}}", "/rules/0/set/industry" },
        { "\"set\":{\"industry\":\" \"}", "/rules/0/set/industry" },
        { "\"set\":{\"custom\":3}", "/rules/0/set/custom" },
    };
    struct world *world = *state;

    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        world->w.error = (struct error){ 0 };
        struct str document = arena_format(
            &world->arena, "{\"rules\":[{\"id\":\"a\",\"when\":{},%s}]}",
            faults[i].rule);
        assert_null(read_document(world, arena_cstr(&world->arena, document)));
        assert_int_equal(world->w.error.detail_count, 1);
        assert_true(
            str_is(world->w.error.details[0].pointer, faults[i].pointer));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            each_sees_what_those_before_it_have_done, begin, end),
        cmocka_unit_test_setup_teardown(it_is_gone_through_once, begin, end),
        cmocka_unit_test_setup_teardown(what_a_lead_had_before_stays, begin,
                                        end),
        cmocka_unit_test_setup_teardown(null_takes_out_and_tags_are_added,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            what_is_set_has_the_shape_of_what_is_given, begin, end),
        cmocka_unit_test_setup_teardown(a_fault_is_told_with_its_place, begin,
                                        end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
