/*
 * sqlite_layer: steps in between SQLite and the system's own file functions,
 * for one kind of file of a connection. Private to lib/db.
 *
 * Who steps in gives a table of methods: those of `layer_methods`, which pass
 * everything on, with some of his own in their place, which call the file
 * under the layer.
 */
#ifndef DB_SQLITE_LAYER_H
#define DB_SQLITE_LAYER_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

/* A file that is open; begins the struct of who steps in. */
struct layer_file {
    sqlite3_file base;   /* first: SQLite sees this */
    sqlite3_file *under; /* the system's */
};

/* How a connection's files of one kind are opened; static, for ever. */
struct layer {
    const char *name; /* to open the connection with */
    int type;         /* of file: SQLITE_OPEN_WAL, ... */
    size_t bytes;     /* of the struct that begins with a layer_file */
    const sqlite3_io_methods *methods;
    /* What the struct needs besides, before the file is opened; false: there
     * is no memory. `forget` gives it back when the file could not be opened;
     * of one that was, xClose does. Both or none. */
    bool (*make)(struct layer_file *);
    void (*forget)(struct layer_file *);
    sqlite3_vfs vfs; /* filled by layer_register */
};

/* Once in the process; false: SQLite does not take it. */
bool layer_register(struct layer *);

sqlite3_file *layer_under(sqlite3_file *);

/* Closes the file under the layer. */
int layer_close(sqlite3_file *);

extern const sqlite3_io_methods layer_methods;

#endif
