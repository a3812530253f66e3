/* A mapping file, a NUL, a table: whatever they are, each row becomes an
 * object that can be read again, and keeps every cell. */
#include <assert.h>
#include <string.h>

#include "src/capture/mapping.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_object(struct arena *arena, const struct json *given)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);
    struct json_error error;

    json_tree(&out, given);
    assert(json_parse(arena, text_str(&text), &error) != NULL);
}

static void
check_body(struct arena *arena, const struct mapping *mapping,
           const struct csv_row *row, struct str body)
{
    struct json_error error;
    const struct json *json = json_parse(arena, body, &error);

    assert(json != NULL && json->kind == JSON_OBJECT);
    for (size_t i = 0; i < json->object.count; i++)
        assert(str_equal(json->object.members[i].value.text, row->fields[i]));
    /* All cells below the header; a last one may be a comma's. */
    size_t cells = row->count < mapping->count ? row->count : mapping->count;
    assert(json->object.count == cells || json->object.count + 1 == cells);
}

static const struct mapping_file *
read_file(struct work *w, struct str text)
{
    struct json_error error;
    const struct json *json = json_parse(w->arena, text, &error);

    return json == NULL ? NULL : mapping_file_read(w, json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, 0, size);
    size_t at = end == NULL ? 0 : (size_t)(end - data);
    struct arena arena;
    struct mapping mapping;
    struct mapped mapped;
    struct csv_row row;

    arena_init(&arena);
    struct work w = { .arena = &arena };
    const struct mapping_file *file =
        read_file(&w, (struct str){ (const char *)data, at });
    struct csv_reader *reader = csv_reader_open(0, CSV_ENCODING_FIND);
    csv_reader_feed(reader, (struct str){ (const char *)data + at, size - at });
    csv_reader_finish(reader);
    if (csv_reader_next(reader, &arena, &row)
        && mapping_bind(&w, file, NULL, &row, &mapping)) {
        while (csv_reader_next(reader, &arena, &row)) {
            mapping_row(&arena, &mapping, &row, &mapped);
            check_object(&arena, mapped.given);
            check_body(&arena, &mapping, &row, mapped.body);
        }
    }
    csv_reader_close(reader);
    arena_free(&arena);
    return 0;
}
