/*
 * server: starts and ends libmicrohttpd and passes its calls on.
 *
 * The library runs one thread with epoll. It aborts the program when it is
 * misused, above all when it is stopped with suspended connections; http_stop
 * waits for the last of them.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/http/inside.h"

enum {
    CONNECTION_BYTES = 32 * 1024, /* header fields and what is being read */
    SWEEP_MS_MAX = 1000,
};

static void fill_defaults(struct http_settings *);
static bool read_proxies(struct http_server *, struct arena *, struct str *why);
static bool build_tables(struct http_server *, struct arena *, struct str *why);
static bool listen_on(struct http_server *, struct arena *, struct str *why);
static bool start_library(struct http_server *, struct arena *,
                          struct str *why);
static void *keep(void *server);
static void wait_for_zero(struct http_server *, atomic_int *, int64_t ms);
static void server_free(struct http_server *);

struct http_server *
http_start(const struct http_settings *settings, struct arena *arena,
           struct str *why)
{
    struct http_server *server = calloc(1, sizeof *server);
    pthread_condattr_t monotonic;

    if (server == NULL)
        abort();
    server->settings = *settings;
    server->listening = -1;
    fill_defaults(&server->settings);
    connections_init(&server->connections);
    id_maker_init(&server->request_ids, 0, 0, 1);
    pthread_mutex_init(&server->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&server->quiet, &monotonic);
    pthread_cond_init(&server->tick, &monotonic);
    pthread_condattr_destroy(&monotonic);
    server->live = sse_start(server);
    server->buckets = buckets_new();

    if (!read_proxies(server, arena, why) || !build_tables(server, arena, why)
        || !listen_on(server, arena, why)) {
        server_free(server);
        return NULL;
    }
    if (pthread_create(&server->keeper, NULL, keep, server) != 0)
        abort();
    if (!start_library(server, arena, why)) {
        http_stop(server);
        return NULL;
    }
    return server;
}

static void
fill_defaults(struct http_settings *s)
{
    if (s->connections_max == 0)
        s->connections_max = 4096;
    if (s->client_connections_max == 0)
        s->client_connections_max = 512;
    if (s->proxy_header == NULL)
        s->proxy_header = "X-Forwarded-For";
    if (s->header_ms_max == 0)
        s->header_ms_max = 10 * 1000;
    if (s->body_ms_max == 0)
        s->body_ms_max = 30 * 1000;
    if (s->idle_ms_max == 0)
        s->idle_ms_max = 75 * 1000;
    if (s->heartbeat_ms == 0)
        s->heartbeat_ms = 15 * 1000;
    if (s->stream_events_max == 0)
        s->stream_events_max = 256;
}

static bool
read_proxies(struct http_server *server, struct arena *arena, struct str *why)
{
    const char *const *texts = server->settings.trusted_proxies;
    int count = 0;

    while (texts != NULL && texts[count] != NULL)
        count++;
    struct address_range *ranges =
        ARENA_ARRAY(arena, struct address_range, (size_t)count + 1);
    for (int i = 0; i < count; i++) {
        if (address_range_parse(str_of(texts[i]), &ranges[i]))
            continue;
        *why = arena_format(arena,
                            "\"%s\" is no range of addresses; write it as "
                            "10.1.0.0/16 or fd00:1::/32",
                            texts[i]);
        return false;
    }
    server->proxies =
        (struct proxies){ ranges, count, server->settings.proxy_header };
    return true;
}

static bool
build_tables(struct http_server *server, struct arena *arena, struct str *why)
{
    server->map = endpoint_map_build(arena, server->settings.tables, why);
    server->files = files_build(arena, server->settings.files);
    return server->map != NULL;
}

/* ---- listening ---- */

static bool
is_port(struct str text)
{
    int64_t number;

    return str_to_int64(text, &number) && number >= 0 && number <= 65535;
}

/* "127.0.0.1:8080", "[::1]:8080", "localhost:8080" */
static bool
split_address(struct str address, struct str *host, struct str *port)
{
    size_t colon = address.bytes;

    while (colon > 0 && address.data[colon - 1] != ':')
        colon--;
    if (colon <= 1)
        return false;
    *host = str_slice(address, 0, colon - 1);
    *port = str_slice(address, colon, address.bytes);
    if (host->data[0] == '[' && host->data[host->bytes - 1] == ']')
        *host = str_slice(*host, 1, host->bytes - 1);
    return is_port(*port) && host->bytes > 0;
}

bool
http_is_address(struct str address)
{
    struct str host, port;

    return split_address(address, &host, &port);
}

static int
open_listening(const struct addrinfo *address)
{
    const int yes = 1;
    int listening = socket(address->ai_family,
                           SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (listening < 0)
        return -1;
    setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listening, address->ai_addr, address->ai_addrlen) == 0
        && listen(listening, SOMAXCONN) == 0)
        return listening;
    int problem = errno;
    close(listening);
    errno = problem;
    return -1;
}

static int
port_of(int listening)
{
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } address = { .six = { 0 } };
    socklen_t bytes = sizeof address;

    if (getsockname(listening, &address.any, &bytes) != 0)
        return 0;
    return ntohs(address.any.sa_family == AF_INET6 ? address.six.sin6_port
                                                   : address.four.sin_port);
}

static bool
listen_on(struct http_server *server, struct arena *arena, struct str *why)
{
    const struct addrinfo hints = { .ai_flags = AI_PASSIVE,
                                    .ai_socktype = SOCK_STREAM };
    struct str address = str_of(server->settings.listen);
    struct str host, port;
    struct addrinfo *found = NULL;

    if (!split_address(address, &host, &port)) {
        *why = arena_format(arena, "\"%.*s\" is no address: write HOST:PORT",
                            STR_ARG(address));
        return false;
    }
    if (getaddrinfo(arena_cstr(arena, host), arena_cstr(arena, port), &hints,
                    &found)
        != 0) {
        *why = arena_format(arena, "no such address: %.*s", STR_ARG(address));
        return false;
    }
    server->listening = open_listening(found);
    int problem = errno;
    freeaddrinfo(found);
    if (server->listening < 0) {
        *why = arena_format(arena, "cannot listen on %.*s: %s",
                            STR_ARG(address), strerror(problem));
        return false;
    }
    server->port = port_of(server->listening);
    size_t before_port = (size_t)(port.data - address.data);
    server->own_host = arena_format(arena, "%.*s%d", (int)before_port,
                                    address.data, server->port);
    server->settings.listen = server->own_host.data;
    return true;
}

int
http_port(const struct http_server *server)
{
    return server->port;
}

/* ---- what the library calls ---- */

/* The target as it was sent, before anything is known about the request. */
static void *
on_request_line(void *context, const char *target, struct MHD_Connection *mhd)
{
    struct connection *connection =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
            ->socket_context;

    if (connection == NULL)
        return NULL;
    return exchange_new(context, mhd, connection, target);
}

static enum MHD_Result
on_request(void *context, struct MHD_Connection *mhd, const char *target,
           const char *method, const char *version, const char *data,
           size_t *bytes, void **slot)
{
    struct exchange *x = *slot;

    (void)context;
    (void)mhd;
    if (x == NULL)
        return MHD_NO;
    if (x->state == EXCHANGE_NEW)
        return exchange_begin(x, target, method, version);
    if (x->state == EXCHANGE_ANSWERED) {
        exchange_resumed(x);
        return x->stream != NULL ? sse_send(x) : answer_send(x);
    }
    if (*bytes > 0) {
        size_t all = *bytes;
        *bytes = 0;
        return exchange_body(x, data, all);
    }
    return exchange_body_done(x);
}

static void
on_request_end(void *context, struct MHD_Connection *mhd, void **slot,
               enum MHD_RequestTerminationCode reason)
{
    struct http_server *server = context;
    struct exchange *x = *slot;

    (void)mhd;
    (void)reason;
    if (x == NULL)
        return;
    *slot = NULL;
    connection_deadline(x->connection, server->settings.idle_ms_max);
    exchange_free(x);
}

/* Before anything is kept of it. */
static enum MHD_Result
may_connect(void *context, const struct sockaddr *from, socklen_t bytes)
{
    struct http_server *server = context;
    struct address address;

    if (!address_of_socket(from, bytes, &address)
        || limit_connects(server, &address))
        return MHD_YES;
    atomic_fetch_add_explicit(&server->limited, 1, memory_order_relaxed);
    return MHD_NO;
}

static void
on_connection(void *context, struct MHD_Connection *mhd, void **slot,
              enum MHD_ConnectionNotificationCode what)
{
    struct http_server *server = context;

    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *slot = connection_open(&server->connections, &server->proxies, mhd);
        if (*slot != NULL)
            connection_deadline(*slot, server->settings.header_ms_max);
    } else if (*slot != NULL) {
        connection_close(&server->connections, *slot);
        *slot = NULL;
    }
}

/* Paths and queries are decoded by us, after they were split. */
static size_t
leave_encoded(void *context, struct MHD_Connection *mhd, char *text)
{
    (void)context;
    (void)mhd;
    return strlen(text);
}

static bool
start_library(struct http_server *server, struct arena *arena, struct str *why)
{
    const struct http_settings *s = &server->settings;

    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME,
        0, may_connect, server, on_request, server, MHD_OPTION_LISTEN_SOCKET,
        server->listening, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)s->connections_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_BYTES, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)(s->idle_ms_max / 1000 + 1), MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, on_request_line, server,
        MHD_OPTION_NOTIFY_COMPLETED, on_request_end, server,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_END);
    if (server->daemon == NULL) {
        *why = arena_format(arena, "the HTTP library does not start");
        return false;
    }
    return true;
}

/* ---- the keeper: deadlines, live streams ---- */

static struct timespec
from_now(int64_t ms)
{
    int64_t at_us = clock_monotonic_us() + ms * 1000;

    return (struct timespec){ .tv_sec = at_us / 1000000,
                              .tv_nsec = at_us % 1000000 * 1000 };
}

/* Often enough that nobody has a quarter more time than he should. */
static int64_t
sweep_ms(const struct http_settings *s)
{
    int64_t ms = s->header_ms_max;

    if (s->body_ms_max < ms)
        ms = s->body_ms_max;
    if (s->heartbeat_ms < ms)
        ms = s->heartbeat_ms;
    if (s->idle_ms_max < ms)
        ms = s->idle_ms_max;
    ms = ms / 4 + 1;
    return ms < SWEEP_MS_MAX ? ms : SWEEP_MS_MAX;
}

static void *
keep(void *context)
{
    struct http_server *server = context;
    int64_t every_ms = sweep_ms(&server->settings);
    int64_t next_us = 0;

    pthread_mutex_lock(&server->mutex);
    while (!server->keeper_ends) {
        struct timespec until = from_now(every_ms);
        if (!sse_pending(server->live))
            pthread_cond_timedwait(&server->tick, &server->mutex, &until);
        pthread_mutex_unlock(&server->mutex);
        if (clock_monotonic_us() >= next_us) {
            connections_sweep(&server->connections);
            next_us = clock_monotonic_us() + every_ms * 1000;
        }
        sse_deliver(server->live);
        pthread_mutex_lock(&server->mutex);
    }
    pthread_mutex_unlock(&server->mutex);
    sse_deliver(server->live); /* the streams that were closed meanwhile */
    return NULL;
}

void
server_wake_keeper(struct http_server *server)
{
    pthread_mutex_lock(&server->mutex);
    pthread_cond_signal(&server->tick);
    pthread_mutex_unlock(&server->mutex);
}

/* ---- the end ---- */

void
server_count_down(struct http_server *server, atomic_int *count)
{
    if (atomic_fetch_sub(count, 1) != 1 || !atomic_load(&server->closing))
        return;
    pthread_mutex_lock(&server->mutex);
    pthread_cond_broadcast(&server->quiet);
    pthread_mutex_unlock(&server->mutex);
}

/* `ms` below 0: as long as it takes. */
static void
wait_for_zero(struct http_server *server, atomic_int *count, int64_t ms)
{
    struct timespec until = from_now(ms < 0 ? 0 : ms);

    pthread_mutex_lock(&server->mutex);
    while (atomic_load(count) > 0) {
        if (ms < 0)
            pthread_cond_wait(&server->quiet, &server->mutex);
        else if (pthread_cond_timedwait(&server->quiet, &server->mutex, &until)
                 == ETIMEDOUT)
            break;
    }
    pthread_mutex_unlock(&server->mutex);
}

/*
 * The kernel refuses new peers from here on: a socket that hears nothing takes
 * the place of the one that listens, whose number the library's thread may
 * still look at. MHD_quiesce_daemon is no way: it and that thread (0.9.75) may
 * both take the socket out of the set of epoll, and the second of them aborts.
 */
static void
stop_listening(struct http_server *server)
{
    int deaf = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    /* Without a descriptor left: its thread is busy until the end. */
    if (deaf < 0 || dup3(deaf, server->listening, O_CLOEXEC) < 0)
        shutdown(server->listening, SHUT_RDWR);
    if (deaf >= 0)
        close(deaf);
}

void
http_drain(struct http_server *server, int64_t ms)
{
    if (atomic_exchange(&server->closing, true))
        return;
    if (server->daemon != NULL)
        stop_listening(server);
    wait_for_zero(server, &server->running, ms);
    atomic_store(&server->stopped, true);
    sse_close(server->live);
}

void
http_stop(struct http_server *server)
{
    if (server == NULL)
        return;
    http_drain(server, 0);
    wait_for_zero(server, &server->in_units, -1);

    pthread_mutex_lock(&server->mutex);
    server->keeper_ends = true;
    pthread_cond_signal(&server->tick);
    pthread_mutex_unlock(&server->mutex);
    pthread_join(server->keeper, NULL);
    if (server->daemon != NULL) {
        MHD_stop_daemon(server->daemon);
        server->listening = -1; /* the library has closed it */
    }
    server_free(server);
}

static void
server_free(struct http_server *server)
{
    if (server->listening >= 0)
        close(server->listening);
    sse_free(server->live);
    connections_free(&server->connections);
    buckets_free(server->buckets);
    exchange_memory_free(server);
    pthread_cond_destroy(&server->quiet);
    pthread_cond_destroy(&server->tick);
    pthread_mutex_destroy(&server->mutex);
    free(server);
}

struct http_stats
http_stats(struct http_server *server)
{
    struct http_stats stats = {
        .latency_us = atomic_load(&server->latency_us),
        .cut_off = atomic_load(&server->connections.cut_off),
        .limited = atomic_load(&server->limited),
        .connections = atomic_load(&server->connections.count),
        .streams = sse_count(server->live),
        .running = atomic_load(&server->running),
    };

    for (int i = 0; i < 6; i++)
        stats.answers[i] = atomic_load(&server->answers[i]);
    for (int i = 0; i < HTTP_LATENCY_BUCKETS; i++)
        stats.latency[i] = atomic_load(&server->latency[i]);
    return stats;
}

void
http_tell(struct http_server *server, const struct live_event *event)
{
    sse_tell(server->live, event);
}
