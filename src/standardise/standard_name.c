/* standard_name: see standard_name.h. */
#include "src/standardise/standard_name.h"

#include "lib/base/text.h"
#include "src/standardise/standard_unicode.h"

static struct str one_line(struct arena *, struct str);

static const struct standard_reason EMPTY = { "name_missing",
                                              "There is no name." };
static const struct standard_reason TRUNCATED = {
    "name_truncated",
    "A name has at most 200 characters; the end is in the submission only."
};

bool
standard_name(struct arena *arena, struct str given, struct standard_name *out)
{
    *out = (struct standard_name){ 0 };
    if (!str_is_utf8(given)) {
        out->why = &standard_not_utf8;
        return false;
    }

    struct str line =
        standard_nfc(arena, one_line(arena, standard_visible(arena, given)));
    if (line.bytes == 0) {
        out->why = &EMPTY;
        return false;
    }
    out->name = str_trim(standard_cut(line, STANDARD_NAME_CHARACTERS_MAX));
    out->truncated = out->name.bytes < line.bytes;
    if (out->truncated)
        out->why = &TRUNCATED;
    return true;
}

/* A line end parts words as a blank does; a bare control character does
 * not. */
static struct str
one_line(struct arena *arena, struct str s)
{
    struct text out = text_new(arena);
    bool blank = false;

    for (struct str rest = s; rest.bytes > 0; s = rest) {
        int32_t code = standard_next_code_point(&rest);
        if (code < 0)
            break;
        if (standard_is_blank(code) || (code >= '\n' && code <= '\r')
            || code == 0x85 || code == 0x2028 || code == 0x2029) {
            blank = true;
            continue;
        }
        if (standard_is_control(code))
            continue;
        if (blank && out.bytes > 0)
            text_add_char(&out, ' ');
        blank = false;
        text_add(&out, str_slice(s, 0, s.bytes - rest.bytes));
    }
    return text_str(&out);
}
