/*
 * Tests of zones, dates and times as text. The oracle for zones is the C
 * library's localtime_r, asked in a child process of its own because it
 * needs TZ in the environment.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/base/text.h"
#include "lib/time/zone.h"

#include <cmocka.h> /* last: it has a macro named fail */

static struct arena arena;

static uint64_t
seed(void)
{
    const char *given = getenv("BATON_TEST_SEED");
    uint64_t value = given != NULL ? strtoull(given, NULL, 10)
                                   : (uint64_t)clock_monotonic_us();

    print_message("BATON_TEST_SEED=%llu\n", (unsigned long long)value);
    return value;
}

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

/* ---- Against localtime_r ---- */

/* True when both agree at that second; says where they do not. */
static bool
agrees(const struct zone *z, const char *name, int64_t utc_s)
{
    time_t t = (time_t)utc_s;
    struct tm tm;

    localtime_r(&t, &tm);
    if (zone_offset_s(z, utc_s * 1000) == tm.tm_gmtoff)
        return true;
    printf("%s at %lld: %d, and localtime_r says %ld\n", name, (long long)utc_s,
           zone_offset_s(z, utc_s * 1000), tm.tm_gmtoff);
    return false;
}

static void
use_zone(const char *tz)
{
    setenv("TZ", tz, 1);
    tzset();
}

/* Runs `check` in a child, whose environment nobody else sees. */
static void
in_a_child(bool (*check)(const void *), const void *context)
{
    int status = 0;

    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        bool ok = check(context);
        fflush(NULL);
        _exit(ok ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static bool
two_years_agree(const void *context)
{
    const char *name = context;
    const struct zone *z = zone(name);
    int64_t from = at("2017-01-01T00:00:00Z") / 1000;

    use_zone(name);
    for (int64_t t = from; t < from + INT64_C(730) * 86400; t += 60)
        if (!agrees(z, name, t))
            return false;
    return true;
}

static void
every_minute_of_two_years_has_the_offset_of_the_c_library(void **state)
{
    static const char *const names[] = {
        "Asia/Seoul",          "Europe/Berlin",     "America/New_York",
        "America/Sao_Paulo",   "Africa/Casablanca", "Asia/Kathmandu",
        "Australia/Lord_Howe", "America/St_Johns",
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        in_a_child(two_years_agree, names[i]);
}

static bool
later_rules_agree(const void *context)
{
    const char *name = context;
    const struct zone *z = zone(name);
    static const char *const starts[] = {
        "2036-01-01T00:00:00Z", "2399-06-01T00:00:00Z", "2437-06-01T00:00:00Z",
        "2440-01-01T00:00:00Z", "5000-01-01T00:00:00Z"
    };

    use_zone(name);
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        int64_t from = at(starts[i]) / 1000;
        for (int64_t t = from; t < from + INT64_C(900) * 86400; t += 1800)
            if (!agrees(z, name, t) || !agrees(z, name, t - 1))
                return false;
    }
    return true;
}

static void
the_rule_at_the_end_of_a_file_goes_on_for_ever(void **state)
{
    static const char *const names[] = {
        "Europe/Berlin",     "Europe/Dublin",   "America/Nuuk",
        "Africa/Casablanca", "America/Havana",  "Australia/Lord_Howe",
        "Asia/Gaza",         "America/Santiago"
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        in_a_child(later_rules_agree, names[i]);
}

enum { INSTANTS_A_ZONE = 1500 };

/* Names are in the third column of zone1970.tab. */
static bool
all_zones_agree(const void *context)
{
    struct random random;
    FILE *table = fopen("/usr/share/zoneinfo/zone1970.tab", "re");
    char line[512];
    int zones = 0;
    bool ok = table != NULL;

    random_init(&random, *(const uint64_t *)context);
    while (ok && fgets(line, sizeof line, table) != NULL) {
        char name[128];
        if (line[0] == '#' || sscanf(line, "%*s %*s %127s", name) != 1)
            continue;
        const struct zone *z = zone(name);
        use_zone(name);
        zones++;
        for (int i = 0; i < INSTANTS_A_ZONE && ok; i++)
            ok = agrees(z, name,
                        (int64_t)random_below(&random, 20000000000)
                            - 2200000000); /* 1900 to 2534 */
    }
    if (table != NULL)
        fclose(table);
    return ok && zones > 250;
}

static void
every_zone_agrees_at_random_instants(void **state)
{
    uint64_t s = seed();

    (void)state;
    in_a_child(all_zones_agree, &s);
}

/* ---- Files of our own ---- */

static char folder[] = "/tmp/baton-zones-XXXXXX";

static void
put_32(struct text *t, uint32_t n)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        text_add_char(t, (char)(n >> shift & 0xff));
}

static void
put_header(struct text *t, char version, uint32_t leaps, uint32_t times)
{
    text_add_cstr(t, "TZif");
    text_add_char(t, version);
    for (int i = 0; i < 15; i++)
        text_add_char(t, '\0');
    put_32(t, 0);
    put_32(t, 0);
    put_32(t, leaps);
    put_32(t, times);
    put_32(t, 1); /* one type */
    put_32(t, 4); /* "LMT\0" */
}

static void
put_type(struct text *t, uint32_t offset)
{
    put_32(t, offset);
    text_add(t, (struct str){ "\0\0LMT\0", 6 });
}

static void
write_zone(const char *name, struct str content)
{
    struct str path = arena_format(&arena, "%s/%s", folder, name);
    FILE *file = fopen(path.data, "wbe");

    assert_non_null(file);
    assert_int_equal(fwrite(content.data, 1, content.bytes, file),
                     content.bytes);
    fclose(file);
}

static void
put_leap(struct text *t, bool wide)
{
    if (wide)
        put_32(t, 0);
    put_32(t, 78796800);
    put_32(t, 1);
}

/* A file without transitions, ending in that rule. */
static struct str
zone_content(char version, bool leap, const char *rule)
{
    struct text t = text_new(&arena);

    put_header(&t, version, leap, 0);
    put_type(&t, 3600);
    if (leap)
        put_leap(&t, false);
    if (version == '\0')
        return text_str(&t);
    put_header(&t, version, leap, 0);
    put_type(&t, 3600);
    if (leap)
        put_leap(&t, true);
    text_format(&t, "\n%s\n", rule);
    return text_str(&t);
}

static const struct zone *
zone_of_rule(const char *name, const char *rule)
{
    write_zone(name, zone_content('3', false, rule));
    return zone_find(str_of(name));
}

struct named_rule {
    const char *name;
    const char *rule;
};

/* All rules of the C library are understood by us, in both spellings. */
static bool
rule_agrees(const void *context)
{
    const struct named_rule *r = context;
    const struct zone *z = zone(r->name);
    int64_t from = at("1999-12-25T00:00:00Z") / 1000;

    use_zone(r->rule);
    for (int64_t t = from; t < from + INT64_C(1500) * 86400; t += 900)
        if (!agrees(z, r->rule, t))
            return false;
    return true;
}

static void
rules_of_every_shape_are_understood(void **state)
{
    static const struct named_rule rules[] = {
        { "Fixed", "<+03>-3" },
        { "Quoted", "<-0330>3:30" },
        { "Seconds", "ABC-1:02:03" },
        { "South", "AEST-10AEDT,M10.1.0,M4.1.0/3" },
        { "HalfHour", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0" },
        { "Negative", "IST-1GMT0,M10.5.0,M3.5.0/1" },
        { "Nuuk", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0" },
        { "Days", "ABC5DEF,J60/1,J300/3" },
        { "LeapDays", "ABC5DEF,59/1,299/3" },
        { "Gaza", "EET-2EEST,M3.4.4/50,M10.4.4/50" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        assert_non_null(zone_of_rule(rules[i].name, rules[i].rule));
        in_a_child(rule_agrees, &rules[i]);
    }
}

static void
a_rule_may_name_hours_of_the_week_before_and_after(void **state)
{
    const struct zone *z = zone_of_rule("Wide", "ABC0DEF,J100/-167,J200/167");

    (void)state;
    assert_non_null(z);
    /* J100 is 10 April; 167 hours before it are 3 April, 01:00. */
    assert_int_equal(zone_offset_s(z, at("2021-04-03T00:59:59Z")), 0);
    assert_int_equal(zone_offset_s(z, at("2021-04-03T01:00:00Z")), 3600);
    /* J200 is 19 July; 167 hours after are 25 July, 23:00 in saving time. */
    assert_int_equal(zone_offset_s(z, at("2021-07-25T21:59:59Z")), 3600);
    assert_int_equal(zone_offset_s(z, at("2021-07-25T22:00:00Z")), 0);
}

static void
a_rule_may_hold_saving_time_all_year(void **state)
{
    const struct zone *z = zone_of_rule("Always", "XXX3EDT4,0/0,J365/23");

    (void)state;
    assert_non_null(z);
    for (int64_t t = at("2020-12-30T00:00:00Z"); t < at("2021-01-03T00:00:00Z");
         t += 3600000)
        assert_int_equal(zone_offset_s(z, t), -4 * 3600);
}

static void
a_file_of_the_first_version_has_no_rule(void **state)
{
    (void)state;
    write_zone("First", zone_content('\0', false, ""));
    assert_int_equal(zone_offset_s(zone("First"), at("2026-07-01T00:00:00Z")),
                     3600);
}

static void
damaged_files_are_no_zones(void **state)
{
    static const char *const broken[] = { "AB3",
                                          "ABC",
                                          "ABC99",
                                          "ABC3DEF",
                                          "ABC3DEF,J0,1",
                                          "ABC3DEF,J1",
                                          "ABC3DEF,M13.1.0,M1.1.0",
                                          "ABC3DEF,M3.6.0,M4.1.0",
                                          "ABC3DEF,J1/168,J2",
                                          "<AB3",
                                          "ABC3 ",
                                          "ABC3DEF,M3.1.7,M4.1.0" };
    struct str whole = zone_content('3', false, "ABC3");

    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        if (zone_of_rule("Broken", broken[i]) != NULL)
            fail_msg("%s was read", broken[i]);
    for (size_t bytes = 0; bytes < whole.bytes; bytes++) {
        write_zone("Broken", str_slice(whole, 0, bytes));
        assert_null(zone_find(STR("Broken")));
    }
    write_zone("Leap", zone_content('3', true, "ABC3"));
    assert_null(zone_find(STR("Leap")));
}

static void
damaged_bytes_are_read_without_harm(void **state)
{
    struct random random;

    (void)state;
    random_init(&random, seed());
    for (int i = 0; i < 3000; i++) {
        struct str whole = zone_content('3', false, "ABC3DEF,M3.1.0,M4.1.0");
        char *bytes = (char *)(uintptr_t)whole.data;
        bytes[random_below(&random, whole.bytes)] = (char)random_next(&random);
        struct str name = arena_format(&arena, "Damaged%d", i);
        write_zone(name.data, whole);
        const struct zone *z = zone_find(name);
        if (z != NULL)
            zone_civil(z, at("2026-07-01T00:00:00Z"));
        unlink(arena_format(&arena, "%s/%s", folder, name.data).data);
        arena_reset(&arena);
    }
}

/* ---- Names ---- */

static void
a_zone_is_found_once_and_kept(void **state)
{
    (void)state;
    assert_ptr_equal(zone("Asia/Seoul"), zone("Asia/Seoul"));
    assert_string_equal(zone_name(zone("Asia/Seoul")), "Asia/Seoul");
}

static void
names_that_could_leave_the_database_are_no_zones(void **state)
{
    static const char *const names[] = { "",
                                         "/Asia/Seoul",
                                         "../zoneinfo/Asia/Seoul",
                                         "Asia//Seoul",
                                         "Asia/Seoul/",
                                         "Asia/./Seoul",
                                         "Asia",
                                         "Asia/Nowhere",
                                         "zone1970.tab",
                                         "leapseconds",
                                         "right/Asia/Seoul",
                                         "Asia/Seoul\n" };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (zone_find(str_of(names[i])) != NULL)
            fail_msg("\"%s\" is a zone", names[i]);
    assert_null(zone_find((struct str){ "Asia/Seoul\0x", 12 }));
    assert_null(zone_find(STR_NONE));
}

/* ---- Wall time ---- */

static int64_t
wall(const char *name, const char *date, int hour, int minute,
     enum zone_fold fold)
{
    int64_t days = 0;

    assert_true(date_parse(str_of(date), &days));
    struct civil civil = civil_of_days(days);
    civil.hour = hour;
    civil.minute = minute;
    return zone_utc_ms(zone(name), &civil, fold);
}

static void
assert_time(int64_t ms, const char *expected)
{
    assert_string_equal(time_show(&arena, ms).data, expected);
}

static void
a_wall_time_in_the_gap_is_the_transition(void **state)
{
    (void)state;
    for (enum zone_fold fold = ZONE_FIRST; fold <= ZONE_SECOND; fold++) {
        assert_time(wall("Europe/Berlin", "2026-03-29", 2, 0, fold),
                    "2026-03-29T01:00:00.000Z");
        assert_time(wall("Europe/Berlin", "2026-03-29", 2, 59, fold),
                    "2026-03-29T01:00:00.000Z");
        assert_time(wall("Europe/Berlin", "2026-03-29", 3, 0, fold),
                    "2026-03-29T01:00:00.000Z");
        assert_time(wall("Europe/Berlin", "2026-03-29", 1, 59, fold),
                    "2026-03-29T00:59:00.000Z");
    }
    /* Midnight itself was missing. */
    assert_time(wall("America/Sao_Paulo", "2017-10-15", 0, 0, ZONE_FIRST),
                "2017-10-15T03:00:00.000Z");
    /* A whole day was: 30 December 2011. */
    assert_time(wall("Pacific/Apia", "2011-12-30", 12, 0, ZONE_FIRST),
                "2011-12-30T10:00:00.000Z");
}

static void
a_wall_time_in_the_overlap_has_two_instants(void **state)
{
    (void)state;
    assert_time(wall("Europe/Berlin", "2026-10-25", 2, 30, ZONE_FIRST),
                "2026-10-25T00:30:00.000Z");
    assert_time(wall("Europe/Berlin", "2026-10-25", 2, 30, ZONE_SECOND),
                "2026-10-25T01:30:00.000Z");
    assert_time(wall("Europe/Berlin", "2026-10-25", 3, 0, ZONE_FIRST),
                "2026-10-25T02:00:00.000Z");
    assert_time(wall("Australia/Lord_Howe", "2026-04-05", 1, 45, ZONE_FIRST),
                "2026-04-04T14:45:00.000Z");
    assert_time(wall("Australia/Lord_Howe", "2026-04-05", 1, 45, ZONE_SECOND),
                "2026-04-04T15:15:00.000Z");
    /* Long after the table, by the rule. */
    assert_time(wall("Europe/Berlin", "2826-10-25", 2, 30, ZONE_SECOND),
                "2826-10-25T01:30:00.000Z");
}

static void
civil_time_and_instant_are_inverse(void **state)
{
    static const char *const names[] = { "Europe/Berlin", "Australia/Lord_Howe",
                                         "America/Sao_Paulo",
                                         "Africa/Casablanca" };
    struct random random;

    (void)state;
    random_init(&random, seed());
    for (int i = 0; i < 200000; i++) {
        const struct zone *z = zone(names[i % 4]);
        int64_t ms =
            ((int64_t)random_below(&random, 40000000000) - 5000000000) * 1000;
        struct civil civil = zone_civil(z, ms);
        if (zone_utc_ms(z, &civil, ZONE_FIRST) != ms
            && zone_utc_ms(z, &civil, ZONE_SECOND) != ms)
            fail_msg("%s at %lld ms", names[i % 4], (long long)ms);
    }
}

static void
civil_fields_carry_over(void **state)
{
    struct civil civil = { .year = 2026, .month = 12, .day = 31, .hour = 25 };

    (void)state;
    assert_time(zone_utc_ms(zone("Asia/Seoul"), &civil, ZONE_FIRST),
                "2026-12-31T16:00:00.000Z");
    civil = zone_civil(zone("Asia/Seoul"), at("2026-11-20T01:02:03Z"));
    assert_int_equal(civil.hour, 10);
    assert_int_equal(civil.minute, 2);
    assert_int_equal(civil.second, 3);
    assert_int_equal(civil.weekday, 4); /* a Friday */
}

/* ---- Dates and text ---- */

static void
days_count_like_the_calendar(void **state)
{
    static const int month_days[] = { 31, 28, 31, 30, 31, 30,
                                      31, 31, 30, 31, 30, 31 };
    int64_t days = civil_days(-400, 1, 1);

    (void)state;
    assert_int_equal(civil_days(1970, 1, 1), 0);
    for (int year = -400; year < 2800; year++)
        for (int month = 1; month <= 12; month++) {
            bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
            int last = month_days[month - 1] + (month == 2 && leap);
            for (int day = 1; day <= last; day++, days++) {
                struct civil c = civil_of_days(days);
                assert_true(civil_days(year, month, day) == days);
                assert_true(c.year == year && c.month == month && c.day == day);
                assert_true(c.weekday == ((days + 3) % 7 + 7) % 7);
            }
        }
}

static void
times_are_read(void **state)
{
    (void)state;
    assert_int_equal(at("1970-01-01T00:00:00Z"), 0);
    assert_int_equal(at("2026-11-20T10:00:00+09:00"),
                     at("2026-11-20T01:00:00Z"));
    assert_int_equal(at("2026-11-20t01:00:00.5z"),
                     at("2026-11-20T01:00:00Z") + 500);
    assert_int_equal(at("2026-11-20 01:00:00.123456789-00:00"),
                     at("2026-11-20T01:00:00Z") + 123);
    assert_int_equal(at("2016-12-31T23:59:60Z"), at("2017-01-01T00:00:00Z"));
    assert_int_equal(at("2017-01-01T08:59:60.9+09:00"),
                     at("2017-01-01T00:00:00Z"));
    assert_int_equal(at("1969-12-31T23:59:59.999Z"), -1);
    assert_int_equal(at("0000-01-01T00:00:00Z"), INT64_C(-62167219200000));
}

static void
what_is_no_time_is_refused(void **state)
{
    static const char *const texts[] = { "",
                                         "2026-11-20",
                                         "2026-11-20T10:00:00",
                                         "2026-11-20T10:00Z",
                                         "2026-11-20T24:00:00Z",
                                         "2026-11-20T10:60:00Z",
                                         "2026-11-20T10:00:60Z",
                                         "2026-11-20T10:00:61Z",
                                         "2026-11-20T10:00:00.Z",
                                         "2026-11-20T10:00:00,5Z",
                                         "2026-11-20T10:00:00+0900",
                                         "2026-11-20T10:00:00+24:00",
                                         "2026-11-20T10:00:00+09:60",
                                         "2026-11-20T10:00:00Zx",
                                         " 2026-11-20T10:00:00Z",
                                         "2026-02-29T10:00:00Z",
                                         "2026-13-01T10:00:00Z",
                                         "2026-00-01T10:00:00Z",
                                         "2026-01-00T10:00:00Z",
                                         "26-01-01T10:00:00Z",
                                         "2026-1-1T10:00:00Z",
                                         "+026-01-01T10:00:00Z" };
    int64_t ms;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (time_parse(str_of(texts[i]), &ms))
            fail_msg("\"%s\" was read", texts[i]);
}

static void
times_and_dates_shown_are_read_again(void **state)
{
    struct random random;
    int64_t days = 0;

    (void)state;
    assert_time(0, "1970-01-01T00:00:00.000Z");
    assert_time(-1, "1969-12-31T23:59:59.999Z");
    random_init(&random, seed());
    for (int i = 0; i < 20000; i++) {
        int64_t ms = (int64_t)random_below(&random, INT64_C(315569520000000))
                   - INT64_C(62167219200000);
        assert_int_equal(at(time_show(&arena, ms).data), ms);
        assert_true(date_parse(date_show(&arena, ms / 86400000), &days));
        assert_int_equal(days, ms / 86400000);
        arena_reset(&arena);
    }
    assert_true(date_parse(STR("2024-02-29"), &days));
    assert_false(date_parse(STR("2023-02-29"), &days));
    assert_false(date_parse(STR("2023-02-2"), &days));
    assert_false(date_parse(STR("2023-02-28 "), &days));
}

/* What a look costs, printed and not judged: the machine is shared. */
static void
the_cost_of_a_look_is_printed(void **state)
{
    const struct zone *z = zone("America/New_York");
    struct random random;
    int64_t sum = 0;
    enum { LOOKS = 1000000 };
    int64_t *times = ARENA_ARRAY(&arena, int64_t, 4096);

    (void)state;
    random_init(&random, 1);
    for (int i = 0; i < 4096; i++)
        times[i] = at("2025-01-01T00:00:00Z")
                 + (int64_t)random_below(&random, INT64_C(730) * 86400000);
    int64_t begin = clock_monotonic_us();
    for (int i = 0; i < LOOKS; i++)
        sum += zone_offset_s(z, times[i % 4096]);
    int64_t middle = clock_monotonic_us();
    for (int i = 0; i < LOOKS; i++)
        sum += zone_find(STR("America/New_York")) == z;
    int64_t end = clock_monotonic_us();
    assert_true(sum != 0);
    print_message("zone_offset_s %.1f ns, zone_find %.1f ns\n",
                  (double)(middle - begin) * 1e3 / LOOKS,
                  (double)(end - middle) * 1e3 / LOOKS);
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

/* Zones of our own beside links to the system's. */
static int
begin_folder(void **state)
{
    begin(state);
    return mkdtemp(folder) == NULL || setenv("TZDIR", folder, 1) != 0;
}

static int
end_folder(void **state)
{
    static const char *const names[] = { "Fixed", "Quoted",   "Seconds",
                                         "South", "HalfHour", "Negative",
                                         "Nuuk",  "Days",     "LeapDays",
                                         "Gaza",  "Wide",     "Always",
                                         "First", "Broken",   "Leap" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(arena_format(&arena, "%s/%s", folder, names[i]).data);
    unsetenv("TZDIR");
    end(state);
    return rmdir(folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_minute_of_two_years_has_the_offset_of_the_c_library),
        TEST(the_rule_at_the_end_of_a_file_goes_on_for_ever),
        TEST(every_zone_agrees_at_random_instants),
        TEST(a_zone_is_found_once_and_kept),
        TEST(names_that_could_leave_the_database_are_no_zones),
        TEST(a_wall_time_in_the_gap_is_the_transition),
        TEST(a_wall_time_in_the_overlap_has_two_instants),
        TEST(civil_time_and_instant_are_inverse),
        TEST(civil_fields_carry_over),
        TEST(days_count_like_the_calendar),
        TEST(times_are_read),
        TEST(what_is_no_time_is_refused),
        TEST(times_and_dates_shown_are_read_again),
        TEST(the_cost_of_a_look_is_printed),
    };
    const struct CMUnitTest own_files[] = {
        cmocka_unit_test(rules_of_every_shape_are_understood),
        cmocka_unit_test(a_rule_may_name_hours_of_the_week_before_and_after),
        cmocka_unit_test(a_rule_may_hold_saving_time_all_year),
        cmocka_unit_test(a_file_of_the_first_version_has_no_rule),
        cmocka_unit_test(damaged_files_are_no_zones),
        cmocka_unit_test(damaged_bytes_are_read_without_harm),
    };

    return cmocka_run_group_tests_name("zones", tests, NULL, NULL)
         + cmocka_run_group_tests_name("zones of our own", own_files,
                                       begin_folder, end_folder);
}
