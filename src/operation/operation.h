/*
 * operation: something long that was asked for over HTTP, such as an import,
 * and its record: who asked, how far it is, when it began and ended, and what
 * stopped it. What is the same of all kinds is here; a kind says in one table
 * how it differs. What it does is the kind's; on which thread it does it is
 * operation_errand.h's.
 */
#ifndef OPERATION_OPERATION_H
#define OPERATION_OPERATION_H

#include "lib/base/json.h"
#include "lib/jobs/jobs.h"

struct operation_errand;

enum operation_state {
    OPERATION_QUEUED,
    OPERATION_RUNNING,
    OPERATION_DONE,
    OPERATION_STOPPED,     /* `reason` says why */
    OPERATION_STATE_COUNT, /* from here on: a kind's own */
};

/* The first member of a kind's record. */
struct operation {
    struct id id;
    int64_t version;   /* 0: not stored yet */
    int state;         /* enum operation_state, or the kind's own */
    struct str reason; /* or STR_NONE */
    struct id actor;   /* who asked, or none */
    int64_t created_ms;
    int64_t begun_ms; /* 0: not yet */
    int64_t ended_ms;
};

/* Of a kind's table; made by OPERATION_SQL. */
struct operation_sql {
    const char *select_page;
    const char *select_one;
    const char *insert_one;
    const char *update_one;
};

struct operation_kind {
    const char *name;  /* "import": in sentences, and in what its jobs carry */
    struct str scheme; /* "import:", of its errands */
    const char *const *states; /* names; ends with NULL */
    struct operation_sql sql;
    size_t bytes;     /* of its record */
    int columns;      /* of its own */
    bool tells_actor; /* its live events concern whoever asked */
    const struct job_kind *job;

    /* Its own columns, from OPERATION_OWN on. */
    void (*read)(struct arena *, const struct db_rows *, int row,
                 struct operation *);
    void (*write)(const struct operation *, struct db_value *);
    /* How far it is, as the live stream tells it. */
    void (*put_progress)(struct json_out *, const struct operation *);
    /* On its thread. False: it goes on later, here or on another node. */
    bool (*run)(struct operation_errand *);
};

/* ---------------------------------------------------------------- its SQL */

#define OPERATION_COLUMNS(actor) \
    "id, version, state, reason, " actor ", created_ms, begun_ms, ended_ms, "
enum { OPERATION_OWN = 8 }; /* the column behind those */

/* For names of states: OPERATION_STATES, [IMPORT_WAITING] = "waiting", ... */
#define OPERATION_STATES                                            \
    [OPERATION_QUEUED] = "queued", [OPERATION_RUNNING] = "running", \
    [OPERATION_DONE] = "done", [OPERATION_STOPPED] = "stopped"

/* `actor`: the column of who asked; `own`: the kind's columns; `values`: their
 * values, from "$10" on. */
#define OPERATION_SQL(table, actor, own, values)                               \
    {                                                                          \
        .select_page = "SELECT " OPERATION_COLUMNS(actor) own                  \
            " FROM " table " WHERE workspace_id = $1 AND id < $2"              \
            "   AND ($3 = 0 OR " actor " = $3)"                                \
            " ORDER BY id DESC LIMIT $4",                                      \
        .select_one = "SELECT " OPERATION_COLUMNS(actor) own                   \
            " FROM " table " WHERE workspace_id = $1 AND id = $2",             \
        .insert_one = "INSERT INTO " table                                     \
                      " (workspace_id, " OPERATION_COLUMNS(actor) own          \
            ")"                                                                \
            " VALUES ($1, $2, $3 + 1, $4, $5, $6, $7, $8, $9, " values ")",    \
        .update_one = "UPDATE " table "   SET (version, state, reason, " actor \
                      ", created_ms,"                                          \
                      "        begun_ms, ended_ms, " own ")"                   \
                      "     = ($3 + 1, $4, $5, $6, $7, $8, $9, " values ")"    \
                      " WHERE workspace_id = $1 AND id = $2 AND version = $3"  \
    }

/* ----------------------------------------------------------------- record */

/* Newest first; `actor` none: everybody's. Each record has `kind->bytes`. */
bool operation_list(struct work *, const struct operation_kind *,
                    struct id actor, struct id before, int limit, void **list,
                    int *count);
/* The whole record. False with ERR_NOT_FOUND when there is none. */
bool operation_load(struct work *, const struct operation_kind *, struct id,
                    struct operation *);
/* Inserts (version 0) or writes it; ERR_CONFLICT when it has moved on. */
bool operation_save(struct work *, const struct operation_kind *,
                    struct operation *);

/* Asked for, or asked for again: saved, and its job is added. */
bool operation_queue(struct work *, const struct operation_kind *,
                     struct operation *);

/* Is there anything to do for its thread, or was somebody quicker? */
bool operation_is_due(const struct operation *);
/* To be saved. */
void operation_begin(struct operation *, int64_t now_ms);
void operation_end(struct operation *, int state, struct str reason,
                   int64_t now_ms);

/* Tells the live stream how far it is, after the commit; `topic` is constant. */
void operation_tell(struct work *, const struct operation_kind *,
                    const struct operation *, const char *topic);

/* ------------------------------------------------------------------- jobs */

/* What a job about it carries: {"import":"..."}. */
struct str operation_payload(struct work *, const struct operation_kind *,
                             struct id);
bool operation_of_job(struct work *, const struct operation_kind *,
                      const struct job *, struct id *);
/* For prepare of the kind's job. */
bool operation_prepare(struct work *, const struct operation_kind *,
                       const struct job *, struct outbox_message *);

#endif
