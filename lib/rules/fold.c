/*
 * fold: text as it is compared, so that "Kim", "KIM" and its full-width
 * spelling are one. Not for searching inside words of a language: no accents
 * are taken off, no stems are made.
 */
#include <string.h>
#include <utf8proc.h>

#include "lib/rules/condition.h"

enum { SHORT_TEXT = 256 };

static const utf8proc_option_t nfkc_casefold =
    UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD
    | UTF8PROC_IGNORE;

static bool is_plain(struct str, bool *has_upper);
static struct str lower_ascii(struct arena *, struct str);
static struct str fold_unicode(struct arena *, struct str);

struct str
fold_text(struct arena *arena, struct str s)
{
    bool has_upper;

    s = str_trim(s);
    if (!is_plain(s, &has_upper))
        return fold_unicode(arena, s);
    return has_upper ? lower_ascii(arena, s) : s;
}

/* A composed Hangul syllable, U+AC00 .. U+D7A3, takes three bytes. */
static bool
is_syllable(const unsigned char *p, size_t left)
{
    if (left < 3 || p[0] < 0xea || p[0] > 0xed || (p[1] & 0xc0) != 0x80
        || (p[2] & 0xc0) != 0x80)
        return false;

    unsigned int c =
        (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
    return c >= 0xac00 && c <= 0xd7a3;
}

/*
 * ASCII and Hangul syllables, which is most of what we see: only the case of
 * ASCII letters can change there. (A syllable may join with a letter that
 * follows it, but such a letter is no plain text and takes the long way.)
 */
static bool
is_plain(struct str s, bool *has_upper)
{
    const unsigned char *p = (const unsigned char *)s.data;

    *has_upper = false;
    for (size_t i = 0; i < s.bytes; i++) {
        if (p[i] < 0x80)
            *has_upper |= p[i] >= 'A' && p[i] <= 'Z';
        else if (is_syllable(p + i, s.bytes - i))
            i += 2;
        else
            return false;
    }
    return true;
}

static struct str
lower_ascii(struct arena *arena, struct str s)
{
    char *out = arena_alloc(arena, s.bytes + 1);

    for (size_t i = 0; i < s.bytes; i++) {
        char c = s.data[i];
        out[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    return (struct str){ out, s.bytes };
}

/* Separators other than ASCII white space that are left after folding. */
static bool
is_separator(utf8proc_int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);

    return c == 0x85 || (c >= '\t' && c <= '\r')
        || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL
        || category == UTF8PROC_CATEGORY_ZP;
}

/* Of text that is no UTF-8 only the ASCII letters are folded. */
static struct str
fold_unicode(struct arena *arena, struct str s)
{
    utf8proc_int32_t few[SHORT_TEXT + 1];
    utf8proc_int32_t *points = few;
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)s.data;
    utf8proc_ssize_t length = (utf8proc_ssize_t)s.bytes;
    utf8proc_ssize_t count =
        utf8proc_decompose(bytes, length, few, SHORT_TEXT, nfkc_casefold);

    if (count < 0)
        return lower_ascii(arena, s);
    if (count > SHORT_TEXT) {
        points = ARENA_ARRAY(arena, utf8proc_int32_t, (size_t)count + 1);
        count = utf8proc_decompose(bytes, length, points, count, nfkc_casefold);
    }
    while (count > 0 && is_separator(points[count - 1]))
        count--;
    while (count > 0 && is_separator(points[0])) {
        points++;
        count--;
    }

    count = utf8proc_reencode(points, count, nfkc_casefold);
    struct str folded = { (const char *)points, (size_t)count };
    return str_equal(folded, s) ? s : arena_str(arena, folded);
}
