/*
 * route_api: the table, trials, the log of decisions, and the ledger as it
 * stands. Drafts and versions are in route_api_rules.c.
 */
#include "src/api/route_api.h"

#include "lib/time/zone.h"
#include "src/access/permission.h"
#include "src/api/decision_json.h"
#include "src/api/lead_json.h"
#include "src/api/route_trial.h"
#include "src/lead/custom.h"

#define DOCUMENT_BYTES_MAX ((size_t)8 * 1024 * 1024)

const struct route_snapshot *
route_api_read(struct work *w, const struct json *document, int64_t version,
               struct str *warnings)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return NULL;

    struct route_names names = route_names_of(cache);
    names.sequence_count = cache->sequences_in_use; /* for what is to come */
    names.fields = cache->schema->usable;
    return route_rules_read(w, w->arena, document, version, &names, warnings);
}

/* ---------------------------------------------------------------- trials */

static const struct shape_field try_fields[] = {
    { "lead", SHAPE_OBJECT, SHAPE_REQUIRED,
      .about = "Fields as they would be sent, or {\"id\": ...} of a lead." },
    { "at", SHAPE_TIME, SHAPE_NULLABLE, .about = "When; now if absent." },
    { "captured_by", SHAPE_EMAIL, SHAPE_NULLABLE, 254,
      .about = "Who enters it by hand; nobody if absent." },
    { "draft", SHAPE_BOOL, 0,
      .about = "With the draft; else with what is published." },
    { 0 },
};
static const struct shape try_shape = { "RoutingTry", "A lead to be tried.", 0,
                                        try_fields };

static bool
load_lead(struct work *w, const struct json *json, int64_t now_ms,
          struct lead *lead)
{
    struct str id_text = json_get_text(json, "id");
    struct id id;

    if (id_text.data == NULL)
        return trial_lead(w, json, STR("/lead"), now_ms, lead);
    if (!id_parse(id_text, &id))
        return fail_at(w, STR("/lead/id"), "wrong_type",
                       "An id has 13 characters.");
    if (!lead_load(w, id, lead))
        return false;
    if (!access_may_see_lead(&w->actor, lead))
        return fail(w, ERR_NOT_FOUND, "There is no lead %s.", id_show(id).text);
    return true;
}

static bool
load_rules(struct work *w, const struct workspace_cache *cache, bool draft,
           const struct route_snapshot **snapshot)
{
    struct routing_document document;

    *snapshot = cache->routing;
    if (!draft)
        return true;
    if (!routing_draft_load(w, &document))
        return false;
    *snapshot = route_api_read(w, document.json, 0, NULL);
    return *snapshot != NULL;
}

static bool
read_at(struct work *w, const struct json *json, int64_t *at_ms)
{
    struct str at = json_get_text(json, "at");

    *at_ms = w->now_ms;
    return at.data == NULL || time_parse(at, at_ms)
        || fail_at(w, STR("/at"), "wrong_type", "This is no time.");
}

static bool
try_lead(struct work *w, const struct request *request,
         struct response *response)
{
    struct decision_shower shower = { .w = w,
                                      .cache = workspace_cache(w),
                                      .trail = true };
    bool draft = json_get_bool(request->json, "draft", false);
    struct trial trial = { 0 };
    struct text text;
    int64_t at_ms;

    if (shower.cache == NULL || !read_at(w, request->json, &at_ms)
        || !load_rules(w, shower.cache, draft, &shower.tried)
        || !load_lead(w, json_get(request->json, "lead"), at_ms, &trial.lead)
        || !trial_captured(w, request->json, STR(""), &trial.lead)
        || !trial_ask(w, shower.tried, at_ms, &trial))
        return false;

    /* Who keeps his owner is not asked about by any rule. */
    shower.trail = !trial.kept;
    shower.kept_at_ms = trial.kept ? at_ms : 0;
    struct json_out out = response_json(w, response, &text);
    if (!decision_json(&shower, &out, &trial.shown))
        return false;
    response_json_done(response, &text);
    return true;
}

/* ---------------------------------------------------------------- ledger */

static const struct shape_field gate_sentence_fields[] = {
    { "en", SHAPE_TEXT, 0, .about = "English." },
    { "ko", SHAPE_TEXT, 0, .about = "Korean." },
    { 0 },
};
static const struct shape gate_sentence_shape = { "LedgerSentence",
                                                  "What stops somebody.", 0,
                                                  gate_sentence_fields };
static const struct shape_field person_fields[] = {
    { "id", SHAPE_ID, 0, .about = "The person." },
    { "name", SHAPE_TEXT, 0, .about = "As shown." },
    { "active", SHAPE_BOOL, 0, .about = "Works here." },
    { "takes_leads", SHAPE_BOOL, 0, .about = "Is given leads at all." },
    { "able", SHAPE_BOOL, 0, .about = "Could take one at this moment." },
    { "gate", SHAPE_TEXT, SHAPE_NULLABLE, .about = "What stops the person." },
    { "sentence", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &gate_sentence_shape,
      .about = "The same in words." },
    { "weight", SHAPE_INTEGER, 0, .about = "Share of turns." },
    { "credit", SHAPE_NUMBER, 0, .about = "Leads owed; below 0: had more." },
    { "turns", SHAPE_INTEGER, 0, .about = "Leads given by routing so far." },
    { "open_leads", SHAPE_INTEGER, 0, .about = "Owned and open." },
    { "open_leads_max", SHAPE_INTEGER, SHAPE_NULLABLE, .about = "The limit." },
    { "day_leads", SHAPE_INTEGER, 0, .about = "Given today." },
    { "day_leads_max", SHAPE_INTEGER, SHAPE_NULLABLE, .about = "The limit." },
    { 0 },
};
static const struct shape person_shape = { "LedgerPerson",
                                           "One person's account of turns.", 0,
                                           person_fields };
static const struct shape_field ledger_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &person_shape,
      .about = "Everybody. Their credits add up to 0." },
    { 0 },
};
static const struct shape ledger_shape = { "Ledger", "Whose turn it is.", 0,
                                           ledger_fields };

static const struct route_gate *
gate_of(struct work *w, const struct workspace_cache *cache,
        struct route_candidate *candidate)
{
    const struct route_question question = { .now_ms = w->now_ms };
    const struct route_asking asking = { .question = &question,
                                         .team = cache->team,
                                         .ledger = &cache->ledger };

    return route_first_gate(&asking, candidate);
}

static void
put_gate(struct work *w, struct json_out *out,
         const struct workspace_cache *cache, int number)
{
    struct route_candidate candidate = { .person = number };
    const struct route_gate *gate = gate_of(w, cache, &candidate);
    const struct route_stopped stopped = route_stopped_by(
        cache->team, &candidate, gate, zone_find(cache->workspace.time_zone));

    json_put_bool(out, "able", gate == NULL);
    json_put_cstr(out, "gate", gate == NULL ? NULL : gate->code);
    if (gate != NULL)
        decision_sentences_json(
            out, "sentence", route_gate_sentence(w->arena, &stopped, STR("en")),
            route_gate_sentence(w->arena, &stopped, STR("ko")));
}

static void
put_limit(struct json_out *out, const char *name, int64_t limit)
{
    json_name(out, name);
    if (limit < 0)
        json_null(out);
    else
        json_int(out, limit);
}

static void
put_person(struct work *w, struct json_out *out,
           const struct workspace_cache *cache, int number)
{
    const struct person *person = &cache->team->people[number];
    const struct ledger_entry *entry = &cache->ledger.entries[number];

    json_open_object(out);
    json_put_id(out, "id", person->id);
    json_put_text(out, "name", person->name);
    json_put_bool(out, "active", person->active);
    json_put_bool(out, "takes_leads", team_takes_leads(cache->team, person));
    put_gate(w, out, cache, number);
    json_put_int(out, "weight", person->weight);
    json_name(out, "credit");
    json_real(out, (double)entry->credit / (double)LEDGER_UNIT);
    json_put_int(out, "turns", entry->turns);
    json_put_int(out, "open_leads", entry->open_leads);
    put_limit(out, "open_leads_max", person->open_leads_max);
    json_put_int(
        out, "day_leads",
        ledger_day_leads(&cache->ledger, cache->team, number, w->now_ms));
    put_limit(out, "day_leads_max", person->day_leads_max);
    json_close_object(out);
}

static bool
list_ledger(struct work *w, const struct request *request,
            struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    (void)request;
    if (cache == NULL)
        return false;

    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < cache->team->count; i++)
        put_person(w, &out, cache, i);
    response_list_done(response, &out);
    return true;
}

/* ----------------------------------------------------------------- table */

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/routing/draft", route_api_draft, CAN_VIEW_ROUTING,
      "The rule set that is being worked on; what is published when there is "
      "none. Its version is the ETag.",
      .gives = &route_rules_shape },
    { PUT, "/api/v1/routing/draft", route_api_save, CAN_EDIT_ROUTING,
      "Save the draft. It must be complete and right; what is allowed but has "
      "no effect comes back as warnings.",
      .takes = &route_rules_shape, .gives = &route_saved_shape,
      .body_bytes_max = DOCUMENT_BYTES_MAX },
    { POST, "/api/v1/routing/draft/publish", route_api_publish,
      CAN_EDIT_ROUTING,
      "Put the draft in force, after its tests came out as expected.",
      .takes = &route_publish_shape, .gives = &route_version_shape },
    { GET, "/api/v1/routing/versions", route_api_versions, CAN_VIEW_ROUTING,
      "What was published, newest first.", .gives = &route_versions_shape },
    { GET, "/api/v1/routing/versions/{number}", route_api_version,
      CAN_VIEW_ROUTING, "One published rule set.",
      .gives = &route_version_shape },
    { POST, "/api/v1/routing/versions/{number}/restore", route_api_restore,
      CAN_EDIT_ROUTING, "Copy a published rule set into the draft.",
      .gives = &route_saved_shape },
    { POST, "/api/v1/routing/try", try_lead, CAN_VIEW_ROUTING,
      "Who would get this lead, and why. Leaves no trace.",
      .flags = ENDPOINT_READS, .takes = &try_shape, .gives = &decision_shape },
    { GET, "/api/v1/ledger", list_ledger, CAN_VIEW_ROUTING,
      "Whose turn it is: the account of turns, loads and limits.",
      .gives = &ledger_shape },
    { 0 },
};

const struct module route_module = { "route", endpoints, NULL };
