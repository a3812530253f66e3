/*
 * condition_number: values of terms about what a fact holds as one number:
 * numbers, times, ids, truths; and stretches of time. See condition_value.c
 * for the rest.
 */
#include <math.h>
#include <stdlib.h>

#include "lib/rules/condition_node.h"
#include "lib/time/zone.h"

/* What to do with a number between two that the field can hold. Nothing is
 * lost: at least 0.5 is at least 1, when there is nothing in between. */
enum rounding { REFUSE, UP, DOWN };

static int64_t
unit_of(const struct field *field)
{
    int64_t unit = 1;

    for (int i = 0; i < field->decimals; i++)
        unit *= 10;
    return unit;
}

/*
 * A real is the decimal number that was written: 1.15 is 115 hundredths,
 * though 1.15 * 100 is a little less. So the nearest whole number is tried,
 * and counts as equal when it gives the same real again.
 */
static bool
scale_real(double real, int64_t unit, enum rounding rounding, int64_t *out)
{
    double whole = round(real * (double)unit);
    double again = whole / (double)unit;

    if (again != real && rounding == REFUSE)
        return false;
    if (again > real && rounding == DOWN)
        whole -= 1;
    if (again < real && rounding == UP)
        whole += 1;
    if (!(whole >= -0x1p63 && whole < 0x1p63))
        return false;
    *out = (int64_t)whole;
    return true;
}

static bool
read_number(const struct field *field, const struct json *value,
            enum rounding rounding, int64_t *out)
{
    return json_decimal(value, field->decimals, out)
        || (value->kind == JSON_REAL
            && scale_real(value->real, unit_of(field), rounding, out));
}

static bool
read_time(const struct field *field, const struct json *value,
          enum rounding rounding, int64_t *out)
{
    enum { DAY_MS = 86400000 };
    int64_t days;

    (void)rounding;
    if (value->kind != JSON_TEXT)
        return false;
    if (!field->dates || !date_parse(value->text, &days))
        return time_parse(value->text, out);
    *out = days * DAY_MS;
    return true;
}

static bool
read_id(const struct field *field, const struct json *value,
        enum rounding rounding, int64_t *out)
{
    struct id id;

    (void)field;
    (void)rounding;
    if (value->kind != JSON_TEXT || !id_parse(value->text, &id))
        return false;
    *out = id.value;
    return true;
}

static bool
read_truth(const struct field *field, const struct json *value,
           enum rounding rounding, int64_t *out)
{
    (void)field;
    (void)rounding;
    if (value->kind != JSON_BOOL)
        return false;
    *out = value->truth;
    return true;
}

static bool (*const readers[])(const struct field *, const struct json *,
                               enum rounding, int64_t *) = {
    [FIELD_NUMBER] = read_number,
    [FIELD_TIME] = read_time,
    [FIELD_ID] = read_id,
    [FIELD_BOOL] = read_truth,
};

static bool
number_at(const struct condition_term *t, const struct json *value,
          struct str at, enum rounding rounding, int64_t *out)
{
    return readers[t->field->kind](t->field, value, rounding, out)
        || condition_wants_one(t, at);
}

static bool
one_number(const struct condition_term *t, enum rounding rounding, int64_t *out)
{
    if (t->value == NULL)
        return condition_value_missing(t);
    return number_at(t, t->value, t->at, rounding, out);
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
    int64_t n = 0;

    return one_number(t, REFUSE, &n) && set_range(c, n, n);
}

bool
condition_value_from(const struct condition_term *t, struct condition *c)
{
    int64_t n = 0;

    return one_number(t, UP, &n) && set_range(c, n, INT64_MAX);
}

bool
condition_value_above(const struct condition_term *t, struct condition *c)
{
    int64_t n = 0;

    if (!one_number(t, DOWN, &n))
        return false;
    return n == INT64_MAX ? set_empty_range(c) : set_range(c, n + 1, INT64_MAX);
}

bool
condition_value_to(const struct condition_term *t, struct condition *c)
{
    int64_t n = 0;

    return one_number(t, DOWN, &n) && set_range(c, INT64_MIN, n);
}

bool
condition_value_below(const struct condition_term *t, struct condition *c)
{
    int64_t n = 0;

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
                       condition_words_of(t).examples);
    if (value->kind != JSON_ARRAY || value->array.count != 2)
        return fail_at(t->w, t->at, "wrong_value",
                       "%s takes two values, the lower one first, such as %s.",
                       t->op->name, condition_words_of(t).examples);

    const struct json *items = value->array.items;
    bool ok = number_at(t, &items[0], condition_item_at(t, 0), UP, &low);
    ok &= number_at(t, &items[1], condition_item_at(t, 1), DOWN, &high);
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

    if (!condition_check_list(t))
        return false;

    size_t count = t->value->array.count;
    int64_t *numbers = ARENA_ARRAY(t->w->arena, int64_t, count);
    for (size_t i = 0; i < count; i++)
        ok &= number_at(t, &t->value->array.items[i], condition_item_at(t, i),
                        REFUSE, &numbers[i]);
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
    if (value->object.count != 1
        || value->object.members[0].value.kind != JSON_INTEGER)
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
        value != NULL
        && ((value->kind == JSON_OBJECT && last_of_object(value, &count, &unit))
            || (value->kind == JSON_TEXT
                && last_of_text(value->text, &count, &unit)));
    if (!ok || count < 1 || count > DAYS_MAX * units[0].ms / units[unit].ms)
        return fail_at(t->w, t->at, "wrong_value",
                       "%s takes a stretch of time of at most %d days, such "
                       "as {\"days\": 7}, {\"hours\": 2} or \"30m\".",
                       t->op->name, DAYS_MAX);
    c->last_ms = count * units[unit].ms;
    return true;
}
