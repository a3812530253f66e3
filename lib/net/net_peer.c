/*
 * net_peer: see net_peer.h. The mail server takes every mail, offers
 * AUTH PLAIN, has no TLS, and refuses recipients that start with "nobody".
 */
#include "lib/net/net_peer.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct connection {
    struct peer *peer;
    int socket;
    int slot;
};

struct listening {
    struct peer *peer;
    int listener;
};

static void *
serve_connection(void *context)
{
    struct connection c = *(struct connection *)context;

    free(context);
    c.peer->serve(c.peer, c.socket);

    pthread_mutex_lock(&c.peer->lock);
    c.peer->open--;
    c.peer->sockets[c.slot] = -1;
    pthread_mutex_unlock(&c.peer->lock);
    close(c.socket);
    return NULL;
}

static void
take_connection(struct peer *peer, int socket)
{
    struct connection *c = malloc(sizeof *c);

    assert(c != NULL);
    pthread_mutex_lock(&peer->lock);
    assert(peer->accepted < PEER_CONNECTIONS_MAX);
    *c = (struct connection){ peer, socket, peer->accepted++ };
    peer->sockets[c->slot] = socket;
    if (++peer->open > peer->open_peak)
        peer->open_peak = peer->open;
    pthread_create(&peer->threads[c->slot], NULL, serve_connection, c);
    pthread_cond_broadcast(&peer->changed);
    pthread_mutex_unlock(&peer->lock);
}

static void *
accept_all(void *context)
{
    struct listening l = *(struct listening *)context;
    int socket;

    free(context);
    while ((socket = accept(l.listener, NULL, NULL)) >= 0)
        take_connection(l.peer, socket);
    return NULL;
}

static int
listen_on(int family, int *port)
{
    struct sockaddr_in four = { .sin_family = AF_INET,
                                .sin_port = htons((uint16_t)*port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6,
                                .sin6_port = htons((uint16_t)*port),
                                .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    bool is_four = family == AF_INET;
    struct sockaddr *address =
        is_four ? (struct sockaddr *)&four : (struct sockaddr *)&six;
    socklen_t bytes = is_four ? sizeof four : sizeof six;
    int listener = socket(family, SOCK_STREAM, 0);

    if (listener < 0)
        return -1;
    if (bind(listener, address, bytes) != 0 || listen(listener, 64) != 0) {
        close(listener);
        return -1;
    }
    if (is_four) {
        getsockname(listener, address, &bytes);
        *port = ntohs(four.sin_port);
    }
    return listener;
}

struct peer *
peer_start(void (*serve)(struct peer *, int socket))
{
    struct peer *peer = calloc(1, sizeof *peer);

    assert(peer != NULL);
    peer->serve = serve;
    peer->answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    pthread_mutex_init(&peer->lock, NULL);
    pthread_cond_init(&peer->changed, NULL);
    arena_init(&peer->arena);
    peer->heard = text_new(&peer->arena);
    peer->listeners[0] = listen_on(AF_INET, &peer->port);
    assert(peer->listeners[0] >= 0);
    peer->listeners[1] = listen_on(AF_INET6, &peer->port);
    for (int i = 0; i < 2; i++) {
        struct listening *l = malloc(sizeof *l);

        assert(l != NULL);
        *l = (struct listening){ peer, peer->listeners[i] };
        pthread_create(&peer->acceptors[i], NULL, accept_all, l);
    }
    return peer;
}

void
peer_stop(struct peer *peer)
{
    peer_open_gate(peer);
    for (int i = 0; i < 2; i++) {
        if (peer->listeners[i] >= 0)
            shutdown(peer->listeners[i], SHUT_RDWR);
        pthread_join(peer->acceptors[i], NULL);
        if (peer->listeners[i] >= 0)
            close(peer->listeners[i]);
    }
    pthread_mutex_lock(&peer->lock);
    for (int i = 0; i < peer->accepted; i++)
        if (peer->sockets[i] >= 0)
            shutdown(peer->sockets[i], SHUT_RDWR);
    pthread_mutex_unlock(&peer->lock);
    for (int i = 0; i < peer->accepted; i++)
        pthread_join(peer->threads[i], NULL);

    arena_free(&peer->arena);
    pthread_cond_destroy(&peer->changed);
    pthread_mutex_destroy(&peer->lock);
    free(peer);
}

bool
peer_has_ipv6(const struct peer *peer)
{
    return peer->listeners[1] >= 0;
}

int
peer_accepted(struct peer *peer)
{
    pthread_mutex_lock(&peer->lock);
    int accepted = peer->accepted;
    pthread_mutex_unlock(&peer->lock);
    return accepted;
}

void
peer_wait_accepted(struct peer *peer, int count)
{
    pthread_mutex_lock(&peer->lock);
    while (peer->accepted < count)
        pthread_cond_wait(&peer->changed, &peer->lock);
    pthread_mutex_unlock(&peer->lock);
}

void
peer_open_gate(struct peer *peer)
{
    pthread_mutex_lock(&peer->lock);
    peer->gate_is_open = true;
    pthread_cond_broadcast(&peer->changed);
    pthread_mutex_unlock(&peer->lock);
}

struct str
peer_url(struct peer *peer, struct arena *arena, const char *scheme,
         const char *host, const char *path)
{
    return arena_format(arena, "%s://%s:%d%s", scheme, host, peer->port, path);
}

struct str
peer_heard(struct peer *peer, struct arena *arena)
{
    pthread_mutex_lock(&peer->lock);
    struct str heard = arena_str(arena, text_str(&peer->heard));
    pthread_mutex_unlock(&peer->lock);
    return heard;
}

static void
say(int socket, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        ssize_t sent = send(socket, text, left, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        text += sent;
        left -= (size_t)sent;
    }
}

/* More bytes at the end of `got`, also kept in `heard`. False: hung up. */
static bool
hear(struct peer *peer, int socket, struct text *got)
{
    char chunk[16 * 1024];
    ssize_t bytes = recv(socket, chunk, sizeof chunk, 0);

    if (bytes <= 0)
        return false;
    text_add(got, (struct str){ chunk, (size_t)bytes });
    pthread_mutex_lock(&peer->lock);
    text_add(&peer->heard, (struct str){ chunk, (size_t)bytes });
    pthread_mutex_unlock(&peer->lock);
    return true;
}

/* How long the request at the start is, or 0 while it is not whole. */
static size_t
request_bytes(struct str got)
{
    ptrdiff_t end = str_find(got, STR("\r\n\r\n"));
    ptrdiff_t at = str_find(got, STR("Content-Length: "));
    size_t body = 0;

    if (end < 0)
        return 0;
    if (at >= 0 && at < end)
        body = strtoul(got.data + at + 16, NULL, 10);
    size_t bytes = (size_t)end + 4 + body;
    return got.bytes >= bytes ? bytes : 0;
}

static bool
hear_request(struct peer *peer, int socket)
{
    struct arena arena;

    arena_init(&arena);
    struct text got = text_new(&arena);
    bool whole = false;
    while (!whole && hear(peer, socket, &got))
        whole = request_bytes(text_str(&got)) > 0;
    arena_free(&arena);
    return whole;
}

void
peer_answer(struct peer *peer, int socket)
{
    while (hear_request(peer, socket))
        say(socket, peer->answer);
}

void
peer_answer_once(struct peer *peer, int socket)
{
    if (hear_request(peer, socket))
        say(socket, peer->answer);
}

void
peer_hold(struct peer *peer, int socket)
{
    while (hear_request(peer, socket)) {
        pthread_mutex_lock(&peer->lock);
        while (!peer->gate_is_open)
            pthread_cond_wait(&peer->changed, &peer->lock);
        pthread_mutex_unlock(&peer->lock);
        say(socket, peer->answer);
    }
}

void
peer_drip(struct peer *peer, int socket)
{
    struct pollfd hang_up = { .fd = socket, .events = POLLIN };

    if (!hear_request(peer, socket))
        return;
    say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while (poll(&hang_up, 1, 20) == 0) /* until the other side has enough */
        say(socket, ".");
}

static const char *
mail_reply(struct str line, bool *in_data)
{
    static const struct {
        const char *command;
        const char *reply;
    } table[] = {
        { "EHLO", "250-test\r\n250 AUTH PLAIN\r\n" },
        { "AUTH PLAIN", "334 \r\n" },
        { "AGFuYQBzZWNyZXQ=", "235 welcome\r\n" }, /* ana, secret */
        { "MAIL FROM:", "250 ok\r\n" },
        { "RCPT TO:<nobody", "550 no such user\r\n" },
        { "RCPT TO:", "250 ok\r\n" },
        { "DATA", "354 go on\r\n" },
        { "RSET", "250 ok\r\n" },
        { "QUIT", "221 bye\r\n" },
    };

    if (*in_data) {
        *in_data = !str_is(line, ".");
        return *in_data ? "" : "250 taken as 7\r\n";
    }
    *in_data = str_is(line, "DATA");
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (str_starts(line, str_of(table[i].command)))
            return table[i].reply;
    return "502 unknown\r\n";
}

void
peer_mail(struct peer *peer, int socket)
{
    struct arena arena;
    size_t read = 0;
    bool in_data = false;

    arena_init(&arena);
    struct text got = text_new(&arena);
    say(socket, "220 test ESMTP\r\n");
    while (hear(peer, socket, &got)) {
        for (;;) {
            struct str rest = str_slice(text_str(&got), read, got.bytes);
            ptrdiff_t end = str_find(rest, STR("\r\n"));

            if (end < 0)
                break;
            say(socket, mail_reply(str_slice(rest, 0, (size_t)end), &in_data));
            read += (size_t)end + 2;
        }
    }
    arena_free(&arena);
}
