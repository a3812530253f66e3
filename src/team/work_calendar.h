/*
 * work_calendar: when people work who share it: hours of the week in a zone,
 * dates with hours of their own, and the days off that hold for them
 * ("calendars" by HTTP; src/follow_up/calendar.h is a feed of tasks). Whoever
 * refers to one has no hours of his own.
 */
#ifndef TEAM_WORK_CALENDAR_H
#define TEAM_WORK_CALENDAR_H

#include "lib/time/hours.h"
#include "lib/time/zone.h"

struct work_calendar {
    struct id id;
    int64_t version; /* 0: not stored yet */
    struct str name;
    struct str zone_text; /* empty: of each person */
    struct str hours_json;
    struct str special_json; /* [{"date", "name", "hours": ["..."]}] */
    struct str sets_json;    /* ids of sets of holidays */

    /* The same, read. */
    const struct zone *zone; /* NULL: of each person */
    const struct hours_block *blocks;
    int block_count;
    const struct hours_special *specials; /* by day */
    int special_count;
    const int64_t *off; /* special days without hours, in order */
    int off_count;
};

/* By id; NULL: none. */
const struct work_calendar *work_calendar_find(const struct work_calendar *,
                                               int count, struct id);
const struct work_calendar *work_calendar_named(const struct work_calendar *,
                                                int count, struct str name);

/* Reads the documents into hours, special days and zone; details in w->error
 * when they are wrong. */
bool work_calendar_compile(struct work *, struct arena *,
                           struct work_calendar *);

/* Days off (in order) as they are in this calendar: with its own, and without
 * those that have hours. */
void work_calendar_days(struct arena *, const struct work_calendar *,
                        const int64_t **days, int *count);

/* What a special day is called, or STR_NONE. */
struct str work_calendar_day_name(struct arena *, const struct work_calendar *,
                                  int64_t day);

/* ---------------------------------------------------------------- store */

/* All, compiled, in the arena, by name. */
bool work_calendar_list(struct work *, struct arena *,
                        const struct work_calendar **, int *count);

/* Inserts (version 0) or updates. */
bool work_calendar_save(struct work *, struct work_calendar *);
bool work_calendar_remove(struct work *, struct id);

#endif
