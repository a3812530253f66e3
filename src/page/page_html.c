/*
 * page_html: HTML as text, escaped. Not for what the pages say (page.c and
 * its neighbours).
 */
#include "src/page/page_html.h"

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
