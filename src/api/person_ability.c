/* person_ability: see person_ability.h. */
#include "src/api/person_ability.h"

#include "lib/base/nearest.h"
#include "src/api/place_given.h"
#include "src/workspace/cache.h"
#include "src/workspace/territory.h"

static const struct shape_field skill_fields[] = {
    { "skill", SHAPE_TEXT, SHAPE_REQUIRED, 100, .about = "Its short name." },
    { "level", SHAPE_INTEGER, SHAPE_REQUIRED, SKILL_LEVEL_MAX, 1,
      .about = "1: a beginner; 5: teaches others." },
    { 0 },
};
const struct shape person_skill_shape = { "PersonSkill",
                                          "One thing a person can.", 0,
                                          skill_fields };

/* ---- reading ---- */

static bool
find_skill(struct work *w, const struct skills *skills, struct str slug,
           struct str at)
{
    struct nearest nearest = nearest_to(slug);

    if (skills_find(skills, slug) >= 0)
        return true;
    for (int i = 0; i < skills->count; i++)
        nearest_offer(&nearest, arena_cstr(w->arena, skills->list[i].slug));
    return fail_at(w, at, "unknown_skill", "There is no skill \"%.*s\".%.*s",
                   STR_ARG(slug),
                   STR_ARG(nearest_question(w->arena, &nearest)));
}

/* [{"skill": "solar", "level": 3}] becomes {"solar": 3}. */
static bool
read_skills(struct work *w, const struct team *team, const struct json *list,
            struct ability *ability)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);
    bool good = true;

    json_open_object(&out);
    for (size_t i = 0; i < list->array.count; i++) {
        const struct json *item = &list->array.items[i];
        struct str slug = json_get_text(item, "skill");
        struct str at = arena_format(w->arena, "/skills/%zu/skill", i);
        good &= find_skill(w, &team->skills, slug, at);
        for (size_t k = 0; k < i; k++)
            if (str_equal(json_get_text(&list->array.items[k], "skill"), slug))
                good = fail_at(w, at, "twice", "This skill is named twice.");
        json_name_str(&out, slug);
        json_int(&out, json_get_int(item, "level", 1));
    }
    json_close_object(&out);
    ability->skills_json = list->array.count > 0 ? text_str(&text) : STR_NONE;
    return good;
}

static bool
read_languages(struct work *w, const struct json *list, struct ability *ability)
{
    bool good = true;

    for (size_t i = 0; i < list->array.count; i++)
        if (!language_is_tag(list->array.items[i].text))
            good = fail_at(w, arena_format(w->arena, "/languages/%zu", i),
                           "not_a_language",
                           "A language is a BCP 47 tag, such as ko or en-GB.");
    ability->languages_json =
        list->array.count > 0 ? json_tree_text(w->arena, list) : STR_NONE;
    return good;
}

static bool
find_territory(struct work *w, const struct workspace_cache *cache,
               struct str name, struct str at, struct str *slug)
{
    const struct territory *territory = territory_find(cache, name);
    struct nearest nearest = nearest_to(name);

    if (territory != NULL) {
        *slug = territory->slug;
        return true;
    }
    for (int i = 0; i < cache->territory_count; i++)
        nearest_offer(&nearest,
                      arena_cstr(w->arena, cache->territories[i].slug));
    return fail_at(w, at, "unknown_territory",
                   "There is no territory \"%.*s\".%.*s", STR_ARG(name),
                   STR_ARG(nearest_question(w->arena, &nearest)));
}

static bool
read_territories(struct work *w, const struct json *list,
                 struct ability *ability)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);
    bool good = cache != NULL;

    json_open_array(&out);
    for (size_t i = 0; cache != NULL && i < list->array.count; i++) {
        struct str slug = STR_NONE;
        good &= find_territory(w, cache, list->array.items[i].text,
                               arena_format(w->arena, "/territories/%zu", i),
                               &slug);
        json_text(&out, slug);
    }
    json_close_array(&out);
    ability->territories_json =
        list->array.count > 0 ? text_str(&text) : STR_NONE;
    return good;
}

static bool
read_seniority(struct work *w, const struct json *json, int32_t *seniority)
{
    return seniority_read(json, seniority)
        || fail_at(w, STR("/seniority"), "not_a_seniority",
                   "Seniority is junior, regular or senior, or a number from "
                   "1 to %d.",
                   SENIORITY_MAX);
}

static bool
knows_set(const struct team *team, struct str text)
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
read_sets(struct work *w, const struct team *team, const struct json *list,
          struct person *person)
{
    bool good = true;

    for (size_t i = 0; i < list->array.count; i++)
        if (!knows_set(team, list->array.items[i].text))
            good = fail_at(w, arena_format(w->arena, "/holidays/%zu", i),
                           "unknown_holidays",
                           "There is no set of holidays with this id.");
    person->sets_json =
        list->array.count > 0 ? json_tree_text(w->arena, list) : STR_NONE;
    return good;
}

static bool
read_place(struct work *w, const struct json *json, struct person *person)
{
    const struct workspace_cache *cache = workspace_cache(w);
    const struct json *country = json_get(json, "country");
    const struct json *region = json_get(json, "region");

    if (cache == NULL
        || (country != NULL
            && !place_country(w, country->text, STR("/country"),
                              &person->country)))
        return false;
    if (region != NULL)
        person->region = place_region(w, region->text,
                                      str_is_empty(person->country)
                                          ? cache->workspace.country
                                          : person->country);
    return true;
}

/* A list that was sent; null is an empty one. */
static const struct json *
sent_list(const struct json *json, const char *name)
{
    static const struct json none = { .kind = JSON_ARRAY };
    const struct json *sent = json_get(json, name);

    return sent != NULL && sent->kind == JSON_NULL ? &none : sent;
}

bool
person_ability_read(struct work *w, const struct team *team,
                    const struct json *json, struct person *person)
{
    const struct json *skills = sent_list(json, "skills");
    const struct json *languages = sent_list(json, "languages");
    const struct json *sets = sent_list(json, "holidays");
    const struct json *territories = sent_list(json, "territories");
    const struct json *seniority = json_get(json, "seniority");
    struct ability *ability = &person->ability;
    bool good = read_place(w, json, person);

    if (skills != NULL)
        good &= read_skills(w, team, skills, ability);
    if (languages != NULL)
        good &= read_languages(w, languages, ability);
    if (territories != NULL)
        good &= read_territories(w, territories, ability);
    if (seniority != NULL)
        good &= read_seniority(w, seniority, &ability->seniority);
    if (sets != NULL)
        good &= read_sets(w, team, sets, person);
    return good;
}

/* ---- showing ---- */

static void
put_list(struct work *w, struct json_out *out, const char *name,
         struct str stored)
{
    json_name(out, name);
    if (str_is_empty(stored))
        json_raw(out, STR("[]"));
    else
        json_raw(out, arena_str(w->arena, stored));
}

static void
put_skills(struct json_out *out, const struct skills *skills,
           const struct ability *ability)
{
    json_name(out, "skills");
    json_open_array(out);
    for (int i = 0; i < skills->count; i++) {
        if (ability_level(ability, i) == 0)
            continue;
        json_open_object(out);
        json_put_text(out, "skill", skills->list[i].slug);
        json_put_int(out, "level", ability_level(ability, i));
        json_close_object(out);
    }
    json_close_array(out);
}

void
person_ability_put(struct work *w, struct json_out *out,
                   const struct team *team, const struct person *person)
{
    const char *seniority = seniority_name(person->ability.seniority);

    put_skills(out, &team->skills, &person->ability);
    put_list(w, out, "languages", person->ability.languages_json);
    if (seniority != NULL)
        json_put_cstr(out, "seniority", seniority);
    else
        json_put_int(out, "seniority", person->ability.seniority);
    json_put_text(out, "country",
                  str_is_empty(person->country) ? STR_NONE : person->country);
    json_put_text(out, "region",
                  str_is_empty(person->region) ? STR_NONE : person->region);
    put_list(w, out, "territories", person->ability.territories_json);
    put_list(w, out, "holidays", person->sets_json);
}
