/*
 * circle: see circle.h. Live streams know their caller for hours, without a
 * database: so what an actor points to is never freed, and is kept once,
 * however many callers have it. There are as many as teams have ever been.
 */
#include "src/access/circle.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/json.h"
#include "src/team/crew.h"

struct kept {
    struct kept *next;
    struct circle *circle;
};

static struct {
    pthread_mutex_t mutex;
    struct kept *first;
} circles = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static const struct circle *
keep(const struct id *people, int count)
{
    size_t bytes = (size_t)count * sizeof *people;

    for (struct kept *kept = circles.first; kept != NULL; kept = kept->next)
        if (kept->circle->count == count
            && memcmp(kept->circle->people, people, bytes) == 0)
            return kept->circle;

    struct kept *kept = malloc(sizeof *kept);
    struct circle *circle = malloc(sizeof *circle + bytes);
    if (kept == NULL || circle == NULL)
        abort();
    circle->count = count;
    memcpy(circle->people, people, bytes);
    *kept = (struct kept){ circles.first, circle };
    circles.first = kept;
    return circle;
}

static int
by_id(const void *a, const void *b)
{
    return id_compare(*(const struct id *)a, *(const struct id *)b);
}

/* Sorted, and each once. */
static int
tidy(struct id *people, int count)
{
    int kept = 0;

    qsort(people, (size_t)count, sizeof *people, by_id);
    for (int i = 0; i < count; i++)
        if (kept == 0 || !id_equal(people[i], people[kept - 1]))
            people[kept++] = people[i];
    return kept < CIRCLE_PEOPLE_MAX ? kept : CIRCLE_PEOPLE_MAX;
}

/* Everybody of one team, himself too; 0 when he is not in it. */
static int
members_of(struct work *w, const struct crew *crew, struct id person,
           struct id **members)
{
    struct json_error error;
    const struct json *list = json_parse(w->arena, crew->members_json, &error);
    size_t room = list == NULL ? 0 : list->array.count;
    bool is_in = id_equal(crew->manager, person);
    int count = 0;

    *members = ARENA_ARRAY(w->arena, struct id, room + 1);
    if (!id_is_none(crew->manager))
        (*members)[count++] = crew->manager;
    for (size_t i = 0; i < room; i++) {
        struct id id;
        if (!id_parse(list->array.items[i].text, &id))
            continue;
        is_in |= id_equal(id, person);
        (*members)[count++] = id;
    }
    return is_in ? count : 0;
}

bool
circle_of(struct work *w, struct id person, const struct circle **circle)
{
    struct crew *crews;
    int crew_count;
    int count = 0;

    *circle = NULL;
    if (!crew_list(w, &crews, &crew_count))
        return false;

    struct id **members =
        ARENA_ARRAY(w->arena, struct id *, (size_t)crew_count);
    int *counts = ARENA_ARRAY(w->arena, int, (size_t)crew_count);
    for (int i = 0; i < crew_count; i++)
        count += counts[i] = members_of(w, &crews[i], person, &members[i]);
    if (count == 0)
        return true;

    struct id *people = ARENA_ARRAY(w->arena, struct id, (size_t)count);
    count = 0;
    for (int i = 0; i < crew_count; i++)
        for (int k = 0; k < counts[i]; k++)
            people[count++] = members[i][k];
    count = tidy(people, count);
    pthread_mutex_lock(&circles.mutex);
    *circle = keep(people, count);
    pthread_mutex_unlock(&circles.mutex);
    return true;
}
