/* operation: see operation.h. */
#include "src/operation/operation.h"

#include <assert.h>
#include <string.h>

#include "lib/jobs/errands.h"

enum { SHARED_VALUES = 9, VALUES_MAX = 32 };

static int
state_of(const struct operation_kind *kind, struct str name)
{
    for (int i = 0; kind->states[i] != NULL; i++)
        if (str_is(name, kind->states[i]))
            return i;
    return OPERATION_STOPPED;
}

static void
read_record(struct arena *arena, const struct operation_kind *kind,
            const struct db_rows *rows, int row, struct operation *operation)
{
    memset(operation, 0, kind->bytes);
    *operation = (struct operation){
        .id = db_get_id(rows, row, 0),
        .version = db_get_int(rows, row, 1),
        .state = state_of(kind, db_get_text(rows, row, 2)),
        .reason = arena_str(arena, db_get_text(rows, row, 3)),
        .actor = db_get_id(rows, row, 4),
        .created_ms = db_get_int(rows, row, 5),
        .begun_ms = db_get_int(rows, row, 6),
        .ended_ms = db_get_int(rows, row, 7),
    };
    kind->read(arena, rows, row, operation);
}

bool
operation_list(struct work *w, const struct operation_kind *kind,
               struct id actor, struct id before, int limit, void **list,
               int *count)
{
    struct db_rows rows;

    if (!work_query(w, kind->sql.select_page,
                    DB_VALUES(db_id(w->workspace), db_id_before(before),
                              db_int(actor.value), db_int(limit)),
                    &rows))
        return false;
    *count = rows.count;
    *list = arena_alloc(w->arena, (size_t)rows.count * kind->bytes);
    for (int i = 0; i < rows.count; i++)
        read_record(w->arena, kind, &rows, i,
                    (void *)((char *)*list + (size_t)i * kind->bytes));
    return true;
}

bool
operation_load(struct work *w, const struct operation_kind *kind, struct id id,
               struct operation *operation)
{
    struct db_rows rows;

    if (!work_query(w, kind->sql.select_one,
                    DB_VALUES(db_id(w->workspace), db_id(id)), &rows))
        return false;
    if (rows.count == 0)
        return fail(w, ERR_NOT_FOUND, "There is no %s %s.", kind->name,
                    id_show(id).text);
    read_record(w->arena, kind, &rows, 0, operation);
    return true;
}

static bool
write_record(struct work *w, const struct operation_kind *kind,
             const struct operation *o, int64_t *changed)
{
    struct db_value values[VALUES_MAX] = {
        db_id(w->workspace),         db_id(o->id),
        db_int(o->version),          db_cstr(kind->states[o->state]),
        db_text(o->reason),          db_id(o->actor),
        db_int(o->created_ms),       db_int_or_null(o->begun_ms),
        db_int_or_null(o->ended_ms),
    };

    assert(SHARED_VALUES + kind->columns <= VALUES_MAX);
    kind->write(o, values + SHARED_VALUES);
    *changed = 1;
    return o->version == 0 ? work_run(w, kind->sql.insert_one, values,
                                      SHARED_VALUES + kind->columns, NULL)
                           : work_run(w, kind->sql.update_one, values,
                                      SHARED_VALUES + kind->columns, changed);
}

bool
operation_save(struct work *w, const struct operation_kind *kind,
               struct operation *operation)
{
    int64_t changed;

    if (operation->version == 0) {
        operation->id = work_id(w);
        operation->created_ms = w->now_ms;
    }
    if (!write_record(w, kind, operation, &changed))
        return false;
    if (changed == 0)
        return fail(w, ERR_CONFLICT, "The %s has moved on meanwhile.",
                    kind->name);
    operation->version++;
    return true;
}

bool
operation_queue(struct work *w, const struct operation_kind *kind,
                struct operation *operation)
{
    operation->state = OPERATION_QUEUED;
    operation->ended_ms = 0;
    operation->reason = STR_NONE;
    if (!operation_save(w, kind, operation))
        return false;
    return job_add(
        w, &(struct job_new){
               .kind = kind->job,
               .key = arena_str(w->arena, str_of(id_show(operation->id).text)),
               .payload = operation_payload(w, kind, operation->id) });
}

bool
operation_is_due(const struct operation *operation)
{
    return operation->state == OPERATION_QUEUED
        || operation->state == OPERATION_RUNNING;
}

void
operation_begin(struct operation *operation, int64_t now_ms)
{
    operation->state = OPERATION_RUNNING;
    operation->reason = STR_NONE;
    operation->begun_ms = now_ms;
    operation->ended_ms = 0;
}

void
operation_end(struct operation *operation, int state, struct str reason,
              int64_t now_ms)
{
    operation->state = state;
    operation->reason = reason;
    operation->ended_ms = now_ms;
}

void
operation_tell(struct work *w, const struct operation_kind *kind,
               const struct operation *operation, const char *topic)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_id(&out, "id", operation->id);
    kind->put_progress(&out, operation);
    json_close_object(&out);
    work_tell(w, &(struct live_event){
                     .id = work_id(w),
                     .workspace = w->workspace,
                     .topic = topic,
                     .person = kind->tells_actor ? operation->actor : ID_NONE,
                     .data = text_str(&text),
                 });
}

/* ------------------------------------------------------------------- jobs */

struct str
operation_payload(struct work *w, const struct operation_kind *kind,
                  struct id id)
{
    return arena_format(w->arena, "{\"%s\":\"%s\"}", kind->name,
                        id_show(id).text);
}

bool
operation_of_job(struct work *w, const struct operation_kind *kind,
                 const struct job *job, struct id *id)
{
    struct json_error error;
    const struct json *payload = json_parse(w->arena, job->payload, &error);

    return id_parse(json_get_text(payload, kind->name), id)
        || fail(w, ERR_INTERNAL, "The job names no %s.", kind->name);
}

bool
operation_prepare(struct work *w, const struct operation_kind *kind,
                  const struct job *job, struct outbox_message *message)
{
    struct id id;

    if (!operation_of_job(w, kind, job, &id))
        return false;
    errands_message(w, job, kind->scheme, id, message);
    return true;
}
