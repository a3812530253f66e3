/* custom_store: the table lead_field. */
#include "src/lead/custom.h"

static const char select_all[] =
    "SELECT name, version, type, document, removed_ms FROM lead_field"
    " WHERE workspace_id = $1 ORDER BY created_ms, name";
static const char insert_one[] =
    "INSERT INTO lead_field (workspace_id, name, version, type, document,"
    "                        created_ms)"
    " VALUES ($1, $2, 1, $3, $4, $5)";
static const char update_one[] =
    "UPDATE lead_field SET version = version + 1, document = $3,"
    "       removed_ms = $4"
    " WHERE workspace_id = $1 AND name = $2 AND version = $5";

static bool
read_row(struct work *w, const struct db_rows *rows, int row,
         struct custom_field *field)
{
    struct json_error error;
    const struct json *document =
        json_parse(w->arena, db_get_text(rows, row, 3), &error);

    *field = (struct custom_field){
        .name = arena_str(w->arena, db_get_text(rows, row, 0)),
        .version = db_get_int(rows, row, 1),
        .type = custom_type_find(db_get_text(rows, row, 2)),
        .removed_ms = db_get_int(rows, row, 4),
    };
    field->built_in = lead_field_find(field->name);
    if (document == NULL || field->type == NULL)
        return fail(w, ERR_INTERNAL, "The field %.*s cannot be read.",
                    STR_ARG(field->name));
    custom_document_read(w->arena, document, field);
    return true;
}

bool
custom_list(struct work *w, struct custom_field **fields, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_all, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *count = rows.count;
    *fields = ARENA_ARRAY(w->arena, struct custom_field, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        if (!read_row(w, &rows, i, &(*fields)[i]))
            return false;
    return true;
}

static struct str
document_of(struct arena *arena, const struct custom_field *field)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    custom_document_write(&out, field);
    json_close_object(&out);
    return text_str(&text);
}

bool
custom_save(struct work *w, const struct custom_field *field)
{
    struct str document = document_of(w->arena, field);
    int64_t changed = 1;
    bool ok = field->version == 0
                ? work_run(w, insert_one,
                           DB_VALUES(db_id(w->workspace), db_text(field->name),
                                     db_cstr(field->type->name),
                                     db_text(document), db_int(w->now_ms)),
                           NULL)
                : work_run(w, update_one,
                           DB_VALUES(db_id(w->workspace), db_text(field->name),
                                     db_text(document),
                                     db_int_or_null(field->removed_ms),
                                     db_int(field->version)),
                           &changed);

    return ok
        && (changed == 1
            || fail(w, ERR_CONFLICT, "The field has changed since."));
}
