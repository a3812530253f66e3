/* exporter: see exporter.h. */
#include "src/export/exporter.h"

#include "src/export/export_read.h"

enum { TELL_EVERY = 5 };
#define FILE_MS (EXPORT_FILE_DAYS * INT64_C(86400000))

static const struct str scheme = STR_INIT("export:");

/* An export under way, as this thread sees it. */
struct running {
    struct errands *errands;
    const struct errand *errand;
    struct arena *arena; /* as long as the errand */
    struct arena page;   /* one page: read, and kept */
    struct export_record record;
    struct export_page read;
    int64_t rounds;
    bool gone; /* nothing is to be done any more */
    struct runner_refusal refusal;
};

static bool run(struct errands *, const struct errand *, struct arena *,
                struct str *why);

struct errands *
exporter_start(struct runner *runner)
{
    return errands_start(&(struct errands_settings){
        .runner = runner, .scheme = scheme, .run = run });
}

static bool
ask(struct running *r, enum unit_side side,
    bool (*run_it)(struct work *, void *))
{
    const struct runner_ask ask = { .side = side,
                                    .arena = &r->page,
                                    .steps_back = true,
                                    .run = run_it,
                                    .context = r };
    struct runner_refusal refusal;

    if (errands_ask(r->errands, r->errand, &ask, &refusal))
        return true;
    r->refusal.kind = refusal.kind;
    r->refusal.why = arena_str(r->arena, refusal.why);
    return false;
}

/* ------------------------------------------------------------------- pages */

static bool
read_unit(struct work *w, void *context)
{
    struct running *r = context;

    if (!export_record_load(w, r->errand->subject, &r->record))
        return false;
    r->gone =
        r->record.state != EXPORT_QUEUED && r->record.state != EXPORT_RUNNING;
    return r->gone || export_read(w, &r->record, &r->read);
}

/* What he sees is another now than when the first leads were written. */
static bool
begin_again(struct work *w, struct export_record *record)
{
    bool more = true;

    while (more)
        if (!export_pieces_forget(w, record->id, &more))
            return false;
    export_record_restart(record);
    return export_record_save(w, record);
}

static bool
add_piece(struct work *w, struct export_record *record,
          const struct export_page *page)
{
    if (str_is_empty(page->text))
        return true;
    if (!export_piece_add(w, record->id, record->pieces, page->text))
        return false;
    record->pieces++;
    record->bytes += (int64_t)page->text.bytes;
    record->leads += page->leads;
    return true;
}

static bool
finish(struct work *w, struct export_record *record)
{
    record->state = EXPORT_DONE;
    record->ended_ms = w->now_ms;
    record->expires_ms = w->now_ms + FILE_MS;
    export_tell(w, record, "export.done");
    return job_add(w,
                   &(struct job_new){
                       .kind = &export_expire_job,
                       .due_ms = record->expires_ms,
                       .payload = arena_format(w->arena, "{\"export\":\"%s\"}",
                                               id_show(record->id).text),
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
    record.state = EXPORT_RUNNING;
    record.scope = r->read.scope;
    record.cursor = r->read.cursor;
    if (record.begun_ms == 0)
        record.begun_ms = w->now_ms;
    if (!add_piece(w, &record, &r->read))
        return false;
    if (str_is_empty(record.cursor)) {
        if (!finish(w, &record))
            return false;
    } else if (r->rounds % TELL_EVERY == 0) {
        export_tell(w, &record, "export.progress");
    }
    return export_record_save(w, &record);
}

static bool
stopped_unit(struct work *w, void *context)
{
    struct running *r = context;
    struct export_record record;

    if (!export_record_load(w, r->errand->subject, &record))
        return false;
    if (record.state != EXPORT_QUEUED && record.state != EXPORT_RUNNING)
        return true;
    record.state = EXPORT_STOPPED;
    record.ended_ms = w->now_ms;
    record.reason = r->refusal.why;
    export_tell(w, &record, "export.stopped");
    return export_record_save(w, &record) && export_forget_later(w, record.id);
}

/* What the database could do later is tried again later; what is wrong with
 * the question, or with who asks, stays wrong. */
static bool
may_pass(const struct running *r)
{
    return r->refusal.kind == ERR_UNAVAILABLE || r->refusal.kind == ERR_INTERNAL
        || r->refusal.kind == ERR_CONFLICT;
}

static bool
go_through(struct running *r)
{
    for (r->rounds = 1;; r->rounds++) {
        if (atomic_load(errands_stopping(r->errands))) {
            r->refusal =
                (struct runner_refusal){ ERR_UNAVAILABLE, STR("stopped") };
            return false;
        }
        errands_step_back(r->errands);
        arena_reset(&r->page);
        if (!ask(r, UNIT_READS, read_unit))
            return false;
        if (r->gone)
            return true;
        if (!ask(r, UNIT_WRITES, keep_unit))
            return false;
    }
}

/* False: it goes on later, here or on another node. */
static bool
run(struct errands *errands, const struct errand *errand, struct arena *arena,
    struct str *why)
{
    struct running r = { .errands = errands, .errand = errand, .arena = arena };

    arena_init(&r.page);
    bool ok = go_through(&r);
    if (!ok && !may_pass(&r))
        ok = ask(&r, UNIT_WRITES, stopped_unit);
    arena_free(&r.page);
    *why = r.refusal.why;
    return ok;
}

/* ---------------------------------------------------------------- the jobs */

static bool
read_job(struct work *w, const struct job *job, struct id *id)
{
    struct json_error error;
    const struct json *payload = json_parse(w->arena, job->payload, &error);

    return id_parse(json_get_text(payload, "export"), id)
        || fail(w, ERR_INTERNAL, "The job names no export.");
}

static bool
prepare(struct work *w, const struct job *job, struct outbox_message *message)
{
    struct id id;

    if (!read_job(w, job, &id))
        return false;
    errands_message(w, job, scheme, id, message);
    return true;
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
    struct str text = arena_str(w->arena, str_of(id_show(id).text));

    return job_add(w, &(struct job_new){
                          .kind = &export_forget_job,
                          .payload = arena_format(
                              w->arena, "{\"export\":\"%.*s\"}", STR_ARG(text)),
                      });
}

static bool
expire(struct work *w, const struct job *job)
{
    struct export_record record;
    struct id id;

    if (!read_job(w, job, &id) || !export_record_load(w, id, &record))
        return false;
    if (record.state != EXPORT_DONE)
        return true;
    record.state = EXPORT_EXPIRED;
    return export_record_save(w, &record) && export_forget_later(w, id);
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

    return read_job(w, job, &id) && export_pieces_forget(w, id, &more)
        && (!more || export_forget_later(w, id));
}

const struct job_kind export_forget_job = {
    .name = "export.forget",
    .about = "Takes away what is left of a file of leads, some at a time.",
    .run = forget,
};
