/*
 * webhook_notice: that a webhook has stopped is told: to open pages, to the
 * other webhooks, and by mail to everybody who can mend it. A job names the
 * webhook and the person; what it says is read when it is sent.
 */
#include "lib/base/log.h"
#include "src/notify/webhook.h"
#include "src/workspace/cache.h"
#include "src/workspace/mailing.h"

enum { LANGUAGES = 2 };

static const struct {
    const char *word;
    enum notify_topic topic;
    const char *subject[LANGUAGES];
    const char *text[LANGUAGES];
} stops[WEBHOOK_STOP_COUNT] = {
    [WEBHOOK_FAILS] = {
        "failing", TOPIC_WEBHOOK_PAUSED,
        { "Webhook paused: ", "웹훅 일시 중지: " },
        { "It has answered nothing well for too long. What happens is kept for "
          "it for 14 days: mend it, then resume it or send it a test.",
          "너무 오래 정상 응답이 없었습니다. 그동안의 이벤트는 14일 동안 "
          "보관됩니다. 고친 뒤 다시 시작하거나 테스트를 보내 주세요." },
    },
    [WEBHOOK_GONE] = {
        "gone", TOPIC_WEBHOOK_OFF,
        { "Webhook switched off: ", "웹훅 꺼짐: " },
        { "Its receiver said that it is gone (410). It gets nothing more.",
          "받는 쪽이 더 이상 존재하지 않는다고(410) 답했습니다. 이제 아무것도 "
          "보내지 않습니다." },
    },
    [WEBHOOK_GIVEN_UP] = {
        "given_up", TOPIC_WEBHOOK_OFF,
        { "Webhook switched off: ", "웹훅 꺼짐: " },
        { "It was paused for 14 days. What was kept for it is dropped, and it "
          "gets nothing more.",
          "14일 동안 일시 중지 상태였습니다. 보관하던 이벤트는 버려지고, 이제 "
          "아무것도 보내지 않습니다." },
    },
};

struct str
webhook_host(struct arena *arena, const struct webhook *webhook)
{
    size_t end = (size_t)str_find(webhook->url, STR("://")) + 3;

    while (end < webhook->url.bytes && webhook->url.data[end] != '/'
           && webhook->url.data[end] != '?' && webhook->url.data[end] != '#')
        end++;
    return arena_str(arena, str_slice(webhook->url, 0, end));
}

static bool
can_mend(const struct person *person)
{
    return person->active
        && (person->role == ROLE_OWNER || person->role == ROLE_ADMIN);
}

static bool
mail_all(struct work *w, const struct webhook *webhook, enum webhook_stop why)
{
    const struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    for (int i = 0; mailing_is_on() && i < cache->team->count; i++) {
        const struct person *person = &cache->team->people[i];
        if (can_mend(person)
            && !job_add(w, &(struct job_new){
                               .kind = &notify_webhook_mail_job,
                               .payload = arena_format(
                                   w->arena,
                                   "{\"webhook\":\"%s\",\"person\":\"%s\","
                                   "\"why\":\"%s\"}",
                                   id_show(webhook->id).text,
                                   id_show(person->id).text, stops[why].word),
                           }))
            return false;
    }
    return true;
}

bool
webhook_tell_stop(struct work *w, const struct webhook *webhook,
                  enum webhook_stop why)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    log_warning("webhook_stopped", LOG_ID("webhook", webhook->id),
                LOG_WORD("why", stops[why].word));
    json_open_object(&out);
    json_put_id(&out, "webhook", webhook->id);
    json_put_cstr(&out, "reason", stops[why].word);
    json_close_object(&out);
    return notify_others(w, webhook->id, stops[why].topic, text_str(&text))
        && mail_all(w, webhook, why);
}

/* ------------------------------------------------------------------ mail */

struct notice {
    struct webhook webhook;
    struct webhook_health health;
    const struct person *reader; /* NULL: nobody any more */
    enum webhook_stop why;
};

static bool
read_notice(struct work *w, const struct workspace_cache *cache,
            const struct json *payload, struct notice *notice)
{
    struct str word = json_get_text(payload, "why");
    struct id webhook;
    struct id person;

    if (!id_parse(json_get_text(payload, "webhook"), &webhook)
        || !id_parse(json_get_text(payload, "person"), &person))
        return fail(w, ERR_INTERNAL, "The notice names nobody.");
    while (notice->why < WEBHOOK_GIVEN_UP
           && !str_is(word, stops[notice->why].word))
        notice->why++;
    int number = team_find(cache->team, person);
    if (number >= 0 && can_mend(&cache->team->people[number]))
        notice->reader = &cache->team->people[number];
    return webhook_load(w, webhook, &notice->webhook)
        && webhook_health_load(w, webhook, &notice->health);
}

/* Is it so still? */
static bool
has_stopped(const struct notice *notice)
{
    return notice->why == WEBHOOK_FAILS ? notice->webhook.paused_ms > 0
                                        : !notice->webhook.active;
}

static void
write_mail(struct work *w, const struct workspace_cache *cache,
           const struct notice *notice, struct mail *mail)
{
    const struct person *reader = notice->reader;
    int language =
        str_is(str_is_empty(reader->language) ? cache->workspace.language
                                              : reader->language,
               "ko");
    struct str host = webhook_host(w->arena, &notice->webhook);
    struct str link = mailing_link(w->arena, STR("/settings/webhooks"));
    struct text body = text_new(w->arena);

    mail->subject =
        arena_format(w->arena, "%s%.*s", stops[notice->why].subject[language],
                     STR_ARG(host));
    text_format(&body, "%.*s\n\n%s\n", STR_ARG(host),
                stops[notice->why].text[language]);
    if (!str_is_empty(notice->health.last_error))
        text_format(&body, "\n%.*s\n", STR_ARG(notice->health.last_error));
    if (link.data != NULL)
        text_format(&body, "\n%.*s\n", STR_ARG(link));
    text_format(&body, "\n-- \nBaton, %.*s\n", STR_ARG(cache->workspace.name));
    mail->body = text_str(&body);
}

static bool
prepare(struct work *w, const struct job *job, struct outbox_message *message)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct json_error error;
    const struct json *payload = json_parse(w->arena, job->payload, &error);
    struct notice notice = { 0 };

    if (cache == NULL)
        return false;
    if (!read_notice(w, cache, payload, &notice)) {
        if (w->error.kind != ERR_NOT_FOUND)
            return false;
        w->error = (struct error){ 0 }; /* the webhook was removed */
        return true;
    }
    if (notice.reader == NULL || !has_stopped(&notice))
        return true;

    struct mail_person to = { notice.reader->name, notice.reader->email };
    struct mail mail = { .to = &to, .to_count = 1, .origin = MAIL_GENERATED };
    write_mail(w, cache, &notice, &mail);
    return mailing_fill(w, job->id, &mail, message);
}

const struct job_kind notify_webhook_mail_job = {
    .name = "notify.webhook_mail",
    .about = "Tells an owner or admin by mail that a webhook has stopped.",
    .prepare = prepare,
    .schedule = &job_schedule_webhook,
};
