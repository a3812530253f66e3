/*
 * net_peer: the other side, for tests: a server on a free port of the
 * loopback interface with one thread a connection.
 */
#ifndef NET_PEER_H
#define NET_PEER_H

#include <pthread.h>

#include "lib/base/text.h"

enum { PEER_CONNECTIONS_MAX = 256 };

struct peer {
    int listeners[2]; /* 127.0.0.1 and, when the machine has it, ::1; or -1 */
    int port;
    void (*serve)(struct peer *, int socket);
    const char *answer; /* what peer_answer sends */

    pthread_mutex_t lock; /* for what follows */
    pthread_cond_t changed;
    struct arena arena;
    struct text heard; /* all that was read, in the order it came */
    int accepted;
    int open; /* connections being served */
    int open_peak;
    bool gate_is_open; /* peer_hold waits for it */
    int sockets[PEER_CONNECTIONS_MAX];
    pthread_t threads[PEER_CONNECTIONS_MAX];
    pthread_t acceptors[2];
};

struct peer *peer_start(void (*serve)(struct peer *, int socket));
void peer_stop(struct peer *);
bool peer_has_ipv6(const struct peer *);
int peer_accepted(struct peer *);

/* Waits until so many connections were made. */
void peer_wait_accepted(struct peer *, int count);
void peer_open_gate(struct peer *);

/* "http://HOST:PORT/PATH" of this peer. */
struct str peer_url(struct peer *, struct arena *, const char *scheme,
                    const char *host, const char *path);
struct str peer_heard(struct peer *, struct arena *);

/* Ways to serve a connection. */
void peer_answer(struct peer *, int socket); /* `answer`, until it hangs up */
void peer_answer_once(struct peer *, int socket); /* hangs up, unannounced */
void peer_hold(struct peer *, int socket); /* answers when the gate opens */
void peer_drip(struct peer *, int socket); /* a byte now and then, endless */
void peer_mail(struct peer *, int socket); /* a mail server: net_peer.c */

#endif
