/*
 * route_stage: routing as a stage: asks the pure decision about a stored
 * lead, posts the turn to the ledger and keeps the record.
 */
#include "src/route/route.h"

#include <assert.h>

#include "src/lead/custom.h"
#include "src/route/route_store.h"
#include "src/workspace/cache.h"
#include "src/workspace/territory.h"

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
        .captured_by = lead->captured_by,
        .was_in_sequence = lead->sequence_state == LEAD_WAS_IN_SEQUENCE,
        .random = random_next(w->random) >> 1,
    };
}

static bool
read_results(struct work *w, struct workspace_cache *cache)
{
    struct results *results;

    if (cache->results != NULL)
        return true;
    arena_reset(&cache->results_arena);
    results = ARENA_NEW(&cache->results_arena, struct results);
    if (!result_list(w, &cache->results_arena, results))
        return false;
    cache->results = results;
    return true;
}

bool
route_weigh_results(struct work *w, const struct route_snapshot *snapshot,
                    const struct lead *lead, struct route_question *question)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (!snapshot->weighs_results)
        return true;
    if (cache == NULL || !read_results(w, cache))
        return false;
    question->results = cache->results;
    question->kind = lead_kind(w->arena, lead);
    return true;
}

/* The question is set but for what the workspace knows. */
static bool
ask(struct work *w, struct lead *lead, struct route_answer *answer)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    if (!route_kept_of(w, cache->routing, lead, &answer->question)
        || !route_weigh_results(w, cache->routing, lead, &answer->question))
        return false;
    answer->decision = route_decide(w->arena, &answer->question, cache->routing,
                                    &cache->ledger);
    return true;
}

bool
route_ask(struct work *w, struct lead *lead, const struct id *except,
          int except_count, struct route_answer *answer)
{
    answer->question = question_of(w, lead, except, except_count);
    if (except_count > 0 && lead_has_rep(lead)) /* it is late */
        answer->question.missed_by = lead->owner.id;
    return ask(w, lead, answer);
}

bool
route_ask_anew(struct work *w, struct lead *lead, struct route_answer *answer)
{
    answer->question = question_of(w, lead, NULL, 0);
    answer->question.kept_before = lead->id;
    return ask(w, lead, answer);
}

bool
route_ask_past_offer(struct work *w, struct lead *lead,
                     const struct id *declined, int declined_count,
                     struct route_answer *answer)
{
    answer->question = question_of(w, lead, NULL, 0);
    answer->question.offer_is_over = true;
    answer->question.declined = declined;
    answer->question.declined_count = declined_count;
    return ask(w, lead, answer);
}

bool
route_ask_finally(struct work *w, struct lead *lead,
                  const struct route_late *late, struct route_answer *answer)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    answer->question = question_of(w, lead, NULL, 0);
    if (lead_has_rep(lead))
        answer->question.missed_by = lead->owner.id;
    answer->decision = route_finally(w->arena, &answer->question, late,
                                     cache->routing, &cache->ledger);
    return true;
}

bool
route_ask_stand_in(struct work *w, struct lead *lead,
                   struct route_answer *answer)
{
    struct workspace_cache *cache = workspace_cache(w);
    int owner = cache == NULL ? -1 : team_find(cache->team, lead->owner.id);

    if (cache == NULL)
        return false;
    assert(owner >= 0); /* the caller knows that a person owns it */
    answer->question = question_of(w, lead, NULL, 0);
    answer->decision = route_stand_in(w->arena, &answer->question, owner,
                                      cache->routing, &cache->ledger);
    return true;
}

bool
route_keep(struct work *w, const struct lead *lead, struct route_answer *answer)
{
    struct workspace_cache *cache = workspace_cache(w);
    const struct route_decision *d = &answer->decision;

    if (cache == NULL)
        return false;
    /* Before the turn is posted: the record holds the credits as seen. */
    struct str record =
        route_record(w->arena, d, &answer->question, cache->routing);
    if (d->share_count > 0)
        ledger_post(&cache->ledger, d->shares, d->share_count, d->chosen);
    answer->decision_id = work_id(w);
    return decision_add(w, answer->decision_id, lead->id, d, record);
}

int64_t
route_next_change_ms(const struct route_snapshot *snapshot, int64_t now_ms)
{
    int64_t first = INT64_MAX;

    for (int i = 0; i < snapshot->team->count; i++) {
        const struct person *person = &snapshot->team->people[i];
        if (!person_may_own(person) || person->takes == TAKES_NO)
            continue;
        int64_t edge = hours_next_edge(&person->present, now_ms);
        int64_t midnight = person->day_leads_max < 0
                             ? INT64_MAX
                             : person_next_day_ms(person, now_ms);
        if (edge < first)
            first = edge;
        if (midnight < first)
            first = midnight;
    }
    return first == INT64_MAX ? 0 : first;
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

static const struct json *
territory_place(const struct route_names *names, struct arena *arena,
                struct str name)
{
    const struct territory *territory = territory_find(names->cache, name);

    return territory == NULL
             ? NULL
             : territory_condition(arena, names->cache, territory);
}

struct route_names
route_names_of(const struct workspace_cache *cache)
{
    return (struct route_names){
        .team = cache->team,
        .queues = cache->queues,
        .queue_count = cache->queue_count,
        .default_queue = cache->workspace.default_queue,
        .sequences = cache->sequence_slugs,
        .sequence_count = cache->sequence_count,
        .fields = cache->schema->fields,
        .territory_place = territory_place,
        .cache = cache,
    };
}

bool
route_last_rule(struct work *w, const struct lead *lead, struct str *rule_id)
{
    struct decision_row *rows;
    int count;

    *rule_id = STR_NONE;
    if (!decision_of_lead(w, lead->id, &rows, &count))
        return false;
    if (count > 0)
        *rule_id =
            json_get_text(json_get(rows[count - 1].record, "rule"), "id");
    return true;
}

/* People are never removed, only deactivated, so what could be published can
 * always be read again. */
bool
route_load(struct work *w, struct workspace_cache *cache)
{
    struct routing_document published;

    if (!routing_published(w, &published))
        return false;

    const struct route_names names = route_names_of(cache);
    cache->routing = route_rules_read(w, w->arena, published.json,
                                      published.version, &names, NULL);
    return cache->routing != NULL;
}
