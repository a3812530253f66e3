/*
 * instance: what an operator asks of the program: is it alive, is it ready,
 * how is it doing, what does it offer.
 */
#include "src/instance.h"

#include "lib/base/clock.h"
#include "src/access/access.h"
#include "src/insight/insight.h"
#include "src/lifecycle_mail.h"
#include "src/match/key_filter.h"
#include "src/match/key_tail.h"
#include "src/match/match.h"
#include "src/module.h"
#include "src/notify/digest.h"
#include "src/workspace/mailing.h"

enum { SETTLE_MS = 100000 };

const char instance_version[] = "0.1.0";

static void
tell(void *context, const struct live_event *event)
{
    struct instance *instance = context;
    struct http_server *http = atomic_load(&instance->http);

    access_told(event);
    if (http != NULL)
        http_tell(http, event);
}

/* Some units know what they will look up only with the caches at hand. */
static void
get_ready(struct work *w, struct unit *const *units, int count)
{
    const struct work before = *w;

    for (int i = 0; i < count; i++) {
        if (units[i]->ready == NULL)
            continue;
        w->workspace = units[i]->workspace;
        w->arena = units[i]->arena;
        units[i]->ready(w, units[i]);
        w->error = (struct error){ 0 };
    }
    w->workspace = before.workspace;
    w->arena = before.arena;
    w->keys = before.keys;
    w->key_count = before.key_count;
    w->remembered = before.remembered;
}

static bool
group_begin(struct work *w, struct unit *const *units, int count)
{
    if (!cache_group_begin(w, units, count))
        return false;
    get_ready(w, units, count);
    return match_warm(w, units, count);
}

static bool
group_end(struct work *w)
{
    return insight_group_end(w) && key_tail_group_end(w)
        && digest_group_end(w, &lifecycle_digest_job) && cache_group_end(w);
}

/* The keys first: they compare the versions that the cache then forgets. */
static void
group_done(struct work *w, bool committed)
{
    key_tail_group_done(w, committed);
    key_filter_group_done(w, committed);
    digest_group_done(w);
    cache_group_done(w, committed);
}

struct runner_hooks
instance_hooks(struct instance *instance)
{
    return (struct runner_hooks){
        .app_open = cache_open,
        .app_close = cache_close,
        .group_begin = group_begin,
        .group_end = group_end,
        .group_done = group_done,
        .leave = key_tail_leave,
        .tell = tell,
        .context = instance,
    };
}

/* ---------------------------------------------------------------- health */

static bool
say(struct work *w, struct response *response, int status, const char *word)
{
    struct text text;
    struct json_out out = response_json(w, response, &text);

    json_open_object(&out);
    json_put_cstr(&out, "status", word);
    json_close_object(&out);
    response_json_done(response, &text);
    response->status = status;
    return true;
}

static bool
live(struct work *w, const struct request *request, struct response *response)
{
    (void)request;
    return say(w, response, 200, "live");
}

/* Ready, and what an operator may want to know. */
static bool
say_ready(struct work *w, struct response *response)
{
    const char *hint = mailing_hint();
    struct text text;
    struct json_out out = response_json(w, response, &text);

    json_open_object(&out);
    json_put_cstr(&out, "status", "ready");
    json_name(&out, "hints");
    json_open_array(&out);
    if (hint != NULL)
        json_text(&out, str_of(hint));
    json_close_array(&out);
    json_close_object(&out);
    response_json_done(response, &text);
    return true;
}

static bool
ready(struct work *w, const struct request *request, struct response *response)
{
    struct instance *instance = request->program;

    if (atomic_load(&instance->draining))
        return say(w, response, 503, "draining");
    if (!runner_state(instance->runner).database_ok)
        return say(w, response, 503, "database away");
    return say_ready(w, response);
}

/* --------------------------------------------------------------- metrics */

static void
metric(struct text *text, const char *name, const char *type, const char *about,
       int64_t value)
{
    text_format(text, "# HELP %s %s\n# TYPE %s %s\n%s %ld\n", name, about, name,
                type, name, (long)value);
}

static void
latency(struct text *text, const struct http_stats *stats)
{
    int64_t below = 0;

    text_add_cstr(text, "# HELP baton_http_seconds Time to the answer.\n"
                        "# TYPE baton_http_seconds histogram\n");
    for (int i = 0; i < HTTP_LATENCY_BUCKETS - 1; i++) {
        below += stats->latency[i];
        text_format(text, "baton_http_seconds_bucket{le=\"%.6f\"} %ld\n",
                    (double)(INT64_C(1) << i) / 1e6, (long)below);
    }
    below += stats->latency[HTTP_LATENCY_BUCKETS - 1];
    text_format(text,
                "baton_http_seconds_bucket{le=\"+Inf\"} %ld\n"
                "baton_http_seconds_sum %.6f\nbaton_http_seconds_count %ld\n",
                (long)below, (double)stats->latency_us / 1e6, (long)below);
}

static bool
metrics(struct work *w, const struct request *request,
        struct response *response)
{
    struct instance *instance = request->program;
    struct runner_state runner = runner_state(instance->runner);
    struct jobs_state jobs = jobs_state(instance->jobs);
    struct http_stats http = http_stats(atomic_load(&instance->http));
    struct text text = text_new(w->arena);

    text_add_cstr(&text, "# HELP baton_http_answers_total Answers by class.\n"
                         "# TYPE baton_http_answers_total counter\n");
    for (int i = 1; i < 6; i++)
        text_format(&text, "baton_http_answers_total{class=\"%dxx\"} %ld\n", i,
                    (long)http.answers[i]);
    latency(&text, &http);
    metric(&text, "baton_http_connections", "gauge", "Open connections.",
           http.connections);
    metric(&text, "baton_live_streams", "gauge", "Open event streams.",
           http.streams);
    metric(&text, "baton_http_limited_total", "counter",
           "Requests and connections that came too often.", http.limited);
    metric(&text, "baton_units_waiting", "gauge", "Units not yet run.",
           runner.queued);
    metric(&text, "baton_units_total", "counter", "Units run.", runner.units);
    metric(&text, "baton_commits_total", "counter", "Transactions.",
           runner.commits);
    metric(&text, "baton_database_up", "gauge", "1: it can be written to.",
           runner.database_ok);
    metric(&text, "baton_jobs_done_total", "counter", "Jobs done.", jobs.done);
    metric(&text, "baton_jobs_retried_total", "counter",
           "Attempts that failed.", jobs.retried);
    metric(&text, "baton_job_oldest_due_ms", "gauge",
           "Due time of the oldest job that waits, 0: none.", jobs.oldest_ms);
    response->body = text_str(&text);
    response->content_type = "text/plain; version=0.0.4; charset=utf-8";
    return true;
}

/* ----------------------------------------------------------------- about */

const struct endpoint *const *
instance_tables(struct arena *arena)
{
    size_t count = 0;
    size_t kept = 0;

    while (modules[count] != NULL)
        count++;
    const struct endpoint **tables =
        ARENA_ARRAY(arena, const struct endpoint *, count + 2);
    for (size_t i = 0; i < count; i++)
        if (modules[i]->endpoints != NULL)
            tables[kept++] = modules[i]->endpoints;
    tables[kept] = http_stream_endpoints;
    return tables;
}

static bool
openapi(struct work *w, const struct request *request,
        struct response *response)
{
    struct instance *instance = request->program;

    response->body =
        http_openapi(w->arena, instance_tables(w->arena), instance->version);
    return true;
}

/* ------------------------------------------------------------ test clock */

static const struct shape_field clock_fields[] = {
    { "advance_ms", SHAPE_INTEGER, SHAPE_REQUIRED, INT64_C(3155760000000), 0,
      .about = "How far the clock is moved." },
    { "settle", SHAPE_BOOL, 0,
      .about = "False: not to wait for what became due." },
    { 0 },
};
static const struct shape clock_shape = { "TestClock", "Moves the time.", 0,
                                          clock_fields };

/* Only with --test-clock. Answers when all that became due has been done;
 * runs on the HTTP thread, which no other test request needs meanwhile. */
static bool
move_clock(struct work *w, const struct request *request,
           struct response *response)
{
    struct instance *instance = request->program;

    if (!clock_is_test())
        return fail(w, ERR_NOT_FOUND,
                    "The clock moves by itself; start with --test-clock to "
                    "move it.");
    clock_test_advance(json_get_int(request->json, "advance_ms", 0));
    jobs_wake(instance->jobs);
    if (!json_get_bool(request->json, "settle", true))
        return say(w, response, 200, "moved");
    if (!jobs_settle(instance->jobs, SETTLE_MS))
        return fail(w, ERR_UNAVAILABLE, "Jobs are still running.");
    return say(w, response, 200, "moved");
}

static const struct endpoint endpoints[] = {
    { GET, "/health/live", live, PERMISSION_PUBLIC,
      "The process runs. Asks no database.",
      ENDPOINT_INLINE | ENDPOINT_ANY_QUERY },
    { GET, "/health/ready", ready, PERMISSION_PUBLIC, "Requests can be served.",
      ENDPOINT_INLINE | ENDPOINT_ANY_QUERY },
    { GET, "/metrics", metrics, PERMISSION_PUBLIC, "Figures for Prometheus.",
      ENDPOINT_INLINE | ENDPOINT_ANY_QUERY },
    { GET, "/api/v1/openapi.json", openapi, PERMISSION_PUBLIC,
      "This description.", ENDPOINT_INLINE },
    { POST, "/test/clock", move_clock, PERMISSION_PUBLIC,
      "Moves the time in tests.", ENDPOINT_INLINE | ENDPOINT_HIDDEN,
      .takes = &clock_shape },
    { 0 },
};

const struct module instance_module = { "instance", endpoints, NULL };
