/*
 * source_api: one source: its name, how webhooks of others come in at it, the
 * address they go to, and what came that no field is read from. Lists of
 * sources are source_list.c's.
 */
#include "src/api/source_api.h"

#include "src/access/access.h"
#include "src/api/hook_api.h"
#include "src/api/source_settings.h"
#include "src/capture/hook.h"
#include "src/lead/held.h"
#include "src/workspace/cache.h"

enum { EXAMPLE_BYTES_MAX = 200, KEEP_MINUTES_MAX = 30 * 24 * 60 };

/* ----------------------------------------------------------------- shapes */

static const struct shape_field source_fields[] = {
    { "id", SHAPE_ID, SHAPE_READ_ONLY },
    { "version", SHAPE_INTEGER, SHAPE_READ_ONLY, .about = "For If-Match." },
    { "name", SHAPE_TEXT, 0, .max = 200 },
    { "settings", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &source_settings_shape },
    { "webhook", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &hook_shape,
      .about = "How webhooks come in; null: they do not. What is given takes "
               "the place of what there was, but for secrets." },
    { "created_at", SHAPE_TIME, SHAPE_READ_ONLY },
    { 0 },
};
static const struct shape source_shape = {
    "SourceDetail", "A source, and how webhooks come in at it.", 0,
    source_fields
};

static const struct shape_field token_input_fields[] = {
    { "keep_old_minutes", SHAPE_INTEGER, 0, KEEP_MINUTES_MAX, 0,
      .about = "How long the address before stays good; 0 if absent." },
    { 0 },
};
static const struct shape token_input_shape = {
    "SourceTokenInput", "What becomes of the address before.", 0,
    token_input_fields
};
static const struct shape_field token_fields[] = {
    { "path", SHAPE_TEXT, 0,
      .about = "/in/...: give it to the provider; it is never shown again." },
    { 0 },
};
static const struct shape token_shape = { "SourceToken", "A new address.", 0,
                                          token_fields };

static const struct shape_field seen_fields[] = {
    { "path", SHAPE_TEXT, 0, .about = "For the mapping." },
    { "name", SHAPE_TEXT, 0, .about = "What it is called there." },
    { "example", SHAPE_TEXT, 0, .about = "A value, as it came." },
    { "submission", SHAPE_ID, 0, .about = "Where that stands." },
    { "seen_at", SHAPE_TIME, 0, .about = "When it first came." },
    { 0 },
};
static const struct shape seen_shape = { "SourceField",
                                         "What came and is not mapped.", 0,
                                         seen_fields };
static const struct shape_field seen_list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &seen_shape },
    { 0 },
};
static const struct shape seen_list_shape = { "SourceFields",
                                              "Fields seen, newest first.", 0,
                                              seen_list_fields };

static const struct shape_field preset_fields[] = {
    { "name", SHAPE_TEXT, 0 },
    { "about", SHAPE_TEXT, 0 },
    { "webhook", SHAPE_OBJECT, 0, .about = "What it stands for." },
    { 0 },
};
static const struct shape preset_shape = { "SourcePreset", "A provider.", 0,
                                           preset_fields };
static const struct shape_field preset_list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &preset_shape },
    { 0 },
};
static const struct shape preset_list_shape = { "SourcePresets",
                                                "What is known.", 0,
                                                preset_list_fields };

/* ---------------------------------------------------------------- showing */

/* A source with its hook, which may be none. */
struct whole {
    struct source source;
    struct hook hook;
    bool has_hook;
};

static bool
load(struct work *w, const struct request *request, struct whole *whole)
{
    struct id id;

    return request_id(w, request, "id", &id)
        && source_load(w, id, &whole->source)
        && hook_load(w, id, &whole->hook, &whole->has_hook);
}

static void
put_source(struct json_out *out, const struct whole *whole)
{
    const struct source *source = &whole->source;

    json_open_object(out);
    json_put_id(out, "id", source->id);
    json_put_int(out, "version", source->version);
    json_put_text(out, "name", source->name);
    source_settings_put(out, source);
    json_name(out, "webhook");
    if (whole->has_hook)
        hook_write(out, &whole->hook);
    else
        json_null(out);
    json_put_time(out, "created_at", source->created_ms);
    json_close_object(out);
}

static void
answer_source(struct work *w, struct response *response,
              const struct whole *whole)
{
    struct text text;
    struct json_out out = response_json(w, response, &text);

    put_source(&out, whole);
    response_json_done(response, &text);
}

static bool
show_source(struct work *w, const struct request *request,
            struct response *response)
{
    struct whole whole;

    if (!load(w, request, &whole))
        return false;
    answer_source(w, response, &whole);
    return true;
}

/* --------------------------------------------------------------- changing */

static bool
change_hook(struct work *w, const struct json *given, struct whole *whole)
{
    if (given == NULL)
        return true;
    if (given->kind == JSON_NULL) {
        whole->has_hook = false;
        return hook_delete(w, whole->source.id);
    }
    if (!hook_take(w, STR("/webhook"), given, &whole->hook))
        return false;
    whole->has_hook = true;
    return hook_save(w, &whole->hook);
}

static bool
change_itself(struct work *w, const struct json *json, struct source *source)
{
    const struct json *name = json_get(json, "name");

    if (name != NULL)
        source->name = str_trim(name->text);
    if (str_is_empty(source->name))
        return fail_at(w, STR("/name"), "required", "A source has a name.");
    return source_settings_read(w, json_get(json, "settings"), source);
}

static bool
change_source(struct work *w, const struct request *request,
              struct response *response)
{
    struct response now = { 0 };
    struct whole whole;

    if (!load(w, request, &whole))
        return false;
    answer_source(w, &now, &whole);
    if (!request_if_match(w, request, whole.source.version, now.body)
        || !change_itself(w, request->json, &whole.source)
        || !change_hook(w, json_get(request->json, "webhook"), &whole)
        || !source_save(w, &whole.source) || !workspace_config_changed(w))
        return false;
    answer_source(w, response, &whole);
    return true;
}

/* ---------------------------------------------------------------- address */

static const struct json nothing = { .kind = JSON_OBJECT };

/* A source without a mapping reads what leaves no doubt. */
static void
begin_hook(struct whole *whole)
{
    if (whole->has_hook)
        return;
    whole->hook.document = whole->hook.secrets = &nothing;
}

static bool
make_token(struct work *w, const struct request *request,
           struct response *response)
{
    int64_t minutes = json_get_int(request->json, "keep_old_minutes", 0);
    struct str token = hook_token_new(w->arena);
    struct whole whole;
    struct text text;

    if (!load(w, request, &whole))
        return false;
    begin_hook(&whole);
    whole.hook.old_until_ms = 0;
    if (whole.hook.has_token && minutes > 0) {
        whole.hook.old_token = whole.hook.token;
        whole.hook.old_until_ms = w->now_ms + minutes * 60000;
    }
    whole.hook.has_token = true;
    whole.hook.token = hash_of(token);
    if (!hook_save(w, &whole.hook) || !workspace_config_changed(w))
        return false;

    struct json_out out = response_json(w, response, &text);
    json_open_object(&out);
    json_put_text(&out, "path",
                  hook_path(w->arena, w->workspace, whole.source.id, token));
    json_close_object(&out);
    response_json_done(response, &text);
    response->status = 201;
    return true;
}

static bool
close_address(struct work *w, const struct request *request,
              struct response *response)
{
    struct whole whole;

    (void)response;
    if (!load(w, request, &whole))
        return false;
    if (!whole.has_hook)
        return true;
    whole.hook.has_token = false;
    whole.hook.old_until_ms = 0;
    return hook_save(w, &whole.hook) && workspace_config_changed(w);
}

/* ------------------------------------------------------------ fields seen */

/* A body that has been read for its examples. */
struct looked_at {
    struct id submission;
    const struct json *tree;
    struct hook_reading reading;
};

/* It is a lead's, or it is held. */
static bool
load_body(struct work *w, struct id id, struct str *content_type,
          struct str *body)
{
    struct submission_row row;
    struct held held = { 0 };

    if (submission_load(w, id, &row)) {
        held.content_type = row.content_type;
        held.body = row.body;
    } else {
        if (w->error.kind != ERR_NOT_FOUND)
            return false;
        w->error = (struct error){ 0 };
        if (!held_load(w, id, &held)) {
            bool gone = w->error.kind == ERR_NOT_FOUND;
            w->error = gone ? (struct error){ 0 } : w->error;
            *body = STR_NONE;
            return gone;
        }
    }
    *content_type = held_content_type(&held);
    *body = held_body(w->arena, &held);
    return true;
}

static bool
look_at(struct work *w, const struct hook *hook, struct id submission,
        struct looked_at *looked)
{
    struct str content_type = STR_NONE;
    struct str body;
    struct str why;
    int count;

    if (id_equal(looked->submission, submission))
        return true;
    *looked = (struct looked_at){ .submission = submission };
    if (!load_body(w, submission, &content_type, &body))
        return false;
    const struct json *whole =
        hook_body_read(w->arena, hook, content_type, body, &why);
    if (whole == NULL)
        return true;
    const struct json *const *leads =
        hook_body_leads(w->arena, hook, whole, &count);
    if (count == 0)
        return true;
    looked->tree = leads[0];
    hook_map(w->arena, hook, leads[0], whole, &looked->reading);
    return true;
}

/* The first bytes of it that are whole characters. */
static struct str
shortened(struct str text)
{
    size_t end = EXAMPLE_BYTES_MAX;

    if (text.bytes <= end)
        return text;
    while (end > 0 && ((unsigned char)text.data[end] & 0xc0) == 0x80)
        end--;
    return str_slice(text, 0, end);
}

static const struct hook_leaf *
unmapped_leaf(const struct looked_at *looked, struct str path)
{
    const struct hook_reading *reading = &looked->reading;

    for (int i = 0; i < reading->new_count; i++)
        if (str_equal(reading->new_leaves[i].path, path))
            return &reading->new_leaves[i];
    return NULL;
}

static bool
list_fields(struct work *w, const struct request *request,
            struct response *response)
{
    struct looked_at looked = { 0 };
    struct hook_seen *seen;
    struct whole whole;
    struct text text;
    int count;

    if (!load(w, request, &whole)
        || !hook_fields(w, whole.source.id, &seen, &count))
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++) {
        if (!look_at(w, &whole.hook, seen[i].submission, &looked))
            return false;
        const struct hook_leaf *leaf = unmapped_leaf(&looked, seen[i].path);
        if (leaf == NULL)
            continue;
        json_open_object(&out);
        json_put_text(&out, "path", leaf->path);
        json_put_text(&out, "name", leaf->name);
        json_put_text(&out, "example",
                      shortened(hook_text(w->arena, leaf->value)));
        json_put_id(&out, "submission", seen[i].submission);
        json_put_time(&out, "seen_at", seen[i].seen_ms);
        json_close_object(&out);
    }
    response_list_done(response, &out);
    return true;
}

/* ---------------------------------------------------------------- presets */

static bool
list_presets(struct work *w, const struct request *request,
             struct response *response)
{
    struct text text;
    struct json_out out = response_list(w, response, &text);

    (void)request;
    for (const struct hook_preset *p = hook_presets; p->name != NULL; p++) {
        json_open_object(&out);
        json_put_cstr(&out, "name", p->name);
        json_put_cstr(&out, "about", p->about);
        json_name(&out, "webhook");
        json_raw(&out, str_of(p->document));
        json_close_object(&out);
    }
    response_list_done(response, &out);
    return true;
}

/* --------------------------------------------------------------- the rows */

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/source-presets", list_presets, CAN_VIEW_LEADS,
      "Providers whose webhooks are understood.", .gives = &preset_list_shape },
    { GET, "/api/v1/sources/{id}", show_source, CAN_VIEW_LEADS,
      "One source, and how webhooks come in at it.", .gives = &source_shape },
    { PATCH, "/api/v1/sources/{id}", change_source, CAN_EDIT_SOURCES,
      "Change a source.", .takes = &source_shape, .gives = &source_shape },
    { POST, "/api/v1/sources/{id}/token", make_token, CAN_EDIT_SOURCES,
      "Make a new address for webhooks; the one before ends.",
      ENDPOINT_OWN_REPLAY, .takes = &token_input_shape, .gives = &token_shape },
    { DELETE, "/api/v1/sources/{id}/token", close_address, CAN_EDIT_SOURCES,
      "Close the address for webhooks." },
    { GET, "/api/v1/sources/{id}/fields", list_fields, CAN_EDIT_SOURCES,
      "What came in webhooks and no field is read from, with an example.",
      .gives = &seen_list_shape },
    { 0 },
};

const struct module source_module = { "source", endpoints, NULL };
