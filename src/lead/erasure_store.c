/* erasure_store: the tables erasure and erased_key. */
#include "src/lead/erasure.h"
#include "src/workspace/cache.h"

#define COLUMNS                                                    \
    "id, lead_id, reason, actor_kind, actor_id, erased_ms, leads," \
    " submissions, blocks, lifted_ms"

static const char insert_one[] =
    "INSERT INTO erasure (workspace_id, " COLUMNS ")"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL)";
static const char insert_key[] =
    "INSERT INTO erased_key (workspace_id, key, erasure_id, keyed_by)"
    " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
static const char select_page[] = "SELECT " COLUMNS " FROM erasure"
                                  " WHERE workspace_id = $1 AND id < $2"
                                  " ORDER BY id DESC LIMIT $3";
static const char select_one[] = "SELECT " COLUMNS " FROM erasure"
                                 " WHERE workspace_id = $1 AND id = $2";
static const char lift_one[] = "UPDATE erasure SET lifted_ms = $3"
                               " WHERE workspace_id = $1 AND id = $2";
static const char delete_keys[] =
    "DELETE FROM erased_key WHERE workspace_id = $1 AND erasure_id = $2";
static const char select_keys[] = "SELECT key, erasure_id, keyed_by"
                                  "  FROM erased_key"
                                  " WHERE workspace_id = $1 ORDER BY key";
static const char key_one[] =
    "UPDATE erased_key SET key = $4, keyed_by = $5"
    " WHERE workspace_id = $1 AND key = $2 AND erasure_id = $3";

bool
erasure_add(struct work *w, struct erasure *erasure, const int64_t *keys,
            int count)
{
    erasure->erased_ms = w->now_ms;
    if (!work_run(w, insert_one,
                  DB_VALUES(db_id(w->workspace), db_id(erasure->id),
                            db_id(erasure->lead), db_text(erasure->reason),
                            db_cstr(actor_kind_name(w->actor.kind)),
                            db_id(w->actor.id), db_int(w->now_ms),
                            db_int(erasure->leads),
                            db_int(erasure->submissions),
                            db_bool(erasure->blocks)),
                  NULL))
        return false;
    for (int i = 0; erasure->blocks && i < count; i++)
        if (!work_run(w, insert_key,
                      DB_VALUES(db_id(w->workspace),
                                db_int(erasure_keyed(keys[i])),
                                db_id(erasure->id), db_text(vault_key_name())),
                      NULL))
            return false;
    return true;
}

static struct erasure
read_row(struct arena *arena, const struct db_rows *rows, int row)
{
    return (struct erasure){
        .id = db_get_id(rows, row, 0),
        .lead = db_get_id(rows, row, 1),
        .reason = arena_str(arena, db_get_text(rows, row, 2)),
        .actor_kind = arena_str(arena, db_get_text(rows, row, 3)),
        .actor = db_get_id(rows, row, 4),
        .erased_ms = db_get_int(rows, row, 5),
        .leads = db_get_int(rows, row, 6),
        .submissions = db_get_int(rows, row, 7),
        .blocks = db_get_bool(rows, row, 8),
        .lifted_ms = db_get_int(rows, row, 9),
    };
}

bool
erasure_list(struct work *w, struct id before, int limit, struct erasure **list,
             int *count)
{
    struct db_rows rows;

    if (!work_query(
            w, select_page,
            DB_VALUES(db_id(w->workspace), db_id_before(before), db_int(limit)),
            &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct erasure, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = read_row(w->arena, &rows, i);
    return true;
}

bool
erasure_load(struct work *w, struct id id, struct erasure *erasure)
{
    struct db_rows rows;

    if (!work_query(w, select_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no erasure %s.",
                    id_show(id).text);
    *erasure = read_row(w->arena, &rows, 0);
    return true;
}

bool
erasure_lift(struct work *w, struct erasure *erasure)
{
    if (erasure->lifted_ms > 0 || !erasure->blocks)
        return true;
    erasure->lifted_ms = w->now_ms;
    return work_run(w, delete_keys,
                    DB_VALUES(db_id(w->workspace), db_id(erasure->id)), NULL)
        && work_run(w, lift_one,
                    DB_VALUES(db_id(w->workspace), db_id(erasure->id),
                              db_int(w->now_ms)),
                    NULL);
}

/* Empty: not under the secret key yet. */
static bool
look_at_key(struct work *w, const struct db_rows *rows, int row, bool seal,
            struct vault_count *count)
{
    struct str name = db_get_text(rows, row, 2);

    count->checked++;
    if (!str_is_empty(name)) {
        count->lost += !str_equal(name, vault_key_name());
        return true;
    }
    count->plain++;
    return !seal
        || work_run(w, key_one,
                    DB_VALUES(db_id(w->workspace),
                              db_int(db_get_int(rows, row, 0)),
                              db_id(db_get_id(rows, row, 1)),
                              db_int(erasure_keyed(db_get_int(rows, row, 0))),
                              db_text(vault_key_name())),
                    NULL);
}

bool
erasure_look_at_keys(struct work *w, bool seal, struct vault_count *count)
{
    struct vault_count here = { 0 };
    struct db_rows rows;

    if (!work_query(w, select_keys, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    for (int i = 0; i < rows.count; i++)
        if (!look_at_key(w, &rows, i, seal, &here))
            return false;
    count->checked += here.checked;
    count->plain += here.plain;
    count->lost += here.lost;
    return !seal || here.plain == 0 || workspace_config_changed(w);
}

bool
erasure_cache_load(struct work *w, struct workspace_cache *cache)
{
    struct db_rows rows;

    if (!work_query(w, select_keys, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    struct erased_key *keys =
        ARENA_ARRAY(w->arena, struct erased_key, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        keys[i] = (struct erased_key){ db_get_int(&rows, i, 0),
                                       db_get_id(&rows, i, 1) };
    cache->erased = keys;
    cache->erased_count = rows.count;
    return true;
}
