/* import_store: the tables import, import_piece and import_row. */
#include "src/import/import_store.h"

enum { PIECE_BYTES = 256 * 1024 };

const char *const import_state_names[IMPORT_STATE_COUNT + 1] = {
    [IMPORT_WAITING] = "waiting", [IMPORT_QUEUED] = "queued",
    [IMPORT_RUNNING] = "running", [IMPORT_CHECKED] = "checked",
    [IMPORT_DONE] = "done",       [IMPORT_STOPPED] = "stopped",
    [IMPORT_UNDOING] = "undoing", [IMPORT_UNDONE] = "undone",
};

#define COLUMNS                                                       \
    "id, version, source_id, source_name, file_name, mapping, route," \
    " dry_run, state, bytes, rows_done, summary, reason, person_id,"  \
    " created_ms, begun_ms, ended_ms"

static const char select_page[] = "SELECT " COLUMNS " FROM import"
                                  " WHERE workspace_id = $1 AND id < $2"
                                  " ORDER BY id DESC LIMIT $3";
static const char select_one[] = "SELECT " COLUMNS " FROM import"
                                 " WHERE workspace_id = $1 AND id = $2";
static const char insert_one[] =
    "INSERT INTO import (workspace_id, " COLUMNS ")"
    " VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
    "         $15, $16, $17)";
static const char update_one[] =
    "UPDATE import SET version = version + 1, source_id = $3,"
    "       source_name = $4, file_name = $5, mapping = $6, route = $7,"
    "       dry_run = $8, state = $9, bytes = $10, rows_done = $11,"
    "       summary = $12, reason = $13, person_id = $14, created_ms = $15,"
    "       begun_ms = $16, ended_ms = $17"
    " WHERE workspace_id = $1 AND id = $2 AND version = $18";
static const char advance_one[] =
    "UPDATE import SET rows_done = $3 WHERE workspace_id = $1 AND id = $2";

static enum import_state
state_of(struct str name)
{
    for (int i = 0; i < IMPORT_STATE_COUNT; i++)
        if (str_is(name, import_state_names[i]))
            return (enum import_state)i;
    return IMPORT_WAITING;
}

static struct import_record
read_record(struct arena *arena, const struct db_rows *rows, int row)
{
    return (struct import_record){
        .id = db_get_id(rows, row, 0),
        .version = db_get_int(rows, row, 1),
        .source = db_get_id(rows, row, 2),
        .source_name = arena_str(arena, db_get_text(rows, row, 3)),
        .file_name = arena_str(arena, db_get_text(rows, row, 4)),
        .mapping = arena_str(arena, db_get_text(rows, row, 5)),
        .route = db_get_bool(rows, row, 6),
        .dry_run = db_get_bool(rows, row, 7),
        .state = state_of(db_get_text(rows, row, 8)),
        .bytes = db_get_int(rows, row, 9),
        .rows_done = db_get_int(rows, row, 10),
        .summary = arena_str(arena, db_get_text(rows, row, 11)),
        .reason = arena_str(arena, db_get_text(rows, row, 12)),
        .person = db_get_id(rows, row, 13),
        .created_ms = db_get_int(rows, row, 14),
        .begun_ms = db_get_int(rows, row, 15),
        .ended_ms = db_get_int(rows, row, 16),
    };
}

bool
import_record_list(struct work *w, struct id before, int limit,
                   struct import_record **list, int *count)
{
    struct db_rows rows;

    if (!work_query(
            w, select_page,
            DB_VALUES(db_id(w->workspace), db_id_before(before), db_int(limit)),
            &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct import_record, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = read_record(w->arena, &rows, i);
    return true;
}

bool
import_record_load(struct work *w, struct id id, struct import_record *record)
{
    struct db_rows rows;

    if (!work_query(w, select_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no import %s.",
                    id_show(id).text);
    *record = read_record(w->arena, &rows, 0);
    return true;
}

bool
import_record_save(struct work *w, struct import_record *r)
{
    bool is_new = r->version == 0;
    int64_t changed = 1;

    if (is_new) {
        r->id = work_id(w);
        r->created_ms = w->now_ms;
    }
    const struct db_value values[] = {
        db_id(w->workspace),
        db_id(r->id),
        db_id(r->source),
        db_text(r->source_name),
        db_text(r->file_name),
        db_text(r->mapping),
        db_bool(r->route),
        db_bool(r->dry_run),
        db_cstr(import_state_names[r->state]),
        db_int(r->bytes),
        db_int(r->rows_done),
        db_text(r->summary),
        db_text(r->reason),
        db_id(r->person),
        db_int(r->created_ms),
        db_int_or_null(r->begun_ms),
        db_int_or_null(r->ended_ms),
        db_int(r->version),
    };
    int count = (int)(sizeof values / sizeof *values);

    if (is_new ? !work_run(w, insert_one, values, count - 1, NULL)
               : !work_run(w, update_one, values, count, &changed))
        return false;
    if (changed == 0)
        return fail(w, ERR_CONFLICT, "The import has moved on meanwhile.");
    r->version++;
    return true;
}

bool
import_record_advance(struct work *w, struct id id, int64_t rows_done)
{
    return work_run(
        w, advance_one,
        DB_VALUES(db_id(w->workspace), db_id(id), db_int(rows_done)), NULL);
}

void
import_tell(struct work *w, struct id import, const char *topic,
            int64_t rows_done)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_id(&out, "id", import);
    json_put_int(&out, "rows_done", rows_done);
    json_close_object(&out);
    work_tell(w, &(struct live_event){
                     .id = work_id(w),
                     .workspace = w->workspace,
                     .topic = topic,
                     .data = text_str(&text),
                 });
}

/* ------------------------------------------------------------------- file */

static const char delete_pieces[] =
    "DELETE FROM import_piece WHERE workspace_id = $1 AND import_id = $2";
static const char insert_piece[] =
    "INSERT INTO import_piece (workspace_id, import_id, number, bytes)"
    " VALUES ($1, $2, $3, $4)";
static const char select_piece[] =
    "SELECT bytes FROM import_piece"
    " WHERE workspace_id = $1 AND import_id = $2 AND number = $3";

bool
import_file_save(struct work *w, struct id id, struct str bytes)
{
    if (!work_run(w, delete_pieces, DB_VALUES(db_id(w->workspace), db_id(id)),
                  NULL))
        return false;
    for (int64_t i = 0; bytes.bytes > 0; i++) {
        struct str piece = str_slice(bytes, 0, PIECE_BYTES);
        bytes = str_slice(bytes, piece.bytes, bytes.bytes);
        if (!work_run(w, insert_piece,
                      DB_VALUES(db_id(w->workspace), db_id(id), db_int(i),
                                db_blob(piece)),
                      NULL))
            return false;
    }
    return true;
}

bool
import_file_piece(struct work *w, struct id id, int64_t number,
                  struct str *piece)
{
    struct db_rows rows;

    if (!work_query(w, select_piece,
                    DB_VALUES(db_id(w->workspace), db_id(id), db_int(number)),
                    &rows))
        return false;
    *piece = rows.count == 0 ? STR_NONE : db_get_text(&rows, 0, 0);
    return true;
}

/* ------------------------------------------------------------------- rows */

#define ROW_COLUMNS \
    "number, line, status, lead_id, owner, rule, why, notes, undo"

static const char insert_row[] =
    "INSERT INTO import_row (workspace_id, import_id, number, line, status,"
    "                        lead_id, owner, rule, why, notes)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
static const char stored_rows[] =
    "SELECT COUNT(*), COALESCE(MAX(number), 0) FROM import_row"
    " WHERE workspace_id = $1 AND import_id = $2";
static const char select_rows[] =
    "SELECT " ROW_COLUMNS " FROM import_row"
    " WHERE workspace_id = $1 AND import_id = $2 AND number > $3"
    "   AND ($4 = '' OR status = $4)"
    " ORDER BY number LIMIT $5";
static const char select_to_undo[] =
    "SELECT " ROW_COLUMNS " FROM import_row"
    " WHERE workspace_id = $1 AND import_id = $2 AND status = 'new'"
    "   AND undo IS NULL"
    " ORDER BY number LIMIT $3";
static const char set_undo[] =
    "UPDATE import_row SET undo = $4"
    " WHERE workspace_id = $1 AND import_id = $2 AND number = $3";
static const char count_undo[] =
    "SELECT COALESCE(SUM(CASE WHEN undo = 'closed' THEN 1 ELSE 0 END), 0),"
    "       COALESCE(SUM(CASE WHEN undo = 'kept' THEN 1 ELSE 0 END), 0)"
    "  FROM import_row"
    " WHERE workspace_id = $1 AND import_id = $2";

bool
import_row_add(struct work *w, struct id import,
               const struct import_result *result)
{
    return work_run(w, insert_row,
                    DB_VALUES(db_id(w->workspace), db_id(import),
                              db_int(result->row), db_int(result->line),
                              db_cstr(import_status_names[result->status]),
                              db_id(result->lead), db_text(result->owner_name),
                              db_text(result->rule), db_text(result->why),
                              db_text(result->notes)),
                    NULL);
}

/* A gap: rows behind it are asked for again, and are repeated then. */
bool
import_rows_stored(struct work *w, struct id import, int64_t *last)
{
    struct db_rows rows;

    if (!work_query(w, stored_rows,
                    DB_VALUES(db_id(w->workspace), db_id(import)), &rows))
        return false;
    int64_t count = db_get_int(&rows, 0, 0);
    int64_t highest = db_get_int(&rows, 0, 1);
    *last = count == highest ? highest : 0;
    return true;
}

static void
read_rows(struct arena *arena, const struct db_rows *rows,
          struct import_row **list, int *count)
{
    *count = rows->count;
    *list = ARENA_ARRAY(arena, struct import_row, (size_t)rows->count);
    for (int i = 0; i < rows->count; i++)
        (*list)[i] = (struct import_row){
            .number = db_get_int(rows, i, 0),
            .line = db_get_int(rows, i, 1),
            .status = db_get_text(rows, i, 2),
            .lead = db_get_id(rows, i, 3),
            .owner = db_get_text(rows, i, 4),
            .rule = db_get_text(rows, i, 5),
            .why = db_get_text(rows, i, 6),
            .notes = db_get_text(rows, i, 7),
            .undo = db_get_text(rows, i, 8),
        };
}

bool
import_rows(struct work *w, struct id import, int64_t after, int limit,
            struct str status, struct import_row **list, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_rows,
                    DB_VALUES(db_id(w->workspace), db_id(import), db_int(after),
                              db_text(str_is_empty(status) ? STR("") : status),
                              db_int(limit)),
                    &rows))
        return false;
    read_rows(w->arena, &rows, list, count);
    return true;
}

bool
import_rows_to_undo(struct work *w, struct id import, int limit,
                    struct import_row **list, int *count)
{
    struct db_rows rows;

    if (!work_query(
            w, select_to_undo,
            DB_VALUES(db_id(w->workspace), db_id(import), db_int(limit)),
            &rows))
        return false;
    read_rows(w->arena, &rows, list, count);
    return true;
}

bool
import_row_undone(struct work *w, struct id import, int64_t number, bool closed)
{
    return work_run(w, set_undo,
                    DB_VALUES(db_id(w->workspace), db_id(import),
                              db_int(number),
                              db_cstr(closed ? "closed" : "kept")),
                    NULL);
}

bool
import_undo_counts(struct work *w, struct id import, int64_t *closed,
                   int64_t *kept)
{
    struct db_rows rows;

    if (!work_query(w, count_undo,
                    DB_VALUES(db_id(w->workspace), db_id(import)), &rows))
        return false;
    *closed = db_get_int(&rows, 0, 0);
    *kept = db_get_int(&rows, 0, 1);
    return true;
}

/* ---------------------------------------------------------------- erasing */

#define IMPORTS_OF_LEAD                       \
    "id IN (SELECT import_id FROM import_row" \
    "        WHERE workspace_id = $1 AND lead_id = $2)"

static const char select_busy[] =
    "SELECT id FROM import WHERE workspace_id = $1 AND " IMPORTS_OF_LEAD
    "   AND state IN ('queued', 'running', 'undoing') LIMIT 1";
static const char delete_files[] =
    "DELETE FROM import_piece WHERE workspace_id = $1"
    "   AND import_id IN (SELECT import_id FROM import_row"
    "                      WHERE workspace_id = $1 AND lead_id = $2)";
/* One that could be run again needs its file again. */
static const char wait_again[] =
    "UPDATE import SET version = version + 1, bytes = 0,"
    "       state = CASE WHEN state IN ('checked', 'stopped')"
    "                    THEN 'waiting' ELSE state END"
    " WHERE workspace_id = $1 AND " IMPORTS_OF_LEAD;
static const char erase_rows[] =
    "UPDATE import_row SET why = NULL, notes = NULL"
    " WHERE workspace_id = $1 AND lead_id = $2";

static bool
is_at_work(struct work *w, struct id lead)
{
    struct db_rows rows;

    if (!work_query(w, select_busy, DB_VALUES(db_id(w->workspace), db_id(lead)),
                    &rows))
        return false;
    return rows.count == 0
        || fail(w, ERR_CONFLICT,
                "Import %s, which holds this person, is still at work: wait "
                "until it is over.",
                id_show(db_get_id(&rows, 0, 0)).text);
}

bool
import_erase(struct work *w, struct id lead)
{
    const struct db_value values[] = { db_id(w->workspace), db_id(lead) };

    return is_at_work(w, lead) && work_run(w, delete_files, values, 2, NULL)
        && work_run(w, wait_again, values, 2, NULL)
        && work_run(w, erase_rows, values, 2, NULL);
}
