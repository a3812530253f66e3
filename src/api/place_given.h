/* place_given: countries and regions as people write them, for settings. */
#ifndef PLACE_GIVEN_H
#define PLACE_GIVEN_H

#include "lib/jobs/work.h"

enum { PLACE_BYTES_MAX = 200 };

/* The alpha-2 code of a country by code or name; STR_NONE when nothing is
 * given. False with what would be right at `at`. */
bool place_country(struct work *, struct str given, struct str at,
                   struct str *code);

/* The code of a region; what is none of that country stays as it was given. */
struct str place_region(struct work *, struct str given, struct str country);

#endif
