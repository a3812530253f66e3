/*
 * exchange: one request and its answer. It is read within limits, its row
 * found, its caller recognised and its body checked on the HTTP thread; then
 * the runner has it as a unit, and the answer leaves after the commit.
 *
 * Not here: what HTTP must look like (guard.c), how an answer is written
 * (answer.c), sockets (connection.c).
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/http/inside.h"
#include "lib/http/problem.h"

enum {
    HEADER_BYTES_MAX = 16 * 1024,
    FIELD_BYTES_MAX = 8000,       /* of one; proxies allow no more */
    BODY_BYTES_MAX = 1024 * 1024, /* when the row says nothing */
    /* A refused body of up to this size is read to its end: who still sends
     * when the connection ends never sees the answer, and a proxy makes a
     * nameless 502 of it. */
    BODY_BYTES_IGNORED = 32 * 1024 * 1024,
    BODY_BYTES_IN_ARENA = 64 * 1024,
    MEMORY_KEPT_BYTES = 256 * 1024, /* arenas that grew past it are freed */
    MEMORY_KEPT_COUNT = 1024,
};

static bool read_head(struct exchange *, const char *target,
                      const struct raw_head *);
static bool read_target(struct exchange *, struct str target);
static bool find_row(struct exchange *, const char *method);
static bool check_body_kind(struct exchange *);
static bool check_caller(struct exchange *);
static bool check_permission(struct work *, struct exchange *);
static enum MHD_Result refuse(struct exchange *);
static bool read_json(struct exchange *);
static void submit(struct exchange *);
static void submit_run(struct exchange *);
static void queue_unit(struct exchange *, bool (*run)(struct work *, void *),
                       void (*done)(struct work *, void *, bool),
                       enum unit_side);
static bool run_row(struct work *, struct exchange *);
static bool keep_answer(struct work *, struct exchange *);
static void unit_done(struct work *, void *context, bool ok);
static void settle(struct exchange *, const struct error *, bool ok);

/* ---- memory: one arena a request, from a list of spare ones ---- */

struct exchange_memory {
    struct exchange_memory *next;
    struct arena arena;
};

static struct exchange_memory *
memory_take(struct http_server *server)
{
    struct exchange_memory *memory = server->spare;

    if (memory != NULL) {
        server->spare = memory->next;
        server->spare_count--;
        return memory;
    }
    memory = calloc(1, sizeof *memory);
    if (memory == NULL)
        abort();
    arena_init(&memory->arena);
    return memory;
}

static void
memory_give(struct http_server *server, struct exchange_memory *memory)
{
    if (memory->arena.used > MEMORY_KEPT_BYTES)
        arena_free(&memory->arena);
    else
        arena_reset(&memory->arena);
    if (server->spare_count == MEMORY_KEPT_COUNT) {
        arena_free(&memory->arena);
        free(memory);
        return;
    }
    memory->next = server->spare;
    server->spare = memory;
    server->spare_count++;
}

void
exchange_memory_free(struct http_server *server)
{
    while (server->spare != NULL) {
        struct exchange_memory *memory = server->spare;
        server->spare = memory->next;
        arena_free(&memory->arena);
        free(memory);
    }
}

/* ---- the life of one ---- */

/* `target` is the request line's, before the library takes it apart. */
struct exchange *
exchange_new(struct http_server *server, struct MHD_Connection *mhd,
             struct connection *connection, const char *target)
{
    struct exchange_memory *memory = memory_take(server);
    struct exchange *x = ARENA_NEW(&memory->arena, struct exchange);
    const char *query = strchr(target, '?');

    x->server = server;
    x->mhd = mhd;
    x->connection = connection;
    x->memory = memory;
    x->arena = &memory->arena;
    x->begun_us = clock_monotonic_us();
    x->counted = true;
    x->request.program = server->settings.context;
    x->work.arena = x->arena;
    x->work.ids = &server->request_ids;
    if (query != NULL)
        x->raw_query = arena_str(x->arena, str_of(query + 1));
    atomic_fetch_add(&server->running, 1);
    connection_deadline(connection, server->settings.header_ms_max);
    return x;
}

void
exchange_free(struct exchange *x)
{
    struct http_server *server = x->server;

    assert(x->state != EXCHANGE_RUNNING);
    /* A peer that left while the unit ran is not asked for its answer. */
    exchange_resumed(x);
    sse_abandon(x->stream);
    if (x->counted)
        server_count_down(server, &server->running);
    if (x->body_owned)
        free(x->body);
    memory_give(server, x->memory);
}

void
exchange_resumed(struct exchange *x)
{
    if (x->in_unit)
        server_count_down(x->server, &x->server->in_units);
    x->in_unit = false;
}

enum MHD_Result
exchange_begin(struct exchange *x, const char *target, const char *method,
               const char *version)
{
    const union MHD_ConnectionInfo *size = MHD_get_connection_info(
        x->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    const struct raw_head raw = { method, version, size->header_size };

    x->work.now_ms = clock_now_ms();
    if (!read_head(x, target, &raw))
        return refuse(x);
    if (!find_row(x, method) || x->state != EXCHANGE_NEW)
        return refuse(x);
    limit_client(x);
    if (!check_body_kind(x) || !check_caller(x) || !limit_allows(x))
        return refuse(x);
    x->state = EXCHANGE_READING;
    connection_deadline(x->connection, x->server->settings.body_ms_max);
    return MHD_YES;
}

/*
 * The answer is known before the body was read. A short body is let pass,
 * so that the connection can be used again; with a long one, and where the
 * framing is in doubt, the connection ends.
 */
static enum MHD_Result
refuse(struct exchange *x)
{
    if (x->response.status == 0)
        settle(x, &x->work.error, false);
    if (x->head.expect.data != NULL || x->head.body_bytes < 0
        || x->head.body_bytes > BODY_BYTES_IGNORED)
        x->last = true;
    if (x->last) {
        connection_deadline(x->connection, 0);
        return answer_send(x);
    }
    x->state = EXCHANGE_REFUSED;
    connection_deadline(x->connection, x->server->settings.body_ms_max);
    return MHD_YES;
}

/* ---- the head ---- */

struct field_list {
    struct request_field *fields;
    int count;
};

static enum MHD_Result
keep_field(void *context, enum MHD_ValueKind kind, const char *name,
           size_t name_bytes, const char *value, size_t value_bytes)
{
    struct field_list *list = context;

    (void)kind;
    if (list->count == HEADERS_KEPT_MAX)
        return MHD_NO;
    list->fields[list->count++] =
        (struct request_field){ { name, name_bytes },
                                { value != NULL ? value : "", value_bytes } };
    return MHD_YES;
}

/* They stay where the library keeps them: that is as long as we live. */
static bool
read_fields(struct exchange *x)
{
    int count = MHD_get_connection_values_n(x->mhd, MHD_HEADER_KIND, NULL, 0);

    if (count > HEADERS_KEPT_MAX)
        return false;
    struct field_list list = {
        .fields = ARENA_ARRAY(x->arena, struct request_field,
                              (size_t)(count > 0 ? count : 1)),
    };
    MHD_get_connection_values_n(x->mhd, MHD_HEADER_KIND, keep_field, &list);
    x->request.headers = list.fields;
    x->request.header_count = list.count;
    for (int i = 0; i < list.count; i++)
        if (list.fields[i].name.bytes + list.fields[i].value.bytes
            > FIELD_BYTES_MAX)
            return false;
    return true;
}

static bool
read_head(struct exchange *x, const char *target, const struct raw_head *raw)
{
    struct work *w = &x->work;

    x->last = true; /* until the framing is certain */
    if (raw->bytes > HEADER_BYTES_MAX || !read_fields(x)) {
        problem_headers_too_large(x->arena, &x->response);
        return false;
    }
    if (!guard_framing(w, raw, &x->request, &x->head))
        return false;
    x->last = strcmp(raw->version, "HTTP/1.1") != 0;
    if (!read_target(x, str_of(target))
        || !guard_host(w, &x->server->settings, &x->head))
        return false;
    if (x->head.content_encoding.data != NULL
        && !str_equal_ascii_case(x->head.content_encoding, STR("identity")))
        return fail(w, ERR_MEDIA_TYPE,
                    "Send the body as it is, without Content-Encoding.");
    return true;
}

/* "/path", or "http://host/path" as a proxy is asked; then that host counts
 * (RFC 9112, 3.2.2). */
static bool
read_target(struct exchange *x, struct str target)
{
    struct work *w = &x->work;

    if (str_starts(target, STR("http://"))
        || str_starts(target, STR("https://"))) {
        size_t from = (size_t)str_find(target, STR("://")) + 3;
        struct str rest = str_slice(target, from, target.bytes);
        ptrdiff_t slash = str_find_char(rest, '/');
        size_t end = slash < 0 ? rest.bytes : (size_t)slash;
        x->head.host = str_slice(rest, 0, end);
        target = slash < 0 ? STR("/") : str_slice(rest, end, rest.bytes);
    }
    x->request.path = target;
    if (str_is(target, "*"))
        return true;
    if (target.bytes == 0 || target.data[0] != '/') {
        x->last = true;
        return fail(w, ERR_MALFORMED, "A path starts with '/'.");
    }
    if (!request_query_read(x->arena, x->raw_query, &x->request))
        return fail(w, ERR_MALFORMED,
                    "The query is not percent-encoded UTF-8.");
    return true;
}

/* ---- the row ---- */

static enum method
method_of(const char *name)
{
    if (strcmp(name, "HEAD") == 0)
        return GET;
    for (enum method m = GET; m <= DELETE; m++)
        if (strcmp(name, method_name(m)) == 0)
            return m;
    return 0;
}

static struct str
allowed_methods(struct arena *arena, unsigned methods)
{
    struct text list = text_new(arena);

    text_add_cstr(&list, "OPTIONS");
    for (enum method m = GET; m <= DELETE; m++)
        if (methods & (1U << m))
            text_format(&list, m == GET ? ", %s, HEAD" : ", %s",
                        method_name(m));
    return text_str(&list);
}

static void
answer_options(struct exchange *x, unsigned methods)
{
    x->response.status = 204;
    response_header(&x->response, "Allow", allowed_methods(x->arena, methods));
}

static bool
no_such_path(struct exchange *x)
{
    return fail(&x->work, ERR_NOT_FOUND,
                "There is nothing at \"%.*s\". What there is stands in "
                "/api/v1/openapi.json.",
                STR_ARG(str_slice(x->request.path, 0, 200)));
}

/* True when the row is found, or when the answer is already there. */
static bool
find_row(struct exchange *x, const char *name)
{
    struct request *request = &x->request;
    struct endpoint_match match;

    request->method = method_of(name);
    if (!endpoint_find(x->server->map, x->arena, request->path, request->method,
                       request, &match))
        return fail(&x->work, ERR_MALFORMED,
                    "The path is not percent-encoded UTF-8.");
    if (match.row != NULL)
        return true;

    if (request->method == GET
        && files_find(x->server->files, request->path, request, &x->response)) {
        x->is_page = true;
        x->state = EXCHANGE_ANSWERED;
        return true;
    }
    if (strcmp(name, "OPTIONS") == 0
        && (match.methods != 0 || str_is(request->path, "*"))) {
        answer_options(x, match.methods != 0 ? match.methods : ~0U);
        x->state = EXCHANGE_ANSWERED;
        return true;
    }
    if (match.methods == 0)
        return no_such_path(x);
    struct str allowed = allowed_methods(x->arena, match.methods);
    response_header(&x->response, "Allow", allowed);
    return fail(&x->work, ERR_METHOD, "This path answers to: %.*s.",
                STR_ARG(allowed));
}

static struct str
media_type(struct arena *arena, struct str field)
{
    ptrdiff_t semicolon = str_find_char(field, ';');
    struct str type = str_trim(
        semicolon < 0 ? field : str_slice(field, 0, (size_t)semicolon));
    char *lower = arena_alloc(arena, type.bytes + 1);

    for (size_t i = 0; i < type.bytes; i++)
        lower[i] = (char)(type.data[i] >= 'A' && type.data[i] <= 'Z'
                              ? type.data[i] - 'A' + 'a'
                              : type.data[i]);
    return (struct str){ lower, type.bytes };
}

static bool
is_json(struct str type)
{
    return str_is(type, "application/json") || str_ends(type, STR("+json"));
}

static size_t
body_bytes_max(const struct exchange *x)
{
    const struct endpoint *row = x->request.endpoint;
    size_t large = x->server->settings.large_body_bytes_max;

    if ((row->flags & ENDPOINT_LARGE_BODY) != 0 && large != 0)
        return large;
    return row->body_bytes_max != 0 ? row->body_bytes_max : BODY_BYTES_MAX;
}

static bool
check_body_kind(struct exchange *x)
{
    const struct endpoint *row = x->request.endpoint;
    size_t most = body_bytes_max(x);

    x->body_bytes_max = most;
    x->request.content_type = media_type(x->arena, x->head.content_type);
    if (x->head.body_bytes > 0 && (uint64_t)x->head.body_bytes > most)
        return fail(&x->work, ERR_TOO_LARGE,
                    "The body may have %zu bytes, and has %lld.", most,
                    (long long)x->head.body_bytes);
    if (x->head.body_bytes == 0
        || (row->flags & (ENDPOINT_ANY_BODY | ENDPOINT_RAW_BODY))
        || is_json(x->request.content_type))
        return true;
    return fail(&x->work, ERR_MEDIA_TYPE,
                "The body must be JSON: send Content-Type: application/json.");
}

/* ---- the caller ---- */

static bool
check_caller(struct exchange *x)
{
    const struct http_settings *settings = &x->server->settings;
    const struct endpoint *row = x->request.endpoint;

    x->caller = HTTP_CALLER_NOBODY;
    if (settings->recognise != NULL)
        x->caller = settings->recognise(settings->context, &x->request,
                                        &x->actor, &x->workspace);
    x->work.actor = x->actor;
    x->work.workspace = x->workspace;
    if (row->permission & PERMISSION_PUBLIC)
        return true;
    x->asked_who = x->caller == HTTP_CALLER_UNKNOWN;
    if (endpoint_writes(row) && !guard_browser(&x->work, &x->head))
        return false;
    return x->caller == HTTP_CALLER_UNKNOWN || check_permission(&x->work, x);
}

static void
add_permission_name(struct text *list, const struct http_settings *settings,
                    int bit)
{
    if (list->bytes > 0)
        text_add_cstr(list, ", ");
    if (settings->permission_names != NULL
        && settings->permission_names[bit] != NULL)
        text_add_cstr(list, settings->permission_names[bit]);
    else
        text_format(list, "number %d", bit);
}

static bool
check_permission(struct work *w, struct exchange *x)
{
    uint64_t wanted = x->request.endpoint->permission;

    if (sse_is(x->request.endpoint))
        wanted |= x->server->settings.live_permission;

    if (wanted & PERMISSION_PUBLIC)
        return true;
    if (x->caller != HTTP_CALLER_KNOWN)
        return fail(w, ERR_UNAUTHENTICATED,
                    "Nobody is signed in: send Authorization: Bearer with a "
                    "key, or sign in.");
    uint64_t missing = wanted & ~(x->actor.permissions | PERMISSION_SIGNED_IN);
    if (missing == 0)
        return true;

    struct text list = text_new(w->arena);
    for (int bit = 0; bit < 64; bit++)
        if (missing & (UINT64_C(1) << bit))
            add_permission_name(&list, &x->server->settings, bit);
    return fail(w, ERR_FORBIDDEN, "This needs a permission you lack: %.*s.",
                STR_ARG(text_str(&list)));
}

/* On a reader. */
static bool
identify(struct work *w, struct exchange *x)
{
    const struct http_settings *settings = &x->server->settings;

    assert(settings->identify != NULL);
    if (!settings->identify(w, &x->request, &x->actor, &x->workspace))
        return false;
    x->caller =
        id_is_none(x->actor.id) ? HTTP_CALLER_NOBODY : HTTP_CALLER_KNOWN;
    w->actor = x->actor;
    w->workspace = x->workspace;
    return check_permission(w, x);
}

/* ---- the body ---- */

static void
grow_body(struct exchange *x, size_t needed)
{
    size_t room = x->body_room == 0 ? 4096 : x->body_room * 2;

    if (x->body_room == 0 && x->head.body_bytes > 0
        && x->head.body_bytes <= BODY_BYTES_IN_ARENA)
        room = (size_t)x->head.body_bytes;
    while (room < needed)
        room *= 2;
    if (room <= BODY_BYTES_IN_ARENA) {
        char *body = arena_alloc(x->arena, room);
        if (x->body_bytes > 0)
            memcpy(body, x->body, x->body_bytes);
        x->body = body;
    } else {
        char *body = realloc(x->body_owned ? x->body : NULL, room);
        if (body == NULL)
            abort();
        if (!x->body_owned && x->body_bytes > 0)
            memcpy(body, x->body, x->body_bytes);
        x->body = body;
        x->body_owned = true;
    }
    x->body_room = room;
}

/* Past the limit bytes are counted and dropped, and soon the connection. */
enum MHD_Result
exchange_body(struct exchange *x, const char *data, size_t bytes)
{
    if (x->state == EXCHANGE_READING
        && bytes > x->body_bytes_max - x->body_bytes) {
        x->last = true;
        fail(&x->work, ERR_TOO_LARGE, "The body may have %zu bytes.",
             x->body_bytes_max);
        settle(x, &x->work.error, false);
        x->state = EXCHANGE_REFUSED;
        x->body_bytes = 0;
    }
    if (x->state == EXCHANGE_REFUSED) {
        x->body_bytes += bytes;
        return x->body_bytes > BODY_BYTES_IGNORED ? MHD_NO : MHD_YES;
    }
    assert(x->state == EXCHANGE_READING);
    if (x->body_bytes + bytes > x->body_room)
        grow_body(x, x->body_bytes + bytes);
    memcpy(x->body + x->body_bytes, data, bytes);
    x->body_bytes += bytes;
    return MHD_YES;
}

static enum MHD_Result
refuse_trailer(void *context, enum MHD_ValueKind kind, const char *name,
               const char *value)
{
    static const char *const refused[] = { "content-length",
                                           "transfer-encoding", "host",
                                           "authorization", "cookie" };
    struct exchange *x = context;

    (void)kind;
    (void)value;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (str_equal_ascii_case(str_of(name), str_of(refused[i])))
            fail(&x->work, ERR_MALFORMED, "%s cannot come after the body.",
                 refused[i]);
    return MHD_YES;
}

enum MHD_Result
exchange_body_done(struct exchange *x)
{
    struct request *request = &x->request;

    connection_deadline(x->connection, 0);
    if (x->state == EXCHANGE_REFUSED)
        return answer_send(x);
    assert(x->state == EXCHANGE_READING);

    if (x->head.body_bytes < 0) {
        MHD_get_connection_values(x->mhd, MHD_FOOTER_KIND, refuse_trailer, x);
        x->last = x->last || x->work.error.kind != ERR_NONE;
    }
    request->body =
        (struct str){ x->body_bytes > 0 ? x->body : "", x->body_bytes };
    const struct endpoint *row = request->endpoint;
    bool good = x->work.error.kind == ERR_NONE
             && request_query_known(&x->work, request) && read_json(x)
             && (row->prepare == NULL || row->prepare(&x->work, request));
    if (good && atomic_load(&x->server->stopped))
        good = fail(&x->work, ERR_UNAVAILABLE, "The server is stopping.");
    x->workspace = x->work.workspace;
    if (good && !(row->flags & ENDPOINT_INLINE)) {
        submit(x);
        return MHD_YES;
    }
    if (good)
        good = run_row(&x->work, x);
    settle(x, &x->work.error, good);
    return answer_send(x);
}

static bool
cannot_parse(struct work *w, const struct json_error *error)
{
    fail(w, ERR_MALFORMED,
         "The body is not JSON that can be read: %s "
         "(byte %zu).",
         error->message, error->offset);
    return fail_at(w, error->at, "malformed_json", "byte %zu: %s",
                   error->offset, error->message);
}

/* A body of another kind (on a row that allows it) is the handler's to read.
 * So is JSON that cannot be read, where any JSON is kept: it must not be
 * lost. */
static bool
read_json(struct exchange *x)
{
    static const struct json nothing = { .kind = JSON_OBJECT };
    struct request *request = &x->request;
    const struct endpoint *row = request->endpoint;
    struct json_error error = { 0 };

    if (row->flags & ENDPOINT_RAW_BODY)
        return true;
    if (request->body.bytes > 0 && is_json(request->content_type)) {
        request->json = json_parse(x->arena, request->body, &error);
        bool kept = row->flags & ENDPOINT_ANY_BODY && row->takes == NULL;
        if (request->json == NULL && !kept)
            return cannot_parse(&x->work, &error);
    } else if (row->takes != NULL && request->body.bytes == 0) {
        request->json = &nothing;
    }
    return row->takes == NULL || request->json == NULL
        || shape_check(&x->work, row->takes, request->json, STR(""));
}

/* ---- the unit ---- */

static bool
unit_identify(struct work *w, void *context)
{
    return identify(w, context);
}

/* The caller is known now: on to where the work is done. */
static void
unit_identified(struct work *w, void *context, bool ok)
{
    struct exchange *x = context;

    if (ok) {
        submit_run(x);
        return;
    }
    settle(x, &w->error, false);
    MHD_resume_connection(x->mhd);
}

static bool
unit_run(struct work *w, void *context)
{
    struct exchange *x = context;

    if (x->caller == HTTP_CALLER_UNKNOWN
        && !(x->request.endpoint->permission & PERMISSION_PUBLIC)
        && !identify(w, x))
        return false;
    return run_row(w, x);
}

/* Finds out what the unit will look up, with the caches of its group. */
static void
unit_ready(struct work *w, struct unit *unit)
{
    struct exchange *x = unit->context;

    x->request.endpoint->ready(w, &x->request);
    unit->keys = w->keys;
    unit->key_count = w->key_count;
}

static bool
unit_rescue(struct work *w, void *context)
{
    struct exchange *x = context;
    struct response *response = &x->response;

    *response = (struct response){ 0 };
    x->ran = x->request.endpoint->rescue(w, &x->request, response)
          && (response->unfinished || keep_answer(w, x));
    return x->ran;
}

/* Because of what was sent, not of how the database is. */
static bool
can_be_rescued(const struct exchange *x, enum error_kind kind)
{
    const struct endpoint *row = x->request.endpoint;
    bool invalid = kind == ERR_INVALID && (row->flags & ENDPOINT_KEEPS_INVALID);

    return row->rescue != NULL && x->failures < RESCUES_MAX
        && (kind == ERR_INTERNAL || invalid);
}

/* What keeps it is a unit of its own; NULL: the one before was stored, and
 * there is more to keep. */
static void
rescue(struct exchange *x, const struct error *why)
{
    struct error *failure =
        why == NULL ? NULL : ARENA_NEW(x->arena, struct error);

    if (why != NULL)
        *failure = *why;
    x->failures = why == NULL ? 0 : x->failures + 1;
    x->request.failure = failure;
    x->request.rescues++;
    queue_unit(x, unit_rescue, unit_done, UNIT_WRITES);
}

/* After the resumption the exchange is the HTTP thread's, and may be gone. */
static void
unit_done(struct work *w, void *context, bool ok)
{
    struct exchange *x = context;

    if (ok && x->response.unfinished) {
        rescue(x, NULL);
        return;
    }
    if (!ok && can_be_rescued(x, w->error.kind)) {
        rescue(x, &w->error);
        return;
    }
    settle(x, &w->error, ok);
    MHD_resume_connection(x->mhd);
}

static void
queue_unit(struct exchange *x, bool (*run)(struct work *, void *),
           void (*done)(struct work *, void *, bool), enum unit_side side)
{
    static const struct error full = {
        .kind = ERR_UNAVAILABLE,
        .detail = STR_INIT("More work is waiting than can be done. Try again "
                           "soon."),
    };

    x->unit = (struct unit){
        .side = side,
        .workspace = x->workspace,
        .actor = x->actor,
        .arena = x->arena,
        .run = run,
        .done = done,
        .context = x,
        .weight = x->request.weight,
        .keys = x->work.keys,
        .key_count = x->work.key_count,
        .ready = side == UNIT_WRITES && x->request.endpoint->ready != NULL
                   ? unit_ready
                   : NULL,
    };
    if (runner_submit(x->server->settings.runner, &x->unit))
        return;
    settle(x, &full, false);
    MHD_resume_connection(x->mhd);
}

/* The connection is suspended before the unit can be done, so that the
 * resumption always comes second. */
static void
submit(struct exchange *x)
{
    const struct endpoint *row = x->request.endpoint;
    bool unknown = x->caller == HTTP_CALLER_UNKNOWN
                && !(row->permission & PERMISSION_PUBLIC);

    x->state = EXCHANGE_RUNNING;
    x->in_unit = true;
    atomic_fetch_add(&x->server->in_units, 1);
    MHD_suspend_connection(x->mhd);
    /* Readers can ask who it is and answer in one unit. A writer, and a live
     * stream, must know before they begin. */
    if (unknown && (endpoint_writes(row) || sse_is(row)))
        queue_unit(x, unit_identify, unit_identified, UNIT_READS);
    else
        submit_run(x);
}

static void
submit_run(struct exchange *x)
{
    const struct endpoint *row = x->request.endpoint;

    if (sse_is(row))
        sse_open(x);
    queue_unit(x, unit_run, unit_done,
               endpoint_writes(row) ? UNIT_WRITES : UNIT_READS);
}

/* ---- the handler and what goes around it ---- */

static bool
replays(const struct exchange *x)
{
    const struct endpoint *row = x->request.endpoint;

    return x->head.idempotency_key.data != NULL && endpoint_writes(row)
        && !(row->flags & ENDPOINT_OWN_REPLAY)
        && x->server->settings.replay != NULL;
}

static void
fill_status(struct response *response)
{
    if (response->status == 0)
        response->status =
            response->body.bytes > 0 || response->pieces != NULL ? 200 : 204;
}

/* For whoever repeats the request. */
static bool
keep_answer(struct work *w, struct exchange *x)
{
    const struct http_settings *settings = &x->server->settings;

    fill_status(&x->response);
    return !replays(x) || settings->keep_answer == NULL
        || settings->keep_answer(w, &x->request, &x->response);
}

/* A condition that nothing was compared with was not met. */
static bool
condition_was_met(struct work *w, const struct request *request)
{
    struct str wanted = str_trim(request_header(request, "If-Match"));

    if (w->compared || str_is_empty(wanted) || str_is(wanted, "*")
        || request->endpoint->method == GET)
        return true;
    return fail(w, ERR_MALFORMED,
                "If-Match cannot be kept here: what this changes has no "
                "version. Send the request without it.");
}

/* May run twice: all it leaves behind is set anew. */
static bool
run_row(struct work *w, struct exchange *x)
{
    const struct http_settings *settings = &x->server->settings;
    bool replayed = false;

    x->response = (struct response){ 0 };
    x->ran = x->replayed = false;
    if (sse_is(x->request.endpoint)) {
        x->ran = sse_missed(w, x);
        return x->ran;
    }
    if (replays(x)
        && !settings->replay(w, &x->request, &x->response, &replayed)) {
        x->replayed = x->ran = replayed;
        return replayed;
    }
    w->compared = false;
    if (!x->request.endpoint->run(w, &x->request, &x->response)
        || !condition_was_met(w, &x->request))
        return false;
    x->ran = keep_answer(w, x);
    return x->ran;
}

/* A handler that fails may have set headers that belong to its failure
 * (Retry-After); those of one that succeeded go when its commit fails. */
static void
settle(struct exchange *x, const struct error *error, bool ok)
{
    struct response *response = &x->response;

    if (ok) {
        fill_status(response);
        if (x->replayed)
            response_header(response, "Idempotent-Replay", STR("true"));
    } else {
        if (x->ran)
            *response = (struct response){ 0 };
        http_problem(x->arena, error, response);
        if (error->kind == ERR_UNAUTHENTICATED && x->request.endpoint != NULL
            && (x->request.endpoint->flags & ENDPOINT_BROWSER)) {
            *response = (struct response){ .status = 303 };
            response_header(response, "Location", STR("/sign-in"));
        } else if (error->kind == ERR_UNAUTHENTICATED) {
            response_header(response, "WWW-Authenticate", STR("Bearer"));
        }
        sse_abandon(x->stream);
        x->stream = NULL;
    }
    if (x->state == EXCHANGE_RUNNING)
        x->state = EXCHANGE_ANSWERED;
}
