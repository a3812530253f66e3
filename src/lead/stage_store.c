/* stage_store: the table lead_stages. */
#include "src/lead/stage.h"

static const char select_stages[] =
    "SELECT version, document FROM lead_stages WHERE workspace_id = $1";
static const char insert_stages[] =
    "INSERT INTO lead_stages (workspace_id, version, document, updated_ms)"
    " VALUES ($1, 1, $2, $3)";
static const char update_stages[] =
    "UPDATE lead_stages SET version = version + 1, document = $2,"
    "       updated_ms = $3"
    " WHERE workspace_id = $1 AND version = $4";

bool
lead_stages_stored(struct work *w, struct str *document, int64_t *version)
{
    struct db_rows rows;

    if (!work_query(w, select_stages, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *version = rows.count == 0 ? 0 : db_get_int(&rows, 0, 0);
    *document = rows.count == 0 ? STR_NONE : db_get_text(&rows, 0, 1);
    return true;
}

bool
lead_stages_save(struct work *w, struct str document, int64_t version)
{
    int64_t changed = 1;
    bool ok = version == 0
                ? work_run(w, insert_stages,
                           DB_VALUES(db_id(w->workspace), db_text(document),
                                     db_int(w->now_ms)),
                           NULL)
                : work_run(w, update_stages,
                           DB_VALUES(db_id(w->workspace), db_text(document),
                                     db_int(w->now_ms), db_int(version)),
                           &changed);

    return ok
        && (changed == 1
            || fail(w, ERR_CONFLICT, "The stages have changed since."));
}
