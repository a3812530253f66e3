/*
 * capture_api: leads from programs: one, or up to a thousand at a time. What
 * needs no database is done before the unit is queued.
 */
#include "src/api/capture_api.h"

#include "lib/http/server.h"
#include "lib/time/zone.h"
#include "src/access/permission.h"
#include "src/api/capture_held.h"
#include "src/api/decision_json.h"
#include "src/api/lead_input.h"
#include "src/api/lead_json.h"
#include "src/lead/choice.h"
#include "src/lead/custom.h"
#include "src/lead/erasure.h"
#include "src/lifecycle.h"
#include "src/match/match.h"
#include "src/standardise/standardise.h"
#include "src/workspace/cache.h"

enum { BATCH_MAX = 1000, BATCH_BYTES_MAX = 4 * 1024 * 1024 };

/* One lead of a request, as far as it comes without a database. */
struct prepared {
    struct lead_facts facts;
    struct str body; /* as it came */
    struct str external_id;
    struct error *error; /* what is wrong with it, or NULL */
    struct str result;   /* once the batch has failed: what became of it */
};

struct prepared_all {
    struct prepared *leads;
    int count;
    struct capture_part part; /* what a unit of rescue tries, ... */
    int rescues;              /* ... and which one that is */
};

static const struct shape_field input_fields[] = {
    LEAD_INPUT_FIELDS,
    LEAD_INPUT_LINE("source", "Where the lead came from; the key's source if "
                              "absent."),
    LEAD_INPUT_LINE("currency", "ISO 4217; the workspace's if absent."),
    { "tags", SHAPE_TEXT, SHAPE_LIST | SHAPE_NULLABLE, 100, .about = "Tags." },
    { "consent", SHAPE_ANY, 0, .about = "What was agreed to, as you keep it." },
    { "social", SHAPE_OBJECT, 0, .about = "Accounts, by network." },
    LEAD_INPUT_LINE("external_id",
                    "Your own id: the same one is the same lead."),
    { "custom", SHAPE_OBJECT, 0, .about = "Fields of your own." },
    { 0 },
};
const struct shape lead_input_shape = {
    "LeadInput", "A lead as a program sends it. All fields may be absent.", 0,
    input_fields
};

static const struct shape_field why_fields[] = {
    { "id", SHAPE_ID, SHAPE_NULLABLE, .about = "null: the owner was kept." },
    { "sentence", SHAPE_TEXT, .about = "Why this owner." },
    { 0 },
};
static const struct shape why_shape = { "Why", "A decision in short.", 0,
                                        why_fields };
static const struct shape_field quarantined_fields[] = {
    { "submission", SHAPE_ID, .about = "To look at, and to replay." },
    { "reason", SHAPE_TEXT, .about = "What has failed." },
    { 0 },
};
static const struct shape quarantined_shape = { "Quarantined",
                                                "What is held of a lead.", 0,
                                                quarantined_fields };
static const struct shape_field answer_fields[] = {
    { "id", SHAPE_ID, SHAPE_NULLABLE,
      .about = "Of the lead; null: there is none yet, and nothing else here "
               "but why it is held." },
    { "version", SHAPE_INTEGER, .about = "For If-Match." },
    { "owner", SHAPE_OBJECT, .of = &lead_owner_shape, .about = "Exactly one." },
    { "decision", SHAPE_OBJECT, .of = &why_shape, .about = "Why." },
    { "score", SHAPE_INTEGER, .about = "Sum of its lines." },
    { "stage", SHAPE_TEXT, .about = "open, for a new lead." },
    { "response_due_at", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "The promised first answer." },
    { "matched", SHAPE_BOOL, .about = "It joined a lead we had." },
    { "quarantined", SHAPE_OBJECT, .of = &quarantined_shape,
      .about = "With 202: a stage has failed on it. It is kept, and waits for "
               "somebody; when it is a lead, in the default queue." },
    { 0 },
};
static const struct shape answer_shape = { "LeadTaken", "What became of it.", 0,
                                           answer_fields };

static const struct shape_field batch_fields[] = {
    { "leads", SHAPE_ANY, SHAPE_REQUIRED | SHAPE_LIST, BATCH_MAX,
      .about = "LeadInput objects, each judged by itself." },
    { 0 },
};
static const struct shape batch_shape = { "LeadBatch", "Many leads at once.", 0,
                                          batch_fields };
static const struct shape_field batch_answer_fields[] = {
    { "results", SHAPE_ANY, SHAPE_LIST, BATCH_MAX,
      .about = "In order: a status with LeadTaken, or with a problem." },
    { 0 },
};
static const struct shape batch_answer_shape = {
    "LeadBatchTaken", "One result per lead, in order.", 0, batch_answer_fields
};

/* --------------------------------------------------------------- prepare */

/* False: prepared->error holds what is wrong. */
static bool
prepare_lead(struct work *w, const struct json *json, struct prepared *lead)
{
    const struct standardise_settings settings = { .strict = true };
    struct str external_id = json_get_text(json, "external_id");

    lead->external_id = str_is_empty(external_id) ? STR_NONE : external_id;
    return standardise(w, json, STR(""), &settings, &lead->facts);
}

static void
add_keys(struct work *w, const struct prepared *lead)
{
    /* Room for all was made by the caller. */
    w->key_count += match_keys(&lead->facts, lead->external_id,
                               (int64_t *)w->keys + w->key_count);
}

static bool
prepare_one(struct work *w, struct request *request)
{
    struct prepared *lead = ARENA_NEW(w->arena, struct prepared);

    if (str_is_empty(request->body))
        return fail(w, ERR_MALFORMED,
                    "The body is empty: send the lead as a JSON object.");
    lead->body = request->body;
    if (!prepare_lead(w, request->json, lead))
        return false;
    w->keys = ARENA_ARRAY(w->arena, int64_t, MATCH_KEYS_MAX);
    add_keys(w, lead);
    request->prepared = lead;
    return true;
}

/* Each lead is judged by itself: its faults become its own result. */
static void
keep_error(struct work *w, struct prepared *lead)
{
    lead->error = ARENA_NEW(w->arena, struct error);
    *lead->error = w->error;
    w->error = (struct error){ 0 };
}

static void
prepare_of_batch(struct work *w, const struct json *json, struct prepared *lead)
{
    lead->body = json_tree_text(w->arena, json);
    if (shape_check(w, &lead_input_shape, json, STR(""))
        && prepare_lead(w, json, lead)) {
        add_keys(w, lead);
        return;
    }
    keep_error(w, lead);
}

static bool
prepare_batch(struct work *w, struct request *request)
{
    const struct json *list = json_get(request->json, "leads");
    struct prepared_all *all = ARENA_NEW(w->arena, struct prepared_all);

    all->count = (int)list->array.count;
    all->leads = ARENA_ARRAY(w->arena, struct prepared, (size_t)all->count);
    w->keys =
        ARENA_ARRAY(w->arena, int64_t, (size_t)all->count * MATCH_KEYS_MAX);
    for (int i = 0; i < all->count; i++)
        prepare_of_batch(w, &list->array.items[i], &all->leads[i]);
    request->prepared = all;
    request->weight = all->count;
    return true;
}

/* ----------------------------------------------------------------- run */

bool
capture_submission(struct work *w, struct str content_type, struct str body,
                   struct str external_id, struct submission *submission)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    *submission = (struct submission){
        .id = work_id(w),
        .content_type = content_type,
        .body = body,
        .delivery_key = external_id,
    };
    if (w->actor.kind != ACTOR_SOURCE)
        return true;
    submission->source = w->actor.id;
    submission->source_name = workspace_source_name(cache, w->actor.id);
    return true;
}

/*
 * The name of a delivery, for ever: the source's own id of the lead, else the
 * Idempotency-Key, which is the caller's own. Kept answers are thrown away
 * after some days; a lead that comes again after that is still one lead.
 */
static struct str
delivery_of(struct work *w, const struct request *request,
            const struct prepared *lead, int index)
{
    struct str key = request_header(request, "idempotency-key");

    if (!str_is_empty(lead->external_id) || str_is_empty(key))
        return lead->external_id;
    return arena_format(w->arena, "idempotency-key %s %d %.*s",
                        id_show(w->actor.id).text, index, STR_ARG(key));
}

/* What only the workspace knows: the fields of its own, and its choices. */
static bool
check_custom(struct work *w, const struct workspace_cache *cache,
             struct prepared *lead)
{
    bool fits = choices_read(w, cache->schema, &lead->facts, true, STR(""));

    return custom_read(w, cache->schema, lead->facts.custom, true,
                       STR("/custom"), &lead->facts.custom, NULL)
        && fits;
}

static void
check_of_batch(struct work *w, const struct workspace_cache *cache,
               struct prepared *lead)
{
    if (lead->error != NULL)
        return;
    standardise_phone(w->arena, &lead->facts,
                      workspace_phone_country(cache, w->actor.id));
    struct id erasure = erasure_of_facts(w, &lead->facts);
    bool may = id_is_none(erasure)
            || fail_at(w, STR(""), "erased", "%.*s",
                       STR_ARG(erasure_sentence(w->arena, erasure)));
    if (!may || !check_custom(w, cache, lead))
        keep_error(w, lead);
}

/* One lead being taken: which one it is, and what came of it. */
struct taking {
    const struct request *request;
    struct prepared *lead;
    int index;
    enum submission_manner manner;
    enum held_care care; /* NONE but in a rescue */
    struct intake intake;
    struct held held; /* with care */
};

static bool
take(struct work *w, struct taking *taking)
{
    const struct request *request = taking->request;
    struct prepared *lead = taking->lead;
    struct submission submission;

    if (!capture_submission(w, request->content_type, lead->body,
                            delivery_of(w, request, lead, taking->index),
                            &submission))
        return false;
    submission.manner = taking->manner;
    if (w->actor.kind == ACTOR_PERSON && taking->manner == SENT_ALONE)
        submission.captured_by = w->actor.id;
    if (taking->care == HELD_CARE_NONE)
        return lifecycle_intake(w, &submission, &lead->facts, &taking->intake);
    return capture_hold(w, &submission, &lead->facts, taking->care,
                        request->failure, &taking->intake, &taking->held);
}

/* R12: the owner stays, and it is said when he will not answer at once. */
static struct str
kept_sentence(struct work *w, const struct workspace_cache *cache,
              const struct intake *intake, struct str sentence)
{
    struct route_stopped stopped;

    if (!decision_owner_is_stopped(cache, intake->lead.owner, w->now_ms,
                                   &stopped))
        return sentence;
    struct str now =
        route_gate_sentence(w->arena, &stopped, cache->workspace.language);
    return arena_format(w->arena, "%.*s %.*s", STR_ARG(sentence), STR_ARG(now));
}

struct str
capture_sentence(struct work *w, const struct workspace_cache *cache,
                 const struct intake *intake)
{
    struct route_telling telling = {
        .code = STR("kept"),
        .owner = route_owner_name(cache->team, cache->queues,
                                  cache->queue_count, intake->lead.owner),
    };

    bool kept = id_is_none(intake->why.decision_id);
    if (!kept)
        telling = route_tell(&intake->why.decision, cache->routing);
    if (telling.wait_until_ms > 0 || telling.stopped_count > 0)
        telling.zone = zone_find(cache->workspace.time_zone);
    struct str sentence =
        route_sentence(w->arena, &telling, cache->workspace.language);
    return kept ? kept_sentence(w, cache, intake, sentence) : sentence;
}

static void
put_lead(struct work *w, struct json_out *out,
         const struct workspace_cache *cache, const struct intake *intake)
{
    const struct lead *lead = &intake->lead;

    json_put_int(out, "version", lead->version);
    json_name(out, "owner");
    lead_owner_json(out, cache, lead->owner);
    json_name(out, "decision");
    json_open_object(out);
    json_put_id(out, "id", intake->why.decision_id);
    json_put_text(out, "sentence", capture_sentence(w, cache, intake));
    json_close_object(out);
    json_put_int(out, "score", lead->score);
    json_put_cstr(out, "stage", lead->stage);
    json_put_time(out, "response_due_at", lead->response_due_ms);
    json_put_bool(out, "matched", intake->matched);
}

static void
put_taken(struct work *w, struct json_out *out,
          const struct workspace_cache *cache, const struct taking *taking)
{
    struct id lead = taking->intake.lead.id;

    json_put_id(out, "id", lead);
    if (!id_is_none(lead))
        put_lead(w, out, cache, &taking->intake);
    if (taking->care == HELD_CARE_NONE)
        return;
    json_name(out, "quarantined");
    json_open_object(out);
    json_put_id(out, "submission", taking->held.id);
    json_put_text(out, "reason", taking->held.reason);
    json_close_object(out);
}

static int
status_of(const struct taking *taking)
{
    if (taking->care != HELD_CARE_NONE)
        return 202;
    return taking->intake.matched ? 200 : 201;
}

static bool
take_one(struct work *w, const struct request *request, enum held_care care,
         struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct taking taking = { .request = request,
                             .lead = request->prepared,
                             .manner = SENT_ALONE,
                             .care = care };
    struct text text;

    if (cache == NULL || !check_custom(w, cache, taking.lead)
        || !take(w, &taking))
        return false;

    struct json_out out = response_json(w, response, &text);
    json_open_object(&out);
    put_taken(w, &out, cache, &taking);
    json_close_object(&out);
    response_json_done(response, &text);
    response->status = status_of(&taking);
    return true;
}

static bool
capture_one(struct work *w, const struct request *request,
            struct response *response)
{
    return take_one(w, request, HELD_CARE_NONE, response);
}

/* A stage has failed on it: it is kept, and somebody hears of it. */
static bool
rescue_one(struct work *w, const struct request *request,
           struct response *response)
{
    return take_one(w, request,
                    request->rescues == 1 ? HELD_CARE_QUEUE : HELD_CARE_BYTES,
                    response);
}

static void
put_refused(struct work *w, struct json_out *out, const struct error *error)
{
    struct response problem = { 0 };

    http_problem(w->arena, error, &problem);
    json_put_int(out, "status", problem.status);
    json_name(out, "problem");
    json_raw(out, problem.body);
}

static bool
put_result(struct work *w, const struct request *request, int index,
           enum held_care care, struct json_out *out)
{
    const struct prepared_all *all = request->prepared;
    struct workspace_cache *cache = workspace_cache(w);
    struct taking taking = { .request = request,
                             .lead = &all->leads[index],
                             .index = index,
                             .manner = SENT_IN_BATCH,
                             .care = care };

    if (cache == NULL)
        return false;
    json_open_object(out);
    check_of_batch(w, cache, taking.lead);
    if (taking.lead->error != NULL) {
        put_refused(w, out, taking.lead->error);
    } else {
        if (!take(w, &taking))
            return false;
        json_put_int(out, "status", status_of(&taking));
        put_taken(w, out, cache, &taking);
    }
    json_close_object(out);
    return true;
}

static struct json_out
open_results(struct work *w, struct response *response, struct text *text)
{
    struct json_out out = response_json(w, response, text);

    json_open_object(&out);
    json_name(&out, "results");
    json_open_array(&out);
    return out;
}

static void
close_results(struct response *response, struct json_out *out,
              const struct text *text)
{
    json_close_array(out);
    json_close_object(out);
    response_json_done(response, text);
}

static bool
capture_batch(struct work *w, const struct request *request,
              struct response *response)
{
    const struct prepared_all *all = request->prepared;
    struct text text;
    struct json_out out = open_results(w, response, &text);

    for (int i = 0; i < all->count; i++)
        if (!put_result(w, request, i, HELD_CARE_NONE, &out))
            return false;
    close_results(response, &out, &text);
    return true;
}

/* The unit may run more than once, and tries the same part each time. */
static void
choose_part(struct prepared_all *all, const struct request *request)
{
    const struct capture_part whole = { 0, all->count, HELD_CARE_NONE };

    if (all->rescues == request->rescues)
        return;
    all->part = capture_part_next(all->rescues == 0 ? whole : all->part,
                                  request->failure == NULL, all->count);
    all->rescues = request->rescues;
}

/* A stage has failed on one of them, and nothing is stored: they are taken in
 * parts, until those at fault stand alone. */
static bool
rescue_batch(struct work *w, const struct request *request,
             struct response *response)
{
    struct prepared_all *all = request->prepared;
    struct text text;

    choose_part(all, request);
    for (int i = all->part.from; i < all->part.to; i++) {
        struct text result = text_new(w->arena);
        struct json_out out = json_out_new(&result);
        if (!put_result(w, request, i, all->part.care, &out))
            return false;
        all->leads[i].result = text_str(&result);
    }
    response->unfinished = all->part.to < all->count;
    if (response->unfinished)
        return true;

    struct json_out out = open_results(w, response, &text);
    for (int i = 0; i < all->count; i++)
        json_raw(&out, all->leads[i].result);
    close_results(response, &out, &text);
    return true;
}

static const struct endpoint endpoints[] = {
    { POST, "/api/v1/leads", capture_one, CAN_SUBMIT_LEADS,
      "Take a lead: stored, matched, scored, and owned by one person.",
      .prepare = prepare_one, .rescue = rescue_one, .takes = &lead_input_shape,
      .gives = &answer_shape, .body_bytes_max = 256 * 1024 },
    { POST, "/api/v1/leads/batch", capture_batch, CAN_SUBMIT_LEADS,
      "Take up to 1,000 leads; each has its own result.",
      .prepare = prepare_batch, .rescue = rescue_batch, .takes = &batch_shape,
      .gives = &batch_answer_shape, .body_bytes_max = BATCH_BYTES_MAX },
    { 0 },
};

const struct module capture_module = { "capture", endpoints, NULL };
