/* replayer: see replayer.h. */
#include "src/replay/replayer.h"

#include "src/replay/replay_result.h"
#include "src/replay/replay_store.h"

enum {
    CHANGES_AT_A_TIME = 1000,
    PAGES_AT_A_TIME = 10, /* between two words of how far it is */
    REPLAYS_KEPT = 20,
};

/* A replay under way, as this thread sees it. */
struct running {
    struct operation_errand *errand;
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
};

static bool
ask(struct running *r, enum unit_side side, struct arena *arena,
    bool (*run_it)(struct work *, void *))
{
    return operation_ask(r->errand, &(struct runner_ask){
                                        .side = side,
                                        .arena = arena,
                                        .steps_back = side == UNIT_WRITES,
                                        .run = run_it,
                                        .context = r,
                                    });
}

/* ------------------------------------------------------------------- begin */

static bool
begin_unit(struct work *w, void *context)
{
    struct running *r = context;
    struct replay_record *record = &r->record;

    if (!operation_load(w, &replay_operation, r->errand->id,
                        &record->operation))
        return false;
    r->gone = !operation_is_due(&record->operation);
    if (r->gone)
        return true;
    operation_begin(&record->operation, w->now_ms);
    record->decisions_done = 0;
    return operation_save(w, &replay_operation, &record->operation);
}

/* What a run that was cut off has left. */
static bool
forget_unit(struct work *w, void *context)
{
    struct running *r = context;
    struct id replay = id_is_none(r->old) ? r->record.operation.id : r->old;

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
    r->run.document = json_parse(r->errand->arena, r->record.rules, &error);
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
        if (!replay_lead_add(w, r->record.operation.id, &r->list[i]))
            return false;
    return true;
}

static void
note_progress(const struct running *r, struct replay_record *record)
{
    record->decisions = r->run.total;
    record->decisions_done = r->run.done;
}

static bool
keep_unit(struct work *w, void *context)
{
    struct running *r = context;

    note_progress(r, &r->record);
    operation_tell(w, &replay_operation, &r->record.operation,
                   "replay.progress");
    return write_list(w, r) && replay_record_advance(w, &r->record);
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
    r->list =
        ARENA_ARRAY(r->errand->arena, struct replay_lead, (size_t)r->list_room);
}

static bool
go_through(struct running *r)
{
    bool more = true;

    make_room(r);
    for (int pages = 1; more; pages++) {
        if (!operation_goes_on(r->errand)
            || !ask(r, UNIT_READS, &r->page, page_unit))
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
    const struct running *r = context;
    struct replay_record record;

    if (!operation_load(w, &replay_operation, r->errand->id, &record.operation))
        return false;
    operation_end(&record.operation, OPERATION_DONE, STR_NONE, w->now_ms);
    note_progress(r, &record);
    record.result = replay_result_json(w->arena, &r->run);
    operation_tell(w, &replay_operation, &record.operation, "replay.done");
    return write_list(w, r)
        && operation_save(w, &replay_operation, &record.operation);
}

static bool
stopped_unit(struct work *w, void *context)
{
    const struct running *r = context;
    struct replay_record record;

    if (!operation_load(w, &replay_operation, r->errand->id, &record.operation))
        return false;
    operation_end(&record.operation, OPERATION_STOPPED, r->errand->refusal.why,
                  w->now_ms);
    operation_tell(w, &replay_operation, &record.operation, "replay.stopped");
    return operation_save(w, &replay_operation, &record.operation);
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

static bool
replay(struct running *r)
{
    if (!ask(r, UNIT_WRITES, r->errand->arena, begin_unit))
        return false;
    if (r->gone)
        return true;
    if (!forget_leads(r))
        return false;
    if (ask(r, UNIT_READS, r->errand->arena, read_rules_unit) && go_through(r))
        return ask(r, UNIT_WRITES, r->errand->arena, done_unit)
            && forget_old(r);
    return !operation_may_pass(r->errand)
        && ask(r, UNIT_WRITES, r->errand->arena, stopped_unit);
}

bool
replayer_run(struct operation_errand *errand)
{
    struct running r = { .errand = errand };

    arena_init(&r.page);
    arena_init(&r.changes);
    replay_run_init(&r.run);
    bool ok = replay(&r);
    replay_run_free(&r.run);
    arena_free(&r.changes);
    arena_free(&r.page);
    return ok;
}

/* ----------------------------------------------------------------- the job */

static bool
prepare(struct work *w, const struct job *job, struct outbox_message *message)
{
    return operation_prepare(w, &replay_operation, job, message);
}

const struct job_kind replay_run_job = {
    .name = "replay.run",
    .about = "Asks rules that are not in force about leads that came.",
    .prepare = prepare,
    .schedule = &job_schedule_inside,
};
