/*
 * holiday: sets of days off, and whose days they are. A day off is a
 * date, from midnight to midnight in the zone of each person.
 */
#ifndef TEAM_HOLIDAY_H
#define TEAM_HOLIDAY_H

#include "lib/base/civil.h"
#include "lib/base/json.h"
#include "lib/jobs/work.h"

struct holiday_set {
    struct id id;
    int64_t version; /* 0: not stored yet */
    struct str name;
    struct str country; /* empty: of no country */
    struct str region;  /* empty: of the whole country */
    bool everybody;
    struct str days_json;    /* [{"date": "2026-12-25", "name": "..."}] */
    const struct json *days; /* the same, read */
};

/* Where somebody lives, and which sets he names. */
struct holiday_place {
    struct str country;
    struct str region;
    struct str sets_json;          /* a list of ids, or empty */
    struct str calendar_sets_json; /* the same, of his calendar */
};

bool holiday_applies(const struct holiday_set *, const struct holiday_place *);

/* All days off there, in order and each once, in the arena. */
void holiday_days_of(struct arena *, const struct holiday_set *, int count,
                     const struct holiday_place *, const int64_t **days,
                     int *day_count);

/* What the day is called; STR_NONE: no such day in any of them. */
struct str holiday_name(const struct holiday_set *, int count,
                        const struct holiday_place *, int64_t day);

/* ---------------------------------------------------------------- store */

bool holiday_list(struct work *, struct arena *, const struct holiday_set **,
                  int *count);
bool holiday_save(struct work *, struct holiday_set *);
bool holiday_remove(struct work *, struct id);

#endif
