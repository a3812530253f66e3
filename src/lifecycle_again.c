/*
 * lifecycle_again: what brings a lead back to routing. Its promise was missed,
 * somebody has freed up, an offer is over or taken, its owner has left. Part of
 * the lifecycle: each ends in one of its steps.
 */
#include "src/lifecycle_mail.h"
#include "src/lifecycle_steps.h"
#include "src/sla/sla.h"
#include "src/workspace/cache.h"

/* ---------------------------------------------------------------- late */

/* The next one after those who had it; false in `*found`: nobody, of which the
 * record says why the first time. */
static bool
to_the_next(struct work *w, struct lead *lead, const struct owners_so_far *had,
            bool first, bool *found)
{
    struct route_answer answer;

    if (!route_ask(w, lead, had->people, had->count, &answer))
        return false;
    *found = answer.decision.owner.kind == OWNER_REP;
    if (!*found && (!first || answer.decision.able_count > 0))
        return true; /* known already, or it would be offered to somebody */
    if (!*found) {
        answer.decision.owner = lead->owner;
        answer.decision.code = "nobody_else";
        return route_keep(w, lead, &answer);
    }
    return route_keep(w, lead, &answer)
        && lifecycle_hand_over(w, lead, "late", &answer);
}

/* Who has it already keeps it, and no clock begins again. */
static bool
to_the_last_resort(struct work *w, struct lead *lead,
                   const struct route_late *late)
{
    struct route_answer answer;

    if (!route_ask_finally(w, lead, late, &answer))
        return false;
    return owner_equal(answer.decision.owner, lead->owner)
        || (route_keep(w, lead, &answer)
            && lifecycle_hand_over(w, lead, "late", &answer));
}

enum { LOOK_AGAIN_MS_MAX = 3600000 };

/*
 * Nobody else could take it: he is asked for again when somebody's hours begin
 * or a leave ends, and after as much time again as it has been late, because
 * whoever gets room or comes back says so to nobody. An hour at the longest,
 * or the time of the promise.
 */
static bool
wait_for_the_next(struct work *w, const struct lead *lead,
                  const struct route_late *policy, struct str rule)
{
    struct workspace_cache *cache = workspace_cache(w);
    int64_t wait_ms = w->now_ms - lead->response_due_ms;

    if (cache == NULL)
        return false;
    if (wait_ms > LOOK_AGAIN_MS_MAX)
        wait_ms = LOOK_AGAIN_MS_MAX;
    if (wait_ms < policy->after_ms)
        wait_ms = policy->after_ms;
    int64_t change_ms = route_next_change_ms(cache->routing, w->now_ms);
    bool comes_first = change_ms != 0 && change_ms < w->now_ms + wait_ms;
    return sla_look_again(w, lead, &lifecycle_late_job, rule,
                          comes_first ? change_ms : w->now_ms + wait_ms);
}

/* What a missed promise leads to: the next person, so often as there is one
 * and the rules say; then the last resort; else the owner keeps it, and
 * everybody sees that it is late. While it is pinned it stays: what follows is
 * put off to the end of the pin. */
static bool
act_on_late(struct work *w, struct lead *lead, const struct route_late *policy,
            const struct sla_late *late)
{
    struct owners_so_far had;
    bool found = false;

    if (!policy->then_next)
        return true;
    if (lead_is_pinned(lead, w->now_ms))
        return sla_look_again(w, lead, &lifecycle_late_job, late->rule,
                              lead->pinned_until_ms);
    if (!owners_so_far(w, lead, &had))
        return false;

    bool next = had.late < policy->times;
    if (next && !to_the_next(w, lead, &had, !late->noted, &found))
        return false;
    if (found)
        return true;
    if (policy->finally.kind != TARGET_NONE)
        return to_the_last_resort(w, lead, policy);
    return !next || wait_for_the_next(w, lead, policy, late->rule);
}

/* Those whom the rules name. */
static bool
tell_people(struct work *w, const struct lead *lead,
            const struct route_late *policy)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    for (int i = 0; i < policy->tell_count; i++) {
        struct id person = cache->team->people[policy->tell[i]].id;
        if (!owner_equal(lead->owner, owner_rep(person))
            && !mail_person(w, lead, person, MAIL_LATE))
            return false;
    }
    return true;
}

/* Once for each promise. */
static bool
note_late(struct work *w, struct lead *lead, const struct route_late *policy)
{
    lead->late_count++;
    return lifecycle_tell(w, lead, TOPIC_LEAD_LATE, late_json(w, lead))
        && tell_people(w, lead, policy);
}

/* The job of a missed promise. C1: if anything has happened since, it is
 * none. */
bool
lifecycle_late(struct work *w, const struct job *job)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct sla_late late;
    struct lead lead;

    if (cache == NULL || !sla_read(w, job, &late)
        || !lead_load(w, late.lead, &lead))
        return false;
    if (!sla_is_missed(&lead, &late, w->now_ms))
        return true;

    const struct route_late *policy = route_late_of(cache->routing, late.rule);
    const struct owner owner = lead.owner;
    return (late.noted || note_late(w, &lead, policy))
        && act_on_late(w, &lead, policy, &late)
        && (late.noted || !owner_equal(lead.owner, owner)
            || mail_owner(w, &lead, MAIL_LATE))
        && lead_save(w, &lead);
}

/* The job of the reminder before it. C6: once, and not too late. */
bool
lifecycle_due_soon(struct work *w, const struct job *job)
{
    struct sla_late soon;
    struct lead lead;

    if (!sla_read(w, job, &soon) || !lead_load(w, soon.lead, &lead))
        return false;
    if (!sla_is_due_soon(&lead, &soon, w->now_ms))
        return true;

    lead.reminded_ms = w->now_ms;
    return lifecycle_tell(w, &lead, TOPIC_LEAD_DUE_SOON, due_json(w, &lead))
        && mail_owner(w, &lead, MAIL_DUE_SOON) && lead_save(w, &lead);
}

/* -------------------------------------------------------------- waiting */

/* S3: no rule that came later takes a lead out of a sequence. */
static bool
stays_in_sequence(const struct lead *lead, const struct route_answer *answer)
{
    return lead->sequence_state == LEAD_IN_SEQUENCE
        && str_is_empty(answer->decision.target.sequence);
}

/*
 * What is offered already stays so until the offer is over, and is offered to
 * those, too, who have become able; then it is given in turn. `*stays`: the
 * answer is what is.
 */
static bool
ask_beside_offer(struct work *w, struct lead *lead, struct route_answer *answer,
                 bool *stays)
{
    struct offer offer;
    bool found;

    *stays = owner_equal(answer->decision.owner, lead->owner);
    if (answer->decision.offered_count == 0)
        return true;
    if (!offer_find(w, lead->id, &offer, &found))
        return false;
    found = found && offer_stands(&offer, lead);
    *stays = found && w->now_ms < offer.until_ms;
    if (!found)
        return true;
    if (*stays)
        return offer_extend(w, &offer, answer);
    if (!offer_end(w, &offer)
        || !route_ask_past_offer(w, lead, offer.declined, offer.declined_count,
                                 answer))
        return false;
    *stays = owner_equal(answer->decision.owner, lead->owner);
    return true;
}

/* Q1: a waiting lead is asked for again, oldest first. The same answer leaves
 * no trace. What was closed while it waited is nobody's to take. */
bool
lifecycle_ask_again(struct work *w, struct id id)
{
    struct route_answer answer;
    struct lead lead;
    bool stays;

    if (!lead_load(w, id, &lead))
        return false;
    if (lead_is_closed(&lead) || lead_is_pinned(&lead, w->now_ms))
        return true;
    if (!route_ask(w, &lead, NULL, 0, &answer))
        return false;
    if (stays_in_sequence(&lead, &answer))
        return true;
    lead.told_together = true;
    if (!ask_beside_offer(w, &lead, &answer, &stays))
        return false;
    return stays
        || (route_keep(w, &lead, &answer)
            && lifecycle_hand_over(w, &lead, "freed", &answer)
            && lead_save(w, &lead));
}

/* The job of an offer: whatever has happened to the lead since, it is none. */
bool
lifecycle_offer_over(struct work *w, const struct job *job)
{
    struct offer offer;
    struct lead lead;
    bool found;

    if (!offer_find(w, job->lead, &offer, &found)
        || !lead_load(w, job->lead, &lead))
        return false;
    return !found || !offer_stands(&offer, &lead) || w->now_ms < offer.until_ms
        || (offer_end(w, &offer) && lifecycle_ask_again(w, lead.id));
}

bool
lifecycle_accept(struct work *w, struct lead *lead, const struct offer *offer,
                 int person)
{
    struct route_answer answer;

    return offer_accepted(w, lead, offer, person, &answer)
        && route_keep(w, lead, &answer)
        && lifecycle_hand_over(w, lead, "accepted", &answer)
        && lead_save(w, lead);
}

/* Nobody is left who might accept: it is given in turn to another at once, or
 * waits for one, and the record says who would not take it. */
static bool
all_declined(struct work *w, struct lead *lead, const struct offer *offer)
{
    struct route_answer answer;

    if (!route_ask_past_offer(w, lead, offer->declined, offer->declined_count,
                              &answer)
        || !route_keep(w, lead, &answer))
        return false;
    return owner_equal(answer.decision.owner, lead->owner)
        || (lifecycle_hand_over(w, lead, "declined", &answer)
            && lead_save(w, lead));
}

bool
lifecycle_decline(struct work *w, struct lead *lead, struct offer *offer,
                  int person)
{
    return offer_decline(w, offer, person)
        && (offer->count > 0 || all_declined(w, lead, offer));
}

/* The lead of somebody who left. */
bool
lifecycle_hand_on(struct work *w, struct lead *lead)
{
    struct route_answer answer;

    lead->told_together = true;
    return lifecycle_assign(w, lead, "left", &answer) && lead_save(w, lead);
}
