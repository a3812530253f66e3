/*
 * json_out: writing, see json.h. What is written is always valid UTF-8 and
 * may stand in JavaScript or on a line of a log. Not for HTML: `<` stays.
 */
#include <assert.h>
#include <math.h>
#include <string.h>
#include <utf8proc.h>

#include "lib/base/json_simdjson.h"

struct json_out
json_out_new(struct text *text)
{
    return (struct json_out){ .text = text, .first = true };
}

static void
begin_value(struct json_out *out)
{
    if (!out->first)
        text_add_char(out->text, ',');
    out->first = false;
}

static void
open(struct json_out *out, char bracket)
{
    begin_value(out);
    text_add_char(out->text, bracket);
    out->first = true;
}

static void
close(struct json_out *out, char bracket)
{
    text_add_char(out->text, bracket);
    out->first = false;
}

void
json_open_object(struct json_out *out)
{
    open(out, '{');
}

void
json_close_object(struct json_out *out)
{
    close(out, '}');
}

void
json_open_array(struct json_out *out)
{
    open(out, '[');
}

void
json_close_array(struct json_out *out)
{
    close(out, ']');
}

static void
escape_byte(struct text *text, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char letters[128] = {
        ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
        ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't',
    };

    assert(c < 128);
    text_add_char(text, '\\');
    if (letters[c] != 0) {
        text_add_char(text, letters[c]);
        return;
    }
    text_add(text, STR("u00"));
    text_add_char(text, hex[c >> 4]);
    text_add_char(text, hex[c & 15]);
}

static bool
has_byte(uint64_t word, unsigned char c)
{
    uint64_t x = word ^ (UINT64_C(0x0101010101010101) * c);

    return ((x - UINT64_C(0x0101010101010101)) & ~x
            & UINT64_C(0x8080808080808080))
        != 0;
}

/* True when all eight bytes are ASCII and stand for themselves. */
static bool
is_plain(uint64_t word)
{
    const uint64_t high = UINT64_C(0x8080808080808080);
    uint64_t control = word - UINT64_C(0x2020202020202020);

    return ((word | control) & high) == 0 && !has_byte(word, '"')
        && !has_byte(word, '\\');
}

/* Where the first byte from `at` on is that may not be copied unseen. */
static size_t
skip_plain(struct str s, size_t at)
{
    uint64_t word;

    for (; at + sizeof word <= s.bytes; at += sizeof word) {
        memcpy(&word, s.data + at, sizeof word);
        if (!is_plain(word))
            break;
    }
    while (at < s.bytes && (unsigned char)s.data[at] < 0x80
           && s.data[at] >= 0x20 && s.data[at] != '"' && s.data[at] != '\\')
        at++;
    return at;
}

/* What to write for the character at `at`, whose bytes go to `*bytes`; none
 * when it may be copied as it is. */
static struct str
replacement(struct str s, size_t at, size_t *bytes)
{
    utf8proc_int32_t point;
    utf8proc_ssize_t taken =
        utf8proc_iterate((const utf8proc_uint8_t *)s.data + at,
                         (utf8proc_ssize_t)(s.bytes - at), &point);

    *bytes = taken > 0 ? (size_t)taken : 1;
    return taken <= 0      ? STR("\xef\xbf\xbd") /* U+FFFD */
         : point == 0x2028 ? STR("\\u2028")      /* a line end to JavaScript */
         : point == 0x2029 ? STR("\\u2029")
                           : STR_NONE;
}

static void
quote(struct text *text, struct str s)
{
    size_t copied = 0;
    size_t bytes = 1;

    text_add_char(text, '"');
    for (size_t i = skip_plain(s, 0); i < s.bytes;
         i = skip_plain(s, i + bytes)) {
        bool ascii = (unsigned char)s.data[i] < 0x80;
        struct str instead = STR_NONE;

        bytes = 1;
        if (!ascii) {
            instead = replacement(s, i, &bytes);
            if (instead.data == NULL)
                continue;
        }
        text_add(text, str_slice(s, copied, i));
        if (ascii)
            escape_byte(text, (unsigned char)s.data[i]);
        else
            text_add(text, instead);
        copied = i + bytes;
    }
    text_add(text, str_slice(s, copied, s.bytes));
    text_add_char(text, '"');
}

void
json_plain_name(struct json_out *out, struct str name)
{
    const size_t around = sizeof ",\"\":" - 1;
    struct text *text = out->text;

    if (text->room - text->bytes < name.bytes + around)
        text_grow(text, name.bytes + around);

    char *at = text->data + text->bytes;
    if (!out->first)
        *at++ = ',';
    *at++ = '"';
    at = (char *)memcpy(at, name.data, name.bytes) + name.bytes;
    *at++ = '"';
    *at++ = ':';
    text->bytes = (size_t)(at - text->data);
    out->first = true;
}

void
json_name_str(struct json_out *out, struct str name)
{
    begin_value(out);
    quote(out->text, name);
    text_add_char(out->text, ':');
    out->first = true;
}

void
json_text(struct json_out *out, struct str s)
{
    if (s.data == NULL) {
        json_null(out);
        return;
    }
    begin_value(out);
    quote(out->text, s);
}

void
json_int(struct json_out *out, int64_t n)
{
    begin_value(out);
    text_add_int(out->text, n);
}

void
json_real(struct json_out *out, double real)
{
    char digits[JSON_REAL_BYTES_MAX];

    if (!isfinite(real)) {
        json_null(out);
        return;
    }
    if (real == 0)
        real = 0; /* "-0" would come back as an integer, and so as 0 */
    json_raw(out, (struct str){ digits, json_simdjson_real(digits, real) });
}

void
json_bool(struct json_out *out, bool truth)
{
    json_raw(out, truth ? STR("true") : STR("false"));
}

void
json_null(struct json_out *out)
{
    json_raw(out, STR("null"));
}

void
json_id(struct json_out *out, struct id id)
{
    if (id_is_none(id)) {
        json_null(out);
        return;
    }
    struct id_text shown = id_show(id);
    begin_value(out);
    text_add_char(out->text, '"');
    text_add_cstr(out->text, shown.text);
    text_add_char(out->text, '"');
}

struct civil {
    int64_t year;
    int64_t month;
    int64_t day;
};

/* The Gregorian date `days` after 1970-01-01. Years are counted from March,
 * so that the leap day is the last of its year. */
static struct civil
civil_of(int64_t days)
{
    int64_t since_0000_march = days + 719468;
    int64_t era = since_0000_march / 146097; /* of 400 years */
    int64_t day = since_0000_march % 146097;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * day_of_year + 2) / 153; /* 0 is March */

    return (struct civil){
        .year = era * 400 + year + (month >= 10),
        .month = month < 10 ? month + 3 : month - 9,
        .day = day_of_year - (153 * month + 2) / 5 + 1,
    };
}

static void
digits(char *at, int64_t n, size_t count)
{
    for (size_t i = count; i-- > 0; n /= 10)
        at[i] = (char)('0' + n % 10);
}

void
json_time(struct json_out *out, int64_t ms)
{
    const int64_t day_ms = 86400000;
    const int64_t year_1_ms = -62135596800000;
    const int64_t year_10000_ms = 253402300800000;
    char shown[] = "\"0000-00-00T00:00:00.000Z\"";

    if (ms == 0 || ms < year_1_ms || ms >= year_10000_ms) {
        json_null(out);
        return;
    }
    int64_t days = (ms - year_1_ms) / day_ms - 719162;
    int64_t rest = ms - days * day_ms;
    struct civil date = civil_of(days);
    digits(shown + 1, date.year, 4);
    digits(shown + 6, date.month, 2);
    digits(shown + 9, date.day, 2);
    digits(shown + 12, rest / 3600000, 2);
    digits(shown + 15, rest / 60000 % 60, 2);
    digits(shown + 18, rest / 1000 % 60, 2);
    digits(shown + 21, rest % 1000, 3);
    json_raw(out, (struct str){ shown, sizeof shown - 1 });
}

static void
write_array(struct json_out *out, const struct json *array)
{
    json_open_array(out);
    for (size_t i = 0; i < array->array.count; i++)
        json_tree(out, &array->array.items[i]);
    json_close_array(out);
}

static void
write_object(struct json_out *out, const struct json *object)
{
    json_open_object(out);
    for (size_t i = 0; i < object->object.count; i++) {
        json_name_str(out, object->object.members[i].name);
        json_tree(out, &object->object.members[i].value);
    }
    json_close_object(out);
}

void
json_tree(struct json_out *out, const struct json *tree)
{
    if (tree == NULL) {
        json_null(out);
        return;
    }
    switch (tree->kind) {
    case JSON_NULL:
        json_null(out);
        break;
    case JSON_BOOL:
        json_bool(out, tree->truth);
        break;
    case JSON_INTEGER:
        json_int(out, tree->integer);
        break;
    case JSON_REAL:
        if (tree->digits != NULL)
            json_raw(out, str_of(tree->digits));
        else
            json_real(out, tree->real);
        break;
    case JSON_TEXT:
        json_text(out, tree->text);
        break;
    case JSON_ARRAY:
        write_array(out, tree);
        break;
    case JSON_OBJECT:
        write_object(out, tree);
        break;
    }
}

struct str
json_tree_text(struct arena *arena, const struct json *tree)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_tree(&out, tree);
    return text_str(&text);
}

void
json_raw(struct json_out *out, struct str valid_json)
{
    begin_value(out);
    text_add(out->text, valid_json);
}
