/* match_store: the lead_key table. */
#include "src/match/match_store.h"

static const char look_up[] =
    "SELECT record_id FROM lead_key"
    " WHERE workspace_id = $1 AND key = $2 ORDER BY record_id LIMIT 20";

static const char add[] =
    "INSERT INTO lead_key (workspace_id, key, record_id) VALUES ($1, $2, $3)"
    " ON CONFLICT DO NOTHING";

bool
match_look_up(struct work *w, int64_t key, struct id **records, int *count)
{
    struct db_rows rows;

    if (!work_query(w, look_up, DB_VALUES(db_id(w->workspace), db_int(key)),
                    &rows))
        return false;
    *count = rows.count;
    *records = ARENA_ARRAY(w->arena, struct id, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*records)[i] = db_get_id(&rows, i, 0);
    return true;
}

bool
match_add(struct work *w, int64_t key, struct id record)
{
    return work_run(w, add,
                    DB_VALUES(db_id(w->workspace), db_int(key), db_id(record)),
                    NULL);
}
