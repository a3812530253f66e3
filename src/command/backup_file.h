/*
 * backup_file: the last line of a backup, which says what it is and lets
 * anybody see that it is whole: JSON with the number of bytes before it and
 * their BLAKE2b hash. The tools of the engines do not mind it.
 */
#ifndef BACKUP_FILE_H
#define BACKUP_FILE_H

#include "lib/base/hash.h"
#include "lib/db/backup.h"

struct backup_manifest {
    struct str engine; /* "sqlite", "postgres" */
    int64_t bytes;     /* of the copy, before the line */
    struct str hash;   /* 64 hexadecimal digits */
    int64_t schema;    /* number of the newest migration */
    struct str schema_name;
    struct str version; /* of the program that made it */
    int64_t made_ms;
};

/* Adds the line: bytes and hash are found out here. */
bool backup_file_seal(struct arena *, const char *path,
                      struct backup_manifest *, const struct db_progress *,
                      struct str *why);

/* Reads the line alone. */
bool backup_file_read(struct arena *, const char *path,
                      struct backup_manifest *, struct str *why);

/* Are the bytes those that the line tells of? */
bool backup_file_check(struct arena *, const char *path,
                       const struct backup_manifest *,
                       const struct db_progress *, struct str *why);

#endif
