/*
 * territory: see territory.h. A territory is a condition like those that
 * people write, so it means the same in memory and in both databases.
 */
#include "src/workspace/territory.h"

#include "src/workspace/cache.h"

/* Groups stay small: databases refuse very long ones. */
enum { TOGETHER = 100 };

const struct territory *
territory_of(const struct workspace_cache *cache, struct id id)
{
    for (int i = 0; i < cache->territory_count; i++)
        if (id_equal(cache->territories[i].id, id))
            return &cache->territories[i];
    return NULL;
}

const struct territory *
territory_find(const struct workspace_cache *cache, struct str name)
{
    struct id id;

    for (int i = 0; i < cache->territory_count; i++)
        if (str_equal_ascii_case(cache->territories[i].slug, name))
            return &cache->territories[i];
    return id_parse(name, &id) ? territory_of(cache, id) : NULL;
}

const struct value_list *
value_list_find(const struct workspace_cache *cache, struct str name)
{
    struct id id;
    bool by_id = id_parse(name, &id);

    for (int i = 0; i < cache->list_count; i++)
        if (str_equal_ascii_case(cache->lists[i].slug, name)
            || (by_id && id_equal(cache->lists[i].id, id)))
            return &cache->lists[i];
    return NULL;
}

bool
territory_is_below(const struct workspace_cache *cache,
                   const struct territory *territory, struct id above)
{
    int steps = 0; /* never more than there are: a circle ends */

    while (territory != NULL && steps++ <= cache->territory_count) {
        if (id_equal(territory->id, above))
            return true;
        territory = territory_of(cache, territory->parent);
    }
    return false;
}

/* ------------------------------------------------------------- condition */

/* Conditions of which one must hold, as JSON. */
struct choices {
    struct arena *arena;
    struct str *items;
    int count;
    int room;
};

static void
add(struct choices *choices, struct str item)
{
    if (choices->count == choices->room) {
        int room = choices->room == 0 ? 16 : choices->room * 2;
        struct str *items =
            ARENA_ARRAY(choices->arena, struct str, (size_t)room);
        for (int i = 0; i < choices->count; i++)
            items[i] = choices->items[i];
        choices->items = items;
        choices->room = room;
    }
    choices->items[choices->count++] = item;
}

static struct str
any_of(const struct choices *choices, int from, int to)
{
    struct text text = text_new(choices->arena);

    text_add_cstr(&text, "{\"any\":[");
    for (int i = from; i < to; i++) {
        if (i > from)
            text_add_char(&text, ',');
        text_add(&text, choices->items[i]);
    }
    text_add_cstr(&text, "]}");
    return text_str(&text);
}

static struct str
any(const struct choices *choices)
{
    struct choices groups = { .arena = choices->arena };

    if (choices->count <= TOGETHER)
        return any_of(choices, 0, choices->count);
    for (int i = 0; i < choices->count; i += TOGETHER)
        add(&groups, any_of(choices, i,
                            i + TOGETHER < choices->count ? i + TOGETHER
                                                          : choices->count));
    return any(&groups);
}

static void
put_term(struct json_out *out, const char *field, const char *op,
         struct str value)
{
    if (str_is_empty(value))
        return;
    json_open_object(out);
    json_put_cstr(out, "field", field);
    json_put_cstr(out, "op", op);
    json_put_text(out, "value", value);
    json_close_object(out);
}

/* What a place says, all of it. A region's code holds its country. */
static struct str
place_condition(struct arena *arena, const struct json *place)
{
    struct str country = json_get_text(place, "country");
    struct str region = json_get_text(place, "region");
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_name(&out, "all");
    json_open_array(&out);
    if (str_is_empty(region) || !str_starts(region, country))
        put_term(&out, "country", "is", country);
    put_term(&out, "region", "is", region);
    put_term(&out, "city", "is", json_get_text(place, "city"));
    put_term(&out, "postal_code", "starts_with",
             json_get_text(place, "postal_prefix"));
    json_close_array(&out);
    json_close_object(&out);
    return text_str(&text);
}

const struct json *
territory_condition(struct arena *arena, const struct workspace_cache *cache,
                    const struct territory *territory)
{
    struct choices choices = { .arena = arena };
    struct json_error error;

    for (int i = 0; i < cache->territory_count; i++) {
        const struct territory *nested = &cache->territories[i];
        if (!territory_is_below(cache, nested, territory->id))
            continue;
        for (size_t j = 0; j < nested->places->array.count; j++)
            add(&choices,
                place_condition(arena, &nested->places->array.items[j]));
    }
    return json_parse(arena, any(&choices), &error);
}
