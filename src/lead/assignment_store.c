/* assignment_store: the assignment table; see assignment.h. */
#include "src/lead/assignment.h"

#include "src/workspace/warm.h"

static const struct db_insert insert_assignment = {
    "assignment",
    "workspace_id, id, lead_id, owner_kind, owner_id, decision_id, reason,"
    " actor_kind, actor_id, begun_ms, ended_ms, held, number",
    "iiitiittiiiii"
};

static const struct db_update end_open = {
    .sql = "UPDATE assignment SET ended_ms = $3"
           " WHERE workspace_id = $1 AND lead_id = $2 AND ended_ms IS NULL",
    .kinds = "iii",
    .keys = 2,
    .must = true,
};

static const char let_go[] =
    "UPDATE assignment SET held = 0"
    " WHERE workspace_id = $1 AND lead_id = $2 AND ended_ms IS NULL";

#define SELECT_ASSIGNMENT                                             \
    "SELECT id, owner_kind, owner_id, decision_id, reason, begun_ms," \
    "       ended_ms, lead_id"                                        \
    "  FROM assignment"

static const char of_lead[] = SELECT_ASSIGNMENT
    " WHERE workspace_id = $1 AND lead_id = $2 ORDER BY number";

/* PostgreSQL only. */
static const char of_leads[] = SELECT_ASSIGNMENT
    "  JOIN unnest(CAST($1 AS BIGINT[]), CAST($2 AS BIGINT[]))"
    "       AS wanted (in_workspace, of_lead)"
    "    ON workspace_id = in_workspace AND lead_id = of_lead"
    " ORDER BY lead_id, number";

enum { LEAD_COLUMN = 7 };

static const char waiting[] =
    "SELECT lead_id FROM assignment"
    " WHERE workspace_id = $1 AND owner_id = $2 AND owner_kind = 'queue'"
    "   AND ended_ms IS NULL AND held = 0 AND lead_id > $3"
    " ORDER BY lead_id LIMIT $4";

/* One that began in this group may be on its way yet: that one is ended by
 * itself, behind it. */
static bool
end_at_once(struct work *w, const struct db_value *values, int count)
{
    int64_t changed = 0;

    return work_run(w, end_open.sql, values, count, &changed)
        && (changed == 1
            || fail(w, ERR_CONFLICT,
                    "The owner of the lead has changed at the same moment."));
}

int64_t
assignment_moment_ms(const struct work *w, const struct lead *lead)
{
    return lead->assigned_ms > w->now_ms ? lead->assigned_ms : w->now_ms;
}

bool
assignment_end(struct work *w, const struct lead *lead)
{
    const struct db_value values[] = { db_id(w->workspace), db_id(lead->id),
                                       db_int(assignment_moment_ms(w, lead)) };

    warm_forget(w, WARM_ASSIGNMENTS, lead->id);
    return lead->assigned_ms >= w->now_ms
             ? end_at_once(w, values, 3)
             : work_update(w, &end_open, values, 3);
}

bool
assignment_begin(struct work *w, const struct lead *lead,
                 const struct handover *why)
{
    warm_forget(w, WARM_ASSIGNMENTS, lead->id);
    return work_insert(
        w, &insert_assignment,
        DB_VALUES(db_id(w->workspace), db_id(work_id(w)), db_id(lead->id),
                  db_cstr(owner_kind_name(lead->owner.kind)),
                  db_id(lead->owner.id), db_id(why->decision),
                  db_cstr(why->reason), db_cstr(actor_kind_name(w->actor.kind)),
                  db_id(w->actor.id), db_int(lead->assigned_ms),
                  db_int_or_null(0), db_bool(why->held),
                  db_int(lead->owner_version)));
}

bool
assignment_let_go(struct work *w, struct id lead)
{
    warm_forget(w, WARM_ASSIGNMENTS, lead);
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
    int first = 0;

    if (!warm_find(w, WARM_ASSIGNMENTS, lead, &rows, &first)
        && !work_query(w, of_lead, DB_VALUES(db_id(w->workspace), db_id(lead)),
                       &rows))
        return false;
    *list =
        ARENA_ARRAY(w->arena, struct assignment, (size_t)(rows.count - first));
    *count = 0;
    for (int i = first; i < rows.count; i++) {
        if (!id_equal(db_get_id(&rows, i, LEAD_COLUMN), lead))
            break;
        (*list)[(*count)++] = read_row(&rows, i);
    }
    return true;
}

bool
assignment_warm(struct work *w, const struct warm_wanted *wanted)
{
    struct db_rows rows;

    if (!warm_read(w, of_leads, wanted, &rows))
        return false;
    warm_keep(w, WARM_ASSIGNMENTS, &rows, LEAD_COLUMN);
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
