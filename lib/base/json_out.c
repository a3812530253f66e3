/*
 * json_out: writing, see json.h. What is written is always valid UTF-8 and
 * may stand inside an HTML script or a line of a log.
 */
#include <assert.h>
#include <math.h>
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
    if (letters[c] != 0)
        text_add(text, (struct str){ (char[]){ '\\', letters[c] }, 2 });
    else
        text_add(text, (struct str){ (char[]){ '\\', 'u', '0', '0', hex[c >> 4],
                                               hex[c & 15] },
                                     6 });
}

/* Bytes of the sequence at `at` that may be copied as they are; or 0, then
 * `*instead` is written for the `*taken` bytes that may not. */
static size_t
sequence_kept(struct str s, size_t at, struct str *instead, size_t *taken)
{
    utf8proc_int32_t point;
    utf8proc_ssize_t bytes =
        utf8proc_iterate((const utf8proc_uint8_t *)s.data + at,
                         (utf8proc_ssize_t)(s.bytes - at), &point);

    if (bytes <= 0) {
        *instead = STR("\xef\xbf\xbd");
        *taken = 1;
        return 0;
    }
    if (point == 0x2028 || point == 0x2029) { /* line ends to JavaScript */
        *instead = point == 0x2028 ? STR("\\u2028") : STR("\\u2029");
        *taken = (size_t)bytes;
        return 0;
    }
    return (size_t)bytes;
}

static void
quote(struct text *text, struct str s)
{
    size_t copied = 0;
    size_t i = 0;

    text_add_char(text, '"');
    while (i < s.bytes) {
        unsigned char c = (unsigned char)s.data[i];
        struct str instead = STR_NONE;
        size_t taken = 1;
        size_t kept = c >= 0x80 ? sequence_kept(s, i, &instead, &taken)
                      : c >= 0x20 && c != '"' && c != '\\' ? 1
                                                           : 0;
        if (kept > 0) {
            i += kept;
            continue;
        }
        text_add(text, str_slice(s, copied, i));
        if (c >= 0x80)
            text_add(text, instead);
        else
            escape_byte(text, c);
        i += taken;
        copied = i;
    }
    text_add(text, str_slice(s, copied, s.bytes));
    text_add_char(text, '"');
}

void
json_name(struct json_out *out, const char *name)
{
    json_name_str(out, str_of(name));
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

void
json_raw(struct json_out *out, struct str valid_json)
{
    begin_value(out);
    text_add(out->text, valid_json);
}

void
json_put_text(struct json_out *out, const char *name, struct str s)
{
    json_name(out, name);
    json_text(out, s);
}

void
json_put_cstr(struct json_out *out, const char *name, const char *s)
{
    json_put_text(out, name, str_of(s));
}

void
json_put_int(struct json_out *out, const char *name, int64_t n)
{
    json_name(out, name);
    json_int(out, n);
}

void
json_put_bool(struct json_out *out, const char *name, bool truth)
{
    json_name(out, name);
    json_bool(out, truth);
}

void
json_put_id(struct json_out *out, const char *name, struct id id)
{
    json_name(out, name);
    json_id(out, id);
}

void
json_put_time(struct json_out *out, const char *name, int64_t ms)
{
    json_name(out, name);
    json_time(out, ms);
}

void
json_put_tree(struct json_out *out, const char *name, const struct json *tree)
{
    json_name(out, name);
    json_tree(out, tree);
}
