/*
 * db: values, rows, and the rules of transactions that hold for both
 * engines. What an engine does is in sqlite.c and postgres.c.
 */
#include "lib/db/engine.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"

static const char *const result_names[] = {
    [DB_OK] = "ok",       [DB_UNIQUE] = "unique",
    [DB_STALE] = "stale", [DB_CONSTRAINT] = "constraint",
    [DB_BUSY] = "busy",   [DB_SERIALIZATION] = "serialization",
    [DB_LOST] = "lost",   [DB_FULL] = "full",
    [DB_IO] = "io",       [DB_ERROR] = "error",
};

static bool usable(struct db *, const struct db_value *, int count);
static bool texts_are_storable(struct db *, const struct db_value *, int count);
static const struct db_cell *cell_at(const struct db_rows *, int row,
                                     int column);

struct db *
db_open(struct arena *arena, const char *address, bool read_only,
        struct str *why)
{
    *why = STR_NONE;
    if (db_engine_of(address) == DB_POSTGRES)
        return postgres_open(arena, address, read_only, why);
    return sqlite_open(arena, address, read_only, why);
}

void
db_close(struct db *db)
{
    if (db == NULL)
        return;
    arena_free(&db->message_arena);
    db->calls->close(db);
}

enum db_engine
db_engine(const struct db *db)
{
    return db->engine;
}

enum db_engine
db_engine_of(const char *address)
{
    struct str text = str_of(address);

    if (str_starts(text, STR("postgres://"))
        || str_starts(text, STR("postgresql://")))
        return DB_POSTGRES;
    return DB_SQLITE;
}

enum db_result
db_last_result(const struct db *db)
{
    return db->result;
}

const char *
db_last_message(const struct db *db)
{
    return db->message;
}

const char *
db_result_name(enum db_result result)
{
    assert((size_t)result < sizeof result_names / sizeof *result_names);
    return result_names[result];
}

bool
db_begin(struct db *db)
{
    assert(!db->in_transaction);
    db->result = DB_OK;
    db->message = "";
    if (!db->calls->begin(db))
        return false;
    db->in_transaction = true;
    return true;
}

static bool
end_commit(struct db *db, bool committed)
{
    if (!committed) {
        db_rollback(db);
        return false;
    }
    db->in_transaction = false;
    return true;
}

bool
db_commit(struct db *db)
{
    assert(db->in_transaction);
    return end_commit(db, !db->failed && db->calls->commit(db));
}

bool
db_commit_soon(struct db *db, bool *flushed)
{
    *flushed = true;
    if (db->calls->commit_soon == NULL)
        return db_commit(db);
    assert(db->in_transaction);
    return end_commit(db, !db->failed && db->calls->commit_soon(db, flushed));
}

bool
db_flush(struct db *db)
{
    return db->calls->flush == NULL || db->calls->flush(db);
}

void
db_rollback(struct db *db)
{
    if (!db->in_transaction)
        return;
    db->failed = true; /* what went wrong stays; a rollback adds nothing */
    db->calls->rollback(db);
    db->in_transaction = false;
    db->failed = false;
}

bool
db_in_transaction(const struct db *db)
{
    return db->in_transaction;
}

bool
db_query(struct db *db, struct arena *arena, const char *sql,
         const struct db_value *values, int count, struct db_rows *rows)
{
    *rows = (struct db_rows){ 0 };
    return usable(db, values, count)
        && db->calls->query(db, arena, sql, true, values, count, rows);
}

bool
db_query_text(struct db *db, struct arena *arena, struct str sql,
              const struct db_value *values, int count, struct db_rows *rows)
{
    *rows = (struct db_rows){ 0 };
    return usable(db, values, count)
        && db->calls->query(db, arena, arena_cstr(arena, sql), false, values,
                            count, rows);
}

bool
db_run(struct db *db, const char *sql, const struct db_value *values, int count,
       int64_t *changed)
{
    return usable(db, values, count)
        && db->calls->run(db, sql, values, count, changed);
}

bool
db_insert(struct db *db, const struct db_insert *insert,
          const struct db_value *values, int count)
{
    for (int i = 0; i < count; i++)
        assert("irtb"[values[i].kind] == insert->kinds[i]);
    assert(insert->kinds[count] == '\0');
    return usable(db, values, count)
        && db->calls->insert(db, insert, values, count);
}

bool
db_update(struct db *db, const struct db_update *update,
          const struct db_value *values, int count)
{
    for (int i = 0; i < count; i++)
        assert("irtb"[values[i].kind] == update->kinds[i]);
    assert(update->kinds[count] == '\0' && update->keys > 0);
    for (int i = 0; i < update->keys; i++)
        assert(values[i].kind == DB_INT && !values[i].is_null);
    return usable(db, values, count)
        && db->calls->update(db, update, values, count);
}

bool
db_update_missed(struct db *db)
{
    return db_fail(db, DB_STALE, "a row to be changed was not as it was read");
}

bool
db_each(struct db *db, struct arena *row_arena, const char *sql,
        const struct db_value *values, int count,
        bool (*each)(void *context, const struct db_rows *row), void *context)
{
    return usable(db, values, count)
        && db->calls->each(db, row_arena, sql, values, count, each, context);
}

bool
db_settle(struct db *db)
{
    return db->calls->settle(db);
}

bool
db_checkpoint(struct db *db)
{
    assert(!db->in_transaction);
    return db->calls->checkpoint(db);
}

void
db_scrub(struct db *db)
{
    db->calls->scrub(db);
}

bool
db_script(struct db *db, const char *sql)
{
    return usable(db, NULL, 0) && db->calls->script(db, sql);
}

void
db_init(struct db *db, const struct db_calls *calls, enum db_engine engine,
        bool read_only)
{
    *db = (struct db){
        .calls = calls, .engine = engine, .read_only = read_only, .message = ""
    };
    arena_init(&db->message_arena);
}

bool
db_fail(struct db *db, enum db_result result, const char *format, ...)
{
    if (db->in_transaction && db->failed)
        return false;
    arena_reset(&db->message_arena);

    struct text text = text_new(&db->message_arena);
    va_list list;
    va_start(list, format);
    text_format_list(&text, format, list);
    va_end(list);

    db->message = arena_cstr(&db->message_arena, text_str(&text));
    db->result = result;
    db->failed = db->in_transaction;
    return false;
}

int
db_insert_columns(const struct db_insert *insert)
{
    return (int)strlen(insert->kinds);
}

/* PostgreSQL takes nothing more in a failed transaction; neither do we. */
static bool
usable(struct db *db, const struct db_value *values, int count)
{
    if (db->in_transaction && db->failed)
        return false;
    return texts_are_storable(db, values, count);
}

/* PostgreSQL cannot store a NUL in text. SQLite could: refused in both, so
 * that what works on one works on the other. */
static bool
texts_are_storable(struct db *db, const struct db_value *values, int count)
{
    for (int i = 0; i < count; i++) {
        const struct db_value *v = &values[i];
        if (v->kind == DB_TEXT && !v->is_null && v->bytes.bytes > 0
            && memchr(v->bytes.data, '\0', v->bytes.bytes) != NULL)
            return db_fail(db, DB_CONSTRAINT,
                           "value $%d is a text with a NUL byte", i + 1);
    }
    return true;
}

struct db_value
db_int(int64_t integer)
{
    return (struct db_value){ .kind = DB_INT, .integer = integer };
}

struct db_value
db_int_or_null(int64_t integer)
{
    return (struct db_value){ .kind = DB_INT,
                              .is_null = integer == 0,
                              .integer = integer };
}

struct db_value
db_real(double real)
{
    return (struct db_value){ .kind = DB_REAL, .real = real };
}

struct db_value
db_text(struct str text)
{
    return (struct db_value){ .kind = DB_TEXT,
                              .is_null = text.data == NULL,
                              .bytes = text };
}

struct db_value
db_text_or_null(struct str text)
{
    return db_text(str_is_empty(text) ? STR_NONE : text);
}

struct db_value
db_cstr(const char *text)
{
    return db_text(str_of(text));
}

struct db_value
db_blob(struct str bytes)
{
    return (struct db_value){ .kind = DB_BLOB,
                              .is_null = bytes.data == NULL,
                              .bytes = bytes };
}

struct db_value
db_id(struct id id)
{
    return db_int_or_null(id.value);
}

struct db_value
db_id_before(struct id id)
{
    return db_int(id.value == 0 ? INT64_MAX : id.value);
}

struct db_value
db_bool(bool truth)
{
    return db_int(truth ? 1 : 0);
}

bool
db_is_null(const struct db_rows *rows, int row, int column)
{
    return cell_at(rows, row, column)->is_null;
}

int64_t
db_get_int(const struct db_rows *rows, int row, int column)
{
    const struct db_cell *cell = cell_at(rows, row, column);

    if (cell->is_null)
        return 0;
    if (cell->kind == DB_REAL) {
        assert(cell->real >= -0x1p63 && cell->real < 0x1p63);
        return (int64_t)cell->real;
    }
    assert(cell->kind == DB_INT);
    return cell->integer;
}

double
db_get_real(const struct db_rows *rows, int row, int column)
{
    const struct db_cell *cell = cell_at(rows, row, column);

    if (cell->is_null)
        return 0.0;
    if (cell->kind == DB_INT)
        return (double)cell->integer;
    assert(cell->kind == DB_REAL);
    return cell->real;
}

struct str
db_get_text(const struct db_rows *rows, int row, int column)
{
    const struct db_cell *cell = cell_at(rows, row, column);

    if (cell->is_null)
        return STR_NONE;
    assert(cell->kind == DB_TEXT || cell->kind == DB_BLOB);
    return cell->bytes;
}

struct id
db_get_id(const struct db_rows *rows, int row, int column)
{
    return (struct id){ db_get_int(rows, row, column) };
}

bool
db_get_bool(const struct db_rows *rows, int row, int column)
{
    return db_get_int(rows, row, column) != 0;
}

static const struct db_cell *
cell_at(const struct db_rows *rows, int row, int column)
{
    assert(row >= 0 && row < rows->count);
    assert(column >= 0 && column < rows->columns);
    return &rows->cells[(size_t)row * (size_t)rows->columns + (size_t)column];
}
