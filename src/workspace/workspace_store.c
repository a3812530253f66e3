/* workspace_store: the workspace and fairness_group tables. */
#include "src/workspace/workspace_store.h"

#include "src/team/team.h"
#include "src/workspace/workspace.h"

#define WORKSPACE_COLUMNS                                               \
    "workspace_id, slug, name, country, language, time_zone, currency," \
    " default_queue_id, reps_see, reps_see_team, version"

static const char insert_workspace[] =
    "INSERT INTO workspace (" WORKSPACE_COLUMNS ", created_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11)";

static const char update_workspace[] =
    "UPDATE workspace SET version = version + 1, name = $2, country = $3,"
    "   language = $4,"
    "   time_zone = $5, currency = $6, reps_see = $7,"
    "   reps_see_team = $8"
    " WHERE workspace_id = $1 AND version = $9";

static const char insert_group[] =
    "INSERT INTO fairness_group (workspace_id, id, version, config_version,"
    "                            keys_mark)"
    " VALUES ($1, $1, 0, 0, 0)";

static const char select_one[] =
    "SELECT " WORKSPACE_COLUMNS " FROM workspace WHERE workspace_id = $1";
static const char select_slug[] =
    "SELECT " WORKSPACE_COLUMNS " FROM workspace WHERE slug = $1";
static const char select_all[] =
    "SELECT " WORKSPACE_COLUMNS " FROM workspace ORDER BY workspace_id";
static const char select_any[] = "SELECT 1 FROM workspace LIMIT 1";

static const char lock_group[] =
    "UPDATE fairness_group SET version = version + 1,"
    "   ids_ms = CASE WHEN version = $2 OR ids_ms < $3 THEN $3"
    "                 ELSE ids_ms END + $4,"
    "   keys_version = keys_version + $5"
    " WHERE workspace_id = $1 AND id = $1"
    " RETURNING version, config_version, keys_mark, ids_ms, keys_version";

static const char read_group[] =
    "SELECT version, config_version, keys_mark, ids_ms, keys_version"
    "  FROM fairness_group"
    " WHERE workspace_id = $1 AND id = $1";

static const char move_keys[] =
    "UPDATE fairness_group SET keys_version = keys_version + 1"
    " WHERE workspace_id = $1 AND id = $1";

static const char move_ids[] = "UPDATE fairness_group SET ids_ms = $2"
                               " WHERE workspace_id = $1 AND id = $1";

static const char move_config[] =
    "UPDATE fairness_group SET config_version = config_version + 1"
    " WHERE workspace_id = $1 AND id = $1";

static const char move_keys_mark[] = "UPDATE fairness_group SET keys_mark = $2"
                                     " WHERE workspace_id = $1 AND id = $1";

static struct workspace
read_row(struct arena *arena, const struct db_rows *rows, int row)
{
    return (struct workspace){
        .id = db_get_id(rows, row, 0),
        .slug = arena_str(arena, db_get_text(rows, row, 1)),
        .name = arena_str(arena, db_get_text(rows, row, 2)),
        .country = arena_str(arena, db_get_text(rows, row, 3)),
        .language = arena_str(arena, db_get_text(rows, row, 4)),
        .time_zone = arena_str(arena, db_get_text(rows, row, 5)),
        .currency = arena_str(arena, db_get_text(rows, row, 6)),
        .default_queue = db_get_id(rows, row, 7),
        .reps_see = str_is(db_get_text(rows, row, 8), "all") ? REPS_SEE_ALL
                  : db_get_bool(rows, row, 9)                ? REPS_SEE_TEAM
                                                             : REPS_SEE_OWN,
        .version = db_get_int(rows, row, 10),
    };
}

static struct db_value
sees_all(const struct workspace *workspace)
{
    return db_cstr(workspace->reps_see == REPS_SEE_ALL ? "all" : "own");
}

static struct db_value
sees_team(const struct workspace *workspace)
{
    return db_bool(workspace->reps_see == REPS_SEE_TEAM);
}

static bool
slug_is_free(struct work *w, struct str slug)
{
    struct db_rows rows;

    if (!work_query(w, select_slug, DB_VALUES(db_text(slug)), &rows))
        return false;
    if (rows.count > 0)
        return fail(w, ERR_CONFLICT,
                    "There is a workspace \"%.*s\" already. "
                    "Choose another name.",
                    STR_ARG(slug));
    return true;
}

bool
workspace_create(struct work *w, struct workspace *workspace)
{
    workspace->slug = workspace_slug(w->arena, workspace->name);
    if (str_is_empty(workspace->slug))
        return fail(w, ERR_INVALID,
                    "A workspace needs a name with a letter or a digit in it.");
    if (!slug_is_free(w, workspace->slug))
        return false;

    workspace->id = w->workspace = work_id(w);
    workspace->default_queue = work_id(w);
    struct queue inbox = { workspace->default_queue, STR("inbox"),
                           STR("Inbox") };
    return work_run(
               w, insert_workspace,
               DB_VALUES(db_id(workspace->id), db_text(workspace->slug),
                         db_text(workspace->name), db_text(workspace->country),
                         db_text(workspace->language),
                         db_text(workspace->time_zone),
                         db_text(workspace->currency),
                         db_id(workspace->default_queue), sees_all(workspace),
                         sees_team(workspace), db_int(w->now_ms)),
               NULL)
        && work_run(w, insert_group, DB_VALUES(db_id(workspace->id)), NULL)
        && queue_save(w, &inbox);
}

bool
workspace_save(struct work *w, const struct workspace *workspace)
{
    int64_t changed;

    if (!work_run(w, update_workspace,
                  DB_VALUES(db_id(workspace->id), db_text(workspace->name),
                            db_text(workspace->country),
                            db_text(workspace->language),
                            db_text(workspace->time_zone),
                            db_text(workspace->currency), sees_all(workspace),
                            sees_team(workspace), db_int(workspace->version)),
                  &changed))
        return false;
    return changed == 1
        || fail(w, ERR_CONFLICT, "The workspace has moved on meanwhile.");
}

bool
workspace_load(struct work *w, struct arena *arena, struct id id,
               struct workspace *workspace)
{
    struct db_rows rows;

    if (!work_query(w, select_one, DB_VALUES(db_id(id)), &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no such workspace.");
    *workspace = read_row(arena, &rows, 0);
    return true;
}

bool
workspace_find(struct work *w, struct str slug, struct workspace *workspace)
{
    struct db_rows rows;

    if (!work_query(w, select_slug, DB_VALUES(db_text(slug)), &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND,
                    "There is no workspace \"%.*s\"; \"baton workspace list\" "
                    "shows those there are.",
                    STR_ARG(slug));
    *workspace = read_row(w->arena, &rows, 0);
    return true;
}

bool
workspace_list(struct work *w, struct workspace **list, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_all, DB_NO_VALUES, &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct workspace, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = read_row(w->arena, &rows, i);
    return true;
}

bool
workspace_any(struct work *w, bool *any)
{
    struct db_rows rows;

    if (!work_query(w, select_any, DB_NO_VALUES, &rows))
        return false;
    *any = rows.count > 0;
    return true;
}

static bool
read_versions(struct work *w, const char *sql, const struct db_value *values,
              int count, struct workspace_versions *versions)
{
    struct db_rows rows;

    if (!work_query(w, sql, values, count, &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no such workspace.");
    versions->ledger = db_get_int(&rows, 0, 0);
    versions->config = db_get_int(&rows, 0, 1);
    versions->keys_mark = db_get_id(&rows, 0, 2);
    versions->ids_end_ms = db_get_int(&rows, 0, 3);
    versions->keys = db_get_int(&rows, 0, 4);
    return true;
}

bool
workspace_versions_lock(struct work *w, const struct workspace_lock *lock,
                        struct workspace_versions *versions)
{
    if (!read_versions(w, lock_group,
                       DB_VALUES(db_id(w->workspace), db_int(lock->ledger),
                                 db_int(lock->ids_ms), db_int(lock->ids_for_ms),
                                 db_int(lock->keys_move)),
                       versions))
        return false;
    versions->ids_ms = versions->ids_end_ms - lock->ids_for_ms;
    return true;
}

bool
workspace_ids_end(struct work *w, int64_t end_ms)
{
    return work_run(w, move_ids, DB_VALUES(db_id(w->workspace), db_int(end_ms)),
                    NULL);
}

bool
workspace_versions_read(struct work *w, struct workspace_versions *versions)
{
    return read_versions(w, read_group, DB_VALUES(db_id(w->workspace)),
                         versions);
}

bool
workspace_config_moved(struct work *w)
{
    return work_run(w, move_config, DB_VALUES(db_id(w->workspace)), NULL);
}

bool
workspace_keys_moved(struct work *w)
{
    return work_run(w, move_keys, DB_VALUES(db_id(w->workspace)), NULL);
}

bool
workspace_commits(struct work *w, struct workspace_commits **all, int *count)
{
    struct db_rows rows;

    if (!work_query(w,
                    "SELECT workspace_id, version FROM fairness_group"
                    " ORDER BY workspace_id",
                    DB_NO_VALUES, &rows))
        return false;
    *count = rows.count;
    *all = ARENA_ARRAY(w->arena, struct workspace_commits, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*all)[i] = (struct workspace_commits){ db_get_id(&rows, i, 0),
                                                db_get_int(&rows, i, 1) };
    return true;
}

bool
workspace_keys_mark(struct work *w, struct id mark)
{
    return work_run(w, move_keys_mark,
                    DB_VALUES(db_id(w->workspace), db_id(mark)), NULL);
}
