/* crew_store: who works together. */
#include "src/team/crew.h"

static const char select_crews[] =
    "SELECT id, version, name, manager_id, members FROM team"
    " WHERE workspace_id = $1 ORDER BY name";
static const char insert_crew[] =
    "INSERT INTO team (workspace_id, id, version, name, manager_id, members,"
    "                  created_ms)"
    " VALUES ($1, $2, 1, $3, $4, $5, $6)";
static const char update_crew[] =
    "UPDATE team SET version = version + 1, name = $3, manager_id = $4,"
    "       members = $5"
    " WHERE workspace_id = $1 AND id = $2 AND version = $6";
static const char delete_crew[] =
    "DELETE FROM team WHERE workspace_id = $1 AND id = $2";

bool
crew_list(struct work *w, struct crew **list, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_crews, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct crew, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = (struct crew){
            .id = db_get_id(&rows, i, 0),
            .version = db_get_int(&rows, i, 1),
            .name = db_get_text(&rows, i, 2),
            .manager = db_get_id(&rows, i, 3),
            .members_json = db_get_text(&rows, i, 4),
        };
    return true;
}

bool
crew_save(struct work *w, struct crew *crew)
{
    bool is_new = crew->version == 0;
    int64_t changed = 0;

    if (!work_run(w, is_new ? insert_crew : update_crew,
                  DB_VALUES(db_id(w->workspace), db_id(crew->id),
                            db_text(crew->name), db_id(crew->manager),
                            db_text(crew->members_json),
                            db_int(is_new ? w->now_ms : crew->version)),
                  &changed))
        return false;
    if (changed != 1)
        return fail(w, ERR_CONFLICT, "The team has changed since.");
    crew->version++;
    return true;
}

bool
crew_remove(struct work *w, struct id id)
{
    return work_run(w, delete_crew, DB_VALUES(db_id(w->workspace), db_id(id)),
                    NULL);
}
