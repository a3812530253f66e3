/* backup: SQLite's side, and the choice between the engines; see backup.h.
 * PostgreSQL's side is backup_postgres.c. */
#include "lib/db/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/db/backup_inside.h"
#include "lib/db/db.h"

/* Small steps, so that the database's writer is never held up for long. */
enum { PAGES_AT_A_TIME = 1024, BUSY_MS = 5000, COPY_BYTES = 1024 * 1024 };

static bool backup_sqlite(struct arena *, const char *from, const char *to,
                          const struct db_progress *, struct str *why);
static bool restore_sqlite(struct arena *, const char *from, int64_t bytes,
                           const char *to, bool force,
                           const struct db_progress *, struct str *why);

bool
db_backup(struct arena *arena, const char *address, const char *path,
          const struct db_progress *progress, struct str *why)
{
    if (access(path, F_OK) == 0) {
        *why = arena_format(arena, "%s is there already", path);
        return false;
    }
    bool ok = db_engine_of(address) == DB_SQLITE
                ? backup_sqlite(arena, address, path, progress, why)
                : backup_postgres(arena, address, path, why);
    if (ok && backup_sync(arena, path, why))
        return true;
    unlink(path);
    return false;
}

bool
db_restore(struct arena *arena, const char *path, int64_t bytes,
           const char *address, bool force, const struct db_progress *progress,
           struct str *why)
{
    if (db_engine_of(address) == DB_SQLITE)
        return restore_sqlite(arena, path, bytes, address, force, progress,
                              why);
    return restore_postgres(arena, path, address, force, why);
}

/* --------------------------------------------------------------- SQLite */

static bool
sqlite_says(struct arena *arena, sqlite3 *db, const char *path, struct str *why)
{
    *why = arena_format(arena, "%s: %s", path,
                        db == NULL ? "no memory" : sqlite3_errmsg(db));
    return false;
}

static bool
open_file(struct arena *arena, const char *path, int flags, sqlite3 **db,
          struct str *why)
{
    if (sqlite3_open_v2(path, db, flags, NULL) != SQLITE_OK)
        return sqlite_says(arena, *db, path, why);
    sqlite3_busy_timeout(*db, BUSY_MS);
    return true;
}

/* The first cell of the first row of a PRAGMA, or NULL. */
static bool
pragma_is(sqlite3 *db, const char *sql, const char *wanted)
{
    sqlite3_stmt *statement = NULL;
    bool is = false;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK
        && sqlite3_step(statement) == SQLITE_ROW) {
        const unsigned char *text = sqlite3_column_text(statement, 0);
        is = text != NULL && strcmp((const char *)text, wanted) == 0;
    }
    sqlite3_finalize(statement);
    return is;
}

static int
copy_pages(sqlite3 *from, sqlite3 *to, const struct db_progress *progress)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    int result = SQLITE_ERROR;

    if (backup == NULL)
        return result;
    do {
        result = sqlite3_backup_step(backup, PAGES_AT_A_TIME);
        int64_t all = sqlite3_backup_pagecount(backup);
        progress->show(progress->context,
                       (all - sqlite3_backup_remaining(backup)) * 4096,
                       all * 4096);
    } while (result == SQLITE_OK);
    int finished = sqlite3_backup_finish(backup);
    return result == SQLITE_DONE ? finished : result;
}

/* A copy made while others write begins anew with each of their commits; one
 * read transaction around it keeps one moment. The copy is one file alone:
 * no log beside it. */
static bool
copy_whole(struct arena *arena, sqlite3 *from, sqlite3 *to, const char *path,
           const struct db_progress *progress, struct str *why)
{
    if (sqlite3_exec(from, "BEGIN; SELECT count(*) FROM sqlite_master", NULL,
                     NULL, NULL)
        != SQLITE_OK)
        return sqlite_says(arena, from, "the database", why);

    int result = copy_pages(from, to, progress);
    sqlite3_exec(from, "ROLLBACK", NULL, NULL, NULL);
    if (result != SQLITE_OK) {
        *why = arena_format(arena, "%s: %s", path, sqlite3_errstr(result));
        return false;
    }
    if (!pragma_is(to, "PRAGMA journal_mode = DELETE", "delete"))
        return sqlite_says(arena, to, path, why);
    if (!pragma_is(to, "PRAGMA integrity_check", "ok")) {
        *why = arena_format(arena,
                            "the copy %s is damaged, and so may be the "
                            "database: run \"baton doctor\"",
                            path);
        return false;
    }
    return true;
}

static bool
backup_sqlite(struct arena *arena, const char *address, const char *path,
              const struct db_progress *progress, struct str *why)
{
    sqlite3 *from = NULL;
    sqlite3 *to = NULL;
    bool ok = open_file(arena, address, SQLITE_OPEN_READWRITE, &from, why)
           && open_file(arena, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                        &to, why)
           && copy_whole(arena, from, to, path, progress, why);

    sqlite3_close(to);
    sqlite3_close(from);
    return ok;
}

/* A database in use cannot leave its log: somebody would go on writing to a
 * file that nobody finds any more. */
static bool
is_in_use(const char *path)
{
    sqlite3 *db = NULL;
    bool in_use = false;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK
        && pragma_is(db, "PRAGMA journal_mode", "wal"))
        in_use = !pragma_is(db, "PRAGMA journal_mode = DELETE", "delete");
    sqlite3_close(db);
    return in_use;
}

static bool
place_is_free(struct arena *arena, const char *path, bool force,
              struct str *why)
{
    struct stat about;

    if (stat(path, &about) != 0 || about.st_size == 0)
        return true;
    if (!force) {
        *why = arena_format(arena, "%s is there already; --force replaces it",
                            path);
        return false;
    }
    if (is_in_use(path)) {
        *why = arena_format(arena, "%s is in use: stop the server first", path);
        return false;
    }
    return true;
}

static bool
copy_bytes(FILE *from, FILE *to, int64_t bytes,
           const struct db_progress *progress)
{
    char *block = malloc(COPY_BYTES);
    int64_t done = 0;

    while (block != NULL && done < bytes) {
        size_t want =
            bytes - done < COPY_BYTES ? (size_t)(bytes - done) : COPY_BYTES;
        size_t got = fread(block, 1, want, from);
        if (got == 0 || fwrite(block, 1, got, to) != got)
            break;
        done += (int64_t)got;
        progress->show(progress->context, done, bytes);
    }
    free(block);
    return done == bytes && fflush(to) == 0;
}

static bool
copy_file(struct arena *arena, const char *from, int64_t bytes, const char *to,
          const struct db_progress *progress, struct str *why)
{
    FILE *in = fopen(from, "rb");
    FILE *out = fopen(to, "wb");
    bool ok = in != NULL && out != NULL && copy_bytes(in, out, bytes, progress);

    if (!ok)
        *why = arena_format(arena, "%s: %s", to, strerrordesc_np(errno));
    if (in != NULL)
        fclose(in);
    if (out != NULL && fclose(out) != 0)
        ok = false;
    return ok;
}

static bool
is_whole(struct arena *arena, const char *path, struct str *why)
{
    sqlite3 *db = NULL;
    bool ok = open_file(arena, path, SQLITE_OPEN_READWRITE, &db, why);

    if (ok && !pragma_is(db, "PRAGMA integrity_check", "ok")) {
        *why = STR("the backup holds a damaged database");
        ok = false;
    }
    sqlite3_close(db);
    return ok;
}

static bool
restore_sqlite(struct arena *arena, const char *from, int64_t bytes,
               const char *to, bool force, const struct db_progress *progress,
               struct str *why)
{
    const char *part = arena_format(arena, "%s.part", to).data;

    if (!place_is_free(arena, to, force, why))
        return false;
    bool ok = copy_file(arena, from, bytes, part, progress, why)
           && is_whole(arena, part, why) && backup_sync(arena, part, why);
    if (ok && rename(part, to) != 0) {
        *why = arena_format(arena, "%s: %s", to, strerrordesc_np(errno));
        ok = false;
    }
    if (ok)
        return backup_sync(arena, to, why);
    unlink(part);
    return false;
}

/* ----------------------------------------------------------------- disk */

static bool
sync_one(const char *path, int flags)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | flags);
    bool ok = file >= 0 && fsync(file) == 0;

    if (file >= 0)
        close(file);
    return ok;
}

bool
backup_sync(struct arena *arena, const char *path, struct str *why)
{
    struct str folder = str_of(path);

    while (folder.bytes > 0 && folder.data[folder.bytes - 1] != '/')
        folder.bytes--;
    if (folder.bytes == 0)
        folder = STR(".");
    if (sync_one(path, 0) && sync_one(arena_cstr(arena, folder), O_DIRECTORY))
        return true;
    *why = arena_format(arena, "%s: %s", path, strerrordesc_np(errno));
    return false;
}
