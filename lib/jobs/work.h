/*
 * work: a unit of work is one request or one job, and one transaction. The
 * runner commits when the handler returns true and rolls back when it
 * returns false. Handlers hold no transaction code, do not block on the
 * network and read neither clock nor random source of their own.
 */
#ifndef JOBS_WORK_H
#define JOBS_WORK_H

#include "lib/base/arena.h"
#include "lib/base/id.h"
#include "lib/base/random.h"
#include "lib/db/db.h"

/* Why a unit failed; each kind has one HTTP status (http/problem.c). */
enum error_kind {
    ERR_NONE,
    ERR_MALFORMED,       /* 400 cannot be read */
    ERR_UNAUTHENTICATED, /* 401 */
    ERR_FORBIDDEN,       /* 403 */
    ERR_NOT_FOUND,       /* 404 */
    ERR_METHOD,          /* 405 */
    ERR_CONFLICT,        /* 409 the record has moved on, or still running */
    ERR_TOO_LARGE,       /* 413 */
    ERR_MEDIA_TYPE,      /* 415 */
    ERR_MISDIRECTED,     /* 421 a Host that is not ours */
    ERR_INVALID,         /* 422 can be read, and is wrong */
    ERR_TOO_MANY,        /* 429 */
    ERR_INTERNAL,        /* 500 a bug, or a statement that failed */
    ERR_UNAVAILABLE,     /* 503 with Retry-After: database away, disk full */
};

/* One thing wrong with what was sent. */
struct error_detail {
    struct str pointer; /* RFC 6901, "/leads/3/email"; "" for the whole */
    const char *code;   /* a word for programs: "unknown_field" */
    struct str message; /* for people: what is wrong and what would be right */
};

enum { ERROR_DETAILS_MAX = 20 };

struct error {
    enum error_kind kind;
    struct str detail; /* one sentence */
    struct error_detail details[ERROR_DETAILS_MAX];
    int detail_count;
    const char *extra_json; /* more members of the problem, or NULL: the
                               current record beside a conflict */
};

/* Who does this. Everything is NONE for the clock and the jobs. */
enum actor_kind { ACTOR_SYSTEM, ACTOR_PERSON, ACTOR_KEY, ACTOR_SOURCE };

/* People whose records somebody may see because they work together, himself
 * among them; in the order of ids. */
struct circle {
    int count;
    struct id people[];
};

struct actor {
    enum actor_kind kind;
    struct id id;                /* person, key or source */
    uint64_t permissions;        /* bits of src/access/permission.h */
    const struct circle *circle; /* lives as long as the process; or NULL */
};

struct work {
    struct arena *arena; /* dies with the unit's answer */
    struct db *db;
    int64_t now_ms; /* UTC; the same for the whole group */
    struct id_maker *ids;
    struct random *random;
    struct id workspace; /* none for the instance's own endpoints */
    struct actor actor;
    struct error error;
    void *app;               /* what the program keeps per thread (caches) */
    void *remembered;        /* the program's, for this unit; NULL at first */
    int waiting;             /* units beside this one, in its group or queued
                                behind it: what can wait lets them pass */
    const int64_t *keys;     /* set by prepare: what the unit will look up, */
    int key_count;           /* so that group_begin can read all at once */
    bool changed;            /* a statement that writes was run */
    bool compared;           /* the version it was asked for, with what is */
    struct live_event *live; /* told to browsers after the commit */
    struct live_event *live_last;
    int64_t jobs_due_ms; /* the earliest job it made due; 0: none */
};

struct id work_id(struct work *); /* a new id */

/* Records why and returns false: `return fail(w, ERR_CONFLICT, "...")`. */
bool fail(struct work *, enum error_kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds one detail (kind becomes ERR_INVALID) and returns false; go on, so
 * that the sender hears of all mistakes at once. */
bool fail_at(struct work *, struct str pointer, const char *code,
             const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Turns the connection's last error into the unit's, and returns false. */
bool fail_db(struct work *);

/* The connection's calls for handlers: they fail the unit by themselves. */
bool work_query(struct work *, const char *sql, const struct db_value *,
                int count, struct db_rows *)
    __attribute__((warn_unused_result));
bool work_query_text(struct work *, struct str sql, const struct db_value *,
                     int count, struct db_rows *)
    __attribute__((warn_unused_result));
bool work_run(struct work *, const char *sql, const struct db_value *,
              int count, int64_t *changed) __attribute__((warn_unused_result));
bool work_insert(struct work *, const struct db_insert *,
                 const struct db_value *, int count)
    __attribute__((warn_unused_result));
bool work_update(struct work *, const struct db_update *,
                 const struct db_value *, int count)
    __attribute__((warn_unused_result));

/* Tells the live stream, once the unit is committed. `data` is JSON. */
struct live_event {
    struct live_event *next;
    struct id id; /* of the record in the timeline, for resuming */
    struct id workspace;
    const char *topic;       /* "lead.assigned" */
    struct id person;        /* whom it concerns: the owner, or none */
    struct id person_before; /* who has it no longer, or none */
    struct str data;
};

void work_tell(struct work *, const struct live_event *);

#endif
