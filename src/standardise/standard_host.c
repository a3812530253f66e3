/* standard_host: see standard_host.h. libidn2 is asked only for names that
 * are not plain ASCII; the others cost one pass. */
#include "src/standardise/standard_host.h"

#include <idn2.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "src/standardise/standard_unicode.h"

enum { HOST_BYTES_MAX = 253, LABEL_BYTES_MAX = 63 };

static bool check(struct str ascii, const struct standard_reason **why);
static bool with_unicode(struct arena *, struct str given,
                         struct standard_host *,
                         const struct standard_reason **why);

static const struct standard_reason EMPTY = { "domain_missing",
                                              "There is no domain." };
static const struct standard_reason LITERAL = {
    "domain_is_number",
    "An internet address in numbers is not taken; a domain name is needed."
};
static const struct standard_reason NO_DOT = {
    "domain_without_dot",
    "The domain has no dot; it should look like example.com."
};
static const struct standard_reason EMPTY_LABEL = {
    "domain_dot_misplaced",
    "The domain begins or ends with a dot, or has two dots in a row."
};
static const struct standard_reason LABEL_LONG = {
    "domain_part_too_long", "A part of the domain is longer than 63 characters."
};
static const struct standard_reason TOO_LONG = {
    "domain_too_long", "The domain is longer than 253 characters."
};
static const struct standard_reason HYPHEN = {
    "domain_hyphen_misplaced",
    "A part of the domain begins or ends with a hyphen."
};
static const struct standard_reason CHARACTER = {
    "domain_character", "The domain has a character that no domain may have."
};
static const struct standard_reason NOT_IDN = {
    "domain_not_international",
    "The domain is not a valid international domain name."
};

static struct str
lower_copy(struct arena *arena, struct str s)
{
    char *copy = arena_alloc(arena, s.bytes + 1);

    for (size_t i = 0; i < s.bytes; i++)
        copy[i] = char_lower(s.data[i]);
    return (struct str){ copy, s.bytes };
}

static bool
has_a_label(struct str s)
{
    return str_starts(s, STR("xn--")) || str_find(s, STR(".xn--")) >= 0;
}

bool
standard_host(struct arena *arena, struct str given, struct standard_host *out,
              const struct standard_reason **why)
{
    *out = (struct standard_host){ STR_NONE, STR_NONE };
    if (given.bytes == 0) {
        *why = &EMPTY;
        return false;
    }
    /* An A-label has at most 63 bytes for up to 4 bytes a character. */
    if (given.bytes > 4 * HOST_BYTES_MAX) {
        *why = &TOO_LONG;
        return false;
    }
    if (!str_is_ascii(given))
        return with_unicode(arena, given, out, why);

    struct str ascii = lower_copy(arena, given);
    if (!check(ascii, why))
        return false;
    /* A-labels are checked by decoding, and shown as they were given: a
     * decoded name could pass for another one. */
    if (has_a_label(ascii)) {
        struct standard_host ignored;
        char *decoded = NULL;
        if (idn2_to_unicode_8z8z(ascii.data, &decoded, 0) != IDN2_OK) {
            *why = &NOT_IDN;
            return false;
        }
        bool good = with_unicode(arena, str_of(decoded), &ignored, why);
        idn2_free(decoded);
        if (!good)
            return false;
    }
    out->ascii = ascii;
    out->shown = ascii;
    return true;
}

static struct str
taken(struct arena *arena, char *from_library)
{
    struct str s = arena_str(arena, str_of(from_library));

    idn2_free(from_library);
    return s;
}

static bool
with_unicode(struct arena *arena, struct str given, struct standard_host *out,
             const struct standard_reason **why)
{
    const int flags = IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT;
    const char *text = arena_cstr(arena, given);
    char *found = NULL;

    *why = &NOT_IDN;
    if (strlen(text) != given.bytes || !str_is_utf8(given)
        || idn2_to_ascii_8z(text, &found, flags) != IDN2_OK)
        return false;

    struct str ascii = taken(arena, found);
    if (!check(ascii, why))
        return false;

    *why = &NOT_IDN;
    if (idn2_to_unicode_8z8z(ascii.data, &found, 0) != IDN2_OK)
        return false;
    out->ascii = ascii;
    out->shown = taken(arena, found);
    return true;
}

static const struct standard_reason *
label_fault(struct str label)
{
    if (label.bytes == 0)
        return &EMPTY_LABEL;
    if (label.bytes > LABEL_BYTES_MAX)
        return &LABEL_LONG;
    for (size_t i = 0; i < label.bytes; i++) {
        char c = label.data[i];
        if (!(char_is_digit(c) || (c >= 'a' && c <= 'z') || c == '-'))
            return &CHARACTER;
    }
    if (label.data[0] == '-' || label.data[label.bytes - 1] == '-')
        return &HYPHEN;
    return NULL;
}

static bool
is_number(struct str s)
{
    for (size_t i = 0; i < s.bytes; i++)
        if (!char_is_digit(s.data[i]))
            return false;
    return true;
}

static bool
check(struct str ascii, const struct standard_reason **why)
{
    struct str rest = ascii;
    struct str label = STR_NONE;
    size_t labels = 0;

    if (ascii.data[0] == '[') {
        *why = &LITERAL;
        return false;
    }
    for (; str_next(&rest, '.', &label); labels++) {
        *why = label_fault(label);
        if (*why != NULL)
            return false;
    }
    *why = ascii.bytes > HOST_BYTES_MAX ? &TOO_LONG
         : labels < 2                   ? &NO_DOT
         : is_number(label)             ? &LITERAL
                                        : NULL;
    return *why == NULL;
}

/* ---------------------------------------------------------- as people read */

/* Cyrillic and Greek letters that look Latin, with others of a like look. */
static const int32_t looks_latin[] = {
    0x03b1, 0x03b9, 0x03ba, 0x03bd, 0x03bf, 0x03c1, 0x03c5, 0x03c7, 0x0430,
    0x0432, 0x0433, 0x0435, 0x043a, 0x043c, 0x043d, 0x043e, 0x043f, 0x0440,
    0x0441, 0x0442, 0x0443, 0x0445, 0x044c, 0x0455, 0x0456, 0x0458, 0x0461,
    0x0475, 0x04bb, 0x04cf, 0x0501, 0x051b, 0x051d,
};

enum alphabet { NO_ALPHABET, LATIN = 1, GREEK = 2, CYRILLIC = 4, OTHER = 8 };

static enum alphabet
alphabet_of(int32_t code)
{
    static const struct {
        int32_t from, to;
        enum alphabet alphabet;
    } alphabets[] = {
        { '0', '9', NO_ALPHABET }, { '-', '-', NO_ALPHABET },
        { 'a', 'z', LATIN },       { 0xdf, 0x2af, LATIN },
        { 0x370, 0x3ff, GREEK },   { 0x400, 0x52f, CYRILLIC },
        { 0x1e00, 0x1eff, LATIN }, { 0x1f00, 0x1fff, GREEK },
    };

    for (size_t i = 0; i < sizeof alphabets / sizeof *alphabets; i++)
        if (code >= alphabets[i].from && code <= alphabets[i].to)
            return alphabets[i].alphabet;
    return OTHER;
}

static bool
is_lookalike(int32_t code)
{
    for (size_t i = 0; i < sizeof looks_latin / sizeof *looks_latin; i++)
        if (code == looks_latin[i])
            return true;
    return false;
}

/* Korean and Japanese names stand beside Latin letters, so OTHER may. */
static bool
is_honest(struct str label)
{
    unsigned alphabets = 0;
    bool all_alike = true;
    int32_t code;

    while ((code = standard_next_code_point(&label)) >= 0) {
        enum alphabet alphabet = alphabet_of(code);
        alphabets |= alphabet;
        all_alike &= alphabet == NO_ALPHABET || is_lookalike(code);
    }
    unsigned alike = alphabets & (LATIN | GREEK | CYRILLIC);
    return !all_alike && (alike & (alike - 1)) == 0;
}

static void
add_label(struct arena *arena, struct text *text, struct str label)
{
    char *decoded = NULL;

    if (str_starts(label, STR("xn--"))
        && idn2_to_unicode_8z8z(arena_cstr(arena, label), &decoded, 0)
               == IDN2_OK) {
        struct str shown = taken(arena, decoded);
        label = is_honest(shown) ? shown : label;
    }
    text_add(text, label);
}

struct str
standard_host_read(struct arena *arena, struct str ascii)
{
    struct text text = text_new(arena);
    struct str rest = ascii;
    struct str label;

    if (!has_a_label(ascii))
        return ascii;
    while (str_next(&rest, '.', &label)) {
        text_add_cstr(&text, text.bytes > 0 ? "." : "");
        add_label(arena, &text, label);
    }
    return text_str(&text);
}
