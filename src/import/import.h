/*
 * import: a table of leads becomes leads, row by row, in units of work of
 * some hundred rows. Reading and writing overlap; memory does not grow with
 * the table. What is shown of it is the command's business.
 */
#ifndef IMPORT_H
#define IMPORT_H

#include <stdatomic.h>

#include "lib/jobs/runner.h"
#include "src/capture/mapping.h"
#include "src/workspace/workspace.h"

enum import_status {
    IMPORT_NEW,
    IMPORT_JOINED,   /* somebody we knew */
    IMPORT_REPEATED, /* this very row was imported before */
    IMPORT_REFUSED,  /* not stored; `notes` says why */
};
extern const char *const import_status_names[];

/* What became of one row. */
struct import_result {
    int64_t row;  /* of the data; the first after the header is 1 */
    int64_t line; /* of the file */
    enum import_status status;
    struct id lead; /* none when refused */
    struct owner owner;
    struct str owner_name;
    struct str rule;  /* id of the rule that decided, "otherwise", or
                          STR_NONE: nobody was asked */
    struct str why;   /* a sentence, only when sentences were asked for */
    struct str notes; /* what could not be read and was kept as given, or
                          what is wrong with the row; or STR_NONE */
};

struct import_watcher {
    /* A dry run starts again when the connection was lost: what was heard so
     * far is void. Called before the first row too. */
    void (*begin)(void *context, const struct mapping *);
    void (*row)(void *context, const struct import_result *);
    void (*progress)(void *context, int64_t bytes, int64_t rows);
    void *context;
};

struct import_settings {
    struct runner *runner;
    const char *path;
    const struct mapping_file *map; /* or NULL */
    const struct mapping_known *known;
    struct workspace workspace;
    struct id source; /* none: it is made, in a dry run like all else */
    struct str source_name;
    bool dry_run;   /* all is done, and rolled back */
    bool hold;      /* nobody is asked: new leads wait in the default queue */
    bool sentences; /* results say why */
    /* Kept: what became of each row is stored with its lead, rows that were
     * stored by a run before are passed over, and the live stream hears how
     * far it is. None: nothing is kept but the leads. */
    struct id import;
    int64_t rows_stored;           /* by a run before */
    int64_t rows_max;              /* look at no more; 0: at all */
    const atomic_bool *cancelled;  /* stop at the next chunk; or NULL */
    struct import_watcher watcher; /* called on any thread, one at a time */
};

struct import_outcome {
    int64_t rows; /* with a result */
    int64_t blank_lines;
    struct csv_facts facts;
    bool partial;   /* rows_max was not all there is */
    struct str why; /* what stopped it; in the arena */
};

/*
 * Runs the import to its end. False: it was stopped; what the watcher heard
 * of is stored (not in a dry run), and the same import goes on from there
 * when it is run again.
 */
bool import_run(const struct import_settings *, struct arena *,
                struct import_outcome *);

#endif
