/*
 * lifecycle: what happens to a lead, in order.
 *
 *     submission -> standardise -> match -> score -> route -> own -> notify
 *                                                      ^        |
 *                                                      |      watch
 *                                            late, freed, left <-'
 *
 * What is planned for it meanwhile (tasks, a sequence) goes along with its
 * owner, and ends when it is answered or closed.
 *
 * Each step is a stage in a folder of its own; this file decides what
 * follows what. Every function here is part of one unit of work, so all of
 * it happens or nothing. The way back to route (late, freed, left) is told
 * in lifecycle_again.c, what people do to a lead in lifecycle_changes.c.
 */
#include "src/lifecycle.h"

#include <string.h>

#include "src/follow_up/sequence.h"
#include "src/follow_up/task.h"
#include "src/lead/assignment.h"
#include "src/lifecycle_answer.h"
#include "src/lifecycle_facts.h"
#include "src/lifecycle_mail.h"
#include "src/lifecycle_promise.h"
#include "src/lifecycle_steps.h"
#include "src/match/match.h"
#include "src/score/score.h"
#include "src/sla/sla.h"
#include "src/workspace/cache.h"

static bool take(struct work *, const struct submission *, struct lead_facts *,
                 struct intake *);
static bool join(struct work *, const struct submission *, struct lead_facts *,
                 struct intake *);
static bool came_back(struct work *, struct lead *, struct route_answer *);
static bool hold(struct work *, struct lead *, const char *reason);
static bool own(struct work *, struct lead *, struct owner,
                const struct handover *, struct id *entry);
static bool mail_changed(struct work *, const struct lead *,
                         struct owner before, const struct handover *);
static const struct sequence *
sequence_to_begin(struct work *, const struct lead *, struct str slug);

/* ----------------------------------------------------------- coming in */

bool
lifecycle_intake(struct work *w, const struct submission *submission,
                 struct lead_facts *facts, struct intake *intake)
{
    if (!lifecycle_standardise(w, submission, facts))
        return false;

    switch (match_find(w, facts, submission, &intake->lead)) {
    case MATCH_FAILED:
        return false;
    case MATCH_NONE:
        return take(w, submission, facts, intake);
    case MATCH_PERSON:
    case MATCH_DELIVERY:
        return join(w, submission, facts, intake);
    case MATCH_REPEAT: /* it is all there already */
        intake->matched = intake->repeated = true;
        return true;
    }
    return false;
}

static bool
take(struct work *w, const struct submission *submission,
     struct lead_facts *facts, struct intake *intake)
{
    struct lead *lead = &intake->lead;

    lead_init(w, lead);
    lead->captured_by = submission->captured_by;
    lifecycle_learn(w, submission, NULL, lead, facts);
    return submission_add(w, submission, lead->id, SUBMISSION_TAKEN)
        && match_remember(w, lead, facts, submission)
        && match_account(w, lead, &facts->company) && score_lead(w, lead)
        && lifecycle_tell(w, lead, TOPIC_LEAD_CREATED,
                          notes_json(w, submission, facts))
        && (submission->hold != NULL
                ? hold(w, lead, submission->hold)
                : lifecycle_assign(w, lead, "routed", &intake->why))
        && answer_first(w, submission, lead) && lead_save(w, lead);
}

/* Not routed: it waits in the default queue until a person gives it away.
 * Pinned, or the next time that queue drains would route it. */
static bool
hold(struct work *w, struct lead *lead, const char *reason)
{
    struct workspace_cache *cache = workspace_cache(w);
    const struct handover why = { .reason = reason,
                                  .pin_until_ms = LIFECYCLE_END_OF_TIME_MS,
                                  .held = true };
    struct id entry;

    return cache != NULL
        && lead_owner_set(w, lead, owner_queue(cache->workspace.default_queue),
                          &why, &entry);
}

/* Somebody we know: nothing is overwritten, what is new is added, and the
 * owner hears of it. */
static bool
join(struct work *w, const struct submission *submission,
     struct lead_facts *facts, struct intake *intake)
{
    struct lead *lead = &intake->lead;
    const struct lead before = *lead;
    bool wrote = submission->manner != SENT_IN_LIST;

    intake->matched = true;
    lifecycle_learn(w, submission, &before, lead, facts);
    facts->learned = lead_learned_json(w->arena, &before, lead);
    lead_note_return(lead, w->now_ms);
    if ((wrote && !sequence_stop(w, lead, "answered"))
        || !submission_add(w, submission, lead->id, SUBMISSION_JOINED)
        || !match_remember(w, lead, facts, submission)
        || (id_is_none(lead->account)
            && !match_account(w, lead, &facts->company))
        || !score_lead(w, lead)
        || !lifecycle_tell(w, lead, TOPIC_LEAD_RETURNED,
                           notes_json(w, submission, facts)))
        return false;

    bool waits = wrote && sla_asked_again(lead, w->now_ms);
    if (submission->hold != NULL || lead->sequence_state == LEAD_IN_SEQUENCE
        || owner_can_stay(w, lead))
        return (!waits || promise_again(w, lead))
            && (!wrote || mail_owner(w, lead, MAIL_RETURNED))
            && lead_save(w, lead);
    return came_back(w, lead, &intake->why) && lead_save(w, lead);
}

/* Of an owner on leave: to whoever stands in, if he can; else by the rules. */
static bool
came_back(struct work *w, struct lead *lead, struct route_answer *answer)
{
    if (!owner_is_stood_in_for(w, lead))
        return lifecycle_assign(w, lead, "came_back", answer);
    if (!route_ask_stand_in(w, lead, answer))
        return false;
    if (answer->decision.owner.kind != OWNER_REP)
        return lifecycle_assign(w, lead, "came_back", answer);
    return route_keep(w, lead, answer)
        && lifecycle_hand_over(w, lead, "came_back", answer);
}

/* -------------------------------------------------------- finding owners */

bool
lifecycle_assign(struct work *w, struct lead *lead, const char *reason,
                 struct route_answer *answer)
{
    return route_ask(w, lead, NULL, 0, answer) && route_keep(w, lead, answer)
        && lifecycle_hand_over(w, lead, reason, answer);
}

/*
 * The last resort of a missed promise may be a queue. There it waits for a
 * person: else the next time the queue drains, it would be given back to whom
 * it was taken from.
 */
static int64_t
pin_of_last_resort(const char *reason, const struct route_decision *d)
{
    return strcmp(reason, "late") == 0 && d->owner.kind == OWNER_QUEUE
             ? LIFECYCLE_END_OF_TIME_MS
             : 0;
}

bool
lifecycle_hand_over(struct work *w, struct lead *lead, const char *reason,
                    const struct route_answer *answer)
{
    return lifecycle_hand_over_as(
        w, lead, &(struct handover){ .reason = reason }, answer);
}

/* What follows every decision of routing, whatever asked for it. */
bool
lifecycle_hand_over_as(struct work *w, struct lead *lead,
                       const struct handover *as,
                       const struct route_answer *answer)
{
    const struct route_decision *d = &answer->decision;
    const struct sequence *begins =
        sequence_to_begin(w, lead, d->target.sequence);
    struct str rule = d->rule == NULL ? STR_NONE : d->rule->id;
    struct handover why = *as;
    bool frees = lead->owner_version > 0 && lead_has_rep(lead)
              && !owner_equal(lead->owner, d->owner);
    struct owner before = lead->owner;
    struct id entry;

    why.decision = answer->decision_id;
    why.rule = rule;
    why.pin_until_ms = pin_of_last_resort(as->reason, d);
    why.held = begins != NULL && d->target.kind == TARGET_QUEUE;
    return own(w, lead, d->owner, &why, &entry)
        && (begins == NULL
            || sequence_begin(w, lead, begins, &lifecycle_step_job))
        && promise_answer(w, lead, d->late, rule)
        && (d->offered_count == 0
            || offer_make(w, lead, answer, &lifecycle_offer_job))
        && notify_owner_changed(w, lead, before, entry)
        && mail_changed(w, lead, before, &why)
        && (!frees || lifecycle_drain_soon(w))
        && (d->owner.kind == OWNER_REP || lifecycle_drain_later(w));
}

/* Whoever loses many leads by a revert hears of all at its end. */
static bool
mail_changed(struct work *w, const struct lead *lead, struct owner before,
             const struct handover *why)
{
    return id_is_none(why->revert)
             ? mail_owner_changed(w, lead, before, why->decision)
             : mail_new_owner(w, lead, before, why->decision);
}

/* What is planned for a lead goes along with it; a new one has no plans. */
static bool
own(struct work *w, struct lead *lead, struct owner to,
    const struct handover *why, struct id *entry)
{
    bool is_new = lead->owner_version == 0;

    return lead_owner_set(w, lead, to, why, entry)
        && (is_new || id_is_none(*entry) || task_owner_changed(w, lead));
}

/* What a rule sends into a sequence goes through it once, while it is open;
 * NULL: into none. */
static const struct sequence *
sequence_to_begin(struct work *w, const struct lead *lead, struct str slug)
{
    const struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL || str_is_empty(slug)
        || lead->sequence_state != LEAD_IN_NO_SEQUENCE || lead_is_closed(lead))
        return NULL;
    const struct sequence *sequence = sequence_find(cache, slug);
    return sequence != NULL && sequence->active ? sequence : NULL;
}

bool
lifecycle_move(struct work *w, struct lead *lead, struct owner to,
               const struct handover *why, struct str rule)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct owner before = lead->owner;
    struct id entry;

    return cache != NULL && own(w, lead, to, why, &entry)
        && promise_answer(w, lead, route_late_of(cache->routing, rule), rule)
        && notify_owner_changed(w, lead, before, entry)
        && mail_changed(w, lead, before, why);
}

/* Onto the timeline, and to those who listen. */
bool
lifecycle_tell(struct work *w, const struct lead *lead, enum notify_topic topic,
               struct str data)
{
    struct id entry;

    return timeline_add(w, lead->id, notify_topics[topic], data, &entry)
        && notify_lead(w, lead, topic, entry);
}
