/*
 * lifecycle_changes: what people and programs do to a lead that is there: they
 * give it away, talk with it, change it, let it in or take it out again. Each
 * ends with what follows for its score, its promise, its plans and for those
 * who wait.
 */
#include "src/follow_up/sequence.h"
#include "src/follow_up/task.h"
#include "src/lead/assignment.h"
#include "src/lead/stage.h"
#include "src/lifecycle.h"
#include "src/lifecycle_jobs.h"
#include "src/lifecycle_promise.h"
#include "src/lifecycle_steps.h"
#include "src/match/match.h"
#include "src/score/score.h"
#include "src/sla/sla.h"
#include "src/workspace/cache.h"

static bool stay_by_hand(struct work *, struct lead *, const struct handover *);
static bool note_change(struct work *, struct lead *, const struct id *entry,
                        struct str what);

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
lifecycle_give(struct work *w, struct lead *lead, struct owner to,
               const struct lifecycle_pin *pin, struct str note)
{
    int64_t pin_until_ms = pin->until_ms;
    struct str rule;

    if (!end_of_pin(w, to, &pin_until_ms))
        return false;

    const struct handover why = { .reason = "by_hand",
                                  .pin_until_ms = pin_until_ms,
                                  .unpins = pin->ends && pin_until_ms == 0,
                                  .note = note };
    if (owner_equal(lead->owner, to))
        return stay_by_hand(w, lead, &why);
    return route_last_rule(w, lead, &rule)
        && lifecycle_move(w, lead, to, &why, rule) && lead_save(w, lead)
        && lifecycle_drain_now(w); /* the owner before has room again */
}

/* Given to whoever has it: that changes the pin, and has a reason, but what
 * was promised stays promised. */
static bool
stay_by_hand(struct work *w, struct lead *lead, const struct handover *why)
{
    struct id entry;

    if (why->pin_until_ms == 0 && !why->unpins && str_is_empty(why->note))
        return true; /* nothing is said that was not so */
    return lead_owner_stays(w, lead, why, &entry)
        && note_change(w, lead, &entry, STR_NONE);
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

/* What waits for somebody is asked about again, as it is now. */
static bool
ask_as_it_is(struct work *w, struct lead *lead)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    if (!owner_equal(lead->owner, owner_queue(cache->workspace.default_queue)))
        return true;
    return lifecycle_ask_again(w, lead->id) && lead_load(w, lead->id, lead);
}

bool
lifecycle_changed(struct work *w, struct lead *lead, struct str what)
{
    return note_change(w, lead, NULL, what) && ask_as_it_is(w, lead);
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
