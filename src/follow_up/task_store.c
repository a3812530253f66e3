/* task_store: the task table. */
#include "src/follow_up/task.h"

#define COLUMNS                                                            \
    "id, version, lead_id, owner_id, assignee_id, fixed, automatic, kind," \
    " title, note, due_ms, end_ms, time_zone, remind_before_minutes,"      \
    " reminded_ms, state, outcome, done_ms, actor_kind, actor_id,"         \
    " created_ms, updated_ms"

static const char select_one[] = "SELECT " COLUMNS " FROM task"
                                 " WHERE workspace_id = $1 AND id = $2";
static const char insert_one[] =
    "INSERT INTO task (workspace_id, id, version, lead_id, owner_id,"
    " assignee_id, fixed, automatic, kind, title, note, due_ms, end_ms,"
    " time_zone, remind_before_minutes, reminded_ms, state, outcome, done_ms,"
    " updated_ms, actor_kind, actor_id, created_ms)"
    " VALUES ($1, $2, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
    "         $15, $16, $17, $18, $19, $20, $21, $22, $3)";
static const char update_one[] =
    "UPDATE task SET version = version + 1, lead_id = $4, owner_id = $5,"
    " assignee_id = $6, fixed = $7, automatic = $8, kind = $9, title = $10,"
    " note = $11, due_ms = $12, end_ms = $13, time_zone = $14,"
    " remind_before_minutes = $15, reminded_ms = $16, state = $17,"
    " outcome = $18, done_ms = $19, updated_ms = $20"
    " WHERE workspace_id = $1 AND id = $2 AND version = $3";
/* A task that is over stays with who did it. */
static const struct db_update follow_owner = {
    .sql = "UPDATE task SET version = version + 1, owner_id = $3,"
           " assignee_id = CASE WHEN fixed = 0 AND state = 'open'"
           "                    THEN $3 ELSE assignee_id END,"
           " updated_ms = $4"
           " WHERE workspace_id = $1 AND lead_id = $2",
    .kinds = "iiii",
    .keys = 2,
    .behind = "task",
};
static const char free_tasks[] =
    "UPDATE task SET version = version + 1, fixed = 0, assignee_id = owner_id,"
    "       updated_ms = $3"
    " WHERE workspace_id = $1 AND assignee_id = $2 AND fixed = 1"
    "   AND state = 'open'";
static const char move_lead[] =
    "UPDATE task SET version = version + 1, lead_id = $5, owner_id = $3,"
    " assignee_id = CASE WHEN fixed = 0 AND state = 'open'"
    "                    THEN $3 ELSE assignee_id END,"
    " updated_ms = $4"
    " WHERE workspace_id = $1 AND lead_id = $2";

enum { VALUES_MAX = 12, ALL = 1000 };

static enum task_state
read_state(struct str name)
{
    enum task_state state = TASK_OPEN;

    while (task_states[state + 1] != NULL && !str_is(name, task_states[state]))
        state++;
    return state;
}

static struct task
read_row(const struct db_rows *rows, int row)
{
    return (struct task){
        .id = db_get_id(rows, row, 0),
        .version = db_get_int(rows, row, 1),
        .lead = db_get_id(rows, row, 2),
        .owner = db_get_id(rows, row, 3),
        .assignee = db_get_id(rows, row, 4),
        .fixed = db_get_bool(rows, row, 5),
        .automatic = db_get_bool(rows, row, 6),
        .kind = task_kind_find(db_get_text(rows, row, 7)),
        .title = db_get_text(rows, row, 8),
        .note = db_get_text(rows, row, 9),
        .due_ms = db_get_int(rows, row, 10),
        .end_ms = db_get_int(rows, row, 11),
        .zone = db_get_text(rows, row, 12),
        .remind_before_minutes = db_is_null(rows, row, 13)
                                   ? REMIND_NEVER
                                   : db_get_int(rows, row, 13),
        .reminded_ms = db_get_int(rows, row, 14),
        .state = read_state(db_get_text(rows, row, 15)),
        .outcome = db_get_text(rows, row, 16),
        .done_ms = db_get_int(rows, row, 17),
        .actor_kind = db_get_text(rows, row, 18),
        .actor = db_get_id(rows, row, 19),
        .created_ms = db_get_int(rows, row, 20),
        .updated_ms = db_get_int(rows, row, 21),
    };
}

static struct db_value
minutes_value(int64_t minutes)
{
    struct db_value value = db_int(minutes);

    value.is_null = minutes < 0;
    return value;
}

static bool
write_row(struct work *w, const char *sql, const struct task *task,
          int64_t third, int count, int64_t *changed)
{
    const struct db_value values[] = {
        db_id(w->workspace),
        db_id(task->id),
        db_int(third),
        db_id(task->lead),
        db_id(task->owner),
        db_id(task->assignee),
        db_bool(task->fixed),
        db_bool(task->automatic),
        db_cstr(task->kind->name),
        db_text(task->title),
        db_text(task->note),
        db_int(task->due_ms),
        db_int_or_null(task->end_ms),
        db_text(task->zone),
        minutes_value(task->remind_before_minutes),
        db_int_or_null(task->reminded_ms),
        db_cstr(task_states[task->state]),
        db_text(task->outcome),
        db_int_or_null(task->done_ms),
        db_int(task->updated_ms),
        db_text(task->actor_kind),
        db_id(task->actor),
    };

    return work_run(w, sql, values, count, changed);
}

bool
task_save(struct work *w, struct task *task)
{
    int64_t changed = 0;

    task->updated_ms = w->now_ms;
    if (task->version == 0) {
        task->created_ms = w->now_ms;
        task->actor_kind = str_of(actor_kind_name(w->actor.kind));
        task->actor = w->actor.id;
        task->version = 1;
        return write_row(w, insert_one, task, w->now_ms, 22, NULL);
    }
    if (!write_row(w, update_one, task, task->version, 20, &changed))
        return false;
    if (changed != 1)
        return fail(w, ERR_CONFLICT, "The task has changed since it was read.");
    task->version++;
    return true;
}

bool
task_load(struct work *w, struct id id, struct task *task)
{
    struct db_rows rows;

    if (!work_query(w, select_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no task %s.", id_show(id).text);
    *task = read_row(&rows, 0);
    return true;
}

bool
task_owner_changed(struct work *w, const struct lead *lead)
{
    struct id rep = lead_has_rep(lead) ? lead->owner.id : ID_NONE;

    return work_update(w, &follow_owner,
                       DB_VALUES(db_id(w->workspace), db_id(lead->id),
                                 db_id(rep), db_int(w->now_ms)));
}

bool
task_person_left(struct work *w, struct id person)
{
    return work_run(
        w, free_tasks,
        DB_VALUES(db_id(w->workspace), db_id(person), db_int(w->now_ms)), NULL);
}

bool
task_move(struct work *w, struct id from_lead, const struct lead *to)
{
    struct id rep = lead_has_rep(to) ? to->owner.id : ID_NONE;

    return work_run(w, move_lead,
                    DB_VALUES(db_id(w->workspace), db_id(from_lead), db_id(rep),
                              db_int(w->now_ms), db_id(to->id)),
                    NULL);
}

/* ---------------------------------------------------------------- lists */

/* A WHERE while it is built. */
struct where {
    struct text sql;
    struct db_value *values; /* room for VALUES_MAX, and for a scope */
    int count;
};

static int
bind(struct where *where, struct db_value value)
{
    where->values[where->count++] = value;
    return where->count;
}

static void
and_that(struct where *where, const char *left, struct db_value value)
{
    text_format(&where->sql, " AND %s $%d", left, bind(where, value));
}

/* F5: of leads one may see, or fixed to oneself. */
static void
within_scope(struct where *where, const struct lead_scope *scope)
{
    text_format(&where->sql, " AND ((assignee_id = $%d AND fixed = 1)",
                bind(where, db_id(scope->self)));
    for (int i = 0; i < scope->count; i++)
        text_format(&where->sql, i == 0 ? " OR owner_id IN ($%d" : ", $%d",
                    bind(where, db_id(scope->people[i])));
    text_add_cstr(&where->sql, "))");
}

static void
behind(struct where *where, int64_t due_ms, struct id id)
{
    int due = bind(where, db_int(due_ms));

    text_format(&where->sql,
                " AND due_ms >= $%d AND (due_ms > $%d OR id > $%d)", due, due,
                bind(where, db_id(id)));
}

static void
choose(struct where *where, const struct task_query *query)
{
    if (query->scoped && !query->scope.all)
        within_scope(where, &query->scope);
    if (query->assigned && id_is_none(query->assignee))
        text_add_cstr(&where->sql, " AND assignee_id IS NULL");
    else if (query->assigned)
        and_that(where, "assignee_id =", db_id(query->assignee));
    if (!id_is_none(query->lead))
        and_that(where, "lead_id =", db_id(query->lead));
    if (query->state != NULL)
        and_that(where, "state =", db_cstr(query->state));
    if (query->due_from_ms != 0)
        and_that(where, "due_ms >=", db_int(query->due_from_ms));
    if (query->due_before_ms != 0)
        and_that(where, "due_ms <", db_int(query->due_before_ms));
    if (!id_is_none(query->after))
        behind(where, query->after_due_ms, query->after);
}

bool
task_select(struct work *w, const struct task_query *query, struct task **tasks,
            int *count)
{
    struct where where = { .sql = text_new(w->arena) };
    struct db_rows rows;

    *count = 0;
    if (query->scoped && !query->scope.all && query->scope.count == 0)
        return true;
    where.values = ARENA_ARRAY(w->arena, struct db_value,
                               VALUES_MAX + (size_t)query->scope.count);
    text_add_cstr(&where.sql, "SELECT " COLUMNS " FROM task"
                              " WHERE workspace_id = $1");
    where.values[where.count++] = db_id(w->workspace);
    choose(&where, query);
    text_format(&where.sql, " ORDER BY due_ms, id LIMIT %d",
                query->limit > 0 ? query->limit : ALL);
    if (!work_query_text(w, text_str(&where.sql), where.values, where.count,
                         &rows))
        return false;
    *count = rows.count;
    *tasks = ARENA_ARRAY(w->arena, struct task, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*tasks)[i] = read_row(&rows, i);
    return true;
}

/* That there was one, whose, and when, stays. */
static const char erase_of_lead[] =
    "UPDATE task SET version = version + 1, title = '', note = NULL,"
    "       outcome = NULL, updated_ms = $3,"
    "       state = CASE WHEN state = 'open' THEN 'cancelled' ELSE state END"
    " WHERE workspace_id = $1 AND lead_id = $2";

bool
task_erase(struct work *w, struct id lead)
{
    return work_run(
        w, erase_of_lead,
        DB_VALUES(db_id(w->workspace), db_id(lead), db_int(w->now_ms)), NULL);
}
