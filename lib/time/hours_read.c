/*
 * hours_read: working hours as people write them, checked. What they mean in
 * time is hours.c.
 */
#include <stdlib.h>

#include "lib/time/hours.h"

enum { DAY_MINUTES = 1440, WEEK_MINUTES = 7 * DAY_MINUTES, BLOCKS_MAX = 24 };

static const char *const day_names[] = { "mon", "tue", "wed", "thu",
                                         "fri", "sat", "sun" };

/* One reading: where to, and what was wrong so far. */
struct reader {
    struct work *w;
    struct str at;
    struct hours_block *blocks;
    int count;
    bool ok;
};

static size_t count_blocks(const struct json *);
static void read_day(struct reader *, const struct json_member *);
static void read_list(struct reader *, const struct json *list, int day,
                      struct str at);
static void check_overlaps(struct reader *);
static bool day_has_no_overlap(const struct reader *);

bool
hours_read(struct work *w, const struct json *json, struct str at,
           struct hours_block **blocks, int *count)
{
    struct reader reader = { .w = w, .at = at, .ok = true };

    *blocks = NULL;
    *count = 0;
    if (json == NULL || json->kind == JSON_NULL)
        return true;
    if (json->kind != JSON_OBJECT)
        return fail_at(w, at, "wrong_type",
                       "Working hours are an object of days, such as "
                       "{\"mon\": [\"09:00-18:00\"]}.");

    reader.blocks =
        ARENA_ARRAY(w->arena, struct hours_block, count_blocks(json));
    for (size_t i = 0; i < json->object.count; i++)
        read_day(&reader, &json->object.members[i]);
    if (reader.ok && json->object.count > 0 && reader.count == 0)
        reader.ok = fail_at(w, at, "no_hours",
                            "No day has hours. To be there at any hour, leave "
                            "out all days; to be away, enter an absence.");
    if (reader.ok)
        check_overlaps(&reader);
    *blocks = reader.blocks;
    *count = reader.count;
    return reader.ok;
}

bool
hours_read_day(struct work *w, const struct json *list, struct str at,
               struct hours_block **blocks, int *count)
{
    size_t room = list->kind == JSON_ARRAY ? list->array.count : 0;
    struct reader reader = { .w = w, .at = at, .ok = true };

    reader.blocks = ARENA_ARRAY(w->arena, struct hours_block, room);
    read_list(&reader, list, 0, at);
    if (reader.ok && !day_has_no_overlap(&reader))
        reader.ok = fail_at(w, at, "overlap",
                            "A block of the day begins before the one before "
                            "it has ended.");
    *blocks = reader.blocks;
    *count = reader.count;
    return reader.ok;
}

static size_t
count_blocks(const struct json *json)
{
    size_t count = 0;

    for (size_t i = 0; i < json->object.count; i++)
        if (json->object.members[i].value.kind == JSON_ARRAY)
            count += json->object.members[i].value.array.count;
    return count;
}

static int
day_number(struct str name)
{
    for (int i = 0; i < 7; i++)
        if (str_is(name, day_names[i]))
            return i;
    return -1;
}

/* "09:30" as minutes; false when it is none. 24:00 is allowed. */
static bool
read_clock(struct str s, int32_t *minutes)
{
    int64_t hour, minute;

    if (s.bytes != 5 || s.data[2] != ':' || s.data[0] == '-' || s.data[3] == '-'
        || !str_to_int64(str_slice(s, 0, 2), &hour)
        || !str_to_int64(str_slice(s, 3, 5), &minute) || minute > 59)
        return false;
    *minutes = (int32_t)(hour * 60 + minute);
    return *minutes <= DAY_MINUTES;
}

static bool
read_block(struct str s, struct hours_block *block)
{
    if (s.bytes != 11 || s.data[5] != '-'
        || !read_clock(str_slice(s, 0, 5), &block->begin_minute)
        || !read_clock(str_slice(s, 6, 11), &block->end_minute)
        || block->begin_minute == DAY_MINUTES)
        return false;
    if (block->end_minute < block->begin_minute)
        block->end_minute += DAY_MINUTES;
    return true;
}

static void
read_item(struct reader *r, int day, const struct json *item, struct str at)
{
    struct hours_block block = { .weekday = day };

    if (item->kind != JSON_TEXT || !read_block(item->text, &block))
        r->ok = fail_at(r->w, at, "not_hours",
                        "Hours are written HH:MM-HH:MM, such as "
                        "\"09:00-18:00\", or \"22:00-06:00\" over midnight.");
    else if (block.begin_minute == block.end_minute)
        r->ok = fail_at(r->w, at, "not_hours",
                        "These hours begin and end at the same minute. The "
                        "whole day is \"00:00-24:00\".");
    else
        r->blocks[r->count++] = block;
}

static void
read_day(struct reader *r, const struct json_member *member)
{
    int day = day_number(member->name);

    if (day < 0) {
        r->ok = fail_at(r->w, r->at, "unknown_day",
                        "\"%.*s\" is no day; days are mon, tue, wed, thu, "
                        "fri, sat and sun.",
                        member->name.bytes < 40 ? (int)member->name.bytes : 40,
                        member->name.bytes == 0 ? "" : member->name.data);
        return;
    }
    read_list(
        r, &member->value, day,
        arena_format(r->w->arena, "%.*s/%s", STR_ARG(r->at), day_names[day]));
}

static void
read_list(struct reader *r, const struct json *list, int day, struct str at)
{
    if (list->kind != JSON_ARRAY) {
        r->ok = fail_at(r->w, at, "wrong_type",
                        "The hours of a day are a list, such as "
                        "[\"09:00-12:00\", \"13:00-18:00\"].");
        return;
    }
    if (list->array.count > BLOCKS_MAX) {
        r->ok = fail_at(r->w, at, "too_many",
                        "A day has at most %d blocks of hours.", BLOCKS_MAX);
        return;
    }
    for (size_t i = 0; i < list->array.count; i++)
        read_item(r, day, &list->array.items[i],
                  arena_format(r->w->arena, "%.*s/%zu", STR_ARG(at), i));
}

static int
week_minute(const struct hours_block *block)
{
    return block->weekday * DAY_MINUTES + block->begin_minute;
}

static int
by_week_minute(const void *a, const void *b)
{
    return week_minute(a) - week_minute(b);
}

/* After sorting only neighbours can overlap, and the last with the first of
 * the next week. Touching is no overlap. */
static void
check_overlaps(struct reader *r)
{
    if (r->count == 0)
        return;
    qsort(r->blocks, (size_t)r->count, sizeof *r->blocks, by_week_minute);
    for (int i = 0; i < r->count; i++) {
        const struct hours_block *block = &r->blocks[i];
        const struct hours_block *next = &r->blocks[(i + 1) % r->count];
        int end = week_minute(block) + block->end_minute - block->begin_minute;
        int next_begin =
            week_minute(next) + (i + 1 == r->count ? WEEK_MINUTES : 0);
        if (end > next_begin)
            r->ok = fail_at(
                r->w,
                arena_format(r->w->arena, "%.*s/%s", STR_ARG(r->at),
                             day_names[next->weekday]),
                "overlap",
                "The block that begins at %02d:%02d begins before the one of "
                "%s, %02d:%02d, has ended.",
                next->begin_minute / 60, next->begin_minute % 60,
                day_names[block->weekday], block->begin_minute / 60,
                block->begin_minute % 60);
    }
}

static bool
day_has_no_overlap(const struct reader *r)
{
    if (r->count > 0)
        qsort(r->blocks, (size_t)r->count, sizeof *r->blocks, by_week_minute);
    for (int i = 1; i < r->count; i++)
        if (r->blocks[i].begin_minute < r->blocks[i - 1].end_minute)
            return false;
    return true;
}
