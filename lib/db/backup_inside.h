/* backup_inside: what the files of backup share; for lib/db alone. */
#ifndef DB_BACKUP_INSIDE_H
#define DB_BACKUP_INSIDE_H

#include "lib/base/arena.h"

bool backup_postgres(struct arena *, const char *address, const char *path,
                     struct str *why);
bool restore_postgres(struct arena *, const char *path, const char *address,
                      bool force, struct str *why);

/* The file and its folder are on disk. */
bool backup_sync(struct arena *, const char *path, struct str *why);

#endif
