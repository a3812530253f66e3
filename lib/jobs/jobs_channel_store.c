/* jobs_channel_store: see jobs_channel.h; the SQL of table job by channel. */
#include "lib/jobs/jobs_channel.h"

#include "lib/jobs/jobs_store.h"

/* As the partial index job_channel says it. */
#define IN_CHANNEL             \
    " WHERE workspace_id = $1" \
    "   AND channel = $2"      \
    "   AND outside = 1"

/* From its first attempt. No epoch is named, unlike in jobs_store.c: what has
 * ended is held by nobody. */
#define BEGIN_AGAIN                                      \
    "UPDATE job"                                         \
    "   SET state = 0, attempts = 0, epoch = epoch + 1," \
    "       last_error = NULL, due_ms = $3"

bool
jobs_of_channel(struct work *w, const struct jobs_asked *asked,
                struct job **jobs, int *count)
{
    static const char sql[] = "SELECT" JOB_COLUMNS "  FROM job" IN_CHANNEL
                              "   AND state BETWEEN $3 AND $4"
                              "   AND id < $5"
                              " ORDER BY id DESC"
                              " LIMIT $6";
    int64_t before =
        id_is_none(asked->before) ? INT64_MAX : asked->before.value;
    struct db_rows rows;

    if (!work_query(w, sql,
                    DB_VALUES(db_id(w->workspace), db_text(asked->channel),
                              db_int(asked->first), db_int(asked->last),
                              db_int(before), db_int(asked->limit)),
                    &rows))
        return false;
    *count = rows.count;
    *jobs = ARENA_ARRAY(w->arena, struct job, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++)
        (*jobs)[i] = job_store_row(&rows, i);
    return true;
}

bool
job_of_channel(struct work *w, struct str channel, struct id id,
               struct job *job)
{
    static const char sql[] =
        "SELECT" JOB_COLUMNS "  FROM job" IN_CHANNEL "   AND id = $3";
    struct db_rows rows;

    if (!work_query(w, sql,
                    DB_VALUES(db_id(w->workspace), db_text(channel), db_id(id)),
                    &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no delivery %s.",
                    id_show(id).text);
    *job = job_store_row(&rows, 0);
    return true;
}

bool
jobs_waiting(struct work *w, struct jobs_waiting **list, int *count)
{
    static const char sql[] = "SELECT channel, COUNT(*), MIN(due_ms)"
                              "  FROM job"
                              " WHERE workspace_id = $1"
                              "   AND channel IS NOT NULL"
                              "   AND state < 2"
                              " GROUP BY channel";
    struct db_rows rows;

    if (!work_query(w, sql, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct jobs_waiting, (size_t)rows.count + 1);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = (struct jobs_waiting){
            .channel = db_get_text(&rows, i, 0),
            .count = db_get_int(&rows, i, 1),
            .next_ms = db_get_int(&rows, i, 2),
        };
    return true;
}

bool
jobs_hold(struct work *w, struct str channel)
{
    static const char sql[] =
        "UPDATE job SET due_ms = $3" IN_CHANNEL "   AND state = 0";

    return work_run(
        w, sql,
        DB_VALUES(db_id(w->workspace), db_text(channel), db_int(JOB_HELD_MS)),
        NULL);
}

bool
jobs_let_go(struct work *w, struct str channel)
{
    static const char sql[] =
        "UPDATE job SET due_ms = $3" IN_CHANNEL "   AND state = 0"
        "   AND due_ms = $4";

    w->jobs_due_ms = w->now_ms;
    return work_run(w, sql,
                    DB_VALUES(db_id(w->workspace), db_text(channel),
                              db_int(w->now_ms), db_int(JOB_HELD_MS)),
                    NULL);
}

bool
job_repeat(struct work *w, struct str channel, struct id id, int64_t due_ms)
{
    static const char sql[] =
        BEGIN_AGAIN IN_CHANNEL "   AND state >= 2   AND id = $4";
    struct job job;
    int64_t changed;

    if (!job_of_channel(w, channel, id, &job)
        || !work_run(w, sql,
                     DB_VALUES(db_id(w->workspace), db_text(channel),
                               db_int(due_ms), db_id(id)),
                     &changed))
        return false;
    if (changed == 0)
        return fail(w, ERR_CONFLICT, "It has not ended yet.");
    w->jobs_due_ms = w->now_ms;
    return true;
}

bool
jobs_repeat(struct work *w, const struct jobs_span *span, int64_t *count)
{
    static const char sql[] = BEGIN_AGAIN
        " WHERE workspace_id = $1"
        "   AND id IN (SELECT id FROM job" IN_CHANNEL "   AND state >= $4"
        "                 AND created_ms >= $5"
        "                 AND created_ms < $6"
        "               ORDER BY id"
        "               LIMIT $7)";

    w->jobs_due_ms = w->now_ms;
    return work_run(w, sql,
                    DB_VALUES(db_id(w->workspace), db_text(span->channel),
                              db_int(span->due_ms), db_int(span->first),
                              db_int(span->from_ms), db_int(span->to_ms),
                              db_int(span->limit)),
                    count);
}

bool
jobs_forget_lead(struct work *w, struct id lead)
{
    static const char sql[] = "DELETE FROM job"
                              " WHERE workspace_id = $1"
                              "   AND lead_id = $2"
                              "   AND state <> 1";

    return work_run(w, sql, DB_VALUES(db_id(w->workspace), db_id(lead)), NULL);
}
