/*
 * csv_out: writing, see csv.h. Not for reading.
 */
#include <utf8proc.h>

#include "lib/base/csv.h"

struct csv_out
csv_out_new(struct text *text)
{
    return (struct csv_out){ .text = text, .first = true };
}

void
csv_out_mark(struct csv_out *out)
{
    text_add(out->text, STR("\xef\xbb\xbf"));
}

static void
begin_field(struct csv_out *out)
{
    if (!out->first)
        text_add_char(out->text, ',');
    out->first = false;
}

/* What a spreadsheet may skip before it looks for a formula. */
static bool
is_skipped(utf8proc_int32_t point)
{
    utf8proc_category_t category = utf8proc_category(point);

    return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF
        || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL
        || category == UTF8PROC_CATEGORY_ZP;
}

static bool
begins_formula(utf8proc_int32_t point)
{
    static const utf8proc_int32_t points[] = { '=',    '+',    '-',    '@',
                                               0xff1d, 0xff0b, 0xff0d, 0xff20 };

    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        if (points[i] == point)
            return true;
    return false;
}

bool
csv_is_formula(struct str s)
{
    if (s.bytes > 0
        && (s.data[0] == '\t' || s.data[0] == '\r' || s.data[0] == '\n'))
        return true;
    for (size_t i = 0; i < s.bytes;) {
        utf8proc_int32_t point;
        utf8proc_ssize_t bytes =
            utf8proc_iterate((const utf8proc_uint8_t *)s.data + i,
                             (utf8proc_ssize_t)(s.bytes - i), &point);
        if (bytes > 0 && !is_skipped(point))
            return begins_formula(point);
        i += bytes > 0 ? (size_t)bytes : 1; /* a broken byte may be skipped */
    }
    return false;
}

/* Also true of a formula that has apostrophes already: it gets one more, so
 * that taking one away always gives back what was written. */
static bool
needs_guard(struct str s)
{
    while (str_starts(s, STR("'")))
        s = str_slice(s, 1, s.bytes);
    return csv_is_formula(s);
}

struct str
csv_without_guard(struct str s)
{
    return str_starts(s, STR("'")) && needs_guard(s) ? str_slice(s, 1, s.bytes)
                                                     : s;
}

void
csv_out_text(struct csv_out *out, struct str s)
{
    struct str part;

    begin_field(out);
    text_add_char(out->text, '"');
    if (needs_guard(s))
        text_add_char(out->text, '\'');
    for (bool more = false; str_next(&s, '"', &part); more = true) {
        if (more)
            text_add(out->text, STR("\"\""));
        text_add(out->text, part);
    }
    text_add_char(out->text, '"');
}

void
csv_out_int(struct csv_out *out, int64_t n)
{
    begin_field(out);
    text_add_int(out->text, n);
}

void
csv_out_end_row(struct csv_out *out)
{
    text_add(out->text, STR("\r\n"));
    out->first = true;
}
