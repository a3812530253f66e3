/* replay_store: the tables replay and replay_lead. */
#include "src/replay/replay_store.h"

const char *const replay_state_names[REPLAY_STATE_COUNT + 1] = {
    [REPLAY_QUEUED] = "queued",
    [REPLAY_RUNNING] = "running",
    [REPLAY_DONE] = "done",
    [REPLAY_STOPPED] = "stopped",
};

#define COLUMNS                                                         \
    "id, version, state, rules, draft_version, from_ms, to_ms,"         \
    " leads_max, decisions, decisions_done, result, reason, person_id," \
    " created_ms, begun_ms, ended_ms, until_id"

static const char select_page[] = "SELECT " COLUMNS " FROM replay"
                                  " WHERE workspace_id = $1 AND id < $2"
                                  " ORDER BY id DESC LIMIT $3";
static const char select_one[] = "SELECT " COLUMNS " FROM replay"
                                 " WHERE workspace_id = $1 AND id = $2";
static const char select_old[] =
    "SELECT id, state FROM replay WHERE workspace_id = $1"
    " ORDER BY id DESC LIMIT 1 OFFSET $2";
static const char delete_one[] =
    "DELETE FROM replay WHERE workspace_id = $1 AND id = $2";
static const char insert_one[] =
    "INSERT INTO replay (workspace_id, " COLUMNS ")"
    " VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
    "         $15, $16, $17)";
static const char update_one[] =
    "UPDATE replay SET version = version + 1, state = $3, rules = $4,"
    "       draft_version = $5, from_ms = $6, to_ms = $7, leads_max = $8,"
    "       decisions = $9, decisions_done = $10, result = $11, reason = $12,"
    "       person_id = $13, created_ms = $14, begun_ms = $15, ended_ms = $16,"
    "       until_id = $17"
    " WHERE workspace_id = $1 AND id = $2 AND version = $18";
static const char advance_one[] =
    "UPDATE replay SET decisions_done = $3, decisions = $4"
    " WHERE workspace_id = $1 AND id = $2";

static enum replay_state
state_of(struct str name)
{
    for (int i = 0; i < REPLAY_STATE_COUNT; i++)
        if (str_is(name, replay_state_names[i]))
            return (enum replay_state)i;
    return REPLAY_STOPPED;
}

static struct replay_record
read_record(struct arena *arena, const struct db_rows *rows, int row)
{
    return (struct replay_record){
        .id = db_get_id(rows, row, 0),
        .version = db_get_int(rows, row, 1),
        .state = state_of(db_get_text(rows, row, 2)),
        .rules = arena_str(arena, db_get_text(rows, row, 3)),
        .draft_version =
            db_is_null(rows, row, 4) ? -1 : db_get_int(rows, row, 4),
        .period = { .from_ms = db_get_int(rows, row, 5),
                    .to_ms = db_get_int(rows, row, 6),
                    .leads_max = db_get_int(rows, row, 7),
                    .until = db_get_id(rows, row, 16) },
        .decisions = db_get_int(rows, row, 8),
        .decisions_done = db_get_int(rows, row, 9),
        .result = arena_str(arena, db_get_text(rows, row, 10)),
        .reason = arena_str(arena, db_get_text(rows, row, 11)),
        .person = db_get_id(rows, row, 12),
        .created_ms = db_get_int(rows, row, 13),
        .begun_ms = db_get_int(rows, row, 14),
        .ended_ms = db_get_int(rows, row, 15),
    };
}

bool
replay_record_list(struct work *w, struct id before, int limit,
                   struct replay_record **list, int *count)
{
    struct db_rows rows;

    if (!work_query(
            w, select_page,
            DB_VALUES(db_id(w->workspace), db_id_before(before), db_int(limit)),
            &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct replay_record, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = read_record(w->arena, &rows, i);
    return true;
}

bool
replay_record_load(struct work *w, struct id id, struct replay_record *record)
{
    struct db_rows rows;

    if (!work_query(w, select_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no replay %s.",
                    id_show(id).text);
    *record = read_record(w->arena, &rows, 0);
    return true;
}

static struct db_value
draft_value(int64_t version)
{
    struct db_value value = db_int(version);

    value.is_null = version < 0;
    return value;
}

bool
replay_record_save(struct work *w, struct replay_record *r)
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
        db_cstr(replay_state_names[r->state]),
        db_text(r->rules),
        draft_value(r->draft_version),
        db_int(r->period.from_ms),
        db_int(r->period.to_ms),
        db_int_or_null(r->period.leads_max),
        db_int(r->decisions),
        db_int(r->decisions_done),
        db_text(r->result),
        db_text(r->reason),
        db_id(r->person),
        db_int(r->created_ms),
        db_int_or_null(r->begun_ms),
        db_int_or_null(r->ended_ms),
        db_id(r->period.until),
        db_int(r->version),
    };
    int count = (int)(sizeof values / sizeof *values);

    if (is_new ? !work_run(w, insert_one, values, count - 1, NULL)
               : !work_run(w, update_one, values, count, &changed))
        return false;
    if (changed == 0)
        return fail(w, ERR_CONFLICT, "The replay has moved on meanwhile.");
    r->version++;
    return true;
}

bool
replay_record_advance(struct work *w, struct id id, int64_t decisions_done,
                      int64_t decisions)
{
    return work_run(w, advance_one,
                    DB_VALUES(db_id(w->workspace), db_id(id),
                              db_int(decisions_done), db_int(decisions)),
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
    if (rows.count > 0 && state_of(db_get_text(&rows, 0, 1)) >= REPLAY_DONE)
        *id = db_get_id(&rows, 0, 0);
    return true;
}

bool
replay_record_remove(struct work *w, struct id id)
{
    return work_run(w, delete_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    NULL);
}

void
replay_tell(struct work *w, const char *topic, struct id replay,
            int64_t decisions_done, int64_t decisions)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_id(&out, "id", replay);
    json_put_int(&out, "decisions_done", decisions_done);
    json_put_int(&out, "decisions", decisions);
    json_close_object(&out);
    work_tell(w, &(struct live_event){
                     .id = work_id(w),
                     .workspace = w->workspace,
                     .topic = topic,
                     .data = text_str(&text),
                 });
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
