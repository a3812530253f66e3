/* html: see html.h. */
#include "lib/base/html.h"

static const char *
escape_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\n':
    case '\t':
        return NULL;
    default:
        return (unsigned char)c < 0x20 || c == 0x7F ? "" : NULL;
    }
}

void
html_text(struct text *text, struct str s)
{
    size_t from = 0;

    if (!str_is_utf8(s)) {
        text_add_cstr(text, "\xEF\xBF\xBD");
        return;
    }
    for (size_t i = 0; i < s.bytes; i++) {
        const char *escape = escape_of(s.data[i]);
        if (escape == NULL)
            continue;
        text_add(text, str_slice(s, from, i));
        text_add_cstr(text, escape);
        from = i + 1;
    }
    text_add(text, str_slice(s, from, s.bytes));
}

void
html_lines(struct text *text, struct str s)
{
    struct str line;
    bool first = true;

    while (str_next(&s, '\n', &line)) {
        if (!first)
            text_add_cstr(text, "<br>");
        html_text(text, line);
        first = false;
    }
}
