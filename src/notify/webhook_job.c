/*
 * webhook_job: an outbox row becomes a signed request (Standard Webhooks).
 * The id of the message is the job's and stays the same over all attempts.
 */
#include "src/notify/webhook.h"

#include "lib/net/webhook.h"
#include "src/workspace/vault.h"

enum { ANSWER_BYTES_MAX = 4096, KEYS_MAX = 2 };

const char webhook_test_topic[] = "webhook.test";
const char webhook_secret_purpose[] = "webhook.secret";

static bool
body_of(struct work *w, const struct json *payload, struct str *body)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_text(&out, "type", json_get_text(payload, "type"));
    json_put_text(&out, "timestamp", json_get_text(payload, "timestamp"));
    json_put_tree(&out, "data", json_get(payload, "data"));
    json_close_object(&out);
    *body = text_str(&text);
    return true;
}

static bool
load_target(struct work *w, const struct json *payload, struct webhook *webhook)
{
    struct id id;

    if (!id_parse(json_get_text(payload, "webhook"), &id))
        return fail(w, ERR_INTERNAL, "The outbox row names no webhook.");
    return webhook_load(w, id, webhook);
}

/* Then there is nothing to send any more. */
static bool
was_removed(struct work *w)
{
    if (w->error.kind != ERR_NOT_FOUND)
        return false;
    w->error = (struct error){ 0 };
    return true;
}

static bool
read_key(struct work *w, struct str sealed, struct webhook_key *key)
{
    struct str secret;

    if (!vault_open(w->arena, webhook_secret_purpose, sealed, &secret))
        return fail(w, ERR_INTERNAL,
                    "The webhook's secret was sealed with another secret key: "
                    "bring that back, or replace the secret.");
    return webhook_key_parse(secret, key)
        || fail(w, ERR_INTERNAL, "The webhook's secret is broken.");
}

/* The secret, and the one before while that counts still. */
static bool
read_keys(struct work *w, const struct webhook *webhook,
          struct webhook_key keys[KEYS_MAX], size_t *count)
{
    bool both = w->now_ms < webhook->secret_before_until_ms;

    *count = both ? 2 : 1;
    return read_key(w, webhook->secret, &keys[0])
        && (!both || read_key(w, webhook->secret_before, &keys[1]));
}

static bool
sign(struct work *w, const struct webhook *webhook, struct id job,
     struct str body, struct outbox_header headers[static WEBHOOK_HEADERS])
{
    struct webhook_key keys[KEYS_MAX];
    size_t count;
    bool ok = read_keys(w, webhook, keys, &count)
           && (webhook_sign(w->arena, keys, count,
                            arena_format(w->arena, "msg_%s", id_show(job).text),
                            w->now_ms / 1000, body, headers)
               || fail(w, ERR_INTERNAL, "The webhook cannot be signed."));

    for (size_t i = 0; i < KEYS_MAX; i++)
        webhook_key_wipe(&keys[i]);
    return ok;
}

static bool
prepare(struct work *w, const struct job *job, struct outbox_message *message)
{
    struct outbox_header *headers =
        ARENA_ARRAY(w->arena, struct outbox_header, WEBHOOK_HEADERS + 1);
    struct json_error error;
    const struct json *payload = json_parse(w->arena, job->payload, &error);
    struct webhook webhook = { 0 };

    if (payload == NULL)
        return fail(w, ERR_INTERNAL, "The outbox row is broken.");
    if (!load_target(w, payload, &webhook))
        return was_removed(w);
    if (!body_of(w, payload, &message->body))
        return false;
    if (!webhook.active /* switched off since: nothing is sent any more ... */
        && !str_is(json_get_text(payload, "type"), webhook_test_topic))
        return true; /* ... but what somebody asks for, to see */
    if (!sign(w, &webhook, job->id, message->body, headers))
        return false;
    headers[WEBHOOK_HEADERS] =
        (struct outbox_header){ STR("content-type"), STR("application/json") };
    message->kind = OUTBOX_HTTP;
    message->job = job->id;
    message->url = webhook.url;
    message->headers = headers;
    message->header_count = WEBHOOK_HEADERS + 1;
    message->response_bytes_max = ANSWER_BYTES_MAX;
    return true;
}

static bool
settle(struct work *w, const struct job *job,
       const struct outbox_result *result)
{
    struct json_error error;
    const struct json *payload = json_parse(w->arena, job->payload, &error);
    struct webhook webhook = { 0 };

    if (payload == NULL)
        return fail(w, ERR_INTERNAL, "The outbox row is broken.");
    if (!load_target(w, payload, &webhook))
        return was_removed(w);
    return result->delivered ? webhook_went_well(w, &webhook)
                             : webhook_went_wrong(w, &webhook, job, result);
}

const struct job_kind notify_webhook_job = {
    .name = "notify.webhook",
    .about = "Sends one event to one webhook.",
    .prepare = prepare,
    .settle = settle,
    .schedule = &job_schedule_webhook,
};
