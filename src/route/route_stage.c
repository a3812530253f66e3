/*
 * route_stage: routing as a stage: asks the pure decision about a stored
 * lead, posts the turn to the ledger and keeps the record.
 */
#include "src/route/route.h"
#include "src/route/route_store.h"
#include "src/workspace/cache.h"

static struct route_question
question_of(struct work *w, struct lead *lead, const struct id *except,
            int except_count)
{
    lead_refresh(lead);
    return (struct route_question){
        .facts = lead->facts,
        .now_ms = w->now_ms,
        .except = except,
        .except_count = except_count,
        .random = random_next(w->random),
    };
}

/* R1: the turn is posted in the transaction that keeps the decision. */
static bool
keep(struct work *w, struct workspace_cache *cache, const struct lead *lead,
     const struct route_question *question, const struct route_decision *d,
     struct id *decision_id)
{
    struct str record = route_record(w->arena, d, question, cache->routing);

    if (d->chosen >= 0 && d->share_count > 0)
        ledger_post(&cache->ledger, d->shares, d->share_count, d->chosen);
    *decision_id = work_id(w);
    return decision_add(w, *decision_id, lead->id, d, record);
}

bool
route_lead(struct work *w, struct lead *lead, const struct id *except,
           int except_count, struct route_decision *decision,
           struct id *decision_id)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;

    struct route_question question =
        question_of(w, lead, except, except_count);
    *decision =
        route_decide(w->arena, &question, cache->routing, &cache->ledger);
    return keep(w, cache, lead, &question, decision, decision_id);
}

bool
route_lead_finally(struct work *w, struct lead *lead,
                   const struct route_late *late,
                   struct route_decision *decision, struct id *decision_id)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;

    struct route_question question = question_of(w, lead, NULL, 0);
    *decision = route_finally(w->arena, &question, late, cache->routing,
                              &cache->ledger);
    return keep(w, cache, lead, &question, decision, decision_id);
}

const struct route_late *
route_late_of(const struct route_snapshot *snapshot, struct str rule_id)
{
    for (int i = 0; i < snapshot->rule_count; i++)
        if (str_equal(snapshot->rules[i].id, rule_id)
            && snapshot->rules[i].late.promised)
            return &snapshot->rules[i].late;
    return &snapshot->late;
}

/* People are never removed, only deactivated, so what could be published can
 * always be read again. */
bool
route_load(struct work *w, struct workspace_cache *cache)
{
    struct routing_document published;

    if (!routing_published(w, &published))
        return false;
    cache->routing = route_rules_read(
        w, w->arena, published.json, published.version, cache->team,
        cache->queues, cache->queue_count, cache->workspace.default_queue,
        NULL);
    return cache->routing != NULL;
}
