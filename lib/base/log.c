/* log: see log.h. */
#include "lib/base/log.h"

#include <stdatomic.h>
#include <stdio.h>

#include "lib/base/clock.h"
#include "lib/base/json.h"

static _Atomic int lowest_level = LOG_INFO;
static const char *const level_names[] = { "debug", "info", "warning",
                                           "error" };

void
log_level_set(enum log_level lowest)
{
    atomic_store(&lowest_level, lowest);
}

static void
put_field(struct json_out *out, const struct log_field *field)
{
    json_name(out, field->name);
    switch (field->kind) {
    case LOG_FIELD_WORD:
        json_text(out, str_of(field->word));
        return;
    case LOG_FIELD_NUMBER:
        json_int(out, field->number);
        return;
    case LOG_FIELD_ID:
        json_id(out, (struct id){ field->number });
        return;
    }
}

void
log_write(enum log_level level, const char *event,
          const struct log_field *fields)
{
    if ((int)level < atomic_load(&lowest_level))
        return;

    struct arena arena;
    arena_init(&arena);
    struct text line = text_new(&arena);
    struct json_out out = json_out_new(&line);

    json_open_object(&out);
    json_put_time(&out, "at", clock_now_ms());
    json_put_cstr(&out, "level", level_names[level]);
    json_put_cstr(&out, "event", event);
    for (; fields->name != NULL; fields++)
        put_field(&out, fields);
    json_close_object(&out);
    text_add_char(&line, '\n');

    /* One call, so that lines of several threads do not mix. */
    fwrite(line.data, 1, line.bytes, stderr);
    arena_free(&arena);
}
