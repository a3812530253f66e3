/* place_given: see place_given.h. */
#include "src/api/place_given.h"

#include "src/standardise/standard_place.h"

bool
place_country(struct work *w, struct str given, struct str at, struct str *code)
{
    const struct standard_reason *why;

    *code = STR_NONE;
    given = str_trim(given);
    return str_is_empty(given) || standard_country(w->arena, given, code, &why)
        || fail_at(w, at, why->code, "%s", why->sentence);
}

struct str
place_region(struct work *w, struct str given, struct str country)
{
    const struct standard_reason *why;
    struct str code;

    given = str_trim(given);
    return !str_is_empty(given)
                && standard_region(w->arena, given, country, &code, &why)
             ? code
             : given;
}
