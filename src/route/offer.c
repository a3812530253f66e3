/* offer: see offer.h. Not for SQL (offer_store.c). */
#include "src/route/offer.h"

#include "src/route/offer_store.h"
#include "src/workspace/cache.h"

bool
offer_stands(const struct offer *offer, const struct lead *lead)
{
    return lead->owner.kind == OWNER_QUEUE && id_is_none(lead->merged_into)
        && lead->owner_version == offer->owner_version;
}

int
offer_find_person(const struct offer *offer, const struct team *team,
                  struct id person)
{
    for (int i = 0; i < offer->count; i++)
        if (id_equal(team->people[offer->people[i].person].id, person))
            return offer->people[i].person;
    return -1;
}

bool
offer_was_declined_by(const struct offer *offer, struct id person)
{
    for (int i = 0; i < offer->declined_count; i++)
        if (id_equal(offer->declined[i], person))
            return true;
    return false;
}

/* ---------------------------------------------------------------- making */

static struct str
event_json(struct work *w, const struct offer *offer)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_id(&out, "id", offer->lead);
    json_put_time(&out, "until", offer->until_ms);
    json_close_object(&out);
    return text_str(&text);
}

static void
tell_from(struct work *w, const struct offer *offer, const struct team *team,
          int first)
{
    struct str data = event_json(w, offer);

    for (int i = first; i < offer->count; i++)
        work_tell(w, &(struct live_event){
                         .id = work_id(w),
                         .workspace = w->workspace,
                         .topic = "offer.made",
                         .person = team->people[offer->people[i].person].id,
                         .data = data,
                     });
}

/* Onto the lead's timeline: whom it concerns, the i-th and those after. */
static bool
note(struct work *w, const struct offer *offer, const struct team *team,
     const char *kind, int first)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_name(&out, "people");
    json_open_array(&out);
    for (int i = first; i < offer->count; i++)
        json_id(&out, team->people[offer->people[i].person].id);
    json_close_array(&out);
    json_put_time(&out, "until", offer->until_ms);
    json_close_object(&out);
    return timeline_add(w, offer->lead, kind, text_str(&text), NULL);
}

bool
offer_make(struct work *w, const struct lead *lead,
           const struct route_answer *answer, const struct job_kind *when_over)
{
    struct workspace_cache *cache = workspace_cache(w);
    const struct route_decision *d = &answer->decision;
    struct offer offer = {
        .lead = lead->id,
        .owner_version = lead->owner_version,
        .until_ms = w->now_ms + d->pool->accept_ms,
        .rule = d->rule == NULL ? STR_NONE : d->rule->id,
        .pool = d->pool->id,
        .count = d->offered_count,
    };

    if (cache == NULL)
        return false;
    offer.people =
        ARENA_ARRAY(w->arena, struct ledger_share, (size_t)offer.count);
    for (int i = 0; i < offer.count; i++)
        offer.people[i] = d->offered[i];
    if (!offer_save(w, &offer, cache->team)
        || !note(w, &offer, cache->team, "offer.made", 0))
        return false;
    tell_from(w, &offer, cache->team, 0);
    return job_add(w, &(struct job_new){ .kind = when_over,
                                         .lead = lead->id,
                                         .due_ms = offer.until_ms });
}

/* ------------------------------------------------------- while it is open */

static bool
is_of_same_rule(const struct offer *offer, const struct route_decision *d)
{
    return str_equal(offer->pool, d->pool->id)
        && str_equal(offer->rule, d->rule == NULL ? STR_NONE : d->rule->id);
}

bool
offer_extend(struct work *w, struct offer *offer,
             const struct route_answer *answer)
{
    struct workspace_cache *cache = workspace_cache(w);
    const struct route_decision *d = &answer->decision;
    int before = offer->count;

    if (cache == NULL)
        return false;
    if (!is_of_same_rule(offer, d))
        return true;

    struct ledger_share *people =
        ARENA_ARRAY(w->arena, struct ledger_share,
                    (size_t)(offer->count + d->offered_count));
    for (int i = 0; i < before; i++)
        people[i] = offer->people[i];
    offer->people = people;
    for (int i = 0; i < d->offered_count; i++) {
        struct id id = cache->team->people[d->offered[i].person].id;
        if (offer_find_person(offer, cache->team, id) < 0
            && !offer_was_declined_by(offer, id))
            people[offer->count++] = d->offered[i];
    }
    if (offer->count == before)
        return true;
    if (!offer_save(w, offer, cache->team)
        || !note(w, offer, cache->team, "offer.extended", before))
        return false;
    tell_from(w, offer, cache->team, before);
    return true;
}

bool
offer_decline(struct work *w, struct offer *offer, int person)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct id *declined =
        ARENA_ARRAY(w->arena, struct id, (size_t)offer->declined_count + 1);
    int kept = 0;

    if (cache == NULL)
        return false;
    for (int i = 0; i < offer->declined_count; i++)
        declined[i] = offer->declined[i];
    declined[offer->declined_count++] = cache->team->people[person].id;
    offer->declined = declined;
    for (int i = 0; i < offer->count; i++)
        if (offer->people[i].person != person)
            offer->people[kept++] = offer->people[i];
    offer->count = kept;
    return offer_save(w, offer, cache->team)
        && timeline_add(w, offer->lead, "offer.declined", STR("{}"), NULL);
}

bool
offer_end(struct work *w, struct offer *offer)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    if (offer->over_ms > 0)
        return true;
    offer->over_ms = w->now_ms;
    return offer_save(w, offer, cache->team)
        && note(w, offer, cache->team, "offer.expired", 0);
}

/* ------------------------------------------------------------- accepting */

static const struct route_rule *
find_rule(const struct route_snapshot *rules, struct str id)
{
    for (int i = 0; i < rules->rule_count; i++)
        if (str_equal(rules->rules[i].id, id))
            return &rules->rules[i];
    return NULL;
}

static const struct route_pool *
find_pool(const struct route_snapshot *rules, struct str id)
{
    for (int i = 0; i < rules->pool_count; i++)
        if (str_equal(rules->pools[i].id, id))
            return &rules->pools[i];
    return NULL;
}

static struct route_question
question_of(struct work *w, struct lead *lead)
{
    lead_refresh(lead);
    return (struct route_question){ .facts = lead->facts, .now_ms = w->now_ms };
}

const struct route_gate *
offer_gate(struct work *w, const struct workspace_cache *cache,
           struct lead *lead, const struct offer *offer, int person,
           struct route_candidate *candidate)
{
    const struct route_question question = question_of(w, lead);
    const struct route_rule *rule = find_rule(cache->routing, offer->rule);
    const struct route_pool *pool = find_pool(cache->routing, offer->pool);
    const struct route_asking asking = {
        .question = &question,
        .team = cache->team,
        .territories = &cache->routing->territories,
        .ledger = &cache->ledger,
        .of_rule = rule == NULL ? NULL : rule->needs,
        .of_pool = pool == NULL ? NULL : pool->needs,
    };

    *candidate = (struct route_candidate){ .person = person, .stands_for = -1 };
    return route_first_gate(&asking, candidate);
}

/* All whom it was offered to, as they stand in the ledger. */
static struct route_candidate *
candidates_of(struct work *w, const struct offer *offer,
              const struct workspace_cache *cache)
{
    struct route_candidate *candidates =
        ARENA_ARRAY(w->arena, struct route_candidate, (size_t)offer->count);

    for (int i = 0; i < offer->count; i++) {
        const struct ledger_share *share = &offer->people[i];
        candidates[i] =
            route_candidate_of(cache->team, &cache->ledger, share, w->now_ms);
        candidates[i].units = share->units;
    }
    return candidates;
}

bool
offer_accepted(struct work *w, struct lead *lead, const struct offer *offer,
               int person, struct route_answer *answer)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    const struct route_rule *rule = find_rule(cache->routing, offer->rule);

    ledger_split(offer->people, offer->count, LEDGER_UNIT);
    answer->question = question_of(w, lead);
    answer->decision = (struct route_decision){
        .rules_version = cache->routing->version,
        .band = rule == NULL ? BAND_OTHERWISE : BAND_RULE,
        .rule = rule,
        .pool = find_pool(cache->routing, offer->pool),
        .candidates = candidates_of(w, offer, cache),
        .candidate_count = offer->count,
        .able_count = offer->count,
        .chosen = person,
        .stands_for = -1,
        .code = "accepted",
        .owner = owner_rep(cache->team->people[person].id),
        .late = route_late_of(cache->routing, offer->rule),
        .shares = offer->people,
        .share_count = offer->count,
    };
    return true;
}
