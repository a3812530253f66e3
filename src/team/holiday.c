/* holiday: see holiday.h. Not for SQL (holiday_store.c). */
#include "src/team/holiday.h"

#include <stdlib.h>

static bool
names_calendar(const struct holiday_place *place, struct id id)
{
    return !str_is_empty(place->calendars_json)
        && str_find(place->calendars_json, str_of(id_show(id).text)) >= 0;
}

bool
holiday_applies(const struct holiday_calendar *calendar,
                const struct holiday_place *place)
{
    if (calendar->everybody || names_calendar(place, calendar->id))
        return true;
    return !str_is_empty(calendar->country)
        && str_equal_ascii_case(calendar->country, place->country)
        && (str_is_empty(calendar->region)
            || str_equal_ascii_case(calendar->region, place->region));
}

static int
by_day(const void *a, const void *b)
{
    const int64_t *x = a;
    const int64_t *y = b;

    return (*x > *y) - (*x < *y);
}

/* Sorted, and each once. */
static int
tidy(int64_t *days, int count)
{
    int kept = 0;

    if (count > 0)
        qsort(days, (size_t)count, sizeof *days, by_day);
    for (int i = 0; i < count; i++)
        if (kept == 0 || days[i] != days[kept - 1])
            days[kept++] = days[i];
    return kept;
}

void
holiday_days_of(struct arena *arena, const struct holiday_calendar *calendars,
                int count, const struct holiday_place *place,
                const int64_t **days, int *day_count)
{
    size_t room = 0;
    int found = 0;

    for (int i = 0; i < count; i++)
        room += calendars[i].days->array.count;

    int64_t *all = ARENA_ARRAY(arena, int64_t, room);
    for (int i = 0; i < count; i++) {
        const struct json *list = calendars[i].days;
        if (!holiday_applies(&calendars[i], place))
            continue;
        for (size_t k = 0; k < list->array.count; k++)
            if (date_parse(json_get_text(&list->array.items[k], "date"),
                           &all[found]))
                found++;
    }
    *days = all;
    *day_count = tidy(all, found);
}

struct str
holiday_name(const struct holiday_calendar *calendars, int count,
             const struct holiday_place *place, int64_t day)
{
    for (int i = 0; i < count; i++) {
        const struct json *list = calendars[i].days;
        if (!holiday_applies(&calendars[i], place))
            continue;
        for (size_t k = 0; k < list->array.count; k++) {
            int64_t date;
            if (date_parse(json_get_text(&list->array.items[k], "date"), &date)
                && date == day)
                return json_get_text(&list->array.items[k], "name");
        }
    }
    return STR_NONE;
}
