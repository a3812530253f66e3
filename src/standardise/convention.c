/*
 * convention: what conventions make of a lead; see convention.h. Reads no
 * document (convention_read.c) and no table.
 */
#include "src/standardise/convention.h"

#include "src/lead/custom.h"
#include "src/lead/lead_merge.h"
#include "src/standardise/standardise.h"

/* One going through. */
struct going {
    struct arena *arena;
    const struct lead_schema *schema;
    const struct lead *before; /* or NULL */
    struct lead *lead;
    const struct convention *now;
    struct json_out out; /* [{"rule", "field", "from", "to"}] */
};

static bool settle(struct going *);
static bool settle_custom(struct going *);

void
conventions_apply(struct arena *arena, const struct conventions *conventions,
                  const struct lead_schema *schema, int64_t now_ms,
                  const struct lead *before, struct lead *lead,
                  struct lead_facts *facts)
{
    struct text settled = text_new(arena);
    struct going g = {
        arena, schema, before, lead, NULL, json_out_new(&settled)
    };
    bool company = false;

    json_open_array(&g.out);
    for (int i = 0; i < conventions->count; i++) {
        g.now = &conventions->items[i];
        if (!condition_true(g.now->when, lead->facts, now_ms))
            continue;
        company |= settle(&g);
        if (settle_custom(&g))
            custom_set(arena, schema, lead, lead->custom);
    }
    json_close_array(&g.out);
    if (settled.bytes > 2)
        facts->settled = text_str(&settled);
    if (company)
        facts->company =
            standardise_company(arena, lead->facts, lead->email_key);
}

static void
note(struct going *g, const char *field)
{
    json_open_object(&g->out);
    json_put_text(&g->out, "rule", g->now->id);
    json_put_cstr(&g->out, "field", field);
}

/* --------------------------------------------------------- built-in fields */

/* Tags are added, never taken from what was there. */
static bool
may_become(struct going *g, const struct convention_fact *given,
           struct fact *fact)
{
    bool had = g->before != NULL && g->before->facts[given->field].known;
    bool adds = given->field == LEAD_TAGS && given->fact.known;

    *fact = adds ? lead_tags_joined(g->arena, &g->lead->facts[LEAD_TAGS],
                                    &given->fact)
                 : given->fact;
    return (adds || !had)
        && !lead_same_fact(&g->lead->facts[given->field], fact);
}

/* Whether the company behind it may be another. */
static bool
settle(struct going *g)
{
    bool company = false;

    for (int i = 0; i < g->now->fact_count; i++) {
        const struct convention_fact *given = &g->now->facts[i];
        const struct field *field = &lead_fields[given->field];
        struct fact fact;
        if (!may_become(g, given, &fact))
            continue;
        note(g, field->name);
        json_name(&g->out, "from");
        lead_fact_json(&g->out, g->arena, field, &g->lead->facts[given->field]);
        json_name(&g->out, "to");
        lead_fact_json(&g->out, g->arena, field, &fact);
        json_close_object(&g->out);
        g->lead->facts[given->field] = fact;
        company |= given->field == LEAD_COMPANY || given->field == LEAD_WEBSITE;
    }
    return company;
}

/* ------------------------------------------------- the workspace's own ones */

static bool
same_json(struct arena *arena, const struct json *a, const struct json *b)
{
    return str_equal(json_tree_text(arena, a), json_tree_text(arena, b));
}

/* Whether there is anything to be set; facts follow. */
static bool
settle_custom(struct going *g)
{
    struct json given = { .kind = JSON_OBJECT };
    struct json_member *members =
        ARENA_ARRAY(g->arena, struct json_member, (size_t)g->now->custom_count);
    size_t count = 0;

    for (int i = 0; i < g->now->custom_count; i++) {
        const struct convention_custom *custom = &g->now->customs[i];
        const struct json *from = json_get(g->lead->custom, custom->name);
        bool had = g->before != NULL
                && json_get(g->before->custom, custom->name) != NULL;
        if (had || same_json(g->arena, from, &custom->value))
            continue;
        note(g, arena_cstr(g->arena,
                           arena_format(g->arena, "custom.%s", custom->name)));
        json_put_tree(&g->out, "from", from);
        json_put_tree(&g->out, "to", &custom->value);
        json_close_object(&g->out);
        members[count++] =
            (struct json_member){ str_of(custom->name), custom->value };
    }
    if (count == 0)
        return false;
    given.object.members = members;
    given.object.count = count;
    g->lead->custom = custom_merge(g->arena, g->lead->custom, &given);
    return true;
}
