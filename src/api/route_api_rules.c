/*
 * route_api_rules: the draft of the rule set, what was published, and the way
 * from one to the other.
 */
#include "src/api/route_api.h"

#include "src/api/lead_api.h"
#include "src/api/route_trial.h"
#include "src/lifecycle.h"

static const struct shape_field warning_fields[] = {
    { "pointer", SHAPE_TEXT, 0, .about = "Where in the document." },
    { "code", SHAPE_TEXT, 0,
      .about = "never_reached, nobody_here, nobody_meets, has_left, "
               "takes_no_leads, no_effect." },
    { "message", SHAPE_TEXT, 0, .about = "What it is, and how to mend it." },
    { 0 },
};
static const struct shape warning_shape = { "RoutingWarning",
                                            "Allowed, and hardly meant.", 0,
                                            warning_fields };
static const struct shape_field saved_fields[] = {
    { "version", SHAPE_INTEGER, 0, .about = "Of the draft, for If-Match." },
    { "warnings", SHAPE_OBJECT, SHAPE_LIST, .of = &warning_shape,
      .about = "What is allowed and hardly meant." },
    { 0 },
};
const struct shape route_saved_shape = { "RoutingSaved", "A saved draft.", 0,
                                         saved_fields };

static const struct shape_field publish_fields[] = {
    { "note", SHAPE_TEXT, SHAPE_NULLABLE, 2000, .about = "What has changed." },
    { 0 },
};
const struct shape route_publish_shape = { "RoutingPublish", "To publish.", 0,
                                           publish_fields };

static const struct shape_field by_fields[] = {
    { "kind", SHAPE_TEXT, 0, .about = "person or key." },
    { "id", SHAPE_ID, SHAPE_NULLABLE, .about = "Who." },
    { "name", SHAPE_TEXT, SHAPE_NULLABLE, .about = "Of a person or a key." },
    { 0 },
};
static const struct shape by_shape = { "PublishedBy", "Who published it.", 0,
                                       by_fields };
static const struct shape_field version_fields[] = {
    { "number", SHAPE_INTEGER, 0,
      .about = "Counts up; the highest is in "
               "force. 0: what everybody begins "
               "with." },
    { "note", SHAPE_TEXT, SHAPE_NULLABLE, .about = "What has changed." },
    { "published_at", SHAPE_TIME, SHAPE_NULLABLE, .about = "When." },
    { "published_by", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &by_shape,
      .about = "Who." },
    { "document", SHAPE_ANY, 0, .about = "The rule set; not in lists." },
    { "warnings", SHAPE_OBJECT, SHAPE_LIST, .of = &warning_shape,
      .about = "Of what was just published: allowed, and hardly meant." },
    { 0 },
};
const struct shape route_version_shape = { "RoutingVersion",
                                           "A published rule set.", 0,
                                           version_fields };
static const struct shape_field versions_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &route_version_shape,
      .about = "Newest first." },
    { 0 },
};
const struct shape route_versions_shape = { "RoutingVersions",
                                            "What was published.", 0,
                                            versions_fields };

/* ----------------------------------------------------------------- draft */

bool
route_api_draft(struct work *w, const struct request *request,
                struct response *response)
{
    struct routing_document draft;

    (void)request;
    if (!routing_draft_load(w, &draft))
        return false;
    response->body = draft.text;
    response_version(w, response, draft.version);
    return true;
}

static void
answer_saved(struct work *w, struct response *response, int64_t version,
             struct str warnings)
{
    struct text text;
    struct json_out out = response_json(w, response, &text);

    json_open_object(&out);
    json_put_int(&out, "version", version);
    json_name(&out, "warnings");
    json_raw(&out, warnings);
    json_close_object(&out);
    response_json_done(response, &text);
    response_version(w, response, version);
}

static bool
save_draft(struct work *w, const struct request *request,
           struct routing_document *draft, struct str text,
           const struct json *document, struct response *response)
{
    struct str warnings;

    if (!request_if_match(w, request, draft->version, draft->text)
        || route_api_read(w, document, 0, &warnings) == NULL
        || !trial_check_tests(w, document))
        return false;
    draft->text = text;
    if (!routing_draft_save(w, draft))
        return false;
    answer_saved(w, response, draft->version, warnings);
    return true;
}

bool
route_api_save(struct work *w, const struct request *request,
               struct response *response)
{
    struct routing_document draft;

    return routing_draft_load(w, &draft)
        && save_draft(w, request, &draft, request->body, request->json,
                      response);
}

/* --------------------------------------------------------------- publish */

static void
put_version(struct json_out *out, const struct known_actors *actors,
            const struct routing_document *document, struct str warnings)
{
    bool known = team_find(actors->cache->team, document->by) >= 0;

    json_open_object(out);
    json_put_int(out, "number", document->version);
    json_put_text(out, "note", document->note);
    json_put_time(out, "published_at", document->at_ms);
    json_name(out, "published_by");
    if (id_is_none(document->by))
        json_null(out);
    else
        lead_api_actor(out, actors, known ? STR("person") : STR("key"),
                       document->by);
    if (document->json != NULL)
        json_put_tree(out, "document", document->json);
    if (!str_is_empty(warnings)) {
        json_name(out, "warnings");
        json_raw(out, warnings);
    }
    json_close_object(out);
}

static bool
answer_version(struct work *w, struct response *response,
               const struct routing_document *document, struct str warnings)
{
    struct known_actors actors;
    struct text text;

    if (!lead_api_actors(w, &actors))
        return false;

    struct json_out out = response_json(w, response, &text);
    put_version(&out, &actors, document, warnings);
    response_json_done(response, &text);
    return true;
}

bool
route_api_put_in_force(struct work *w, struct routing_document *document)
{
    struct routing_document published;

    if (!routing_published(w, &published))
        return false;
    document->version = published.version + 1;
    document->at_ms = w->now_ms;
    document->by = w->actor.id;
    if (!routing_version_add(w, document) || !workspace_config_changed(w)
        || !lifecycle_team_changed(w))
        return false;
    work_tell(w, &(struct live_event){
                     .id = work_id(w),
                     .workspace = w->workspace,
                     .topic = "routing.published",
                     .data = arena_format(w->arena, "{\"number\":%ld}",
                                          (long)document->version),
                 });
    return true;
}

bool
route_api_publish(struct work *w, const struct request *request,
                  struct response *response)
{
    struct routing_document draft;
    struct str warnings;

    if (!routing_draft_load(w, &draft)
        || !request_if_match(w, request, draft.version, draft.text))
        return false;
    if (draft.version == 0)
        return fail(w, ERR_CONFLICT,
                    "There is no draft: save one first, by PUT.");

    /* R5 */
    const struct route_snapshot *snapshot =
        route_api_read(w, draft.json, 0, &warnings);
    if (snapshot == NULL || !trial_run_tests(w, draft.json, snapshot))
        return false;

    struct str note = json_get_text(request->json, "note");
    draft.note = str_is_empty(note) ? STR_NONE : note;
    if (!route_api_put_in_force(w, &draft)
        || !answer_version(w, response, &draft, warnings))
        return false;
    response->status = 201;
    return true;
}

/* -------------------------------------------------------------- versions */

static bool
load_version(struct work *w, const struct request *request,
             struct routing_document *document)
{
    struct str text = request_parameter(request, "number");
    int64_t number;

    if (!str_to_int64(text, &number) || number < 0)
        return fail(w, ERR_NOT_FOUND, "There is no version %.*s.",
                    STR_ARG(text));
    return routing_version_load(w, number, document);
}

bool
route_api_versions(struct work *w, const struct request *request,
                   struct response *response)
{
    struct known_actors actors;
    struct routing_document *list;
    struct text text;
    int count;

    (void)request;
    if (!lead_api_actors(w, &actors) || !routing_version_list(w, &list, &count))
        return false;

    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        put_version(&out, &actors, &list[i], STR_NONE);
    response_list_done(response, &out);
    return true;
}

bool
route_api_version(struct work *w, const struct request *request,
                  struct response *response)
{
    struct routing_document document = { 0 };

    return load_version(w, request, &document)
        && answer_version(w, response, &document, STR_NONE);
}

bool
route_api_restore(struct work *w, const struct request *request,
                  struct response *response)
{
    struct routing_document old = { 0 };
    struct routing_document draft;

    return load_version(w, request, &old) && routing_draft_load(w, &draft)
        && save_draft(w, request, &draft, old.text, old.json, response);
}
