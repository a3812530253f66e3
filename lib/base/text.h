/*
 * text: builds text of any length in an arena. Text is never built in fixed
 * buffers by hand.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>

#include "lib/base/arena.h"

struct text {
    struct arena *arena;
    char *data;
    size_t bytes;
    size_t room;
};

struct text text_new(struct arena *);
void text_add(struct text *, struct str);
void text_add_cstr(struct text *, const char *);
void text_add_char(struct text *, char);
void text_add_int(struct text *, int64_t);
void text_format(struct text *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void text_format_list(struct text *, const char *format, va_list)
    __attribute__((format(printf, 2, 0)));

/* What was built so far; valid until the next addition. */
struct str text_str(const struct text *);

#endif
