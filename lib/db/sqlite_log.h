/*
 * sqlite_log: the writer's log (SQLite's WAL file), written in one piece for
 * each commit instead of two calls for each page: with groups of some dozen
 * leads those calls were a fifth of the writer's time.
 *
 * A layer over the system's own file functions (sqlite3_vfs). Only the log is
 * held back, only until it is asked to be on disk, read or measured, and so
 * never longer than the commit that wrote it. Private to lib/db.
 */
#ifndef DB_SQLITE_LOG_H
#define DB_SQLITE_LOG_H

#include <sqlite3.h>
#include <stdbool.h>

/* The name to open a writer's connection with. Any thread, any number of
 * times; NULL: SQLite does not take it. */
const char *sqlite_log_vfs(void);

/*
 * From now on what a transaction of this connection has left in memory is
 * forgotten when it is given up: another process may write to that place of
 * the log next. Takes the connection's rollback hook.
 */
void sqlite_log_forgets_rollbacks(sqlite3 *);

/*
 * While true, a flush that SQLite asks for only writes: whoever commits so
 * has the file flushed before anybody is told. It was put off when
 * sqlite_log_owes says so, which it does once.
 */
void sqlite_log_puts_off(sqlite3 *, bool);
bool sqlite_log_owes(sqlite3 *);

#endif
