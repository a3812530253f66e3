/* replay_run: see replay_run.h. */
#include "src/replay/replay_run.h"

#include <string.h>

#include "lib/base/clock.h"
#include "src/lead/custom.h"
#include "src/lead/stage.h"

enum { DECISIONS_AHEAD = 1000 };

static bool read_rules(struct work *, struct replay_run *, struct team *);
static bool look_ahead(struct work *, struct replay_run *);
static bool read_facts(struct work *, struct replay_run *);

void
replay_run_init(struct replay_run *run)
{
    arena_init(&run->arena);
}

void
replay_run_free(struct replay_run *run)
{
    replay_free(&run->replay);
    workspace_cache_free(run->cache);
    arena_free(&run->arena);
}

/* ------------------------------------------------------------------- begin */

/* Presence is set as records tell it, so the people are the run's own. */
struct team *
replay_own_team(struct arena *arena, const struct team *team)
{
    struct team *own = ARENA_NEW(arena, struct team);
    size_t count = (size_t)team->count;

    *own = *team;
    own->people = ARENA_ARRAY(arena, struct person, count);
    for (size_t i = 0; i < count; i++)
        own->people[i] = team->people[i];
    return own;
}

struct id
replay_last_before(int64_t to_ms)
{
    return (struct id){ id_at(to_ms).value - 1 };
}

bool
replay_begin(struct work *w, void *context)
{
    const struct id all = { INT64_MAX - 1 };
    struct replay_run *run = context;
    const struct replay_period *period = &run->period;

    replay_free(&run->replay);
    workspace_cache_free(run->cache);
    arena_reset(&run->arena);
    run->versions = NULL;
    run->fact_count = 0;
    run->processor_us = 0;
    run->done = 0;
    run->last = replay_last_before(period->from_ms);
    run->until = id_is_none(period->until) ? all : period->until;
    run->cache = workspace_cache_apart(w, period->from_ms);
    return run->cache != NULL
        && read_rules(w, run, replay_own_team(&run->arena, run->cache->team))
        && decision_count(w, run->last, run->until, &run->total)
        && look_ahead(w, run);
}

static bool
read_rules(struct work *w, struct replay_run *run, struct team *team)
{
    struct workspace_cache *cache = run->cache;
    struct route_names names = route_names_of(cache);
    struct results *results = NULL;

    names.team = team;
    names.sequence_count = cache->sequences_in_use;
    names.fields = cache->schema->usable;
    const struct route_snapshot *rules =
        route_rules_read(w, &run->arena, run->document, 0, &names, NULL);
    if (rules == NULL)
        return false;
    if (rules->weighs_results) {
        results = ARENA_NEW(&run->arena, struct results);
        if (!result_list(w, &run->arena, results))
            return false;
    }
    for (int i = 0; i < LEAD_FACT_COUNT; i++)
        if (rules->used[i])
            run->fact_count = i + 1;
    replay_init(&run->replay, &run->arena, rules, team, &cache->ledger,
                results);
    return true;
}

static bool
look_ahead(struct work *w, struct replay_run *run)
{
    struct decision_row *rows;
    int count;

    if (!decision_between(w, run->last, run->until, DECISIONS_AHEAD, &rows,
                          &count))
        return false;
    for (int i = 0; i < count; i++) {
        struct replay_past past;
        replay_past_read(w->arena, run->replay.team, &rows[i], &past);
        replay_look_ahead(&run->replay, &past);
    }
    return true;
}

/* -------------------------------------------------------------------- page */

/* A lead that came before the period was routed before it, or waits till
 * somebody lets it in: that is no arrival. */
static bool
is_first(const struct replay_run *run, const struct decision_row *row)
{
    return id_time_ms(row->lead) >= run->period.from_ms
        && !replay_knows(&run->replay, row->lead);
}

bool
replay_read(struct work *w, void *context)
{
    struct replay_run *run = context;
    struct replay_page *page = &run->page;
    struct decision_row *rows;
    int count;

    *page = (struct replay_page){ .last = run->last };
    if (!decision_between(w, run->last, run->until, REPLAY_LEADS_AT_A_TIME,
                          &rows, &count))
        return false;
    page->pasts = ARENA_ARRAY(w->arena, struct replay_past, (size_t)count);
    for (; page->count < count; page->count++) {
        const struct decision_row *row = &rows[page->count];
        struct replay_past *past = &page->pasts[page->count];
        replay_past_read(w->arena, run->replay.team, row, past);
        past->first = is_first(run, row);
        page->last = row->id;
    }
    return read_facts(w, run);
}

bool
replay_work(struct replay_run *run, struct arena *arena,
            void (*changed)(void *context, const struct replay_change *),
            void *context)
{
    struct replay_page *page = &run->page;
    int64_t began_us = clock_processor_us();
    struct replay_change change;

    for (int i = 0; i < page->count && !run->cut; i++) {
        if (replay_step(&run->replay, arena, &page->pasts[i], &change))
            changed(context, &change);
        run->cut = run->period.leads_max > 0
                && run->replay.counts.leads >= run->period.leads_max;
        run->done++;
    }
    run->last = page->last;
    run->processor_us += clock_processor_us() - began_us;
    return page->count == REPLAY_LEADS_AT_A_TIME && !run->cut;
}

/* ---------------------------------------------- what was recorded of a lead */

/* What the other rules read, and those of the version read as well, so that it
 * was recorded. */
static bool
recorded_all(const struct route_snapshot *then,
             const struct route_snapshot *other)
{
    for (int i = 0; i < LEAD_FACT_COUNT; i++)
        if (other->used[i] && (then == NULL || !then->used[i]))
            return false;
    return true;
}

/* What is gone makes a version unreadable: that is no fault of the replay. */
static bool
read_version(struct work *w, struct replay_run *run,
             struct replay_version *version)
{
    const struct route_names names = route_names_of(run->cache);
    struct routing_document document;
    struct arena *unit = w->arena;

    w->arena = &run->arena;
    bool ok = routing_version_load(w, version->number, &document);
    if (ok) {
        version->rules = route_rules_read(w, &run->arena, document.json,
                                          version->number, &names, NULL);
        if (version->rules == NULL)
            w->error = (struct error){ 0 };
    }
    w->arena = unit;
    return ok;
}

static const struct replay_version *
version_of(struct work *w, struct replay_run *run, int64_t number)
{
    struct replay_version *version;

    for (version = run->versions; version != NULL; version = version->next)
        if (version->number == number)
            return version;
    version = ARENA_NEW(&run->arena, struct replay_version);
    *version = (struct replay_version){ .number = number };
    if (!read_version(w, run, version))
        return NULL;
    version->recorded_all = recorded_all(version->rules, run->replay.rules);
    version->next = run->versions;
    return run->versions = version;
}

/* -------------------------------------------------------------- its facts */

/* Only what was not recorded is looked up. */
static bool
needs_lead(const struct replay_run *run, const struct replay_version *version,
           const struct replay_past *past)
{
    return !version->recorded_all
        || (run->replay.rules->weighs_results
            && past->question.kind.data == NULL);
}

static bool
read_leads(struct work *w, struct replay_run *run, struct lead **leads,
           int *found)
{
    struct replay_page *page = &run->page;
    struct id *ids = ARENA_ARRAY(w->arena, struct id, (size_t)page->count);
    int count = 0;

    for (int i = 0; i < page->count; i++) {
        const struct replay_past *past = &page->pasts[i];
        if (!past->first || past->erased)
            continue;
        const struct replay_version *version =
            version_of(w, run, past->row->rules_version);
        if (version == NULL)
            return false;
        if (needs_lead(run, version, past))
            ids[count++] = past->row->lead;
    }
    return lead_select_ids(w, ids, count, leads, found);
}

static struct lead *
find_lead(struct lead *leads, int count, struct id id)
{
    int low = 0;
    int high = count - 1;

    while (low <= high) {
        int middle = low + (high - low) / 2;
        int order = id_compare(leads[middle].id, id);
        if (order == 0)
            return &leads[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle - 1;
    }
    return NULL;
}

/* What happens to a lead once it is there had not happened. */
static void
as_it_came(struct work *w, struct lead *lead)
{
    lead->stage = lead_stages_of(w)[0].name;
    lead->owner_version = 0;
    lead->updated_ms = lead->created_ms;
    lead->assigned_ms = lead->first_response_ms = lead->response_due_ms = 0;
    lead->returns = lead->touches = 0;
    lead->last_return_ms = lead->last_touch_ms = 0;
    lead_refresh(lead);
    lead->facts[LEAD_TOUCH_KINDS] = (struct fact){ 0 };
}

static void
set_facts(struct work *w, const struct replay_run *run,
          const struct replay_version *version, struct lead *lead,
          struct replay_past *past)
{
    const struct route_snapshot *other = run->replay.rules;
    const struct json *input = json_get(past->row->record, "input");
    struct fact *facts =
        ARENA_ARRAY(w->arena, struct fact, (size_t)run->fact_count);
    bool changed = lead != NULL && lead->version > 1; /* saved again */
    bool looked = false;

    if (lead != NULL)
        as_it_came(w, lead);
    for (int i = 0; i < run->fact_count; i++) {
        if (!other->used[i])
            continue;
        const struct json *value = json_get(input, other->fields[i].name);
        if (value != NULL
            || (version->rules != NULL && version->rules->used[i])) {
            facts[i] = route_input_fact(w->arena, value);
            continue;
        }
        looked = true;
        if (lead != NULL)
            facts[i] = lead->facts[i];
    }
    past->facts = facts;
    past->known = !looked      ? FACTS_RECORDED
                : lead == NULL ? FACTS_GONE
                : changed      ? FACTS_NOW
                               : FACTS_UNCHANGED;
}

static void
set_company(const struct replay_run *run, const struct replay_version *version,
            struct replay_past *past)
{
    const struct route_snapshot *other = run->replay.rules;
    const struct route_snapshot *then = version->rules;

    past->company_unknown =
        (other->keep_account && (then == NULL || !then->keep_account))
        || (other->keep_family && (then == NULL || !then->keep_family));
}

static bool
read_facts(struct work *w, struct replay_run *run)
{
    struct replay_page *page = &run->page;
    struct lead *leads;
    int found;

    if (!read_leads(w, run, &leads, &found))
        return false;
    for (int i = 0; i < page->count; i++) {
        struct replay_past *past = &page->pasts[i];
        if (!past->first || past->erased)
            continue;
        const struct replay_version *version =
            version_of(w, run, past->row->rules_version);
        struct lead *lead = find_lead(leads, found, past->row->lead);
        if (version == NULL)
            return false;
        if (past->question.kind.data == NULL && lead != NULL)
            past->question.kind = lead_kind(w->arena, lead);
        set_facts(w, run, version, lead, past);
        set_company(run, version, past);
    }
    return true;
}
