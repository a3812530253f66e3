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
 * in lifecycle_again.c.
 */
#include "src/lifecycle.h"

#include <string.h>

#include "src/follow_up/sequence.h"
#include "src/follow_up/task.h"
#include "src/lead/assignment.h"
#include "src/lead/choice.h"
#include "src/lead/custom.h"
#include "src/lead/stage.h"
#include "src/lifecycle_answer.h"
#include "src/lifecycle_mail.h"
#include "src/lifecycle_steps.h"
#include "src/match/match.h"
#include "src/score/score.h"
#include "src/sla/sla.h"
#include "src/standardise/convention.h"
#include "src/standardise/standardise.h"
#include "src/workspace/cache.h"

static const struct sla_jobs clock_jobs = { .due_soon = &lifecycle_due_soon_job,
                                            .late = &lifecycle_late_job };

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
static bool promise_answer(struct work *, struct lead *,
                           const struct route_late *, struct str rule);
static bool promise_again(struct work *, struct lead *);
static bool stay_by_hand(struct work *, struct lead *, const struct handover *);
static bool note_change(struct work *, struct lead *, const struct id *entry,
                        struct str what);

/* ----------------------------------------------------------- coming in */

bool
lifecycle_intake(struct work *w, const struct submission *submission,
                 struct lead_facts *facts, struct intake *intake)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    standardise_phone(w->arena, facts,
                      workspace_phone_country(cache, submission->source));
    if (!custom_read(w, cache->schema, facts->custom, false, STR_NONE,
                     &facts->custom, &facts->notes)
        || !choices_read(w, cache->schema, facts, false, STR_NONE))
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

/* The fields of the workspace's own are learned as any other. */
static void
learn(struct work *w, struct lead *lead, const struct lead_facts *facts)
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

static bool
take(struct work *w, const struct submission *submission,
     struct lead_facts *facts, struct intake *intake)
{
    struct lead *lead = &intake->lead;

    lead_init(w, lead);
    tell_as_it_came(lead, submission);
    lead->captured_by = submission->captured_by;
    learn(w, lead, facts);
    if (!lead->facts[LEAD_SOURCE].known)
        lead_set_text(lead, w->arena, LEAD_SOURCE, submission->source_name);
    settle(w, NULL, lead, facts);
    assume(w, NULL, lead, facts);
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
    tell_as_it_came(lead, submission);
    learn(w, lead, facts);
    settle(w, &before, lead, facts);
    assume(w, &before, lead, facts);
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

/* What waited is let into the stages behind; whoever has it keeps it. */
bool
lifecycle_release(struct work *w, struct lead *lead)
{
    struct route_answer answer;

    lead->told_together = true;
    return lead_has_rep(lead)
        || (lifecycle_assign(w, lead, "released", &answer)
            && lead_save(w, lead));
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

static bool
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

/* As the rule said that gave it to its owner. */
static bool
promise_again(struct work *w, struct lead *lead)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct str rule;

    return cache != NULL && route_last_rule(w, lead, &rule)
        && promise_answer(w, lead, route_late_of(cache->routing, rule), rule);
}

bool
lifecycle_promise(struct work *w, struct lead *lead)
{
    struct workspace_cache *cache = workspace_cache(w);

    return cache != NULL
        && promise_answer(w, lead, &cache->routing->late, STR_NONE);
}

/* What a person has put into a queue waits for a person, or until its pin
 * ends: else the next time the queue drains would undo it. */
static bool
end_of_pin(struct work *w, struct owner to, int64_t *pin_until_ms)
{
    if (to.kind != OWNER_QUEUE)
        return true;
    if (*pin_until_ms > 0)
        return lifecycle_drain_at(w, *pin_until_ms);
    *pin_until_ms = LIFECYCLE_END_OF_TIME_MS;
    return true;
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
        && mail_changed(w, lead, before, why) && lifecycle_drain_soon(w);
}

bool
lifecycle_give(struct work *w, struct lead *lead, struct owner to,
               int64_t pin_until_ms, struct str note)
{
    struct id entry;

    if (!end_of_pin(w, to, &pin_until_ms))
        return false;

    const struct handover why = { .reason = "by_hand",
                                  .pin_until_ms = pin_until_ms,
                                  .note = note };
    struct owner before = lead->owner;
    if (owner_equal(before, to))
        return stay_by_hand(w, lead, &why);
    return own(w, lead, to, &why, &entry) && promise_again(w, lead)
        && notify_owner_changed(w, lead, before, entry)
        && mail_owner_changed(w, lead, before, ID_NONE) && lead_save(w, lead)
        && lifecycle_drain_now(w); /* the owner before has room again */
}

/* ------------------------------------------------------------- following */

bool
lifecycle_touch(struct work *w, struct lead *lead, const struct touch *touch)
{
    struct id entry;

    if (touch->kind->answers)
        sla_answered(lead, touch->at_ms);
    lead_note_touch(lead, w->arena, str_of(touch->kind->name), touch->at_ms);
    if (touch->kind->answers && !sequence_stop(w, lead, "touched"))
        return false;
    return timeline_add(w, lead->id, "touch", touch_json(w, touch), &entry)
        && note_change(w, lead, &entry, STR_NONE);
}

/* Given to whoever has it: that changes the pin, and has a reason, but what
 * was promised stays promised. */
static bool
stay_by_hand(struct work *w, struct lead *lead, const struct handover *why)
{
    struct id entry;

    return lead_owner_stays(w, lead, why, &entry)
        && note_change(w, lead, &entry, STR_NONE);
}

/* Nothing is promised or planned by the program for a lead that is closed. */
static bool
end_plans(struct work *w, struct lead *lead)
{
    lead->response_due_ms = lead->asked_again_ms = 0;
    return task_lead_closed(w, lead) && sequence_stop(w, lead, "closed");
}

/* Its stage was one of the closed ones when it was read, and is none now. */
static bool
is_opened_again(struct work *w, const struct lead *lead)
{
    const struct lead_stage *before =
        lead_stage_of(w, str_of(lead->stored.stage));

    return before != NULL && before->meaning != LEAD_OPEN
        && !lead_is_closed(lead);
}

/* What a touch says is on the timeline as a touch: `entry` is that one, and is
 * told of as any change. NULL: `what` is written as one. */
static bool
note_change(struct work *w, struct lead *lead, const struct id *entry,
            struct str what)
{
    bool closed = lead_is_closed(lead);
    bool opened = is_opened_again(w, lead);

    if (closed && !end_plans(w, lead))
        return false;
    if (!score_lead(w, lead)
        || !(entry == NULL ? lifecycle_tell(w, lead, TOPIC_LEAD_CHANGED, what)
                           : notify_lead(w, lead, TOPIC_LEAD_CHANGED, *entry)))
        return false;
    /* What was closed stayed with whoever left; opened again it cannot. */
    if (!closed && owner_has_left(w, lead))
        return lifecycle_hand_on(w, lead);
    if (opened && (!promise_again(w, lead) || !lifecycle_drain_soon(w)))
        return false;
    return lead_save(w, lead) && (!closed || lifecycle_drain_now(w));
}

bool
lifecycle_changed(struct work *w, struct lead *lead, struct str what)
{
    return note_change(w, lead, NULL, what);
}

bool
lifecycle_withdraw(struct work *w, struct lead *lead, struct str change)
{
    struct workspace_cache *cache = workspace_cache(w);
    const struct lead_stage *closed;

    if (cache == NULL)
        return false;
    closed = lead_stage_meaning(cache->stages, LEAD_INACTIVE);
    return submission_forget_deliveries(w, lead->id) && match_release(w, lead)
        && lead_stage_set(w, lead, closed)
        && lifecycle_changed(w, lead, change);
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
