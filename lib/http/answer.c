/*
 * answer: a response as bytes on the connection, with the headers that every
 * answer has.
 */
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/http/inside.h"

static const char page_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'";

static void add_header(struct MHD_Response *, const char *name,
                       const char *value);
static void count_answer(struct exchange *);

static bool
has_header(const struct response *response, const char *name)
{
    for (int i = 0; i < response->header_count; i++)
        if (str_equal_ascii_case(response->headers[i].name, str_of(name)))
            return true;
    return false;
}

static void
add_unless_there(struct exchange *x, struct MHD_Response *out, const char *name,
                 const char *value)
{
    if (!has_header(&x->response, name))
        add_header(out, name, value);
}

/* 1 to 5 seconds, so that those who were refused do not all come back at
 * once. */
static const char *
retry_after(struct id request_id)
{
    static const char *const seconds[] = { "1", "2", "3", "4", "5" };

    return seconds[(uint64_t)request_id.value % 5];
}

void
answer_common_headers(struct exchange *x, struct MHD_Response *out)
{
    const struct http_settings *settings = &x->server->settings;
    struct id request_id = id_next(&x->server->request_ids, x->work.now_ms);
    const char *policy = "default-src 'none'; frame-ancestors 'none'";

    if (x->is_page)
        policy =
            settings->page_policy != NULL ? settings->page_policy : page_policy;
    add_header(out, "X-Request-Id", id_show(request_id).text);
    add_header(out, "X-Content-Type-Options", "nosniff");
    add_unless_there(x, out, "Referrer-Policy", "no-referrer");
    add_unless_there(x, out, "Cache-Control", "no-store");
    add_unless_there(x, out, "Content-Security-Policy", policy);
    if (x->response.status == 503)
        add_unless_there(x, out, "Retry-After", retry_after(request_id));
    if (x->last || atomic_load(&x->server->closing))
        add_header(out, "Connection", "close");
}

/* The library refuses a value with a line break, which nobody may send. */
static void
add_header(struct MHD_Response *out, const char *name, const char *value)
{
    if (MHD_add_response_header(out, name, value) != MHD_YES)
        log_error("header_refused", LOG_WORD("name", name));
}

static void
add_own_headers(struct exchange *x, struct MHD_Response *out)
{
    const struct response *response = &x->response;

    for (int i = 0; i < response->header_count; i++)
        add_header(out, response->headers[i].name.data,
                   arena_cstr(x->arena, response->headers[i].value));
    if (response->body.bytes > 0 || response->pieces != NULL)
        add_header(out, "Content-Type",
                   response->content_type != NULL ? response->content_type
                                                  : "application/json");
}

/* The body stays in the arena, which lives until the library is done. */
enum MHD_Result
answer_send(struct exchange *x)
{
    const struct response *response = &x->response;
    struct MHD_Response *out =
        response->pieces != NULL
            ? pieces_response(x)
            : MHD_create_response_from_buffer(
                response->body.bytes, (void *)(uintptr_t)response->body.data,
                MHD_RESPMEM_PERSISTENT);

    if (out == NULL)
        return MHD_NO;
    limit_note_answer(x);
    add_own_headers(x, out);
    answer_common_headers(x, out);
    x->state = EXCHANGE_SENDING;
    enum MHD_Result result =
        MHD_queue_response(x->mhd, (unsigned)response->status, out);
    MHD_destroy_response(out);
    count_answer(x);
    return result;
}

static void
count_answer(struct exchange *x)
{
    struct http_server *server = x->server;
    int64_t took_us = clock_monotonic_us() - x->begun_us;
    int bucket = 0;
    int hundreds = x->response.status / 100;

    while (bucket < HTTP_LATENCY_BUCKETS - 1 && took_us >= INT64_C(1) << bucket)
        bucket++;
    atomic_fetch_add_explicit(&server->answers[hundreds <= 5 ? hundreds : 0], 1,
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&server->latency[bucket], 1,
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&server->latency_us, took_us,
                              memory_order_relaxed);
}
