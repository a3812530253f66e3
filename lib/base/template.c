/*
 * template: see template.h. Reading makes pieces: literal text, or a field
 * with its filters; writing goes through them in order.
 */
#include "lib/base/template.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "lib/base/civil.h"
#include "lib/base/html.h"
#include "lib/base/nearest.h"

enum { FILTERS_MAX = 8, PIECES_ROOM = 8, DAY_MS = 86400000 };

enum filter {
    FILTER_UPPER,
    FILTER_LOWER,
    FILTER_TITLE,
    FILTER_FIRST,
    FILTER_DEFAULT,
    FILTER_DATE,
    FILTER_TIME,
    FILTER_COUNT,
};

const struct template_filter_about template_filters[FILTER_COUNT + 1] = {
    [FILTER_UPPER] = { "upper", "In capital letters." },
    [FILTER_LOWER] = { "lower", "In small letters." },
    [FILTER_TITLE] = { "title", "Each word begins with a capital letter." },
    [FILTER_FIRST] = { "first", "The first word." },
    [FILTER_DEFAULT] = { "default",
                         "default:\"...\": when there is no value." },
    [FILTER_DATE] = { "date", "Of a time: its day." },
    [FILTER_TIME] = { "time", "Of a time: hour and minute." },
};

struct use {
    enum filter filter;
    struct str argument; /* of default */
};

struct piece {
    int field; /* -1: literal */
    enum template_kind kind;
    struct str literal;
    struct use uses[FILTERS_MAX];
    int use_count;
};

struct template
{
    struct piece *pieces;
    size_t count;
    size_t room;
};

struct reading {
    struct arena *arena;
    struct template *template;
    const struct template_field *fields;
    struct template_fault *fault;
};

static bool read_place(struct reading *, struct str place);
static struct str value_text(struct arena *, const struct piece *,
                             const struct template_value *,
                             struct str language);
static void add_for(struct text *, struct str, enum template_target);

/* ----------------------------------------------------------------- read */

static bool
refuse(struct reading *r, const char *code, struct str message)
{
    *r->fault = (struct template_fault){ code, message };
    return false;
}

static struct piece *
add_piece(struct reading *r)
{
    struct template *t = r->template;

    if (t->count == t->room) {
        struct piece *before = t->pieces;
        t->room = t->room == 0 ? PIECES_ROOM : t->room * 2;
        t->pieces = ARENA_ARRAY(r->arena, struct piece, t->room);
        for (size_t i = 0; i < t->count; i++)
            t->pieces[i] = before[i];
    }
    t->pieces[t->count] = (struct piece){ .field = -1 };
    return &t->pieces[t->count++];
}

static void
add_literal(struct reading *r, struct str text)
{
    if (text.bytes > 0)
        add_piece(r)->literal = text;
}

/* Where the place ends: the next "}}" that stands in no quotes, or -1. */
static ptrdiff_t
end_of_place(struct str text)
{
    bool quoted = false;

    for (size_t i = 0; i + 1 < text.bytes; i++) {
        if (text.data[i] == '"')
            quoted = !quoted;
        else if (!quoted && text.data[i] == '}' && text.data[i + 1] == '}')
            return (ptrdiff_t)i;
    }
    return -1;
}

const struct template *
template_read(struct arena *arena, struct str text,
              const struct template_field *fields, struct template_fault *fault)
{
    struct reading r = { arena, ARENA_NEW(arena, struct template), fields,
                         fault };
    struct str rest = arena_str(arena, text);

    *r.template = (struct template){ 0 };
    if (text.bytes > TEMPLATE_BYTES_MAX || !str_is_utf8(text)) {
        refuse(&r, "too_long",
               arena_format(arena, "A template is UTF-8 of at most %d bytes.",
                            TEMPLATE_BYTES_MAX));
        return NULL;
    }
    for (;;) {
        ptrdiff_t open = str_find(rest, STR("{{"));
        if (open < 0)
            break;
        add_literal(&r, str_slice(rest, 0, (size_t)open));
        rest = str_slice(rest, (size_t)open + 2, rest.bytes);
        ptrdiff_t close = end_of_place(rest);
        if (close < 0) {
            refuse(&r, "not_closed", STR("A \"{{\" has no \"}}\" after it."));
            return NULL;
        }
        if (!read_place(&r, str_slice(rest, 0, (size_t)close)))
            return NULL;
        rest = str_slice(rest, (size_t)close + 2, rest.bytes);
    }
    add_literal(&r, rest);
    return r.template;
}

/* Takes what stands before the next bar outside quotes. */
static struct str
next_part(struct str *rest)
{
    bool quoted = false;
    size_t i = 0;

    for (; i < rest->bytes && (quoted || rest->data[i] != '|'); i++)
        quoted ^= rest->data[i] == '"';

    struct str part = str_trim(str_slice(*rest, 0, i));
    *rest = str_slice(*rest, i + 1, rest->bytes);
    return part;
}

static bool
find_field(struct reading *r, struct str name, struct piece *piece)
{
    struct nearest nearest = nearest_to(name);

    for (int i = 0; r->fields[i].name != NULL; i++) {
        if (str_is(name, r->fields[i].name)) {
            piece->field = i;
            piece->kind = r->fields[i].kind;
            return true;
        }
        nearest_offer(&nearest, r->fields[i].name);
    }
    return refuse(r, "unknown_field",
                  arena_format(r->arena, "There is no field \"%.*s\".%.*s",
                               STR_ARG(str_slice(name, 0, 100)),
                               STR_ARG(nearest_question(r->arena, &nearest))));
}

static bool
find_filter(struct reading *r, struct str name, enum filter *filter)
{
    struct nearest nearest = nearest_to(name);

    for (int i = 0; i < FILTER_COUNT; i++) {
        if (str_is(name, template_filters[i].name)) {
            *filter = (enum filter)i;
            return true;
        }
        nearest_offer(&nearest, template_filters[i].name);
    }
    return refuse(r, "unknown_filter",
                  arena_format(r->arena,
                               "There is no filter \"%.*s\".%.*s There are "
                               "upper, lower, title, first, default, date and "
                               "time.",
                               STR_ARG(str_slice(name, 0, 100)),
                               STR_ARG(nearest_question(r->arena, &nearest))));
}

/* The text in quotes. */
static bool
read_argument(struct str given, struct str *argument)
{
    given = str_trim(given);
    if (given.bytes < 2 || given.data[0] != '"'
        || given.data[given.bytes - 1] != '"')
        return false;
    *argument = str_slice(given, 1, given.bytes - 1);
    return str_find_char(*argument, '"') < 0;
}

static bool
read_filter(struct reading *r, struct str part, struct piece *piece)
{
    ptrdiff_t colon = str_find_char(part, ':');
    struct str name =
        colon < 0 ? part : str_trim(str_slice(part, 0, (size_t)colon));
    struct use use = { .argument = STR_NONE };

    if (!find_filter(r, name, &use.filter))
        return false;
    if (piece->use_count == FILTERS_MAX)
        return refuse(r, "too_many_filters",
                      STR("A field has at most eight filters."));
    if ((use.filter == FILTER_DEFAULT) != (colon >= 0)
        || (colon >= 0
            && !read_argument(str_slice(part, (size_t)colon + 1, part.bytes),
                              &use.argument)))
        return refuse(r, "bad_argument",
                      STR("Only default takes a text, in quotes: "
                          "default:\"...\"."));
    if ((use.filter == FILTER_DATE || use.filter == FILTER_TIME)
        && piece->kind != TEMPLATE_TIME)
        return refuse(r, "not_a_time",
                      STR("date and time are for fields that are times."));
    piece->uses[piece->use_count++] = use;
    return true;
}

static bool
read_place(struct reading *r, struct str place)
{
    struct piece *piece = add_piece(r);

    if (!find_field(r, next_part(&place), piece))
        return false;
    while (place.bytes > 0)
        if (!read_filter(r, next_part(&place), piece))
            return false;
    return true;
}

/* ---------------------------------------------------------------- write */

bool
template_write(struct text *out, const struct template *template,
               const struct template_value *values, enum template_target target,
               struct str language)
{
    size_t from = out->bytes;

    for (size_t i = 0; i < template->count; i++) {
        const struct piece *piece = &template->pieces[i];
        struct str text = piece->field < 0
                            ? piece->literal
                            : value_text(out->arena, piece,
                                         &values[piece->field], language);
        if (out->bytes - from + text.bytes > TEMPLATE_RESULT_BYTES_MAX)
            return false;
        add_for(out, text, target);
    }
    return true;
}

static void
add_header(struct text *out, struct str s)
{
    for (size_t i = 0; i < s.bytes; i++) {
        unsigned char c = (unsigned char)s.data[i];
        text_add_char(out, c < 0x20 || c == 0x7f ? ' ' : (char)c);
    }
}

static void
add_for(struct text *out, struct str s, enum template_target target)
{
    if (target == TEMPLATE_FOR_HTML)
        html_lines(out, s);
    else if (target == TEMPLATE_FOR_HEADER)
        add_header(out, s);
    else
        text_add(out, s);
}

static struct str
date_text(struct arena *arena, int64_t local_ms, struct str language)
{
    static const char *const months[] = {
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December",
    };
    struct civil day = civil_of_days(local_ms / DAY_MS);

    if (str_is(language, "ko"))
        return arena_format(arena, "%d년 %d월 %d일", (int)day.year,
                            (int)day.month, (int)day.day);
    return arena_format(arena, "%d %s %d", (int)day.day, months[day.month - 1],
                        (int)day.year);
}

static struct str
time_text(struct arena *arena, int64_t local_ms)
{
    int minutes = (int)(local_ms % DAY_MS / 60000);

    return arena_format(arena, "%02d:%02d", minutes / 60, minutes % 60);
}

/* A time that no filter has made text of is shown with day and minute. */
static struct str
plain_text(struct arena *arena, const struct piece *piece,
           const struct template_value *value, struct str language)
{
    if (piece->kind == TEMPLATE_TEXT)
        return value->text;
    if (value->local_ms <= 0)
        return STR_NONE;
    return arena_format(arena, "%.*s %.*s",
                        STR_ARG(date_text(arena, value->local_ms, language)),
                        STR_ARG(time_text(arena, value->local_ms)));
}

/* Letters of every script; `how` says which. A title's words are begun only:
 * what stands inside a name is its bearer's. */
static struct str
in_case(struct arena *arena, struct str s, enum filter how)
{
    struct text out = text_new(arena);
    bool begins = true;

    for (size_t i = 0; i < s.bytes;) {
        utf8proc_int32_t point;
        utf8proc_uint8_t encoded[4];
        utf8proc_ssize_t bytes =
            utf8proc_iterate((const utf8proc_uint8_t *)s.data + i,
                             (utf8proc_ssize_t)(s.bytes - i), &point);
        if (bytes <= 0)
            break;
        i += (size_t)bytes;
        bool space = point == ' ' || point == '\t' || point == '\n';
        if (how == FILTER_LOWER)
            point = utf8proc_tolower(point);
        else if (how == FILTER_UPPER || begins)
            point = utf8proc_toupper(point);
        begins = space || point == '-';
        bytes = utf8proc_encode_char(point, encoded);
        text_add(&out, (struct str){ (const char *)encoded, (size_t)bytes });
    }
    return text_str(&out);
}

static struct str
first_word(struct str s)
{
    s = str_trim(s);
    for (size_t i = 0; i < s.bytes; i++)
        if (s.data[i] == ' ' || s.data[i] == '\t' || s.data[i] == '\n')
            return str_slice(s, 0, i);
    return s;
}

static struct str
filtered(struct arena *arena, struct str s, const struct use *use,
         const struct template_value *value, struct str language)
{
    switch (use->filter) {
    case FILTER_UPPER:
    case FILTER_LOWER:
    case FILTER_TITLE:
        return in_case(arena, s, use->filter);
    case FILTER_FIRST:
        return first_word(s);
    case FILTER_DEFAULT:
        return str_is_empty(s) ? use->argument : s;
    case FILTER_DATE:
        return value->local_ms > 0 ? date_text(arena, value->local_ms, language)
                                   : s;
    case FILTER_TIME:
        return value->local_ms > 0 ? time_text(arena, value->local_ms) : s;
    case FILTER_COUNT:
        break;
    }
    abort();
}

static struct str
value_text(struct arena *arena, const struct piece *piece,
           const struct template_value *value, struct str language)
{
    struct str text = plain_text(arena, piece, value, language);

    for (int i = 0; i < piece->use_count; i++)
        text = filtered(arena, text, &piece->uses[i], value, language);
    return text;
}
