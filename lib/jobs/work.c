/* work: see work.h. */
#include "lib/jobs/work.h"

#include <assert.h>
#include <stdarg.h>

#include "lib/base/log.h"
#include "lib/base/text.h"

struct id
work_id(struct work *w)
{
    return id_next(w->ids, w->now_ms);
}

bool
fail(struct work *w, enum error_kind kind, const char *format, ...)
{
    struct text detail = text_new(w->arena);
    va_list list;

    va_start(list, format);
    text_format_list(&detail, format, list);
    va_end(list);
    w->error.kind = kind;
    w->error.detail = text_str(&detail);
    return false;
}

bool
fail_at(struct work *w, struct str pointer, const char *code,
        const char *format, ...)
{
    struct error *error = &w->error;

    if (error->kind == ERR_NONE) {
        error->kind = ERR_INVALID;
        error->detail = STR("The request has values that cannot be used.");
    }
    if (error->detail_count == ERROR_DETAILS_MAX)
        return false;

    struct text message = text_new(w->arena);
    va_list list;
    va_start(list, format);
    text_format_list(&message, format, list);
    va_end(list);
    error->details[error->detail_count++] = (struct error_detail){
        .pointer = arena_str(w->arena, pointer),
        .code = code,
        .message = text_str(&message),
    };
    return false;
}

/* What a caller may do about it decides the kind; the rest is a bug. */
bool
fail_db(struct work *w)
{
    enum db_result result = db_last_result(w->db);

    switch (result) {
    case DB_OK:
        assert(!"fail_db without a failure");
        break;
    case DB_UNIQUE:
    case DB_STALE:
    case DB_SERIALIZATION:
        return fail(w, ERR_CONFLICT,
                    "Somebody changed the same record at the same moment. "
                    "Read it again and repeat the change.");
    case DB_BUSY:
    case DB_LOST:
        return fail(w, ERR_UNAVAILABLE,
                    "The database cannot be reached now. Try again soon.");
    case DB_FULL:
        return fail(w, ERR_UNAVAILABLE,
                    "The disk of the server is full. Try again later.");
    case DB_CONSTRAINT:
    case DB_IO:
    case DB_ERROR:
        break;
    }
    log_error("statement_failed", LOG_WORD("result", db_result_name(result)),
              LOG_WORD("message", db_last_message(w->db)));
    return fail(w, ERR_INTERNAL,
                "The server could not do this; "
                "its log says why.");
}

bool
work_query(struct work *w, const char *sql, const struct db_value *values,
           int count, struct db_rows *rows)
{
    return db_query(w->db, w->arena, sql, values, count, rows) || fail_db(w);
}

bool
work_query_text(struct work *w, struct str sql, const struct db_value *values,
                int count, struct db_rows *rows)
{
    return db_query_text(w->db, w->arena, sql, values, count, rows)
        || fail_db(w);
}

bool
work_run(struct work *w, const char *sql, const struct db_value *values,
         int count, int64_t *changed)
{
    w->changed = true;
    return db_run(w->db, sql, values, count, changed) || fail_db(w);
}

bool
work_insert(struct work *w, const struct db_insert *insert,
            const struct db_value *values, int count)
{
    w->changed = true;
    return db_insert(w->db, insert, values, count) || fail_db(w);
}

bool
work_update(struct work *w, const struct db_update *update,
            const struct db_value *values, int count)
{
    w->changed = true;
    return db_update(w->db, update, values, count) || fail_db(w);
}

void
work_tell(struct work *w, const struct live_event *event)
{
    struct live_event *copy = ARENA_NEW(w->arena, struct live_event);

    *copy = *event;
    copy->next = NULL;
    if (w->live == NULL)
        w->live = copy;
    else
        w->live_last->next = copy;
    w->live_last = copy;
}
