/* export_store: the tables export and export_piece. */
#include "src/export/export_store.h"

#include "lib/rules/condition.h"
#include "src/access/access.h"
#include "src/lead/lead.h"

enum { PIECES_AT_A_TIME = 64 };

const char *const export_state_names[EXPORT_STATE_COUNT + 1] = {
    [EXPORT_QUEUED] = "queued",   [EXPORT_RUNNING] = "running",
    [EXPORT_DONE] = "done",       [EXPORT_STOPPED] = "stopped",
    [EXPORT_EXPIRED] = "expired", [EXPORT_DELETED] = "deleted",
    [EXPORT_ERASED] = "erased",
};

#define COLUMNS                                                    \
    "id, version, state, actor_kind, actor_id, question, columns," \
    " language, scope, cursor, pieces, bytes, leads, reason,"      \
    " created_ms, begun_ms, ended_ms, expires_ms"

static const char select_page[] =
    "SELECT " COLUMNS " FROM export"
    " WHERE workspace_id = $1 AND id < $2 AND ($3 = 0 OR actor_id = $3)"
    " ORDER BY id DESC LIMIT $4";
static const char select_one[] = "SELECT " COLUMNS " FROM export"
                                 " WHERE workspace_id = $1 AND id = $2";
static const char count_unfinished[] =
    "SELECT COUNT(*) FROM export WHERE workspace_id = $1 AND actor_id = $2"
    "   AND state IN ('queued', 'running')";
static const char insert_one[] =
    "INSERT INTO export (workspace_id, " COLUMNS ")"
    " VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
    "         $15, $16, $17, $18)";
static const char update_one[] =
    "UPDATE export SET version = version + 1, state = $3, actor_kind = $4,"
    "       actor_id = $5, question = $6, columns = $7, language = $8,"
    "       scope = $9, cursor = $10, pieces = $11, bytes = $12, leads = $13,"
    "       reason = $14, created_ms = $15, begun_ms = $16, ended_ms = $17,"
    "       expires_ms = $18"
    " WHERE workspace_id = $1 AND id = $2 AND version = $19";

static enum export_state
state_of(struct str name)
{
    for (int i = 0; i < EXPORT_STATE_COUNT; i++)
        if (str_is(name, export_state_names[i]))
            return (enum export_state)i;
    return EXPORT_STOPPED;
}

static struct export_record
read_record(struct arena *arena, const struct db_rows *rows, int row)
{
    return (struct export_record){
        .id = db_get_id(rows, row, 0),
        .version = db_get_int(rows, row, 1),
        .state = state_of(db_get_text(rows, row, 2)),
        .actor_kind =
            str_is(db_get_text(rows, row, 3), "key") ? ACTOR_KEY : ACTOR_PERSON,
        .actor = db_get_id(rows, row, 4),
        .question = arena_str(arena, db_get_text(rows, row, 5)),
        .columns = arena_str(arena, db_get_text(rows, row, 6)),
        .language = arena_str(arena, db_get_text(rows, row, 7)),
        .scope = arena_str(arena, db_get_text(rows, row, 8)),
        .cursor = arena_str(arena, db_get_text(rows, row, 9)),
        .pieces = db_get_int(rows, row, 10),
        .bytes = db_get_int(rows, row, 11),
        .leads = db_get_int(rows, row, 12),
        .reason = arena_str(arena, db_get_text(rows, row, 13)),
        .created_ms = db_get_int(rows, row, 14),
        .begun_ms = db_get_int(rows, row, 15),
        .ended_ms = db_get_int(rows, row, 16),
        .expires_ms = db_get_int(rows, row, 17),
    };
}

bool
export_record_list(struct work *w, struct id actor, struct id before, int limit,
                   struct export_record **list, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_page,
                    DB_VALUES(db_id(w->workspace), db_id_before(before),
                              db_int(actor.value), db_int(limit)),
                    &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct export_record, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = read_record(w->arena, &rows, i);
    return true;
}

bool
export_record_load(struct work *w, struct id id, struct export_record *record)
{
    struct db_rows rows;

    if (!work_query(w, select_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no export %s.",
                    id_show(id).text);
    *record = read_record(w->arena, &rows, 0);
    return true;
}

bool
export_record_save(struct work *w, struct export_record *r)
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
        db_cstr(export_state_names[r->state]),
        db_cstr(actor_kind_name(r->actor_kind)),
        db_id(r->actor),
        db_text(r->question),
        db_text(r->columns),
        db_text(r->language),
        db_text(r->scope),
        db_text(r->cursor),
        db_int(r->pieces),
        db_int(r->bytes),
        db_int(r->leads),
        db_text(r->reason),
        db_int(r->created_ms),
        db_int_or_null(r->begun_ms),
        db_int_or_null(r->ended_ms),
        db_int_or_null(r->expires_ms),
        db_int(r->version),
    };
    int count = (int)(sizeof values / sizeof *values);

    if (is_new ? !work_run(w, insert_one, values, count - 1, NULL)
               : !work_run(w, update_one, values, count, &changed))
        return false;
    if (changed == 0)
        return fail(w, ERR_CONFLICT, "The export has moved on meanwhile.");
    r->version++;
    return true;
}

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

void
export_tell(struct work *w, const struct export_record *record,
            const char *topic)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_id(&out, "id", record->id);
    json_put_int(&out, "leads", record->leads);
    json_close_object(&out);
    work_tell(w, &(struct live_event){
                     .id = work_id(w),
                     .workspace = w->workspace,
                     .topic = topic,
                     .person = record->actor,
                     .data = text_str(&text),
                 });
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
