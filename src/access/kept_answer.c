/*
 * kept_answer: a change that is sent again under the same Idempotency-Key is
 * answered as the first time, in the transaction that made it.
 *
 * Not for callers that are nobody (a public form): they have no name under
 * which an answer could be kept from others.
 */
#include <assert.h>
#include <stdlib.h>

#include "lib/jobs/jobs.h"
#include "src/access/access_store.h"
#include "src/access/session.h"

enum { KEY_BYTES_MAX = 255, CLEAN_ONE_IN = 64 };

static const int64_t kept_ms = 3 * SESSION_DAY_MS;

static bool
has_name(const struct work *w)
{
    return !id_is_none(w->workspace) && !id_is_none(w->actor.id);
}

static bool
is_key(struct str key)
{
    for (size_t i = 0; i < key.bytes; i++)
        if (key.data[i] < ' ' || key.data[i] > '~')
            return false;
    return key.bytes > 0 && key.bytes <= KEY_BYTES_MAX;
}

/* Method, address and body: NUL is in none of the first two. */
static struct hash
hash_of_request(struct arena *arena, const struct request *request)
{
    struct text text = text_new(arena);

    text_add_cstr(&text, method_name(request->method));
    text_add_char(&text, '\0');
    text_add(&text, request->path);
    for (int i = 0; i < request->query_count; i++) {
        text_add_char(&text, '\0');
        text_add(&text, request->query[i].name);
        text_add_char(&text, '=');
        text_add(&text, request->query[i].value);
    }
    text_add_char(&text, '\0');
    text_add_char(&text, '\0');
    text_add(&text, request->body);
    return hash_of(text_str(&text));
}

/* ---- headers, as a JSON object ---- */

static struct str
headers_json(struct arena *arena, const struct response *response)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    if (response->content_type != NULL)
        json_put_cstr(&out, "Content-Type", response->content_type);
    for (int i = 0; i < response->header_count; i++) {
        json_name_str(&out, response->headers[i].name);
        json_text(&out, response->headers[i].value);
    }
    json_close_object(&out);
    return text_str(&text);
}

static void
headers_read(struct arena *arena, struct str json, struct response *response)
{
    struct json_error error;
    const struct json *headers = json_parse(arena, json, &error);

    if (headers == NULL || headers->kind != JSON_OBJECT)
        return;
    for (size_t i = 0; i < headers->object.count; i++) {
        const struct json_member *m = &headers->object.members[i];
        if (str_is(m->name, "Content-Type"))
            response->content_type = arena_cstr(arena, m->value.text);
        else
            response_header(response, arena_cstr(arena, m->name),
                            m->value.text);
    }
}

/* ---- what is kept is not kept for ever ---- */

static bool
clean(struct work *w, const struct job *job)
{
    (void)job;
    return kept_answer_remove_old(w, w->now_ms - kept_ms)
        && session_remove_old(w);
}

const struct job_kind access_clean_job = {
    .name = "access.clean",
    .about = "Removes kept answers after three days, and ended sessions.",
    .run = clean,
};

/*
 * Some of the changes ask for the job, and one that is pending is enough: so
 * it runs once a day where there is something to remove. The choice is the
 * request's own, not chance: chance belongs to decisions.
 */
static bool
clean_some_day(struct work *w, const struct hash *hash)
{
    if (hash->bytes[0] % CLEAN_ONE_IN != 0)
        return true;
    return job_add(w,
                   &(struct job_new){ .kind = &access_clean_job,
                                      .key = STR("access.clean"),
                                      .due_ms = w->now_ms + SESSION_DAY_MS });
}

/* ---- the server's two calls ---- */

bool
access_replay(struct work *w, const struct request *request,
              struct response *response, bool *replayed)
{
    struct str key = request_header(request, "idempotency-key");
    struct kept_answer answer;
    bool found;

    *replayed = false;
    if (!is_key(key))
        return fail_at(w, STR(""), "idempotency_key_malformed",
                       "Idempotency-Key is 1 to 255 printable ASCII "
                       "characters.");
    if (!has_name(w))
        return true;
    if (!kept_answer_find(w, key, &answer, &found))
        return false;
    if (!found)
        return true;
    if (answer.status == ANSWER_FORGOTTEN)
        return fail(w, ERR_NOT_FOUND,
                    "This was done before, for somebody who was erased since: "
                    "what it was answered is gone, and it is not done again.");

    struct hash hash = hash_of_request(w->arena, request);
    struct str bytes = { (const char *)hash.bytes, HASH_BYTES };
    if (!str_equal(answer.request_hash, bytes))
        return fail_at(w, STR(""), "idempotency_key_reused",
                       "This Idempotency-Key came with another request "
                       "before. Send a new key with a new request.");
    response->status = (int)answer.status;
    response->body = arena_str(w->arena, answer.body);
    headers_read(w->arena, answer.headers, response);
    *replayed = true;
    return false;
}

bool
access_keep_answer(struct work *w, const struct request *request,
                   const struct response *response)
{
    struct hash hash = hash_of_request(w->arena, request);
    struct kept_answer answer = {
        .key = request_header(request, "idempotency-key"),
        .request_hash = { (const char *)hash.bytes, HASH_BYTES },
        .status = response->status,
        .headers = headers_json(w->arena, response),
        .body = response->body,
    };

    if (!has_name(w))
        return true;
    assert(is_key(answer.key)); /* access_replay came first */
    return kept_answer_add(w, &answer) && clean_some_day(w, &hash);
}
