/* workspace_api: see workspace_api.h. */
#include "src/api/workspace_api.h"

#include "src/access/permission.h"
#include "src/api/place_given.h"
#include "src/standardise/standard_currency.h"
#include "src/workspace/cache.h"

static const char *const languages[] = { "en", "ko", NULL };

static const struct shape_field workspace_fields[] = {
    { "id", SHAPE_ID, SHAPE_READ_ONLY },
    { "version", SHAPE_INTEGER, SHAPE_READ_ONLY },
    { "slug", SHAPE_TEXT, SHAPE_READ_ONLY,
      .about = "From its first name; stays." },
    { "name", SHAPE_TEXT, 0, .max = 200 },
    { "country", SHAPE_TEXT, 0, .max = PLACE_BYTES_MAX,
      .about = "Of phone numbers without one; by code or name." },
    { "language", SHAPE_OPTION, 0, .options = languages,
      .about = "Of the sentences it writes." },
    { "time_zone", SHAPE_TEXT, 0, .max = 64,
      .about = "Of people who give none." },
    { "currency", SHAPE_TEXT, 0, .max = 100,
      .about = "Of values without one; by code, name or sign." },
    { "reps_see", SHAPE_OPTION, 0, .options = reps_see_names,
      .about = "Leads that a rep may see, and work on: his own, those of his "
               "teams as well, or all." },
    { "default_queue_id", SHAPE_ID, SHAPE_READ_ONLY,
      .about = "Where leads wait that nobody can take." },
    { 0 },
};
static const struct shape workspace_shape = { "Workspace",
                                              "One company's separate world.",
                                              0, workspace_fields };

static struct str
workspace_text(struct arena *arena, const struct workspace *workspace)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_id(&out, "id", workspace->id);
    json_put_int(&out, "version", workspace->version);
    json_put_text(&out, "slug", workspace->slug);
    json_put_text(&out, "name", workspace->name);
    json_put_text(&out, "country", workspace->country);
    json_put_text(&out, "language", workspace->language);
    json_put_text(&out, "time_zone", workspace->time_zone);
    json_put_text(&out, "currency", workspace->currency);
    json_put_cstr(&out, "reps_see", reps_see_names[workspace->reps_see]);
    json_put_id(&out, "default_queue_id", workspace->default_queue);
    json_close_object(&out);
    return text_str(&text);
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct workspace workspace;

    (void)request;
    if (!workspace_load(w, w->arena, w->workspace, &workspace))
        return false;
    response->body = workspace_text(w->arena, &workspace);
    response_version(w, response, workspace.version);
    return true;
}

static void
read_text(const struct json *json, const char *name, struct str *value)
{
    struct str sent = json_get_text(json, name);

    if (sent.data != NULL)
        *value = str_trim(sent);
}

static void
read_reps_see(const struct json *json, enum reps_see *reps_see)
{
    struct str sent = json_get_text(json, "reps_see");

    for (int i = 0; reps_see_names[i] != NULL; i++)
        if (str_is(sent, reps_see_names[i]))
            *reps_see = (enum reps_see)i;
}

static bool
read_country(struct work *w, const struct json *json,
             struct workspace *workspace)
{
    const struct json *sent = json_get(json, "country");

    return sent == NULL
        || place_country(w, sent->text, STR("/country"), &workspace->country);
}

static bool
read_currency(struct work *w, const struct json *json,
              struct workspace *workspace)
{
    const struct json *sent = json_get(json, "currency");
    struct standard_currency currency;

    if (sent == NULL)
        return true;
    if (!standard_currency(w->arena, sent->text, workspace->currency,
                           &currency))
        return fail_at(w, STR("/currency"), currency.why->code, "%s",
                       currency.why->sentence);
    workspace->currency = currency.code;
    return true;
}

/* What is remembered of callers is forgotten: reps may see more, or less. */
static void
tell(struct work *w)
{
    work_tell(w, &(struct live_event){
                     .id = work_id(w),
                     .workspace = w->workspace,
                     .topic = "workspace.changed",
                     .data = STR("{}"),
                 });
}

static bool
change(struct work *w, const struct request *request, struct response *response)
{
    struct workspace workspace;

    if (!workspace_load(w, w->arena, w->workspace, &workspace)
        || !request_if_match(w, request, workspace.version,
                             workspace_text(w->arena, &workspace)))
        return false;
    read_text(request->json, "name", &workspace.name);
    read_text(request->json, "language", &workspace.language);
    read_text(request->json, "time_zone", &workspace.time_zone);
    read_reps_see(request->json, &workspace.reps_see);
    tell(w);
    return read_country(w, request->json, &workspace)
        && read_currency(w, request->json, &workspace)
        && workspace_check(w, &workspace, STR(""))
        && workspace_save(w, &workspace) && workspace_config_changed(w)
        && show(w, request, response);
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/workspace", show, CAN_VIEW_WORKSPACE,
      "The workspace's name and defaults; its version is the ETag.",
      .gives = &workspace_shape },
    { PATCH, "/api/v1/workspace", change, CAN_EDIT_WORKSPACE,
      "Change its name or defaults; with If-Match only if nobody else has.",
      .takes = &workspace_shape, .gives = &workspace_shape },
    { 0 },
};

const struct module workspace_module = { "workspace", endpoints, NULL };
