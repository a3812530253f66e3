/*
 * migrate: brings the schema up to date with the numbered migrations, and
 * says why when it must not.
 *
 * A migration, its note 'running' and its note 'done' are one transaction,
 * so on an engine whose DDL is transactional a process that dies leaves
 * nothing behind. Where it is not (distributed engines that speak
 * PostgreSQL), 'running' is committed first; what is found 'running' was
 * half made.
 */
#include <assert.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/hash.h"
#include "lib/base/text.h"
#include "lib/db/engine.h"

static bool is_ours(struct db *, struct arena *, struct str *why);
static bool create_notes(struct db *, struct arena *);
static bool lock(struct db *, struct arena *);
static bool compare(struct db *, struct arena *, const struct db_migration *,
                    int *pending, struct str *why);
static bool apply(struct db *, struct arena *, const struct db_migration *,
                  bool noted_first);
static bool ddl_is_transactional(struct db *, struct arena *, bool *);
static bool because(struct db *, struct arena *, struct str *why);

static const char create_table[] = "CREATE TABLE IF NOT EXISTS schema_migration"
                                   " (number BIGINT NOT NULL PRIMARY KEY,"
                                   "  name TEXT NOT NULL,"
                                   "  hash TEXT NOT NULL,"
                                   "  state TEXT NOT NULL,"
                                   "  started_ms BIGINT NOT NULL,"
                                   "  done_ms BIGINT)";

static const char read_notes[] = "SELECT number, name, hash, state"
                                 "  FROM schema_migration"
                                 " ORDER BY number";

static const char note_running[] =
    "INSERT INTO schema_migration (number, name, hash, state, started_ms)"
    " VALUES ($1, $2, $3, 'running', $4)";

static const char note_done[] = "UPDATE schema_migration"
                                "   SET state = 'done', done_ms = $2"
                                " WHERE number = $1";

static int
count_all(const struct db_migration *migrations)
{
    int all = 0;

    while (migrations[all].number != 0)
        all++;
    return all;
}

bool
db_migrate(struct db *db, struct arena *arena,
           const struct db_migration *migrations,
           void (*progress)(const char *name, int done, int all),
           struct str *why)
{
    int all = count_all(migrations);
    int pending = 0;
    bool transactional = true;

    *why = STR_NONE;
    if (!is_ours(db, arena, why) || !create_notes(db, arena)
        || !ddl_is_transactional(db, arena, &transactional))
        return because(db, arena, why);
    /* The notes are read again under each lock: another node may be at it. */
    for (;;) {
        if (!db_begin(db))
            return because(db, arena, why);
        if (!lock(db, arena) || !compare(db, arena, migrations, &pending, why))
            break;
        if (pending == 0) {
            db_rollback(db);
            return true;
        }
        const struct db_migration *next = &migrations[all - pending];
        if (!apply(db, arena, next, !transactional)) {
            *why = arena_format(arena, "migration %s: %s", next->name,
                                db_last_message(db));
            break;
        }
        if (progress != NULL)
            progress(next->name, all - pending + 1, all);
    }
    db_rollback(db);
    return because(db, arena, why);
}

bool
db_schema_check(struct db *db, struct arena *arena,
                const struct db_migration *migrations, int *pending,
                struct str *why)
{
    static const char *const find_table[] = {
        [DB_SQLITE] = "SELECT 1 FROM sqlite_master"
                      " WHERE type = 'table' AND name = 'schema_migration'",
        [DB_POSTGRES] = "SELECT 1 FROM pg_catalog.pg_tables"
                        " WHERE tablename = 'schema_migration'"
                        "   AND schemaname = ANY (current_schemas(false))",
    };
    struct db_rows rows;

    *why = STR_NONE;
    *pending = count_all(migrations);
    if (!db_query(db, arena, find_table[db_engine(db)], DB_NO_VALUES, &rows))
        return because(db, arena, why);
    if (rows.count == 0)
        return true;
    return compare(db, arena, migrations, pending, why)
        || because(db, arena, why);
}

/* Always false; the database's own message when there is no better one. */
static bool
because(struct db *db, struct arena *arena, struct str *why)
{
    if (str_is_empty(*why))
        *why = arena_str(arena, str_of(db_last_message(db)));
    return false;
}

/* A file of SQLite is one program's. Not so a database of PostgreSQL, where
 * others may have tables in the same schema. */
static bool
is_ours(struct db *db, struct arena *arena, struct str *why)
{
    static const char look[] =
        "SELECT COUNT(*), COALESCE(SUM(name = 'schema_migration'), 0)"
        "  FROM sqlite_master WHERE type = 'table'";
    struct db_rows rows;

    if (db_engine(db) != DB_SQLITE)
        return true;
    if (!db_query(db, arena, look, DB_NO_VALUES, &rows))
        return false;
    if (db_get_int(&rows, 0, 0) == 0 || db_get_int(&rows, 0, 1) > 0)
        return true;
    *why = STR("the database is another program's: it has tables, and none of "
               "them is ours; name a new file");
    return false;
}

static bool
create_notes(struct db *db, struct arena *arena)
{
    if (!db_begin(db))
        return false;
    if (lock(db, arena) && db_script(db, create_table))
        return db_commit(db);
    db_rollback(db);
    return false;
}

/* On SQLite a writer's BEGIN is the lock. Waiting here is right however long
 * the other node takes; a statement of the migration waits as usual. */
static bool
lock(struct db *db, struct arena *arena)
{
    static const char *const steps[] = {
        "SELECT set_config('lock_timeout', '0', true)",
        "SELECT pg_advisory_xact_lock(7016996765293437281)",
        "SELECT set_config('lock_timeout', '5s', true)",
    };
    struct db_rows rows;

    if (db_engine(db) == DB_SQLITE)
        return true;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (!db_query(db, arena, steps[i], DB_NO_VALUES, &rows))
            return false;
    return true;
}

static bool
ddl_is_transactional(struct db *db, struct arena *arena, bool *transactional)
{
    struct db_rows rows;

    *transactional = true;
    if (db_engine(db) == DB_SQLITE)
        return true;
    if (!db_query(db, arena, "SELECT version()", DB_NO_VALUES, &rows))
        return false;
    struct str version = db_get_text(&rows, 0, 0);
    *transactional = str_find(version, STR("-YB-")) < 0
                  && str_find(version, STR("Cockroach")) < 0;
    return true;
}

/* The text's fingerprint, as 64 hexadecimal digits. */
static struct str
fingerprint(struct db *db, struct arena *arena,
            const struct db_migration *migration)
{
    const char *sql =
        db_engine(db) == DB_SQLITE ? migration->sqlite : migration->postgres;
    struct hash hash = hash_of(str_of(sql));
    struct text text = text_new(arena);

    for (int i = 0; i < HASH_BYTES; i++)
        text_format(&text, "%02x", hash.bytes[i]);
    return text_str(&text);
}

/* One note against the migration in its place; NULL when they agree. */
static const char *
difference(const struct db_rows *notes, int row, int64_t number,
           struct str hash)
{
    if (!str_is(db_get_text(notes, row, 3), "done"))
        return "was begun and did not end: restore the backup made before it";
    if (db_get_int(notes, row, 0) != number)
        return "is unknown here, or out of order";
    if (!str_equal(db_get_text(notes, row, 2), hash))
        return "has another text than when it was applied";
    return NULL;
}

/* Holds the notes against the table: every note must be a migration's, in
 * order and unchanged; what has no note yet is pending. */
static bool
compare(struct db *db, struct arena *arena,
        const struct db_migration *migrations, int *pending, struct str *why)
{
    int all = count_all(migrations);
    struct db_rows notes;

    if (!db_query(db, arena, read_notes, DB_NO_VALUES, &notes))
        return false;
    for (int row = 0; row < notes.count; row++) {
        struct str name = db_get_text(&notes, row, 1);
        bool known = row < all;
        const char *problem = difference(
            &notes, row, known ? migrations[row].number : 0,
            known ? fingerprint(db, arena, &migrations[row]) : STR_NONE);
        if (problem != NULL && !known
            && str_is(db_get_text(&notes, row, 3), "done"))
            problem = "is newer than this program";
        if (problem != NULL) {
            *why = arena_format(arena, "migration %.*s %s", STR_ARG(name),
                                problem);
            return false;
        }
    }
    *pending = all - notes.count;
    return true;
}

/* Within the transaction that holds the lock; ends it. */
static bool
apply(struct db *db, struct arena *arena, const struct db_migration *migration,
      bool noted_first)
{
    const char *sql =
        db_engine(db) == DB_SQLITE ? migration->sqlite : migration->postgres;

    if (!db_run(db, note_running,
                DB_VALUES(db_int(migration->number), db_cstr(migration->name),
                          db_text(fingerprint(db, arena, migration)),
                          db_int(clock_now_ms())),
                NULL))
        return false;
    if (noted_first && (!db_commit(db) || !db_begin(db) || !lock(db, arena)))
        return false;
    return db_script(db, sql)
        && db_run(db, note_done,
                  DB_VALUES(db_int(migration->number), db_int(clock_now_ms())),
                  NULL)
        && db_commit(db);
}
