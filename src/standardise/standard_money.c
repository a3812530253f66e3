/*
 * standard_money: see standard_money.h. An amount is a sign, a currency, a
 * number with its units, and perhaps the currency behind it.
 */
#include "src/standardise/standard_money.h"

#include "src/standardise/standard_currency.h"
#include "src/standardise/standard_number.h"
#include "src/standardise/standard_unicode.h"

enum { GIVEN_BYTES_MAX = 200, MICRO = 1000000 };

/* What the text says, before it is in any currency's units. */
struct amount {
    struct standard_decimal value;
    bool negative;
    bool korean;       /* counted in 만 and 억 */
    bool has_unit;     /* K, million, 만: a dot is a decimal point then */
    struct str before; /* currency in front, or none */
    struct str behind; /* what is left behind the number */
};

static bool read_amount(struct str, struct amount *);
static bool find_currency(struct arena *, const struct amount *,
                          struct str usual, struct standard_currency *,
                          const struct standard_reason **why);
static bool to_minor(const struct amount *, int exponent,
                     struct standard_money *);

static const struct standard_reason UNREADABLE = {
    "money_unreadable",
    "This is no amount of money; $1,234.50 or 300만원 would be one."
};
static const struct standard_reason NO_CURRENCY = {
    "money_no_currency", "The amount has no currency, and none is set."
};
static const struct standard_reason TWO = {
    "money_two_currencies", "The amount names two different currencies."
};
static const struct standard_reason AMBIGUOUS = {
    "money_ambiguous",
    "The dot may part decimals or thousands; write 1,234 or 1.23."
};
static const struct standard_reason TOO_LARGE = { "money_too_large",
                                                  "The amount is too large." };

bool
standard_money(struct arena *arena, struct str given, struct str usual,
               struct standard_money *out)
{
    struct standard_currency currency;
    struct amount amount;

    *out = (struct standard_money){ .why = &UNREADABLE };
    if (given.bytes > GIVEN_BYTES_MAX)
        return false;
    if (!read_amount(str_trim(standard_compat(arena, given)), &amount) ||
        !find_currency(arena, &amount, usual, &currency, &out->why))
        return false;

    out->why = &AMBIGUOUS;
    if (amount.value.dot_may_group && !amount.has_unit && currency.exponent < 3)
        return false;
    out->why = &TOO_LARGE;
    if (!to_minor(&amount, currency.exponent, out))
        return false;
    out->currency = currency.code;
    out->exponent = currency.exponent;
    out->why = NULL;
    return true;
}

/* --- reading ------------------------------------------------------------ */

struct unit {
    struct str text;
    int power; /* of ten */
};

static const struct unit suffixes[] = {
    { STR_INIT("thousand"), 3 }, { STR_INIT("million"), 6 },
    { STR_INIT("billion"), 9 },  { STR_INIT("trillion"), 12 },
    { STR_INIT("mil"), 6 },      { STR_INIT("mio"), 6 },
    { STR_INIT("mln"), 6 },      { STR_INIT("mm"), 6 },
    { STR_INIT("mn"), 6 },       { STR_INIT("bn"), 9 },
    { STR_INIT("k"), 3 },        { STR_INIT("m"), 6 },
    { STR_INIT("b"), 9 },
};

static const struct unit korean_digits[] = {
    { STR_INIT("일"), 1 }, { STR_INIT("이"), 2 }, { STR_INIT("삼"), 3 },
    { STR_INIT("사"), 4 }, { STR_INIT("오"), 5 }, { STR_INIT("육"), 6 },
    { STR_INIT("칠"), 7 }, { STR_INIT("팔"), 8 }, { STR_INIT("구"), 9 },
};

static const struct unit small_units[] = { { STR_INIT("십"), 1 },
                                           { STR_INIT("백"), 2 },
                                           { STR_INIT("천"), 3 } };

static const struct unit big_units[] = { { STR_INIT("만"), 4 },
                                         { STR_INIT("억"), 8 },
                                         { STR_INIT("조"), 12 } };

#define TAKE(rest, table) take(rest, table, sizeof(table) / sizeof *(table))

/* The unit at the front, taken off; NULL when there is none. */
static const struct unit *
take(struct str *rest, const struct unit *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!str_starts(*rest, table[i].text))
            continue;
        *rest = str_slice(*rest, table[i].text.bytes, rest->bytes);
        return &table[i];
    }
    return NULL;
}

static bool
add(struct standard_decimal *to, const struct standard_decimal *more)
{
    if (__builtin_add_overflow(to->whole, more->whole, &to->whole))
        return false;
    to->micro += more->micro;
    to->rounded |= more->rounded;
    to->dot_may_group |= more->dot_may_group;
    if (to->micro < MICRO)
        return true;
    to->micro -= MICRO;
    return !__builtin_add_overflow(to->whole, 1, &to->whole);
}

static bool
is_zero(const struct standard_decimal *d)
{
    return d->whole == 0 && d->micro == 0;
}

/*
 * A number and Korean units, as often as they come: 1억 2천3백만. `section`
 * is what the next 만 or 억 multiplies; a unit alone counts one of it. Units
 * must fall: 만 may not stand before 억.
 */
static bool
read_parts(struct str *rest, struct amount *out)
{
    struct standard_decimal section = { 0 };
    const struct standard_decimal one = { .whole = 1 };
    int last_power = 16;

    for (int parts = 0;; parts++) {
        struct standard_decimal part = { 0 };
        const struct unit *digit = NULL, *small, *big;
        bool number = standard_decimal_read(rest, &part);

        if (!number && (digit = TAKE(rest, korean_digits)) != NULL)
            part.whole = digit->power;
        number |= digit != NULL;
        while (rest->bytes > 0 && rest->data[0] == ' ')
            *rest = str_slice(*rest, 1, rest->bytes);
        small = TAKE(rest, small_units);
        if (small != NULL) {
            part = number ? part : one;
            number = true;
            if (!standard_decimal_scale(&part, small->power))
                return false;
        }
        if (!add(&section, &part))
            return false;
        big = TAKE(rest, big_units);
        out->korean |= small != NULL || big != NULL;
        if (big != NULL) {
            section = is_zero(&section) && !number ? one : section;
            if (big->power >= last_power ||
                !standard_decimal_scale(&section, big->power) ||
                !add(&out->value, &section))
                return false;
            last_power = big->power;
            section = (struct standard_decimal){ 0 };
        }
        while (out->korean && rest->bytes > 0 && rest->data[0] == ' ')
            *rest = str_slice(*rest, 1, rest->bytes);
        if (!number && big == NULL)
            return parts > 0 && add(&out->value, &section);
        if (!out->korean && digit == NULL) {
            out->value = section;
            return true;
        }
    }
}

static bool
is_word_end(struct str s)
{
    char c = s.bytes == 0 ? ' ' : s.data[0];

    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
}

/* "K", "million"; false when the amount gets too large. */
static bool
read_suffix(struct str *rest, struct amount *out)
{
    struct str s = str_trim(*rest);

    out->has_unit = out->korean;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        struct str text = suffixes[i].text;
        struct str after = str_slice(s, text.bytes, s.bytes);
        if (!str_equal_ascii_case(str_slice(s, 0, text.bytes), text) ||
            !is_word_end(after))
            continue;
        out->has_unit = true;
        *rest = after;
        return standard_decimal_scale(&out->value, suffixes[i].power);
    }
    return true;
}

/* A sign anywhere before the number: "-$5", "$-5". */
static struct str
without_sign(struct str s, bool *negative)
{
    static const struct str minuses[] = { STR_INIT("-"), STR_INIT("\u2212") };

    s = str_trim(s);
    for (size_t i = 0; i < sizeof minuses / sizeof *minuses; i++) {
        if (str_starts(s, minuses[i]))
            s = str_slice(s, minuses[i].bytes, s.bytes);
        else if (str_ends(s, minuses[i]))
            s = str_slice(s, 0, s.bytes - minuses[i].bytes);
        else
            continue;
        *negative = !*negative;
        return str_trim(s);
    }
    if (str_starts(s, STR("+")))
        s = str_slice(s, 1, s.bytes);
    return str_trim(s);
}

static size_t
first_digit(struct str s)
{
    for (size_t i = 0; i < s.bytes; i++) {
        char c = s.data[i];
        if ((c >= '0' && c <= '9') ||
            (c == '.' && i + 1 < s.bytes && s.data[i + 1] >= '0' &&
             s.data[i + 1] <= '9'))
            return i;
    }
    return 0; /* Korean numerals, or nothing to read */
}

static bool
read_amount(struct str s, struct amount *out)
{
    *out = (struct amount){ .before = STR_NONE };
    if (s.bytes > 2 && s.data[0] == '(' && s.data[s.bytes - 1] == ')') {
        s = str_trim(str_slice(s, 1, s.bytes - 1)); /* bookkeepers' minus */
        out->negative = true;
    }

    size_t at = first_digit(s);
    struct str rest = str_slice(s, at, s.bytes);
    out->before = without_sign(str_slice(s, 0, at), &out->negative);
    if (at == 0)
        rest = without_sign(rest, &out->negative);
    if (!read_parts(&rest, out) || !read_suffix(&rest, out))
        return false;
    out->behind = str_trim(rest);
    return true;
}

/* --- currency ----------------------------------------------------------- */

static bool
find_currency(struct arena *arena, const struct amount *amount,
              struct str usual, struct standard_currency *out,
              const struct standard_reason **why)
{
    struct standard_currency behind;
    bool has_behind = amount->behind.bytes > 0;

    *why = &UNREADABLE;
    if (has_behind && !standard_currency(arena, amount->behind, usual, &behind))
        return false;
    if (amount->before.bytes > 0) {
        struct str hint = has_behind ? behind.code : usual; /* "$5 CAD" */
        if (!standard_currency(arena, amount->before, hint, out))
            return false;
        *why = &TWO;
        return !has_behind || str_equal(out->code, behind.code);
    }
    if (has_behind) {
        *out = behind;
        return true;
    }
    *why = &NO_CURRENCY;
    if (usual.bytes == 0 && amount->korean)
        usual = STR("KRW");
    return standard_currency(arena, usual, usual, out);
}

/* Half a minor unit is rounded away from zero. */
static bool
to_minor(const struct amount *amount, int exponent, struct standard_money *out)
{
    struct standard_decimal d = amount->value;

    if (!standard_decimal_scale(&d, exponent))
        return false;
    out->rounded = d.rounded || d.micro != 0;
    if (d.micro >= MICRO / 2 && __builtin_add_overflow(d.whole, 1, &d.whole))
        return false;
    out->minor = amount->negative ? -d.whole : d.whole;
    return true;
}
