/*
 * jobs_store: the SQL of table job, and nothing about when it is used.
 *
 * Each change names the state and the epoch it was decided on: whoever comes
 * late changes nothing (J4).
 */
#include "lib/jobs/jobs_store.h"

#include "lib/base/text.h"
#include "lib/db/array.h"

enum { PURGE_ROWS = 1000, POSTPONE_MS = 60000 };

/* J3: nothing earlier of the same lead and channel is open. */
#define FIRST_IN_ORDER                                         \
    "   AND (channel IS NULL OR lead_id IS NULL OR NOT EXISTS" \
    "        (SELECT 1"                                        \
    "           FROM job earlier"                              \
    "          WHERE earlier.workspace_id = job.workspace_id"  \
    "            AND earlier.lead_id = job.lead_id"            \
    "            AND earlier.channel = job.channel"            \
    "            AND earlier.state < 2"                        \
    "            AND earlier.id < job.id))"

/* What was seen is still so. */
#define AS_SEEN                \
    " WHERE workspace_id = $1" \
    "   AND id = $2"           \
    "   AND state = $3"        \
    "   AND epoch = $4"        \
    "   AND due_ms <= $5" FIRST_IN_ORDER

/* Another node may be deciding on the row now: do not wait for it. */
#define NOT_LOCKED                          \
    "   AND id = (SELECT id"                \
    "               FROM job"               \
    "              WHERE workspace_id = $1" \
    "                AND id = $2"           \
    "                FOR UPDATE SKIP LOCKED)"

/* Another node may be deciding on some of them now: they are left to it. */
static const char take_all[] =
    "WITH found AS"
    "     (SELECT j.workspace_id AS found_in, j.id AS found_id"
    "        FROM unnest(CAST($2 AS BIGINT[]), CAST($3 AS BIGINT[]),"
    "                    CAST($4 AS BIGINT[]), CAST($5 AS BIGINT[]))"
    "             AS s (workspace_id, id, state, epoch)"
    "        JOIN job AS j ON j.workspace_id = s.workspace_id AND j.id = s.id"
    "         AND j.state = s.state AND j.epoch = s.epoch"
    "       WHERE j.due_ms <= $1"
    "         FOR UPDATE OF j SKIP LOCKED)"
    " DELETE FROM job"
    "  USING found"
    "  WHERE workspace_id = found_in"
    "    AND id = found_id" FIRST_IN_ORDER " RETURNING" JOB_COLUMNS;

static bool one_job(struct work *, const char *sql, const struct db_value *,
                    int count, struct job **);

bool
job_store_add(struct work *w, const struct job_new *new, int64_t due_ms,
              int attempts_max)
{
    static const char columns[] =
        "workspace_id, id, kind, outside, key, lead_id, channel,"
        " payload, due_ms, attempts_max, created_ms";
    static const char kinds[] = "iititittiii";
    static const struct db_insert insert = { "job", columns, kinds, NULL };
    static const struct db_insert unless_pending = { "job", columns, kinds,
                                                     "ON CONFLICT DO NOTHING" };
    const struct db_value values[] = {
        db_int(w->workspace.value),
        db_id(id_is_none(new->id) ? work_id(w) : new->id),
        db_cstr(new->kind->name),
        db_bool(new->kind->run == NULL),
        db_text(new->key),
        db_id(new->lead),
        db_cstr(new->channel),
        db_text(new->payload.data == NULL ? STR("{}") : new->payload),
        db_int(due_ms),
        db_int(attempts_max),
        db_int(w->now_ms),
    };
    const int count = sizeof values / sizeof values[0];

    bool is_new = new->key.data == NULL || new->key_is_new;

    return work_insert(w, is_new ? &insert : &unless_pending, values, count);
}

bool
job_store_cancel(struct work *w, const char *kind, struct str key)
{
    static const char sql[] = "DELETE FROM job"
                              " WHERE workspace_id = $1"
                              "   AND kind = $2"
                              "   AND key = $3"
                              "   AND state = 0";

    return work_run(
        w, sql,
        DB_VALUES(db_int(w->workspace.value), db_cstr(kind), db_text(key)),
        NULL);
}

bool
job_store_again(struct work *w, struct id id, int64_t *changed)
{
    /* J2: not beside one that is pending for the same key */
    static const char sql[] =
        "UPDATE job"
        "   SET state = 0, attempts = 0, due_ms = $3"
        " WHERE workspace_id = $1"
        "   AND id = $2"
        "   AND state > 2"
        "   AND (key IS NULL OR NOT EXISTS"
        "        (SELECT 1"
        "           FROM job other"
        "          WHERE other.workspace_id = job.workspace_id"
        "            AND other.kind = job.kind"
        "            AND other.key = job.key"
        "            AND other.state = 0))";

    return work_run(
        w, sql,
        DB_VALUES(db_int(w->workspace.value), db_id(id), db_int(w->now_ms)),
        changed);
}

bool
job_store_exists(struct work *w, struct id id, bool *exists)
{
    static const char sql[] = "SELECT 1"
                              "  FROM job"
                              " WHERE workspace_id = $1"
                              "   AND id = $2";
    struct db_rows rows;

    if (!work_query(w, sql, DB_VALUES(db_int(w->workspace.value), db_id(id)),
                    &rows))
        return false;
    *exists = rows.count > 0;
    return true;
}

bool
job_store_failed(struct work *w, struct id after, int limit, struct job **jobs,
                 int *count)
{
    static const char sql[] = "SELECT" JOB_COLUMNS "  FROM job"
                              " WHERE workspace_id = $1"
                              "   AND id > $2"
                              "   AND state > 2"
                              " ORDER BY id"
                              " LIMIT $3";
    struct db_rows rows;

    if (!work_query(w, sql,
                    DB_VALUES(db_int(w->workspace.value), db_int(after.value),
                              db_int(limit)),
                    &rows))
        return false;
    *count = rows.count;
    *jobs = ARENA_ARRAY(w->arena, struct job, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++)
        (*jobs)[i] = job_store_row(&rows, i);
    return true;
}

static bool
next_due(struct work *w, bool outside, int64_t *next_ms)
{
    static const char sql[] = "SELECT due_ms"
                              "  FROM job"
                              " WHERE outside = $1"
                              "   AND state < 2"
                              "   AND due_ms > $2"
                              " ORDER BY due_ms"
                              " LIMIT 1";
    struct db_rows rows;

    if (!work_query(w, sql, DB_VALUES(db_bool(outside), db_int(w->now_ms)),
                    &rows))
        return false;
    *next_ms = rows.count == 0 ? INT64_MAX : db_get_int(&rows, 0, 0);
    return true;
}

bool
job_store_due(struct work *w, bool outside, int limit, struct job_seen **seen,
              int *count, int64_t *next_ms)
{
    static const char sql[] =
        "SELECT workspace_id, id, kind, state, epoch, due_ms"
        "  FROM job"
        " WHERE outside = $1"
        "   AND state < 2"
        "   AND due_ms <= $2" FIRST_IN_ORDER " ORDER BY due_ms, id"
        " LIMIT $3";
    struct db_rows rows;

    if (!work_query(
            w, sql,
            DB_VALUES(db_bool(outside), db_int(w->now_ms), db_int(limit)),
            &rows))
        return false;
    *count = rows.count;
    *seen = ARENA_ARRAY(w->arena, struct job_seen, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++)
        (*seen)[i] = (struct job_seen){
            .workspace = { db_get_int(&rows, i, 0) },
            .id = db_get_id(&rows, i, 1),
            .kind = db_get_text(&rows, i, 2),
            .state = (enum job_state)db_get_int(&rows, i, 3),
            .epoch = db_get_int(&rows, i, 4),
            .due_ms = db_get_int(&rows, i, 5),
        };
    return next_due(w, outside, next_ms);
}

bool
job_store_take(struct work *w, const struct job_seen *seen, struct job **job)
{
    static const char sqlite[] =
        "DELETE FROM job" AS_SEEN " RETURNING" JOB_COLUMNS;
    static const char postgres[] =
        "DELETE FROM job" AS_SEEN NOT_LOCKED " RETURNING" JOB_COLUMNS;

    if (!one_job(w, db_engine(w->db) == DB_SQLITE ? sqlite : postgres,
                 DB_VALUES(db_int(seen->workspace.value), db_id(seen->id),
                           db_int(seen->state), db_int(seen->epoch),
                           db_int(w->now_ms)),
                 job))
        return false;
    if (*job != NULL)
        (*job)->attempts++;
    return true;
}

static const struct db_rows *
seen_rows(struct work *w, const struct job_seen *const *seen, int count)
{
    struct db_rows *rows = ARENA_NEW(w->arena, struct db_rows);
    struct db_array workspaces = db_array_new(w->arena);
    struct db_array ids = db_array_new(w->arena);
    struct db_array states = db_array_new(w->arena);
    struct db_array epochs = db_array_new(w->arena);

    for (int i = 0; i < count; i++) {
        db_array_int(&workspaces, seen[i]->workspace.value);
        db_array_id(&ids, seen[i]->id);
        db_array_int(&states, seen[i]->state);
        db_array_int(&epochs, seen[i]->epoch);
    }
    w->changed = true;
    return work_query(w, take_all,
                      DB_VALUES(db_int(w->now_ms), db_array_value(&workspaces),
                                db_array_value(&ids), db_array_value(&states),
                                db_array_value(&epochs)),
                      rows)
             ? rows
             : NULL;
}

bool
job_store_take_all(struct work *w, const struct job_seen *const *seen,
                   struct job **jobs, int count)
{
    const struct db_rows *rows = seen_rows(w, seen, count);

    if (rows == NULL)
        return false;
    for (int i = 0; i < count; i++) {
        jobs[i] = NULL;
        for (int row = 0; row < rows->count && jobs[i] == NULL; row++) {
            struct job job = job_store_row(rows, row);
            if (!id_equal(job.id, seen[i]->id)
                || !id_equal(job.workspace, seen[i]->workspace))
                continue;
            jobs[i] = ARENA_NEW(w->arena, struct job);
            *jobs[i] = job;
            jobs[i]->attempts++;
        }
    }
    return true;
}

bool
job_store_claim(struct work *w, const struct job_seen *seen, struct job **job)
{
#define CLAIM                                                       \
    "UPDATE job"                                                    \
    "   SET state = 1, epoch = epoch + 1, attempts = attempts + 1," \
    "       due_ms = $6"
    static const char sqlite[] = CLAIM AS_SEEN " RETURNING" JOB_COLUMNS;
    static const char postgres[] =
        CLAIM AS_SEEN NOT_LOCKED " RETURNING" JOB_COLUMNS;
#undef CLAIM

    return one_job(w, db_engine(w->db) == DB_SQLITE ? sqlite : postgres,
                   DB_VALUES(db_int(seen->workspace.value), db_id(seen->id),
                             db_int(seen->state), db_int(seen->epoch),
                             db_int(w->now_ms),
                             db_int(w->now_ms + JOB_LEASE_MS)),
                   job);
}

bool
job_store_end(struct work *w, struct id workspace, struct id id,
              enum job_state from, int64_t epoch, const struct job_end *end,
              bool *changed)
{
    /* J2: a job whose key was added anew while it ran has been overtaken,
     * and does not come back beside its successor. */
    static const char sql[] =
        "UPDATE job"
        "   SET state = CASE WHEN $5 = 0 AND key IS NOT NULL AND EXISTS"
        "               (SELECT 1"
        "                  FROM job other"
        "                 WHERE other.workspace_id = job.workspace_id"
        "                   AND other.kind = job.kind"
        "                   AND other.key = job.key"
        "                   AND other.state = 0"
        "                   AND other.id <> job.id)"
        "               THEN 2 ELSE $5 END,"
        "       due_ms = $6, last_error = $7, attempts = $8,"
        "       epoch = epoch + 1, done_ms = $9"
        " WHERE workspace_id = $1"
        "   AND id = $2"
        "   AND state = $3"
        "   AND epoch = $4";
    int64_t rows;

    if (!work_run(w, sql,
                  DB_VALUES(db_int(workspace.value), db_id(id), db_int(from),
                            db_int(epoch), db_int(end->state),
                            db_int(end->due_ms), db_text(end->error),
                            db_int(end->attempts), db_int(w->now_ms)),
                  &rows))
        return false;
    *changed = rows > 0;
    return true;
}

bool
job_store_beat(struct work *w, struct id workspace, struct id id, int64_t epoch,
               bool *changed)
{
    static const char sql[] = "UPDATE job"
                              "   SET due_ms = $4"
                              " WHERE workspace_id = $1"
                              "   AND id = $2"
                              "   AND epoch = $3"
                              "   AND state = 1";
    int64_t rows;

    if (!work_run(w, sql,
                  DB_VALUES(db_int(workspace.value), db_id(id), db_int(epoch),
                            db_int(w->now_ms + JOB_LEASE_MS)),
                  &rows))
        return false;
    *changed = rows > 0;
    return true;
}

bool
job_store_postpone(struct work *w, const struct job_seen *seen)
{
    static const char sql[] = "UPDATE job"
                              "   SET due_ms = $4"
                              " WHERE workspace_id = $1"
                              "   AND id = $2"
                              "   AND epoch = $3"
                              "   AND state < 2";

    return work_run(w, sql,
                    DB_VALUES(db_int(seen->workspace.value), db_id(seen->id),
                              db_int(seen->epoch),
                              db_int(w->now_ms + POSTPONE_MS)),
                    NULL);
}

bool
job_store_purge(struct work *w, int64_t before_ms, int64_t *changed)
{
    static const char sql[] = "DELETE FROM job"
                              " WHERE (workspace_id, id) IN"
                              "       (SELECT workspace_id, id"
                              "          FROM job"
                              "         WHERE state = 2"
                              "           AND done_ms < $1"
                              "         ORDER BY done_ms"
                              "         LIMIT $2)";

    return work_run(w, sql, DB_VALUES(db_int(before_ms), db_int(PURGE_ROWS)),
                    changed);
}

/* The statement changes what it returns. */
static bool
one_job(struct work *w, const char *sql, const struct db_value *values,
        int count, struct job **job)
{
    struct db_rows rows;

    *job = NULL;
    w->changed = true;
    if (!work_query(w, sql, values, count, &rows))
        return false;
    if (rows.count == 0)
        return true;
    *job = ARENA_NEW(w->arena, struct job);
    **job = job_store_row(&rows, 0);
    return true;
}

struct job
job_store_row(const struct db_rows *rows, int row)
{
    return (struct job){
        .workspace = { db_get_int(rows, row, 0) },
        .id = db_get_id(rows, row, 1),
        .kind_name = db_get_text(rows, row, 2),
        .state = (enum job_state)db_get_int(rows, row, 3),
        .key = db_get_text(rows, row, 4),
        .lead = db_get_id(rows, row, 5),
        .channel = db_get_text(rows, row, 6),
        .payload = db_get_text(rows, row, 7),
        .due_ms = db_get_int(rows, row, 8),
        .attempts = (int)db_get_int(rows, row, 9),
        .attempts_max = (int)db_get_int(rows, row, 10),
        .epoch = db_get_int(rows, row, 11),
        .last_error = db_get_text(rows, row, 12),
        .created_ms = db_get_int(rows, row, 13),
        .done_ms = db_get_int(rows, row, 14),
    };
}
