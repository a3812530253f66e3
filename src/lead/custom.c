/*
 * custom: what fits a declared field, and what it is then; see custom.h. The
 * declarations themselves are custom_schema.c's and custom_store.c's.
 */
#include "src/lead/custom.h"

#include <math.h>

#include "lib/base/nearest.h"
#include "lib/time/zone.h"

enum { HUNDRED = 100, TAGS_MAX = 100, DAY_MS = 86400000 };
#define NUMBER_MAX 9e13
static const char tag_separator = '\x1f'; /* in the column of tags */

/* ----------------------------------------------------------------- types */

static struct fact
text_fact(struct arena *arena, struct str text)
{
    return (struct fact){ .known = true,
                          .text = text,
                          .folded = fold_text(arena, text) };
}

static bool
read_text(struct arena *arena, const struct custom_field *field,
          const struct json *given, struct custom_value *value)
{
    struct str text = str_trim(given->text);

    (void)field;
    if (given->kind != JSON_TEXT || str_is_empty(text)
        || text.bytes > CUSTOM_TEXT_BYTES_MAX || str_find_char(text, '\0') >= 0)
        return false;
    value->json = (struct json){ .kind = JSON_TEXT, .text = text };
    value->fact = text_fact(arena, text);
    return true;
}

/* "-1,200.5": digits, signs of thousands, at most two decimals. */
static bool
decimal_of_text(struct str text, int64_t *hundredths)
{
    bool negative = text.bytes > 0 && text.data[0] == '-';
    int decimals = -1;
    int64_t n = 0;

    if (text.bytes > 20 || text.bytes == (size_t)negative)
        return false;
    for (size_t i = negative; i < text.bytes; i++) {
        char c = text.data[i];
        if (c == ',' && decimals < 0)
            continue;
        if (c == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (c < '0' || c > '9' || decimals == 2
            || __builtin_mul_overflow(n, 10, &n))
            return false;
        n += c - '0';
        decimals += decimals >= 0;
    }
    for (int i = decimals < 0 ? 0 : decimals; i < 2; i++)
        if (__builtin_mul_overflow(n, 10, &n))
            return false;
    *hundredths = negative ? -n : n;
    return true;
}

static bool
hundredths_of(const struct json *given, int64_t *hundredths)
{
    const int64_t hundredths_max = (int64_t)NUMBER_MAX * HUNDRED;

    if (given->kind == JSON_TEXT)
        return decimal_of_text(str_trim(given->text), hundredths);
    return json_decimal(given, 2, hundredths) && *hundredths >= -hundredths_max
        && *hundredths <= hundredths_max;
}

static bool
read_number(struct arena *arena, const struct custom_field *field,
            const struct json *given, struct custom_value *value)
{
    int64_t n;

    (void)arena, (void)field;
    if (!hundredths_of(given, &n))
        return false;
    value->json =
        n % HUNDRED == 0
            ? (struct json){ .kind = JSON_INTEGER, .integer = n / HUNDRED }
            : (struct json){ .kind = JSON_REAL, .real = (double)n / HUNDRED };
    value->fact = (struct fact){ .known = true, .number = n };
    return true;
}

/* How people and tables say it. */
static const struct {
    const char *word;
    bool truth;
} truths[] = {
    { "yes", true },     { "no", false },     { "true", true },
    { "false", false },  { "1", true },       { "0", false },
    { "y", true },       { "n", false },      { "on", true },
    { "off", false },    { "예", true },      { "네", true },
    { "아니오", false }, { "아니요", false },
};

static bool
truth_of(struct arena *arena, const struct json *given, bool *truth)
{
    *truth = given->kind == JSON_BOOL && given->truth;
    if (given->kind != JSON_TEXT)
        return given->kind == JSON_BOOL;
    struct str word = fold_text(arena, given->text);
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++) {
        *truth = truths[i].truth;
        if (str_is(word, truths[i].word))
            return true;
    }
    return false;
}

static bool
read_bool(struct arena *arena, const struct custom_field *field,
          const struct json *given, struct custom_value *value)
{
    bool truth;

    (void)field;
    if (!truth_of(arena, given, &truth))
        return false;
    value->json = (struct json){ .kind = JSON_BOOL, .truth = truth };
    value->fact = (struct fact){ .known = true, .number = truth };
    return true;
}

static bool
read_date(struct arena *arena, const struct custom_field *field,
          const struct json *given, struct custom_value *value)
{
    int64_t days;

    (void)arena, (void)field;
    if (given->kind != JSON_TEXT || !date_parse(str_trim(given->text), &days))
        return false;
    value->json =
        (struct json){ .kind = JSON_TEXT, .text = str_trim(given->text) };
    value->fact = (struct fact){ .known = true, .number = days * DAY_MS };
    return true;
}

static bool
read_time(struct arena *arena, const struct custom_field *field,
          const struct json *given, struct custom_value *value)
{
    int64_t ms;

    (void)arena, (void)field;
    if (given->kind != JSON_TEXT || !time_parse(str_trim(given->text), &ms))
        return false;
    value->json =
        (struct json){ .kind = JSON_TEXT, .text = str_trim(given->text) };
    value->fact = (struct fact){ .known = true, .number = ms };
    return true;
}

/* The option's value, when its value or a label is meant. */
bool
custom_option_of(struct arena *arena, const struct custom_field *field,
                 struct str text, struct str *value)
{
    struct str folded = fold_text(arena, text);

    for (int i = 0; i < field->option_count; i++) {
        const struct custom_option *option = &field->options[i];
        *value = option->value;
        if (str_equal(folded, fold_text(arena, option->value))
            || (option->label_en.bytes > 0
                && str_equal(folded, fold_text(arena, option->label_en)))
            || (option->label_ko.bytes > 0
                && str_equal(folded, fold_text(arena, option->label_ko))))
            return true;
    }
    *value = text;
    return field->option_count == 0;
}

static bool
read_option(struct arena *arena, const struct custom_field *field,
            const struct json *given, struct custom_value *value)
{
    struct str text;

    if (!read_text(arena, field, given, value)
        || !custom_option_of(arena, field, value->json.text, &text))
        return false;
    value->json.text = text;
    value->fact = text_fact(arena, text);
    return true;
}

/* A list, or one text with commas between. */
static size_t
split_list(struct arena *arena, const struct json *given, struct json *items)
{
    struct str rest = given->kind == JSON_TEXT ? given->text : STR_NONE;
    struct str item;
    size_t count = 0;

    (void)arena;
    if (given->kind == JSON_ARRAY)
        for (size_t i = 0; i < given->array.count && count < TAGS_MAX; i++)
            items[count++] = given->array.items[i];
    while (count < TAGS_MAX && str_next(&rest, ',', &item))
        if (!str_is_empty(str_trim(item)))
            items[count++] =
                (struct json){ .kind = JSON_TEXT, .text = str_trim(item) };
    return count;
}

static bool
read_tags(struct arena *arena, const struct custom_field *field,
          const struct json *given, struct custom_value *value)
{
    struct json *items = ARENA_ARRAY(arena, struct json, TAGS_MAX);
    struct str *tags = ARENA_ARRAY(arena, struct str, TAGS_MAX);
    size_t count = split_list(arena, given, items);

    for (size_t i = 0; i < count; i++) {
        struct custom_value one;
        if (!read_option(arena, field, &items[i], &one)
            || str_find_char(one.json.text, tag_separator) >= 0)
            return false;
        items[i] = one.json;
        tags[i] = one.json.text;
    }
    value->json = (struct json){ .kind = JSON_ARRAY };
    value->json.array.items = items;
    value->json.array.count = count;
    value->fact = lead_tags_fact(arena, tags, (int)count);
    return count > 0;
}

enum {
    AS_TEXT = 1u << JSON_TEXT,
    AS_NUMBER = 1u << JSON_INTEGER | 1u << JSON_REAL,
    AS_BOOL = 1u << JSON_BOOL,
    AS_LIST = 1u << JSON_ARRAY,
};

const struct custom_type custom_types[] = {
    { "text", FIELD_TEXT, 0, AS_TEXT, "a text of at most 2,000 bytes",
      read_text },
    { "number", FIELD_NUMBER, 2, AS_NUMBER,
      "a number with at most two decimals, such as 12.5", read_number },
    { "bool", FIELD_BOOL, 0, AS_BOOL, "true or false", read_bool },
    { "date", FIELD_TIME, 0, AS_TEXT, "a date, such as 2026-11-20", read_date },
    { "time", FIELD_TIME, 0, AS_TEXT,
      "a time with its offset, such as 2026-11-20T10:00:00+09:00", read_time },
    { "option", FIELD_TEXT, 0, AS_TEXT, "one of its options", read_option },
    { "tags", FIELD_TAGS, 0, AS_LIST,
      "a list of texts, of its options if it "
      "has any",
      read_tags },
    { 0 },
};

const struct custom_type *
custom_type_find(struct str name)
{
    for (const struct custom_type *type = custom_types; type->name; type++)
        if (str_is(name, type->name))
            return type;
    return NULL;
}

/* --------------------------------------------------------------- reading */

/* One reading of an object. */
struct reading {
    struct work *w;
    const struct lead_schema *schema;
    bool strict;
    struct str at;
    struct text notes;
    struct json_out out;
};

static struct str
below(struct reading *r, struct str name)
{
    struct text pointer = text_new(r->w->arena);

    text_add(&pointer, r->at);
    text_add_char(&pointer, '/');
    for (size_t i = 0; i < name.bytes; i++) {
        if (name.data[i] == '~')
            text_add_cstr(&pointer, "~0");
        else if (name.data[i] == '/')
            text_add_cstr(&pointer, "~1");
        else
            text_add_char(&pointer, name.data[i]);
    }
    return text_str(&pointer);
}

struct str
custom_option_names(struct arena *arena, const struct custom_field *field)
{
    struct text names = text_new(arena);

    for (int i = 0; i < field->option_count && i < 20; i++)
        text_format(&names, i > 0 ? ", %.*s" : ": %.*s",
                    STR_ARG(field->options[i].value));
    return text_str(&names);
}

static void
does_not_fit(struct reading *r, const struct custom_field *field)
{
    struct str options = custom_option_names(r->w->arena, field);

    if (r->strict) {
        (void)fail_at(r->w, below(r, field->name), "wrong_value",
                      "%.*s is %s%.*s.", STR_ARG(field->name),
                      field->type->wants, STR_ARG(options));
        return;
    }
    json_open_object(&r->out);
    json_put_text(
        &r->out, "field",
        arena_format(r->w->arena, "custom.%.*s", STR_ARG(field->name)));
    json_put_cstr(&r->out, "code", "wrong_value");
    json_close_object(&r->out);
}

static void
unknown(struct reading *r, struct str name)
{
    struct nearest nearest = nearest_to(name);

    for (int i = 0; i < r->schema->custom_count; i++)
        if (r->schema->customs[i].removed_ms == 0)
            nearest_offer(&nearest,
                          arena_cstr(r->w->arena, r->schema->customs[i].name));
    struct str question = nearest_question(r->w->arena, &nearest);
    (void)fail_at(r->w, below(r, name), "unknown_field",
                  "No field of your own has this name; GET /api/v1/fields "
                  "lists them.%.*s",
                  STR_ARG(question));
}

static bool
given_rightly(const struct reading *r, const struct custom_field *field,
              const struct json *value)
{
    return !r->strict || (field->type->given_as & 1u << value->kind) != 0;
}

static struct json
read_member(struct reading *r, const struct json_member *member)
{
    const struct custom_field *field = custom_find(r->schema, member->name);
    struct custom_value value;

    if (field == NULL && r->strict && r->schema->usable_count > 0)
        unknown(r, member->name);
    if (field == NULL || member->value.kind == JSON_NULL)
        return member->value;
    if (given_rightly(r, field, &member->value)
        && field->type->read(r->w->arena, field, &member->value, &value))
        return value.json;
    does_not_fit(r, field);
    return member->value;
}

struct str
custom_notes_joined(struct arena *arena, struct str a, struct str b)
{
    if (a.bytes <= 2)
        return b;
    return arena_format(arena, "%.*s,%.*s",
                        STR_ARG(str_slice(a, 0, a.bytes - 1)),
                        STR_ARG(str_slice(b, 1, b.bytes)));
}

bool
custom_read(struct work *w, const struct lead_schema *schema,
            const struct json *given, bool strict, struct str at,
            const struct json **read, struct str *notes)
{
    struct reading r = { w, schema, strict, at, text_new(w->arena), { 0 } };

    *read = given;
    if (given == NULL || given->kind != JSON_OBJECT
        || schema->usable_count == 0)
        return true;
    r.out = json_out_new(&r.notes);
    json_open_array(&r.out);
    struct json *object = ARENA_NEW(w->arena, struct json);
    struct json_member *members =
        ARENA_ARRAY(w->arena, struct json_member, given->object.count);
    int faults = w->error.detail_count;
    for (size_t i = 0; i < given->object.count; i++) {
        members[i].name = given->object.members[i].name;
        members[i].value = read_member(&r, &given->object.members[i]);
    }
    json_close_array(&r.out);
    object->kind = JSON_OBJECT;
    object->object.members = members;
    object->object.count = given->object.count;
    *read = object;
    if (notes != NULL && r.notes.bytes > 2)
        *notes = custom_notes_joined(w->arena, *notes, text_str(&r.notes));
    return w->error.detail_count == faults;
}

/* --------------------------------------------------------------- a lead's */

static bool
has_member(const struct json *object, struct str name)
{
    for (size_t i = 0; i < object->object.count; i++)
        if (str_equal(object->object.members[i].name, name))
            return true;
    return false;
}

const struct json *
custom_merge(struct arena *arena, const struct json *old,
             const struct json *given)
{
    if (given == NULL || given->kind != JSON_OBJECT)
        return old;

    size_t room = given->object.count + (old == NULL ? 0 : old->object.count);
    struct json_member *members = ARENA_ARRAY(arena, struct json_member, room);
    struct json *merged = ARENA_NEW(arena, struct json);
    size_t count = 0;
    for (size_t i = 0; old != NULL && i < old->object.count; i++)
        if (!has_member(given, old->object.members[i].name))
            members[count++] = old->object.members[i];
    for (size_t i = 0; i < given->object.count; i++)
        if (given->object.members[i].value.kind != JSON_NULL)
            members[count++] = given->object.members[i];
    merged->kind = JSON_OBJECT;
    merged->object.members = members;
    merged->object.count = count;
    return merged;
}

static void
set_fact(struct arena *arena, const struct custom_field *field,
         const struct json *value, struct fact *fact)
{
    struct custom_value read;

    *fact = (struct fact){ 0 };
    if (value != NULL && (field->type->given_as & 1u << value->kind) != 0
        && field->type->read(arena, field, value, &read))
        *fact = read.fact;
}

static void
put_folded(struct json_out *out, struct arena *arena,
           const struct custom_field *field, const struct fact *fact)
{
    json_name_str(out, field->name);
    if (field->type->kind == FIELD_TEXT)
        json_text(out, fact->folded);
    else if (field->type->kind == FIELD_TAGS)
        json_text(out, lead_tags_folded(arena, fact));
    else
        json_int(out, fact->number);
}

/* {"rooms":300}; STR_NONE when there is nothing. */
static struct str
folded(struct arena *arena, const struct lead_schema *schema,
       const struct lead *lead)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);
    int count = 0;

    if (schema->custom_count == 0 || lead->custom == NULL)
        return STR_NONE;
    json_open_object(&out);
    for (int i = 0; i < schema->custom_count; i++) {
        const struct fact *fact = &lead->facts[LEAD_FIELD_COUNT + i];
        if (!fact->known)
            continue;
        put_folded(&out, arena, &schema->customs[i], fact);
        count++;
    }
    json_close_object(&out);
    return count == 0 ? STR_NONE : text_str(&text);
}

/* What was removed is no fact, though rules of the past may name it. */
void
custom_set(struct arena *arena, const struct lead_schema *schema,
           struct lead *lead, const struct json *custom)
{
    lead->custom = custom;
    for (int i = 0; i < schema->custom_count; i++) {
        const struct custom_field *field = &schema->customs[i];
        struct fact *fact = &lead->facts[LEAD_FIELD_COUNT + i];
        if (field->removed_ms > 0)
            *fact = (struct fact){ 0 };
        else
            set_fact(arena, field,
                     json_get(custom, arena_cstr(arena, field->name)), fact);
    }
    lead->custom_folded = folded(arena, schema, lead);
}

void
custom_fill(struct arena *arena, const struct lead_schema *schema,
            struct lead *lead, const struct json *given)
{
    if (given == NULL)
        return;
    custom_set(arena, schema, lead,
               lead->custom == NULL ? given
                                    : custom_merge(arena, given, lead->custom));
}
