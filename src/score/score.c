/* score: see score.h. */
#include "src/score/score.h"

#include "src/score/score_store.h"
#include "src/workspace/cache.h"

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

static const struct shape_field rule_fields[] = {
    { "id", SHAPE_TEXT, SHAPE_REQUIRED, 100, .about = "Short and lasting." },
    { "name", SHAPE_TEXT, 0, 200, .about = "Shown beside the points." },
    { "points", SHAPE_INTEGER, SHAPE_REQUIRED, 1000, -1000,
      .about = "Added when the condition is true; may be negative." },
    { "when", SHAPE_OBJECT, SHAPE_REQUIRED, .about = "A condition." },
    { 0 },
};
static const struct shape rule_shape = { "ScoringRule",
                                         "Points for a condition.", 0,
                                         rule_fields };
static const struct shape_field fields[] = {
    { "rules", SHAPE_OBJECT, SHAPE_REQUIRED | SHAPE_LIST, 500,
      .of = &rule_shape, .about = "All that are true count." },
    { 0 },
};
const struct shape score_shape = { "Scoring", "How leads are scored.", 0,
                                   fields };

static bool
read_rule(struct work *w, const struct json *json, size_t i,
          struct score_rule *rule)
{
    struct str name = json_get_text(json, "name");

    rule->id = arena_str(w->arena, json_get_text(json, "id"));
    rule->name = str_is_empty(name) ? rule->id : arena_str(w->arena, name);
    rule->points = json_get_int(json, "points", 0);
    rule->when = condition_read(w, lead_fields, json_get(json, "when"),
                                arena_format(w->arena, "/rules/%zu/when", i));
    return rule->when != NULL;
}

const struct score_rules *
score_read(struct work *w, const struct json *document, int64_t version)
{
    if (!shape_check(w, &score_shape, document, STR("")))
        return NULL;

    const struct json *list = json_get(document, "rules");
    struct score_rule *rules =
        ARENA_ARRAY(w->arena, struct score_rule, list->array.count);
    struct score_rules *all = ARENA_NEW(w->arena, struct score_rules);
    bool ok = true;
    for (size_t i = 0; i < list->array.count; i++)
        ok &= read_rule(w, &list->array.items[i], i, &rules[i]);
    *all = (struct score_rules){ version, rules, (int)list->array.count };
    return ok ? all : NULL;
}

bool
score_ids_differ(struct work *w, const struct score_rules *rules)
{
    bool ok = true;

    for (int i = 1; i < rules->count; i++)
        for (int j = 0; j < i; j++)
            if (str_equal(rules->rules[i].id, rules->rules[j].id))
                ok = fail_at(w, arena_format(w->arena, "/rules/%d/id", i),
                             "twice", "Rule %d has the same id.", j);
    return ok;
}

void
score_set(struct arena *arena, struct lead *lead,
          const struct score_rules *rules, int64_t now_ms)
{
    struct text lines = text_new(arena);
    struct json_out out = json_out_new(&lines);

    lead->score = 0;
    json_open_array(&out);
    for (int i = 0; i < rules->count; i++) {
        const struct score_rule *rule = &rules->rules[i];
        if (!condition_true(rule->when, lead->facts, now_ms))
            continue;
        lead->score += rule->points;
        json_open_object(&out);
        json_put_text(&out, "rule", rule->id);
        json_put_text(&out, "name", rule->name);
        json_put_int(&out, "points", rule->points);
        json_close_object(&out);
    }
    json_close_array(&out);
    lead->score_lines = text_str(&lines);
}

bool
score_lead(struct work *w, struct lead *lead)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    lead_refresh(lead);
    score_set(w->arena, lead, cache->scoring, w->now_ms);
    return true;
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
    cache->scoring = score_read(w, json, version);
    return cache->scoring != NULL;
}
