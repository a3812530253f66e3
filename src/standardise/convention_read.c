/*
 * convention_read: the document of a workspace's conventions, checked and
 * turned into facts. What they do is convention.c's.
 */
#include "lib/base/nearest.h"
#include "src/lead/choice.h"
#include "src/lead/custom.h"
#include "src/standardise/convention.h"
#include "src/standardise/standardise.h"
#include "src/workspace/cache.h"

enum { CONVENTIONS_MAX = 300 };

static const struct shape_field rule_fields[] = {
    { "id", SHAPE_TEXT, SHAPE_REQUIRED, 100, .about = "Short and lasting." },
    { "name", SHAPE_TEXT, 0, 200, .about = "For people." },
    { "when", SHAPE_OBJECT, SHAPE_REQUIRED,
      .about = "A condition on what is given of a lead." },
    { "set", SHAPE_OBJECT, SHAPE_REQUIRED,
      .about = "Fields and what they become; null takes out, tags are added. "
               "Fields of your own stand in \"custom\"." },
    { 0 },
};
static const struct shape rule_shape = {
    "Convention", "When a condition is true, these facts are set.", 0,
    rule_fields
};
static const struct shape_field convention_fields[] = {
    { "rules", SHAPE_OBJECT, SHAPE_REQUIRED | SHAPE_LIST, CONVENTIONS_MAX,
      .of = &rule_shape,
      .about = "In order; each sees what those before it "
               "have done." },
    { 0 },
};
const struct shape convention_shape = { "Conventions",
                                        "How you want facts to be.", 0,
                                        convention_fields };

/* A document while it is read. What is stored is read again whatever has
 * become of the fields it names (`loading`). */
struct reader {
    struct work *w;
    const struct workspace_cache *cache;
    const struct field *fields;
    struct str at; /* of the convention */
};

static bool read_when(struct reader *, const struct json *,
                      struct convention *);
static bool check_names(struct reader *, const struct json *set);
static bool read_facts(struct reader *, const struct json *set,
                       struct convention *);
static bool read_customs(struct reader *, const struct json *set,
                         struct convention *);

static bool
ids_differ(struct work *w, const struct conventions *all, struct str at)
{
    bool ok = true;

    for (int i = 1; i < all->count; i++)
        for (int j = 0; j < i; j++)
            if (str_equal(all->items[i].id, all->items[j].id))
                ok = fail_at(
                    w,
                    arena_format(w->arena, "%.*s/rules/%d/id", STR_ARG(at), i),
                    "twice", "Number %d has the same id.", j);
    return ok;
}

static bool
read_one(struct reader *r, const struct json *json,
         struct convention *convention)
{
    const struct json *set = json_get(json, "set");
    bool ok = read_when(r, json, convention);

    convention->id = arena_str(r->w->arena, json_get_text(json, "id"));
    return check_names(r, set) && read_facts(r, set, convention)
        && read_customs(r, set, convention) && ok;
}

const struct conventions *
conventions_read(struct work *w, const struct workspace_cache *cache,
                 const struct json *document, struct str at)
{
    if (!shape_check(w, &convention_shape, document, at))
        return NULL;

    const struct json *list = json_get(document, "rules");
    struct convention *items =
        ARENA_ARRAY(w->arena, struct convention, list->array.count);
    struct conventions *all = ARENA_NEW(w->arena, struct conventions);
    const struct lead_schema *schema = cache->schema;
    struct reader r = { w, cache,
                        cache->loading ? schema->fields : schema->usable, at };
    bool ok = true;

    for (size_t i = 0; i < list->array.count; i++) {
        r.at = arena_format(w->arena, "%.*s/rules/%zu", STR_ARG(at), i);
        ok &= read_one(&r, &list->array.items[i], &items[i]);
    }
    *all = (struct conventions){ items, (int)list->array.count };
    return ids_differ(w, all, at) && ok ? all : NULL;
}

bool
conventions_load(struct work *w, struct workspace_cache *cache)
{
    struct json_error error;
    struct str document;
    int64_t version;

    cache->conventions = NULL;
    if (!conventions_stored(w, &document, &version))
        return false;

    const struct json *json = json_parse(w->arena, document, &error);
    if (json == NULL)
        return fail(w, ERR_INTERNAL, "The stored conventions are broken.");
    const struct conventions *all = conventions_read(w, cache, json, STR(""));
    if (all == NULL)
        return false;
    cache->conventions = all->count > 0 ? all : NULL;
    return true;
}

/* -------------------------------------------------------------- condition */

/* A field of Baton's own is not known yet when facts come in. */
static bool
read_when(struct reader *r, const struct json *json,
          struct convention *convention)
{
    struct str at = arena_format(r->w->arena, "%.*s/when", STR_ARG(r->at));
    bool used[LEAD_FACT_COUNT] = { false };
    bool ok = true;

    convention->when =
        condition_read(r->w, r->fields, json_get(json, "when"), at);
    if (convention->when == NULL)
        return false;
    condition_fields(convention->when, used);
    for (int i = LEAD_GIVEN_COUNT; i < LEAD_FIELD_COUNT; i++)
        if (used[i])
            ok = fail_at(r->w, at, "not_yet_known",
                         "%s is not known yet when facts come in: ask for "
                         "what is given of a lead.",
                         lead_fields[i].name);
    return ok;
}

/* ------------------------------------------------------------------- facts */

/* What tells who somebody is comes from him alone: leads are matched by it. */
static bool
is_settable(int field)
{
    return field >= 0 && field < LEAD_GIVEN_COUNT && field != LEAD_EMAIL
        && field != LEAD_PHONE && field != LEAD_EXTERNAL_ID;
}

static bool
refuse_name(struct reader *r, struct str at, struct str name)
{
    struct nearest nearest = nearest_to(name);

    if (lead_field_find(name) >= 0)
        return fail_at(r->w, at, "not_settable",
                       "%.*s cannot be set by a convention.", STR_ARG(name));
    for (int i = 0; i < LEAD_GIVEN_COUNT; i++)
        if (is_settable(i))
            nearest_offer(&nearest, lead_fields[i].name);
    nearest_offer(&nearest, "custom");
    struct str question = nearest_question(r->w->arena, &nearest);
    return fail_at(r->w, at, "unknown_field",
                   "No field has this name; those of your own stand in "
                   "\"custom\".%.*s",
                   STR_ARG(question));
}

static bool
is_simple(const struct json *value, int field)
{
    return value->kind != JSON_OBJECT
        && (value->kind != JSON_ARRAY || field == LEAD_TAGS);
}

static bool
check_names(struct reader *r, const struct json *set)
{
    bool ok = true;

    if (set->object.count == 0)
        return fail_at(
            r->w, arena_format(r->w->arena, "%.*s/set", STR_ARG(r->at)),
            "missing", "Say what is set: {\"industry\": \"Construction\"}.");
    for (size_t i = 0; i < set->object.count; i++) {
        const struct json_member *member = &set->object.members[i];
        struct str at = arena_format(r->w->arena, "%.*s/set/%.*s",
                                     STR_ARG(r->at), STR_ARG(member->name));
        int field = lead_field_find(member->name);
        if (str_is(member->name, "custom")) {
            if (member->value.kind != JSON_OBJECT)
                ok = fail_at(r->w, at, "wrong_type",
                             "Fields of your own: {\"rooms\": 3}.");
        } else if (!is_settable(field))
            ok = refuse_name(r, at, member->name);
        else if (!is_simple(&member->value, field))
            ok = fail_at(r->w, at, "wrong_type",
                         "A text, a number, or null; tags are a list.");
        else if (member->value.kind == JSON_TEXT
                 && str_is_empty(str_trim(member->value.text)))
            ok = fail_at(r->w, at, "missing",
                         "A text says something; null takes the fact out.");
    }
    return ok;
}

/* As a submission would be read, so that what is set has one shape with it. */
static bool
read_facts(struct reader *r, const struct json *set,
           struct convention *convention)
{
    const struct standardise_settings settings = {
        .strict = !r->cache->loading,
        .country = r->cache->workspace.country,
        .currency = r->cache->workspace.currency,
    };
    struct str at = arena_format(r->w->arena, "%.*s/set", STR_ARG(r->at));
    struct lead_facts read;
    int count = 0;

    /* One more than was named: an amount may bring its currency. */
    struct convention_fact *facts =
        ARENA_ARRAY(r->w->arena, struct convention_fact, set->object.count + 1);
    if (!standardise(r->w, set, at, &settings, &read)
        || !choices_read(r->w, r->cache->schema, &read, settings.strict, at))
        return false;
    for (int i = 0; i < LEAD_GIVEN_COUNT; i++) {
        const struct json *given = json_get(set, lead_fields[i].name);
        bool takes_out = given != NULL && given->kind == JSON_NULL;
        if (read.facts[i].known || takes_out)
            facts[count++] = (struct convention_fact){ i, read.facts[i] };
    }
    convention->facts = facts;
    convention->fact_count = count;
    return true;
}

static bool
read_customs(struct reader *r, const struct json *set,
             struct convention *convention)
{
    const struct json *given = json_get(set, "custom");
    struct str at =
        arena_format(r->w->arena, "%.*s/set/custom", STR_ARG(r->at));

    if (given == NULL)
        return true;
    if (!custom_read(r->w, r->cache->schema, given, !r->cache->loading, at,
                     &given, NULL))
        return false;
    struct convention_custom *customs =
        ARENA_ARRAY(r->w->arena, struct convention_custom, given->object.count);
    for (size_t i = 0; i < given->object.count; i++) {
        const struct json_member *member = &given->object.members[i];
        customs[i].name = arena_cstr(r->w->arena, member->name);
        customs[i].value = member->value;
    }
    convention->customs = customs;
    convention->custom_count = (int)given->object.count;
    return true;
}
