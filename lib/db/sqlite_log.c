/*
 * sqlite_log: see sqlite_log.h. When SQLite writes and flushes is its own
 * affair; nothing is known here of pages or frames.
 */
#include "lib/db/sqlite_log.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/db/sqlite_layer.h"

enum {
    HELD_BYTES_MAX = 1 << 20,
    /* SQLite's own function takes 17 bits of a length: more is cut off. */
    WRITE_BYTES_MAX = 64 * 1024,
};

/* A log that is open. */
struct log_file {
    struct layer_file layer;
    char *held;       /* HELD_BYTES_MAX; owned */
    int bytes;        /* held */
    sqlite3_int64 at; /* where they belong in the file */
    bool puts_off;    /* a flush that is asked for now may come later ... */
    bool owes;        /* ... and was */
};

static sqlite3_io_methods log_methods;

static struct log_file *
log_of(sqlite3_file *file)
{
    return (struct log_file *)file;
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
        code = layer_under(file)->pMethods->xWrite(
            layer_under(file), log->held + from, bytes, log->at + from);
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
        return layer_under(file)->pMethods->xWrite(layer_under(file), data,
                                                   bytes, at);
    memcpy(log->held + log->bytes, data, (size_t)bytes);
    log->bytes += bytes;
    return SQLITE_OK;
}

/* Everything but writing wants the file to be as SQLite believes it is. */

static int
log_read(sqlite3_file *file, void *data, int bytes, sqlite3_int64 at)
{
    int code = write_held(file);

    return code != SQLITE_OK ? code
                             : layer_under(file)->pMethods->xRead(
                                 layer_under(file), data, bytes, at);
}

static int
log_truncate(sqlite3_file *file, sqlite3_int64 bytes)
{
    int code = write_held(file);

    return code != SQLITE_OK
             ? code
             : layer_under(file)->pMethods->xTruncate(layer_under(file), bytes);
}

/* The first piece of a log that starts over is flushed whoever asks: nothing
 * behind it may reach the disk before it. */
static int
log_sync(sqlite3_file *file, int flags)
{
    struct log_file *log = log_of(file);
    bool put_off = log->puts_off && log->at > 0;
    int code = write_held(file);

    if (code != SQLITE_OK)
        return code;
    log->owes |= put_off;
    return put_off
             ? SQLITE_OK
             : layer_under(file)->pMethods->xSync(layer_under(file), flags);
}

static int
log_size(sqlite3_file *file, sqlite3_int64 *bytes)
{
    int code = write_held(file);

    return code != SQLITE_OK
             ? code
             : layer_under(file)->pMethods->xFileSize(layer_under(file), bytes);
}

/* A log that is closed with something held was not committed. */
static int
log_close(sqlite3_file *file)
{
    int code = layer_close(file);

    free(log_of(file)->held);
    return code;
}

static bool
make(struct layer_file *file)
{
    struct log_file *log = (struct log_file *)file;

    log->held = malloc(HELD_BYTES_MAX);
    return log->held != NULL;
}

static void
forget_file(struct layer_file *file)
{
    free(((struct log_file *)file)->held);
}

static struct layer layer = {
    .name = "baton-log",
    .type = SQLITE_OPEN_WAL,
    .bytes = sizeof(struct log_file),
    .methods = &log_methods,
    .make = make,
    .forget = forget_file,
};
static bool is_registered;

static void
register_layer(void)
{
    log_methods = layer_methods;
    log_methods.xClose = log_close;
    log_methods.xRead = log_read;
    log_methods.xWrite = log_write;
    log_methods.xTruncate = log_truncate;
    log_methods.xSync = log_sync;
    log_methods.xFileSize = log_size;
    is_registered = layer_register(&layer);
}

const char *
sqlite_log_vfs(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, register_layer);
    return is_registered ? layer.name : NULL;
}

/* The log of a connection that was opened with our layer; or NULL. */
static struct log_file *
log_of_connection(sqlite3 *handle)
{
    sqlite3_file *file = NULL;
    bool ours = sqlite3_file_control(handle, "main",
                                     SQLITE_FCNTL_JOURNAL_POINTER, &file)
                 == SQLITE_OK
             && file != NULL && file->pMethods == &log_methods;

    return ours ? log_of(file) : NULL;
}

static void
forget(void *context)
{
    struct log_file *log = log_of_connection(context);

    if (log != NULL)
        log->bytes = 0;
}

void
sqlite_log_forgets_rollbacks(sqlite3 *handle)
{
    sqlite3_rollback_hook(handle, forget, handle);
}

void
sqlite_log_puts_off(sqlite3 *handle, bool puts_off)
{
    struct log_file *log = log_of_connection(handle);

    if (log != NULL)
        log->puts_off = puts_off;
}

bool
sqlite_log_owes(sqlite3 *handle)
{
    struct log_file *log = log_of_connection(handle);
    bool owes = log != NULL && log->owes;

    if (owes)
        log->owes = false;
    return owes;
}
