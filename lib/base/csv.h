/*
 * csv: reads tables as text, of any size, piece by piece; and writes them.
 * For imports and exports. What a column means is not known here.
 *
 * Reading takes RFC 4180 and what people really send: any of three line
 * ends, four delimiters, a `sep=` line, byte order marks, six encodings,
 * quotes in wrong places, rows of different lengths. Nothing is dropped in
 * silence: what looks wrong in a row is in its `flags`.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "lib/base/text.h"

enum {
    CSV_ROW_BYTES_MAX = 1024 * 1024,
    CSV_COLUMNS_MAX = 1000,
};

enum csv_encoding {
    CSV_ENCODING_FIND, /* asks the reader to find out */
    CSV_UTF_8,
    CSV_UTF_16LE,
    CSV_UTF_16BE,
    CSV_CP949,        /* Korean Windows */
    CSV_WINDOWS_1252, /* Western European Windows */
};

/* "UTF-8", ... as iconv and people call it. */
const char *csv_encoding_name(enum csv_encoding);

enum csv_flag {
    CSV_BLANK = 1,     /* nothing on the line; one empty field */
    CSV_SHORT = 2,     /* fewer fields than the first row has names */
    CSV_LONG = 4,      /* more filled fields than the first row has */
    CSV_QUOTES = 8,    /* a quote neither doubled nor at a field's end */
    CSV_UNCLOSED = 16, /* the text ended inside quotes */
};

struct csv_row {
    int64_t line;             /* where it starts; the first is 1 */
    const struct str *fields; /* in the arena, as is their text */
    size_t count;             /* at least 1 */
    unsigned flags;           /* of enum csv_flag */
};

struct csv_failure {
    int64_t line;        /* of the row that cannot be read */
    const char *message; /* constant, says what is wrong and what is right */
};

struct csv_facts {
    enum csv_encoding encoding; /* CSV_ENCODING_FIND: only ASCII so far */
    char delimiter;             /* 0 until the first row */
    size_t replaced; /* bytes that were no text, or NUL; U+FFFD instead */
};

struct csv_reader;

/* `delimiter` 0 and CSV_ENCODING_FIND ask the reader to find out. */
struct csv_reader *csv_reader_open(char delimiter, enum csv_encoding);
void csv_reader_close(struct csv_reader *);

/*
 * Hands over the next bytes of the file; they are copied. After each piece,
 * take rows until there is none: the reader keeps no more than the piece, a
 * row, and the beginning of the file until it has seen enough to find out
 * about it.
 */
void csv_reader_feed(struct csv_reader *, struct str bytes);

/* Says that there are no more bytes. Take the remaining rows after it. */
void csv_reader_finish(struct csv_reader *);

/* The next row; false when more bytes are needed, all were read, or reading
 * failed. The header, if there is one, is a row like others. */
bool csv_reader_next(struct csv_reader *, struct arena *, struct csv_row *);

/* Why reading stopped for good; NULL while it has not. */
const struct csv_failure *csv_reader_failure(const struct csv_reader *);

struct csv_facts csv_reader_facts(const struct csv_reader *);

/*
 * Writing. All text is in quotes, lines end in CR LF. Text that a spreadsheet
 * would run as a formula gets an apostrophe in front (after white space,
 * control and invisible characters, one of = + - @ or its full-width form).
 */
struct csv_out {
    struct text *text;
    bool first; /* no comma before the next field */
};

struct csv_out csv_out_new(struct text *);
void csv_out_mark(struct csv_out *); /* UTF-8's byte order mark, for Excel */
void csv_out_text(struct csv_out *, struct str);
void csv_out_int(struct csv_out *, int64_t);
void csv_out_end_row(struct csv_out *);

/* True when a spreadsheet might run it. */
bool csv_is_formula(struct str);

/* The text without the apostrophe that csv_out_text put before it. */
struct str csv_without_guard(struct str);

#endif
