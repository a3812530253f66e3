/*
 * str: text as a pointer and a length. It never owns its bytes, need not end
 * in NUL, and may hold any bytes.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *data; /* NULL when there is no text at all */
    size_t bytes;
};

/* A literal; also usable in constant initialisers as STR_INIT. */
#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_INIT(literal)               \
    {                                   \
        "" literal, sizeof(literal) - 1 \
    }

/* For printf's "%.*s". */
#define STR_ARG(s) (int)(s).bytes, (s).data == NULL ? "" : (s).data

/* No text: what a missing field holds. */
extern const struct str STR_NONE;

/* The text of a NUL-terminated string; NULL gives STR_NONE. Compiled into its
 * callers, where the length of a constant is known. */
static inline struct str
str_of(const char *text)
{
    struct str s = { text, text == NULL ? 0 : strlen(text) };

    return s;
}

/* No bytes, or none at all. */
static inline bool
str_is_empty(struct str s)
{
    return s.bytes == 0;
}

bool str_equal(struct str, struct str);
bool str_is(struct str, const char *); /* equal to a C string */
bool str_equal_ascii_case(struct str, struct str);
bool str_starts(struct str, struct str prefix);
bool str_ends(struct str, struct str suffix);
int str_compare(struct str, struct str); /* by bytes, like strcmp */

struct str str_trim(struct str); /* ASCII white space off both ends */
struct str str_slice(struct str, size_t from, size_t to); /* clamped */

/* Its beginning, at most so many bytes of whole UTF-8 characters. */
struct str str_cut(struct str, size_t bytes_max);

/* Position of the first occurrence, or -1. */
ptrdiff_t str_find(struct str, struct str part);
ptrdiff_t str_find_char(struct str, char);

/*
 * Takes the part before the next `separator` off the front of `*rest`.
 * Returns false when nothing is left.
 */
bool str_next(struct str *rest, char separator, struct str *part);

/* A whole decimal number with nothing around it; false when it is none or
 * does not fit. */
bool str_to_int64(struct str, int64_t *);

bool str_is_utf8(struct str);
bool str_is_ascii(struct str);

/* Of ASCII alone, whatever the locale. */
static inline bool
char_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool
char_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline char
char_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

#endif
