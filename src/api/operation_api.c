/* operation_api: see operation_api.h. */
#include "src/api/operation_api.h"

enum { LIMIT_USUAL = 50, LIMIT_MAX = 200 };

const struct request_field operation_list_asks[] = {
    { STR_INIT("limit"), STR_INIT("1 to 200; 50 if absent.") },
    { STR_INIT("cursor"), STR_INIT("next_cursor of the page before.") },
    { { 0 }, { 0 } },
};

bool
operation_api_limit(struct work *w, const struct request *request,
                    int64_t *limit)
{
    return request_query_int(w, request, "limit", LIMIT_USUAL, 1, LIMIT_MAX,
                             limit);
}

bool
operation_api_cursor(struct work *w, const struct request *request,
                     struct id *cursor)
{
    struct str text = request_query(request, "cursor");

    *cursor = ID_NONE;
    return str_is_empty(text) || id_parse(text, cursor)
        || fail_at(w, STR("/cursor"), "bad_cursor",
                   "This is no cursor of this list.");
}

void
operation_api_put_end(struct json_out *out, const struct operation *operation)
{
    json_put_text(out, "reason", operation->reason);
    json_put_time(out, "created_at", operation->created_ms);
    json_put_time(out, "begun_at", operation->begun_ms);
    json_put_time(out, "ended_at", operation->ended_ms);
}

bool
operation_api_load(struct work *w, const struct request *request,
                   const struct operation_kind *kind,
                   struct operation *operation)
{
    struct id id;

    return request_id(w, request, "id", &id)
        && operation_load(w, kind, id, operation);
}

bool
operation_api_list(struct work *w, const struct request *request,
                   struct response *response, const struct operation_kind *kind,
                   struct id actor,
                   bool (*put)(struct work *, struct json_out *,
                               const struct operation *))
{
    struct id last = ID_NONE;
    struct id before;
    struct text text;
    int64_t limit;
    void *records;
    int count;

    if (!operation_api_cursor(w, request, &before)
        || !operation_api_limit(w, request, &limit)
        || !operation_list(w, kind, actor, before, (int)limit, &records,
                           &count))
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++) {
        const struct operation *operation =
            (const void *)((const char *)records + (size_t)i * kind->bytes);
        if (!put(w, &out, operation))
            return false;
        last = operation->id;
    }
    response_page_done(response, &out, count == limit ? last : ID_NONE);
    return true;
}

bool
operation_api_answer(struct work *w, struct response *response, int status,
                     const struct operation *operation,
                     bool (*put)(struct work *, struct json_out *,
                                 const struct operation *))
{
    struct text text;
    struct json_out out = response_json(w, response, &text);

    if (!put(w, &out, operation))
        return false;
    response_json_done(response, &text);
    response->status = status;
    return true;
}
