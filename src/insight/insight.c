/*
 * insight: what a step in the life of a lead changes in the sums. Reads no
 * table and writes none; when it is called is insight_keep.c.
 */
#include "src/insight/insight.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/hash.h"
#include "src/workspace/cache.h"

enum { TEXT_BYTES_MAX = 100 }; /* of a key; sums need no more of a name */
#define DAY_MS INT64_C(86400000)

static void count_place(const struct zone *, const struct lead_step *,
                        struct insight_cells *);
static void count_owned(const struct zone *, const struct lead_step *,
                        struct insight_cells *);
static bool count_answers(struct work *, const struct workspace_cache *,
                          const struct lead_step *, struct insight_cells *);

/* The beginning of a text, whole characters; '' for none. */
static struct str
key_text(struct str text)
{
    size_t bytes = text.bytes;

    if (text.data == NULL)
        return STR("");
    if (bytes > TEXT_BYTES_MAX) {
        bytes = TEXT_BYTES_MAX;
        while (bytes > 0 && (text.data[bytes] & 0xc0) == 0x80)
            bytes--;
    }
    return str_slice(text, 0, bytes);
}

static int64_t
day_of(const struct zone *zone, int64_t at_ms)
{
    return (at_ms + zone_offset_s(zone, at_ms) * INT64_C(1000)) / DAY_MS;
}

void
insight_cells_add(struct insight_cells *cells, const struct insight_cell *cell)
{
    if (cells->count == cells->room) {
        int room = cells->room == 0 ? 256 : cells->room * 2;
        struct insight_cell *larger =
            ARENA_ARRAY(cells->arena, struct insight_cell, (size_t)room);
        if (cells->count > 0)
            memcpy(larger, cells->cells, (size_t)cells->count * sizeof *larger);
        cells->cells = larger;
        cells->room = room;
    }
    cells->cells[cells->count++] = *cell;
}

static struct insight_cell *
add_cell(struct insight_cells *cells, enum insight_measure measure, int64_t day,
         const struct lead_view *view, int64_t n)
{
    const struct insight_cell cell = {
        .measure = measure,
        .day = day,
        .stage = STR(""),
        .owner = view->owner.id,
        .source = key_text(view->source),
        .rule = key_text(view->rule),
        .product = key_text(view->product),
        .segment = key_text(view->segment),
        .n = n,
    };

    insight_cells_add(cells, &cell);
    return &cells->cells[cells->count - 1];
}

/* What happened, happened to the owner of the time: who has the lead after
 * the same save may be another. */
static struct lead_view
at_the_time(const struct lead_step *step)
{
    struct lead_view view = step->after;

    if (!step->is_new)
        view.owner = step->before.owner;
    return view;
}

bool
insight_add_step(struct work *w, const struct workspace_cache *cache,
                 const struct lead_step *step, struct insight_cells *cells)
{
    int64_t late = step->after.late_count - step->before.late_count;
    const struct lead_view view = at_the_time(step);

    count_place(cache->insight->zone, step, cells);
    count_owned(cache->insight->zone, step, cells);
    if (step->before.merged || step->after.merged)
        return count_answers(w, cache, step, cells); /* nothing happened */
    if (!step->is_new && strcmp(step->before.stage, step->after.stage) != 0)
        insight_add_move(cache, step, str_of(step->after.stage), cells);
    if (late > 0)
        add_cell(cells, INSIGHT_LATE, day_of(cache->insight->zone, step->at_ms),
                 &view, late);
    return count_answers(w, cache, step, cells);
}

void
insight_add_move(const struct workspace_cache *cache,
                 const struct lead_step *step, struct str stage,
                 struct insight_cells *cells)
{
    const struct lead_view view = at_the_time(step);
    int64_t day = day_of(cache->insight->zone, step->at_ms);

    add_cell(cells, INSIGHT_ENTERED, day, &view, 1)->stage = stage;
}

static bool
same_place(const struct lead_view *a, const struct lead_view *b)
{
    return id_equal(a->owner.id, b->owner.id) && str_equal(a->source, b->source)
        && str_equal(a->rule, b->rule) && str_equal(a->product, b->product)
        && str_equal(a->segment, b->segment);
}

/* A lead is counted where it is: it leaves one sum for another. One that was
 * merged is nowhere. */
static void
count_place(const struct zone *zone, const struct lead_step *step,
            struct insight_cells *cells)
{
    bool was = !step->is_new && !step->before.merged;
    bool is = !step->after.merged;
    bool moves = was != is || (was && !same_place(&step->before, &step->after));
    int64_t day = day_of(zone, step->created_ms);

    if (was && moves)
        add_cell(cells, INSIGHT_CREATED, day, &step->before, -1);
    if (is && moves)
        add_cell(cells, INSIGHT_CREATED, day, &step->after, 1);
    if (!moves && strcmp(step->before.stage, step->after.stage) == 0)
        return;
    if (was)
        add_cell(cells, INSIGHT_STANDING, 0, &step->before, -1)->stage =
            str_of(step->before.stage);
    if (is)
        add_cell(cells, INSIGHT_STANDING, 0, &step->after, 1)->stage =
            str_of(step->after.stage);
}

static void
add_owned(const struct zone *zone, const struct lead_step *step,
          const struct lead_view *view, int64_t n, struct insight_cells *cells)
{
    int64_t waited_ms = view->first_rep_ms - step->created_ms;

    if (!view->merged && view->first_rep_ms != 0)
        add_cell(cells, INSIGHT_OWNED, day_of(zone, view->first_rep_ms), view,
                 n)
            ->bucket = histogram_bucket(waited_ms);
}

/* Only a merge, or its undoing, takes one away. */
static void
count_owned(const struct zone *zone, const struct lead_step *step,
            struct insight_cells *cells)
{
    if (step->before.first_rep_ms == step->after.first_rep_ms
        && step->before.merged == step->after.merged)
        return;
    add_owned(zone, step, &step->before, -1, cells);
    add_owned(zone, step, &step->after, 1, cells);
}

/* By the owner's weekly hours; somebody without hours, or a queue, works at
 * any hour. */
static bool
working_ms(struct work *w, const struct workspace_cache *cache,
           const struct lead_view *view, int64_t from_ms, int64_t *ms)
{
    int number = team_find(cache->team, view->owner.id);

    *ms = view->first_response_ms - from_ms;
    return number < 0
        || person_working_ms(w, &cache->team->people[number], from_ms,
                             view->first_response_ms, ms);
}

static bool
add_answer(struct work *w, const struct workspace_cache *cache,
           const struct lead_step *step, const struct lead_view *view,
           int64_t n, struct insight_cells *cells)
{
    int64_t day = day_of(cache->insight->zone, view->first_response_ms);
    int64_t worked_ms;

    if (view->merged || view->first_response_ms == 0)
        return true;
    if (!working_ms(w, cache, view, step->created_ms, &worked_ms))
        return false;
    add_cell(cells, INSIGHT_ANSWERED, day, view, n)->bucket =
        histogram_bucket(view->first_response_ms - step->created_ms);
    add_cell(cells, INSIGHT_WORKED, day, view, n)->bucket =
        histogram_bucket(worked_ms);
    if (view->promise != PROMISE_NONE)
        add_cell(cells,
                 view->promise == PROMISE_KEPT ? INSIGHT_KEPT : INSIGHT_MISSED,
                 day, view, n);
    return true;
}

/* A merge brings an answer along, or takes it away; else it comes once. */
static bool
count_answers(struct work *w, const struct workspace_cache *cache,
              const struct lead_step *step, struct insight_cells *cells)
{
    const struct lead_view after = at_the_time(step);

    if (step->before.first_response_ms == after.first_response_ms
        && step->before.merged == after.merged)
        return true;
    return add_answer(w, cache, step, &step->before, -1, cells)
        && add_answer(w, cache, step, &after, 1, cells);
}

/* --------------------------------------------------------------- folding */

static int
compare_numbers(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

/* By whose they are first, so that a person's and a product's stand together
 * (insight_note.c); not by how much. */
static int
compare_cells(const void *left, const void *right)
{
    const struct insight_cell *a = left;
    const struct insight_cell *b = right;
    int order = insight_compare_group(a, b);

    if (order == 0)
        order = compare_numbers(a->measure, b->measure);
    if (order == 0)
        order = compare_numbers(a->day, b->day);
    if (order == 0)
        order = compare_numbers(a->bucket, b->bucket);
    return order != 0 ? order : str_compare(a->stage, b->stage);
}

int
insight_compare_group(const struct insight_cell *a,
                      const struct insight_cell *b)
{
    int order = compare_numbers(a->owner.value, b->owner.value);

    if (order == 0)
        order = str_compare(a->source, b->source);
    if (order == 0)
        order = str_compare(a->rule, b->rule);
    if (order == 0)
        order = str_compare(a->product, b->product);
    return order != 0 ? order : str_compare(a->segment, b->segment);
}

static uint64_t
mix_number(uint64_t sum, uint64_t number)
{
    sum = (sum ^ number) * UINT64_C(0x9e3779b97f4a7c15);
    return sum ^ sum >> 29;
}

static uint64_t
mix_text(uint64_t sum, struct str text)
{
    uint64_t part = 0;

    for (size_t i = 0; i < text.bytes; i += sizeof part) {
        size_t left = text.bytes - i;
        part = 0;
        memcpy(&part, text.data + i, left < sizeof part ? left : sizeof part);
        sum = mix_number(sum, part);
    }
    return mix_number(sum, text.bytes);
}

/* Of what compare_cells looks at. Never 0. */
static int64_t
key_of_cell(const struct insight_cell *cell)
{
    uint64_t sum =
        mix_number((uint64_t)cell->owner.value,
                   (uint64_t)cell->measure << 32 | (uint64_t)cell->bucket);

    sum = mix_number(sum, (uint64_t)cell->day);

    sum = mix_text(sum, cell->stage);
    sum = mix_text(sum, cell->source);
    sum = mix_text(sum, cell->rule);
    sum = mix_text(sum, cell->product);
    return (int64_t)(mix_text(sum, cell->segment) | 1);
}

/* Where the sum stands that equals `cell`; `next` if there is none: it is
 * put there. */
static int
place_of(struct hash_map *places, const struct insight_cell *cells, int next,
         const struct insight_cell *cell)
{
    for (int64_t key = key_of_cell(cell);; key += 2) {
        int64_t place = hash_map_get(places, key);
        if (place == 0) {
            hash_map_put(places, key, next + 1);
            return next;
        }
        if (compare_cells(&cells[place - 1], cell) == 0)
            return (int)place - 1;
    }
}

void
insight_merge(struct insight_cells *cells)
{
    struct insight_cell *list = cells->cells;
    struct hash_map places;
    int sums = 0;

    hash_map_init(&places);
    for (int i = 0; i < cells->count; i++) {
        int place = place_of(&places, list, sums, &list[i]);
        if (place < sums)
            list[place].n += list[i].n;
        else
            list[sums++] = list[i];
    }
    hash_map_free(&places);
    cells->count = sums;
}

void
insight_fold(struct insight_cells *cells)
{
    struct insight_cell *list = cells->cells;
    int kept = 0;

    insight_merge(cells);
    for (int i = 0; i < cells->count; i++)
        if (list[i].n != 0)
            list[kept++] = list[i];
    if (kept > 1)
        qsort(list, (size_t)kept, sizeof *list, compare_cells);
    cells->count = kept;
}
