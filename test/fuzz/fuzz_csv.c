/* Whatever is imported: it does not matter where the pieces are cut, all
 * fields are text, and what is written from them is read back the same. */
#include <assert.h>

#include "lib/base/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
add_rows(struct csv_reader *reader, struct arena *arena, struct text *shown)
{
    struct csv_out out = csv_out_new(shown);
    struct csv_row row;

    while (csv_reader_next(reader, arena, &row)) {
        assert(row.count >= 1 && row.count <= CSV_COLUMNS_MAX);
        assert(row.line >= 1);
        for (size_t i = 0; i < row.count; i++) {
            assert(str_is_utf8(row.fields[i]));
            csv_out_text(&out, csv_without_guard(row.fields[i]));
        }
        csv_out_end_row(&out);
    }
}

/* All rows as we would write them. */
static struct str
read_pieces(struct arena *arena, struct str given, size_t piece_bytes,
            char delimiter, enum csv_encoding encoding)
{
    struct csv_reader *reader = csv_reader_open(delimiter, encoding);
    struct text shown = text_new(arena);

    for (size_t at = 0; at < given.bytes; at += piece_bytes) {
        csv_reader_feed(reader, str_slice(given, at, at + piece_bytes));
        add_rows(reader, arena, &shown);
    }
    csv_reader_finish(reader);
    add_rows(reader, arena, &shown);
    assert(csv_reader_failure(reader) == NULL
           || csv_reader_failure(reader)->message != NULL);
    csv_reader_close(reader);
    return text_str(&shown);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str given = { (const char *)data, size };
    struct arena arena;

    if (size < 1)
        return 0;
    size_t piece_bytes = 1 + data[0] % 16;
    enum csv_encoding encoding =
        (enum csv_encoding)(data[0] / 16 % (CSV_WINDOWS_1252 + 1));
    given = str_slice(given, 1, size);
    arena_init(&arena);
    struct str whole = read_pieces(&arena, given, size, '\0', encoding);
    struct str cut = read_pieces(&arena, given, piece_bytes, '\0', encoding);
    assert(str_equal(whole, cut));
    assert(str_equal(whole, read_pieces(&arena, whole, 4096, ',', CSV_UTF_8)));
    arena_free(&arena);
    return 0;
}
