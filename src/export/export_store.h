/*
 * export_store: exports that were asked for, and their files in pieces.
 */
#ifndef EXPORT_EXPORT_STORE_H
#define EXPORT_EXPORT_STORE_H

#include "src/operation/operation.h"

enum { EXPORT_FILE_DAYS = 3 };

/* The file is gone; the row stays, as what was done. */
enum export_state {
    EXPORT_EXPIRED = OPERATION_STATE_COUNT,
    EXPORT_DELETED,
    EXPORT_ERASED, /* somebody was forgotten who may be in it */
    EXPORT_STATE_COUNT,
};
extern const char *const export_state_names[EXPORT_STATE_COUNT + 1];

struct export_record {
    struct operation operation;
    enum actor_kind actor_kind; /* who asked: a person or a key */
    struct str question;        /* JSON: filter, q, sort */
    struct str columns;         /* export_columns_text */
    struct str language;        /* "names", "en", "ko" */
    struct str scope;  /* what he saw when it was read; STR_NONE: not yet */
    struct str cursor; /* behind the last lead in it; STR_NONE: none is */
    int64_t pieces;
    int64_t bytes;
    int64_t leads;
    int64_t expires_ms; /* 0: no file yet */
};

extern const struct operation_kind export_operation;

/* How many of his are not over yet. */
bool export_unfinished(struct work *, struct id actor, int64_t *count);

/* From the beginning. The pieces that there are must be taken away. */
void export_record_restart(struct export_record *);

bool export_piece_add(struct work *, struct id, int64_t number, struct str);
/* STR_NONE past the last one. */
bool export_piece_load(struct work *, struct id, int64_t number, struct str *);
/* Takes away some; `*more`: there may be others. */
bool export_pieces_forget(struct work *, struct id, bool *more);

/*
 * Somebody is forgotten: no file of the workspace stays, for nothing says who is
 * in which; one that is being written begins again; and a question that names
 * him (his name, address or number, as they are stored) is forgotten.
 */
bool export_erase(struct work *, struct id lead);

#endif
