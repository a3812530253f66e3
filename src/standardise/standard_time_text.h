/*
 * standard_time_text: dates and times as people and other programs write
 * them: ISO 8601, "15 Apr, 2021 00:03:00", "Apr 15, 2021 3:04 PM",
 * "04/15/2021", "2021년 4월 15일 오후 3시", seconds since 1970.
 *
 * Not for words that need to know what day it is ("tomorrow").
 */
#ifndef STANDARDISE_STANDARD_TIME_TEXT_H
#define STANDARDISE_STANDARD_TIME_TEXT_H

#include "lib/base/arena.h"
#include "lib/time/zone.h"
#include "src/standardise/standard_reason.h"

/* What "03/04/2021" means; needed only where both readings are dates. */
enum standard_date_order {
    DATE_ORDER_UNKNOWN,
    DATE_ORDER_DAY_FIRST,
    DATE_ORDER_MONTH_FIRST,
    DATE_ORDER_YEAR_FIRST, /* also of years with two digits: 21.04.15 */
};

struct standard_time {
    int64_t utc_ms;  /* a date alone: the first moment of that day there */
    int64_t days;    /* the civil date as written, days since 1970 */
    bool has_time;   /* a time of day was written */
    bool has_offset; /* its zone was written: `zone` was not asked */
    const struct standard_reason *why; /* NULL when read */
};

/*
 * `zone` is where the text was written; NULL for UTC. Years of two digits
 * are 1970..2069. A time that the zone's clocks skip is the end of the gap,
 * one that comes twice is the first.
 */
bool standard_time_text(struct arena *, struct str given,
                        enum standard_date_order, const struct zone *zone,
                        struct standard_time *)
    __attribute__((warn_unused_result));

#endif
