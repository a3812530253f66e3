/*
 * lifecycle_answer: see lifecycle_answer.h. A job names the template; the
 * text is made when it is sent, of what is stored then.
 */
#include "src/lifecycle_answer.h"

#include "src/follow_up/sequence.h"
#include "src/lifecycle.h"
#include "src/message/message.h"
#include "src/sla/sla.h"
#include "src/workspace/cache.h"
#include "src/workspace/mailing.h"

enum { SAME_PERSON_MS = 24 * 3600 * 1000 };

/* ---------------------------------------------------------- who gets one */

/* Addresses behind which nobody reads: an answer would come back, for ever. */
static bool
is_a_robot(struct str address)
{
    static const char *const names[] = {
        "noreply",       "no-reply",   "donotreply", "do-not-reply",
        "mailer-daemon", "postmaster", NULL
    };
    struct str rest = address;
    struct str local;

    if (!str_next(&rest, '@', &local))
        return true;
    for (const char *const *name = names; *name != NULL; name++)
        if (str_equal_ascii_case(local, str_of(*name)))
            return true;
    return false;
}

static bool
may_be_written_to(const struct lead *lead)
{
    struct str address = lead_text(lead, LEAD_EMAIL);

    return !str_is_empty(address) && !str_is_empty(lead->email_key)
        && !is_a_robot(address) && sequence_consents(lead, "email");
}

bool
answer_first(struct work *w, const struct submission *submission,
             const struct lead *lead)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    const struct first_answer *answer =
        first_answer_of(cache, submission->form, submission->source);
    if (answer == NULL || id_is_none(answer->template)
        || submission->manner != SENT_ALONE || !mailing_is_on()
        || !may_be_written_to(lead))
        return true;
    return job_add(w, &(struct job_new){
                          .kind = &lifecycle_answer_job,
                          .lead = lead->id,
                          .payload = arena_format(
                              w->arena, "{\"template\":\"%s\",\"counts\":%s}",
                              id_show(answer->template).text,
                              answer->counts ? "true" : "false"),
                      });
}

/* -------------------------------------------------------------- the job */

struct order {
    struct id template;
    bool counts;
};

static bool
read_order(struct work *w, const struct job *job, struct order *order)
{
    struct json_error error;
    const struct json *json = json_parse(w->arena, job->payload, &error);

    order->counts = json_get_bool(json, "counts", false);
    return id_parse(json_get_text(json, "template"), &order->template)
        || fail(w, ERR_INTERNAL, "The answer names no template.");
}

/* A lead or a template that is gone: there is nothing to send any more. */
static bool
is_gone(struct work *w)
{
    if (w->error.kind != ERR_NOT_FOUND)
        return false;
    w->error = (struct error){ 0 };
    return true;
}

static bool
write_answer(struct work *w, const struct job *job, const struct lead *lead,
             const struct message_template *template,
             struct outbox_message *message)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct mail_person to = { lead_text(lead, LEAD_NAME),
                              lead_text(lead, LEAD_EMAIL) };
    struct mail mail = { .from.name = cache->workspace.name,
                         .to = &to,
                         .to_count = 1,
                         .origin = MAIL_REPLIED };
    struct message_text text;
    int rep = lead_has_rep(lead) ? team_find(cache->team, lead->owner.id) : -1;

    if (!message_fill(w, cache, template, lead, &text))
        return false;
    if (rep >= 0) /* who answers it writes to the rep */
        mail.reply_to = (struct mail_person){ cache->team->people[rep].name,
                                              cache->team->people[rep].email };
    mail.subject = text.subject;
    mail.body = text.body;
    mail.html = text.html;
    return mailing_fill(w, job->id, &mail, message);
}

/* M6: noted before it leaves, so that two leads of one person that come at
 * once are answered once. */
static bool
prepare(struct work *w, const struct job *job, struct outbox_message *message)
{
    struct message_template template;
    struct order order;
    struct lead lead;
    bool first;

    if (workspace_cache(w) == NULL || !read_order(w, job, &order))
        return false;
    if (!lead_load(w, job->lead, &lead)
        || !message_template_load(w, order.template, &template))
        return is_gone(w);
    if (!may_be_written_to(&lead))
        return true;
    if (!message_note(w, job->id, &lead, template.id, SAME_PERSON_MS, &first))
        return false;
    return !first || write_answer(w, job, &lead, &template, message);
}

/* L8: on the timeline once it has left, as what the program did. */
static bool
settle(struct work *w, const struct job *job,
       const struct outbox_result *result)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);
    struct order order;
    struct lead lead;

    if (!result->delivered)
        return true;
    if (!read_order(w, job, &order))
        return false;
    json_open_object(&out);
    json_put_cstr(&out, "channel", "email");
    json_put_id(&out, "message", job->id);
    json_put_bool(&out, "automatic", true);
    json_put_id(&out, "template", order.template);
    json_close_object(&out);
    if (!timeline_add(w, job->lead, "message.sent", text_str(&text), NULL))
        return false;
    if (!order.counts)
        return true;
    if (!lead_load(w, job->lead, &lead))
        return is_gone(w);
    sla_answered(&lead, w->now_ms);
    return lifecycle_changed(w, &lead, text_str(&text));
}

const struct job_kind lifecycle_answer_job = {
    .name = "lead.first_answer",
    .about = "Writes to a new lead by itself.",
    .prepare = prepare,
    .settle = settle,
    .schedule = &job_schedule_webhook,
};
