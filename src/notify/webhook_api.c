/*
 * webhook_api: where events are sent, and how each address fares. A secret is
 * shown once, when it is made, and nowhere again: so its answer is not kept for
 * an Idempotency-Key either. What was sent is webhook_delivery_api.c.
 */
#include "lib/net/target.h"
#include "lib/net/webhook.h"
#include "src/access/permission.h"
#include "src/module.h"
#include "src/notify/webhook.h"
#include "src/workspace/cache.h"
#include "src/workspace/vault.h"

enum { URL_BYTES_MAX = 2000, WEBHOOKS_MAX = 100 };

#define HOUR_MS INT64_C(3600000)

static const char *const health_states[] = { "ok", "failing", "paused", "off",
                                             NULL };

static const struct shape_field new_fields[] = {
    { "url", SHAPE_TEXT, SHAPE_REQUIRED, URL_BYTES_MAX,
      .about = "https://... or http://..." },
    { "topics", SHAPE_OPTION, SHAPE_LIST | SHAPE_NULLABLE, 50,
      .options = notify_topics, .about = "What it hears of; all if absent." },
    { "active", SHAPE_BOOL, 0, .about = "true if absent." },
    { "pause_after_hours", SHAPE_INTEGER, 0, WEBHOOK_PAUSE_AFTER_HOURS_MAX, 1,
      .about = "Of nothing but failures; 72 if absent." },
    { 0 },
};
static const struct shape new_shape = { "WebhookInput", "A new webhook.", 0,
                                        new_fields };
static const struct shape_field change_fields[] = {
    { "url", SHAPE_TEXT, 0, URL_BYTES_MAX, .about = "The new address." },
    { "topics", SHAPE_OPTION, SHAPE_LIST | SHAPE_NULLABLE, 50,
      .options = notify_topics, .about = "null: all." },
    { "active", SHAPE_BOOL, 0, .about = "false: nothing is sent." },
    { "pause_after_hours", SHAPE_INTEGER, 0, WEBHOOK_PAUSE_AFTER_HOURS_MAX, 1,
      .about = "Of nothing but failures." },
    { 0 },
};
static const struct shape change_shape = { "WebhookChange",
                                           "What is absent stays.", 0,
                                           change_fields };
static const struct shape_field secret_fields[] = {
    { "overlap_hours", SHAPE_INTEGER, 0, WEBHOOK_OVERLAP_HOURS_MAX, 0,
      .about = "How long the secret before signs as well; 24 if absent." },
    { 0 },
};
static const struct shape secret_shape = { "WebhookSecretInput",
                                           "How a secret is replaced.", 0,
                                           secret_fields };
static const struct shape_field health_fields[] = {
    { "state", SHAPE_OPTION, 0, .options = health_states,
      .about = "failing: the last attempt failed; paused: all did for "
               "pause_after_hours, and what happens is held." },
    { "last_success_at", SHAPE_TIME, SHAPE_NULLABLE, .about = "null: never." },
    { "failing_since", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "The first failure after that." },
    { "failures", SHAPE_INTEGER, 0, .about = "Since then." },
    { "last_error_at", SHAPE_TIME, SHAPE_NULLABLE, .about = "null: never." },
    { "last_error_status", SHAPE_INTEGER, SHAPE_NULLABLE,
      .about = "Of HTTP; null: there was no answer." },
    { "last_error", SHAPE_TEXT, SHAPE_NULLABLE, .about = "What went wrong." },
    { "waiting", SHAPE_INTEGER, 0, .about = "Events that are yet to be sent." },
    { "next_try_at", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "null: nothing waits, or all is held." },
    { "paused_at", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "It is switched off 14 days later." },
    { 0 },
};
static const struct shape health_shape = { "WebhookHealth",
                                           "How a webhook fares.", 0,
                                           health_fields };
static const struct shape_field webhook_fields[] = {
    { "id", SHAPE_ID, 0, .about = "The webhook." },
    { "version", SHAPE_INTEGER, 0, .about = "For If-Match." },
    { "url", SHAPE_TEXT, 0, .about = "Where events are sent." },
    { "topics", SHAPE_TEXT, SHAPE_LIST | SHAPE_NULLABLE,
      .about = "null: all." },
    { "active", SHAPE_BOOL, 0,
      .about = "false: by hand, or its receiver said 410." },
    { "pause_after_hours", SHAPE_INTEGER, 0,
      .about = "Of nothing but failures: then it is paused." },
    { "secret", SHAPE_TEXT, 0, .about = "Only in the answer that makes it." },
    { "old_secret_until", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "Until then the secret before signs as well." },
    { "health", SHAPE_OBJECT, 0, .of = &health_shape,
      .about = "How it fares." },
    { 0 },
};
static const struct shape webhook_shape = {
    "Webhook", "Where events are sent, signed as Standard Webhooks says.", 0,
    webhook_fields
};
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &webhook_shape,
      .about = "All of them." },
    { 0 },
};
static const struct shape list_shape = { "Webhooks", "All webhooks.", 0,
                                         list_fields };

/* ------------------------------------------------------------------ show */

/* A webhook with all that is shown of it. */
struct shown {
    struct webhook webhook;
    struct webhook_health health;
    struct jobs_waiting waiting;
};

static const char *
state_of(const struct shown *shown)
{
    if (!shown->webhook.active)
        return "off";
    if (shown->webhook.paused_ms > 0)
        return "paused";
    return shown->health.failing_since_ms > 0 ? "failing" : "ok";
}

static void
put_int_or_null(struct json_out *out, const char *name, int64_t n)
{
    json_name(out, name);
    if (n == 0)
        json_null(out);
    else
        json_int(out, n);
}

static void
put_health(struct json_out *out, const struct shown *shown)
{
    const struct webhook_health *health = &shown->health;
    bool tries =
        shown->waiting.count > 0 && shown->waiting.next_ms < JOB_HELD_MS;

    json_name(out, "health");
    json_open_object(out);
    json_put_cstr(out, "state", state_of(shown));
    json_put_time(out, "last_success_at", health->last_success_ms);
    json_put_time(out, "failing_since", health->failing_since_ms);
    json_put_int(out, "failures", health->failures);
    json_put_time(out, "last_error_at", health->last_error_ms);
    put_int_or_null(out, "last_error_status", health->last_error_status);
    json_put_text(out, "last_error", health->last_error);
    json_put_int(out, "waiting", shown->waiting.count);
    json_put_time(out, "next_try_at", tries ? shown->waiting.next_ms : 0);
    json_put_time(out, "paused_at", shown->webhook.paused_ms);
    json_close_object(out);
}

static void
put_settings(struct json_out *out, const struct webhook *webhook,
             int64_t now_ms)
{
    json_put_id(out, "id", webhook->id);
    json_put_int(out, "version", webhook->version);
    json_put_text(out, "url", webhook->url);
    json_put_tree(out, "topics", webhook->topics);
    json_put_bool(out, "active", webhook->active);
    json_put_int(out, "pause_after_hours", webhook->pause_after_hours);
    json_put_time(out, "old_secret_until",
                  webhook->secret_before_until_ms > now_ms
                      ? webhook->secret_before_until_ms
                      : 0);
}

static void
put_shown(struct json_out *out, const struct shown *shown, int64_t now_ms,
          struct str secret)
{
    json_open_object(out);
    put_settings(out, &shown->webhook, now_ms);
    if (!str_is_empty(secret))
        json_put_text(out, "secret", secret);
    put_health(out, shown);
    json_close_object(out);
}

static void
find_waiting(struct work *w, const struct jobs_waiting *waiting, int count,
             struct shown *shown)
{
    struct str channel = webhook_channel(w->arena, &shown->webhook);

    for (int i = 0; i < count; i++)
        if (str_equal(waiting[i].channel, channel))
            shown->waiting = waiting[i];
}

static bool
answer(struct work *w, struct response *response, const struct webhook *webhook,
       struct str secret)
{
    struct shown shown = { .webhook = *webhook };
    struct jobs_waiting *waiting;
    struct text text;
    int count;

    if (!webhook_health_load(w, webhook->id, &shown.health)
        || !jobs_waiting(w, &waiting, &count))
        return false;
    find_waiting(w, waiting, count, &shown);
    struct json_out out = response_json(w, response, &text);
    put_shown(&out, &shown, w->now_ms, secret);
    response_json_done(response, &text);
    return true;
}

/* The two lists are as long as there are webhooks: 100 at most. */
static void
find_health(const struct webhook_health *healths, int count,
            struct shown *shown)
{
    for (int i = 0; i < count; i++)
        if (id_equal(healths[i].webhook, shown->webhook.id))
            shown->health = healths[i];
}

static bool
list(struct work *w, const struct request *request, struct response *response)
{
    struct webhook_health *healths;
    struct jobs_waiting *waiting;
    struct webhook *webhooks;
    struct text text;
    int count;
    int health_count;
    int waiting_count;

    (void)request;
    if (!webhook_list(w, &webhooks, &count)
        || !webhook_health_list(w, &healths, &health_count)
        || !jobs_waiting(w, &waiting, &waiting_count))
        return false;

    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++) {
        struct shown shown = { .webhook = webhooks[i] };
        find_health(healths, health_count, &shown);
        find_waiting(w, waiting, waiting_count, &shown);
        put_shown(&out, &shown, w->now_ms, STR_NONE);
    }
    response_list_done(response, &out);
    return true;
}

bool
webhook_of_request(struct work *w, const struct request *request,
                   struct webhook *webhook)
{
    struct id id;

    return request_id(w, request, "id", &id) && webhook_load(w, id, webhook);
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct webhook webhook;

    return webhook_of_request(w, request, &webhook)
        && answer(w, response, &webhook, STR_NONE);
}

/* ---------------------------------------------------------------- change */

/* That of the sender; written before the threads start. */
static const struct guard *guard;

void
webhook_guard_set(const struct guard *of_sender)
{
    guard = of_sender;
}

static bool
has_host(struct str url, struct str scheme)
{
    return str_starts(url, scheme) && url.bytes > scheme.bytes
        && url.data[scheme.bytes] != '/';
}

static bool
set_url(struct work *w, const struct json *json, struct webhook *webhook)
{
    struct str url = json_get_text(json, "url");

    if (url.data == NULL)
        return true;
    for (size_t i = 0; i < url.bytes; i++)
        if ((unsigned char)url.data[i] <= ' ')
            return fail_at(w, STR("/url"), "bad_url",
                           "An address has no spaces.");
    if (!has_host(url, STR("https://")) && !has_host(url, STR("http://")))
        return fail_at(w, STR("/url"), "bad_url",
                       "An address begins with https:// or http://, and "
                       "names a host.");

    struct str fault =
        guard == NULL ? STR_NONE : target_fault(guard, w->arena, url);
    if (!str_is_empty(fault))
        return fail_at(w, STR("/url"), "bad_url", "%.*s", STR_ARG(fault));
    webhook->url = url;
    return true;
}

static bool
set_all(struct work *w, const struct json *json, struct webhook *webhook)
{
    const struct json *list_of_topics = json_get(json, "topics");

    if (list_of_topics != NULL)
        webhook->topics =
            list_of_topics->kind == JSON_NULL ? NULL : list_of_topics;
    webhook->active = json_get_bool(json, "active", webhook->active);
    webhook->pause_after_hours =
        json_get_int(json, "pause_after_hours", webhook->pause_after_hours);
    return set_url(w, json, webhook);
}

static struct str
seal(struct work *w, struct str secret)
{
    return vault_seal(w->arena, webhook_secret_purpose, secret);
}

static bool
create(struct work *w, const struct request *request, struct response *response)
{
    struct webhook *all;
    int count;

    if (!webhook_list(w, &all, &count))
        return false;
    if (count >= WEBHOOKS_MAX)
        return fail(w, ERR_CONFLICT, "There may be %d webhooks.", WEBHOOKS_MAX);

    struct str secret = webhook_secret_new(w->arena);
    struct webhook webhook = { .id = work_id(w),
                               .secret = seal(w, secret),
                               .pause_after_hours = WEBHOOK_PAUSE_AFTER_HOURS,
                               .active = true };
    if (!set_all(w, request->json, &webhook) || !webhook_save(w, &webhook)
        || !workspace_config_changed(w))
        return false;
    response->status = 201;
    return answer(w, response, &webhook, secret);
}

static struct str
as_json(struct work *w, const struct webhook *webhook)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    put_settings(&out, webhook, w->now_ms);
    json_close_object(&out);
    return text_str(&text);
}

static bool
change(struct work *w, const struct request *request, struct response *response)
{
    struct webhook webhook;

    return webhook_of_request(w, request, &webhook)
        && request_if_match(w, request, webhook.version, as_json(w, &webhook))
        && set_all(w, request->json, &webhook)
        && (webhook.active || webhook_drop(w, &webhook))
        && webhook_save(w, &webhook) && workspace_config_changed(w)
        && answer(w, response, &webhook, STR_NONE);
}

/* What waits for it is held no longer: it finds that nobody wants it. */
static bool
forget(struct work *w, const struct request *request, struct response *response)
{
    struct webhook webhook;

    (void)response;
    return webhook_of_request(w, request, &webhook)
        && request_if_match(w, request, webhook.version, as_json(w, &webhook))
        && webhook_drop(w, &webhook) && webhook_remove(w, webhook.id)
        && workspace_config_changed(w);
}

static bool
resume(struct work *w, const struct request *request, struct response *response)
{
    struct webhook webhook;

    if (!webhook_of_request(w, request, &webhook))
        return false;
    if (!webhook.active)
        return fail(w, ERR_CONFLICT,
                    "The webhook is off: switch it on (\"active\": true).");
    return webhook_resume(w, &webhook)
        && answer(w, response, &webhook, STR_NONE);
}

/* Whoever checks signatures has that long to take the new one. */
static bool
replace_secret(struct work *w, const struct request *request,
               struct response *response)
{
    struct str secret = webhook_secret_new(w->arena);
    struct webhook webhook;

    if (!webhook_of_request(w, request, &webhook))
        return false;
    webhook.secret_before = webhook.secret;
    webhook.secret_before_until_ms =
        w->now_ms
        + HOUR_MS
              * json_get_int(request->json, "overlap_hours",
                             WEBHOOK_OVERLAP_HOURS);
    webhook.secret = seal(w, secret);
    return webhook_save(w, &webhook) && workspace_config_changed(w)
        && answer(w, response, &webhook, secret);
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/webhooks", list, CAN_MANAGE_WEBHOOKS,
      "Where events are sent.", .gives = &list_shape },
    { POST, "/api/v1/webhooks", create, CAN_MANAGE_WEBHOOKS,
      "Send events to another address. The secret is shown only now.",
      ENDPOINT_OWN_REPLAY, .takes = &new_shape, .gives = &webhook_shape },
    { GET, "/api/v1/webhooks/{id}", show, CAN_MANAGE_WEBHOOKS, "One webhook.",
      .gives = &webhook_shape },
    { PATCH, "/api/v1/webhooks/{id}", change, CAN_MANAGE_WEBHOOKS,
      "Change a webhook, or switch it on or off.", .takes = &change_shape,
      .gives = &webhook_shape },
    { DELETE, "/api/v1/webhooks/{id}", forget, CAN_MANAGE_WEBHOOKS,
      "Remove a webhook; what still waits for it is not sent." },
    { POST, "/api/v1/webhooks/{id}/resume", resume, CAN_MANAGE_WEBHOOKS,
      "End a pause: what was held is sent, in its order.",
      .gives = &webhook_shape },
    { POST, "/api/v1/webhooks/{id}/secret", replace_secret, CAN_MANAGE_WEBHOOKS,
      "Replace the secret, which is shown only now; for a while both sign.",
      ENDPOINT_OWN_REPLAY, .takes = &secret_shape, .gives = &webhook_shape },
    { 0 },
};

static const struct job_kind *const jobs[] = { &notify_webhook_job,
                                               &notify_webhook_over_job,
                                               &notify_webhook_mail_job, NULL };

const struct module notify_module = { "notify", endpoints, jobs };
