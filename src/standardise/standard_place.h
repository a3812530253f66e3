/*
 * standard_place: countries as ISO 3166-1 alpha-2 and their regions as
 * ISO 3166-2, from the codes and names people write in English, Korean or
 * the country's own language. Cities have no codes: they keep the spelling
 * they were given, and are known by all their names.
 */
#ifndef STANDARDISE_STANDARD_PLACE_H
#define STANDARDISE_STANDARD_PLACE_H

#include "lib/base/arena.h"
#include "src/standardise/standard_reason.h"

/* "KR" for "kr", "KOR", "South Korea", "대한민국". The text is constant. */
bool standard_country(struct arena *, struct str given, struct str *code,
                      const struct standard_reason **why)
    __attribute__((warn_unused_result));

/*
 * "KR-11" for "서울", "Seoul", "KR-11". `country` is alpha-2 or none: then
 * the name must stand for one region of the world only.
 */
bool standard_region(struct arena *, struct str given, struct str country,
                     struct str *code, const struct standard_reason **why)
    __attribute__((warn_unused_result));

/*
 * The region that a city is: "KR-26" for "부산", "Busan". False for any other
 * city, also when a region is called like it that is none (Washington).
 */
bool standard_city_region(struct arena *, struct str given, struct str country,
                          struct str *code) __attribute__((warn_unused_result));

/*
 * All regions of the world that have this name; the codes are constant. Of a
 * code the one it is. 0: none is known.
 */
int standard_regions_named(struct arena *, struct str given,
                           const struct str **codes);

/*
 * All ways to write the city that is called so: "Pusan", "Busan", "부산시" of
 * any of them. Of a name that several cities have, those of all. 0: none is
 * known. The texts are constant.
 */
int standard_city_named(struct arena *, struct str given,
                        const struct str **spellings);

#endif
