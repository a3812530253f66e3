/* convention_api: see convention_api.h. */
#include "src/api/convention_api.h"

#include "src/access/permission.h"
#include "src/api/capture_api.h"
#include "src/api/route_trial.h"
#include "src/standardise/convention.h"

static const struct shape_field try_fields[] = {
    { "lead", SHAPE_OBJECT, SHAPE_REQUIRED, .of = &lead_input_shape,
      .about = "As it would be sent." },
    { "conventions", SHAPE_OBJECT, 0, .of = &convention_shape,
      .about = "A draft; those in force if absent." },
    { 0 },
};
static const struct shape try_shape = { "ConventionTrial",
                                        "A lead, and conventions for it.", 0,
                                        try_fields };
static const struct shape_field settled_fields[] = {
    { "rule", SHAPE_TEXT, SHAPE_REQUIRED, .about = "Id of the convention." },
    { "field", SHAPE_TEXT, SHAPE_REQUIRED, .about = "What it has changed." },
    { "from", SHAPE_ANY, SHAPE_NULLABLE, .about = "As it was before." },
    { "to", SHAPE_ANY, SHAPE_NULLABLE, .about = "As it is then." },
    { 0 },
};
static const struct shape settled_shape = { "ConventionChange",
                                            "What a convention has changed.", 0,
                                            settled_fields };
static const struct shape_field tried_fields[] = {
    { "facts", SHAPE_OBJECT, SHAPE_REQUIRED,
      .about = "What would be known of the lead." },
    { "changes", SHAPE_OBJECT, SHAPE_REQUIRED | SHAPE_LIST,
      .of = &settled_shape, .about = "In order." },
    { 0 },
};
static const struct shape tried_shape = { "ConventionTried",
                                          "What would come of it.", 0,
                                          tried_fields };

static void
answer(struct work *w, struct response *response, struct str document,
       int64_t version)
{
    response->body = document;
    response_version(w, response, version);
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct str document;
    int64_t version;

    (void)request;
    if (!conventions_stored(w, &document, &version))
        return false;
    answer(w, response, document, version);
    return true;
}

static bool
save(struct work *w, const struct request *request, struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct str document;
    int64_t version;

    if (cache == NULL || !conventions_stored(w, &document, &version)
        || !request_if_match(w, request, version, document)
        || conventions_read(w, cache, request->json, STR("")) == NULL
        || !conventions_save(w, request->body, &version)
        || !workspace_config_changed(w))
        return false;
    answer(w, response, request->body, version);
    return true;
}

static bool
try_one(struct work *w, const struct request *request,
        struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    const struct json *draft = json_get(request->json, "conventions");
    const struct conventions *conventions;
    struct lead_facts facts;
    struct lead lead;
    struct text text;

    if (cache == NULL)
        return false;
    conventions = draft == NULL
                    ? cache->conventions
                    : conventions_read(w, cache, draft, STR("/conventions"));
    if ((draft != NULL && conventions == NULL)
        || !trial_learn(w, json_get(request->json, "lead"), STR("/lead"),
                        w->now_ms, conventions, &lead, &facts))
        return false;

    struct json_out out = response_json(w, response, &text);
    json_open_object(&out);
    json_name(&out, "facts");
    json_raw(&out, lead_facts_json(w->arena, &lead));
    json_name(&out, "changes");
    json_raw(&out, str_is_empty(facts.settled) ? STR("[]") : facts.settled);
    json_close_object(&out);
    response_json_done(response, &text);
    return true;
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/conventions", show, CAN_VIEW_WORKSPACE,
      "How you want facts to be, beyond their shape. Their version is the "
      "ETag.",
      .gives = &convention_shape },
    { PUT, "/api/v1/conventions", save, CAN_EDIT_WORKSPACE,
      "Facts that come in are put so from now on; leads that are there stay "
      "as they are.",
      .takes = &convention_shape, .gives = &convention_shape },
    { POST, "/api/v1/conventions/try", try_one, CAN_VIEW_WORKSPACE,
      "What would be known of a lead, and which conventions would have "
      "changed it. Nothing is written.",
      ENDPOINT_READS, .takes = &try_shape, .gives = &tried_shape },
    { 0 },
};

const struct module convention_module = { "convention", endpoints, NULL };
