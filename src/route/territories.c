/* territories: see territories.h. */
#include "src/route/territories.h"

#include "src/lead/lead.h"
#include "src/route/route.h"

/* A territory is read once, however many serve it. */
struct known {
    struct str name;
    const struct condition *in; /* NULL: there is none of that name */
};

struct reading {
    struct work *w;
    struct arena *arena;
    const struct route_names *names;
    struct known *known;
    int known_count;
};

static bool
read_territory(struct reading *r, struct str name, const struct condition **in)
{
    const struct route_names *names = r->names;

    for (int i = 0; i < r->known_count; i++) {
        if (str_equal(r->known[i].name, name)) {
            *in = r->known[i].in;
            return true;
        }
    }

    const struct json *place = names->territory_place(names, r->arena, name);
    *in = NULL;
    if (place != NULL)
        *in = condition_read(
            r->w, names->fields != NULL ? names->fields : lead_fields, place,
            STR(""));
    r->known[r->known_count++] = (struct known){ name, *in };
    return place == NULL || *in != NULL;
}

static bool
read_person(struct reading *r, const struct ability *ability,
            struct route_served *served)
{
    served->in = ARENA_ARRAY(r->arena, const struct condition *,
                             (size_t)ability->territory_count);
    for (int i = 0; i < ability->territory_count; i++) {
        const struct condition *in;
        if (!read_territory(r, ability->territories[i], &in))
            return false;
        if (in != NULL)
            served->in[served->count++] = in;
    }
    return true;
}

bool
route_territories_read(struct work *w, struct arena *arena,
                       const struct route_names *names,
                       struct route_territories *territories)
{
    const struct team *team = names->team;
    struct route_served *served =
        ARENA_ARRAY(arena, struct route_served, (size_t)team->count);
    struct reading reading = { .w = w, .arena = arena, .names = names };
    size_t room = 0;

    for (int i = 0; i < team->count; i++)
        room += (size_t)team->people[i].ability.territory_count;
    reading.known = ARENA_ARRAY(w->arena, struct known, room);
    for (int i = 0; i < team->count; i++)
        if (!read_person(&reading, &team->people[i].ability, &served[i]))
            return false;
    territories->of_person = served;
    return true;
}

bool
route_serves(const struct route_territories *territories, int person,
             const struct fact *facts, int64_t now_ms)
{
    if (territories == NULL || territories->of_person == NULL)
        return false;

    const struct route_served *served = &territories->of_person[person];
    for (int i = 0; i < served->count; i++)
        if (condition_true(served->in[i], facts, now_ms))
            return true;
    return false;
}

struct str
route_place_of(const struct fact *facts)
{
    static const enum lead_field narrow[] = { LEAD_CITY, LEAD_REGION,
                                              LEAD_POSTAL_CODE, LEAD_COUNTRY };

    for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++)
        if (facts[narrow[i]].known)
            return facts[narrow[i]].text;
    return STR_NONE;
}
