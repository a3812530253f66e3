/*
 * jobs_store: the SQL of table job. Private to jobs.
 */
#ifndef JOBS_JOBS_STORE_H
#define JOBS_JOBS_STORE_H

#include "lib/jobs/jobs.h"

/* A row of these columns as a job. */
#define JOB_COLUMNS                                                           \
    " workspace_id, id, kind, state, key, lead_id, channel, payload, due_ms," \
    " attempts, attempts_max, epoch, last_error, created_ms, done_ms"

struct job job_store_row(const struct db_rows *, int row);

/* A due job as it was found; a claim holds only while it is still so. */
struct job_seen {
    struct id workspace;
    struct id id;
    struct str kind;
    enum job_state state; /* running: its lease has ended */
    int64_t epoch;
    int64_t due_ms;
};

bool job_store_add(struct work *, const struct job_new *, int64_t due_ms,
                   int attempts_max) __attribute__((warn_unused_result));
bool job_store_cancel(struct work *, const char *kind, struct str key)
    __attribute__((warn_unused_result));
bool job_store_again(struct work *, struct id, int64_t *changed)
    __attribute__((warn_unused_result));
bool job_store_exists(struct work *, struct id, bool *exists)
    __attribute__((warn_unused_result));
bool job_store_failed(struct work *, struct id after, int limit, struct job **,
                      int *count) __attribute__((warn_unused_result));

/* The oldest due jobs of a sort that nothing earlier holds back, and when
 * the next one after now is due (INT64_MAX: none). */
bool job_store_due(struct work *, bool outside, int limit, struct job_seen **,
                   int *count, int64_t *next_ms)
    __attribute__((warn_unused_result));

/* `*job` is NULL when it is not as it was seen any more. Taking deletes it,
 * claiming leases it. */
bool job_store_take(struct work *, const struct job_seen *, struct job **)
    __attribute__((warn_unused_result));
/* PostgreSQL only: takes many. jobs[i] becomes what seen[i] was, or NULL. */
bool job_store_take_all(struct work *, const struct job_seen *const *seen,
                        struct job **jobs, int count)
    __attribute__((warn_unused_result));
bool job_store_claim(struct work *, const struct job_seen *, struct job **)
    __attribute__((warn_unused_result));

/* Where a job goes when an attempt has ended. */
struct job_end {
    enum job_state state;
    int64_t due_ms;
    struct str error;
    int attempts;
};

/* Only the holder of that epoch in that state; `*changed` false otherwise. */
bool job_store_end(struct work *, struct id workspace, struct id,
                   enum job_state from, int64_t epoch, const struct job_end *,
                   bool *changed) __attribute__((warn_unused_result));

/* Keeps the lease for another while. */
bool job_store_beat(struct work *, struct id workspace, struct id,
                    int64_t epoch, bool *changed)
    __attribute__((warn_unused_result));

/* Nobody here knows its kind: looks again in a minute. */
bool job_store_postpone(struct work *, const struct job_seen *)
    __attribute__((warn_unused_result));

/* Forgets some of what was done before. */
bool job_store_purge(struct work *, int64_t before_ms, int64_t *changed)
    __attribute__((warn_unused_result));

#endif
