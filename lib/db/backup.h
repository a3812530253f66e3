/*
 * backup: a whole database as one file, and back again. SQLite by its own
 * online copy, PostgreSQL by pg_dump and pg_restore, which must be installed.
 * What says that such a file is whole is the program's business.
 */
#ifndef DB_BACKUP_H
#define DB_BACKUP_H

#include "lib/base/arena.h"

struct db_progress {
    void (*show)(void *context, int64_t done_bytes, int64_t all_bytes);
    void *context;
};

/*
 * Writes a copy of the database as it is at one moment; others go on reading
 * and writing it. The file must not exist yet. True: it was checked and is
 * on disk. False with `*why`: there is no file.
 */
bool db_backup(struct arena *, const char *address, const char *path,
               const struct db_progress *, struct str *why)
    __attribute__((warn_unused_result));

/*
 * Makes a database of the first `bytes` of such a file. One that has tables
 * already is refused unless `force`; one that a process has open always
 * (SQLite). What was there stays whole until the new one is complete.
 */
bool db_restore(struct arena *, const char *path, int64_t bytes,
                const char *address, bool force, const struct db_progress *,
                struct str *why) __attribute__((warn_unused_result));

#endif
