/* document: see document.h. */
#include "src/workspace/document.h"

bool
document_load(struct work *w, const struct document_table *table,
              struct str *document, int64_t *version)
{
    struct db_rows rows;

    if (!work_query(w, table->select, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *version = 0;
    *document = table->absent == NULL ? STR_NONE : str_of(table->absent);
    if (rows.count == 0)
        return true;
    *version = db_get_int(&rows, 0, 0);
    *document = db_get_text(&rows, 0, 1);
    return true;
}

bool
document_save(struct work *w, const struct document_table *table,
              struct str document, int64_t *version)
{
    int64_t changed = 1;
    bool ok = *version == 0
                ? work_run(w, table->insert,
                           DB_VALUES(db_id(w->workspace), db_text(document),
                                     db_int(w->now_ms)),
                           NULL)
                : work_run(w, table->update,
                           DB_VALUES(db_id(w->workspace), db_text(document),
                                     db_int(w->now_ms), db_int(*version)),
                           &changed);

    if (!ok)
        return false;
    if (changed != 1)
        return fail(w, ERR_CONFLICT, "%s", table->changed);
    ++*version;
    return true;
}
