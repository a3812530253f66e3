/*
 * lifecycle_facts: what of a submission becomes a lead's. Which lead that is,
 * and what follows, lifecycle.c decides.
 */
#include "src/lifecycle_facts.h"

#include "src/lead/choice.h"
#include "src/lead/custom.h"
#include "src/match/match.h"
#include "src/standardise/convention.h"
#include "src/standardise/standardise.h"
#include "src/workspace/cache.h"

bool
lifecycle_standardise(struct work *w, const struct submission *submission,
                      struct lead_facts *facts)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    standardise_phone(w->arena, facts,
                      workspace_phone_country(cache, submission->source));
    return custom_read(w, cache->schema, facts->custom, false, STR_NONE,
                       &facts->custom, &facts->notes)
        && choices_read(w, cache->schema, facts, false, STR_NONE);
}

/* The fields of the workspace's own are learned as any other. */
static void
fill(struct work *w, struct lead *lead, const struct lead_facts *facts)
{
    match_fill(w->arena, lead, facts);
    custom_fill(w->arena, workspace_cache(w)->schema, lead, facts->custom);
}

/* The workspace's conventions, of what has just been learned; NULL: all was. */
static void
settle(struct work *w, const struct lead *before, struct lead *lead,
       struct lead_facts *facts)
{
    const struct workspace_cache *cache = workspace_cache(w);

    if (cache->conventions != NULL)
        conventions_apply(w->arena, cache->conventions, cache->schema,
                          w->now_ms, before, lead, facts);
}

/* N12: what it does not say of its money. */
static void
assume(struct work *w, const struct lead *before, struct lead *lead,
       struct lead_facts *facts)
{
    bool knew = before != NULL && before->facts[LEAD_CURRENCY].known;
    bool set = standardise_currency(w->arena, lead->facts,
                                    workspace_cache(w)->workspace.currency);

    facts->currency_usual = set || (facts->currency_usual && !knew);
}

/* Whoever gets what came with many others hears of all in one mail. */
static void
tell_as_it_came(struct lead *lead, const struct submission *submission)
{
    lead->told_together = submission->manner != SENT_ALONE;
    lead->told_with = submission->source;
}

void
lifecycle_learn(struct work *w, const struct submission *submission,
                const struct lead *before, struct lead *lead,
                struct lead_facts *facts)
{
    tell_as_it_came(lead, submission);
    fill(w, lead, facts);
    if (before == NULL && !lead->facts[LEAD_SOURCE].known)
        lead_set_text(lead, w->arena, LEAD_SOURCE, submission->source_name);
    settle(w, before, lead, facts);
    assume(w, before, lead, facts);
}
