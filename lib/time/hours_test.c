/*
 * Tests of working hours. The oracle knows only what the clock on the wall
 * shows at each minute of two years, as localtime_r says (in a child process,
 * because it needs TZ in the environment).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/time/hours.h"

#include <cmocka.h> /* last: it has a macro named fail */

static struct arena arena;

static const struct zone *
zone(const char *name)
{
    const struct zone *found = zone_find(str_of(name));

    if (found == NULL)
        fail_msg("no zone %s", name);
    return found;
}

static int64_t
at(const char *text)
{
    int64_t ms = 0;

    if (!time_parse(str_of(text), &ms))
        fail_msg("no time: %s", text);
    return ms;
}

/* ---- The oracle ---- */

enum {
    YEARS_DAYS = 730,
    MINUTES = YEARS_DAYS * 1440,
    OFFS = 12,
    HOLIDAYS = 20,
    SPECIALS = 20,
};

/* Local minutes since 1970 at each minute from `from_s`, and how far the wall
 * clock had come by then, and how far it will yet go back. */
struct wall {
    int64_t from_s;
    int32_t shows[MINUTES];
    int32_t highest[MINUTES];
    int32_t lowest[MINUTES];
};

static void
fill_wall(struct wall *wall)
{
    for (int i = 0; i < MINUTES; i++) {
        time_t t = (time_t)(wall->from_s + i * 60);
        struct tm tm;
        localtime_r(&t, &tm);
        wall->shows[i] = (int32_t)((t + tm.tm_gmtoff) / 60);
    }
}

static void
read_wall(struct wall *wall, const char *name, int64_t from_ms)
{
    wall->from_s = from_ms / 1000;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        setenv("TZ", name, 1);
        tzset();
        fill_wall(wall);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);

    int32_t highest = wall->shows[0];
    for (int i = 0; i < MINUTES; i++) {
        highest = wall->shows[i] > highest ? wall->shows[i] : highest;
        wall->highest[i] = highest;
    }
    int32_t lowest = wall->shows[MINUTES - 1];
    for (int i = MINUTES - 1; i >= 0; i--) {
        lowest = wall->shows[i] < lowest ? wall->shows[i] : lowest;
        wall->lowest[i] = lowest;
    }
}

static bool
is_special(const struct hours_rules *rules, int64_t day)
{
    for (int k = 0; k < rules->special_count; k++)
        if (rules->specials[k].day == day)
            return true;
    return false;
}

static bool
in_minutes(const struct wall *wall, int i, int day, int begin, int end)
{
    return day * 1440 + begin <= wall->highest[i]
        && day * 1440 + end > wall->lowest[i];
}

static bool
in_special(const struct wall *wall, const struct hours_rules *rules, int i)
{
    for (int k = 0; k < rules->special_count; k++)
        if (in_minutes(wall, i, (int)rules->specials[k].day,
                       rules->specials[k].begin_minute,
                       rules->specials[k].end_minute))
            return true;
    return false;
}

/*
 * A block has begun when the wall clock has shown its begin or more, and has
 * not ended while the wall clock will still show less than its end: this says
 * at once what holds in gaps and overlaps.
 */
static bool
in_block(const struct wall *wall, const struct hours_rules *rules, int i)
{
    int day = wall->highest[i] / 1440;

    for (int d = day - 2; d <= day; d++)
        for (int k = 0; k < rules->block_count; k++) {
            const struct hours_block *b = &rules->blocks[k];
            if ((d + 3) % 7 == b->weekday
                && in_minutes(wall, i, d, b->begin_minute, b->end_minute)
                && !is_special(rules, d))
                return true;
        }
    return in_special(wall, rules, i)
        || (rules->block_count == 0 && !is_special(rules, day));
}

static bool
oracle_open(const struct wall *wall, const struct hours_rules *rules, int i)
{
    int64_t ms = (wall->from_s + i * 60) * 1000;

    for (int k = 0; k < rules->off_count; k++)
        if (ms >= rules->off[k].begin_ms && ms < rules->off[k].end_ms)
            return false;
    for (int k = 0; k < rules->holiday_count; k++)
        if (wall->highest[i] / 1440 == rules->holidays[k]
            && !is_special(rules, rules->holidays[k]))
            return false;
    return in_block(wall, rules, i);
}

static void
check_edges(const struct hours *hours, const bool *open, int64_t from_ms)
{
    int64_t edge_ms = from_ms;
    int64_t next_open_ms = INT64_MAX;

    for (int i = MINUTES - 1; i > 0; i--) {
        int64_t ms = from_ms + i * INT64_C(60000);
        next_open_ms = open[i] ? ms : next_open_ms;
        if (hours_next_open(hours, ms) != next_open_ms)
            fail_msg("next open at minute %d", i);
    }
    for (int i = 1; i < MINUTES; i++)
        if (open[i] != open[i - 1]) {
            edge_ms = hours_next_edge(hours, edge_ms);
            if (edge_ms != from_ms + i * INT64_C(60000))
                fail_msg("next edge before minute %d", i);
        }
    assert_true(hours_next_edge(hours, edge_ms) == INT64_MAX);
}

/* Between whole minutes open time is a count of minutes. */
static void
check_sums(const struct hours *hours, const int32_t *counts, int64_t from_ms,
           struct random *random)
{
    for (int n = 0; n < 20000; n++) {
        int a = (int)random_below(random, MINUTES);
        int b = (int)random_below(random, MINUTES);
        int64_t a_ms = from_ms + a * INT64_C(60000);
        int64_t b_ms = from_ms + b * INT64_C(60000);
        int64_t expected = b > a ? (counts[b] - counts[a]) * INT64_C(60000) : 0;
        if (hours_between(hours, a_ms, b_ms) != expected)
            fail_msg("between minutes %d and %d", a, b);
    }
}

/* The due time is reached with exactly that much open time, and not before. */
static void
check_additions(const struct hours *hours, struct random *random)
{
    int64_t whole = hours_between(hours, hours->from_ms, hours->until_ms);

    for (int n = 0; n < 50000; n++) {
        int64_t t = hours->from_ms
                  + (int64_t)random_below(
                        random, (uint64_t)(hours->until_ms - hours->from_ms));
        int64_t s =
            (int64_t)random_below(random, n % 2 == 0 ? 40000000 : 4000000000);
        int64_t due = hours_add(hours, t, s);
        int64_t left = whole - hours_between(hours, hours->from_ms, t);
        if (s > left) {
            assert_true(due == INT64_MAX);
            continue;
        }
        if (s == 0) {
            assert_true(due == t);
            continue;
        }
        if (hours_between(hours, t, due) != s
            || hours_between(hours, t, due - 1) != s - 1)
            fail_msg("%lld + %lld", (long long)t, (long long)s);
    }
}

static void
check_against_wall(const struct wall *wall, const struct hours_rules *rules,
                   struct random *random)
{
    static bool open[MINUTES];
    static int32_t counts[MINUTES];
    int64_t from_ms = wall->from_s * 1000;
    struct hours hours = hours_compile(&arena, rules, from_ms,
                                       from_ms + MINUTES * INT64_C(60000));
    int32_t count = 0;

    for (int i = 0; i < MINUTES; i++) {
        int64_t ms = from_ms + i * INT64_C(60000);
        open[i] = oracle_open(wall, rules, i);
        counts[i] = count;
        count += open[i];
        if (hours_open(&hours, ms) != open[i]
            || hours_open(&hours, ms + 59999) != open[i])
            fail_msg("%s at %s: the oracle says %s", zone_name(rules->zone),
                     time_show(&arena, ms).data, open[i] ? "open" : "closed");
    }
    check_edges(&hours, open, from_ms);
    check_sums(&hours, counts, from_ms, random);
    check_additions(&hours, random);
}

/* In order; some of them are holidays, and some have two blocks. */
static struct hours_special *
random_specials(struct random *random, int64_t from_ms, const int64_t *holidays)
{
    struct hours_special *specials =
        ARENA_ARRAY(&arena, struct hours_special, SPECIALS);
    int64_t day = from_ms / 86400000;

    for (int i = 0; i < SPECIALS; i++) {
        int begin = (int)random_below(random, 1440);
        day += (int64_t)random_below(random, YEARS_DAYS / SPECIALS);
        for (int k = 0; k < HOLIDAYS; k++)
            if (holidays[k] >= day && holidays[k] < day + 8)
                day = holidays[k];
        specials[i] = (struct hours_special){
            day, begin, begin + 1 + (int)random_below(random, 600)
        };
    }
    return specials;
}

static struct hours_rules
random_rules(struct random *random, const struct zone *z, int64_t from_ms)
{
    struct hours_block *blocks = ARENA_ARRAY(&arena, struct hours_block, 10);
    struct hours_off *off = ARENA_ARRAY(&arena, struct hours_off, OFFS);
    int64_t *holidays = ARENA_ARRAY(&arena, int64_t, HOLIDAYS);
    int count = 1 + (int)random_below(random, 10);

    for (int i = 0; i < count; i++) {
        int begin = (int)random_below(random, 1440);
        int longest = random_below(random, 4) == 0 ? 1440 : 300;
        blocks[i] = (struct hours_block){
            .weekday = (int)random_below(random, 7),
            .begin_minute = begin,
            .end_minute = begin + 1 + (int)random_below(random, longest),
        };
    }
    for (int i = 0; i < OFFS; i++) {
        off[i].begin_ms =
            from_ms + (int64_t)random_below(random, MINUTES) * 60000;
        off[i].end_ms =
            off[i].begin_ms + (int64_t)random_below(random, 20000) * 60000;
    }
    for (int i = 0; i < HOLIDAYS; i++)
        holidays[i] =
            from_ms / 86400000 + (int64_t)random_below(random, YEARS_DAYS);
    return (struct hours_rules){ .zone = z,
                                 .blocks = blocks,
                                 .block_count = count,
                                 .off = off,
                                 .off_count = OFFS,
                                 .holidays = holidays,
                                 .holiday_count = HOLIDAYS,
                                 .specials =
                                     random_specials(random, from_ms, holidays),
                                 .special_count = SPECIALS };
}

static const struct hours_block office[] = {
    { 0, 540, 1080 }, { 1, 540, 1080 }, { 2, 540, 1080 },
    { 3, 540, 1080 }, { 4, 540, 1080 },
};
/* Every day over the hours in which clocks are changed. */
static const struct hours_block night[] = { { 0, 60, 210 }, { 1, 60, 210 },
                                            { 2, 60, 210 }, { 3, 60, 210 },
                                            { 4, 60, 210 }, { 5, 60, 210 },
                                            { 6, 60, 210 } };

static struct hours_rules
rules_of(const char *zone_of, const struct hours_block *blocks, int count)
{
    return (struct hours_rules){ .zone = zone(zone_of),
                                 .blocks = blocks,
                                 .block_count = count };
}

static void
hours_agree_with_the_wall_clock_at_every_minute_of_two_years(void **state)
{
    static const char *const names[] = {
        "Asia/Seoul",          "Europe/Berlin",     "America/New_York",
        "America/Sao_Paulo",   "Africa/Casablanca", "Asia/Kathmandu",
        "Australia/Lord_Howe", "America/St_Johns",
    };
    const char *given = getenv("BATON_TEST_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10)
                                  : (uint64_t)clock_monotonic_us();
    struct random random;
    struct wall *wall = mmap(NULL, sizeof *wall, PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    (void)state;
    assert_true(wall != MAP_FAILED);
    print_message("BATON_TEST_SEED=%llu\n", (unsigned long long)seed);
    random_init(&random, seed);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        read_wall(wall, names[i], at("2017-01-01T00:00:00Z"));
        struct hours_rules all[] = {
            rules_of(names[i], office, 5),
            rules_of(names[i], night, 7),
            random_rules(&random, zone(names[i]), wall->from_s * 1000),
        };
        for (size_t k = 0; k < 3; k++)
            check_against_wall(wall, &all[k], &random);
        arena_reset(&arena);
    }
    munmap(wall, sizeof *wall);
}

/* ---- Single stories ---- */

static struct hours
two_years(const struct hours_rules *rules)
{
    return hours_compile(&arena, rules, at("2026-01-01T00:00:00Z"),
                         at("2028-01-01T00:00:00Z"));
}

static void
a_date_with_hours_of_its_own_is_neither_week_nor_holiday(void **state)
{
    int64_t eve = civil_days(2026, 12, 24);
    const struct hours_special specials[] = { { eve, 540, 720 },
                                              { eve, 780, 840 } };
    struct hours_rules rules = rules_of("Asia/Seoul", office, 5);
    (void)state;

    rules.holidays = &eve;
    rules.holiday_count = 1;
    rules.specials = specials;
    rules.special_count = 2;
    struct hours hours = two_years(&rules);
    assert_true(hours_open(&hours, at("2026-12-24T11:59:00+09:00")));
    assert_false(hours_open(&hours, at("2026-12-24T12:30:00+09:00")));
    assert_true(hours_open(&hours, at("2026-12-24T13:30:00+09:00")));
    assert_false(hours_open(&hours, at("2026-12-24T15:00:00+09:00")));
    assert_true(hours_open(&hours, at("2026-12-25T15:00:00+09:00")));
}

static void
who_works_at_any_hour_keeps_to_the_hours_of_a_date(void **state)
{
    const struct hours_special special = { civil_days(2026, 12, 24), 540, 720 };
    struct hours_rules rules = { .zone = zone("Asia/Seoul"),
                                 .specials = &special,
                                 .special_count = 1 };
    struct hours hours = two_years(&rules);

    (void)state;
    assert_true(hours_open(&hours, at("2026-12-23T23:59:00+09:00")));
    assert_false(hours_open(&hours, at("2026-12-24T08:59:00+09:00")));
    assert_true(hours_open(&hours, at("2026-12-24T09:00:00+09:00")));
    assert_false(hours_open(&hours, at("2026-12-24T12:00:00+09:00")));
    assert_true(hours_open(&hours, at("2026-12-25T00:00:00+09:00")));
}

static void
without_blocks_one_works_at_any_hour(void **state)
{
    int64_t christmas = civil_days(2026, 12, 25);
    struct hours_off absence = { at("2026-02-01T00:00:00Z"),
                                 at("2026-02-08T00:00:00Z") };
    struct hours_rules rules = { .zone = zone("Asia/Seoul"),
                                 .off = &absence,
                                 .off_count = 1,
                                 .holidays = &christmas,
                                 .holiday_count = 1 };
    struct hours hours = two_years(&rules);

    (void)state;
    assert_true(hours_open(&hours, at("2026-05-03T03:00:00+09:00")));
    assert_false(hours_open(&hours, at("2026-02-03T12:00:00+09:00")));
    assert_false(hours_open(&hours, at("2026-12-25T00:00:00+09:00")));
    assert_true(hours_open(&hours, at("2026-12-24T23:59:59+09:00")));
    assert_true(hours_open(&hours, at("2026-12-26T00:00:00+09:00")));
    assert_int_equal(hours.count, 3);
}

static void
a_friday_evening_lead_is_due_on_monday_morning(void **state)
{
    struct hours_rules rules = rules_of("Europe/Berlin", office, 5);
    struct hours hours = two_years(&rules);

    (void)state;
    assert_int_equal(
        hours_add(&hours, at("2026-03-27T17:50:00+01:00"), 30 * 60000),
        at("2026-03-30T09:20:00+02:00")); /* and summer time began */
    assert_int_equal(hours_add(&hours, at("2026-03-28T12:00:00+01:00"), 1),
                     at("2026-03-30T09:00:00.001+02:00"));
    assert_int_equal(hours_add(&hours, at("2026-03-27T17:50:00+01:00"), 600000),
                     at("2026-03-27T18:00:00+01:00"));
    assert_int_equal(hours_next_open(&hours, at("2026-03-28T12:00:00+01:00")),
                     at("2026-03-30T09:00:00+02:00"));
}

static void
a_night_shift_passes_midnight_and_the_end_of_the_week(void **state)
{
    static const struct hours_block sunday[] = { { 6, 1320, 1800 } };
    struct hours_rules rules = rules_of("Asia/Seoul", sunday, 1);
    struct hours hours = two_years(&rules);

    (void)state;
    assert_false(hours_open(&hours, at("2026-11-22T21:59:59+09:00")));
    assert_true(hours_open(&hours, at("2026-11-22T22:00:00+09:00")));
    assert_true(hours_open(&hours, at("2026-11-23T05:59:59+09:00")));
    assert_false(hours_open(&hours, at("2026-11-23T06:00:00+09:00")));
    assert_int_equal(hours_next_edge(&hours, at("2026-11-22T23:00:00+09:00")),
                     at("2026-11-23T06:00:00+09:00"));
}

static void
a_night_shift_that_began_before_the_horizon_counts(void **state)
{
    static const struct hours_block friday[] = { { 4, 1320, 1800 } };
    struct hours_rules rules = rules_of("Asia/Seoul", friday, 1);
    struct hours hours =
        hours_compile(&arena, &rules, at("2026-11-21T01:00:00+09:00"),
                      at("2026-11-28T01:00:00+09:00"));

    (void)state;
    assert_true(hours_open(&hours, at("2026-11-21T01:00:00+09:00")));
    assert_int_equal(hours_between(&hours, hours.from_ms, hours.until_ms),
                     (5 + 3) * INT64_C(3600000));
}

static void
the_lunch_break_of_a_split_shift_is_closed(void **state)
{
    static const struct hours_block split[] = { { 4, 540, 720 },
                                                { 4, 780, 1080 } };
    struct hours_rules rules = rules_of("Asia/Seoul", split, 2);
    struct hours hours = two_years(&rules);

    (void)state;
    assert_true(hours_open(&hours, at("2026-11-20T11:59:59+09:00")));
    assert_false(hours_open(&hours, at("2026-11-20T12:00:00+09:00")));
    assert_false(hours_open(&hours, at("2026-11-20T12:59:59+09:00")));
    assert_true(hours_open(&hours, at("2026-11-20T13:00:00+09:00")));
    assert_int_equal(
        hours_add(&hours, at("2026-11-20T11:30:00+09:00"), 3600000),
        at("2026-11-20T13:30:00+09:00"));
    assert_int_equal(hours_between(&hours, at("2026-11-20T00:00:00+09:00"),
                                   at("2026-11-21T00:00:00+09:00")),
                     8 * INT64_C(3600000));
}

static void
a_block_that_begins_in_the_gap_opens_at_the_transition(void **state)
{
    static const struct hours_block early[] = { { 6, 150, 300 } };
    struct hours_rules rules = rules_of("Europe/Berlin", early, 1);
    struct hours hours = two_years(&rules);

    (void)state;
    assert_false(hours_open(&hours, at("2026-03-29T00:59:59Z")));
    assert_true(hours_open(&hours, at("2026-03-29T01:00:00Z")));
    assert_int_equal(hours_between(&hours, at("2026-03-29T00:00:00Z"),
                                   at("2026-03-29T12:00:00Z")),
                     2 * INT64_C(3600000));
}

static void
a_block_in_the_overlap_opens_at_the_first_and_closes_at_the_second(void **state)
{
    static const struct hours_block early[] = { { 6, 135, 165 } };
    struct hours_rules rules = rules_of("Europe/Berlin", early, 1);
    struct hours hours = two_years(&rules);

    (void)state;
    assert_int_equal(hours_next_edge(&hours, at("2026-10-25T00:00:00Z")),
                     at("2026-10-25T00:15:00Z"));
    assert_int_equal(hours_next_edge(&hours, at("2026-10-25T00:15:00Z")),
                     at("2026-10-25T01:45:00Z"));
    /* Adding time in the repeated hour moves on. */
    assert_int_equal(hours_add(&hours, at("2026-10-25T00:20:00Z"), 3600000),
                     at("2026-10-25T01:20:00Z"));
}

static void
someone_who_is_always_off_has_no_next_hour(void **state)
{
    struct hours_off always = { INT64_MIN, INT64_MAX };
    struct hours_rules rules = { .zone = zone("Asia/Seoul"),
                                 .off = &always,
                                 .off_count = 1 };
    struct hours hours = two_years(&rules);
    int64_t now = at("2026-11-20T00:00:00Z");

    (void)state;
    assert_false(hours_open(&hours, now));
    assert_true(hours_next_open(&hours, now) == INT64_MAX);
    assert_true(hours_next_edge(&hours, now) == INT64_MAX);
    assert_true(hours_add(&hours, now, 1) == INT64_MAX);
    assert_int_equal(hours_between(&hours, now, now + 1000), 0);
}

static void
outside_the_horizon_nothing_is_open(void **state)
{
    struct hours_rules rules = rules_of("Asia/Seoul", NULL, 0);
    struct hours hours = two_years(&rules);

    (void)state;
    assert_false(hours_open(&hours, hours.from_ms - 1));
    assert_true(hours_open(&hours, hours.from_ms));
    assert_true(hours_open(&hours, hours.until_ms - 1));
    assert_false(hours_open(&hours, hours.until_ms));
    assert_true(hours_next_edge(&hours, hours.from_ms) == INT64_MAX);
    assert_int_equal(hours_next_open(&hours, 0), hours.from_ms);
    assert_int_equal(hours_add(&hours, hours.until_ms - 5, 5), hours.until_ms);
    assert_true(hours_add(&hours, hours.until_ms - 5, 6) == INT64_MAX);
    assert_true(hours_add(&hours, hours.until_ms - 5, INT64_MAX) == INT64_MAX);
}

/* ---- As written ---- */

static bool
read_hours(struct work *w, const char *text, struct hours_block **blocks,
           int *count)
{
    struct json_error error;
    const struct json *json = json_parse(&arena, str_of(text), &error);

    if (json == NULL)
        fail_msg("%s: %s", text, error.message);
    *w = (struct work){ .arena = &arena };
    return hours_read(w, json, STR("/hours"), blocks, count);
}

static void
hours_are_read_and_sorted(void **state)
{
    struct work w;
    struct hours_block *blocks;
    int count;

    (void)state;
    assert_true(read_hours(&w,
                           "{\"sun\": [\"22:00-06:00\"],"
                           " \"mon\": [\"13:00-18:00\", \"09:00-12:30\"],"
                           " \"tue\": [\"00:00-24:00\"], \"wed\": []}",
                           &blocks, &count));
    assert_int_equal(count, 4);
    assert_true(blocks[0].weekday == 0 && blocks[0].begin_minute == 540
                && blocks[0].end_minute == 750);
    assert_true(blocks[1].begin_minute == 780);
    assert_true(blocks[2].weekday == 1 && blocks[2].begin_minute == 0
                && blocks[2].end_minute == 1440);
    assert_true(blocks[3].weekday == 6 && blocks[3].begin_minute == 1320
                && blocks[3].end_minute == 1800);
}

static void
no_hours_at_all_mean_any_hour(void **state)
{
    struct work w;
    struct hours_block *blocks;
    int count = 1;

    (void)state;
    assert_true(read_hours(&w, "{}", &blocks, &count));
    assert_int_equal(count, 0);
    assert_true(read_hours(&w, "null", &blocks, &count));
    assert_int_equal(count, 0);
}

static void
a_mistake_in_hours_is_told_with_its_place(void **state)
{
    static const struct {
        const char *text, *pointer, *code;
    } mistakes[] = {
        { "[]", "/hours", "wrong_type" },
        { "{\"monday\": []}", "/hours", "unknown_day" },
        { "{\"mon\": \"09:00-18:00\"}", "/hours/mon", "wrong_type" },
        { "{\"mon\": [\"09:00-18:00\", 5]}", "/hours/mon/1", "not_hours" },
        { "{\"mon\": [\"9:00-18:00\"]}", "/hours/mon/0", "not_hours" },
        { "{\"mon\": [\"09:00-18:60\"]}", "/hours/mon/0", "not_hours" },
        { "{\"mon\": [\"09:00-24:01\"]}", "/hours/mon/0", "not_hours" },
        { "{\"mon\": [\"24:00-25:00\"]}", "/hours/mon/0", "not_hours" },
        { "{\"mon\": [\"09:00 18:00\"]}", "/hours/mon/0", "not_hours" },
        { "{\"mon\": [\"-9:00-18:00\"]}", "/hours/mon/0", "not_hours" },
        { "{\"mon\": [\"09:00-09:00\"]}", "/hours/mon/0", "not_hours" },
        { "{\"mon\": [], \"tue\": []}", "/hours", "no_hours" },
        { "{\"fri\": [\"09:00-12:00\", \"11:59-13:00\"]}", "/hours/fri",
          "overlap" },
        { "{\"fri\": [\"22:00-06:00\"], \"sat\": [\"05:00-07:00\"]}",
          "/hours/sat", "overlap" },
        { "{\"sun\": [\"22:00-06:00\"], \"mon\": [\"05:00-07:00\"]}",
          "/hours/mon", "overlap" },
    };
    struct work w;
    struct hours_block *blocks;
    int count;

    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        if (read_hours(&w, mistakes[i].text, &blocks, &count))
            fail_msg("%s was read", mistakes[i].text);
        assert_int_equal(w.error.kind, ERR_INVALID);
        assert_int_equal(w.error.detail_count, 1);
        assert_string_equal(w.error.details[0].pointer.data,
                            mistakes[i].pointer);
        assert_string_equal(w.error.details[0].code, mistakes[i].code);
    }
}

static void
touching_hours_do_not_overlap(void **state)
{
    struct work w;
    struct hours_block *blocks;
    int count;

    (void)state;
    assert_true(read_hours(&w,
                           "{\"sun\": [\"22:00-06:00\"],"
                           " \"mon\": [\"06:00-12:00\", \"12:00-22:00\"]}",
                           &blocks, &count));
    assert_int_equal(count, 3);
}

static void
all_mistakes_in_hours_are_told_at_once(void **state)
{
    struct work w;
    struct hours_block *blocks;
    int count;

    (void)state;
    assert_false(read_hours(&w,
                            "{\"mon\": [\"x\", \"09:00-10:00\"], \"no\": 1,"
                            " \"tue\": 7}",
                            &blocks, &count));
    assert_int_equal(w.error.detail_count, 3);
}

/* Printed and not judged: the machine is shared. */
static void
the_cost_of_an_addition_is_printed(void **state)
{
    struct hours_rules rules = rules_of("Europe/Berlin", office, 5);
    struct hours hours = two_years(&rules);
    enum { LOOKS = 1000000, TIMES = 4096 };
    int64_t *times = ARENA_ARRAY(&arena, int64_t, TIMES);
    struct random random;
    int64_t sum = 0;

    (void)state;
    random_init(&random, 1);
    for (int i = 0; i < TIMES; i++)
        times[i] = hours.from_ms
                 + (int64_t)random_below(&random, 700 * UINT64_C(86400000));
    int64_t begin = clock_monotonic_us();
    for (int i = 0; i < LOOKS; i++)
        sum += hours_add(&hours, times[i % TIMES], 1800000 + i);
    int64_t middle = clock_monotonic_us();
    for (int i = 0; i < LOOKS; i++)
        sum += hours_open(&hours, times[i % TIMES]);
    int64_t end = clock_monotonic_us();
    for (int i = 0; i < 100; i++)
        sum += two_years(&rules).count;
    int64_t compiled = clock_monotonic_us();
    assert_true(sum != 0);
    print_message("hours_add %.1f ns, hours_open %.1f ns, hours_compile of "
                  "two years %.1f us\n",
                  (double)(middle - begin) * 1e3 / LOOKS,
                  (double)(end - middle) * 1e3 / LOOKS,
                  (double)(compiled - end) / 100);
}

static int
begin(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int
end(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(hours_agree_with_the_wall_clock_at_every_minute_of_two_years),
        TEST(a_date_with_hours_of_its_own_is_neither_week_nor_holiday),
        TEST(who_works_at_any_hour_keeps_to_the_hours_of_a_date),
        TEST(without_blocks_one_works_at_any_hour),
        TEST(a_friday_evening_lead_is_due_on_monday_morning),
        TEST(a_night_shift_passes_midnight_and_the_end_of_the_week),
        TEST(a_night_shift_that_began_before_the_horizon_counts),
        TEST(the_lunch_break_of_a_split_shift_is_closed),
        TEST(a_block_that_begins_in_the_gap_opens_at_the_transition),
        TEST(
            a_block_in_the_overlap_opens_at_the_first_and_closes_at_the_second),
        TEST(someone_who_is_always_off_has_no_next_hour),
        TEST(outside_the_horizon_nothing_is_open),
        TEST(hours_are_read_and_sorted),
        TEST(no_hours_at_all_mean_any_hour),
        TEST(a_mistake_in_hours_is_told_with_its_place),
        TEST(touching_hours_do_not_overlap),
        TEST(all_mistakes_in_hours_are_told_at_once),
        TEST(the_cost_of_an_addition_is_printed),
    };

    return cmocka_run_group_tests_name("hours", tests, NULL, NULL);
}
