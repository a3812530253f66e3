/*
 * sqlite_copier: copies SQLite's log back into the file, on a thread and a
 * connection of its own, so that the writer goes on committing meanwhile.
 *
 * It belongs to one writer's connection, which asks and fetches the answer;
 * at most one copy is under way. Private to lib/db.
 */
#ifndef DB_SQLITE_COPIER_H
#define DB_SQLITE_COPIER_H

#include <sqlite3.h>
#include <stdbool.h>

#include "lib/base/str.h"

struct copier;

/* Of the database in this file; opens nothing and starts nothing yet. */
struct copier *copier_new(const char *file);

/* Waits for a copy that is under way. NULL is allowed. */
void copier_free(struct copier *);

/* Begins a copy of what the log holds now. False when that is not possible
 * (no connection, no thread): the writer may copy it himself. */
bool copier_ask(struct copier *) __attribute__((warn_unused_result));

/* Asked, and the answer not fetched yet. */
bool copier_is_asked(const struct copier *);

/* What came of a copy. */
struct copied {
    int code;        /* SQLite's */
    bool is_full;    /* it failed because the disk has no room */
    int pages;       /* of the log that are in the file now */
    char reason[96]; /* of a failure */
};

/* False while the copy is under way; true once for each time it was asked. */
bool copier_fetch(struct copier *, struct copied *)
    __attribute__((warn_unused_result));

/* The disk has failed under a copy: nothing may be called durable any more.
 * Any thread, at any time. */
bool copier_disk_failed(const struct copier *);

#endif
