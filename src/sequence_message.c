/* sequence_message: see sequence_message.h. A job names the run and the step;
 * the text is made when it is sent. */
#include "src/sequence_message.h"

#include "src/message/message.h"
#include "src/workspace/mailing.h"

/* ------------------------------------------------------------- the text */

static bool
is_called(const struct message_template *template, struct str name)
{
    struct id id;

    return template->channel == CHANNEL_EMAIL
        && (str_equal(template->name, name)
            || (id_parse(name, &id) && id_equal(id, template->id)));
}

/* The lead's language before the company's, before any other. */
static int
fits(const struct message_template *template,
     const struct workspace_cache *cache, const struct lead *lead)
{
    if (str_equal_ascii_case(template->language,
                             lead_text(lead, LEAD_LANGUAGE)))
        return 3;
    return str_equal(template->language, cache->workspace.language) ? 2 : 1;
}

/* The text of a step; `*found` is false when its template is gone. */
static bool
text_of(struct work *w, const struct workspace_cache *cache,
        const struct sequence_step *step, const struct lead *lead,
        struct message_template *text, bool *found)
{
    struct message_template *all;
    int best = 0;
    int count;

    *text = (struct message_template){ .channel = CHANNEL_EMAIL,
                                       .language = cache->workspace.language,
                                       .subject = step->subject,
                                       .body = step->body };
    *found = str_is_empty(step->template);
    if (*found)
        return true;
    if (!message_template_list(w, &all, &count))
        return false;
    for (int i = 0; i < count; i++) {
        if (!is_called(&all[i], step->template)
            || fits(&all[i], cache, lead) <= best)
            continue;
        best = fits(&all[i], cache, lead);
        *text = all[i];
    }
    *found = best > 0;
    return true;
}

/* ----------------------------------------------------------------- check */

/* The faults of a text stand below the message of its step. */
static void
move_faults(struct work *w, int from, int step)
{
    for (int i = from; i < w->error.detail_count; i++)
        w->error.details[i].pointer =
            arena_format(w->arena, "/steps/%d/message%.*s", step,
                         STR_ARG(w->error.details[i].pointer));
}

static bool
check_message(struct work *w, const struct workspace_cache *cache,
              const struct sequence_step *step)
{
    const struct lead nobody = { 0 };
    struct message_template text;
    bool found;

    if (!text_of(w, cache, step, &nobody, &text, &found))
        return false;
    if (!found)
        return fail_at(w, STR("/template"), "unknown_template",
                       "There is no e-mail template \"%.*s\".",
                       STR_ARG(step->template));
    return message_template_check(w, &text);
}

bool
sequence_messages_check(struct work *w, const struct sequence *sequence)
{
    const struct workspace_cache *cache = workspace_cache(w);
    bool good = cache != NULL;

    for (int i = 0; cache != NULL && i < sequence->step_count; i++) {
        int before = w->error.detail_count;
        if (sequence->steps[i].kind != STEP_MESSAGE)
            continue;
        good &= check_message(w, cache, &sequence->steps[i]);
        move_faults(w, before, i);
    }
    return good;
}

bool
sequence_message_left_out(struct work *w, const struct sequence_step *step,
                          const struct lead *lead, const char **why)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct message_template text;
    bool found;

    if (cache == NULL || !text_of(w, cache, step, lead, &text, &found))
        return false;
    *why = !sequence_consents(lead, step->channel)   ? "no_consent"
         : str_is_empty(lead_text(lead, LEAD_EMAIL)) ? "no_address"
         : !found                                    ? "no_template"
         : !mailing_is_on()                          ? "no_mail_server"
                                                     : NULL;
    return true;
}

/* ------------------------------------------------------------------ mail */

/* What a job is about; no step: nothing is to be sent any more. */
static bool
find_step(struct work *w, const struct job *job,
          const struct sequence_step **step, struct sequence_run *run,
          struct lead *lead)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct json_error error;
    const struct json *json = json_parse(w->arena, job->payload, &error);
    int64_t number = json_get_int(json, "step", -1);
    const char *left_out;
    struct id id;
    bool found;

    *step = NULL;
    if (!id_parse(json_get_text(json, "run"), &id))
        return fail(w, ERR_INTERNAL, "The job names no run.");
    if (cache == NULL || !sequence_run_load(w, id, run, &found))
        return false;
    if (!found || str_is(run->state, "stopped"))
        return true;

    const struct sequence *sequence = sequence_of(cache, run->sequence);
    if (number < 0 || number >= sequence->step_count
        || sequence->steps[number].kind != STEP_MESSAGE)
        return true;
    if (!lead_load(w, run->lead, lead)
        || !sequence_message_left_out(w, &sequence->steps[number], lead,
                                      &left_out))
        return false;
    if (left_out == NULL)
        *step = &sequence->steps[number];
    return true;
}

/* Who does not want such mails says so at the end of each. */
static void
add_way_out(struct work *w, const struct sequence_run *run, bool korean,
            struct mail *mail)
{
    struct str address = sequence_address(w->arena, w->workspace, run);
    const char *words = korean ? "이런 메일을 더 받지 않으시려면:"
                               : "If you want no more mails like this:";

    mail->stop_url = mailing_link(
        w->arena, arena_format(w->arena, "/stop/%.*s", STR_ARG(address)));
    if (mail->stop_url.data == NULL)
        return;
    mail->body =
        arena_format(w->arena, "%.*s\n\n-- \n%s\n%.*s\n", STR_ARG(mail->body),
                     words, STR_ARG(mail->stop_url));
    mail->html =
        arena_format(w->arena, "%.*s<hr><p>%s <a href=\"%.*s\">%.*s</a></p>",
                     STR_ARG(mail->html), words, STR_ARG(mail->stop_url),
                     STR_ARG(mail->stop_url));
}

/* An answer goes to the rep, if there is one. */
static void
address(const struct workspace_cache *cache, const struct lead *lead,
        struct mail *mail)
{
    int number =
        lead_has_rep(lead) ? team_find(cache->team, lead->owner.id) : -1;

    mail->from = mailing_from(cache->workspace.name);
    if (number < 0)
        return;
    const struct person *rep = &cache->team->people[number];
    mail->from = mailing_from(rep->name);
    mail->reply_to = (struct mail_person){ rep->name, rep->email };
}

static bool
prepare(struct work *w, const struct job *job, struct outbox_message *message)
{
    const struct workspace_cache *cache = workspace_cache(w);
    const struct sequence_step *step;
    struct message_template template;
    struct message_text text;
    struct sequence_run run;
    struct lead lead;
    bool found;

    if (cache == NULL || !find_step(w, job, &step, &run, &lead))
        return false;
    if (step == NULL)
        return true;
    if (!text_of(w, cache, step, &lead, &template, &found)
        || !message_fill(w, cache, &template, &lead, &text))
        return false;

    struct mail_person to = { lead_text(&lead, LEAD_NAME),
                              lead_text(&lead, LEAD_EMAIL) };
    struct mail mail = { .to = &to,
                         .to_count = 1,
                         .subject = text.subject,
                         .body = text.body,
                         .html = text.html,
                         .origin = MAIL_GENERATED };
    address(cache, &lead, &mail);
    add_way_out(w, &run, str_is(template.language, "ko"), &mail);
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
