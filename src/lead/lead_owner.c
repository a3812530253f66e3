/*
 * lead_owner: the only code that changes an owner (L1). What decides is
 * elsewhere: a person, or routing; here the change is made whole: the open
 * assignment ends, the next begins, both loads are counted, the timeline
 * says so.
 */
#include "src/lead/lead.h"

#include <assert.h>

#include "src/lead/assignment.h"
#include "src/team/ledger.h"
#include "src/workspace/cache.h"

static struct str
change_json(struct work *w, const struct lead *lead, struct owner to,
            const struct handover *why)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    if (lead->owner_version > 0) {
        json_put_cstr(&out, "from_kind", owner_kind_name(lead->owner.kind));
        json_put_id(&out, "from", lead->owner.id);
    }
    json_put_cstr(&out, "to_kind", owner_kind_name(to.kind));
    json_put_id(&out, "to", to.id);
    json_put_cstr(&out, "reason", why->reason);
    if (!id_is_none(why->decision))
        json_put_id(&out, "decision", why->decision);
    if (why->pin_until_ms > 0)
        json_put_time(&out, "pinned_until", why->pin_until_ms);
    if (!str_is_empty(why->note))
        json_put_text(&out, "note", why->note);
    if (!id_is_none(why->revert))
        json_put_id(&out, "revert", why->revert);
    json_close_object(&out);
    return text_str(&text);
}

/* A lead in a closed stage takes no room. */
static void
count_load(struct workspace_cache *cache, const struct lead *lead, int by,
           int64_t now_ms)
{
    if (lead->owner.kind != OWNER_REP || lead_is_closed(lead))
        return;
    ledger_load_add(&cache->ledger, cache->team, lead->owner.id, by, now_ms);
}

/* What he should not have been given fills no day of his. */
static void
uncount_day(struct workspace_cache *cache, const struct lead *lead,
            int64_t given_ms, int64_t now_ms)
{
    if (lead->owner.kind == OWNER_REP && !lead_is_closed(lead))
        ledger_day_uncount(&cache->ledger, cache->team, lead->owner.id,
                           given_ms, now_ms);
}

static bool
end_present(struct work *w, struct workspace_cache *cache, struct lead *lead,
            const struct handover *why)
{
    if (lead->owner_version == 0)
        return true;
    count_load(cache, lead, -1, w->now_ms);
    if (!id_is_none(why->revert))
        uncount_day(cache, lead, lead->assigned_ms, w->now_ms);
    return assignment_end(w, lead);
}

bool
lead_owner_set(struct work *w, struct lead *lead, struct owner to,
               const struct handover *why, struct id *entry)
{
    assert(!id_is_none(to.id));
    *entry = ID_NONE;
    bool changes = lead->owner_version == 0 || !owner_equal(lead->owner, to)
                || !id_is_none(why->revert);
    if (changes || why->pin_until_ms > 0) /* a pin goes with its owner */
        lead->pinned_until_ms = why->pin_until_ms;
    if (!changes)
        return true;

    struct workspace_cache *cache = workspace_cache(w);
    if (cache == NULL || !end_present(w, cache, lead, why))
        return false;

    struct str change = change_json(w, lead, to, why);
    lead->owner = to;
    lead->owner_version++;
    lead->assigned_ms = assignment_moment_ms(w, lead);
    lead->rule = arena_str(w->arena, why->rule);
    if (lead->first_assigned_ms == 0)
        lead->first_assigned_ms = w->now_ms;
    if (lead->first_rep_ms == 0 && to.kind == OWNER_REP)
        lead->first_rep_ms = w->now_ms;
    count_load(cache, lead, +1, w->now_ms);
    if (why->gives_back)
        uncount_day(cache, lead, w->now_ms, w->now_ms);
    return assignment_begin(w, lead, why)
        && timeline_add(w, lead->id, "lead.assigned", change, entry);
}

bool
lead_owner_stays(struct work *w, struct lead *lead, const struct handover *why,
                 struct id *entry)
{
    if (why->pin_until_ms > 0 || why->unpins)
        lead->pinned_until_ms = why->pin_until_ms;
    const char *kind = why->unpins           ? "unpinned"
                     : why->pin_until_ms > 0 ? "pinned"
                                             : "kept";
    return timeline_add(w, lead->id, kind,
                        change_json(w, lead, lead->owner, why), entry);
}

bool
lead_owner_end(struct work *w, const struct lead *lead)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    count_load(cache, lead, -1, w->now_ms);
    return assignment_end(w, lead);
}

bool
lead_owner_resume(struct work *w, struct lead *lead)
{
    const struct handover why = { .reason = "unmerged" };
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    struct str change = change_json(w, lead, lead->owner, &why);
    lead->owner_version++;
    lead->assigned_ms = assignment_moment_ms(w, lead);
    count_load(cache, lead, +1, w->now_ms);
    return assignment_begin(w, lead, &why)
        && timeline_add(w, lead->id, "lead.assigned", change, NULL);
}

struct str
lead_kind(struct arena *arena, const struct lead *lead)
{
    static const enum lead_field fields[] = { LEAD_SEGMENT, LEAD_PRODUCT,
                                              LEAD_INDUSTRY };

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const struct fact *fact = &lead->facts[fields[i]];
        if (fact->known)
            return arena_format(arena, "%s:%.*s", lead_fields[fields[i]].name,
                                STR_ARG(fact->folded));
    }
    return STR("");
}

static enum result_end
end_of(const struct lead *lead)
{
    if (!lead_is_closed(lead))
        return RESULT_OPEN;
    return lead->meaning == LEAD_WON ? RESULT_WON : RESULT_LOST;
}

static bool
count_result(struct work *w, struct workspace_cache *cache,
             const struct lead *lead)
{
    struct id person = lead_has_rep(lead) ? lead->owner.id : ID_NONE;
    bool changed;

    if (!result_set(w, lead->id, person, lead_kind(w->arena, lead),
                    end_of(lead), &changed))
        return false;
    if (changed)
        cache->results = NULL;
    return true;
}

bool
lead_stage_set(struct work *w, struct lead *lead,
               const struct lead_stage *stage)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    bool was_closed = lead_is_closed(lead);
    count_load(cache, lead, -1, w->now_ms);
    lead->stage = arena_cstr(w->arena, str_of(stage->name));
    lead->meaning = stage->meaning;
    count_load(cache, lead, +1, w->now_ms);
    return (!was_closed && !lead_is_closed(lead))
        || count_result(w, cache, lead);
}
