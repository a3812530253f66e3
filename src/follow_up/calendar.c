/*
 * calendar: writes RFC 5545. Lines end in CRLF and are folded at 75 bytes,
 * never within a character; texts are escaped. Not for who may read it
 * (src/api/calendar_api.c).
 */
#include "src/follow_up/calendar.h"

#include "lib/base/random.h"

enum { LINE_BYTES_MAX = 75, SECRET_BYTES = 32 };

/* ----------------------------------------------------------------- lines */

static bool
begins_character(char c)
{
    return ((unsigned char)c & 0xC0) != 0x80;
}

/* A line goes on in the next when that begins with a blank. */
static void
add_line(struct text *text, struct str line)
{
    size_t used = 0;

    for (size_t at = 0; at < line.bytes;) {
        size_t next = at + 1;
        while (next < line.bytes && !begins_character(line.data[next]))
            next++;
        if (used + (next - at) > LINE_BYTES_MAX) {
            text_add_cstr(text, "\r\n ");
            used = 1;
        }
        text_add(text, str_slice(line, at, next));
        used += next - at;
        at = next;
    }
    text_add_cstr(text, "\r\n");
}

static void
add_plain(struct text *text, const char *name, struct str value)
{
    struct text line = text_new(text->arena);

    text_format(&line, "%s:", name);
    text_add(&line, value);
    add_line(text, text_str(&line));
}

/* A line break is two characters; other control characters are left out. */
static void
add_text(struct text *text, const char *name, struct str value)
{
    struct text line = text_new(text->arena);

    text_format(&line, "%s:", name);
    for (size_t i = 0; i < value.bytes; i++) {
        char c = value.data[i];
        if (c == '\n')
            text_add_cstr(&line, "\\n");
        else if ((unsigned char)c < ' ' || c == '\x7f')
            continue;
        else if (c == '\\' || c == ';' || c == ',')
            text_format(&line, "\\%c", c);
        else
            text_add_char(&line, c);
    }
    add_line(text, text_str(&line));
}

/* 20261120T100000Z */
static void
add_time(struct text *text, const char *name, int64_t ms)
{
    struct str shown = time_show(text->arena, ms);

    add_plain(text, name,
              arena_format(text->arena, "%.4s%.2s%.2sT%.2s%.2s%.2sZ",
                           shown.data, shown.data + 5, shown.data + 8,
                           shown.data + 11, shown.data + 14, shown.data + 17));
}

/* --------------------------------------------------------------- entries */

static const char *const statuses[] = {
    [TASK_OPEN] = "CONFIRMED",
    [TASK_DONE] = "CONFIRMED",
    [TASK_CANCELLED] = "CANCELLED",
};

static void
add_alarm(struct text *text, const struct task *task)
{
    if (task_remind_ms(task) == 0)
        return;
    add_plain(text, "BEGIN", STR("VALARM"));
    add_plain(text, "ACTION", STR("DISPLAY"));
    add_text(text, "DESCRIPTION", task->title);
    add_plain(text, "TRIGGER",
              arena_format(text->arena, "-PT%ldM",
                           (long)task->remind_before_minutes));
    add_plain(text, "END", STR("VALARM"));
}

static void
add_event(struct text *text, const struct calendar *calendar,
          const struct task *task)
{
    add_plain(text, "BEGIN", STR("VEVENT"));
    add_plain(text, "UID",
              arena_format(text->arena, "%s@%s.baton", id_show(task->id).text,
                           id_show(calendar->workspace).text));
    add_plain(text, "SEQUENCE",
              arena_format(text->arena, "%ld", (long)task->version - 1));
    add_time(text, "DTSTAMP", task->updated_ms);
    add_time(text, "CREATED", task->created_ms);
    add_time(text, "LAST-MODIFIED", task->updated_ms);
    add_time(text, "DTSTART", task->due_ms);
    if (task->end_ms > 0)
        add_time(text, "DTEND", task->end_ms);
    else /* a moment: it does not make anybody busy */
        add_plain(text, "TRANSP", STR("TRANSPARENT"));
    add_text(text, "SUMMARY", task->title);
    if (!str_is_empty(task->note))
        add_text(text, "DESCRIPTION", task->note);
    add_plain(text, "CATEGORIES", str_of(task->kind->name));
    add_plain(text, "STATUS", str_of(statuses[task->state]));
    add_alarm(text, task);
    add_plain(text, "END", STR("VEVENT"));
}

struct str
calendar_text(struct arena *arena, const struct calendar *calendar)
{
    struct text text = text_new(arena);

    add_plain(&text, "BEGIN", STR("VCALENDAR"));
    add_plain(&text, "VERSION", STR("2.0"));
    add_plain(&text, "PRODID", STR("-//Baton//Tasks//EN"));
    add_plain(&text, "CALSCALE", STR("GREGORIAN"));
    add_plain(&text, "METHOD", STR("PUBLISH"));
    add_text(&text, "X-WR-CALNAME", calendar->name);
    add_plain(&text, "REFRESH-INTERVAL;VALUE=DURATION", STR("PT15M"));
    for (int i = 0; i < calendar->count; i++)
        add_event(&text, calendar, &calendar->tasks[i]);
    add_plain(&text, "END", STR("VCALENDAR"));
    return text_str(&text);
}

/* --------------------------------------------------------------- address */

struct str
calendar_token_new(struct arena *arena, struct id workspace)
{
    struct str secret = random_token(arena, SECRET_BYTES);

    return arena_format(arena, "%s%.*s.ics", id_show(workspace).text,
                        STR_ARG(secret));
}

bool
calendar_token_parse(struct str token, struct id *workspace, struct hash *hash)
{
    *hash = hash_of(token);
    return token.bytes == ID_TEXT_BYTES + 2 * SECRET_BYTES + 4
        && str_ends(token, STR(".ics"))
        && id_parse(str_slice(token, 0, ID_TEXT_BYTES), workspace)
        && !id_is_none(*workspace);
}
