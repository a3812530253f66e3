/* ability: see ability.h. Not for SQL (skill_store.c). */
#include "src/team/ability.h"

enum { LANGUAGE_BYTES_MAX = 35 };

static const char *const seniority_names[] = {
    [SENIORITY_JUNIOR] = "junior",
    [SENIORITY_REGULAR] = "regular",
    [SENIORITY_SENIOR] = "senior",
};

int
skills_find(const struct skills *skills, struct str slug)
{
    for (int i = 0; i < skills->count; i++)
        if (str_equal(skills->list[i].slug, slug))
            return i;
    return -1;
}

static void
compile_skills(struct arena *arena, const struct skills *skills,
               struct ability *ability)
{
    struct json_error error;
    const struct json *json = json_parse(arena, ability->skills_json, &error);
    uint8_t *levels = ARENA_ARRAY(arena, uint8_t, (size_t)skills->count);

    for (size_t i = 0; json != NULL && i < json->object.count; i++) {
        const struct json_member *member = &json->object.members[i];
        int skill = skills_find(skills, member->name);
        if (skill >= 0)
            levels[skill] = (uint8_t)member->value.integer;
    }
    ability->levels = levels;
}

/* A stored list of texts; an empty one is none. */
static const struct str *
texts(struct arena *arena, struct str stored, int *count)
{
    struct json_error error;
    const struct json *json =
        str_is_empty(stored) ? NULL : json_parse(arena, stored, &error);
    size_t room = json == NULL ? 0 : json->array.count;
    struct str *list = ARENA_ARRAY(arena, struct str, room);

    for (size_t i = 0; i < room; i++)
        list[i] = json->array.items[i].text;
    *count = (int)room;
    return list;
}

void
ability_compile(struct arena *arena, const struct skills *skills,
                struct ability *ability)
{
    ability->levels = NULL;
    if (!str_is_empty(ability->skills_json))
        compile_skills(arena, skills, ability);
    ability->languages =
        texts(arena, ability->languages_json, &ability->language_count);
    ability->territories =
        texts(arena, ability->territories_json, &ability->territory_count);
}

int
ability_level(const struct ability *ability, int skill)
{
    return ability->levels == NULL ? 0 : ability->levels[skill];
}

static struct str
primary_subtag(struct str tag)
{
    size_t end = 0;

    while (end < tag.bytes && char_is_letter(tag.data[end]))
        end++;
    return str_slice(tag, 0, end);
}

bool
language_is_same(struct str a, struct str b)
{
    return str_equal_ascii_case(primary_subtag(a), primary_subtag(b));
}

bool
ability_speaks(const struct ability *ability, struct str language)
{
    for (int i = 0; i < ability->language_count; i++)
        if (language_is_same(ability->languages[i], language))
            return true;
    return false;
}

bool
language_is_tag(struct str tag)
{
    struct str rest = tag;
    struct str part;
    int number = 0;

    if (tag.bytes > LANGUAGE_BYTES_MAX)
        return false;
    while (str_next(&rest, '-', &part)) {
        size_t max = number == 0 ? 3 : 8;
        if (part.bytes < (number == 0 ? 2 : 1) || part.bytes > max)
            return false;
        for (size_t i = 0; i < part.bytes; i++)
            if (!char_is_letter(part.data[i])
                && (number == 0 || !char_is_digit(part.data[i])))
                return false;
        number++;
    }
    return number > 0 && tag.data[tag.bytes - 1] != '-';
}

const char *
seniority_name(int32_t seniority)
{
    return seniority >= SENIORITY_JUNIOR && seniority <= SENIORITY_SENIOR
             ? seniority_names[seniority]
             : NULL;
}

bool
seniority_read(const struct json *json, int32_t *seniority)
{
    if (json->kind == JSON_INTEGER) {
        *seniority = (int32_t)json->integer;
        return json->integer >= 1 && json->integer <= SENIORITY_MAX;
    }
    for (int32_t i = SENIORITY_JUNIOR; i <= SENIORITY_SENIOR; i++) {
        *seniority = i;
        if (json->kind == JSON_TEXT && str_is(json->text, seniority_names[i]))
            return true;
    }
    return false;
}
