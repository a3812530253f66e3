/* standard_number: see standard_number.h. */
#include "src/standardise/standard_number.h"

#include "src/standardise/standard_unicode.h"

enum { GIVEN_BYTES_MAX = 200, MICRO = 1000000, MICRO_DIGITS = 6 };

static const struct standard_reason NOT_A_NUMBER = {
    "number_unreadable", "This is no number; 1,234.5 would be one."
};

/* What was found between and around the digits of one number. */
struct layout {
    size_t bytes; /* of the number as a whole */
    size_t first; /* digits before the first mark, 0: no mark at all */
    size_t last;  /* digits behind the last mark */
    int dots, commas, others;
    char last_mark;
    bool groups_fit;    /* between marks 2 or 3 digits, at the end 3 */
    size_t decimals_at; /* offset of the mark before the decimals, or bytes */
};

static size_t
digits_from(struct str s, size_t at)
{
    size_t n = 0;

    while (at + n < s.bytes && char_is_digit(s.data[at + n]))
        n++;
    return n;
}

/* A mark belongs to the number when digits follow; a blank or an apostrophe
 * only when exactly three do. */
static bool
is_mark(struct str s, size_t at)
{
    char c = at < s.bytes ? s.data[at] : '\0';
    size_t behind = digits_from(s, at + 1);

    if (c == '.' || c == ',')
        return behind > 0;
    return (c == ' ' || c == '\'') && behind == 3 && at > 0 && at <= 15;
}

static struct layout
look(struct str s)
{
    struct layout l = { .groups_fit = true };
    size_t at = digits_from(s, 0);
    int marks = 0;

    l.first = at;
    l.last = at;
    for (; is_mark(s, at); marks++) {
        if (marks > 0 && (l.last < 2 || l.last > 3))
            l.groups_fit = false;
        l.last_mark = s.data[at];
        l.dots += l.last_mark == '.';
        l.commas += l.last_mark == ',';
        l.others += l.last_mark == ' ' || l.last_mark == '\'';
        l.decimals_at = at;
        l.last = digits_from(s, at + 1);
        at += 1 + l.last;
    }
    l.bytes = at;
    if (marks == 0)
        l.decimals_at = at;
    return l;
}

/* Whether the last mark stands before decimals. */
static bool
has_decimals(const struct layout *l, bool leading_zero)
{
    int same = l->last_mark == '.' ? l->dots : l->commas;
    bool group_shape =
        l->last == 3 && l->first >= 1 && l->first <= 3 && !leading_zero;

    if ((l->last_mark != '.' && l->last_mark != ',') || same > 1)
        return false;
    if (l->dots + l->commas + l->others > 1)
        return true; /* the others group, and this one is alone of its kind */
    return l->last_mark == '.' || !group_shape;
}

static bool
add_digit(int64_t *n, char digit)
{
    return !__builtin_mul_overflow(*n, 10, n)
        && !__builtin_add_overflow(*n, digit - '0', n);
}

static void
read_micro(struct str decimals, struct standard_decimal *out)
{
    for (size_t i = 0; i < MICRO_DIGITS; i++)
        out->micro =
            out->micro * 10 + (i < decimals.bytes ? decimals.data[i] - '0' : 0);
    for (size_t i = MICRO_DIGITS; i < decimals.bytes; i++)
        out->rounded |= decimals.data[i] != '0';
}

bool
standard_decimal_read(struct str *rest, struct standard_decimal *out)
{
    struct layout l = look(*rest);
    bool leading_zero = rest->bytes > 0 && rest->data[0] == '0';
    bool decimals = has_decimals(&l, leading_zero);
    int marks = l.dots + l.commas + l.others;

    *out = (struct standard_decimal){ 0 };
    if (l.bytes == 0 || !l.groups_fit)
        return false;
    if (!decimals && marks > 0 && (l.last != 3 || l.first > 3 || l.first == 0))
        return false;
    if (!decimals)
        l.decimals_at = l.bytes;
    for (size_t i = 0; i < l.decimals_at; i++)
        if (char_is_digit(rest->data[i])
            && !add_digit(&out->whole, rest->data[i]))
            return false;
    if (decimals)
        read_micro(str_slice(*rest, l.decimals_at + 1, l.bytes), out);
    out->dot_may_group = decimals && marks == 1 && l.last_mark == '.'
                      && l.last == 3 && l.first >= 1 && l.first <= 3
                      && !leading_zero;
    *rest = str_slice(*rest, l.bytes, rest->bytes);
    return true;
}

bool
standard_decimal_scale(struct standard_decimal *d, int power)
{
    int64_t factor = 1;

    for (int i = 0; i < power; i++)
        factor *= 10;
    int64_t micro = d->micro * factor;
    if (__builtin_mul_overflow(d->whole, factor, &d->whole)
        || __builtin_add_overflow(d->whole, micro / MICRO, &d->whole))
        return false;
    d->micro = (int32_t)(micro % MICRO);
    return true;
}

bool
standard_number(struct arena *arena, struct str given,
                struct standard_number *out)
{
    struct standard_decimal d;

    *out = (struct standard_number){ .why = &NOT_A_NUMBER };
    if (given.bytes > GIVEN_BYTES_MAX)
        return false;

    struct str s = str_trim(standard_compat(arena, given));
    bool negative = str_starts(s, STR("-")) || str_starts(s, STR("\u2212"));
    if (negative)
        s = str_slice(s, s.data[0] == '-' ? 1 : 3, s.bytes);
    else if (str_starts(s, STR("+")))
        s = str_slice(s, 1, s.bytes);
    if (!standard_decimal_read(&s, &d) || s.bytes > 0)
        return false;

    out->whole = negative ? -d.whole : d.whole;
    out->value = (double)d.whole + (double)d.micro / MICRO;
    if (negative)
        out->value = -out->value;
    out->is_whole = d.micro == 0 && !d.rounded;
    out->why = NULL;
    return true;
}
