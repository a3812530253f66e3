/*
 * field_api: see field_api.h. What a value of a field may be is
 * src/lead/custom.c's; what uses one is field_use.c's.
 */
#include "src/api/field_api.h"

#include "lib/jobs/jobs.h"
#include "src/access/permission.h"
#include "src/api/field_use.h"
#include "src/lead/choice.h"
#include "src/lead/custom.h"
#include "src/workspace/cache.h"

enum { LEADS_AT_A_TIME = 200 };

/* ---------------------------------------------------------------- shapes */

static const char *const type_names[] = { "text", "number", "bool", "date",
                                          "time", "option", "tags", NULL };
static const char *const group_names[] = { "basic", "qualifier", "additional",
                                           NULL };

static const struct shape_field label_fields[] = {
    { "en", SHAPE_TEXT, SHAPE_NULLABLE, 200, .about = "In English." },
    { "ko", SHAPE_TEXT, SHAPE_NULLABLE, 200, .about = "In Korean." },
    { 0 },
};
static const struct shape label_shape = { "Label", "The same in languages.", 0,
                                          label_fields };
static const struct shape_field option_fields[] = {
    { "value", SHAPE_TEXT, SHAPE_REQUIRED, 200, .about = "As it is kept." },
    { "label", SHAPE_OBJECT, 0, .of = &label_shape, .about = "As shown." },
    { 0 },
};
static const struct shape option_shape = { "FieldOption",
                                           "One value to choose from.", 0,
                                           option_fields };

#define CHANGEABLE                                                          \
    { "label", SHAPE_OBJECT, 0, .of = &label_shape, .about = "As shown." }, \
        { "group", SHAPE_OPTION, 0, .options = group_names,                 \
          .about = "Where it stands: additional if absent." },              \
        { "options",                                                        \
          SHAPE_OBJECT,                                                     \
          SHAPE_LIST,                                                       \
          CUSTOM_OPTIONS_MAX,                                               \
          .of = &option_shape,                                              \
          .about = "Of option and tags: what there is "                     \
                   "to choose from." },                                     \
    {                                                                       \
        "required", SHAPE_BOOL, 0,                                          \
            .about = "A form that asks for it wants an answer."             \
    }

static const struct shape_field new_fields[] = {
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, CUSTOM_NAME_BYTES_MAX,
      .about = "Small letters, digits and underscores: renovation_type. "
               "Conditions call it custom.renovation_type." },
    { "type", SHAPE_OPTION, SHAPE_REQUIRED, .options = type_names,
      .about = "What its values are. It stays." },
    CHANGEABLE,
    { 0 },
};
static const struct shape new_shape = { "FieldInput", "A field of your own.", 0,
                                        new_fields };
#define ONLY                                                                \
    {                                                                       \
        "only", SHAPE_BOOL, 0,                                              \
            .about = "Of a built-in field: a program that sends another "   \
                     "than its options is told so. Else others are kept, "  \
                     "and noted on the timeline, as they are of forms and " \
                     "tables."                                              \
    }
static const struct shape_field change_fields[] = { CHANGEABLE, ONLY, { 0 } };
static const struct shape change_shape = {
    "FieldChange", "What is to be another; the rest stays.", 0, change_fields
};
static const struct shape_field shown_fields[] = {
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, .about = "Its name." },
    { "field", SHAPE_TEXT, SHAPE_REQUIRED, .about = "In conditions." },
    { "built_in", SHAPE_BOOL, SHAPE_REQUIRED, .about = "Everybody has it." },
    { "read_only", SHAPE_BOOL, SHAPE_REQUIRED, .about = "Set by Baton." },
    { "type", SHAPE_TEXT, SHAPE_REQUIRED,
      .about = "As in FieldInput; of a built-in one also id." },
    { "about", SHAPE_TEXT, SHAPE_NULLABLE, .about = "Of a built-in one." },
    { "version", SHAPE_INTEGER, SHAPE_NULLABLE, .about = "For If-Match." },
    CHANGEABLE,
    ONLY,
    { 0 },
};
static const struct shape shown_shape = { "Field", "A field of leads.", 0,
                                          shown_fields };
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &shown_shape,
      .about = "Built-in ones first." },
    { 0 },
};
static const struct shape list_shape = { "Fields", "All fields of leads.", 0,
                                         list_fields };

/* --------------------------------------------------------------- showing */

static const char *const kind_names[] = {
    [FIELD_TEXT] = "text", [FIELD_NUMBER] = "number", [FIELD_TIME] = "time",
    [FIELD_TAGS] = "tags", [FIELD_ID] = "id",         [FIELD_BOOL] = "bool",
};

/* The last field of each stretch of the table that is in one group. */
static const struct {
    int last;
    const char *name;
} stretches[] = {
    { LEAD_LANGUAGE, "basic" },         { LEAD_PAGE, "additional" },
    { LEAD_TAGS, "qualifier" },         { LEAD_MESSAGE, "basic" },
    { LEAD_FIELD_COUNT, "additional" },
};

static const char *
group_of(int field)
{
    int i = 0;

    while (stretches[i].last < field)
        i++;
    return stretches[i].name;
}

static void
put_built_in(struct json_out *out, const struct lead_schema *schema, int number)
{
    const struct field *field = &lead_fields[number];
    const struct custom_field none = { .built_in = number };
    const struct custom_field *choice = choice_of(schema, number);

    json_open_object(out);
    json_put_cstr(out, "name", field->name);
    json_put_cstr(out, "field", field->name);
    json_put_bool(out, "built_in", true);
    json_put_bool(out, "read_only", number >= LEAD_GIVEN_COUNT);
    json_put_cstr(out, "type", kind_names[field->kind]);
    json_put_cstr(out, "group", group_of(number));
    json_put_cstr(out, "about", field->about);
    if (choice_is_for(number)) {
        json_put_int(out, "version", choice == NULL ? 0 : choice->version);
        custom_options_write(out, choice == NULL ? &none : choice);
    }
    json_close_object(out);
}

static void
put_custom(struct json_out *out, struct arena *arena,
           const struct custom_field *field)
{
    json_open_object(out);
    json_put_text(out, "name", field->name);
    json_put_text(out, "field",
                  arena_format(arena, "custom.%.*s", STR_ARG(field->name)));
    json_put_bool(out, "built_in", false);
    json_put_bool(out, "read_only", false);
    json_put_cstr(out, "type", field->type->name);
    json_put_int(out, "version", field->version);
    custom_document_write(out, field);
    json_close_object(out);
}

static struct str
custom_text(struct arena *arena, const struct custom_field *field)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    put_custom(&out, arena, field);
    return text_str(&text);
}

static bool
list(struct work *w, const struct request *request, struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    (void)request;
    if (cache == NULL)
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < LEAD_FIELD_COUNT; i++)
        put_built_in(&out, cache->schema, i);
    for (int i = 0; i < cache->schema->custom_count; i++)
        if (cache->schema->customs[i].removed_ms == 0)
            put_custom(&out, w->arena, &cache->schema->customs[i]);
    response_list_done(response, &out);
    return true;
}

static bool
answer(struct work *w, struct response *response, struct str name)
{
    struct workspace_cache *cache = workspace_cache(w);
    const struct custom_field *field;

    if (cache == NULL)
        return false;
    field = custom_find(cache->schema, name);
    if (field == NULL)
        return fail(w, ERR_NOT_FOUND, "There is no field %.*s of your own.",
                    STR_ARG(name));
    response->body = custom_text(w->arena, field);
    response_version(w, response, field->version);
    return true;
}

static struct str
built_in_text(struct arena *arena, const struct lead_schema *schema, int number)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    put_built_in(&out, schema, number);
    return text_str(&text);
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct str name = request_parameter(request, "name");
    struct workspace_cache *cache = workspace_cache(w);
    int number = lead_field_find(name);
    const struct custom_field *choice;

    if (number < 0)
        return answer(w, response, name);
    if (cache == NULL)
        return false;
    choice = choice_of(cache->schema, number);
    response->body = built_in_text(w->arena, cache->schema, number);
    if (choice_is_for(number))
        response_version(w, response, choice == NULL ? 0 : choice->version);
    return true;
}

/* ------------------------------------------------ what must hold of a field */

static bool
is_word(struct str name)
{
    for (size_t i = 0; i < name.bytes; i++) {
        char c = name.data[i];
        if (!(c >= 'a' && c <= 'z')
            && !(i > 0 && (c == '_' || (c >= '0' && c <= '9'))))
            return false;
    }
    return name.bytes > 0;
}

static bool
check_name(struct work *w, const struct lead_schema *schema, struct str name)
{
    if (!is_word(name))
        return fail_at(w, STR("/name"), "not_a_name",
                       "A name is small letters, digits and underscores, "
                       "such as renovation_type.");
    if (lead_field_find(name) >= 0)
        return fail_at(w, STR("/name"), "built_in",
                       "Every lead has a field %.*s already.", STR_ARG(name));
    if (custom_find(schema, name) != NULL)
        return fail_at(w, STR("/name"), "taken",
                       "There is a field %.*s already.", STR_ARG(name));
    return true;
}

static bool
options_differ(struct work *w, const struct custom_field *field)
{
    bool ok = true;

    for (int i = 0; i < field->option_count; i++) {
        struct str value = fold_text(w->arena, field->options[i].value);
        struct str at = arena_format(w->arena, "/options/%d/value", i);
        if (str_is_empty(value))
            ok = fail_at(w, at, "missing", "An option has a value.");
        for (int j = 0; j < i; j++)
            if (str_equal(value, fold_text(w->arena, field->options[j].value)))
                ok = fail_at(w, at, "twice", "Number %d is the same.", j);
    }
    return ok;
}

static bool
check_options(struct work *w, const struct custom_field *field)
{
    bool takes = str_is(str_of(field->type->name), "option")
              || str_is(str_of(field->type->name), "tags");

    if (!takes && field->option_count > 0)
        return fail_at(w, STR("/options"), "no_options",
                       "Only fields of type option and tags have options.");
    if (str_is(str_of(field->type->name), "option") && field->option_count == 0)
        return fail_at(w, STR("/options"), "missing",
                       "Say what there is to choose from: [{\"value\": "
                       "\"kitchen\"}].");
    return options_differ(w, field);
}

/* An option that a rule asks for stays. */
static bool
keeps_used_options(struct work *w, const struct custom_field *before,
                   const struct custom_field *after)
{
    struct str name =
        before->built_in >= 0
            ? before->name
            : arena_format(w->arena, "custom.%.*s", STR_ARG(before->name));

    for (int i = 0; i < before->option_count; i++) {
        struct str value = before->options[i].value;
        struct str places;
        bool stays = false;
        for (int j = 0; j < after->option_count; j++)
            stays |= str_equal(after->options[j].value, value);
        if (stays)
            continue;
        if (!field_use_find(w, name, value, &places))
            return false;
        if (!str_is_empty(places))
            return fail_at(w, STR("/options"), "in_use",
                           "%.*s is used by %.*s: change that first.",
                           STR_ARG(value), STR_ARG(places));
    }
    return true;
}

/* --------------------------------------------------------------- changing */

static bool
saved(struct work *w, const struct custom_field *field)
{
    return custom_save(w, field) && workspace_config_changed(w);
}

/* ------------------------------------------------------ leads there are */

static const struct job_kind fold_job;

static bool
fold_soon(struct work *w, struct str field, struct id after)
{
    struct str place = arena_format(w->arena, "%.*s after %s", STR_ARG(field),
                                    id_show(after).text);

    return job_add(w, &(struct job_new){
                          .kind = &fold_job,
                          .key = place,
                          .payload = arena_format(
                              w->arena, "{\"field\":\"%.*s\",\"after\":\"%s\"}",
                              STR_ARG(field), id_show(after).text),
                      });
}

/* What leads had said of a field before it was declared is found by lists from
 * then on, as rules find it already. */
static bool
run_fold(struct work *w, const struct job *job)
{
    struct json_error error;
    const struct json *json = json_parse(w->arena, job->payload, &error);
    struct id after = ID_NONE;
    struct lead *leads;
    int count;

    if (!id_parse(json_get_text(json, "after"), &after))
        after = ID_NONE;
    if (!lead_select(w,
                     STR("WHERE workspace_id = $1 AND id > $2"
                         " ORDER BY id LIMIT $3"),
                     DB_VALUES(db_id(w->workspace), db_int(after.value),
                               db_int(LEADS_AT_A_TIME)),
                     &leads, &count))
        return false;
    for (int i = 0; i < count; i++)
        if (leads[i].custom != NULL && !lead_save_custom(w, &leads[i]))
            return false;
    return count < LEADS_AT_A_TIME
        || fold_soon(w, json_get_text(json, "field"), leads[count - 1].id);
}

static const struct job_kind fold_job = {
    .name = "field.fold",
    .about = "Lets lists find what leads had said of a field before it was "
             "declared.",
    .run = run_fold,
};
static const struct job_kind *const jobs[] = { &fold_job, NULL };

/* A name that was used before, if it is; its type cannot be another. */
static bool
was_before(struct work *w, const struct lead_schema *schema,
           struct custom_field *field)
{
    for (int i = 0; i < schema->custom_count; i++) {
        const struct custom_field *old = &schema->customs[i];
        if (!str_equal(old->name, field->name))
            continue;
        field->version = old->version;
        if (old->type != field->type)
            return fail_at(w, STR("/type"), "other_type",
                           "%.*s was a field of type %s: rules of the past "
                           "are read by it. Choose another name.",
                           STR_ARG(field->name), old->type->name);
        return true;
    }
    if (schema->custom_count == LEAD_CUSTOM_MAX)
        return fail_at(w, STR("/name"), "too_many",
                       "A workspace has at most %d fields of its own, with "
                       "those removed.",
                       LEAD_CUSTOM_MAX);
    return true;
}

static bool
add(struct work *w, const struct request *request, struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct custom_field field = {
        .name = json_get_text(request->json, "name"),
        .type = custom_type_find(json_get_text(request->json, "type")),
        .group = STR("additional"),
        .built_in = -1,
    };

    custom_document_read(w->arena, request->json, &field);
    if (cache == NULL || !check_name(w, cache->schema, field.name)
        || !check_options(w, &field) || !was_before(w, cache->schema, &field)
        || !saved(w, &field) || !fold_soon(w, field.name, ID_NONE)
        || !answer(w, response, field.name))
        return false;
    response->status = 201;
    return true;
}

/* One of the workspace's own, copied: the cache may be read again. */
static bool
find(struct work *w, const struct request *request, struct custom_field *field)
{
    struct str name = request_parameter(request, "name");
    struct workspace_cache *cache = workspace_cache(w);
    const struct custom_field *found;

    if (cache == NULL)
        return false;
    if (lead_field_find(name) >= 0)
        return fail(w, ERR_CONFLICT, "%.*s is built in: it stays as it is.",
                    STR_ARG(name));
    found = custom_find(cache->schema, name);
    if (found == NULL)
        return fail(w, ERR_NOT_FOUND, "There is no field %.*s of your own.",
                    STR_ARG(name));
    *field = *found;
    return request_if_match(w, request, field->version,
                            custom_text(w->arena, field));
}

/* Only what there is to choose from: the rest of it is Baton's. */
static bool
check_built_in(struct work *w, const struct json *given)
{
    bool ok = true;

    for (size_t i = 0; i < given->object.count; i++) {
        struct str name = given->object.members[i].name;
        if (!str_is(name, "options") && !str_is(name, "only"))
            ok = fail_at(w, arena_format(w->arena, "/%.*s", STR_ARG(name)),
                         "built_in",
                         "Of a built-in field options and only can be said.");
    }
    return ok;
}

/* L2: the products, segments, ... that a company knows. */
static bool
change_built_in(struct work *w, const struct request *request, int number,
                struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct custom_field field = { .name = str_of(lead_fields[number].name),
                                  .type = custom_type_find(STR("option")),
                                  .built_in = number };
    struct custom_field before = field;

    if (cache == NULL)
        return false;
    if (!choice_is_for(number))
        return fail(w, ERR_CONFLICT, "%.*s is built in: it stays as it is.",
                    STR_ARG(field.name));
    if (choice_of(cache->schema, number) != NULL)
        before = field = *choice_of(cache->schema, number);
    if (!request_if_match(w, request, field.version,
                          built_in_text(w->arena, cache->schema, number))
        || !check_built_in(w, request->json))
        return false;
    custom_document_read(w->arena, request->json, &field);
    return options_differ(w, &field)
        && (!field.only || keeps_used_options(w, &before, &field))
        && saved(w, &field) && show(w, request, response);
}

static bool
change(struct work *w, const struct request *request, struct response *response)
{
    int number = lead_field_find(request_parameter(request, "name"));
    struct custom_field before;
    struct custom_field field = { 0 };

    if (number >= 0)
        return change_built_in(w, request, number, response);
    if (!find(w, request, &before))
        return false;
    if (json_get(request->json, "only") != NULL)
        return fail_at(w, STR("/only"), "not_built_in",
                       "A field of your own takes its options only.");
    field = before;
    custom_document_read(w->arena, request->json, &field);
    return check_options(w, &field) && keeps_used_options(w, &before, &field)
        && saved(w, &field)
        && answer(w, response, request_parameter(request, "name"));
}

/* What leads hold in it stays with them, and is no fact any more. */
static bool
take_away(struct work *w, const struct request *request,
          struct response *response)
{
    struct custom_field field = { 0 };
    struct str places;

    (void)response;
    if (!find(w, request, &field)
        || !field_use_find(
            w, arena_format(w->arena, "custom.%.*s", STR_ARG(field.name)),
            STR_NONE, &places))
        return false;
    if (!str_is_empty(places))
        return fail(w, ERR_CONFLICT,
                    "The field %.*s is used by %.*s: change that first.",
                    STR_ARG(field.name), STR_ARG(places));
    field.removed_ms = w->now_ms;
    return saved(w, &field);
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/fields", list, CAN_VIEW_WORKSPACE,
      "All fields of leads: built-in ones, and the workspace's own.",
      .gives = &list_shape },
    { POST, "/api/v1/fields", add, CAN_EDIT_WORKSPACE,
      "Declare a field of your own: rules, scores, lists and imports know it "
      "from then on.",
      .takes = &new_shape, .gives = &shown_shape },
    { GET, "/api/v1/fields/{name}", show, CAN_VIEW_WORKSPACE, "One field.",
      .gives = &shown_shape },
    { PATCH, "/api/v1/fields/{name}", change, CAN_EDIT_WORKSPACE,
      "Change a field of your own; its name and type stay. Of a built-in one "
      "such as product: the options you know.",
      .takes = &change_shape, .gives = &shown_shape },
    { DELETE, "/api/v1/fields/{name}", take_away, CAN_EDIT_WORKSPACE,
      "Take a field of your own away, unless something uses it." },
    { 0 },
};

const struct module field_module = { "field", endpoints, jobs };
