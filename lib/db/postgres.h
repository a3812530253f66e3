/*
 * postgres: what the files of the PostgreSQL engine share. Private to
 * lib/db.
 */
#ifndef DB_POSTGRES_H
#define DB_POSTGRES_H

#include <libpq-fe.h>

#include "lib/db/engine.h"

/* A statement with its types; prepared once on each connection. */
struct pg_statement {
    struct pg_statement *next; /* same address: other types or other text */
    struct pg_statement *all;
    const char *sql;
    const char *name; /* on the server */
    Oid *types;
    int count;
    bool prepared; /* on the present connection, or on its way there */
};

/* What was sent and has not been answered. */
enum pg_pending_kind {
    PG_PREPARE,
    PG_RUN,    /* only its failure is of interest */
    PG_ASKED,  /* somebody waits for its result */
    PG_COMMIT, /* warnings count */
    PG_SYNC,
};

struct pg_pending {
    enum pg_pending_kind kind;
    struct pg_statement *statement; /* of a PG_PREPARE */
    int must_change; /* rows, neither more nor less; 0: any number */
};

/* The values of one statement as libpq wants them; grown, never shrunk. */
struct pg_values {
    const char **data;
    int *bytes;
    int *formats;    /* all 1: binary */
    uint64_t *words; /* numbers in network order */
    int room;
};

struct pg_batch;

struct postgres {
    struct db db;
    struct arena keep; /* statements and texts, as long as this lives */
    const char *address;
    const char *options; /* settings of each new connection */
    PGconn *conn;        /* NULL when there is none */
    bool begin_due;      /* BEGIN goes out with the first statement */
    bool begun;          /* BEGIN was sent */
    bool refused;        /* an answer of the present reading was an error */
    bool lost;           /* the connection must be given up */
    bool committing;     /* a warning now means: perhaps not replicated */
    int answer_limit_ms; /* an answer that takes longer is given up */
    int doubt_ms; /* after so long without one: does it answer anybody? */
    struct pg_pending *pending;
    int pending_count;
    int pending_room;
    struct pg_values values;
    struct hash_map statements; /* address of the SQL -> first pg_statement */
    struct pg_statement *all;
    int statement_count;
    struct hash_map batches; /* address of the db_insert -> pg_batch */
    struct pg_batch *all_batches;
    struct pg_batch *due;  /* with rows, in the order of their first one */
    size_t due_bytes;      /* in all of them */
    size_t due_bytes_most; /* more are sent */
    bool must_unread;      /* among what was sent: rows that must be changed */
};

/* postgres_pipeline.c: statements out, answers in. */
struct pg_statement *pg_statement_add(struct postgres *, const char *sql,
                                      const Oid *types, int count);
/* Sends one statement into the pipeline, BEGIN before it if that is due. */
bool pg_send(struct postgres *, enum pg_pending_kind, struct pg_statement *,
             const char *const *data, const int *bytes, const int *formats);
/* The same from text and values; not `constant`: prepared for this once. */
bool pg_ask(struct postgres *, enum pg_pending_kind, const char *sql,
            bool constant, const struct db_value *, int count);
bool pg_send_begin(struct postgres *);
/* Notes that an answer of that kind will come. Always true. */
bool pg_note(struct postgres *, enum pg_pending_kind, struct pg_statement *);
/* Everything noted is answered; the caller clears the result of what was
 * asked (`asked` may be NULL). */
bool pg_sync_and_read(struct postgres *, PGresult **asked);
bool pg_read_answers(struct postgres *, PGresult **asked);
void pg_take(struct postgres *, const struct pg_pending *, PGresult *,
             PGresult **asked);
/* Records an error of the server. */
void pg_refuse(struct postgres *, const PGresult *);
void pg_on_notice(void *self, const PGresult *);
/* Gives the connection up, with what belongs to it. */
void pg_disconnect(struct postgres *);

/* Whether the server that we are connected to says anything at all to who
 * knocks; takes up to two seconds. */
bool pg_answers_anybody(const struct postgres *);
bool pg_lost(struct postgres *, const char *what); /* always false */

/* postgres_batch.c: rows on their way into tables. */
void pg_batch_begin(struct postgres *); /* of a transaction */
bool pg_batch_add(struct postgres *, const struct db_insert *,
                  const struct db_value *);
bool pg_batch_change(struct postgres *, const struct db_update *,
                     const struct db_value *);
bool pg_batch_send(struct postgres *); /* all of them */
void pg_batch_drop(struct postgres *); /* forgets the rows */
void pg_batch_free(struct postgres *);

/* postgres_type.c: values in and out of the binary format. */
Oid pg_type_of(enum db_kind);
void pg_values_set(struct pg_values *, const struct db_value *, int count);
void pg_values_free(struct pg_values *);
/* NULL, or a word about a type that cannot be read. */
const char *pg_read_cell(struct arena *, const PGresult *, int row, int column,
                         struct db_cell *);

#endif
