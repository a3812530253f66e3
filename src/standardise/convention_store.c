/* convention_store: the table convention. */
#include "src/standardise/convention.h"

static const char select_conventions[] =
    "SELECT version, document FROM convention WHERE workspace_id = $1";
static const char insert_conventions[] =
    "INSERT INTO convention (workspace_id, version, document, updated_ms)"
    " VALUES ($1, 1, $2, $3)";
static const char update_conventions[] =
    "UPDATE convention SET version = version + 1, document = $2,"
    "       updated_ms = $3"
    " WHERE workspace_id = $1 AND version = $4";

bool
conventions_stored(struct work *w, struct str *document, int64_t *version)
{
    struct db_rows rows;

    if (!work_query(w, select_conventions, DB_VALUES(db_id(w->workspace)),
                    &rows))
        return false;
    *version = rows.count == 0 ? 0 : db_get_int(&rows, 0, 0);
    *document =
        rows.count == 0 ? STR("{\"rules\":[]}") : db_get_text(&rows, 0, 1);
    return true;
}

bool
conventions_save(struct work *w, struct str document, int64_t *version)
{
    int64_t changed = 1;
    bool ok = *version == 0
                ? work_run(w, insert_conventions,
                           DB_VALUES(db_id(w->workspace), db_text(document),
                                     db_int(w->now_ms)),
                           NULL)
                : work_run(w, update_conventions,
                           DB_VALUES(db_id(w->workspace), db_text(document),
                                     db_int(w->now_ms), db_int(*version)),
                           &changed);
    if (!ok)
        return false;
    if (changed != 1)
        return fail(w, ERR_CONFLICT, "The conventions have changed since.");
    ++*version;
    return true;
}
