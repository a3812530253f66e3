/*
 * form: what both formats share, and urlencoded bodies; see form.h.
 * Multipart bodies are in form_multipart.c.
 */
#include "lib/base/form.h"

#include <assert.h>

#include "lib/base/form_build.h"

bool
form_fail(struct form_build *build, size_t offset, const char *message)
{
    *build->error = (struct form_error){ offset, false, message };
    return false;
}

bool
form_exceeds(struct form_build *build, size_t offset, const char *message)
{
    *build->error = (struct form_error){ offset, true, message };
    return false;
}

bool
form_text_is_sound(struct form_build *build, struct str s, size_t offset)
{
    if (s.bytes > FORM_TEXT_BYTES_MAX)
        return form_exceeds(build, offset,
                            "A field is larger than 1 MiB; send it as a"
                            " file.");
    if (!str_is_utf8(s))
        return form_fail(build, offset,
                         "A field is not UTF-8; send the form in UTF-8.");
    if (str_find_char(s, '\0') >= 0)
        return form_fail(build, offset, "A NUL byte is not text.");
    return true;
}

bool
form_add(struct form_build *build, const struct form_field *field,
         size_t offset)
{
    if (build->count == FORM_FIELDS_MAX)
        return form_exceeds(build, offset,
                            "The form has more than 1,000 fields; send it in"
                            " parts.");
    if (build->count == build->room) {
        size_t room = build->room == 0 ? 32 : build->room * 2;
        struct form_field *larger =
            ARENA_ARRAY(build->arena, struct form_field, room);
        for (size_t i = 0; i < build->count; i++)
            larger[i] = build->fields[i];
        build->fields = larger;
        build->room = room;
    }
    build->fields[build->count++] = *field;
    return true;
}

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

bool
form_percent_decode(struct arena *arena, struct str s, bool plus_is_space,
                    struct str *out, size_t *fault)
{
    char *to = arena_alloc(arena, s.bytes + 1);
    size_t count = 0;

    assert(s.data != NULL || s.bytes == 0);
    for (size_t i = 0; i < s.bytes; i++) {
        char c = s.data[i];
        if (c == '%') {
            int high = i + 2 < s.bytes ? hex_digit(s.data[i + 1]) : -1;
            int low = i + 2 < s.bytes ? hex_digit(s.data[i + 2]) : -1;
            if (high < 0 || low < 0) {
                *fault = i;
                return false;
            }
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        to[count++] = c;
    }
    *out = (struct str){ to, count };
    return true;
}

static bool
decode(struct form_build *build, struct str s, size_t offset, struct str *out)
{
    size_t fault = 0;

    if (!form_percent_decode(build->arena, s, true, out, &fault))
        return form_fail(build, offset + fault,
                         "After a percent sign come two hexadecimal digits;"
                         " a percent sign itself is %25.");
    return form_text_is_sound(build, *out, offset);
}

static bool
add_pair(struct form_build *build, struct str pair, size_t offset)
{
    struct form_field field = { 0 };
    struct str value = pair;
    struct str name;

    if (pair.bytes == 0) /* a=1&&b=2: browsers skip it too */
        return true;
    str_next(&value, '=', &name);
    size_t value_offset = offset + name.bytes + (value.data != NULL);
    return decode(build, name, offset, &field.name)
        && decode(build, value, value_offset, &field.value)
        && form_add(build, &field, offset);
}

bool
form_parse_urlencoded(struct arena *arena, struct str body, struct form *form,
                      struct form_error *error)
{
    struct form_build build = { .arena = arena, .error = error };
    struct str rest = body;
    struct str pair;

    *error = (struct form_error){ 0 };
    while (str_next(&rest, '&', &pair))
        if (!add_pair(&build, pair, (size_t)(pair.data - body.data)))
            return false;
    *form = (struct form){ build.fields, build.count };
    return true;
}

static bool
is_token_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c != '\0' && str_find_char(STR("!#$%&'*+-.^_`|~"), c) >= 0);
}

static struct str
take_token(struct str *rest)
{
    size_t n = 0;

    while (n < rest->bytes && is_token_char(rest->data[n]))
        n++;
    struct str token = str_slice(*rest, 0, n);
    *rest = str_slice(*rest, n, rest->bytes);
    return token;
}

static bool
is_escape(struct str s, size_t i)
{
    return s.data[i] == '\\' && i + 1 < s.bytes
        && (s.data[i + 1] == '"' || s.data[i + 1] == '\\');
}

/* `*rest` begins with a quote. The end is found before memory is taken, so
 * that memory stays in proportion to what was sent. */
static bool
take_quoted(struct arena *arena, struct str *rest, struct str *value)
{
    size_t end = 1;
    size_t count = 0;

    while (end < rest->bytes && rest->data[end] != '"')
        end += is_escape(*rest, end) ? 2 : 1;
    if (end >= rest->bytes)
        return false;

    char *to = arena_alloc(arena, end);
    for (size_t i = 1; i < end; i++) {
        i += is_escape(*rest, i);
        to[count++] = rest->data[i];
    }
    *value = (struct str){ to, count };
    *rest = str_slice(*rest, end + 1, rest->bytes);
    return true;
}

bool
form_parameter(struct arena *arena, struct str *rest, struct str *name,
               struct str *value)
{
    struct str left = str_trim(*rest);

    *rest = left;
    if (!str_starts(left, STR(";")))
        return false;
    left = str_trim(str_slice(left, 1, left.bytes));
    if (left.bytes == 0) { /* a semicolon at the end */
        *rest = left;
        return false;
    }
    *name = take_token(&left);
    if (name->bytes == 0 || !str_starts(left, STR("=")))
        return false;
    left = str_slice(left, 1, left.bytes);
    if (str_starts(left, STR("\""))) {
        if (!take_quoted(arena, &left, value))
            return false;
    } else {
        *value = take_token(&left);
        if (value->bytes == 0)
            return false;
    }
    *rest = str_trim(left);
    return true;
}

static struct str
find_boundary(struct arena *arena, struct str parameters)
{
    struct str name;
    struct str value;

    while (form_parameter(arena, &parameters, &name, &value))
        if (str_equal_ascii_case(name, STR("boundary")))
            return value;
    return STR_NONE;
}

bool
form_parse(struct arena *arena, struct str content_type, struct str body,
           struct form *form, struct form_error *error)
{
    struct str rest = content_type;
    struct str type = STR("");

    str_next(&rest, ';', &type);
    struct str parameters =
        str_slice(content_type, type.bytes, content_type.bytes);
    type = str_trim(type);
    if (str_equal_ascii_case(type, STR("application/x-www-form-urlencoded")))
        return form_parse_urlencoded(arena, body, form, error);
    if (str_equal_ascii_case(type, STR("multipart/form-data")))
        return form_parse_multipart(arena, find_boundary(arena, parameters),
                                    body, form, error);
    *error = (struct form_error){
        .message = "A form is sent as application/x-www-form-urlencoded or"
                   " multipart/form-data.",
    };
    return false;
}

struct str
form_get(const struct form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (!form->fields[i].is_file && str_is(form->fields[i].name, name))
            return form->fields[i].value;
    return STR_NONE;
}
