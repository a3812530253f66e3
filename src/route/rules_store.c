/* rules_store: drafts and published versions of the rule set. */
#include "src/route/route_store.h"
#include "src/workspace/cache.h"

static const char select_published[] =
    "SELECT number, document, note, published_ms, published_by"
    "  FROM routing_version WHERE workspace_id = $1"
    " ORDER BY number DESC LIMIT 1";
static const char select_version[] =
    "SELECT number, document, note, published_ms, published_by"
    "  FROM routing_version WHERE workspace_id = $1 AND number = $2";
static const char select_span[] =
    "SELECT number, published_ms FROM routing_version"
    " WHERE workspace_id = $1 AND number BETWEEN $2 AND $2 + 1"
    " ORDER BY number";
static const char select_versions[] =
    "SELECT number, NULL, note, published_ms, published_by"
    "  FROM routing_version WHERE workspace_id = $1"
    " ORDER BY number DESC LIMIT 200";
static const char insert_version[] =
    "INSERT INTO routing_version (workspace_id, number, document, note,"
    "                             published_ms, published_by)"
    " VALUES ($1, $2, $3, $4, $5, $6)";
static const char select_draft[] =
    "SELECT version, document, NULL, updated_ms, updated_by"
    "  FROM routing_draft WHERE workspace_id = $1";
static const char insert_draft[] =
    "INSERT INTO routing_draft (workspace_id, version, document, updated_ms,"
    "                           updated_by)"
    " VALUES ($1, 1, $2, $3, $4)";
static const char update_draft[] =
    "UPDATE routing_draft SET version = version + 1, document = $2,"
    "       updated_ms = $3, updated_by = $4"
    " WHERE workspace_id = $1 AND version = $5";

static struct routing_document
read_row(const struct db_rows *rows, int row)
{
    return (struct routing_document){
        .version = db_get_int(rows, row, 0),
        .text = db_get_text(rows, row, 1),
        .note = db_get_text(rows, row, 2),
        .at_ms = db_get_int(rows, row, 3),
        .by = db_get_id(rows, row, 4),
    };
}

static bool
parse(struct work *w, struct routing_document *document)
{
    struct json_error error;

    document->json = json_parse(w->arena, document->text, &error);
    if (document->json == NULL)
        return fail(w, ERR_INTERNAL, "The stored rule set is broken.");
    return true;
}

bool
routing_published(struct work *w, struct routing_document *document)
{
    struct db_rows rows;

    if (!work_query(w, select_published, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *document =
        rows.count == 0
            ? (struct routing_document){ .text = str_of(route_rules_default) }
            : read_row(&rows, 0);
    return parse(w, document);
}

bool
routing_version_load(struct work *w, int64_t number,
                     struct routing_document *document)
{
    struct db_rows rows;

    if (!work_query(w, select_version,
                    DB_VALUES(db_id(w->workspace), db_int(number)), &rows))
        return false;
    if (rows.count == 0 && number != 0)
        return fail(w, ERR_NOT_FOUND, "There is no version %ld.", (long)number);
    *document =
        rows.count == 0
            ? (struct routing_document){ .text = str_of(route_rules_default) }
            : read_row(&rows, 0);
    return parse(w, document);
}

bool
routing_version_span(struct work *w, int64_t number, int64_t *from_ms,
                     int64_t *until_ms)
{
    struct db_rows rows;
    bool found = number == 0;

    if (!work_query(w, select_span,
                    DB_VALUES(db_id(w->workspace), db_int(number)), &rows))
        return false;
    *from_ms = 0;
    *until_ms = INT64_MAX;
    for (int i = 0; i < rows.count; i++) {
        bool itself = db_get_int(&rows, i, 0) == number;
        found |= itself;
        *(itself ? from_ms : until_ms) = db_get_int(&rows, i, 1);
    }
    return found
        || fail(w, ERR_NOT_FOUND, "There is no version %ld.", (long)number);
}

bool
routing_version_add(struct work *w, const struct routing_document *document)
{
    return work_run(w, insert_version,
                    DB_VALUES(db_id(w->workspace), db_int(document->version),
                              db_text(document->text), db_text(document->note),
                              db_int(w->now_ms), db_id(w->actor.id)),
                    NULL);
}

bool
routing_publish(struct work *w, struct str text, struct str note,
                int64_t *number)
{
    struct routing_document document;

    if (!routing_published(w, &document))
        return false;
    document.text = text;
    document.note = note;
    *number = ++document.version;
    return routing_version_add(w, &document) && workspace_config_changed(w);
}

bool
routing_version_list(struct work *w, struct routing_document **list, int *count)
{
    struct db_rows rows;

    if (!work_query(w, select_versions, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    *count = rows.count;
    *list = ARENA_ARRAY(w->arena, struct routing_document, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++)
        (*list)[i] = read_row(&rows, i);
    return true;
}

bool
routing_draft_load(struct work *w, struct routing_document *document)
{
    struct db_rows rows;

    if (!work_query(w, select_draft, DB_VALUES(db_id(w->workspace)), &rows))
        return false;
    if (rows.count == 0) {
        if (!routing_published(w, document))
            return false;
        document->version = 0;
        return true;
    }
    *document = read_row(&rows, 0);
    return parse(w, document);
}

bool
routing_draft_save(struct work *w, struct routing_document *document)
{
    int64_t changed = 0;

    if (document->version == 0) {
        document->version = 1;
        return work_run(w, insert_draft,
                        DB_VALUES(db_id(w->workspace), db_text(document->text),
                                  db_int(w->now_ms), db_id(w->actor.id)),
                        NULL);
    }
    if (!work_run(w, update_draft,
                  DB_VALUES(db_id(w->workspace), db_text(document->text),
                            db_int(w->now_ms), db_id(w->actor.id),
                            db_int(document->version)),
                  &changed))
        return false;
    if (changed != 1)
        return fail(w, ERR_CONFLICT, "The draft has changed since.");
    document->version++;
    return true;
}
