/* text: see text.h. */
#include "lib/base/text.h"

#include <assert.h>
#include <stdio.h>

struct text
text_new(struct arena *arena)
{
    return (struct text){ .arena = arena };
}

void
text_grow(struct text *text, size_t more)
{
    size_t room = text->room == 0 ? 256 : text->room * 2;

    while (room < text->bytes + more)
        room *= 2;

    char *data = arena_alloc(text->arena, room);
    if (text->bytes > 0)
        memcpy(data, text->data, text->bytes);
    text->data = data;
    text->room = room;
}

void
text_add_cstr(struct text *text, const char *s)
{
    text_add(text, str_of(s));
}

void
text_add_int(struct text *text, int64_t n)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;

    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (n < 0)
        digits[--at] = '-';
    text_add(text, (struct str){ digits + at, sizeof digits - at });
}

void
text_format_list(struct text *text, const char *format, va_list list)
{
    va_list again;

    va_copy(again, list);
    int bytes = vsnprintf(NULL, 0, format, list);
    assert(bytes >= 0);
    if (text->room - text->bytes <= (size_t)bytes)
        text_grow(text, (size_t)bytes + 1);
    vsnprintf(text->data + text->bytes, (size_t)bytes + 1, format, again);
    text->bytes += (size_t)bytes;
    va_end(again);
}

void
text_format(struct text *text, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    text_format_list(text, format, list);
    va_end(list);
}

struct str
text_str(const struct text *text)
{
    return text->data == NULL ? STR("")
                              : (struct str){ text->data, text->bytes };
}
