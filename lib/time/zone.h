/*
 * zone: IANA time zones without process globals. Reads TZif files (RFC 9636)
 * of the system's database: the 64-bit block and the footer rule.
 */
#ifndef TIME_ZONE_H
#define TIME_ZONE_H

#include "lib/base/civil.h"

struct zone; /* immutable once read; shared between threads */

/*
 * The zone of that name ("Asia/Seoul"), kept for the life of the process;
 * NULL when there is none. Any thread. Names with "..", an empty part, a
 * leading "/" or characters outside [A-Za-z0-9+-_/] are no zones. The
 * database is in the folder TZDIR, else /usr/share/zoneinfo.
 */
const struct zone *zone_find(struct str name);
const char *zone_name(const struct zone *);

/* Local minus UTC at that instant, in seconds. */
int32_t zone_offset_s(const struct zone *, int64_t utc_ms);

struct civil zone_civil(const struct zone *, int64_t utc_ms);

/*
 * The instant of a wall-clock time. A time that does not exist (spring gap)
 * is the moment of the transition; one that exists twice is the first for
 * ZONE_FIRST, the second for ZONE_SECOND. The weekday is not looked at; day,
 * hour, minute and second may lie outside their range and carry over (day 32
 * of January is the 1st of February, hour 25 is 1 o'clock of the next day).
 */
enum zone_fold { ZONE_FIRST, ZONE_SECOND };
int64_t zone_utc_ms(const struct zone *, const struct civil *, enum zone_fold);

#endif
