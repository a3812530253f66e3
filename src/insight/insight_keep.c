/*
 * insight_keep: when sums are written: at the end of each group, and by a job
 * that counts the leads that were stored before, or all of them anew. What a
 * lead adds is insight.c.
 */
#include "src/insight/insight_store.h"
#include "src/lead/assignment.h"
#include "src/workspace/cache.h"

enum { LEADS_AT_A_TIME = 100, ENTRIES_MAX = 10000 };

static const struct job_kind count_job;

bool
insight_load(struct work *w, struct workspace_cache *cache)
{
    struct insight_state *state = ARENA_NEW(w->arena, struct insight_state);

    *state = (struct insight_state){
        .zone_text = cache->workspace.time_zone,
        .counted_until = { INT64_MAX },
    };
    if (!insight_state_read(w, state, &state->stored))
        return false;
    state->zone = zone_find(state->zone_text);
    if (state->zone == NULL) /* the machine's zone data has lost it */
        state->zone = zone_find(STR("UTC"));
    cache->insight = state;
    cache->steps_until = state->counted_until;
    return true;
}

/* The zone of the first day that is counted stays, whatever becomes of the
 * workspace's: a recount takes the new one. */
static bool
keep_zone(struct work *w, struct workspace_cache *cache)
{
    struct insight_state *state;

    if (cache->insight->stored)
        return true;
    state = ARENA_NEW(&cache->config, struct insight_state);
    *state = *cache->insight;
    state->stored = true;
    cache->insight = state;
    return insight_state_write(w, state);
}

static bool
write_steps(struct work *w, void *context, struct workspace_cache *cache)
{
    struct insight_cells cells = { .arena = w->arena };

    (void)context;
    if (cache->step_count == 0)
        return true;
    for (int i = 0; i < cache->step_count; i++)
        if (!insight_add_step(w, cache, &cache->steps[i], &cells))
            return false;
    cache->step_count = 0;
    return keep_zone(w, cache) && insight_note(w, cache, &cells);
}

bool
insight_group_end(struct work *w)
{
    return cache_each_locked(w, write_steps, NULL);
}

/* ------------------------------------------------- what was stored before */

/* Everything that is known of one stored lead, oldest first. */
struct past {
    struct lead *lead;
    const struct assignment *assignments;
    int assignment_count;
    const struct timeline_entry *entries;
    int entry_count;
};

static bool
read_past(struct work *w, struct lead *lead, struct past *past)
{
    struct assignment *assignments;
    struct timeline_entry *entries;

    past->lead = lead;
    if (!assignment_list(w, lead->id, &assignments, &past->assignment_count)
        || !timeline_of_lead(w, lead->id, ID_NONE, ENTRIES_MAX, &entries,
                             &past->entry_count))
        return false;
    past->assignments = assignments;
    past->entries = entries;
    return true;
}

/* Ids are made in order, so who had the lead when an entry was made is the
 * last assignment before it. */
static struct owner
owner_before(const struct past *past, struct id entry)
{
    struct owner owner = past->lead->owner;

    for (int i = 0; i < past->assignment_count; i++)
        if (i == 0 || past->assignments[i].id.value < entry.value)
            owner = past->assignments[i].owner;
    return owner;
}

static struct owner
first_rep(const struct past *past)
{
    for (int i = 0; i < past->assignment_count; i++)
        if (past->assignments[i].owner.kind == OWNER_REP)
            return past->assignments[i].owner;
    return past->lead->owner;
}

/* A note of the same moment is none. */
static bool
is_answer(const struct timeline_entry *entry, const struct json *data)
{
    const struct touch_kind *kind = touch_kinds;
    struct str name = json_get_text(data, "kind");

    while (kind->name != NULL && !str_is(name, kind->name))
        kind++;
    return str_is(entry->kind, "touch") && kind->answers;
}

/* Who had it when it was answered: when the touch was noted, which may have
 * been later than it was made. */
static struct owner
who_answered(struct arena *arena, const struct past *past)
{
    struct owner owner = past->lead->owner;
    struct json_error error;
    int64_t at_ms;

    for (int i = past->entry_count - 1; i >= 0; i--) {
        const struct timeline_entry *entry = &past->entries[i];
        const struct json *data = json_parse(arena, entry->data, &error);
        if (time_parse(json_get_text(data, "at"), &at_ms)
            && at_ms == past->lead->first_response_ms && is_answer(entry, data))
            return owner_before(past, entry->id);
        if (entry->at_ms <= past->lead->first_response_ms)
            owner = owner_before(past, entry->id);
    }
    return owner;
}

/* A step from nothing to the lead with this view: what else it has is as
 * though it had been before. */
static struct lead_step
step_to(const struct past *past, struct lead_view after, int64_t at_ms)
{
    return (struct lead_step){ past->lead->id, past->lead->created_ms,
                               at_ms,          false,
                               after,          after };
}

/* Moves of the stage, and promises missed, as the timeline tells them. */
static bool
add_entry(struct work *w, const struct workspace_cache *cache,
          const struct past *past, const struct timeline_entry *entry,
          struct insight_cells *cells)
{
    struct lead_view view = past->lead->stored;
    struct json_error error;
    const struct json *data = json_parse(w->arena, entry->data, &error);
    const struct json *changes = json_get(data, "changes");

    view.owner = owner_before(past, entry->id);
    struct lead_step step = step_to(past, view, entry->at_ms);
    if (str_is(entry->kind, "lead.late")) {
        step.before.late_count = step.after.late_count - 1;
        return insight_add_step(w, cache, &step, cells);
    }
    for (size_t i = 0; changes != NULL && i < changes->array.count; i++) {
        const struct json *change = &changes->array.items[i];
        if (!str_is(json_get_text(change, "field"), "stage"))
            continue;
        insight_add_move(cache, &step, json_get_text(change, "to"), cells);
    }
    return true;
}

static bool
add_lead(struct work *w, const struct workspace_cache *cache, struct lead *lead,
         struct insight_cells *cells)
{
    const struct lead_view now = lead->stored;
    struct past past;

    if (!read_past(w, lead, &past))
        return false;

    struct lead_step placed = step_to(&past, now, w->now_ms);
    placed.is_new = true;
    placed.before =
        (struct lead_view){ .late_count = now.late_count,
                            .first_rep_ms = now.first_rep_ms,
                            .first_response_ms = now.first_response_ms };
    struct lead_step owned = step_to(&past, now, w->now_ms);
    owned.after.owner = owned.before.owner = first_rep(&past);
    owned.before.first_rep_ms = 0;
    struct lead_step answered = step_to(&past, now, w->now_ms);
    answered.after.owner = answered.before.owner =
        who_answered(w->arena, &past);
    answered.before.first_response_ms = 0;

    if (!insight_add_step(w, cache, &placed, cells)
        || !insight_add_step(w, cache, &owned, cells)
        || !insight_add_step(w, cache, &answered, cells))
        return false;
    for (int i = past.entry_count - 1; i >= 0; i--)
        if (!add_entry(w, cache, &past, &past.entries[i], cells))
            return false;
    return true;
}

/* Leads that are saved from now on are noted; those of this page, too. */
static bool
move_mark(struct work *w, struct workspace_cache *cache, struct id until)
{
    struct insight_state state = *cache->insight;

    state.counted_until = until;
    cache->steps_until = until;
    return insight_state_write(w, &state) && workspace_config_changed(w);
}

static bool
count_soon(struct work *w)
{
    return job_add(w, &(struct job_new){ .kind = &count_job });
}

static bool
count_page(struct work *w, struct workspace_cache *cache, struct lead *leads,
           int count)
{
    struct insight_cells cells = { .arena = w->arena };

    for (int i = 0; i < count; i++)
        if (!add_lead(w, cache, &leads[i], &cells))
            return false;
    insight_fold(&cells);
    return insight_cells_write(w, &cells);
}

/* The next leads after the mark; behind the last one everything is noted. */
static bool
run_count(struct work *w, const struct job *job)
{
    const struct id everything = { INT64_MAX };
    struct workspace_cache *cache = workspace_cache(w);
    struct lead *leads;
    int count;

    (void)job;
    if (cache == NULL)
        return false;
    if (id_equal(cache->steps_until, everything))
        return true;
    if (!lead_select(w,
                     STR("WHERE workspace_id = $1 AND id > $2"
                         "   AND merged_into IS NULL ORDER BY id LIMIT $3"),
                     DB_VALUES(db_id(w->workspace),
                               db_int(cache->steps_until.value),
                               db_int(LEADS_AT_A_TIME)),
                     &leads, &count)
        || !count_page(w, cache, leads, count))
        return false;
    if (count < LEADS_AT_A_TIME)
        return move_mark(w, cache, everything);
    return move_mark(w, cache, leads[count - 1].id) && count_soon(w);
}

bool
insight_recount(struct work *w)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL || !insight_cells_forget(w))
        return false;

    const struct insight_state anew = { .zone_text =
                                            cache->workspace.time_zone };
    cache->step_count = 0; /* counted again like all others */
    cache->steps_until = ID_NONE;
    return insight_state_write(w, &anew) && workspace_config_changed(w)
        && count_soon(w);
}

static const struct job_kind count_job = {
    .name = "insight.count",
    .about = "Counts leads that were stored before their figures were kept.",
    .run = run_count,
};

const struct job_kind *const insight_jobs[] = { &count_job, &insight_fold_job,
                                                NULL };

/* --------------------------------------------------------------- waiting */

/* The first of a page that is not closed; 0: none. */
static bool
oldest_of(struct work *w, const struct id *ids, int count, int64_t *created_ms)
{
    struct lead *leads;
    int found;

    if (!lead_select_ids(w, ids, count, &leads, &found))
        return false;
    for (int i = 0; i < found && *created_ms == 0; i++)
        if (!lead_is_closed(&leads[i]))
            *created_ms = leads[i].created_ms;
    return true;
}

static bool
oldest_in(struct work *w, struct id queue, int64_t *created_ms)
{
    struct id after = ID_NONE;
    int count = LEADS_AT_A_TIME;
    struct id *ids;

    *created_ms = 0;
    while (*created_ms == 0 && count == LEADS_AT_A_TIME) {
        if (!assignment_waiting(w, queue, after, LEADS_AT_A_TIME, &ids, &count)
            || !oldest_of(w, ids, count, created_ms))
            return false;
        if (count > 0)
            after = ids[count - 1];
    }
    return true;
}

bool
insight_oldest_waiting(struct work *w, int64_t *created_ms)
{
    struct workspace_cache *cache = workspace_cache(w);

    *created_ms = 0;
    for (int i = 0; cache != NULL && i < cache->queue_count; i++) {
        int64_t oldest_ms;
        if (!oldest_in(w, cache->queues[i].id, &oldest_ms))
            return false;
        if (oldest_ms != 0 && (*created_ms == 0 || oldest_ms < *created_ms))
            *created_ms = oldest_ms;
    }
    return cache != NULL;
}
