/* standard_unicode: see standard_unicode.h. Most text is composed already,
 * so a quick look comes before utf8proc. */
#include "src/standardise/standard_unicode.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "lib/base/text.h"

static bool is_surely_nfc(struct str);
static struct str mapped(struct arena *, struct str, utf8proc_option_t);

const struct standard_reason standard_not_utf8 = { "text_not_utf8",
                                                   "The text is not UTF-8." };

struct str
standard_nfc(struct arena *arena, struct str s)
{
    if (is_surely_nfc(s))
        return s;
    return mapped(arena, s, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

static struct str
mapped(struct arena *arena, struct str s, utf8proc_option_t options)
{
    utf8proc_uint8_t *found = NULL;
    utf8proc_ssize_t bytes =
        utf8proc_map((const utf8proc_uint8_t *)s.data,
                     (utf8proc_ssize_t)s.bytes, &found, options);

    if (bytes < 0)
        return STR("");
    struct str out =
        arena_str(arena, (struct str){ (const char *)found, (size_t)bytes });
    free(found);
    return out;
}

int32_t
standard_next_code_point(struct str *rest)
{
    utf8proc_int32_t code;

    if (rest->bytes == 0)
        return -1;
    if ((unsigned char)rest->data[0] < 0x80) {
        code = (unsigned char)rest->data[0];
        *rest = str_slice(*rest, 1, rest->bytes);
        return code;
    }
    utf8proc_ssize_t step =
        utf8proc_iterate((const utf8proc_uint8_t *)rest->data,
                         (utf8proc_ssize_t)rest->bytes, &code);
    if (step <= 0)
        return -1;
    *rest = str_slice(*rest, (size_t)step, rest->bytes);
    return code;
}

/* Characters that are composed and never compose with the one before: all
 * below the combining marks, kana, Han and whole Korean syllables. */
static bool
is_surely_nfc(struct str s)
{
    static const struct {
        int32_t from, to;
    } plain[] = {
        { 0x0000, 0x02ff }, { 0xac00, 0xd7a3 }, { 0x4e00, 0x9fff },
        { 0x3041, 0x3096 }, { 0x30a1, 0x30fa }, { 0x2010, 0x2027 },
        { 0x3000, 0x3029 }, { 0xff01, 0xff5e },
    };
    int32_t code;

    while ((code = standard_next_code_point(&s)) >= 0) {
        size_t i = 0;
        while (i < sizeof plain / sizeof *plain
               && (code < plain[i].from || code > plain[i].to))
            i++;
        if (i == sizeof plain / sizeof *plain)
            return false;
    }
    return true;
}

/* Letters that have no decomposition but are typed without their stroke; the
 * same list as in tools/gen_places.py. */
static const char *
without_stroke(int32_t code)
{
    static const struct {
        int32_t code;
        const char *plain;
    } strokes[] = {
        { 0x111, "d" },  { 0xf0, "d" },  { 0xf8, "o" },  { 0x142, "l" },
        { 0x131, "i" },  { 0x127, "h" }, { 0x167, "t" }, { 0xe6, "ae" },
        { 0x153, "oe" }, { 0xfe, "th" }, { '&', "and" },
    };

    for (size_t i = 0; i < sizeof strokes / sizeof *strokes; i++)
        if (strokes[i].code == code)
            return strokes[i].plain;
    return NULL;
}

static bool
is_letter_or_number(int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return true;
    default:
        return false;
    }
}

static struct str
fold_ascii(struct arena *arena, struct str s)
{
    struct text out = text_new(arena);

    for (size_t i = 0; i < s.bytes; i++) {
        char c = s.data[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + ('a' - 'A'));
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            text_add_char(&out, c);
        else if (c == '&')
            text_add_cstr(&out, "and");
    }
    return text_str(&out);
}

struct str
standard_fold(struct arena *arena, struct str s)
{
    struct text out = text_new(arena);
    int32_t code;

    if (str_is_ascii(s))
        return fold_ascii(arena, s);
    if (!str_is_utf8(s))
        return STR("");
    s = mapped(arena, s,
               UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT
                   | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK);
    for (struct str rest = s; rest.bytes > 0; s = rest) {
        code = standard_next_code_point(&rest);
        if (code < 0)
            break;
        const char *plain = without_stroke(code);
        if (plain != NULL)
            text_add_cstr(&out, plain);
        else if (is_letter_or_number(code))
            text_add(&out, str_slice(s, 0, s.bytes - rest.bytes));
    }
    return text_str(&out);
}

struct str
standard_compat(struct arena *arena, struct str s)
{
    if (str_is_ascii(s))
        return s;
    if (!str_is_utf8(s))
        return STR("");
    return mapped(arena, s,
                  UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
}

bool
standard_is_control(int32_t code)
{
    return (code >= 0 && code < 0x20) || (code >= 0x7f && code <= 0x9f);
}

static bool
is_within(int32_t code, const int32_t (*ranges)[2], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i][0] && code <= ranges[i][1])
            return true;
    return false;
}
#define IS_WITHIN(code, ranges) \
    is_within(code, ranges, sizeof(ranges) / sizeof *(ranges))

enum {
    ZERO_WIDTH_NON_JOINER = 0x200c,
    ZERO_WIDTH_JOINER,
    BLACK_FLAG = 0x1f3f4
};
static const int32_t tags[][2] = { { 0xe0020, 0xe007f } };

/* Joined by what has no width: Semitic and Indic letters, those of South East
 * Asia, and pictures with what modifies them. */
static bool
is_joined(int32_t code)
{
    static const int32_t joined[][2] = {
        { 0x0590, 0x109f },   { 0x1780, 0x18af },   { 0x1cd0, 0x1cff },
        { 0x2190, 0x2bff },   { 0xa800, 0xabff },   { 0xfb1d, 0xfdff },
        { 0xfe0f, 0xfe0f },   { 0xfe70, 0xfefe },   { 0x10800, 0x11fff },
        { 0x1e800, 0x1efff }, { 0x1f000, 0x1faff },
    };

    return IS_WITHIN(code, joined);
}

/* `before`: what was kept before it, or -1. */
static bool
is_invisible(int32_t code, int32_t before)
{
    static const int32_t invisible[][2] = {
        { 0x00ad, 0x00ad },   { 0x061c, 0x061c }, { 0x180e, 0x180e },
        { 0x200b, 0x200b },   { 0x200e, 0x200f }, { 0x202a, 0x202e },
        { 0x2060, 0x206f },   { 0x2800, 0x2800 }, { 0x3164, 0x3164 },
        { 0xffa0, 0xffa0 },   { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
        { 0xe0000, 0xe001f },
    };

    if (code == ZERO_WIDTH_JOINER || code == ZERO_WIDTH_NON_JOINER)
        return !is_joined(before);
    if (IS_WITHIN(code, tags)) /* the flag of a part of a country */
        return before != BLACK_FLAG && !IS_WITHIN(before, tags);
    return IS_WITHIN(code, invisible);
}

struct str
standard_visible(struct arena *arena, struct str s)
{
    struct text out = text_new(arena);
    struct str rest = s;
    int32_t before = -1;

    if (str_is_ascii(s) || !str_is_utf8(s))
        return s;
    while (rest.bytes > 0) {
        struct str from = rest;
        int32_t code = standard_next_code_point(&rest);
        if (!is_invisible(code, before)) {
            before = code;
            continue;
        }
        text_add(&out, str_slice(s, 0, s.bytes - from.bytes));
        s = rest;
    }
    if (out.bytes == 0)
        return s; /* nothing to leave out, or at the front alone */
    text_add(&out, s);
    return text_str(&out);
}

bool
standard_is_blank(int32_t code)
{
    return code == ' ' || code == '\t' || code == 0xa0 || code == 0x1680
        || (code >= 0x2000 && code <= 0x200a) || code == 0x202f
        || code == 0x205f || code == 0x3000;
}

struct str
standard_cut(struct str s, size_t characters_max)
{
    struct str rest = s;
    utf8proc_int32_t state = 0;
    int32_t before = -1;
    size_t whole = 0; /* bytes up to the last end of a character */

    if (s.bytes <= characters_max)
        return s;
    for (size_t n = 0;; n++) {
        size_t at = s.bytes - rest.bytes;
        int32_t code = standard_next_code_point(&rest);
        if (code < 0)
            return s;
        if (before < 0
            || utf8proc_grapheme_break_stateful(before, code, &state))
            whole = at;
        if (n == characters_max)
            return str_slice(s, 0, whole);
        before = code;
    }
}
