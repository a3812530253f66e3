/* holiday: see holiday.h. Not for SQL (holiday_store.c). */
#include "src/team/holiday.h"

#include <stdlib.h>

static bool
lists(struct str ids_json, struct id id)
{
    return !str_is_empty(ids_json)
        && str_find(ids_json, str_of(id_show(id).text)) >= 0;
}

bool
holiday_applies(const struct holiday_set *set,
                const struct holiday_place *place)
{
    if (set->everybody || lists(place->sets_json, set->id)
        || lists(place->calendar_sets_json, set->id))
        return true;
    return !str_is_empty(set->country)
        && str_equal_ascii_case(set->country, place->country)
        && (str_is_empty(set->region)
            || str_equal_ascii_case(set->region, place->region));
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
holiday_days_of(struct arena *arena, const struct holiday_set *sets, int count,
                const struct holiday_place *place, const int64_t **days,
                int *day_count)
{
    size_t room = 0;
    int found = 0;

    for (int i = 0; i < count; i++)
        room += sets[i].days->array.count;

    int64_t *all = ARENA_ARRAY(arena, int64_t, room);
    for (int i = 0; i < count; i++) {
        const struct json *list = sets[i].days;
        if (!holiday_applies(&sets[i], place))
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
holiday_name(const struct holiday_set *sets, int count,
             const struct holiday_place *place, int64_t day)
{
    for (int i = 0; i < count; i++) {
        const struct json *list = sets[i].days;
        if (!holiday_applies(&sets[i], place))
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
