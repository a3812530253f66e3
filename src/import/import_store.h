/*
 * import_store: imports that were asked for over HTTP, with their files and
 * what became of each row.
 */
#ifndef IMPORT_STORE_H
#define IMPORT_STORE_H

#include "src/import/import.h"
#include "src/operation/operation.h"

enum import_state {
    IMPORT_WAITING = OPERATION_STATE_COUNT, /* for its file */
    IMPORT_CHECKED,                         /* a dry run is over */
    IMPORT_UNDOING,
    IMPORT_UNDONE,
    IMPORT_STATE_COUNT,
};
extern const char *const import_state_names[IMPORT_STATE_COUNT + 1];

/* One that is stopped can be run again. */
struct import_record {
    struct operation operation;
    struct id source; /* or none */
    struct str source_name;
    struct str file_name; /* or STR_NONE */
    struct str mapping;   /* JSON, or STR_NONE */
    bool route;
    bool dry_run;
    int64_t bytes;
    int64_t rows_done;
    struct str summary; /* JSON, or STR_NONE */
};

extern const struct operation_kind import_operation;

/* So many rows are done; no version is moved. */
bool import_record_advance(struct work *, struct id, int64_t rows_done);

/* The file, in place of the one before. */
bool import_file_save(struct work *, struct id, struct str bytes);
/* STR_NONE past the last piece. */
bool import_file_piece(struct work *, struct id, int64_t number, struct str *);

/* One row, in the unit that makes its lead. */
bool import_row_add(struct work *, struct id import,
                    const struct import_result *);
/* Up to which row all are stored. */
bool import_rows_stored(struct work *, struct id import, int64_t *last);

struct import_row {
    int64_t number;
    int64_t line;
    struct str status;
    struct id lead;
    struct str owner;
    struct str rule;
    struct str why;
    struct str notes;
    struct str undo;
};

/* After row `after`; `status` STR_NONE: all. */
bool import_rows(struct work *, struct id import, int64_t after, int limit,
                 struct str status, struct import_row **, int *count);
/* Those that made a lead and were not looked at by an undo yet. */
bool import_rows_to_undo(struct work *, struct id import, int limit,
                         struct import_row **, int *count);
bool import_row_undone(struct work *, struct id import, int64_t number,
                       bool closed);
bool import_undo_counts(struct work *, struct id import, int64_t *closed,
                        int64_t *kept);

/* The files that the lead came in, and what was noted of its rows. A file holds
 * others too: what it brought is stored, and it is not needed any more. False
 * with ERR_CONFLICT while one of them is at work. */
bool import_erase(struct work *, struct id lead);

#endif
