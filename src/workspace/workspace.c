/* workspace: see workspace.h. */
#include "src/workspace/workspace.h"

static bool
is_word(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

struct str
workspace_slug(struct arena *arena, struct str name)
{
    struct text slug = text_new(arena);
    bool gap = false;

    for (size_t i = 0; i < name.bytes; i++) {
        unsigned char c = (unsigned char)name.data[i];
        if (c >= 'A' && c <= 'Z')
            c = (unsigned char)(c + ('a' - 'A'));
        if (!is_word(c)) {
            gap = true;
            continue;
        }
        if (gap && slug.bytes > 0)
            text_add_char(&slug, '-');
        gap = false;
        text_add_char(&slug, (char)c);
    }
    return text_str(&slug);
}
