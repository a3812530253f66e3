/* source_store: where leads come from. */
#include "src/access/access.h"

#define SOURCE_COLUMNS "id, name, settings, created_ms, version"

static const char insert_source[] =
    "INSERT INTO source (workspace_id, id, name, settings, created_ms)"
    " VALUES ($1, $2, $3, $4, $5)";

static const char select_one[] =
    "SELECT " SOURCE_COLUMNS " FROM source WHERE workspace_id = $1 AND id = $2";

static const char select_name[] = "SELECT " SOURCE_COLUMNS " FROM source"
                                  " WHERE workspace_id = $1 AND name = $2";

static const char select_all[] =
    "SELECT " SOURCE_COLUMNS " FROM source WHERE workspace_id = $1 ORDER BY id";

static const char update_source[] =
    "UPDATE source SET name = $3, settings = $4, version = version + 1"
    " WHERE workspace_id = $1 AND id = $2 AND version = $5";

/* Settings are one column: what is set at a source, as JSON. */
static struct str
settings_of(struct arena *arena, const struct source *source)
{
    return str_is_empty(source->country)
             ? STR_NONE
             : arena_format(arena, "{\"country\":\"%.*s\"}",
                            STR_ARG(source->country));
}

/* What was stored before it was checked may be no country. */
static struct str
country_of(struct arena *arena, struct str settings)
{
    struct json_error error;
    const struct json *json =
        str_is_empty(settings) ? NULL : json_parse(arena, settings, &error);
    struct str country =
        json == NULL ? STR_NONE : json_get_text(json, "country");

    return country.bytes == 2 ? country : STR_NONE;
}

static struct source
read_source(struct arena *arena, const struct db_rows *rows, int row)
{
    return (struct source){
        .id = db_get_id(rows, row, 0),
        .name = arena_str(arena, db_get_text(rows, row, 1)),
        .country = country_of(arena, db_get_text(rows, row, 2)),
        .created_ms = db_get_int(rows, row, 3),
        .version = db_get_int(rows, row, 4),
    };
}

bool
source_create(struct work *w, struct source *source)
{
    struct source other;
    bool taken;

    if (!source_find(w, source->name, &other, &taken))
        return false;
    if (taken)
        return fail(w, ERR_CONFLICT, "There is a source \"%.*s\" already.",
                    STR_ARG(source->name));
    source->id = work_id(w);
    source->created_ms = w->now_ms;
    source->version = 1;
    return work_run(
        w, insert_source,
        DB_VALUES(db_id(w->workspace), db_id(source->id), db_text(source->name),
                  db_text(settings_of(w->arena, source)), db_int(w->now_ms)),
        NULL);
}

bool
source_save(struct work *w, struct source *source)
{
    struct source other;
    int64_t changed;
    bool taken;

    if (!source_find(w, source->name, &other, &taken))
        return false;
    if (taken && !id_equal(other.id, source->id))
        return fail(w, ERR_CONFLICT, "There is a source \"%.*s\" already.",
                    STR_ARG(source->name));
    if (!work_run(w, update_source,
                  DB_VALUES(db_id(w->workspace), db_id(source->id),
                            db_text(source->name),
                            db_text(settings_of(w->arena, source)),
                            db_int(source->version)),
                  &changed))
        return false;
    if (changed == 0)
        return fail(w, ERR_CONFLICT, "The source has been changed meanwhile.");
    source->version++;
    return true;
}

bool
source_load(struct work *w, struct id id, struct source *source)
{
    struct db_rows rows;

    if (!work_query(w, select_one, DB_VALUES(db_id(w->workspace), db_id(id)),
                    &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no source %s.",
                    id_show(id).text);
    *source = read_source(w->arena, &rows, 0);
    return true;
}

bool
source_find(struct work *w, struct str name, struct source *source, bool *found)
{
    struct db_rows rows;

    if (!work_query(w, select_name,
                    DB_VALUES(db_id(w->workspace), db_text(name)), &rows))
        return false;
    *found = rows.count > 0;
    if (*found)
        *source = read_source(w->arena, &rows, 0);
    return true;
}

bool
source_list(struct work *w, struct source **list, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_all, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct source, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = read_source(w->arena, &rows, i);
    return true;
}
