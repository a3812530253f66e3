/*
 * csv: reading, see csv.h. Bytes become UTF-8 in csv_decode.c; here are the
 * rows. Writing is in csv_out.c.
 *
 * The rows come from a machine that can stop after any byte, so that pieces
 * may be cut anywhere and nothing is read twice.
 *
 * A quote inside a quoted field closes it only before a delimiter, a line end
 * or the end of the text (spaces may stand between). Anywhere else people
 * forgot to double it: "John "Johnny" Smith". The row says so in its flags.
 */
#include "lib/base/csv.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/csv_decode.h"

enum state {
    FIELD_START,
    PLAIN,
    QUOTED,
    QUOTE_SEEN, /* a quote inside quotes: doubled, closing, or wrong */
};

struct machine {
    char delimiter;
    enum state state;
    size_t spaces;  /* after the quote of QUOTE_SEEN */
    bool after_cr;  /* an LF now belongs to it */
    bool begun;     /* the row has a byte */
    bool ended;     /* the row is complete */
    bool quoted;    /* the row has a quoted field */
    unsigned flags; /* of the row */
    int64_t line;   /* of the next byte */
    int64_t row_line;
    struct csv_bytes cells; /* the row's fields, one after the other */
    size_t *ends;           /* where each ends in `cells` */
    size_t count;
    size_t replaced; /* NUL bytes */
    const char *failure;
};

/* Enough to find the delimiter. */
enum { BEGINNING_BYTES = 64 * 1024, BEGINNING_ROWS = 20 };

struct csv_reader {
    struct csv_decoder decoder;
    struct machine machine;
    struct csv_bytes text; /* decoded */
    size_t at;             /* what the machine has had of it */
    bool finished;
    bool begun;         /* `sep=` and the delimiter have been looked for */
    size_t columns_min; /* of the first row: up to the last with a name */
    size_t columns_max; /* of the first row: all; 0 before it */
    struct csv_failure failure;
};

static void
machine_init(struct machine *m, char delimiter)
{
    *m = (struct machine){ .delimiter = delimiter, .line = 1 };
    m->ends = malloc(CSV_COLUMNS_MAX * sizeof *m->ends);
    if (m->ends == NULL) {
        fputs("baton: out of memory\n", stderr);
        abort();
    }
}

static void
machine_free(struct machine *m)
{
    csv_bytes_free(&m->cells);
    free(m->ends);
}

static void
machine_next_row(struct machine *m)
{
    m->cells.count = 0;
    m->count = 0;
    m->flags = 0;
    m->begun = m->ended = m->quoted = false;
    m->state = FIELD_START;
}

struct csv_reader *
csv_reader_open(char delimiter, enum csv_encoding encoding)
{
    struct csv_reader *reader = calloc(1, sizeof *reader);

    if (reader == NULL) {
        fputs("baton: out of memory\n", stderr);
        abort();
    }
    csv_decoder_init(&reader->decoder, encoding);
    machine_init(&reader->machine, delimiter);
    return reader;
}

void
csv_reader_close(struct csv_reader *reader)
{
    if (reader == NULL)
        return;
    csv_decoder_free(&reader->decoder);
    machine_free(&reader->machine);
    csv_bytes_free(&reader->text);
    free(reader);
}

void
csv_reader_feed(struct csv_reader *reader, struct str bytes)
{
    assert(!reader->finished);
    csv_bytes_drop(&reader->text, reader->at);
    reader->at = 0;
    csv_decode(&reader->decoder, bytes, false, &reader->text);
}

void
csv_reader_finish(struct csv_reader *reader)
{
    assert(!reader->finished);
    csv_decode(&reader->decoder, STR(""), true, &reader->text);
    reader->finished = true;
}

const struct csv_failure *
csv_reader_failure(const struct csv_reader *reader)
{
    return reader->failure.message == NULL ? NULL : &reader->failure;
}

struct csv_facts
csv_reader_facts(const struct csv_reader *reader)
{
    return (struct csv_facts){
        .encoding = reader->decoder.encoding,
        .delimiter = reader->machine.delimiter,
        .replaced = reader->decoder.replaced + reader->machine.replaced,
    };
}

/* The machine. Each step takes at least one byte and returns how many. */

static void
add(struct machine *m, const char *from, size_t bytes)
{
    csv_bytes_add(&m->cells, (struct str){ from, bytes });
}

static void
end_field(struct machine *m)
{
    if (m->count == CSV_COLUMNS_MAX) {
        m->failure = "The row has more than 1,000 columns; perhaps another"
                     " delimiter is meant.";
        return;
    }
    m->ends[m->count++] = m->cells.count;
    m->state = FIELD_START;
}

static bool
ends_field(const struct machine *m, char c)
{
    return c == m->delimiter || c == '\n' || c == '\r';
}

/* `c` is a delimiter or a line end. */
static size_t
step_end(struct machine *m, char c)
{
    end_field(m);
    if (c == m->delimiter)
        return 1;
    m->ended = true;
    m->after_cr = c == '\r';
    m->line++;
    return 1;
}

static size_t
step_plain(struct machine *m, const char *from, size_t left)
{
    size_t n = 0;

    if (ends_field(m, from[0]))
        return step_end(m, from[0]);
    m->state = PLAIN;
    if (from[0] == '\0') { /* no database takes it as text */
        add(m, "\xef\xbf\xbd", 3);
        m->replaced++;
        return 1;
    }
    while (n < left && !ends_field(m, from[n]) && from[n] != '\0')
        n++;
    add(m, from, n);
    return n;
}

static size_t
step_start(struct machine *m, const char *from, size_t left)
{
    if (from[0] != '"')
        return step_plain(m, from, left);
    m->state = QUOTED;
    m->quoted = true;
    return 1;
}

static size_t
step_quoted(struct machine *m, const char *from, size_t left)
{
    size_t n = 0;

    if (from[0] == '"') {
        m->state = QUOTE_SEEN;
        m->spaces = 0;
        m->after_cr = false;
        return 1;
    }
    if (from[0] == '\0') {
        add(m, "\xef\xbf\xbd", 3);
        m->replaced++;
        return 1;
    }
    for (; n < left && from[n] != '"' && from[n] != '\0'; n++) {
        m->line += from[n] == '\r' || (from[n] == '\n' && !m->after_cr);
        m->after_cr = from[n] == '\r';
    }
    add(m, from, n);
    return n;
}

/* ""10028"",: the quotes close at once and something follows. Such programs
 * quote twice, so the field is taken as it stands. */
static bool
is_quoted_twice(const struct machine *m)
{
    size_t start = m->count == 0 ? 0 : m->ends[m->count - 1];

    return m->cells.count == start && m->spaces == 0;
}

static void
add_spaces(struct machine *m)
{
    for (; m->spaces > 0; m->spaces--)
        add(m, " ", 1);
}

static size_t
step_quote_seen(struct machine *m, const char *from, size_t left)
{
    if (ends_field(m, from[0]))
        return step_end(m, from[0]);
    if (from[0] == ' ') {
        m->spaces++;
        return 1;
    }
    if (from[0] == '"' && m->spaces == 0) {
        add(m, "\"", 1);
        m->state = QUOTED;
        return 1;
    }
    m->flags |= CSV_QUOTES;
    if (is_quoted_twice(m)) {
        add(m, "\"\"", 2);
        return step_plain(m, from, left);
    }
    add(m, "\"", 1);
    add_spaces(m);
    if (from[0] == '"')
        return 1; /* perhaps this one closes */
    m->state = QUOTED;
    m->after_cr = false;
    return step_quoted(m, from, left);
}

static size_t
step(struct machine *m, const char *from, size_t left)
{
    static size_t (*const steps[])(struct machine *, const char *,
                                   size_t) = { [FIELD_START] = step_start,
                                               [PLAIN] = step_plain,
                                               [QUOTED] = step_quoted,
                                               [QUOTE_SEEN] = step_quote_seen };

    if (m->after_cr && m->state != QUOTED) {
        m->after_cr = false;
        if (from[0] == '\n')
            return 1;
    }
    if (!m->begun) {
        m->begun = true;
        m->row_line = m->line;
    }
    size_t taken = steps[m->state](m, from, left);
    if (m->cells.count + m->spaces > CSV_ROW_BYTES_MAX)
        m->failure = "The row is larger than 1 MiB; perhaps a quote is not"
                     " closed.";
    return taken;
}

/* Runs until a row is complete, nothing is left, or it cannot go on; returns
 * the bytes it had. */
static size_t
machine_run(struct machine *m, struct str s)
{
    size_t at = 0;

    while (at < s.bytes && !m->ended && m->failure == NULL)
        at += step(m, s.data + at, s.bytes - at);
    return at;
}

/* The text is over; what has begun is a row. */
static void
machine_finish(struct machine *m)
{
    if (!m->begun || m->ended || m->failure != NULL)
        return;
    if (m->state == QUOTED)
        m->flags |= CSV_UNCLOSED;
    end_field(m);
    m->ended = true;
}

static bool
is_blank(const struct machine *m)
{
    return m->count == 1 && m->ends[0] == 0 && !m->quoted;
}

static struct str
remaining(const struct csv_reader *reader)
{
    return str_slice((struct str){ reader->text.data, reader->text.count },
                     reader->at, reader->text.count);
}

/*
 * How well a delimiter fits the beginning: rows as long as the first count
 * most, and among equals the number of fields. 0: it does not divide.
 */
static size_t
fitness(char delimiter, struct str sample, bool whole)
{
    struct machine m;
    size_t first = 0;
    size_t rows = 0;
    size_t alike = 0;

    machine_init(&m, delimiter);
    while (rows < BEGINNING_ROWS && m.failure == NULL) {
        sample = str_slice(sample, machine_run(&m, sample), sample.bytes);
        if (!m.ended && (whole || rows == 0))
            machine_finish(&m);
        if (!m.ended)
            break;
        if (!is_blank(&m)) {
            first = first == 0 ? m.count : first;
            rows++;
            alike += m.count == first;
        }
        machine_next_row(&m);
    }
    machine_free(&m);
    return first < 2 ? 0 : alike * 1000 / rows * CSV_COLUMNS_MAX + first;
}

static char
find_delimiter(struct str sample, bool whole)
{
    char best = ',';
    size_t best_fitness = 0;

    for (const char *c = ",;\t|"; *c != '\0'; c++) {
        size_t f = fitness(*c, sample, whole);
        if (f > best_fitness) {
            best = *c;
            best_fitness = f;
        }
    }
    return best;
}

/* Excel's line that names the delimiter. */
static bool
take_sep_line(struct csv_reader *reader)
{
    struct str s = remaining(reader);
    struct str prefix = str_slice(s, 0, 4);

    if (s.bytes < 5 || !str_equal_ascii_case(prefix, STR("sep="))
        || s.data[4] == '"' || s.data[4] == '\r' || s.data[4] == '\n')
        return false;
    bool lf = s.bytes > 5 && s.data[5] == '\n';
    bool cr = s.bytes > 5 && s.data[5] == '\r';
    if (s.bytes > 5 && !lf && !cr)
        return false;
    reader->machine.delimiter = s.data[4];
    reader->at += 5 + (lf || cr);
    reader->machine.after_cr = cr;
    reader->machine.line = 2;
    return true;
}

/* False when more of the file must be seen first. */
static bool
begin(struct csv_reader *reader)
{
    struct machine *m = &reader->machine;
    struct str sample = remaining(reader);

    if (reader->begun)
        return true;
    if (!reader->finished && sample.bytes < BEGINNING_BYTES)
        return false;
    reader->begun = true;
    sample = str_slice(sample, 0, BEGINNING_BYTES);
    if (m->delimiter == '\0' && !take_sep_line(reader))
        m->delimiter = find_delimiter(
            sample, reader->finished && sample.bytes < BEGINNING_BYTES);
    return true;
}

static size_t
count_filled(const struct csv_row *row)
{
    size_t count = row->count;

    while (count > 0 && str_is_empty(str_trim(row->fields[count - 1])))
        count--;
    return count;
}

/* Empty and blank fields at a row's end say nothing: many programs add or lose them. */
static void
compare_with_first(struct csv_reader *reader, struct csv_row *row)
{
    size_t filled = count_filled(row);

    if (row->flags & CSV_BLANK)
        return;
    if (reader->columns_max == 0) {
        reader->columns_min = filled;
        reader->columns_max = row->count;
    }
    if (row->count < reader->columns_min)
        row->flags |= CSV_SHORT;
    if (filled > reader->columns_max)
        row->flags |= CSV_LONG;
}

static void
hand_over(struct csv_reader *reader, struct arena *arena, struct csv_row *row)
{
    struct machine *m = &reader->machine;
    struct str *fields = ARENA_ARRAY(arena, struct str, m->count);
    struct str text =
        arena_str(arena, m->cells.count == 0
                             ? STR("")
                             : (struct str){ m->cells.data, m->cells.count });

    for (size_t i = 0, from = 0; i < m->count; from = m->ends[i++])
        fields[i] = str_slice(text, from, m->ends[i]);
    *row = (struct csv_row){
        .line = m->row_line,
        .fields = fields,
        .count = m->count,
        .flags = m->flags | (is_blank(m) ? (unsigned)CSV_BLANK : 0),
    };
    compare_with_first(reader, row);
    machine_next_row(m);
}

bool
csv_reader_next(struct csv_reader *reader, struct arena *arena,
                struct csv_row *row)
{
    struct machine *m = &reader->machine;

    if (m->failure != NULL || !begin(reader))
        return false;
    reader->at += machine_run(m, remaining(reader));
    if (reader->finished)
        machine_finish(m);
    if (m->failure != NULL) {
        reader->failure = (struct csv_failure){ m->row_line, m->failure };
        return false;
    }
    if (!m->ended)
        return false;
    hand_over(reader, arena, row);
    return true;
}
