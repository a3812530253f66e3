/*
 * lifecycle_promise: what a rule promises becomes the clock of a lead, and the
 * jobs that come back when it runs out (lifecycle_again.c).
 */
#include "src/lifecycle_promise.h"

#include "src/lifecycle_jobs.h"
#include "src/sla/sla.h"
#include "src/workspace/cache.h"

static const struct sla_jobs clock_jobs = { .due_soon = &lifecycle_due_soon_job,
                                            .late = &lifecycle_late_job };

bool
promise_answer(struct work *w, struct lead *lead, const struct route_late *late,
               struct str rule)
{
    const struct sla_promise promise = {
        .after_ms = late->promised ? late->after_ms : 0,
        .remind_before_ms = late->remind_before_ms,
        .working_time = late->working_time,
        .rule = rule,
    };

    return sla_start(w, lead, &promise, &clock_jobs);
}

bool
promise_again(struct work *w, struct lead *lead)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct str rule;

    return cache != NULL && route_last_rule(w, lead, &rule)
        && promise_answer(w, lead, route_late_of(cache->routing, rule), rule);
}

bool
promise_without_rule(struct work *w, struct lead *lead)
{
    struct workspace_cache *cache = workspace_cache(w);

    return cache != NULL
        && promise_answer(w, lead, &cache->routing->late, STR_NONE);
}
