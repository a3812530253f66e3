/*
 * custom_schema: a workspace's own fields as rows of the table that conditions
 * are read with, and their documents.
 */
#include <string.h>

#include "src/lead/custom.h"
#include "src/workspace/cache.h"

/* --------------------------------------------------------------- columns */

/* Where a value stands in the column `custom`; the engines have no word in
 * common for it. A name is letters, digits and underscores. */
static const char *const text_columns[] = {
    [DB_SQLITE] = "json_extract(custom, '$.%.*s')",
    [DB_POSTGRES] = "(custom::json ->> '%.*s')",
};
static const char *const number_columns[] = {
    [DB_SQLITE] = "json_extract(custom, '$.%.*s')",
    [DB_POSTGRES] = "(custom::json ->> '%.*s')::bigint",
};

static const char *
column_of(struct arena *arena, const struct custom_field *field,
          enum db_engine engine)
{
    bool is_text =
        field->type->kind == FIELD_TEXT || field->type->kind == FIELD_TAGS;
    struct text text = text_new(arena);
    const char *form = (is_text ? text_columns : number_columns)[engine];

    for (const char *c = form; *c != '\0'; c++) {
        if (*c != '%') {
            text_add_char(&text, *c);
            continue;
        }
        text_add(&text, field->name);
        c += sizeof "%.*s" - 2;
    }
    return arena_cstr(arena, text_str(&text));
}

/* ---------------------------------------------------------------- schema */

static struct field
row_of(struct arena *arena, const struct custom_field *field,
       enum db_engine engine)
{
    return (struct field){
        .name = arena_cstr(
            arena, arena_format(arena, "custom.%.*s", STR_ARG(field->name))),
        .kind = field->type->kind,
        .column = column_of(arena, field, engine),
        .about = arena_cstr(arena, field->label_en),
        .decimals = field->type->decimals,
        .dates = strcmp(field->type->name, "date") == 0,
        .names = lead_field_names,
    };
}

/* Its place stays, so that both tables count alike; nobody finds it. */
static const struct field gone = { "", FIELD_TEXT, "NULL", "", NULL, 0 };

static struct lead_schema *
schema_of(struct arena *arena, const struct custom_field *customs, int count,
          enum db_engine engine)
{
    struct lead_schema *schema = ARENA_NEW(arena, struct lead_schema);
    size_t room = (size_t)(LEAD_FIELD_COUNT + count + 1);
    struct field *fields = ARENA_ARRAY(arena, struct field, room);
    struct field *usable = ARENA_ARRAY(arena, struct field, room);

    *schema = (struct lead_schema){
        .fields = fields,
        .usable = usable,
        .field_count = LEAD_FIELD_COUNT + count,
        .customs = customs,
        .custom_count = count,
    };
    for (int i = 0; i < LEAD_FIELD_COUNT; i++)
        fields[i] = usable[i] = lead_fields[i];
    for (int i = 0; i < count; i++) {
        bool removed = customs[i].removed_ms > 0;
        int place = LEAD_FIELD_COUNT + i;
        fields[place] = row_of(arena, &customs[i], engine);
        usable[place] = removed ? gone : fields[place];
        schema->usable_count += !removed;
    }
    return schema;
}

/* Fields of the workspace's own to the front, in their order. */
static int
part(struct arena *arena, struct custom_field *fields, int count,
     struct custom_field **choices)
{
    int own = 0;
    int others = 0;

    *choices = ARENA_ARRAY(arena, struct custom_field, (size_t)count);
    for (int i = 0; i < count; i++)
        if (fields[i].built_in < 0)
            fields[own++] = fields[i];
        else
            (*choices)[others++] = fields[i];
    return own;
}

bool
lead_schema_load(struct work *w, struct workspace_cache *cache)
{
    struct custom_field *customs;
    struct custom_field *choices;
    struct lead_schema *schema;
    int count;

    if (!custom_list(w, &customs, &count))
        return false;
    int own = part(w->arena, customs, count, &choices);
    schema = schema_of(w->arena, customs, own, db_engine(w->db));
    schema->choices = choices;
    schema->choice_count = count - own;
    cache->schema = schema;
    return true;
}

const struct custom_field *
custom_find(const struct lead_schema *schema, struct str name)
{
    for (int i = 0; i < schema->custom_count; i++)
        if (schema->customs[i].removed_ms == 0
            && str_equal(schema->customs[i].name, name))
            return &schema->customs[i];
    return NULL;
}

bool
custom_refresh(struct work *w, struct lead *lead)
{
    const struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    custom_set(w->arena, cache->schema, lead, lead->custom);
    return true;
}

/* ------------------------------------------------------------- documents */

static void
read_label(struct arena *arena, const struct json *label, struct str *en,
           struct str *ko)
{
    *en = arena_str(arena, json_get_text(label, "en"));
    *ko = arena_str(arena, json_get_text(label, "ko"));
}

static void
read_options(struct arena *arena, const struct json *list,
             struct custom_field *field)
{
    size_t count = list->kind == JSON_ARRAY ? list->array.count : 0;
    struct custom_option *options =
        ARENA_ARRAY(arena, struct custom_option, count);

    for (size_t i = 0; i < count; i++) {
        const struct json *item = &list->array.items[i];
        options[i].value =
            arena_str(arena, str_trim(json_get_text(item, "value")));
        read_label(arena, json_get(item, "label"), &options[i].label_en,
                   &options[i].label_ko);
    }
    field->options = options;
    field->option_count = (int)count;
}

void
custom_document_read(struct arena *arena, const struct json *json,
                     struct custom_field *field)
{
    struct str group = json_get_text(json, "group");

    if (json_get(json, "label") != NULL)
        read_label(arena, json_get(json, "label"), &field->label_en,
                   &field->label_ko);
    if (!str_is_empty(group))
        field->group = arena_str(arena, group);
    if (json_get(json, "options") != NULL)
        read_options(arena, json_get(json, "options"), field);
    field->required = json_get_bool(json, "required", field->required);
    field->only = json_get_bool(json, "only", field->only);
}

static void
put_label(struct json_out *out, struct str en, struct str ko)
{
    json_name(out, "label");
    json_open_object(out);
    if (!str_is_empty(en))
        json_put_text(out, "en", en);
    if (!str_is_empty(ko))
        json_put_text(out, "ko", ko);
    json_close_object(out);
}

void
custom_document_write(struct json_out *out, const struct custom_field *field)
{
    put_label(out, field->label_en, field->label_ko);
    json_put_text(out, "group", field->group);
    custom_options_write(out, field);
    json_put_bool(out, "required", field->required);
}

void
custom_options_write(struct json_out *out, const struct custom_field *field)
{
    json_name(out, "options");
    json_open_array(out);
    for (int i = 0; i < field->option_count; i++) {
        json_open_object(out);
        json_put_text(out, "value", field->options[i].value);
        put_label(out, field->options[i].label_en, field->options[i].label_ko);
        json_close_object(out);
    }
    json_close_array(out);
    if (field->built_in >= 0)
        json_put_bool(out, "only", field->only);
}
