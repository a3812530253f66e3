/* decision_store: the decision table. */
#include "src/route/route_store.h"

static const struct db_insert insert_decision = {
    "decision",
    "workspace_id, id, lead_id, decided_ms, rules_version, owner_kind,"
    " owner_id, record",
    "iiiiitit"
};

#define SELECT_DECISION                                                    \
    "SELECT id, lead_id, decided_ms, rules_version, owner_kind, owner_id," \
    "       record"                                                        \
    "  FROM decision"

static const char of_lead[] =
    SELECT_DECISION " WHERE workspace_id = $1 AND lead_id = $2 ORDER BY id";
static const char by_id[] =
    SELECT_DECISION " WHERE workspace_id = $1 AND id = $2";
static const char newest[] = SELECT_DECISION
    " WHERE workspace_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
static const char between[] =
    SELECT_DECISION " WHERE workspace_id = $1 AND id > $2 AND id <= $3"
                    " ORDER BY id LIMIT $4";
static const char count_between[] =
    "SELECT COUNT(*) FROM decision"
    " WHERE workspace_id = $1 AND id > $2 AND id <= $3";
/* Along the key: a version decides in a span of time, and ids follow time. */
static const char of_version[] = SELECT_DECISION
    " WHERE workspace_id = $1 AND id > $2 AND id < $3 AND rules_version = $4"
    " ORDER BY id LIMIT $5";

bool
decision_add(struct work *w, struct id id, struct id lead,
             const struct route_decision *d, struct str record)
{
    return work_insert(w, &insert_decision,
                       DB_VALUES(db_id(w->workspace), db_id(id), db_id(lead),
                                 db_int(w->now_ms), db_int(d->rules_version),
                                 db_cstr(owner_kind_name(d->owner.kind)),
                                 db_id(d->owner.id), db_text(record)));
}

static bool
read_rows(struct work *w, const struct db_rows *rows,
          struct decision_row **list, int *count)
{
    *count = rows->count;
    *list = ARENA_ARRAY(w->arena, struct decision_row, (size_t)rows->count);
    for (int i = 0; i < rows->count; i++) {
        struct json_error error;
        bool rep = str_is(db_get_text(rows, i, 4), "rep");
        (*list)[i] = (struct decision_row){
            .id = db_get_id(rows, i, 0),
            .lead = db_get_id(rows, i, 1),
            .decided_ms = db_get_int(rows, i, 2),
            .rules_version = db_get_int(rows, i, 3),
            .owner = { rep ? OWNER_REP : OWNER_QUEUE, db_get_id(rows, i, 5) },
            .record = json_parse(w->arena, db_get_text(rows, i, 6), &error),
        };
        if ((*list)[i].record == NULL)
            return fail(w, ERR_INTERNAL, "A decision's record is broken.");
    }
    return true;
}

bool
decision_of_lead(struct work *w, struct id lead, struct decision_row **list,
                 int *count)
{
    struct db_rows rows;

    return work_query(w, of_lead, DB_VALUES(db_id(w->workspace), db_id(lead)),
                      &rows)
        && read_rows(w, &rows, list, count);
}

bool
decision_load(struct work *w, struct id id, struct decision_row *row)
{
    struct decision_row *list;
    struct db_rows rows;
    int count;

    if (!work_query(w, by_id, DB_VALUES(db_id(w->workspace), db_id(id)), &rows)
        || !read_rows(w, &rows, &list, &count))
        return false;
    if (count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no decision %s.",
                    id_show(id).text);
    *row = list[0];
    return true;
}

bool
decision_newest(struct work *w, struct id before, int limit,
                struct decision_row **list, int *count)
{
    struct db_rows rows;

    return work_query(w, newest,
                      DB_VALUES(db_id(w->workspace), db_int(before.value),
                                db_int(limit)),
                      &rows)
        && read_rows(w, &rows, list, count);
}

bool
decision_between(struct work *w, struct id after, struct id until, int limit,
                 struct decision_row **list, int *count)
{
    struct db_rows rows;

    return work_query(w, between,
                      DB_VALUES(db_id(w->workspace), db_int(after.value),
                                db_int(until.value), db_int(limit)),
                      &rows)
        && read_rows(w, &rows, list, count);
}

bool
decision_of_version(struct work *w, int64_t rules_version, struct id after,
                    struct id before, int limit, struct decision_row **list,
                    int *count)
{
    struct db_rows rows;

    return work_query(w, of_version,
                      DB_VALUES(db_id(w->workspace), db_int(after.value),
                                db_int(before.value), db_int(rules_version),
                                db_int(limit)),
                      &rows)
        && read_rows(w, &rows, list, count);
}

bool
decision_count(struct work *w, struct id after, struct id until, int64_t *count)
{
    struct db_rows rows;

    if (!work_query(w, count_between,
                    DB_VALUES(db_id(w->workspace), db_int(after.value),
                              db_int(until.value)),
                    &rows))
        return false;
    *count = db_get_int(&rows, 0, 0);
    return true;
}

/* ---------------------------------------------------------------- erasing */

static const char rewrite_one[] =
    "UPDATE decision SET record = $3 WHERE workspace_id = $1 AND id = $2";

/* What of a record is the lead's: what it saw of it, and its company. Who was
 * considered, and what was owed to each, is the team's. */
static bool
is_the_leads(struct str name)
{
    return str_is(name, "input") || str_is(name, "kept")
        || str_is(name, "account") || str_is(name, "weighing");
}

static struct str
without_lead(struct arena *arena, const struct json *record)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    for (size_t i = 0; i < record->object.count; i++) {
        const struct json_member *member = &record->object.members[i];
        if (is_the_leads(member->name))
            continue;
        json_name_str(&out, member->name);
        json_tree(&out, &member->value);
    }
    json_close_object(&out);
    return text_str(&text);
}

bool
decision_erase(struct work *w, struct id lead)
{
    struct decision_row *rows;
    int count;

    if (!decision_of_lead(w, lead, &rows, &count))
        return false;
    for (int i = 0; i < count; i++)
        if (rows[i].record->kind == JSON_OBJECT
            && !work_run(
                w, rewrite_one,
                DB_VALUES(db_id(w->workspace), db_id(rows[i].id),
                          db_text(without_lead(w->arena, rows[i].record))),
                NULL))
            return false;
    return true;
}
