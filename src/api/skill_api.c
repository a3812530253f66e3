/* skill_api: see skill_api.h. */
#include "src/api/skill_api.h"

#include "src/access/permission.h"
#include "src/api/field_use.h"
#include "src/route/route.h"
#include "src/workspace/cache.h"

static const struct shape_field input_fields[] = {
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, 100, .about = "As shown." },
    { "slug", SHAPE_TEXT, 0, 60,
      .about = "What rules name; from the name if absent. It never changes." },
    { 0 },
};
static const struct shape input_shape = { "SkillInput", "A new skill.", 0,
                                          input_fields };
static const struct shape_field change_fields[] = {
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, 100, .about = "As shown." },
    { 0 },
};
static const struct shape change_shape = { "SkillChange", "Another name.", 0,
                                           change_fields };
static const struct shape_field skill_fields[] = {
    { "id", SHAPE_ID, 0, .about = "Of the skill." },
    { "version", SHAPE_INTEGER, 0, .about = "Goes up with every change." },
    { "slug", SHAPE_TEXT, 0, .about = "What rules and people name." },
    { "name", SHAPE_TEXT, 0, .about = "As shown." },
    { "people", SHAPE_INTEGER, 0, .about = "How many active people have it." },
    { 0 },
};
static const struct shape skill_shape = { "Skill", "What somebody can.", 0,
                                          skill_fields };
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &skill_shape,
      .about = "By slug." },
    { 0 },
};
static const struct shape list_shape = { "Skills", "The catalogue.", 0,
                                         list_fields };

static int
people_with(const struct team *team, int skill)
{
    int count = 0;

    for (int i = 0; i < team->count; i++)
        count += team->people[i].active
              && ability_level(&team->people[i].ability, skill) > 0;
    return count;
}

static void
put_skill(struct json_out *out, const struct team *team, int number)
{
    const struct skill *skill = &team->skills.list[number];

    json_open_object(out);
    json_put_id(out, "id", skill->id);
    json_put_int(out, "version", skill->version);
    json_put_text(out, "slug", skill->slug);
    json_put_text(out, "name", skill->name);
    json_put_int(out, "people", people_with(team, number));
    json_close_object(out);
}

static bool
list_skills(struct work *w, const struct request *request,
            struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    (void)request;
    if (cache == NULL)
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < cache->team->skills.count; i++)
        put_skill(&out, cache->team, i);
    response_list_done(response, &out);
    return true;
}

/* As the catalogue is after what this unit has changed. */
static bool
answer_skill(struct work *w, struct response *response, struct str slug)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    if (cache == NULL)
        return false;
    struct json_out out = response_json(w, response, &text);
    put_skill(&out, cache->team, skills_find(&cache->team->skills, slug));
    response_json_done(response, &text);
    return true;
}

static bool
read_slug(struct work *w, const struct json *json, struct skill *skill)
{
    struct str given = json_get_text(json, "slug");

    skill->slug =
        workspace_slug(w->arena, str_is_empty(given) ? skill->name : given);
    if (str_is_empty(skill->slug))
        return fail_at(w, STR("/slug"), "needed",
                       "Give a short name of letters and digits, such as "
                       "solar.");
    return str_is_empty(given) || str_equal(given, skill->slug)
        || fail_at(w, STR("/slug"), "not_a_slug",
                   "A short name has small letters, digits and hyphens, such "
                   "as %.*s.",
                   STR_ARG(skill->slug));
}

static bool
read_name(struct work *w, const struct json *json, struct skill *skill)
{
    skill->name = str_trim(json_get_text(json, "name"));
    return !str_is_empty(skill->name)
        || fail_at(w, STR("/name"), "needed", "A skill needs a name.");
}

static bool
add_skill(struct work *w, const struct request *request,
          struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct skill skill = { .id = work_id(w) };

    if (cache == NULL || !read_name(w, request->json, &skill)
        || !read_slug(w, request->json, &skill))
        return false;
    if (skills_find(&cache->team->skills, skill.slug) >= 0)
        return fail_at(w, STR("/slug"), "taken",
                       "There is a skill %.*s already.", STR_ARG(skill.slug));
    if (!skill_add(w, &skill) || !workspace_config_changed(w)
        || !answer_skill(w, response, skill.slug))
        return false;
    response->status = 201;
    return true;
}

/* The number in the catalogue. */
static bool
find(struct work *w, const struct request *request,
     struct workspace_cache **cache, int *number)
{
    struct id id;

    *cache = workspace_cache(w);
    if (*cache == NULL || !request_id(w, request, "id", &id))
        return false;
    const struct skills *skills = &(*cache)->team->skills;
    for (*number = 0; *number < skills->count; ++*number)
        if (id_equal(skills->list[*number].id, id))
            return true;
    return fail(w, ERR_NOT_FOUND, "There is no skill %s.", id_show(id).text);
}

static bool
find_current(struct work *w, const struct request *request,
             struct workspace_cache **cache, int *number)
{
    if (!find(w, request, cache, number))
        return false;

    const struct team *team = (*cache)->team;
    struct text current = text_new(w->arena);
    struct json_out out = json_out_new(&current);
    put_skill(&out, team, *number);
    return request_if_match(w, request, team->skills.list[*number].version,
                            text_str(&current));
}

static bool
change_skill(struct work *w, const struct request *request,
             struct response *response)
{
    struct workspace_cache *cache;
    int number;

    if (!find_current(w, request, &cache, &number))
        return false;
    struct skill skill = cache->team->skills.list[number];
    skill.slug = arena_str(w->arena, skill.slug);
    return read_name(w, request->json, &skill) && skill_rename(w, &skill)
        && workspace_config_changed(w) && answer_skill(w, response, skill.slug);
}

/* The rules in force can always be read: what they need stays (P8). */
static bool
remove_skill(struct work *w, const struct request *request,
             struct response *response)
{
    struct workspace_cache *cache;
    struct str places;
    int number;

    (void)response;
    if (!find_current(w, request, &cache, &number))
        return false;
    if (!name_use_find(w, NAME_OF_SKILL, cache->team->skills.list[number].slug,
                       &places))
        return false;
    if (!str_is_empty(places))
        return fail(w, ERR_CONFLICT,
                    "The skill %.*s is used by %.*s: change that first.",
                    STR_ARG(cache->team->skills.list[number].slug),
                    STR_ARG(places));
    return skill_remove(w, cache->team->skills.list[number].id)
        && workspace_config_changed(w);
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/skills", list_skills, CAN_VIEW_TEAM,
      "What people can, and rules may need.", .gives = &list_shape },
    { POST, "/api/v1/skills", add_skill, CAN_EDIT_TEAM, "Add a skill.",
      .takes = &input_shape, .gives = &skill_shape },
    { PATCH, "/api/v1/skills/{id}", change_skill, CAN_EDIT_TEAM,
      "Call a skill by another name.", .takes = &change_shape,
      .gives = &skill_shape },
    { DELETE, "/api/v1/skills/{id}", remove_skill, CAN_EDIT_TEAM,
      "Take a skill away from the catalogue and from everybody." },
    { 0 },
};

const struct module skill_module = { "skill", endpoints, NULL };
