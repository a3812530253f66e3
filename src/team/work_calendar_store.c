/* work_calendar_store: the calendars that people share. */
#include "src/team/work_calendar.h"

static const char select_calendars[] =
    "SELECT id, version, name, time_zone, hours, special_days, holiday_sets"
    "  FROM work_calendar WHERE workspace_id = $1 ORDER BY name";
static const char insert_calendar[] =
    "INSERT INTO work_calendar (workspace_id, id, version, name, time_zone,"
    "                           hours, special_days, holiday_sets, created_ms)"
    " VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8)";
static const char update_calendar[] =
    "UPDATE work_calendar SET version = version + 1, name = $3,"
    "       time_zone = $4, hours = $5, special_days = $6, holiday_sets = $7"
    " WHERE workspace_id = $1 AND id = $2 AND version = $8";
static const char delete_calendar[] =
    "DELETE FROM work_calendar WHERE workspace_id = $1 AND id = $2";

static bool
read_row(struct work *w, struct arena *arena, const struct db_rows *rows,
         int row, struct work_calendar *calendar)
{
    *calendar = (struct work_calendar){
        .id = db_get_id(rows, row, 0),
        .version = db_get_int(rows, row, 1),
        .name = arena_str(arena, db_get_text(rows, row, 2)),
        .zone_text = arena_str(arena, db_get_text(rows, row, 3)),
        .hours_json = arena_str(arena, db_get_text(rows, row, 4)),
        .special_json = arena_str(arena, db_get_text(rows, row, 5)),
        .sets_json = arena_str(arena, db_get_text(rows, row, 6)),
    };
    return work_calendar_compile(w, arena, calendar)
        || fail(w, ERR_INTERNAL, "The stored calendar %s is broken.",
                id_show(calendar->id).text);
}

bool
work_calendar_list(struct work *w, struct arena *arena,
                   const struct work_calendar **list, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_calendars, DB_VALUES(db_id(w->workspace)), &rows))
        return false;

    struct work_calendar *calendars =
        ARENA_ARRAY(arena, struct work_calendar, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        if (!read_row(w, arena, &rows, i, &calendars[i]))
            return false;
    *list = calendars;
    *count = rows.count;
    return true;
}

bool
work_calendar_save(struct work *w, struct work_calendar *calendar)
{
    bool is_new = calendar->version == 0;
    int64_t changed = 0;

    if (!work_run(w, is_new ? insert_calendar : update_calendar,
                  DB_VALUES(db_id(w->workspace), db_id(calendar->id),
                            db_text(calendar->name),
                            db_text_or_null(calendar->zone_text),
                            db_text_or_null(calendar->hours_json),
                            db_text(calendar->special_json),
                            db_text(calendar->sets_json),
                            db_int(is_new ? w->now_ms : calendar->version)),
                  &changed))
        return false;
    if (changed != 1)
        return fail(w, ERR_CONFLICT, "The calendar has changed since.");
    calendar->version++;
    return true;
}

bool
work_calendar_remove(struct work *w, struct id id)
{
    return work_run(w, delete_calendar,
                    DB_VALUES(db_id(w->workspace), db_id(id)), NULL);
}
