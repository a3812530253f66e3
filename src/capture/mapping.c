/* mapping: see mapping.h. The usual names of columns are in
 * mapping_names.c. */
#include "src/capture/mapping.h"

#include <assert.h>
#include <string.h>

/* --------------------------------------------------------- mapping file */

static const char *const date_orders[] = { "unknown", "day_first",
                                           "month_first", "year_first", NULL };

static const char *const phone_ways[] = { "national", "international", NULL };

static const struct shape_field default_fields[] = {
    { "country", SHAPE_TEXT, 0, 2, .about = "Of phone numbers: KR, US, ..." },
    { "currency", SHAPE_TEXT, 0, 3, .about = "Of amounts: KRW, USD, ..." },
    { 0 },
};
static const struct shape defaults_shape = { "ImportDefaults",
                                             "Of what names none.", 0,
                                             default_fields };
static const struct shape_field file_fields[] = {
    { "columns", SHAPE_OBJECT, 0, .about = "Header to field." },
    { "external_id", SHAPE_TEXT, 0, 1000,
      .about = "The column that tells a row from all others, for good." },
    { "delimiter", SHAPE_TEXT, 0, 4,
      .about = "The sign between columns, if it is none of , ; | and tab." },
    { "ignore", SHAPE_TEXT, SHAPE_LIST, 1000,
      .about = "Columns kept in the submission alone." },
    { "empty", SHAPE_TEXT, SHAPE_LIST, 1000,
      .about = "Values that mean: nothing was given." },
    { "split", SHAPE_OBJECT, 0, .about = "Header to what is between items." },
    { "set", SHAPE_OBJECT, 0, .about = "Field to the value of every row." },
    { "date_order", SHAPE_OPTION, 0, .options = date_orders,
      .about = "What 03/04/2021 means." },
    { "phones", SHAPE_OPTION, 0, .options = phone_ways,
      .about = "international: they begin with their country code, + or not; "
               "national, if absent: as people of the country write them." },
    { "defaults", SHAPE_OBJECT, 0, .of = &defaults_shape,
      .about = "Country and currency of what names none." },
    { 0 },
};
const struct shape mapping_shape = { "ImportMapping",
                                     "Which column is which field.", 0,
                                     file_fields };

int
mapping_target(struct str name)
{
    int field = lead_field_find(name);

    if (field >= 0 && field < LEAD_GIVEN_COUNT)
        return field;
    if (str_is(name, "first_name"))
        return MAPPING_FIRST_NAME;
    if (str_is(name, "last_name"))
        return MAPPING_LAST_NAME;
    if (str_starts(name, STR("custom.")) && name.bytes > 7)
        return MAPPING_CUSTOM;
    return -1;
}

static bool
wrong_field(struct work *w, const char *list, struct str name, struct str field)
{
    return fail_at(w, arena_format(w->arena, "/%s/%.*s", list, STR_ARG(name)),
                   "unknown_field",
                   "\"%.*s\" is no field that can be given; write a lead's "
                   "field, first_name, last_name, or custom. and a name.",
                   STR_ARG(field));
}

static bool
check_columns(struct work *w, const struct json *columns)
{
    bool ok = true;

    for (size_t i = 0; columns != NULL && i < columns->object.count; i++) {
        const struct json_member *m = &columns->object.members[i];
        if (m->value.kind == JSON_NULL)
            continue;
        struct str field =
            m->value.kind == JSON_TEXT ? m->value.text : STR_NONE;
        if (mapping_target(field) < 0)
            ok = wrong_field(w, "columns", m->name, field);
    }
    return ok;
}

static bool
check_set(struct work *w, const struct json *set)
{
    bool ok = true;

    for (size_t i = 0; set != NULL && i < set->object.count; i++) {
        struct str name = set->object.members[i].name;
        int target = mapping_target(name);
        /* One id of every row would make one lead of all. */
        if (target < 0 || target >= LEAD_GIVEN_COUNT
            || target == LEAD_EXTERNAL_ID)
            ok = wrong_field(w, "set", name, name);
    }
    return ok;
}

static bool
check_split(struct work *w, const struct json *split)
{
    bool ok = true;

    for (size_t i = 0; split != NULL && i < split->object.count; i++) {
        const struct json_member *m = &split->object.members[i];
        if (m->value.kind != JSON_TEXT || m->value.text.bytes != 1)
            ok = fail_at(
                w, arena_format(w->arena, "/split/%.*s", STR_ARG(m->name)),
                "not_a_sign", "One sign stands between items, such as \";\".");
    }
    return ok;
}

static enum mapping_date_order
order_of(struct str name)
{
    for (int i = 0; date_orders[i] != NULL; i++)
        if (str_is(name, date_orders[i]))
            return (enum mapping_date_order)i;
    return MAPPING_DATE_UNKNOWN;
}

/* One sign that is no part of a word or a number. */
static bool
check_delimiter(struct work *w, const struct json *document, char *delimiter)
{
    const struct json *given = json_get(document, "delimiter");
    char c = '\0';

    *delimiter = c;
    if (given == NULL)
        return true;
    if (given->text.bytes == 1)
        c = given->text.data[0];
    if (c != '\t'
        && (c <= ' ' || c > '~' || c == '"' || char_is_letter(c)
            || char_is_digit(c)))
        return fail_at(w, STR("/delimiter"), "not_a_delimiter",
                       "This is the one sign between columns, such as ^ or :.");
    *delimiter = c;
    return true;
}

const struct mapping_file *
mapping_file_read(struct work *w, const struct json *document)
{
    if (!shape_check(w, &mapping_shape, document, STR("")))
        return NULL;

    struct mapping_file *file = ARENA_NEW(w->arena, struct mapping_file);
    const struct json *defaults = json_get(document, "defaults");
    *file = (struct mapping_file){
        .columns = json_get(document, "columns"),
        .ignore = json_get(document, "ignore"),
        .empty = json_get(document, "empty"),
        .split = json_get(document, "split"),
        .set = json_get(document, "set"),
        .external_id = json_get_text(document, "external_id"),
        .date_order = order_of(json_get_text(document, "date_order")),
        .phones_abroad =
            str_is(json_get_text(document, "phones"), "international"),
        .country = json_get_text(defaults, "country"),
        .currency = json_get_text(defaults, "currency"),
    };
    bool ok = check_delimiter(w, document, &file->delimiter);
    ok = check_columns(w, file->columns) && ok;
    ok = check_set(w, file->set) && ok;
    ok = check_split(w, file->split) && ok;
    return ok ? file : NULL;
}

/* -------------------------------------------------------------- headers */

/* "Annual Revenue (USD)" as annual_revenue_usd; "custom.rooms" as rooms. */
static struct str
custom_name(struct arena *arena, struct str header)
{
    struct str own = STR("custom.");
    struct str folded = fold_text(arena, header);
    struct text text = text_new(arena);
    bool gap = false;

    if (str_starts(folded, own))
        folded = str_slice(folded, own.bytes, folded.bytes);

    for (size_t i = 0; i < folded.bytes; i++) {
        unsigned char c = (unsigned char)folded.data[i];
        bool letter =
            c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (letter && gap && text.bytes > 0)
            text_add_char(&text, '_');
        if (letter)
            text_add_char(&text, (char)c);
        gap = !letter;
    }
    return text_str(&text);
}

static bool
is_header(const struct mapping *mapping, size_t count, struct str header)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(mapping->columns[i].header, header))
            return true;
    return false;
}

static bool
is_custom(const struct mapping *mapping, struct str custom)
{
    for (size_t i = 0; i < mapping->count; i++)
        if (str_equal(mapping->columns[i].custom, custom))
            return true;
    return false;
}

/* Names are those of a JSON object: none may be missing or come twice. */
static struct str
header_name(struct arena *arena, const struct mapping *mapping, size_t number,
            struct str given)
{
    struct str name = str_trim(given);

    if (str_is_empty(name))
        name = arena_format(arena, "column %zu", number + 1);
    struct str first = name;
    for (int i = 2; is_header(mapping, number, name); i++)
        name = arena_format(arena, "%.*s (%d)", STR_ARG(first), i);
    return name;
}

static struct str
free_custom_name(struct arena *arena, const struct mapping *mapping,
                 struct str wanted)
{
    struct str name = wanted;

    for (int i = 2; is_custom(mapping, name); i++)
        name = arena_format(arena, "%.*s_%d", STR_ARG(wanted), i);
    return name;
}

/* The column of that header: as written, else without case and signs. */
static struct mapping_column *
find_column(struct arena *arena, struct mapping *mapping, struct str header)
{
    struct str key = mapping_key(arena, header);

    for (size_t i = 0; i < mapping->count; i++)
        if (str_equal(mapping->columns[i].header, str_trim(header)))
            return &mapping->columns[i];
    for (size_t i = 0; i < mapping->count && !str_is_empty(key); i++)
        if (str_equal(mapping_key(arena, mapping->columns[i].header), key))
            return &mapping->columns[i];
    return NULL;
}

static struct str
list_of_headers(struct arena *arena, const struct mapping *mapping)
{
    struct text text = text_new(arena);

    for (size_t i = 0; i < mapping->count; i++) {
        text_add_cstr(&text, i == 0 ? "" : ", ");
        text_add(&text, mapping->columns[i].header);
    }
    return text_str(&text);
}

static bool
named_column(struct work *w, struct mapping *mapping, struct str header,
             struct str at, struct mapping_column **column)
{
    *column = find_column(w->arena, mapping, header);
    if (*column != NULL)
        return true;
    return fail_at(w, at, "unknown_column",
                   "The table has no column \"%.*s\"; it has: %.*s.",
                   STR_ARG(header),
                   STR_ARG(list_of_headers(w->arena, mapping)));
}

static bool
bind_columns(struct work *w, struct mapping *mapping, const struct json *given)
{
    struct mapping_column *column;
    bool ok = true;

    for (size_t i = 0; given != NULL && i < given->object.count; i++) {
        const struct json_member *m = &given->object.members[i];
        struct str at =
            arena_format(w->arena, "/columns/%.*s", STR_ARG(m->name));
        if (!named_column(w, mapping, m->name, at, &column)) {
            ok = false;
            continue;
        }
        column->named = true;
        column->to = m->value.kind == JSON_NULL ? MAPPING_NOTHING
                                                : mapping_target(m->value.text);
        if (column->to == MAPPING_CUSTOM)
            column->custom = free_custom_name(
                w->arena, mapping,
                str_slice(m->value.text, 7, m->value.text.bytes));
    }
    return ok;
}

static bool
bind_ignored(struct work *w, struct mapping *mapping, const struct json *list)
{
    struct mapping_column *column;
    bool ok = true;

    for (size_t i = 0; list != NULL && i < list->array.count; i++) {
        if (!named_column(w, mapping, list->array.items[i].text,
                          arena_format(w->arena, "/ignore/%zu", i), &column)) {
            ok = false;
            continue;
        }
        column->named = true;
        column->to = MAPPING_NOTHING;
    }
    return ok;
}

static bool
bind_split(struct work *w, struct mapping *mapping, const struct json *split)
{
    struct mapping_column *column;
    bool ok = true;

    for (size_t i = 0; split != NULL && i < split->object.count; i++) {
        const struct json_member *m = &split->object.members[i];
        if (!named_column(
                w, mapping, m->name,
                arena_format(w->arena, "/split/%.*s", STR_ARG(m->name)),
                &column))
            ok = false;
        else
            column->split = m->value.text;
    }
    return ok;
}

static bool
bind_external_id(struct work *w, struct mapping *mapping, struct str header)
{
    struct mapping_column *column;

    if (str_is_empty(header))
        return true;
    if (!named_column(w, mapping, header, STR("/external_id"), &column))
        return false;
    column->named = true;
    column->to = LEAD_EXTERNAL_ID;
    return true;
}

/* "이름" beside "성" is the given name alone. */
static bool
is_given_name(struct arena *arena, const struct mapping *mapping,
              struct str header)
{
    if (!str_is(mapping_key(arena, header), "이름"))
        return false;
    for (size_t i = 0; i < mapping->count; i++)
        if (str_is(mapping_key(arena, mapping->columns[i].header), "성"))
            return true;
    return false;
}

/* What a field is called like goes before what people usually write. */
static void
bind_known(struct arena *arena, struct mapping *mapping,
           const struct mapping_known *known, struct mapping_column *column)
{
    column->record = mapping_record_find(column->header);
    if (column->record != NULL)
        column->to =
            column->record->is_object ? MAPPING_OBJECT : MAPPING_NOTHING;
    else if (!mapping_known_find(arena, known, column))
        column->to = mapping_usual(mapping_key(arena, column->header));
    else if (column->meant_count > 0)
        column->to = -1;
    if (column->to == MAPPING_CUSTOM) {
        struct str wanted = column->custom;
        column->custom = STR_NONE;
        column->custom = free_custom_name(arena, mapping, wanted);
    }
    if (column->to == LEAD_NAME
        && is_given_name(arena, mapping, column->header))
        column->to = MAPPING_FIRST_NAME;
}

/* An external id of the file's own choice is the only one. */
static void
bind_rest(struct arena *arena, struct mapping *mapping,
          const struct mapping_known *known, bool has_external_id)
{
    for (size_t i = 0; i < mapping->count; i++) {
        struct mapping_column *column = &mapping->columns[i];
        if (!column->named)
            bind_known(arena, mapping, known, column);
        if (!column->named && column->to == LEAD_EXTERNAL_ID && has_external_id)
            column->to = -1;
        if (column->to < 0)
            column->to = MAPPING_CUSTOM;
    }
}

/* Every column has one, for what finds its field taken. Those of the mapping
 * file are there already. */
static void
name_customs(struct arena *arena, struct mapping *mapping)
{
    for (size_t i = 0; i < mapping->count; i++) {
        struct mapping_column *column = &mapping->columns[i];
        struct str wanted = custom_name(arena, column->header);
        if (!str_is_empty(column->custom))
            continue;
        if (str_is_empty(wanted))
            wanted = arena_format(arena, "column_%zu", i + 1);
        column->custom = free_custom_name(arena, mapping, wanted);
    }
}

static void
set_order(struct arena *arena, struct mapping *mapping)
{
    size_t n = 0;

    mapping->order = ARENA_ARRAY(arena, size_t, mapping->count);
    for (int named = 1; named >= 0; named--)
        for (size_t i = 0; i < mapping->count; i++)
            if (mapping->columns[i].named == (named == 1))
                mapping->order[n++] = i;
    assert(n == mapping->count);
}

bool
mapping_bind(struct work *w, const struct mapping_file *file,
             const struct mapping_known *known, const struct csv_row *header,
             struct mapping *mapping)
{
    bool ok = true;

    *mapping = (struct mapping){
        .file = file,
        .columns = ARENA_ARRAY(w->arena, struct mapping_column, header->count),
        .count = header->count,
    };
    for (size_t i = 0; i < header->count; i++)
        mapping->columns[i].header =
            header_name(w->arena, mapping, i, header->fields[i]);
    if (file != NULL) {
        ok = bind_columns(w, mapping, file->columns);
        ok = bind_ignored(w, mapping, file->ignore) && ok;
        ok = bind_split(w, mapping, file->split) && ok;
        ok = bind_external_id(w, mapping, file->external_id) && ok;
    }
    bind_rest(w->arena, mapping, known,
              file != NULL && !str_is_empty(file->external_id));
    name_customs(w->arena, mapping);
    set_order(w->arena, mapping);
    return ok;
}

/* 010-1234-5678, 2026-11-20, 12.5: digits, and more of them than signs. */
static bool
is_figure(struct str s)
{
    size_t digits = 0;

    for (size_t i = 0; i < s.bytes; i++) {
        if (char_is_digit(s.data[i]))
            digits++;
        else if (memchr("+-.,:/() ", s.data[i], 9) == NULL)
            return false;
    }
    return digits * 2 > s.bytes;
}

/* ana@example.com */
static bool
is_address(struct str s)
{
    ptrdiff_t at = str_find_char(s, '@');

    return at > 0 && str_find_char(s, ' ') < 0
        && str_find_char(str_slice(s, (size_t)at, s.bytes), '.') > 1;
}

bool
mapping_has_names(const struct mapping *mapping)
{
    bool any_known = false;
    bool any_figure = false;

    if (mapping->file != NULL && mapping->file->columns != NULL)
        return true; /* it was told which column is what, and found them */
    for (size_t i = 0; i < mapping->count; i++) {
        const struct mapping_column *column = &mapping->columns[i];
        if (column->to != MAPPING_CUSTOM)
            any_known = true;
        else if (is_address(column->header))
            return false;
        else
            any_figure |= is_figure(column->header);
    }
    return any_known || !any_figure;
}

struct str
mapping_target_name(struct arena *arena, const struct mapping_column *column)
{
    if (column->to < LEAD_GIVEN_COUNT)
        return str_of(lead_fields[column->to].name);
    if (column->to == MAPPING_FIRST_NAME)
        return STR("first_name");
    if (column->to == MAPPING_LAST_NAME)
        return STR("last_name");
    if (column->to == MAPPING_NOTHING)
        return STR("-");
    if (column->to == MAPPING_OBJECT)
        return str_of(column->record->name);
    return arena_format(arena, "custom.%.*s", STR_ARG(column->custom));
}
