/*
 * page_form_sent: reads what a visitor sent, before the unit is queued: needs
 * no database.
 */
#include "src/api/form_api.h"
#include "src/match/match.h"
#include "src/page/page_form.h"
#include "src/standardise/standardise.h"

const struct page_form_carried page_form_carried[] = {
    { "campaign", "campaign" },   { "utm_campaign", "campaign" },
    { "medium", "medium" },       { "utm_medium", "medium" },
    { "utm_source", NULL },       { "utm_term", NULL },
    { "utm_content", NULL },      { "referrer", "referrer" },
    { "page", "page" },           { "language", "language" },
    { "time_zone", "time_zone" }, { "currency", "currency" },
    { PAGE_FORM_RETURN, NULL },   { NULL },
};

/* ------------------------------------------------------- reading a body */

/* A program may send the same fields as JSON; what is no single value stays
 * in the submission. */
static struct str
json_value_text(struct arena *arena, const struct json *value)
{
    switch (value->kind) {
    case JSON_TEXT:
        return value->text;
    case JSON_BOOL:
        return value->truth ? STR("yes") : STR("");
    case JSON_INTEGER:
    case JSON_REAL:
        return json_tree_text(arena, value);
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    return STR("");
}

static bool
read_json_fields(struct arena *arena, const struct json *json,
                 struct form *form)
{
    if (json == NULL || json->kind != JSON_OBJECT)
        return false;

    size_t count = json->object.count;
    struct form_field *fields = ARENA_ARRAY(arena, struct form_field, count);
    for (size_t i = 0; i < count; i++) {
        fields[i].name = json->object.members[i].name;
        fields[i].value =
            json_value_text(arena, &json->object.members[i].value);
    }
    form->fields = fields;
    form->count = count;
    return true;
}

/* What is stored is text: a file has no place in it. */
static bool
read_fields(struct work *w, const struct page_form_body *body,
            struct page_form_sent *sent)
{
    struct form_error error;

    if (str_starts(body->content_type, STR("application/json")))
        return read_json_fields(w->arena, body->json, &sent->fields);
    if (!form_parse(w->arena, body->content_type, body->bytes, &sent->fields,
                    &error))
        return false;
    for (size_t i = 0; i < sent->fields.count; i++)
        if (sent->fields.fields[i].is_file
            && !str_is_empty(sent->fields.fields[i].file_name))
            sent->has_file = true;
    return sent->has_file || str_is_utf8(body->bytes);
}

/* The field of a lead that a name fills; NULL: it is only kept. */
static const char *
lead_field_of(struct str name)
{
    const struct form_kind *kind = form_kind_find(name);

    if (kind != NULL)
        return str_is(name, "consent") ? NULL : kind->name;
    for (const struct page_form_carried *c = page_form_carried; c->name != NULL;
         c++)
        if (str_is(name, c->name))
            return c->field;
    return NULL;
}

/* The texts sent under any name of a field, one behind the other. */
static struct str
joined_values(struct arena *arena, const struct form *form, const char *field)
{
    struct text text = text_new(arena);

    for (size_t i = 0; i < form->count; i++) {
        const char *of = lead_field_of(form->fields[i].name);
        struct str value = str_trim(form->fields[i].value);
        if (of == NULL || !str_is(str_of(of), field) || str_is_empty(value))
            continue;
        text_add_cstr(&text, text.bytes > 0 ? ", " : "");
        text_add(&text, value);
    }
    return text_str(&text);
}

static bool
is_own(const struct form *form, size_t i)
{
    struct str name = form->fields[i].name;

    return str_starts(name, STR("custom."))
        && name.bytes <= sizeof "custom." - 1 + CUSTOM_NAME_BYTES_MAX
        && !str_is_empty(str_trim(form->fields[i].value));
}

static bool
came_before(const struct form *form, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (is_own(form, j)
            && str_equal(form->fields[j].name, form->fields[i].name))
            return true;
    return false;
}

/* Several values of one name are one list. */
static struct str
own_value(struct arena *arena, const struct form *form, struct str name)
{
    struct text text = text_new(arena);

    for (size_t i = 0; i < form->count; i++) {
        if (!is_own(form, i) || !str_equal(form->fields[i].name, name))
            continue;
        text_add_cstr(&text, text.bytes > 0 ? ", " : "");
        text_add(&text, str_trim(form->fields[i].value));
    }
    return text_str(&text);
}

/* Fields of the workspace's own; which of them the form asks for is known
 * only when it is taken. */
static void
put_own(struct json_out *out, struct arena *arena, const struct form *form)
{
    int count = 0;

    json_name(out, "custom");
    json_open_object(out);
    for (size_t i = 0; i < form->count && count < LEAD_CUSTOM_MAX; i++) {
        struct str name = form->fields[i].name;
        if (!is_own(form, i) || came_before(form, i))
            continue;
        json_name_str(out, str_slice(name, sizeof "custom." - 1, name.bytes));
        json_text(out, own_value(arena, form, name));
        count++;
    }
    json_close_object(out);
}

static const struct json *
facts_given(struct arena *arena, const struct form *form)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);
    struct json_error error;

    json_open_object(&out);
    for (int i = 0; i < LEAD_GIVEN_COUNT; i++) {
        struct str value = joined_values(arena, form, lead_fields[i].name);
        if (!str_is_empty(value))
            json_put_text(&out, lead_fields[i].name, value);
    }
    put_own(&out, arena, form);
    json_close_object(&out);
    return json_parse(arena, text_str(&text), &error);
}

/* Two submissions with the same digest say the same. */
static struct str
digest(struct arena *arena, const struct form *form)
{
    static const char digits[] = "0123456789abcdef";
    struct text all = text_new(arena);
    struct text hex = text_new(arena);

    for (size_t i = 0; i < form->count; i++) {
        const struct form_field *field = &form->fields[i];
        if (str_is(field->name, PAGE_FORM_STAMP)
            || str_is(field->name, PAGE_FORM_TRAP))
            continue;
        /* Lengths in front: no two lists of fields read the same. */
        text_format(&all, "%zu %zu ", field->name.bytes, field->value.bytes);
        text_add(&all, field->name);
        text_add(&all, field->value);
    }
    const struct hash hash = hash_of(text_str(&all));
    for (int i = 0; i < HASH_BYTES; i++) {
        text_add_char(&hex, digits[hash.bytes[i] >> 4]);
        text_add_char(&hex, digits[hash.bytes[i] & 15]);
    }
    return text_str(&hex);
}

/* No session names the workspace of a visitor: the address does. */
static struct page_form_sent *
read_address(struct work *w, struct request *request)
{
    struct page_form_sent *sent = ARENA_NEW(w->arena, struct page_form_sent);

    request->prepared = sent;
    if (!form_public_id_read(request_parameter(request, "form"),
                             &sent->workspace, &sent->form))
        sent->workspace = ID_NONE;
    w->workspace = sent->workspace;
    return sent;
}

bool
page_form_prepare_show(struct work *w, struct request *request)
{
    read_address(w, request);
    return true;
}

bool
page_form_read(struct work *w, const struct page_form_body *body,
               struct page_form_sent *sent)
{
    const struct standardise_settings settings = { .strict = false };

    if (!read_fields(w, body, sent))
        return false;
    sent->given = facts_given(w->arena, &sent->fields);
    if (sent->given == NULL
        || !standardise(w, sent->given, STR(""), &settings, &sent->facts)) {
        w->error = (struct error){ 0 };
        return false;
    }
    sent->content = digest(w->arena, &sent->fields);
    return true;
}

bool
page_form_prepare_send(struct work *w, struct request *request)
{
    const struct page_form_body body = {
        .content_type = request_header(request, "content-type"),
        .json = request->json,
        .bytes = request->body,
    };
    struct page_form_sent *sent = read_address(w, request);
    int64_t *keys = ARENA_ARRAY(w->arena, int64_t, MATCH_KEYS_MAX);

    sent->readable = page_form_read(w, &body, sent);
    if (!sent->readable)
        return true;
    w->key_count = match_keys(&sent->facts, STR_NONE, keys);
    w->keys = keys;
    return true;
}
