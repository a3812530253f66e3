/* message_store: templates, which of them goes out by itself, and what did. */
#include "src/message/message.h"

#include "lib/base/hash.h"

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

/* ---------------------------------------------------------- first answer */

static const char select_answers[] =
    "SELECT scope_id, template_id, counts FROM first_answer"
    " WHERE workspace_id = $1 ORDER BY scope_id";
static const char insert_answer[] =
    "INSERT INTO first_answer (workspace_id, scope_id, template_id, counts)"
    " VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (workspace_id, scope_id) DO UPDATE"
    "   SET template_id = $3, counts = $4";
static const char select_recent[] =
    "SELECT id FROM message WHERE workspace_id = $1 AND address_hash = $2"
    "   AND created_ms > $3 ORDER BY created_ms LIMIT 1";
static const char insert_message[] =
    "INSERT INTO message (workspace_id, id, lead_id, template_id,"
    "                     address_hash, created_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";

bool
first_answer_load(struct work *w, struct workspace_cache *cache)
{
    struct first_answers *all = ARENA_NEW(w->arena, struct first_answers);
    struct first_answer *items;
    struct db_rows rows;

    if (!work_query(w, select_answers, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    items = ARENA_ARRAY(w->arena, struct first_answer, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        items[i] = (struct first_answer){ db_get_id(&rows, i, 0),
                                          db_get_id(&rows, i, 1),
                                          db_get_bool(&rows, i, 2) };
    *all = (struct first_answers){ items, rows.count };
    cache->first_answers = all;
    return true;
}

bool
first_answer_save(struct work *w, const struct first_answer *answer)
{
    return work_run(w, insert_answer,
                    DB_VALUES(db_id(w->workspace), db_id(answer->scope),
                              db_id(answer->template), db_bool(answer->counts)),
                    NULL);
}

bool
message_note(struct work *w, struct id job, const struct lead *lead,
             struct id template, int64_t within_ms, bool *first)
{
    enum { KIND_ADDRESS = 1 };
    int64_t address = hash_key(KIND_ADDRESS, lead->email_key);
    struct db_rows rows;

    if (!work_query(w, select_recent,
                    DB_VALUES(db_id(w->workspace), db_int(address),
                              db_int(w->now_ms - within_ms)),
                    &rows))
        return false;
    if (rows.count > 0) { /* a second attempt finds its own */
        *first = id_equal(db_get_id(&rows, 0, 0), job);
        return true;
    }
    *first = true;
    return work_run(w, insert_message,
                    DB_VALUES(db_id(w->workspace), db_id(job), db_id(lead->id),
                              db_id(template), db_int(address),
                              db_int(w->now_ms)),
                    NULL);
}

static const char erase_of_lead[] =
    "DELETE FROM message WHERE workspace_id = $1 AND lead_id = $2";

bool
message_erase(struct work *w, struct id lead)
{
    return work_run(w, erase_of_lead,
                    DB_VALUES(db_id(w->workspace), db_id(lead)), NULL);
}
