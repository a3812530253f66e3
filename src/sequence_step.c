/*
 * sequence_step: what a step of a sequence does to its lead: a message to it,
 * a task for its owner, a change. Above the stages, because a change is
 * scored and told, and a lead whose sequence is over is asked for again.
 */
#include "src/follow_up/sequence.h"
#include "src/lead/stage.h"
#include "src/lifecycle_jobs.h"
#include "src/sequence_message.h"

/* One step while it is taken. */
struct taking {
    struct work *w;
    const struct sequence *sequence;
    const struct sequence_step *step;
    struct sequence_run *run;
    struct lead *lead;
};

static struct str
where_json(const struct taking *t)
{
    return arena_format(t->w->arena, "{\"run\":\"%s\",\"step\":%ld}",
                        id_show(t->run->id).text, (long)t->run->step);
}

/* Onto the timeline, with what was left out and why, if so. */
static bool
note(const struct taking *t, const char *left_out)
{
    struct text text = text_new(t->w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_id(&out, "sequence", t->sequence->id);
    json_put_text(&out, "name", t->sequence->name);
    json_put_id(&out, "run", t->run->id);
    json_put_int(&out, "step", t->run->step);
    json_put_cstr(&out, "kind", step_kinds[t->step->kind]);
    if (left_out != NULL)
        json_put_cstr(&out, "left_out", left_out);
    json_close_object(&out);
    return timeline_add(t->w, t->lead->id, "sequence.step", text_str(&text),
                        NULL);
}

/* --------------------------------------------------------------- message */

static bool
take_message(const struct taking *t)
{
    const char *left_out;

    if (!sequence_message_left_out(t->w, t->step, t->lead, &left_out))
        return false;
    if (left_out != NULL)
        return note(t, left_out);
    return job_add(t->w, &(struct job_new){ .kind = &sequence_mail_job,
                                            .lead = t->lead->id,
                                            .channel = "sequence",
                                            .payload = where_json(t) })
        && note(t, NULL);
}

/* ------------------------------------------------------------------ task */

static bool
take_task(const struct taking *t)
{
    const struct workspace_cache *cache = workspace_cache(t->w);
    struct task task = {
        .id = work_id(t->w),
        .lead = t->lead->id,
        .automatic = true,
        .kind = t->step->task_kind,
        .title = t->step->title,
        .note = t->step->note,
        .due_ms = t->w->now_ms + t->step->due_minutes * 60000,
        .remind_before_minutes = 0,
    };

    if (cache == NULL)
        return false;
    task_follow(&task, t->lead);
    task.zone = str_of(zone_name(task_zone_of(cache, task.assignee)));
    return note(t, NULL) && task_keep(t->w, &task, "task.created");
}

/* ---------------------------------------------------------------- change */

static void
change_tags(const struct taking *t, struct json_out *out)
{
    struct arena *arena = t->w->arena;
    struct fact *tags = &t->lead->facts[LEAD_TAGS];
    struct str before = tags->known ? tags->text : STR("[]");
    struct str *gone =
        ARENA_ARRAY(arena, struct str, (size_t)t->step->remove_count);
    struct fact more =
        lead_tags_fact(arena, t->step->add_tags, t->step->add_count);

    for (int i = 0; i < t->step->remove_count; i++)
        gone[i] = fold_text(arena, t->step->remove_tags[i]);
    *tags = lead_tags_without(arena, tags, gone, t->step->remove_count);
    *tags = lead_tags_joined(arena, tags, &more);
    json_open_object(out);
    json_put_cstr(out, "field", "tags");
    json_name(out, "from");
    json_raw(out, before);
    json_name(out, "to");
    json_raw(out, tags->text);
    json_close_object(out);
}

static bool
change_stage(const struct taking *t, struct json_out *out)
{
    const struct lead_stage *stage = lead_stage_of(t->w, t->step->stage);

    if (stage == NULL || stage->moved_to != NULL
        || str_is(t->step->stage, t->lead->stage))
        return true;
    json_open_object(out);
    json_put_cstr(out, "field", "stage");
    json_put_cstr(out, "from", t->lead->stage);
    json_put_cstr(out, "to", stage->name);
    json_close_object(out);
    return lead_stage_set(t->w, t->lead, stage);
}

static bool
take_change(const struct taking *t)
{
    struct text text = text_new(t->w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_name(&out, "changes");
    json_open_array(&out);
    if (t->step->add_count + t->step->remove_count > 0)
        change_tags(t, &out);
    if (!change_stage(t, &out))
        return false;
    json_close_array(&out);
    json_close_object(&out);
    return note(t, NULL) && lifecycle_changed(t->w, t->lead, text_str(&text));
}

/* ------------------------------------------------------------------ step */

static bool (*const takes[])(const struct taking *) = {
    [STEP_MESSAGE] = take_message,
    [STEP_TASK] = take_task,
    [STEP_CHANGE] = take_change,
};

/* It has gone through without an answer: who waits in the default queue may
 * now get an owner. */
static bool
let_out(struct work *w, const struct workspace_cache *cache, struct lead *lead)
{
    struct owner waits = owner_queue(cache->workspace.default_queue);

    return lead_save(w, lead)
        && (!owner_equal(lead->owner, waits)
            || lifecycle_ask_again(w, lead->id));
}

/* S2: the same transaction takes the step and waits for the next. */
static bool
take_step(struct work *w, const struct job *job)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct sequence_run run;
    struct lead lead;
    bool found;

    if (cache == NULL || !sequence_run_of_job(w, job, &run, &found))
        return false;
    if (!found)
        return true;
    if (!lead_load(w, run.lead, &lead))
        return false;

    const struct sequence *sequence = sequence_of(cache, run.sequence);
    struct taking t = {
        .w = w, .sequence = sequence, .run = &run, .lead = &lead
    };
    if (run.step < sequence->step_count) { /* it may be shorter by now */
        t.step = &sequence->steps[run.step];
        if (!takes[t.step->kind](&t))
            return false;
    }
    if (lead.sequence_state != LEAD_IN_SEQUENCE) /* the step has closed it */
        return true;
    if (!sequence_go_on(w, &run, sequence, &lead, &lifecycle_step_job))
        return false;
    return lead.sequence_state == LEAD_IN_SEQUENCE || let_out(w, cache, &lead);
}

const struct job_kind lifecycle_step_job = {
    .name = "sequence.step",
    .about = "Takes the next step of a lead's sequence.",
    .run = take_step,
};
