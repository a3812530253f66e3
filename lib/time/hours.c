/*
 * hours: see hours.h. Rules become intervals once; every question after that
 * is a binary search over them. How hours are written is hours_read.c.
 */
#include "lib/time/hours.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Intervals being collected; open_before_ms is not used yet. */
struct collection {
    struct hours_interval *items;
    int count;
};

static struct collection collect_open(struct arena *,
                                      const struct hours_rules *,
                                      int64_t from_ms, int64_t until_ms);
static void collect_special(struct collection *, const struct hours_rules *,
                            int64_t from_ms, int64_t until_ms);
static struct collection collect_off(struct arena *,
                                     const struct hours_rules *);
static void merge(struct collection *);
static struct collection subtract(struct arena *, const struct collection *,
                                  const struct collection *off);
static void add_up(struct collection *);

struct hours
hours_compile(struct arena *arena, const struct hours_rules *rules,
              int64_t from_ms, int64_t until_ms)
{
    assert(from_ms <= until_ms);

    struct collection open = collect_open(arena, rules, from_ms, until_ms);
    struct collection off = collect_off(arena, rules);
    merge(&open);
    merge(&off);
    struct collection left = subtract(arena, &open, &off);
    add_up(&left);
    return (struct hours){ left.items, left.count, from_ms, until_ms };
}

static void
add(struct collection *to, int64_t begin_ms, int64_t end_ms)
{
    if (begin_ms < end_ms)
        to->items[to->count++] = (struct hours_interval){ begin_ms, end_ms, 0 };
}

/* The instant of a minute of a local day; minutes may pass midnight. */
static int64_t
at_minute(const struct zone *zone, int64_t day, int32_t minute,
          enum zone_fold fold)
{
    struct civil civil = civil_of_days(day);

    civil.minute = minute;
    return zone_utc_ms(zone, &civil, fold);
}

static int64_t
local_day(const struct zone *zone, int64_t utc_ms)
{
    struct civil civil = zone_civil(zone, utc_ms);

    return civil_days(civil.year, civil.month, civil.day);
}

static int64_t
clamp(int64_t value, int64_t min, int64_t max)
{
    return value < min ? min : value > max ? max : value;
}

static bool
is_special(const struct hours_rules *rules, int64_t day)
{
    int low = 0;

    for (int left = rules->special_count; left > 0;) {
        int half = left / 2;
        bool right = rules->specials[low + half].day < day;
        low = right ? low + half + 1 : low;
        left = right ? left - half - 1 : half;
    }
    return low < rules->special_count && rules->specials[low].day == day;
}

/* Any hour of the week, for a week of which a day is another. */
static const struct hours_block any_hour[] = {
    { 0, 0, 1440 }, { 1, 0, 1440 }, { 2, 0, 1440 }, { 3, 0, 1440 },
    { 4, 0, 1440 }, { 5, 0, 1440 }, { 6, 0, 1440 },
};

static struct collection
collect_open(struct arena *arena, const struct hours_rules *given,
             int64_t from_ms, int64_t until_ms)
{
    struct hours_rules with_days = *given;
    const struct hours_rules *rules = &with_days;
    struct collection open = { 0 };

    if (given->block_count == 0 && given->special_count == 0) {
        open.items = ARENA_NEW(arena, struct hours_interval);
        add(&open, from_ms, until_ms);
        return open;
    }
    if (given->block_count == 0) {
        with_days.blocks = any_hour;
        with_days.block_count = (int)(sizeof any_hour / sizeof *any_hour);
    }

    /* A block of two days ago may still go on. */
    int64_t first = local_day(rules->zone, from_ms) - 2;
    int64_t last = local_day(rules->zone, until_ms);
    size_t room = (size_t)((last - first) / 7 + 1) * (size_t)rules->block_count
                + (size_t)rules->special_count;
    open.items = ARENA_ARRAY(arena, struct hours_interval, room);

    for (int i = 0; i < rules->block_count; i++) {
        const struct hours_block *block = &rules->blocks[i];
        int64_t to_weekday =
            (block->weekday - civil_of_days(first).weekday + 7) % 7;
        assert(block->weekday >= 0 && block->weekday <= 6);
        assert(block->begin_minute >= 0 && block->begin_minute < 1440);
        for (int64_t day = first + to_weekday; day <= last; day += 7) {
            if (is_special(rules, day))
                continue;
            int64_t begin_ms =
                at_minute(rules->zone, day, block->begin_minute, ZONE_FIRST);
            int64_t end_ms =
                at_minute(rules->zone, day, block->end_minute, ZONE_SECOND);
            add(&open, clamp(begin_ms, from_ms, until_ms),
                clamp(end_ms, from_ms, until_ms));
        }
    }
    collect_special(&open, rules, from_ms, until_ms);
    return open;
}

static void
collect_special(struct collection *open, const struct hours_rules *rules,
                int64_t from_ms, int64_t until_ms)
{
    for (int i = 0; i < rules->special_count; i++) {
        const struct hours_special *special = &rules->specials[i];
        int64_t begin_ms = at_minute(rules->zone, special->day,
                                     special->begin_minute, ZONE_FIRST);
        int64_t end_ms = at_minute(rules->zone, special->day,
                                   special->end_minute, ZONE_SECOND);
        add(open, clamp(begin_ms, from_ms, until_ms),
            clamp(end_ms, from_ms, until_ms));
    }
}

static struct collection
collect_off(struct arena *arena, const struct hours_rules *rules)
{
    struct collection off = { 0 };

    off.items =
        ARENA_ARRAY(arena, struct hours_interval,
                    (size_t)rules->off_count + (size_t)rules->holiday_count);
    for (int i = 0; i < rules->off_count; i++)
        add(&off, rules->off[i].begin_ms, rules->off[i].end_ms);
    for (int i = 0; i < rules->holiday_count; i++) {
        int64_t day = rules->holidays[i];
        if (is_special(rules, day))
            continue;
        add(&off, at_minute(rules->zone, day, 0, ZONE_FIRST),
            at_minute(rules->zone, day + 1, 0, ZONE_FIRST));
    }
    return off;
}

static int
by_begin(const void *a, const void *b)
{
    const struct hours_interval *x = a;
    const struct hours_interval *y = b;

    return (x->begin_ms > y->begin_ms) - (x->begin_ms < y->begin_ms);
}

/* Sorts, and joins what touches or overlaps. */
static void
merge(struct collection *of)
{
    int kept = 0;

    if (of->count == 0)
        return;
    qsort(of->items, (size_t)of->count, sizeof *of->items, by_begin);
    for (int i = 1; i < of->count; i++) {
        struct hours_interval *last = &of->items[kept];
        if (of->items[i].begin_ms > last->end_ms)
            of->items[++kept] = of->items[i];
        else if (of->items[i].end_ms > last->end_ms)
            last->end_ms = of->items[i].end_ms;
    }
    of->count = kept + 1;
}

/* Both are merged; each piece taken away splits at most one interval. */
static struct collection
subtract(struct arena *arena, const struct collection *open,
         const struct collection *off)
{
    struct collection left = { 0 };
    int k = 0;

    left.items = ARENA_ARRAY(arena, struct hours_interval,
                             (size_t)open->count + (size_t)off->count);
    for (int i = 0; i < open->count; i++) {
        int64_t at_ms = open->items[i].begin_ms;
        int64_t end_ms = open->items[i].end_ms;
        while (k < off->count && off->items[k].end_ms <= at_ms)
            k++;
        /* The last one may reach into the next interval: k stays on it. */
        for (; k < off->count && off->items[k].begin_ms < end_ms; k++) {
            add(&left, at_ms, off->items[k].begin_ms);
            at_ms = off->items[k].end_ms;
            if (at_ms >= end_ms)
                break;
        }
        add(&left, at_ms, end_ms);
    }
    return left;
}

static void
add_up(struct collection *of)
{
    int64_t open_ms = 0;

    for (int i = 0; i < of->count; i++) {
        of->items[i].open_before_ms = open_ms;
        open_ms += of->items[i].end_ms - of->items[i].begin_ms;
    }
}

/* ---- Questions ---- */

/* How many intervals begin at or before the instant. */
static int
begun(const struct hours *hours, int64_t at_ms)
{
    int low = 0;

    for (int left = hours->count; left > 0;) {
        int half = left / 2;
        bool right = hours->intervals[low + half].begin_ms <= at_ms;
        low = right ? low + half + 1 : low;
        left = right ? left - half - 1 : half;
    }
    return low;
}

/* Open time from the horizon's begin to the instant, which lies after
 * `count` begins. */
static int64_t
open_until(const struct hours *hours, int count, int64_t at_ms)
{
    if (count == 0)
        return 0;

    const struct hours_interval *last = &hours->intervals[count - 1];
    int64_t end_ms = at_ms < last->end_ms ? at_ms : last->end_ms;
    return last->open_before_ms + end_ms - last->begin_ms;
}

bool
hours_open(const struct hours *hours, int64_t at_ms)
{
    int count = begun(hours, at_ms);

    return count > 0 && at_ms < hours->intervals[count - 1].end_ms;
}

int64_t
hours_next_open(const struct hours *hours, int64_t at_ms)
{
    int count = begun(hours, at_ms);

    if (count > 0 && at_ms < hours->intervals[count - 1].end_ms)
        return at_ms;
    return count < hours->count ? hours->intervals[count].begin_ms : INT64_MAX;
}

int64_t
hours_next_edge(const struct hours *hours, int64_t at_ms)
{
    int count = begun(hours, at_ms);

    if (count > 0 && at_ms < hours->intervals[count - 1].end_ms) {
        int64_t end_ms = hours->intervals[count - 1].end_ms;
        return end_ms < hours->until_ms ? end_ms : INT64_MAX;
    }
    if (count == hours->count)
        return INT64_MAX;

    int64_t begin_ms = hours->intervals[count].begin_ms;
    return begin_ms > hours->from_ms ? begin_ms
                                     : hours_next_edge(hours, begin_ms);
}

/*
 * Most promises end in the interval they begin in or soon after it, so the
 * search steps forward, ever wider, before it halves.
 */
static const struct hours_interval *
reaching(const struct hours *hours, int from, int64_t total_ms)
{
    int low = from; /* begins before total_ms of open time */
    int step = 1;

    while (low + step < hours->count
           && hours->intervals[low + step].open_before_ms < total_ms) {
        low += step;
        step *= 2;
    }
    while (step > 1) {
        step /= 2;
        if (low + step < hours->count
            && hours->intervals[low + step].open_before_ms < total_ms)
            low += step;
    }
    return &hours->intervals[low];
}

int64_t
hours_add(const struct hours *hours, int64_t at_ms, int64_t open_ms)
{
    assert(open_ms >= 0);
    if (open_ms == 0)
        return at_ms;

    int count = begun(hours, at_ms);
    int64_t total_ms;
    if (hours->count == 0
        || __builtin_add_overflow(open_until(hours, count, at_ms), open_ms,
                                  &total_ms))
        return INT64_MAX;

    const struct hours_interval *in =
        reaching(hours, count > 0 ? count - 1 : 0, total_ms);
    int64_t due_ms = in->begin_ms + (total_ms - in->open_before_ms);
    return due_ms <= in->end_ms ? due_ms : INT64_MAX;
}

int64_t
hours_between(const struct hours *hours, int64_t from_ms, int64_t to_ms)
{
    if (to_ms <= from_ms)
        return 0;
    return open_until(hours, begun(hours, to_ms), to_ms)
         - open_until(hours, begun(hours, from_ms), from_ms);
}
