/* holiday_api: see holiday_api.h. */
#include "src/api/holiday_api.h"

#include "src/access/permission.h"
#include "src/api/place_given.h"
#include "src/lifecycle.h"
#include "src/workspace/cache.h"

enum { DAYS_MAX = 1000 };

static const struct shape_field day_fields[] = {
    { "date", SHAPE_DATE, SHAPE_REQUIRED, .about = "2026-12-25." },
    { "name", SHAPE_TEXT, 0, 100, .about = "As shown." },
    { 0 },
};
static const struct shape day_shape = { "Holiday", "A day off.", 0,
                                        day_fields };

#define SET_FIELDS(needed)                                                  \
    { "name", SHAPE_TEXT, needed, 100, .about = "As shown." },              \
        { "country", SHAPE_TEXT, SHAPE_NULLABLE, PLACE_BYTES_MAX,           \
          .about = "For those who live there: code or name." },             \
        { "region", SHAPE_TEXT, SHAPE_NULLABLE, 100,                        \
          .about = "Of the country alone." },                               \
        { "everybody", SHAPE_BOOL, 0, .about = "Of the whole workspace." }, \
    {                                                                       \
        "days", SHAPE_OBJECT, (needed) | SHAPE_LIST, DAYS_MAX,              \
            .of = &day_shape, .about = "All of them."                       \
    }

static const struct shape_field input_fields[] = {
    SET_FIELDS(SHAPE_REQUIRED),
    { 0 },
};
static const struct shape input_shape = { "HolidaysInput", "Days off.", 0,
                                          input_fields };
static const struct shape_field change_fields[] = {
    SET_FIELDS(0),
    { "version", SHAPE_INTEGER, 0, .about = "As If-Match." },
    { 0 },
};
static const struct shape change_shape = {
    "HolidaysChange", "What is to be another; the rest stays.", 0, change_fields
};
static const struct shape_field set_fields[] = {
    { "id", SHAPE_ID, 0, .about = "People may name it." },
    { "version", SHAPE_INTEGER, 0, .about = "For If-Match." },
    SET_FIELDS(0),
    { 0 },
};
static const struct shape set_shape = { "Holidays", "A set of days off.", 0,
                                        set_fields };
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &set_shape,
      .about = "All sets." },
    { 0 },
};
static const struct shape list_shape = { "HolidaySets", "Days off.", 0,
                                         list_fields };

static struct str
or_none(struct str text)
{
    return str_is_empty(text) ? STR_NONE : text;
}

static void
put_set(struct json_out *out, const struct holiday_set *set)
{
    json_open_object(out);
    json_put_id(out, "id", set->id);
    json_put_int(out, "version", set->version);
    json_put_text(out, "name", set->name);
    json_put_text(out, "country", or_none(set->country));
    json_put_text(out, "region", or_none(set->region));
    json_put_bool(out, "everybody", set->everybody);
    json_name(out, "days");
    json_raw(out, set->days_json);
    json_close_object(out);
}

static bool
list_sets(struct work *w, const struct request *request,
          struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    (void)request;
    if (cache == NULL)
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < cache->team->holiday_set_count; i++)
        put_set(&out, &cache->team->holiday_sets[i]);
    response_list_done(response, &out);
    return true;
}

static bool
answer_set(struct work *w, struct response *response,
           const struct holiday_set *set)
{
    struct text text;
    struct json_out out = response_json(w, response, &text);

    put_set(&out, set);
    response_json_done(response, &text);
    return true;
}

static bool
check(struct work *w, struct holiday_set *set)
{
    bool good = true;

    if (str_is_empty(set->name))
        good = fail_at(w, STR("/name"), "needed",
                       "A set of holidays needs a name.");
    if (!str_is_empty(set->region) && str_is_empty(set->country))
        good = fail_at(w, STR("/region"), "needs_country",
                       "A region needs its country.");
    return good;
}

/* What was sent; the rest stays. */
static bool
read_set(struct work *w, const struct json *json, struct holiday_set *set)
{
    const struct json *days = json_get(json, "days");
    const struct json *country = json_get(json, "country");
    const struct json *region = json_get(json, "region");
    const struct json *name = json_get(json, "name");

    if (name != NULL)
        set->name = str_trim(name->text);
    if (country != NULL
        && !place_country(w, country->text, STR("/country"), &set->country))
        return false;
    if (region != NULL)
        set->region = place_region(w, region->text, set->country);
    if (days != NULL)
        set->days_json = json_tree_text(w->arena, days);
    set->everybody = json_get_bool(json, "everybody", set->everybody);
    return check(w, set);
}

/* Hours are compiled anew, and the queues looked at (P6). */
static bool
changed(struct work *w)
{
    return workspace_config_changed(w) && lifecycle_team_changed(w);
}

static bool
add_set(struct work *w, const struct request *request,
        struct response *response)
{
    struct holiday_set set = { .id = work_id(w) };

    if (!read_set(w, request->json, &set) || !holiday_save(w, &set)
        || !changed(w) || !answer_set(w, response, &set))
        return false;
    response->status = 201;
    return true;
}

/* A copy in the unit's arena: the change reads the cache anew. */
static bool
find(struct work *w, const struct request *request, struct holiday_set *found)
{
    const struct holiday_set *list;
    struct id id;
    int count;

    if (!request_id(w, request, "id", &id)
        || !holiday_list(w, w->arena, &list, &count))
        return false;
    for (int i = 0; i < count; i++) {
        if (!id_equal(list[i].id, id))
            continue;
        *found = list[i];
        return true;
    }
    return fail(w, ERR_NOT_FOUND, "There is no set of holidays %s.",
                id_show(id).text);
}

static bool
find_current(struct work *w, const struct request *request,
             struct holiday_set *set)
{
    if (!find(w, request, set))
        return false;

    struct text current = text_new(w->arena);
    struct json_out out = json_out_new(&current);
    put_set(&out, set);
    return request_if_match(w, request, set->version, text_str(&current));
}

static bool
change_set(struct work *w, const struct request *request,
           struct response *response)
{
    struct holiday_set set = { 0 };

    if (!find_current(w, request, &set))
        return false;
    set.version = json_get_int(request->json, "version", set.version);
    return read_set(w, request->json, &set) && holiday_save(w, &set)
        && changed(w) && answer_set(w, response, &set);
}

static bool
remove_set(struct work *w, const struct request *request,
           struct response *response)
{
    struct holiday_set set = { 0 };

    (void)response;
    return find_current(w, request, &set) && holiday_remove(w, set.id)
        && changed(w);
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/holidays", list_sets, CAN_VIEW_TEAM,
      "The sets of days off.", .gives = &list_shape },
    { POST, "/api/v1/holidays", add_set, CAN_EDIT_TEAM,
      "Add a set of days off.", .takes = &input_shape, .gives = &set_shape },
    { PATCH, "/api/v1/holidays/{id}", change_set, CAN_EDIT_TEAM,
      "Change a set.", .takes = &change_shape, .gives = &set_shape },
    { DELETE, "/api/v1/holidays/{id}", remove_set, CAN_EDIT_TEAM,
      "Take a set away; its days are worked on." },
    { 0 },
};

const struct module holiday_module = { "holiday", endpoints, NULL };
