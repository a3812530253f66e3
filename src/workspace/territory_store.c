/* territory_store: the tables of places and of lists with a name. */
#include "src/workspace/cache.h"
#include "src/workspace/territory.h"

static const char select_territories[] =
    "SELECT id, version, slug, name, parent_id, places FROM territory"
    " WHERE workspace_id = $1 AND removed_ms IS NULL ORDER BY id";

static const char insert_territory[] =
    "INSERT INTO territory (workspace_id, id, version, slug, name, parent_id,"
    "                       places, created_ms)"
    " VALUES ($1, $2, 1, $4, $5, $6, $7, $3)";

static const char update_territory[] =
    "UPDATE territory SET version = version + 1, slug = $4, name = $5,"
    "   parent_id = $6, places = $7"
    " WHERE workspace_id = $1 AND id = $2 AND version = $3";

static const char remove_territory[] = "UPDATE territory SET removed_ms = $3"
                                       " WHERE workspace_id = $1 AND id = $2";

static const char select_lists[] =
    "SELECT id, version, slug, name, items FROM value_list"
    " WHERE workspace_id = $1 AND removed_ms IS NULL ORDER BY id";

static const char insert_list[] =
    "INSERT INTO value_list (workspace_id, id, version, slug, name, items,"
    "                        created_ms)"
    " VALUES ($1, $2, 1, $4, $5, $6, $3)";

static const char update_list[] =
    "UPDATE value_list SET version = version + 1, slug = $4, name = $5,"
    "   items = $6"
    " WHERE workspace_id = $1 AND id = $2 AND version = $3";

static const char remove_list[] = "UPDATE value_list SET removed_ms = $3"
                                  " WHERE workspace_id = $1 AND id = $2";

static bool
written(struct work *w, const char *sql, const struct db_value *values,
        int count, int64_t *version)
{
    int64_t changed = 0;

    if (!work_run(w, sql, values, count, &changed))
        return false;
    if (changed != 1)
        return fail(w, ERR_CONFLICT, "It has changed since it was read.");
    ++*version;
    return true;
}

bool
territory_save(struct work *w, struct territory *territory)
{
    bool is_new = territory->version == 0;

    return written(w, is_new ? insert_territory : update_territory,
                   DB_VALUES(db_id(w->workspace), db_id(territory->id),
                             db_int(is_new ? w->now_ms : territory->version),
                             db_text(territory->slug), db_text(territory->name),
                             db_id(territory->parent),
                             db_text(territory->places_json)),
                   &territory->version);
}

bool
territory_remove(struct work *w, const struct territory *territory)
{
    return work_run(
        w, remove_territory,
        DB_VALUES(db_id(w->workspace), db_id(territory->id), db_int(w->now_ms)),
        NULL);
}

static bool
read_territory(struct work *w, const struct db_rows *rows, int row,
               struct territory *territory)
{
    struct json_error error;

    *territory = (struct territory){
        .id = db_get_id(rows, row, 0),
        .version = db_get_int(rows, row, 1),
        .slug = arena_str(w->arena, db_get_text(rows, row, 2)),
        .name = arena_str(w->arena, db_get_text(rows, row, 3)),
        .parent = db_get_id(rows, row, 4),
        .places_json = arena_str(w->arena, db_get_text(rows, row, 5)),
    };
    territory->places = json_parse(w->arena, territory->places_json, &error);
    return territory->places != NULL
        || fail(w, ERR_INTERNAL, "The places of territory %.*s are broken.",
                STR_ARG(territory->slug));
}

bool
territory_load(struct work *w, struct workspace_cache *cache)
{
    struct db_rows rows;

    if (!work_query(w, select_territories, DB_VALUES(db_id(w->workspace)),
                    &rows))
        return false;

    struct territory *list =
        ARENA_ARRAY(w->arena, struct territory, (size_t)rows.count);
    cache->territories = list;
    cache->territory_count = rows.count;
    for (int i = 0; i < rows.count; i++)
        if (!read_territory(w, &rows, i, &list[i]))
            return false;
    return true;
}

bool
value_list_save(struct work *w, struct value_list *list)
{
    bool is_new = list->version == 0;

    return written(w, is_new ? insert_list : update_list,
                   DB_VALUES(db_id(w->workspace), db_id(list->id),
                             db_int(is_new ? w->now_ms : list->version),
                             db_text(list->slug), db_text(list->name),
                             db_text(list->items_json)),
                   &list->version);
}

bool
value_list_remove(struct work *w, const struct value_list *list)
{
    return work_run(
        w, remove_list,
        DB_VALUES(db_id(w->workspace), db_id(list->id), db_int(w->now_ms)),
        NULL);
}

bool
value_list_load(struct work *w, struct workspace_cache *cache)
{
    struct json_error error;
    struct db_rows rows;

    if (!work_query(w, select_lists, DB_VALUES(db_id(w->workspace)), &rows))
        return false;

    struct value_list *lists =
        ARENA_ARRAY(w->arena, struct value_list, (size_t)rows.count);
    cache->lists = lists;
    cache->list_count = rows.count;
    for (int i = 0; i < rows.count; i++) {
        struct value_list *list = &lists[i];
        *list = (struct value_list){
            .id = db_get_id(&rows, i, 0),
            .version = db_get_int(&rows, i, 1),
            .slug = arena_str(w->arena, db_get_text(&rows, i, 2)),
            .name = arena_str(w->arena, db_get_text(&rows, i, 3)),
            .items_json = arena_str(w->arena, db_get_text(&rows, i, 4)),
        };
        list->items = json_parse(w->arena, list->items_json, &error);
        if (list->items == NULL)
            return fail(w, ERR_INTERNAL, "List %.*s is broken.",
                        STR_ARG(list->slug));
    }
    return true;
}
