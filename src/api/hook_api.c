/*
 * hook_api: webhooks of other programs come in: checked over the raw bytes,
 * read, and each lead in it taken or kept, all in one unit. What is answered
 * with 2xx is stored.
 */
#include "src/api/hook_api.h"

#include "lib/base/random.h"
#include "src/access/permission.h"
#include "src/api/hook_take.h"
#include "src/capture/form_document.h"
#include "src/match/match.h"

enum { TOKEN_BYTES = 24 };

/* One delivery on its way. */
struct delivery {
    struct id source;
    const struct workspace_cache *cache; /* that `hook` is of, or NULL: it was
                                            not looked up yet */
    int64_t loads;                       /* of that cache */
    const struct hook *hook;             /* NULL: there is no such address */
    enum error_kind refusal;             /* ERR_NONE: it is the sender's */
    const char *why;                     /* it is refused */
    struct hook_body body;
};

static const struct shape_field result_fields[] = {
    { "state", SHAPE_TEXT, 0,
      .about = "taken (a new lead), joined, repeated (it was here before), "
               "quarantined, ignored, or erased (one of several, who was "
               "forgotten: nothing of him is kept)." },
    { "submission", SHAPE_ID, 0, .about = "What is kept." },
    { "lead", SHAPE_ID, SHAPE_NULLABLE, .about = "What it became." },
    { 0 },
};
static const struct shape result_shape = { "WebhookResult", "Of one lead.", 0,
                                           result_fields };
static const struct shape_field answer_fields[] = {
    { "lead", SHAPE_ID, SHAPE_NULLABLE, .about = "The first lead." },
    { "results", SHAPE_OBJECT, SHAPE_LIST, HOOK_LEADS_MAX, .of = &result_shape,
      .about = "In their order." },
    { 0 },
};
static const struct shape answer_shape = {
    "WebhookTaken", "What became of a webhook; all of it is stored.", 0,
    answer_fields
};

struct str
hook_token_new(struct arena *arena)
{
    return random_token(arena, TOKEN_BYTES);
}

struct str
hook_path(struct arena *arena, struct id workspace, struct id source,
          struct str token)
{
    return arena_format(arena, "/in/%.*s/%.*s",
                        STR_ARG(form_public_id(arena, workspace, source)),
                        STR_ARG(token));
}

/* --------------------------------------------------------------- prepare */

/* No session names the workspace of a sender: the address does. */
static bool
prepare(struct work *w, struct request *request)
{
    struct delivery *delivery = ARENA_NEW(w->arena, struct delivery);

    request->prepared = delivery;
    if (!form_public_id_read(request_parameter(request, "source"),
                             &w->workspace, &delivery->source))
        w->workspace = delivery->source = ID_NONE;
    return true;
}

/* NULL unless both halves of the address are right. */
static const struct hook *
find_hook(const struct work *w, const struct workspace_cache *cache,
          const struct request *request)
{
    const struct delivery *delivery = request->prepared;
    const struct hook *hook = hook_of_source(cache, delivery->source);

    return hook != NULL
                && hook_token_fits(hook, request_parameter(request, "token"),
                                   w->now_ms)
             ? hook
             : NULL;
}

static void
refuse(struct delivery *delivery, enum error_kind kind, const char *why)
{
    delivery->refusal = kind;
    delivery->why = why;
}

/* Senders that give a delivery a name in a header, give it all retries. */
static void
name_by_header(struct arena *arena, const struct request *request,
               struct hook_body *body)
{
    static const char *const headers[] = { "idempotency-key", "webhook-id",
                                           NULL };
    struct str name = STR_NONE;

    for (int i = 0; headers[i] != NULL && str_is_empty(name); i++)
        name = request_header(request, headers[i]);
    for (int i = 0; i < body->count && !str_is_empty(name); i++)
        if (str_is_empty(body->leads[i].delivery_key))
            body->leads[i].delivery_key = hook_delivery_key(
                arena, arena_format(arena, "header %d %.*s", i, STR_ARG(name)));
}

/* First who sent it, then what it says. */
static void
open_delivery(struct work *w, const struct workspace_cache *cache,
              const struct request *request, struct delivery *delivery)
{
    const struct hook *hook = find_hook(w, cache, request);

    delivery->cache = cache;
    delivery->loads = cache->loads;
    delivery->hook = hook;
    refuse(delivery, ERR_NONE, NULL);
    if (hook == NULL) {
        refuse(delivery, ERR_NOT_FOUND, "There is no such address.");
        return;
    }
    const char *fault = hook_check_fault(w->arena, hook, request, w->now_ms);
    if (fault == NULL && request->method == POST) {
        hook_body_open(w->arena, hook, cache,
                       request_header(request, "content-type"), request->body,
                       &delivery->body);
        fault = delivery->body.fault;
        if (fault == NULL)
            name_by_header(w->arena, request, &delivery->body);
    }
    if (fault != NULL)
        refuse(delivery, ERR_UNAUTHENTICATED, fault);
}

/* With the group's caches at hand: so all of its keys are read at once. */
static void
get_ready(struct work *w, struct request *request)
{
    struct delivery *delivery = request->prepared;
    const struct workspace_cache *cache =
        id_is_none(w->workspace) ? NULL : workspace_cache(w);

    w->keys = NULL;
    w->key_count = 0;
    if (cache == NULL)
        return;
    open_delivery(w, cache, request, delivery);
    if (delivery->refusal != ERR_NONE)
        return;

    const struct hook_body *body = &delivery->body;
    int64_t *keys = ARENA_ARRAY(w->arena, int64_t,
                                (size_t)body->count * MATCH_KEYS_MAX + 1);
    for (int i = 0; i < body->count; i++)
        if (body->leads[i].fit)
            w->key_count +=
                match_keys(&body->leads[i].facts, body->leads[i].delivery_key,
                           keys + w->key_count);
    w->keys = keys;
}

/* ------------------------------------------------------------------- take */

/* A unit before this one may have changed what the hook says. */
static bool
is_open(const struct delivery *delivery, const struct workspace_cache *cache)
{
    return delivery->cache == cache && delivery->loads == cache->loads;
}

static bool
no_such_address(struct work *w)
{
    return fail(w, ERR_NOT_FOUND, "There is no such address.");
}

/* NULL with the unit failed. */
static const struct workspace_cache *
cache_of_address(struct work *w)
{
    const struct workspace_cache *cache =
        id_is_none(w->workspace) ? NULL : workspace_cache(w);

    if (cache == NULL
        && (w->error.kind == ERR_NONE || w->error.kind == ERR_NOT_FOUND))
        no_such_address(w);
    return cache;
}

static bool
find_delivery(struct work *w, const struct request *request,
              struct delivery *delivery)
{
    const struct workspace_cache *cache = cache_of_address(w);

    if (cache == NULL)
        return false;
    if (!is_open(delivery, cache))
        open_delivery(w, cache, request, delivery);
    if (delivery->refusal != ERR_NONE)
        return fail(w, delivery->refusal, "%s", delivery->why);
    /* Whoever sends it, a person of ours too, speaks for the source. */
    w->actor =
        (struct actor){ ACTOR_SOURCE, delivery->source, source_permissions };
    return true;
}

static void
put_result(struct json_out *out, const struct hook_result *result)
{
    json_open_object(out);
    json_put_cstr(out, "state", result->state);
    json_put_id(out, "submission", result->submission);
    json_put_id(out, "lead", result->lead);
    json_close_object(out);
}

static bool
take_all(struct work *w, const struct request *request, enum held_care care,
         struct response *response)
{
    struct delivery *delivery = request->prepared;
    struct hook_result result;
    struct id first = ID_NONE;
    struct text text;

    if (!find_delivery(w, request, delivery))
        return false;
    const struct hook_body *body = &delivery->body;
    struct json_out out = response_json(w, response, &text);
    json_open_object(&out);
    json_name(&out, "results");
    json_open_array(&out);
    for (int i = 0; i < body->count; i++) {
        if (!hook_take_one(w, delivery->hook, body, &body->leads[i], care,
                           request->failure, ID_NONE, &result))
            return false;
        put_result(&out, &result);
        first = id_is_none(first) ? result.lead : first;
    }
    json_close_array(&out);
    json_put_id(&out, "lead", first);
    json_close_object(&out);
    response_json_done(response, &text);
    return true;
}

static bool
receive(struct work *w, const struct request *request,
        struct response *response)
{
    return take_all(w, request, HELD_CARE_NONE, response);
}

static bool
rescue(struct work *w, const struct request *request, struct response *response)
{
    return take_all(w, request,
                    request->rescues == 1 ? HELD_CARE_QUEUE : HELD_CARE_BYTES,
                    response);
}

/* Providers ask whether somebody is at home before they send anything. */
static bool
greet(struct work *w, const struct request *request, struct response *response)
{
    const struct workspace_cache *cache = cache_of_address(w);
    bool refused = false;

    if (cache == NULL)
        return false;
    const struct hook *hook = find_hook(w, cache, request);
    if (hook == NULL)
        return no_such_address(w);
    struct str answer =
        hook_challenge_answer(w->arena, hook, request, &refused);
    if (refused)
        return fail(w, ERR_FORBIDDEN,
                    "The token of the challenge is not the one that was "
                    "agreed.");
    response->body = str_is_empty(answer) ? STR("{}") : answer;
    if (!str_is_empty(answer) && !hook->challenge.is_signed)
        response->content_type = "text/plain; charset=utf-8";
    return true;
}

static const struct endpoint endpoints[] = {
    { GET, "/in/{source}/{token}", greet, PERMISSION_PUBLIC,
      "Answers a provider's challenge.", ENDPOINT_ANY_QUERY,
      .prepare = prepare },
    { POST, "/in/{source}/{token}", receive, PERMISSION_PUBLIC,
      "A webhook of another program, read as its source says.",
      ENDPOINT_RAW_BODY | ENDPOINT_OWN_REPLAY | ENDPOINT_KEEPS_INVALID
          | ENDPOINT_ANY_QUERY,
      .prepare = prepare, .ready = get_ready, .rescue = rescue,
      .gives = &answer_shape, .body_bytes_max = HOOK_BODY_BYTES_MAX },
    { 0 },
};

const struct module hook_module = { "hook", endpoints, NULL };
