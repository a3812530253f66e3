/*
 * sqlite_log: see sqlite_log.h. When SQLite writes and flushes is its own
 * affair; nothing is known here of pages or frames.
 */
#include "lib/db/sqlite_log.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    HELD_BYTES_MAX = 1 << 20,
    /* SQLite's own function takes 17 bits of a length: more is cut off. */
    WRITE_BYTES_MAX = 64 * 1024,
};

/* A log that is open; the system's own file follows it in memory. */
struct log_file {
    sqlite3_file base; /* first: SQLite sees this */
    char *held;        /* HELD_BYTES_MAX; owned */
    int bytes;         /* held */
    sqlite3_int64 at;  /* where they belong in the file */
};

static const sqlite3_io_methods log_methods;

static struct log_file *
log_of(sqlite3_file *file)
{
    return (struct log_file *)file;
}

static sqlite3_file *
real(sqlite3_file *file)
{
    return (sqlite3_file *)(log_of(file) + 1);
}

/* What could not be written is not tried again: the transaction fails. */
static int
write_held(sqlite3_file *file)
{
    struct log_file *log = log_of(file);
    int left = log->bytes;
    int code = SQLITE_OK;

    log->bytes = 0;
    for (int from = 0; left > 0 && code == SQLITE_OK;) {
        int bytes = left < WRITE_BYTES_MAX ? left : WRITE_BYTES_MAX;
        code = real(file)->pMethods->xWrite(real(file), log->held + from, bytes,
                                            log->at + from);
        from += bytes;
        left -= bytes;
    }
    return code;
}

static int
log_write(sqlite3_file *file, const void *data, int bytes, sqlite3_int64 at)
{
    struct log_file *log = log_of(file);

    if (at != log->at + log->bytes || bytes > HELD_BYTES_MAX - log->bytes) {
        int code = write_held(file);
        if (code != SQLITE_OK)
            return code;
        log->at = at;
    }
    if (bytes > HELD_BYTES_MAX)
        return real(file)->pMethods->xWrite(real(file), data, bytes, at);
    memcpy(log->held + log->bytes, data, (size_t)bytes);
    log->bytes += bytes;
    return SQLITE_OK;
}

/* Everything but writing wants the file to be as SQLite believes it is. */

static int
log_read(sqlite3_file *file, void *data, int bytes, sqlite3_int64 at)
{
    int code = write_held(file);

    return code != SQLITE_OK
             ? code
             : real(file)->pMethods->xRead(real(file), data, bytes, at);
}

static int
log_truncate(sqlite3_file *file, sqlite3_int64 bytes)
{
    int code = write_held(file);

    return code != SQLITE_OK
             ? code
             : real(file)->pMethods->xTruncate(real(file), bytes);
}

static int
log_sync(sqlite3_file *file, int flags)
{
    int code = write_held(file);

    return code != SQLITE_OK ? code
                             : real(file)->pMethods->xSync(real(file), flags);
}

static int
log_size(sqlite3_file *file, sqlite3_int64 *bytes)
{
    int code = write_held(file);

    return code != SQLITE_OK
             ? code
             : real(file)->pMethods->xFileSize(real(file), bytes);
}

/* A log that is closed with something held was not committed. */
static int
log_close(sqlite3_file *file)
{
    int code = real(file)->pMethods->xClose(real(file));

    free(log_of(file)->held);
    return code;
}

static int
log_lock(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xLock(real(file), level);
}

static int
log_unlock(sqlite3_file *file, int level)
{
    return real(file)->pMethods->xUnlock(real(file), level);
}

static int
log_is_reserved(sqlite3_file *file, int *answer)
{
    return real(file)->pMethods->xCheckReservedLock(real(file), answer);
}

static int
log_control(sqlite3_file *file, int what, void *argument)
{
    return real(file)->pMethods->xFileControl(real(file), what, argument);
}

static int
log_sector(sqlite3_file *file)
{
    return real(file)->pMethods->xSectorSize(real(file));
}

static int
log_traits(sqlite3_file *file)
{
    return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static const sqlite3_io_methods log_methods = {
    .iVersion = 1,
    .xClose = log_close,
    .xRead = log_read,
    .xWrite = log_write,
    .xTruncate = log_truncate,
    .xSync = log_sync,
    .xFileSize = log_size,
    .xLock = log_lock,
    .xUnlock = log_unlock,
    .xCheckReservedLock = log_is_reserved,
    .xFileControl = log_control,
    .xSectorSize = log_sector,
    .xDeviceCharacteristics = log_traits,
};

/* ------------------------------------------------------------ the system */

static sqlite3_vfs *
system_of(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

/* Any other file is the system's alone. */
static int
open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
          int *flags_out)
{
    sqlite3_vfs *system = system_of(vfs);

    if ((flags & SQLITE_OPEN_WAL) == 0)
        return system->xOpen(system, name, file, flags, flags_out);

    struct log_file *log = log_of(file);
    *log = (struct log_file){ .held = malloc(HELD_BYTES_MAX) };
    if (log->held == NULL)
        return SQLITE_NOMEM;
    int code = system->xOpen(system, name, real(file), flags, flags_out);
    if (code != SQLITE_OK) {
        free(log->held);
        return code; /* no methods: SQLite does not close it */
    }
    log->base.pMethods = &log_methods;
    return SQLITE_OK;
}

static sqlite3_vfs vfs;
static bool is_registered;

/* The system's functions, but for open: they are called with the system's own
 * structure by none that minds. */
static void
register_vfs(void)
{
    sqlite3_vfs *system = sqlite3_vfs_find(NULL);

    if (system == NULL)
        return;
    vfs = *system;
    vfs.pNext = NULL;
    vfs.zName = "baton-log";
    vfs.szOsFile = (int)sizeof(struct log_file) + system->szOsFile;
    vfs.pAppData = system;
    vfs.xOpen = open_file;
    is_registered = sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
}

const char *
sqlite_log_vfs(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, register_vfs);
    return is_registered ? vfs.zName : NULL;
}

static void
forget(void *context)
{
    sqlite3 *handle = context;
    sqlite3_file *file = NULL;

    if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER,
                             &file)
            == SQLITE_OK
        && file != NULL && file->pMethods == &log_methods)
        log_of(file)->bytes = 0;
}

void
sqlite_log_forgets_rollbacks(sqlite3 *handle)
{
    sqlite3_rollback_hook(handle, forget, handle);
}
