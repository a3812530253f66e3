/* webhook_store: the tables of webhooks and of how they fare. */
#include "src/notify/webhook.h"
#include "src/workspace/vault.h"

#define COLUMNS                                                \
    "id, version, url, secret, topics, active, secret_before," \
    " secret_before_until_ms, pause_after_hours, paused_ms"
#define HEALTH_COLUMNS                                         \
    "webhook_id, last_success_ms, failing_since_ms, failures," \
    " last_error_ms, last_error_status, last_error"

static const char select_all[] = "SELECT " COLUMNS " FROM webhook"
                                 " WHERE workspace_id = $1 ORDER BY id";
static const char select_one[] = "SELECT " COLUMNS " FROM webhook"
                                 " WHERE workspace_id = $1 AND id = $2";
static const char insert_one[] =
    "INSERT INTO webhook (workspace_id, id, version, url, secret, topics,"
    "                     active, secret_before, secret_before_until_ms,"
    "                     pause_after_hours, paused_ms, created_ms)"
    " VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
static const char update_one[] =
    "UPDATE webhook SET version = version + 1, url = $3, secret = $4,"
    "       topics = $5, active = $6, secret_before = $7,"
    "       secret_before_until_ms = $8, pause_after_hours = $9,"
    "       paused_ms = $10"
    " WHERE workspace_id = $1 AND id = $2 AND version = $11";
static const char delete_one[] =
    "DELETE FROM webhook WHERE workspace_id = $1 AND id = $2";

static const char select_secrets[] =
    "SELECT id, secret, secret_before FROM webhook"
    " WHERE workspace_id = $1 ORDER BY id";
static const char write_secrets[] =
    "UPDATE webhook SET secret = COALESCE($3, secret),"
    "       secret_before = COALESCE($4, secret_before)"
    " WHERE workspace_id = $1 AND id = $2";

static const char select_healths[] =
    "SELECT " HEALTH_COLUMNS " FROM webhook_health WHERE workspace_id = $1";
static const char select_health[] =
    "SELECT " HEALTH_COLUMNS " FROM webhook_health"
    " WHERE workspace_id = $1 AND webhook_id = $2";
static const char note_good[] =
    "INSERT INTO webhook_health (workspace_id, webhook_id, last_success_ms,"
    "                            failures)"
    " VALUES ($1, $2, $3, 0)"
    " ON CONFLICT (workspace_id, webhook_id) DO UPDATE"
    "   SET last_success_ms = $3, failing_since_ms = NULL, failures = 0";
static const char note_bad[] =
    "INSERT INTO webhook_health (workspace_id, webhook_id, failing_since_ms,"
    "                            failures, last_error_ms, last_error_status,"
    "                            last_error)"
    " VALUES ($1, $2, $3, 1, $3, $4, $5)"
    " ON CONFLICT (workspace_id, webhook_id) DO UPDATE"
    "   SET failing_since_ms = COALESCE(webhook_health.failing_since_ms, $3),"
    "       failures = webhook_health.failures + 1, last_error_ms = $3,"
    "       last_error_status = $4, last_error = $5"
    " RETURNING " HEALTH_COLUMNS;
static const char begin_anew[] =
    "UPDATE webhook_health SET failing_since_ms = NULL, failures = 0"
    " WHERE workspace_id = $1 AND webhook_id = $2";
static const char delete_health[] =
    "DELETE FROM webhook_health WHERE workspace_id = $1 AND webhook_id = $2";

static bool
read_row(struct work *w, const struct db_rows *rows, int row,
         struct webhook *webhook)
{
    struct str topics = db_get_text(rows, row, 4);
    struct json_error error;

    *webhook = (struct webhook){
        .id = db_get_id(rows, row, 0),
        .version = db_get_int(rows, row, 1),
        .url = arena_str(w->arena, db_get_text(rows, row, 2)),
        .secret = arena_str(w->arena, db_get_text(rows, row, 3)),
        .active = db_get_bool(rows, row, 5),
        .secret_before = arena_str(w->arena, db_get_text(rows, row, 6)),
        .secret_before_until_ms = db_get_int(rows, row, 7),
        .pause_after_hours = db_get_int(rows, row, 8),
        .paused_ms = db_get_int(rows, row, 9),
    };
    if (str_is_empty(topics))
        return true;
    webhook->topics = json_parse(w->arena, topics, &error);
    if (webhook->topics == NULL)
        return fail(w, ERR_INTERNAL, "The webhook's topics are broken.");
    return true;
}

bool
webhook_list(struct work *w, struct webhook **list, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_all, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct webhook, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        if (!read_row(w, &rows, i, &(*list)[i]))
            return false;
    return true;
}

bool
webhook_load(struct work *w, struct id id, struct webhook *webhook)
{
    struct db_rows rows;

    if (!work_query(w, select_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no webhook %s.",
                    id_show(id).text);
    return read_row(w, &rows, 0, webhook);
}

static struct str
topics_json(struct work *w, const struct webhook *webhook)
{
    return webhook->topics == NULL ? STR_NONE
                                   : json_tree_text(w->arena, webhook->topics);
}

bool
webhook_save(struct work *w, struct webhook *webhook)
{
    bool is_new = webhook->version == 0;
    int64_t changed = 0;

    if (!work_run(w, is_new ? insert_one : update_one,
                  DB_VALUES(db_id(w->workspace), db_id(webhook->id),
                            db_text(webhook->url), db_text(webhook->secret),
                            db_text(topics_json(w, webhook)),
                            db_bool(webhook->active),
                            db_text(webhook->secret_before),
                            db_int_or_null(webhook->secret_before_until_ms),
                            db_int(webhook->pause_after_hours),
                            db_int_or_null(webhook->paused_ms),
                            db_int(is_new ? w->now_ms : webhook->version)),
                  &changed))
        return false;
    if (changed != 1)
        return fail(w, ERR_CONFLICT, "The webhook has changed since.");
    webhook->version++;
    return true;
}

bool
webhook_remove(struct work *w, struct id id)
{
    return work_run(w, delete_health, DB_VALUES(db_id(w->workspace), db_id(id)),
                    NULL)
        && work_run(w, delete_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    NULL);
}

/* The version stays: nobody has changed what is there. */
bool
webhook_look_at_secrets(struct work *w, bool seal, struct vault_count *count)
{
    struct db_rows rows;

    if (!work_query(w, select_secrets, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    for (int i = 0; i < rows.count; i++) {
        struct str secret, before;
        vault_look(w->arena, webhook_secret_purpose, db_get_text(&rows, i, 1),
                   seal, count, &secret);
        vault_look(w->arena, webhook_secret_purpose, db_get_text(&rows, i, 2),
                   seal, count, &before);
        if ((!str_is_empty(secret) || !str_is_empty(before))
            && !work_run(w, write_secrets,
                         DB_VALUES(db_id(w->workspace),
                                   db_id(db_get_id(&rows, i, 0)),
                                   db_text(secret), db_text(before)),
                         NULL))
            return false;
    }
    return true;
}

static struct webhook_health
health_of_row(struct work *w, const struct db_rows *rows, int row)
{
    return (struct webhook_health){
        .webhook = db_get_id(rows, row, 0),
        .last_success_ms = db_get_int(rows, row, 1),
        .failing_since_ms = db_get_int(rows, row, 2),
        .failures = db_get_int(rows, row, 3),
        .last_error_ms = db_get_int(rows, row, 4),
        .last_error_status = db_get_int(rows, row, 5),
        .last_error = arena_str(w->arena, db_get_text(rows, row, 6)),
    };
}

bool
webhook_health_list(struct work *w, struct webhook_health **list, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_healths, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct webhook_health, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = health_of_row(w, &rows, i);
    return true;
}

bool
webhook_health_load(struct work *w, struct id webhook,
                    struct webhook_health *health)
{
    struct db_rows rows;

    *health = (struct webhook_health){ .webhook = webhook };
    if (!work_query(w, select_health,
                    DB_VALUES(db_id(w->workspace), db_id(webhook)), &rows))
        return false;
    if (rows.count > 0)
        *health = health_of_row(w, &rows, 0);
    return true;
}

bool
webhook_health_good(struct work *w, struct id webhook)
{
    return work_run(
        w, note_good,
        DB_VALUES(db_id(w->workspace), db_id(webhook), db_int(w->now_ms)),
        NULL);
}

bool
webhook_health_bad(struct work *w, struct webhook_health *health)
{
    struct db_rows rows;

    w->changed = true;
    if (!work_query(w, note_bad,
                    DB_VALUES(db_id(w->workspace), db_id(health->webhook),
                              db_int(w->now_ms),
                              db_int_or_null(health->last_error_status),
                              db_text(health->last_error)),
                    &rows))
        return false;
    *health = health_of_row(w, &rows, 0);
    return true;
}

bool
webhook_health_anew(struct work *w, struct id webhook)
{
    return work_run(w, begin_anew,
                    DB_VALUES(db_id(w->workspace), db_id(webhook)), NULL);
}
