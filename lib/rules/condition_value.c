/*
 * condition_value: the value of a term, read in the shape its operator
 * wants. Each function fills what the operator's evaluation uses, or adds a
 * detail that shows what would be right, and returns false.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rules/condition_node.h"
#include "lib/time/zone.h"

static const char tag_separator = '\x1f'; /* between tags in their column */

enum {
    SHORT_LIST = 8, /* up to here going through is faster than a table */
    SHOWN_BYTES = 60,
};

/* How one value of a kind is called and written. */
static const struct {
    const char *one, *many, *example, *examples;
} words[] = {
    [FIELD_TEXT] = { "a text", "texts", "\"KR\"", "[\"KR\", \"JP\"]" },
    [FIELD_NUMBER] = { "a whole number", "whole numbers", "50000",
                       "[1000, 50000]" },
    [FIELD_TIME] = { "a time", "times", "\"2026-11-20T10:00:00+09:00\"",
                     "[\"2026-11-20T00:00:00+09:00\","
                     " \"2026-11-27T00:00:00+09:00\"]" },
    [FIELD_TAGS] = { "a tag", "tags", "\"vip\"", "[\"vip\", \"partner\"]" },
    [FIELD_ID] = { "an id", "ids", "\"06ftpq0kbr000\"",
                   "[\"06ftpq0kbr000\", \"06ftpq0kbr001\"]" },
    [FIELD_BOOL] = { "true or false", "truths", "true", "[true]" },
};

static bool
wants_one(const struct condition_term *t, struct str at)
{
    return fail_at(t->w, at, "wrong_value", "%s on %s takes %s, such as %s.",
                   t->op->name, t->field->name, words[t->field->kind].one,
                   words[t->field->kind].example);
}

static bool
wants_list(const struct condition_term *t)
{
    return fail_at(t->w, t->at, "wrong_value",
                   "%s on %s takes a list of %s, such as %s.", t->op->name,
                   t->field->name, words[t->field->kind].many,
                   words[t->field->kind].examples);
}

static bool
missing(const struct condition_term *t)
{
    return fail_at(t->w, t->at, "missing_value",
                   "%s needs a \"value\", such as %s.", t->op->name,
                   words[t->field->kind].example);
}

/* A form may send null or true where nothing is to be said. */
bool
condition_value_none(const struct condition_term *t, struct condition *c)
{
    const struct json *value = t->value;

    (void)c;
    if (value == NULL || value->kind == JSON_NULL ||
        (value->kind == JSON_BOOL && value->truth))
        return true;
    return fail_at(t->w, t->at, "unexpected_value",
                   "%s takes no value: leave it out.", t->op->name);
}

/* ---- Text ---- */

/*
 * The folded text. Empty text would be in every text and equal to what is
 * missing; U+0000 is refused by PostgreSQL; U+001F would reach over the end
 * of a tag.
 */
static bool
text_value(const struct condition_term *t, const struct json *value,
           struct str at, struct str *out)
{
    if (value->kind != JSON_TEXT)
        return wants_one(t, at);
    *out = fold_text(t->w->arena, value->text);
    if (out->bytes == 0)
        return fail_at(t->w, at, "empty_value",
                       "An empty text is in every text. To ask whether %s is "
                       "filled in, use is_empty or is_known.",
                       t->field->name);
    if (str_find_char(*out, '\0') >= 0 ||
        str_find_char(*out, tag_separator) >= 0)
        return fail_at(t->w, at, "wrong_value",
                       "A text here cannot hold the characters U+0000 and "
                       "U+001F.");
    return true;
}

/* One of the field's options, if it has any. */
static bool
check_option(const struct condition_term *t, struct str given,
             struct str folded, struct str at)
{
    const char *const *options = t->field->options;
    struct nearest nearest = nearest_to(given);

    if (options == NULL)
        return true;
    for (; *options != NULL; options++) {
        if (str_equal(fold_text(t->w->arena, str_of(*options)), folded))
            return true;
        nearest_offer(&nearest, *options);
    }
    struct str question = nearest_question(t->w->arena, &nearest);
    return fail_at(t->w, at, "unknown_option",
                   "\"%.*s\" is none of the values of %s.%.*s",
                   given.bytes < SHOWN_BYTES ? (int)given.bytes : SHOWN_BYTES,
                   given.data, t->field->name, STR_ARG(question));
}

static bool
option_value(const struct condition_term *t, const struct json *value,
             struct str at, struct str *out)
{
    return text_value(t, value, at, out) &&
           check_option(t, value->text, *out, at);
}

bool
condition_value_part(const struct condition_term *t, struct condition *c)
{
    if (t->value == NULL)
        return missing(t);
    return text_value(t, t->value, t->at, &c->text);
}

bool
condition_value_text(const struct condition_term *t, struct condition *c)
{
    if (t->value == NULL)
        return missing(t);
    return option_value(t, t->value, t->at, &c->text);
}

/* Open addressing, at most half full. */
static void
make_places(struct arena *arena, struct condition_texts *texts)
{
    uint32_t room = 2;

    while (room < (uint32_t)texts->count * 2)
        room *= 2;
    uint16_t *places = ARENA_ARRAY(arena, uint16_t, room);
    for (int i = 0; i < texts->count; i++) {
        uint32_t at = condition_text_hash(texts->items[i]) & (room - 1);
        while (places[at] != 0)
            at = (at + 1) & (room - 1);
        places[at] = (uint16_t)(i + 1);
    }
    texts->places = places;
    texts->places_mask = room - 1;
}

static struct condition_texts
texts_of(struct arena *arena, const struct str *items, int count)
{
    struct condition_texts texts = { .items = items, .count = count };

    for (int i = 0; i < count; i++)
        if (items[i].bytes > texts.bytes_max)
            texts.bytes_max = items[i].bytes;
    if (count > SHORT_LIST)
        make_places(arena, &texts);
    return texts;
}

/* Tags are compared as lists, also with a single one. */
bool
condition_value_tag(const struct condition_term *t, struct condition *c)
{
    struct str *tag = ARENA_NEW(t->w->arena, struct str);

    if (t->value == NULL)
        return missing(t);
    if (!option_value(t, t->value, t->at, tag))
        return false;
    c->texts = texts_of(t->w->arena, tag, 1);
    return true;
}

static bool
check_list(const struct condition_term *t)
{
    const struct json *value = t->value;

    if (value == NULL)
        return missing(t);
    if (value->kind == JSON_TEXT && strcmp(t->op->name, "in_list") == 0)
        return fail_at(t->w, t->at, "unknown_list",
                       "Lists by name are not known here: give in_list the "
                       "values themselves, such as %s.",
                       words[t->field->kind].examples);
    if (value->kind != JSON_ARRAY)
        return wants_list(t);
    if (value->array.count == 0)
        return fail_at(t->w, t->at, "empty_value",
                       "The list of %s is empty: name at least one value.",
                       t->op->name);
    if (value->array.count > CONDITION_LIST_MAX)
        return fail_at(t->w, t->at, "too_many",
                       "A list has at most %d values; this one has %zu.",
                       CONDITION_LIST_MAX, value->array.count);
    return true;
}

static struct str
item_at(const struct condition_term *t, size_t i)
{
    return arena_format(t->w->arena, "%.*s/%zu", STR_ARG(t->at), i);
}

bool
condition_value_texts(const struct condition_term *t, struct condition *c)
{
    bool ok = true;

    if (!check_list(t))
        return false;

    size_t count = t->value->array.count;
    struct str *items = ARENA_ARRAY(t->w->arena, struct str, count);
    for (size_t i = 0; i < count; i++)
        ok &= option_value(t, &t->value->array.items[i], item_at(t, i),
                           &items[i]);
    if (ok)
        c->texts = texts_of(t->w->arena, items, (int)count);
    return ok;
}

/* ---- Numbers, times, ids, truths ---- */

/* What to do with the part behind the point: nothing is lost, for the field
 * holds whole numbers: at least 0.5 is at least 1. */
enum rounding { REFUSE, UP, DOWN };

static bool
whole_number(const struct json *value, enum rounding rounding, int64_t *out)
{
    double whole;

    if (value->kind == JSON_INTEGER) {
        *out = value->integer;
        return true;
    }
    if (value->kind != JSON_REAL)
        return false;
    whole = rounding == UP ? ceil(value->real) : floor(value->real);
    if (rounding == REFUSE && whole != value->real)
        return false;
    if (!(whole >= -0x1p63 && whole < 0x1p63))
        return false;
    *out = (int64_t)whole;
    return true;
}

static bool
time_number(const struct json *value, enum rounding rounding, int64_t *out)
{
    (void)rounding;
    return value->kind == JSON_TEXT && time_parse(value->text, out);
}

static bool
id_number(const struct json *value, enum rounding rounding, int64_t *out)
{
    struct id id;

    (void)rounding;
    if (value->kind != JSON_TEXT || !id_parse(value->text, &id))
        return false;
    *out = id.value;
    return true;
}

static bool
truth_number(const struct json *value, enum rounding rounding, int64_t *out)
{
    (void)rounding;
    if (value->kind != JSON_BOOL)
        return false;
    *out = value->truth;
    return true;
}

static bool (*const number_of[])(const struct json *, enum rounding,
                                 int64_t *) = {
    [FIELD_NUMBER] = whole_number,
    [FIELD_TIME] = time_number,
    [FIELD_ID] = id_number,
    [FIELD_BOOL] = truth_number,
};

static bool
one_number(const struct condition_term *t, enum rounding rounding, int64_t *out)
{
    if (t->value == NULL)
        return missing(t);
    return number_of[t->field->kind](t->value, rounding, out) ||
           wants_one(t, t->at);
}

static bool
set_range(struct condition *c, int64_t low, int64_t high)
{
    c->range.low = low;
    c->range.high = high;
    return true;
}

/* No number is above the largest or below the smallest. */
static bool
set_empty_range(struct condition *c)
{
    return set_range(c, 1, 0);
}

bool
condition_value_number(const struct condition_term *t, struct condition *c)
{
    int64_t n;

    return one_number(t, REFUSE, &n) && set_range(c, n, n);
}

bool
condition_value_from(const struct condition_term *t, struct condition *c)
{
    int64_t n;

    return one_number(t, UP, &n) && set_range(c, n, INT64_MAX);
}

bool
condition_value_above(const struct condition_term *t, struct condition *c)
{
    int64_t n;

    if (!one_number(t, DOWN, &n))
        return false;
    return n == INT64_MAX ? set_empty_range(c) : set_range(c, n + 1, INT64_MAX);
}

bool
condition_value_to(const struct condition_term *t, struct condition *c)
{
    int64_t n;

    return one_number(t, DOWN, &n) && set_range(c, INT64_MIN, n);
}

bool
condition_value_below(const struct condition_term *t, struct condition *c)
{
    int64_t n;

    if (!one_number(t, UP, &n))
        return false;
    return n == INT64_MIN ? set_empty_range(c) : set_range(c, INT64_MIN, n - 1);
}

/* 0.2 to 0.8 rounds to the empty range of 1 to 0, and is in order. */
static bool
in_order(const struct json *low, const struct json *high, int64_t a, int64_t b)
{
    double x, y;

    if (low->kind == JSON_REAL || high->kind == JSON_REAL)
        return json_number(low, &x) && json_number(high, &y) && x <= y;
    return a <= b;
}

bool
condition_value_pair(const struct condition_term *t, struct condition *c)
{
    const struct json *value = t->value;
    int64_t low, high;

    if (value == NULL)
        return fail_at(t->w, t->at, "missing_value",
                       "%s needs a \"value\" of two, such as %s.", t->op->name,
                       words[t->field->kind].examples);
    if (value->kind != JSON_ARRAY || value->array.count != 2)
        return fail_at(t->w, t->at, "wrong_value",
                       "%s takes two values, the lower one first, such as %s.",
                       t->op->name, words[t->field->kind].examples);

    const struct json *items = value->array.items;
    bool ok = number_of[t->field->kind](&items[0], UP, &low) ||
              wants_one(t, item_at(t, 0));
    ok &= number_of[t->field->kind](&items[1], DOWN, &high) ||
          wants_one(t, item_at(t, 1));
    if (!ok)
        return false;
    if (!in_order(&items[0], &items[1], low, high))
        return fail_at(t->w, t->at, "wrong_order",
                       "Nothing lies between these two: the lower one comes "
                       "first.");
    return set_range(c, low, high);
}

static int
by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

bool
condition_value_numbers(const struct condition_term *t, struct condition *c)
{
    bool ok = true;

    if (!check_list(t))
        return false;

    size_t count = t->value->array.count;
    int64_t *numbers = ARENA_ARRAY(t->w->arena, int64_t, count);
    for (size_t i = 0; i < count; i++)
        ok &= number_of[t->field->kind](&t->value->array.items[i], REFUSE,
                                        &numbers[i]) ||
              wants_one(t, item_at(t, i));
    qsort(numbers, count, sizeof *numbers, by_number);
    c->numbers.items = numbers;
    c->numbers.count = (int)count;
    return ok;
}

/* ---- A stretch of time ---- */

static const struct {
    const char *name;
    char letter;
    int64_t ms;
} units[] = {
    { "days", 'd', INT64_C(86400000) },
    { "hours", 'h', INT64_C(3600000) },
    { "minutes", 'm', INT64_C(60000) },
};
enum { UNITS = sizeof units / sizeof units[0], DAYS_MAX = 36500 };

/* {"days": 7} */
static bool
last_of_object(const struct json *value, int64_t *count, int *unit)
{
    if (value->object.count != 1 ||
        value->object.members[0].value.kind != JSON_INTEGER)
        return false;
    *count = value->object.members[0].value.integer;
    for (*unit = 0; *unit < UNITS; (*unit)++)
        if (str_is(value->object.members[0].name, units[*unit].name))
            return true;
    return false;
}

/* "7d" */
static bool
last_of_text(struct str s, int64_t *count, int *unit)
{
    if (s.bytes < 2 || !str_to_int64(str_slice(s, 0, s.bytes - 1), count))
        return false;
    for (*unit = 0; *unit < UNITS; (*unit)++)
        if (s.data[s.bytes - 1] == units[*unit].letter)
            return true;
    return false;
}

bool
condition_value_last(const struct condition_term *t, struct condition *c)
{
    const struct json *value = t->value;
    int64_t count = 0;
    int unit = 0;

    bool ok =
        value != NULL &&
        ((value->kind == JSON_OBJECT && last_of_object(value, &count, &unit)) ||
         (value->kind == JSON_TEXT &&
          last_of_text(value->text, &count, &unit)));
    if (!ok || count < 1 || count > DAYS_MAX * units[0].ms / units[unit].ms)
        return fail_at(t->w, t->at, "wrong_value",
                       "%s takes a stretch of time of at most %d days, such "
                       "as {\"days\": 7}, {\"hours\": 2} or \"30m\".",
                       t->op->name, DAYS_MAX);
    c->last_ms = count * units[unit].ms;
    return true;
}
