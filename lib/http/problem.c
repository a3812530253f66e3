/*
 * problem: what went wrong, as RFC 9457 problem details. One table says
 * which status and which words a kind of error has.
 *
 * Not here: what is wrong; that was written by whoever failed the unit.
 */
#include "lib/http/problem.h"

#include <assert.h>

struct problem_row {
    int status;
    const char *type; /* stable: programs may compare it */
    const char *title;
};

static const struct problem_row by_kind[] = {
    [ERR_NONE] = { 500, "/problems/internal", "Internal error" },
    [ERR_MALFORMED] = { 400, "/problems/malformed", "Cannot be read" },
    [ERR_UNAUTHENTICATED] = { 401, "/problems/unauthenticated",
                              "Nobody is signed in" },
    [ERR_FORBIDDEN] = { 403, "/problems/forbidden", "Not allowed" },
    [ERR_NOT_FOUND] = { 404, "/problems/not-found", "Not found" },
    [ERR_METHOD] = { 405, "/problems/method", "Not with this method" },
    [ERR_CONFLICT] = { 409, "/problems/conflict", "The record has moved on" },
    [ERR_TOO_LARGE] = { 413, "/problems/too-large", "Too large" },
    [ERR_MEDIA_TYPE] = { 415, "/problems/media-type", "Of another kind" },
    [ERR_MISDIRECTED] = { 421, "/problems/misdirected",
                          "Not a host of this server" },
    [ERR_INVALID] = { 422, "/problems/invalid", "Values cannot be used" },
    [ERR_TOO_MANY] = { 429, "/problems/too-many", "Too many requests" },
    [ERR_INTERNAL] = { 500, "/problems/internal", "Internal error" },
    [ERR_UNAVAILABLE] = { 503, "/problems/unavailable", "Not available now" },
};

static void add_details(struct json_out *, const struct error *);
static void write_problem(struct arena *, const struct problem_row *,
                          const struct error *, struct response *);

static const struct problem_row *
row_of(enum error_kind kind)
{
    assert((size_t)kind < sizeof by_kind / sizeof by_kind[0]);
    return &by_kind[kind];
}

int
http_status_of(enum error_kind kind)
{
    return row_of(kind)->status;
}

void
http_problem(struct arena *arena, const struct error *error,
             struct response *response)
{
    write_problem(arena, row_of(error->kind), error, response);
}

void
problem_headers_too_large(struct arena *arena, struct response *response)
{
    static const struct problem_row row = { 431, "/problems/headers-too-large",
                                            "Header fields too large" };
    const struct error error = {
        .detail = STR("The header of a request may have 64 lines and 16 kB, "
                      "of which one line has at most 8 kB."),
    };

    write_problem(arena, &row, &error, response);
}

/* Headers that were set before stay: they tell of the same request. */
static void
write_problem(struct arena *arena, const struct problem_row *row,
              const struct error *error, struct response *response)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_cstr(&out, "type", row->type);
    json_put_cstr(&out, "title", row->title);
    json_put_int(&out, "status", row->status);
    json_put_text(&out, "detail",
                  error->detail.data != NULL ? error->detail : STR(""));
    add_details(&out, error);
    if (error->extra_json != NULL) {
        text_add_char(&text, ',');
        text_add_cstr(&text, error->extra_json);
    }
    json_close_object(&out);
    response->status = row->status;
    response->body = text_str(&text);
    response->content_type = "application/problem+json";
}

static void
add_details(struct json_out *out, const struct error *error)
{
    if (error->detail_count == 0)
        return;
    json_name(out, "errors");
    json_open_array(out);
    for (int i = 0; i < error->detail_count; i++) {
        const struct error_detail *detail = &error->details[i];
        json_open_object(out);
        json_put_text(out, "pointer", detail->pointer);
        json_put_cstr(out, "code", detail->code);
        json_put_text(out, "message", detail->message);
        json_close_object(out);
    }
    json_close_array(out);
}
