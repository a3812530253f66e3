/*
 * lead_api_list: reads what a list is asked for, and shows the page. How it
 * stays quick is lead/lead_list.c.
 */
#include "src/api/lead_api.h"

#include "src/access/permission.h"
#include "src/lead/custom.h"
#include "src/lead/lead_list.h"

enum { LIMIT_USUAL = 50 };

const struct request_field lead_list_asks[] = {
    { STR_INIT("filter"),
      STR_INIT("A condition as JSON: {\"field\": \"country\", \"op\": \"is\", "
               "\"value\": \"KR\"}.") },
    { STR_INIT("q"), STR_INIT("Text: words, or parts of them; newest first.") },
    { STR_INIT("sort"),
      STR_INIT("-created_at (usual), created_at, -score, score, or a field of "
               "your own that is no list: -custom.rooms, custom.rooms. Leads "
               "without a value come last; of texts the first 100 characters "
               "count, without case. By an own field all leads that the filter "
               "leaves are read.") },
    { STR_INIT("limit"), STR_INIT("1 to 200; 50 if absent.") },
    { STR_INIT("cursor"), STR_INIT("next_cursor of the page before.") },
    { STR_INIT("owner"), STR_INIT("\"me\", or the id of a person or queue.") },
    { { 0 }, { 0 } },
};

static const struct shape_field page_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &lead_shape,
      .about = "The leads." },
    { "next_cursor", SHAPE_TEXT, SHAPE_NULLABLE,
      .about = "For the next page; null: this is the end." },
    { "total", SHAPE_INTEGER, 0, .about = "How many there are, or at least." },
    { "total_is_exact", SHAPE_BOOL, 0,
      .about = "false: there are at least `total`. Of a text: or so much is "
               "coming in that some may not be found yet." },
    { 0 },
};
const struct shape lead_page_shape = { "LeadPage", "A page of leads.", 0,
                                       page_fields };

static bool
read_filter(struct work *w, const struct request *request,
            struct lead_query *query, const struct json **json)
{
    struct str text = request_query(request, "filter");
    struct workspace_cache *cache = workspace_cache(w);
    struct json_error error;

    *json = NULL;
    if (str_is_empty(text))
        return true;
    if (cache == NULL)
        return false;
    *json = json_parse(w->arena, text, &error);
    if (*json == NULL)
        return fail_at(w, STR("/filter"), "malformed", "%s", error.message);
    query->fields = cache->schema->usable;
    query->filter = condition_read(w, query->fields, *json, STR("/filter"));
    return query->filter != NULL;
}

/* What says no order cannot be read. */
static bool
refuse_sort(struct work *w, struct str why)
{
    (void)fail_at(w, STR("/sort"), "unknown_sort", "%.*s", STR_ARG(why));
    w->error.kind = ERR_MALFORMED;
    return false;
}

static struct str
sorts_there_are(struct work *w, const struct lead_schema *schema)
{
    struct text known = text_new(w->arena);

    for (const struct lead_sort *sort = lead_sorts; sort->name; sort++)
        text_format(&known, sort == lead_sorts ? "%s" : ", %s", sort->name);
    for (int i = LEAD_FIELD_COUNT; i < schema->field_count; i++)
        if (schema->usable[i].kind != FIELD_TAGS
            && schema->usable[i].name[0] != '\0')
            text_format(&known, ", %s", schema->usable[i].name);
    return text_str(&known);
}

static bool
read_sort(struct work *w, const struct request *request,
          struct lead_query *query)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct str name = request_query(request, "sort");
    struct lead_sort *own = ARENA_NEW(w->arena, struct lead_sort);

    if (cache == NULL)
        return false;
    query->sort = str_is_empty(name) ? &lead_sorts[0] : lead_sort_find(name);
    if (query->sort == NULL && lead_sort_own(w, cache->schema, name, own))
        query->sort = own;
    if (query->sort == NULL)
        return refuse_sort(
            w, arena_format(w->arena, "Leads are sorted by one of %.*s.",
                            STR_ARG(sorts_there_are(w, cache->schema))));
    if (!str_is_empty(query->text) && query->sort != &lead_sorts[0])
        return refuse_sort(
            w, STR("What is found by text is sorted by -created_at."));
    return true;
}

/* {"field": "owner", "op": "is", "value": ...} alone, or within "all": the
 * owner's index serves it. */
static bool
owner_of_filter(const struct json *json, struct id *owner)
{
    const struct json *all = json_get(json, "all");

    if (all != NULL && all->kind == JSON_ARRAY) {
        for (size_t i = 0; i < all->array.count; i++)
            if (owner_of_filter(&all->array.items[i], owner))
                return true;
        return false;
    }
    return str_is(json_get_text(json, "field"), "owner")
        && str_is(json_get_text(json, "op"), "is")
        && id_parse(json_get_text(json, "value"), owner);
}

/* Only leads of `owner`: in a scope without him there are none. */
static void
narrow(struct work *w, struct lead_query *query, struct id owner)
{
    bool holds = !id_is_none(owner) && lead_scope_holds(&query->scope, owner);
    struct id *alone = ARENA_NEW(w->arena, struct id);

    *alone = owner;
    query->scope.all = false;
    query->scope.people = alone;
    query->scope.count = holds ? 1 : 0;
}

static bool
read_owner(struct work *w, const struct request *request,
           const struct json *filter, struct lead_query *query)
{
    struct str text = request_query(request, "owner");
    struct id owner = ID_NONE;

    query->scope = access_lead_scope(&w->actor);
    if (str_is(text, "me"))
        narrow(w, query, w->actor.kind == ACTOR_PERSON ? w->actor.id : ID_NONE);
    else if (!str_is_empty(text) && !id_parse(text, &owner))
        return fail_at(w, STR("/owner"), "wrong_type",
                       "The owner is \"me\" or an id of 13 characters.");
    else if (!str_is_empty(text))
        narrow(w, query, owner);
    if (filter != NULL && owner_of_filter(filter, &owner))
        narrow(w, query, owner);
    return true;
}

static bool
read_query(struct work *w, const struct request *request,
           struct lead_query *query)
{
    struct str cursor = request_query(request, "cursor");
    const struct json *filter;
    int64_t limit;

    *query = (struct lead_query){
        .text = str_trim(request_query(request, "q")),
        .cursor = str_is_empty(cursor) ? STR_NONE : cursor,
    };
    if (!request_query_int(w, request, "limit", LIMIT_USUAL, 1,
                           LEAD_LIST_LIMIT_MAX, &limit)
        || !read_filter(w, request, query, &filter)
        || !read_sort(w, request, query)
        || !read_owner(w, request, filter, query))
        return false;
    query->limit = (int)limit;
    return true;
}

bool
lead_api_list(struct work *w, const struct request *request,
              struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct lead_query query;
    struct lead_page page;
    struct text text;

    if (cache == NULL || !read_query(w, request, &query)
        || !lead_list(w, &query, &page))
        return false;

    struct json_out out = response_json(w, response, &text);
    json_open_object(&out);
    json_name(&out, "items");
    json_open_array(&out);
    for (int i = 0; i < page.count; i++)
        lead_json(&out, w->arena, cache, &page.leads[i]);
    json_close_array(&out);
    json_put_text(&out, "next_cursor", page.next_cursor);
    json_put_int(&out, "total", page.total);
    json_put_bool(&out, "total_is_exact", page.total_is_exact);
    json_close_object(&out);
    response_json_done(response, &text);
    return true;
}
