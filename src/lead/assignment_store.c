/* assignment_store: the assignment table; see assignment.h. */
#include "src/lead/assignment.h"

static const struct db_insert insert_assignment = {
    "assignment",
    "workspace_id, id, lead_id, owner_kind, owner_id, decision_id, reason,"
    " actor_kind, actor_id, begun_ms, ended_ms, held",
    "iiitiittiiii"
};

static const char end_open[] =
    "UPDATE assignment SET ended_ms = $3"
    " WHERE workspace_id = $1 AND lead_id = $2 AND ended_ms IS NULL";

static const char let_go[] =
    "UPDATE assignment SET held = 0"
    " WHERE workspace_id = $1 AND lead_id = $2 AND ended_ms IS NULL";

static const char of_lead[] =
    "SELECT id, owner_kind, owner_id, decision_id, reason, begun_ms, ended_ms"
    "  FROM assignment"
    " WHERE workspace_id = $1 AND lead_id = $2"
    " ORDER BY id";

static const char waiting[] =
    "SELECT lead_id FROM assignment"
    " WHERE workspace_id = $1 AND owner_id = $2 AND owner_kind = 'queue'"
    "   AND ended_ms IS NULL AND held = 0 AND lead_id > $3"
    " ORDER BY lead_id LIMIT $4";

bool
assignment_end(struct work *w, const struct lead *lead)
{
    int64_t changed = 0;

    if (!work_run(
            w, end_open,
            DB_VALUES(db_id(w->workspace), db_id(lead->id), db_int(w->now_ms)),
            &changed))
        return false;
    if (changed != 1)
        return fail(w, ERR_CONFLICT,
                    "The owner of the lead has changed at the same moment.");
    return true;
}

bool
assignment_begin(struct work *w, const struct lead *lead,
                 const struct handover *why)
{
    return work_insert(
        w, &insert_assignment,
        DB_VALUES(db_id(w->workspace), db_id(work_id(w)), db_id(lead->id),
                  db_cstr(owner_kind_name(lead->owner.kind)),
                  db_id(lead->owner.id), db_id(why->decision),
                  db_cstr(why->reason), db_cstr(actor_kind_name(w->actor.kind)),
                  db_id(w->actor.id), db_int(w->now_ms), db_int_or_null(0),
                  db_bool(why->held)));
}

bool
assignment_let_go(struct work *w, struct id lead)
{
    return work_run(w, let_go, DB_VALUES(db_id(w->workspace), db_id(lead)),
                    NULL);
}

static struct assignment
read_row(const struct db_rows *rows, int row)
{
    bool rep = str_is(db_get_text(rows, row, 1), "rep");

    return (struct assignment){
        .id = db_get_id(rows, row, 0),
        .owner = { rep ? OWNER_REP : OWNER_QUEUE, db_get_id(rows, row, 2) },
        .decision = db_get_id(rows, row, 3),
        .reason = db_get_text(rows, row, 4),
        .begun_ms = db_get_int(rows, row, 5),
        .ended_ms = db_get_int(rows, row, 6),
    };
}

bool
assignment_list(struct work *w, struct id lead, struct assignment **list,
                int *count)
{
    struct db_rows rows;

    if (!work_query(w, of_lead, DB_VALUES(db_id(w->workspace), db_id(lead)),
                    &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct assignment, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = read_row(&rows, i);
    return true;
}

bool
assignment_waiting(struct work *w, struct id queue, struct id after, int limit,
                   struct id **leads, int *count)
{
    struct db_rows rows;

    if (!work_query(w, waiting,
                    DB_VALUES(db_id(w->workspace), db_id(queue),
                              db_int(after.value), db_int(limit)),
                    &rows))
        return false;
    *count = rows.count;
    *leads = ARENA_ARRAY(w->arena, struct id, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*leads)[i] = db_get_id(&rows, i, 0);
    return true;
}
