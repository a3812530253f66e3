/* zone_rule: see zone_rule.h. */
#include "lib/time/zone_rule.h"

#include "lib/time/zone.h"

enum { HOUR_S = 3600, DAY_S = 86400, HOURS_MAX = 167 };

static bool take_name(struct str *);
static bool take_offset(struct str *, int32_t *);
static bool take_date(struct str *, struct zone_rule_date *);

bool
zone_rule_read(struct str s, struct zone_rule *rule)
{
    *rule = (struct zone_rule){ 0 };
    if (!take_name(&s) || !take_offset(&s, &rule->offset_s))
        return false;
    rule->offset_s = -rule->offset_s; /* POSIX counts west of Greenwich */
    if (s.bytes == 0)
        return true;

    rule->has_saving = true;
    if (!take_name(&s))
        return false;
    if (s.bytes == 0 || s.data[0] == ',')
        rule->saving_offset_s = rule->offset_s + HOUR_S;
    else if (take_offset(&s, &rule->saving_offset_s))
        rule->saving_offset_s = -rule->saving_offset_s;
    else
        return false;
    return take_date(&s, &rule->begin) && take_date(&s, &rule->end)
        && s.bytes == 0;
}

static bool
take(struct str *s, char c)
{
    if (s->bytes == 0 || s->data[0] != c)
        return false;
    *s = str_slice(*s, 1, s->bytes);
    return true;
}

/* "CEST", or "<+0330>" when it is not of letters alone. */
static bool
take_name(struct str *s)
{
    bool quoted = take(s, '<');
    size_t n = 0;

    while (n < s->bytes
           && (char_is_letter(s->data[n])
               || (quoted
                   && (char_is_digit(s->data[n]) || s->data[n] == '+'
                       || s->data[n] == '-'))))
        n++;
    *s = str_slice(*s, n, s->bytes);
    return n >= 3 && (!quoted || take(s, '>'));
}

static bool
take_number(struct str *s, int32_t min, int32_t max, int32_t *out)
{
    size_t n = 0;

    *out = 0;
    while (n < s->bytes && n < 4 && char_is_digit(s->data[n]))
        *out = *out * 10 + (s->data[n++] - '0');
    *s = str_slice(*s, n, s->bytes);
    return n > 0 && *out >= min && *out <= max;
}

/* "3", "-3:30", "+10:30:15"; up to 167 hours since version 3. */
static bool
take_time(struct str *s, int32_t *seconds)
{
    bool negative = take(s, '-');
    int32_t h, m = 0, sec = 0;

    if (!negative)
        take(s, '+');
    if (!take_number(s, 0, HOURS_MAX, &h))
        return false;
    if (take(s, ':')
        && (!take_number(s, 0, 59, &m)
            || (take(s, ':') && !take_number(s, 0, 59, &sec))))
        return false;
    *seconds = h * HOUR_S + m * 60 + sec;
    if (negative)
        *seconds = -*seconds;
    return true;
}

static bool
take_offset(struct str *s, int32_t *seconds)
{
    return take_time(s, seconds) && *seconds >= -25 * HOUR_S
        && *seconds <= 25 * HOUR_S;
}

/* ",M10.5.0/3" */
static bool
take_date(struct str *s, struct zone_rule_date *date)
{
    if (!take(s, ','))
        return false;
    if (take(s, 'M')) {
        date->kind = ZONE_RULE_MONTH;
        if (!take_number(s, 1, 12, &date->month) || !take(s, '.')
            || !take_number(s, 1, 5, &date->week) || !take(s, '.')
            || !take_number(s, 0, 6, &date->day))
            return false;
    } else {
        date->kind = take(s, 'J') ? ZONE_RULE_NO_LEAP : ZONE_RULE_DAY;
        if (!take_number(s, date->kind == ZONE_RULE_NO_LEAP, 365, &date->day))
            return false;
    }
    date->time_s = 2 * HOUR_S;
    return !take(s, '/') || take_time(s, &date->time_s);
}

/* Days since 1970 of the week-th such weekday of the month. */
static int64_t
day_of_month(const struct zone_rule_date *date, int32_t year)
{
    int64_t first = civil_days(year, date->month, 1);
    int64_t next_month = date->month == 12
                           ? civil_days(year + 1, 1, 1)
                           : civil_days(year, date->month + 1, 1);
    int32_t wanted = (date->day + 6) % 7; /* ours begin with Monday */
    int64_t day = first + (wanted - civil_of_days(first).weekday + 7) % 7
                + (date->week - 1) * 7;

    return day < next_month ? day : day - 7;
}

static int64_t
local_seconds(const struct zone_rule_date *date, int32_t year)
{
    int64_t new_year = civil_days(year, 1, 1);
    bool leap = civil_days(year + 1, 1, 1) - new_year == 366;
    int64_t day;

    if (date->kind == ZONE_RULE_MONTH)
        day = day_of_month(date, year);
    else if (date->kind == ZONE_RULE_DAY)
        day = new_year + date->day;
    else
        day = new_year + date->day - 1 + (leap && date->day >= 60);
    return day * DAY_S + date->time_s;
}

void
zone_rule_year(const struct zone_rule *rule, int32_t year, int64_t *begin_s,
               int64_t *end_s)
{
    *begin_s = local_seconds(&rule->begin, year) - rule->offset_s;
    *end_s = local_seconds(&rule->end, year) - rule->saving_offset_s;
}
