/*
 * decision_api: the log of decisions by HTTP, and one of them made again from
 * its record.
 */
#include "src/api/decision_api.h"

#include "src/access/permission.h"
#include "src/api/decision_json.h"
#include "src/api/lead_json.h"
#include "src/replay/replay_check.h"

enum { LIMIT_USUAL = 50, LIMIT_MAX = 200 };

/* ---------------------------------------------------------------- the log */

static const struct request_field decisions_asks[] = {
    { STR_INIT("limit"), STR_INIT("1 to 200; 50 if absent.") },
    { STR_INIT("cursor"), STR_INIT("next_cursor of the page before.") },
    { STR_INIT("trail"), STR_INIT("true: with each rule that was tried.") },
    { { 0 }, { 0 } },
};

static bool
list_decisions(struct work *w, const struct request *request,
               struct response *response)
{
    struct decision_shower shower = { .w = w, .cache = workspace_cache(w) };
    struct str cursor = request_query(request, "cursor");
    struct id before = { INT64_MAX };
    struct decision_row *rows;
    struct text text;
    int64_t limit;
    int count;

    if (shower.cache == NULL
        || !request_query_int(w, request, "limit", LIMIT_USUAL, 1, LIMIT_MAX,
                              &limit))
        return false;
    if (!str_is_empty(cursor) && !id_parse(cursor, &before))
        return fail_at(w, STR("/cursor"), "bad_cursor",
                       "This is no cursor of decisions.");
    if (!decision_newest(w, before, (int)limit, &rows, &count))
        return false;

    shower.trail = str_is(request_query(request, "trail"), "true");
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        if (!decision_json(&shower, &out, &rows[i]))
            return false;
    response_page_done(response, &out,
                       count == limit ? rows[count - 1].id : ID_NONE);
    return true;
}

/* ------------------------------------------------------ one, made again */

static const struct shape_field otherwise_fields[] = {
    { "id", SHAPE_ID, 0, .about = "The person." },
    { "name", SHAPE_TEXT, 0 },
    { "then", SHAPE_TEXT, SHAPE_NULLABLE,
      .about = "What stopped him; null: nothing. not_considered: the rules of "
               "that day name him today and did not." },
    { "now", SHAPE_TEXT, SHAPE_NULLABLE, .about = "What would stop him." },
    { 0 },
};
static const struct shape otherwise_shape = {
    "DecisionOtherwise", "Somebody who is seen otherwise today.", 0,
    otherwise_fields
};
static const struct shape_field check_fields[] = {
    { "left", SHAPE_TEXT, SHAPE_NULLABLE,
      .about = "Why it is not made again. accepted, finally, came_back: no "
               "rule was asked; erased: its lead is; rules_gone: its rules "
               "name what is gone." },
    { "same", SHAPE_BOOL, SHAPE_NULLABLE, .about = "The owner is the same." },
    { "owner", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &lead_owner_shape,
      .about = "Who comes out." },
    { "results_now", SHAPE_BOOL, 0,
      .about = "People's results were weighed, which are those of today." },
    { "otherwise", SHAPE_OBJECT, SHAPE_LIST, .of = &otherwise_shape,
      .about = "Whose hours, leave, skills or limits are others today." },
    { 0 },
};
static const struct shape check_shape = { "DecisionCheck",
                                          "A decision made again.", 0,
                                          check_fields };
static const struct shape_field whole_fields[] = {
    { "decision", SHAPE_OBJECT, 0, .of = &decision_shape },
    { "again", SHAPE_OBJECT, 0, .of = &check_shape,
      .about = "From its record: the turns, loads and presence it saw." },
    { 0 },
};
static const struct shape whole_shape = { "DecisionWhole",
                                          "A decision, and made again.", 0,
                                          whole_fields };

static void
put_otherwise(struct json_out *out, const struct workspace_cache *cache,
              const struct replay_otherwise *one)
{
    int number = team_find(cache->team, one->person);

    json_open_object(out);
    json_put_id(out, "id", one->person);
    json_put_text(out, "name",
                  number < 0 ? STR("?") : cache->team->people[number].name);
    json_put_text(out, "then", one->then);
    json_put_cstr(out, "now", one->now);
    json_close_object(out);
}

static void
put_check(struct json_out *out, const struct workspace_cache *cache,
          const struct replay_check *check)
{
    json_open_object(out);
    json_put_cstr(out, "left", check->left);
    json_name(out, "same");
    if (check->left == NULL)
        json_bool(out, check->same);
    else
        json_null(out);
    json_name(out, "owner");
    if (check->left == NULL)
        lead_owner_json(out, cache, check->owner);
    else
        json_null(out);
    json_put_bool(out, "results_now", check->weighed);
    json_name(out, "otherwise");
    json_open_array(out);
    for (int i = 0; i < check->otherwise_count; i++)
        put_otherwise(out, cache, &check->otherwise[i]);
    json_close_array(out);
    json_close_object(out);
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct decision_shower shower = { .w = w,
                                      .cache = workspace_cache(w),
                                      .trail = true };
    struct replay_check check;
    struct decision_row row;
    struct text text;
    struct id id;

    if (shower.cache == NULL || !request_id(w, request, "id", &id)
        || !decision_load(w, id, &row) || !replay_check(w, &row, &check))
        return false;
    struct json_out out = response_json(w, response, &text);
    json_open_object(&out);
    json_name(&out, "decision");
    if (!decision_json(&shower, &out, &row))
        return false;
    json_name(&out, "again");
    put_check(&out, shower.cache, &check);
    json_close_object(&out);
    response_json_done(response, &text);
    return true;
}

/* --------------------------------------------------------------- the rows */

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/decisions", list_decisions, CAN_VIEW_ROUTING,
      "All decisions, newest first.", .asks = decisions_asks,
      .gives = &decision_list_shape },
    { GET, "/api/v1/decisions/{id}", show, CAN_VIEW_ROUTING,
      "One decision, with each rule that was tried; and made again from its "
      "record: the same rules and the same recorded state give the same owner.",
      .gives = &whole_shape },
    { 0 },
};

const struct module decision_module = { "decision", endpoints, NULL };
