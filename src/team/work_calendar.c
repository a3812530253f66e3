/* work_calendar: see work_calendar.h. Not for SQL (work_calendar_store.c). */
#include "src/team/work_calendar.h"

#include <stdlib.h>
#include <string.h>

const struct work_calendar *
work_calendar_find(const struct work_calendar *calendars, int count,
                   struct id id)
{
    for (int i = 0; i < count; i++)
        if (id_equal(calendars[i].id, id))
            return &calendars[i];
    return NULL;
}

const struct work_calendar *
work_calendar_named(const struct work_calendar *calendars, int count,
                    struct str name)
{
    for (int i = 0; i < count; i++)
        if (str_equal(calendars[i].name, name))
            return &calendars[i];
    return NULL;
}

/* -------------------------------------------------------------- compiling */

/* Special days being read. */
struct days {
    struct hours_special *specials;
    int special_count;
    int64_t *off;
    int off_count;
};

static bool
is_there(const struct days *days, int64_t day)
{
    for (int i = 0; i < days->special_count; i++)
        if (days->specials[i].day == day)
            return true;
    for (int i = 0; i < days->off_count; i++)
        if (days->off[i] == day)
            return true;
    return false;
}

static bool
read_special_day(struct work *w, const struct json *item, struct str at,
                 struct days *days, struct hours_block **blocks, int *count,
                 int64_t *day)
{
    if (!date_parse(json_get_text(item, "date"), day))
        return fail_at(w, arena_format(w->arena, "%.*s/date", STR_ARG(at)),
                       "wrong_type", "A date is written 2026-12-24.");
    if (is_there(days, *day))
        return fail_at(w, arena_format(w->arena, "%.*s/date", STR_ARG(at)),
                       "twice", "This date is named twice.");
    return hours_read_day(w, json_get(item, "hours"),
                          arena_format(w->arena, "%.*s/hours", STR_ARG(at)),
                          blocks, count);
}

static size_t
block_room(const struct json *list)
{
    size_t room = 0;

    for (size_t i = 0; list != NULL && i < list->array.count; i++)
        room += json_get(&list->array.items[i], "hours")->array.count;
    return room;
}

static bool
read_special_days(struct work *w, struct arena *arena, const struct json *list,
                  struct days *days)
{
    size_t count = list == NULL ? 0 : list->array.count;
    bool good = true;

    days->specials = ARENA_ARRAY(arena, struct hours_special, block_room(list));
    days->off = ARENA_ARRAY(arena, int64_t, count);
    for (size_t i = 0; i < count; i++) {
        struct hours_block *blocks = NULL;
        int block_count = 0;
        int64_t day = 0;
        if (!read_special_day(w, &list->array.items[i],
                              arena_format(w->arena, "/special_days/%zu", i),
                              days, &blocks, &block_count, &day)) {
            good = false;
            continue;
        }
        if (block_count == 0)
            days->off[days->off_count++] = day;
        for (int k = 0; k < block_count; k++)
            days->specials[days->special_count++] =
                (struct hours_special){ day, blocks[k].begin_minute,
                                        blocks[k].end_minute };
    }
    return good;
}

static int
by_day(const void *a, const void *b)
{
    const int64_t *x = a;
    const int64_t *y = b;

    return (*x > *y) - (*x < *y);
}

static int
by_special_day(const void *a, const void *b)
{
    const struct hours_special *x = a;
    const struct hours_special *y = b;

    return by_day(&x->day, &y->day);
}

static const struct json *
parsed(struct work *w, struct str text)
{
    struct json_error error;

    return str_is_empty(text) ? NULL : json_parse(w->arena, text, &error);
}

static bool
read_week(struct work *w, struct arena *arena, struct work_calendar *calendar)
{
    struct hours_block *read;

    if (!hours_read(w, parsed(w, calendar->hours_json), STR("/hours"), &read,
                    &calendar->block_count))
        return false;
    /* Read into the unit's arena; what is kept lives as long as the team. */
    struct hours_block *blocks =
        ARENA_ARRAY(arena, struct hours_block, (size_t)calendar->block_count);
    for (int i = 0; i < calendar->block_count; i++)
        blocks[i] = read[i];
    calendar->blocks = blocks;
    return true;
}

bool
work_calendar_compile(struct work *w, struct arena *arena,
                      struct work_calendar *calendar)
{
    struct days days = { 0 };
    bool good = read_week(w, arena, calendar);

    calendar->zone = str_is_empty(calendar->zone_text)
                       ? NULL
                       : zone_find(calendar->zone_text);
    good &=
        read_special_days(w, arena, parsed(w, calendar->special_json), &days);
    if (days.special_count > 0)
        qsort(days.specials, (size_t)days.special_count, sizeof *days.specials,
              by_special_day);
    if (days.off_count > 0)
        qsort(days.off, (size_t)days.off_count, sizeof *days.off, by_day);
    calendar->specials = days.specials;
    calendar->special_count = days.special_count;
    calendar->off = days.off;
    calendar->off_count = days.off_count;
    return good;
}

/* ---------------------------------------------------------------- asking */

static bool
has_hours(const struct work_calendar *calendar, int64_t day)
{
    for (int i = 0; i < calendar->special_count; i++)
        if (calendar->specials[i].day == day)
            return true;
    return false;
}

void
work_calendar_days(struct arena *arena, const struct work_calendar *calendar,
                   const int64_t **days, int *count)
{
    size_t room = (size_t)*count + (size_t)calendar->off_count;
    int64_t *all = ARENA_ARRAY(arena, int64_t, room);
    int kept = 0;

    for (int i = 0; i < *count; i++)
        if (!has_hours(calendar, (*days)[i]))
            all[kept++] = (*days)[i];
    for (int i = 0; i < calendar->off_count; i++)
        all[kept++] = calendar->off[i];
    if (kept > 0)
        qsort(all, (size_t)kept, sizeof *all, by_day);
    *days = all;
    *count = kept;
}

struct str
work_calendar_day_name(struct arena *arena,
                       const struct work_calendar *calendar, int64_t day)
{
    struct json_error error;
    const struct json *list = json_parse(arena, calendar->special_json, &error);

    for (size_t i = 0; list != NULL && i < list->array.count; i++) {
        const struct json *item = &list->array.items[i];
        int64_t date;
        if (date_parse(json_get_text(item, "date"), &date) && date == day)
            return json_get_text(item, "name");
    }
    return STR_NONE;
}
