/*
 * submission_api: submissions that are no lead's: quarantined, taken for
 * spam, ignored. They can be looked at, retried by what a mapping says by
 * now, and dismissed. Those of a lead are lead_api_history.c's.
 */
#include "src/api/submission_api.h"

#include "src/access/permission.h"
#include "src/api/capture_held.h"
#include "src/api/form_api.h"
#include "src/api/hook_take.h"
#include "src/lifecycle.h"

enum { LIMIT_USUAL = 50, LIMIT_MAX = 200, RETRY_MAX = 100 };

/* ----------------------------------------------------------------- shapes */

static const struct request_field list_asks[] = {
    { STR_INIT("state"),
      STR_INIT("quarantined (if absent), spam, ignored, released or "
               "dismissed.") },
    { STR_INIT("source"), STR_INIT("Id of a source.") },
    { STR_INIT("limit"), STR_INIT("1 to 200; 50 if absent.") },
    { STR_INIT("cursor"), STR_INIT("next_cursor of the page before.") },
    { { 0 }, { 0 } },
};

static const struct shape_field held_fields[] = {
    { "id", SHAPE_ID, 0, .about = "Of the submission." },
    { "received_at", SHAPE_TIME, 0 },
    { "source", SHAPE_ID, SHAPE_NULLABLE,
      .about = "Where it came in; null: a program sent it with a key of no "
               "source." },
    { "source_name", SHAPE_TEXT, SHAPE_NULLABLE },
    { "door", SHAPE_OPTION, 0, .options = held_door_names,
      .about = "Which way it came in, and so how it is replayed." },
    { "form", SHAPE_ID, SHAPE_NULLABLE, .about = "It came by this form." },
    { "state", SHAPE_OPTION, 0, .options = held_state_names },
    { "code", SHAPE_TEXT, 0, .about = "Why, for programs." },
    { "reason", SHAPE_TEXT, 0, .about = "Why, in a sentence." },
    { "pointer", SHAPE_TEXT, SHAPE_NULLABLE, .about = "Where in the body." },
    { "content_type", SHAPE_TEXT, 0,
      .about = "As sent; with ;base64 the body is encoded." },
    { "body", SHAPE_TEXT, 0,
      .about = "As it came; empty once it is a lead's submission." },
    { "delivery_key", SHAPE_TEXT, SHAPE_NULLABLE },
    { "lead", SHAPE_ID, SHAPE_NULLABLE,
      .about = "What it became, or waits in the default queue as." },
    { "settled_at", SHAPE_TIME, SHAPE_NULLABLE },
    { 0 },
};
static const struct shape held_shape = { "HeldSubmission",
                                         "A submission that is no lead's.", 0,
                                         held_fields };
static const struct shape_field page_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &held_shape,
      .about = "Newest first." },
    { "next_cursor", SHAPE_TEXT, SHAPE_NULLABLE, .about = "For what follows." },
    { 0 },
};
static const struct shape page_shape = { "HeldSubmissionPage", "What is held.",
                                         0, page_fields };

static const struct shape_field count_fields[] = {
    { "quarantined", SHAPE_INTEGER, 0 },
    { "spam", SHAPE_INTEGER, 0 },
    { "ignored", SHAPE_INTEGER, 0 },
    { 0 },
};
static const struct shape count_shape = { "HeldSubmissionCounts",
                                          "How many wait.", 0, count_fields };

static const struct shape_field retried_fields[] = {
    { "submission", SHAPE_ID, 0 },
    { "state", SHAPE_TEXT, 0,
      .about = "taken, joined or repeated; still as it was; or, of several, "
               "not_found." },
    { "lead", SHAPE_ID, SHAPE_NULLABLE },
    { "reason", SHAPE_TEXT, SHAPE_NULLABLE, .about = "Why it is still held." },
    { 0 },
};
static const struct shape retried_shape = { "Replayed", "What became of it.", 0,
                                            retried_fields };
static const struct shape_field retry_fields[] = {
    { "ids", SHAPE_ID, SHAPE_REQUIRED | SHAPE_LIST, RETRY_MAX,
      .about = "Of submissions that are held." },
    { 0 },
};
static const struct shape retry_shape = { "ReplayInput", "Several at once.", 0,
                                          retry_fields };
static const struct shape_field retried_list_fields[] = {
    { "results", SHAPE_OBJECT, SHAPE_LIST, RETRY_MAX, .of = &retried_shape,
      .about = "In the order of the ids." },
    { 0 },
};
static const struct shape retried_list_shape = { "ReplayedList",
                                                 "What became of them.", 0,
                                                 retried_list_fields };

/* ---------------------------------------------------------------- looking */

static void
put_held(struct json_out *out, const struct workspace_cache *cache,
         const struct held *held)
{
    json_open_object(out);
    json_put_id(out, "id", held->id);
    json_put_time(out, "received_at", held->received_ms);
    json_put_id(out, "source", held->source);
    json_put_text(out, "source_name",
                  workspace_source_name(cache, held->source));
    json_put_cstr(out, "door", held_door_names[held->door]);
    json_put_id(out, "form", held->form);
    json_put_cstr(out, "state", held_state_names[held->state]);
    json_put_text(out, "code", held->code);
    json_put_text(out, "reason", held->reason);
    json_put_text(out, "pointer", held->pointer);
    json_put_text(out, "content_type", held->content_type);
    json_put_text(out, "body", held->body);
    json_put_text(out, "delivery_key", held->delivery_key);
    json_put_id(out, "lead", held->lead);
    json_put_time(out, "settled_at", held->settled_ms);
    json_close_object(out);
}

struct page_asked {
    enum held_state state;
    struct id source;
    struct id before;
    int64_t limit;
};

static bool
read_state(struct work *w, struct str name, enum held_state *state)
{
    *state = HELD_QUARANTINED;
    if (str_is_empty(name))
        return true;
    for (int i = 0; i < HELD_STATE_COUNT; i++)
        if (str_is(name, held_state_names[i])) {
            *state = (enum held_state)i;
            return true;
        }
    return fail_at(w, STR("/state"), "unknown_option",
                   "This is quarantined, spam, ignored, released or "
                   "dismissed.");
}

static bool
read_id(struct work *w, const struct request *request, const char *name,
        struct id *id)
{
    struct str text = request_query(request, name);

    *id = ID_NONE;
    return str_is_empty(text) || id_parse(text, id)
        || fail_at(w, arena_format(w->arena, "/%s", name), "not_an_id",
                   "This is no id: 13 characters.");
}

static bool
read_page(struct work *w, const struct request *request,
          struct page_asked *asked)
{
    return read_state(w, request_query(request, "state"), &asked->state)
        && read_id(w, request, "source", &asked->source)
        && read_id(w, request, "cursor", &asked->before)
        && request_query_int(w, request, "limit", LIMIT_USUAL, 1, LIMIT_MAX,
                             &asked->limit);
}

static bool
list(struct work *w, const struct request *request, struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct page_asked asked;
    struct held *rows;
    struct text text;
    int count;

    if (cache == NULL || !read_page(w, request, &asked)
        || !held_list(w, asked.state, asked.source, asked.before,
                      (int)asked.limit, &rows, &count))
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        put_held(&out, cache, &rows[i]);
    response_page_done(response, &out,
                       count == asked.limit ? rows[count - 1].id : ID_NONE);
    return true;
}

static bool
counts(struct work *w, const struct request *request, struct response *response)
{
    int64_t all[HELD_STATE_COUNT];
    struct text text;

    (void)request;
    if (!held_counts(w, all))
        return false;
    struct json_out out = response_json(w, response, &text);
    json_open_object(&out);
    json_put_int(&out, "quarantined", all[HELD_QUARANTINED]);
    json_put_int(&out, "spam", all[HELD_SPAM]);
    json_put_int(&out, "ignored", all[HELD_IGNORED]);
    json_close_object(&out);
    response_json_done(response, &text);
    return true;
}

static bool
answer_held(struct work *w, struct response *response, const struct held *held)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    if (cache == NULL)
        return false;
    struct json_out out = response_json(w, response, &text);
    put_held(&out, cache, held);
    response_json_done(response, &text);
    return true;
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct held held;
    struct id id;

    return request_id(w, request, "id", &id) && held_load(w, id, &held)
        && answer_held(w, response, &held);
}

/* --------------------------------------------------------------- retrying */

struct retried {
    const char *state;
    struct id lead;
    struct str reason;
};

static bool
settle(struct work *w, struct held *held, const char *state, struct id lead,
       struct retried *retried)
{
    *retried = (struct retried){ .state = state, .lead = lead };
    if (!held_settle(w, held, HELD_RELEASED, lead))
        return false;
    held_tell(w, held);
    return true;
}

/* A stage failed on it then; its lead has waited in the queue. */
static bool
let_lead_go(struct work *w, struct held *held, struct retried *retried)
{
    struct lead lead;

    return lead_load(w, held->lead, &lead) && lifecycle_release(w, &lead)
        && settle(w, held, "taken", lead.id, retried);
}

static bool
still_held(struct work *w, struct held *held, const struct hook_lead *lead,
           struct retried *retried)
{
    *retried = (struct retried){
        .state = held_state_names[held->state],
        .reason = lead->reason,
    };
    held->code = str_of(lead->code);
    held->reason = lead->reason;
    held->pointer = lead->pointer;
    return held_still(w, held);
}

/* Each lead in it; the first one takes over its id. */
static bool
take_leads(struct work *w, const struct hook *hook,
           const struct hook_body *body, struct held *held,
           struct retried *retried)
{
    struct hook_result result;
    struct hook_result first = { 0 };
    struct id id = held->id;

    for (int i = 0; i < body->count; i++) {
        const struct hook_lead *lead = &body->leads[i];
        if (!hook_take_one(w, hook, body, lead, HELD_CARE_NONE, NULL,
                           lead->fit ? id : ID_NONE, &result))
            return false;
        if (!lead->fit || first.state != NULL)
            continue;
        first = result;
        id = ID_NONE;
    }
    return settle(w, held, first.state, first.lead, retried);
}

/* It was its sender's when it came: what is secret in it is not asked for
 * again. */
static bool
retry_hook(struct work *w, const struct workspace_cache *cache,
           struct held *held, struct retried *retried)
{
    const struct hook *found = hook_of_source(cache, held->source);
    struct hook_body body;

    if (found == NULL)
        return fail(w, ERR_CONFLICT,
                    "The source takes no webhooks any more: give it a mapping "
                    "first.");
    struct hook hook = *found;
    hook.key.at = STR_NONE;
    hook_body_open(w->arena, &hook, cache, held_content_type(held),
                   held_body(w->arena, held), &body);
    for (int i = 0; i < body.count; i++)
        if (body.leads[i].fit)
            return take_leads(w, &hook, &body, held, retried);
    return still_held(w, held, &body.leads[0], retried);
}

static bool
retry_form(struct work *w, const struct workspace_cache *cache,
           struct held *held, struct retried *retried)
{
    struct id lead;

    (void)cache;
    return page_form_release(w, held, &lead)
        && settle(w, held, "taken", lead, retried);
}

static bool
retry_api(struct work *w, const struct workspace_cache *cache,
          struct held *held, struct retried *retried)
{
    struct intake intake = { 0 };

    (void)cache;
    return capture_release(w, held, &intake)
        && settle(w, held,
                  intake.repeated  ? "repeated"
                  : intake.matched ? "joined"
                                   : "taken",
                  intake.lead.id, retried);
}

static bool
retry(struct work *w, struct held *held, struct retried *retried)
{
    static bool (*const by_door[HELD_DOOR_COUNT])(
        struct work *, const struct workspace_cache *, struct held *,
        struct retried *) = {
        [HELD_BY_HOOK] = retry_hook,
        [HELD_BY_FORM] = retry_form,
        [HELD_BY_API] = retry_api,
    };
    const struct workspace_cache *cache = workspace_cache(w);
    const struct actor person = w->actor;

    if (cache == NULL)
        return false;
    if (held->state == HELD_RELEASED)
        return fail(w, ERR_CONFLICT,
                    "The submission %s has become a lead's already.",
                    id_show(held->id).text);
    if (!id_is_none(held->lead))
        return let_lead_go(w, held, retried);
    if (!id_is_none(held->source))
        w->actor =
            (struct actor){ ACTOR_SOURCE, held->source, source_permissions };
    bool ok = by_door[held->door](w, cache, held, retried);
    w->actor = person;
    return ok;
}

static void
put_retried(struct json_out *out, struct str id, const struct retried *retried)
{
    json_open_object(out);
    json_put_text(out, "submission", id);
    json_put_cstr(out, "state", retried->state);
    json_put_id(out, "lead", retried->lead);
    json_put_text(out, "reason", retried->reason);
    json_close_object(out);
}

static bool
retry_one(struct work *w, const struct request *request,
          struct response *response)
{
    struct retried retried = { 0 };
    struct held held;
    struct text text;
    struct id id;

    if (!request_id(w, request, "id", &id) || !held_load(w, id, &held)
        || !retry(w, &held, &retried))
        return false;
    struct json_out out = response_json(w, response, &text);
    put_retried(&out, str_of(id_show(id).text), &retried);
    response_json_done(response, &text);
    return true;
}

/* What becomes of several. When all of them together fail, each is taken in a
 * unit of its own: one that fails again keeps none of the others. */
struct retries {
    const struct json *ids;
    struct retried *results; /* as many */
    size_t at;               /* the one that is tried by itself */
    int rescues;             /* units of rescue so far */
    bool tries;              /* the present one; else it only notes */
};

static bool
prepare_many(struct work *w, struct request *request)
{
    struct retries *all = ARENA_NEW(w->arena, struct retries);

    all->ids = json_get(request->json, "ids");
    all->results =
        ARENA_ARRAY(w->arena, struct retried, all->ids->array.count + 1);
    request->prepared = all;
    request->weight = (int)all->ids->array.count;
    return true;
}

/* `*held` is none when there is no such. */
static bool
load_listed(struct work *w, const struct retries *all, size_t i,
            struct held *held)
{
    struct retried *retried = &all->results[i];
    struct id id = ID_NONE;

    *held = (struct held){ 0 };
    *retried = (struct retried){ .state = "not_found" };
    if (id_parse(all->ids->array.items[i].text, &id) && !held_load(w, id, held))
        return false;
    if (id_is_none(id))
        return fail(w, ERR_NOT_FOUND, "This is no id of a submission.");
    retried->state = held_state_names[held->state];
    retried->lead = held->lead;
    return true;
}

/* It was refused before anything was done: that is what became of it. */
static void
note_refusal(struct work *w, struct retried *retried)
{
    retried->reason = w->error.detail;
    w->error = (struct error){ 0 };
}

/* One that is released already stays so. */
static bool
retry_listed(struct work *w, const struct retries *all, size_t i)
{
    struct retried *retried = &all->results[i];
    bool changed = w->changed;
    struct held held;

    w->changed = false;
    bool ok = load_listed(w, all, i, &held)
           && (held.state == HELD_RELEASED || retry(w, &held, retried));
    bool half_done = w->changed;
    w->changed |= changed;
    if (ok)
        return true;
    if (w->error.kind == ERR_UNAVAILABLE || w->error.kind == ERR_INTERNAL)
        return false;
    if (half_done) {
        w->error.kind = ERR_INTERNAL; /* so that it is rescued */
        return false;
    }
    note_refusal(w, retried);
    return true;
}

static void
answer_many(struct work *w, const struct retries *all,
            struct response *response)
{
    struct text text;
    struct json_out out = response_json(w, response, &text);

    json_open_object(&out);
    json_name(&out, "results");
    json_open_array(&out);
    for (size_t i = 0; i < all->ids->array.count; i++)
        put_retried(&out, all->ids->array.items[i].text, &all->results[i]);
    json_close_array(&out);
    json_close_object(&out);
    response_json_done(response, &text);
}

static bool
retry_many(struct work *w, const struct request *request,
           struct response *response)
{
    const struct retries *all = request->prepared;

    for (size_t i = 0; i < all->ids->array.count; i++)
        if (!retry_listed(w, all, i))
            return false;
    answer_many(w, all, response);
    return true;
}

/* Why the one that was tried failed; that is stored by nobody else. */
static bool
note_failure(struct work *w, const struct retries *all, size_t i,
             const struct error *failure)
{
    struct held held;

    if (!load_listed(w, all, i, &held))
        return false;
    all->results[i].reason = failure->detail;
    return true;
}

/* The unit may run more than once, and is the same each time. A unit that only
 * notes follows one that failed, so no two fail in a row. */
static void
choose_next(struct retries *all, const struct request *request)
{
    if (all->rescues == request->rescues)
        return;
    all->at += all->tries; /* stored or not, that one is over */
    all->tries = request->failure == NULL;
    all->rescues = request->rescues;
}

static bool
rescue_many(struct work *w, const struct request *request,
            struct response *response)
{
    struct retries *all = request->prepared;
    size_t count = all->ids->array.count;
    choose_next(all, request);
    size_t done = all->tries ? all->at + 1 : all->at;
    if (all->tries
            ? !retry_listed(w, all, all->at)
            : all->at > 0
                  && !note_failure(w, all, all->at - 1, request->failure))
        return false;
    response->unfinished = done < count;
    if (!response->unfinished)
        answer_many(w, all, response);
    return true;
}

static bool
dismiss(struct work *w, const struct request *request,
        struct response *response)
{
    struct held held;
    struct id id;

    if (!request_id(w, request, "id", &id) || !held_load(w, id, &held))
        return false;
    if (held.state == HELD_RELEASED)
        return fail(w, ERR_CONFLICT,
                    "The submission has become a lead's already.");
    if (!held_settle(w, &held, HELD_DISMISSED, held.lead))
        return false;
    held_tell(w, &held);
    return answer_held(w, response, &held);
}

/* --------------------------------------------------------------- the rows */

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/submissions", list, CAN_VIEW_ALL_LEADS,
      "Submissions that are no lead's: in quarantine, spam, ignored.",
      .asks = list_asks, .gives = &page_shape },
    { GET, "/api/v1/submissions/counts", counts, CAN_VIEW_ALL_LEADS,
      "How many wait for somebody to look at them.", .gives = &count_shape },
    { POST, "/api/v1/submissions/replay", retry_many, CAN_ASSIGN_LEADS,
      "Replay several. One that fails again keeps none of the others.",
      .prepare = prepare_many, .rescue = rescue_many, .takes = &retry_shape,
      .gives = &retried_list_shape },
    { GET, "/api/v1/submissions/{id}", show, CAN_VIEW_ALL_LEADS,
      "One that is held.", .gives = &held_shape },
    { POST, "/api/v1/submissions/{id}/replay", retry_one, CAN_ASSIGN_LEADS,
      "Read it again, as its source says by now; spam becomes a lead.",
      .gives = &retried_shape },
    { POST, "/api/v1/submissions/{id}/dismiss", dismiss, CAN_ASSIGN_LEADS,
      "It is no lead.", .gives = &held_shape },
    { 0 },
};

const struct module submission_module = { "submission", endpoints, NULL };
