/*
 * webhook_api: where events are sent. A secret is shown once, when it is
 * made, and nowhere again.
 */
#include "lib/net/webhook.h"
#include "src/access/permission.h"
#include "src/module.h"
#include "src/notify/notify.h"
#include "src/workspace/cache.h"

enum { URL_BYTES_MAX = 2000, WEBHOOKS_MAX = 100 };

static const struct shape_field new_fields[] = {
    { "url", SHAPE_TEXT, SHAPE_REQUIRED, URL_BYTES_MAX,
      .about = "https://... or http://..." },
    { "topics", SHAPE_OPTION, SHAPE_LIST | SHAPE_NULLABLE, 50,
      .options = notify_topics, .about = "What it hears of; all if absent." },
    { "active", SHAPE_BOOL, 0, .about = "true if absent." },
    { 0 },
};
static const struct shape new_shape = { "WebhookInput", "A new webhook.", 0,
                                        new_fields };
static const struct shape_field change_fields[] = {
    { "url", SHAPE_TEXT, 0, URL_BYTES_MAX, .about = "The new address." },
    { "topics", SHAPE_OPTION, SHAPE_LIST | SHAPE_NULLABLE, 50,
      .options = notify_topics, .about = "null: all." },
    { "active", SHAPE_BOOL, 0, .about = "false: nothing is sent." },
    { 0 },
};
static const struct shape change_shape = { "WebhookChange",
                                           "What is absent stays.", 0,
                                           change_fields };
static const struct shape_field webhook_fields[] = {
    { "id", SHAPE_ID, 0, .about = "The webhook." },
    { "version", SHAPE_INTEGER, 0, .about = "For If-Match." },
    { "url", SHAPE_TEXT, 0, .about = "Where events are sent." },
    { "topics", SHAPE_TEXT, SHAPE_LIST | SHAPE_NULLABLE,
      .about = "null: all." },
    { "active", SHAPE_BOOL, 0,
      .about = "false: by hand, or its receiver said 410." },
    { "secret", SHAPE_TEXT, 0, .about = "Only in the answer that makes it." },
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

static void
put_webhook(struct json_out *out, const struct webhook *webhook,
            bool with_secret)
{
    json_open_object(out);
    json_put_id(out, "id", webhook->id);
    json_put_int(out, "version", webhook->version);
    json_put_text(out, "url", webhook->url);
    json_put_tree(out, "topics", webhook->topics);
    json_put_bool(out, "active", webhook->active);
    if (with_secret)
        json_put_text(out, "secret", webhook->secret);
    json_close_object(out);
}

static void
answer(struct work *w, struct response *response, const struct webhook *webhook,
       bool with_secret)
{
    struct text text;
    struct json_out out = response_json(w, response, &text);

    put_webhook(&out, webhook, with_secret);
    response_json_done(response, &text);
}

static bool
list(struct work *w, const struct request *request, struct response *response)
{
    struct webhook *webhooks;
    struct text text;
    int count;

    (void)request;
    if (!webhook_list(w, &webhooks, &count))
        return false;

    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        put_webhook(&out, &webhooks[i], false);
    response_list_done(response, &out);
    return true;
}

static bool
load(struct work *w, const struct request *request, struct webhook *webhook)
{
    struct id id;

    return request_id(w, request, "id", &id) && webhook_load(w, id, webhook);
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct webhook webhook;

    if (!load(w, request, &webhook))
        return false;
    answer(w, response, &webhook, false);
    return true;
}

/* ---------------------------------------------------------------- change */

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
    return set_url(w, json, webhook);
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

    struct webhook webhook = { .id = work_id(w),
                               .secret = webhook_secret_new(w->arena),
                               .active = true };
    if (!set_all(w, request->json, &webhook) || !webhook_save(w, &webhook)
        || !workspace_config_changed(w))
        return false;
    answer(w, response, &webhook, true);
    response->status = 201;
    return true;
}

static struct str
as_json(struct work *w, const struct webhook *webhook)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    put_webhook(&out, webhook, false);
    return text_str(&text);
}

static bool
change(struct work *w, const struct request *request, struct response *response)
{
    struct webhook webhook;

    if (!load(w, request, &webhook)
        || !request_if_match(w, request, webhook.version, as_json(w, &webhook))
        || !set_all(w, request->json, &webhook) || !webhook_save(w, &webhook)
        || !workspace_config_changed(w))
        return false;
    answer(w, response, &webhook, false);
    return true;
}

static bool
forget(struct work *w, const struct request *request, struct response *response)
{
    struct webhook webhook;

    (void)response;
    return load(w, request, &webhook)
        && request_if_match(w, request, webhook.version, as_json(w, &webhook))
        && webhook_remove(w, webhook.id) && workspace_config_changed(w);
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/webhooks", list, CAN_MANAGE_WEBHOOKS,
      "Where events are sent.", .gives = &list_shape },
    { POST, "/api/v1/webhooks", create, CAN_MANAGE_WEBHOOKS,
      "Send events to another address. The secret is shown only now.",
      .takes = &new_shape, .gives = &webhook_shape },
    { GET, "/api/v1/webhooks/{id}", show, CAN_MANAGE_WEBHOOKS, "One webhook.",
      .gives = &webhook_shape },
    { PATCH, "/api/v1/webhooks/{id}", change, CAN_MANAGE_WEBHOOKS,
      "Change a webhook, or switch it on or off.", .takes = &change_shape,
      .gives = &webhook_shape },
    { DELETE, "/api/v1/webhooks/{id}", forget, CAN_MANAGE_WEBHOOKS,
      "Remove a webhook; what still waits for it is not sent." },
    { 0 },
};

static const struct job_kind *const jobs[] = { &notify_webhook_job, NULL };

const struct module notify_module = { "notify", endpoints, jobs };
