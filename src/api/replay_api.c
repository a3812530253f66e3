/*
 * replay_api: past leads through the draft, or through rules that are sent:
 * asked for, watched, and read. The work is replayer.c's.
 */
#include "src/api/replay_api.h"

#include "src/access/permission.h"
#include "src/api/lead_json.h"
#include "src/api/operation_api.h"
#include "src/api/route_api.h"
#include "src/replay/replay_store.h"
#include "src/replay/replayer.h"

#define DAY_MS             INT64_C(86400000)
#define DOCUMENT_BYTES_MAX ((size_t)8 * 1024 * 1024)

enum { DAYS_USUAL = 30 };

/* ----------------------------------------------------------------- shapes */

static const struct shape_field input_fields[] = {
    { "days", SHAPE_INTEGER, SHAPE_NULLABLE, REPLAY_DAYS_MAX, 1,
      .about = "The last so many days; 30 if there is no period either." },
    { "from", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "In place of days: leads that came from here on ..." },
    { "to", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "... and before this; now if absent." },
    { "rules", SHAPE_OBJECT, SHAPE_NULLABLE,
      .about = "The rule set; the draft if absent." },
    { "limit", SHAPE_INTEGER, SHAPE_NULLABLE, 10000000, 1,
      .about = "It ends after so many leads." },
    { 0 },
};
static const struct shape input_shape = { "RoutingReplayInput",
                                          "What is to be replayed.", 0,
                                          input_fields };

static const struct shape_field count_fields[] = {
    { "before", SHAPE_INTEGER, 0, .about = "Leads then." },
    { "after", SHAPE_INTEGER, 0, .about = "Leads by the other rules." },
    { 0 },
};
static const struct shape count_shape = { "RoutingReplayCount",
                                          "Leads before and after.", 0,
                                          count_fields };

static const struct shape_field person_fields[] = {
    { "id", SHAPE_ID, 0 },
    { "name", SHAPE_TEXT, 0 },
    { "before", SHAPE_INTEGER, 0, .about = "Leads then." },
    { "after", SHAPE_INTEGER, 0, .about = "Leads by the other rules." },
    { "gained", SHAPE_INTEGER, 0, .about = "That went elsewhere then." },
    { "lost", SHAPE_INTEGER, 0, .about = "That would go elsewhere." },
    { 0 },
};
static const struct shape person_shape = { "RoutingReplayPerson",
                                           "What changes for one person.", 0,
                                           person_fields };

static const struct shape_field rule_fields[] = {
    { "id", SHAPE_TEXT, 0 },
    { "name", SHAPE_TEXT, 0 },
    { "enabled", SHAPE_BOOL, 0 },
    { "before", SHAPE_INTEGER, 0, .about = "By the rule of that id then." },
    { "after", SHAPE_INTEGER, 0 },
    { 0 },
};
static const struct shape rule_shape = { "RoutingReplayRule",
                                         "Leads that a rule decides about.", 0,
                                         rule_fields };

static const struct shape_field facts_fields[] = {
    { "recorded", SHAPE_INTEGER, 0,
      .about = "Leads of which all that the rules read was recorded." },
    { "unchanged", SHAPE_INTEGER, 0,
      .about = "Some was not; the lead has not changed since." },
    { "as_now", SHAPE_INTEGER, 0,
      .about = "Some was not; it is taken as it is now." },
    { "gone", SHAPE_INTEGER, 0,
      .about = "Some was not; the lead is part of another one now." },
    { 0 },
};
static const struct shape facts_shape = { "RoutingReplayFacts",
                                          "How well the leads are known.", 0,
                                          facts_fields };

static const struct shape_field said_fields[] = {
    { "en", SHAPE_TEXT, 0 },
    { "ko", SHAPE_TEXT, 0 },
    { 0 },
};
static const struct shape said_shape = { "RoutingReplaySentence",
                                         "In English and Korean.", 0,
                                         said_fields };
static const struct shape_field unknown_fields[] = {
    { "code", SHAPE_TEXT, 0,
      .about = "presence, people_now, facts_now, facts_gone, companies, "
               "results_now, drawn, later, erased." },
    { "leads", SHAPE_INTEGER, 0, .about = "How many it concerns." },
    { "sentence", SHAPE_OBJECT, 0, .of = &said_shape },
    { 0 },
};
static const struct shape unknown_shape = { "RoutingReplayUnknown",
                                            "What cannot be known.", 0,
                                            unknown_fields };

static const struct shape_field result_fields[] = {
    { "leads", SHAPE_INTEGER, 0, .about = "That were asked about again." },
    { "same", SHAPE_INTEGER, 0, .about = "With the owner they had." },
    { "changed", SHAPE_INTEGER, 0, .about = "With another one." },
    { "to_another", SHAPE_INTEGER, 0, .about = "From a person to another." },
    { "to_queue", SHAPE_INTEGER, 0,
      .about = "From a person to a queue: nobody would get them." },
    { "from_queue", SHAPE_INTEGER, 0, .about = "From a queue to a person." },
    { "between_queues", SHAPE_INTEGER, 0 },
    { "waiting", SHAPE_OBJECT, 0, .of = &count_shape,
      .about = "With a queue." },
    { "otherwise", SHAPE_OBJECT, 0, .of = &count_shape,
      .about = "By no rule." },
    { "kept_together", SHAPE_OBJECT, 0, .of = &count_shape,
      .about = "With who had the company." },
    { "cut", SHAPE_BOOL, 0, .about = "The limit came before the end." },
    { "people", SHAPE_OBJECT, SHAPE_LIST, .of = &person_shape,
      .about = "Who had or would have any." },
    { "rules", SHAPE_OBJECT, SHAPE_LIST, .of = &rule_shape,
      .about = "In their order." },
    { "never_hit", SHAPE_TEXT, SHAPE_LIST,
      .about = "Rules in use that no lead comes to." },
    { "facts", SHAPE_OBJECT, 0, .of = &facts_shape },
    { "unknown", SHAPE_OBJECT, SHAPE_LIST, .of = &unknown_shape,
      .about = "What it cannot know, and what is taken instead." },
    { "processor_ms", SHAPE_INTEGER, 0,
      .about = "Of the decisions alone, without reading." },
    { 0 },
};
static const struct shape result_shape = { "RoutingReplayResult",
                                           "What came out.", 0, result_fields };

static const struct shape_field replay_fields[] = {
    { "id", SHAPE_ID, 0 },
    { "state", SHAPE_OPTION, 0, .options = replay_state_names },
    { "from", SHAPE_TIME, 0 },
    { "to", SHAPE_TIME, 0 },
    { "limit", SHAPE_INTEGER, SHAPE_NULLABLE },
    { "draft_version", SHAPE_INTEGER, SHAPE_NULLABLE,
      .about = "Of the draft that was taken; null: the rules were sent." },
    { "decisions", SHAPE_INTEGER, 0, .about = "In the period ..." },
    { "decisions_done", SHAPE_INTEGER, 0,
      .about = "... of which so many were looked at." },
    { "result", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &result_shape,
      .about = "Once it is done." },
    OPERATION_END_FIELDS,
    { 0 },
};
static const struct shape replay_shape = { "RoutingReplay",
                                           "Past leads through other rules.", 0,
                                           replay_fields };
static const struct shape_field page_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &replay_shape,
      .about = "Newest first." },
    { "next_cursor", SHAPE_TEXT, SHAPE_NULLABLE, .about = "For what follows." },
    { 0 },
};
static const struct shape page_shape = { "RoutingReplayPage", "Replays.", 0,
                                         page_fields };

static const struct shape_field lead_ref_fields[] = {
    { "id", SHAPE_ID, 0 },
    { "name", SHAPE_TEXT, SHAPE_NULLABLE, .about = "As it is now." },
    { "company", SHAPE_TEXT, SHAPE_NULLABLE },
    { 0 },
};
static const struct shape lead_ref_shape = { "RoutingReplayLead", "A lead.", 0,
                                             lead_ref_fields };
static const struct shape_field change_fields[] = {
    { "lead", SHAPE_OBJECT, 0, .of = &lead_ref_shape },
    { "at", SHAPE_TIME, 0, .about = "When it was decided." },
    { "before", SHAPE_OBJECT, 0, .of = &lead_owner_shape,
      .about = "Who got it." },
    { "after", SHAPE_OBJECT, 0, .of = &lead_owner_shape,
      .about = "Who would have got it." },
    { "rule_before", SHAPE_TEXT, SHAPE_NULLABLE, .about = "Its id." },
    { "rule_after", SHAPE_TEXT, SHAPE_NULLABLE },
    { "code", SHAPE_TEXT, 0, .about = "Why the owner after." },
    { 0 },
};
static const struct shape change_shape = { "RoutingReplayChange",
                                           "A lead with another owner.", 0,
                                           change_fields };
static const struct shape_field changes_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &change_shape,
      .about = "In the order they came." },
    { "next_cursor", SHAPE_TEXT, SHAPE_NULLABLE, .about = "For what follows." },
    { 0 },
};
static const struct shape changes_shape = { "RoutingReplayChanges",
                                            "Leads with another owner.", 0,
                                            changes_fields };

static const struct request_field change_asks[] = {
    { STR_INIT("change"),
      STR_INIT("to_another, to_queue, from_queue or between_queues; all if "
               "absent.") },
    { STR_INIT("gained_by"), STR_INIT("The person or queue after.") },
    { STR_INIT("lost_by"), STR_INIT("The person or queue before.") },
    { STR_INIT("rule"), STR_INIT("Id of the rule that decides after.") },
    { STR_INIT("limit"), STR_INIT("1 to 200; 50 if absent.") },
    { STR_INIT("cursor"), STR_INIT("next_cursor of the page before.") },
    { { 0 }, { 0 } },
};

/* ---------------------------------------------------------------- showing */

static bool
put_replay(struct work *w, struct json_out *out,
           const struct operation *operation)
{
    const struct replay_record *record =
        (const struct replay_record *)operation;
    struct json_error error;
    const struct json *result =
        str_is_empty(record->result)
            ? NULL
            : json_parse(w->arena, record->result, &error);

    json_open_object(out);
    json_put_id(out, "id", operation->id);
    json_put_cstr(out, "state", replay_state_names[operation->state]);
    json_put_time(out, "from", record->period.from_ms);
    json_put_time(out, "to", record->period.to_ms);
    json_name(out, "limit");
    if (record->period.leads_max > 0)
        json_int(out, record->period.leads_max);
    else
        json_null(out);
    json_name(out, "draft_version");
    if (record->draft_version >= 0)
        json_int(out, record->draft_version);
    else
        json_null(out);
    json_put_int(out, "decisions", record->decisions);
    json_put_int(out, "decisions_done", record->decisions_done);
    json_put_tree(out, "result", result);
    operation_api_put_end(out, operation);
    json_close_object(out);
    return true;
}

static bool
load(struct work *w, const struct request *request,
     struct replay_record *record)
{
    return operation_api_load(w, request, &replay_operation,
                              &record->operation);
}

static bool
list(struct work *w, const struct request *request, struct response *response)
{
    return operation_api_list(w, request, response, &replay_operation, ID_NONE,
                              put_replay);
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct replay_record record;

    return load(w, request, &record)
        && operation_api_answer(w, response, 200, &record.operation,
                                put_replay);
}

/* ----------------------------------------------------------------- asking */

static bool
read_time(struct work *w, const struct json *json, const char *name,
          int64_t *ms)
{
    struct str text = json_get_text(json, name);

    *ms = 0;
    return text.data == NULL || time_parse(text, ms)
        || fail_at(w, arena_format(w->arena, "/%s", name), "wrong_type",
                   "This is no time.");
}

static bool
check_period(struct work *w, const struct replay_period *period)
{
    if (period->from_ms >= period->to_ms)
        return fail_at(w, STR("/from"), "out_of_range",
                       "A period begins before it ends.");
    if (period->to_ms - period->from_ms > REPLAY_DAYS_MAX * DAY_MS)
        return fail_at(w, STR("/from"), "out_of_range",
                       "A period has %d days at most.", REPLAY_DAYS_MAX);
    return true;
}

/* Until now means: with the decision that was made last. */
static bool
read_until_now(struct work *w, struct replay_period *period)
{
    const struct id all = { INT64_MAX };
    struct decision_row *rows;
    int count;

    if (!decision_newest(w, all, 1, &rows, &count))
        return false;
    period->until =
        count == 0 ? replay_last_before(period->from_ms) : rows[0].id;
    return true;
}

static bool
read_period(struct work *w, const struct json *json,
            struct replay_period *period)
{
    int64_t days = json_get_int(json, "days", 0);
    int64_t to_ms;

    if (!read_time(w, json, "from", &period->from_ms)
        || !read_time(w, json, "to", &to_ms))
        return false;
    if (days > 0 && (period->from_ms != 0 || to_ms != 0))
        return fail_at(w, STR("/days"), "not_both",
                       "Say days, or from and to, not both.");
    if (to_ms != 0 && period->from_ms == 0)
        return fail_at(w, STR("/from"), "required", "Say from when, too.");
    bool now = to_ms == 0 || to_ms > w->now_ms;
    period->to_ms = now ? w->now_ms : to_ms;
    if (period->from_ms == 0)
        period->from_ms =
            period->to_ms - (days > 0 ? days : DAYS_USUAL) * DAY_MS;
    period->until = replay_last_before(period->to_ms);
    return check_period(w, period) && (!now || read_until_now(w, period));
}

/* Faults of rules that were sent are told by their place in what was sent. */
static bool
read_rules(struct work *w, const struct json *json,
           struct replay_record *record)
{
    const struct json *rules = json_get(json, "rules");
    struct routing_document draft;

    if (rules == NULL || rules->kind == JSON_NULL) {
        if (!routing_draft_load(w, &draft))
            return false;
        record->rules = draft.text;
        record->draft_version = draft.version;
        return route_api_read(w, draft.json, 0, NULL) != NULL;
    }
    record->draft_version = -1;
    record->rules = json_tree_text(w->arena, rules);
    if (route_api_read(w, rules, 0, NULL) != NULL)
        return true;
    for (int i = 0; i < w->error.detail_count; i++)
        w->error.details[i].pointer = arena_format(
            w->arena, "/rules%.*s", STR_ARG(w->error.details[i].pointer));
    return false;
}

static bool
add(struct work *w, const struct request *request, struct response *response)
{
    struct replay_record record = { 0 };

    if (w->actor.kind == ACTOR_PERSON)
        record.operation.actor = w->actor.id;
    record.period.leads_max = json_get_int(request->json, "limit", 0);
    return read_period(w, request->json, &record.period)
        && read_rules(w, request->json, &record)
        && operation_queue(w, &replay_operation, &record.operation)
        && operation_api_answer(w, response, 201, &record.operation,
                                put_replay);
}

/* --------------------------------------------------------- leads that change */

static bool
read_owner_id(struct work *w, const struct request *request, const char *name,
              struct id *id)
{
    struct str text = request_query(request, name);

    *id = ID_NONE;
    return str_is_empty(text) || id_parse(text, id)
        || fail_at(w, arena_format(w->arena, "/%s", name), "wrong_type",
                   "This is no id.");
}

static bool
read_kind(struct work *w, const struct request *request, const char **kind)
{
    struct str text = request_query(request, "change");

    *kind = NULL;
    for (int i = 0; replay_kinds[i] != NULL; i++)
        if (str_is(text, replay_kinds[i]))
            *kind = replay_kinds[i];
    return str_is_empty(text) || *kind != NULL
        || fail_at(w, STR("/change"), "unknown_option",
                   "This is to_another, to_queue, from_queue or "
                   "between_queues.");
}

static const struct lead *
find(const struct lead *leads, int count, struct id id)
{
    for (int i = 0; i < count; i++)
        if (id_equal(leads[i].id, id))
            return &leads[i];
    return NULL;
}

static void
put_change(struct json_out *out, const struct workspace_cache *cache,
           const struct replay_change *change, const struct lead *lead)
{
    json_open_object(out);
    json_name(out, "lead");
    json_open_object(out);
    json_put_id(out, "id", change->lead);
    json_put_text(out, "name",
                  lead == NULL ? STR_NONE : lead_text(lead, LEAD_NAME));
    json_put_text(out, "company",
                  lead == NULL ? STR_NONE : lead_text(lead, LEAD_COMPANY));
    json_close_object(out);
    json_put_time(out, "at", change->at_ms);
    json_name(out, "before");
    lead_owner_json(out, cache, change->before);
    json_name(out, "after");
    lead_owner_json(out, cache, change->after);
    json_put_text(out, "rule_before", change->rule_before);
    json_put_text(out, "rule_after", change->rule_after);
    json_put_cstr(out, "code", change->code);
    json_close_object(out);
}

static bool
answer_changes(struct work *w, struct response *response,
               const struct replay_lead *list, int count, int64_t limit)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct id *ids = ARENA_ARRAY(w->arena, struct id, (size_t)count);
    struct lead *leads;
    struct text text;
    int found;

    for (int i = 0; i < count; i++)
        ids[i] = list[i].change.lead;
    if (cache == NULL || !lead_select_ids(w, ids, count, &leads, &found))
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        put_change(&out, cache, &list[i].change,
                   find(leads, found, list[i].change.lead));
    response_page_done(response, &out,
                       count == limit ? (struct id){ list[count - 1].number }
                                      : ID_NONE);
    return true;
}

static bool
changes(struct work *w, const struct request *request,
        struct response *response)
{
    struct replay_wanted wanted = { .rule = request_query(request, "rule") };
    struct replay_record record;
    struct replay_lead *list;
    struct id cursor;
    int64_t limit;
    int count;

    if (!load(w, request, &record) || !operation_api_cursor(w, request, &cursor)
        || !read_kind(w, request, &wanted.kind)
        || !read_owner_id(w, request, "gained_by", &wanted.gained_by)
        || !read_owner_id(w, request, "lost_by", &wanted.lost_by)
        || !operation_api_limit(w, request, &limit))
        return false;
    wanted.after = cursor.value;
    return replay_lead_list(w, record.operation.id, &wanted, (int)limit, &list,
                            &count)
        && answer_changes(w, response, list, count, limit);
}

/* -------------------------------------------------------------- the rows */

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/routing/replays", list, CAN_EDIT_ROUTING,
      "Replays, newest first. The newest 20 are kept.",
      .asks = operation_list_asks, .gives = &page_shape },
    { POST, "/api/v1/routing/replays", add, CAN_EDIT_ROUTING,
      "Ask the draft, or rules that are sent, about leads that came: who would "
      "have got them, and what that changes. Nothing else is written.",
      .takes = &input_shape, .gives = &replay_shape,
      .body_bytes_max = DOCUMENT_BYTES_MAX },
    { GET, "/api/v1/routing/replays/{id}", show, CAN_EDIT_ROUTING,
      "One replay: how far it is, and what came out.", .gives = &replay_shape },
    { GET, "/api/v1/routing/replays/{id}/leads", changes, CAN_EDIT_ROUTING,
      "The leads that would have another owner, as far as it is.",
      .asks = change_asks, .gives = &changes_shape },
    { 0 },
};

static const struct job_kind *const jobs[] = { &replay_run_job, NULL };

const struct module replay_module = { "replay", endpoints, jobs };
