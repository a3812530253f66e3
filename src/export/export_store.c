/* export_store: the tables export and export_piece. */
#include "src/export/export_store.h"

#include "lib/rules/condition.h"
#include "src/access/access.h"
#include "src/export/exporter.h"
#include "src/lead/lead.h"

enum { PIECES_AT_A_TIME = 64 };

const char *const export_state_names[EXPORT_STATE_COUNT + 1] = {
    OPERATION_STATES,
    [EXPORT_EXPIRED] = "expired",
    [EXPORT_DELETED] = "deleted",
    [EXPORT_ERASED] = "erased",
};

static void
read_own(struct arena *arena, const struct db_rows *rows, int row,
         struct operation *operation)
{
    struct export_record *record = (struct export_record *)operation;

    record->actor_kind = str_is(db_get_text(rows, row, OPERATION_OWN), "key")
                           ? ACTOR_KEY
                           : ACTOR_PERSON;
    record->question =
        arena_str(arena, db_get_text(rows, row, OPERATION_OWN + 1));
    record->columns =
        arena_str(arena, db_get_text(rows, row, OPERATION_OWN + 2));
    record->language =
        arena_str(arena, db_get_text(rows, row, OPERATION_OWN + 3));
    record->scope = arena_str(arena, db_get_text(rows, row, OPERATION_OWN + 4));
    record->cursor =
        arena_str(arena, db_get_text(rows, row, OPERATION_OWN + 5));
    record->pieces = db_get_int(rows, row, OPERATION_OWN + 6);
    record->bytes = db_get_int(rows, row, OPERATION_OWN + 7);
    record->leads = db_get_int(rows, row, OPERATION_OWN + 8);
    record->expires_ms = db_get_int(rows, row, OPERATION_OWN + 9);
}

static void
write_own(const struct operation *operation, struct db_value *values)
{
    const struct export_record *record =
        (const struct export_record *)operation;

    *values++ = db_cstr(actor_kind_name(record->actor_kind));
    *values++ = db_text(record->question);
    *values++ = db_text(record->columns);
    *values++ = db_text(record->language);
    *values++ = db_text(record->scope);
    *values++ = db_text(record->cursor);
    *values++ = db_int(record->pieces);
    *values++ = db_int(record->bytes);
    *values++ = db_int(record->leads);
    *values++ = db_int_or_null(record->expires_ms);
}

static void
put_progress(struct json_out *out, const struct operation *operation)
{
    json_put_int(out, "leads",
                 ((const struct export_record *)operation)->leads);
}

const struct operation_kind export_operation = {
    .name = "export",
    .scheme = STR_INIT("export:"),
    .states = export_state_names,
    .sql = OPERATION_SQL("export", "actor_id",
                         "actor_kind, question, columns, language, scope,"
                         " cursor, pieces, bytes, leads, expires_ms",
                         "$10, $11, $12, $13, $14, $15, $16, $17, $18, $19"),
    .bytes = sizeof(struct export_record),
    .columns = 10,
    .tells_actor = true,
    .job = &export_run_job,
    .read = read_own,
    .write = write_own,
    .put_progress = put_progress,
    .run = exporter_run,
};

static const char count_unfinished[] =
    "SELECT COUNT(*) FROM export WHERE workspace_id = $1 AND actor_id = $2"
    "   AND state IN ('queued', 'running')";

bool
export_unfinished(struct work *w, struct id actor, int64_t *count)
{
    struct db_rows rows;

    if (!work_query(w, count_unfinished,
                    DB_VALUES(db_id(w->workspace), db_id(actor)), &rows))
        return false;
    *count = db_get_int(&rows, 0, 0);
    return true;
}

void
export_record_restart(struct export_record *record)
{
    record->scope = record->cursor = STR_NONE;
    record->pieces = record->bytes = record->leads = 0;
}

/* ------------------------------------------------------------------- file */

static const char insert_piece[] =
    "INSERT INTO export_piece (workspace_id, export_id, number, bytes)"
    " VALUES ($1, $2, $3, $4)";
static const char select_piece[] =
    "SELECT bytes FROM export_piece"
    " WHERE workspace_id = $1 AND export_id = $2 AND number = $3";
static const char delete_pieces[] =
    "DELETE FROM export_piece WHERE workspace_id = $1 AND export_id = $2"
    "   AND number IN (SELECT number FROM export_piece"
    "                   WHERE workspace_id = $1 AND export_id = $2"
    "                   ORDER BY number LIMIT $3)";

bool
export_piece_add(struct work *w, struct id id, int64_t number, struct str bytes)
{
    return work_run(w, insert_piece,
                    DB_VALUES(db_id(w->workspace), db_id(id), db_int(number),
                              db_blob(bytes)),
                    NULL);
}

bool
export_piece_load(struct work *w, struct id id, int64_t number,
                  struct str *piece)
{
    struct db_rows rows;

    if (!work_query(w, select_piece,
                    DB_VALUES(db_id(w->workspace), db_id(id), db_int(number)),
                    &rows))
        return false;
    *piece = rows.count == 0 ? STR_NONE
                             : arena_str(w->arena, db_get_text(&rows, 0, 0));
    return true;
}

bool
export_pieces_forget(struct work *w, struct id id, bool *more)
{
    int64_t changed;

    if (!work_run(
            w, delete_pieces,
            DB_VALUES(db_id(w->workspace), db_id(id), db_int(PIECES_AT_A_TIME)),
            &changed))
        return false;
    *more = changed == PIECES_AT_A_TIME;
    return true;
}

/* ---------------------------------------------------------------- erasing */

static const char delete_all_pieces[] =
    "DELETE FROM export_piece WHERE workspace_id = $1";
static const char end_files[] =
    "UPDATE export SET version = version + 1, state = 'erased', pieces = 0"
    " WHERE workspace_id = $1 AND state IN ('done', 'stopped')";
static const char begin_again[] =
    "UPDATE export SET version = version + 1, scope = NULL, cursor = NULL,"
    "       pieces = 0, bytes = 0, leads = 0"
    " WHERE workspace_id = $1 AND state IN ('queued', 'running')";
static const char select_questions[] =
    "SELECT id, question FROM export WHERE workspace_id = $1"
    "   AND question <> '{}' AND id > $2 ORDER BY id LIMIT 500";
static const char forget_question[] =
    "UPDATE export SET version = version + 1, question = '{}',"
    "       state = CASE WHEN state IN ('queued', 'running')"
    "                    THEN 'erased' ELSE state END"
    " WHERE workspace_id = $1 AND id = $2";

static struct str
digits_of(struct arena *arena, struct str s)
{
    struct text text = text_new(arena);

    for (size_t i = 0; i < s.bytes; i++)
        if (char_is_digit(s.data[i]))
            text_add_char(&text, s.data[i]);
    return text_str(&text);
}

/* However it is written: by its last digits. */
static bool
has_number(struct arena *arena, struct str question, struct str phone)
{
    enum { LAST = 8 };
    struct str digits = digits_of(arena, phone);

    return digits.bytes >= LAST
        && str_find(digits_of(arena, question),
                    str_slice(digits, digits.bytes - LAST, digits.bytes))
               >= 0;
}

/* Short names are in too many words. */
static bool
names_him(struct arena *arena, struct str question, const struct lead *lead)
{
    enum { BYTES_MIN = 3 };
    static const enum lead_field fields[] = { LEAD_NAME, LEAD_EMAIL };
    struct str folded = fold_text(arena, question);

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct str said = fold_text(arena, lead_text(lead, fields[i]));
        if (said.bytes >= BYTES_MIN && str_find(folded, said) >= 0)
            return true;
    }
    return has_number(arena, question, lead_text(lead, LEAD_PHONE));
}

static bool
forget_questions(struct work *w, const struct lead *lead)
{
    struct id last = ID_NONE;
    struct db_rows rows;

    do {
        if (!work_query(w, select_questions,
                        DB_VALUES(db_id(w->workspace), db_int(last.value)),
                        &rows))
            return false;
        struct id *found = ARENA_ARRAY(w->arena, struct id, (size_t)rows.count);
        int count = 0;
        for (int i = 0; i < rows.count; i++) {
            last = db_get_id(&rows, i, 0);
            if (names_him(w->arena, db_get_text(&rows, i, 1), lead))
                found[count++] = last;
        }
        for (int i = 0; i < count; i++)
            if (!work_run(w, forget_question,
                          DB_VALUES(db_id(w->workspace), db_id(found[i])), NULL)
                || !access_forget_answers(w, found[i]))
                return false;
    } while (rows.count > 0);
    return true;
}

bool
export_erase(struct work *w, struct id id)
{
    const struct db_value values[] = { db_id(w->workspace) };
    struct lead lead;

    return lead_load(w, id, &lead)
        && work_run(w, delete_all_pieces, values, 1, NULL)
        && work_run(w, end_files, values, 1, NULL)
        && work_run(w, begin_again, values, 1, NULL)
        && forget_questions(w, &lead);
}
