/*
 * engine: what db.c, the two engines and migrate.c share. Private to lib/db.
 *
 * An engine is a table of functions and a struct that begins with
 * `struct db`. db.c keeps the rules that hold for both: when a transaction is
 * open, that a failed one accepts nothing more, and which error came first.
 */
#ifndef DB_ENGINE_H
#define DB_ENGINE_H

#include "lib/base/hash.h"
#include "lib/db/db.h"

/* One value that was read. A NULL has no kind. */
struct db_cell {
    enum db_kind kind;
    bool is_null;
    union {
        int64_t integer;
        double real;
        struct str bytes; /* never NULL data, also when empty */
    };
};

struct db_calls {
    void (*close)(struct db *);
    bool (*begin)(struct db *);
    bool (*commit)(struct db *);
    /* NULL: a commit is never put off. */
    bool (*commit_soon)(struct db *, bool *flushed);
    bool (*flush)(struct db *);    /* any thread */
    void (*rollback)(struct db *); /* also after a failed begin or commit */
    /* `constant`: the address of `sql` names it for ever. */
    bool (*query)(struct db *, struct arena *, const char *sql, bool constant,
                  const struct db_value *, int count, struct db_rows *);
    bool (*run)(struct db *, const char *sql, const struct db_value *,
                int count, int64_t *changed);
    bool (*insert)(struct db *, const struct db_insert *,
                   const struct db_value *, int count);
    bool (*update)(struct db *, const struct db_update *,
                   const struct db_value *, int count);
    bool (*each)(struct db *, struct arena *row_arena, const char *sql,
                 const struct db_value *, int count,
                 bool (*each)(void *context, const struct db_rows *),
                 void *context);
    bool (*script)(struct db *, const char *sql); /* several statements */
    bool (*checkpoint)(struct db *);
    void (*scrub)(struct db *);
    bool (*settle)(struct db *);
};

struct db {
    const struct db_calls *calls;
    enum db_engine engine;
    bool read_only;
    bool in_transaction; /* between db_begin and db_commit or db_rollback */
    bool failed;         /* a statement of this transaction was refused */
    enum db_result result;
    const char *message;        /* in message_arena */
    struct arena message_arena; /* holds one message */
};

/* Opens; NULL with `*why` in the arena. */
struct db *sqlite_open(struct arena *, const char *address, bool read_only,
                       struct str *why);
struct db *postgres_open(struct arena *, const char *address, bool read_only,
                         struct str *why);

void db_init(struct db *, const struct db_calls *, enum db_engine,
             bool read_only);

/*
 * Records what went wrong and returns false. In a transaction the first
 * error stays: what follows is only its echo.
 */
bool db_fail(struct db *, enum db_result, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Runs several statements without values; for migrations. */
bool db_script(struct db *, const char *sql)
    __attribute__((warn_unused_result));

/* A change that must have met its row has not; returns false. */
bool db_update_missed(struct db *);

/* Columns of a db_insert; the letters of `kinds`. */
int db_insert_columns(const struct db_insert *);

#endif
