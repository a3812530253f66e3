/*
 * mapping_row: one row of a table as a lead. The first column that says
 * something of a field gives it; what another column says of it as well is
 * kept among the lead's own fields, so nothing is lost.
 */
#include "src/capture/mapping.h"

struct building {
    struct arena *arena;
    const struct mapping *mapping;
    const struct csv_row *row;
    struct json fields[LEAD_GIVEN_COUNT]; /* JSON_NULL: not given */
    struct str first_name;
    struct str last_name;
    const struct mapping_column *first; /* where they came from */
    const struct mapping_column *last;
    struct json consent; /* any JSON; or JSON_NULL */
    struct json social;  /* an object; or JSON_NULL */
    struct json others;  /* custom ones, the same way */
    struct json_member *customs;
    size_t custom_count;
};

/* ----------------------------------------------------------------- body */

/* A last column without a name and without anything in it is a comma at the
 * end of the header. */
static bool
is_nothing(const struct mapping *mapping, const struct csv_row *row, size_t i)
{
    return i >= row->count
        || (i + 1 == mapping->count && str_is_empty(row->fields[i])
            && str_starts(mapping->columns[i].header, STR("column ")));
}

static struct str
body_of(struct arena *arena, const struct mapping *mapping,
        const struct csv_row *row)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    for (size_t i = 0; i < mapping->count; i++) {
        if (is_nothing(mapping, row, i))
            continue;
        json_name_str(&out, mapping->columns[i].header);
        json_text(&out, row->fields[i].data == NULL ? STR("") : row->fields[i]);
    }
    json_close_object(&out);
    return text_str(&text);
}

/* --------------------------------------------------------------- values */

static bool
means_nothing(const struct mapping *mapping, struct str value)
{
    const struct json *list =
        mapping->file == NULL ? NULL : mapping->file->empty;

    if (str_is_empty(value))
        return true;
    for (size_t i = 0; list != NULL && i < list->array.count; i++)
        if (str_equal_ascii_case(str_trim(list->array.items[i].text), value))
            return true;
    return false;
}

static struct json
json_of(struct str value)
{
    return (struct json){ .kind = JSON_TEXT, .text = value };
}

static struct json
split_value(struct arena *arena, struct str value, char sign)
{
    struct json list = { .kind = JSON_ARRAY };
    struct json *items = ARENA_ARRAY(arena, struct json, value.bytes + 1);
    struct str item;

    while (str_next(&value, sign, &item))
        if (!str_is_empty(str_trim(item)))
            items[list.array.count++] = json_of(str_trim(item));
    list.array.items = items;
    return list;
}

/* Some exports write "p:+49..." so that spreadsheets leave it alone. */
static struct str
bare_value(int to, struct str value)
{
    value = csv_without_guard(value);
    if (to == LEAD_PHONE && str_starts(value, STR("p:")))
        return str_slice(value, 2, value.bytes);
    return value;
}

static void
add_custom(struct building *b, struct str name, struct json value)
{
    b->customs[b->custom_count++] = (struct json_member){ name, value };
}

static bool
same_text(const struct json *a, struct str b)
{
    return a->kind == JSON_TEXT && str_equal(a->text, b);
}

/* A list of texts as JSON, for items that have commas in them. */
static bool
is_list(struct arena *arena, struct str value, struct json *list)
{
    struct json_error error;
    const struct json *json =
        str_starts(value, STR("[\"")) ? json_parse(arena, value, &error) : NULL;

    if (json == NULL || json->kind != JSON_ARRAY)
        return false;
    for (size_t i = 0; i < json->array.count; i++)
        if (json->array.items[i].kind != JSON_TEXT)
            return false;
    *list = *json;
    return true;
}

static struct json
value_of(struct arena *arena, const struct mapping_column *column,
         struct str value)
{
    struct json list;

    if (!str_is_empty(column->split))
        return split_value(arena, value, column->split.data[0]);
    return is_list(arena, value, &list) ? list : json_of(value);
}

/* What is no object was not written by us, and is kept as it is; consent may be
 * anything. */
static void
put_object(struct building *b, const struct mapping_column *column,
           struct str value)
{
    struct json_error error;
    const struct json *json = json_parse(b->arena, value, &error);

    bool is_consent = str_is(STR("consent"), column->record->name);

    if (json == NULL || (json->kind != JSON_OBJECT && !is_consent))
        add_custom(b, column->custom, json_of(value));
    else if (is_consent)
        b->consent = *json;
    else if (str_is(STR("social"), column->record->name))
        b->social = *json;
    else
        b->others = *json;
}

/* A field is given once; a second value is not lost. */
static void
put(struct building *b, const struct mapping_column *column, struct str value)
{
    struct json json = value_of(b->arena, column, value);

    if (column->to == MAPPING_NOTHING)
        return;
    if (column->to == MAPPING_OBJECT) {
        put_object(b, column, value);
        return;
    }
    if (column->to == MAPPING_FIRST_NAME && b->first == NULL) {
        b->first = column;
        b->first_name = value;
    } else if (column->to == MAPPING_LAST_NAME && b->last == NULL) {
        b->last = column;
        b->last_name = value;
    } else if (column->to >= LEAD_GIVEN_COUNT)
        add_custom(b, column->custom, json);
    else if (b->fields[column->to].kind == JSON_NULL)
        b->fields[column->to] = json;
    else if (!same_text(&b->fields[column->to], value))
        add_custom(b, column->custom, json);
}

/* Korean and Chinese names are family name first, with nothing between. */
static bool
is_east_asian(struct str name)
{
    const unsigned char *p = (const unsigned char *)name.data;

    return name.bytes >= 3 && p[0] >= 0xe3 && p[0] <= 0xed;
}

static void
join_names(struct building *b)
{
    struct str first = b->first_name;
    struct str last = b->last_name;
    struct str name = str_is_empty(first) ? last : first;

    if (str_is_empty(name))
        return;
    if (!str_is_empty(first) && !str_is_empty(last))
        name = is_east_asian(last)
                 ? arena_format(b->arena, "%.*s%.*s", STR_ARG(last),
                                STR_ARG(first))
                 : arena_format(b->arena, "%.*s %.*s", STR_ARG(first),
                                STR_ARG(last));
    if (b->fields[LEAD_NAME].kind == JSON_NULL) {
        b->fields[LEAD_NAME] = json_of(name);
        return;
    }
    if (b->first != NULL)
        add_custom(b, b->first->custom, json_of(first));
    if (b->last != NULL)
        add_custom(b, b->last->custom, json_of(last));
}

static void
put_fixed(struct building *b, const struct json *set)
{
    for (size_t i = 0; set != NULL && i < set->object.count; i++)
        b->fields[lead_field_find(set->object.members[i].name)] =
            set->object.members[i].value;
}

/* A column of its own says it rather than one of many things. */
static struct json
customs_of(struct building *b)
{
    const size_t others =
        b->others.kind == JSON_OBJECT ? b->others.object.count : 0;
    struct json own = { .kind = JSON_OBJECT };
    struct json *all = ARENA_NEW(b->arena, struct json);
    struct json_member *members =
        ARENA_ARRAY(b->arena, struct json_member, b->custom_count + others + 1);

    own.object.members = b->customs;
    own.object.count = b->custom_count;
    *all = own;
    for (size_t i = 0; i < b->custom_count; i++)
        members[i] = b->customs[i];
    all->object.members = members;
    for (size_t i = 0; i < others; i++)
        if (json_get_named(&own, b->others.object.members[i].name) == NULL)
            members[all->object.count++] = b->others.object.members[i];
    return *all;
}

static const struct json *
as_object(struct building *b)
{
    enum { OBJECTS = 3 };
    struct json *object = ARENA_NEW(b->arena, struct json);
    struct json_member *members =
        ARENA_ARRAY(b->arena, struct json_member, LEAD_GIVEN_COUNT + OBJECTS);
    struct json custom = customs_of(b);
    size_t count = 0;

    for (int i = 0; i < LEAD_GIVEN_COUNT; i++)
        if (b->fields[i].kind != JSON_NULL)
            members[count++] =
                (struct json_member){ str_of(lead_fields[i].name),
                                      b->fields[i] };
    if (b->consent.kind != JSON_NULL)
        members[count++] = (struct json_member){ STR("consent"), b->consent };
    if (b->social.kind == JSON_OBJECT)
        members[count++] = (struct json_member){ STR("social"), b->social };
    if (custom.object.count > 0)
        members[count++] = (struct json_member){ STR("custom"), custom };
    object->kind = JSON_OBJECT;
    object->object.members = members;
    object->object.count = count;
    return object;
}

void
mapping_row(struct arena *arena, const struct mapping *mapping,
            const struct csv_row *row, struct mapped *mapped)
{
    struct building b = {
        .arena = arena,
        .mapping = mapping,
        .row = row,
        .customs = ARENA_ARRAY(arena, struct json_member, mapping->count),
    };

    for (size_t i = 0; i < mapping->count; i++) {
        size_t number = mapping->order[i];
        const struct mapping_column *column = &mapping->columns[number];
        if (is_nothing(mapping, row, number))
            continue;
        struct str value =
            bare_value(column->to, str_trim(row->fields[number]));
        if (!means_nothing(mapping, value))
            put(&b, column, value);
    }
    join_names(&b);
    if (mapping->file != NULL)
        put_fixed(&b, mapping->file->set);
    *mapped = (struct mapped){
        .given = as_object(&b),
        .body = body_of(arena, mapping, row),
    };
    if (b.fields[LEAD_EXTERNAL_ID].kind == JSON_TEXT)
        mapped->external_id = b.fields[LEAD_EXTERNAL_ID].text;
}
