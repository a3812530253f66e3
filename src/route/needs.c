/* needs: see needs.h. */
#include "src/route/needs.h"

#include "lib/base/nearest.h"
#include "src/lead/lead.h"
#include "src/workspace/cache.h"

static const char *const territories[] = { "lead", NULL };

static const struct shape_field needs_fields[] = {
    { "skills", SHAPE_OBJECT, 0,
      .about = "{\"solar\": 3}: short name and least level, 1 to 5." },
    { "language", SHAPE_TEXT, 0, 35,
      .about = "A BCP 47 tag; \"lead\": the lead's own, where it has one." },
    { "seniority", SHAPE_ANY, 0,
      .about = "The least: junior, regular, senior, or 1 to 10." },
    { "territory", SHAPE_OPTION, 0, .options = territories,
      .about = "\"lead\": a person who serves the place of the lead, where it "
               "has one." },
    { 0 },
};
const struct shape route_needs_shape = {
    "RoutingNeeds", "What whoever takes the lead must bring.", 0, needs_fields
};

/* ---------------------------------------------------------------- asking */

bool
needs_lack_skill(const struct route_needs *needs, const struct ability *ability,
                 const struct fact *facts, struct route_lack *lack)
{
    (void)facts;
    for (int i = 0; i < needs->skill_count; i++) {
        const struct route_needed_skill *needed = &needs->skills[i];
        *lack = (struct route_lack){ needed->slug,
                                     ability_level(ability, needed->skill),
                                     needed->level };
        if (lack->saw < lack->limit)
            return true;
    }
    return false;
}

bool
needs_lack_language(const struct route_needs *needs,
                    const struct ability *ability, const struct fact *facts,
                    struct route_lack *lack)
{
    const struct fact *own = &facts[LEAD_LANGUAGE];
    struct str language = needs->language;

    if (needs->language_of_lead)
        language = own->known ? own->text : STR_NONE;
    if (str_is_empty(language) || ability_speaks(ability, language))
        return false;
    *lack = (struct route_lack){ language, 0, 1 };
    return true;
}

bool
needs_lack_seniority(const struct route_needs *needs,
                     const struct ability *ability, const struct fact *facts,
                     struct route_lack *lack)
{
    (void)facts;
    *lack =
        (struct route_lack){ STR_NONE, ability->seniority, needs->seniority };
    return lack->saw < lack->limit;
}

/* --------------------------------------------------------------- reading */

static bool
read_skill(struct work *w, struct arena *arena, const struct skills *skills,
           const struct json_member *member, struct str at,
           struct route_needed_skill *needed)
{
    struct str pointer = arena_format(w->arena, "%.*s/skills/%.*s", STR_ARG(at),
                                      STR_ARG(member->name));
    const struct json *level = &member->value;

    if (level->kind != JSON_INTEGER || level->integer < 1
        || level->integer > SKILL_LEVEL_MAX)
        return fail_at(w, pointer, "not_a_level",
                       "A level is a whole number from 1 to %d.",
                       SKILL_LEVEL_MAX);
    *needed = (struct route_needed_skill){
        skills == NULL ? -1 : skills_find(skills, member->name),
        arena_str(arena, member->name), (int32_t)level->integer
    };
    if (skills == NULL || needed->skill >= 0)
        return true;

    struct nearest nearest = nearest_to(member->name);
    for (int i = 0; i < skills->count; i++)
        nearest_offer(&nearest, arena_cstr(w->arena, skills->list[i].slug));
    return fail_at(w, pointer, "unknown_skill",
                   "There is no skill \"%.*s\".%.*s", STR_ARG(member->name),
                   STR_ARG(nearest_question(w->arena, &nearest)));
}

static bool
read_skills(struct work *w, struct arena *arena, const struct skills *catalogue,
            const struct json *json, struct str at, struct route_needs *needs)
{
    size_t count = json == NULL ? 0 : json->object.count;
    struct route_needed_skill *skills =
        ARENA_ARRAY(arena, struct route_needed_skill, count);
    bool good = true;

    for (size_t i = 0; i < count; i++)
        good &= read_skill(w, arena, catalogue, &json->object.members[i], at,
                           &skills[i]);
    needs->skills = skills;
    needs->skill_count = (int)count;
    return good;
}

static bool
read_seniority(struct work *w, const struct json *json, struct str at,
               struct route_needs *needs)
{
    return json == NULL || seniority_read(json, &needs->seniority)
        || fail_at(w, arena_format(w->arena, "%.*s/seniority", STR_ARG(at)),
                   "not_a_seniority",
                   "Seniority is junior, regular or senior, or a number from "
                   "1 to %d.",
                   SENIORITY_MAX);
}

/* What nobody can speak would keep its leads for ever. */
static bool
check_language(struct work *w, const struct route_needs *needs, struct str at)
{
    return str_is_empty(needs->language) || language_is_tag(needs->language)
        || workspace_is_loading(w)
        || fail_at(w, arena_format(w->arena, "%.*s/language", STR_ARG(at)),
                   "not_a_language",
                   "A language is a BCP 47 tag, such as ko or en-GB, or "
                   "\"lead\".");
}

const struct route_needs *
route_needs_read(struct work *w, struct arena *arena,
                 const struct skills *catalogue, const struct json *json,
                 struct str at)
{
    struct route_needs *needs = ARENA_NEW(arena, struct route_needs);
    struct str language = json_get_text(json, "language");

    *needs = (struct route_needs){ .language_of_lead = str_is(language, "lead"),
                                   .territory_of_lead =
                                       json_get(json, "territory") != NULL };
    if (!needs->language_of_lead)
        needs->language = arena_str(arena, language);
    bool good =
        read_skills(w, arena, catalogue, json_get(json, "skills"), at, needs);
    good &= check_language(w, needs, at);
    return read_seniority(w, json_get(json, "seniority"), at, needs) && good
             ? needs
             : NULL;
}
