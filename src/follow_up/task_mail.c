/*
 * task_mail: the reminder of a task by mail, to whoever is to do it and wants
 * to hear of what is due soon. A job names the task; all else is read when it
 * is sent, so that nobody is reminded of what is done or put off.
 */
#include "src/follow_up/task.h"

#include "src/workspace/mailing.h"

/* Whom to write to, or NULL. */
static const struct person *
reader_of(const struct workspace_cache *cache, const struct task *task)
{
    int number = team_find(cache->team, task->assignee);

    if (number < 0 || !cache->team->people[number].active
        || (cache->team->people[number].mail_off & MAIL_DUE_SOON) != 0)
        return NULL;
    return &cache->team->people[number];
}

bool
task_mail(struct work *w, const struct task *task)
{
    const struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    if (!mailing_is_on() || reader_of(cache, task) == NULL)
        return true;
    return job_add(w, &(struct job_new){
                          .kind = &task_mail_job,
                          .lead = task->lead,
                          .channel = arena_format(w->arena, "mail %s",
                                                  id_show(task->assignee).text)
                                         .data,
                          .payload = arena_format(
                              w->arena, "{\"task\":\"%s\",\"moment\":%ld}",
                              id_show(task->id).text, (long)task->reminded_ms),
                      });
}

/* 2026-11-20T09:00 as people write it. */
static struct str
when(struct arena *arena, const struct person *reader, int64_t ms)
{
    struct str local = task_local_show(arena, reader->zone, ms);

    return arena_format(arena, "%.10s %.5s", local.data, local.data + 11);
}

static void
write_mail(struct work *w, const struct workspace_cache *cache,
           const struct person *reader, const struct task *task,
           struct mail *mail)
{
    struct str language = str_is_empty(reader->language)
                            ? cache->workspace.language
                            : reader->language;
    struct str due = when(w->arena, reader, task->due_ms);
    struct text body = text_new(w->arena);

    mail->subject = arena_format(
        w->arena, str_is(language, "ko") ? "할 일: %.*s" : "Due soon: %.*s",
        STR_ARG(task->title));
    text_format(&body, "%.*s\n%.*s\n", STR_ARG(task->title), STR_ARG(due));
    if (!str_is_empty(task->note))
        text_format(&body, "\n%.*s\n", STR_ARG(task->note));
    struct str link = mailing_lead_link(w->arena, task->lead);
    if (link.data != NULL)
        text_format(&body, "\n%.*s\n", STR_ARG(link));
    mail->body = text_str(&body);
}

/* One line of a header. */
static struct str
one_line(struct arena *arena, struct str text)
{
    struct text line = text_new(arena);

    for (size_t i = 0; i < text.bytes; i++)
        text_add_char(&line,
                      (unsigned char)text.data[i] < ' ' ? ' ' : text.data[i]);
    return text_str(&line);
}

/* Is it still what the person was to be reminded of? */
static bool
read_task(struct work *w, const struct job *job, struct task *task, bool *still)
{
    struct json_error error;
    const struct json *json = json_parse(w->arena, job->payload, &error);
    struct id id;

    *still = false;
    if (!id_parse(json_get_text(json, "task"), &id))
        return fail(w, ERR_INTERNAL, "The job names no task.");
    if (!task_load(w, id, task))
        return false;
    *still = task_remind_ms(task) == json_get_int(json, "moment", -1);
    return true;
}

static bool
prepare(struct work *w, const struct job *job, struct outbox_message *message)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct task task = { 0 };
    bool still;

    if (cache == NULL || !read_task(w, job, &task, &still))
        return false;
    const struct person *reader = reader_of(cache, &task);
    if (!still || reader == NULL)
        return true;

    struct mail_person to = { reader->name, reader->email };
    struct mail mail = { .to = &to, .to_count = 1, .origin = MAIL_GENERATED };
    write_mail(w, cache, reader, &task, &mail);
    mail.subject = one_line(w->arena, mail.subject);
    return mailing_fill(w, job->id, &mail, message);
}

const struct job_kind task_mail_job = {
    .name = "task.mail",
    .about = "Reminds somebody by mail of a task that is due soon.",
    .prepare = prepare,
    .schedule = &job_schedule_webhook,
};
