/* absence_store: when people take no leads. */
#include "src/team/absence.h"

#define SELECT_ABSENCE                                         \
    "SELECT id, version, person_id, begin_ms, end_ms, reason," \
    "       substitute_id"                                     \
    "  FROM absence WHERE workspace_id = $1"

static const char select_one[] = SELECT_ABSENCE " AND id = $2";
static const char select_to_come[] =
    SELECT_ABSENCE " AND end_ms > $2 ORDER BY person_id, begin_ms";
static const char select_page[] =
    SELECT_ABSENCE " AND end_ms > $2 AND begin_ms < $3"
                   " AND (begin_ms > $4 OR (begin_ms = $4 AND id > $5))"
                   " ORDER BY begin_ms, id LIMIT $6";
static const char select_page_of_person[] =
    SELECT_ABSENCE " AND person_id = $7 AND end_ms > $2 AND begin_ms < $3"
                   " AND (begin_ms > $4 OR (begin_ms = $4 AND id > $5))"
                   " ORDER BY begin_ms, id LIMIT $6";
static const char select_overlapping[] = SELECT_ABSENCE
    " AND person_id = $2 AND end_ms > $3 AND begin_ms < $4 AND id <> $5"
    " ORDER BY begin_ms LIMIT 1";
static const char insert_absence[] =
    "INSERT INTO absence (workspace_id, id, version, person_id, begin_ms,"
    "                     end_ms, reason, created_ms, substitute_id)"
    " VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8)";
static const char update_absence[] =
    "UPDATE absence SET version = version + 1, person_id = $3, begin_ms = $4,"
    "       end_ms = $5, reason = $6, substitute_id = $8"
    " WHERE workspace_id = $1 AND id = $2 AND version = $7";
static const char delete_absence[] =
    "DELETE FROM absence WHERE workspace_id = $1 AND id = $2";

static struct absence
read_row(struct arena *arena, const struct db_rows *rows, int row)
{
    return (struct absence){
        .id = db_get_id(rows, row, 0),
        .version = db_get_int(rows, row, 1),
        .person = db_get_id(rows, row, 2),
        .begin_ms = db_get_int(rows, row, 3),
        .end_ms = db_get_int(rows, row, 4),
        .reason = arena_str(arena, db_get_text(rows, row, 5)),
        .substitute = db_get_id(rows, row, 6),
    };
}

static void
read_rows(struct arena *arena, const struct db_rows *rows,
          struct absence **list, int *count)
{
    *count = rows->count;
    *list = ARENA_ARRAY(arena, struct absence, (size_t)rows->count);
    for (int i = 0; i < rows->count; i++)
        (*list)[i] = read_row(arena, rows, i);
}

bool
absence_save(struct work *w, struct absence *absence)
{
    bool is_new = absence->version == 0;
    int64_t changed = 0;

    if (!work_run(w, is_new ? insert_absence : update_absence,
                  DB_VALUES(db_id(w->workspace), db_id(absence->id),
                            db_id(absence->person), db_int(absence->begin_ms),
                            db_int(absence->end_ms), db_text(absence->reason),
                            db_int(is_new ? w->now_ms : absence->version),
                            db_id(absence->substitute)),
                  &changed))
        return false;
    if (changed != 1)
        return fail(w, ERR_CONFLICT, "The absence has changed since.");
    absence->version++;
    return true;
}

static bool
fail_unknown(struct work *w, struct id id)
{
    return fail(w, ERR_NOT_FOUND, "There is no absence %s.", id_show(id).text);
}

bool
absence_remove(struct work *w, struct id id)
{
    int64_t changed = 0;

    if (!work_run(w, delete_absence, DB_VALUES(db_id(w->workspace), db_id(id)),
                  &changed))
        return false;
    return changed > 0 || fail_unknown(w, id);
}

bool
absence_load(struct work *w, struct id id, struct absence *absence)
{
    struct db_rows rows;

    if (!work_query(w, select_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    &rows))
        return false;
    if (rows.count == 0)
        return fail_unknown(w, id);
    *absence = read_row(w->arena, &rows, 0);
    return true;
}

bool
absence_list(struct work *w, const struct absence_query *query,
             struct absence **list, int *count)
{
    const struct db_value values[] = {
        db_id(w->workspace),        db_int(query->from_ms),
        db_int(query->to_ms),       db_int(query->after_ms),
        db_int(query->after.value), db_int(query->limit),
        db_id(query->person),
    };
    bool of_one = !id_is_none(query->person);
    struct db_rows rows;

    if (!work_query(w, of_one ? select_page_of_person : select_page, values,
                    of_one ? 7 : 6, &rows))
        return false;
    read_rows(w->arena, &rows, list, count);
    return true;
}

bool
absence_to_come(struct work *w, struct arena *arena, struct absence **list,
                int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_to_come,
                    DB_VALUES(db_id(w->workspace), db_int(w->now_ms)), &rows))
        return false;
    read_rows(arena, &rows, list, count);
    return true;
}

bool
absence_overlapping(struct work *w, const struct absence *absence,
                    struct absence *other, bool *found)
{
    struct db_rows rows;

    if (!work_query(w, select_overlapping,
                    DB_VALUES(db_id(w->workspace), db_id(absence->person),
                              db_int(absence->begin_ms),
                              db_int(absence->end_ms), db_id(absence->id)),
                    &rows))
        return false;
    *found = rows.count > 0;
    if (*found)
        *other = read_row(w->arena, &rows, 0);
    return true;
}
