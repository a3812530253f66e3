/*
 * zone_rule: the rule at the end of a TZif file, which goes on where its
 * table of transitions stops: a POSIX TZ text (RFC 9636, section 3.3) such
 * as "CET-1CEST,M3.5.0,M10.5.0/3". For zone.c only.
 */
#ifndef TIME_ZONE_RULE_H
#define TIME_ZONE_RULE_H

#include "lib/base/str.h"

/* A day of the year and a local time on it. */
struct zone_rule_date {
    enum {
        ZONE_RULE_NO_LEAP, /* J1..J365: 29 February is never counted */
        ZONE_RULE_DAY,     /* 0..365: it is */
        ZONE_RULE_MONTH,   /* M3.5.0: the last (5) Sunday (0) of March */
    } kind;
    int32_t day;   /* of the year, or weekday with 0 for Sunday */
    int32_t week;  /* 1..5 */
    int32_t month; /* 1..12 */
    int32_t time_s;
};

struct zone_rule {
    int32_t offset_s; /* local minus UTC, outside daylight saving */
    bool has_saving;
    int32_t saving_offset_s;
    struct zone_rule_date begin; /* in time before it */
    struct zone_rule_date end;   /* in daylight saving time */
};

/* False for text that is no complete rule. */
bool zone_rule_read(struct str, struct zone_rule *);

/* When saving begins and ends in that year; UTC seconds. */
void zone_rule_year(const struct zone_rule *, int32_t year, int64_t *begin_s,
                    int64_t *end_s);

#endif
