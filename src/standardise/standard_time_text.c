/*
 * standard_time_text: see standard_time_text.h.
 *
 * The text is read piece by piece (a number, a word, a mark), each into its
 * place in `parts`; only numbers without a name wait until the end, when the
 * order of the three is decided.
 */
#include "src/standardise/standard_time_text.h"

#include "src/standardise/standard_unicode.h"

enum { GIVEN_BYTES_MAX = 120, NUMBERS_MAX = 3, NONE = -1, DAY_MS = 86400000 };

struct piece {
    int32_t value;
    int digits;
};

struct parts {
    struct piece numbers[NUMBERS_MAX]; /* not yet known for what */
    int count;
    int32_t year, month, day;     /* NONE: not written with a name */
    int32_t hour, minute, second; /* hour NONE: no time of day */
    int32_t milli;
    int32_t half; /* 0 before noon, 12 after, NONE unsaid */
    int32_t offset_s;
    bool has_offset;
    bool after_time; /* the last piece was of the time of day */
};

static bool read_plain_digits(struct str, struct parts *, int64_t *epoch_ms);
static bool read_piece(struct str *rest, struct parts *);
static const struct standard_reason *settle(struct parts *,
                                            enum standard_date_order);
static bool is_real(const struct parts *);
static void place(const struct parts *, const struct zone *,
                  struct standard_time *);
static void place_epoch(int64_t ms, const struct zone *,
                        struct standard_time *);

static const struct standard_reason UNREADABLE = {
    "time_unreadable",
    "This is no date; 2021-04-15 or 2021-04-15 09:30 would be one."
};
static const struct standard_reason AMBIGUOUS = {
    "time_ambiguous",
    "Day and month could be either way round; the order has to be set for "
    "this source."
};
static const struct standard_reason UNREAL = {
    "time_unreal", "There is no such day or time of day."
};

bool
standard_time_text(struct arena *arena, struct str given,
                   enum standard_date_order order, const struct zone *zone,
                   struct standard_time *out)
{
    struct parts parts = {
        .year = NONE, .month = NONE, .day = NONE, .hour = NONE, .half = NONE
    };
    int64_t epoch_ms = 0;

    *out = (struct standard_time){ .why = &UNREADABLE };
    if (given.bytes == 0 || given.bytes > GIVEN_BYTES_MAX)
        return false;

    struct str rest = str_trim(standard_compat(arena, given));
    if (rest.bytes == 0)
        return false;
    if (read_plain_digits(rest, &parts, &epoch_ms)) {
        if (parts.year == NONE) {
            place_epoch(epoch_ms, zone, out);
            return true;
        }
    } else {
        while (rest.bytes > 0)
            if (!read_piece(&rest, &parts))
                return false;
        out->why = settle(&parts, order);
        if (out->why != NULL)
            return false;
    }

    out->why = is_real(&parts) ? NULL : &UNREAL;
    if (out->why != NULL)
        return false;
    place(&parts, zone, out);
    return true;
}

/* --- pieces ------------------------------------------------------------- */

static size_t
count_digits(struct str s)
{
    size_t n = 0;

    while (n < s.bytes && char_is_digit(s.data[n]))
        n++;
    return n;
}

static int32_t
number_at(struct str s, size_t from, size_t to)
{
    int64_t n = 0;

    (void)str_to_int64(str_slice(s, from, to), &n);
    return (int32_t)n;
}

/* "20210415", "20210415093000", and seconds or milliseconds since 1970. */
static bool
read_plain_digits(struct str s, struct parts *out, int64_t *epoch_ms)
{
    int64_t n;
    size_t digits = count_digits(s);

    if (digits != s.bytes || digits > 18 || !str_to_int64(s, &n))
        return false;
    if (digits == 10 || digits == 13) {
        *epoch_ms = digits == 10 ? n * 1000 : n;
        return true;
    }
    if (digits != 8 && digits != 14)
        return false;
    out->year = number_at(s, 0, 4);
    out->month = number_at(s, 4, 6);
    out->day = number_at(s, 6, 8);
    if (digits == 8)
        return true;
    out->hour = number_at(s, 8, 10);
    out->minute = number_at(s, 10, 12);
    out->second = number_at(s, 12, 14);
    return true;
}

static void
skip(struct str *rest, size_t bytes)
{
    *rest = str_slice(*rest, bytes, rest->bytes);
}

static bool
skip_text(struct str *rest, const char *text)
{
    if (!str_starts(*rest, str_of(text)))
        return false;
    skip(rest, str_of(text).bytes);
    return true;
}

static void
skip_blanks(struct str *rest)
{
    while (skip_text(rest, " ") || skip_text(rest, "\t"))
        ;
}

/* ":30:05.123" behind the hour. */
static bool
read_clock(struct str *rest, int32_t hour, struct parts *out)
{
    skip(rest, 1);
    size_t n = count_digits(*rest);
    if (n != 2 || out->hour != NONE)
        return false;
    out->hour = hour;
    out->minute = number_at(*rest, 0, 2);
    skip(rest, 2);
    if (rest->bytes > 2 && rest->data[0] == ':'
        && count_digits(str_slice(*rest, 1, rest->bytes)) == 2) {
        out->second = number_at(*rest, 1, 3);
        skip(rest, 3);
    }
    if (rest->bytes > 1 && (rest->data[0] == '.' || rest->data[0] == ',')
        && char_is_digit(rest->data[1])) {
        skip(rest, 1);
        n = count_digits(*rest);
        for (size_t i = 0; i < 3; i++)
            out->milli = out->milli * 10 + (i < n ? rest->data[i] - '0' : 0);
        skip(rest, n);
    }
    out->after_time = true;
    return true;
}

/* Where the number in front of a Korean, Chinese or Japanese unit belongs. */
static bool
read_counted(struct str *rest, int32_t value, struct parts *out)
{
    const struct {
        const char *unit;
        int32_t *place;
        bool is_time;
    } units[] = {
        { "년", &out->year, false },  { "월", &out->month, false },
        { "일", &out->day, false },   { "시", &out->hour, true },
        { "분", &out->minute, true }, { "초", &out->second, true },
        { "年", &out->year, false },  { "月", &out->month, false },
        { "日", &out->day, false },   { "時", &out->hour, true },
        { "分", &out->minute, true }, { "秒", &out->second, true },
    };

    if (rest->bytes == 0 || (unsigned char)rest->data[0] < 0x80)
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!skip_text(rest, units[i].unit))
            continue;
        *units[i].place = value;
        out->after_time = units[i].is_time;
        return true;
    }
    return false;
}

static bool
read_half(struct str *rest, struct parts *out)
{
    static const struct {
        const char *word;
        int32_t half;
    } halves[] = {
        { "am", 0 },   { "a.m.", 0 },  { "오전", 0 },  { "午前", 0 },
        { "pm", 12 },  { "p.m.", 12 }, { "오후", 12 }, { "午後", 12 },
        { "上午", 0 }, { "下午", 12 },
    };

    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++) {
        struct str word = str_of(halves[i].word);
        if (!str_equal_ascii_case(str_slice(*rest, 0, word.bytes), word)
            || (rest->bytes > word.bytes
                && char_is_letter(rest->data[word.bytes])))
            continue;
        skip(rest, word.bytes);
        out->half = halves[i].half;
        out->after_time = true;
        return true;
    }
    return false;
}

static bool
read_number(struct str *rest, struct parts *out)
{
    size_t digits = count_digits(*rest);

    if (digits > 4)
        return false;
    int32_t value = number_at(*rest, 0, digits);
    skip(rest, digits);
    if (rest->bytes > 0 && rest->data[0] == ':')
        return digits <= 2 && read_clock(rest, value, out);

    struct str behind = *rest;
    skip_blanks(&behind);
    if (read_counted(&behind, value, out)) {
        *rest = behind;
        return true;
    }
    if (digits <= 2 && out->hour == NONE && read_half(&behind, out)) {
        out->hour = value; /* "3 PM" */
        *rest = behind;
        return true;
    }
    if (out->count == NUMBERS_MAX)
        return false;
    out->after_time = false;
    out->numbers[out->count++] = (struct piece){ value, (int)digits };
    return true;
}

/* "+0900", "-05:00", "+09" right behind the time of day. */
static bool
read_offset(struct str *rest, struct parts *out)
{
    int32_t sign = rest->data[0] == '-' ? -1 : 1;
    struct str s = str_slice(*rest, 1, rest->bytes);
    size_t digits = count_digits(s);
    int32_t minutes = 0;

    if (out->has_offset || (digits != 2 && digits != 4))
        return false;
    int32_t hours = number_at(s, 0, 2);
    if (digits == 4)
        minutes = number_at(s, 2, 4);
    skip(&s, digits);
    if (digits == 2 && s.bytes > 2 && s.data[0] == ':'
        && count_digits(str_slice(s, 1, s.bytes)) == 2) {
        minutes = number_at(s, 1, 3);
        skip(&s, 3);
    }
    if (hours > 15 || minutes > 59)
        return false;
    out->offset_s = sign * (hours * 3600 + minutes * 60);
    out->has_offset = true;
    *rest = s;
    return true;
}

/* --- words -------------------------------------------------------------- */

/* The word is the name, or its first letters, three at least. */
static bool
abbreviates(struct str word, const char *name)
{
    struct str whole = str_of(name);

    return word.bytes >= 3 && word.bytes <= whole.bytes
        && str_equal_ascii_case(word, str_slice(whole, 0, word.bytes));
}

static int32_t
month_of(struct str word)
{
    static const char *const months[] = {
        "january", "february", "march",     "april",   "may",      "june",
        "july",    "august",   "september", "october", "november", "december",
    };

    for (int32_t i = 0; i < 12; i++)
        if (abbreviates(word, months[i]))
            return i + 1;
    return NONE;
}

static bool
says_nothing(struct str word)
{
    static const char *const days[] = { "monday",   "tuesday", "wednesday",
                                        "thursday", "friday",  "saturday",
                                        "sunday" };
    static const char *const fillers[] = { "st", "nd", "rd", "th",
                                           "at", "on", "of", "t" };

    for (size_t i = 0; i < sizeof days / sizeof *days; i++)
        if (abbreviates(word, days[i]))
            return true;
    for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++)
        if (str_equal_ascii_case(word, str_of(fillers[i])))
            return true;
    return false;
}

/* Those of RFC 2822, and of Korea and Japan; other letters mean different
 * zones to different people. */
static bool
read_zone_word(struct str word, struct parts *out)
{
    static const struct {
        const char *word;
        int32_t hours;
    } zones[] = {
        { "z", 0 },    { "utc", 0 },  { "gmt", 0 },  { "est", -5 },
        { "edt", -4 }, { "cst", -6 }, { "cdt", -5 }, { "mst", -7 },
        { "mdt", -6 }, { "pst", -8 }, { "pdt", -7 }, { "kst", 9 },
        { "jst", 9 },
    };

    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        if (!str_equal_ascii_case(word, str_of(zones[i].word)))
            continue;
        if (out->hour == NONE || out->has_offset)
            return false;
        out->offset_s = zones[i].hours * 3600;
        out->has_offset = true;
        return true;
    }
    return false;
}

static bool
read_word(struct str *rest, struct parts *out)
{
    size_t n = 0;

    if (read_half(rest, out))
        return true;
    while (n < rest->bytes && char_is_letter(rest->data[n]))
        n++;
    struct str word = str_slice(*rest, 0, n);
    skip(rest, n);

    int32_t month = month_of(word);
    if (month != NONE && out->month == NONE) {
        out->month = month;
        out->after_time = false;
        return true;
    }
    return says_nothing(word) || read_zone_word(word, out);
}

/* A weekday in Korean, with or without brackets: "(목)", "목요일". */
static bool
read_korean_weekday(struct str *rest)
{
    static const char *const days[] = {
        "월", "화", "수", "목", "금", "토", "일"
    };
    struct str s = *rest;
    bool bracket = skip_text(&s, "(");

    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        if (!skip_text(&s, days[i]))
            continue;
        if (!skip_text(&s, "요일") && !bracket)
            return false;
        if (bracket && !skip_text(&s, ")"))
            return false;
        *rest = s;
        return true;
    }
    return false;
}

static bool
read_piece(struct str *rest, struct parts *out)
{
    char c = rest->data[0];

    if (char_is_digit(c))
        return read_number(rest, out);
    if ((c == '+' || c == '-') && out->after_time)
        return read_offset(rest, out);
    if (char_is_letter(c))
        return read_word(rest, out);
    if (c == ' ' || c == '\t' || c == ',' || c == '.' || c == '/' || c == '-') {
        skip(rest, 1);
        return true;
    }
    return read_korean_weekday(rest) || read_half(rest, out);
}

/* --- the order of bare numbers ------------------------------------------ */

static int32_t
year_of(struct piece p)
{
    if (p.digits != 2)
        return p.value;
    return p.value < 70 ? 2000 + p.value : 1900 + p.value;
}

static void
set_date(struct parts *parts, struct piece year, struct piece month,
         struct piece day)
{
    parts->year = year_of(year);
    parts->month = month.value;
    parts->day = day.value;
}

/* "15 Apr 2021", "Apr 15 2021", "2021 Apr 15". */
static const struct standard_reason *
settle_named_month(struct parts *parts)
{
    bool year_first = parts->numbers[0].digits == 4;
    struct piece year = parts->numbers[year_first ? 0 : 1];
    struct piece day = parts->numbers[year_first ? 1 : 0];

    if (parts->count != 2 || day.digits > 2
        || (year.digits != 4 && year.digits != 2))
        return &UNREADABLE;
    parts->year = year_of(year);
    parts->day = day.value;
    return NULL;
}

static const struct standard_reason *
settle_three(struct parts *parts, enum standard_date_order order)
{
    struct piece a = parts->numbers[0];
    struct piece b = parts->numbers[1];
    struct piece c = parts->numbers[2];

    if (a.digits >= 3 && (b.digits > 2 || c.digits > 2))
        return &UNREADABLE;
    if (a.digits == 4
        || (a.digits == 2 && c.digits <= 2 && order == DATE_ORDER_YEAR_FIRST)) {
        set_date(parts, a, b, c);
        return NULL;
    }
    if (a.digits > 2 || b.digits > 2 || (c.digits != 4 && c.digits != 2))
        return &UNREADABLE;
    if (c.digits == 2 && order == DATE_ORDER_UNKNOWN)
        return &AMBIGUOUS; /* the year may be in front */

    bool may_month_first = a.value <= 12 && b.value <= 31;
    bool may_day_first = b.value <= 12 && a.value <= 31;
    if (may_month_first && may_day_first && a.value != b.value) {
        if (order != DATE_ORDER_DAY_FIRST && order != DATE_ORDER_MONTH_FIRST)
            return &AMBIGUOUS;
        may_month_first = order == DATE_ORDER_MONTH_FIRST;
    }
    if (may_month_first)
        set_date(parts, c, a, b);
    else
        set_date(parts, c, b, a);
    return NULL;
}

/* "3 PM" is 15; "15:00 PM" is taken as it stands. */
static void
settle_half(struct parts *parts)
{
    if (parts->half != NONE && parts->hour >= 1 && parts->hour <= 12)
        parts->hour = parts->hour % 12 + parts->half;
}

static const struct standard_reason *
settle(struct parts *parts, enum standard_date_order order)
{
    bool some_named = parts->year != NONE || parts->day != NONE;
    bool all_named =
        parts->year != NONE && parts->month != NONE && parts->day != NONE;

    if (parts->hour == NONE
        && (parts->minute > 0 || parts->second > 0 || parts->half != NONE))
        return &UNREADABLE;
    settle_half(parts);
    if (some_named)
        return all_named && parts->count == 0 ? NULL : &UNREADABLE;
    if (parts->month != NONE)
        return settle_named_month(parts);
    return parts->count == 3 ? settle_three(parts, order) : &UNREADABLE;
}

/* --- placing it in time ------------------------------------------------- */

static bool
is_real(const struct parts *p)
{
    static const int32_t month_days[] = { 31, 28, 31, 30, 31, 30,
                                          31, 31, 30, 31, 30, 31 };
    bool leap = p->year % 4 == 0 && (p->year % 100 != 0 || p->year % 400 == 0);

    if (p->year < 1 || p->year > 9999 || p->month < 1 || p->month > 12)
        return false;
    int32_t days = month_days[p->month - 1] + (p->month == 2 && leap);
    return p->day >= 1 && p->day <= days && p->hour <= 23 && p->minute <= 59
        && p->second <= 60;
}

static int64_t
utc_of(const struct civil *civil, const struct zone *zone)
{
    if (zone != NULL)
        return zone_utc_ms(zone, civil, ZONE_FIRST);
    return (civil_days(civil->year, civil->month, civil->day) * 86400
            + civil->hour * 3600 + civil->minute * 60 + civil->second)
         * 1000;
}

static void
place(const struct parts *p, const struct zone *zone, struct standard_time *out)
{
    struct civil civil = { .year = p->year, .month = p->month, .day = p->day };

    out->days = civil_days(p->year, p->month, p->day);
    out->has_time = p->hour != NONE;
    out->has_offset = p->has_offset;
    if (out->has_time) {
        civil.hour = p->hour;
        civil.minute = p->minute;
        civil.second = p->second == 60 ? 59 : p->second; /* a leap second */
    }
    out->utc_ms = utc_of(&civil, p->has_offset ? NULL : zone)
                - (int64_t)p->offset_s * 1000 + p->milli;
}

static void
place_epoch(int64_t ms, const struct zone *zone, struct standard_time *out)
{
    int64_t local = ms;

    if (zone != NULL)
        local += (int64_t)zone_offset_s(zone, ms) * 1000;
    out->utc_ms = ms;
    out->days = (local - (local < 0 ? DAY_MS - 1 : 0)) / DAY_MS;
    out->has_time = true;
    out->has_offset = true;
    out->why = NULL;
}
