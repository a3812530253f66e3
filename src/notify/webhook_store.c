/* webhook_store: the webhook table. */
#include "src/notify/notify.h"

#define COLUMNS "id, version, url, secret, topics, active"

static const char select_all[] = "SELECT " COLUMNS " FROM webhook"
                                 " WHERE workspace_id = $1 ORDER BY id";
static const char select_one[] = "SELECT " COLUMNS " FROM webhook"
                                 " WHERE workspace_id = $1 AND id = $2";
static const char insert_one[] =
    "INSERT INTO webhook (workspace_id, id, version, url, secret, topics,"
    "                     active, created_ms)"
    " VALUES ($1, $2, 1, $3, $4, $5, $6, $7)";
static const char update_one[] =
    "UPDATE webhook SET version = version + 1, url = $3, secret = $4,"
    "       topics = $5, active = $6"
    " WHERE workspace_id = $1 AND id = $2 AND version = $7";
static const char delete_one[] =
    "DELETE FROM webhook WHERE workspace_id = $1 AND id = $2";

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
    return work_run(w, delete_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    NULL);
}
