/*
 * Tests of csv: what people send is read, wherever the pieces are cut; what
 * we write is read back, and no spreadsheet runs it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/base/csv.h"
#include "lib/base/json.h"
#include "lib/base/random.h"
#include "test/files.h"

static struct arena arena;

static int
empty_arena(void **state)
{
    (void)state;
    arena_reset(&arena);
    return 0;
}

struct table {
    struct csv_row *rows;
    size_t count;
    size_t room;
    struct csv_facts facts;
    struct csv_failure failure; /* message NULL: none */
};

static void
keep(struct table *table, const struct csv_row *row)
{
    if (table->count == table->room) {
        size_t room = table->room == 0 ? 64 : table->room * 2;
        struct csv_row *larger = ARENA_ARRAY(&arena, struct csv_row, room);
        if (table->count > 0)
            memcpy(larger, table->rows, table->count * sizeof *larger);
        table->rows = larger;
        table->room = room;
    }
    table->rows[table->count++] = *row;
}

static void
take_rows(struct csv_reader *reader, struct table *table)
{
    struct csv_row row;

    while (csv_reader_next(reader, &arena, &row))
        keep(table, &row);
}

static struct table
read_pieces(struct str source, size_t piece_bytes, char delimiter,
            enum csv_encoding encoding)
{
    struct csv_reader *reader = csv_reader_open(delimiter, encoding);
    struct table table = { 0 };

    for (size_t at = 0; at < source.bytes; at += piece_bytes) {
        csv_reader_feed(reader, str_slice(source, at, at + piece_bytes));
        take_rows(reader, &table);
    }
    csv_reader_finish(reader);
    take_rows(reader, &table);
    if (csv_reader_failure(reader) != NULL)
        table.failure = *csv_reader_failure(reader);
    table.facts = csv_reader_facts(reader);
    csv_reader_close(reader);
    return table;
}

static void
assert_same(const struct table *a, const struct table *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->facts.encoding, b->facts.encoding);
    assert_int_equal(a->facts.delimiter, b->facts.delimiter);
    assert_int_equal(a->facts.replaced, b->facts.replaced);
    assert_int_equal(a->failure.line, b->failure.line);
    for (size_t i = 0; i < a->count; i++) {
        assert_int_equal(a->rows[i].line, b->rows[i].line);
        assert_int_equal(a->rows[i].flags, b->rows[i].flags);
        assert_int_equal(a->rows[i].count, b->rows[i].count);
        for (size_t j = 0; j < a->rows[i].count; j++)
            assert_true(str_equal(a->rows[i].fields[j], b->rows[i].fields[j]));
    }
}

/* Reads it whole and in pieces, which must not matter. */
static struct table
read_table(struct str source)
{
    static const size_t pieces[] = { 1, 7, 4096 };
    struct table whole =
        read_pieces(source, source.bytes + 1, '\0', CSV_ENCODING_FIND);

    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct table table =
            read_pieces(source, pieces[i], '\0', CSV_ENCODING_FIND);
        assert_same(&whole, &table);
    }
    return whole;
}

/* The table as text: fields in angle brackets, each row on its line. */
static struct str
shown(const struct table *table)
{
    struct text text = text_new(&arena);

    for (size_t i = 0; i < table->count; i++) {
        for (size_t j = 0; j < table->rows[i].count; j++)
            text_format(&text, "<%.*s>", STR_ARG(table->rows[i].fields[j]));
        text_add_char(&text, '\n');
    }
    return text_str(&text);
}

static void
assert_reads(struct str source, const char *expected)
{
    struct table table = read_table(source);
    struct str got = shown(&table);

    if (!str_is(got, expected))
        fail_msg("%.*s\nis read as\n%.*s\nnot\n%s", STR_ARG(source),
                 STR_ARG(got), expected);
}

#define ASSERT_READS(literal, expected) assert_reads(STR(literal), expected)

static void
rows_end_with_any_of_three_line_ends(void **state)
{
    (void)state;
    ASSERT_READS("a,b\r\nc,d\r\n", "<a><b>\n<c><d>\n");
    ASSERT_READS("a,b\nc,d", "<a><b>\n<c><d>\n");
    ASSERT_READS("a,b\rc,d\r", "<a><b>\n<c><d>\n");
    ASSERT_READS("a,b\r\n\"c\",\"d\"\r\n", "<a><b>\n<c><d>\n");
    ASSERT_READS("a,b\n,\n", "<a><b>\n<><>\n");
    ASSERT_READS("", "");
}

static void
quotes_hold_delimiters_quotes_and_lines(void **state)
{
    (void)state;
    ASSERT_READS("a,b\n\"x,\"\"y\"\"\",\"l1\r\nl2\nl3\"\n",
                 "<a><b>\n<x,\"y\"><l1\r\nl2\nl3>\n");
    ASSERT_READS("\"\",\"\"\"\"\n", "<><\">\n");
    ASSERT_READS("1,\"e2022\r\",3\n", "<1><e2022\r><3>\n");
    ASSERT_READS("1,\"x\r\"\n2,y\n", "<1><x\r>\n<2><y>\n");
    ASSERT_READS("5\" pipe,a\n", "<5\" pipe><a>\n");
}

static void
a_row_knows_the_line_it_starts_at(void **state)
{
    struct table table =
        read_table(STR("a,b\r\n\"1\r\n2\n3\r4\",x\r\n\r\nlast,y\rz,z"));

    (void)state;
    assert_int_equal(table.count, 5);
    assert_int_equal(table.rows[0].line, 1);
    assert_int_equal(table.rows[1].line, 2);
    assert_int_equal(table.rows[2].line, 6);
    assert_int_equal(table.rows[3].line, 7);
    assert_int_equal(table.rows[4].line, 8);
}

static void
a_quote_that_was_not_doubled_is_kept_and_flagged(void **state)
{
    struct table table =
        read_table(STR("a,b\n\"John \"Johnny\" Smith\",2\nx,y\n\"q\" ,z\n"));

    (void)state;
    assert_true(str_is(shown(&table), "<a><b>\n<John \"Johnny\" Smith><2>\n"
                                      "<x><y>\n<q><z>\n"));
    assert_int_equal(table.rows[0].flags, 0);
    assert_int_equal(table.rows[1].flags, CSV_QUOTES);
    assert_int_equal(table.rows[2].flags, 0);
    assert_int_equal(table.rows[3].flags, 0);
}

static void
a_field_quoted_twice_does_not_swallow_its_neighbours(void **state)
{
    struct table table = read_table(STR("a,b,c\n1,\"\"10028\"\",\"n\"\n"));

    (void)state;
    assert_true(str_is(shown(&table), "<a><b><c>\n<1><\"\"10028\"\"><n>\n"));
    assert_int_equal(table.rows[1].flags, CSV_QUOTES);
}

static void
quotes_open_at_the_end_are_flagged(void **state)
{
    struct table table = read_table(STR("a,b\n1,\"x\n2,y\n"));

    (void)state;
    assert_int_equal(table.count, 2);
    assert_true(table.rows[1].flags & CSV_UNCLOSED);
    assert_int_equal(table.rows[1].line, 2);
}

static void
rows_of_another_length_are_reported_and_kept(void **state)
{
    struct table table =
        read_table(STR("a,b,c\n1,2\n1,2,3\n1,2,3,4\n\n1,2,3,,\n1,2,3, , \n"));
    static const unsigned flags[] = {
        0, CSV_SHORT, 0, CSV_LONG, CSV_BLANK, 0, 0
    };

    (void)state;
    assert_int_equal(table.count, 7);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(table.rows[i].flags, flags[i]);
}

static void
an_empty_last_column_of_the_header_asks_for_nothing(void **state)
{
    struct table table = read_table(STR("a,b,\n1,2\n1,2,\n1,2,3\n1\n"));
    static const unsigned flags[] = { 0, 0, 0, 0, CSV_SHORT };

    (void)state;
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(table.rows[i].flags, flags[i]);
}

static void
the_delimiter_is_found(void **state)
{
    static const struct {
        const char *source;
        char delimiter;
    } files[] = {
        { "a,b\n1,2\n", ',' },
        { "a;b\n1,5;2\n", ';' },
        { "a\tb\n1,000\t2;3\n", '\t' },
        { "one|two,two|three\nfour|five,five|six", '|' },
        { "\"a;b;c;d\",x\n\"a;b;c;d\",y\n", ',' },
        { "Name;Note\nx;\"a,b,c\"\ny;\"d,e,f\"\n", ';' },
        { "alone\n1\n2\n", ',' },
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct table table = read_table(str_of(files[i].source));
        if (table.facts.delimiter != files[i].delimiter)
            fail_msg("%s: %c", files[i].source, table.facts.delimiter);
    }
}

static void
a_sep_line_names_the_delimiter_and_is_no_row(void **state)
{
    struct table table = read_table(STR("sep=;\r\na,a,a;b\r\n1,1,1;2\r\n"));

    (void)state;
    assert_true(str_is(shown(&table), "<a,a,a><b>\n<1,1,1><2>\n"));
    assert_int_equal(table.rows[0].line, 2);
    ASSERT_READS("SEP=|\na|b\n", "<a><b>\n");
    ASSERT_READS("\xef\xbb\xbfsep=^\na^b\n", "<a><b>\n");
    ASSERT_READS("sep=;x,y\n", "<sep=;x><y>\n");
    ASSERT_READS("sep=,", "");
}

static void
byte_order_marks_are_taken_off(void **state)
{
    (void)state;
    ASSERT_READS("\xef\xbb\xbf\"a\",b\n", "<a><b>\n");
    ASSERT_READS("\xff\xfe"
                 "a\0,\0\x00\xac\n\0",
                 "<a><\xea\xb0\x80>\n");
    ASSERT_READS("\xfe\xff\0a\0,\xac\x00\0\n", "<a><\xea\xb0\x80>\n");
}

static void
utf_16_is_found_without_a_mark(void **state)
{
    (void)state;
    struct table table =
        read_table(STR("n\0a\0m\0e\0,\0b\0\n\0x\0x\0x\0x\0,\0y\0\n\0"));
    assert_int_equal(table.facts.encoding, CSV_UTF_16LE);
    assert_true(str_is(shown(&table), "<name><b>\n<xxxx><y>\n"));
    table = read_table(STR("\0n\0a\0m\0e\0,\0b\0\n\0x\0x\0x\0x\0,\0y\0\n"));
    assert_int_equal(table.facts.encoding, CSV_UTF_16BE);
}

static void
korean_windows_files_are_converted(void **state)
{
    struct table table = read_table(
        STR("\xc0\xcc\xb8\xa7,\xc0\xfc\xc8\xad\n\xb1\xe8\xc3\xb6\xbc\xf6,"
            "010-1234-5678\n\x8c\x63\xbe\xc6\xb9\xf6\xc1\xf6,1\n"));

    (void)state;
    assert_int_equal(table.facts.encoding, CSV_CP949);
    assert_int_equal(table.facts.replaced, 0);
    assert_true(str_is(shown(&table),
                       "<\xec\x9d\xb4\xeb\xa6\x84><\xec\xa0\x84\xed\x99\x94>"
                       "\n<\xea\xb9\x80\xec\xb2\xa0\xec\x88\x98>"
                       "<010-1234-5678>\n<\xeb\x98\xa0\xec\x95\x84\xeb\xb2"
                       "\x84\xec\xa7\x80><1>\n"));
}

static void
western_windows_files_are_converted(void **state)
{
    struct table table =
        read_table(STR("Name,City\nJos\xe9 N\xfa\xf1"
                       "ez,M\xe1laga\n\x80 5,\x93quoted\x94\n"));

    (void)state;
    assert_int_equal(table.facts.encoding, CSV_WINDOWS_1252);
    assert_true(str_is(shown(&table),
                       "<Name><City>\n<Jos\xc3\xa9 N\xc3\xba\xc3\xb1"
                       "ez><M\xc3\xa1laga>\n<\xe2\x82\xac 5>"
                       "<\xe2\x80\x9cquoted\xe2\x80\x9d>\n"));
}

static void
the_encoding_may_show_late_in_the_file(void **state)
{
    struct text text = text_new(&arena);

    (void)state;
    text_add_cstr(&text, "name,n\n");
    for (size_t i = 0; i < 20000; i++)
        text_format(&text, "ascii,%zu\n", i);
    text_add_cstr(&text, "\xb1\xe8\xc3\xb6\xbc\xf6,1\n");
    struct table table =
        read_pieces(text_str(&text), 65536, '\0', CSV_ENCODING_FIND);
    assert_int_equal(table.facts.encoding, CSV_CP949);
    assert_true(str_is(table.rows[20001].fields[0],
                       "\xea\xb9\x80\xec\xb2\xa0\xec\x88\x98"));
    assert_int_equal(table.rows[20001].line, 20002);
}

static void
what_is_no_text_is_replaced_and_counted(void **state)
{
    (void)state;
    struct table table = read_pieces(
        STR("a,b\n\xea\xb0\x80\xff,x\0y\n\xea\xb0"), 3, ',', CSV_UTF_8);
    assert_true(str_is(shown(&table),
                       "<a><b>\n<\xea\xb0\x80\xef\xbf\xbd>"
                       "<x\xef\xbf\xbdy>\n<\xef\xbf\xbd\xef\xbf\xbd>\n"));
    assert_int_equal(table.facts.replaced, 4);
}

static void
a_row_beyond_a_mebibyte_stops_reading_with_its_line(void **state)
{
    struct text text = text_new(&arena);

    (void)state;
    text_add_cstr(&text, "a,b\n1,\"never closed\n");
    for (size_t i = 0; i < 60000; i++)
        text_add_cstr(&text, "many more lines, all swallowed\n");
    struct table table =
        read_pieces(text_str(&text), 4096, '\0', CSV_ENCODING_FIND);
    assert_int_equal(table.count, 1);
    assert_int_equal(table.failure.line, 2);
    assert_non_null(strstr(table.failure.message, "1 MiB"));
}

static void
more_than_1000_columns_stop_reading_with_the_line(void **state)
{
    struct text text = text_new(&arena);

    (void)state;
    text_add_cstr(&text, "x\n");
    for (size_t i = 0; i < 999; i++)
        text_add_char(&text, ',');
    struct table table = read_pieces(text_str(&text), 100, ',', CSV_UTF_8);
    assert_int_equal(table.count, 2);
    assert_int_equal(table.rows[1].count, 1000);
    text_add_char(&text, ',');
    table = read_pieces(text_str(&text), 100, ',', CSV_UTF_8);
    assert_int_equal(table.count, 1);
    assert_int_equal(table.failure.line, 2);
    assert_non_null(strstr(table.failure.message, "1,000 columns"));
}

/* papaparse. */

static struct str
expected_rows(const struct json *data, bool ends_in_line_end)
{
    struct text text = text_new(&arena);
    size_t count = data->array.count;

    /* papaparse takes what follows the last line end for a row. */
    if (ends_in_line_end && count > 0)
        count--;
    for (size_t i = 0; i < count; i++) {
        const struct json *row = &data->array.items[i];
        for (size_t j = 0; j < row->array.count; j++)
            text_format(&text, "<%.*s>", STR_ARG(row->array.items[j].text));
        text_add_char(&text, '\n');
    }
    return text_str(&text);
}

static bool
check_case(const struct json *test)
{
    struct str input = json_get_text(test, "input");
    struct str description = json_get_text(test, "description");
    const struct json *config = json_get(test, "config");
    const struct json *data = json_get(json_get(test, "expected"), "data");

    if (config->object.count > 0)
        return false;
    struct table table = read_table(input);
    struct str expected = expected_rows(data, str_ends(input, STR("\n")));
    if (!str_equal(shown(&table), expected))
        fail_msg("%.*s: %.*s\nis read as\n%.*s\nnot\n%.*s",
                 STR_ARG(description), STR_ARG(input), STR_ARG(shown(&table)),
                 STR_ARG(expected));
    return true;
}

static void
what_papaparse_reads_by_default_we_read_alike(void **state)
{
    struct str cases =
        file_bytes(&arena, "test/data/csv/papaparse-cases.jsonl");
    struct json_error error;
    struct str line;
    size_t checked = 0;

    (void)state;
    while (str_next(&cases, '\n', &line))
        if (line.bytes > 0)
            checked += check_case(json_parse(&arena, line, &error));
    assert_true(checked >= 30);
}

static void
see_no_failure(struct arena *memory, const char *path, const char *name,
               void *context)
{
    struct str source = file_bytes(memory, path);
    struct table table = read_table(source);

    (void)context;
    if (strstr(name, "LICENSE") != NULL || strstr(name, "COPYING") != NULL)
        return;
    if (table.failure.message != NULL || table.facts.replaced > 0)
        fail_msg("%s: %s", name, table.failure.message);
    if (table.count == 0 && source.bytes > 0)
        fail_msg("%s has no rows", name);
}

static void
files_of_other_readers_are_read_to_their_end(void **state)
{
    (void)state;
    assert_true(files_each(&arena, "test/data/csv/libcsv", see_no_failure, NULL)
                >= 7);
    assert_true(
        files_each(&arena, "test/data/csv/csvtojson", see_no_failure, NULL)
        >= 17);
    assert_true(
        files_each(&arena, "test/data/csv/commons-csv", see_no_failure, NULL)
        >= 5);
}

static void
libcsv_and_csvtojson_examples_are_read_right(void **state)
{
    struct table table =
        read_table(file_bytes(&arena, "test/data/csv/libcsv/test_05.csv"));

    (void)state;
    assert_true(str_is(shown(&table), "<\"a,b\"><>< \"\" ><\"\" >"
                                      "< \"\"><\"\">\n"));
    table = read_table(
        file_bytes(&arena, "test/data/csv/csvtojson/dataWithTripleQoutes.txt"));
    assert_int_equal(table.count, 5);
    assert_true(
        str_is(table.rows[2].fields[2], "Venture \"Extended Edition\""));
    table = read_table(
        file_bytes(&arena, "test/data/csv/csvtojson/dataWithQoutes.txt"));
    assert_true(table.count > 5);
    assert_int_equal(table.rows[2].count, 5);
}

/* Files that are not kept in the tree: of BATON_TEST_DATA, or of a folder
 * beside it. */

static struct str
file_elsewhere(const char *name)
{
    const char *folder = getenv("BATON_TEST_DATA");

    struct str path = arena_format(
        &arena, "%s/csv/%s", folder != NULL ? folder : "../shared/data", name);
    struct str bytes = file_bytes(&arena, path.data);
    if (bytes.data == NULL) {
        print_message("skipped: there is no %s\n", path.data);
        skip();
    }
    return bytes;
}

static void
csv_spectrum_is_read_as_its_authors_expect(void **state)
{
    static const char *const names[] = { "comma_in_quotes",     "empty",
                                         "escaped_quotes",      "newlines_crlf",
                                         "quotes_and_newlines", "simple_crlf" };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct json_error error;
        struct str prefix = arena_format(&arena, "csv-spectrum/%s", names[i]);
        struct str csv = arena_format(&arena, "%s.csv", prefix.data);
        struct str json = arena_format(&arena, "%s.json", prefix.data);
        struct table table = read_table(file_elsewhere(csv.data));
        const struct json *rows =
            json_parse(&arena, file_elsewhere(json.data), &error);
        assert_int_equal(table.count, rows->array.count + 1);
        for (size_t r = 1; r < table.count; r++)
            for (size_t c = 0; c < table.rows[0].count; c++)
                assert_true(str_equal(
                    table.rows[r].fields[c],
                    json_get_text(
                        &rows->array.items[r - 1],
                        arena_cstr(&arena, table.rows[0].fields[c]))));
    }
}

static void
korean_public_data_is_read_in_every_encoding(void **state)
{
    static const struct {
        const char *name;
        enum csv_encoding encoding;
        char delimiter;
        size_t rows;
        size_t columns;
        const char *second_row_first;
    } files[] = {
        { "korean-public/seoul_cctv.utf8-bom.csv", CSV_UTF_8, ',', 26, 6,
          "\xea\xb0\x95\xeb\x82\xa8\xea\xb5\xac" },
        { "korean-public/seoul_crime_2015.cp949.csv", CSV_CP949, ',', 32, 11,
          "\xea\xb0\x95\xeb\x82\xa8" },
        { "korean-public/seoul_crime_gu.utf8.csv", CSV_UTF_8, ',', 32, 13,
          "0" },
        { "korean-public/seoul_population.utf8.tsv.txt", CSV_UTF_8, '\t', 29,
          14, "\xea\xb8\xb0\xea\xb0\x84" },
        { "transcoded/seoul_crime.utf16le-bom.tsv.txt", CSV_UTF_16LE, '\t', 32,
          11, "\xea\xb0\x95\xeb\x82\xa8" },
        { "transcoded/seoul_crime.utf8-bom-semicolon.csv", CSV_UTF_8, ';', 32,
          11, "\xea\xb0\x95\xeb\x82\xa8" },
        { "transcoded/zoho_leads.pipe-all-quoted.csv", CSV_ENCODING_FIND, '|',
          201, 13, "4563" },
        { "transcoded/zoho_leads.sep-line.csv", CSV_ENCODING_FIND, ';', 201, 13,
          "4563" },
        { "transcoded/zoho_leads.utf16le-bom-tab.txt", CSV_UTF_16LE, '\t', 201,
          13, "4563" },
        { "rust-csv/uspop-latin1.csv", CSV_WINDOWS_1252, ',', 101, 5,
          "Davidsons Landing" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct table table = read_table(file_elsewhere(files[i].name));
        if (table.facts.encoding != files[i].encoding
            || table.facts.delimiter != files[i].delimiter
            || table.facts.replaced != 0 || table.count != files[i].rows
            || table.rows[0].count != files[i].columns
            || !str_is(table.rows[1].fields[0], files[i].second_row_first))
            fail_msg("%s: %s, %c, %zu rows of %zu, %.*s", files[i].name,
                     csv_encoding_name(table.facts.encoding),
                     table.facts.delimiter, table.count, table.rows[0].count,
                     STR_ARG(table.rows[1].fields[0]));
    }
}

static void
other_scripts_are_not_taken_for_korean(void **state)
{
    static const char *const names[] = {
        "charset-texts/chinese.big5.txt", "charset-texts/cyrillic.cp1251.txt",
        "charset-texts/cyrillic.koi8-r.txt",
        "charset-texts/japanese.shift-jis.txt"
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct table table = read_table(file_elsewhere(names[i]));
        if (table.facts.encoding == CSV_CP949)
            fail_msg("%s is taken for Korean", names[i]);
    }
}

/* Writing. */

static struct str
one_field(struct str s)
{
    struct text text = text_new(&arena);
    struct csv_out out = csv_out_new(&text);

    csv_out_text(&out, s);
    return text_str(&text);
}

static void
a_table_is_written_with_quotes_and_crlf(void **state)
{
    struct text text = text_new(&arena);
    struct csv_out out = csv_out_new(&text);

    (void)state;
    csv_out_mark(&out);
    csv_out_text(&out, STR("na\"me"));
    csv_out_text(&out, STR_NONE);
    csv_out_int(&out, -5);
    csv_out_end_row(&out);
    csv_out_text(&out, STR("x"));
    csv_out_end_row(&out);
    assert_true(str_is(text_str(&text), "\xef\xbb\xbf\"na\"\"me\",\"\",-5\r\n"
                                        "\"x\"\r\n"));
}

static void
no_formula_leaves_unguarded(void **state)
{
    static const char *const formulas[] = {
        "=1+1",
        "+82 10",
        "-2+3",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        " =1",
        "\xef\xbb\xbf=1",
        "\xc2\xa0=1",
        "\xe3\x80\x80=1",
        "\xef\xbc\x9d"
        "1",
        "\xef\xbc\x8b"
        "1",
        "\xef\xbc\x8d"
        "1",
        "\xef\xbc\xa0"
        "x",
        "\x01=1",
        "\xe2\x80\x8b=1",
        "\xff=1",
        "  \t =cmd|' /C calc'!A0",
    };
    static const char *const harmless[] = {
        "", "a=b", "1-2", "'", "ana@example.com", " x", "\xea\xb0\x80"
    };

    (void)state;
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
        assert_true(csv_is_formula(str_of(formulas[i])));
        assert_true(str_starts(one_field(str_of(formulas[i])), STR("\"'")));
    }
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
        assert_false(csv_is_formula(str_of(harmless[i])));
}

static struct str
random_field(struct random *random)
{
    static const char *const parts[] = { "=",
                                         "'",
                                         "\"",
                                         ",",
                                         "\r\n",
                                         "\n",
                                         "\r",
                                         " ",
                                         "\t",
                                         "a",
                                         "-",
                                         "+1",
                                         ";",
                                         "|",
                                         "@",
                                         "\xea\xb0\x80",
                                         "\xef\xbc\x9d",
                                         "sep=" };
    struct text text = text_new(&arena);

    for (uint64_t n = random_below(random, 5); n > 0; n--)
        text_add_cstr(
            &text, parts[random_below(random, sizeof parts / sizeof *parts)]);
    return text_str(&text);
}

static void
what_is_written_is_read_back_the_same(void **state)
{
    struct random random;
    uint64_t seed = (uint64_t)clock_monotonic_us();

    (void)state;
    if (getenv("BATON_TEST_SEED") != NULL)
        seed = strtoull(getenv("BATON_TEST_SEED"), NULL, 10);
    print_message("BATON_TEST_SEED=%llu\n", (unsigned long long)seed);
    random_init(&random, seed);
    for (size_t i = 0; i < 2000; i++) {
        struct str fields[4];
        struct text text = text_new(&arena);
        struct csv_out out = csv_out_new(&text);

        for (size_t r = 0; r < 2; r++, csv_out_end_row(&out))
            for (size_t c = 0; c < 2; c++) {
                fields[r * 2 + c] = random_field(&random);
                csv_out_text(&out, fields[r * 2 + c]);
            }
        struct table table =
            read_pieces(text_str(&text), 1 + (size_t)random_below(&random, 9),
                        ',', CSV_UTF_8);
        assert_int_equal(table.count, 2);
        for (size_t f = 0; f < 4; f++) {
            struct str back = table.rows[f / 2].fields[f % 2];
            assert_false(csv_is_formula(back));
            if (!str_equal(csv_without_guard(back), fields[f]))
                fail_msg("%.*s", STR_ARG(text_str(&text)));
        }
        assert_int_equal(table.rows[0].flags, 0);
        arena_reset(&arena);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(rows_end_with_any_of_three_line_ends,
                               empty_arena),
        cmocka_unit_test_setup(quotes_hold_delimiters_quotes_and_lines,
                               empty_arena),
        cmocka_unit_test_setup(a_row_knows_the_line_it_starts_at, empty_arena),
        cmocka_unit_test_setup(a_quote_that_was_not_doubled_is_kept_and_flagged,
                               empty_arena),
        cmocka_unit_test_setup(
            a_field_quoted_twice_does_not_swallow_its_neighbours, empty_arena),
        cmocka_unit_test_setup(quotes_open_at_the_end_are_flagged, empty_arena),
        cmocka_unit_test_setup(rows_of_another_length_are_reported_and_kept,
                               empty_arena),
        cmocka_unit_test_setup(
            an_empty_last_column_of_the_header_asks_for_nothing, empty_arena),
        cmocka_unit_test_setup(the_delimiter_is_found, empty_arena),
        cmocka_unit_test_setup(a_sep_line_names_the_delimiter_and_is_no_row,
                               empty_arena),
        cmocka_unit_test_setup(byte_order_marks_are_taken_off, empty_arena),
        cmocka_unit_test_setup(utf_16_is_found_without_a_mark, empty_arena),
        cmocka_unit_test_setup(korean_windows_files_are_converted, empty_arena),
        cmocka_unit_test_setup(western_windows_files_are_converted,
                               empty_arena),
        cmocka_unit_test_setup(the_encoding_may_show_late_in_the_file,
                               empty_arena),
        cmocka_unit_test_setup(what_is_no_text_is_replaced_and_counted,
                               empty_arena),
        cmocka_unit_test_setup(
            a_row_beyond_a_mebibyte_stops_reading_with_its_line, empty_arena),
        cmocka_unit_test_setup(
            more_than_1000_columns_stop_reading_with_the_line, empty_arena),
        cmocka_unit_test_setup(what_papaparse_reads_by_default_we_read_alike,
                               empty_arena),
        cmocka_unit_test_setup(files_of_other_readers_are_read_to_their_end,
                               empty_arena),
        cmocka_unit_test_setup(libcsv_and_csvtojson_examples_are_read_right,
                               empty_arena),
        cmocka_unit_test_setup(csv_spectrum_is_read_as_its_authors_expect,
                               empty_arena),
        cmocka_unit_test_setup(korean_public_data_is_read_in_every_encoding,
                               empty_arena),
        cmocka_unit_test_setup(other_scripts_are_not_taken_for_korean,
                               empty_arena),
        cmocka_unit_test_setup(a_table_is_written_with_quotes_and_crlf,
                               empty_arena),
        cmocka_unit_test_setup(no_formula_leaves_unguarded, empty_arena),
        cmocka_unit_test_setup(what_is_written_is_read_back_the_same,
                               empty_arena),
    };

    arena_init(&arena);
    int failed = cmocka_run_group_tests_name("csv", tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
