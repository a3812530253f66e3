/*
 * webhook_delivery_api: what was sent to a webhook and what waits for it;
 * sent again, one or a span of time, under the ids it had; and a test.
 */
#include "lib/base/civil.h"
#include "src/access/permission.h"
#include "src/module.h"
#include "src/notify/webhook.h"

enum { LIMIT_USUAL = 50, LIMIT_MAX = 200, AGAIN_MAX = 10000 };

enum asked_state { ASKED_WAITING, ASKED_DELIVERED, ASKED_FAILED };

static const char *const asked_states[] = { "waiting", "delivered", "failed",
                                            NULL };
static const char *const again_states[] = { "failed", "all", NULL };
static const char *const states[] = { "waiting",   "held",    "sending",
                                      "delivered", "dropped", "failed",
                                      NULL };

static const struct request_field asks[] = {
    { STR_INIT("state"),
      STR_INIT("waiting (held and sending too), delivered (dropped too), "
               "failed; all if absent.") },
    { STR_INIT("limit"), STR_INIT("1 to 200; 50 if absent.") },
    { STR_INIT("cursor"), STR_INIT("next_cursor of the page before.") },
    { { 0 }, { 0 } },
};

static const struct shape_field delivery_fields[] = {
    { "id", SHAPE_ID, 0, .about = "The delivery." },
    { "webhook_id", SHAPE_TEXT, 0,
      .about = "As its receiver sees it: the same in all attempts." },
    { "type", SHAPE_TEXT, 0, .about = "The event." },
    { "lead", SHAPE_ID, SHAPE_NULLABLE, .about = "What it is about." },
    { "state", SHAPE_OPTION, 0, .options = states,
      .about = "held: the webhook is paused; dropped: it was off." },
    { "attempts", SHAPE_INTEGER, 0, .about = "How often it was tried." },
    { "last_error", SHAPE_TEXT, SHAPE_NULLABLE, .about = "What went wrong." },
    { "next_try_at", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "When it is tried next; null: it is not." },
    { "created_at", SHAPE_TIME, 0, .about = "When it happened." },
    { "ended_at", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "The end of its last attempt." },
    { 0 },
};
static const struct shape delivery_shape = {
    "Delivery", "One event for one webhook; kept for 14 days once it is sent.",
    0, delivery_fields
};
static const struct shape_field page_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &delivery_shape,
      .about = "Newest first." },
    { "next_cursor", SHAPE_TEXT, SHAPE_NULLABLE, .about = "For what follows." },
    { 0 },
};
static const struct shape page_shape = { "DeliveryPage", "Deliveries.", 0,
                                         page_fields };
static const struct shape_field span_fields[] = {
    { "from", SHAPE_TIME, SHAPE_REQUIRED,
      .about = "What happened since then." },
    { "to", SHAPE_TIME, 0, .about = "And before; now if absent." },
    { "state", SHAPE_OPTION, 0, .options = again_states,
      .about = "failed if absent; all: what was delivered as well." },
    { 0 },
};
static const struct shape span_shape = { "WebhookReplayInput",
                                         "What to send again.", 0,
                                         span_fields };
static const struct shape_field again_fields[] = {
    { "queued", SHAPE_INTEGER, 0, .about = "How many are sent again." },
    { "more", SHAPE_BOOL, 0,
      .about = "true: there are more than fit into one call; ask again." },
    { 0 },
};
static const struct shape again_shape = { "Replay", "What is sent again.", 0,
                                          again_fields };

/* ------------------------------------------------------------------ show */

static const char *
state_of(const struct job *job)
{
    switch (job->state) {
    case JOB_PENDING:
        return job->due_ms == JOB_HELD_MS ? "held" : "waiting";
    case JOB_RUNNING:
        return "sending";
    case JOB_DONE:
        return str_is_empty(job->last_error) ? "delivered" : "dropped";
    case JOB_FAILED:
    case JOB_UNKNOWN:
        break;
    }
    return "failed";
}

static void
put_delivery(struct work *w, struct json_out *out, const struct job *job)
{
    struct json_error error;
    const struct json *payload = json_parse(w->arena, job->payload, &error);
    bool waits = job->state == JOB_PENDING && job->due_ms != JOB_HELD_MS;

    json_open_object(out);
    json_put_id(out, "id", job->id);
    json_put_text(out, "webhook_id",
                  arena_format(w->arena, "msg_%s", id_show(job->id).text));
    json_put_text(out, "type", json_get_text(payload, "type"));
    json_put_id(out, "lead", job->lead);
    json_put_cstr(out, "state", state_of(job));
    json_put_int(out, "attempts", job->attempts);
    json_put_text(out, "last_error", job->last_error);
    json_put_time(out, "next_try_at", waits ? job->due_ms : 0);
    json_put_time(out, "created_at", job->created_ms);
    json_put_time(out, "ended_at", job->done_ms);
    json_close_object(out);
}

static bool
read_state(struct work *w, const struct request *request,
           struct jobs_asked *asked)
{
    static const enum job_state bounds[][2] = {
        [ASKED_WAITING] = { JOB_PENDING, JOB_RUNNING },
        [ASKED_DELIVERED] = { JOB_DONE, JOB_DONE },
        [ASKED_FAILED] = { JOB_FAILED, JOB_UNKNOWN },
    };
    struct str state = request_query(request, "state");

    asked->first = JOB_PENDING;
    asked->last = JOB_UNKNOWN;
    if (str_is_empty(state))
        return true;
    for (int i = 0; asked_states[i] != NULL; i++) {
        if (!str_is(state, asked_states[i]))
            continue;
        asked->first = bounds[i][0];
        asked->last = bounds[i][1];
        return true;
    }
    return fail_at(w, STR("/state"), "unknown_option",
                   "A state is waiting, delivered or failed.");
}

static bool
read_page(struct work *w, const struct request *request,
          struct jobs_asked *asked)
{
    struct str cursor = request_query(request, "cursor");
    int64_t limit;

    if (!str_is_empty(cursor) && !id_parse(cursor, &asked->before))
        return fail_at(w, STR("/cursor"), "bad_cursor",
                       "This is no cursor of deliveries.");
    if (!read_state(w, request, asked)
        || !request_query_int(w, request, "limit", LIMIT_USUAL, 1, LIMIT_MAX,
                              &limit))
        return false;
    asked->limit = (int)limit;
    return true;
}

static bool
list(struct work *w, const struct request *request, struct response *response)
{
    struct jobs_asked asked = { .before = ID_NONE };
    struct webhook webhook;
    struct job *jobs;
    struct text text;
    int count;

    if (!webhook_of_request(w, request, &webhook)
        || !read_page(w, request, &asked))
        return false;
    asked.channel = webhook_channel(w->arena, &webhook);
    if (!jobs_of_channel(w, &asked, &jobs, &count))
        return false;

    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        put_delivery(w, &out, &jobs[i]);
    response_page_done(response, &out,
                       count == asked.limit ? jobs[count - 1].id : ID_NONE);
    return true;
}

static bool
answer(struct work *w, const struct webhook *webhook, struct id delivery,
       struct response *response)
{
    struct text text;
    struct job job;

    if (!job_of_channel(w, webhook_channel(w->arena, webhook), delivery, &job))
        return false;
    struct json_out out = response_json(w, response, &text);
    put_delivery(w, &out, &job);
    response_json_done(response, &text);
    return true;
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct webhook webhook;
    struct id delivery;

    return webhook_of_request(w, request, &webhook)
        && request_id(w, request, "delivery", &delivery)
        && answer(w, &webhook, delivery, response);
}

/* ------------------------------------------------------------------ send */

/* What is sent to a webhook that is off would only be dropped. */
static bool
is_on(struct work *w, const struct webhook *webhook)
{
    return webhook->active
        || fail(w, ERR_CONFLICT, "The webhook is off: switch it on first.");
}

/* With others it waits until the webhook goes on; alone, it shows whether it
 * can. */
static bool
send_again(struct work *w, const struct request *request,
           struct response *response)
{
    struct webhook webhook;
    struct id delivery;

    response->status = 202;
    return webhook_of_request(w, request, &webhook)
        && request_id(w, request, "delivery", &delivery) && is_on(w, &webhook)
        && job_repeat(w, webhook_channel(w->arena, &webhook), delivery,
                      w->now_ms)
        && answer(w, &webhook, delivery, response);
}

static bool
read_span(struct work *w, const struct json *json, struct jobs_span *span)
{
    struct str to = json_get_text(json, "to");

    span->to_ms = w->now_ms + 1;
    time_parse(json_get_text(json, "from"), &span->from_ms);
    if (!str_is_empty(to))
        time_parse(to, &span->to_ms);
    return span->from_ms < span->to_ms
        || fail_at(w, STR("/to"), "empty_span", "It ends before it begins.");
}

static bool
send_all_again(struct work *w, const struct request *request,
               struct response *response)
{
    struct webhook webhook;
    struct text text;
    int64_t count;

    if (!webhook_of_request(w, request, &webhook) || !is_on(w, &webhook))
        return false;
    struct jobs_span span = {
        .channel = webhook_channel(w->arena, &webhook),
        .first = str_is(json_get_text(request->json, "state"), "all")
                   ? JOB_DONE
                   : JOB_FAILED,
        .due_ms = webhook.paused_ms > 0 ? JOB_HELD_MS : w->now_ms,
        .limit = AGAIN_MAX,
    };
    if (!read_span(w, request->json, &span) || !jobs_repeat(w, &span, &count))
        return false;

    struct json_out out = response_json(w, response, &text);
    json_open_object(&out);
    json_put_int(&out, "queued", count);
    json_put_bool(&out, "more", count == AGAIN_MAX);
    json_close_object(&out);
    response_json_done(response, &text);
    response->status = 202;
    return true;
}

static bool
test(struct work *w, const struct request *request, struct response *response)
{
    struct webhook webhook;
    struct id delivery;

    response->status = 202;
    return webhook_of_request(w, request, &webhook)
        && webhook_test(w, &webhook, &delivery)
        && answer(w, &webhook, delivery, response);
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/webhooks/{id}/deliveries", list, CAN_MANAGE_WEBHOOKS,
      "What was sent to a webhook, and what waits.", .asks = asks,
      .gives = &page_shape },
    { GET, "/api/v1/webhooks/{id}/deliveries/{delivery}", show,
      CAN_MANAGE_WEBHOOKS, "One delivery.", .gives = &delivery_shape },
    { POST, "/api/v1/webhooks/{id}/deliveries/{delivery}/again", send_again,
      CAN_MANAGE_WEBHOOKS,
      "Send one again that was delivered, dropped or failed, under its id.",
      .gives = &delivery_shape },
    { POST, "/api/v1/webhooks/{id}/replay", send_all_again, CAN_MANAGE_WEBHOOKS,
      "Send again what happened in a span of time, under the ids it had, up to "
      "10,000 at a time.",
      .takes = &span_shape, .gives = &again_shape },
    { POST, "/api/v1/webhooks/{id}/test", test, CAN_MANAGE_WEBHOOKS,
      "Send an event of type webhook.test, once. One that arrives ends a "
      "pause.",
      .gives = &delivery_shape },
    { 0 },
};

const struct module webhook_delivery_module = { "webhook_delivery", endpoints,
                                                NULL };
