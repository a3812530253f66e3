/* replay_store: the tables replay and replay_lead. */
#include "src/replay/replay_store.h"

#include "src/replay/replayer.h"

const char *const replay_state_names[OPERATION_STATE_COUNT + 1] = {
    OPERATION_STATES
};

static const char select_old[] =
    "SELECT id, state FROM replay WHERE workspace_id = $1"
    " ORDER BY id DESC LIMIT 1 OFFSET $2";
static const char delete_one[] =
    "DELETE FROM replay WHERE workspace_id = $1 AND id = $2";
static const char advance_one[] =
    "UPDATE replay SET decisions_done = $3, decisions = $4"
    " WHERE workspace_id = $1 AND id = $2";

static void
read_own(struct arena *arena, const struct db_rows *rows, int row,
         struct operation *operation)
{
    struct replay_record *record = (struct replay_record *)operation;

    record->rules = arena_str(arena, db_get_text(rows, row, OPERATION_OWN));
    record->draft_version = db_is_null(rows, row, OPERATION_OWN + 1)
                              ? -1
                              : db_get_int(rows, row, OPERATION_OWN + 1);
    record->period = (struct replay_period){
        .from_ms = db_get_int(rows, row, OPERATION_OWN + 2),
        .to_ms = db_get_int(rows, row, OPERATION_OWN + 3),
        .leads_max = db_get_int(rows, row, OPERATION_OWN + 4),
        .until = db_get_id(rows, row, OPERATION_OWN + 5),
    };
    record->decisions = db_get_int(rows, row, OPERATION_OWN + 6);
    record->decisions_done = db_get_int(rows, row, OPERATION_OWN + 7);
    record->result =
        arena_str(arena, db_get_text(rows, row, OPERATION_OWN + 8));
}

static struct db_value
draft_value(int64_t version)
{
    struct db_value value = db_int(version);

    value.is_null = version < 0;
    return value;
}

static void
write_own(const struct operation *operation, struct db_value *values)
{
    const struct replay_record *record =
        (const struct replay_record *)operation;

    *values++ = db_text(record->rules);
    *values++ = draft_value(record->draft_version);
    *values++ = db_int(record->period.from_ms);
    *values++ = db_int(record->period.to_ms);
    *values++ = db_int_or_null(record->period.leads_max);
    *values++ = db_id(record->period.until);
    *values++ = db_int(record->decisions);
    *values++ = db_int(record->decisions_done);
    *values++ = db_text(record->result);
}

static void
put_progress(struct json_out *out, const struct operation *operation)
{
    const struct replay_record *record =
        (const struct replay_record *)operation;

    json_put_int(out, "decisions_done", record->decisions_done);
    json_put_int(out, "decisions", record->decisions);
}

const struct operation_kind replay_operation = {
    .name = "replay",
    .scheme = STR_INIT("replay:"),
    .states = replay_state_names,
    .sql = OPERATION_SQL("replay", "person_id",
                         "rules, draft_version, from_ms, to_ms, leads_max,"
                         " until_id, decisions, decisions_done, result",
                         "$10, $11, $12, $13, $14, $15, $16, $17, $18"),
    .bytes = sizeof(struct replay_record),
    .columns = 9,
    .job = &replay_run_job,
    .read = read_own,
    .write = write_own,
    .put_progress = put_progress,
    .run = replayer_run,
};

bool
replay_record_advance(struct work *w, const struct replay_record *record)
{
    return work_run(w, advance_one,
                    DB_VALUES(db_id(w->workspace), db_id(record->operation.id),
                              db_int(record->decisions_done),
                              db_int(record->decisions)),
                    NULL);
}

bool
replay_record_old(struct work *w, int keep, struct id *id)
{
    struct db_rows rows;

    *id = ID_NONE;
    if (!work_query(w, select_old, DB_VALUES(db_id(w->workspace), db_int(keep)),
                    &rows))
        return false;
    struct str state = rows.count == 0 ? STR_NONE : db_get_text(&rows, 0, 1);
    if (str_is(state, replay_state_names[OPERATION_DONE])
        || str_is(state, replay_state_names[OPERATION_STOPPED]))
        *id = db_get_id(&rows, 0, 0);
    return true;
}

bool
replay_record_remove(struct work *w, struct id id)
{
    return work_run(w, delete_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    NULL);
}

/* ------------------------------------------------- leads that would change */

static const struct db_insert insert_lead = {
    "replay_lead",
    "workspace_id, replay_id, number, lead_id, at_ms, before_kind, before_id,"
    " after_kind, after_id, rule_before, rule_after, code",
    "iiiiititittt", NULL
};
static const char select_leads[] =
    "SELECT number, lead_id, at_ms, before_kind, before_id, after_kind,"
    "       after_id, rule_before, rule_after, code"
    "  FROM replay_lead"
    " WHERE workspace_id = $1 AND replay_id = $2 AND number > $3"
    "   AND ($4 = '' OR before_kind = $4) AND ($5 = '' OR after_kind = $5)"
    "   AND ($6 = 0 OR before_id = $6) AND ($7 = 0 OR after_id = $7)"
    "   AND ($8 = '' OR rule_after = $8)"
    " ORDER BY number LIMIT $9";
static const char forget_leads[] =
    "DELETE FROM replay_lead"
    " WHERE workspace_id = $1 AND replay_id = $2 AND number >"
    "       (SELECT COALESCE(MAX(number), 0) - $3 FROM replay_lead"
    "         WHERE workspace_id = $1 AND replay_id = $2)";

const char *const replay_kinds[] = { "to_another", "to_queue", "from_queue",
                                     "between_queues", NULL };

/* The kinds of owner before and after, of each of these. */
static const char *const kinds_before[] = { "rep", "rep", "queue", "queue" };
static const char *const kinds_after[] = { "rep", "queue", "rep", "queue" };

bool
replay_lead_add(struct work *w, struct id replay,
                const struct replay_lead *lead)
{
    const struct replay_change *change = &lead->change;

    return work_insert(
        w, &insert_lead,
        DB_VALUES(db_id(w->workspace), db_id(replay), db_int(lead->number),
                  db_id(change->lead), db_int(change->at_ms),
                  db_cstr(owner_kind_name(change->before.kind)),
                  db_id(change->before.id),
                  db_cstr(owner_kind_name(change->after.kind)),
                  db_id(change->after.id), db_text(change->rule_before),
                  db_text(change->rule_after), db_cstr(change->code)));
}

static struct owner
read_owner(const struct db_rows *rows, int row, int column)
{
    return (struct owner){ str_is(db_get_text(rows, row, column), "rep")
                               ? OWNER_REP
                               : OWNER_QUEUE,
                           db_get_id(rows, row, column + 1) };
}

static struct replay_lead
read_lead(struct arena *arena, const struct db_rows *rows, int row)
{
    return (struct replay_lead){
        .number = db_get_int(rows, row, 0),
        .change = {
            .lead = db_get_id(rows, row, 1),
            .at_ms = db_get_int(rows, row, 2),
            .before = read_owner(rows, row, 3),
            .after = read_owner(rows, row, 5),
            .rule_before = db_get_text(rows, row, 7),
            .rule_after = db_get_text(rows, row, 8),
            .code = arena_cstr(arena, db_get_text(rows, row, 9)),
        },
    };
}

static int
kind_number(const char *kind)
{
    for (int i = 0; kind != NULL && replay_kinds[i] != NULL; i++)
        if (str_is(str_of(kind), replay_kinds[i]))
            return i;
    return -1;
}

bool
replay_lead_list(struct work *w, struct id replay,
                 const struct replay_wanted *wanted, int limit,
                 struct replay_lead **list, int *count)
{
    int kind = kind_number(wanted->kind);
    struct db_rows rows;

    if (!work_query(
            w, select_leads,
            DB_VALUES(
                db_id(w->workspace), db_id(replay), db_int(wanted->after),
                db_cstr(kind < 0 ? "" : kinds_before[kind]),
                db_cstr(kind < 0 ? "" : kinds_after[kind]),
                db_int(wanted->lost_by.value), db_int(wanted->gained_by.value),
                db_text(str_is_empty(wanted->rule) ? STR("") : wanted->rule),
                db_int(limit)),
            &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct replay_lead, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = read_lead(w->arena, &rows, i);
    return true;
}

bool
replay_leads_forget(struct work *w, struct id replay, int limit, bool *more)
{
    int64_t changed = 0;

    if (!work_run(w, forget_leads,
                  DB_VALUES(db_id(w->workspace), db_id(replay), db_int(limit)),
                  &changed))
        return false;
    *more = changed > 0;
    return true;
}
