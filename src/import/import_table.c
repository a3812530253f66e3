/* import_table: see import_table.h. */
#include "src/import/import_table.h"

#include <errno.h>
#include <string.h>

enum { PIECE_BYTES = 64 * 1024, NAME_HASH_BYTES = 16 };

bool
import_table_open(struct import_table *table, const char *path, char delimiter)
{
    *table = (struct import_table){ .file = fopen(path, "rb") };
    if (table->file == NULL)
        return false;
    table->reader = csv_reader_open(delimiter, CSV_ENCODING_FIND);
    hash_map_init(&table->seen);
    return true;
}

void
import_table_close(struct import_table *table)
{
    if (table->file == NULL)
        return;
    csv_reader_close(table->reader);
    hash_map_free(&table->seen);
    fclose(table->file);
    table->file = NULL;
}

/* What is no table at all, told by how it begins. */
static const char *
other_format(struct str piece)
{
    static const char archive[] =
        "this is an archive; unpack it, and save the table as CSV";
    static const char picture[] =
        "this is a picture; a table is needed, saved as CSV";
    static const char page[] =
        "this is a web page or XML; save the sheet as CSV";
    static const char json[] =
        "this is JSON; a table is needed, saved as CSV (leads as JSON go to "
        "POST /api/v1/leads/batch)";
    static const struct {
        struct str begins;
        const char *why;
    } formats[] = {
        { STR_INIT("PK\x03\x04"),
          "this is a spreadsheet or another archive; save the sheet as CSV" },
        { STR_INIT("\xd0\xcf\x11\xe0"),
          "this is an old spreadsheet; save the sheet as CSV" },
        { STR_INIT("\x1f\x8b"), "this is compressed; unpack it with gunzip" },
        { STR_INIT("%PDF"), "this is a PDF; a table in CSV is needed" },
        { STR_INIT("{\\rtf"), "this is a document; save its table as CSV" },
        { STR_INIT("7z\xbc\xaf\x27\x1c"), archive },
        { STR_INIT("Rar!\x1a\x07"), archive },
        { STR_INIT("BZh"), archive },
        { STR_INIT("\xfd"
                   "7zXZ"),
          archive },
        { STR_INIT("\x28\xb5\x2f\xfd"), archive },
        { STR_INIT("\x89PNG"), picture },
        { STR_INIT("\xff\xd8\xff"), picture },
        { STR_INIT("GIF8"), picture },
        { STR_INIT("SQLite format 3"),
          "this is a database; save the table as CSV" },
        { STR_INIT("<!DOCTYPE"), page },
        { STR_INIT("<html"), page },
        { STR_INIT("<?xml"), page },
        { STR_INIT("{\""), json },
        { STR_INIT("[{"), json },
    };

    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (str_starts(piece, formats[i].begins))
            return formats[i].why;
    return NULL;
}

/* Two bytes for each letter, of which one is often 0. */
static bool
is_wide(struct str piece)
{
    const char *s = piece.data;

    return piece.bytes >= 4
        && (str_starts(piece, STR("\xff\xfe"))
            || str_starts(piece, STR("\xfe\xff"))
            || ((s[0] == 0) != (s[1] == 0) && (s[0] == 0) == (s[2] == 0)
                && (s[1] == 0) == (s[3] == 0)));
}

/* Of characters that no text has; a few are a slip. */
static bool
is_binary(struct str piece)
{
    enum { BEGINNING = 8, ONE_IN = 50 };
    size_t odd = 0;

    if (is_wide(piece))
        return false;
    for (size_t i = 0; i < piece.bytes; i++) {
        unsigned char c = (unsigned char)piece.data[i];
        if (c >= ' ' || (c >= '\t' && c <= '\r') || c == 0x1a)
            continue;
        odd++;
        if (i < BEGINNING)
            return true;
    }
    return odd * ONE_IN > piece.bytes;
}

static const char *
no_table(struct str piece)
{
    const char *why = other_format(piece);

    if (why == NULL && is_binary(piece))
        why = "this is no text; save the table as CSV";
    return why;
}

static bool
feed(struct import_table *table)
{
    char piece[PIECE_BYTES];
    size_t got = fread(piece, 1, sizeof piece, table->file);

    if (ferror(table->file)) {
        table->why = strerrordesc_np(errno);
        return false;
    }
    if (table->bytes == 0)
        table->why = no_table((struct str){ piece, got });
    if (table->why != NULL)
        return false;
    table->bytes += (int64_t)got;
    if (got > 0) {
        csv_reader_feed(table->reader, (struct str){ piece, got });
    } else {
        csv_reader_finish(table->reader);
        table->ended = true;
    }
    return true;
}

bool
import_table_next(struct import_table *table, struct arena *arena,
                  struct csv_row *row)
{
    for (;;) {
        if (csv_reader_next(table->reader, arena, row)) {
            if ((row->flags & CSV_BLANK) == 0)
                return true;
            table->blank_lines++;
            continue;
        }
        const struct csv_failure *failure = csv_reader_failure(table->reader);
        if (failure != NULL)
            table->why = failure->message;
        if (failure != NULL || table->ended || !feed(table))
            return false;
    }
}

struct str
import_row_name(struct import_table *table, struct arena *arena,
                struct str body)
{
    struct hash hash = hash_of(body);
    struct text text = text_new(arena);
    int64_t key;

    memcpy(&key, hash.bytes, sizeof key);
    key = key == 0 ? 1 : key;
    int64_t times = hash_map_get(&table->seen, key) + 1;
    hash_map_put(&table->seen, key, times);

    text_add_cstr(&text, "import:");
    for (int i = 0; i < NAME_HASH_BYTES; i++)
        text_format(&text, "%02x", hash.bytes[i]);
    if (times > 1)
        text_format(&text, ":%ld", (long)times);
    return text_str(&text);
}
