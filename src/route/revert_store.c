/* revert_store: the tables routing_revert and routing_revert_lead. */
#include "src/route/revert.h"

#define COLUMNS                                                         \
    "id, rules_version, dry_run, note, queue_id, actor_kind, actor_id," \
    " from_id, until_id, after_id, counts, created_ms, ended_ms"

static const char insert_one[] =
    "INSERT INTO routing_revert (workspace_id, " COLUMNS ")"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
static const char update_one[] =
    "UPDATE routing_revert SET after_id = $3, counts = $4, ended_ms = $5"
    " WHERE workspace_id = $1 AND id = $2";
static const char select_one[] = "SELECT " COLUMNS " FROM routing_revert"
                                 " WHERE workspace_id = $1 AND id = $2";
static const char select_page[] = "SELECT " COLUMNS " FROM routing_revert"
                                  " WHERE workspace_id = $1 AND id < $2"
                                  " ORDER BY id DESC LIMIT $3";

static const struct db_insert insert_row = {
    "routing_revert_lead",
    "workspace_id, revert_id, decision_id, lead_id, outcome, owner_kind,"
    " owner_id, to_kind, to_id",
    "iiiittiti"
};
static const char select_rows[] =
    "SELECT decision_id, lead_id, outcome, owner_kind, owner_id, to_kind, to_id"
    "  FROM routing_revert_lead"
    " WHERE workspace_id = $1 AND revert_id = $2 AND decision_id > $3"
    " ORDER BY decision_id LIMIT $4";
static const char select_losers[] =
    "SELECT owner_id, COUNT(*) FROM routing_revert_lead"
    " WHERE workspace_id = $1 AND revert_id = $2 AND owner_kind = 'rep'"
    "   AND outcome IN ('given_back', 'routed_again', 'queued')"
    "   AND NOT (to_kind = owner_kind AND to_id = owner_id)"
    " GROUP BY owner_id ORDER BY owner_id";

/* ----------------------------------------------------------------- counts */

static struct str
counts_json(struct arena *arena, const struct revert *revert)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    for (int i = 0; i < REVERT_OUTCOME_COUNT; i++)
        if (revert->counts[i] > 0)
            json_put_int(&out, revert_outcomes[i], revert->counts[i]);
    json_close_object(&out);
    return text_str(&text);
}

static void
read_counts(struct arena *arena, struct str text, struct revert *revert)
{
    struct json_error error;
    const struct json *json = json_parse(arena, text, &error);

    for (int i = 0; i < REVERT_OUTCOME_COUNT; i++)
        revert->counts[i] = json_get_int(json, revert_outcomes[i], 0);
}

/* ---------------------------------------------------------------- records */

static struct revert
read_one(struct arena *arena, const struct db_rows *rows, int row)
{
    struct revert revert = {
        .id = db_get_id(rows, row, 0),
        .rules_version = db_get_int(rows, row, 1),
        .dry_run = db_get_bool(rows, row, 2),
        .note = arena_str(arena, db_get_text(rows, row, 3)),
        .queue = db_get_id(rows, row, 4),
        .actor_kind = arena_str(arena, db_get_text(rows, row, 5)),
        .actor = db_get_id(rows, row, 6),
        .from = { db_get_int(rows, row, 7) },
        .until = { db_get_int(rows, row, 8) },
        .after = { db_get_int(rows, row, 9) },
        .created_ms = db_get_int(rows, row, 11),
        .ended_ms = db_get_int(rows, row, 12),
    };

    read_counts(arena, db_get_text(rows, row, 10), &revert);
    return revert;
}

bool
revert_add(struct work *w, struct revert *r)
{
    r->id = work_id(w);
    r->created_ms = w->now_ms;
    return work_run(
        w, insert_one,
        DB_VALUES(db_id(w->workspace), db_id(r->id), db_int(r->rules_version),
                  db_bool(r->dry_run), db_text(r->note), db_id(r->queue),
                  db_text(r->actor_kind), db_id(r->actor),
                  db_int(r->from.value), db_int(r->until.value),
                  db_int(r->after.value), db_text(counts_json(w->arena, r)),
                  db_int(r->created_ms), db_int_or_null(r->ended_ms)),
        NULL);
}

bool
revert_save(struct work *w, const struct revert *r)
{
    return work_run(w, update_one,
                    DB_VALUES(db_id(w->workspace), db_id(r->id),
                              db_int(r->after.value),
                              db_text(counts_json(w->arena, r)),
                              db_int_or_null(r->ended_ms)),
                    NULL);
}

bool
revert_load(struct work *w, struct id id, struct revert *revert)
{
    struct db_rows rows;

    if (!work_query(w, select_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no revert %s.",
                    id_show(id).text);
    *revert = read_one(w->arena, &rows, 0);
    return true;
}

bool
revert_list(struct work *w, struct id before, int limit, struct revert **list,
            int *count)
{
    struct db_rows rows;

    if (!work_query(
            w, select_page,
            DB_VALUES(db_id(w->workspace), db_id_before(before), db_int(limit)),
            &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct revert, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = read_one(w->arena, &rows, i);
    return true;
}

/* ------------------------------------------------------------------- rows */

bool
revert_row_add(struct work *w, struct id revert, const struct revert_row *row)
{
    return work_insert(
        w, &insert_row,
        DB_VALUES(db_id(w->workspace), db_id(revert), db_id(row->decision),
                  db_id(row->lead), db_cstr(revert_outcomes[row->outcome]),
                  db_cstr(owner_kind_name(row->owner.kind)),
                  db_id(row->owner.id),
                  row->has_to ? db_cstr(owner_kind_name(row->to.kind))
                              : db_text(STR_NONE),
                  db_id(row->has_to ? row->to.id : ID_NONE)));
}

static enum revert_outcome
outcome_of(struct str name)
{
    int i = 0;

    while (i < REVERT_OUTCOME_COUNT - 1 && !str_is(name, revert_outcomes[i]))
        i++;
    return (enum revert_outcome)i;
}

static struct owner
read_owner(const struct db_rows *rows, int row, int column)
{
    struct id id = db_get_id(rows, row, column + 1);

    return str_is(db_get_text(rows, row, column), "rep") ? owner_rep(id)
                                                         : owner_queue(id);
}

bool
revert_rows(struct work *w, struct id revert, struct id after, int limit,
            struct revert_row **list, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_rows,
                    DB_VALUES(db_id(w->workspace), db_id(revert),
                              db_int(after.value), db_int(limit)),
                    &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct revert_row, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = (struct revert_row){
            .decision = db_get_id(&rows, i, 0),
            .lead = db_get_id(&rows, i, 1),
            .outcome = outcome_of(db_get_text(&rows, i, 2)),
            .owner = read_owner(&rows, i, 3),
            .has_to = !id_is_none(db_get_id(&rows, i, 6)),
            .to = read_owner(&rows, i, 5),
        };
    return true;
}

bool
revert_losers(struct work *w, struct id revert, struct revert_loser **list,
              int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_losers,
                    DB_VALUES(db_id(w->workspace), db_id(revert)), &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct revert_loser, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = (struct revert_loser){ db_get_id(&rows, i, 0),
                                            db_get_int(&rows, i, 1) };
    return true;
}
