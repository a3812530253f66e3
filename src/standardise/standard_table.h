/*
 * standard_table: names and their codes, written by tools/gen_places.py at
 * build time and looked up by binary search.
 */
#ifndef STANDARDISE_STANDARD_TABLE_H
#define STANDARDISE_STANDARD_TABLE_H

#include "lib/base/str.h"

struct standard_row {
    uint32_t at;    /* of the folded name in `names`; it ends in NUL */
    int32_t number; /* a currency's exponent; a region that is a city: 1; a
                       city's place in standard_city_spellings */
    char code[8];   /* "KR", "KR-11", "ko", "KRW" */
};

struct standard_table {
    const char *names;
    const struct standard_row *rows; /* sorted by name, then by code */
    size_t count;
};

extern const struct standard_table standard_countries;
extern const struct standard_table standard_regions;
extern const struct standard_table standard_cities; /* code: where it lies */
extern const struct standard_table standard_languages;
extern const struct standard_table standard_currencies;

/* How each city is written: texts that end in NUL, and an empty one. */
extern const char *const standard_city_spellings[];

/* The first row of that name, or NULL; `*count` rows have it. */
const struct standard_row *standard_table_find(const struct standard_table *,
                                               struct str folded,
                                               size_t *count);

#endif
