/*
 * team_api: see team_api.h. Everybody who changes people comes through here,
 * so that after each change the caches are read again, callers are judged
 * anew, and the leads of those who left or came are looked at.
 *
 * Not for keys and sessions (src/access), nor for who gets a lead.
 */
#include "src/api/team_api.h"

#include "src/access/access.h"
#include "src/api/person_ability.h"
#include "src/follow_up/task.h"
#include "src/lifecycle.h"
#include "src/workspace/cache.h"

/* ---- shapes ---- */

static const char *const languages[] = { "en", "ko", NULL };

enum { NAME_BYTES_MAX = 200, LEADS_MAX = 1000000, WEIGHT_MAX = 100 };

/* What may be set; a new person must have an address and a role besides. */
#define PERSON_FIELDS(needed)                                                    \
    { "name", SHAPE_TEXT, 0, .max = NAME_BYTES_MAX },                            \
        { "email", SHAPE_EMAIL, needed, .max = 320,                              \
          .about = "What the person signs in with; kept in lower case." },       \
        { "role", SHAPE_OPTION, needed, .options = role_names },                 \
        { "active", SHAPE_BOOL, 0,                                               \
          .about = "false: signed out, and the leads are handed on." },          \
        { "takes_leads", SHAPE_BOOL, SHAPE_NULLABLE,                             \
          .about = "null: as the role says." },                                  \
        { "presence", SHAPE_OPTION, 0, .options = presence_names },              \
        { "time_zone", SHAPE_TEXT, 0, .max = 64, .about = "Asia/Seoul" },        \
        { "hours", SHAPE_OBJECT, SHAPE_NULLABLE,                                 \
          .about = "{\"mon\": [\"09:00-18:00\"]}; null: any hour." },            \
        { "calendar", SHAPE_TEXT, SHAPE_NULLABLE, 100,                           \
          .about =                                                               \
              "Whose hours are this person's, instead of own hours: by id "      \
              "or name." },                                                      \
        { "open_leads_max",         SHAPE_INTEGER, SHAPE_NULLABLE, LEADS_MAX, 0, \
          .about = "null: no limit" },                                           \
        { "day_leads_max",          SHAPE_INTEGER, SHAPE_NULLABLE, LEADS_MAX, 0, \
          .about = "null: no limit" },                                           \
        { "language", SHAPE_OPTION, SHAPE_NULLABLE, .options = languages,        \
          .about = "Of mails; null: the workspace's." },                         \
        { "mail",                                                                \
          SHAPE_OPTION,                                                          \
          SHAPE_LIST | SHAPE_NULLABLE,                                           \
          10,                                                                    \
          .options = mail_names,                                                 \
          .about = "What one hears of; null: all." },                            \
        PERSON_ABILITY_FIELDS,                                                   \
    {                                                                            \
        "weight", SHAPE_INTEGER, 0, WEIGHT_MAX, 1, .about = "Share of turns."    \
    }

static const struct shape_field new_person_fields[] = {
    PERSON_FIELDS(SHAPE_REQUIRED),
    { 0 },
};
static const struct shape new_person_shape = { "PersonInput", "Somebody new.",
                                               0, new_person_fields };

static const struct shape_field person_change_fields[] = {
    PERSON_FIELDS(0),
    { "version", SHAPE_INTEGER, 0,
      .about = "The one the change was made for; as If-Match." },
    { 0 },
};
static const struct shape person_change_shape = {
    "PersonChange", "What is to be another; the rest stays.", 0,
    person_change_fields
};

static const struct shape_field person_fields[] = {
    { "id", SHAPE_ID, 0 },
    { "version", SHAPE_INTEGER, 0, .about = "For If-Match." },
    PERSON_FIELDS(0),
    { "receives_leads", SHAPE_BOOL, 0,
      .about = "What takes_leads and the role come to." },
    { "available_now", SHAPE_BOOL, 0,
      .about = "Active, present, in working hours and not absent." },
    { "holiday_today", SHAPE_TEXT, SHAPE_NULLABLE,
      .about = "Its name, on this day of the person." },
    { "absent_until", SHAPE_TIME, SHAPE_NULLABLE },
    { "open_leads", SHAPE_INTEGER, 0, .about = "Owned now." },
    { "today_leads", SHAPE_INTEGER, 0,
      .about = "Given on this day of the person." },
    { 0 },
};
static const struct shape person_shape = { "Person",
                                           "Somebody who works with Baton.", 0,
                                           person_fields };
static const struct shape_field people_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &person_shape },
    { 0 },
};
static const struct shape people_shape = { "People", "Everybody.", 0,
                                           people_fields };

/* ---- showing ---- */

static void
put_limit(struct json_out *out, const char *name, int64_t limit)
{
    json_name(out, name);
    if (limit < 0)
        json_null(out);
    else
        json_int(out, limit);
}

static void
put_hours(struct work *w, struct json_out *out, const struct person *person)
{
    struct json_error error;

    json_put_tree(out, "hours",
                  str_is_empty(person->hours_json)
                      ? NULL
                      : json_parse(w->arena, person->hours_json, &error));
}

static void
put_mail(struct json_out *out, const struct person *person)
{
    json_name(out, "mail");
    json_open_array(out);
    for (int i = 0; i < MAIL_COUNT; i++)
        if ((person->mail_off & (1u << i)) == 0)
            json_text(out, str_of(mail_names[i]));
    json_close_array(out);
}

static void
put_settings(struct work *w, struct json_out *out, const struct person *person)
{
    json_put_text(out, "name", person->name);
    json_put_text(out, "email", person->email);
    json_put_cstr(out, "role", role_names[person->role]);
    json_put_bool(out, "active", person->active);
    json_name(out, "takes_leads");
    if (person->takes == TAKES_BY_ROLE)
        json_null(out);
    else
        json_bool(out, person->takes == TAKES_YES);
    json_put_cstr(out, "presence", person_presence(person));
    json_put_text(out, "time_zone", person->zone_text);
    put_hours(w, out, person);
    json_put_id(out, "calendar", person->calendar);
    put_limit(out, "open_leads_max", person->open_leads_max);
    put_limit(out, "day_leads_max", person->day_leads_max);
    json_put_int(out, "weight", person->weight);
    json_put_text(out, "language",
                  str_is_empty(person->language) ? STR_NONE : person->language);
    put_mail(out, person);
}

/* What today is called, where it is a holiday there. */
static struct str
holiday_today(struct work *w, const struct workspace_cache *cache,
              const struct person *person)
{
    const struct team *team = cache->team;
    int64_t day = person_holiday(person, w->now_ms);
    struct str name = STR_NONE;

    if (day < 0)
        return STR_NONE;
    if (person->shares != NULL)
        name = work_calendar_day_name(w->arena, person->shares, day);
    if (name.data != NULL)
        return name;
    const struct holiday_place place =
        person_place(person, cache->workspace.country);
    return holiday_name(team->holiday_sets, team->holiday_set_count, &place,
                        day);
}

static void
put_person(struct work *w, struct json_out *out,
           const struct workspace_cache *cache, int number)
{
    const struct person *person = &cache->team->people[number];
    const struct absence *absence = person_absence(person, w->now_ms);

    json_open_object(out);
    json_put_id(out, "id", person->id);
    json_put_int(out, "version", person->version);
    put_settings(w, out, person);
    person_ability_put(w, out, cache->team, person);
    json_put_text(out, "holiday_today", holiday_today(w, cache, person));
    json_put_bool(out, "receives_leads",
                  person->active && team_takes_leads(cache->team, person));
    json_put_bool(out, "available_now",
                  person->active && !person->away && !person->busy
                      && hours_open(&person->present, w->now_ms));
    json_put_time(out, "absent_until", absence == NULL ? 0 : absence->end_ms);
    json_put_int(out, "open_leads", cache->ledger.entries[number].open_leads);
    json_put_int(
        out, "today_leads",
        ledger_day_leads(&cache->ledger, cache->team, number, w->now_ms));
    json_close_object(out);
}

/* The team as it is now, after what this unit has changed. */
static bool
find(struct work *w, struct id id, struct workspace_cache **cache, int *number)
{
    *cache = workspace_cache(w);
    if (*cache == NULL)
        return false;
    *number = team_find((*cache)->team, id);
    return *number >= 0
        || fail(w, ERR_NOT_FOUND, "There is no person %s.", id_show(id).text);
}

static bool
answer_person(struct work *w, struct response *response, struct id id)
{
    struct workspace_cache *cache;
    struct text text;
    int number;

    if (!find(w, id, &cache, &number))
        return false;
    struct json_out out = response_json(w, response, &text);
    put_person(w, &out, cache, number);
    response_json_done(response, &text);
    return true;
}

static bool
list_people(struct work *w, const struct request *request,
            struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    (void)request;
    if (cache == NULL)
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < cache->team->count; i++)
        put_person(w, &out, cache, i);
    response_list_done(response, &out);
    return true;
}

static bool
show_person(struct work *w, const struct request *request,
            struct response *response)
{
    struct id id;

    return request_id(w, request, "id", &id) && answer_person(w, response, id);
}

/* ---- what must hold of a person ---- */

bool
team_hours_set(struct work *w, struct person *person, const struct json *json,
               struct str at)
{
    struct hours_block *blocks;
    int count;

    if (!hours_read(w, json, at, &blocks, &count))
        return false;
    person->hours_json = STR_NONE;
    if (count == 0)
        return true;

    person->hours_json = json_tree_text(w->arena, json);
    return true;
}

static bool
check_email(struct work *w, const struct team *team, struct person *person)
{
    if (!access_email(w->arena, person->email, &person->email))
        return fail_at(w, STR("/email"), "not_an_address",
                       "This is no e-mail address, like ana@example.com.");

    int other = team_find_email(team, person->email);
    if (other >= 0 && !id_equal(team->people[other].id, person->id))
        return fail_at(w, STR("/email"), "taken",
                       "Somebody in this workspace has this address already.");
    return true;
}

static bool
check_person(struct work *w, const struct team *team, struct person *person)
{
    bool good = check_email(w, team, person);

    person->name = str_trim(person->name);
    if (good && str_is_empty(person->name))
        person->name = str_slice(person->email, 0,
                                 (size_t)str_find_char(person->email, '@'));
    if (zone_find(person->zone_text) == NULL)
        good = fail_at(w, STR("/time_zone"), "unknown",
                       "A time zone is a name like Asia/Seoul.");
    return good && w->error.kind == ERR_NONE;
}

static bool
may_grant(struct work *w, enum role role)
{
    if (access_may_grant(&w->actor, role))
        return true;
    return fail(w, ERR_FORBIDDEN, "The role %s has more rights than you have.",
                role_names[role]);
}

static bool
is_owner(const struct person *person)
{
    return person->active && person->role == ROLE_OWNER;
}

/* P3: a workspace that has an owner keeps one. */
static bool
keeps_an_owner(struct work *w, const struct team *team, int number,
               const struct person *changed)
{
    const struct person *before = &team->people[number];

    if (!is_owner(before) || is_owner(changed))
        return true;
    for (int i = 0; i < team->count; i++) {
        if (i != number && is_owner(&team->people[i]))
            return true;
    }
    return fail_at(w, changed->active ? STR("/role") : STR("/active"),
                   "last_owner",
                   "This is the last owner. Make somebody else an owner "
                   "first.");
}

bool
team_person_changed(struct work *w, const struct person *person)
{
    return access_person_changed(w, person)
        && (person->active || task_person_left(w, person->id))
        && workspace_config_changed(w) && lifecycle_team_changed(w);
}

bool
team_person_add(struct work *w, struct person *person)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL || !may_grant(w, person->role)
        || !check_person(w, cache->team, person))
        return false;
    person->id = work_id(w);
    person->version = 0;
    return person_save(w, person) && team_person_changed(w, person);
}

/* ---- reading what was sent ---- */

/* The member when it was sent, else what the person has. */
static void
read_text(const struct json *json, const char *name, struct str *value)
{
    const struct json *sent = json_get(json, name);

    if (sent != NULL)
        *value = sent->text;
}

static void
read_limit(const struct json *json, const char *name, int64_t *value)
{
    const struct json *sent = json_get(json, name);

    if (sent != NULL)
        *value = sent->kind == JSON_NULL ? -1 : sent->integer;
}

static void
read_mail(const struct json *json, struct person *person)
{
    const struct json *sent = json_get(json, "mail");

    if (sent == NULL)
        return;
    person->mail_off = sent->kind == JSON_NULL ? 0 : (1u << MAIL_COUNT) - 1;
    for (size_t i = 0; sent->kind == JSON_ARRAY && i < sent->array.count; i++)
        for (int bit = 0; bit < MAIL_COUNT; bit++)
            if (str_is(sent->array.items[i].text, mail_names[bit]))
                person->mail_off &= ~(1u << bit);
}

static bool
read_calendar(struct work *w, const struct team *team, struct str text,
              struct person *person)
{
    const struct work_calendar *calendar;
    struct id id;

    person->calendar = ID_NONE;
    if (str_is_empty(text))
        return true;
    calendar =
        id_parse(text, &id)
            ? work_calendar_find(team->calendars, team->calendar_count, id)
            : work_calendar_named(team->calendars, team->calendar_count, text);
    if (calendar == NULL)
        return fail_at(w, STR("/calendar"), "unknown_calendar",
                       "There is no calendar with this id or name.");
    person->calendar = calendar->id;
    return true;
}

/* A calendar takes the place of the hours that he had; both at once would be
 * two answers to when he works. */
static bool
read_hours(struct work *w, const struct team *team, const struct json *json,
           struct person *person)
{
    const struct json *hours = json_get(json, "hours");
    const struct json *calendar = json_get(json, "calendar");

    if (calendar != NULL && !read_calendar(w, team, calendar->text, person))
        return false;
    if (calendar != NULL && !id_is_none(person->calendar))
        person->hours_json = STR_NONE;
    if (hours != NULL && !team_hours_set(w, person, hours, STR("/hours")))
        return false;
    return id_is_none(person->calendar) || str_is_empty(person->hours_json)
        || fail_at(w, STR("/hours"), "has_calendar",
                   "This person works by a calendar. Change that, or send "
                   "\"calendar\": null with the hours.");
}

/* The shape was checked: kinds and bounds are right. */
static bool
read_person(struct work *w, const struct team *team, const struct json *json,
            struct person *person)
{
    const struct json *takes = json_get(json, "takes_leads");
    struct str role = str_of(role_names[person->role]);
    struct str presence = str_of(person_presence(person));

    read_text(json, "name", &person->name);
    read_text(json, "email", &person->email);
    read_text(json, "time_zone", &person->zone_text);
    read_text(json, "presence", &presence);
    read_text(json, "role", &role);
    read_text(json, "language", &person->language);
    read_mail(json, person);
    read_limit(json, "open_leads_max", &person->open_leads_max);
    read_limit(json, "day_leads_max", &person->day_leads_max);
    person_presence_set(person, presence);
    person->active = json_get_bool(json, "active", person->active);
    person->weight = (int32_t)json_get_int(json, "weight", person->weight);
    if (takes != NULL)
        person->takes = takes->kind == JSON_NULL ? TAKES_BY_ROLE
                      : takes->truth             ? TAKES_YES
                                                 : TAKES_NO;
    bool known = role_find(role, &person->role);
    return known && person_ability_read(w, team, json, person)
        && read_hours(w, team, json, person);
}

/* ---- changes ---- */

static bool
add_person(struct work *w, const struct request *request,
           struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct person person = {
        .role = ROLE_VIEWER,
        .active = true,
        .open_leads_max = -1,
        .day_leads_max = -1,
        .weight = 1,
        .ability = { .seniority = SENIORITY_REGULAR },
    };

    if (cache == NULL)
        return false;
    person.zone_text = cache->workspace.time_zone;
    if (!read_person(w, cache->team, request->json, &person)
        || !team_person_add(w, &person)
        || !answer_person(w, response, person.id))
        return false;
    response->status = 201;
    return true;
}

bool
team_presence_is_mine(const struct work *w, struct id person)
{
    return (w->actor.kind == ACTOR_PERSON && id_equal(w->actor.id, person))
        || access_may(&w->actor, CAN_EDIT_PRESENCE);
}

static bool
may_edit_presence(struct work *w, struct id person)
{
    if (team_presence_is_mine(w, person))
        return true;
    return fail(w, ERR_FORBIDDEN, "You can change your own presence only.");
}

/* What everybody may set of himself. */
static bool
is_own_matter(struct str name)
{
    static const char *const own[] = { "presence", "language", "mail",
                                       "version", NULL };

    for (const char *const *word = own; *word != NULL; word++)
        if (str_is(name, *word))
            return true;
    return false;
}

static bool
is_presence_alone(const struct json *json)
{
    for (size_t i = 0; i < json->object.count; i++)
        if (!is_own_matter(json->object.members[i].name))
            return false;
    return true;
}

static bool
may_change(struct work *w, const struct person *before, const struct json *json)
{
    if (is_presence_alone(json))
        return may_edit_presence(w, before->id);
    if (!access_may(&w->actor, CAN_EDIT_TEAM))
        return fail(w, ERR_FORBIDDEN,
                    "This needs a permission you lack: edit_team. You can "
                    "change presence, language and mail only.");
    return may_grant(w, before->role);
}

/* The version in the header or in the body. */
static bool
is_current(struct work *w, const struct request *request,
           const struct person *person, struct str current)
{
    int64_t wanted = json_get_int(request->json, "version", person->version);

    if (!request_if_match(w, request, person->version, current))
        return false;
    if (wanted == person->version)
        return true;
    w->error.extra_json =
        arena_format(w->arena, "\"current\":%.*s", STR_ARG(current)).data;
    return fail(w, ERR_CONFLICT,
                "The change was made for version %lld, and the person is at "
                "version %lld. Look again and repeat the change.",
                (long long)wanted, (long long)person->version);
}

/* What was read before the change is the cache's, which the change reads
 * anew: so the person is a copy in the unit's arena. */
static bool
change_person(struct work *w, const struct request *request,
              struct response *response)
{
    struct workspace_cache *cache;
    struct person person;
    struct id id;
    int number;

    if (!request_id(w, request, "id", &id) || !person_load(w, id, &person)
        || !find(w, id, &cache, &number)
        || !may_change(w, &person, request->json))
        return false;

    struct text current = text_new(w->arena);
    struct json_out out = json_out_new(&current);
    put_person(w, &out, cache, number);
    if (!is_current(w, request, &person, text_str(&current))
        || !read_person(w, cache->team, request->json, &person)
        || !check_person(w, cache->team, &person))
        return false;
    if (!is_presence_alone(request->json) && !may_grant(w, person.role))
        return false;
    return keeps_an_owner(w, cache->team, number, &person)
        && person_save(w, &person) && team_person_changed(w, &person)
        && answer_person(w, response, id);
}

/* ---- the rows ---- */

/* Rows that change presence ask for the least; the handler asks for more
 * when it is somebody else's, or more than presence. */
static const struct endpoint endpoints[] = {
    { GET, "/api/v1/people", list_people, CAN_VIEW_TEAM,
      "Everybody in the workspace.", .gives = &people_shape },
    { POST, "/api/v1/people", add_person, CAN_EDIT_TEAM,
      "Add somebody, with no more rights than you have.",
      .takes = &new_person_shape, .gives = &person_shape },
    { GET, "/api/v1/people/{id}", show_person, CAN_VIEW_TEAM, "One person.",
      .gives = &person_shape },
    { PATCH, "/api/v1/people/{id}", change_person, CAN_EDIT_OWN_PRESENCE,
      "Change a person; a rep changes the own presence, language and mail.",
      .takes = &person_change_shape, .gives = &person_shape },
    { 0 },
};

const struct module team_module = { "team", endpoints, NULL };
