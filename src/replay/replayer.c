/* replayer: see replayer.h. */
#include "src/replay/replayer.h"

#include "src/replay/replay_result.h"
#include "src/replay/replay_store.h"

enum {
    CHANGES_AT_A_TIME = 1000,
    PAGES_AT_A_TIME = 10, /* between two words of how far it is */
    REPLAYS_KEPT = 20,
};

static const struct str scheme = STR_INIT("replay:");

/* A replay under way, as this thread sees it. */
struct running {
    struct errands *errands;
    const struct errand *errand;
    struct arena *arena;  /* as long as the errand */
    struct arena page;    /* one page, and what is asked between two */
    struct arena changes; /* those that are not written yet */
    struct replay_record record;
    struct replay_run run;
    struct replay_lead *list;
    int list_count;
    int list_room;
    int64_t changed; /* leads so far */
    bool gone;       /* somebody was quicker: nothing is to be done */
    bool more;
    struct id old;
    struct runner_refusal refusal;
};

static bool run(struct errands *, const struct errand *, struct arena *,
                struct str *why);

struct errands *
replayer_start(struct runner *runner)
{
    return errands_start(&(struct errands_settings){
        .runner = runner, .scheme = scheme, .run = run });
}

static bool
ask(struct running *r, enum unit_side side, struct arena *arena,
    bool (*run_it)(struct work *, void *))
{
    const struct runner_ask ask = { .side = side,
                                    .arena = arena,
                                    .steps_back = side == UNIT_WRITES,
                                    .run = run_it,
                                    .context = r };
    struct runner_refusal refusal;

    if (errands_ask(r->errands, r->errand, &ask, &refusal))
        return true;
    r->refusal.kind = refusal.kind;
    r->refusal.why = arena_str(r->arena, refusal.why);
    return false;
}

/* ------------------------------------------------------------------- begin */

static bool
begin_unit(struct work *w, void *context)
{
    struct running *r = context;
    struct replay_record *record = &r->record;

    if (!replay_record_load(w, r->errand->subject, record))
        return false;
    r->gone = record->state != REPLAY_QUEUED && record->state != REPLAY_RUNNING;
    if (r->gone)
        return true;
    record->state = REPLAY_RUNNING;
    record->begun_ms = w->now_ms;
    record->decisions_done = 0;
    return replay_record_save(w, record);
}

/* What a run that was cut off has left. */
static bool
forget_unit(struct work *w, void *context)
{
    struct running *r = context;
    struct id replay = id_is_none(r->old) ? r->record.id : r->old;

    return replay_leads_forget(w, replay, CHANGES_AT_A_TIME, &r->more);
}

static bool
forget_leads(struct running *r)
{
    bool ok = true;

    for (r->more = true; ok && r->more;) {
        ok = ask(r, UNIT_WRITES, &r->page, forget_unit);
        arena_reset(&r->page);
    }
    return ok;
}

static bool
read_rules_unit(struct work *w, void *context)
{
    struct running *r = context;
    struct json_error error;

    r->run.period = r->record.period;
    r->run.document = json_parse(r->arena, r->record.rules, &error);
    if (r->run.document == NULL)
        return fail(w, ERR_INVALID, "The rules cannot be read.");
    return replay_begin(w, &r->run);
}

/* ------------------------------------------------------------------- pages */

static bool
page_unit(struct work *w, void *context)
{
    struct running *r = context;

    return replay_read(w, &r->run);
}

/* Ids of rules live as long as the page: they are kept with the change. */
static void
note_change(void *context, const struct replay_change *change)
{
    struct running *r = context;
    struct replay_lead *lead = &r->list[r->list_count++];

    lead->number = ++r->changed;
    lead->change = *change;
    lead->change.rule_before = arena_str(&r->changes, change->rule_before);
    lead->change.rule_after = arena_str(&r->changes, change->rule_after);
}

static bool
write_list(struct work *w, const struct running *r)
{
    for (int i = 0; i < r->list_count; i++)
        if (!replay_lead_add(w, r->record.id, &r->list[i]))
            return false;
    return true;
}

static bool
keep_unit(struct work *w, void *context)
{
    const struct running *r = context;

    replay_tell(w, "replay.progress", r->record.id, r->run.done, r->run.total);
    return write_list(w, r)
        && replay_record_advance(w, r->record.id, r->run.done, r->run.total);
}

static bool
keep(struct running *r)
{
    bool ok = ask(r, UNIT_WRITES, &r->page, keep_unit);

    r->list_count = 0;
    arena_reset(&r->page);
    arena_reset(&r->changes);
    return ok;
}

static void
make_room(struct running *r)
{
    r->list_room = CHANGES_AT_A_TIME + REPLAY_LEADS_AT_A_TIME;
    r->list = ARENA_ARRAY(r->arena, struct replay_lead, (size_t)r->list_room);
}

static bool
go_through(struct running *r)
{
    bool more = true;

    make_room(r);
    for (int pages = 1; more; pages++) {
        if (atomic_load(errands_stopping(r->errands))) {
            r->refusal =
                (struct runner_refusal){ ERR_UNAVAILABLE, STR("stopped") };
            return false;
        }
        errands_step_back(r->errands);
        if (!ask(r, UNIT_READS, &r->page, page_unit))
            return false;
        more = replay_work(&r->run, &r->page, note_change, r);
        arena_reset(&r->page);
        if (more
            && (r->list_count >= CHANGES_AT_A_TIME
                || pages % PAGES_AT_A_TIME == 0)
            && !keep(r))
            return false;
    }
    return true;
}

/* --------------------------------------------------------------------- end */

static bool
done_unit(struct work *w, void *context)
{
    struct running *r = context;
    struct replay_record record;

    if (!replay_record_load(w, r->record.id, &record))
        return false;
    record.state = REPLAY_DONE;
    record.ended_ms = w->now_ms;
    record.decisions = r->run.total;
    record.decisions_done = r->run.done;
    record.result = replay_result_json(w->arena, &r->run);
    replay_tell(w, "replay.done", record.id, r->run.done, r->run.total);
    return write_list(w, r) && replay_record_save(w, &record);
}

static bool
stopped_unit(struct work *w, void *context)
{
    struct running *r = context;
    struct replay_record record;

    if (!replay_record_load(w, r->record.id, &record))
        return false;
    record.state = REPLAY_STOPPED;
    record.ended_ms = w->now_ms;
    record.reason = r->refusal.why;
    replay_tell(w, "replay.stopped", record.id, record.decisions_done,
                record.decisions);
    return replay_record_save(w, &record);
}

static bool
old_unit(struct work *w, void *context)
{
    struct running *r = context;

    return replay_record_old(w, REPLAYS_KEPT, &r->old);
}

static bool
remove_unit(struct work *w, void *context)
{
    struct running *r = context;

    return replay_record_remove(w, r->old);
}

/* The newest are kept. */
static bool
forget_old(struct running *r)
{
    for (;;) {
        if (!ask(r, UNIT_READS, &r->page, old_unit))
            return false;
        if (id_is_none(r->old))
            return true;
        if (!forget_leads(r) || !ask(r, UNIT_WRITES, &r->page, remove_unit))
            return false;
    }
}

/* What the database could do later is tried again later; what is wrong with the
 * rules stays wrong. */
static bool
may_pass(const struct running *r)
{
    return r->refusal.kind == ERR_UNAVAILABLE || r->refusal.kind == ERR_INTERNAL
        || r->refusal.kind == ERR_CONFLICT;
}

static bool
replay(struct running *r)
{
    if (!ask(r, UNIT_WRITES, r->arena, begin_unit))
        return false;
    if (r->gone)
        return true;
    if (!forget_leads(r))
        return false;
    if (ask(r, UNIT_READS, r->arena, read_rules_unit) && go_through(r))
        return ask(r, UNIT_WRITES, r->arena, done_unit) && forget_old(r);
    return !may_pass(r) && ask(r, UNIT_WRITES, r->arena, stopped_unit);
}

/* False: it begins again later, here or on another node. */
static bool
run(struct errands *errands, const struct errand *errand, struct arena *arena,
    struct str *why)
{
    struct running r = { .errands = errands, .errand = errand, .arena = arena };

    arena_init(&r.page);
    arena_init(&r.changes);
    replay_run_init(&r.run);
    bool ok = replay(&r);
    replay_run_free(&r.run);
    arena_free(&r.changes);
    arena_free(&r.page);
    *why = r.refusal.why;
    return ok;
}

/* ----------------------------------------------------------------- the job */

static bool
prepare(struct work *w, const struct job *job, struct outbox_message *message)
{
    struct json_error error;
    const struct json *payload = json_parse(w->arena, job->payload, &error);
    struct id id;

    if (!id_parse(json_get_text(payload, "replay"), &id))
        return fail(w, ERR_INTERNAL, "The job names no replay.");
    errands_message(w, job, scheme, id, message);
    return true;
}

const struct job_kind replay_run_job = {
    .name = "replay.run",
    .about = "Asks rules that are not in force about leads that came.",
    .prepare = prepare,
    .schedule = &job_schedule_inside,
};
