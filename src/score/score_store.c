/* score_store: the scoring table. */
#include "src/score/score_store.h"

#include "src/score/score.h"
#include "src/workspace/document.h"

static const struct document_table scoring = {
    .select = "SELECT version, document FROM scoring WHERE workspace_id = $1",
    .insert =
        "INSERT INTO scoring (workspace_id, version, document, updated_ms)"
        " VALUES ($1, 1, $2, $3)",
    .update = "UPDATE scoring SET version = version + 1, document = $2,"
              "       updated_ms = $3, looked_at = 0, changed = 0,"
              "       done_ms = NULL"
              " WHERE workspace_id = $1 AND version = $4",
    .absent = score_default,
    .changed = "The scoring has changed since.",
};
static const char select_progress[] =
    "SELECT version, looked_at, changed, done_ms FROM scoring"
    " WHERE workspace_id = $1";
static const char update_progress[] =
    "UPDATE scoring SET looked_at = $3, changed = $4, done_ms = $5"
    " WHERE workspace_id = $1 AND version = $2";

bool
scoring_load(struct work *w, struct str *document, int64_t *version)
{
    return document_load(w, &scoring, document, version);
}

bool
scoring_save(struct work *w, struct str document, int64_t *version)
{
    return document_save(w, &scoring, document, version);
}

bool
scoring_progress_load(struct work *w, struct scoring_progress *progress)
{
    struct db_rows rows;

    *progress = (struct scoring_progress){ 0 };
    if (!work_query(w, select_progress, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    if (rows.count > 0)
        *progress = (struct scoring_progress){
            .version = db_get_int(&rows, 0, 0),
            .looked_at = db_get_int(&rows, 0, 1),
            .changed = db_get_int(&rows, 0, 2),
            .done_ms = db_get_int(&rows, 0, 3),
        };
    return true;
}

bool
scoring_progress_save(struct work *w, const struct scoring_progress *progress)
{
    return work_run(w, update_progress,
                    DB_VALUES(db_id(w->workspace), db_int(progress->version),
                              db_int(progress->looked_at),
                              db_int(progress->changed),
                              db_int_or_null(progress->done_ms)),
                    NULL);
}
