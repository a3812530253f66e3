/* submission_store: the submission table; what came is never changed. */
#include "src/lead/submission.h"

#include "src/lead/erasure.h"
#include "src/lead/lead_merge.h"

static const struct db_insert insert_submission = {
    "submission",
    "workspace_id, id, source_id, received_ms, delivery_key, body_hash,"
    " content_type, body, state, lead_id, import_id",
    "iiiitbtttii"
};

#define SELECT_SUBMISSION                                           \
    "SELECT id, source_id, received_ms, content_type, body, state," \
    "       delivery_key, lead_id, import_id"                       \
    "  FROM submission"

static const char of_lead[] =
    SELECT_SUBMISSION " WHERE workspace_id = $1 AND lead_id = $2 ORDER BY id";
static const char one[] =
    SELECT_SUBMISSION " WHERE workspace_id = $1 AND id = $2";

static const char *const state_names[] = {
    [SUBMISSION_TAKEN] = "taken",
    [SUBMISSION_JOINED] = "joined",
};

bool
submission_add(struct work *w, const struct submission *submission,
               struct id lead, enum submission_state state)
{
    struct str no_hash = STR_NONE;
    struct hash hash;

    /* Only a delivery with a name of its own can come twice. */
    if (submission->delivery_key.data != NULL) {
        hash = hash_of(submission->body);
        no_hash = (struct str){ (const char *)hash.bytes, sizeof hash.bytes };
    }
    return work_insert(
        w, &insert_submission,
        DB_VALUES(db_id(w->workspace), db_id(submission->id),
                  db_id(submission->source), db_int(w->now_ms),
                  db_text(submission->delivery_key), db_blob(no_hash),
                  db_text(submission->content_type), db_text(submission->body),
                  db_cstr(state_names[state]), db_id(lead),
                  db_id(submission->import)));
}

static struct submission_row
read_row(const struct db_rows *rows, int row)
{
    return (struct submission_row){
        .id = db_get_id(rows, row, 0),
        .source = db_get_id(rows, row, 1),
        .received_ms = db_get_int(rows, row, 2),
        .content_type = db_get_text(rows, row, 3),
        .body = db_get_text(rows, row, 4),
        .state = db_get_text(rows, row, 5),
        .delivery_key = db_get_text(rows, row, 6),
        .lead = db_get_id(rows, row, 7),
        .import = db_get_id(rows, row, 8),
    };
}

bool
submission_of_lead(struct work *w, struct id lead, struct submission_row **list,
                   int *count)
{
    struct db_rows rows;

    if (!work_query(w, of_lead, DB_VALUES(db_id(w->workspace), db_id(lead)),
                    &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct submission_row, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = read_row(&rows, i);
    return true;
}

bool
submission_load(struct work *w, struct id id, struct submission_row *row)
{
    struct db_rows rows;

    if (!work_query(w, one, DB_VALUES(db_id(w->workspace), db_id(id)), &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no submission %s.",
                    id_show(id).text);
    *row = read_row(&rows, 0);
    return true;
}

static const char forget_deliveries[] =
    "UPDATE submission SET delivery_key = NULL, body_hash = NULL"
    " WHERE workspace_id = $1 AND lead_id = $2";

bool
submission_forget_deliveries(struct work *w, struct id lead)
{
    return work_run(w, forget_deliveries,
                    DB_VALUES(db_id(w->workspace), db_id(lead)), NULL);
}

/* ------------------------------------------------------------------ merging */

static const char move_all[] =
    "UPDATE submission SET lead_id = $3"
    " WHERE workspace_id = $1 AND lead_id = $2 RETURNING id";
static const char move_one[] = "UPDATE submission SET lead_id = $3"
                               " WHERE workspace_id = $1 AND id = $2";

bool
submission_move(struct work *w, struct id from, struct id to,
                struct lead_moved *moved)
{
    struct db_rows rows;

    if (!work_query(w, move_all,
                    DB_VALUES(db_id(w->workspace), db_id(from), db_id(to)),
                    &rows))
        return false;
    lead_moved_read(w->arena, &rows, moved);
    return true;
}

bool
submission_move_back(struct work *w, const struct lead_moved *moved,
                     struct id to)
{
    for (int i = 0; i < moved->count; i++)
        if (!work_run(
                w, move_one,
                DB_VALUES(db_id(w->workspace), db_id(moved->ids[i]), db_id(to)),
                NULL))
            return false;
    return true;
}

/* That something came, and when, stays. */
static const char erase_of_lead[] =
    "UPDATE submission SET body = '', delivery_key = NULL, body_hash = NULL"
    " WHERE workspace_id = $1 AND lead_id = $2";

bool
submission_erase(struct work *w, struct id lead)
{
    return work_run(w, erase_of_lead,
                    DB_VALUES(db_id(w->workspace), db_id(lead)), NULL);
}
