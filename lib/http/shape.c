/*
 * shape: checks a JSON value against its table and says of each fault where
 * it is and what would be right.
 *
 * Not here: what a value means. That a mail address can be reached, or that
 * an id exists, is for the stage that uses it.
 *
 * A value without faults costs no memory: where we are is a chain on the
 * stack, and becomes a pointer only when there is something to say.
 */
#include "lib/http/shape.h"

#include <string.h>

#include "lib/base/nearest.h"

/* One step of the way down; the first one has the caller's `at`. */
struct place {
    const struct place *above;
    struct str name; /* of a member; or */
    size_t index;    /* of an item, when the name is none */
};

/* What all checks of one call share. */
struct check {
    struct work *work;
    struct str at;
    bool good;
};

typedef void check_value(struct check *, const struct place *,
                         const struct shape_field *, const struct json *);

static void check_object(struct check *, const struct place *,
                         const struct shape *, const struct json *);
static void check_field(struct check *, const struct place *,
                        const struct shape_field *, const struct json *);
static void check_list(struct check *, const struct place *,
                       const struct shape_field *, const struct json *);
static check_value check_text, check_integer, check_number, check_bool,
    check_id, check_time, check_date, check_option, check_inner, check_any;

static const struct {
    check_value *check;
    const char *wanted; /* "must be ..." */
} kinds[] = {
    [SHAPE_TEXT] = { check_text, "text" },
    [SHAPE_INTEGER] = { check_integer, "a whole number" },
    [SHAPE_NUMBER] = { check_number, "a number" },
    [SHAPE_BOOL] = { check_bool, "true or false" },
    [SHAPE_ID] = { check_id, "an id: text of 13 characters" },
    [SHAPE_TIME] = { check_time, "a time like \"2026-11-20T09:30:00+09:00\"" },
    [SHAPE_DATE] = { check_date, "a date like \"2026-11-20\"" },
    [SHAPE_EMAIL] = { check_text, "text" },
    [SHAPE_OPTION] = { check_option, "text, one of the options" },
    [SHAPE_OBJECT] = { check_inner, "an object" },
    [SHAPE_ANY] = { check_any, "any JSON" },
};

bool
shape_check(struct work *w, const struct shape *shape, const struct json *value,
            struct str at)
{
    struct check check = { .work = w, .at = at, .good = true };

    check_object(&check, NULL, shape, value);
    return check.good;
}

/* ---- saying what is wrong ---- */

/* RFC 6901: '~' is "~0" and '/' is "~1". */
static void
add_step(struct text *pointer, const struct place *place)
{
    if (place == NULL)
        return;
    add_step(pointer, place->above);
    text_add_char(pointer, '/');
    if (place->name.data == NULL) {
        text_add_int(pointer, (int64_t)place->index);
        return;
    }
    for (size_t i = 0; i < place->name.bytes; i++) {
        char c = place->name.data[i];
        if (c == '~')
            text_add_cstr(pointer, "~0");
        else if (c == '/')
            text_add_cstr(pointer, "~1");
        else
            text_add_char(pointer, c);
    }
}

static struct str
pointer_to(const struct check *check, const struct place *place)
{
    struct text pointer = text_new(check->work->arena);

    text_add(&pointer, check->at);
    add_step(&pointer, place);
    return text_str(&pointer);
}

#define FAULT(check, place, code, ...)                                    \
    ((check)->good = fail_at((check)->work, pointer_to((check), (place)), \
                             (code), __VA_ARGS__))

/* What was sent may be long; a message shows the beginning of it, and never
 * half of a character. */
static struct str
shown(struct str sent)
{
    enum { SHOWN_BYTES = 60 };
    size_t bytes = sent.bytes < SHOWN_BYTES ? sent.bytes : SHOWN_BYTES;

    while (bytes > 0 && bytes < sent.bytes
           && ((unsigned char)sent.data[bytes] & 0xC0) == 0x80)
        bytes--;
    return (struct str){ sent.data, bytes };
}

static void
wrong_kind(struct check *check, const struct place *place, const char *wanted,
           const struct json *value)
{
    if (value->kind == JSON_NULL)
        FAULT(check, place, "null",
              "must be %s, and is null; leave it out if there is none", wanted);
    else
        FAULT(check, place, "wrong_kind", "must be %s, and is of kind %s",
              wanted, json_kind_name(value->kind));
}

/* ---- the nearest known word ---- */

static void
unknown_name(struct check *check, const struct place *place,
             const struct shape *shape)
{
    struct nearest nearest = nearest_to(place->name);

    for (const struct shape_field *f = shape->fields; f->name != NULL; f++)
        if (!(f->flags & SHAPE_READ_ONLY))
            nearest_offer(&nearest, f->name);
    struct str name = shown(place->name);
    if (nearest.name != NULL)
        FAULT(check, place, "unknown_field",
              "there is no field \"%.*s\"; the nearest is \"%s\"",
              STR_ARG(name), nearest.name);
    else
        FAULT(check, place, "unknown_field", "there is no field \"%.*s\" in %s",
              STR_ARG(name), shape->name);
}

/* ---- objects ---- */

static bool
name_is(struct str name, const char *known)
{
    return name.bytes > 0 && name.data[0] == known[0]
        && strncmp(name.data, known, name.bytes) == 0
        && known[name.bytes] == '\0';
}

/* Senders tend to keep the order of the table, so the search starts behind
 * the field that was found last. */
static const struct shape_field *
find_field(const struct shape *shape, const struct shape_field *start,
           struct str name)
{
    for (const struct shape_field *f = start; f->name != NULL; f++)
        if (name_is(name, f->name))
            return f;
    for (const struct shape_field *f = shape->fields; f != start; f++)
        if (name_is(name, f->name))
            return f;
    return NULL;
}

static void
check_member(struct check *check, const struct place *place,
             const struct shape_field *field, const struct json *value)
{
    if (field->flags & SHAPE_READ_ONLY)
        FAULT(check, place, "read_only",
              "\"%s\" is set by the server; leave it out", field->name);
    else
        check_field(check, place, field, value);
}

static void
check_required(struct check *check, const struct place *above,
               const struct shape *shape, const struct json *value)
{
    for (const struct shape_field *f = shape->fields; f->name != NULL; f++) {
        if (!(f->flags & SHAPE_REQUIRED) || (f->flags & SHAPE_READ_ONLY)
            || json_get(value, f->name) != NULL)
            continue;
        struct place place = { .above = above, .name = str_of(f->name) };
        FAULT(check, &place, "required", "\"%s\" is missing: %s", f->name,
              f->about != NULL ? f->about : kinds[f->kind].wanted);
    }
}

static void
check_object(struct check *check, const struct place *above,
             const struct shape *shape, const struct json *value)
{
    if (value->kind != JSON_OBJECT) {
        wrong_kind(check, above, "an object", value);
        return;
    }
    const struct shape_field *start = shape->fields;
    for (size_t i = 0; i < value->object.count; i++) {
        const struct json_member *member = &value->object.members[i];
        struct place place = { .above = above, .name = member->name };
        const struct shape_field *field =
            find_field(shape, start, member->name);
        if (field != NULL) {
            check_member(check, &place, field, &member->value);
            start = field + 1;
        } else if (!(shape->flags & SHAPE_OPEN)) {
            unknown_name(check, &place, shape);
        }
    }
    check_required(check, above, shape, value);
}

static void
check_field(struct check *check, const struct place *place,
            const struct shape_field *field, const struct json *value)
{
    if (value->kind == JSON_NULL && (field->flags & SHAPE_NULLABLE))
        return;
    if (field->flags & SHAPE_LIST)
        check_list(check, place, field, value);
    else
        kinds[field->kind].check(check, place, field, value);
}

static void
check_list(struct check *check, const struct place *place,
           const struct shape_field *field, const struct json *value)
{
    if (value->kind != JSON_ARRAY) {
        wrong_kind(check, place, "a list", value);
        return;
    }
    size_t most = field->max > 0 ? (size_t)field->max : SHAPE_ITEMS_MAX;
    if (value->array.count > most) {
        FAULT(check, place, "too_many",
              "may have at most %zu items, and has %zu", most,
              value->array.count);
        return;
    }
    /* The bounds of a list field are the list's, not its items'. */
    struct shape_field item = *field;
    item.max = item.min = 0;
    for (size_t i = 0; i < value->array.count; i++) {
        struct place at = { .above = place, .index = i };
        kinds[field->kind].check(check, &at, &item, &value->array.items[i]);
    }
}

/* ---- single values ---- */

static void
check_text(struct check *check, const struct place *place,
           const struct shape_field *field, const struct json *value)
{
    if (value->kind != JSON_TEXT) {
        wrong_kind(check, place, kinds[field->kind].wanted, value);
        return;
    }
    size_t most = field->max > 0 ? (size_t)field->max : SHAPE_TEXT_BYTES_MAX;
    if (value->text.bytes > most)
        FAULT(check, place, "too_long",
              "may have at most %zu bytes, and has %zu", most,
              value->text.bytes);
    /* No database keeps it, and C libraries stop there. */
    else if (value->text.bytes > 0
             && memchr(value->text.data, '\0', value->text.bytes) != NULL)
        FAULT(check, place, "nul", "may not hold the character U+0000");
}

static void
out_of_range(struct check *check, const struct place *place,
             const struct shape_field *field)
{
    if (field->max == 0)
        FAULT(check, place, "out_of_range", "must be at least %lld",
              (long long)field->min);
    else
        FAULT(check, place, "out_of_range", "must be from %lld to %lld",
              (long long)field->min, (long long)field->max);
}

static void
check_integer(struct check *check, const struct place *place,
              const struct shape_field *field, const struct json *value)
{
    if (value->kind != JSON_INTEGER) {
        wrong_kind(check, place, kinds[field->kind].wanted, value);
        return;
    }
    bool bounded = field->min != 0 || field->max != 0;
    if (bounded
        && (value->integer < field->min
            || (field->max != 0 && value->integer > field->max)))
        out_of_range(check, place, field);
}

static void
check_number(struct check *check, const struct place *place,
             const struct shape_field *field, const struct json *value)
{
    double number;

    if (!json_number(value, &number)) {
        wrong_kind(check, place, kinds[field->kind].wanted, value);
        return;
    }
    bool bounded = field->min != 0 || field->max != 0;
    if (bounded
        && (number < (double)field->min
            || (field->max != 0 && number > (double)field->max)))
        out_of_range(check, place, field);
}

static void
check_bool(struct check *check, const struct place *place,
           const struct shape_field *field, const struct json *value)
{
    if (value->kind != JSON_BOOL)
        wrong_kind(check, place, kinds[field->kind].wanted, value);
}

/* Text of a given form: one message for a wrong kind and a wrong form. */
static void
check_form(struct check *check, const struct place *place,
           const struct shape_field *field, const struct json *value,
           bool (*good)(struct str), const char *code)
{
    if (value->kind != JSON_TEXT) {
        wrong_kind(check, place, kinds[field->kind].wanted, value);
    } else if (!good(value->text)) {
        struct str sent = shown(value->text);
        FAULT(check, place, code, "must be %s, and is \"%.*s\"",
              kinds[field->kind].wanted, STR_ARG(sent));
    }
}

static bool
is_id(struct str text)
{
    struct id id;

    return id_parse(text, &id);
}

/* Compares with a form in which '9' stands for any digit. */
static bool
fits(struct str text, const char *form)
{
    if (text.bytes != strlen(form))
        return false;
    for (size_t i = 0; i < text.bytes; i++) {
        bool digit = text.data[i] >= '0' && text.data[i] <= '9';
        if (form[i] == '9' ? !digit : text.data[i] != form[i])
            return false;
    }
    return true;
}

static int
two_digits(struct str text, size_t at)
{
    return (text.data[at] - '0') * 10 + (text.data[at + 1] - '0');
}

static bool
is_date(struct str text)
{
    static const int days[] = {
        31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };

    if (!fits(text, "9999-99-99"))
        return false;
    int year = two_digits(text, 0) * 100 + two_digits(text, 2);
    int month = two_digits(text, 5);
    int day = two_digits(text, 8);
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1]
        && !(month == 2 && day == 29 && !leap);
}

static bool
is_offset(struct str text)
{
    if (str_is(text, "Z") || str_is(text, "z"))
        return true;
    return (fits(text, "+99:99") || fits(text, "-99:99"))
        && two_digits(text, 1) <= 23 && two_digits(text, 4) <= 59;
}

/* RFC 3339. A leap second is read as the form has it: 60. */
static bool
is_time(struct str text)
{
    if (text.bytes < 20 || !is_date(str_slice(text, 0, 10))
        || (text.data[10] != 'T' && text.data[10] != 't')
        || !fits(str_slice(text, 11, 19), "99:99:99")
        || two_digits(text, 11) > 23 || two_digits(text, 14) > 59
        || two_digits(text, 17) > 60)
        return false;
    size_t at = 19;
    if (text.data[at] == '.') {
        size_t digits = at + 1;
        while (digits < text.bytes && text.data[digits] >= '0'
               && text.data[digits] <= '9')
            digits++;
        if (digits == at + 1)
            return false;
        at = digits;
    }
    return is_offset(str_slice(text, at, text.bytes));
}

static void
check_id(struct check *check, const struct place *place,
         const struct shape_field *field, const struct json *value)
{
    check_form(check, place, field, value, is_id, "not_an_id");
}

static void
check_time(struct check *check, const struct place *place,
           const struct shape_field *field, const struct json *value)
{
    check_form(check, place, field, value, is_time, "not_a_time");
}

static void
check_date(struct check *check, const struct place *place,
           const struct shape_field *field, const struct json *value)
{
    check_form(check, place, field, value, is_date, "not_a_date");
}

static struct str
list_of(struct arena *arena, const char *const *options)
{
    struct text list = text_new(arena);

    for (const char *const *o = options; *o != NULL; o++) {
        if (o != options)
            text_add_cstr(&list, ", ");
        text_add_cstr(&list, *o);
    }
    return text_str(&list);
}

static void
check_option(struct check *check, const struct place *place,
             const struct shape_field *field, const struct json *value)
{
    if (value->kind != JSON_TEXT) {
        wrong_kind(check, place, kinds[field->kind].wanted, value);
        return;
    }
    struct nearest nearest = nearest_to(value->text);
    for (const char *const *o = field->options; *o != NULL; o++)
        if (str_is(value->text, *o))
            return;
    for (const char *const *o = field->options; *o != NULL; o++)
        nearest_offer(&nearest, *o);

    struct str sent = shown(value->text);
    struct str list = list_of(check->work->arena, field->options);
    if (nearest.name != NULL)
        FAULT(check, place, "not_an_option",
              "\"%.*s\" is none of: %.*s; the nearest is \"%s\"", STR_ARG(sent),
              STR_ARG(list), nearest.name);
    else
        FAULT(check, place, "not_an_option", "\"%.*s\" is none of: %.*s",
              STR_ARG(sent), STR_ARG(list));
}

static void
check_inner(struct check *check, const struct place *place,
            const struct shape_field *field, const struct json *value)
{
    if (field->of != NULL)
        check_object(check, place, field->of, value);
    else if (value->kind != JSON_OBJECT)
        wrong_kind(check, place, kinds[field->kind].wanted, value);
}

static void
check_any(struct check *check, const struct place *place,
          const struct shape_field *field, const struct json *value)
{
    (void)check;
    (void)place;
    (void)field;
    (void)value;
}
