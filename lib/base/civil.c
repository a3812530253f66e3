/* civil: see civil.h. */
#include "lib/base/civil.h"

#include <assert.h>

enum {
    DAY_S = 86400,
    ERA_DAYS = 146097,   /* in 400 years, after which the calendar repeats */
    EPOCH_DAYS = 719468, /* from 0000-03-01 to 1970-01-01 */
};

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Years are counted from March, so that a leap day comes last in its year. */
int64_t
civil_days(int32_t year, int32_t month, int32_t day)
{
    assert(month >= 1 && month <= 12);

    int64_t from_march = (month + 9) % 12;
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * from_march + 2) / 5 + day - 1;

    return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4
         - year_of_era / 100 + day_of_year - EPOCH_DAYS;
}

struct civil
civil_of_days(int64_t days)
{
    int64_t shifted = days + EPOCH_DAYS;
    int64_t era = floor_div(shifted, ERA_DAYS);
    int64_t day_of_era = shifted - era * ERA_DAYS;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524
                           - day_of_era / (ERA_DAYS - 1))
                        / 365;
    int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t from_march = (5 * day_of_year + 2) / 153;
    int32_t month =
        (int32_t)(from_march < 10 ? from_march + 3 : from_march - 9);

    return (struct civil){
        .year = (int32_t)(year_of_era + era * 400 + (month <= 2)),
        .month = month,
        .day = (int32_t)(day_of_year - (153 * from_march + 2) / 5 + 1),
        .weekday = (int32_t)(days + 3 - floor_div(days + 3, 7) * 7),
    };
}

/* Takes `digits` decimal digits off the front. */
static bool
take_number(struct str *s, size_t digits, int32_t *out)
{
    *out = 0;
    if (s->bytes < digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        char c = s->data[i];
        if (c < '0' || c > '9')
            return false;
        *out = *out * 10 + (c - '0');
    }
    *s = str_slice(*s, digits, s->bytes);
    return true;
}

static bool
take_one_of(struct str *s, const char *allowed, char *taken)
{
    if (s->bytes == 0 || str_find_char(str_of(allowed), s->data[0]) < 0)
        return false;
    *taken = s->data[0];
    *s = str_slice(*s, 1, s->bytes);
    return true;
}

static bool
take_date(struct str *s, int64_t *days)
{
    int32_t year, month, day;
    char c;

    if (!take_number(s, 4, &year) || !take_one_of(s, "-", &c)
        || !take_number(s, 2, &month) || !take_one_of(s, "-", &c)
        || !take_number(s, 2, &day) || month < 1 || month > 12)
        return false;
    *days = civil_days(year, month, day);

    struct civil back = civil_of_days(*days);
    return back.day == day && back.month == month;
}

static bool
take_clock(struct str *s, int64_t *seconds)
{
    int32_t hour, minute, second;
    char c;

    if (!take_number(s, 2, &hour) || !take_one_of(s, ":", &c)
        || !take_number(s, 2, &minute) || !take_one_of(s, ":", &c)
        || !take_number(s, 2, &second))
        return false;
    *seconds = (int64_t)hour * 3600 + minute * 60 + second;
    return hour <= 23 && minute <= 59 && second <= 60;
}

/* ".123456"; absent is 0. */
static bool
take_fraction(struct str *s, int64_t *ms)
{
    int64_t unit = 100;
    char c;
    int32_t digit;

    *ms = 0;
    if (!take_one_of(s, ".", &c))
        return true;
    if (!take_number(s, 1, &digit))
        return false;
    do {
        *ms += digit * unit;
        unit /= 10;
    } while (take_number(s, 1, &digit));
    return true;
}

static bool
take_offset(struct str *s, int64_t *seconds)
{
    int32_t hours, minutes;
    char sign, c;

    *seconds = 0;
    if (take_one_of(s, "Zz", &c))
        return true;
    if (!take_one_of(s, "+-", &sign) || !take_number(s, 2, &hours)
        || !take_one_of(s, ":", &c) || !take_number(s, 2, &minutes)
        || hours > 23 || minutes > 59)
        return false;
    *seconds = (int64_t)hours * 3600 + minutes * 60;
    if (sign == '-')
        *seconds = -*seconds;
    return true;
}

bool
time_parse(struct str s, int64_t *utc_ms)
{
    int64_t days, clock, fraction, offset;
    char c;

    if (!take_date(&s, &days) || !take_one_of(&s, "Tt ", &c))
        return false;

    bool leap = s.bytes >= 8 && s.data[6] == '6';
    if (!take_clock(&s, &clock) || !take_fraction(&s, &fraction)
        || !take_offset(&s, &offset) || s.bytes > 0)
        return false;

    int64_t utc_s = days * DAY_S + clock - offset;
    if (leap && utc_s % DAY_S != 0)
        return false;
    *utc_ms = utc_s * 1000 + (leap ? 0 : fraction);
    return true;
}

struct str
time_show(struct arena *arena, int64_t utc_ms)
{
    int64_t utc_s = floor_div(utc_ms, 1000);
    int64_t days = floor_div(utc_s, DAY_S);
    int clock = (int)(utc_s - days * DAY_S);
    struct civil c = civil_of_days(days);

    return arena_format(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year,
                        c.month, c.day, clock / 3600, clock / 60 % 60,
                        clock % 60, (int)(utc_ms - utc_s * 1000));
}

bool
date_parse(struct str s, int64_t *days)
{
    return take_date(&s, days) && s.bytes == 0;
}

struct str
date_show(struct arena *arena, int64_t days)
{
    struct civil c = civil_of_days(days);

    return arena_format(arena, "%04d-%02d-%02d", c.year, c.month, c.day);
}
