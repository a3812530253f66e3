/* str: see str.h. */
#include "lib/base/str.h"

#include <string.h>

const struct str STR_NONE = { NULL, 0 };

bool
str_equal(struct str a, struct str b)
{
    return a.bytes == b.bytes
        && (a.bytes == 0 || memcmp(a.data, b.data, a.bytes) == 0);
}

bool
str_is(struct str s, const char *text)
{
    return str_equal(s, str_of(text));
}

bool
str_equal_ascii_case(struct str a, struct str b)
{
    if (a.bytes != b.bytes)
        return false;
    for (size_t i = 0; i < a.bytes; i++)
        if (char_lower(a.data[i]) != char_lower(b.data[i]))
            return false;
    return true;
}

bool
str_starts(struct str s, struct str prefix)
{
    return s.bytes >= prefix.bytes
        && str_equal(str_slice(s, 0, prefix.bytes), prefix);
}

bool
str_ends(struct str s, struct str suffix)
{
    return s.bytes >= suffix.bytes
        && str_equal(str_slice(s, s.bytes - suffix.bytes, s.bytes), suffix);
}

int
str_compare(struct str a, struct str b)
{
    size_t shared = a.bytes < b.bytes ? a.bytes : b.bytes;
    int order = shared == 0 ? 0 : memcmp(a.data, b.data, shared);

    if (order != 0)
        return order;
    return (a.bytes > b.bytes) - (a.bytes < b.bytes);
}

static bool
is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str
str_trim(struct str s)
{
    while (s.bytes > 0 && is_space(s.data[0]))
        s = str_slice(s, 1, s.bytes);
    while (s.bytes > 0 && is_space(s.data[s.bytes - 1]))
        s.bytes--;
    return s;
}

struct str
str_slice(struct str s, size_t from, size_t to)
{
    if (to > s.bytes)
        to = s.bytes;
    if (from > to)
        from = to;
    if (s.data == NULL)
        return s;
    return (struct str){ s.data + from, to - from };
}

ptrdiff_t
str_find(struct str s, struct str part)
{
    if (part.bytes == 0)
        return 0;
    if (s.bytes < part.bytes)
        return -1;
    const char *at = memmem(s.data, s.bytes, part.data, part.bytes);
    return at == NULL ? -1 : at - s.data;
}

ptrdiff_t
str_find_char(struct str s, char c)
{
    const char *at = s.bytes == 0 ? NULL : memchr(s.data, c, s.bytes);
    return at == NULL ? -1 : at - s.data;
}

bool
str_next(struct str *rest, char separator, struct str *part)
{
    if (rest->data == NULL)
        return false;

    ptrdiff_t at = str_find_char(*rest, separator);
    if (at < 0) {
        *part = *rest;
        *rest = STR_NONE;
        return true;
    }
    *part = str_slice(*rest, 0, (size_t)at);
    *rest = str_slice(*rest, (size_t)at + 1, rest->bytes);
    return true;
}

bool
str_to_int64(struct str s, int64_t *out)
{
    bool negative = s.bytes > 0 && s.data[0] == '-';
    int64_t n = 0;

    if (s.bytes == (negative ? 1u : 0u))
        return false;
    for (size_t i = negative; i < s.bytes; i++) {
        int digit = s.data[i] - '0';
        if (digit < 0 || digit > 9)
            return false;
        if (__builtin_mul_overflow(n, 10, &n)
            || __builtin_sub_overflow(n, digit, &n))
            return false;
    }
    if (!negative && n == INT64_MIN)
        return false;
    *out = negative ? n : -n;
    return true;
}

/* Bytes of the well-formed sequence at p, or 0 (Unicode 15, table 3-7). */
static size_t
sequence_bytes(const unsigned char *p, size_t left)
{
    if (p[0] < 0x80)
        return 1;

    size_t need = p[0] >= 0xc2 && p[0] <= 0xdf ? 2
                : (p[0] & 0xf0) == 0xe0        ? 3
                : p[0] >= 0xf0 && p[0] <= 0xf4 ? 4
                                               : 0;
    if (need == 0 || need > left)
        return 0;

    unsigned char low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
    unsigned char high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < need; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return need;
}

struct str
str_cut(struct str s, size_t bytes_max)
{
    if (s.bytes <= bytes_max)
        return s;
    while (bytes_max > 0 && ((unsigned char)s.data[bytes_max] & 0xc0) == 0x80)
        bytes_max--; /* inside a character */
    return str_slice(s, 0, bytes_max);
}

bool
str_is_utf8(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.data;

    for (size_t i = 0; i < s.bytes;) {
        size_t step = sequence_bytes(p + i, s.bytes - i);
        if (step == 0)
            return false;
        i += step;
    }
    return true;
}

bool
str_is_ascii(struct str s)
{
    for (size_t i = 0; i < s.bytes; i++)
        if ((unsigned char)s.data[i] >= 0x80)
            return false;
    return true;
}
