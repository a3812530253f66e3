/*
 * message_api: templates over HTTP. Everybody who works with leads reads
 * them; what one comes to for a lead is shown to who may see the lead.
 */
#include "src/access/permission.h"
#include "src/message/message.h"
#include "src/module.h"

enum { NAME_BYTES_MAX = 200, SUBJECT_BYTES_MAX = 500, TEMPLATES_MAX = 1000 };

static const char *const languages[] = { "en", "ko", NULL };

#define TEMPLATE_FIELDS(needed)                                              \
    { "name", SHAPE_TEXT, needed, NAME_BYTES_MAX,                            \
      .about = "One of a name in each language and channel." },              \
        { "channel", SHAPE_OPTION, needed, .options = message_channels,      \
          .about = "How it is sent; a note is for oneself." },               \
        { "language", SHAPE_OPTION, 0, .options = languages,                 \
          .about = "The workspace's if absent." },                           \
        { "subject", SHAPE_TEXT, SHAPE_NULLABLE, SUBJECT_BYTES_MAX,          \
          .about = "Of an e-mail: one line, with fields." },                 \
    {                                                                        \
        "body", SHAPE_TEXT, needed, TEMPLATE_BYTES_MAX,                      \
            .about = "Text with fields: Dear {{lead.name|default:\"you\"}}." \
    }

static const struct shape_field new_fields[] = {
    TEMPLATE_FIELDS(SHAPE_REQUIRED),
    { 0 },
};
static const struct shape new_shape = { "TemplateInput", "A new template.", 0,
                                        new_fields };
static const struct shape_field change_fields[] = {
    TEMPLATE_FIELDS(0),
    { 0 },
};
static const struct shape change_shape = { "TemplateChange",
                                           "What is absent stays.", 0,
                                           change_fields };
static const struct shape_field shown_fields[] = {
    { "id", SHAPE_ID, 0, .about = "The template." },
    { "version", SHAPE_INTEGER, 0, .about = "For If-Match." },
    TEMPLATE_FIELDS(0),
    { 0 },
};
static const struct shape shown_shape = { "Template", "A text with gaps.", 0,
                                          shown_fields };
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &shown_shape,
      .about = "Oldest first." },
    { 0 },
};
static const struct shape list_shape = { "Templates", "All templates.", 0,
                                         list_fields };

static const struct shape_field place_fields[] = {
    { "name", SHAPE_TEXT, 0, .about = "As it is written: lead.name." },
    { "about", SHAPE_TEXT, 0, .about = "What it is." },
    { 0 },
};
static const struct shape place_shape = { "TemplatePlace",
                                          "A field or a filter.", 0,
                                          place_fields };
static const struct shape_field places_fields[] = {
    { "fields", SHAPE_OBJECT, SHAPE_LIST, .of = &place_shape,
      .about = "{{field}}" },
    { "filters", SHAPE_OBJECT, SHAPE_LIST, .of = &place_shape,
      .about = "{{field|filter}}" },
    { 0 },
};
static const struct shape places_shape = { "TemplatePlaces",
                                           "What a template may name.", 0,
                                           places_fields };

static const struct shape_field preview_fields[] = {
    { "lead", SHAPE_ID, SHAPE_REQUIRED, .about = "For whom." },
    { 0 },
};
static const struct shape preview_shape = { "TemplatePreviewFor",
                                            "Which lead it is tried with.", 0,
                                            preview_fields };
static const struct shape_field text_fields[] = {
    { "subject", SHAPE_TEXT, SHAPE_NULLABLE, .about = "Of an e-mail." },
    { "body", SHAPE_TEXT, 0, .about = "As text." },
    { "html", SHAPE_TEXT, SHAPE_NULLABLE,
      .about = "Of an e-mail: the same, escaped." },
    { 0 },
};
static const struct shape text_shape = { "TemplatePreview",
                                         "What it comes to for the lead.", 0,
                                         text_fields };

/* ------------------------------------------------------------------ show */

static void
put_template(struct json_out *out, const struct message_template *template)
{
    json_open_object(out);
    json_put_id(out, "id", template->id);
    json_put_int(out, "version", template->version);
    json_put_text(out, "name", template->name);
    json_put_cstr(out, "channel", message_channels[template->channel]);
    json_put_text(out, "language", template->language);
    json_put_text(out, "subject",
                  str_is_empty(template->subject) ? STR_NONE
                                                  : template->subject);
    json_put_text(out, "body", template->body);
    json_close_object(out);
}

static struct str
as_json(struct work *w, const struct message_template *template)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    put_template(&out, template);
    return text_str(&text);
}

static void
answer(struct work *w, struct response *response,
       const struct message_template *template)
{
    response->body = as_json(w, template);
}

static bool
list(struct work *w, const struct request *request, struct response *response)
{
    struct message_template *templates;
    struct text text;
    int count;

    (void)request;
    if (!message_template_list(w, &templates, &count))
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        put_template(&out, &templates[i]);
    response_list_done(response, &out);
    return true;
}

static bool
load(struct work *w, const struct request *request,
     struct message_template *template)
{
    struct id id;

    return request_id(w, request, "id", &id)
        && message_template_load(w, id, template);
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct message_template template;

    if (!load(w, request, &template))
        return false;
    answer(w, response, &template);
    return true;
}

static void
put_place(struct json_out *out, const char *name, const char *about)
{
    json_open_object(out);
    json_put_cstr(out, "name", name);
    json_put_cstr(out, "about", about);
    json_close_object(out);
}

static bool
places(struct work *w, const struct request *request, struct response *response)
{
    struct text text;
    struct json_out out = response_json(w, response, &text);

    (void)request;
    json_open_object(&out);
    json_name(&out, "fields");
    json_open_array(&out);
    for (int i = 0; message_fields[i].name != NULL; i++)
        put_place(&out, message_fields[i].name, message_fields[i].about);
    json_close_array(&out);
    json_name(&out, "filters");
    json_open_array(&out);
    for (int i = 0; template_filters[i].name != NULL; i++)
        put_place(&out, template_filters[i].name, template_filters[i].about);
    json_close_array(&out);
    json_close_object(&out);
    response_json_done(response, &text);
    return true;
}

/* ---------------------------------------------------------------- change */

static void
read_text(const struct json *json, const char *name, struct str *value)
{
    const struct json *sent = json_get(json, name);

    if (sent != NULL)
        *value = sent->kind == JSON_NULL ? STR_NONE : sent->text;
}

static void
read_template(const struct json *json, struct message_template *template)
{
    struct str channel = json_get_text(json, "channel");

    read_text(json, "name", &template->name);
    template->name = str_trim(template->name);
    read_text(json, "language", &template->language);
    read_text(json, "subject", &template->subject);
    read_text(json, "body", &template->body);
    for (int i = 0; message_channels[i] != NULL; i++)
        if (str_is(channel, message_channels[i]))
            template->channel = (enum message_channel)i;
}

/* M2 */
static bool
is_the_only_one(struct work *w, const struct message_template *template)
{
    struct message_template *all;
    int count;

    if (!message_template_list(w, &all, &count))
        return false;
    if (template->version == 0 && count >= TEMPLATES_MAX)
        return fail(w, ERR_CONFLICT, "There may be %d templates.",
                    TEMPLATES_MAX);
    for (int i = 0; i < count; i++)
        if (!id_equal(all[i].id, template->id)
            && str_equal(all[i].name, template->name)
            && str_equal(all[i].language, template->language)
            && all[i].channel == template->channel)
            return fail_at(w, STR("/name"), "taken",
                           "There is a template of this name in this "
                           "language and channel already.");
    return true;
}

static bool
check_and_save(struct work *w, struct message_template *template)
{
    if (str_is_empty(template->name))
        return fail_at(w, STR("/name"), "required", "A template has a name.");
    return message_template_check(w, template) && is_the_only_one(w, template)
        && message_template_save(w, template);
}

static bool
create(struct work *w, const struct request *request, struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct message_template template = { .id = work_id(w) };

    if (cache == NULL)
        return false;
    template.language = cache->workspace.language;
    read_template(request->json, &template);
    if (!check_and_save(w, &template))
        return false;
    answer(w, response, &template);
    response->status = 201;
    return true;
}

static bool
change(struct work *w, const struct request *request, struct response *response)
{
    struct message_template template;

    if (!load(w, request, &template)
        || !request_if_match(w, request, template.version,
                             as_json(w, &template)))
        return false;
    read_template(request->json, &template);
    if (!check_and_save(w, &template))
        return false;
    answer(w, response, &template);
    return true;
}

static bool
forget(struct work *w, const struct request *request, struct response *response)
{
    struct message_template template;

    (void)response;
    return load(w, request, &template)
        && request_if_match(w, request, template.version, as_json(w, &template))
        && message_template_remove(w, template.id);
}

/* --------------------------------------------------------------- preview */

/* A lead that one may not see is as unknown as one that is not there. */
static bool
load_lead(struct work *w, const struct json *json, struct lead *lead)
{
    struct id id;

    if (!id_parse(json_get_text(json, "lead"), &id))
        return fail_at(w, STR("/lead"), "not_an_id", "This is no id.");
    if (!lead_load(w, id, lead))
        return false;
    return access_may_see_lead(&w->actor, lead)
        || fail(w, ERR_NOT_FOUND, "There is no lead %s.", id_show(id).text);
}

static bool
preview(struct work *w, const struct request *request,
        struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct message_template template;
    struct message_text filled;
    struct lead lead;
    struct text text;

    if (cache == NULL || !load(w, request, &template)
        || !load_lead(w, request->json, &lead)
        || !message_fill(w, cache, &template, &lead, &filled))
        return false;
    struct json_out out = response_json(w, response, &text);
    json_open_object(&out);
    json_put_text(&out, "subject", filled.subject);
    json_put_text(&out, "body", filled.body);
    json_put_text(&out, "html", filled.html);
    json_close_object(&out);
    response_json_done(response, &text);
    return true;
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/templates", list, CAN_VIEW_LEADS,
      "Texts with gaps, for messages to leads.", .gives = &list_shape },
    { POST, "/api/v1/templates", create, CAN_EDIT_TEMPLATES,
      "Add a template. An unknown field or filter is refused with its place.",
      .takes = &new_shape, .gives = &shown_shape },
    { GET, "/api/v1/templates/places", places, CAN_VIEW_LEADS,
      "Which fields and filters a template may name.", .gives = &places_shape },
    { GET, "/api/v1/templates/{id}", show, CAN_VIEW_LEADS, "One template.",
      .gives = &shown_shape },
    { PATCH, "/api/v1/templates/{id}", change, CAN_EDIT_TEMPLATES,
      "Change a template.", .takes = &change_shape, .gives = &shown_shape },
    { DELETE, "/api/v1/templates/{id}", forget, CAN_EDIT_TEMPLATES,
      "Remove a template." },
    { POST, "/api/v1/templates/{id}/preview", preview, CAN_VIEW_LEADS,
      "What it comes to for a lead. Nothing is sent.", ENDPOINT_READS,
      .takes = &preview_shape, .gives = &text_shape },
    { 0 },
};

const struct module message_module = { "message", endpoints, NULL };
