/*
 * hours: when somebody works. Civil rules (weekly blocks in a zone, dates
 * off, dates with other hours) are compiled to sorted UTC intervals with
 * running sums, so that a look is one binary search.
 *
 * A wall time in a spring gap opens at the transition. In an autumn overlap
 * a block opens at the first and closes at the second occurrence.
 */
#ifndef TIME_HOURS_H
#define TIME_HOURS_H

#include "lib/base/json.h"
#include "lib/jobs/work.h"
#include "lib/time/zone.h"

/* One block of a weekday. end_minute may pass 1440 (a night shift). */
struct hours_block {
    int32_t weekday;      /* 0 Monday .. 6 Sunday */
    int32_t begin_minute; /* since local midnight */
    int32_t end_minute;   /* > begin_minute, <= 2880 */
};

/* Hours of one date. What the week says of it does not hold, and no holiday
 * takes it; a night shift of the day before goes on. */
struct hours_special {
    int64_t day;          /* local, since 1970 */
    int32_t begin_minute; /* as in hours_block */
    int32_t end_minute;
};

/* A stretch that is off whatever the week says. */
struct hours_off {
    int64_t begin_ms;
    int64_t end_ms;
};

struct hours_rules {
    const struct zone *zone;
    const struct hours_block *blocks; /* none: open at any hour */
    int block_count;
    const struct hours_special *specials; /* by day; a day may have several */
    int special_count;
    const struct hours_off *off; /* absences, in UTC; any order */
    int off_count;
    const int64_t *holidays; /* whole local days, days since 1970:
                                         off from midnight to midnight */
    int holiday_count;
};

struct hours_interval {
    int64_t begin_ms;
    int64_t end_ms;
    int64_t open_before_ms; /* open time of all intervals before this one */
};

struct hours {
    struct hours_interval *intervals;
    int count;
    int64_t from_ms; /* compiled horizon */
    int64_t until_ms;
};

/* Compiled into the arena for from_ms .. until_ms (two years is usual). */
struct hours hours_compile(struct arena *, const struct hours_rules *,
                           int64_t from_ms, int64_t until_ms);

bool hours_open(const struct hours *, int64_t at_ms);

/* The next moment at or after at_ms that is open; INT64_MAX: none within the
 * horizon. And the next moment after at_ms at which open changes; INT64_MAX
 * alike: the end of the horizon is no edge. Outside the horizon nothing is
 * open, so compile anew well before until_ms. */
int64_t hours_next_open(const struct hours *, int64_t at_ms);
int64_t hours_next_edge(const struct hours *, int64_t at_ms);

/* The first moment at which `open_ms` (>= 0) of open time have passed since
 * at_ms, so at_ms itself for 0; INT64_MAX when the horizon ends before. */
int64_t hours_add(const struct hours *, int64_t at_ms, int64_t open_ms);

/* Open time between two instants; 0 when to_ms is not after from_ms. */
int64_t hours_between(const struct hours *, int64_t from_ms, int64_t to_ms);

/*
 * Working hours as written: {"mon": ["09:00-12:00", "13:00-18:00"], ...}.
 * Blocks may pass midnight ("22:00-06:00") and end at "24:00". {} and null
 * give no blocks (open at any hour). The blocks are sorted by time of week.
 * False with details in w->error: unknown day, not HH:MM-HH:MM, a block of no
 * length, overlapping blocks, days that are all empty (which would mean
 * "never" to the writer and "always" to us).
 */
bool hours_read(struct work *, const struct json *, struct str at,
                struct hours_block **blocks, int *count);

/* The blocks of one day, ["09:00-12:00", "13:00-18:00"], sorted; [] gives
 * none. Their weekday is 0. */
bool hours_read_day(struct work *, const struct json *list, struct str at,
                    struct hours_block **blocks, int *count);

#endif
