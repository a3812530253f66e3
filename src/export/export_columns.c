/* export_columns: see export_columns.h. */
#include "src/export/export_columns.h"

#include "lib/base/csv.h"
#include "src/capture/mapping.h"
#include "src/route/route.h"

static const struct str own_prefix = STR_INIT("custom.");

static bool
is_own(struct str name)
{
    return str_starts(name, own_prefix);
}

static struct str
own_name(struct str name)
{
    return str_slice(name, own_prefix.bytes, name.bytes);
}

/* ---------------------------------------------------------------- headers */

/* Would an import take the column for that field? */
static bool
is_known_by(struct arena *arena, const struct mapping_known *known,
            struct str name, struct str header)
{
    struct mapping_column column = { .header = header };

    if (str_is_empty(header) || mapping_record_find(header) != NULL
        || !mapping_known_find(arena, known, &column) || column.meant_count > 0)
        return false;
    return is_own(name) ? column.to == MAPPING_CUSTOM
                              && str_equal(column.custom, own_name(name))
                        : column.to == lead_field_find(name);
}

static struct str
label_of(const struct lead_schema *schema, struct str name,
         enum export_header way)
{
    const struct custom_field *own =
        is_own(name) ? custom_find(schema, own_name(name)) : NULL;

    if (own == NULL)
        return mapping_label(lead_field_find(name), way == EXPORT_KOREAN);
    return way == EXPORT_KOREAN && !str_is_empty(own->label_ko) ? own->label_ko
                                                                : own->label_en;
}

static const struct mapping_record_column *
record_column(struct str name)
{
    const struct mapping_record_column *column = mapping_record_columns;

    while (column->name != NULL && !str_is(name, column->name))
        column++;
    return column->name == NULL ? NULL : column;
}

/* A label that means several fields would mean none: the name then. */
static struct str
header_of(struct arena *arena, const struct lead_schema *schema,
          const struct mapping_known *known, struct str name,
          enum export_header way)
{
    const struct mapping_record_column *record = record_column(name);

    if (record != NULL)
        return way == EXPORT_NAMES  ? record->header
             : way == EXPORT_KOREAN ? record->label_ko
                                    : record->label_en;
    if (way == EXPORT_NAMES)
        return name;
    struct str label = label_of(schema, name, way);
    return is_known_by(arena, known, name, label) ? label : name;
}

/* --------------------------------------------------------------- choosing */

static bool
is_column(const struct lead_schema *schema, struct str name)
{
    int field = lead_field_find(name);

    return (field >= 0 && field < LEAD_GIVEN_COUNT)
        || record_column(name) != NULL
        || (is_own(name) && custom_find(schema, own_name(name)) != NULL);
}

static void
add(struct export_columns *columns, struct str name)
{
    columns->list[columns->count++] = (struct export_column){ .name = name };
}

static void
add_all(struct arena *arena, const struct lead_schema *schema,
        struct export_columns *columns)
{
    for (int i = 0; i < LEAD_GIVEN_COUNT; i++)
        add(columns, str_of(lead_fields[i].name));
    for (int i = 0; i < schema->custom_count; i++)
        if (schema->customs[i].removed_ms == 0)
            add(columns, arena_format(arena, "custom.%.*s",
                                      STR_ARG(schema->customs[i].name)));
    for (int i = 0; mapping_record_columns[i].name != NULL; i++)
        add(columns, str_of(mapping_record_columns[i].name));
}

static bool
is_there(const struct export_columns *columns, struct str name)
{
    for (int i = 0; i < columns->count; i++)
        if (str_equal(columns->list[i].name, name))
            return true;
    return false;
}

static bool
add_named(struct work *w, const struct lead_schema *schema,
          const struct json *names, struct export_columns *columns)
{
    bool ok = true;

    for (size_t i = 0; i < names->array.count; i++) {
        struct str name = names->array.items[i].text;
        struct str at = arena_format(w->arena, "/columns/%zu", i);
        if (!is_column(schema, name))
            ok = fail_at(w, at, "unknown_field",
                         "A lead has no field \"%.*s\".", STR_ARG(name));
        else if (is_there(columns, name))
            ok = fail_at(w, at, "doubled", "\"%.*s\" is named twice.",
                         STR_ARG(name));
        else
            add(columns, name);
    }
    return ok;
}

bool
export_columns_choose(struct work *w, const struct lead_schema *schema,
                      const struct json *names, enum export_header way,
                      struct export_columns *columns)
{
    const struct mapping_known *known = mapping_known_read(w->arena, schema);

    *columns = (struct export_columns){
        .list = ARENA_ARRAY(w->arena, struct export_column, EXPORT_COLUMNS_MAX),
    };
    if (names == NULL || names->kind != JSON_ARRAY || names->array.count == 0)
        add_all(w->arena, schema, columns);
    else if (!add_named(w, schema, names, columns))
        return false;
    for (int i = 0; i < columns->count; i++)
        columns->list[i].header =
            header_of(w->arena, schema, known, columns->list[i].name, way);
    return true;
}

/* ------------------------------------------------------------- as stored */

struct str
export_columns_text(struct arena *arena, const struct export_columns *columns)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_array(&out);
    for (int i = 0; i < columns->count; i++) {
        json_open_array(&out);
        json_text(&out, columns->list[i].name);
        json_text(&out, columns->list[i].header);
        json_close_array(&out);
    }
    json_close_array(&out);
    return text_str(&text);
}

void
export_columns_read(struct arena *arena, struct str text,
                    struct export_columns *columns)
{
    struct json_error error;
    const struct json *json = json_parse(arena, text, &error);
    size_t count = json == NULL ? 0 : json->array.count;

    *columns = (struct export_columns){
        .list = ARENA_ARRAY(arena, struct export_column, count + 1),
    };
    for (size_t i = 0; i < count; i++) {
        const struct json *pair = json->array.items[i].array.items;
        columns->list[columns->count++] =
            (struct export_column){ pair[0].text, pair[1].text };
    }
}

/* ----------------------------------------------------------------- values */

/* Items are read again at commas: a list in which one has some is written as
 * JSON. */
static struct str
items_text(struct arena *arena, const struct json *list)
{
    struct text text = text_new(arena);

    for (size_t i = 0; i < list->array.count; i++) {
        const struct json *item = &list->array.items[i];
        if (item->kind != JSON_TEXT || str_find_char(item->text, ',') >= 0)
            return json_tree_text(arena, list);
        text_add_cstr(&text, i == 0 ? "" : ", ");
        text_add(&text, item->text);
    }
    return text_str(&text);
}

static struct str
json_shown(struct arena *arena, const struct json *value)
{
    if (value == NULL || value->kind == JSON_NULL)
        return STR("");
    if (value->kind == JSON_TEXT)
        return value->text;
    if (value->kind == JSON_ARRAY)
        return items_text(arena, value);
    return json_tree_text(arena, value);
}

static struct str
object_shown(struct arena *arena, const struct json *object)
{
    return object == NULL || object->kind != JSON_OBJECT
                || object->object.count == 0
             ? STR("")
             : json_tree_text(arena, object);
}

static struct str
fact_shown(struct arena *arena, int field, const struct lead *lead)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);
    struct json_error error;

    if (!lead->facts[field].known)
        return STR("");
    if (lead_fields[field].kind == FIELD_TEXT)
        return lead->facts[field].text;
    lead_fact_json(&out, arena, &lead_fields[field], &lead->facts[field]);
    return json_shown(arena, json_parse(arena, text_str(&text), &error));
}

/* What no column of its own says. */
static struct str
others_shown(struct arena *arena, const struct export_columns *columns,
             const struct json *custom)
{
    struct json others = { .kind = JSON_OBJECT };
    size_t count = custom == NULL || custom->kind != JSON_OBJECT
                     ? 0
                     : custom->object.count;
    struct json_member *members =
        ARENA_ARRAY(arena, struct json_member, count + 1);

    others.object.members = members;
    for (size_t i = 0; i < count; i++) {
        struct str name = arena_format(arena, "custom.%.*s",
                                       STR_ARG(custom->object.members[i].name));
        if (!is_there(columns, name))
            members[others.object.count++] = custom->object.members[i];
    }
    return object_shown(arena, &others);
}

static struct str
value_of(struct arena *arena, const struct export_columns *columns,
         const struct workspace_cache *cache, const struct lead *lead,
         struct str name)
{
    if (is_own(name))
        return json_shown(arena, json_get_named(lead->custom, own_name(name)));
    if (str_is(name, "custom"))
        return others_shown(arena, columns, lead->custom);
    if (str_is(name, "consent"))
        return lead->consent == NULL ? STR("")
                                     : json_tree_text(arena, lead->consent);
    if (str_is(name, "social"))
        return object_shown(arena, lead->social);
    if (str_is(name, "id"))
        return arena_str(arena, str_of(id_show(lead->id).text));
    if (str_is(name, "owner"))
        return route_owner_name(cache->team, cache->queues, cache->queue_count,
                                lead->owner);
    if (str_is(name, "account"))
        return id_is_none(lead->account) ? STR("") : lead->account_name;
    return fact_shown(arena, lead_field_find(name), lead);
}

void
export_head(struct text *text, const struct export_columns *columns)
{
    struct csv_out out = csv_out_new(text);

    csv_out_mark(&out);
    for (int i = 0; i < columns->count; i++)
        csv_out_text(&out, columns->list[i].header);
    csv_out_end_row(&out);
}

void
export_row(struct text *text, const struct export_columns *columns,
           const struct workspace_cache *cache, const struct lead *lead)
{
    struct csv_out out = csv_out_new(text);

    for (int i = 0; i < columns->count; i++)
        csv_out_text(&out, value_of(text->arena, columns, cache, lead,
                                    columns->list[i].name));
    csv_out_end_row(&out);
}
