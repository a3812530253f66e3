/* export_read: see export_read.h. */
#include "src/export/export_read.h"

#include "src/access/access.h"
#include "src/export/export_columns.h"

enum { LEADS_AT_A_TIME = LEAD_LIST_LIMIT_MAX };

/* --------------------------------------------------------------- question */

/* By time alone: a score changes while the file is being written, and a lead
 * would be in it twice, or not at all. */
static bool
read_order(struct work *w, const struct json *question,
           struct lead_query *query)
{
    struct str name = json_get_text(question, "sort");

    query->sort = str_is_empty(name) ? &lead_sorts[0] : lead_sort_find(name);
    if (query->sort == NULL
        || str_find(str_of(query->sort->name), STR("created_at")) < 0)
        return fail_at(w, STR("/sort"), "unknown_sort",
                       "A file is in the order of time: -created_at, which is "
                       "usual, or created_at.");
    if (!str_is_empty(query->text) && query->sort != &lead_sorts[0])
        return fail_at(w, STR("/sort"), "unknown_sort",
                       "What is found by text is sorted by -created_at.");
    return true;
}

bool
export_question_read(struct work *w, const struct json *question,
                     struct lead_query *query)
{
    const struct workspace_cache *cache = workspace_cache(w);
    const struct json *filter = json_get(question, "filter");

    if (cache == NULL)
        return false;
    *query = (struct lead_query){
        .text = str_trim(json_get_text(question, "q")),
        .fields = cache->schema->usable,
        .limit = LEADS_AT_A_TIME,
    };
    if (!read_order(w, question, query))
        return false;
    if (filter == NULL || filter->kind == JSON_NULL)
        return true;
    query->filter = condition_read(w, query->fields, filter, STR("/filter"));
    return query->filter != NULL;
}

/* ------------------------------------------------------------------ scope */

struct str
export_scope(struct arena *arena, const struct actor *actor)
{
    enum { SCOPE = 7301 };
    const struct lead_scope scope = access_lead_scope(actor);
    const struct str people = {
        (const char *)scope.people,
        (size_t)scope.count * sizeof *scope.people,
    };

    if (scope.all)
        return STR("all");
    if (scope.count == 0)
        return STR("none");
    return arena_format(arena, "%016lx", (long)hash_key(SCOPE, people));
}

bool
export_scope_fits(struct work *w, const struct actor *actor,
                  const struct export_record *record)
{
    struct str now = export_scope(w->arena, actor);

    return str_is(now, "all") || str_equal(now, record->scope)
        || fail(w, ERR_CONFLICT,
                "What you may see has changed since this file was made: make "
                "another export.");
}

/* ------------------------------------------------------------------- leads */

static bool
find_actor(struct work *w, const struct export_record *record,
           struct actor *actor)
{
    bool good;

    if (!access_actor(w, record->actor_kind, record->operation.actor, actor,
                      &good))
        return false;
    return (good && access_may(actor, CAN_EXPORT))
        || fail(w, ERR_FORBIDDEN,
                "Who asked for it may not export leads any more.");
}

/* What came after it was asked for is not in it: so it ends. */
static void
write_page(struct work *w, const struct export_record *record,
           const struct lead_page *found, struct export_page *page)
{
    struct text text = text_new(w->arena);
    struct export_columns columns;

    export_columns_read(w->arena, record->columns, &columns);
    if (record->pieces == 0)
        export_head(&text, &columns);
    for (int i = 0; i < found->count; i++) {
        if (found->leads[i].created_ms > record->operation.created_ms)
            continue;
        export_row(&text, &columns, workspace_cache(w), &found->leads[i]);
        page->leads++;
    }
    page->text = text_str(&text);
}

bool
export_read(struct work *w, const struct export_record *record,
            struct export_page *page)
{
    struct lead_query query;
    struct lead_page found;
    struct json_error error;
    struct actor actor;

    *page = (struct export_page){ 0 };
    if (!find_actor(w, record, &actor)
        || !export_question_read(
            w, json_parse(w->arena, record->question, &error), &query))
        return false;
    query.scope = access_lead_scope(&actor);
    query.cursor = record->cursor;
    if (!lead_list_next(w, &query, &found))
        return false;
    page->scope = export_scope(w->arena, &actor);
    page->cursor = found.next_cursor;
    write_page(w, record, &found, page);
    return true;
}
