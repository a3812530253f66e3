/*
 * score_preview: the newest leads, scored by a draft and by the rules in
 * force, at the same moment and by the same function (score_set). A sample:
 * the answer says of how many leads it speaks.
 */
#include "src/score/score_preview.h"
#include "src/lead/custom.h"

#include <stdlib.h>

#include "src/score/score.h"
#include "src/workspace/cache.h"

enum {
    LEADS_USUAL = 1000,
    LEADS_MAX = 5000,
    THRESHOLDS_MAX = 10,
    THRESHOLD_MAX = 100000,
    EXAMPLES = 10,
};

static const struct shape_field takes_fields[] = {
    { "scoring", SHAPE_OBJECT, SHAPE_REQUIRED, .of = &score_shape,
      .about = "The draft." },
    { "thresholds", SHAPE_INTEGER, SHAPE_LIST, THRESHOLDS_MAX,
      .about = "Scores that mean something to you; 50 if absent." },
    { "leads", SHAPE_INTEGER, 0, LEADS_MAX, 1,
      .about = "How many of the newest are looked at; 1,000 if absent." },
    { 0 },
};
const struct shape score_preview_shape = { "ScoringPreview",
                                           "A draft to be tried.", 0,
                                           takes_fields };

static const struct shape_field threshold_fields[] = {
    { "at", SHAPE_INTEGER, SHAPE_REQUIRED, .about = "The score." },
    { "now", SHAPE_INTEGER, SHAPE_REQUIRED,
      .about = "Leads that have it by the rules in force." },
    { "then", SHAPE_INTEGER, SHAPE_REQUIRED, .about = "By the draft." },
    { "rise", SHAPE_INTEGER, SHAPE_REQUIRED,
      .about = "Have it by the draft alone." },
    { "fall", SHAPE_INTEGER, SHAPE_REQUIRED,
      .about = "Have it by the rules in force alone." },
    { 0 },
};
static const struct shape threshold_shape = { "ScoringThreshold",
                                              "Who would cross a score.", 0,
                                              threshold_fields };
static const struct shape_field example_fields[] = {
    { "lead", SHAPE_ID, SHAPE_REQUIRED, .about = "The lead." },
    { "name", SHAPE_TEXT, SHAPE_NULLABLE, .about = "Its name." },
    { "now", SHAPE_INTEGER, SHAPE_REQUIRED, .about = "By the rules in force." },
    { "then", SHAPE_INTEGER, SHAPE_REQUIRED, .about = "By the draft." },
    { 0 },
};
static const struct shape example_shape = { "ScoringExample",
                                            "A lead that would move far.", 0,
                                            example_fields };
static const struct shape_field answer_fields[] = {
    { "looked_at", SHAPE_INTEGER, SHAPE_REQUIRED,
      .about = "Leads, the newest." },
    { "is_sample", SHAPE_BOOL, SHAPE_REQUIRED,
      .about = "true: there may be more that were not looked at." },
    { "changed", SHAPE_INTEGER, SHAPE_REQUIRED,
      .about = "Would have another score." },
    { "thresholds", SHAPE_OBJECT, SHAPE_REQUIRED | SHAPE_LIST,
      .of = &threshold_shape, .about = "In the order asked." },
    { "examples", SHAPE_OBJECT, SHAPE_REQUIRED | SHAPE_LIST,
      .of = &example_shape, .about = "Those that would move farthest." },
    { 0 },
};
const struct shape score_preview_answer_shape = {
    "ScoringPreviewAnswer", "What the draft would change.", 0, answer_fields
};

/* One lead, scored twice. */
struct twice {
    const struct lead *lead;
    int64_t now;
    int64_t then;
};

static struct twice *
score_twice(struct work *w, struct lead *leads, int count,
            const struct score_rules *now, const struct score_rules *then)
{
    struct twice *both = ARENA_ARRAY(w->arena, struct twice, (size_t)count);

    for (int i = 0; i < count; i++) {
        both[i].lead = &leads[i];
        score_set(w->arena, &leads[i], now, w->now_ms);
        both[i].now = leads[i].score;
        score_set(w->arena, &leads[i], then, w->now_ms);
        both[i].then = leads[i].score;
    }
    return both;
}

static void
put_threshold(struct json_out *out, int64_t at, const struct twice *both,
              int count)
{
    int64_t now = 0;
    int64_t then = 0;
    int64_t rise = 0;
    int64_t fall = 0;

    for (int i = 0; i < count; i++) {
        bool has = both[i].now >= at;
        bool would = both[i].then >= at;
        now += has;
        then += would;
        rise += would && !has;
        fall += has && !would;
    }
    json_open_object(out);
    json_put_int(out, "at", at);
    json_put_int(out, "now", now);
    json_put_int(out, "then", then);
    json_put_int(out, "rise", rise);
    json_put_int(out, "fall", fall);
    json_close_object(out);
}

static void
put_thresholds(struct json_out *out, const struct json *asked,
               const struct twice *both, int count)
{
    enum { USUAL = 50 };

    json_name(out, "thresholds");
    json_open_array(out);
    if (asked == NULL)
        put_threshold(out, USUAL, both, count);
    for (size_t i = 0; asked != NULL && i < asked->array.count; i++)
        put_threshold(out, asked->array.items[i].integer, both, count);
    json_close_array(out);
}

/* The farthest first; of the same, the newest. */
static int
by_distance(const void *a, const void *b)
{
    const struct twice *left = a;
    const struct twice *right = b;
    int64_t far_left = llabs(left->then - left->now);
    int64_t far_right = llabs(right->then - right->now);

    if (far_left != far_right)
        return far_left < far_right ? 1 : -1;
    return left->lead->id.value < right->lead->id.value ? 1 : -1;
}

static void
put_examples(struct json_out *out, struct twice *both, int count)
{
    if (count > 0)
        qsort(both, (size_t)count, sizeof *both, by_distance);
    json_name(out, "examples");
    json_open_array(out);
    for (int i = 0; i < count && i < EXAMPLES; i++) {
        if (both[i].now == both[i].then)
            break;
        json_open_object(out);
        json_put_id(out, "lead", both[i].lead->id);
        json_put_text(out, "name", lead_text(both[i].lead, LEAD_NAME));
        json_put_int(out, "now", both[i].now);
        json_put_int(out, "then", both[i].then);
        json_close_object(out);
    }
    json_close_array(out);
}

static void
put_answer(struct work *w, const struct request *request,
           struct response *response, struct twice *both, int count, bool more)
{
    struct text text;
    struct json_out out = response_json(w, response, &text);
    int64_t changed = 0;

    for (int i = 0; i < count; i++)
        changed += both[i].now != both[i].then;
    json_open_object(&out);
    json_put_int(&out, "looked_at", count);
    json_put_bool(&out, "is_sample", more);
    json_put_int(&out, "changed", changed);
    put_thresholds(&out, json_get(request->json, "thresholds"), both, count);
    put_examples(&out, both, count);
    json_close_object(&out);
    response_json_done(response, &text);
}

bool
score_preview(struct work *w, const struct request *request,
              struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    int64_t limit = json_get_int(request->json, "leads", LEADS_USUAL);
    const struct score_rules *draft;
    struct lead *leads;
    int count;

    if (cache == NULL)
        return false;
    draft =
        score_read(w, cache->schema->usable, json_get(request->json, "scoring"),
                   STR("/scoring"), cache->scoring->version);
    if (draft == NULL || !score_ids_differ(w, draft, STR("/scoring")))
        return false;
    if (!lead_select(w,
                     STR("WHERE workspace_id = $1 AND merged_into IS NULL"
                         " ORDER BY created_ms DESC, id DESC LIMIT $2"),
                     DB_VALUES(db_id(w->workspace), db_int(limit)), &leads,
                     &count))
        return false;

    struct twice *both = score_twice(w, leads, count, cache->scoring, draft);
    put_answer(w, request, response, both, count, count == limit);
    return true;
}
