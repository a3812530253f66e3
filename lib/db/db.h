/*
 * db: one interface to SQLite and PostgreSQL.
 *
 * One SQL text serves both, in the common dialect with $1 parameters (by
 * their number: $2 may come before $1, and $1 twice; write CAST(x AS BIGINT),
 * not x::bigint). A statement's text is a constant: its address is its name in the statement
 * cache, so never build SQL in a buffer that is used again. Text that is
 * built (filters of lists) goes through db_query_text, which is not cached
 * by address, and holds identifiers of our own making only: values are bound.
 *
 * A connection belongs to one thread at a time.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "lib/base/arena.h"
#include "lib/base/id.h"

enum db_engine { DB_SQLITE, DB_POSTGRES };

enum db_result {
    DB_OK,
    DB_UNIQUE,        /* a unique key refused the row */
    DB_CONSTRAINT,    /* another constraint did */
    DB_STALE,         /* a row to be changed was not there as it was read */
    DB_BUSY,          /* locked for too long, or too many connections */
    DB_SERIALIZATION, /* 40001, 40P01: run the whole transaction again */
    DB_LOST,          /* the connection is gone; a COMMIT may have happened */
    DB_FULL,          /* no room on the disk */
    DB_IO,            /* the disk failed: the process must end (fail-stop) */
    DB_ERROR,         /* anything else: a bug of ours */
};

const char *db_result_name(enum db_result);

enum db_kind { DB_INT, DB_REAL, DB_TEXT, DB_BLOB };

/* A value to bind. A NULL keeps its kind, so that PostgreSQL knows the type.
 * Text is UTF-8; one with a NUL byte is refused (DB_CONSTRAINT). */
struct db_value {
    enum db_kind kind;
    bool is_null;
    union {
        int64_t integer;
        double real;
        struct str
            bytes; /* must live until the call returns; db_insert copies */
    };
};

struct db_value db_int(int64_t);
struct db_value db_int_or_null(int64_t); /* 0 is stored as NULL */
struct db_value db_real(double);
struct db_value db_text(struct str);         /* STR_NONE is stored as NULL */
struct db_value db_text_or_null(struct str); /* empty is stored as NULL */
struct db_value db_cstr(const char *);
struct db_value db_blob(struct str);
struct db_value db_id(struct id); /* none is stored as NULL */
/* For "id < $1": where a page ended; none: the first page. */
struct db_value db_id_before(struct id);
struct db_value db_bool(bool); /* 0 or 1 */

/* For the calls below: DB_VALUES(db_id(x), db_text(y)) */
#define DB_VALUES(...)                                         \
    (const struct db_value[]){ __VA_ARGS__ },                  \
        (int)(sizeof((const struct db_value[]){ __VA_ARGS__ }) \
              / sizeof(struct db_value))
#define DB_NO_VALUES NULL, 0

struct db;

/*
 * What one statement gave back; lives in the arena it was asked with.
 * Rows and columns count from 0. Reading a NULL gives 0, 0.0, STR_NONE or no
 * id. Asking past the end is a bug, and so is asking text of a number or the
 * other way round. Truths, counts, SUM and AVG read as numbers on both
 * engines (whole ones as int); dates, arrays and other types are not read:
 * cast them.
 */
struct db_rows {
    int count;
    int columns;
    struct db_cell *cells;
};

bool db_is_null(const struct db_rows *, int row, int column);
int64_t db_get_int(const struct db_rows *, int row, int column);
double db_get_real(const struct db_rows *, int row, int column);
struct str db_get_text(const struct db_rows *, int row, int column);
struct id db_get_id(const struct db_rows *, int row, int column);
bool db_get_bool(const struct db_rows *, int row, int column);

/*
 * Opens `address`: a file name, or postgres://... (several hosts allowed;
 * the one that accepts writes is chosen). NULL with `*why` in the arena on
 * failure. `read_only` connections refuse changes and see one snapshot per
 * transaction.
 *
 * SQLite: WAL, synchronous=FULL, foreign keys on, defensive, no automatic
 * checkpoints (see db_checkpoint), busy time-out 5 s.
 * PostgreSQL: synchronous_commit=on, keepalives, connect_timeout 2 s.
 */
struct db *db_open(struct arena *, const char *address, bool read_only,
                   struct str *why);
void db_close(struct db *); /* NULL is allowed */

enum db_engine db_engine(const struct db *);
enum db_engine db_engine_of(const char *address);

/* What went wrong last; the text is for logs and for operators. Within a
 * transaction it is what went wrong first. */
enum db_result db_last_result(const struct db *);
const char *db_last_message(const struct db *);

/*
 * Transactions. The runner of units calls these, handlers never.
 * SQLite: BEGIN IMMEDIATE for writers, BEGIN for read-only connections.
 * After a lost connection db_begin connects again (one attempt, DB_LOST or
 * DB_BUSY when it fails).
 *
 * A statement that fails fails its transaction: nothing more is taken, and
 * the commit is refused with that first error. db_commit ends the
 * transaction whatever it returns; db_rollback without one does nothing.
 * A false commit has committed nothing, except for DB_LOST: then nobody
 * knows, and whoever tries again must write (an INSERT ... ON CONFLICT DO
 * UPDATE, not DO NOTHING) before it calls the work done.
 *
 * Outside a transaction a statement is its own, and is durable when its call
 * returns.
 */
bool db_begin(struct db *) __attribute__((warn_unused_result));
bool db_commit(struct db *) __attribute__((warn_unused_result));
void db_rollback(struct db *);

/*
 * A commit whose last step is left to db_flush, so that the next transaction
 * need not wait for the disk. With `*flushed` false nobody may be told of what
 * was committed, nor of what was read from the database since it began, until
 * a db_flush that began later has returned true. Transactions become durable
 * in their order: after a power cut each is there with all before it.
 *
 * db_flush may be called on any thread, also while the connection is used;
 * false: the disk failed, `errno` says how, and the process must end.
 */
bool db_commit_soon(struct db *, bool *flushed)
    __attribute__((warn_unused_result));
bool db_flush(struct db *) __attribute__((warn_unused_result));
bool db_in_transaction(const struct db *);

/* Runs a statement and reads all its rows. */
bool db_query(struct db *, struct arena *, const char *sql,
              const struct db_value *values, int count, struct db_rows *rows)
    __attribute__((warn_unused_result));

/* The same for SQL text that was built for this call. */
bool db_query_text(struct db *, struct arena *, struct str sql,
                   const struct db_value *values, int count,
                   struct db_rows *rows) __attribute__((warn_unused_result));

/*
 * Runs a change whose rows nobody reads. `*changed` (may be NULL) gets the
 * number of rows. With changed == NULL PostgreSQL queues it within a
 * transaction (pipeline mode) and an error shows at the next query or at the
 * commit.
 */
bool db_run(struct db *, const char *sql, const struct db_value *values,
            int count, int64_t *changed) __attribute__((warn_unused_result));

/*
 * Adds one row to a table; needs no answer. SQLite runs the insert at once.
 * PostgreSQL collects the rows of a table and sends them as one INSERT from
 * unnest(arrays) before the next query, db_run or commit of the connection,
 * tables in the order of their first row. A refused row shows then.
 * The address of the struct names it: it is a constant, like SQL text.
 */
struct db_insert {
    const char *table;
    const char *columns; /* "workspace_id, id, name" */
    const char *kinds; /* one letter a column: i int, r real, t text, b blob */
    /* "ON CONFLICT (...) DO UPDATE SET ...", or NULL. With DO UPDATE no row
     * may meet another one that is still collected. */
    const char *conflict;
};

bool db_insert(struct db *, const struct db_insert *,
               const struct db_value *values, int count)
    __attribute__((warn_unused_result));

/*
 * Changes a row by its key; needs no answer. `sql` is an UPDATE with one WHERE
 * in the common dialect. SQLite runs it at once. PostgreSQL collects the rows
 * as those of db_insert, and sends them as one UPDATE before the rows that are
 * collected: a second change of a row that is still collected is sent after
 * the first, but a row that was added in the same transaction may be on its
 * way after the change. Name its table (`behind`), or use db_run for it.
 * The address of the struct names it: it is a constant, like SQL text.
 */
struct db_update {
    const char *sql;
    const char *kinds; /* of $1, $2, ...; as in struct db_insert */
    int keys;  /* the first so many values name the row: whole numbers */
    bool must; /* each changes one row, or the transaction fails: DB_STALE */
    const char *behind; /* what was added to this table goes first; or NULL */
};

bool db_update(struct db *, const struct db_update *,
               const struct db_value *values, int count)
    __attribute__((warn_unused_result));

/*
 * Calls `each` for every row as it comes, for results of any size; stops and
 * returns false when `each` does. The arena is reset between rows. `each`
 * must not use the connection. On PostgreSQL stopping early still reads the
 * rest (no cancel is ever sent): say LIMIT when little is wanted.
 */
bool db_each(struct db *, struct arena *row_arena, const char *sql,
             const struct db_value *values, int count,
             bool (*each)(void *context, const struct db_rows *row),
             void *context) __attribute__((warn_unused_result));

/* What was done so far has been written, and answered, when this returns
 * true: whose fault and whose time it was can be told from what follows. */
bool db_settle(struct db *) __attribute__((warn_unused_result));

/* SQLite: has the log copied into the file when it has grown past a limit,
 * most of it on another thread; the writer calls it between groups. False when
 * the disk failed. PostgreSQL: nothing. */
bool db_checkpoint(struct db *);

/*
 * What this transaction writes over shall be nowhere any more. SQLite writes
 * zeros over what is deleted (secure_delete), but its log still has the pages
 * as they were: the next db_checkpoint empties it, or the one after, when
 * readers are in the way. PostgreSQL: VACUUM does it in its own time.
 */
void db_scrub(struct db *);

/*
 * Brings the schema up to date. Migrations are the numbered files of
 * schema/, built into the program: 0007_search.sql serves both engines,
 * 0007_search.sqlite.sql and 0007_search.postgres.sql sit together when they
 * must differ, and are taken as they are. The common text is written in
 * PostgreSQL's types; SQLite reads BIGINT as INTEGER and `PRIMARY KEY
 * (workspace_id, id)` as `PRIMARY KEY (id)`, so that the id is the rowid, and
 * `FOREIGN KEY (workspace_id, x_id) REFERENCES x (workspace_id, id)` as
 * `FOREIGN KEY (x_id) REFERENCES x (id)` to match; PostgreSQL reads BLOB as
 * BYTEA. (tools/embed_schema.py does it. A statement cannot say ON CONFLICT
 * (workspace_id, id): SQLite has no such key. ON CONFLICT DO NOTHING without
 * columns serves both.)
 *
 * Each file is one transaction and is noted in table schema_migration with
 * the hash of its text before and after (state 'running', then 'done'): a
 * process that dies leaves nothing of it, and where DDL is not transactional
 * (distributed engines) 'running' is committed first, so a half-made
 * migration is seen. False with `*why` when the schema is newer than this
 * program, half migrated, or a file's text has changed since. Several nodes
 * may start together: one migrates, the others wait for it.
 * `progress` (may be NULL) hears of each file once it is done.
 */
struct db_migration {
    int number;
    const char *name;     /* "0001_workspace" */
    const char *sqlite;   /* text for SQLite */
    const char *postgres; /* text for PostgreSQL */
};

extern const struct db_migration db_migrations[]; /* ends with number 0;
                                                     generated from schema/ */

bool db_migrate(struct db *, struct arena *, const struct db_migration *,
                void (*progress)(const char *name, int done, int all),
                struct str *why) __attribute__((warn_unused_result));

/* The same checks without changing anything; `*pending` counts what is to do. */
bool db_schema_check(struct db *, struct arena *, const struct db_migration *,
                     int *pending, struct str *why)
    __attribute__((warn_unused_result));

#endif
