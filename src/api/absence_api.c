/*
 * absence_api: see absence_api.h. A leave is said in days of a zone or in
 * moments; what is kept are moments. Of one person no two overlap: else it
 * would not be plain who stands in, and taking one back would not bring him
 * back.
 */
#include "src/api/absence_api.h"

#include <assert.h>

#include "src/access/permission.h"
#include "src/api/team_api.h"
#include "src/workspace/cache.h"

enum { LIMIT_USUAL = 200, LIMIT_MAX = 1000 };

/* ---- shapes ---- */

#define SPAN_FIELDS                                                      \
    { "begin_at", SHAPE_TIME, 0, .about = "A moment; or first_day." },   \
        { "end_at", SHAPE_TIME, 0, .about = "After the beginning." },    \
        { "first_day", SHAPE_DATE, 0,                                    \
          .about = "Instead of begin_at: from its midnight on." },       \
        { "last_day", SHAPE_DATE, 0,                                     \
          .about = "With first_day: to the end of that day." },          \
        { "time_zone", SHAPE_TEXT, 0, 64,                                \
          .about = "Whose days they are; the person's own if absent." }, \
        { "reason", SHAPE_TEXT, SHAPE_NULLABLE, .max = 500,              \
          .about = "Shown to the person and to who may change it." },    \
    {                                                                    \
        "substitute", SHAPE_TEXT, SHAPE_NULLABLE, 320,                   \
            .about = "Who stands in: a person, by id or e-mail address." \
    }

static const struct shape_field of_person_fields[] = { SPAN_FIELDS, { 0 } };
static const struct shape of_person_shape = {
    "AbsenceOfPerson", "A new absence: two moments, or two days.", 0,
    of_person_fields
};
static const struct shape_field input_fields[] = {
    { "person", SHAPE_TEXT, SHAPE_REQUIRED, 320,
      .about = "Who: by id or e-mail address." },
    SPAN_FIELDS,
    { 0 },
};
static const struct shape input_shape = {
    "AbsenceInput", "A new absence: two moments, or two days.", 0, input_fields
};
static const struct shape_field change_fields[] = {
    SPAN_FIELDS,
    { "version", SHAPE_INTEGER, 0, .about = "As If-Match." },
    { 0 },
};
static const struct shape change_shape = {
    "AbsenceChange", "What is to be another; the rest stays.", 0, change_fields
};

static const struct shape_field somebody_fields[] = {
    { "id", SHAPE_ID, 0, .about = "The person." },
    { "name", SHAPE_TEXT, 0, .about = "As shown." },
    { 0 },
};
static const struct shape somebody_shape = { "AbsentPerson", "Who is away.", 0,
                                             somebody_fields };
static const struct shape_field absence_fields[] = {
    { "id", SHAPE_ID, 0, .about = "Of the absence." },
    { "version", SHAPE_INTEGER, 0, .about = "For If-Match." },
    { "person", SHAPE_OBJECT, 0, .of = &somebody_shape, .about = "Who." },
    { "begin_at", SHAPE_TIME, 0, .about = "From this moment on." },
    { "end_at", SHAPE_TIME, 0, .about = "From then on there again." },
    { "reason", SHAPE_TEXT, SHAPE_NULLABLE,
      .about = "Shown to the person and to who may change it." },
    { "substitute", SHAPE_ID, SHAPE_NULLABLE, .about = "Who stands in." },
    { 0 },
};
static const struct shape absence_shape = {
    "Absence", "A stretch in which a person takes no leads.", 0, absence_fields
};
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &absence_shape,
      .about = "The first to begin first." },
    { "next_cursor", SHAPE_TEXT, SHAPE_NULLABLE,
      .about = "Of the page after." },
    { 0 },
};
static const struct shape list_shape = { "Absences", "When people are away.", 0,
                                         list_fields };

/* ---- showing ---- */

static void
put_person(struct json_out *out, const struct team *team, struct id id)
{
    int number = team_find(team, id);

    assert(number >= 0); /* P4: nobody is deleted */
    json_name(out, "person");
    json_open_object(out);
    json_put_id(out, "id", id);
    json_put_text(out, "name", team->people[number].name);
    json_close_object(out);
}

/* Why somebody is away (an illness, say) is not everybody's to read (P7). */
static void
put_absence(struct work *w, struct json_out *out, const struct team *team,
            const struct absence *absence)
{
    bool with_reason =
        absence->reason.bytes > 0 && team_presence_is_mine(w, absence->person);

    json_open_object(out);
    json_put_id(out, "id", absence->id);
    json_put_int(out, "version", absence->version);
    put_person(out, team, absence->person);
    json_put_time(out, "begin_at", absence->begin_ms);
    json_put_time(out, "end_at", absence->end_ms);
    json_put_text(out, "reason", with_reason ? absence->reason : STR_NONE);
    json_put_id(out, "substitute", absence->substitute);
    json_close_object(out);
}

static bool
answer(struct work *w, struct response *response, const struct absence *absence)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    if (cache == NULL)
        return false;
    struct json_out out = response_json(w, response, &text);
    put_absence(w, &out, cache->team, absence);
    response_json_done(response, &text);
    return true;
}

static bool
answer_list(struct work *w, struct response *response,
            const struct absence_query *query)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct absence *list;
    struct text text;
    int count;

    if (cache == NULL || !absence_list(w, query, &list, &count))
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        put_absence(w, &out, cache->team, &list[i]);
    json_close_array(&out);
    json_put_text(&out, "next_cursor",
                  count < query->limit
                      ? STR_NONE
                      : arena_format(w->arena, "%lld.%s",
                                     (long long)list[count - 1].begin_ms,
                                     id_show(list[count - 1].id).text));
    json_close_object(&out);
    response_json_done(response, &text);
    return true;
}

/* ---- asking ---- */

static const struct request_field asks[] = {
    { STR_INIT("from"), STR_INIT("First day, 2026-11-01, or a moment; today if "
                                 "absent. Of the workspace's zone.") },
    { STR_INIT("to"), STR_INIT("Last day, or a moment; all if absent.") },
    { STR_INIT("person"), STR_INIT("One person, by id or e-mail address.") },
    { STR_INIT("limit"), STR_INIT("1 to 1000; 200 if absent.") },
    { STR_INIT("cursor"), STR_INIT("next_cursor of the page before.") },
    { { 0 }, { 0 } },
};

static int64_t
midnight_ms(const struct zone *zone, int64_t day)
{
    struct civil civil = civil_of_days(day);

    return zone_utc_ms(zone, &civil, ZONE_FIRST);
}

/* A moment, or the begin of a day (so many days later). */
static bool
read_edge(struct work *w, const struct request *request, const char *name,
          const struct zone *zone, int days_later, int64_t *at_ms)
{
    struct str text = request_query(request, name);
    int64_t day;

    if (text.data == NULL || time_parse(text, at_ms))
        return true;
    if (!date_parse(text, &day))
        return fail_at(w, arena_format(w->arena, "/%s", name),
                       "query_parameter",
                       "%s is a day, 2026-11-20, or a moment, "
                       "2026-11-20T10:00:00+09:00 (in an address the + is "
                       "written %%2B).",
                       name);
    *at_ms = midnight_ms(zone, day + days_later);
    return true;
}

static bool
read_cursor(struct work *w, struct str cursor, struct absence_query *query)
{
    ptrdiff_t dot = str_find_char(cursor, '.');

    if (cursor.data == NULL)
        return true;
    return (dot > 0
            && str_to_int64(str_slice(cursor, 0, (size_t)dot), &query->after_ms)
            && id_parse(str_slice(cursor, (size_t)dot + 1, cursor.bytes),
                        &query->after))
        || fail_at(w, STR("/cursor"), "bad_cursor",
                   "This is no cursor of absences.");
}

static bool
find_person(struct work *w, const struct team *team, struct str text,
            const char *at, int *number)
{
    struct id id;

    *number =
        id_parse(text, &id) ? team_find(team, id) : team_find_email(team, text);
    return *number >= 0
        || fail_at(w, str_of(at), "unknown_person",
                   "Nobody here has this id or address.");
}

static bool
list_absences(struct work *w, const struct request *request,
              struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct absence_query query = { .from_ms = w->now_ms,
                                   .to_ms = INT64_MAX,
                                   .after_ms = INT64_MIN };
    struct str person = request_query(request, "person");
    int64_t limit;
    int number;

    if (cache == NULL)
        return false;
    const struct zone *zone = zone_find(cache->workspace.time_zone);
    assert(zone != NULL); /* checked when it was set */
    if (!read_edge(w, request, "from", zone, 0, &query.from_ms)
        || !read_edge(w, request, "to", zone, 1, &query.to_ms)
        || !read_cursor(w, request_query(request, "cursor"), &query)
        || !request_query_int(w, request, "limit", LIMIT_USUAL, 1, LIMIT_MAX,
                              &limit))
        return false;
    if (person.data != NULL) {
        if (!find_person(w, cache->team, person, "/person", &number))
            return false;
        query.person = cache->team->people[number].id;
    }
    query.limit = (int)limit;
    return answer_list(w, response, &query);
}

static bool
list_of_person(struct work *w, const struct request *request,
               struct response *response)
{
    struct absence_query query = { .from_ms = INT64_MIN,
                                   .to_ms = INT64_MAX,
                                   .after_ms = INT64_MIN,
                                   .limit = LIMIT_MAX };
    struct person person;

    return request_id(w, request, "id", &query.person)
        && person_load(w, query.person, &person)
        && answer_list(w, response, &query);
}

static bool
show_absence(struct work *w, const struct request *request,
             struct response *response)
{
    struct absence absence;
    struct id id;

    return request_id(w, request, "id", &id) && absence_load(w, id, &absence)
        && answer(w, response, &absence);
}

/* ---- reading what was sent ---- */

static bool
was_sent(const struct json *json, const char *name)
{
    return json_get(json, name) != NULL;
}

static bool
read_moment(struct work *w, const struct json *json, const char *name,
            int64_t *at_ms)
{
    return !was_sent(json, name) || time_parse(json_get_text(json, name), at_ms)
        || fail_at(w, arena_format(w->arena, "/%s", name), "not_a_time",
                   "A time is written as 2026-11-20T10:00:00+09:00.");
}

/* Whole days: both, in one zone. */
static bool
read_days(struct work *w, const struct json *json, const struct zone *zone,
          struct absence *absence)
{
    int64_t first;
    int64_t last;

    if (!date_parse(json_get_text(json, "first_day"), &first))
        return fail_at(w, STR("/first_day"), "required",
                       "With last_day there is a first_day.");
    if (!date_parse(json_get_text(json, "last_day"), &last))
        return fail_at(w, STR("/last_day"), "required",
                       "With first_day there is a last_day, which may be the "
                       "same.");
    if (was_sent(json, "begin_at") || was_sent(json, "end_at"))
        return fail_at(w, STR("/first_day"), "one_of",
                       "Say first_day and last_day, or begin_at and end_at.");
    absence->begin_ms = midnight_ms(zone, first);
    absence->end_ms = midnight_ms(zone, last + 1);
    return true;
}

static bool
read_moments(struct work *w, const struct json *json, struct absence *absence)
{
    bool good = true;

    if (was_sent(json, "time_zone"))
        good = fail_at(w, STR("/time_zone"), "without_days",
                       "A zone is of first_day and last_day; begin_at and "
                       "end_at are moments everywhere.");
    if (absence->version == 0 && !was_sent(json, "begin_at"))
        good = fail_at(w, STR("/begin_at"), "required",
                       "An absence has begin_at and end_at, or first_day and "
                       "last_day.");
    if (absence->version == 0 && !was_sent(json, "end_at"))
        good = fail_at(w, STR("/end_at"), "required", "When does it end?");
    return good && read_moment(w, json, "begin_at", &absence->begin_ms)
        && read_moment(w, json, "end_at", &absence->end_ms);
}

static bool
read_zone(struct work *w, const struct json *json, const struct person *person,
          const struct zone **zone)
{
    struct str name = json_get_text(json, "time_zone");

    *zone = name.data == NULL ? person->zone : zone_find(name);
    return *zone != NULL
        || fail_at(w, STR("/time_zone"), "unknown",
                   "A time zone is a name like Asia/Seoul.");
}

/* Somebody else who works here. */
static bool
read_substitute(struct work *w, const struct team *team,
                const struct json *json, struct absence *absence)
{
    struct str text = json_get_text(json, "substitute");
    int number;

    if (!was_sent(json, "substitute"))
        return true;
    absence->substitute = ID_NONE;
    if (str_is_empty(text))
        return true;
    if (!find_person(w, team, text, "/substitute", &number))
        return false;
    if (!team->people[number].active)
        return fail_at(w, STR("/substitute"), "unknown_person",
                       "%.*s does not work here any more.",
                       STR_ARG(team->people[number].name));
    absence->substitute = team->people[number].id;
    return !id_equal(absence->substitute, absence->person)
        || fail_at(w, STR("/substitute"), "oneself",
                   "Whoever is away cannot stand in as well.");
}

/* What was sent names the begin and the end in one of two ways. */
static bool
is_in_days(const struct json *json)
{
    return was_sent(json, "first_day") || was_sent(json, "last_day");
}

static bool
fail_at_edge(struct work *w, const struct json *json, bool at_end,
             const char *code, const char *message)
{
    const char *at = is_in_days(json) ? at_end ? "/last_day" : "/first_day"
                   : at_end           ? "/end_at"
                                      : "/begin_at";

    return fail_at(w, str_of(at), code, "%s", message);
}

static bool
overlaps_none(struct work *w, const struct json *json,
              const struct absence *absence)
{
    struct absence other;
    bool found;

    if (!absence_overlapping(w, absence, &other, &found))
        return false;
    return !found
        || fail_at_edge(
            w, json, other.begin_ms > absence->begin_ms, "overlaps",
            arena_format(w->arena,
                         "From %.*s to %.*s there is an absence "
                         "already, %s: change that one.",
                         STR_ARG(time_show(w->arena, other.begin_ms)),
                         STR_ARG(time_show(w->arena, other.end_ms)),
                         id_show(other.id).text)
                .data);
}

/* Whoever comes back early ends an absence now, or at a moment just past. */
static bool
lies_ahead(struct work *w, const struct json *json,
           const struct absence *absence, int64_t began_ms)
{
    return absence->end_ms > w->now_ms
        || (absence->version > 0 && began_ms <= w->now_ms
            && absence->begin_ms == began_ms)
        || fail_at_edge(w, json, true, "past",
                        "It is over already: an absence keeps leads away that "
                        "are still to come.");
}

/* What was sent; the rest stays. */
static bool
read_absence(struct work *w, const struct json *json,
             const struct person *person, struct absence *absence)
{
    struct workspace_cache *cache = workspace_cache(w);
    const struct json *reason = json_get(json, "reason");
    int64_t began_ms = absence->begin_ms;
    const struct zone *zone;

    if (cache == NULL || !read_zone(w, json, person, &zone)
        || !(is_in_days(json) ? read_days(w, json, zone, absence)
                              : read_moments(w, json, absence)))
        return false;
    if (absence->end_ms <= absence->begin_ms)
        return fail_at_edge(w, json, true, "before_begin",
                            "An absence ends after it begins.");
    if (reason != NULL) {
        absence->reason = str_trim(reason->text);
        if (absence->reason.bytes == 0)
            absence->reason = STR_NONE;
    }
    return lies_ahead(w, json, absence, began_ms)
        && read_substitute(w, cache->team, json, absence)
        && overlaps_none(w, json, absence);
}

/* ---- changes ---- */

static bool
may_edit(struct work *w, struct id person)
{
    return team_presence_is_mine(w, person)
        || fail(w, ERR_FORBIDDEN, "You can change your own absences only.");
}

static bool
add_to(struct work *w, const struct request *request, struct response *response,
       struct id person_id)
{
    struct absence absence = { .id = work_id(w), .person = person_id };
    struct person person;

    if (!person_load(w, person_id, &person) || !may_edit(w, person_id)
        || !read_absence(w, request->json, &person, &absence)
        || !absence_save(w, &absence) || !team_person_changed(w, &person)
        || !answer(w, response, &absence))
        return false;
    response->status = 201;
    return true;
}

static bool
add_absence(struct work *w, const struct request *request,
            struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    int number;

    return cache != NULL
        && find_person(w, cache->team, json_get_text(request->json, "person"),
                       "/person", &number)
        && add_to(w, request, response, cache->team->people[number].id);
}

static bool
add_of_person(struct work *w, const struct request *request,
              struct response *response)
{
    struct id id;

    return request_id(w, request, "id", &id)
        && add_to(w, request, response, id);
}

static bool
is_current(struct work *w, const struct request *request,
           const struct absence *absence)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text current = text_new(w->arena);
    struct json_out out = json_out_new(&current);

    if (cache == NULL)
        return false;
    put_absence(w, &out, cache->team, absence);
    return request_if_match(w, request, absence->version, text_str(&current));
}

static bool
change_absence(struct work *w, const struct request *request,
               struct response *response)
{
    struct absence absence;
    struct person person;
    struct id id;

    if (!request_id(w, request, "id", &id) || !absence_load(w, id, &absence)
        || !person_load(w, absence.person, &person)
        || !may_edit(w, absence.person) || !is_current(w, request, &absence))
        return false;
    if (absence.end_ms <= w->now_ms)
        return fail(w, ERR_CONFLICT, "This absence is over.");
    absence.version = json_get_int(request->json, "version", absence.version);
    return read_absence(w, request->json, &person, &absence)
        && absence_save(w, &absence) && team_person_changed(w, &person)
        && answer(w, response, &absence);
}

static bool
take_away(struct work *w, const struct request *request,
          const struct person *person, const struct absence *absence)
{
    return may_edit(w, person->id) && is_current(w, request, absence)
        && absence_remove(w, absence->id) && team_person_changed(w, person);
}

static bool
remove_absence(struct work *w, const struct request *request,
               struct response *response)
{
    struct absence absence;
    struct person person;
    struct id id;

    (void)response;
    return request_id(w, request, "id", &id) && absence_load(w, id, &absence)
        && person_load(w, absence.person, &person)
        && take_away(w, request, &person, &absence);
}

static bool
remove_of_person(struct work *w, const struct request *request,
                 struct response *response)
{
    struct absence absence;
    struct person person;
    struct id person_id;
    struct id id;

    (void)response;
    if (!request_id(w, request, "id", &person_id)
        || !request_id(w, request, "absence", &id)
        || !person_load(w, person_id, &person)
        || !absence_load(w, id, &absence))
        return false;
    if (!id_equal(absence.person, person_id))
        return fail(w, ERR_NOT_FOUND, "There is no absence %s.",
                    id_show(id).text);
    return take_away(w, request, &person, &absence);
}

/* Rows that change something ask for the least; the handler asks for more
 * when it is somebody else's absence. */
static const struct endpoint endpoints[] = {
    { GET, "/api/v1/absences", list_absences, CAN_VIEW_TEAM,
      "Who is away, and when.", .asks = asks, .gives = &list_shape },
    { POST, "/api/v1/absences", add_absence, CAN_EDIT_OWN_PRESENCE,
      "Add an absence; of one person no two overlap.", .takes = &input_shape,
      .gives = &absence_shape },
    { GET, "/api/v1/absences/{id}", show_absence, CAN_VIEW_TEAM, "One absence.",
      .gives = &absence_shape },
    { PATCH, "/api/v1/absences/{id}", change_absence, CAN_EDIT_OWN_PRESENCE,
      "Change an absence that is not over; whoever comes back early ends it.",
      .takes = &change_shape, .gives = &absence_shape },
    { DELETE, "/api/v1/absences/{id}", remove_absence, CAN_EDIT_OWN_PRESENCE,
      "Take an absence away." },
    { GET, "/api/v1/people/{id}/absences", list_of_person, CAN_VIEW_TEAM,
      "When a person takes no leads.", .gives = &list_shape },
    { POST, "/api/v1/people/{id}/absences", add_of_person,
      CAN_EDIT_OWN_PRESENCE, "Add an absence.", .takes = &of_person_shape,
      .gives = &absence_shape },
    { DELETE, "/api/v1/people/{id}/absences/{absence}", remove_of_person,
      CAN_EDIT_OWN_PRESENCE, "Take an absence away." },
    { 0 },
};

const struct module absence_module = { "absence", endpoints, NULL };
