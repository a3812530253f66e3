/*
 * json_fault: see json_fault.h. A plain recursive descent over RFC 8259; each
 * function takes what it is named after and leaves `at` behind it, or notes
 * the fault and returns false.
 */
#include "lib/base/json_fault.h"

#include <math.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "lib/base/json_simdjson.h"

/* A name of an object, and where it stands. */
struct name {
    struct str text;
    size_t offset;
};

/* An object or array around the place that is read. */
struct level {
    struct str name; /* of the member that is read */
    size_t index;    /* of the item; of no use in an object */
    bool is_object;
};

struct scan {
    struct arena *arena;
    struct str source;
    size_t at;
    size_t depth;
    struct level levels[JSON_DEPTH_MAX]; /* of them `depth` */
    struct json_error error;
    bool names_once;         /* looking for names that stand twice, too */
    struct text *widened;    /* NULL: only looking for faults */
    size_t copied;           /* bytes of source that are in `widened` */
    size_t numbers;          /* that were scanned */
    struct json_wide **wide; /* where the next one goes */
};

static bool scan_value(struct scan *);

struct json_error
json_fault_find(struct arena *arena, struct str source)
{
    struct scan scan = { .arena = arena, .source = source };

    scan_value(&scan);
    return scan.error;
}

struct json_error
json_fault_find_repeat(struct arena *arena, struct str source)
{
    struct scan scan = { .arena = arena, .source = source, .names_once = true };

    scan_value(&scan);
    return scan.error;
}

struct str
json_fault_widen(struct arena *arena, struct str source,
                 struct json_wide **wide)
{
    struct text widened = text_new(arena);
    struct scan scan = {
        .arena = arena, .source = source, .widened = &widened, .wide = wide
    };

    *wide = NULL;
    scan_value(&scan);
    text_add(&widened, str_slice(source, scan.copied, source.bytes));
    return text_str(&widened);
}

static bool
fault(struct scan *scan, size_t offset, const char *message)
{
    scan->error = (struct json_error){ .offset = offset, .message = message };
    return false;
}

/* The byte at `at`; 0 at the end, which is a fault wherever it is met. */
static unsigned char
peek(const struct scan *scan)
{
    return scan->at < scan->source.bytes
             ? (unsigned char)scan->source.data[scan->at]
             : 0;
}

static bool
taken(struct scan *scan, char c)
{
    if (scan->at == scan->source.bytes || scan->source.data[scan->at] != c)
        return false;
    scan->at++;
    return true;
}

static void
skip_space(struct scan *scan)
{
    while (taken(scan, ' ') || taken(scan, '\n') || taken(scan, '\r')
           || taken(scan, '\t'))
        ;
}

static bool
unexpected(struct scan *scan, const char *expected)
{
    if (scan->at >= scan->source.bytes)
        return fault(scan, scan->at,
                     "The document ends too early; a value, bracket or brace"
                     " is missing.");
    if (peek(scan) == '/')
        return fault(scan, scan->at, "JSON has no comments; leave them out.");
    if (peek(scan) == '\'')
        return fault(scan, scan->at, "Text is put in double quotes.");
    if (peek(scan) == 0xef || peek(scan) >= 0xfe)
        return fault(scan, scan->at,
                     "A byte order mark is not JSON; send UTF-8 without"
                     " one.");
    return fault(scan, scan->at, expected);
}

static bool
scan_word(struct scan *scan, struct str word)
{
    struct str rest = str_slice(scan->source, scan->at, scan->source.bytes);

    if (!str_starts(rest, word))
        return unexpected(scan, "A value is expected here: an object, an"
                                " array, text in double quotes, a number,"
                                " true, false or null.");
    scan->at += word.bytes;
    return true;
}

static size_t
skip_digits(struct scan *scan)
{
    size_t from = scan->at;

    while (peek(scan) >= '0' && peek(scan) <= '9')
        scan->at++;
    return scan->at - from;
}

static void
widen(struct scan *scan, struct str number)
{
    if (scan->widened == NULL)
        return;

    struct json_wide *wide = ARENA_NEW(scan->arena, struct json_wide);
    wide->number = scan->numbers;
    wide->digits = arena_cstr(scan->arena, number);
    *scan->wide = wide;
    scan->wide = &wide->next;
    text_add(scan->widened, str_slice(scan->source, scan->copied, scan->at));
    text_add_cstr(scan->widened, "e0");
    scan->copied = scan->at;
}

static bool
scan_number(struct scan *scan)
{
    enum { DOUBLE_DIGITS = 300 };
    static const char rule[] =
        "A number is digits without a leading zero or plus sign, then a"
        " fraction and an exponent if needed, such as -12.5e3.";
    size_t from = scan->at;

    taken(scan, '-');
    bool zero = peek(scan) == '0';
    size_t whole = skip_digits(scan);
    if (whole == 0 || (zero && whole > 1))
        return fault(scan, from, rule);

    size_t end_of_whole = scan->at;
    if (taken(scan, '.') && skip_digits(scan) == 0)
        return fault(scan, from, rule);
    bool has_exponent = taken(scan, 'e') || taken(scan, 'E');
    if (has_exponent) {
        if (!taken(scan, '+'))
            taken(scan, '-');
        if (skip_digits(scan) == 0)
            return fault(scan, from, rule);
    }

    struct str number = str_slice(scan->source, from, scan->at);
    if ((has_exponent || whole > DOUBLE_DIGITS)
        && isinf(strtod(arena_cstr(scan->arena, number), NULL)))
        return fault(scan, from,
                     "A number is too large; the largest is about"
                     " 1.8e308.");
    int64_t exact;
    if (scan->at == end_of_whole && !str_to_int64(number, &exact))
        widen(scan, number);
    scan->numbers++;
    return true;
}

/* Takes \uXXXX after the backslash; -1 when it is none. */
static int
scan_unit(struct scan *scan)
{
    int unit = 0;

    if (!taken(scan, 'u'))
        return -1;
    for (size_t i = 0; i < 4; i++, scan->at++) {
        int c = peek(scan);
        int digit = c >= '0' && c <= '9' ? c - '0'
                  : c >= 'a' && c <= 'f' ? c - 'a' + 10
                  : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                         : -1;
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static bool
scan_escape(struct scan *scan)
{
    size_t from = scan->at - 1;

    if (peek(scan) != 0
        && str_find_char(STR("\"\\/bfnrt"), (char)peek(scan)) >= 0) {
        scan->at++;
        return true;
    }
    int unit = scan_unit(scan);
    if (unit < 0)
        return fault(scan, from,
                     "After a backslash comes one of \" \\ / b f n r t, or u"
                     " and four hexadecimal digits.");
    if (unit < 0xd800 || unit > 0xdfff)
        return true;
    if (unit < 0xdc00 && taken(scan, '\\')) {
        int low = scan_unit(scan);
        if (low >= 0xdc00 && low <= 0xdfff)
            return true;
    }
    return fault(scan, from,
                 "A \\u escape stands for half a character; both halves are"
                 " needed, \\ud800 to \\udbff first.");
}

static bool
scan_plain(struct scan *scan)
{
    utf8proc_int32_t point;
    utf8proc_ssize_t bytes = utf8proc_iterate(
        (const utf8proc_uint8_t *)scan->source.data + scan->at,
        (utf8proc_ssize_t)(scan->source.bytes - scan->at), &point);

    if (bytes <= 0)
        return fault(scan, scan->at, "Text is not UTF-8; send UTF-8.");
    if (point < 0x20)
        return fault(scan, scan->at,
                     "A control character in text is written as an escape,"
                     " such as \\n.");
    scan->at += (size_t)bytes;
    return true;
}

static bool
scan_text(struct scan *scan)
{
    size_t from = scan->at++;

    while (!taken(scan, '"')) {
        if (scan->at >= scan->source.bytes)
            return fault(scan, from, "This text has no closing quote.");
        if (!(taken(scan, '\\') ? scan_escape(scan) : scan_plain(scan)))
            return false;
    }
    return true;
}

/* ---- names that stand twice ---- */

/* The names of one object: with them the object ends. */
struct names {
    struct name *list;
    size_t count, room;
};

/* As the reader understands it: "\u0061" is "a". */
static struct str
meant(struct scan *scan, struct str quoted)
{
    const struct json *text = NULL;

    if (str_find_char(quoted, '\\') >= 0
        && json_simdjson_parse(scan->arena, quoted, &text) == JSON_READ)
        return text->text;
    return str_slice(quoted, 1, quoted.bytes - 1);
}

static void
note_name(struct scan *scan, struct names *names, size_t from)
{
    struct str text = meant(scan, str_slice(scan->source, from, scan->at));

    scan->levels[scan->depth - 1].name = text;
    if (names->count == names->room) {
        struct name *before = names->list;
        names->room = names->room == 0 ? 16 : names->room * 2;
        names->list = ARENA_ARRAY(scan->arena, struct name, names->room);
        for (size_t i = 0; i < names->count; i++)
            names->list[i] = before[i];
    }
    names->list[names->count++] = (struct name){ text, from };
}

static int
by_text_and_place(const void *left, const void *right)
{
    const struct name *a = left;
    const struct name *b = right;
    int order = str_compare(a->text, b->text);

    return order != 0 ? order
                      : (a->offset > b->offset) - (a->offset < b->offset);
}

enum { SHOWN_BYTES_MAX = 100 }; /* of a name */

/* RFC 6901: '~' is "~0" and '/' is "~1". */
static void
add_step(struct text *pointer, const struct level *level)
{
    struct str name = str_cut(level->name, SHOWN_BYTES_MAX);

    text_add_char(pointer, '/');
    if (!level->is_object)
        text_format(pointer, "%zu", level->index);
    for (size_t i = 0; level->is_object && i < name.bytes; i++)
        if (name.data[i] == '~')
            text_add_cstr(pointer, "~0");
        else if (name.data[i] == '/')
            text_add_cstr(pointer, "~1");
        else
            text_add_char(pointer, name.data[i]);
}

static bool
repeated(struct scan *scan, const struct name *name)
{
    struct text at = text_new(scan->arena);

    for (size_t i = 0; i + 1 < scan->depth; i++)
        add_step(&at, &scan->levels[i]);
    fault(scan, name->offset,
          arena_format(scan->arena,
                       "The name \"%.*s\" stands twice in an object; each"
                       " name may stand once.",
                       STR_ARG(str_cut(name->text, SHOWN_BYTES_MAX)))
              .data);
    scan->error.at = text_str(&at);
    return false;
}

/* Sorted, so that nobody can send an object that takes quadratic time. */
static bool
stand_once(struct scan *scan, const struct names *names)
{
    const struct name *first = NULL;

    if (names->count < 2)
        return true;
    qsort(names->list, names->count, sizeof *names->list, by_text_and_place);
    for (size_t i = 1; i < names->count; i++)
        if (str_equal(names->list[i - 1].text, names->list[i].text)
            && (first == NULL || names->list[i].offset < first->offset))
            first = &names->list[i];
    return first == NULL || repeated(scan, first);
}

static bool
scan_member(struct scan *scan, struct names *names)
{
    skip_space(scan);
    if (peek(scan) != '"')
        return unexpected(scan, "A name in double quotes is expected here.");
    size_t from = scan->at;
    if (!scan_text(scan))
        return false;
    if (scan->names_once)
        note_name(scan, names, from);
    skip_space(scan);
    if (!taken(scan, ':'))
        return unexpected(scan, "A colon is expected after a name.");
    return scan_value(scan);
}

static bool
scan_object(struct scan *scan)
{
    struct names names = { 0 };

    scan->at++;
    skip_space(scan);
    if (taken(scan, '}'))
        return true;
    do
        if (!scan_member(scan, &names))
            return false;
    while (taken(scan, ','));
    if (!taken(scan, '}'))
        return unexpected(scan, "A comma or a closing brace } is expected"
                                " here.");
    return stand_once(scan, &names);
}

static bool
scan_array(struct scan *scan)
{
    scan->at++;
    skip_space(scan);
    if (taken(scan, ']'))
        return true;
    struct level *level = &scan->levels[scan->depth - 1];
    do {
        if (!scan_value(scan))
            return false;
        level->index++;
    } while (taken(scan, ','));
    return taken(scan, ']')
        || unexpected(scan, "A comma or a closing bracket ] is expected"
                            " here.");
}

static bool
scan_inner(struct scan *scan)
{
    if (scan->depth == JSON_DEPTH_MAX)
        return fault(scan, scan->at,
                     "Arrays and objects are nested too deep; 32 levels are"
                     " the limit.");
    bool is_object = peek(scan) == '{';
    scan->levels[scan->depth++] = (struct level){ .is_object = is_object };
    bool sound = is_object ? scan_object(scan) : scan_array(scan);
    scan->depth--;
    return sound;
}

static bool
scan_bare(struct scan *scan)
{
    unsigned char c = peek(scan);

    if (c == '{' || c == '[')
        return scan_inner(scan);
    if (c == '"')
        return scan_text(scan);
    if (c == '-' || (c >= '0' && c <= '9'))
        return scan_number(scan);
    return scan_word(scan, c == 't'   ? STR("true")
                           : c == 'f' ? STR("false")
                                      : STR("null"));
}

static bool
scan_value(struct scan *scan)
{
    skip_space(scan);
    if (!scan_bare(scan))
        return false;
    skip_space(scan);
    if (scan->depth == 0 && scan->at < scan->source.bytes)
        return fault(scan, scan->at,
                     "Nothing may follow the value; send one document.");
    return true;
}
