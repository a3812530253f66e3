/* form_store: the form table. */
#include "src/capture/form_document.h"

#define COLUMNS "id, version, name, source_id, document, created_ms"

static const char select_all[] = "SELECT " COLUMNS " FROM form"
                                 " WHERE workspace_id = $1 ORDER BY id";
static const char select_one[] = "SELECT " COLUMNS " FROM form"
                                 " WHERE workspace_id = $1 AND id = $2";
static const char insert_one[] =
    "INSERT INTO form (workspace_id, id, version, name, source_id, document,"
    "                  created_ms)"
    " VALUES ($1, $2, 1, $3, $4, $5, $6)";
static const char update_one[] =
    "UPDATE form SET version = version + 1, name = $3, source_id = $4,"
    "       document = $5"
    " WHERE workspace_id = $1 AND id = $2 AND version = $6";

static bool
read_row(struct work *w, const struct db_rows *rows, int row,
         struct form_document *form)
{
    struct json_error error;
    const struct json *document =
        json_parse(w->arena, db_get_text(rows, row, 4), &error);

    form_document_init(w->arena, form);
    form->id = db_get_id(rows, row, 0);
    form->version = db_get_int(rows, row, 1);
    form->name = arena_str(w->arena, db_get_text(rows, row, 2));
    form->source = db_get_id(rows, row, 3);
    form->created_ms = db_get_int(rows, row, 5);
    if (document == NULL || !form_document_read(w, document, form))
        return fail(w, ERR_INTERNAL, "The document of form %s is broken.",
                    id_show(form->id).text);
    return true;
}

bool
form_list(struct work *w, struct form_document **list, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_all, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct form_document, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        if (!read_row(w, &rows, i, &(*list)[i]))
            return false;
    return true;
}

bool
form_load(struct work *w, struct id id, struct form_document *form)
{
    struct db_rows rows;

    if (!work_query(w, select_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no form %s.", id_show(id).text);
    return read_row(w, &rows, 0, form);
}

static struct str
document_text(struct work *w, const struct form_document *form)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    form_document_write(&out, form);
    json_put_text(&out, "stamp_key", form->stamp_key);
    json_close_object(&out);
    return text_str(&text);
}

static bool
insert(struct work *w, struct form_document *form)
{
    form->id = work_id(w);
    form->version = 1;
    form->created_ms = w->now_ms;
    return work_run(w, insert_one,
                    DB_VALUES(db_id(w->workspace), db_id(form->id),
                              db_text(form->name), db_id(form->source),
                              db_text(document_text(w, form)),
                              db_int(form->created_ms)),
                    NULL);
}

bool
form_save(struct work *w, struct form_document *form)
{
    int64_t changed;

    if (form->version == 0)
        return insert(w, form);
    if (!work_run(w, update_one,
                  DB_VALUES(db_id(w->workspace), db_id(form->id),
                            db_text(form->name), db_id(form->source),
                            db_text(document_text(w, form)),
                            db_int(form->version)),
                  &changed))
        return false;
    if (changed == 0)
        return fail(w, ERR_CONFLICT, "The form has been changed meanwhile.");
    form->version++;
    return true;
}
