/*
 * sqlite_copier: see sqlite_copier.h. When to copy is the writer's to say
 * (sqlite.c).
 */
#include "lib/db/sqlite_copier.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/db/sqlite_layer.h"

/*
 * The pages that are copied go to the disk a little at a time: the flush of
 * them all at once takes some 50 ms, for which every commit would wait.
 */
enum { UNFLUSHED_BYTES_MAX = 1 << 20 };

/* The database as the copier has it open. */
struct copied_file {
    struct layer_file layer;
    int unflushed; /* bytes */
};

struct copier {
    char *file;      /* owned */
    sqlite3 *handle; /* NULL until first asked */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool wanted; /* by the lock, as the rest */
    bool done;   /* the answer waits to be fetched */
    bool stopping;
    struct copied answer;
    bool asked; /* the writer's own note */
    _Atomic bool disk_failed;
};

static bool start(struct copier *);
static void *copier_main(void *);
static const char *vfs_name(void);
static struct copied copy(sqlite3 *);
static int flush_copied(sqlite3 *);

struct copier *
copier_new(const char *file)
{
    struct copier *c = calloc(1, sizeof *c);

    if (c == NULL || (c->file = strdup(file)) == NULL)
        abort();
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->wake, NULL);
    return c;
}

void
copier_free(struct copier *c)
{
    if (c == NULL)
        return;
    if (c->handle != NULL) {
        pthread_mutex_lock(&c->lock);
        c->stopping = true;
        pthread_cond_signal(&c->wake);
        pthread_mutex_unlock(&c->lock);
        pthread_join(c->thread, NULL);
        sqlite3_close_v2(c->handle);
    }
    pthread_cond_destroy(&c->wake);
    pthread_mutex_destroy(&c->lock);
    free(c->file);
    free(c);
}

bool
copier_ask(struct copier *c)
{
    if (c->handle == NULL && !start(c))
        return false;
    c->asked = true;
    pthread_mutex_lock(&c->lock);
    c->wanted = true;
    pthread_cond_signal(&c->wake);
    pthread_mutex_unlock(&c->lock);
    return true;
}

bool
copier_is_asked(const struct copier *c)
{
    return c->asked;
}

bool
copier_fetch(struct copier *c, struct copied *answer)
{
    pthread_mutex_lock(&c->lock);
    bool done = c->done;
    if (done)
        *answer = c->answer;
    c->done = false;
    pthread_mutex_unlock(&c->lock);
    if (done)
        c->asked = false;
    return done;
}

bool
copier_disk_failed(const struct copier *c)
{
    return atomic_load_explicit(&c->disk_failed, memory_order_acquire);
}

/* Signals are the main thread's. */
static bool
start_thread(struct copier *c)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool ok = pthread_create(&c->thread, NULL, copier_main, c) == 0;
    if (ok)
        pthread_setname_np(c->thread, "log-copier");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ok;
}

static bool
start(struct copier *c)
{
    static const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

    if (sqlite3_open_v2(c->file, &c->handle, flags, vfs_name()) == SQLITE_OK
        && sqlite3_exec(c->handle,
                        "PRAGMA synchronous=FULL;"
                        "PRAGMA wal_autocheckpoint=0",
                        NULL, NULL, NULL)
               == SQLITE_OK
        && start_thread(c))
        return true;
    sqlite3_close_v2(c->handle);
    c->handle = NULL;
    return false;
}

static void *
copier_main(void *argument)
{
    struct copier *c = argument;

    pthread_mutex_lock(&c->lock);
    while (!c->stopping) {
        if (!c->wanted) {
            pthread_cond_wait(&c->wake, &c->lock);
            continue;
        }
        c->wanted = false;
        pthread_mutex_unlock(&c->lock);
        struct copied answer = copy(c->handle);
        if ((answer.code & 0xff) == SQLITE_IOERR && !answer.is_full)
            atomic_store_explicit(&c->disk_failed, true, memory_order_release);
        pthread_mutex_lock(&c->lock);
        c->answer = answer;
        c->done = true;
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

/* Passive: it waits for nobody and keeps nobody waiting. */
static struct copied
copy(sqlite3 *handle)
{
    struct copied answer = { 0 };

    answer.code = sqlite3_wal_checkpoint_v2(
        handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, &answer.pages);
    if (answer.code == SQLITE_OK)
        answer.code = flush_copied(handle);
    if (answer.code == SQLITE_OK)
        return answer;
    answer.is_full = (answer.code & 0xff) == SQLITE_FULL
                  || sqlite3_system_errno(handle) == ENOSPC;
    snprintf(answer.reason, sizeof answer.reason, "%s",
             sqlite3_errstr(answer.code));
    return answer;
}

/* -------------------------------------------------- a little at a time */

static sqlite3_io_methods copied_methods;

static int
flush(struct copied_file *file)
{
    sqlite3_file *under = file->layer.under;

    file->unflushed = 0;
    return under->pMethods->xSync(under,
                                  SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
}

static int
write_copied(sqlite3_file *base, const void *data, int bytes, sqlite3_int64 at)
{
    struct copied_file *file = (struct copied_file *)base;
    sqlite3_file *under = file->layer.under;
    int code = under->pMethods->xWrite(under, data, bytes, at);

    file->unflushed += bytes;
    return code == SQLITE_OK && file->unflushed >= UNFLUSHED_BYTES_MAX
             ? flush(file)
             : code;
}

static struct layer layer = {
    .name = "baton-copier",
    .type = SQLITE_OPEN_MAIN_DB,
    .bytes = sizeof(struct copied_file),
    .methods = &copied_methods,
};
static bool is_registered;

static void
register_layer(void)
{
    copied_methods = layer_methods;
    copied_methods.xWrite = write_copied;
    is_registered = layer_register(&layer);
}

static const char *
vfs_name(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, register_layer);
    return is_registered ? layer.name : NULL;
}

/* What is left, so that nothing is when the writer ends the copy. */
static int
flush_copied(sqlite3 *handle)
{
    sqlite3_file *file = NULL;

    if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file)
            != SQLITE_OK
        || file == NULL || file->pMethods != &copied_methods)
        return SQLITE_OK; /* without the layer SQLite flushes by itself */
    return flush((struct copied_file *)file);
}
