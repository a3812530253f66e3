/*
 * page_html: HTML as text, escaped. Not for what the pages say (page.c and
 * its neighbours).
 */
#include "src/page_html.h"

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
            HTML(text, "<br>");
        html_text(text, line);
        first = false;
    }
}

void
html_attribute(struct text *text, const char *name, struct str value)
{
    if (value.data == NULL)
        return;
    text_add_char(text, ' ');
    text_add_cstr(text, name);
    HTML(text, "=\"");
    html_text(text, value);
    HTML(text, "\"");
}

struct str
html_percent(struct arena *arena, struct str s)
{
    struct text text = text_new(arena);

    for (size_t i = 0; i < s.bytes; i++) {
        char c = s.data[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                  || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
        if (plain)
            text_add_char(&text, c);
        else
            text_format(&text, "%%%02X", (unsigned char)c);
    }
    return text_str(&text);
}
