/*
 * sequence_step: what a step of a sequence does to its lead: a message to it,
 * a task for its owner, a change. Above the stages, because a change is
 * scored and told, and a lead whose sequence is over is asked for again.
 */
#include "src/lifecycle_jobs.h"

#include "src/follow_up/sequence.h"
#include "src/workspace/mailing.h"

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

static const char *
why_no_message(const struct lead *lead, const char *channel)
{
    if (!sequence_consents(lead, channel))
        return "no_consent";
    if (str_is_empty(lead_text(lead, LEAD_EMAIL)))
        return "no_address";
    return mailing_is_on() ? NULL : "no_mail_server";
}

static bool
take_message(const struct taking *t)
{
    const char *left_out = why_no_message(t->lead, t->step->channel);

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

static bool
has_tag(const struct str *tags, int count, struct str folded, struct arena *a)
{
    for (int i = 0; i < count; i++)
        if (str_equal(fold_text(a, tags[i]), folded))
            return true;
    return false;
}

static void
change_tags(const struct taking *t, struct json_out *out)
{
    struct arena *arena = t->w->arena;
    const struct fact *old = &t->lead->facts[LEAD_TAGS];
    struct str before = old->known ? old->text : STR("[]");
    struct json_error error;
    const struct json *shown = json_parse(arena, before, &error);
    struct str *tags = ARENA_ARRAY(
        arena, struct str, (size_t)(old->tag_count + t->step->add_count));
    int count = 0;

    for (int i = 0; i < old->tag_count; i++)
        if (!has_tag(t->step->remove_tags, t->step->remove_count, old->tags[i],
                     arena))
            tags[count++] = shown->array.items[i].text;
    for (int i = 0; i < t->step->add_count; i++)
        if (!has_tag(tags, count, fold_text(arena, t->step->add_tags[i]),
                     arena))
            tags[count++] = t->step->add_tags[i];
    lead_set_tags(t->lead, arena, tags, count);
    json_open_object(out);
    json_put_cstr(out, "field", "tags");
    json_name(out, "from");
    json_raw(out, before);
    json_name(out, "to");
    json_raw(out, t->lead->facts[LEAD_TAGS].text);
    json_close_object(out);
}

static bool
change_stage(const struct taking *t, struct json_out *out)
{
    const struct lead_stage *stage = lead_stage_find(t->step->stage);

    if (stage == NULL || str_is(t->step->stage, t->lead->stage))
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

/* ------------------------------------------------------------------ mail */

/* What the job of a mail is about; no step: nothing is to be sent any more. */
static bool
find_step(struct work *w, const struct job *job,
          const struct sequence_step **step, struct sequence_run *run,
          struct lead *lead)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct json_error error;
    const struct json *json = json_parse(w->arena, job->payload, &error);
    int64_t number = json_get_int(json, "step", -1);
    struct id id;
    bool found;

    *step = NULL;
    if (!id_parse(json_get_text(json, "run"), &id))
        return fail(w, ERR_INTERNAL, "The job names no run.");
    if (cache == NULL || !sequence_run_load(w, id, run, &found))
        return false;
    if (!found)
        return true;
    if (!lead_load(w, run->lead, lead))
        return false;

    const struct sequence *sequence = sequence_of(cache, run->sequence);
    bool answered = str_is(run->state, "stopped");
    if (answered || number < 0 || number >= sequence->step_count
        || sequence->steps[number].kind != STEP_MESSAGE
        || why_no_message(lead, sequence->steps[number].channel) != NULL)
        return true;
    *step = &sequence->steps[number];
    return true;
}

static const struct person *
rep_of(const struct workspace_cache *cache, const struct lead *lead)
{
    int number =
        lead_has_rep(lead) ? team_find(cache->team, lead->owner.id) : -1;

    return number < 0 ? NULL : &cache->team->people[number];
}

static bool
fill_in(struct work *w, const struct workspace_cache *cache,
        const struct template *template, const struct lead *lead,
        enum template_target target, struct str *filled)
{
    const struct person *rep = rep_of(cache, lead);
    const struct template_value values[SEQUENCE_FIELD_COUNT] = {
        [SEQUENCE_LEAD_NAME] = { .text = lead_text(lead, LEAD_NAME) },
        [SEQUENCE_LEAD_COMPANY] = { .text = lead_text(lead, LEAD_COMPANY) },
        [SEQUENCE_LEAD_PRODUCT] = { .text = lead_text(lead, LEAD_PRODUCT) },
        [SEQUENCE_OWNER_NAME] = { .text = rep == NULL ? STR_NONE : rep->name },
        [SEQUENCE_WORKSPACE_NAME] = { .text = cache->workspace.name },
    };
    struct text text = text_new(w->arena);

    if (!template_write(&text, template, values, target,
                        cache->workspace.language))
        return fail(w, ERR_INTERNAL, "The message is too long.");
    *filled = text_str(&text);
    return true;
}

/* Who does not want such mails says so at the end of each. */
static void
add_way_out(struct work *w, const struct workspace_cache *cache,
            const struct sequence_run *run, struct mail *mail)
{
    struct str address = sequence_address(w->arena, w->workspace, run);

    mail->stop_url = mailing_link(
        w->arena, arena_format(w->arena, "/stop/%.*s", STR_ARG(address)));
    if (mail->stop_url.data == NULL)
        return;
    mail->body =
        arena_format(w->arena, "%.*s\n\n-- \n%s\n%.*s\n", STR_ARG(mail->body),
                     str_is(cache->workspace.language, "ko")
                         ? "이런 메일을 더 받지 않으시려면:"
                         : "If you want no more mails like this:",
                     STR_ARG(mail->stop_url));
}

/* An answer goes to the rep, if there is one. */
static bool
prepare(struct work *w, const struct job *job, struct outbox_message *message)
{
    const struct workspace_cache *cache = workspace_cache(w);
    const struct sequence_step *step;
    struct sequence_run run;
    struct lead lead;

    if (cache == NULL || !find_step(w, job, &step, &run, &lead))
        return false;
    if (step == NULL)
        return true;

    const struct person *rep = rep_of(cache, &lead);
    struct mail_person to = { lead_text(&lead, LEAD_NAME),
                              lead_text(&lead, LEAD_EMAIL) };
    struct mail mail = {
        .from = mailing_from(rep == NULL ? cache->workspace.name : rep->name),
        .to = &to,
        .to_count = 1,
        .origin = MAIL_GENERATED,
    };
    if (rep != NULL)
        mail.reply_to = (struct mail_person){ rep->name, rep->email };
    if (!fill_in(w, cache, step->subject, &lead, TEMPLATE_FOR_HEADER,
                 &mail.subject)
        || !fill_in(w, cache, step->body, &lead, TEMPLATE_FOR_TEXT, &mail.body))
        return false;
    add_way_out(w, cache, &run, &mail);
    return mailing_fill(w, job->id, &mail, message);
}

/* L8: every message stands on the timeline, once it has left. */
static bool
settle(struct work *w, const struct job *job,
       const struct outbox_result *result)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    if (!result->delivered)
        return true;
    json_open_object(&out);
    json_put_cstr(&out, "channel", "email");
    json_put_id(&out, "message", job->id);
    json_name(&out, "of");
    json_raw(&out, job->payload);
    json_close_object(&out);
    return timeline_add(w, job->lead, "message.sent", text_str(&text), NULL);
}

static bool
failed(struct work *w, const struct job *job)
{
    return timeline_add(w, job->lead, "message.failed",
                        arena_format(w->arena,
                                     "{\"channel\":\"email\",\"of\":%.*s}",
                                     STR_ARG(job->payload)),
                        NULL);
}

const struct job_kind sequence_mail_job = {
    .name = "sequence.mail",
    .about = "Sends the message of a step of a sequence.",
    .prepare = prepare,
    .settle = settle,
    .failed = failed,
    .schedule = &job_schedule_webhook,
};
