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
    bool too_large;    /* `value` is not to be used */
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
    if (!read_amount(str_trim(standard_compat(arena, given)), &amount)
        || !find_currency(arena, &amount, usual, &currency, &out->why))
        return false;

    out->why = &AMBIGUOUS;
    if (amount.value.dot_may_group && !amount.has_unit && currency.exponent < 3)
        return false;
    out->why = &TOO_LARGE;
    if (amount.too_large || !to_minor(&amount, currency.exponent, out))
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

static void
skip_blanks(struct str *rest)
{
    while (rest->bytes > 0 && rest->data[0] == ' ')
        *rest = str_slice(*rest, 1, rest->bytes);
}

/* What the next big unit multiplies: 2천3백 in 2천3백만. */
struct section {
    struct standard_decimal value;
    bool ended; /* by a number without a small unit: none may follow it */
};

/* "3", "삼", "3천" or "천" into the section; false when there is none. */
static bool
read_small(struct str *rest, struct amount *out, struct section *section)
{
    struct standard_decimal part = { 0 };
    bool found = !section->ended && standard_decimal_read(rest, &part);
    const struct unit *digit =
        found || section->ended ? NULL : TAKE(rest, korean_digits);

    if (digit != NULL)
        part.whole = digit->power;
    found |= digit != NULL;
    skip_blanks(rest);

    const struct unit *small = section->ended ? NULL : TAKE(rest, small_units);
    if (!found)
        part.whole = small != NULL;
    section->ended |= found && small == NULL;
    out->korean |= digit != NULL || small != NULL;
    if ((small != NULL && !standard_decimal_scale(&part, small->power))
        || !add(&section->value, &part))
        out->too_large = true;
    return found || small != NULL;
}

/*
 * A number and Korean units, as often as they come: 1억 2천3백만. A unit
 * alone counts one of it. Units must fall: 만 may not stand before 억.
 */
static bool
read_parts(struct str *rest, struct amount *out)
{
    struct section section = { 0 };
    int last_power = 16;
    bool any = false;

    for (;;) {
        bool found = read_small(rest, out, &section);
        const struct unit *big = TAKE(rest, big_units);
        if (!found && big == NULL)
            break;
        any = true;
        out->korean |= big != NULL;
        if (!out->korean)
            break;
        if (big != NULL) {
            if (big->power >= last_power)
                return false;
            if (!found && is_zero(&section.value))
                section.value.whole = 1;
            if (!standard_decimal_scale(&section.value, big->power)
                || !add(&out->value, &section.value))
                out->too_large = true;
            last_power = big->power;
            section = (struct section){ 0 };
        }
        skip_blanks(rest);
    }
    if (!add(&out->value, &section.value))
        out->too_large = true;
    return any;
}

static bool
is_word_end(struct str s)
{
    char c = s.bytes == 0 ? ' ' : s.data[0];

    return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'));
}

/* "K", "million" behind the number. */
static void
read_suffix(struct str *rest, struct amount *out)
{
    struct str s = str_trim(*rest);

    out->has_unit = out->korean;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        struct str text = suffixes[i].text;
        struct str after = str_slice(s, text.bytes, s.bytes);
        if (!str_equal_ascii_case(str_slice(s, 0, text.bytes), text)
            || !is_word_end(after))
            continue;
        out->has_unit = true;
        *rest = after;
        if (!standard_decimal_scale(&out->value, suffixes[i].power))
            out->too_large = true;
        return;
    }
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
        if ((c >= '0' && c <= '9')
            || (c == '.' && i + 1 < s.bytes && s.data[i + 1] >= '0'
                && s.data[i + 1] <= '9'))
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
    if (!read_parts(&rest, out))
        return false;
    read_suffix(&rest, out);
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

/* Half a unit is rounded away from zero. */
static bool
to_units(const struct amount *amount, int exponent, int64_t *units,
         bool *rounded)
{
    struct standard_decimal d = amount->value;

    if (!standard_decimal_scale(&d, exponent))
        return false;
    *rounded = d.rounded || d.micro != 0;
    if (d.micro >= MICRO / 2 && __builtin_add_overflow(d.whole, 1, &d.whole))
        return false;
    *units = amount->negative ? -d.whole : d.whole;
    return true;
}

static bool
to_minor(const struct amount *amount, int exponent, struct standard_money *out)
{
    enum { FINE = 4 };

    return to_units(amount, exponent, &out->minor, &out->rounded)
        && to_units(amount, FINE, &out->fine, &out->fine_rounded);
}
