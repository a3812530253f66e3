/*
 * field_use: see field_use.h. Each row of the table knows how to read one
 * document that holds conditions.
 */
#include "src/api/field_use.h"

#include "src/capture/form_document.h"
#include "src/follow_up/sequence.h"
#include "src/route/route_store.h"
#include "src/score/score_store.h"
#include "src/standardise/convention.h"

static bool
is_value(const struct json *given, struct str value)
{
    if (str_is_empty(value))
        return true;
    if (given == NULL)
        return false;
    if (given->kind == JSON_TEXT)
        return str_equal_ascii_case(given->text, value);
    for (size_t i = 0; given->kind == JSON_ARRAY && i < given->array.count; i++)
        if (is_value(&given->array.items[i], value))
            return true;
    return false;
}

/* {"change": {"stage": ..., "add_tags": [...]}} of a sequence's step. */
static bool
is_changed(const struct json *object, struct str field, struct str value)
{
    const struct json *change = json_get(object, "change");

    if (change == NULL)
        return false;
    if (str_is(field, "stage"))
        return json_get(change, "stage") != NULL
            && is_value(json_get(change, "stage"), value);
    return str_is(field, "tags")
        && (is_value(json_get(change, "add_tags"), value)
            || is_value(json_get(change, "remove_tags"), value));
}

static bool
is_asked(const struct json *object, struct str field, struct str value)
{
    struct str name = json_get_text(object, "field");

    return name.data != NULL && str_equal(name, field)
        && is_value(json_get(object, "value"), value);
}

/* {"set": {"industry": ..., "custom": {"rooms": ...}}} of a convention. */
static bool
is_set(const struct json *object, struct str field, struct str value)
{
    const struct json *set = json_get(object, "set");
    struct str name = field;

    if (str_starts(field, STR("custom."))) {
        set = json_get(set, "custom");
        name = str_slice(field, sizeof "custom." - 1, field.bytes);
    }
    const struct json *given = json_get_named(set, name);
    return given != NULL && is_value(given, value);
}

bool
field_use_in(const struct json *json, struct str field, struct str value)
{
    if (json == NULL)
        return false;
    if (json->kind == JSON_ARRAY) {
        for (size_t i = 0; i < json->array.count; i++)
            if (field_use_in(&json->array.items[i], field, value))
                return true;
        return false;
    }
    if (json->kind != JSON_OBJECT)
        return false;
    if (is_asked(json, field, value) || is_set(json, field, value)
        || is_changed(json, field, value))
        return true;
    for (size_t i = 0; i < json->object.count; i++)
        if (field_use_in(&json->object.members[i].value, field, value))
            return true;
    return false;
}

/* --------------------------------------------------------------- documents */

static bool
published_rules(struct work *w, const struct json **json)
{
    struct routing_document document;

    if (!routing_published(w, &document))
        return false;
    *json = document.json;
    return true;
}

static bool
draft_rules(struct work *w, const struct json **json)
{
    struct routing_document document;

    if (!routing_draft_load(w, &document))
        return false;
    *json = document.json;
    return true;
}

static bool
scoring(struct work *w, const struct json **json)
{
    struct json_error error;
    struct str document;
    int64_t version;

    if (!scoring_load(w, &document, &version))
        return false;
    *json = json_parse(w->arena, document, &error);
    return true;
}

static bool
conventions(struct work *w, const struct json **json)
{
    struct json_error error;
    struct str document;
    int64_t version;

    if (!conventions_stored(w, &document, &version))
        return false;
    *json = json_parse(w->arena, document, &error);
    return true;
}

/* [[step, ...], ...] */
static bool
sequences(struct work *w, const struct json **json)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);
    struct json_error error;
    struct sequence *list;
    int count;

    if (!sequence_list(w, &list, &count))
        return false;
    json_open_array(&out);
    for (int i = 0; i < count; i++)
        if (list[i].archived_ms == 0)
            json_raw(&out, list[i].steps_json);
    json_close_array(&out);
    *json = json_parse(w->arena, text_str(&text), &error);
    return true;
}

/* [{"field": "custom.rooms", "value": [options]}, ...] */
static bool
forms(struct work *w, const struct json **json)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);
    struct json_error error;
    struct form_document *list;
    int count;

    if (!form_list(w, &list, &count))
        return false;
    json_open_array(&out);
    for (int i = 0; i < count; i++)
        for (int j = 0; j < list[i].input_count; j++) {
            const struct form_input *input = &list[i].inputs[j];
            json_open_object(&out);
            json_put_cstr(&out, "field", input->kind->name);
            json_name(&out, "value");
            json_open_array(&out);
            for (int k = 0; k < input->option_count; k++)
                json_text(&out, input->options[k]);
            json_close_array(&out);
            json_close_object(&out);
        }
    json_close_array(&out);
    *json = json_parse(w->arena, text_str(&text), &error);
    return true;
}

static const struct {
    const char *name;
    bool (*read)(struct work *, const struct json **);
} documents[] = {
    { "the routing rules", published_rules },
    { "the routing draft", draft_rules },
    { "the scoring", scoring },
    { "the conventions", conventions },
    { "a sequence", sequences },
    { "a form", forms },
};

/* ------------------------------------------------------------------ names */

static bool
is_named_by(const struct json *object, enum name_kind kind, struct str name)
{
    static const char *const ops[] = {
        [NAME_OF_TERRITORY] = "within", [NAME_OF_LIST] = "in_list"
    };
    const struct json *skills = json_get(object, "skills");

    if (kind != NAME_OF_SKILL)
        return str_is(json_get_text(object, "op"), ops[kind])
            && str_equal_ascii_case(json_get_text(object, "value"), name);
    if (skills == NULL || skills->kind != JSON_OBJECT)
        return false;
    for (size_t i = 0; i < skills->object.count; i++)
        if (str_equal(skills->object.members[i].name, name))
            return true;
    return false;
}

static bool
names(const struct json *json, enum name_kind kind, struct str name)
{
    if (json == NULL)
        return false;
    for (size_t i = 0; json->kind == JSON_ARRAY && i < json->array.count; i++)
        if (names(&json->array.items[i], kind, name))
            return true;
    if (json->kind != JSON_OBJECT)
        return false;
    if (is_named_by(json, kind, name))
        return true;
    for (size_t i = 0; i < json->object.count; i++)
        if (names(&json->object.members[i].value, kind, name))
            return true;
    return false;
}

bool
name_use_find(struct work *w, enum name_kind kind, struct str name,
              struct str *places)
{
    struct text text = text_new(w->arena);

    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        const struct json *json = NULL;
        if (!documents[i].read(w, &json))
            return false;
        if (names(json, kind, name))
            text_format(&text, text.bytes > 0 ? ", %s" : "%s",
                        documents[i].name);
    }
    *places = text.bytes > 0 ? text_str(&text) : STR_NONE;
    return true;
}

/* ----------------------------------------------------------------- fields */

bool
field_use_find(struct work *w, struct str field, struct str value,
               struct str *places)
{
    struct text text = text_new(w->arena);

    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        const struct json *json = NULL;
        if (!documents[i].read(w, &json))
            return false;
        if (field_use_in(json, field, value))
            text_format(&text, text.bytes > 0 ? ", %s" : "%s",
                        documents[i].name);
    }
    *places = text.bytes > 0 ? text_str(&text) : STR_NONE;
    return true;
}
