/*
 * loadgen: asks a server as fast as it answers, over N connections that are
 * kept open, and says how long the answers took. One thread, and as little
 * of it as possible: it shares the machine with what it measures.
 *
 * Each connection has one request under way at a time; so a slow server is
 * asked less often, and the rate is what it can do.
 *
 *   loadgen --address 127.0.0.1:8080 --key bk_... --connections 64
 *           --count 100000 | --seconds 10  [--warm 2000] [--seed 1]
 *           [--first 0]      the number of the first person
 *           [--batch 100]    leads a request, to the batch endpoint
 *           [--paths FILE]   GET these instead, one a line, in turn
 *
 * It prints one JSON object. Exit code 1 when an answer was not as expected;
 * the first such answer is on standard error.
 */
#include <errno.h>
#include <getopt.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/json.h"
#include "test/load/histogram.h"
#include "test/load/person.h"

enum { EVENTS_MAX = 256, ANSWER_ROOM_FIRST = 4096, STATUSES = 600 };
enum { FAILED_IN_A_ROW_MAX = 100 };

struct plan {
    struct str address; /* as in Host */
    struct str key;
    int connections;
    int64_t count; /* requests; 0: by time */
    int64_t seconds;
    int64_t warm; /* requests before measuring begins */
    uint64_t seed;
    int64_t first;
    int batch;         /* leads a request; 0: single leads */
    struct str *paths; /* NULL: leads are sent */
    int path_count;
};

struct connection {
    int socket;
    struct arena arena;
    struct text request;
    size_t sent;
    char *answer; /* owned */
    size_t answer_bytes;
    size_t answer_room;
    size_t answer_whole; /* 0 until the length is known */
    int64_t asked_us;
};

/* What is counted between the end of the warm-up and the end. */
struct tally {
    struct histogram latency;
    int64_t statuses[STATUSES];
    int64_t answers;
    int64_t leads; /* taken, or joined to one that is known */
    int64_t without_owner;
    int64_t failed; /* connections that broke, answers without a length */
    int64_t sent_bytes;
    int64_t received_bytes;
    int64_t began_us;
    int64_t ended_us;
    int64_t cpu_us;
};

struct load {
    struct plan plan;
    struct addrinfo *to;
    int events; /* of epoll */
    struct connection *connections;
    struct random random;
    struct str head; /* of a POST, up to its length */
    struct text body;
    int64_t asked;
    int64_t answered;
    int64_t person;
    int64_t deadline_us; /* 0: none yet */
    int waiting;         /* connections with a request under way */
    int failed_in_a_row;
    bool complained;
    struct tally tally;
};

/* -------------------------------------------------------------- requests */

static void
add_leads(struct load *load, struct text *body)
{
    if (load->plan.batch == 0) {
        person_write_lead(body, &load->random, load->person++);
        return;
    }
    text_add(body, STR("{\"leads\":["));
    for (int i = 0; i < load->plan.batch; i++) {
        if (i > 0)
            text_add_char(body, ',');
        person_write_lead(body, &load->random, load->person++);
    }
    text_add(body, STR("]}"));
}

static void
write_post(struct load *load, struct text *request)
{
    load->body.bytes = 0;
    add_leads(load, &load->body);
    text_add(request, load->head);
    text_add_int(request, (int64_t)load->body.bytes);
    text_add(request, STR("\r\n\r\n"));
    text_add(request, text_str(&load->body));
}

static void
add_common_fields(const struct plan *plan, struct text *text)
{
    text_format(text, " HTTP/1.1\r\nHost: %.*s\r\n", STR_ARG(plan->address));
    if (!str_is_empty(plan->key))
        text_format(text, "Authorization: Bearer %.*s\r\n", STR_ARG(plan->key));
}

static void
write_get(const struct load *load, struct text *request)
{
    const struct plan *plan = &load->plan;

    text_add(request, STR("GET "));
    text_add(request, plan->paths[load->asked % plan->path_count]);
    add_common_fields(plan, request);
    text_add(request, STR("\r\n"));
}

static struct str
post_head(const struct plan *plan, struct arena *arena)
{
    struct text text = text_new(arena);

    text_add(&text, plan->batch > 0 ? STR("POST /api/v1/leads/batch")
                                    : STR("POST /api/v1/leads"));
    add_common_fields(plan, &text);
    text_add(&text, STR("Content-Type: application/json\r\n"
                        "Content-Length: "));
    return text_str(&text);
}

/* ----------------------------------------------------------- connections */

static void
complain(struct load *load, const char *what, struct str answer)
{
    if (load->complained)
        return;
    load->complained = true;
    fprintf(stderr, "loadgen: %s: %.*s\n", what,
            (int)(answer.bytes < 2000 ? answer.bytes : 2000),
            answer.data == NULL ? "" : answer.data);
}

static bool
connection_open(struct load *load, struct connection *c)
{
    const int one = 1;
    struct epoll_event event = { EPOLLIN | EPOLLOUT | EPOLLET, { .ptr = c } };

    c->socket = socket(load->to->ai_family, SOCK_STREAM, 0);
    if (c->socket < 0)
        return false;
    if (connect(c->socket, load->to->ai_addr, load->to->ai_addrlen) != 0) {
        close(c->socket);
        c->socket = -1;
        return false;
    }
    setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return epoll_ctl(load->events, EPOLL_CTL_ADD, c->socket, &event) == 0;
}

/* Edge triggered: what does not fit now is sent when the socket says so. */
static bool
go_on_sending(struct load *load, struct connection *c)
{
    while (c->sent < c->request.bytes) {
        ssize_t n =
            send(c->socket, c->request.data + c->sent,
                 c->request.bytes - c->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN;
        c->sent += (size_t)n;
        load->tally.sent_bytes += n;
    }
    return true;
}

static bool
is_over(const struct load *load, int64_t now_us)
{
    const struct plan *plan = &load->plan;

    if (load->failed_in_a_row >= FAILED_IN_A_ROW_MAX)
        return true;
    if (plan->count > 0)
        return load->asked >= plan->warm + plan->count;
    return load->deadline_us > 0 && now_us >= load->deadline_us;
}

static bool
ask(struct load *load, struct connection *c, int64_t now_us)
{
    c->request.bytes = 0;
    c->sent = 0;
    c->answer_bytes = 0;
    c->answer_whole = 0;
    if (load->plan.paths != NULL)
        write_get(load, &c->request);
    else
        write_post(load, &c->request);
    load->asked++;
    load->waiting++;
    c->asked_us = now_us;
    return go_on_sending(load, c);
}

static void ask_until_sent(struct load *load, struct connection *c,
                           int64_t now_us);

/* A connection that broke: what was asked on it is a failure, not lost. */
static void
connection_failed(struct load *load, struct connection *c, const char *what,
                  int64_t now_us)
{
    complain(load, what, (struct str){ c->answer, c->answer_bytes });
    load->tally.failed++;
    load->failed_in_a_row++;
    load->waiting--;
    if (c->socket >= 0)
        close(c->socket);
    c->socket = -1;
    if (!is_over(load, now_us) && connection_open(load, c))
        ask_until_sent(load, c, now_us);
}

static void
ask_until_sent(struct load *load, struct connection *c, int64_t now_us)
{
    if (!ask(load, c, now_us))
        connection_failed(load, c, "a request could not be sent", now_us);
}

/* --------------------------------------------------------------- answers */

static int64_t
cpu_used_us(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000
         + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static void
begin_measuring(struct load *load, int64_t now_us)
{
    load->tally = (struct tally){ .began_us = now_us,
                                  .ended_us = now_us,
                                  .cpu_us = cpu_used_us() };
    if (load->plan.count == 0)
        load->deadline_us = now_us + load->plan.seconds * 1000000;
}

/* The value of Content-Length among the header fields; -1 when there is
 * none. */
static int64_t
content_length(struct str head)
{
    static const char name[] = "\r\ncontent-length:";
    const size_t bytes = sizeof name - 1;
    const char *at = head.data;
    const char *end = head.data + head.bytes;

    while ((at = memchr(at, '\r', (size_t)(end - at))) != NULL) {
        if ((size_t)(end - at) > bytes && strncasecmp(at, name, bytes) == 0)
            return strtoll(at + bytes, NULL, 10);
        at++;
    }
    return -1;
}

/* False when the answer says no length. */
static bool
learn_length(struct connection *c)
{
    const char *end = memmem(c->answer, c->answer_bytes, "\r\n\r\n", 4);

    if (c->answer_whole > 0 || end == NULL)
        return true;
    size_t head = (size_t)(end - c->answer) + 4;
    int64_t length = content_length((struct str){ c->answer, head });
    if (length < 0)
        return false;
    c->answer_whole = head + (size_t)length;
    return true;
}

/* How many owners with an id the answer names. */
static int
owners_in(struct str answer)
{
    static const char owner[] = "\"owner\":{";
    static const char id[] = "\"id\":\"";
    const char *end = answer.data + answer.bytes;
    const char *at = answer.data;
    int count = 0;

    while ((at = memmem(at, (size_t)(end - at), owner, sizeof owner - 1))) {
        at += sizeof owner - 1;
        const char *close = memchr(at, '}', (size_t)(end - at));
        size_t bytes = (size_t)((close == NULL ? end : close) - at);
        const char *found = memmem(at, bytes, id, sizeof id - 1);
        if (found != NULL && found[sizeof id - 1] != '"')
            count++;
    }
    return count;
}

static void
check_leads(struct load *load, struct str answer)
{
    int wanted = load->plan.batch > 0 ? load->plan.batch : 1;
    int owners = owners_in(answer);

    load->tally.leads += owners;
    if (owners == wanted)
        return;
    load->tally.without_owner += wanted - owners;
    complain(load, "an answer without an owner for each lead", answer);
}

static void
take_answer(struct load *load, struct connection *c, int64_t now_us)
{
    struct str answer = { c->answer, c->answer_whole };
    int status = answer.bytes > 12 ? (int)strtol(answer.data + 9, NULL, 10) : 0;
    struct tally *tally = &load->tally;

    if (status < 100 || status >= STATUSES)
        status = 0;
    histogram_add(&tally->latency, now_us - c->asked_us);
    tally->statuses[status]++;
    tally->answers++;
    tally->received_bytes += (int64_t)answer.bytes;
    tally->ended_us = now_us;
    if (status / 100 != 2)
        complain(load, "an answer that says no", answer);
    else if (load->plan.paths == NULL)
        check_leads(load, answer);
    load->waiting--;
    load->failed_in_a_row = 0;
    if (++load->answered == load->plan.warm)
        begin_measuring(load, now_us);
}

static bool
receive(struct connection *c)
{
    for (;;) {
        if (c->answer_bytes == c->answer_room) {
            c->answer_room *= 2;
            c->answer = realloc(c->answer, c->answer_room);
            if (c->answer == NULL)
                abort();
        }
        size_t room = c->answer_room - c->answer_bytes;
        ssize_t n =
            recv(c->socket, c->answer + c->answer_bytes, room, MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN;
        if (n == 0)
            return false;
        c->answer_bytes += (size_t)n;
        if ((size_t)n < room) /* more brings an event of its own */
            return true;
    }
}

static void
on_event(struct load *load, struct connection *c, uint32_t events,
         int64_t now_us)
{
    if (c->sent < c->request.bytes && !go_on_sending(load, c)) {
        connection_failed(load, c, "a request could not be sent", now_us);
        return;
    }
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0)
        return;
    bool open = receive(c);
    if (!learn_length(c)) {
        connection_failed(load, c, "an answer without a length", now_us);
        return;
    }
    if (c->answer_whole > 0 && c->answer_bytes >= c->answer_whole) {
        take_answer(load, c, now_us);
        if (!is_over(load, now_us))
            ask_until_sent(load, c, now_us);
        return;
    }
    if (!open)
        connection_failed(load, c, "a connection broke", now_us);
}

/* ------------------------------------------------------------------- run */

static bool
begin(struct load *load)
{
    int64_t now_us = clock_monotonic_us();

    if (load->plan.warm == 0)
        begin_measuring(load, now_us);
    for (int i = 0; i < load->plan.connections; i++) {
        struct connection *c = &load->connections[i];
        arena_init(&c->arena);
        c->request = text_new(&c->arena);
        c->answer_room = ANSWER_ROOM_FIRST;
        c->answer = malloc(c->answer_room);
        if (c->answer == NULL)
            abort();
        if (!connection_open(load, c)) {
            fprintf(stderr, "loadgen: %.*s: %s\n", STR_ARG(load->plan.address),
                    strerror(errno));
            return false;
        }
    }
    for (int i = 0; i < load->plan.connections; i++)
        if (!is_over(load, now_us))
            ask_until_sent(load, &load->connections[i], clock_monotonic_us());
    return true;
}

static void
run(struct load *load)
{
    struct epoll_event events[EVENTS_MAX];

    while (load->waiting > 0) {
        int n = epoll_wait(load->events, events, EVENTS_MAX, -1);
        for (int i = 0; i < n; i++)
            on_event(load, events[i].data.ptr, events[i].events,
                     clock_monotonic_us());
    }
    load->tally.cpu_us = cpu_used_us() - load->tally.cpu_us;
}

static void
report_counts(const struct load *load, struct json_out *out)
{
    const struct tally *tally = &load->tally;

    json_put_int(out, "requests", tally->answers);
    json_put_int(out, "leads", tally->leads);
    json_put_int(out, "without_owner", tally->without_owner);
    json_put_int(out, "failed", tally->failed);
    json_put_int(out, "sent_bytes", tally->sent_bytes);
    json_put_int(out, "received_bytes", tally->received_bytes);
    json_put_int(out, "next", load->person);
    json_name(out, "statuses");
    json_open_object(out);
    for (int i = 0; i < STATUSES; i++) {
        if (tally->statuses[i] == 0)
            continue;
        struct arena arena;
        arena_init(&arena);
        json_name_str(out, arena_format(&arena, "%d", i));
        json_int(out, tally->statuses[i]);
        arena_free(&arena);
    }
    json_close_object(out);
}

static void
put_real(struct json_out *out, const char *name, double value)
{
    json_name(out, name);
    json_real(out, value);
}

static void
report(const struct load *load, struct arena *arena)
{
    const struct tally *tally = &load->tally;
    double seconds = (double)(tally->ended_us - tally->began_us) / 1e6;
    double answers = tally->answers > 0 ? (double)tally->answers : 1;
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    report_counts(load, &out);
    put_real(&out, "seconds", seconds);
    put_real(&out, "requests_a_second",
             seconds > 0 ? (double)tally->answers / seconds : 0);
    put_real(&out, "leads_a_second",
             seconds > 0 ? (double)tally->leads / seconds : 0);
    put_real(&out, "p50_ms",
             (double)histogram_percentile_us(&tally->latency, 0.5) / 1e3);
    put_real(&out, "p99_ms",
             (double)histogram_percentile_us(&tally->latency, 0.99) / 1e3);
    put_real(&out, "max_ms", (double)tally->latency.max_us / 1e3);
    put_real(&out, "own_cpu_us", (double)tally->cpu_us / answers);
    json_close_object(&out);
    puts(arena_cstr(arena, text_str(&text)));
}

/* ------------------------------------------------------------- arguments */

static int
usage(void)
{
    fputs("usage: loadgen --address HOST:PORT [--key KEY] [--connections N]\n"
          "               --count N | --seconds N [--warm N] [--seed N]\n"
          "               [--first N] [--batch N] [--paths FILE]\n",
          stderr);
    return 2;
}

static bool
number(const char *text, int64_t lowest, int64_t *value)
{
    return str_to_int64(str_of(text), value) && *value >= lowest;
}

static bool
read_paths(struct arena *arena, const char *file, struct plan *plan)
{
    struct text text = text_new(arena);
    FILE *from = fopen(file, "r");
    int c;

    if (from == NULL) {
        perror(file);
        return false;
    }
    while ((c = getc(from)) != EOF)
        text_add_char(&text, (char)c);
    fclose(from);

    struct str rest = text_str(&text);
    struct str line;
    plan->paths = ARENA_ARRAY(arena, struct str, rest.bytes / 2 + 1);
    while (str_next(&rest, '\n', &line))
        if (!str_is_empty(line))
            plan->paths[plan->path_count++] = line;
    return plan->path_count > 0;
}

static bool
take_option(struct arena *arena, struct plan *plan, int option)
{
    int64_t value = 0;

    switch (option) {
    case 'a':
        plan->address = str_of(optarg);
        return true;
    case 'k':
        plan->key = str_of(optarg);
        return true;
    case 'p':
        return read_paths(arena, optarg, plan);
    case 'c':
        if (!number(optarg, 1, &value) || value > 10000)
            return false;
        plan->connections = (int)value;
        return true;
    case 'b':
        if (!number(optarg, 1, &value) || value > 1000)
            return false;
        plan->batch = (int)value;
        return true;
    case 'n':
        return number(optarg, 1, &plan->count);
    case 't':
        return number(optarg, 1, &plan->seconds);
    case 'w':
        return number(optarg, 0, &plan->warm);
    case 'f':
        return number(optarg, 0, &plan->first);
    case 's':
        plan->seed = number(optarg, 0, &value) ? (uint64_t)value : 0;
        return value > 0;
    default:
        return false;
    }
}

static bool
read_plan(struct arena *arena, int argc, char **argv, struct plan *plan)
{
    static const struct option options[] = {
        { "address", required_argument, NULL, 'a' },
        { "key", required_argument, NULL, 'k' },
        { "connections", required_argument, NULL, 'c' },
        { "count", required_argument, NULL, 'n' },
        { "seconds", required_argument, NULL, 't' },
        { "warm", required_argument, NULL, 'w' },
        { "seed", required_argument, NULL, 's' },
        { "first", required_argument, NULL, 'f' },
        { "batch", required_argument, NULL, 'b' },
        { "paths", required_argument, NULL, 'p' },
        { 0 },
    };
    int option;

    *plan = (struct plan){ .connections = 1, .seed = 1 };
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (!take_option(arena, plan, option))
            return false;
    return optind == argc && !str_is_empty(plan->address)
        && (plan->count > 0) != (plan->seconds > 0);
}

static struct addrinfo *
resolve(struct arena *arena, struct str address)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    struct str host;

    str_next(&address, ':', &host);
    int code = getaddrinfo(arena_cstr(arena, host), arena_cstr(arena, address),
                           &hints, &found);
    if (code != 0)
        fprintf(stderr, "loadgen: %s\n", gai_strerror(code));
    return found;
}

static void
close_all(struct load *load)
{
    for (int i = 0; i < load->plan.connections; i++) {
        struct connection *c = &load->connections[i];
        if (c->socket > 0)
            close(c->socket);
        free(c->answer);
        arena_free(&c->arena);
    }
    close(load->events);
    freeaddrinfo(load->to);
}

int
main(int argc, char **argv)
{
    struct arena arena;
    struct load load = { 0 };

    arena_init(&arena);
    if (!read_plan(&arena, argc, argv, &load.plan))
        return usage();
    load.to = resolve(&arena, load.plan.address);
    if (load.to == NULL)
        return 1;
    load.events = epoll_create1(0);
    load.connections =
        ARENA_ARRAY(&arena, struct connection, (size_t)load.plan.connections);
    random_init(&load.random, load.plan.seed);
    load.head = post_head(&load.plan, &arena);
    load.body = text_new(&arena);
    load.person = load.plan.first;

    bool began = begin(&load);
    if (began) {
        run(&load);
        report(&load, &arena);
    }
    close_all(&load);
    arena_free(&arena);
    return began && !load.complained ? 0 : 1;
}
