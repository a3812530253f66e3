/*
 * text: builds text of any length in an arena. Text is never built in fixed
 * buffers by hand.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <string.h>

#include "lib/base/arena.h"

struct text {
    struct arena *arena;
    char *data;
    size_t bytes;
    size_t room;
};

struct text text_new(struct arena *);

/* Makes room for so many bytes more. */
void text_grow(struct text *, size_t more);

/* These two are here to be compiled into their callers: every JSON text that
 * is stored or answered is built of them. */
static inline void
text_add(struct text *text, struct str s)
{
    if (s.bytes == 0)
        return;
    if (text->room - text->bytes < s.bytes)
        text_grow(text, s.bytes);
    memcpy(text->data + text->bytes, s.data, s.bytes);
    text->bytes += s.bytes;
}

static inline void
text_add_char(struct text *text, char c)
{
    if (text->room == text->bytes)
        text_grow(text, 1);
    text->data[text->bytes++] = c;
}

void text_add_cstr(struct text *, const char *);
void text_add_int(struct text *, int64_t);
void text_format(struct text *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_format_list(struct text *, const char *format, va_list)
    __attribute__((format(printf, 2, 0)));

/* What was built so far; valid until the next addition. */
struct str text_str(const struct text *);

#endif
