/*
 * standard_phone: see standard_phone.h.
 *
 * libphonenumber takes 15 to 50 us for a text. Two ways around it: a number
 * that is E.164 already is only checked, not searched for; and what a thread
 * has read before is remembered.
 */
#include "src/standardise/standard_phone.h"

#include <string.h>

#include "lib/base/hash.h"
#include "lib/base/text.h"
#include "src/standardise/phone_shim.h"
#include "src/standardise/standard_unicode.h"

enum {
    GIVEN_BYTES_MAX = 250, /* the library's own limit */
    REGION_BYTES = 2,
    PLUS_DIGITS_MIN = 10,  /* fewer are no country code and number */
    PLUS_DIGITS_SURE = 12, /* so many are hardly anything else */
    E164_DIGITS_MIN = 8,
    E164_DIGITS_MAX = 15,
    GIVEN_DIGITS_MIN = 6,     /* fewer say nothing when they cannot be read */
    DIFFERENT_DIGITS_MIN = 3, /* fewer fill a field, and are no number */
};

static void read_cached(struct str text, const char *region,
                        struct phone_shim_number *);
static void read_number(struct str text, const char *region,
                        struct phone_shim_number *);
static bool read_e164(struct str text, struct phone_shim_number *);
static bool plus_forgotten(struct arena *, struct str text,
                           struct phone_shim_number *);
static const struct standard_reason *
reason_of(const struct phone_shim_number *);
static bool is_filler(struct str digits);
static struct str digits_of(struct arena *, struct str given);

static const struct standard_reason EMPTY = { "phone_missing",
                                              "There is no telephone number." };
static const struct standard_reason TEXT_LONG = {
    "phone_text_too_long", "The text is too long to be one telephone number."
};
static const struct standard_reason IMPOSSIBLE = {
    "phone_impossible",
    "No telephone number of that country has so many or so few digits."
};
static const struct standard_reason UNASSIGNED = {
    "phone_unassigned",
    "The number has a possible length but is in no range known to be in use."
};
static const struct standard_reason FAULTS[] = {
    [PHONE_NOT_A_NUMBER] = { "phone_not_a_number",
                             "This does not look like a telephone number." },
    [PHONE_NO_COUNTRY] = { "phone_no_country",
                           "The number has no known country code, and no "
                           "country is set for this source." },
    [PHONE_TOO_SHORT] = { "phone_too_short",
                          "The telephone number is too short." },
    [PHONE_TOO_LONG] = { "phone_too_long",
                         "The telephone number is too long." },
    [PHONE_LIBRARY_FAILED] = { "phone_unreadable",
                               "The telephone number could not be read." },
};

static struct str
some(struct arena *arena, const char *text)
{
    return text[0] == '\0' ? STR_NONE : arena_str(arena, str_of(text));
}

bool
standard_phone(struct arena *arena, struct str given, struct str region,
               struct standard_phone *out)
{
    struct phone_shim_number number;
    const char *from = "ZZ";

    *out = (struct standard_phone){ .given = str_trim(given) };
    out->why = out->given.bytes == 0              ? &EMPTY
             : out->given.bytes > GIVEN_BYTES_MAX ? &TEXT_LONG
                                                  : NULL;
    if (out->why != NULL)
        return false;
    if (region.bytes == REGION_BYTES)
        from = arena_cstr(arena, region);

    read_cached(out->given, from, &number);
    out->guessed_plus = plus_forgotten(arena, out->given, &number);
    out->why = reason_of(&number);
    out->is_valid = out->why == NULL;
    if (number.fault != PHONE_READ)
        return false;

    out->extension = some(arena, number.extension);
    out->region = some(arena, number.region);
    if (!number.is_possible && !number.is_valid)
        return false;
    out->e164 = some(arena, number.e164);
    if (number.is_valid || !is_filler(digits_of(arena, out->given)))
        out->key = standard_phone_key(arena, out->e164, out->extension);
    return out->is_valid;
}

static const struct standard_reason *
reason_of(const struct phone_shim_number *number)
{
    if (number->fault != PHONE_READ)
        return &FAULTS[number->fault];
    if (number->is_valid)
        return NULL;
    return number->is_possible ? &UNASSIGNED : &IMPOSSIBLE;
}

/*
 * What this thread read last. A small table per thread needs no lock; it is
 * the one mutable thing here, and can only repeat what the library said.
 */
enum { CACHE_SLOTS = 512, CACHE_TEXT_MAX = 40 };

struct cache_slot {
    char text[CACHE_TEXT_MAX];
    char region[REGION_BYTES];
    uint8_t bytes; /* 0: empty */
    struct phone_shim_number number;
};

static _Thread_local struct cache_slot cache[CACHE_SLOTS];

static void
read_cached(struct str text, const char *region, struct phone_shim_number *out)
{
    int64_t kind = (unsigned char)region[0] << 8 | (unsigned char)region[1];

    if (text.bytes > CACHE_TEXT_MAX) {
        read_number(text, region, out);
        return;
    }

    struct cache_slot *slot =
        &cache[(uint64_t)hash_key(kind, text) % CACHE_SLOTS];
    if (slot->bytes == text.bytes
        && memcmp(slot->region, region, REGION_BYTES) == 0
        && memcmp(slot->text, text.data, text.bytes) == 0) {
        *out = slot->number;
        return;
    }

    read_number(text, region, out);
    memcpy(slot->text, text.data, text.bytes);
    memcpy(slot->region, region, REGION_BYTES);
    slot->bytes = (uint8_t)text.bytes;
    slot->number = *out;
}

static void
read_number(struct str text, const char *region, struct phone_shim_number *out)
{
    if (!read_e164(text, out))
        phone_shim_read(text.data, text.bytes, region, out);
}

/* The digits behind a +, or none when there is anything else. */
static struct str
e164_digits(struct str s)
{
    if (s.bytes < E164_DIGITS_MIN + 1 || s.bytes > E164_DIGITS_MAX + 1
        || s.data[0] != '+')
        return STR_NONE;
    for (size_t i = 1; i < s.bytes; i++)
        if (s.data[i] < '0' || s.data[i] > '9')
            return STR_NONE;
    return str_slice(s, 1, s.bytes);
}

/*
 * The fast way, taken only when it finds a valid number: what is not valid
 * as it stands may still be one once a trunk prefix is off, and leading
 * zeros (Italy) are the library's to judge.
 */
static bool
read_e164(struct str text, struct phone_shim_number *out)
{
    struct str digits = e164_digits(text);
    int code = 0;
    size_t at = 0;
    int64_t national;

    if (digits.data == NULL || digits.data[0] == '0')
        return false;
    do {
        code = code * 10 + (digits.data[at++] - '0');
    } while (at < 3 && !phone_shim_has_country_code(code));

    struct str rest = str_slice(digits, at, digits.bytes);
    if (rest.data[0] == '0' || !str_to_int64(rest, &national))
        return false;
    phone_shim_check(code, (uint64_t)national, out);
    return out->fault == PHONE_READ && out->is_valid;
}

/*
 * A country code without its +: "5511961234567", or behind 00, which is how
 * most of the world dials it, also where that leads nowhere (Korea dials 001
 * and the like): "0082 10 1234 5678". Not tried for a shorter
 * number that is possible where it was dialled from: "4155501234" must not
 * become a Swiss number because no such American one is given out.
 */
static bool
plus_forgotten(struct arena *arena, struct str text,
               struct phone_shim_number *number)
{
    struct text with_plus = text_new(arena);
    struct phone_shim_number again;
    bool zeros = str_starts(text, STR("00"));
    struct str rest = zeros ? str_slice(text, 2, text.bytes) : text;
    bool doubtful = number->is_possible && !zeros;
    int digits = 0;

    if (number->is_valid)
        return false;
    for (size_t i = 0; i < rest.bytes; i++) {
        char c = rest.data[i];
        if (c == '+' || (digits == 0 && c == '0'))
            return false;
        digits += c >= '0' && c <= '9';
    }
    if (digits < (doubtful ? PLUS_DIGITS_SURE : PLUS_DIGITS_MIN))
        return false;

    text_add_char(&with_plus, '+');
    text_add(&with_plus, rest);
    read_cached(text_str(&with_plus), "ZZ", &again);
    if (again.fault != PHONE_READ || !again.is_valid)
        return false;
    *number = again;
    return true;
}

/* One country's habit of writing one number in two ways. */
struct variant {
    struct str prefix;   /* of the number, with what comes off or goes on */
    size_t digits;       /* in the whole number, without + */
    size_t at;           /* where, counted from the + */
    size_t remove;       /* digits taken off there */
    const char *add;     /* put in there */
    const char *if_next; /* only when this digit stands there; NULL: always */
};

static const struct variant variants[] = {
    { STR_INIT("+521"), 13, 3, 1, "", NULL },   /* mobile 1, till 2019 */
    { STR_INIT("+549"), 13, 3, 1, "", NULL },   /* mobile 9 from abroad */
    { STR_INIT("+55"), 12, 5, 0, "9", "6789" }, /* mobiles before 2016 */
};

static const struct variant *
variant_of(struct str e164)
{
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        const struct variant *v = &variants[i];
        if (e164.bytes != v->digits + 1 || !str_starts(e164, v->prefix))
            continue;
        if (v->if_next == NULL || strchr(v->if_next, e164.data[v->at]))
            return v;
    }
    return NULL;
}

struct str
standard_phone_key(struct arena *arena, struct str e164, struct str extension)
{
    const struct variant *v = variant_of(e164);
    struct text key = text_new(arena);

    if (v == NULL && extension.bytes == 0)
        return e164;
    if (v == NULL) {
        text_add(&key, e164);
    } else {
        text_add(&key, str_slice(e164, 0, v->at));
        text_add_cstr(&key, v->add);
        text_add(&key, str_slice(e164, v->at + v->remove, e164.bytes));
    }
    if (extension.bytes > 0) {
        text_add_cstr(&key, ";ext=");
        text_add(&key, extension);
    }
    return text_str(&key);
}

static int
count_different(struct str digits)
{
    unsigned seen = 0;

    for (size_t i = 0; i < digits.bytes; i++)
        seen |= 1u << (digits.data[i] - '0');
    return __builtin_popcount(seen);
}

/* 1234567, 987654; 0 follows 9. */
static bool
counts_on(struct str digits, int step)
{
    for (size_t i = 1; i < digits.bytes; i++)
        if ((digits.data[i] - digits.data[i - 1] - step) % 10 != 0)
            return false;
    return true;
}

/* As people type to fill a field: 0000000, 1234567. */
static bool
is_filler(struct str digits)
{
    return count_different(digits) < DIFFERENT_DIGITS_MIN
        || counts_on(digits, 1) || counts_on(digits, -1);
}

static struct str
digits_of(struct arena *arena, struct str given)
{
    struct str plain = standard_compat(arena, given);
    struct text digits = text_new(arena);

    for (size_t i = 0; i < plain.bytes; i++)
        if (char_is_digit(plain.data[i]))
            text_add_char(&digits, plain.data[i]);
    return text_str(&digits);
}

struct str
standard_phone_given_key(struct arena *arena, struct str given)
{
    struct str digits = digits_of(arena, given);

    if (digits.bytes < GIVEN_DIGITS_MIN || is_filler(digits))
        return STR_NONE;
    return arena_format(arena, "given %.*s", STR_ARG(digits));
}
