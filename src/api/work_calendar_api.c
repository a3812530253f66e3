/* work_calendar_api: see work_calendar_api.h. */
#include "src/api/work_calendar_api.h"

#include "src/access/permission.h"
#include "src/lifecycle.h"
#include "src/workspace/cache.h"

enum { CALENDARS_MAX = 200, DAYS_MAX = 1000, SETS_MAX = 20 };

static const struct shape_field day_fields[] = {
    { "date", SHAPE_DATE, SHAPE_REQUIRED, .about = "2026-12-24." },
    { "name", SHAPE_TEXT, 0, 100, .about = "As shown." },
    { "hours", SHAPE_TEXT, SHAPE_REQUIRED | SHAPE_LIST, 24,
      .about = "[\"09:00-12:00\"]; []: a day off." },
    { 0 },
};
static const struct shape day_shape = {
    "SpecialDay", "A date with hours of its own, holiday or not.", 0, day_fields
};

#define CALENDAR_FIELDS(needed)                                               \
    { "name", SHAPE_TEXT, needed, 100, .about = "As shown; one of a kind." }, \
        { "time_zone", SHAPE_TEXT, SHAPE_NULLABLE, 64,                        \
          .about = "Asia/Seoul; null: of each person." },                     \
        { "hours", SHAPE_OBJECT, SHAPE_NULLABLE,                              \
          .about = "{\"mon\": [\"09:00-12:00\", \"13:00-18:00\"]}; null: "    \
                   "any hour." },                                             \
        { "special_days",   SHAPE_OBJECT,                                     \
          SHAPE_LIST,       DAYS_MAX,                                         \
          .of = &day_shape, .about = "Dates on which it is otherwise." },     \
    {                                                                         \
        "holidays", SHAPE_ID, SHAPE_LIST, SETS_MAX,                           \
            .about = "Sets of days off, besides those of everybody and of "   \
                     "each person's place."                                   \
    }

static const struct shape_field input_fields[] = {
    CALENDAR_FIELDS(SHAPE_REQUIRED),
    { 0 },
};
static const struct shape input_shape = { "CalendarInput", "A new calendar.", 0,
                                          input_fields };
static const struct shape_field change_fields[] = {
    CALENDAR_FIELDS(0),
    { "version", SHAPE_INTEGER, 0, .about = "As If-Match." },
    { 0 },
};
static const struct shape change_shape = {
    "CalendarChange", "What is to be another; the rest stays.", 0, change_fields
};
static const struct shape_field calendar_fields[] = {
    { "id", SHAPE_ID, 0, .about = "People refer to it." },
    { "version", SHAPE_INTEGER, 0, .about = "For If-Match." },
    CALENDAR_FIELDS(0),
    { "people", SHAPE_INTEGER, 0, .about = "How many work by it." },
    { 0 },
};
static const struct shape calendar_shape = { "Calendar",
                                             "When those who share it work.", 0,
                                             calendar_fields };
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &calendar_shape,
      .about = "By name." },
    { 0 },
};
static const struct shape list_shape = { "Calendars", "All calendars.", 0,
                                         list_fields };

/* ---- showing ---- */

static int
count_people(const struct team *team, struct id calendar)
{
    int count = 0;

    for (int i = 0; i < team->count; i++)
        count += id_equal(team->people[i].calendar, calendar);
    return count;
}

static void
put_calendar(struct json_out *out, const struct team *team,
             const struct work_calendar *calendar)
{
    json_open_object(out);
    json_put_id(out, "id", calendar->id);
    json_put_int(out, "version", calendar->version);
    json_put_text(out, "name", calendar->name);
    json_put_text(out, "time_zone",
                  str_is_empty(calendar->zone_text) ? STR_NONE
                                                    : calendar->zone_text);
    json_name(out, "hours");
    if (str_is_empty(calendar->hours_json))
        json_null(out);
    else
        json_raw(out, calendar->hours_json);
    json_name(out, "special_days");
    json_raw(out, calendar->special_json);
    json_name(out, "holidays");
    json_raw(out, calendar->sets_json);
    json_put_int(out, "people", count_people(team, calendar->id));
    json_close_object(out);
}

static bool
list_calendars(struct work *w, const struct request *request,
               struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    (void)request;
    if (cache == NULL)
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < cache->team->calendar_count; i++)
        put_calendar(&out, cache->team, &cache->team->calendars[i]);
    response_list_done(response, &out);
    return true;
}

static bool
answer(struct work *w, struct response *response,
       const struct work_calendar *calendar)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    if (cache == NULL)
        return false;
    struct json_out out = response_json(w, response, &text);
    put_calendar(&out, cache->team, calendar);
    response_json_done(response, &text);
    return true;
}

/* A copy in the unit's arena: the change reads the cache anew. */
static bool
find(struct work *w, const struct request *request, struct work_calendar *found)
{
    const struct work_calendar *list;
    struct id id;
    int count;

    if (!request_id(w, request, "id", &id)
        || !work_calendar_list(w, w->arena, &list, &count))
        return false;

    const struct work_calendar *calendar = work_calendar_find(list, count, id);
    if (calendar == NULL)
        return fail(w, ERR_NOT_FOUND, "There is no calendar %s.",
                    id_show(id).text);
    *found = *calendar;
    return true;
}

static bool
show_calendar(struct work *w, const struct request *request,
              struct response *response)
{
    struct work_calendar calendar = { 0 };

    return find(w, request, &calendar) && answer(w, response, &calendar);
}

/* ---- reading ---- */

static bool
read_name(struct work *w, const struct team *team, const struct json *json,
          struct work_calendar *calendar)
{
    const struct json *name = json_get(json, "name");

    if (name == NULL)
        return true;
    calendar->name = str_trim(name->text);
    if (str_is_empty(calendar->name))
        return fail_at(w, STR("/name"), "needed", "A calendar needs a name.");
    const struct work_calendar *other = work_calendar_named(
        team->calendars, team->calendar_count, calendar->name);
    return other == NULL || id_equal(other->id, calendar->id)
        || fail_at(w, STR("/name"), "taken",
                   "There is a calendar of this name already.");
}

static bool
read_zone(struct work *w, const struct json *json,
          struct work_calendar *calendar)
{
    const struct json *zone = json_get(json, "time_zone");

    if (zone == NULL)
        return true;
    calendar->zone_text = zone->text;
    return str_is_empty(zone->text) || zone_find(zone->text) != NULL
        || fail_at(w, STR("/time_zone"), "unknown",
                   "A time zone is a name like Asia/Seoul.");
}

static bool
is_set(const struct team *team, struct str text)
{
    struct id id;

    if (!id_parse(text, &id))
        return false;
    for (int i = 0; i < team->holiday_set_count; i++)
        if (id_equal(team->holiday_sets[i].id, id))
            return true;
    return false;
}

static bool
read_sets(struct work *w, const struct team *team, const struct json *json,
          struct work_calendar *calendar)
{
    const struct json *sets = json_get(json, "holidays");
    bool good = true;

    if (sets == NULL)
        return true;
    for (size_t i = 0; i < sets->array.count; i++)
        if (!is_set(team, sets->array.items[i].text))
            good = fail_at(w, arena_format(w->arena, "/holidays/%zu", i),
                           "unknown_holidays",
                           "There is no set of holidays with this id.");
    calendar->sets_json = json_tree_text(w->arena, sets);
    return good;
}

/* What was sent; the rest stays. */
static bool
read_calendar(struct work *w, const struct json *json,
              struct work_calendar *calendar)
{
    struct workspace_cache *cache = workspace_cache(w);
    const struct json *hours = json_get(json, "hours");
    const struct json *days = json_get(json, "special_days");

    if (cache == NULL)
        return false;
    if (hours != NULL)
        calendar->hours_json =
            hours->kind == JSON_OBJECT && hours->object.count > 0
                ? json_tree_text(w->arena, hours)
                : STR_NONE;
    if (days != NULL)
        calendar->special_json = json_tree_text(w->arena, days);
    bool good = read_name(w, cache->team, json, calendar);
    good &= read_zone(w, json, calendar);
    good &= read_sets(w, cache->team, json, calendar);
    return work_calendar_compile(w, w->arena, calendar) && good;
}

/* ---- changes ---- */

/* Hours are compiled anew, and the queues looked at (P6). */
static bool
changed(struct work *w)
{
    return workspace_config_changed(w) && lifecycle_team_changed(w);
}

static bool
add_calendar(struct work *w, const struct request *request,
             struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct work_calendar calendar = { .id = work_id(w),
                                      .special_json = STR("[]"),
                                      .sets_json = STR("[]") };

    if (cache == NULL)
        return false;
    if (cache->team->calendar_count == CALENDARS_MAX)
        return fail_at(w, STR(""), "too_many", "There are at most %d.",
                       CALENDARS_MAX);
    if (!read_calendar(w, request->json, &calendar)
        || !work_calendar_save(w, &calendar) || !changed(w)
        || !answer(w, response, &calendar))
        return false;
    response->status = 201;
    return true;
}

static bool
is_current(struct work *w, const struct request *request,
           const struct work_calendar *calendar)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text current = text_new(w->arena);
    struct json_out out = json_out_new(&current);

    if (cache == NULL)
        return false;
    put_calendar(&out, cache->team, calendar);
    return request_if_match(w, request, calendar->version, text_str(&current));
}

static bool
change_calendar(struct work *w, const struct request *request,
                struct response *response)
{
    struct work_calendar calendar = { 0 };

    if (!find(w, request, &calendar) || !is_current(w, request, &calendar))
        return false;
    calendar.version = json_get_int(request->json, "version", calendar.version);
    return read_calendar(w, request->json, &calendar)
        && work_calendar_save(w, &calendar) && changed(w)
        && answer(w, response, &calendar);
}

/* Else they would work at any hour, and nobody would have said so. */
static bool
is_unused(struct work *w, const struct work_calendar *calendar)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);
    int count = 0;

    if (cache == NULL)
        return false;
    json_open_array(&out);
    for (int i = 0; i < cache->team->count; i++) {
        const struct person *person = &cache->team->people[i];
        if (!id_equal(person->calendar, calendar->id))
            continue;
        count++;
        json_open_object(&out);
        json_put_cstr(&out, "kind", "person");
        json_put_id(&out, "id", person->id);
        json_put_text(&out, "name", person->name);
        json_close_object(&out);
    }
    json_close_array(&out);
    if (count == 0)
        return true;
    w->error.extra_json =
        arena_format(w->arena, "\"used_by\":%.*s", STR_ARG(text_str(&text)))
            .data;
    return fail(w, ERR_CONFLICT,
                "%d people work by this calendar. Give them another or hours "
                "of their own first.",
                count);
}

static bool
remove_calendar(struct work *w, const struct request *request,
                struct response *response)
{
    struct work_calendar calendar = { 0 };

    (void)response;
    return find(w, request, &calendar) && is_current(w, request, &calendar)
        && is_unused(w, &calendar) && work_calendar_remove(w, calendar.id)
        && changed(w);
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/calendars", list_calendars, CAN_VIEW_TEAM,
      "The calendars of working time that people share.",
      .gives = &list_shape },
    { POST, "/api/v1/calendars", add_calendar, CAN_EDIT_TEAM,
      "Add a calendar. A person refers to it by \"calendar\".",
      .takes = &input_shape, .gives = &calendar_shape },
    { GET, "/api/v1/calendars/{id}", show_calendar, CAN_VIEW_TEAM,
      "One calendar.", .gives = &calendar_shape },
    { PATCH, "/api/v1/calendars/{id}", change_calendar, CAN_EDIT_TEAM,
      "Change a calendar, for all who share it at once.",
      .takes = &change_shape, .gives = &calendar_shape },
    { DELETE, "/api/v1/calendars/{id}", remove_calendar, CAN_EDIT_TEAM,
      "Take a calendar away that nobody works by." },
    { 0 },
};

const struct module work_calendar_module = { "work_calendar", endpoints, NULL };
