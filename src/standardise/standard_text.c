/* standard_text: see standard_text.h. */
#include "src/standardise/standard_text.h"

#include "lib/base/text.h"
#include "src/standardise/standard_unicode.h"

static struct str clean(struct arena *, struct str, size_t *removed);

static const struct standard_reason TRUNCATED = {
    "text_truncated",
    "The text was longer than its field; the end is in the submission only."
};

bool
standard_text(struct arena *arena, struct str given, size_t characters_max,
              struct standard_text *out)
{
    *out = (struct standard_text){ 0 };
    if (!str_is_utf8(given)) {
        out->why = &standard_not_utf8;
        return false;
    }

    struct str whole = standard_nfc(
        arena, clean(arena, standard_visible(arena, given), &out->removed));
    out->text = standard_cut(whole, characters_max);
    out->truncated = out->text.bytes < whole.bytes;
    if (out->truncated)
        out->why = &TRUNCATED;
    return true;
}

/* Runs of good characters are copied at once. */
static struct str
clean(struct arena *arena, struct str s, size_t *removed)
{
    struct text out = text_new(arena);
    struct str rest = s;

    while (rest.bytes > 0) {
        struct str before = rest;
        int32_t code = standard_next_code_point(&rest);
        if (!standard_is_control(code) || code == '\n' || code == '\t')
            continue;
        text_add(&out, str_slice(s, 0, s.bytes - before.bytes));
        s = rest;
        if (code != '\r')
            ++*removed;
        else if (rest.bytes == 0 || rest.data[0] != '\n')
            text_add_char(&out, '\n');
    }
    if (out.bytes == 0)
        return s; /* nothing to leave out, or nothing else */
    text_add(&out, s);
    return text_str(&out);
}
