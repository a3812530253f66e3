/*
 * source_list: which sources there are, a new one, and what is set at a
 * source for all that comes by it. One source with its webhook is
 * source_api.c's.
 */
#include "src/access/access.h"
#include "src/api/place_given.h"
#include "src/api/source_settings.h"
#include "src/module.h"
#include "src/workspace/cache.h"

static const struct shape_field settings_fields[] = {
    { "country", SHAPE_TEXT, SHAPE_NULLABLE, PLACE_BYTES_MAX,
      .about = "Code or name: of phone numbers without one, when the lead has "
               "none either. The workspace's if absent." },
    { 0 },
};
const struct shape source_settings_shape = {
    "SourceSettings", "What counts for all that comes by it.", 0,
    settings_fields
};

static const struct shape_field source_fields[] = {
    { "id", SHAPE_ID, SHAPE_READ_ONLY },
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, .max = 200 },
    { "settings", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &source_settings_shape },
    { "created_at", SHAPE_TIME, SHAPE_READ_ONLY },
    { 0 },
};
static const struct shape source_shape = { "Source", "Where leads come from.",
                                           0, source_fields };
static const struct shape_field source_list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &source_shape },
    { 0 },
};
static const struct shape source_list_shape = { "SourceList", "All sources.", 0,
                                                source_list_fields };

bool
source_settings_read(struct work *w, const struct json *sent,
                     struct source *source)
{
    if (sent == NULL)
        return true;
    return place_country(
        w,
        sent->kind == JSON_OBJECT ? json_get_text(sent, "country") : STR_NONE,
        STR("/settings/country"), &source->country);
}

void
source_settings_put(struct json_out *out, const struct source *source)
{
    json_name(out, "settings");
    if (str_is_empty(source->country)) {
        json_null(out);
        return;
    }
    json_open_object(out);
    json_put_text(out, "country", source->country);
    json_close_object(out);
}

static void
put_source(struct json_out *out, const struct source *source)
{
    json_open_object(out);
    json_put_id(out, "id", source->id);
    json_put_text(out, "name", source->name);
    source_settings_put(out, source);
    json_put_time(out, "created_at", source->created_ms);
    json_close_object(out);
}

static bool
list_sources(struct work *w, const struct request *request,
             struct response *response)
{
    struct source *sources;
    struct text text;
    int count;

    (void)request;
    if (!source_list(w, &sources, &count))
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        put_source(&out, &sources[i]);
    response_list_done(response, &out);
    return true;
}

static bool
add_source(struct work *w, const struct request *request,
           struct response *response)
{
    struct source source = {
        .name = str_trim(json_get_text(request->json, "name")),
    };
    struct text text;

    if (str_is_empty(source.name))
        return fail_at(w, STR("/name"), "required", "A source has a name.");
    if (!source_settings_read(w, json_get(request->json, "settings"), &source)
        || !source_create(w, &source) || !workspace_config_changed(w))
        return false;
    struct json_out out = response_json(w, response, &text);
    put_source(&out, &source);
    response_json_done(response, &text);
    response->status = 201;
    return true;
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/sources", list_sources, CAN_VIEW_LEADS,
      "Where leads come from.", .gives = &source_list_shape },
    { POST, "/api/v1/sources", add_source, CAN_EDIT_SOURCES, "Add a source.",
      .takes = &source_shape, .gives = &source_shape },
    { 0 },
};

const struct module source_list_module = { "sources", endpoints, NULL };
