/* crew_api: see crew_api.h. */
#include "src/api/crew_api.h"

#include "src/access/permission.h"
#include "src/access/session.h"
#include "src/team/crew.h"
#include "src/workspace/cache.h"

enum { MEMBERS_MAX = 500 };

#define TEAM_FIELDS(needed)                                                   \
    { "name", SHAPE_TEXT, needed, 100, .about = "As shown; one of a kind." }, \
        { "manager", SHAPE_TEXT, SHAPE_NULLABLE, 320,                         \
          .about = "A person, by id or e-mail address." },                    \
    {                                                                         \
        "members", SHAPE_TEXT, SHAPE_LIST, MEMBERS_MAX,                       \
            .about = "People, by id or e-mail address."                       \
    }

static const struct shape_field input_fields[] = {
    TEAM_FIELDS(SHAPE_REQUIRED),
    { 0 },
};
static const struct shape input_shape = { "TeamInput", "A new team.", 0,
                                          input_fields };
static const struct shape_field change_fields[] = {
    TEAM_FIELDS(0),
    { "version", SHAPE_INTEGER, 0, .about = "As If-Match." },
    { 0 },
};
static const struct shape change_shape = {
    "TeamChange", "What is to be another; the rest stays.", 0, change_fields
};
static const struct shape_field member_fields[] = {
    { "id", SHAPE_ID, 0, .about = "Of the person." },
    { "name", SHAPE_TEXT, 0, .about = "As shown." },
    { "active", SHAPE_BOOL, 0, .about = "Works here." },
    { 0 },
};
static const struct shape member_shape = { "TeamMember", "Somebody of a team.",
                                           0, member_fields };
static const struct shape_field team_fields[] = {
    { "id", SHAPE_ID, 0, .about = "Of the team." },
    { "version", SHAPE_INTEGER, 0, .about = "For If-Match." },
    { "name", SHAPE_TEXT, 0, .about = "As shown." },
    { "manager", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &member_shape,
      .about = "Who leads it." },
    { "members", SHAPE_OBJECT, SHAPE_LIST, .of = &member_shape,
      .about = "In the order given." },
    { 0 },
};
static const struct shape team_shape = { "Team", "Who works together.", 0,
                                         team_fields };
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &team_shape,
      .about = "By name." },
    { 0 },
};
static const struct shape list_shape = { "Teams", "All teams.", 0,
                                         list_fields };

/* ---- showing ---- */

static void
put_member(struct json_out *out, const struct team *team, struct id id)
{
    int number = team_find(team, id);

    if (number < 0) {
        json_null(out);
        return;
    }
    json_open_object(out);
    json_put_id(out, "id", id);
    json_put_text(out, "name", team->people[number].name);
    json_put_bool(out, "active", team->people[number].active);
    json_close_object(out);
}

static void
put_crew(struct work *w, struct json_out *out, const struct team *team,
         const struct crew *crew)
{
    struct json_error error;
    const struct json *list = json_parse(w->arena, crew->members_json, &error);

    json_open_object(out);
    json_put_id(out, "id", crew->id);
    json_put_int(out, "version", crew->version);
    json_put_text(out, "name", crew->name);
    json_name(out, "manager");
    put_member(out, team, crew->manager);
    json_name(out, "members");
    json_open_array(out);
    for (size_t i = 0; list != NULL && i < list->array.count; i++) {
        struct id id;
        if (id_parse(list->array.items[i].text, &id))
            put_member(out, team, id);
    }
    json_close_array(out);
    json_close_object(out);
}

static bool
list_crews(struct work *w, const struct request *request,
           struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct crew *crews;
    struct text text;
    int count;

    (void)request;
    if (cache == NULL || !crew_list(w, &crews, &count))
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        put_crew(w, &out, cache->team, &crews[i]);
    response_list_done(response, &out);
    return true;
}

static bool
answer_crew(struct work *w, struct response *response, const struct crew *crew)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    if (cache == NULL)
        return false;
    struct json_out out = response_json(w, response, &text);
    put_crew(w, &out, cache->team, crew);
    response_json_done(response, &text);
    return true;
}

/* ---- reading ---- */

static bool
read_person(struct work *w, const struct team *team, struct str text,
            struct str at, struct id *person)
{
    struct id id;
    int number =
        id_parse(text, &id) ? team_find(team, id) : team_find_email(team, text);

    if (number < 0)
        return fail_at(w, at, "unknown_person",
                       "Nobody here has this id or address.");
    *person = team->people[number].id;
    return true;
}

/* Each once, as ids. */
static bool
read_members(struct work *w, const struct team *team, const struct json *list,
             struct crew *crew)
{
    struct id *seen = ARENA_ARRAY(w->arena, struct id, list->array.count);
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);
    bool good = true;

    json_open_array(&out);
    for (size_t i = 0; i < list->array.count; i++) {
        struct str at = arena_format(w->arena, "/members/%zu", i);
        if (!read_person(w, team, list->array.items[i].text, at, &seen[i])) {
            good = false;
            continue;
        }
        for (size_t k = 0; k < i; k++)
            if (id_equal(seen[k], seen[i]))
                good = fail_at(w, at, "twice", "This person is named twice.");
        json_id(&out, seen[i]);
    }
    json_close_array(&out);
    crew->members_json = text_str(&text);
    return good;
}

static bool
name_is_free(struct work *w, const struct crew *crew)
{
    struct crew *crews;
    int count;

    if (!crew_list(w, &crews, &count))
        return false;
    for (int i = 0; i < count; i++)
        if (str_equal(crews[i].name, crew->name)
            && !id_equal(crews[i].id, crew->id))
            return fail_at(w, STR("/name"), "taken",
                           "There is a team of this name already.");
    return true;
}

/* What was sent; the rest stays. */
static bool
read_crew(struct work *w, const struct json *json, struct crew *crew)
{
    struct workspace_cache *cache = workspace_cache(w);
    const struct json *name = json_get(json, "name");
    const struct json *manager = json_get(json, "manager");
    const struct json *members = json_get(json, "members");
    bool good = cache != NULL;

    if (good && name != NULL)
        crew->name = str_trim(name->text);
    if (good && str_is_empty(crew->name))
        good = fail_at(w, STR("/name"), "needed", "A team needs a name.");
    if (cache != NULL && manager != NULL) {
        crew->manager = ID_NONE;
        if (!str_is_empty(manager->text))
            good &= read_person(w, cache->team, manager->text, STR("/manager"),
                                &crew->manager);
    }
    if (cache != NULL && members != NULL)
        good &= read_members(w, cache->team, members, crew);
    return good && name_is_free(w, crew);
}

/* ---- changes ---- */

/* What is remembered of callers is forgotten: reps may see other leads now. */
static bool
tell(struct work *w)
{
    access_tell(w, "team.changed", ID_NONE);
    return true;
}

static bool
add_crew(struct work *w, const struct request *request,
         struct response *response)
{
    struct crew crew = { .id = work_id(w), .members_json = STR("[]") };

    if (!read_crew(w, request->json, &crew) || !crew_save(w, &crew) || !tell(w)
        || !answer_crew(w, response, &crew))
        return false;
    response->status = 201;
    return true;
}

static bool
find(struct work *w, const struct request *request, struct crew *found)
{
    struct crew *crews;
    struct id id;
    int count;

    if (!request_id(w, request, "id", &id) || !crew_list(w, &crews, &count))
        return false;
    for (int i = 0; i < count; i++) {
        if (!id_equal(crews[i].id, id))
            continue;
        *found = crews[i];
        return true;
    }
    return fail(w, ERR_NOT_FOUND, "There is no team %s.", id_show(id).text);
}

static bool
find_current(struct work *w, const struct request *request, struct crew *crew)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL || !find(w, request, crew))
        return false;

    struct text current = text_new(w->arena);
    struct json_out out = json_out_new(&current);
    put_crew(w, &out, cache->team, crew);
    return request_if_match(w, request, crew->version, text_str(&current));
}

static bool
change_crew(struct work *w, const struct request *request,
            struct response *response)
{
    struct crew crew = { 0 };

    if (!find_current(w, request, &crew))
        return false;
    crew.version = json_get_int(request->json, "version", crew.version);
    return read_crew(w, request->json, &crew) && crew_save(w, &crew) && tell(w)
        && answer_crew(w, response, &crew);
}

static bool
remove_crew(struct work *w, const struct request *request,
            struct response *response)
{
    struct crew crew = { 0 };

    (void)response;
    return find_current(w, request, &crew) && crew_remove(w, crew.id)
        && tell(w);
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/teams", list_crews, CAN_VIEW_TEAM, "Who works together.",
      .gives = &list_shape },
    { POST, "/api/v1/teams", add_crew, CAN_EDIT_TEAM, "Add a team.",
      .takes = &input_shape, .gives = &team_shape },
    { PATCH, "/api/v1/teams/{id}", change_crew, CAN_EDIT_TEAM, "Change a team.",
      .takes = &change_shape, .gives = &team_shape },
    { DELETE, "/api/v1/teams/{id}", remove_crew, CAN_EDIT_TEAM,
      "Take a team away; its people stay." },
    { 0 },
};

const struct module crew_module = { "crew", endpoints, NULL };
