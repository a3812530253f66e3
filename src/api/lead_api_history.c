/*
 * lead_api_history: what happened to a lead: its timeline, decisions,
 * assignments and submissions. Only reads.
 */
#include "src/api/lead_api.h"

#include "src/access/access.h"
#include "src/api/decision_json.h"
#include "src/lead/assignment.h"
#include "src/lead/submission.h"

enum { LIMIT_USUAL = 50, LIMIT_MAX = 200 };

const struct request_field lead_timeline_asks[] = {
    { STR_INIT("limit"), STR_INIT("1 to 200; 50 if absent.") },
    { STR_INIT("cursor"), STR_INIT("next_cursor of the page before.") },
    { { 0 }, { 0 } },
};

static const struct shape_field actor_fields[] = {
    { "kind", SHAPE_TEXT, 0, .about = "system, person, key or source." },
    { "id", SHAPE_ID, SHAPE_NULLABLE, .about = "Of the person, key, source." },
    { "name", SHAPE_TEXT, SHAPE_NULLABLE,
      .about = "Of a person, a source or a key." },
    { 0 },
};
static const struct shape actor_shape = { "Actor", "Who did it.", 0,
                                          actor_fields };
static const struct shape_field entry_fields[] = {
    { "id", SHAPE_ID, 0, .about = "Of the entry." },
    { "at", SHAPE_TIME, 0, .about = "When." },
    { "kind", SHAPE_TEXT, 0, .about = "lead.created, touch, ..." },
    { "actor", SHAPE_OBJECT, 0, .of = &actor_shape, .about = "Who did it." },
    { "from", SHAPE_OBJECT, 0, .of = &lead_owner_shape,
      .about = "The owner before, where it changed." },
    { "to", SHAPE_OBJECT, 0, .of = &lead_owner_shape,
      .about = "The owner after." },
    { "people", SHAPE_OBJECT, SHAPE_LIST, .of = &lead_owner_shape,
      .about = "Of offer.made, offer.extended, offer.expired: to whom." },
    { "data", SHAPE_ANY, 0, .about = "What the kind has to tell." },
    { 0 },
};
static const struct shape entry_shape = { "TimelineEntry", "What happened.", 0,
                                          entry_fields };
static const struct shape_field timeline_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &entry_shape,
      .about = "Newest first." },
    { "next_cursor", SHAPE_TEXT, SHAPE_NULLABLE, .about = "For what follows." },
    { 0 },
};
const struct shape lead_timeline_shape = { "Timeline", "A lead's history.", 0,
                                           timeline_fields };

static const struct shape_field assignment_fields[] = {
    { "id", SHAPE_ID, 0, .about = "Of the assignment." },
    { "owner", SHAPE_OBJECT, 0, .of = &lead_owner_shape, .about = "Who." },
    { "reason", SHAPE_TEXT, 0, .about = "routed, late, by_hand, freed, ..." },
    { "decision", SHAPE_ID, SHAPE_NULLABLE, .about = "null: by hand." },
    { "begun_at", SHAPE_TIME, 0, .about = "From." },
    { "ended_at", SHAPE_TIME, SHAPE_NULLABLE, .about = "null: still." },
    { 0 },
};
static const struct shape assignment_shape = {
    "Assignment", "A period in which one owner had it.", 0, assignment_fields
};
static const struct shape_field assignments_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &assignment_shape,
      .about = "Oldest first." },
    { 0 },
};
const struct shape lead_assignments_shape = { "Assignments", "Who owned it.", 0,
                                              assignments_fields };

static const struct shape_field submission_fields[] = {
    { "id", SHAPE_ID, 0, .about = "Of the submission." },
    { "received_at", SHAPE_TIME, 0, .about = "When." },
    { "source", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &actor_shape,
      .about = "Where it came from." },
    { "state", SHAPE_TEXT, 0, .about = "taken or joined." },
    { "content_type", SHAPE_TEXT, 0, .about = "Of the body." },
    { "body", SHAPE_TEXT, 0, .about = "As it came." },
    { "delivery_key", SHAPE_TEXT, SHAPE_NULLABLE,
      .about = "The sender's own id." },
    { "import", SHAPE_ID, SHAPE_NULLABLE, .about = "It is a row of this." },
    { 0 },
};
static const struct shape submission_shape = { "Submission", "What arrived.", 0,
                                               submission_fields };
static const struct shape_field submissions_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &submission_shape,
      .about = "Oldest first." },
    { 0 },
};
const struct shape lead_submissions_shape = { "Submissions", "What arrived.", 0,
                                              submissions_fields };

/* -------------------------------------------------------------- timeline */

static void
put_owner_of(struct json_out *out, const struct workspace_cache *cache,
             const struct json *data, const char *name, const char *kind_name)
{
    struct str kind = json_get_text(data, kind_name);
    struct id id;

    if (kind.data == NULL || !id_parse(json_get_text(data, name), &id))
        return;
    json_name(out, name);
    lead_owner_json(out, cache,
                    str_is(kind, "rep") ? owner_rep(id) : owner_queue(id));
}

/* Whom an offer was made to. */
static void
put_people_of(struct json_out *out, const struct workspace_cache *cache,
              const struct json *people)
{
    struct id id;

    if (people == NULL || people->kind != JSON_ARRAY)
        return;
    json_name(out, "people");
    json_open_array(out);
    for (size_t i = 0; i < people->array.count; i++)
        if (id_parse(people->array.items[i].text, &id))
            lead_owner_json(out, cache, owner_rep(id));
    json_close_array(out);
}

/* Keys are read only where one did something: most entries are not theirs. */
static bool
find_actors(struct work *w, const struct timeline_entry *entries, int count,
            struct known_actors *known)
{
    *known = (struct known_actors){ .cache = workspace_cache(w) };
    for (int i = 0; i < count; i++)
        if (str_is(entries[i].actor_kind, "key"))
            return lead_api_actors(w, known);
    return known->cache != NULL;
}

static void
put_entry(struct work *w, struct json_out *out,
          const struct known_actors *known, const struct timeline_entry *entry)
{
    const struct workspace_cache *cache = known->cache;
    struct json_error error;
    const struct json *data = json_parse(w->arena, entry->data, &error);

    json_open_object(out);
    json_put_id(out, "id", entry->id);
    json_put_time(out, "at", entry->at_ms);
    json_put_text(out, "kind", entry->kind);
    json_name(out, "actor");
    lead_api_actor(out, known, entry->actor_kind, entry->actor);
    put_owner_of(out, cache, data, "from", "from_kind");
    put_owner_of(out, cache, data, "to", "to_kind");
    put_people_of(out, cache, json_get(data, "people"));
    json_name(out, "data");
    json_tree(out, data);
    json_close_object(out);
}

static bool
read_cursor(struct work *w, const struct request *request, struct id *before,
            int *limit)
{
    struct str cursor = request_query(request, "cursor");
    int64_t number;

    *before = ID_NONE;
    if (!request_query_int(w, request, "limit", LIMIT_USUAL, 1, LIMIT_MAX,
                           &number))
        return false;
    *limit = (int)number;
    if (!str_is_empty(cursor) && !id_parse(cursor, before))
        return fail_at(w, STR("/cursor"), "bad_cursor",
                       "This is no cursor of a timeline.");
    return true;
}

bool
lead_api_timeline(struct work *w, const struct request *request,
                  struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct timeline_entry *entries;
    struct known_actors known;
    struct lead lead;
    struct id before;
    struct text text;
    int limit;
    int count;

    if (cache == NULL || !lead_api_load(w, request, &lead)
        || !read_cursor(w, request, &before, &limit)
        || !timeline_of_lead(w, lead.id, before, limit, &entries, &count)
        || !find_actors(w, entries, count, &known))
        return false;

    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        put_entry(w, &out, &known, &entries[i]);
    response_page_done(response, &out,
                       count == limit ? entries[count - 1].id : ID_NONE);
    return true;
}

/* ------------------------------------------------------------- decisions */

bool
lead_api_decisions(struct work *w, const struct request *request,
                   struct response *response)
{
    struct decision_shower shower = { .w = w,
                                      .cache = workspace_cache(w),
                                      .trail = true };
    struct decision_row *rows;
    struct lead lead;
    struct text text;
    int count;

    if (shower.cache == NULL || !lead_api_load(w, request, &lead)
        || !decision_of_lead(w, lead.id, &rows, &count))
        return false;

    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        if (!decision_json(&shower, &out, &rows[i]))
            return false;
    response_list_done(response, &out);
    return true;
}

/* ----------------------------------------------------------- assignments */

bool
lead_api_assignments(struct work *w, const struct request *request,
                     struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct assignment *list;
    struct lead lead;
    struct text text;
    int count;

    if (cache == NULL || !lead_api_load(w, request, &lead)
        || !assignment_list(w, lead.id, &list, &count))
        return false;

    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++) {
        json_open_object(&out);
        json_put_id(&out, "id", list[i].id);
        json_name(&out, "owner");
        lead_owner_json(&out, cache, list[i].owner);
        json_put_text(&out, "reason", list[i].reason);
        json_put_id(&out, "decision", list[i].decision);
        json_put_time(&out, "begun_at", list[i].begun_ms);
        json_put_time(&out, "ended_at", list[i].ended_ms);
        json_close_object(&out);
    }
    response_list_done(response, &out);
    return true;
}

/* ----------------------------------------------------------- submissions */

static void
put_submission(struct json_out *out, const struct workspace_cache *cache,
               const struct submission_row *row)
{
    json_open_object(out);
    json_put_id(out, "id", row->id);
    json_put_time(out, "received_at", row->received_ms);
    json_name(out, "source");
    if (id_is_none(row->source))
        json_null(out);
    else
        lead_api_actor(out, &(struct known_actors){ .cache = cache },
                       STR("source"), row->source);
    json_put_text(out, "state", row->state);
    json_put_text(out, "content_type", row->content_type);
    json_put_text(out, "body", row->body);
    json_put_text(out, "delivery_key", row->delivery_key);
    json_put_id(out, "import", row->import);
    json_close_object(out);
}

bool
lead_api_submissions(struct work *w, const struct request *request,
                     struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct submission_row *rows;
    struct lead lead;
    struct text text;
    int count;

    if (cache == NULL || !lead_api_load(w, request, &lead)
        || !submission_of_lead(w, lead.id, &rows, &count))
        return false;

    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        put_submission(&out, cache, &rows[i]);
    response_list_done(response, &out);
    return true;
}
