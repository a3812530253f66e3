/* territory_api: see territory_api.h. Lists are in value_list_api.c. */
#include "src/api/territory_api.h"

#include "src/access/permission.h"
#include "src/api/field_use.h"
#include "src/api/name_input.h"
#include "src/api/place_given.h"
#include "src/lead/lead.h"
#include "src/standardise/standard_place.h"
#include "src/workspace/cache.h"
#include "src/workspace/territory.h"

enum { NAME_BYTES_MAX = 200, PART_BYTES_MAX = 200 };

/* ---- shapes ---- */

#define PART(field, says)                                                \
    {                                                                    \
        field, SHAPE_TEXT, SHAPE_NULLABLE, PART_BYTES_MAX, .about = says \
    }

static const struct shape_field place_fields[] = {
    PART("country", "Code or name, in English or Korean."),
    PART("region", "Code or name, in English or Korean."),
    PART("city", "By any name; others as leads write it."),
    PART("postal_prefix", "How postal codes begin there."),
    { 0 },
};
static const struct shape place_shape = { "Place", "All that is said holds.", 0,
                                          place_fields };

static const struct shape_field input_fields[] = {
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, NAME_BYTES_MAX,
      .about = "Its short name is made of it, and stays." },
    { "parent", SHAPE_TEXT, SHAPE_NULLABLE, NAME_BYTES_MAX,
      .about = "The territory it lies in: id or short name." },
    { "places", SHAPE_OBJECT, SHAPE_LIST, TERRITORY_PLACES_MAX,
      .of = &place_shape, .about = "One of them is enough." },
    { 0 },
};
static const struct shape input_shape = { "TerritoryInput", "A place.", 0,
                                          input_fields };
static const struct shape_field change_fields[] = {
    { "name", SHAPE_TEXT, 0, NAME_BYTES_MAX, .about = "As shown." },
    { "parent", SHAPE_TEXT, SHAPE_NULLABLE, NAME_BYTES_MAX,
      .about = "The territory it lies in: id or short name." },
    { "places", SHAPE_OBJECT, SHAPE_LIST, TERRITORY_PLACES_MAX,
      .of = &place_shape, .about = "In place of the old." },
    { "version", SHAPE_INTEGER, 0, .about = "As If-Match." },
    { 0 },
};
static const struct shape change_shape = { "TerritoryChange",
                                           "What is to be another.", 0,
                                           change_fields };

static const struct shape_field named_fields[] = {
    { "id", SHAPE_ID, SHAPE_REQUIRED, .about = "Of the territory." },
    { "slug", SHAPE_TEXT, SHAPE_REQUIRED, .about = "Its short name." },
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, .about = "As shown." },
    { 0 },
};
static const struct shape named_shape = { "TerritoryParent", "Where it lies.",
                                          0, named_fields };
static const struct shape_field territory_fields[] = {
    { "id", SHAPE_ID, SHAPE_REQUIRED, .about = "The territory." },
    { "version", SHAPE_INTEGER, SHAPE_REQUIRED, .about = "For If-Match." },
    { "slug", SHAPE_TEXT, SHAPE_REQUIRED, .about = "For conditions." },
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, .about = "As shown." },
    { "parent", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &named_shape,
      .about = "The territory it lies in." },
    { "places", SHAPE_OBJECT, SHAPE_LIST, .of = &place_shape,
      .about = "Its own; those of nested ones are not repeated." },
    { 0 },
};
static const struct shape territory_shape = {
    "Territory", "A place or list of places with a name.", 0, territory_fields
};
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &territory_shape,
      .about = "All, oldest first." },
    { 0 },
};
static const struct shape list_shape = { "Territories", "All territories.", 0,
                                         list_fields };

/* ---- showing ---- */

static void
put_territory(struct json_out *out, const struct workspace_cache *cache,
              const struct territory *territory)
{
    const struct territory *parent = territory_of(cache, territory->parent);

    json_open_object(out);
    json_put_id(out, "id", territory->id);
    json_put_int(out, "version", territory->version);
    json_put_text(out, "slug", territory->slug);
    json_put_text(out, "name", territory->name);
    json_name(out, "parent");
    if (parent == NULL) {
        json_null(out);
    } else {
        json_open_object(out);
        json_put_id(out, "id", parent->id);
        json_put_text(out, "slug", parent->slug);
        json_put_text(out, "name", parent->name);
        json_close_object(out);
    }
    json_put_tree(out, "places", territory->places);
    json_close_object(out);
}

static bool
list(struct work *w, const struct request *request, struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    (void)request;
    if (cache == NULL)
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < cache->territory_count; i++)
        put_territory(&out, cache, &cache->territories[i]);
    response_list_done(response, &out);
    return true;
}

static bool
find(struct work *w, struct id id, struct workspace_cache **cache,
     const struct territory **territory)
{
    *cache = workspace_cache(w);
    if (*cache == NULL)
        return false;
    *territory = territory_of(*cache, id);
    return *territory != NULL
        || fail(w, ERR_NOT_FOUND, "There is no territory %s.",
                id_show(id).text);
}

static bool
answer(struct work *w, struct response *response, struct id id)
{
    const struct territory *territory;
    struct workspace_cache *cache;
    struct text text;

    if (!find(w, id, &cache, &territory))
        return false;
    struct json_out out = response_json(w, response, &text);
    put_territory(&out, cache, territory);
    response_json_done(response, &text);
    return true;
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct id id;

    return request_id(w, request, "id", &id) && answer(w, response, id);
}

/* ---- reading ---- */

static struct str
part_of(const struct json *place, const char *name)
{
    return str_trim(json_get_text(place, name));
}

static bool
read_region(struct work *w, struct str given, struct str country, struct str at,
            struct str *code)
{
    const struct standard_reason *why;

    *code = STR_NONE;
    return str_is_empty(given)
        || standard_region(w->arena, given, country, code, &why)
        || fail_at(w, arena_format(w->arena, "%.*s/region", STR_ARG(at)),
                   why->code, "%s", why->sentence);
}

static void
put_part(struct json_out *out, const char *name, struct str value)
{
    if (!str_is_empty(value))
        json_put_text(out, name, value);
}

/* Conditions compare with it: what they refuse is refused here. */
static bool
is_plain(struct work *w, struct str text, struct str at, const char *part)
{
    if (str_is_empty(text))
        return true;

    bool plain = !str_is_empty(fold_text(w->arena, text));
    for (size_t i = 0; i < text.bytes; i++)
        plain = plain && (unsigned char)text.data[i] >= ' ';
    return plain
        || fail_at(w, arena_format(w->arena, "%.*s/%s", STR_ARG(at), part),
                   "not_plain", "A text without control characters.");
}

/* In the shape in which leads have it. */
static bool
read_place(struct work *w, const struct json *place, struct str at,
           struct json_out *out)
{
    struct str city = part_of(place, "city");
    struct str prefix = part_of(place, "postal_prefix");
    struct str country;
    struct str region;

    if (!place_country(w, part_of(place, "country"),
                       arena_format(w->arena, "%.*s/country", STR_ARG(at)),
                       &country)
        || !read_region(w, part_of(place, "region"), country, at, &region)
        || !is_plain(w, city, at, "city")
        || !is_plain(w, prefix, at, "postal_prefix"))
        return false;
    if (str_is_empty(country) && !str_is_empty(region))
        country = str_slice(region, 0, 2);
    if (str_is_empty(country) && str_is_empty(city) && str_is_empty(prefix))
        return fail_at(w, at, "empty",
                       "A place says something: a country, region, city or "
                       "postal_prefix.");
    json_open_object(out);
    put_part(out, "country", country);
    put_part(out, "region", region);
    put_part(out, "city", city);
    put_part(out, "postal_prefix", prefix);
    json_close_object(out);
    return true;
}

static bool
read_places(struct work *w, const struct json *json,
            struct territory *territory)
{
    const struct json *places = json_get(json, "places");
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);
    bool ok = true;

    if (places == NULL && territory->places_json.data != NULL)
        return true;
    json_open_array(&out);
    for (size_t i = 0; places != NULL && i < places->array.count; i++)
        ok &= read_place(w, &places->array.items[i],
                         arena_format(w->arena, "/places/%zu", i), &out);
    json_close_array(&out);
    territory->places_json = text_str(&text);
    return ok;
}

static bool
read_parent(struct work *w, const struct workspace_cache *cache,
            const struct json *json, struct territory *territory)
{
    const struct json *sent = json_get(json, "parent");

    if (sent == NULL)
        return true;
    territory->parent = ID_NONE;
    if (sent->kind == JSON_NULL)
        return true;
    const struct territory *parent = territory_find(cache, sent->text);
    if (parent == NULL)
        return fail_at(w, STR("/parent"), "unknown_territory",
                       "There is no territory \"%.*s\".", STR_ARG(sent->text));
    if (territory->version > 0
        && territory_is_below(cache, parent, territory->id))
        return fail_at(w, STR("/parent"), "cycle",
                       "%.*s is this territory itself or lies in it.",
                       STR_ARG(parent->name));
    territory->parent = parent->id;
    return true;
}

static bool
read_name(struct work *w, const struct workspace_cache *cache,
          const struct json *json, struct territory *territory)
{
    struct name_input in;

    if (!name_input_read(w, json, &in))
        return false;
    if (in.name.data == NULL)
        return true;
    territory->name = in.name;
    if (territory->version > 0)
        return true;
    territory->slug = in.slug;
    return name_input_is_free(
        w, in.slug, territory_find(cache, in.slug) != NULL, "territory");
}

/* ---- changes ---- */

static bool
store(struct work *w, const struct workspace_cache *cache,
      const struct json *json, struct territory *territory)
{
    bool ok = read_name(w, cache, json, territory);

    ok &= read_parent(w, cache, json, territory);
    ok &= read_places(w, json, territory);
    return ok && territory_save(w, territory) && name_input_changed(w);
}

static bool
add(struct work *w, const struct request *request, struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct territory territory = { .id = work_id(w) };

    if (cache == NULL)
        return false;
    if (cache->territory_count == TERRITORIES_MAX)
        return fail_at(w, STR(""), "too_many", "There are at most %d.",
                       TERRITORIES_MAX);
    if (!store(w, cache, request->json, &territory)
        || !answer(w, response, territory.id))
        return false;
    response->status = 201;
    return true;
}

static bool
unchanged(struct work *w, const struct request *request,
          const struct workspace_cache *cache,
          const struct territory *territory)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);
    int64_t version =
        json_get_int(request->json, "version", territory->version);

    put_territory(&out, cache, territory);
    return request_if_match(w, request, territory->version, text_str(&text))
        && (version == territory->version
            || fail(w, ERR_CONFLICT,
                    "The change was made for version %ld, and the territory "
                    "is at version %ld.",
                    (long)version, (long)territory->version));
}

static bool
change(struct work *w, const struct request *request, struct response *response)
{
    const struct territory *known;
    struct workspace_cache *cache;
    struct id id;

    if (!request_id(w, request, "id", &id) || !find(w, id, &cache, &known)
        || !unchanged(w, request, cache, known))
        return false;
    struct territory territory = *known;
    return store(w, cache, request->json, &territory)
        && answer(w, response, id);
}

/* "ana, bo"; STR_NONE: nobody. */
static struct str
who_serves(struct work *w, const struct workspace_cache *cache,
           const struct territory *territory)
{
    struct text text = text_new(w->arena);

    for (int i = 0; i < cache->team->count; i++) {
        const struct person *person = &cache->team->people[i];
        for (int k = 0; k < person->ability.territory_count; k++)
            if (str_equal(person->ability.territories[k], territory->slug))
                text_format(&text, text.bytes > 0 ? ", %.*s" : "%.*s",
                            STR_ARG(person->name));
    }
    return text.bytes > 0 ? text_str(&text) : STR_NONE;
}

static bool
is_unused(struct work *w, const struct workspace_cache *cache,
          const struct territory *territory)
{
    struct str people = who_serves(w, cache, territory);
    struct str places;

    if (!str_is_empty(people))
        return fail(w, ERR_CONFLICT,
                    "%.*s is served by %.*s: change that "
                    "first.",
                    STR_ARG(territory->name), STR_ARG(people));
    return name_use_find(w, NAME_OF_TERRITORY, territory->slug, &places)
        && (str_is_empty(places)
            || fail(w, ERR_CONFLICT,
                    "The territory %.*s is used by %.*s: change that first.",
                    STR_ARG(territory->slug), STR_ARG(places)));
}

static bool
take_away(struct work *w, const struct request *request,
          struct response *response)
{
    const struct territory *territory;
    struct workspace_cache *cache;
    struct id id;

    (void)response;
    if (!request_id(w, request, "id", &id) || !find(w, id, &cache, &territory)
        || !unchanged(w, request, cache, territory))
        return false;
    for (int i = 0; i < cache->territory_count; i++)
        if (id_equal(cache->territories[i].parent, id))
            return fail(w, ERR_CONFLICT, "%.*s lies in this territory.",
                        STR_ARG(cache->territories[i].name));
    return is_unused(w, cache, territory) && territory_remove(w, territory)
        && name_input_changed(w);
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/territories", list, CAN_VIEW_TEAM, "All territories.",
      .gives = &list_shape },
    { POST, "/api/v1/territories", add, CAN_EDIT_ROUTING,
      "Give a name to a place or places. Conditions ask for it with within.",
      .takes = &input_shape, .gives = &territory_shape },
    { GET, "/api/v1/territories/{id}", show, CAN_VIEW_TEAM, "One territory.",
      .gives = &territory_shape },
    { PATCH, "/api/v1/territories/{id}", change, CAN_EDIT_ROUTING,
      "Change a territory; rules that name it decide by it at once.",
      .takes = &change_shape, .gives = &territory_shape },
    { DELETE, "/api/v1/territories/{id}", take_away, CAN_EDIT_ROUTING,
      "Take a territory away that no rule names and nobody serves." },
    { 0 },
};

const struct module territory_module = { "territory", endpoints, NULL };
