/*
 * lifecycle_merge: two leads become one, and one becomes two again. Part of
 * the lifecycle: what hangs on a lead is known here only.
 */
#include "src/follow_up/sequence.h"
#include "src/follow_up/task.h"
#include "src/lead/custom.h"
#include "src/lead/lead_merge.h"
#include "src/lifecycle_jobs.h"
#include "src/lifecycle_promise.h"
#include "src/match/match.h"
#include "src/notify/notify.h"
#include "src/score/score.h"
#include "src/sla/sla.h"

static bool end(struct work *, struct lead *from, const struct lead *into);
static bool move(struct work *, struct lead *from, const struct lead *into,
                 struct lead_merge *);
static bool learn(struct work *, struct lead *into, const struct lead *from,
                  const bool *take, struct lead_merge *);
static bool move_back(struct work *, const struct lead *,
                      const struct lead_merge *);
static bool forget(struct work *, struct lead *into, const struct lead *from,
                   const struct lead_merge *);
static bool tell(struct work *, const struct lead *, const char *kind,
                 struct id other, struct str replaced);

bool
lifecycle_merge(struct work *w, struct lead *from, struct lead *into,
                const bool take[LEAD_GIVEN_COUNT], struct lead_merge *merge)
{
    *merge = (struct lead_merge){ .id = work_id(w),
                                  .lead = from->id,
                                  .into = into->id,
                                  .merged_ms = w->now_ms,
                                  .before = *into };
    return end(w, from, into) && move(w, from, into, merge)
        && learn(w, into, from, take, merge) && lead_merge_add(w, merge)
        && tell(w, into, "lead.merged", from->id,
                lead_replaced_json(w->arena, &merge->before, into))
        && lead_save(w, from) && lead_save(w, into)
        && lifecycle_drain_now(w); /* its owner has room again */
}

/* Nobody owns it any more, and nothing is promised or planned for it. */
static bool
end(struct work *w, struct lead *from, const struct lead *into)
{
    if (!lead_owner_end(w, from) || !sequence_stop(w, from, "merged"))
        return false;
    from->merged_into = into->id;
    from->response_due_ms = 0;
    return true;
}

static bool
tasks_of(struct work *w, struct id lead, struct lead_moved *moved)
{
    const struct task_query query = { .lead = lead };
    struct task *tasks;
    int count;

    if (!task_select(w, &query, &tasks, &count))
        return false;
    *moved = (struct lead_moved){
        .ids = ARENA_ARRAY(w->arena, struct id, (size_t)count),
        .count = count,
    };
    for (int i = 0; i < count; i++)
        moved->ids[i] = tasks[i].id;
    return true;
}

/* Plans of the program are none of a lead that is closed. */
static bool
move(struct work *w, struct lead *from, const struct lead *into,
     struct lead_merge *merge)
{
    return timeline_move(w, from->id, into->id, &merge->timeline)
        && submission_move(w, from->id, into->id, &merge->submissions)
        && tasks_of(w, from->id, &merge->tasks) && task_move(w, from->id, into)
        && (!lead_is_closed(into) || task_lead_closed(w, into));
}

/* M1, M3: it is found by what it has learned, and by nothing else. */
static bool
remember(struct work *w, const struct lead *before, const struct lead *lead)
{
    const struct lead_facts keys = { .email_key = lead->email_key,
                                     .phone_key = lead->phone_key };
    const struct submission none = { 0 };

    return match_let_go(w, before, lead)
        && match_remember(w, lead, &keys, &none);
}

/* Whoever was answered as the one was answered as the other. */
static void
learn_answer(struct lead *into, const struct lead *from,
             struct lead_merge *merge)
{
    merge->answered =
        into->first_response_ms == 0 && from->first_response_ms > 0;
    if (merge->answered)
        sla_answered(into, from->first_response_ms > into->created_ms
                               ? from->first_response_ms
                               : into->created_ms);
}

static bool
learn(struct work *w, struct lead *into, const struct lead *from,
      const bool *take, struct lead_merge *merge)
{
    const struct lead before = *into;

    lead_merge_fill(w->arena, into, from, take);
    lead_merge_counts(into, from, +1);
    learn_answer(into, from, merge);
    merge->after = *into;
    return custom_refresh(w, into) && remember(w, &before, into)
        && score_lead(w, into);
}

/*
 * Onto the timeline, and to those who listen; `replaced`: what the other's
 * values have taken the place of, or STR_NONE. Those of the other are not
 * repeated: it may be erased when it is a lead of its own again.
 */
static bool
tell(struct work *w, const struct lead *lead, const char *kind, struct id other,
     struct str replaced)
{
    struct str data = arena_format(
        w->arena, "{\"lead\":\"%s\"%s%.*s}", id_show(other).text,
        str_is_empty(replaced) ? "" : ",\"replaced\":", STR_ARG(replaced));
    struct id entry;

    return timeline_add(w, lead->id, kind, data, NULL)
        && timeline_add(w, lead->id, "lead.changed", STR("{\"changes\":[]}"),
                        &entry)
        && notify_lead(w, lead, TOPIC_LEAD_CHANGED, entry);
}

/* ------------------------------------------------------------- two again */

bool
lifecycle_unmerge(struct work *w, struct lead *lead,
                  const struct lead_merge *merge)
{
    struct lead into;

    if (!lead_load(w, merge->into, &into))
        return false;
    lead->merged_into = ID_NONE;
    if (!lead_owner_resume(w, lead) || !promise_without_rule(w, lead)
        || !move_back(w, lead, merge) || !forget(w, &into, lead, merge)
        || !lead_merge_undone(w, merge) || !score_lead(w, lead)
        || !tell(w, lead, "lead.unmerged", into.id, STR_NONE)
        || !tell(w, &into, "lead.unmerged", lead->id, STR_NONE)
        || !lead_save(w, &into))
        return false;
    if (!lead_is_closed(lead) && owner_has_left(w, lead))
        return lifecycle_hand_on(w, lead);
    return lead_save(w, lead)
        && (lead_has_rep(lead) || lifecycle_drain_soon(w));
}

/* What hung on it before; what has come since stays where it came. */
static bool
move_back(struct work *w, const struct lead *lead,
          const struct lead_merge *merge)
{
    if (!timeline_move_back(w, &merge->timeline, lead->id)
        || !submission_move_back(w, &merge->submissions, lead->id))
        return false;
    for (int i = 0; i < merge->tasks.count; i++) {
        struct task task;
        if (!task_load(w, merge->tasks.ids[i], &task))
            return false;
        if (!id_equal(task.lead, merge->into))
            continue;
        task.lead = lead->id;
        task_follow(&task, lead);
        if (!task_save(w, &task))
            return false;
    }
    return true;
}

static bool
forget(struct work *w, struct lead *into, const struct lead *from,
       const struct lead_merge *merge)
{
    const struct lead before = *into;

    lead_merge_restore(w->arena, into, merge);
    lead_merge_counts(into, from, -1);
    if (merge->answered) {
        into->first_response_ms = 0;
        if (!promise_without_rule(w, into))
            return false;
    }
    return custom_refresh(w, into) && remember(w, &before, into)
        && score_lead(w, into);
}
