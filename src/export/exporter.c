/* exporter: see exporter.h. */
#include "src/export/exporter.h"

#include "src/export/export_read.h"

enum { TELL_EVERY = 5 };
#define FILE_MS (EXPORT_FILE_DAYS * INT64_C(86400000))

/* An export under way, as this thread sees it. */
struct running {
    struct operation_errand *errand;
    struct arena page; /* one page: read, and kept */
    struct export_record record;
    struct export_page read;
    int64_t rounds;
    bool gone; /* nothing is to be done any more */
};

static bool
ask(struct running *r, enum unit_side side,
    bool (*run_it)(struct work *, void *))
{
    return operation_ask(r->errand, &(struct runner_ask){ .side = side,
                                                          .arena = &r->page,
                                                          .steps_back = true,
                                                          .run = run_it,
                                                          .context = r });
}

/* ------------------------------------------------------------------- pages */

static bool
read_unit(struct work *w, void *context)
{
    struct running *r = context;

    if (!operation_load(w, &export_operation, r->errand->id,
                        &r->record.operation))
        return false;
    r->gone = !operation_is_due(&r->record.operation);
    return r->gone || export_read(w, &r->record, &r->read);
}

/* What he sees is another now than when the first leads were written. */
static bool
begin_again(struct work *w, struct export_record *record)
{
    bool more = true;

    while (more)
        if (!export_pieces_forget(w, record->operation.id, &more))
            return false;
    export_record_restart(record);
    return operation_save(w, &export_operation, &record->operation);
}

static bool
add_piece(struct work *w, struct export_record *record,
          const struct export_page *page)
{
    if (str_is_empty(page->text))
        return true;
    if (!export_piece_add(w, record->operation.id, record->pieces, page->text))
        return false;
    record->pieces++;
    record->bytes += (int64_t)page->text.bytes;
    record->leads += page->leads;
    return true;
}

static bool
finish(struct work *w, struct export_record *record)
{
    operation_end(&record->operation, OPERATION_DONE, STR_NONE, w->now_ms);
    record->expires_ms = w->now_ms + FILE_MS;
    operation_tell(w, &export_operation, &record->operation, "export.done");
    return job_add(w, &(struct job_new){
                          .kind = &export_expire_job,
                          .due_ms = record->expires_ms,
                          .payload = operation_payload(w, &export_operation,
                                                       record->operation.id),
                      });
}

/* The version says whether anybody else has written, or erased, meanwhile. A
 * unit may run again: the record of the page stays as it was read. */
static bool
keep_unit(struct work *w, void *context)
{
    struct running *r = context;
    struct export_record record = r->record;

    if (!str_is_empty(record.scope) && !str_equal(record.scope, r->read.scope))
        return begin_again(w, &record);
    record.operation.state = OPERATION_RUNNING;
    record.scope = r->read.scope;
    record.cursor = r->read.cursor;
    if (record.operation.begun_ms == 0)
        record.operation.begun_ms = w->now_ms;
    if (!add_piece(w, &record, &r->read))
        return false;
    if (str_is_empty(record.cursor)) {
        if (!finish(w, &record))
            return false;
    } else if (r->rounds % TELL_EVERY == 0) {
        operation_tell(w, &export_operation, &record.operation,
                       "export.progress");
    }
    return operation_save(w, &export_operation, &record.operation);
}

static bool
stopped_unit(struct work *w, void *context)
{
    struct running *r = context;
    struct export_record record;

    if (!operation_load(w, &export_operation, r->errand->id, &record.operation))
        return false;
    if (!operation_is_due(&record.operation))
        return true;
    operation_end(&record.operation, OPERATION_STOPPED, r->errand->refusal.why,
                  w->now_ms);
    operation_tell(w, &export_operation, &record.operation, "export.stopped");
    return operation_save(w, &export_operation, &record.operation)
        && export_forget_later(w, record.operation.id);
}

static bool
go_through(struct running *r)
{
    for (r->rounds = 1;; r->rounds++) {
        if (!operation_goes_on(r->errand))
            return false;
        arena_reset(&r->page);
        if (!ask(r, UNIT_READS, read_unit))
            return false;
        if (r->gone)
            return true;
        if (!ask(r, UNIT_WRITES, keep_unit))
            return false;
    }
}

bool
exporter_run(struct operation_errand *errand)
{
    struct running r = { .errand = errand };

    arena_init(&r.page);
    bool ok = go_through(&r);
    if (!ok && !operation_may_pass(errand))
        ok = ask(&r, UNIT_WRITES, stopped_unit);
    arena_free(&r.page);
    return ok;
}

/* ---------------------------------------------------------------- the jobs */

static bool
prepare(struct work *w, const struct job *job, struct outbox_message *message)
{
    return operation_prepare(w, &export_operation, job, message);
}

const struct job_kind export_run_job = {
    .name = "export.run",
    .about = "Writes the leads that somebody has asked for into a file.",
    .prepare = prepare,
    .schedule = &job_schedule_inside,
};

bool
export_forget_later(struct work *w, struct id id)
{
    return job_add(w,
                   &(struct job_new){
                       .kind = &export_forget_job,
                       .payload = operation_payload(w, &export_operation, id),
                   });
}

static bool
expire(struct work *w, const struct job *job)
{
    struct export_record record;
    struct id id;

    if (!operation_of_job(w, &export_operation, job, &id)
        || !operation_load(w, &export_operation, id, &record.operation))
        return false;
    if (record.operation.state != OPERATION_DONE)
        return true;
    record.operation.state = EXPORT_EXPIRED;
    return operation_save(w, &export_operation, &record.operation)
        && export_forget_later(w, id);
}

const struct job_kind export_expire_job = {
    .name = "export.expire",
    .about = "The time of a file of leads is over.",
    .run = expire,
};

static bool
forget(struct work *w, const struct job *job)
{
    struct id id;
    bool more;

    return operation_of_job(w, &export_operation, job, &id)
        && export_pieces_forget(w, id, &more)
        && (!more || export_forget_later(w, id));
}

const struct job_kind export_forget_job = {
    .name = "export.forget",
    .about = "Takes away what is left of a file of leads, some at a time.",
    .run = forget,
};
