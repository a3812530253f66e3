/*
 * form_api: makes and changes public forms. What a visitor sees of one is
 * page_form.c's.
 */
#include "src/api/form_api.h"

#include "src/access/access.h"
#include "src/capture/form_document.h"
#include "src/workspace/cache.h"

enum { NAME_BYTES_MAX = 200, SUBMISSION_BYTES_MAX = 256 * 1024 };

/* --------------------------------------------------------------- shapes */

static const struct shape_field words_fields[] = {
    { "en", SHAPE_TEXT, SHAPE_NULLABLE, 2000, .about = "In English." },
    { "ko", SHAPE_TEXT, SHAPE_NULLABLE, 2000, .about = "In Korean." },
    { 0 },
};
static const struct shape words_shape = {
    "Words", "A text in one or two languages; one stands in for the other.", 0,
    words_fields
};

static const struct shape_field input_fields[] = {
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, 100,
      .about =
          "A field of a lead, such as product or custom.rooms, or consent." },
    { "label", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &words_shape,
      .about = "What is asked; absent: the usual words." },
    { "required", SHAPE_BOOL, 0, .about = "Must be filled in." },
    { "options", SHAPE_TEXT, SHAPE_LIST | SHAPE_NULLABLE, FORM_OPTIONS_MAX,
      .about = "To choose from; absent: any text." },
    { 0 },
};
static const struct shape input_shape = { "FormField", "One question.", 0,
                                          input_fields };

#define FORM_FIELDS(needed)                                                 \
    { "name", SHAPE_TEXT, needed, NAME_BYTES_MAX, .about = "For you." },    \
        { "source", SHAPE_TEXT, 0, NAME_BYTES_MAX,                          \
          .about = "Source of its leads, by name; made when it is new. "    \
                   "Absent: the form's name." },                            \
        { "title", SHAPE_OBJECT, 0, .of = &words_shape },                   \
        { "about", SHAPE_OBJECT, 0, .of = &words_shape,                     \
          .about = "A few words under the title." },                        \
        { "fields",                                                         \
          SHAPE_OBJECT,                                                     \
          SHAPE_LIST,                                                       \
          FORM_INPUTS_MAX,                                                  \
          .of = &input_shape,                                               \
          .about = "In order; absent: name, e-mail, phone, message." },     \
        { "thanks", SHAPE_OBJECT, 0, .of = &words_shape,                    \
          .about = "Shown when it was sent." },                             \
        { "redirect", SHAPE_TEXT, SHAPE_NULLABLE, 2000,                     \
          .about = "Where visitors go on to then; at one of the hosts. A "  \
                   "page that leads here may say ?return= instead." },      \
        { "hosts", SHAPE_TEXT, SHAPE_LIST, FORM_HOSTS_MAX,                  \
          .about = "Where visitors may be sent: www.acme.com" },            \
    {                                                                       \
        "accent", SHAPE_TEXT, SHAPE_NULLABLE, 7, .about = "Colour: #1f5bd8" \
    }

static const struct shape_field new_form_fields[] = {
    FORM_FIELDS(SHAPE_REQUIRED),
    { 0 },
};
static const struct shape new_form_shape = { "FormInput", "A new form.", 0,
                                             new_form_fields };
static const struct shape_field form_change_fields[] = {
    FORM_FIELDS(0),
    { 0 },
};
static const struct shape form_change_shape = {
    "FormChange", "What is to be another; the rest stays.", 0,
    form_change_fields
};
static const struct shape_field form_fields[] = {
    { "id", SHAPE_ID, 0 },
    { "version", SHAPE_INTEGER, 0, .about = "For If-Match." },
    { "path", SHAPE_TEXT, 0, .about = "/f/...: where visitors find it." },
    FORM_FIELDS(0),
    { "created_at", SHAPE_TIME, 0 },
    { 0 },
};
static const struct shape form_shape = { "Form",
                                         "A public page that takes leads.", 0,
                                         form_fields };
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &form_shape },
    { 0 },
};
static const struct shape list_shape = { "Forms", "All forms.", 0,
                                         list_fields };

static const struct shape_field taken_fields[] = {
    { "id", SHAPE_ID, 0, .about = "Of the submission." },
    { "thanks", SHAPE_TEXT, 0, .about = "To show to the visitor." },
    { "redirect", SHAPE_TEXT, SHAPE_NULLABLE, .about = "Where he goes on to." },
    { 0 },
};
static const struct shape taken_shape = {
    "FormTaken", "What a program hears that sent a form.", 0, taken_fields
};

/* -------------------------------------------------------------- showing */

static bool
put_form(struct work *w, struct json_out *out, const struct form_document *form)
{
    struct source source;
    struct text path = text_new(w->arena);

    if (!source_load(w, form->source, &source))
        return false;
    text_add_cstr(&path, "/f/");
    text_add(&path, form_public_id(w->arena, w->workspace, form->id));
    json_open_object(out);
    json_put_id(out, "id", form->id);
    json_put_int(out, "version", form->version);
    json_put_text(out, "path", text_str(&path));
    json_put_text(out, "name", form->name);
    json_put_text(out, "source", source.name);
    form_document_write(out, form);
    json_put_time(out, "created_at", form->created_ms);
    json_close_object(out);
    return true;
}

static bool
answer_form(struct work *w, struct response *response,
            const struct form_document *form)
{
    struct text text;
    struct json_out out = response_json(w, response, &text);

    if (!put_form(w, &out, form))
        return false;
    response_json_done(response, &text);
    return true;
}

static bool
list_forms(struct work *w, const struct request *request,
           struct response *response)
{
    struct form_document *forms;
    struct text text;
    int count;

    (void)request;
    if (!form_list(w, &forms, &count))
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        if (!put_form(w, &out, &forms[i]))
            return false;
    response_list_done(response, &out);
    return true;
}

static bool
show_form(struct work *w, const struct request *request,
          struct response *response)
{
    struct form_document form;
    struct id id;

    return request_id(w, request, "id", &id) && form_load(w, id, &form)
        && answer_form(w, response, &form);
}

/* -------------------------------------------------------------- changing */

/* A source that is not there yet is made: a form is a source of its own. */
static bool
choose_source(struct work *w, const struct json *given,
              struct form_document *form)
{
    struct source source = {
        .name = str_trim(json_get_text(given, "source")),
    };
    bool found;

    if (str_is_empty(source.name)) {
        if (form->version > 0)
            return true;
        source.name = form->name;
    }
    struct str name = source.name;
    if (!source_find(w, name, &source, &found))
        return false;
    if (!found) {
        source = (struct source){ .name = name };
        /* Caches know sources by their names. */
        if (!source_create(w, &source) || !workspace_config_changed(w))
            return false;
    }
    form->source = source.id;
    return true;
}

static bool
add_form(struct work *w, const struct request *request,
         struct response *response)
{
    struct form_document form;

    form_document_init(w->arena, &form);
    if (!form_document_read(w, request->json, &form)
        || !choose_source(w, request->json, &form) || !form_save(w, &form)
        || !answer_form(w, response, &form))
        return false;
    response->status = 201;
    return true;
}

static bool
change_form(struct work *w, const struct request *request,
            struct response *response)
{
    struct form_document form;
    struct response now = { 0 };
    struct id id;

    if (!request_id(w, request, "id", &id) || !form_load(w, id, &form)
        || !answer_form(w, &now, &form))
        return false;
    return request_if_match(w, request, form.version, now.body)
        && form_document_read(w, request->json, &form)
        && choose_source(w, request->json, &form) && form_save(w, &form)
        && answer_form(w, response, &form);
}

/* -------------------------------------------------------------- the rows */

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/forms", list_forms, CAN_VIEW_LEADS,
      "The forms, with the paths to their pages.", .gives = &list_shape },
    { POST, "/api/v1/forms", add_form, CAN_EDIT_SOURCES, "Make a form.",
      .takes = &new_form_shape, .gives = &form_shape },
    { GET, "/api/v1/forms/{id}", show_form, CAN_VIEW_LEADS, "One form.",
      .gives = &form_shape },
    { PATCH, "/api/v1/forms/{id}", change_form, CAN_EDIT_SOURCES,
      "Change a form.", .takes = &form_change_shape, .gives = &form_shape },
    { GET, "/f/{form}", page_form_show, PERMISSION_PUBLIC,
      "The page of a form, for visitors.", ENDPOINT_ANY_QUERY,
      .prepare = page_form_prepare_show },
    { POST, "/f/{form}", page_form_send, PERMISSION_PUBLIC,
      "Send a form: urlencoded, multipart or JSON.",
      ENDPOINT_ANY_BODY | ENDPOINT_BY_HAND | ENDPOINT_ANY_QUERY,
      .prepare = page_form_prepare_send, .rescue = page_form_rescue,
      .gives = &taken_shape, .body_bytes_max = SUBMISSION_BYTES_MAX },
    { 0 },
};

const struct module form_module = { "form", endpoints, NULL };
