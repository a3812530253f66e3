/*
 * score_read: the document that says how leads are scored, checked and turned
 * into rules. What they add up to is score.c.
 */
#include "src/lead/custom.h"
#include "src/score/score.h"
#include "src/score/score_store.h"
#include "src/workspace/cache.h"

#define DAY_MS INT64_C(86400000)

const char score_default[] =
    "{\"rules\":["
    "{\"id\":\"email\",\"name\":\"E-mail address known\",\"points\":15,"
    "\"when\":{\"field\":\"email\",\"op\":\"is_known\"}},"
    "{\"id\":\"phone\",\"name\":\"Phone number known\",\"points\":20,"
    "\"when\":{\"field\":\"phone\",\"op\":\"is_known\"}},"
    "{\"id\":\"company\",\"name\":\"Company known\",\"points\":15,"
    "\"when\":{\"field\":\"company\",\"op\":\"is_known\"}},"
    "{\"id\":\"message\",\"name\":\"Wrote a message\",\"points\":10,"
    "\"when\":{\"field\":\"message\",\"op\":\"is_known\"}},"
    "{\"id\":\"product\",\"name\":\"Names a product\",\"points\":15,"
    "\"when\":{\"field\":\"product\",\"op\":\"is_known\"}},"
    "{\"id\":\"deal_value\",\"name\":\"Names a budget\",\"points\":25,"
    "\"when\":{\"field\":\"deal_value\",\"op\":\"is_known\"}}]}";

static const char *const times[] = { "created_at", "last_return_at",
                                     "last_touch_at", NULL };
static const enum lead_field time_fields[] = {
    LEAD_CREATED_AT,
    LEAD_LAST_RETURN_AT,
    LEAD_LAST_TOUCH_AT,
};

enum { HALF_LIFE_DAYS_MAX = 3650, POINTS_MAX = 1000, BOUND_MAX = 100000 };

static const struct shape_field group_fields[] = {
    { "id", SHAPE_TEXT, SHAPE_REQUIRED, 100, .about = "Short and lasting." },
    { "name", SHAPE_TEXT, 0, 200, .about = "Shown beside what is cut off." },
    { "max", SHAPE_INTEGER, SHAPE_NULLABLE, BOUND_MAX, -BOUND_MAX,
      .about = "Its rules add no more than this." },
    { "min", SHAPE_INTEGER, SHAPE_NULLABLE, BOUND_MAX, -BOUND_MAX,
      .about = "They take away no more than this." },
    { 0 },
};
static const struct shape group_shape = {
    "ScoringGroup", "Rules whose points together stay within bounds.", 0,
    group_fields
};

static const struct shape_field rule_fields[] = {
    { "id", SHAPE_TEXT, SHAPE_REQUIRED, 100, .about = "Short and lasting." },
    { "name", SHAPE_TEXT, 0, 200, .about = "Shown beside the points." },
    { "points", SHAPE_INTEGER, SHAPE_REQUIRED, POINTS_MAX, -POINTS_MAX,
      .about = "Added when the condition is true; may be negative." },
    { "group", SHAPE_TEXT, SHAPE_NULLABLE, 100, .about = "Id of its group." },
    { "half_life_days", SHAPE_INTEGER, SHAPE_NULLABLE, HALF_LIFE_DAYS_MAX, 1,
      .about = "Half of the points are left after so many days." },
    { "since", SHAPE_OPTION, SHAPE_NULLABLE, .options = times,
      .about = "From when on they fade: created_at if absent. No points while "
               "that has not happened." },
    { "when", SHAPE_OBJECT, SHAPE_REQUIRED, .about = "A condition." },
    { 0 },
};
static const struct shape rule_shape = { "ScoringRule",
                                         "Points for a condition.", 0,
                                         rule_fields };
static const struct shape_field score_fields[] = {
    { "groups", SHAPE_OBJECT, SHAPE_LIST, 50, .of = &group_shape,
      .about = "Bounds for the points of several rules." },
    { "rules", SHAPE_OBJECT, SHAPE_REQUIRED | SHAPE_LIST, 500,
      .of = &rule_shape, .about = "All that are true count." },
    { 0 },
};
const struct shape score_shape = { "Scoring", "How leads are scored.", 0,
                                   score_fields };

/* --------------------------------------------------------------- reading */

/* A document while it is read. */
struct reader {
    struct work *w;
    const struct field *fields;
    struct str at;
    struct score_rules *all;
};

static struct str
name_or_id(struct arena *arena, const struct json *json)
{
    struct str name = json_get_text(json, "name");

    return arena_str(arena,
                     str_is_empty(name) ? json_get_text(json, "id") : name);
}

static bool
read_group(struct reader *r, const struct json *json, size_t i,
           struct score_group *group)
{
    *group = (struct score_group){
        .id = arena_str(r->w->arena, json_get_text(json, "id")),
        .name = name_or_id(r->w->arena, json),
        .max = json_get_int(json, "max", INT64_MAX),
        .min = json_get_int(json, "min", INT64_MIN),
    };
    if (group->min <= group->max)
        return true;
    return fail_at(
        r->w,
        arena_format(r->w->arena, "%.*s/groups/%zu/min", STR_ARG(r->at), i),
        "above_max", "The least is above the most.");
}

static bool
find_group(struct reader *r, const struct json *json, size_t i, int *group)
{
    struct str id = json_get_text(json, "group");

    *group = -1;
    if (str_is_empty(id))
        return true;
    for (int g = 0; g < r->all->group_count; g++)
        if (str_equal(r->all->groups[g].id, id))
            *group = g;
    if (*group >= 0)
        return true;
    return fail_at(
        r->w,
        arena_format(r->w->arena, "%.*s/rules/%zu/group", STR_ARG(r->at), i),
        "unknown_group", "There is no group %.*s in groups.", STR_ARG(id));
}

static enum lead_field
time_field(struct str name)
{
    for (int i = 0; times[i] != NULL; i++)
        if (str_is(name, times[i]))
            return time_fields[i];
    return LEAD_CREATED_AT;
}

static bool
reads_time(const struct field *fields, const struct condition *when)
{
    bool used[LEAD_FACT_COUNT] = { false };

    condition_fields(when, used);
    for (int i = 0; fields[i].name != NULL; i++)
        if (used[i] && fields[i].kind == FIELD_TIME)
            return true;
    return false;
}

/* S2: points for points would be others each time they are counted. */
static bool
stands_alone(struct reader *r, const struct condition *when, struct str at)
{
    bool used[LEAD_FACT_COUNT] = { false };

    condition_fields(when, used);
    return !used[LEAD_SCORE] || workspace_is_loading(r->w)
        || fail_at(r->w, at, "circular",
                   "The score is made of these rules: a condition here asks "
                   "for something else than score.");
}

static bool
read_rule(struct reader *r, const struct json *json, size_t i,
          struct score_rule *rule)
{
    struct str at =
        arena_format(r->w->arena, "%.*s/rules/%zu/when", STR_ARG(r->at), i);

    *rule = (struct score_rule){
        .id = arena_str(r->w->arena, json_get_text(json, "id")),
        .name = name_or_id(r->w->arena, json),
        .points = json_get_int(json, "points", 0),
        .half_life_ms = json_get_int(json, "half_life_days", 0) * DAY_MS,
        .since = time_field(json_get_text(json, "since")),
        .when = condition_read(r->w, r->fields, json_get(json, "when"), at),
    };
    bool ok = find_group(r, json, i, &rule->group) && rule->when != NULL
           && stands_alone(r, rule->when, at);
    if (ok)
        r->all->reads_time |= reads_time(r->fields, rule->when);
    r->all->changes_with_time |= r->all->reads_time || rule->half_life_ms > 0;
    return ok;
}

static bool
read_groups(struct reader *r, const struct json *list)
{
    size_t count = list == NULL ? 0 : list->array.count;
    struct score_group *groups =
        ARENA_ARRAY(r->w->arena, struct score_group, count);
    bool ok = true;

    for (size_t i = 0; i < count; i++)
        ok &= read_group(r, &list->array.items[i], i, &groups[i]);
    r->all->groups = groups;
    r->all->group_count = (int)count;
    return ok;
}

const struct score_rules *
score_read(struct work *w, const struct field *fields,
           const struct json *document, struct str at, int64_t version)
{
    if (!shape_check(w, &score_shape, document, at))
        return NULL;

    const struct json *list = json_get(document, "rules");
    struct score_rule *rules =
        ARENA_ARRAY(w->arena, struct score_rule, list->array.count);
    struct score_rules *all = ARENA_NEW(w->arena, struct score_rules);
    struct reader r = { w, fields, at, all };
    bool ok = read_groups(&r, json_get(document, "groups"));
    for (size_t i = 0; i < list->array.count; i++)
        ok &= read_rule(&r, &list->array.items[i], i, &rules[i]);
    all->version = version;
    all->rules = rules;
    all->count = (int)list->array.count;
    return ok ? all : NULL;
}

static bool
is_twice(struct work *w, struct str at, const char *list, int i, int j)
{
    return fail_at(
        w, arena_format(w->arena, "%.*s/%s/%d/id", STR_ARG(at), list, i),
        "twice", "Number %d has the same id.", j);
}

bool
score_ids_differ(struct work *w, const struct score_rules *all, struct str at)
{
    bool ok = true;

    for (int i = 1; i < all->count; i++)
        for (int j = 0; j < i; j++)
            if (str_equal(all->rules[i].id, all->rules[j].id))
                ok = is_twice(w, at, "rules", i, j);
    for (int i = 1; i < all->group_count; i++)
        for (int j = 0; j < i; j++)
            if (str_equal(all->groups[i].id, all->groups[j].id))
                ok = is_twice(w, at, "groups", i, j);
    return ok;
}

bool
score_load(struct work *w, struct workspace_cache *cache)
{
    struct str document;
    struct json_error error;
    int64_t version;

    if (!scoring_load(w, &document, &version))
        return false;

    const struct json *json = json_parse(w->arena, document, &error);
    if (json == NULL)
        return fail(w, ERR_INTERNAL, "The stored scoring is broken.");
    cache->scoring =
        score_read(w, cache->schema->fields, json, STR(""), version);
    return cache->scoring != NULL;
}
