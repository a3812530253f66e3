/*
 * command_docs: the manual of the API, from the rows that the server answers
 * by. For tools/docs, which keeps the files in docs/. Not for options: each
 * command prints its own (COMMAND_MANUAL).
 */
#include <stdio.h>
#include <string.h>

#include "src/access/permission.h"
#include "src/command/command.h"
#include "src/instance.h"

static const struct command_option options[] = { { 0 } };

enum { SHAPES_MAX = 512 };

/* The shapes that were mentioned, each once. */
struct mentioned {
    const struct shape *all[SHAPES_MAX];
    int count;
};

static void write_rows(struct text *, struct mentioned *,
                       const struct endpoint *const *tables);
static void write_row(struct text *, struct mentioned *,
                      const struct endpoint *);
static void write_shape(struct text *, struct mentioned *,
                        const struct shape *);

static int
print_api(int argc, char **argv)
{
    struct command command;

    if (command_read(&command, options, "docs api", "", argc, argv)) {
        struct mentioned *shapes = ARENA_NEW(&command.arena, struct mentioned);
        struct text out = text_new(&command.arena);

        write_rows(&out, shapes, instance_tables(&command.arena));
        text_add(&out, STR("\n## Shapes\n"));
        /* Writing one may mention others, which are written after it. */
        for (int i = 0; i < shapes->count; i++)
            write_shape(&out, shapes, shapes->all[i]);
        fwrite(out.data, 1, out.bytes, stdout);
    }
    command_free(&command);
    return command.exit_code;
}

static int
print_openapi(int argc, char **argv)
{
    struct command command;

    if (command_read(&command, options, "docs openapi", "", argc, argv)) {
        struct str document = http_openapi(
            &command.arena, instance_tables(&command.arena), instance_version);
        fwrite(document.data, 1, document.bytes, stdout);
    }
    command_free(&command);
    return command.exit_code;
}

int
command_docs(int argc, char **argv)
{
    static const struct command_word words[] = {
        { "api", print_api },
        { "openapi", print_openapi },
        { 0 },
    };

    return command_choose(words, argc, argv);
}

/* ------------------------------------------------------------------ rows */

static void
write_rows(struct text *out, struct mentioned *shapes,
           const struct endpoint *const *tables)
{
    for (const struct endpoint *const *t = tables; *t != NULL; t++)
        for (const struct endpoint *row = *t; row->method != 0; row++)
            if (!(row->flags & ENDPOINT_HIDDEN))
                write_row(out, shapes, row);
}

static void
write_permission(struct text *out, uint64_t permission)
{
    const char *before = "";

    if (permission & PERMISSION_PUBLIC) {
        text_add(out, STR("anybody"));
        return;
    }
    if (permission & PERMISSION_SIGNED_IN) {
        text_add(out, STR("anybody with a key or a session"));
        return;
    }
    for (int bit = 0; bit < 64; bit++) {
        if (!(permission >> bit & 1))
            continue;
        text_format(out, "%s`%s`", before, permission_names[bit]);
        before = ", ";
    }
}

/* A link to the shape, which is then written too. */
static void
mention(struct text *out, struct mentioned *shapes, const struct shape *shape)
{
    int i = 0;

    while (i < shapes->count && shapes->all[i] != shape)
        i++;
    if (i == shapes->count && i < SHAPES_MAX)
        shapes->all[shapes->count++] = shape;
    text_format(out, "[%s](#", shape->name);
    for (const char *c = shape->name; *c != '\0'; c++)
        text_add_char(out, *c >= 'A' && *c <= 'Z' ? (char)(*c | 0x20) : *c);
    text_add_char(out, ')');
}

static void
write_row(struct text *out, struct mentioned *shapes,
          const struct endpoint *row)
{
    text_format(out, "\n### %s %s\n\n%s\n\n- For: ", method_name(row->method),
                row->path, row->summary);
    write_permission(out, row->permission);
    text_add_char(out, '\n');
    for (const struct request_field *f = row->asks;
         f != NULL && !str_is_empty(f->name); f++)
        text_format(out, "- Query `%.*s`: %.*s\n", STR_ARG(f->name),
                    STR_ARG(f->value));
    if (row->takes != NULL || row->flags & ENDPOINT_ANY_BODY)
        text_add(out, STR("- Takes: "));
    if (row->takes != NULL)
        mention(out, shapes, row->takes);
    if (row->flags & ENDPOINT_ANY_BODY)
        text_add(out, row->takes == NULL ? STR("a body that is not JSON")
                                         : STR(", or another body"));
    if (row->takes != NULL || row->flags & ENDPOINT_ANY_BODY)
        text_format(
            out, ", at most %zu KiB%s\n",
            (row->body_bytes_max == 0 ? 1024 * 1024 : row->body_bytes_max)
                / 1024,
            (row->flags & ENDPOINT_LARGE_BODY) != 0
                ? ", or as the server is set"
                : "");
    if (row->gives != NULL) {
        text_add(out, STR("- Gives: "));
        mention(out, shapes, row->gives);
        text_add_char(out, '\n');
    }
}

/* ---------------------------------------------------------------- shapes */

static const char *const kinds[] = {
    [SHAPE_TEXT] = "text",     [SHAPE_INTEGER] = "whole number",
    [SHAPE_NUMBER] = "number", [SHAPE_BOOL] = "true or false",
    [SHAPE_ID] = "id",         [SHAPE_TIME] = "time",
    [SHAPE_DATE] = "date",     [SHAPE_EMAIL] = "e-mail address",
    [SHAPE_OPTION] = "one of", [SHAPE_OBJECT] = "object",
    [SHAPE_ANY] = "any JSON",
};

/* As shape.c checks them. */
static void
write_bounds(struct text *out, const struct shape_field *field)
{
    bool number = field->kind == SHAPE_INTEGER || field->kind == SHAPE_NUMBER;
    bool text = field->kind == SHAPE_TEXT || field->kind == SHAPE_EMAIL;
    bool list = field->flags & SHAPE_LIST;

    if (list)
        text_format(out, ", at most %lld items",
                    (long long)(field->max > 0 ? field->max : SHAPE_ITEMS_MAX));
    else if (number && field->max != 0)
        text_format(out, ", %lld to %lld", (long long)field->min,
                    (long long)field->max);
    else if (number && field->min != 0)
        text_format(out, ", at least %lld", (long long)field->min);
    else if (text && field->max != 0)
        text_format(out, ", at most %lld bytes", (long long)field->max);
}

static void
write_kind(struct text *out, struct mentioned *shapes,
           const struct shape_field *field)
{
    if (field->flags & SHAPE_LIST)
        text_add(out, STR("list of "));
    if (field->kind == SHAPE_OBJECT && field->of != NULL)
        mention(out, shapes, field->of);
    else
        text_add(out, str_of(kinds[field->kind]));
    if (field->kind == SHAPE_OPTION)
        for (const char *const *o = field->options; *o != NULL; o++)
            text_format(out, "%s `%s`", o == field->options ? "" : ",", *o);
    write_bounds(out, field);
    if (field->flags & SHAPE_NULLABLE)
        text_add(out, STR(", or null"));
}

static void
write_shape(struct text *out, struct mentioned *shapes,
            const struct shape *shape)
{
    text_format(out, "\n### %s\n\n", shape->name);
    if (shape->about != NULL)
        text_format(out, "%s\n\n", shape->about);
    text_add(out, STR("| field | | |\n|---|---|---|\n"));
    for (const struct shape_field *f = shape->fields; f->name != NULL; f++) {
        text_format(out, "| `%s` | ", f->name);
        write_kind(out, shapes, f);
        text_format(out, "%s%s | %s |\n",
                    f->flags & SHAPE_REQUIRED ? "; **needed**" : "",
                    f->flags & SHAPE_READ_ONLY ? "; read only" : "",
                    f->about == NULL ? "" : f->about);
    }
    if (shape->flags & SHAPE_OPEN)
        text_add(out, STR("\nOther names are allowed.\n"));
}
