/* standard_place: see standard_place.h. */
#include "src/standardise/standard_place.h"

#include <string.h>

#include "src/standardise/standard_table.h"
#include "src/standardise/standard_unicode.h"

enum { GIVEN_BYTES_MAX = 300 };

static const struct standard_reason NO_COUNTRY = {
    "country_unknown",
    "No country is known by this name or code; KR or South Korea would be "
    "one."
};
static const struct standard_reason NO_REGION = {
    "region_unknown", "No region is known by this name or code."
};
static const struct standard_reason ELSEWHERE = {
    "region_not_in_country", "The country has no region of this name."
};
static const struct standard_reason AMBIGUOUS = {
    "region_ambiguous",
    "Regions of several countries have this name; the country is needed."
};

static const struct standard_row *
find(struct arena *arena, const struct standard_table *table, struct str given,
     size_t *count)
{
    *count = 0;
    if (given.bytes == 0 || given.bytes > GIVEN_BYTES_MAX)
        return NULL;
    return standard_table_find(table, standard_fold(arena, given), count);
}

bool
standard_country(struct arena *arena, struct str given, struct str *code,
                 const struct standard_reason **why)
{
    size_t count;
    const struct standard_row *row =
        find(arena, &standard_countries, given, &count);

    *code = row == NULL ? STR_NONE : str_of(row->code);
    *why = row == NULL ? &NO_COUNTRY : NULL;
    return row != NULL;
}

/* "KR-11": the country is in front of it. */
static void
split_code(struct str *name, struct str *country)
{
    struct str s = str_trim(*name);

    if (s.bytes < 4 || s.bytes > 6 || s.data[2] != '-'
        || !char_is_letter(s.data[0]) || !char_is_letter(s.data[1]))
        return;
    *country = str_slice(s, 0, 2);
    *name = str_slice(s, 3, s.bytes);
}

static bool
lies_in(const struct standard_row *row, struct str country)
{
    return str_equal_ascii_case(str_slice(str_of(row->code), 0, 2), country);
}

/* Of the rows of one name the one in the country; of the world when none is
 * named. NULL with the reason. */
static const struct standard_row *
region_of(struct arena *arena, struct str given, struct str country,
          const struct standard_reason **why)
{
    size_t count;
    const struct standard_row *row =
        find(arena, &standard_regions, given, &count);

    *why = row == NULL       ? &NO_REGION
         : country.bytes > 0 ? &ELSEWHERE
         : count > 1         ? &AMBIGUOUS
                             : NULL;
    for (size_t i = 0; row != NULL && country.bytes > 0 && i < count; i++)
        if (lies_in(&row[i], country)) {
            *why = NULL;
            return &row[i];
        }
    return *why == NULL ? row : NULL;
}

bool
standard_region(struct arena *arena, struct str given, struct str country,
                struct str *code, const struct standard_reason **why)
{
    split_code(&given, &country);
    const struct standard_row *row = region_of(arena, given, country, why);

    *code = row == NULL ? STR_NONE : str_of(row->code);
    return row != NULL;
}

bool
standard_city_region(struct arena *arena, struct str given, struct str country,
                     struct str *code)
{
    const struct standard_reason *why;
    const struct standard_row *row = region_of(arena, given, country, &why);
    bool is_city = row != NULL && row->number == 1;

    *code = is_city ? str_of(row->code) : STR_NONE;
    return is_city;
}

int
standard_regions_named(struct arena *arena, struct str given,
                       const struct str **codes)
{
    struct str *all;
    struct str name = given;
    struct str country = STR_NONE;
    size_t count = 0;
    int found = 0;

    split_code(&name, &country);
    const struct standard_row *row =
        find(arena, &standard_regions, name, &count);

    all = ARENA_ARRAY(arena, struct str, count);
    for (size_t i = 0; row != NULL && i < count; i++) {
        struct str code = str_of(row[i].code);
        if (country.bytes == 0 || lies_in(&row[i], country))
            all[found++] = code;
    }
    *codes = all;
    return found;
}

static int
count_spellings(const char *next)
{
    int count = 0;

    for (; *next != '\0'; next += strlen(next) + 1)
        count++;
    return count;
}

int
standard_city_named(struct arena *arena, struct str given,
                    const struct str **spellings)
{
    size_t count = 0;
    int room = 0;
    int found = 0;
    const struct standard_row *row =
        find(arena, &standard_cities, given, &count);

    for (size_t i = 0; i < count; i++)
        room += count_spellings(standard_city_spellings[row[i].number]);

    struct str *all = ARENA_ARRAY(arena, struct str, (size_t)room);
    for (size_t i = 0; i < count; i++)
        for (const char *next = standard_city_spellings[row[i].number];
             *next != '\0'; next += strlen(next) + 1)
            all[found++] = str_of(next);
    *spellings = all;
    return found;
}
