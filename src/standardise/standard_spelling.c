/*
 * standard_spelling: how a place or a language that a condition names is
 * written in the facts of leads. A rule that asks for "South Korea" or "서울"
 * asks for what a lead has that said so; one that asks for "Busan" asks for
 * all ways to write it. Only the hook of the record's fields;
 * what the names are stands in standard_place.c and standard_language.c.
 */
#include "src/lead/lead.h"
#include "src/standardise/standard_language.h"
#include "src/standardise/standard_place.h"
#include "src/workspace/cache.h"

/* What nobody knows is a mistake of whoever writes it now. A file by itself,
 * and what was stored, are read as they are: then it is like no lead. */
static bool
unknown(struct work *w, struct str at, const struct standard_reason *why)
{
    if (w->app == NULL || id_is_none(w->workspace))
        return true;

    const struct workspace_cache *cache = workspace_cache(w);
    if (cache == NULL)
        return false;
    return cache->loading || fail_at(w, at, why->code, "%s", why->sentence);
}

static bool
one(struct arena *arena, struct str value, const struct str **values,
    int *count)
{
    struct str *only = ARENA_NEW(arena, struct str);

    *only = value;
    *values = only;
    *count = 1;
    return true;
}

bool
lead_country_spelling(struct work *w, const struct field *field,
                      struct str given, struct str at,
                      const struct str **values, int *count)
{
    const struct standard_reason *why;
    struct str code;

    (void)field;
    return standard_country(w->arena, given, &code, &why)
             ? one(w->arena, code, values, count)
             : unknown(w, at, why);
}

/* Which country it is of the other terms say: so any of that name, and as it
 * is kept where the country was not known. */
bool
lead_region_spelling(struct work *w, const struct field *field,
                     struct str given, struct str at, const struct str **values,
                     int *count)
{
    const struct str *codes;
    int found = standard_regions_named(w->arena, given, &codes);

    (void)field, (void)at;
    if (found == 1)
        return one(w->arena, codes[0], values, count);

    struct str *all = ARENA_ARRAY(w->arena, struct str, (size_t)found + 1);
    for (int i = 0; i < found; i++)
        all[i] = codes[i];
    all[found] = given;
    *values = all;
    *count = found + 1;
    return true;
}

/* A lead keeps its city as it was written: so any of the ways to write it, and
 * the one that is asked for. */
bool
lead_city_spelling(struct work *w, const struct field *field, struct str given,
                   struct str at, const struct str **values, int *count)
{
    const struct str *spellings;
    int found = standard_city_named(w->arena, given, &spellings);

    (void)field, (void)at;
    if (found == 0)
        return one(w->arena, given, values, count);

    struct str *all = ARENA_ARRAY(w->arena, struct str, (size_t)found + 1);
    for (int i = 0; i < found; i++)
        all[i] = spellings[i];
    all[found] = given;
    *values = all;
    *count = found + 1;
    return true;
}

bool
lead_language_spelling(struct work *w, const struct field *field,
                       struct str given, struct str at,
                       const struct str **values, int *count)
{
    struct standard_language language;

    (void)field;
    return standard_language(w->arena, given, &language)
             ? one(w->arena, language.tag, values, count)
             : unknown(w, at, language.why);
}
