/*
 * server_test: the server itself over loopback sockets, with the runner and
 * a SQLite file. A client here is a socket and what it has read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours fails a unit */

#include <arpa/inet.h>
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/http/server.h"

enum {
    PATIENCE_MS = 120 * 1000,
    WAITING_MAX = 130,
    CAN_READ = 1,
    CAN_WRITE = 2
};

/* ---- the program under test: a few rows ---- */

struct place {
    struct arena arena;
    char folder[64];
    struct str file;
    struct runner *runner;
    struct http_server *server;
    struct http_settings settings;
    /* what the rows share with the test */
    sem_t go;      /* "/wait" goes on */
    sem_t waiting; /* "/wait" has begun */
    int runs;      /* of "/keeps", on the writer */
    struct str kept_key, kept_body;
    int kept_status;
};

static struct place *place; /* rows have no context of their own */

static bool
add_thing(struct work *w, const struct request *request,
          struct response *response)
{
    struct id id = work_id(w);
    struct text text;

    if (!work_run(
            w, "INSERT INTO thing (id, name) VALUES ($1, $2)",
            DB_VALUES(db_id(id), db_text(json_get_text(request->json, "name"))),
            NULL))
        return false;
    struct json_out out = response_json(w, response, &text);
    json_open_object(&out);
    json_put_id(&out, "id", id);
    json_put_text(&out, "name", json_get_text(request->json, "name"));
    json_close_object(&out);
    response_json_done(response, &text);
    response->status = 201;
    return true;
}

static bool
count_things(struct work *w, const struct request *request,
             struct response *response)
{
    struct db_rows rows;
    struct text text;

    (void)request;
    if (!work_query(w, "SELECT count(*) FROM thing", DB_NO_VALUES, &rows))
        return false;
    struct json_out out = response_json(w, response, &text);
    json_open_object(&out);
    json_put_int(&out, "count", db_get_int(&rows, 0, 0));
    json_put_id(&out, "actor", w->actor.id);
    json_close_object(&out);
    response_json_done(response, &text);
    return true;
}

static bool
add_and_fail(struct work *w, const struct request *request,
             struct response *response)
{
    response_header(response, "Retry-After", STR("7"));
    return add_thing(w, request, &(struct response){ 0 })
        && fail(w, ERR_TOO_MANY, "Enough of them.");
}

static bool
echo(struct work *w, const struct request *request, struct response *response)
{
    (void)w;
    response->body = request->body.bytes > 0 ? request->body : STR("empty");
    response->content_type = "text/plain";
    return true;
}

static bool
no_answer(struct work *w, const struct request *request,
          struct response *response)
{
    (void)w, (void)request, (void)response;
    return true;
}

static bool
wait_for_test(struct work *w, const struct request *request,
              struct response *response)
{
    (void)w, (void)request;
    sem_post(&place->waiting);
    sem_wait(&place->go);
    response->body = STR("{}");
    return true;
}

static bool
tell(struct work *w, const struct request *request, struct response *response)
{
    (void)response;
    work_tell(w, &(struct live_event){
                     .id = id_at(w->now_ms),
                     .workspace = w->workspace,
                     .topic = "thing.told",
                     .data = json_get_text(request->json, "name"),
                 });
    return true;
}

static bool
keeps(struct work *w, const struct request *request, struct response *response)
{
    place->runs++;
    return add_thing(w, request, response);
}

/* "/pieces/7": seven pieces of 100 kB; of "/pieces/short" one is missing. */
enum { PIECE_BYTES = 100000 };

static bool
give_piece(struct work *w, const void *context, int64_t number,
           struct str *piece)
{
    const int64_t *count = context;
    char *bytes = arena_alloc(w->arena, PIECE_BYTES);

    memset(bytes, 'a' + (int)(number % 26), PIECE_BYTES);
    *piece = number < *count ? (struct str){ bytes, PIECE_BYTES } : STR_NONE;
    return true;
}

static bool
in_pieces(struct work *w, const struct request *request,
          struct response *response)
{
    struct response_pieces *pieces =
        ARENA_NEW(w->arena, struct response_pieces);
    int64_t *count = ARENA_NEW(w->arena, int64_t);
    int64_t told = 7;

    (void)str_to_int64(request_parameter(request, "count"), &told);
    *count = str_is(request_parameter(request, "count"), "short") ? 6 : told;
    *pieces = (struct response_pieces){ told * PIECE_BYTES, give_piece, count };
    response->pieces = pieces;
    response->content_type = "text/plain";
    return true;
}

static const struct shape_field thing_fields[] = {
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, .about = "its name" },
    { "note", SHAPE_TEXT, 0 },
    { 0 },
};
static const struct shape thing = { "Thing", NULL, 0, thing_fields };

static const struct endpoint rows[] = {
    { GET, "/things", count_things, CAN_READ, "How many." },
    { POST, "/things", add_thing, CAN_WRITE, "Adds.", .takes = &thing },
    { POST, "/fails", add_and_fail, CAN_WRITE, "Fails.", .takes = &thing },
    { POST, "/keeps", keeps, CAN_WRITE, "Keeps.", .takes = &thing },
    { POST, "/tell", tell, CAN_WRITE, "Tells.", .takes = &thing },
    { POST, "/echo", echo, PERMISSION_PUBLIC, "Says it back.",
      ENDPOINT_ANY_BODY | ENDPOINT_READS, .body_bytes_max = 200000 },
    { POST, "/short", echo, PERMISSION_PUBLIC, "Says a little back.",
      ENDPOINT_ANY_BODY | ENDPOINT_READS, .body_bytes_max = 10 },
    { GET, "/live", no_answer, PERMISSION_PUBLIC, "Is there.",
      ENDPOINT_INLINE },
    { GET, "/page", no_answer, PERMISSION_SIGNED_IN, "A page.",
      ENDPOINT_BROWSER },
    { GET, "/pieces/{count}", in_pieces, PERMISSION_PUBLIC, "In pieces." },
    { GET, "/wait", wait_for_test, PERMISSION_PUBLIC, "Waits." },
    /* Whatever a smuggled request asks for would be answered. */
    { GET, "/{a}", echo, PERMISSION_PUBLIC, "Any.",
      ENDPOINT_ANY_BODY | ENDPOINT_ANY_QUERY },
    { POST, "/{a}", echo, PERMISSION_PUBLIC, "Any.",
      ENDPOINT_ANY_BODY | ENDPOINT_READS },
    { GET, "/", echo, PERMISSION_PUBLIC, "Any.", ENDPOINT_ANY_BODY },
    { GET, "/{a}/{b}", echo, PERMISSION_PUBLIC, "Any.",
      ENDPOINT_ANY_BODY | ENDPOINT_ANY_QUERY },
    { PUT, "/{a}/{b}", echo, PERMISSION_PUBLIC, "Any.",
      ENDPOINT_ANY_BODY | ENDPOINT_READS },
    { 0 },
};
static const struct endpoint *const tables[] = { rows, http_stream_endpoints,
                                                 NULL };

static const unsigned char plain_bytes[] = "plain";
static const unsigned char packed_bytes[] = "packed";
static const struct http_file files[] = {
    { "/web/js/app.js", "text/javascript", plain_bytes, 5, NULL, false },
    { "/web/js/app.js", "text/javascript", packed_bytes, 6, "br", true },
    { 0 },
};

/* Keys: "all" and "reader" are known at once, "later" is in the database. */
static enum http_caller
recognise(void *context, const struct request *request, struct actor *actor,
          struct id *workspace)
{
    struct str key = request_header(request, "Authorization");

    (void)context;
    if (key.data == NULL && request_header(request, "Cookie").data != NULL)
        key = STR("Bearer all");
    if (key.data == NULL)
        return HTTP_CALLER_NOBODY;
    if (str_is(key, "Bearer later") || str_is(key, "Bearer wrong"))
        return HTTP_CALLER_UNKNOWN;
    *actor = (struct actor){ .kind = ACTOR_KEY, .id = { 11 } };
    actor->permissions =
        str_is(key, "Bearer all") ? CAN_READ | CAN_WRITE : CAN_READ;
    *workspace = (struct id){ 7 };
    return HTTP_CALLER_KNOWN;
}

static bool
identify(struct work *w, const struct request *request, struct actor *actor,
         struct id *workspace)
{
    struct db_rows found;

    if (!work_query(w, "SELECT 1 FROM thing", DB_NO_VALUES, &found))
        return false;
    if (str_is(request_header(request, "Authorization"), "Bearer wrong"))
        return fail(w, ERR_UNAUTHENTICATED, "The key is not known.");
    *actor = (struct actor){ .kind = ACTOR_KEY,
                             .id = { 22 },
                             .permissions = CAN_READ | CAN_WRITE };
    *workspace = (struct id){ 7 };
    return true;
}

static bool
replay(struct work *w, const struct request *request, struct response *response,
       bool *replayed)
{
    if (!str_equal(place->kept_key, request_header(request, "Idempotency-Key")))
        return true;
    response->status = place->kept_status;
    response->body = arena_str(w->arena, place->kept_body);
    *replayed = true;
    return false;
}

static bool
keep_answer(struct work *w, const struct request *request,
            const struct response *response)
{
    (void)w;
    place->kept_key =
        arena_str(&place->arena, request_header(request, "Idempotency-Key"));
    place->kept_body = arena_str(&place->arena, response->body);
    place->kept_status = response->status;
    return true;
}

static bool
missed(struct work *w, struct id last,
       void (*give)(void *to, const struct live_event *), void *to)
{
    (void)w;
    for (int i = 1; i <= 2; i++)
        give(to, &(struct live_event){ .id = { last.value + i },
                                       .workspace = { 7 },
                                       .topic = "thing.missed",
                                       .data = STR("{\"a\":1,\n\"b\":2}") });
    give(to, &(struct live_event){ .id = { last.value + 3 },
                                   .workspace = { 8 },
                                   .topic = "thing.foreign",
                                   .data = STR("{}") });
    return true;
}

static bool
may_see(const struct actor *actor, const struct live_event *event)
{
    return id_is_none(event->person) || id_equal(event->person, actor->id);
}

static void
on_tell(void *context, const struct live_event *event)
{
    struct place *p = context;

    http_tell(p->server, event);
}

static const char *const permission_names[64] = { "read things",
                                                  "write things" };

/* ---- starting and ending ---- */

static void
make_table(struct place *p)
{
    struct str why = STR_NONE;
    struct db *db = db_open(&p->arena, p->file.data, false, &why);

    assert_non_null(db);
    assert_true(db_begin(db));
    assert_true(db_run(db, "CREATE TABLE thing (id BIGINT, name TEXT)",
                       DB_NO_VALUES, NULL));
    assert_true(db_commit(db));
    db_close(db);
}

static void
serve(struct place *p)
{
    struct str why = STR_NONE;

    p->server = http_start(&p->settings, &p->arena, &why);
    if (p->server == NULL)
        print_error("%.*s\n", STR_ARG(why));
    assert_non_null(p->server);
}

static void
stop(struct place *p)
{
    http_drain(p->server, PATIENCE_MS);
    http_stop(p->server);
    p->server = NULL;
}

/* The same server with other settings. */
static void
serve_again(struct place *p)
{
    stop(p);
    serve(p);
}

static int
set_up(void **state)
{
    struct place *p = calloc(1, sizeof *p);
    struct str why = STR_NONE;

    arena_init(&p->arena);
    sem_init(&p->go, 0, 0);
    sem_init(&p->waiting, 0, 0);
    memcpy(p->folder, "/tmp/http_test_XXXXXX", 22);
    assert_non_null(mkdtemp(p->folder));
    p->file = arena_format(&p->arena, "%s/test.db", p->folder);
    make_table(p);
    const struct runner_settings settings = {
        .database = p->file.data,
        .readers = 2,
        .writers = 1,
        .group_max = 16,
        .queue_max = 100,
        .hooks = { .tell = on_tell, .context = p },
    };
    p->runner = runner_start(&settings, &p->arena, &why);
    assert_non_null(p->runner);
    p->settings = (struct http_settings){
        .listen = "127.0.0.1:0",
        .runner = p->runner,
        .tables = tables,
        .files = files,
        .permission_names = permission_names,
        .recognise = recognise,
        .identify = identify,
        .replay = replay,
        .keep_answer = keep_answer,
        .may_see = may_see,
        .missed = missed,
    };
    place = p;
    *state = p;
    serve(p);
    return 0;
}

static int
tear_down(void **state)
{
    struct place *p = *state;

    for (int i = 0; i < WAITING_MAX; i++)
        sem_post(&p->go); /* a test that failed may have left somebody there */
    http_drain(p->server, 0);
    runner_stop(p->runner);
    http_stop(p->server);
    for (const char *const *end =
             (const char *const[]){ "", "-wal", "-shm", NULL };
         *end != NULL; end++)
        unlink(arena_format(&p->arena, "%s%s", p->file.data, *end).data);
    rmdir(p->folder);
    sem_destroy(&p->go);
    sem_destroy(&p->waiting);
    arena_free(&p->arena);
    free(p);
    return 0;
}

/* ---- a client ---- */

struct client {
    struct arena *arena; /* its own */
    int socket;
    struct text read; /* all of it */
    size_t taken;
    bool closed; /* by the server */
};

struct reply {
    int status; /* 0: closed without one */
    struct str head;
    struct str body;
};

static struct client
client_open_small(struct place *p, int receive_bytes)
{
    struct client client = { .socket = socket(AF_INET, SOCK_STREAM, 0) };
    const struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)http_port(p->server)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };

    client.arena = calloc(1, sizeof *client.arena);
    assert_non_null(client.arena);
    if (receive_bytes > 0)
        setsockopt(client.socket, SOL_SOCKET, SO_RCVBUF, &receive_bytes,
                   sizeof receive_bytes);
    assert_int_equal(connect(client.socket, (const struct sockaddr *)&address,
                             sizeof address),
                     0);
    return client;
}

static struct client
client_open(struct place *p)
{
    return client_open_small(p, 0);
}

static void
client_close(struct client *client)
{
    close(client->socket);
    arena_free(client->arena);
    free(client->arena);
}

/* A server that has closed already is not the sender's failure. */
static void
client_send(struct client *client, struct str bytes)
{
    while (bytes.bytes > 0) {
        ssize_t sent =
            send(client->socket, bytes.data, bytes.bytes, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        bytes = str_slice(bytes, (size_t)sent, bytes.bytes);
    }
}

/* Reads once; false when the server has closed. */
static bool
client_read(struct client *client)
{
    struct pollfd wait = { .fd = client->socket, .events = POLLIN };
    char bytes[16 * 1024];

    if (client->closed)
        return false;
    if (client->read.arena == NULL)
        client->read = text_new(client->arena);
    assert_int_equal(poll(&wait, 1, PATIENCE_MS), 1);
    ssize_t count = recv(client->socket, bytes, sizeof bytes, 0);
    client->closed = count <= 0;
    if (count > 0)
        text_add(&client->read, (struct str){ bytes, (size_t)count });
    return count > 0;
}

static struct str
unread(const struct client *client)
{
    struct str all =
        client->read.arena == NULL ? STR("") : text_str(&client->read);

    return str_slice(all, client->taken, all.bytes);
}

/* Reads until `part` has come; false when the connection ended before. */
static bool
client_hears(struct client *client, const char *part)
{
    while (str_find(unread(client), str_of(part)) < 0)
        if (!client_read(client))
            return false;
    return true;
}

static struct str
header_of(const struct reply *reply, const char *name)
{
    struct str rest = reply->head, line;

    while (str_next(&rest, '\n', &line)) {
        ptrdiff_t colon = str_find_char(line, ':');
        if (colon > 0
            && str_equal_ascii_case(str_slice(line, 0, (size_t)colon),
                                    str_of(name)))
            return str_trim(str_slice(line, (size_t)colon + 1, line.bytes));
    }
    return STR_NONE;
}

static struct reply
client_reply_to(struct client *client, bool has_body)
{
    struct reply reply = { 0 };
    int64_t status, length = 0;

    if (!client_hears(client, "\r\n\r\n"))
        return reply;
    size_t end = (size_t)str_find(unread(client), STR("\r\n\r\n")) + 4;
    reply.head = arena_str(client->arena, str_slice(unread(client), 0, end));
    assert_true(str_to_int64(str_slice(reply.head, 9, 12), &status));
    reply.status = (int)status;
    struct str size = header_of(&reply, "Content-Length");
    if (size.data != NULL && has_body)
        assert_true(str_to_int64(size, &length));
    while (unread(client).bytes < end + (size_t)length)
        if (!client_read(client))
            break;
    reply.body = arena_str(
        client->arena, str_slice(unread(client), end, end + (size_t)length));
    client->taken += end + (size_t)length;
    return reply;
}

static struct reply
client_reply(struct client *client)
{
    return client_reply_to(client, true);
}

/* "POST /things" with a key, header lines and a body. */
static struct reply
ask(struct client *client, const char *line, const char *headers,
    const char *body)
{
    struct text text = text_new(client->arena);

    text_format(&text, "%s HTTP/1.1\r\nHost: test\r\n%s", line, headers);
    if (body != NULL)
        text_format(&text,
                    "Content-Length: %zu\r\n"
                    "Content-Type: application/json\r\n",
                    strlen(body));
    text_add_cstr(&text, "\r\n");
    text_add_cstr(&text, body != NULL ? body : "");
    client_send(client, text_str(&text));
    return client_reply(client);
}

#define ALL "Authorization: Bearer all\r\n"

static const struct json *
json_of(struct client *client, const struct reply *reply)
{
    struct json_error error;
    const struct json *json = json_parse(client->arena, reply->body, &error);

    assert_non_null(json);
    return json;
}

static int64_t
count_now(struct client *client)
{
    struct reply reply = ask(client, "GET /things", ALL, NULL);

    assert_int_equal(reply.status, 200);
    return json_get_int(json_of(client, &reply), "count", -1);
}

static void
assert_says(struct str text, const char *part)
{
    if (str_find(text, str_of(part)) < 0)
        print_error("\"%.*s\" does not say \"%s\"\n", STR_ARG(text), part);
    assert_true(str_find(text, str_of(part)) >= 0);
}

/* ---- requests and answers ---- */

static void
what_was_answered_is_stored(void **state)
{
    struct client client = client_open(*state);

    struct reply reply = ask(&client, "POST /things", ALL, "{\"name\":\"a\"}");
    assert_int_equal(reply.status, 201);
    assert_true(str_is(json_get_text(json_of(&client, &reply), "name"), "a"));
    assert_true(str_is(header_of(&reply, "Content-Type"), "application/json"));
    assert_int_equal(count_now(&client), 1);
    client_close(&client);
}

static void
one_connection_serves_many_requests(void **state)
{
    struct client client = client_open(*state);

    for (int i = 1; i <= 100; i++) {
        struct reply reply =
            ask(&client, "POST /things", ALL, "{\"name\":\"a\"}");
        assert_int_equal(reply.status, 201);
    }
    assert_int_equal(count_now(&client), 100);
    struct http_stats stats = http_stats(((struct place *)*state)->server);
    assert_int_equal(stats.answers[2], 101);
    assert_int_equal(stats.connections, 1);
    client_close(&client);
}

static void
requests_sent_ahead_are_answered_in_order(void **state)
{
    struct client client = client_open(*state);
    struct text text = text_new(client.arena);

    for (int i = 0; i < 20; i++)
        text_format(&text,
                    "POST /echo HTTP/1.1\r\nHost: a\r\n"
                    "Content-Length: %d\r\n\r\n%d",
                    i < 10 ? 1 : 2, i);
    client_send(&client, text_str(&text));
    for (int i = 0; i < 20; i++) {
        struct reply reply = client_reply(&client);
        int64_t number;
        assert_int_equal(reply.status, 200);
        assert_true(str_to_int64(reply.body, &number));
        assert_int_equal(number, i);
    }
    client_close(&client);
}

static void
every_answer_is_safe_to_show(void **state)
{
    struct client client = client_open(*state);
    struct reply reply = ask(&client, "GET /things", ALL, NULL);

    assert_true(str_is(header_of(&reply, "X-Content-Type-Options"), "nosniff"));
    assert_true(str_is(header_of(&reply, "Cache-Control"), "no-store"));
    assert_true(header_of(&reply, "Referrer-Policy").bytes > 0);
    assert_says(header_of(&reply, "Content-Security-Policy"),
                "default-src 'none'");
    assert_true(header_of(&reply, "Date").bytes > 0);
    struct id id;
    assert_true(id_parse(header_of(&reply, "X-Request-Id"), &id));
    client_close(&client);
}

static void
a_body_in_chunks_is_read(void **state)
{
    struct client client = client_open(*state);

    client_send(&client, STR("POST /echo HTTP/1.1\r\nHost: a\r\n"
                             "Transfer-Encoding: chunked\r\n\r\n"
                             "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"));
    struct reply reply = client_reply(&client);
    assert_int_equal(reply.status, 200);
    assert_true(str_is(reply.body, "abcdefg"));
    client_close(&client);
}

static void
a_large_body_arrives_whole(void **state)
{
    struct client client = client_open(*state);
    struct text text = text_new(client.arena);
    enum { BYTES = 190000 };

    text_format(&text,
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n",
                BYTES);
    for (int i = 0; i < BYTES; i++)
        text_add_char(&text, (char)('a' + i % 23));
    client_send(&client, text_str(&text));
    struct reply reply = client_reply(&client);
    assert_int_equal(reply.status, 200);
    assert_true(str_ends(text_str(&text), reply.body));
    assert_int_equal(reply.body.bytes, BYTES);
    client_close(&client);
}

static void
head_is_get_without_the_body(void **state)
{
    struct client client = client_open(*state);

    client_send(&client,
                STR("HEAD /things HTTP/1.1\r\nHost: a\r\n" ALL "\r\n"));
    struct reply reply = client_reply_to(&client, false);
    assert_int_equal(reply.status, 200);
    assert_true(header_of(&reply, "Content-Length").bytes > 0);
    assert_int_equal(count_now(&client), 0);
    client_close(&client);
}

static void
options_and_wrong_methods_name_the_right_ones(void **state)
{
    struct client client = client_open(*state);
    struct reply reply = ask(&client, "OPTIONS /things", "", NULL);

    assert_int_equal(reply.status, 204);
    assert_true(str_is(header_of(&reply, "Allow"), "OPTIONS, GET, HEAD, POST"));
    reply = ask(&client, "DELETE /things", ALL, NULL);
    assert_int_equal(reply.status, 405);
    assert_true(str_is(header_of(&reply, "Allow"), "OPTIONS, GET, HEAD, POST"));
    reply = ask(&client, "BREW /things", ALL, NULL);
    assert_int_equal(reply.status, 405);
    client_close(&client);
}

static void
an_unknown_path_says_where_to_look(void **state)
{
    struct client client = client_open(*state);
    struct reply reply = ask(&client, "GET /a/b/c", ALL, NULL);

    assert_int_equal(reply.status, 404);
    assert_true(
        str_is(header_of(&reply, "Content-Type"), "application/problem+json"));
    assert_says(json_get_text(json_of(&client, &reply), "detail"),
                "/api/v1/openapi.json");
    client_close(&client);
}

/* ---- bodies that are wrong ---- */

static void
json_that_cannot_be_read_is_shown_the_byte(void **state)
{
    struct client client = client_open(*state);
    struct reply reply = ask(&client, "POST /things", ALL, "{\"name\": nul}");

    assert_int_equal(reply.status, 400);
    const struct json *problem = json_of(&client, &reply);
    const struct json *errors = json_get(problem, "errors");
    assert_int_equal(errors->array.count, 1);
    assert_true(str_is(json_get_text(&errors->array.items[0], "pointer"), ""));
    assert_says(json_get_text(&errors->array.items[0], "message"), "byte 9");
    assert_int_equal(count_now(&client), 0);
    client_close(&client);
}

static void
a_body_that_does_not_fit_is_told_why(void **state)
{
    struct client client = client_open(*state);
    struct reply reply =
        ask(&client, "POST /things", ALL, "{\"nme\":\"a\",\"note\":1}");

    assert_int_equal(reply.status, 422);
    const struct json *errors = json_get(json_of(&client, &reply), "errors");
    assert_int_equal(errors->array.count, 3);
    assert_true(
        str_is(json_get_text(&errors->array.items[0], "pointer"), "/nme"));
    assert_says(json_get_text(&errors->array.items[0], "message"), "\"name\"");
    reply = ask(&client, "POST /things", ALL, NULL);
    assert_int_equal(reply.status, 422);
    assert_says(reply.body, "its name");
    client_close(&client);
}

static void
a_body_that_is_no_json_is_told_what_to_send(void **state)
{
    struct client client = client_open(*state);

    client_send(&client,
                STR("POST /things HTTP/1.1\r\nHost: a\r\n" ALL
                    "Content-Type: text/xml\r\nContent-Length: 4\r\n\r\n<a/>"));
    struct reply reply = client_reply(&client);
    assert_int_equal(reply.status, 415);
    assert_says(reply.body, "application/json");
    /* the short body was let pass: the connection lives on */
    reply =
        ask(&client, "POST /things", ALL "Content-Encoding: gzip\r\n", "{}");
    assert_int_equal(reply.status, 415);
    assert_int_equal(count_now(&client), 0);
    client_close(&client);
}

static void
a_body_over_the_limit_is_refused(void **state)
{
    struct client client = client_open(*state);
    struct reply reply = ask(&client, "POST /short", "", "0123456789a");

    assert_int_equal(reply.status, 413);
    /* it was read to its end: the sender sees the answer and may go on */
    reply = ask(&client, "POST /short", "", "0123456789b");
    assert_int_equal(reply.status, 413);
    client_close(&client);

    client = client_open(*state);
    client_send(&client, STR("POST /short HTTP/1.1\r\nHost: a\r\n"
                             "Transfer-Encoding: chunked\r\n\r\n"
                             "5\r\n01234\r\n6\r\n56789a\r\n0\r\n\r\n"));
    reply = client_reply(&client);
    assert_int_equal(reply.status, 413);
    assert_true(str_is(header_of(&reply, "Connection"), "close"));
    client_close(&client);
}

static void
a_body_without_end_is_not_read_for_ever(void **state)
{
    struct client client = client_open(*state);
    struct text chunk = text_new(client.arena);
    enum { CHUNK = 64 * 1024 };

    text_format(&chunk, "%x\r\n", CHUNK);
    for (int i = 0; i < CHUNK; i++)
        text_add_char(&chunk, 'x');
    text_add_cstr(&chunk, "\r\n");
    client_send(&client, STR("POST /short HTTP/1.1\r\nHost: a\r\n"
                             "Transfer-Encoding: chunked\r\n\r\n"));
    struct pollfd ended = { .fd = client.socket, .events = POLLIN };
    int chunks = 0;
    while (chunks < 1000 && poll(&ended, 1, 0) == 0) {
        client_send(&client, text_str(&chunk));
        chunks++;
    }
    assert_true(chunks < 1000);
    client_close(&client);
}

static void
header_fields_have_a_limit(void **state)
{
    struct client client = client_open(*state);
    struct text text = text_new(client.arena);

    for (int i = 0; i < 3; i++)
        text_format(&text, "X-Long-%d: %06000d\r\n", i, i);
    text_add_char(&text, '\0');
    struct reply reply = ask(&client, "GET /live", text_str(&text).data, NULL);
    assert_int_equal(reply.status, 431);
    client_close(&client);
}

/* ---- who may ---- */

static void
a_missing_key_and_a_missing_permission_differ(void **state)
{
    struct client client = client_open(*state);
    struct reply reply = ask(&client, "GET /things", "", NULL);

    assert_int_equal(reply.status, 401);
    assert_true(str_is(header_of(&reply, "WWW-Authenticate"), "Bearer"));
    reply = ask(&client, "POST /things", "Authorization: Bearer reader\r\n",
                "{\"name\":\"a\"}");
    assert_int_equal(reply.status, 403);
    assert_says(reply.body, "write things");
    assert_int_equal(count_now(&client), 0);
    client_close(&client);
}

static void
a_caller_from_the_database_may_read_and_change(void **state)
{
    const char *later = "Authorization: Bearer later\r\n";
    struct client client = client_open(*state);
    struct reply reply = ask(&client, "GET /things", later, NULL);

    assert_int_equal(reply.status, 200);
    assert_int_equal(str_is(json_get_text(json_of(&client, &reply), "actor"),
                            id_show((struct id){ 22 }).text),
                     true);
    reply = ask(&client, "POST /things", later, "{\"name\":\"a\"}");
    assert_int_equal(reply.status, 201);
    reply = ask(&client, "POST /things", "Authorization: Bearer wrong\r\n",
                "{\"name\":\"a\"}");
    assert_int_equal(reply.status, 401);
    reply =
        ask(&client, "GET /things", "Authorization: Bearer wrong\r\n", NULL);
    assert_int_equal(reply.status, 401);
    /* the public is not asked who it is */
    reply = ask(&client, "GET /live", "Authorization: Bearer wrong\r\n", NULL);
    assert_int_equal(reply.status, 204);
    client_close(&client);
}

static void
a_page_leads_to_sign_in(void **state)
{
    struct client client = client_open(*state);
    struct reply reply = ask(&client, "GET /page", "", NULL);

    assert_int_equal(reply.status, 303);
    assert_true(str_is(header_of(&reply, "Location"), "/sign-in"));
    client_close(&client);
}

static void
a_change_by_cookie_comes_from_our_own_page(void **state)
{
    static const struct {
        const char *headers;
        int status;
    } cases[] = {
        { "Cookie: s=1\r\n", 403 },
        { "Cookie: s=1\r\nOrigin: https://evil.test\r\n", 403 },
        { "Cookie: s=1\r\nOrigin: null\r\n", 403 },
        { "Cookie: s=1\r\nOrigin: https://test\r\n", 201 },
        { "Cookie: s=1\r\nSec-Fetch-Site: same-origin\r\n", 201 },
        { "Cookie: s=1\r\nSec-Fetch-Site: none\r\n", 201 },
        { "Cookie: s=1\r\nSec-Fetch-Site: same-site\r\n", 403 },
        { "Cookie: s=1\r\nSec-Fetch-Site: cross-site\r\n"
          "Origin: https://test\r\n",
          403 },
        { "Cookie: s=1\r\n" ALL, 201 },
    };
    struct client client = client_open(*state);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reply reply =
            ask(&client, "POST /things", cases[i].headers, "{\"name\":\"a\"}");
        assert_int_equal(reply.status, cases[i].status);
    }
    assert_int_equal(
        ask(&client, "GET /things", "Cookie: s=1\r\n", NULL).status, 200);
    client_close(&client);
}

static void
another_host_is_misdirected(void **state)
{
    static const char *const origins[] = { "test", NULL };
    struct place *p = *state;

    p->settings.origins = origins;
    serve_again(p);
    struct client client = client_open(p);
    assert_int_equal(ask(&client, "GET /live", "", NULL).status, 204);
    client_send(&client, STR("GET /live HTTP/1.1\r\nHost: evil.test\r\n\r\n"));
    assert_int_equal(client_reply(&client).status, 421);
    client_send(&client, STR("GET /live HTTP/1.1\r\nHost: TEST:80\r\n\r\n"));
    assert_int_equal(client_reply(&client).status, 204);
    client_send(&client, STR("GET http://evil.test/live HTTP/1.1\r\n"
                             "Host: test\r\n\r\n"));
    assert_int_equal(client_reply(&client).status, 421);
    client_close(&client);
}

/* ---- changes ---- */

static void
a_change_that_fails_leaves_nothing(void **state)
{
    struct client client = client_open(*state);
    struct reply reply = ask(&client, "POST /fails", ALL, "{\"name\":\"a\"}");

    assert_int_equal(reply.status, 429);
    assert_true(str_is(header_of(&reply, "Retry-After"), "7"));
    assert_int_equal(count_now(&client), 0);
    client_close(&client);
}

static void
the_same_key_gets_the_stored_answer(void **state)
{
    struct place *p = *state;
    struct client client = client_open(p);
    const char *headers = ALL "Idempotency-Key: k1\r\n";

    struct reply first =
        ask(&client, "POST /keeps", headers, "{\"name\":\"a\"}");
    assert_int_equal(first.status, 201);
    assert_null(header_of(&first, "Idempotent-Replay").data);
    struct reply second =
        ask(&client, "POST /keeps", headers, "{\"name\":\"a\"}");
    assert_int_equal(second.status, 201);
    assert_true(str_is(header_of(&second, "Idempotent-Replay"), "true"));
    assert_true(str_equal(first.body, second.body));
    assert_int_equal(p->runs, 1);
    assert_int_equal(count_now(&client), 1);
    client_close(&client);
}

/* ---- files ---- */

static void
a_file_comes_in_the_best_encoding_and_once(void **state)
{
    struct client client = client_open(*state);
    struct reply reply = ask(&client, "GET /web/js/app.js",
                             "Accept-Encoding: gzip, br;q=1\r\n", NULL);

    assert_int_equal(reply.status, 200);
    assert_true(str_is(reply.body, "packed"));
    assert_true(str_is(header_of(&reply, "Content-Encoding"), "br"));
    assert_says(header_of(&reply, "Content-Security-Policy"),
                "script-src 'self'");
    struct str again = arena_format(
        client.arena, "Accept-Encoding: br\r\nIf-None-Match: %.*s\r\n",
        STR_ARG(header_of(&reply, "ETag")));
    reply = ask(&client, "GET /web/js/app.js", again.data, NULL);
    assert_int_equal(reply.status, 304);
    reply =
        ask(&client, "GET /web/js/app.js", "Accept-Encoding: br;q=0\r\n", NULL);
    assert_true(str_is(reply.body, "plain"));
    assert_null(header_of(&reply, "Content-Encoding").data);
    client_close(&client);
}

/* ---- hostile peers ---- */

static void
a_header_that_drips_is_cut_off(void **state)
{
    struct place *p = *state;

    p->settings.header_ms_max = 40;
    serve_again(p);
    struct client client = client_open(p);
    struct pollfd ended = { .fd = client.socket, .events = POLLIN };
    int64_t start_us = clock_monotonic_us();
    client_send(&client, STR("GET /live HTTP/1.1\r\nX: "));
    while (poll(&ended, 1, 2) == 0
           && clock_monotonic_us() - start_us < PATIENCE_MS * 1000)
        client_send(&client, STR("x"));
    assert_false(client_read(&client));
    assert_int_equal(http_stats(p->server).cut_off, 1);
    client_close(&client);
}

static void
a_body_that_drips_is_cut_off(void **state)
{
    struct place *p = *state;

    p->settings.body_ms_max = 40;
    serve_again(p);
    struct client client = client_open(p);
    struct pollfd ended = { .fd = client.socket, .events = POLLIN };
    int64_t start_us = clock_monotonic_us();
    client_send(&client, STR("POST /echo HTTP/1.1\r\nHost: a\r\n"
                             "Content-Length: 100000\r\n\r\n"));
    while (poll(&ended, 1, 2) == 0
           && clock_monotonic_us() - start_us < PATIENCE_MS * 1000)
        client_send(&client, STR("x"));
    assert_false(client_read(&client));
    client_close(&client);
}

/* Waits until its "/wait" has begun; false: the server has closed instead. */
static bool
client_waits(struct place *p, const struct client *client)
{
    struct pollfd ended = { .fd = client->socket, .events = POLLIN };

    while (sem_trywait(&p->waiting) != 0)
        if (poll(&ended, 1, 1) != 0)
            return sem_trywait(&p->waiting) == 0;
    return true;
}

/* Nobody is at "/wait" afterwards: a request that came too late to be answered
 * may have got there all the same. */
static void
start_over(struct place *p)
{
    sem_post(&p->go);
    stop(p);
    while (sem_trywait(&p->go) == 0 || sem_trywait(&p->waiting) == 0)
        ;
    serve(p);
}

/* Where a request may take as little as here, that of a slow machine may not
 * be in time: then another is sent. */
static struct client
client_in_time(struct place *p)
{
    for (;; start_over(p)) {
        struct client client = client_open(p);
        client_send(&client, STR("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"));
        if (client_waits(p, &client))
            return client;
        client_close(&client);
    }
}

static void
a_handler_that_takes_long_is_not_cut_off(void **state)
{
    struct place *p = *state;

    p->settings.header_ms_max = p->settings.body_ms_max = 20;
    serve_again(p);
    struct client client = client_in_time(p);
    struct client other = client_open(p);
    /* a silent connection is cut off meanwhile: the sweep has passed */
    assert_false(client_read(&other));
    sem_post(&p->go);
    assert_int_equal(client_reply(&client).status, 200);
    client_close(&client);
    client_close(&other);
}

/* Sends all, and says that no more will come. */
static struct reply
send_raw(struct place *p, struct client *client, struct str bytes)
{
    *client = client_open(p);
    client_send(client, bytes);
    shutdown(client->socket, SHUT_WR);
    return client_reply(client);
}

static struct str
read_whole(struct arena *arena, const char *path)
{
    struct text text = text_new(arena);
    FILE *file = fopen(path, "rb");
    int byte;

    assert_non_null(file);
    while ((byte = fgetc(file)) != EOF)
        text_add_char(&text, (char)byte);
    fclose(file);
    return text_str(&text);
}

/* Sends all, and stays. */
static struct reply
send_whole(struct place *p, struct client *client, struct str bytes)
{
    *client = client_open(p);
    client_send(client, bytes);
    return client_reply(client);
}

/* What is answered to each request of a folder; returns how many. */
static int
send_each(struct place *p, const char *folder,
          struct reply (*send_one)(struct place *, struct client *, struct str),
          void (*look)(const char *name, struct reply))
{
    DIR *open = opendir(folder);
    struct dirent *entry;
    int count = 0;

    assert_non_null(open);
    while ((entry = readdir(open)) != NULL) {
        if (!str_ends(str_of(entry->d_name), STR(".raw")))
            continue;
        struct str path =
            arena_format(&p->arena, "%s/%s", folder, entry->d_name);
        struct client client;
        look(entry->d_name,
             send_one(p, &client, read_whole(&p->arena, path.data)));
        client_close(&client);
        count++;
    }
    closedir(open);
    return count;
}

static void
is_refused(const char *name, struct reply reply)
{
    if (reply.status != 0 && reply.status < 400)
        print_error("%s: %d\n", name, reply.status);
    assert_true(reply.status == 0 || reply.status >= 400);
    assert_int_not_equal(reply.status, 500);
}

static void
requests_that_two_servers_read_differently_are_refused(void **state)
{
    assert_true(
        send_each(*state, "test/data/http/invalid", send_raw, is_refused)
        >= 38);
}

/* Requests that a lenient server takes, and what we answer them. */
static const struct {
    const char *name;
    int status; /* 0: closed without one */
} lenient[] = {
    { "003.raw", 400 }, /* no host has an equals sign */
    { "006.raw", 400 }, /* HTTP/1.1 without Host, as the next ones */
    { "007.raw", 400 },
    { "010.raw", 400 },
    { "011.raw", 400 },
    { "012.raw", 400 },
    { "014.raw", 400 }, /* quotes in the target */
    { "018.raw", 400 },
    { "023.raw", 400 },
    { "026.raw", 431 }, /* one header line longer than all may be */
    { "028.raw", 400 }, /* a space before the colon */
    { "031.raw", 400 }, /* a method that is none */
    { "compat_obs_fold.raw", 400 },
    { "compat_obs_fold_huge.raw", 400 },
    { "pp_01.raw", 400 }, /* the PROXY protocol is not spoken here */
    { "pp_04.raw", 0 },
    { "pp_05.raw", 0 },
    { "rfc9112_smuggle_gzip_chunked_01.raw", 400 },
    { "rfc9112_smuggle_te_identity_chunked_01.raw", 400 },
};

/* Something or nothing is at the path: both say that it was understood. */
static void
is_taken(const char *name, struct reply reply)
{
    bool taken = reply.status == 200 || reply.status == 404;

    for (size_t i = 0; i < sizeof lenient / sizeof *lenient; i++)
        if (strcmp(lenient[i].name, name) == 0)
            taken = reply.status == lenient[i].status;
    if (!taken)
        print_error("%s: %d\n", name, reply.status);
    assert_true(taken);
}

static void
requests_that_are_good_are_taken(void **state)
{
    assert_true(send_each(*state, "test/data/http/valid", send_whole, is_taken)
                >= 31);
}

static void
smuggling_shapes_end_the_connection(void **state)
{
    static const struct str shapes[] = {
        STR_INIT("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        STR_INIT("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n"
                 "Content-Length: 5\r\n\r\nabcde"),
        STR_INIT("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n"
                 "Content-Length: 4\r\n\r\nabcd"),
        STR_INIT("POST /x HTTP/1.1\r\nHost: a\r\n"
                 "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        STR_INIT("POST /x HTTP/1.1\r\nHost: a\r\n"
                 "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        STR_INIT("POST /x HTTP/1.1\r\nHost: a\r\n"
                 "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
        STR_INIT("POST /x HTTP/1.1\r\nHost: a\r\nX: y\r\n"
                 " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        STR_INIT("GET /x HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"),
        STR_INIT("GET /x HTTP/1.1\nHost: a\r\n\r\n"),
        STR_INIT("GET /x HTTP/1.1\r\nHost: a\r\n\n"),
        STR_INIT("GET /x HTTP/1.1\r\nHost: a\rX: y\r\n\r\n"),
        STR_INIT("GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        STR_INIT("GET /x HTTP/1.1\r\n\r\n"),
        STR_INIT("GET /x HTTP/1.1\r\nHost: a\0b\r\n\r\n"),
        STR_INIT("GET /x HTTP/1.1\r\nHost: a b\r\n\r\n"),
        STR_INIT("GET /x HTTP/1.1\r\nHost: a\r\nAuthorization: x\r\n"
                 "Authorization: y\r\n\r\n"),
    };
    const struct str second = STR("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
    struct place *p = *state;

    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        struct client client;
        struct text both = text_new(&p->arena);
        text_add(&both, shapes[i]);
        text_add(&both, second);
        struct reply reply = send_raw(p, &client, text_str(&both));
        if (reply.status != 400 && reply.status != 0)
            print_error("shape %zu: %d\n", i, reply.status);
        assert_true(reply.status == 400 || reply.status == 0);
        /* what stands behind it is not a request any more */
        assert_int_equal(client_reply(&client).status, 0);
        client_close(&client);
    }
}

static void
targets_in_absolute_form_are_served(void **state)
{
    struct client client = client_open(*state);

    client_send(&client, STR("GET http://a.test/live HTTP/1.1\r\n"
                             "Host: a.test\r\n\r\n"));
    assert_int_equal(client_reply(&client).status, 204);
    client_send(&client, STR("GET /%FF HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_int_equal(client_reply(&client).status, 400);
    client_send(&client, STR("GET /x?a=%zz HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_int_equal(client_reply(&client).status, 400);
    client_send(&client, STR("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_int_equal(client_reply(&client).status, 204);
    client_close(&client);
}

/* ---- the live stream ---- */

static struct client
listen_to(struct place *p, const char *headers)
{
    struct client client = client_open(p);
    struct text text = text_new(client.arena);

    text_format(&text, "GET /api/v1/events HTTP/1.1\r\nHost: test\r\n%s\r\n",
                headers);
    client_send(&client, text_str(&text));
    assert_true(client_hears(&client, "retry: "));
    assert_says(unread(&client), "Content-Type: text/event-stream");
    return client;
}

static void
a_listener_hears_what_was_committed(void **state)
{
    struct place *p = *state;
    struct client listener = listen_to(p, ALL);
    struct client later = listen_to(p, "Authorization: Bearer later\r\n");
    struct client client = client_open(p);

    assert_int_equal(
        ask(&client, "POST /tell", ALL, "{\"name\":\"{}\"}").status, 204);
    assert_true(client_hears(&listener, "event: thing.told\ndata: {}\n\n"));
    assert_true(client_hears(&later, "event: thing.told\ndata: {}\n\n"));
    assert_int_equal(http_stats(p->server).streams, 2);
    client_close(&client);
    client_close(&later);
    client_close(&listener);
}

static void
a_listener_must_be_signed_in(void **state)
{
    struct client client = client_open(*state);

    assert_int_equal(ask(&client, "GET /api/v1/events", "", NULL).status, 401);
    assert_int_equal(ask(&client, "GET /api/v1/events",
                         "Authorization: Bearer wrong\r\n", NULL)
                         .status,
                     401);
    client_close(&client);
}

static void
tell_test(struct place *p, int64_t id, int64_t workspace, int64_t person,
          struct str data)
{
    http_tell(p->server, &(struct live_event){ .id = { id },
                                               .workspace = { workspace },
                                               .person = { person },
                                               .topic = "test",
                                               .data = data });
}

static void
a_listener_hears_only_what_he_may_see(void **state)
{
    struct place *p = *state;
    struct client listener = listen_to(p, ALL);

    tell_test(p, 1, 8, 0, STR("\"foreign\""));
    tell_test(p, 2, 7, 99, STR("\"another's\""));
    tell_test(p, 3, 7, 11, STR("\"mine\""));
    assert_true(client_hears(&listener, "\"mine\""));
    assert_true(str_find(unread(&listener), STR("foreign")) < 0);
    assert_true(str_find(unread(&listener), STR("another")) < 0);
    client_close(&listener);
}

/* What was told just before may still be on its way to the others. */
static void
a_listener_hears_nothing_of_before_he_came(void **state)
{
    struct place *p = *state;
    struct client other = listen_to(p, ALL);

    for (int i = 1; i <= 200; i++) {
        tell_test(p, 2 * i, 7, 99, STR("\"another's\""));
        tell_test(p, 2 * i, 7, 0, STR("\"before\""));
        struct client listener = listen_to(p, ALL);
        tell_test(p, 2 * i + 1, 7, 0, STR("\"after\""));
        assert_true(client_hears(&listener, "\"after\""));
        assert_true(str_find(unread(&listener), STR("before")) < 0);
        client_close(&listener);
        assert_true(client_hears(&other, "\"after\""));
        other.taken = other.read.bytes;
    }
    client_close(&other);
}

static void
a_listener_who_comes_back_gets_what_he_missed_once(void **state)
{
    struct place *p = *state;
    struct client listener = client_open(p);
    struct str first = arena_format(&p->arena, ALL "Last-Event-ID: %s\r\n",
                                    id_show((struct id){ 100 }).text);

    client_close(&listener);
    listener = listen_to(p, first.data);
    assert_true(client_hears(&listener, id_show((struct id){ 102 }).text));
    assert_true(client_hears(&listener, "data: {\"a\":1,\ndata: \"b\":2}\n\n"));
    tell_test(p, 102, 7, 0, STR("\"told late\""));
    tell_test(p, 103, 7, 0, STR("\"new\""));
    assert_true(client_hears(&listener, "\"new\""));
    assert_true(str_find(unread(&listener), STR("foreign")) < 0);
    assert_true(str_find(unread(&listener), STR("told late")) < 0);
    client_close(&listener);
}

static void
a_silent_stream_has_a_heartbeat(void **state)
{
    struct place *p = *state;

    p->settings.heartbeat_ms = 10;
    serve_again(p);
    struct client listener = listen_to(p, ALL);
    assert_true(client_hears(&listener, ":\n\n"));
    listener.taken = listener.read.bytes;
    assert_true(client_hears(&listener, ":\n\n"));
    client_close(&listener);
}

static void
a_listener_who_does_not_read_is_cut_off(void **state)
{
    struct place *p = *state;
    struct text data = text_new(&p->arena);

    p->settings.stream_events_max = 4;
    serve_again(p);
    text_add_char(&data, '"');
    for (int i = 0; i < 100000; i++)
        text_add_char(&data, 'x');
    text_add_char(&data, '"');
    struct client listener = client_open_small(p, 4096);
    client_send(&listener,
                STR("GET /api/v1/events HTTP/1.1\r\nHost: a\r\n" ALL "\r\n"));
    assert_true(client_hears(&listener, "retry: "));
    int64_t start_us = clock_monotonic_us();
    int64_t id = 1;
    while (http_stats(p->server).streams > 0
           && clock_monotonic_us() - start_us < PATIENCE_MS * 1000) {
        tell_test(p, id++, 7, 0, text_str(&data));
        sched_yield();
    }
    assert_int_equal(http_stats(p->server).streams, 0);
    client_close(&listener);
}

/* ---- the end ---- */

/*
 * Stands in for the C library's, also for libmicrohttpd: the set of epoll is
 * its thread's. Were a socket taken out by another thread as well, the second
 * of the two would abort the program.
 */
static pthread_t this_is_no_thread_of_the_library;
static _Atomic int sets_changed_by_us;

int
epoll_ctl(int set, int how, int descriptor, struct epoll_event *event)
{
    sets_changed_by_us +=
        pthread_equal(pthread_self(), this_is_no_thread_of_the_library) != 0;
    return (int)syscall(SYS_epoll_ctl, set, how, descriptor, event);
}

static void
a_drain_leaves_the_librarys_sockets_to_its_thread(void **state)
{
    struct place *p = *state;

    this_is_no_thread_of_the_library = pthread_self();
    sets_changed_by_us = 0;
    http_drain(p->server, PATIENCE_MS);
    assert_int_equal(sets_changed_by_us, 0);
}

static void *
drain_now(void *context)
{
    struct place *p = context;

    http_drain(p->server, PATIENCE_MS);
    return NULL;
}

static void
a_drain_lets_running_requests_finish(void **state)
{
    struct place *p = *state;
    struct client client = client_open(p);
    struct client idle = client_open(p);
    struct client listener = listen_to(p, ALL);
    pthread_t thread;

    assert_int_equal(ask(&idle, "GET /live", "", NULL).status, 204);
    client_send(&client, STR("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"));
    sem_wait(&p->waiting);
    assert_int_equal(pthread_create(&thread, NULL, drain_now, p), 0);

    /* nobody new comes in */
    int refused = 0;
    int64_t start_us = clock_monotonic_us();
    while (!refused && clock_monotonic_us() - start_us < PATIENCE_MS * 1000) {
        const struct sockaddr_in address = {
            .sin_family = AF_INET,
            .sin_port = htons((uint16_t)http_port(p->server)),
            .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
        };
        int probe = socket(AF_INET, SOCK_STREAM, 0);
        refused =
            connect(probe, (const struct sockaddr *)&address, sizeof address)
            != 0;
        close(probe);
    }
    assert_true(refused);
    sem_post(&p->go);
    struct reply reply = client_reply(&client);
    assert_int_equal(reply.status, 200);
    assert_true(str_is(header_of(&reply, "Connection"), "close"));
    pthread_join(thread, NULL);

    /* streams end whole, and late requests are told to come again */
    assert_true(client_hears(&listener, "0\r\n\r\n"));
    reply = ask(&idle, "GET /live", "", NULL);
    assert_int_equal(reply.status, 503);
    assert_true(header_of(&reply, "Retry-After").bytes == 1);
    client_close(&client);
    client_close(&idle);
    client_close(&listener);
}

static void
a_client_who_leaves_before_the_answer_holds_nothing_up(void **state)
{
    const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
    struct place *p = *state;

    for (int i = 0; i < 20; i++) {
        struct client client = client_open(p);
        client_send(&client, STR("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"));
        sem_wait(&p->waiting);
        /* half of them with a reset */
        if (i % 2 == 0)
            setsockopt(client.socket, SOL_SOCKET, SO_LINGER, &at_once,
                       sizeof at_once);
        client_close(&client);
        sem_post(&p->go);
    }
    stop(p);
    serve(p);
}

static void
a_body_in_pieces_arrives_whole(void **state)
{
    struct client client = client_open(*state);

    struct reply reply = ask(&client, "GET /pieces/30", "", NULL);
    assert_int_equal(reply.status, 200);
    assert_int_equal(reply.body.bytes, 30 * PIECE_BYTES);
    for (size_t i = 0; i < reply.body.bytes; i++)
        assert_int_equal(reply.body.data[i], 'a' + (int)(i / PIECE_BYTES % 26));
    assert_int_equal(ask(&client, "GET /live", "", NULL).status, 204);
    client_close(&client);
}

static void
a_body_whose_pieces_are_gone_is_cut_off(void **state)
{
    struct client client = client_open(*state);

    struct reply reply = ask(&client, "GET /pieces/short", "", NULL);
    assert_true(client.closed);
    assert_true(reply.status == 200);
    assert_true(str_is(header_of(&reply, "Content-Length"), "700000"));
    client_close(&client);
}

static void
who_leaves_a_body_in_pieces_holds_nothing_up(void **state)
{
    struct place *p = *state;

    for (int i = 0; i < 10; i++) {
        struct client client = client_open(p);
        client_send(&client,
                    STR("GET /pieces/1000 HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_true(client_hears(&client, "aaa"));
        client_close(&client);
    }
    struct client slow = client_open(p);
    client_send(&slow, STR("GET /pieces/1000 HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_true(client_hears(&slow, "aaa"));
    http_drain(p->server, 50);
    http_stop(p->server);
    client_close(&slow);
    serve(p);
}

static void
a_full_queue_asks_to_come_again(void **state)
{
    /* 2 run, 100 wait, the others are refused */
    enum { CLIENTS = WAITING_MAX };
    struct place *p = *state;
    struct client clients[CLIENTS];
    int refused = 0;

    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = client_open(p);
        client_send(&clients[i], STR("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
    int64_t start_us = clock_monotonic_us();
    while (http_stats(p->server).answers[5] < 1
           && clock_monotonic_us() - start_us < PATIENCE_MS * 1000)
        sched_yield();
    for (int i = 0; i < CLIENTS; i++)
        sem_post(&p->go);
    for (int i = 0; i < CLIENTS; i++) {
        struct reply reply = client_reply(&clients[i]);
        assert_true(reply.status == 200 || reply.status == 503);
        refused += reply.status == 503;
        assert_int_equal(header_of(&reply, "Retry-After").bytes,
                         reply.status == 503);
        client_close(&clients[i]);
    }
    assert_true(refused >= 1);
}

static void
a_table_with_an_open_row_does_not_start(void **state)
{
    static const struct endpoint bad[] = {
        { GET, "/open", no_answer, 0, "No permission." }, { 0 }
    };
    static const struct endpoint *const bad_tables[] = { bad, NULL };
    struct place *p = *state;
    struct http_settings settings = p->settings;
    struct str why = STR_NONE;

    settings.tables = bad_tables;
    assert_null(http_start(&settings, &p->arena, &why));
    assert_says(why, "GET /open: the row has no permission");
    settings.tables = tables;
    settings.listen = "nonsense";
    assert_null(http_start(&settings, &p->arena, &why));
    assert_says(why, "HOST:PORT");
    settings.listen =
        arena_format(&p->arena, "127.0.0.1:%d", http_port(p->server)).data;
    assert_null(http_start(&settings, &p->arena, &why));
    assert_says(why, "cannot listen");
}

#define SERVED(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        SERVED(what_was_answered_is_stored),
        SERVED(one_connection_serves_many_requests),
        SERVED(requests_sent_ahead_are_answered_in_order),
        SERVED(every_answer_is_safe_to_show),
        SERVED(a_body_in_chunks_is_read),
        SERVED(a_large_body_arrives_whole),
        SERVED(head_is_get_without_the_body),
        SERVED(options_and_wrong_methods_name_the_right_ones),
        SERVED(an_unknown_path_says_where_to_look),
        SERVED(json_that_cannot_be_read_is_shown_the_byte),
        SERVED(a_body_that_does_not_fit_is_told_why),
        SERVED(a_body_that_is_no_json_is_told_what_to_send),
        SERVED(a_body_over_the_limit_is_refused),
        SERVED(a_body_without_end_is_not_read_for_ever),
        SERVED(header_fields_have_a_limit),
        SERVED(a_missing_key_and_a_missing_permission_differ),
        SERVED(a_caller_from_the_database_may_read_and_change),
        SERVED(a_page_leads_to_sign_in),
        SERVED(a_change_by_cookie_comes_from_our_own_page),
        SERVED(another_host_is_misdirected),
        SERVED(a_change_that_fails_leaves_nothing),
        SERVED(the_same_key_gets_the_stored_answer),
        SERVED(a_file_comes_in_the_best_encoding_and_once),
        SERVED(a_header_that_drips_is_cut_off),
        SERVED(a_body_that_drips_is_cut_off),
        SERVED(a_handler_that_takes_long_is_not_cut_off),
        SERVED(requests_that_two_servers_read_differently_are_refused),
        SERVED(requests_that_are_good_are_taken),
        SERVED(smuggling_shapes_end_the_connection),
        SERVED(targets_in_absolute_form_are_served),
        SERVED(a_listener_hears_what_was_committed),
        SERVED(a_listener_must_be_signed_in),
        SERVED(a_listener_hears_only_what_he_may_see),
        SERVED(a_listener_hears_nothing_of_before_he_came),
        SERVED(a_listener_who_comes_back_gets_what_he_missed_once),
        SERVED(a_silent_stream_has_a_heartbeat),
        SERVED(a_listener_who_does_not_read_is_cut_off),
        SERVED(a_drain_leaves_the_librarys_sockets_to_its_thread),
        SERVED(a_drain_lets_running_requests_finish),
        SERVED(a_client_who_leaves_before_the_answer_holds_nothing_up),
        SERVED(a_body_in_pieces_arrives_whole),
        SERVED(a_body_whose_pieces_are_gone_is_cut_off),
        SERVED(who_leaves_a_body_in_pieces_holds_nothing_up),
        SERVED(a_full_queue_asks_to_come_again),
        SERVED(a_table_with_an_open_row_does_not_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
