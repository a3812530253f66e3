/*
 * zone: see zone.h. Not for text (lib/base/civil.h) nor for the rule at the
 * end of a file (zone_rule.c).
 *
 * A zone is a sorted list of segments with one offset each. The file's rule
 * is written out for one more cycle of the calendar when the zone is read:
 * 400 years on, dates and weekdays repeat, so every later instant is looked
 * up a whole number of cycles earlier, and no rule is evaluated afterwards.
 */
#include "lib/time/zone.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/time/zone_rule.h"

enum {
    FILE_BYTES_MAX = 256 * 1024,
    HEADER_BYTES = 44,
    TYPE_BYTES = 6,
    NAME_BYTES_MAX = 64,
    TABLE_SLOTS = 1024, /* the database has about 600 names */
    DAY_S = 86400,
    OFFSET_MAX_S = 26 * 3600, /* RFC 9636, 3.2 */
    CYCLE_YEARS = 400,
    RULE_YEARS = CYCLE_YEARS + 3, /* written out after the table */
};
static const int64_t CYCLE_S = INT64_C(146097) * DAY_S;

/* The end of a table for which the rule is written out: not so early or late
 * that years no longer fit. */
static const int64_t RULE_FROM_MIN_S = INT64_C(-60000000000); /* year 69 */
static const int64_t RULE_FROM_MAX_S = INT64_C(250000000000); /* year 9892 */

struct segment {
    int64_t begin_s;  /* UTC; INT64_MIN for the first */
    int64_t offset_s; /* local minus UTC, until the next one begins */
};

struct zone {
    struct arena arena; /* holds all below and the zone itself */
    const char *name;
    struct zone *next; /* in the same slot of the table */
    struct segment *segments;
    int count;
    /* From here on instants are looked up a cycle earlier; INT64_MAX when the
     * last segment lasts for ever. */
    int64_t repeat_s;
};

/*
 * The one global of the library: what a zone's name means is a fact of the
 * machine, read once for all threads. Zones are never changed and never
 * given up, so a pointer handed out stays good without any counting, and
 * only the table itself needs the lock. Its size is bounded by the database:
 * a name that is no file is not kept.
 */
static struct {
    pthread_mutex_t lock;
    struct zone *slots[TABLE_SLOTS];
} table = { .lock = PTHREAD_MUTEX_INITIALIZER };

static bool name_is_safe(struct str name);
static struct zone *zone_read(struct str name);

static struct zone **
slot_of(struct str name)
{
    uint32_t h = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < name.bytes; i++)
        h = (h ^ (unsigned char)name.data[i]) * 16777619u;
    return &table.slots[h % TABLE_SLOTS];
}

const struct zone *
zone_find(struct str name)
{
    if (name.bytes > NAME_BYTES_MAX)
        return NULL;

    struct zone **slot = slot_of(name);
    pthread_mutex_lock(&table.lock);
    struct zone *zone = *slot;
    while (zone != NULL && !str_is(name, zone->name))
        zone = zone->next;
    if (zone == NULL && name_is_safe(name)
        && (zone = zone_read(name)) != NULL) {
        zone->next = *slot;
        *slot = zone;
    }
    pthread_mutex_unlock(&table.lock);
    return zone;
}

const char *
zone_name(const struct zone *zone)
{
    return zone->name;
}

/* The last segment that began at or before the instant. */
static int
segment_at(const struct zone *zone, int64_t utc_s)
{
    const struct segment *base = zone->segments;
    size_t left = (size_t)zone->count;

    while (left > 1) {
        size_t half = left / 2;
        base = base[half].begin_s <= utc_s ? base + half : base;
        left -= half;
    }
    return (int)(base - zone->segments);
}

/* How far to go back in time to reach what was written out. */
static int64_t
cycles_s(const struct zone *zone, int64_t utc_s)
{
    if (utc_s < zone->repeat_s)
        return 0;
    return ((utc_s - zone->repeat_s) / CYCLE_S + 1) * CYCLE_S;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

int32_t
zone_offset_s(const struct zone *zone, int64_t utc_ms)
{
    int64_t utc_s = floor_div(utc_ms, 1000);

    utc_s -= cycles_s(zone, utc_s);
    return (int32_t)zone->segments[segment_at(zone, utc_s)].offset_s;
}

struct civil
zone_civil(const struct zone *zone, int64_t utc_ms)
{
    int64_t local_s = floor_div(utc_ms, 1000) + zone_offset_s(zone, utc_ms);
    int64_t days = floor_div(local_s, DAY_S);
    int32_t clock = (int32_t)(local_s - days * DAY_S);
    struct civil civil = civil_of_days(days);

    civil.hour = clock / 3600;
    civil.minute = clock / 60 % 60;
    civil.second = clock % 60;
    return civil;
}

static int64_t
segment_end_s(const struct zone *zone, int i)
{
    return i + 1 < zone->count ? zone->segments[i + 1].begin_s : INT64_MAX;
}

/*
 * Walks over the segments whose local time may hold local_s: those within
 * the largest offset on both sides. Local time falls in a gap when a segment
 * begins after it and none before held it.
 */
static int64_t
local_to_utc_s(const struct zone *zone, int64_t local_s, enum zone_fold fold)
{
    int64_t found = 0;
    bool any = false;

    for (int i = segment_at(zone, local_s - OFFSET_MAX_S); i < zone->count;
         i++) {
        const struct segment *segment = &zone->segments[i];
        int64_t utc_s = local_s - segment->offset_s;

        if (utc_s < segment->begin_s)
            return any ? found : segment->begin_s;
        if (utc_s >= segment_end_s(zone, i))
            continue;
        found = utc_s;
        any = true;
        if (fold == ZONE_FIRST)
            break;
    }
    assert(any);
    return found;
}

int64_t
zone_utc_ms(const struct zone *zone, const struct civil *civil,
            enum zone_fold fold)
{
    int64_t days = civil_days(civil->year, civil->month, 1) + civil->day - 1;
    int64_t local_s = days * DAY_S + (int64_t)civil->hour * 3600
                    + (int64_t)civil->minute * 60 + civil->second;
    /* The margin keeps the segments around it on this side of the end. */
    int64_t back = cycles_s(zone, local_s + 2 * OFFSET_MAX_S);

    return (local_to_utc_s(zone, local_s - back, fold) + back) * 1000;
}

/* ---- Reading a file ---- */

static bool
name_is_safe(struct str name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789+-_/";

    if (name.bytes == 0)
        return false;
    for (size_t i = 0; i < name.bytes; i++) {
        if (str_find_char(str_of(allowed), name.data[i]) < 0)
            return false;
        bool ends = i + 1 == name.bytes || name.data[i + 1] == '/';
        if (name.data[i] == '/' && (i == 0 || ends)) /* an empty part */
            return false;
    }
    return true;
}

static bool
file_read(struct arena *arena, struct str name, struct str *content)
{
    const char *folder = getenv("TZDIR");
    struct str path = arena_format(
        arena, "%s/%.*s",
        folder != NULL && folder[0] != '\0' ? folder : "/usr/share/zoneinfo",
        STR_ARG(name));
    FILE *file = fopen(path.data, "rbe");

    if (file == NULL)
        return false;
    char *bytes = arena_alloc(arena, FILE_BYTES_MAX);
    size_t count = fread(bytes, 1, FILE_BYTES_MAX, file);
    bool whole = feof(file) && !ferror(file);
    fclose(file);
    *content = (struct str){ bytes, count };
    return whole;
}

struct header {
    char version; /* '\0', '2', '3', '4' */
    uint32_t utc_marks, standard_marks, leaps, times, types, characters;
};

static uint32_t
big_endian_32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;

    return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8
         | u[3];
}

static bool
take_header(struct str *s, struct header *h)
{
    if (s->bytes < HEADER_BYTES || !str_starts(*s, STR("TZif")))
        return false;
    *h = (struct header){
        .version = s->data[4],
        .utc_marks = big_endian_32(s->data + 20),
        .standard_marks = big_endian_32(s->data + 24),
        .leaps = big_endian_32(s->data + 28),
        .times = big_endian_32(s->data + 32),
        .types = big_endian_32(s->data + 36),
        .characters = big_endian_32(s->data + 40),
    };
    *s = str_slice(*s, HEADER_BYTES, s->bytes);
    return true;
}

/* Bytes of the block a header announces, with times of that many bytes. */
static uint64_t
block_bytes(const struct header *h, uint64_t time_bytes)
{
    return h->times * (time_bytes + 1) + (uint64_t)h->types * TYPE_BYTES
         + h->characters + h->leaps * (time_bytes + 4)
         + (uint64_t)h->standard_marks + h->utc_marks;
}

static int64_t
time_at(const char *p, size_t time_bytes)
{
    if (time_bytes == 4)
        return (int32_t)big_endian_32(p);
    return (int64_t)((uint64_t)big_endian_32(p) << 32 | big_endian_32(p + 4));
}

/* The same offset goes on: no segment of its own. A second segment at the
 * same instant replaces the first. */
static void
add_segment(struct zone *zone, int64_t begin_s, int64_t offset_s)
{
    assert(zone->segments != NULL);

    struct segment *last =
        zone->count > 0 ? &zone->segments[zone->count - 1] : NULL;

    if (last != NULL && last->begin_s == begin_s)
        last->offset_s = offset_s;
    else if (last == NULL || last->offset_s != offset_s)
        zone->segments[zone->count++] = (struct segment){ begin_s, offset_s };
}

/*
 * The table of transitions; type 0 holds before the first. Files with leap
 * seconds count other seconds than the system's clock does: no zones.
 */
static bool
read_table(struct zone *zone, struct str *s, const struct header *h,
           size_t time_bytes, int64_t *last_s)
{
    const char *times = s->data;
    const char *kinds = times + h->times * time_bytes;
    const char *types = kinds + h->times;

    if (s->bytes < block_bytes(h, time_bytes) || h->leaps > 0 || h->types == 0)
        return false;
    zone->segments = ARENA_ARRAY(&zone->arena, struct segment,
                                 h->times + 2 * (RULE_YEARS + 1) + 1);
    for (uint32_t i = 0; i < h->types; i++) {
        int32_t offset = (int32_t)big_endian_32(types + i * TYPE_BYTES);
        if (offset < -OFFSET_MAX_S || offset > OFFSET_MAX_S)
            return false;
    }
    *last_s = INT64_MIN;
    add_segment(zone, INT64_MIN, (int32_t)big_endian_32(types));
    for (uint32_t i = 0; i < h->times; i++) {
        int64_t begin_s = time_at(times + i * time_bytes, time_bytes);
        unsigned char type = (unsigned char)kinds[i];
        if (type >= h->types || (i > 0 && begin_s <= *last_s))
            return false;
        add_segment(zone, begin_s,
                    (int32_t)big_endian_32(types + type * TYPE_BYTES));
        *last_s = begin_s;
    }
    *s = str_slice(*s, block_bytes(h, time_bytes), s->bytes);
    return true;
}

static void
add_later(struct zone *zone, int64_t last_s, int64_t begin_s, int64_t offset_s)
{
    if (begin_s > last_s)
        add_segment(zone, begin_s, offset_s);
}

/* Some years more than a cycle of the rule after the table, in order. */
static void
add_rule(struct zone *zone, const struct zone_rule *rule, int64_t last_s)
{
    int64_t from_s = last_s < RULE_FROM_MIN_S ? RULE_FROM_MIN_S : last_s;
    int32_t year = civil_of_days(floor_div(from_s, DAY_S)).year;

    if (!rule->has_saving) {
        add_segment(zone, last_s, rule->offset_s);
        return;
    }
    for (int i = 0; i <= RULE_YEARS; i++) {
        int64_t begin_s, end_s;
        zone_rule_year(rule, year - 1 + i, &begin_s, &end_s);
        if (begin_s < end_s) {
            add_later(zone, last_s, begin_s, rule->saving_offset_s);
            add_later(zone, last_s, end_s, rule->offset_s);
        } else {
            add_later(zone, last_s, end_s, rule->offset_s);
            add_later(zone, last_s, begin_s, rule->saving_offset_s);
        }
    }
    const struct segment *last = &zone->segments[zone->count - 1];
    if (last->begin_s > from_s + CYCLE_S)
        zone->repeat_s = last->begin_s;
}

/* The footer: a line feed, the rule (may be empty), a line feed. */
static bool
read_footer(struct zone *zone, struct str s, int64_t last_s)
{
    struct zone_rule rule;

    if (s.bytes < 2 || s.data[0] != '\n')
        return false;
    s = str_slice(s, 1, s.bytes);
    ptrdiff_t end = str_find_char(s, '\n');
    if (end < 0)
        return false;
    if (end == 0)
        return true;
    if (!zone_rule_read(str_slice(s, 0, (size_t)end), &rule)
        || last_s > RULE_FROM_MAX_S)
        return false;
    add_rule(zone, &rule, last_s);
    return true;
}

/* Version 1 has 32-bit times and no rule; later versions begin with the same
 * for old readers, which is passed over. */
static bool
read_content(struct zone *zone, struct str s)
{
    struct header h;
    int64_t last_s;

    zone->repeat_s = INT64_MAX;
    if (!take_header(&s, &h))
        return false;
    if (h.version == '\0')
        return read_table(zone, &s, &h, 4, &last_s);
    if (h.version < '2' || s.bytes < block_bytes(&h, 4))
        return false;
    s = str_slice(s, block_bytes(&h, 4), s.bytes);
    return take_header(&s, &h) && read_table(zone, &s, &h, 8, &last_s)
        && read_footer(zone, s, last_s);
}

static struct zone *
zone_read(struct str name)
{
    struct arena scratch;
    struct arena own;
    struct str content;

    arena_init(&scratch);
    arena_init(&own);
    struct zone *zone = ARENA_NEW(&own, struct zone);
    zone->name = arena_cstr(&own, name);
    zone->arena = own;

    bool ok =
        file_read(&scratch, name, &content) && read_content(zone, content);
    arena_free(&scratch);
    if (ok)
        return zone;
    own = zone->arena; /* the zone lies in the arena it owns */
    arena_free(&own);
    return NULL;
}
