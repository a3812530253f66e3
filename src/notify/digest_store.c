/* digest_store: the digest table. */
#include "src/notify/digest.h"

static const char add_one[] =
    "INSERT INTO digest (workspace_id, person_id, source_id, leads, lead_id,"
    "                    last_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6)"
    " ON CONFLICT (workspace_id, person_id, source_id) DO UPDATE"
    "   SET leads = digest.leads + $4, lead_id = $5, last_ms = $6";
static const char select_all[] =
    "SELECT person_id, source_id, leads, lead_id, last_ms FROM digest"
    " WHERE workspace_id = $1 ORDER BY person_id, source_id";
static const char delete_one[] = "DELETE FROM digest WHERE workspace_id = $1"
                                 "   AND person_id = $2 AND source_id = $3";

bool
digest_store_add(struct work *w, const struct digest *digest)
{
    return work_run(w, add_one,
                    DB_VALUES(db_id(w->workspace), db_id(digest->person),
                              db_int(digest->source.value),
                              db_int(digest->leads), db_id(digest->lead),
                              db_int(digest->last_ms)),
                    NULL);
}

bool
digest_list(struct work *w, struct digest **list, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_all, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct digest, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = (struct digest){
            .person = db_get_id(&rows, i, 0),
            .source = { db_get_int(&rows, i, 1) },
            .leads = db_get_int(&rows, i, 2),
            .lead = db_get_id(&rows, i, 3),
            .last_ms = db_get_int(&rows, i, 4),
        };
    return true;
}

bool
digest_remove(struct work *w, const struct digest *digest)
{
    return work_run(w, delete_one,
                    DB_VALUES(db_id(w->workspace), db_id(digest->person),
                              db_int(digest->source.value)),
                    NULL);
}
