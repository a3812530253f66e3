/*
 * lead_api_merge: two leads become one, seen before it is done, field by
 * field; and two again. Whoever does it may see both.
 */
#include "src/api/lead_api.h"

#include "src/access/permission.h"
#include "src/lead/lead_merge.h"
#include "src/lead/submission.h"
#include "src/lifecycle.h"

/* ---------------------------------------------------------------- shapes */

static const struct shape_field take_fields[] = {
    { "into", SHAPE_ID, SHAPE_REQUIRED, .about = "The lead that stays." },
    { "take", SHAPE_TEXT, SHAPE_LIST, 100,
      .about = "Fields whose value comes from the lead that goes; of the rest "
               "the lead that stays keeps what it knows." },
    { "version", SHAPE_INTEGER, 0,
      .about = "Of the lead that goes; as "
               "If-Match." },
    { "into_version", SHAPE_INTEGER, 0, .about = "Of the lead that stays." },
    { 0 },
};
const struct shape lead_merge_shape = { "LeadMerge", "What becomes of whom.", 0,
                                        take_fields };

static const struct shape_field line_fields[] = {
    { "field", SHAPE_TEXT, 0, .about = "Its name." },
    { "into", SHAPE_ANY, 0, .about = "What the lead that stays had." },
    { "from", SHAPE_ANY, 0, .about = "What the lead that goes had." },
    { "result", SHAPE_ANY, 0, .about = "What it will be." },
    { "wins", SHAPE_TEXT, 0, .about = "into, from, both (tags) or same." },
    { 0 },
};
static const struct shape line_shape = { "MergedField", "One field.", 0,
                                         line_fields };
static const struct shape_field moves_fields[] = {
    { "timeline", SHAPE_INTEGER, 0, .about = "Entries." },
    { "submissions", SHAPE_INTEGER, 0, .about = "Submissions." },
    { "tasks", SHAPE_INTEGER, 0, .about = "Tasks, of any state." },
    { 0 },
};
static const struct shape moves_shape = { "MergeMoves", "What goes over.", 0,
                                          moves_fields };
static const struct shape_field answer_fields[] = {
    { "preview", SHAPE_BOOL, 0, .about = "true: nothing was done." },
    { "from", SHAPE_ID, 0, .about = "The lead that goes." },
    { "lead", SHAPE_OBJECT, 0, .of = &lead_shape,
      .about = "The lead that stays, as it will be." },
    { "fields", SHAPE_OBJECT, SHAPE_LIST, .of = &line_shape,
      .about = "What one of them knows." },
    { "moves", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &moves_shape,
      .about = "What went over; null in a preview." },
    { 0 },
};
const struct shape lead_merged_shape = { "LeadMerged", "Two leads as one.", 0,
                                         answer_fields };

const struct request_field lead_merge_asks[] = {
    { STR_INIT("preview"), STR_INIT("true: only say what would become.") },
    { { 0 }, { 0 } },
};

/* --------------------------------------------------------------- reading */

static bool
no_such(struct work *w, struct str text)
{
    w->error = (struct error){ 0 };
    return fail_at(w, STR("/into"), "unknown_lead", "There is no lead %.*s.",
                   STR_ARG(text));
}

static bool
load_into(struct work *w, const struct json *json, const struct lead *from,
          struct lead *into)
{
    struct str text = json_get_text(json, "into");
    struct id id;

    if (!id_parse(text, &id) || !lead_load(w, id, into)
        || !access_may_see_lead(&w->actor, into))
        return no_such(w, text);
    if (id_equal(from->id, id))
        return fail_at(w, STR("/into"), "same_lead",
                       "A lead cannot become part of itself.");
    if (!id_is_none(into->merged_into))
        return fail_at(w, STR("/into"), "merged",
                       "That lead is part of %s itself: name that one.",
                       id_show(into->merged_into).text);

    int64_t version = json_get_int(json, "into_version", into->version);
    return version == into->version
        || fail(w, ERR_CONFLICT,
                "The lead that stays is at version %ld, not %ld. Look at it "
                "again.",
                (long)into->version, (long)version);
}

static bool
read_take(struct work *w, const struct json *json, bool *take)
{
    const struct json *list = json_get(json, "take");
    bool ok = true;

    for (size_t i = 0; list != NULL && i < list->array.count; i++) {
        int field = lead_field_find(list->array.items[i].text);
        if (field >= 0 && field < LEAD_GIVEN_COUNT)
            take[field] = true;
        else
            ok = fail_at(w, arena_format(w->arena, "/take/%zu", i),
                         "unknown_field",
                         "\"%.*s\" is no field that a lead is given.",
                         STR_ARG(list->array.items[i].text));
    }
    return ok;
}

static bool
read_preview(struct work *w, const struct request *request, bool *preview)
{
    struct str text = request_query(request, "preview");

    *preview = str_is(text, "true");
    return *preview || str_is_empty(text) || str_is(text, "false")
        || fail_at(w, STR("/preview"), "wrong_value",
                   "preview is true or false.");
}

/* --------------------------------------------------------------- showing */

static const char *
winner(const struct fact *into, const struct fact *from,
       const struct fact *result)
{
    bool of_into = lead_same_fact(into, result);
    bool of_from = lead_same_fact(from, result);

    return of_into && of_from ? "same"
         : of_into            ? "into"
         : of_from            ? "from"
                              : "both";
}

static const char *
tree_winner(struct arena *arena, const struct json *into,
            const struct json *from, const struct json *result)
{
    struct str shown = json_tree_text(arena, result);
    bool of_into = str_equal(json_tree_text(arena, into), shown);
    bool of_from = str_equal(json_tree_text(arena, from), shown);

    return of_into && of_from ? "same" : of_into ? "into" : "from";
}

/* The workspace's own fields. */
static void
put_custom(struct work *w, struct json_out *out, const struct lead *into,
           const struct lead *from, const struct json *result)
{
    for (size_t i = 0; result != NULL && i < result->object.count; i++) {
        const struct json_member *member = &result->object.members[i];
        const char *name = arena_cstr(w->arena, member->name);
        const struct json *of_into = json_get(into->custom, name);
        const struct json *of_from = json_get(from->custom, name);
        json_open_object(out);
        json_put_text(out, "field", arena_format(w->arena, "custom.%s", name));
        json_put_tree(out, "into", of_into);
        json_put_tree(out, "from", of_from);
        json_put_tree(out, "result", &member->value);
        json_put_cstr(out, "wins",
                      tree_winner(w->arena, of_into, of_from, &member->value));
        json_close_object(out);
    }
}

static void
put_fields(struct work *w, struct json_out *out, const struct lead *before,
           const struct lead *from, const struct lead *after)
{
    json_name(out, "fields");
    json_open_array(out);
    for (int i = 0; i < LEAD_GIVEN_COUNT; i++) {
        const struct fact *facts[] = { &before->facts[i], &from->facts[i],
                                       &after->facts[i] };
        if (!facts[2]->known)
            continue;
        json_open_object(out);
        json_put_cstr(out, "field", lead_fields[i].name);
        json_name(out, "into");
        lead_fact_json(out, w->arena, &lead_fields[i], facts[0]);
        json_name(out, "from");
        lead_fact_json(out, w->arena, &lead_fields[i], facts[1]);
        json_name(out, "result");
        lead_fact_json(out, w->arena, &lead_fields[i], facts[2]);
        json_put_cstr(out, "wins", winner(facts[0], facts[1], facts[2]));
        json_close_object(out);
    }
    put_custom(w, out, before, from, after->custom);
    json_close_array(out);
}

static void
put_moves(struct json_out *out, const struct lead_merge *merge)
{
    json_name(out, "moves");
    if (merge == NULL) {
        json_null(out);
        return;
    }
    json_open_object(out);
    json_put_int(out, "timeline", merge->timeline.count);
    json_put_int(out, "submissions", merge->submissions.count);
    json_put_int(out, "tasks", merge->tasks.count);
    json_close_object(out);
}

/* `merge` is NULL in a preview. */
static bool
answer(struct work *w, struct response *response, const struct lead *from,
       const struct lead *before, const struct lead *into,
       const struct lead_merge *merge)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    if (cache == NULL)
        return false;
    struct json_out out = response_json(w, response, &text);
    json_open_object(&out);
    json_put_bool(&out, "preview", merge == NULL);
    json_put_id(&out, "from", from->id);
    json_name(&out, "lead");
    lead_json(&out, w->arena, cache, into);
    put_fields(w, &out, before, from, into);
    put_moves(&out, merge);
    json_close_object(&out);
    response_json_done(response, &text);
    return true;
}

/* ---------------------------------------------------------------- asking */

bool
lead_api_merge(struct work *w, const struct request *request,
               struct response *response)
{
    bool take[LEAD_GIVEN_COUNT] = { false };
    struct lead_merge merge;
    struct lead from;
    struct lead into;
    bool preview;

    if (!lead_api_load(w, request, &from)
        || !lead_api_unchanged(w, request, &from)
        || !read_preview(w, request, &preview)
        || !load_into(w, request->json, &from, &into)
        || !read_take(w, request->json, take))
        return false;

    const struct lead before = into;
    if (preview) {
        lead_merge_fill(w->arena, &into, &from, take);
        return answer(w, response, &from, &before, &into, NULL);
    }
    /* Read again: what became free may have found it an owner. */
    return lifecycle_merge(w, &from, &into, take, &merge)
        && lead_load(w, before.id, &into)
        && answer(w, response, &from, &before, &into, &merge);
}

bool
lead_api_unmerge(struct work *w, const struct request *request,
                 struct response *response)
{
    struct lead_merge merge;
    struct lead lead;
    struct lead into;
    struct id id;

    if (!request_id(w, request, "id", &id) || !lead_load(w, id, &lead))
        return false;
    if (!access_may_see_lead(&w->actor, &lead))
        return fail(w, ERR_NOT_FOUND, "There is no lead %s.", id_show(id).text);
    if (!lead_api_unchanged(w, request, &lead)
        || !lead_merge_load(w, lead.id, &merge)
        || !lead_load(w, merge.into, &into))
        return false;
    if (!access_may_see_lead(&w->actor, &into))
        return fail(w, ERR_FORBIDDEN,
                    "The lead it is part of is somebody else's: ask a "
                    "manager.");
    if (!id_is_none(into.merged_into))
        return fail(w, ERR_CONFLICT,
                    "Lead %s, which it is part of, is itself part of another: "
                    "undo that first.",
                    id_show(into.id).text);
    return lifecycle_unmerge(w, &lead, &merge)
        && lead_api_answer(w, response, &lead);
}
