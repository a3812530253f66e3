/*
 * erasure_api: see erasure_api.h. An erased lead is not there any more: it is
 * answered 404 like one that never was. What was done stands in the log.
 */
#include "src/api/erasure_api.h"

#include "src/access/permission.h"
#include "src/api/lead_api.h"
#include "src/export/export_store.h"
#include "src/import/import_store.h"
#include "src/lifecycle_erase.h"

enum { LIMIT_USUAL = 50, LIMIT_MAX = 200, REASON_BYTES_MAX = 500 };

static const struct request_field asks[] = {
    { STR_INIT("limit"), STR_INIT("1 to 200; 50 if absent.") },
    { STR_INIT("cursor"), STR_INIT("next_cursor of the page before.") },
    { { 0 }, { 0 } },
};

static const struct shape_field erase_fields[] = {
    { "reason", SHAPE_TEXT, SHAPE_REQUIRED, REASON_BYTES_MAX,
      .about = "Why, without naming anybody: it stays in the log." },
    { "allow_again", SHAPE_BOOL, 0,
      .about = "true: imports and batches may bring the person back." },
    { 0 },
};
static const struct shape erase_shape = { "EraseInput", "Forgets somebody.", 0,
                                          erase_fields };
static const struct shape_field erasure_fields[] = {
    { "id", SHAPE_ID, 0, .about = "The erasure." },
    { "lead", SHAPE_ID, 0, .about = "Whose lead it was." },
    { "reason", SHAPE_TEXT, 0, .about = "As it was given." },
    { "erased_at", SHAPE_TIME, 0, .about = "When." },
    { "erased_by", SHAPE_OBJECT, 0, .about = "Who: kind, id, name." },
    { "leads", SHAPE_INTEGER, 0,
      .about = "How many: itself, and what had become part of it." },
    { "submissions", SHAPE_INTEGER, 0, .about = "How many were emptied." },
    { "blocks_lists", SHAPE_BOOL, 0,
      .about = "Imports and batches do not bring the person back; who writes "
               "by himself is taken." },
    { "lift", SHAPE_TEXT, SHAPE_NULLABLE,
      .about = "POST it, and lists may; null: they may already." },
    { "lifted_at", SHAPE_TIME, SHAPE_NULLABLE, .about = "When that was done." },
    { 0 },
};
static const struct shape erasure_shape = { "Erasure",
                                            "Somebody was forgotten.", 0,
                                            erasure_fields };
static const struct shape_field page_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &erasure_shape,
      .about = "Newest first." },
    { "next_cursor", SHAPE_TEXT, SHAPE_NULLABLE, .about = "For what follows." },
    { 0 },
};
static const struct shape page_shape = { "ErasurePage", "Erasures.", 0,
                                         page_fields };

static void
put_erasure(struct work *w, struct json_out *out,
            const struct known_actors *known, const struct erasure *erasure)
{
    bool blocks = erasure->blocks && erasure->lifted_ms == 0;

    json_open_object(out);
    json_put_id(out, "id", erasure->id);
    json_put_id(out, "lead", erasure->lead);
    json_put_text(out, "reason", erasure->reason);
    json_put_time(out, "erased_at", erasure->erased_ms);
    json_name(out, "erased_by");
    lead_api_actor(out, known, erasure->actor_kind, erasure->actor);
    json_put_int(out, "leads", erasure->leads);
    json_put_int(out, "submissions", erasure->submissions);
    json_put_bool(out, "blocks_lists", blocks);
    json_put_text(out, "lift",
                  blocks ? arena_format(w->arena, "/api/v1/erasures/%s/lift",
                                        id_show(erasure->id).text)
                         : STR_NONE);
    json_put_time(out, "lifted_at", erasure->lifted_ms);
    json_close_object(out);
}

static bool
answer(struct work *w, struct id id, struct response *response)
{
    struct known_actors known;
    struct erasure erasure;
    struct text text;

    if (!lead_api_actors(w, &known) || !erasure_load(w, id, &erasure))
        return false;
    struct json_out out = response_json(w, response, &text);
    put_erasure(w, &out, &known, &erasure);
    response_json_done(response, &text);
    return true;
}

/* What came in by tables, and what went out as such. */
static bool
erase_of_doors(struct work *w, struct id lead)
{
    return import_erase(w, lead) && export_erase(w, lead);
}

static bool
erase(struct work *w, const struct request *request, struct response *response)
{
    struct str reason = str_trim(json_get_text(request->json, "reason"));
    struct erasure erasure = {
        .reason = reason,
        .blocks = !json_get_bool(request->json, "allow_again", false),
    };
    struct lead lead;

    if (!lead_api_load(w, request, &lead))
        return false;
    if (str_is_empty(reason))
        return fail_at(w, STR("/reason"), "required",
                       "Say why: it is what is left of it.");
    return lead_api_unchanged(w, request, &lead)
        && lifecycle_erase(w, &lead, &erasure, erase_of_doors)
        && answer(w, erasure.id, response);
}

static bool
list(struct work *w, const struct request *request, struct response *response)
{
    struct str cursor = request_query(request, "cursor");
    struct id before = ID_NONE;
    struct known_actors known;
    struct erasure *erasures;
    struct text text;
    int64_t limit;
    int count;

    if (!str_is_empty(cursor) && !id_parse(cursor, &before))
        return fail_at(w, STR("/cursor"), "bad_cursor",
                       "This is no cursor of erasures.");
    if (!lead_api_actors(w, &known)
        || !request_query_int(w, request, "limit", LIMIT_USUAL, 1, LIMIT_MAX,
                              &limit)
        || !erasure_list(w, before, (int)limit, &erasures, &count))
        return false;

    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        put_erasure(w, &out, &known, &erasures[i]);
    response_page_done(response, &out,
                       count == limit ? erasures[count - 1].id : ID_NONE);
    return true;
}

static bool
lift(struct work *w, const struct request *request, struct response *response)
{
    struct erasure erasure;
    struct id id;

    return request_id(w, request, "id", &id) && erasure_load(w, id, &erasure)
        && erasure_lift(w, &erasure) && workspace_config_changed(w)
        && answer(w, id, response);
}

static const struct endpoint endpoints[] = {
    { POST, "/api/v1/leads/{id}/erase", erase, CAN_EDIT_WORKSPACE,
      "Forget the person behind a lead: what is personal is gone from every "
      "table, and the lead is answered 404 from then on.",
      .takes = &erase_shape, .gives = &erasure_shape },
    { GET, "/api/v1/erasures", list, CAN_EDIT_WORKSPACE,
      "Who was forgotten: ids, and why.", .asks = asks, .gives = &page_shape },
    { POST, "/api/v1/erasures/{id}/lift", lift, CAN_EDIT_WORKSPACE,
      "Imports and batches may bring the person back.",
      .gives = &erasure_shape },
    { 0 },
};

const struct module erasure_module = { "erasure", endpoints, NULL };
