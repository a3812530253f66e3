/*
 * sqlite_layer: see sqlite_layer.h.
 */
#include "lib/db/sqlite_layer.h"

#include <string.h>

/* Whatever SQLite and the system put there begins at such an address. */
enum { ALIGNMENT = 16 };

sqlite3_file *
layer_under(sqlite3_file *file)
{
    return ((struct layer_file *)file)->under;
}

int
layer_close(sqlite3_file *file)
{
    return layer_under(file)->pMethods->xClose(layer_under(file));
}

static int
pass_read(sqlite3_file *file, void *data, int bytes, sqlite3_int64 at)
{
    return layer_under(file)->pMethods->xRead(layer_under(file), data, bytes,
                                              at);
}

static int
pass_write(sqlite3_file *file, const void *data, int bytes, sqlite3_int64 at)
{
    return layer_under(file)->pMethods->xWrite(layer_under(file), data, bytes,
                                               at);
}

static int
pass_truncate(sqlite3_file *file, sqlite3_int64 bytes)
{
    return layer_under(file)->pMethods->xTruncate(layer_under(file), bytes);
}

static int
pass_sync(sqlite3_file *file, int flags)
{
    return layer_under(file)->pMethods->xSync(layer_under(file), flags);
}

static int
pass_size(sqlite3_file *file, sqlite3_int64 *bytes)
{
    return layer_under(file)->pMethods->xFileSize(layer_under(file), bytes);
}

static int
pass_lock(sqlite3_file *file, int level)
{
    return layer_under(file)->pMethods->xLock(layer_under(file), level);
}

static int
pass_unlock(sqlite3_file *file, int level)
{
    return layer_under(file)->pMethods->xUnlock(layer_under(file), level);
}

static int
pass_is_reserved(sqlite3_file *file, int *answer)
{
    return layer_under(file)->pMethods->xCheckReservedLock(layer_under(file),
                                                           answer);
}

static int
pass_control(sqlite3_file *file, int what, void *argument)
{
    return layer_under(file)->pMethods->xFileControl(layer_under(file), what,
                                                     argument);
}

static int
pass_sector(sqlite3_file *file)
{
    return layer_under(file)->pMethods->xSectorSize(layer_under(file));
}

static int
pass_traits(sqlite3_file *file)
{
    return layer_under(file)->pMethods->xDeviceCharacteristics(
        layer_under(file));
}

static int
pass_shared_map(sqlite3_file *file, int region, int bytes, int extend,
                void volatile **at)
{
    return layer_under(file)->pMethods->xShmMap(layer_under(file), region,
                                                bytes, extend, at);
}

static int
pass_shared_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return layer_under(file)->pMethods->xShmLock(layer_under(file), offset,
                                                 count, flags);
}

static void
pass_shared_barrier(sqlite3_file *file)
{
    layer_under(file)->pMethods->xShmBarrier(layer_under(file));
}

static int
pass_shared_unmap(sqlite3_file *file, int remove)
{
    return layer_under(file)->pMethods->xShmUnmap(layer_under(file), remove);
}

static int
pass_fetch(sqlite3_file *file, sqlite3_int64 at, int bytes, void **page)
{
    return layer_under(file)->pMethods->xFetch(layer_under(file), at, bytes,
                                               page);
}

static int
pass_unfetch(sqlite3_file *file, sqlite3_int64 at, void *page)
{
    return layer_under(file)->pMethods->xUnfetch(layer_under(file), at, page);
}

const sqlite3_io_methods layer_methods = {
    .iVersion = 3,
    .xClose = layer_close,
    .xRead = pass_read,
    .xWrite = pass_write,
    .xTruncate = pass_truncate,
    .xSync = pass_sync,
    .xFileSize = pass_size,
    .xLock = pass_lock,
    .xUnlock = pass_unlock,
    .xCheckReservedLock = pass_is_reserved,
    .xFileControl = pass_control,
    .xSectorSize = pass_sector,
    .xDeviceCharacteristics = pass_traits,
    .xShmMap = pass_shared_map,
    .xShmLock = pass_shared_lock,
    .xShmBarrier = pass_shared_barrier,
    .xShmUnmap = pass_shared_unmap,
    .xFetch = pass_fetch,
    .xUnfetch = pass_unfetch,
};

/* ------------------------------------------------------------- opening */

static const struct layer *
layer_of(const sqlite3_vfs *vfs)
{
    return (const struct layer *)((const char *)vfs
                                  - offsetof(struct layer, vfs));
}

static size_t
room(const struct layer *layer)
{
    return (layer->bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static int
open_under(const struct layer *layer, const char *name, sqlite3_file *file,
           int flags, int *flags_out)
{
    sqlite3_vfs *system = layer->vfs.pAppData;
    struct layer_file *over = (struct layer_file *)file;

    memset(over, 0, room(layer));
    over->under = (sqlite3_file *)((char *)file + room(layer));
    if (layer->make != NULL && !layer->make(over))
        return SQLITE_NOMEM;
    int code = system->xOpen(system, name, over->under, flags, flags_out);
    if (code == SQLITE_OK)
        over->base.pMethods = layer->methods;
    else if (layer->forget != NULL) /* no methods: SQLite does not close it */
        layer->forget(over);
    return code;
}

/* Any file of another kind is the system's alone. */
static int
open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
          int *flags_out)
{
    sqlite3_vfs *system = vfs->pAppData;
    const struct layer *layer = layer_of(vfs);

    return (flags & layer->type) == 0
             ? system->xOpen(system, name, file, flags, flags_out)
             : open_under(layer, name, file, flags, flags_out);
}

/* The system's functions, but for open: they are called with the system's own
 * structure by none that minds. */
bool
layer_register(struct layer *layer)
{
    sqlite3_vfs *system = sqlite3_vfs_find(NULL);

    if (system == NULL)
        return false;
    layer->vfs = *system;
    layer->vfs.pNext = NULL;
    layer->vfs.zName = layer->name;
    layer->vfs.szOsFile = (int)room(layer) + system->szOsFile;
    layer->vfs.pAppData = system;
    layer->vfs.xOpen = open_file;
    return sqlite3_vfs_register(&layer->vfs, 0) == SQLITE_OK;
}
