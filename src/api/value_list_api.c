/* value_list_api: lists of values with names, for in_list. */
#include "src/access/permission.h"
#include "src/api/field_use.h"
#include "src/api/name_input.h"
#include "src/api/territory_api.h"
#include "src/lead/lead.h"
#include "src/workspace/cache.h"
#include "src/workspace/territory.h"

enum { NAME_BYTES_MAX = 200 };

static const struct shape_field input_fields[] = {
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, NAME_BYTES_MAX,
      .about = "Its short name is made of it, and stays." },
    { "items", SHAPE_TEXT, SHAPE_REQUIRED | SHAPE_LIST, VALUE_LIST_ITEMS_MAX,
      .about = "The values." },
    { 0 },
};
static const struct shape input_shape = { "ValueListInput", "Values.", 0,
                                          input_fields };
static const struct shape_field change_fields[] = {
    { "name", SHAPE_TEXT, 0, NAME_BYTES_MAX, .about = "As shown." },
    { "items", SHAPE_TEXT, SHAPE_LIST, VALUE_LIST_ITEMS_MAX,
      .about = "In place of the old." },
    { "version", SHAPE_INTEGER, 0, .about = "As If-Match." },
    { 0 },
};
static const struct shape change_shape = { "ValueListChange",
                                           "What is to be another.", 0,
                                           change_fields };
static const struct shape_field list_fields[] = {
    { "id", SHAPE_ID, SHAPE_REQUIRED, .about = "The list." },
    { "version", SHAPE_INTEGER, SHAPE_REQUIRED, .about = "For If-Match." },
    { "slug", SHAPE_TEXT, SHAPE_REQUIRED, .about = "For conditions." },
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, .about = "As shown." },
    { "items", SHAPE_TEXT, SHAPE_LIST, .about = "The values." },
    { 0 },
};
static const struct shape list_shape = { "ValueList", "Values with a name.", 0,
                                         list_fields };
static const struct shape_field all_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &list_shape,
      .about = "All, oldest first." },
    { 0 },
};
static const struct shape all_shape = { "ValueLists", "All lists.", 0,
                                        all_fields };

static void
put_list(struct json_out *out, const struct value_list *list)
{
    json_open_object(out);
    json_put_id(out, "id", list->id);
    json_put_int(out, "version", list->version);
    json_put_text(out, "slug", list->slug);
    json_put_text(out, "name", list->name);
    json_put_tree(out, "items", list->items);
    json_close_object(out);
}

static bool
show_all(struct work *w, const struct request *request,
         struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    (void)request;
    if (cache == NULL)
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < cache->list_count; i++)
        put_list(&out, &cache->lists[i]);
    response_list_done(response, &out);
    return true;
}

static bool
find(struct work *w, const struct request *request,
     struct workspace_cache **cache, const struct value_list **list)
{
    struct str id = request_parameter(request, "id");

    *cache = workspace_cache(w);
    if (*cache == NULL)
        return false;
    *list = value_list_find(*cache, id);
    return *list != NULL
        || fail(w, ERR_NOT_FOUND, "There is no list \"%.*s\".", STR_ARG(id));
}

static bool
answer(struct work *w, struct response *response, struct str slug)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    if (cache == NULL)
        return false;
    struct json_out out = response_json(w, response, &text);
    put_list(&out, value_list_find(cache, slug));
    response_json_done(response, &text);
    return true;
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    const struct value_list *list;
    struct workspace_cache *cache;

    return find(w, request, &cache, &list) && answer(w, response, list->slug);
}

/* Conditions compare with it: what they refuse is refused here. */
static bool
is_plain(struct work *w, struct str value)
{
    for (size_t i = 0; i < value.bytes; i++)
        if ((unsigned char)value.data[i] < ' ')
            return false;
    return !str_is_empty(fold_text(w->arena, value));
}

static bool
read_items(struct work *w, const struct json *json, struct value_list *list)
{
    const struct json *items = json_get(json, "items");
    bool ok = true;

    if (items == NULL)
        return true;
    for (size_t i = 0; i < items->array.count; i++)
        if (!is_plain(w, items->array.items[i].text))
            ok =
                fail_at(w, arena_format(w->arena, "/items/%zu", i), "not_plain",
                        "A value is a text without control characters.");
    if (items->array.count == 0)
        ok = fail_at(w, STR("/items"), "empty", "A list holds a value.");
    list->items_json = json_tree_text(w->arena, items);
    return ok;
}

static bool
read_name(struct work *w, const struct workspace_cache *cache,
          const struct json *json, struct value_list *list)
{
    struct name_input in;

    if (!name_input_read(w, json, &in))
        return false;
    if (in.name.data == NULL)
        return true;
    list->name = in.name;
    if (list->version > 0)
        return true;
    list->slug = in.slug;
    return name_input_is_free(w, in.slug,
                              value_list_find(cache, in.slug) != NULL, "list");
}

static bool
store(struct work *w, const struct workspace_cache *cache,
      const struct json *json, struct value_list *list)
{
    bool ok = read_name(w, cache, json, list);

    ok &= read_items(w, json, list);
    return ok && value_list_save(w, list) && name_input_changed(w);
}

static bool
add(struct work *w, const struct request *request, struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct value_list list = { .id = work_id(w) };

    if (cache == NULL)
        return false;
    if (cache->list_count == VALUE_LISTS_MAX)
        return fail_at(w, STR(""), "too_many", "There are at most %d.",
                       VALUE_LISTS_MAX);
    if (!store(w, cache, request->json, &list)
        || !answer(w, response, list.slug))
        return false;
    response->status = 201;
    return true;
}

static bool
unchanged(struct work *w, const struct request *request,
          const struct value_list *list)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);
    int64_t version = json_get_int(request->json, "version", list->version);

    put_list(&out, list);
    return request_if_match(w, request, list->version, text_str(&text))
        && (version == list->version
            || fail(w, ERR_CONFLICT,
                    "The change was made for version %ld, and the list is at "
                    "version %ld.",
                    (long)version, (long)list->version));
}

static bool
change(struct work *w, const struct request *request, struct response *response)
{
    const struct value_list *known;
    struct workspace_cache *cache;

    if (!find(w, request, &cache, &known) || !unchanged(w, request, known))
        return false;
    struct value_list list = *known;
    list.slug = arena_str(w->arena, known->slug); /* the cache is read anew */
    return store(w, cache, request->json, &list)
        && answer(w, response, list.slug);
}

static bool
is_unused(struct work *w, const struct value_list *list)
{
    struct str places;

    return name_use_find(w, NAME_OF_LIST, list->slug, &places)
        && (str_is_empty(places)
            || fail(w, ERR_CONFLICT,
                    "The list %.*s is used by %.*s: change that first.",
                    STR_ARG(list->slug), STR_ARG(places)));
}

static bool
take_away(struct work *w, const struct request *request,
          struct response *response)
{
    const struct value_list *list;
    struct workspace_cache *cache;

    (void)response;
    return find(w, request, &cache, &list) && unchanged(w, request, list)
        && is_unused(w, list) && value_list_remove(w, list)
        && name_input_changed(w);
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/lists", show_all, CAN_VIEW_TEAM, "All lists of values.",
      .gives = &all_shape },
    { POST, "/api/v1/lists", add, CAN_EDIT_ROUTING,
      "Give a name to values. Conditions ask for them with in_list.",
      .takes = &input_shape, .gives = &list_shape },
    { GET, "/api/v1/lists/{id}", show, CAN_VIEW_TEAM,
      "One list, by id or short name.", .gives = &list_shape },
    { PATCH, "/api/v1/lists/{id}", change, CAN_EDIT_ROUTING,
      "Change a list; rules that name it decide by it at once.",
      .takes = &change_shape, .gives = &list_shape },
    { DELETE, "/api/v1/lists/{id}", take_away, CAN_EDIT_ROUTING,
      "Take a list away that no rule names." },
    { 0 },
};

const struct module value_list_module = { "list", endpoints, NULL };
