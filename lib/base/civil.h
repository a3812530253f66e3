/*
 * civil: days of the proleptic Gregorian calendar, and times and dates as
 * text. Knows nothing of zones; see lib/time/zone.h for those.
 */
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

#include "lib/base/arena.h"

struct civil {
    int32_t year;
    int32_t month; /* 1..12 */
    int32_t day;   /* 1..31 */
    int32_t hour, minute, second;
    int32_t weekday; /* 0 Monday .. 6 Sunday */
};

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar. */
int64_t civil_days(int32_t year, int32_t month, int32_t day);
struct civil civil_of_days(int64_t days);

/*
 * RFC 3339: "2026-11-20T10:00:00+09:00", "...Z", with optional fraction, of
 * which what is finer than a millisecond is dropped. A leap second (23:59:60
 * UTC) is the first moment of the next day.
 */
bool time_parse(struct str, int64_t *utc_ms);
struct str time_show(struct arena *,
                     int64_t utc_ms); /* "2026-11-20T01:00:00.000Z" */

/* "2026-11-20" as days since 1970. */
bool date_parse(struct str, int64_t *days);
struct str date_show(struct arena *, int64_t days);

#endif
