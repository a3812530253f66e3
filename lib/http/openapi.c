/*
 * openapi: the tables as an OpenAPI 3.1 document. What the server does not
 * read from a row or a shape is not said here either.
 */
#include <string.h>

#include "lib/http/server.h"

/* The shapes that were mentioned, each once, in the order of mention. */
struct shapes {
    struct arena *arena;
    const struct shape **all;
    size_t count, room;
};

static void write_info(struct json_out *, const char *version);
static void write_paths(struct json_out *, struct shapes *,
                        const struct endpoint *const *tables);
static void write_components(struct json_out *, struct shapes *);
static void write_operation(struct json_out *, struct shapes *,
                            const struct endpoint *);

struct str
http_openapi(struct arena *arena, const struct endpoint *const *tables,
             const char *version)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);
    struct shapes shapes = { .arena = arena };

    json_open_object(&out);
    json_put_cstr(&out, "openapi", "3.1.0");
    write_info(&out, version);
    write_paths(&out, &shapes, tables);
    write_components(&out, &shapes);
    json_close_object(&out);
    return text_str(&text);
}

static void
write_info(struct json_out *out, const char *version)
{
    json_name(out, "info");
    json_open_object(out);
    json_put_cstr(out, "title", "Baton");
    json_put_cstr(out, "version", version);
    json_close_object(out);
    json_name(out, "servers");
    json_open_array(out);
    json_open_object(out);
    json_put_cstr(out, "url", "/");
    json_close_object(out);
    json_close_array(out);
}

static void
write_reference(struct json_out *out, struct arena *arena, const char *where,
                const char *name)
{
    json_open_object(out);
    json_put_text(out, "$ref",
                  arena_format(arena, "#/components/%s/%s", where, name));
    json_close_object(out);
}

static void
write_shape_reference(struct json_out *out, struct shapes *shapes,
                      const struct shape *shape)
{
    size_t i = 0;

    while (i < shapes->count && shapes->all[i] != shape)
        i++;
    if (i == shapes->room) {
        size_t room = shapes->room == 0 ? 64 : shapes->room * 2;
        const struct shape **all =
            ARENA_ARRAY(shapes->arena, const struct shape *, room);
        if (i > 0)
            memcpy(all, shapes->all, i * sizeof *all);
        shapes->all = all;
        shapes->room = room;
    }
    if (i == shapes->count)
        shapes->all[shapes->count++] = shape;
    write_reference(out, shapes->arena, "schemas", shape->name);
}

/* ---- paths ---- */

static bool
is_described(const struct endpoint *row)
{
    return row->method != 0 && !(row->flags & ENDPOINT_HIDDEN);
}

/* True when a row before this one has the same path: it was written with
 * that one. */
static bool
is_written(const struct endpoint *const *tables, const struct endpoint *row)
{
    for (const struct endpoint *const *t = tables; *t != NULL; t++)
        for (const struct endpoint *r = *t; r->method != 0; r++) {
            if (r == row)
                return false;
            if (is_described(r) && strcmp(r->path, row->path) == 0)
                return true;
        }
    return false;
}

static void
write_path(struct json_out *out, struct shapes *shapes,
           const struct endpoint *const *tables, const char *path)
{
    json_name(out, path);
    json_open_object(out);
    for (const struct endpoint *const *t = tables; *t != NULL; t++)
        for (const struct endpoint *r = *t; r->method != 0; r++)
            if (is_described(r) && strcmp(r->path, path) == 0)
                write_operation(out, shapes, r);
    json_close_object(out);
}

static void
write_paths(struct json_out *out, struct shapes *shapes,
            const struct endpoint *const *tables)
{
    json_name(out, "paths");
    json_open_object(out);
    for (const struct endpoint *const *t = tables; *t != NULL; t++)
        for (const struct endpoint *r = *t; r->method != 0; r++)
            if (is_described(r) && !is_written(tables, r))
                write_path(out, shapes, tables, r->path);
    json_close_object(out);
}

/* "GET /api/v1/leads/{id}" is "get_leads_id". */
static struct str
operation_id(struct arena *arena, const struct endpoint *row)
{
    static const char prefix[] = "/api/v1";
    struct text id = text_new(arena);
    const char *path = row->path;

    for (const char *c = method_name(row->method); *c != '\0'; c++)
        text_add_char(&id, (char)(*c | 0x20));
    if (strncmp(path, prefix, sizeof prefix - 1) == 0)
        path += sizeof prefix - 1;
    for (; *path != '\0'; path++) {
        if (*path == '/' || *path == '-' || *path == '.')
            text_add_char(&id, '_');
        else if (*path != '{' && *path != '}')
            text_add_char(&id, *path);
    }
    return text_str(&id);
}

/* The capability: the first word behind the version. */
static struct str
tag_of(const struct endpoint *row)
{
    struct str rest = str_of(row->path);
    struct str part = STR_NONE;

    while (str_next(&rest, '/', &part))
        if (part.bytes > 0 && !str_is(part, "api") && !str_is(part, "v1"))
            break;
    return part.bytes > 0 ? part : STR("root");
}

static void
write_parameter(struct json_out *out, struct str name, const char *in,
                struct str about)
{
    json_open_object(out);
    json_put_text(out, "name", name);
    json_put_cstr(out, "in", in);
    json_put_bool(out, "required", strcmp(in, "path") == 0);
    if (about.bytes > 0)
        json_put_text(out, "description", about);
    json_name(out, "schema");
    json_open_object(out);
    json_put_cstr(out, "type", "string");
    json_close_object(out);
    json_close_object(out);
}

static void
write_parameters(struct json_out *out, const struct endpoint *row)
{
    struct str rest = str_of(row->path);
    struct str part;

    json_name(out, "parameters");
    json_open_array(out);
    while (str_next(&rest, '/', &part))
        if (part.bytes > 2 && part.data[0] == '{')
            write_parameter(out, str_slice(part, 1, part.bytes - 1), "path",
                            STR_NONE);
    for (const struct request_field *f = row->asks;
         f != NULL && f->name.bytes > 0; f++)
        write_parameter(out, f->name, "query", f->value);
    if (endpoint_writes(row)) {
        write_parameter(out, STR("Idempotency-Key"), "header",
                        STR("The same key with the same body is answered "
                            "from what was kept."));
        if (row->method != POST)
            write_parameter(out, STR("If-Match"), "header",
                            STR("The version the change was made for."));
    }
    json_close_array(out);
}

static void
write_content(struct json_out *out, struct shapes *shapes, const char *type,
              const struct shape *shape)
{
    json_name(out, "content");
    json_open_object(out);
    json_name(out, type);
    json_open_object(out);
    json_name(out, "schema");
    if (shape != NULL) {
        write_shape_reference(out, shapes, shape);
    } else {
        json_open_object(out);
        json_close_object(out);
    }
    json_close_object(out);
    json_close_object(out);
}

static bool
any_required(const struct shape *shape)
{
    for (const struct shape_field *f = shape->fields; f->name != NULL; f++)
        if (f->flags & SHAPE_REQUIRED)
            return true;
    return false;
}

static void
write_request_body(struct json_out *out, struct shapes *shapes,
                   const struct endpoint *row)
{
    bool any_body = row->flags & (ENDPOINT_ANY_BODY | ENDPOINT_RAW_BODY);

    if (row->takes == NULL && !any_body)
        return;
    json_name(out, "requestBody");
    json_open_object(out);
    json_put_bool(out, "required",
                  row->takes != NULL && any_required(row->takes));
    write_content(out, shapes, row->takes != NULL ? "application/json" : "*/*",
                  row->takes);
    json_close_object(out);
}

static void
write_responses(struct json_out *out, struct shapes *shapes,
                const struct endpoint *row)
{
    json_name(out, "responses");
    json_open_object(out);
    json_name(out, "2XX");
    json_open_object(out);
    json_put_cstr(out, "description", "Done.");
    if (row->gives != NULL)
        write_content(out, shapes, "application/json", row->gives);
    json_close_object(out);
    json_name(out, "default");
    write_reference(out, shapes->arena, "responses", "Problem");
    json_close_object(out);
}

static void
write_security(struct json_out *out, const struct endpoint *row)
{
    static const char *const schemes[] = { "key", "session" };

    json_name(out, "security");
    json_open_array(out);
    for (int i = 0; i < 2 && !(row->permission & PERMISSION_PUBLIC); i++) {
        json_open_object(out);
        json_name(out, schemes[i]);
        json_open_array(out);
        json_close_array(out);
        json_close_object(out);
    }
    json_close_array(out);
}

static void
write_operation(struct json_out *out, struct shapes *shapes,
                const struct endpoint *row)
{
    static const char *const names[] = { [GET] = "get",
                                         [POST] = "post",
                                         [PUT] = "put",
                                         [PATCH] = "patch",
                                         [DELETE] = "delete" };

    json_name(out, names[row->method]);
    json_open_object(out);
    json_put_text(out, "operationId", operation_id(shapes->arena, row));
    json_put_cstr(out, "summary", row->summary);
    json_name(out, "tags");
    json_open_array(out);
    json_text(out, tag_of(row));
    json_close_array(out);
    write_parameters(out, row);
    write_request_body(out, shapes, row);
    write_responses(out, shapes, row);
    write_security(out, row);
    json_close_object(out);
}

/* ---- schemas ---- */

static const struct {
    const char *type;
    const char *format;
} kinds[] = {
    [SHAPE_TEXT] = { "string", NULL },
    [SHAPE_INTEGER] = { "integer", "int64" },
    [SHAPE_NUMBER] = { "number", NULL },
    [SHAPE_BOOL] = { "boolean", NULL },
    [SHAPE_ID] = { "string", NULL },
    [SHAPE_TIME] = { "string", "date-time" },
    [SHAPE_DATE] = { "string", "date" },
    [SHAPE_EMAIL] = { "string", "email" },
    [SHAPE_OPTION] = { "string", NULL },
    [SHAPE_OBJECT] = { "object", NULL },
    [SHAPE_ANY] = { NULL, NULL },
};

static void
write_type(struct json_out *out, const char *type, bool nullable)
{
    json_name(out, "type");
    if (!nullable) {
        json_text(out, str_of(type));
        return;
    }
    json_open_array(out);
    json_text(out, str_of(type));
    json_text(out, STR("null"));
    json_close_array(out);
}

static void
write_options(struct json_out *out, const struct shape_field *field,
              bool nullable)
{
    json_name(out, "enum");
    json_open_array(out);
    for (const char *const *o = field->options; *o != NULL; o++)
        json_text(out, str_of(*o));
    if (nullable)
        json_null(out);
    json_close_array(out);
}

static void
write_bounds(struct json_out *out, const struct shape_field *field)
{
    bool number = field->kind == SHAPE_INTEGER || field->kind == SHAPE_NUMBER;

    if (field->kind == SHAPE_ID)
        json_put_cstr(out, "pattern", "^[0-9a-hjkmnp-tv-z]{13}$");
    if (number && (field->min != 0 || field->max != 0))
        json_put_int(out, "minimum", field->min);
    if (number && field->max != 0)
        json_put_int(out, "maximum", field->max);
    if ((field->kind == SHAPE_TEXT || field->kind == SHAPE_EMAIL)
        && field->max != 0)
        json_put_int(out, "maxLength", field->max);
}

/* The inside of a schema object: one value, not the list of them. */
static void
write_value(struct json_out *out, struct shapes *shapes,
            const struct shape_field *field, bool nullable)
{
    if (field->kind == SHAPE_OBJECT && field->of != NULL) {
        json_name(out, "anyOf");
        json_open_array(out);
        write_shape_reference(out, shapes, field->of);
        if (nullable) {
            json_open_object(out);
            json_put_cstr(out, "type", "null");
            json_close_object(out);
        }
        json_close_array(out);
        return;
    }
    if (kinds[field->kind].type != NULL)
        write_type(out, kinds[field->kind].type, nullable);
    if (kinds[field->kind].format != NULL)
        json_put_cstr(out, "format", kinds[field->kind].format);
    if (field->kind == SHAPE_OPTION)
        write_options(out, field, nullable);
    write_bounds(out, field);
}

static void
write_list(struct json_out *out, struct shapes *shapes,
           const struct shape_field *field, bool nullable)
{
    struct shape_field item = *field;

    item.min = item.max = 0;
    write_type(out, "array", nullable);
    json_put_int(out, "maxItems",
                 field->max > 0 ? field->max : SHAPE_ITEMS_MAX);
    json_name(out, "items");
    json_open_object(out);
    write_value(out, shapes, &item, false);
    json_close_object(out);
}

static void
write_field(struct json_out *out, struct shapes *shapes,
            const struct shape_field *field)
{
    bool nullable = field->flags & SHAPE_NULLABLE;

    json_name(out, field->name);
    json_open_object(out);
    if (field->flags & SHAPE_LIST)
        write_list(out, shapes, field, nullable);
    else
        write_value(out, shapes, field, nullable);
    if (field->about != NULL)
        json_put_cstr(out, "description", field->about);
    if (field->flags & SHAPE_READ_ONLY)
        json_put_bool(out, "readOnly", true);
    json_close_object(out);
}

static void
write_schema(struct json_out *out, struct shapes *shapes,
             const struct shape *shape)
{
    json_name(out, shape->name);
    json_open_object(out);
    json_put_cstr(out, "type", "object");
    if (shape->about != NULL)
        json_put_cstr(out, "description", shape->about);
    json_name(out, "properties");
    json_open_object(out);
    for (const struct shape_field *f = shape->fields; f->name != NULL; f++)
        write_field(out, shapes, f);
    json_close_object(out);
    if (any_required(shape)) {
        json_name(out, "required");
        json_open_array(out);
        for (const struct shape_field *f = shape->fields; f->name != NULL; f++)
            if (f->flags & SHAPE_REQUIRED)
                json_text(out, str_of(f->name));
        json_close_array(out);
    }
    json_put_bool(out, "additionalProperties", shape->flags & SHAPE_OPEN);
    json_close_object(out);
}

static const struct shape_field detail_fields[] = {
    { "pointer", SHAPE_TEXT, SHAPE_REQUIRED,
      .about = "RFC 6901: where in the body." },
    { "code", SHAPE_TEXT, SHAPE_REQUIRED, .about = "A word for programs." },
    { "message", SHAPE_TEXT, SHAPE_REQUIRED,
      .about = "What is wrong and what would be right." },
    { 0 },
};

static const struct shape detail_shape = {
    "ProblemDetail",
    "One thing that is wrong.",
    0,
    detail_fields,
};

static const struct shape_field problem_fields[] = {
    { "type", SHAPE_TEXT, SHAPE_REQUIRED, .about = "Stable; for programs." },
    { "title", SHAPE_TEXT, SHAPE_REQUIRED },
    { "status", SHAPE_INTEGER, SHAPE_REQUIRED },
    { "detail", SHAPE_TEXT, SHAPE_REQUIRED },
    { "errors", SHAPE_OBJECT, SHAPE_LIST, .max = ERROR_DETAILS_MAX,
      .of = &detail_shape },
    { "current", SHAPE_ANY, .about = "The record, when it has moved on." },
    { 0 },
};

static const struct shape problem_shape = {
    "Problem",
    "RFC 9457 problem details.",
    SHAPE_OPEN,
    problem_fields,
};

static void
write_security_schemes(struct json_out *out)
{
    json_name(out, "securitySchemes");
    json_open_object(out);
    json_name(out, "key");
    json_open_object(out);
    json_put_cstr(out, "type", "http");
    json_put_cstr(out, "scheme", "bearer");
    json_close_object(out);
    json_name(out, "session");
    json_open_object(out);
    json_put_cstr(out, "type", "apiKey");
    json_put_cstr(out, "in", "cookie");
    json_put_cstr(out, "name", "__Host-session");
    json_close_object(out);
    json_close_object(out);
}

static void
write_components(struct json_out *out, struct shapes *shapes)
{
    json_name(out, "components");
    json_open_object(out);
    json_name(out, "responses");
    json_open_object(out);
    json_name(out, "Problem");
    json_open_object(out);
    json_put_cstr(out, "description", "It was not done; why.");
    write_content(out, shapes, "application/problem+json", &problem_shape);
    json_close_object(out);
    json_close_object(out);
    /* Writing one may mention others, which are written after it. */
    json_name(out, "schemas");
    json_open_object(out);
    for (size_t i = 0; i < shapes->count; i++)
        write_schema(out, shapes, shapes->all[i]);
    json_close_object(out);
    write_security_schemes(out);
    json_close_object(out);
}
