/* message_store: the template table. */
#include "src/message/message.h"

#define COLUMNS "id, version, name, channel, language, subject, body"

static const char select_all[] = "SELECT " COLUMNS " FROM template"
                                 " WHERE workspace_id = $1 ORDER BY id";
static const char select_one[] = "SELECT " COLUMNS " FROM template"
                                 " WHERE workspace_id = $1 AND id = $2";
static const char insert_one[] =
    "INSERT INTO template (workspace_id, id, version, name, channel, language,"
    "                      subject, body, created_ms, updated_ms)"
    " VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $8)";
static const char update_one[] =
    "UPDATE template SET version = version + 1, name = $3, channel = $4,"
    "       language = $5, subject = $6, body = $7, updated_ms = $8"
    " WHERE workspace_id = $1 AND id = $2 AND version = $9";
static const char delete_one[] =
    "DELETE FROM template WHERE workspace_id = $1 AND id = $2";

static struct message_template
read_row(struct work *w, const struct db_rows *rows, int row)
{
    struct str channel = db_get_text(rows, row, 3);
    struct message_template template = {
        .id = db_get_id(rows, row, 0),
        .version = db_get_int(rows, row, 1),
        .name = arena_str(w->arena, db_get_text(rows, row, 2)),
        .language = arena_str(w->arena, db_get_text(rows, row, 4)),
        .subject = arena_str(w->arena, db_get_text(rows, row, 5)),
        .body = arena_str(w->arena, db_get_text(rows, row, 6)),
    };

    for (int i = 0; message_channels[i] != NULL; i++)
        if (str_is(channel, message_channels[i]))
            template.channel = (enum message_channel)i;
    return template;
}

bool
message_template_list(struct work *w, struct message_template **list,
                      int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_all, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct message_template, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = read_row(w, &rows, i);
    return true;
}

bool
message_template_load(struct work *w, struct id id,
                      struct message_template *template)
{
    struct db_rows rows;

    if (!work_query(w, select_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no template %s.",
                    id_show(id).text);
    *template = read_row(w, &rows, 0);
    return true;
}

bool
message_template_save(struct work *w, struct message_template *template)
{
    bool is_new = template->version == 0;
    int64_t changed = 0;
    const struct db_value values[] = {
        db_id(w->workspace),
        db_id(template->id),
        db_text(template->name),
        db_cstr(message_channels[template->channel]),
        db_text(template->language),
        db_text(str_is_empty(template->subject) ? STR_NONE : template->subject),
        db_text(template->body),
        db_int(w->now_ms),
        db_int(template->version),
    };

    if (!work_run(w, is_new ? insert_one : update_one, values, is_new ? 8 : 9,
                  &changed))
        return false;
    if (changed != 1)
        return fail(w, ERR_CONFLICT, "The template has changed since.");
    template->version++;
    return true;
}

bool
message_template_remove(struct work *w, struct id id)
{
    return work_run(w, delete_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    NULL);
}
