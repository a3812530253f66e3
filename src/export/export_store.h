/*
 * export_store: exports that were asked for, and their files in pieces.
 */
#ifndef EXPORT_EXPORT_STORE_H
#define EXPORT_EXPORT_STORE_H

#include "lib/jobs/work.h"

enum { EXPORT_FILE_DAYS = 3 };

enum export_state {
    EXPORT_QUEUED,
    EXPORT_RUNNING,
    EXPORT_DONE,
    EXPORT_STOPPED, /* `reason` says why */
    /* The file is gone; the row stays, as what was done. */
    EXPORT_EXPIRED,
    EXPORT_DELETED,
    EXPORT_ERASED, /* somebody was forgotten who may be in it */
    EXPORT_STATE_COUNT,
};
extern const char *const export_state_names[EXPORT_STATE_COUNT + 1];

struct export_record {
    struct id id;
    int64_t version; /* 0: not stored yet */
    enum export_state state;
    enum actor_kind actor_kind; /* who asked: a person or a key */
    struct id actor;
    struct str question; /* JSON: filter, q, sort */
    struct str columns;  /* export_columns_text */
    struct str language; /* "names", "en", "ko" */
    struct str scope;    /* what he saw when it was read; STR_NONE: not yet */
    struct str cursor;   /* behind the last lead in it; STR_NONE: none is */
    int64_t pieces;
    int64_t bytes;
    int64_t leads;
    struct str reason; /* or STR_NONE */
    int64_t created_ms;
    int64_t begun_ms; /* 0: not yet */
    int64_t ended_ms;
    int64_t expires_ms; /* 0: no file yet */
};

/* `actor` none: everybody's. Newest first. */
bool export_record_list(struct work *, struct id actor, struct id before,
                        int limit, struct export_record **, int *count);
/* False with ERR_NOT_FOUND when there is none. */
bool export_record_load(struct work *, struct id, struct export_record *);
/* Inserts (version 0) or writes it; ERR_CONFLICT when it has moved on. */
bool export_record_save(struct work *, struct export_record *);
/* How many of his are not over yet. */
bool export_unfinished(struct work *, struct id actor, int64_t *count);

/* From the beginning. The pieces that there are must be taken away. */
void export_record_restart(struct export_record *);

/* Tells the live stream, after the commit. */
void export_tell(struct work *, const struct export_record *,
                 const char *topic);

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
