/* standard_language: see standard_language.h. */
#include "src/standardise/standard_language.h"

#include "lib/base/text.h"
#include "src/standardise/standard_table.h"
#include "src/standardise/standard_unicode.h"

enum { GIVEN_BYTES_MAX = 500 };

static bool one_language(struct arena *, struct str,
                         struct standard_language *);

static const struct standard_reason UNKNOWN = {
    "language_unknown",
    "No language is known by this name or code; ko or Korean would be one."
};

static bool
is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ";q=0.85" as 850; without one, or with a wrong one, 1000. */
static int
quality_of(struct str parameters)
{
    ptrdiff_t at = str_find(parameters, STR("q="));
    int quality = 0;
    int digits = 0;

    if (at < 0)
        return 1000;
    for (size_t i = (size_t)at + 2; i < parameters.bytes && digits < 4; i++) {
        if (parameters.data[i] == '.')
            continue;
        if (!char_is_digit(parameters.data[i]))
            break;
        quality = quality * 10 + (parameters.data[i] - '0');
        digits++;
    }
    for (; digits > 0 && digits < 4; digits++)
        quality *= 10;
    return digits == 0 ? 1000 : quality;
}

bool
standard_language(struct arena *arena, struct str given,
                  struct standard_language *out)
{
    struct str rest = str_slice(given, 0, GIVEN_BYTES_MAX);
    struct standard_language found;
    struct str part;
    int best = 0;

    *out = (struct standard_language){ .why = &UNKNOWN };
    while (str_next(&rest, ',', &part)) {
        struct str parameters = part;
        struct str name;
        if (!str_next(&parameters, ';', &name)
            || !one_language(arena, str_trim(name), &found))
            continue;
        int quality = quality_of(parameters);
        if (quality > best) {
            best = quality;
            *out = found;
        }
    }
    return out->why == NULL;
}

static bool
all(struct str s, bool (*is)(char))
{
    for (size_t i = 0; i < s.bytes; i++)
        if (!is(s.data[i]))
            return false;
    return true;
}

static void
add_cased(struct text *text, struct str part, bool title, bool upper)
{
    for (size_t i = 0; i < part.bytes; i++) {
        bool raise = upper || (title && i == 0);
        char c = part.data[i];
        text_add_char(text, (char)(!is_alpha(c) ? c
                                   : raise      ? c & ~0x20
                                                : c | 0x20));
    }
}

/* The script and region behind the language; anything else ends the tag. */
static struct str
tag_of(struct arena *arena, struct str code, struct str rest)
{
    struct text tag = text_new(arena);
    struct str part;

    text_add(&tag, code);
    while (str_next(&rest, '-', &part)) {
        bool script = part.bytes == 4 && all(part, is_alpha);
        bool region = (part.bytes == 2 && all(part, is_alpha))
                   || (part.bytes == 3 && all(part, char_is_digit));
        if (!script && !region)
            break;
        text_add_char(&tag, '-');
        add_cased(&tag, part, script, region);
        if (region)
            break;
    }
    return text_str(&tag);
}

static struct str
with_hyphens(struct arena *arena, struct str s)
{
    struct text out = text_new(arena);

    for (size_t i = 0; i < s.bytes; i++)
        text_add_char(&out, s.data[i] == '_' ? '-' : s.data[i]);
    return text_str(&out);
}

static const struct standard_row *
find(struct arena *arena, struct str name)
{
    size_t count;

    return standard_table_find(&standard_languages, standard_fold(arena, name),
                               &count);
}

/* "Chinese (Simplified)", "English - US": what is before the addition. */
static struct str
without_addition(struct str s)
{
    for (size_t i = 1; i < s.bytes; i++)
        if (s.data[i] == '(' || s.data[i] == '/'
            || (s.data[i] == '-' && s.data[i - 1] == ' '))
            return str_slice(s, 0, i);
    return s;
}

static bool
one_language(struct arena *arena, struct str name,
             struct standard_language *out)
{
    struct str rest = with_hyphens(arena, name);
    struct str first;

    *out = (struct standard_language){ .why = &UNKNOWN };
    if (name.bytes == 0 || !str_next(&rest, '-', &first))
        return false;

    bool is_tag =
        (first.bytes == 2 || first.bytes == 3) && all(first, is_alpha);
    const struct standard_row *row = is_tag ? find(arena, first) : NULL;
    if (row == NULL) {
        rest = STR_NONE;
        row = find(arena, name);
    }
    if (row == NULL)
        row = find(arena, without_addition(name));
    if (row == NULL)
        return false;
    out->code = str_of(row->code);
    out->tag = tag_of(arena, out->code, rest);
    out->why = NULL;
    return true;
}
