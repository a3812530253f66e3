/*
 * form_multipart: multipart/form-data, see form.h.
 *
 * Stricter than RFC 2046: no text before the first boundary and after the
 * last, because no program that sends forms writes any. Wider than RFC 7578:
 * base64 parts and `filename*` are read, because old libraries send them.
 */
#include <assert.h>
#include <sodium.h>

#include "lib/base/form_build.h"
#include "lib/base/text.h"

struct parts {
    struct form_build build;
    struct str body;
    struct str delimiter; /* CR LF -- boundary */
    size_t at;
};

struct part {
    size_t offset; /* of its headers */
    struct form_field field;
    bool has_disposition;
    bool has_name;
    bool is_base64;
    struct str file_name_extended; /* from filename*; STR_NONE: none */
};

static bool
is_boundary(struct str s)
{
    if (s.bytes < 1 || s.bytes > 70 || s.data[s.bytes - 1] == ' ')
        return false;
    for (size_t i = 0; i < s.bytes; i++) {
        char c = s.data[i];
        bool letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
                   || (c >= 'A' && c <= 'Z');
        if (!letter
            && (c == '\0' || str_find_char(STR("'()+_,-./:=? "), c) < 0))
            return false;
    }
    return true;
}

static struct str
rest_of_body(const struct parts *parts)
{
    return str_slice(parts->body, parts->at, parts->body.bytes);
}

/* The value percent-encoded by browsers: these three and no others. */
static struct str
browser_decoded(struct arena *arena, struct str s)
{
    static const struct {
        struct str code;
        char byte;
    } codes[] = { { STR_INIT("%22"), '"' },
                  { STR_INIT("%0D"), '\r' },
                  { STR_INIT("%0A"), '\n' } };
    char *to = arena_alloc(arena, s.bytes + 1);
    size_t count = 0;

    while (s.bytes > 0) {
        size_t taken = 1;
        char byte = s.data[0];
        for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
            if (str_starts(s, codes[i].code)) {
                byte = codes[i].byte;
                taken = codes[i].code.bytes;
            }
        to[count++] = byte;
        s = str_slice(s, taken, s.bytes);
    }
    return (struct str){ to, count };
}

/* Old browsers send the whole path. */
static struct str
without_folders(struct str path)
{
    for (size_t i = path.bytes; i > 0; i--)
        if (path.data[i - 1] == '/' || path.data[i - 1] == '\\')
            return str_slice(path, i, path.bytes);
    return path;
}

static bool
take_extended_name(struct parts *parts, struct part *part, struct str value)
{
    size_t fault;

    if (!str_equal_ascii_case(str_slice(value, 0, 7), STR("utf-8''")))
        return form_fail(&parts->build, part->offset,
                         "filename* is written utf-8''name with percent"
                         " escapes.");
    if (!form_percent_decode(parts->build.arena,
                             str_slice(value, 7, value.bytes), false,
                             &part->file_name_extended, &fault))
        return form_fail(&parts->build, part->offset,
                         "In filename*, two hexadecimal digits come after a"
                         " percent sign.");
    return true;
}

static bool
take_parameter(struct parts *parts, struct part *part, struct str name,
               struct str value)
{
    struct arena *arena = parts->build.arena;
    static const char twice[] =
        "A parameter of Content-Disposition is given twice.";

    if (str_equal_ascii_case(name, STR("name"))) {
        if (part->has_name)
            return form_fail(&parts->build, part->offset, twice);
        part->has_name = true;
        part->field.name = browser_decoded(arena, value);
    } else if (str_equal_ascii_case(name, STR("filename"))) {
        if (part->field.file_name.data != NULL)
            return form_fail(&parts->build, part->offset, twice);
        part->field.is_file = true;
        part->field.file_name = browser_decoded(arena, value);
    } else if (str_equal_ascii_case(name, STR("filename*"))) {
        if (part->file_name_extended.data != NULL)
            return form_fail(&parts->build, part->offset, twice);
        part->field.is_file = true;
        return take_extended_name(parts, part, value);
    }
    return true;
}

static bool
take_disposition(struct parts *parts, struct part *part, struct str value)
{
    struct str rest = value;
    struct str type = STR("");
    struct str name;
    struct str parameter;

    if (part->has_disposition)
        return form_fail(&parts->build, part->offset,
                         "A part has one Content-Disposition.");
    part->has_disposition = true;
    str_next(&rest, ';', &type);
    rest = str_slice(value, type.bytes, value.bytes);
    if (!str_equal_ascii_case(str_trim(type), STR("form-data")))
        return form_fail(&parts->build, part->offset,
                         "The Content-Disposition of a part is form-data.");
    while (form_parameter(parts->build.arena, &rest, &name, &parameter))
        if (!take_parameter(parts, part, name, parameter))
            return false;
    if (rest.bytes > 0)
        return form_fail(&parts->build, part->offset,
                         "Content-Disposition is form-data; name=\"...\", and"
                         " filename=\"...\" of a file; a quote inside is"
                         " written %22.");
    return true;
}

static bool
take_type(struct parts *parts, struct part *part, struct str value)
{
    if (part->field.content_type.data != NULL)
        return form_fail(&parts->build, part->offset,
                         "A part has one Content-Type.");
    part->field.content_type = arena_str(parts->build.arena, value);
    return true;
}

static bool
take_transfer_encoding(struct parts *parts, struct part *part, struct str value)
{
    part->is_base64 = str_equal_ascii_case(value, STR("base64"));
    if (part->is_base64 || str_equal_ascii_case(value, STR("binary"))
        || str_equal_ascii_case(value, STR("8bit"))
        || str_equal_ascii_case(value, STR("7bit")))
        return true;
    return form_fail(&parts->build, part->offset,
                     "Content-Transfer-Encoding is not needed; binary and"
                     " base64 are understood.");
}

static bool
take_header(struct parts *parts, struct part *part, struct str line)
{
    static const struct {
        struct str name;
        bool (*take)(struct parts *, struct part *, struct str value);
    } headers[] = {
        { STR_INIT("content-disposition"), take_disposition },
        { STR_INIT("content-type"), take_type },
        { STR_INIT("content-transfer-encoding"), take_transfer_encoding },
    };
    size_t offset = (size_t)(line.data - parts->body.data);
    struct str value = line;
    struct str name;

    if (line.bytes == 0 || !str_next(&value, ':', &name) || value.data == NULL
        || name.bytes == 0 || !str_equal(str_trim(name), name)
        || !str_is_utf8(line) || str_find_char(name, ' ') >= 0
        || str_find_char(line, '\0') >= 0 || str_find_char(line, '\r') >= 0
        || str_find_char(line, '\n') >= 0)
        return form_fail(&parts->build, offset,
                         "A part begins with lines like Name: value in UTF-8"
                         " and an empty line, each ended by CR LF.");
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (str_equal_ascii_case(name, headers[i].name))
            return headers[i].take(parts, part, str_trim(value));
    return true;
}

static bool
read_headers(struct parts *parts, struct part *part)
{
    static const struct str line_end = STR_INIT("\r\n");

    part->offset = parts->at;
    for (;;) {
        struct str head = str_slice(parts->body, parts->at,
                                    part->offset + FORM_HEADER_BYTES_MAX);
        ptrdiff_t end = str_find(head, line_end);
        if (end < 0 && part->offset + FORM_HEADER_BYTES_MAX < parts->body.bytes)
            return form_exceeds(&parts->build, part->offset,
                                "The headers of a part are longer than 8"
                                " KiB.");
        if (end < 0)
            return form_fail(&parts->build, parts->at,
                             "The form ends inside the headers of a part.");
        parts->at += (size_t)end + line_end.bytes;
        if (end == 0)
            break;
        if (!take_header(parts, part, str_slice(head, 0, (size_t)end)))
            return false;
    }
    if (!part->has_name)
        return form_fail(&parts->build, part->offset,
                         "A part names its field: Content-Disposition:"
                         " form-data; name=\"...\".");
    return true;
}

static bool
decode_base64(struct parts *parts, struct part *part)
{
    struct str code = part->field.value;
    unsigned char *to = arena_alloc(parts->build.arena, code.bytes + 1);
    size_t count = 0;

    if (sodium_base642bin(to, code.bytes, code.data, code.bytes, "\r\n ",
                          &count, NULL, sodium_base64_VARIANT_ORIGINAL)
        != 0)
        return form_fail(&parts->build, part->offset,
                         "A part said to be base64 is not.");
    part->field.value = (struct str){ (char *)to, count };
    return true;
}

static bool
finish_part(struct parts *parts, struct part *part, struct str content)
{
    struct form_build *build = &parts->build;
    struct form_field *field = &part->field;

    field->value = arena_str(build->arena, content);
    if (part->is_base64 && !decode_base64(parts, part))
        return false;
    if (field->file_name.data == NULL)
        field->file_name = part->file_name_extended;
    field->file_name = without_folders(field->file_name);
    return form_text_is_sound(build, field->name, part->offset)
        && form_text_is_sound(build, field->file_name, part->offset)
        && (field->is_file
            || form_text_is_sound(build, field->value, part->offset))
        && form_add(build, field, part->offset);
}

/* After a boundary: `--` ends the form, CR LF begins a part. */
static bool
pass_boundary(struct parts *parts, bool *last)
{
    struct str rest = rest_of_body(parts);

    *last = str_starts(rest, STR("--"));
    if (*last) {
        rest = str_slice(rest, 2, rest.bytes);
        if (str_trim(rest).bytes == 0)
            return true;
        return form_fail(&parts->build, parts->at + 2,
                         "Nothing may follow the last boundary.");
    }
    size_t padding = 0;
    while (padding < rest.bytes
           && (rest.data[padding] == ' ' || rest.data[padding] == '\t'))
        padding++;
    if (!str_starts(str_slice(rest, padding, rest.bytes), STR("\r\n")))
        return form_fail(&parts->build, parts->at,
                         "A boundary is followed by CR LF, the last one by"
                         " two hyphens.");
    parts->at += padding + 2;
    return true;
}

static bool
read_part(struct parts *parts)
{
    struct part part = { 0 };

    if (!read_headers(parts, &part))
        return false;
    /* The line end of the empty line may be the boundary's (RFC 2046). */
    parts->at -= 2;
    ptrdiff_t end = str_find(rest_of_body(parts), parts->delimiter);
    if (end < 0)
        return form_fail(&parts->build, part.offset,
                         "A part is not ended by its boundary; the form was"
                         " cut off.");
    struct str content =
        end < 2 ? STR("") : str_slice(rest_of_body(parts), 2, (size_t)end);
    parts->at += (size_t)end + parts->delimiter.bytes;
    return finish_part(parts, &part, content);
}

bool
form_parse_multipart(struct arena *arena, struct str boundary, struct str body,
                     struct form *form, struct form_error *error)
{
    struct parts parts = {
        .build = { .arena = arena, .error = error },
        .body = body,
    };
    bool last = false;

    *error = (struct form_error){ 0 };
    if (!is_boundary(boundary))
        return form_fail(&parts.build, 0,
                         "The content type names a boundary of 1 to 70"
                         " characters.");
    parts.delimiter = arena_format(arena, "\r\n--%.*s", STR_ARG(boundary));
    parts.at = str_starts(body, STR("\r\n")) ? 2 : 0;
    struct str opening = str_slice(parts.delimiter, 2, SIZE_MAX);
    if (!str_starts(rest_of_body(&parts), opening))
        return form_fail(&parts.build, 0,
                         "A form begins with two hyphens and its boundary.");
    parts.at += opening.bytes;
    while (pass_boundary(&parts, &last) && !last)
        if (!read_part(&parts))
            return false;
    if (error->message != NULL)
        return false;
    *form = (struct form){ parts.build.fields, parts.build.count };
    return true;
}
