/* kept_answer_store: what a change with Idempotency-Key was answered. */
#include "src/access/access_store.h"

static const char insert_answer[] =
    "INSERT INTO kept_answer (workspace_id, actor_id, key, request_hash,"
    "                         status, headers, body, created_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

static const char select_answer[] =
    "SELECT request_hash, status, headers, body FROM kept_answer"
    " WHERE workspace_id = $1 AND actor_id = $2 AND key = $3";

static const char delete_old[] =
    "DELETE FROM kept_answer WHERE workspace_id = $1 AND created_ms < $2";

bool
kept_answer_add(struct work *w, const struct kept_answer *answer)
{
    return work_run(w, insert_answer,
                    DB_VALUES(db_id(w->workspace), db_id(w->actor.id),
                              db_text(answer->key),
                              db_blob(answer->request_hash),
                              db_int(answer->status), db_text(answer->headers),
                              db_text(answer->body), db_int(w->now_ms)),
                    NULL);
}

bool
kept_answer_find(struct work *w, struct str key, struct kept_answer *answer,
                 bool *found)
{
    struct db_rows rows;

    if (!work_query(
            w, select_answer,
            DB_VALUES(db_id(w->workspace), db_id(w->actor.id), db_text(key)),
            &rows))
        return false;
    *found = rows.count > 0;
    if (*found)
        *answer = (struct kept_answer){
            .key = key,
            .request_hash = db_get_text(&rows, 0, 0),
            .status = db_get_int(&rows, 0, 1),
            .headers = db_get_text(&rows, 0, 2),
            .body = db_get_text(&rows, 0, 3),
        };
    return true;
}

bool
kept_answer_remove_old(struct work *w, int64_t before_ms)
{
    return work_run(w, delete_old,
                    DB_VALUES(db_id(w->workspace), db_int(before_ms)), NULL);
}

/* That it was done stays, or a repeated request would bring back who was
 * erased. The hash of what he was is no more than the answer to be kept. */
static const char forget_with[] =
    "UPDATE kept_answer SET request_hash = $3, status = $4, headers = NULL,"
    "       body = NULL"
    " WHERE workspace_id = $1 AND body LIKE $2";

bool
access_forget_answers(struct work *w, struct id record)
{
    return work_run(w, forget_with,
                    DB_VALUES(db_id(w->workspace),
                              db_text(arena_format(w->arena, "%%%s%%",
                                                   id_show(record).text)),
                              db_blob(STR("")), db_int(ANSWER_FORGOTTEN)),
                    NULL);
}
