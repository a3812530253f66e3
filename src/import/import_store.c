/* import_store: the tables import, import_piece and import_row. */
#include "src/import/import_store.h"

#include "src/import/importer.h"

enum { PIECE_BYTES = 256 * 1024 };

const char *const import_state_names[IMPORT_STATE_COUNT + 1] = {
    OPERATION_STATES,
    [IMPORT_WAITING] = "waiting",
    [IMPORT_CHECKED] = "checked",
    [IMPORT_UNDOING] = "undoing",
    [IMPORT_UNDONE] = "undone",
};

static void
read_own(struct arena *arena, const struct db_rows *rows, int row,
         struct operation *operation)
{
    struct import_record *record = (struct import_record *)operation;

    record->source = db_get_id(rows, row, OPERATION_OWN);
    record->source_name =
        arena_str(arena, db_get_text(rows, row, OPERATION_OWN + 1));
    record->file_name =
        arena_str(arena, db_get_text(rows, row, OPERATION_OWN + 2));
    record->mapping =
        arena_str(arena, db_get_text(rows, row, OPERATION_OWN + 3));
    record->route = db_get_bool(rows, row, OPERATION_OWN + 4);
    record->dry_run = db_get_bool(rows, row, OPERATION_OWN + 5);
    record->bytes = db_get_int(rows, row, OPERATION_OWN + 6);
    record->rows_done = db_get_int(rows, row, OPERATION_OWN + 7);
    record->summary =
        arena_str(arena, db_get_text(rows, row, OPERATION_OWN + 8));
}

static void
write_own(const struct operation *operation, struct db_value *values)
{
    const struct import_record *record =
        (const struct import_record *)operation;

    *values++ = db_id(record->source);
    *values++ = db_text(record->source_name);
    *values++ = db_text(record->file_name);
    *values++ = db_text(record->mapping);
    *values++ = db_bool(record->route);
    *values++ = db_bool(record->dry_run);
    *values++ = db_int(record->bytes);
    *values++ = db_int(record->rows_done);
    *values++ = db_text(record->summary);
}

static void
put_progress(struct json_out *out, const struct operation *operation)
{
    json_put_int(out, "rows_done",
                 ((const struct import_record *)operation)->rows_done);
}

const struct operation_kind import_operation = {
    .name = "import",
    .scheme = STR_INIT("import:"),
    .states = import_state_names,
    .sql = OPERATION_SQL("import", "person_id",
                         "source_id, source_name, file_name, mapping, route,"
                         " dry_run, bytes, rows_done, summary",
                         "$10, $11, $12, $13, $14, $15, $16, $17, $18"),
    .bytes = sizeof(struct import_record),
    .columns = 9,
    .job = &import_run_job,
    .read = read_own,
    .write = write_own,
    .put_progress = put_progress,
    .run = importer_run,
};

static const char advance_one[] =
    "UPDATE import SET rows_done = $3 WHERE workspace_id = $1 AND id = $2";

bool
import_record_advance(struct work *w, struct id id, int64_t rows_done)
{
    return work_run(
        w, advance_one,
        DB_VALUES(db_id(w->workspace), db_id(id), db_int(rows_done)), NULL);
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
