/*
 * revert_api: see revert_api.h. What a revert would do is asked of the same
 * function that does it.
 */
#include "src/api/revert_api.h"

#include "src/access/permission.h"
#include "src/api/lead_api.h"
#include "src/api/lead_json.h"
#include "src/lifecycle_revert.h"
#include "src/workspace/cache.h"

enum { LIMIT_USUAL = 50, LIMIT_MAX = 200, NOTE_BYTES_MAX = 500 };

/* ----------------------------------------------------------------- shapes */

static const struct shape_field revert_input_fields[] = {
    { "note", SHAPE_TEXT, SHAPE_REQUIRED, NOTE_BYTES_MAX,
      .about = "Why: it stands on the timeline of every lead, and in the mail "
               "to whoever loses leads." },
    { "dry_run", SHAPE_BOOL, 0, .about = "Say what would be, and do nothing." },
    { "queue", SHAPE_TEXT, SHAPE_NULLABLE, 100,
      .about = "Id or short name: leads that nobody had before wait there for "
               "a person; absent: the rules in force find their owner." },
    { 0 },
};
static const struct shape revert_input_shape = { "RevertInput",
                                                 "Takes assignments back.", 0,
                                                 revert_input_fields };

static const struct shape_field by_fields[] = {
    { "kind", SHAPE_TEXT, 0, .about = "person or key." },
    { "id", SHAPE_ID, SHAPE_NULLABLE, .about = "Who." },
    { "name", SHAPE_TEXT, SHAPE_NULLABLE, .about = "Of a person or a key." },
    { 0 },
};
static const struct shape by_shape = { "RevertedBy", "Who asked for it.", 0,
                                       by_fields };
static const struct shape_field revert_fields[] = {
    { "id", SHAPE_ID, 0, .about = "Of the revert." },
    { "rules_version", SHAPE_INTEGER, 0, .about = "Whose assignments." },
    { "dry_run", SHAPE_BOOL, 0, .about = "true: nothing was changed." },
    { "state", SHAPE_TEXT, 0, .about = "running or done." },
    { "percent", SHAPE_INTEGER, 0, .about = "Done; 100 when it is over." },
    { "counts", SHAPE_OBJECT, 0,
      .about = "Assignments by outcome: given_back, routed_again, queued; left "
               "as they are: moved_by_hand, moved_on, reverted, touched, "
               "pinned, accepted, waiting, closed, merged, erased." },
    { "note", SHAPE_TEXT, 0, .about = "Why." },
    { "queue", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &lead_owner_shape,
      .about = "Where those wait whom nobody had before." },
    { "asked_by", SHAPE_OBJECT, 0, .of = &by_shape, .about = "Who." },
    { "created_at", SHAPE_TIME, 0, .about = "When it was asked for." },
    { "ended_at", SHAPE_TIME, SHAPE_NULLABLE, .about = "null: at work." },
    { 0 },
};
static const struct shape revert_shape = { "Revert",
                                           "Assignments of one version of the "
                                           "rules that are taken back.",
                                           0, revert_fields };
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &revert_shape,
      .about = "Newest first." },
    { "next_cursor", SHAPE_TEXT, SHAPE_NULLABLE, .about = "For what follows." },
    { 0 },
};
static const struct shape list_shape = { "RevertPage", "Reverts.", 0,
                                         list_fields };

static const struct shape_field sentence_fields[] = {
    { "en", SHAPE_TEXT, 0, .about = "English." },
    { "ko", SHAPE_TEXT, 0, .about = "Korean." },
    { 0 },
};
static const struct shape sentence_shape = { "RevertSentence",
                                             "The outcome in words.", 0,
                                             sentence_fields };
static const struct shape_field row_fields[] = {
    { "decision", SHAPE_ID, 0, .about = "By which it was made." },
    { "lead", SHAPE_ID, 0, .about = "Which lead." },
    { "owner", SHAPE_OBJECT, 0, .of = &lead_owner_shape,
      .about = "To whom the version gave it." },
    { "outcome", SHAPE_TEXT, 0, .about = "As in Revert.counts." },
    { "to", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &lead_owner_shape,
      .about = "Who has it instead; null: it is left, or the rules in force "
               "are to decide." },
    { "sentence", SHAPE_OBJECT, 0, .of = &sentence_shape,
      .about = "The outcome in words." },
    { 0 },
};
static const struct shape row_shape = { "RevertLead",
                                        "One assignment, and what taking it "
                                        "back comes to.",
                                        0, row_fields };
static const struct shape_field rows_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &row_shape,
      .about = "Oldest first. A page may be short, and yet not the last." },
    { "next_cursor", SHAPE_TEXT, SHAPE_NULLABLE, .about = "For what follows." },
    { 0 },
};
static const struct shape rows_shape = { "RevertLeadPage", "Assignments.", 0,
                                         rows_fields };

static const struct request_field page_asks[] = {
    { STR_INIT("limit"), STR_INIT("1 to 200; 50 if absent.") },
    { STR_INIT("cursor"), STR_INIT("next_cursor of the page before.") },
    { { 0 }, { 0 } },
};
static const struct request_field assignments_asks[] = {
    { STR_INIT("limit"), STR_INIT("1 to 200; 50 if absent.") },
    { STR_INIT("cursor"), STR_INIT("next_cursor of the page before.") },
    { STR_INIT("queue"), STR_INIT("As in RevertInput.") },
    { { 0 }, { 0 } },
};

/* ---------------------------------------------------------------- reading */

static bool
read_page(struct work *w, const struct request *request, struct id *from,
          int *limit)
{
    struct str cursor = request_query(request, "cursor");
    int64_t number;

    if (!request_query_int(w, request, "limit", LIMIT_USUAL, 1, LIMIT_MAX,
                           &number))
        return false;
    *limit = (int)number;
    return str_is_empty(cursor) || id_parse(cursor, from)
        || fail_at(w, STR("/cursor"), "bad_cursor",
                   "This is no cursor of this list.");
}

static bool
read_queue(struct work *w, const struct workspace_cache *cache, struct str text,
           struct id *queue)
{
    struct id id = ID_NONE;
    bool by_id = id_parse(text, &id);

    *queue = ID_NONE;
    if (str_is_empty(text))
        return true;
    for (int i = 0; i < cache->queue_count; i++)
        if ((by_id && id_equal(cache->queues[i].id, id))
            || str_equal(cache->queues[i].slug, text)) {
            *queue = cache->queues[i].id;
            return true;
        }
    return fail_at(w, STR("/queue"), "unknown_queue", "There is no queue %.*s.",
                   STR_ARG(text));
}

static bool
read_version(struct work *w, const struct request *request,
             struct revert *revert)
{
    struct str text = request_parameter(request, "number");

    if (!str_to_int64(text, &revert->rules_version)
        || revert->rules_version < 0)
        return fail(w, ERR_NOT_FOUND, "There is no version %.*s.",
                    STR_ARG(text));
    return revert_span(w, revert);
}

static bool
load(struct work *w, const struct request *request, struct revert *revert)
{
    struct id id;

    return request_id(w, request, "id", &id) && revert_load(w, id, revert);
}

/* ---------------------------------------------------------------- showing */

static void
put_owner(struct json_out *out, const struct workspace_cache *cache,
          const char *name, bool known, struct owner owner)
{
    json_name(out, name);
    if (known)
        lead_owner_json(out, cache, owner);
    else
        json_null(out);
}

static void
put_counts(struct json_out *out, const struct revert *revert)
{
    json_name(out, "counts");
    json_open_object(out);
    for (int i = 0; i < REVERT_OUTCOME_COUNT; i++)
        if (revert->counts[i] > 0)
            json_put_int(out, revert_outcomes[i], revert->counts[i]);
    json_close_object(out);
}

static void
put_revert(struct json_out *out, const struct known_actors *known,
           const struct revert *revert)
{
    json_open_object(out);
    json_put_id(out, "id", revert->id);
    json_put_int(out, "rules_version", revert->rules_version);
    json_put_bool(out, "dry_run", revert->dry_run);
    json_put_cstr(out, "state", revert->ended_ms > 0 ? "done" : "running");
    json_put_int(out, "percent", revert_percent(revert));
    put_counts(out, revert);
    json_put_text(out, "note", revert->note);
    put_owner(out, known->cache, "queue", !id_is_none(revert->queue),
              owner_queue(revert->queue));
    json_name(out, "asked_by");
    lead_api_actor(out, known, revert->actor_kind, revert->actor);
    json_put_time(out, "created_at", revert->created_ms);
    json_put_time(out, "ended_at", revert->ended_ms);
    json_close_object(out);
}

static bool
answer_revert(struct work *w, struct response *response,
              const struct revert *revert)
{
    struct known_actors known;
    struct text text;

    if (!lead_api_actors(w, &known))
        return false;
    struct json_out out = response_json(w, response, &text);
    put_revert(&out, &known, revert);
    response_json_done(response, &text);
    return true;
}

static struct str
name_of(const struct workspace_cache *cache, struct owner owner)
{
    return route_owner_name(cache->team, cache->queues, cache->queue_count,
                            owner);
}

static void
put_row(struct work *w, struct json_out *out,
        const struct workspace_cache *cache, const struct revert_row *row)
{
    const struct revert_telling telling = {
        .outcome = row->outcome,
        .owner = name_of(cache, row->owner),
        .to = row->has_to ? name_of(cache, row->to) : STR_NONE,
    };

    json_open_object(out);
    json_put_id(out, "decision", row->decision);
    json_put_id(out, "lead", row->lead);
    put_owner(out, cache, "owner", true, row->owner);
    json_put_cstr(out, "outcome", revert_outcomes[row->outcome]);
    put_owner(out, cache, "to", row->has_to, row->to);
    json_name(out, "sentence");
    json_open_object(out);
    json_put_text(out, "en", revert_sentence(w->arena, &telling, STR("en")));
    json_put_text(out, "ko", revert_sentence(w->arena, &telling, STR("ko")));
    json_close_object(out);
    json_close_object(out);
}

/* -------------------------------------------------------------- endpoints */

static bool
assignments(struct work *w, const struct request *request,
            struct response *response)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct revert revert = { 0 };
    struct decision_row *decisions;
    struct text text;
    int limit;
    int count;

    if (cache == NULL || !read_version(w, request, &revert)
        || !read_queue(w, cache, request_query(request, "queue"), &revert.queue)
        || !read_page(w, request, &revert.after, &limit)
        || !decision_of_version(w, revert.rules_version, revert.after,
                                revert.until, limit, &decisions, &count))
        return false;

    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++) {
        struct revert_found found;
        bool made;
        if (!lifecycle_revert_look(w, &decisions[i], revert.queue, &found,
                                   &made))
            return false;
        if (made)
            put_row(w, &out, cache, &found.row);
    }
    response_page_done(response, &out,
                       count == limit ? decisions[count - 1].id : ID_NONE);
    return true;
}

/* What is in force would decide as it did. */
static bool
may_be_reverted(struct work *w, const struct workspace_cache *cache,
                const struct revert *revert)
{
    if (revert->rules_version != cache->routing->version
        || !id_is_none(revert->queue))
        return true;
    return fail(w, ERR_CONFLICT,
                "Version %ld is in force, and would decide as it did. Publish "
                "other rules first (restore puts an earlier version into the "
                "draft), or name a queue.",
                (long)revert->rules_version);
}

static bool
revert(struct work *w, const struct request *request, struct response *response)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct revert revert = {
        .note = str_trim(json_get_text(request->json, "note")),
        .dry_run = json_get_bool(request->json, "dry_run", false),
    };

    if (cache == NULL || !read_version(w, request, &revert))
        return false;
    if (str_is_empty(revert.note))
        return fail_at(w, STR("/note"), "required",
                       "Say why: those who lose leads are told.");
    if (!read_queue(w, cache, json_get_text(request->json, "queue"),
                    &revert.queue)
        || !may_be_reverted(w, cache, &revert) || !lifecycle_revert(w, &revert))
        return false;
    response->status = revert.ended_ms > 0 ? 200 : 202;
    return answer_revert(w, response, &revert);
}

static bool
list(struct work *w, const struct request *request, struct response *response)
{
    struct known_actors known;
    struct id before = ID_NONE;
    struct revert *reverts;
    struct text text;
    int limit;
    int count;

    if (!lead_api_actors(w, &known) || !read_page(w, request, &before, &limit)
        || !revert_list(w, before, limit, &reverts, &count))
        return false;

    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        put_revert(&out, &known, &reverts[i]);
    response_page_done(response, &out,
                       count == limit ? reverts[count - 1].id : ID_NONE);
    return true;
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct revert revert;

    return load(w, request, &revert) && answer_revert(w, response, &revert);
}

static bool
leads(struct work *w, const struct request *request, struct response *response)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct id after = ID_NONE;
    struct revert_row *rows;
    struct revert revert;
    struct text text;
    int limit;
    int count;

    if (cache == NULL || !load(w, request, &revert)
        || !read_page(w, request, &after, &limit)
        || !revert_rows(w, revert.id, after, limit, &rows, &count))
        return false;

    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        put_row(w, &out, cache, &rows[i]);
    response_page_done(response, &out,
                       count == limit ? rows[count - 1].decision : ID_NONE);
    return true;
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/routing/versions/{number}/assignments", assignments,
      CAN_VIEW_ROUTING,
      "What a version of the rules has assigned, and what a revert would do "
      "with each.",
      .asks = assignments_asks, .gives = &rows_shape },
    { POST, "/api/v1/routing/versions/{number}/revert", revert,
      CAN_EDIT_ROUTING,
      "Take back what a version of the rules has assigned: to whom had it "
      "before; else the rules in force decide, or it waits in a queue. What "
      "people have done since is left. Many leads are done by a job (202).",
      .takes = &revert_input_shape, .gives = &revert_shape },
    { GET, "/api/v1/routing/reverts", list, CAN_VIEW_ROUTING,
      "What was taken back, newest first.", .asks = page_asks,
      .gives = &list_shape },
    { GET, "/api/v1/routing/reverts/{id}", show, CAN_VIEW_ROUTING,
      "How far a revert is, and what came of it.", .gives = &revert_shape },
    { GET, "/api/v1/routing/reverts/{id}/leads", leads, CAN_VIEW_ROUTING,
      "What became of each assignment.", .asks = page_asks,
      .gives = &rows_shape },
    { 0 },
};

const struct module revert_module = { "revert", endpoints, NULL };
