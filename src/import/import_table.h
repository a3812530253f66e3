/* import_table: the rows of a file, one by one; for import.c. */
#ifndef IMPORT_TABLE_H
#define IMPORT_TABLE_H

#include <stdio.h>

#include "lib/base/csv.h"
#include "lib/base/hash.h"

struct import_table {
    FILE *file;
    struct csv_reader *reader;
    bool ended; /* all bytes were fed */
    int64_t bytes;
    int64_t rows;
    int64_t blank_lines;
    struct hash_map seen; /* how often a row with that hash came */
    const char *why;      /* why reading stopped, or NULL */
};

/* False with the reason in errno. `delimiter` 0: it is found out. */
bool import_table_open(struct import_table *, const char *path, char delimiter);
void import_table_close(struct import_table *); /* twice does no harm */

/* The next row that is not blank. False at the end, or with `why`. */
bool import_table_next(struct import_table *, struct arena *, struct csv_row *);

/*
 * A name for a row by what it says: the same file imported again gives the
 * same names, and the second of two equal rows has another name than the
 * first.
 */
struct str import_row_name(struct import_table *, struct arena *,
                           struct str body);

#endif
