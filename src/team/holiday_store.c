/* holiday_store: the sets of days off. */
#include "src/team/holiday.h"

static const char select_sets[] =
    "SELECT id, version, name, country, region, everybody, days"
    "  FROM holiday_set WHERE workspace_id = $1 ORDER BY id";
static const char insert_set[] =
    "INSERT INTO holiday_set (workspace_id, id, version, name, country,"
    "                              region, everybody, days, created_ms)"
    " VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8)";
static const char update_set[] =
    "UPDATE holiday_set SET version = version + 1, name = $3,"
    "       country = $4, region = $5, everybody = $6, days = $7"
    " WHERE workspace_id = $1 AND id = $2 AND version = $8";
static const char delete_set[] =
    "DELETE FROM holiday_set WHERE workspace_id = $1 AND id = $2";

static bool
read_row(struct work *w, struct arena *arena, const struct db_rows *rows,
         int row, struct holiday_set *set)
{
    struct json_error error;

    *set = (struct holiday_set){
        .id = db_get_id(rows, row, 0),
        .version = db_get_int(rows, row, 1),
        .name = arena_str(arena, db_get_text(rows, row, 2)),
        .country = arena_str(arena, db_get_text(rows, row, 3)),
        .region = arena_str(arena, db_get_text(rows, row, 4)),
        .everybody = db_get_bool(rows, row, 5),
        .days_json = arena_str(arena, db_get_text(rows, row, 6)),
    };
    set->days = json_parse(arena, set->days_json, &error);
    return set->days != NULL
        || fail(w, ERR_INTERNAL, "The stored holidays %s are broken.",
                id_show(set->id).text);
}

bool
holiday_list(struct work *w, struct arena *arena,
             const struct holiday_set **list, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_sets, DB_VALUES(db_id(w->workspace)), &rows))
        return false;

    struct holiday_set *sets =
        ARENA_ARRAY(arena, struct holiday_set, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        if (!read_row(w, arena, &rows, i, &sets[i]))
            return false;
    *list = sets;
    *count = rows.count;
    return true;
}

bool
holiday_save(struct work *w, struct holiday_set *set)
{
    bool is_new = set->version == 0;
    int64_t changed = 0;

    if (!work_run(w, is_new ? insert_set : update_set,
                  DB_VALUES(db_id(w->workspace), db_id(set->id),
                            db_text(set->name), db_text_or_null(set->country),
                            db_text_or_null(set->region),
                            db_bool(set->everybody), db_text(set->days_json),
                            db_int(is_new ? w->now_ms : set->version)),
                  &changed))
        return false;
    if (changed != 1)
        return fail(w, ERR_CONFLICT, "The holidays have changed since.");
    set->version++;
    return true;
}

bool
holiday_remove(struct work *w, struct id id)
{
    return work_run(w, delete_set, DB_VALUES(db_id(w->workspace), db_id(id)),
                    NULL);
}
