/*
 * sqlite: the engine on one SQLite file. Not for anything PostgreSQL shares;
 * that is db.c.
 *
 * Statements are prepared once and found by the address of their text. The
 * way of one row (bind, step, reset) allocates nothing and copies nothing.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/db/engine.h"
#include "lib/db/sqlite_copier.h"
#include "lib/db/sqlite_log.h"

enum {
    BUSY_MS = 5000,
    /* The log is copied back from this length on, in pages (64 MB). */
    CHECKPOINT_PAGES = 16000,
    /* After a try that readers kept from finishing, the next one comes when
     * the log has grown by so much. */
    CHECKPOINT_STEP_PAGES = 1000,
    /* So little is left (2 MB) that the writer copies it himself; more (16
     * MB) when the log has become long (128 MB), which a copier that is not
     * much faster than the writer would never let start over. */
    FINISH_PAGES = 500,
    FINISH_LATE_PAGES = 4000,
    LATE_PAGES = 32000,
    /* From here on (256 MB) it is worth waiting a moment for the readers, so
     * that the log can start over. */
    RESTART_PAGES = 64000,
    RESTART_WAIT_MS = 100,
};

/* A prepared statement. */
struct statement {
    struct statement *next; /* same address, another text */
    struct statement *all;  /* every statement of the connection */
    sqlite3_stmt *stmt;
    struct db_insert insert; /* what it was made from, for a db_insert */
    int parameters;          /* as SQLite counts them */
    int highest;             /* n of the highest $n */
    int *numbers;            /* of parameter i: its n; owned */
};

struct sqlite {
    struct db db;
    sqlite3 *handle;
    struct hash_map statements; /* address -> struct statement */
    struct statement *all;      /* owned */
    sqlite3_stmt *begin;
    sqlite3_stmt *commit;
    sqlite3_stmt *rollback;
    struct copier *copier; /* of a writer; owned */
    int log_descriptor;    /* of it, to flush it from any thread; or -1 */
    int log_pages;         /* in the log after the last commit */
    int log_copied;        /* of these, known to be in the file */
    int checkpoint_at;     /* length at which the next checkpoint is tried */
    bool must_scrub;       /* what is in the log must not stay there */
};

static bool configure(struct sqlite *);
static bool prepare(struct sqlite *, const char *sql, struct statement *);
static struct statement *statement_of(struct sqlite *, const char *sql);
static struct statement *statement_of_insert(struct sqlite *,
                                             const struct db_insert *);
static void statement_clear(struct statement *);
static bool bind(struct sqlite *, const struct statement *,
                 const struct db_value *, int count);
static bool step_to_end(struct sqlite *, sqlite3_stmt *);
static bool read_rows(struct sqlite *, sqlite3_stmt *, struct arena *,
                      struct db_rows *);
static void read_row(sqlite3_stmt *, struct arena *, struct db_cell *,
                     int columns);
static bool failed(struct sqlite *, int code);
static int on_commit(void *, sqlite3 *, const char *, int pages);

static const struct db_calls calls;

/* Nobody asks how much memory SQLite has, and counting takes a lock for each
 * piece. */
static void
set_up_library(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

struct db *
sqlite_open(struct arena *arena, const char *address, bool read_only,
            struct str *why)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct sqlite *self = calloc(1, sizeof *self);
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
              | (read_only ? SQLITE_OPEN_READONLY
                           : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);

    if (self == NULL)
        abort();
    pthread_once(&once, set_up_library);
    db_init(&self->db, &calls, DB_SQLITE, read_only);
    hash_map_init(&self->statements);
    self->checkpoint_at = CHECKPOINT_PAGES;
    self->log_descriptor = -1;
    if (!read_only)
        self->copier = copier_new(address);

    int code = sqlite3_open_v2(address, &self->handle, flags,
                               read_only ? NULL : sqlite_log_vfs());
    if (code == SQLITE_OK && configure(self))
        return &self->db;

    *why = arena_format(arena, "%s: %s", address,
                        self->handle == NULL ? "out of memory"
                                             : sqlite3_errmsg(self->handle));
    db_close(&self->db);
    return NULL;
}

/* Written in this order: WAL before anything that would read the file. */
static const char *const writer_pragmas[] = {
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA wal_autocheckpoint=0",
    "PRAGMA journal_size_limit=134217728",
    "PRAGMA cache_size=-65536",
    "PRAGMA secure_delete=ON",
    NULL,
};

/* Readers are several: they share the pages of the operating system. */
static const char *const reader_pragmas[] = {
    "PRAGMA query_only=ON",
    "PRAGMA mmap_size=67108864",
    "PRAGMA cache_size=-4096",
    NULL,
};

static const char *const shared_pragmas[] = {
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA temp_store=MEMORY",
    /* Reads the file, so that a wrong one is seen now. */
    "PRAGMA schema_version",
    NULL,
};

static const struct {
    int option;
    int value;
} switches[] = {
    { SQLITE_DBCONFIG_DEFENSIVE, 1 },
    { SQLITE_DBCONFIG_DQS_DML, 0 },
    { SQLITE_DBCONFIG_DQS_DDL, 0 },
    /* Plans do not depend on the values bound: a statement is prepared once. */
    { SQLITE_DBCONFIG_ENABLE_QPSG, 1 },
};

static bool
run_pragmas(struct sqlite *self, const char *const *pragmas)
{
    for (; *pragmas != NULL; pragmas++)
        if (sqlite3_exec(self->handle, *pragmas, NULL, NULL, NULL) != SQLITE_OK)
            return false;
    return true;
}

static bool
prepare_plain(struct sqlite *self, const char *sql, sqlite3_stmt **stmt)
{
    return sqlite3_prepare_v3(self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
                              stmt, NULL)
        == SQLITE_OK;
}

static bool
configure(struct sqlite *self)
{
    bool reads = self->db.read_only;

    sqlite3_busy_timeout(self->handle, BUSY_MS);
    for (size_t i = 0; i < sizeof switches / sizeof *switches; i++)
        sqlite3_db_config(self->handle, switches[i].option, switches[i].value,
                          NULL);
    if (!run_pragmas(self, reads ? reader_pragmas : writer_pragmas)
        || !run_pragmas(self, shared_pragmas))
        return false;
    sqlite3_wal_hook(self->handle, on_commit, self);
    sqlite_log_forgets_rollbacks(self->handle);
    return prepare_plain(self, reads ? "BEGIN" : "BEGIN IMMEDIATE",
                         &self->begin)
        && prepare_plain(self, "COMMIT", &self->commit)
        && prepare_plain(self, "ROLLBACK", &self->rollback);
}

static void
close_sqlite(struct db *db)
{
    struct sqlite *self = (struct sqlite *)db;

    copier_free(self->copier);
    if (self->log_descriptor >= 0)
        close(self->log_descriptor);
    while (self->all != NULL) {
        struct statement *statement = self->all;
        self->all = statement->all;
        statement_clear(statement);
        free(statement);
    }
    hash_map_free(&self->statements);
    sqlite3_finalize(self->begin);
    sqlite3_finalize(self->commit);
    sqlite3_finalize(self->rollback);
    sqlite3_close_v2(self->handle);
    free(self);
}

static bool
begin(struct db *db)
{
    struct sqlite *self = (struct sqlite *)db;

    return step_to_end(self, self->begin);
}

static bool
copier_is_well(struct db *db)
{
    struct sqlite *self = (struct sqlite *)db;

    return self->copier == NULL || !copier_disk_failed(self->copier)
        || db_fail(db, DB_IO, "the disk failed while the log was copied");
}

static bool
commit(struct db *db)
{
    struct sqlite *self = (struct sqlite *)db;

    return step_to_end(self, self->commit) && copier_is_well(db);
}

/* A descriptor of its own: SQLite's is the writer's. Nothing hangs on when it
 * is closed, for SQLite's locks are on other files. */
static bool
can_flush(struct sqlite *self)
{
    const char *file = sqlite3_db_filename(self->handle, "main");

    if (self->log_descriptor < 0)
        self->log_descriptor =
            open(sqlite3_filename_wal(file), O_RDWR | O_CLOEXEC);
    return self->log_descriptor >= 0;
}

static bool
commit_soon(struct db *db, bool *flushed)
{
    struct sqlite *self = (struct sqlite *)db;

    sqlite_log_puts_off(self->handle, can_flush(self));
    bool ok = commit(db);
    sqlite_log_puts_off(self->handle, false);
    *flushed = !sqlite_log_owes(self->handle);
    return ok;
}

static bool
flush(struct db *db)
{
    struct sqlite *self = (struct sqlite *)db;

    if (fdatasync(self->log_descriptor) != 0)
        return false;
    bool well = self->copier == NULL || !copier_disk_failed(self->copier);
    if (!well)
        errno = EIO;
    return well;
}

static void
rollback(struct db *db)
{
    struct sqlite *self = (struct sqlite *)db;

    /* A full disk or a failing one has rolled back already. */
    if (!sqlite3_get_autocommit(self->handle))
        step_to_end(self, self->rollback);
}

static bool
query(struct db *db, struct arena *arena, const char *sql, bool constant,
      const struct db_value *values, int count, struct db_rows *rows)
{
    struct sqlite *self = (struct sqlite *)db;
    struct statement once = { 0 };
    struct statement *statement = &once;

    if (constant)
        statement = statement_of(self, sql);
    else if (!prepare(self, sql, &once))
        return false;
    bool ok = statement != NULL && bind(self, statement, values, count)
           && read_rows(self, statement->stmt, arena, rows);
    statement_clear(&once);
    return ok;
}

static bool
run(struct db *db, const char *sql, const struct db_value *values, int count,
    int64_t *changed)
{
    struct sqlite *self = (struct sqlite *)db;
    struct statement *statement = statement_of(self, sql);

    if (statement == NULL || !bind(self, statement, values, count)
        || !step_to_end(self, statement->stmt))
        return false;
    if (changed != NULL)
        *changed = sqlite3_stmt_readonly(statement->stmt)
                     ? 0
                     : sqlite3_changes64(self->handle);
    return true;
}

static bool
insert(struct db *db, const struct db_insert *insert,
       const struct db_value *values, int count)
{
    struct sqlite *self = (struct sqlite *)db;
    struct statement *statement = statement_of_insert(self, insert);

    return statement != NULL && bind(self, statement, values, count)
        && step_to_end(self, statement->stmt);
}

static bool
update(struct db *db, const struct db_update *update,
       const struct db_value *values, int count)
{
    int64_t changed;

    if (!run(db, update->sql, values, count, &changed))
        return false;
    return !update->must || changed == 1 || db_update_missed(db);
}

static bool
each_row(struct db *db, struct arena *arena, const char *sql,
         const struct db_value *values, int count,
         bool (*each)(void *context, const struct db_rows *), void *context)
{
    struct sqlite *self = (struct sqlite *)db;
    struct statement *statement = statement_of(self, sql);
    bool going = true;
    int code = SQLITE_ROW;

    if (statement == NULL || !bind(self, statement, values, count))
        return false;
    int columns = sqlite3_column_count(statement->stmt);
    while (going && (code = sqlite3_step(statement->stmt)) == SQLITE_ROW) {
        arena_reset(arena);
        struct db_rows row = { 1, columns, NULL };
        row.cells = ARENA_ARRAY(arena, struct db_cell, (size_t)columns);
        read_row(statement->stmt, arena, row.cells, columns);
        going = each(context, &row);
    }
    bool ok = code == SQLITE_DONE || code == SQLITE_ROW || failed(self, code);
    sqlite3_reset(statement->stmt);
    return ok && going;
}

static bool
script(struct db *db, const char *sql)
{
    struct sqlite *self = (struct sqlite *)db;
    int code = sqlite3_exec(self->handle, sql, NULL, NULL, NULL);

    return code == SQLITE_OK || failed(self, code);
}

static int
on_commit(void *context, sqlite3 *handle, const char *name, int pages)
{
    struct sqlite *self = context;

    (void)handle;
    (void)name;
    if (pages < self->log_pages) { /* it has started over */
        self->checkpoint_at = CHECKPOINT_PAGES;
        self->log_copied = 0;
    }
    self->log_pages = pages;
    return SQLITE_OK;
}

/* Readers in the way are no failure: the next try may find them gone. */
static bool
is_failure(int code)
{
    return code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY;
}

/* The answer of the copier, if there is one. Should the log have started over
 * since he was asked, his figure is too large to be of this one. */
static bool
fetch_copied(struct sqlite *self, bool *answered)
{
    struct copied copied;

    *answered = copier_fetch(self->copier, &copied);
    if (!*answered)
        return true;
    if (is_failure(copied.code))
        return db_fail(&self->db, copied.is_full ? DB_FULL : DB_IO, "%s",
                       copied.reason);
    if (copied.pages <= self->log_pages)
        self->log_copied = copied.pages;
    return true;
}

/* Copies what is left on this thread; a log that is in the file to its end
 * starts over with the next transaction. */
static bool
finish_copy(struct sqlite *self)
{
    bool restart = self->log_pages >= RESTART_PAGES;
    int copied = 0;

    if (restart)
        sqlite3_busy_timeout(self->handle, RESTART_WAIT_MS);
    int code = sqlite3_wal_checkpoint_v2(self->handle, NULL,
                                         restart ? SQLITE_CHECKPOINT_RESTART
                                                 : SQLITE_CHECKPOINT_PASSIVE,
                                         NULL, &copied);
    if (restart)
        sqlite3_busy_timeout(self->handle, BUSY_MS);
    if (copied > 0)
        self->log_copied = copied;
    return !is_failure(code) || failed(self, code);
}

/* Copied to its end, and cut to nothing: old pages are in no file then. */
static bool
empty_log(struct sqlite *self)
{
    sqlite3_busy_timeout(self->handle, RESTART_WAIT_MS);
    int code = sqlite3_wal_checkpoint_v2(
        self->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_busy_timeout(self->handle, BUSY_MS);
    if (code == SQLITE_OK)
        self->must_scrub = false;
    return !is_failure(code) || failed(self, code);
}

static void
scrub(struct db *db)
{
    ((struct sqlite *)db)->must_scrub = true;
}

/* Most is copied beside the writer, who copies the rest himself: only when
 * nothing is added meanwhile can the log start over. */
static bool
checkpoint(struct db *db)
{
    struct sqlite *self = (struct sqlite *)db;
    bool answered;

    if (!fetch_copied(self, &answered))
        return false;
    if (self->must_scrub && !copier_is_asked(self->copier))
        return empty_log(self);
    int little_pages =
        self->log_pages < LATE_PAGES ? FINISH_PAGES : FINISH_LATE_PAGES;
    bool little = self->log_pages - self->log_copied <= little_pages;
    bool due = self->log_pages >= self->checkpoint_at;
    if (copier_is_asked(self->copier) || !(due || (answered && little)))
        return true;

    self->checkpoint_at = self->log_pages + CHECKPOINT_STEP_PAGES;
    if (!little && self->log_pages < RESTART_PAGES && copier_ask(self->copier))
        return true;
    return finish_copy(self);
}

/* Nothing is collected. */
static bool
settle(struct db *db)
{
    (void)db;
    return true;
}

static const struct db_calls calls = {
    .close = close_sqlite,
    .begin = begin,
    .commit = commit,
    .commit_soon = commit_soon,
    .flush = flush,
    .rollback = rollback,
    .query = query,
    .run = run,
    .insert = insert,
    .update = update,
    .each = each_row,
    .script = script,
    .checkpoint = checkpoint,
    .scrub = scrub,
    .settle = settle,
};

/*
 * SQLite numbers parameters in the order they appear, whatever their digits
 * say; PostgreSQL goes by the digits. So do we.
 */
static bool
number_parameters(struct sqlite *self, struct statement *statement)
{
    statement->parameters = sqlite3_bind_parameter_count(statement->stmt);
    statement->numbers = calloc((size_t)statement->parameters + 1, sizeof(int));
    if (statement->numbers == NULL)
        abort();
    for (int i = 0; i < statement->parameters; i++) {
        const char *name = sqlite3_bind_parameter_name(statement->stmt, i + 1);
        int64_t number = 0;
        if (name == NULL || name[0] != '$'
            || !str_to_int64(str_of(name + 1), &number) || number < 1
            || number > INT16_MAX)
            return db_fail(&self->db, DB_ERROR,
                           "parameter %s: only $1, $2, ... are known",
                           name == NULL ? "?" : name);
        statement->numbers[i] = (int)number;
        if (statement->highest < (int)number)
            statement->highest = (int)number;
    }
    return true;
}

/* Fills an empty statement; it stays empty on failure. */
static bool
prepare(struct sqlite *self, const char *sql, struct statement *statement)
{
    int code =
        sqlite3_prepare_v3(self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
                           &statement->stmt, NULL);

    if (code != SQLITE_OK)
        return failed(self, code);
    if (statement->stmt == NULL)
        return db_fail(&self->db, DB_ERROR, "a statement without text");
    if (!number_parameters(self, statement)) {
        statement_clear(statement);
        return false;
    }
    return true;
}

static void
statement_clear(struct statement *statement)
{
    sqlite3_finalize(statement->stmt);
    free(statement->numbers);
    statement->stmt = NULL;
    statement->numbers = NULL;
}

static struct statement *
add_statement(struct sqlite *self, const void *address, const char *sql)
{
    struct statement *statement = calloc(1, sizeof *statement);

    if (statement == NULL)
        abort();
    if (!prepare(self, sql, statement)) {
        free(statement);
        return NULL;
    }
    int64_t key = (int64_t)(intptr_t)address;
    statement->next =
        (struct statement *)(intptr_t)hash_map_get(&self->statements, key);
    hash_map_put(&self->statements, key, (int64_t)(intptr_t)statement);
    statement->all = self->all;
    self->all = statement;
    return statement;
}

static struct statement *
first_at(struct sqlite *self, const void *address)
{
    return (struct statement *)(intptr_t)hash_map_get(
        &self->statements, (int64_t)(intptr_t)address);
}

/* The text is compared too: a buffer used again for other text would else
 * run the wrong statement. */
static struct statement *
statement_of(struct sqlite *self, const char *sql)
{
    struct statement *statement = first_at(self, sql);

    while (statement != NULL && strcmp(sqlite3_sql(statement->stmt), sql) != 0)
        statement = statement->next;
    if (statement == NULL)
        return add_statement(self, sql, sql);
    assert(!sqlite3_stmt_busy(statement->stmt));
    return statement;
}

static struct statement *
statement_of_insert(struct sqlite *self, const struct db_insert *insert)
{
    struct statement *statement = first_at(self, insert);

    while (statement != NULL
           && (statement->insert.table != insert->table
               || statement->insert.columns != insert->columns))
        statement = statement->next;
    if (statement != NULL)
        return statement;

    struct arena arena;
    arena_init(&arena);
    struct text sql = text_new(&arena);
    text_format(&sql, "INSERT INTO %s (%s) VALUES (", insert->table,
                insert->columns);
    for (int i = 0; i < db_insert_columns(insert); i++)
        text_format(&sql, i == 0 ? "$%d" : ",$%d", i + 1);
    text_add_char(&sql, ')');
    if (insert->conflict != NULL)
        text_format(&sql, " %s", insert->conflict);
    statement = add_statement(self, insert, arena_cstr(&arena, text_str(&sql)));
    arena_free(&arena);
    if (statement != NULL)
        statement->insert = *insert;
    return statement;
}

static int
bind_int(sqlite3_stmt *stmt, int at, const struct db_value *value)
{
    return sqlite3_bind_int64(stmt, at, value->integer);
}

static int
bind_real(sqlite3_stmt *stmt, int at, const struct db_value *value)
{
    return sqlite3_bind_double(stmt, at, value->real);
}

static int
bind_text(sqlite3_stmt *stmt, int at, const struct db_value *value)
{
    return sqlite3_bind_text64(stmt, at, value->bytes.data, value->bytes.bytes,
                               SQLITE_STATIC, SQLITE_UTF8);
}

static int
bind_blob(sqlite3_stmt *stmt, int at, const struct db_value *value)
{
    return sqlite3_bind_blob64(stmt, at, value->bytes.data, value->bytes.bytes,
                               SQLITE_STATIC);
}

static int (*const bind_kinds[])(sqlite3_stmt *, int,
                                 const struct db_value *) = {
    [DB_INT] = bind_int,
    [DB_REAL] = bind_real,
    [DB_TEXT] = bind_text,
    [DB_BLOB] = bind_blob,
};

/* Bytes are lent, not copied: the statement is reset before they may go, and
 * bound anew before it runs again. */
static bool
bind(struct sqlite *self, const struct statement *statement,
     const struct db_value *values, int count)
{
    if (statement->highest > count)
        return db_fail(&self->db, DB_ERROR, "$%d has no value: %d were given",
                       statement->highest, count);
    for (int i = 0; i < statement->parameters; i++) {
        const struct db_value *value = &values[statement->numbers[i] - 1];
        int code = value->is_null
                     ? sqlite3_bind_null(statement->stmt, i + 1)
                     : bind_kinds[value->kind](statement->stmt, i + 1, value);
        if (code != SQLITE_OK)
            return failed(self, code);
    }
    return true;
}

static bool
step_to_end(struct sqlite *self, sqlite3_stmt *stmt)
{
    int code;

    do
        code = sqlite3_step(stmt);
    while (code == SQLITE_ROW);
    bool ok = code == SQLITE_DONE || failed(self, code);
    sqlite3_reset(stmt);
    return ok;
}

static struct db_cell *
room_for_row(struct arena *arena, struct db_rows *rows, int *room)
{
    size_t columns = (size_t)rows->columns;

    if (rows->count == *room) {
        *room = *room == 0 ? 2 : *room * 2;
        struct db_cell *cells =
            ARENA_ARRAY(arena, struct db_cell, (size_t)*room * columns);
        if (rows->count > 0)
            memcpy(cells, rows->cells,
                   (size_t)rows->count * columns * sizeof *cells);
        rows->cells = cells;
    }
    return &rows->cells[(size_t)rows->count++ * columns];
}

static bool
read_rows(struct sqlite *self, sqlite3_stmt *stmt, struct arena *arena,
          struct db_rows *rows)
{
    int room = 0;
    int code;

    rows->columns = sqlite3_column_count(stmt);
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW)
        read_row(stmt, arena, room_for_row(arena, rows, &room), rows->columns);
    bool ok = code == SQLITE_DONE || failed(self, code);
    sqlite3_reset(stmt);
    return ok;
}

static void
read_int(sqlite3_stmt *stmt, int at, struct arena *arena, struct db_cell *cell)
{
    (void)arena;
    cell->kind = DB_INT;
    cell->integer = sqlite3_column_int64(stmt, at);
}

static void
read_real(sqlite3_stmt *stmt, int at, struct arena *arena, struct db_cell *cell)
{
    (void)arena;
    cell->kind = DB_REAL;
    cell->real = sqlite3_column_double(stmt, at);
}

static void
read_text(sqlite3_stmt *stmt, int at, struct arena *arena, struct db_cell *cell)
{
    const char *data = (const char *)sqlite3_column_text(stmt, at);
    size_t bytes = (size_t)sqlite3_column_bytes(stmt, at);

    cell->kind = DB_TEXT;
    cell->bytes = arena_str(arena, (struct str){ data, bytes });
}

static void
read_blob(sqlite3_stmt *stmt, int at, struct arena *arena, struct db_cell *cell)
{
    const char *data = sqlite3_column_blob(stmt, at);
    size_t bytes = (size_t)sqlite3_column_bytes(stmt, at);

    cell->kind = DB_BLOB; /* an empty one comes as a null pointer */
    cell->bytes =
        data == NULL ? STR("") : arena_str(arena, (struct str){ data, bytes });
}

static void
read_null(sqlite3_stmt *stmt, int at, struct arena *arena, struct db_cell *cell)
{
    (void)stmt;
    (void)at;
    (void)arena;
    cell->is_null = true;
}

static void (*const read_kinds[])(sqlite3_stmt *, int, struct arena *,
                                  struct db_cell *) = {
    [SQLITE_INTEGER] = read_int, [SQLITE_FLOAT] = read_real,
    [SQLITE_TEXT] = read_text,   [SQLITE_BLOB] = read_blob,
    [SQLITE_NULL] = read_null,
};

static void
read_row(sqlite3_stmt *stmt, struct arena *arena, struct db_cell *cells,
         int columns)
{
    for (int i = 0; i < columns; i++)
        read_kinds[sqlite3_column_type(stmt, i)](stmt, i, arena, &cells[i]);
}

/* Extended codes stand before the primary ones that would cover them. */
static const struct {
    int code;
    enum db_result result;
} code_results[] = {
    { SQLITE_CONSTRAINT_UNIQUE, DB_UNIQUE },
    { SQLITE_CONSTRAINT_PRIMARYKEY, DB_UNIQUE },
    { SQLITE_CONSTRAINT_ROWID, DB_UNIQUE },
    { SQLITE_CONSTRAINT, DB_CONSTRAINT },
    { SQLITE_BUSY, DB_BUSY },
    { SQLITE_LOCKED, DB_BUSY },
    { SQLITE_PROTOCOL, DB_BUSY },
    { SQLITE_FULL, DB_FULL },
    { SQLITE_IOERR, DB_IO },
    { SQLITE_CORRUPT, DB_IO },
    { SQLITE_NOTADB, DB_IO },
};

static enum db_result
result_of(struct sqlite *self, int code)
{
    if ((code & 0xff) == SQLITE_IOERR
        && sqlite3_system_errno(self->handle) == ENOSPC)
        return DB_FULL;
    for (size_t i = 0; i < sizeof code_results / sizeof *code_results; i++)
        if (code_results[i].code == code
            || code_results[i].code == (code & 0xff))
            return code_results[i].result;
    return DB_ERROR;
}

/* Always false. */
static bool
failed(struct sqlite *self, int code)
{
    return db_fail(&self->db, result_of(self, code), "%s",
                   sqlite3_errmsg(self->handle));
}
