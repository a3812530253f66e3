/*
 * inside: what the files of the server share. Nobody outside the folder
 * includes it.
 *
 * Threads: "HTTP" is libmicrohttpd's one thread; an exchange belongs to it,
 * except while a unit runs (EXCHANGE_RUNNING), when it is the runner's. The
 * keeper is our own thread for deadlines and live streams.
 */
#ifndef HTTP_INSIDE_H
#define HTTP_INSIDE_H

#include <arpa/inet.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "lib/base/hash.h"
#include "lib/http/client.h"
#include "lib/http/server.h"

/* ---- connection.c: open sockets and their deadlines ---- */

struct connection {
    struct connection *before, *after; /* in the server's list */
    int socket;
    _Atomic int64_t deadline_us; /* monotonic; 0: none */
    struct address address;
    char peer[INET6_ADDRSTRLEN];
    int64_t client_key; /* who is counted; 0: nobody */
    bool is_proxy;      /* one that is believed */
};

struct connections {
    pthread_mutex_t mutex; /* the list; sockets in it are open */
    struct connection *first;
    _Atomic int64_t cut_off;
    atomic_int count;
    struct hash_map by_client; /* how many of each; the HTTP thread's alone */
};

void connections_init(struct connections *);
void connections_free(struct connections *);
struct connection *connection_open(struct connections *, const struct proxies *,
                                   struct MHD_Connection *);
void connection_close(struct connections *, struct connection *);

/* From now the peer has `ms` for what it is doing; 0: as long as it takes. */
void connection_deadline(struct connection *, int64_t ms);

/* Ends those that are late. */
void connections_sweep(struct connections *);

/* ---- guard.c: what must hold before a request is looked at ---- */

/* The lines that matter here, found in one pass. */
struct head {
    struct str host, content_length, transfer_encoding, content_encoding,
        content_type, authorization, cookie, origin, fetch_site,
        idempotency_key, expect;
    int64_t body_bytes; /* -1: chunked */
};

/* Where libmicrohttpd keeps the request line. */
struct raw_head {
    const char *method;
    const char *version;
    size_t bytes; /* of request line and header fields */
};

/* False fails with ERR_MALFORMED: the framing cannot be trusted, the
 * connection must end. */
bool guard_framing(struct work *, const struct raw_head *,
                   const struct request *, struct head *);
bool guard_host(struct work *, const struct http_settings *,
                const struct head *);
/* A change asked for with a cookie comes from our own page. */
bool guard_browser(struct work *, const struct head *);

/* ---- limit.c: who asks too often ---- */

struct exchange;
struct http_server;

/* Finds out whose request it is. */
void limit_client(struct exchange *);
/* False fails with ERR_TOO_MANY. */
bool limit_allows(struct exchange *);
/* Counts what turned out to be nobody's key. */
void limit_note_answer(struct exchange *);
/* May one more connection come from there? */
bool limit_connects(const struct http_server *, const struct address *);

/* ---- files.c ---- */

struct file_set;

struct file_set *files_build(struct arena *, const struct http_file *);
/* NULL when there is no such file. Chooses the encoding and answers 304. */
bool files_find(const struct file_set *, struct str path,
                const struct request *, struct response *);

/* ---- exchange.c: one request and its answer ---- */

enum exchange_state {
    EXCHANGE_NEW,      /* the request line is read */
    EXCHANGE_READING,  /* its body comes in */
    EXCHANGE_REFUSED,  /* the answer is known, the body is let pass */
    EXCHANGE_RUNNING,  /* the runner has it */
    EXCHANGE_ANSWERED, /* the answer is to be sent */
    EXCHANGE_SENDING,
};

struct exchange {
    struct http_server *server;
    struct MHD_Connection *mhd;
    struct connection *connection;
    struct exchange_memory *memory;
    struct arena *arena;
    enum exchange_state state;
    struct str raw_query;
    struct head head;
    struct request request;
    struct response response;
    struct work work; /* of the HTTP thread: prepare and refusals */
    struct unit unit;
    enum http_caller caller;
    bool asked_who;     /* what was shown is known only to the database */
    int64_t client_key; /* whose request it is, by address; 0: not counted */
    struct actor actor;
    struct id workspace;
    struct stream *stream; /* of GET /api/v1/events */
    char *body;            /* grows; ours to free when body_owned */
    size_t body_bytes, body_room, body_bytes_max;
    bool body_owned;
    bool is_page; /* a static file: other policy */
    bool last;    /* the connection ends with this answer */
    bool ran;     /* the handler said true */
    int failures; /* units in a row that have failed */
    bool replayed;
    bool counted; /* among the server's running ones */
    bool in_unit; /* and among those that the runner has */
    int64_t begun_us;
};

struct exchange *exchange_new(struct http_server *, struct MHD_Connection *,
                              struct connection *, const char *target);
void exchange_free(struct exchange *);
/* The runner has given it back. */
void exchange_resumed(struct exchange *);
void exchange_memory_free(struct http_server *); /* the spare arenas */
enum MHD_Result exchange_begin(struct exchange *, const char *target,
                               const char *method, const char *version);
enum MHD_Result exchange_body(struct exchange *, const char *data,
                              size_t bytes);
enum MHD_Result exchange_body_done(struct exchange *);

/* ---- answer.c: a response as bytes ---- */

enum MHD_Result answer_send(struct exchange *);
/* Headers that every answer has. */
void answer_common_headers(struct exchange *, struct MHD_Response *);

/* ---- pieces.c: a body that is read while it is sent ---- */

/* NULL: the library refuses. */
struct MHD_Response *pieces_response(struct exchange *);

/* ---- sse.c: GET /api/v1/events ---- */

struct live;
struct stream;

struct live *sse_start(struct http_server *);
bool sse_is(const struct endpoint *);
/* From now on the stream collects events; the actor is known. */
void sse_open(struct exchange *);
/* The unit: what the caller has missed. */
bool sse_missed(struct work *, struct exchange *);
enum MHD_Result sse_send(struct exchange *);
/* It will not be sent. NULL is allowed. */
void sse_abandon(struct stream *);
/* On the keeper: passes events on, and heartbeats. */
void sse_deliver(struct live *);
/* Any thread. */
void sse_tell(struct live *, const struct live_event *);
/* True when there is something for sse_deliver. */
bool sse_pending(struct live *);
/* All streams end, none can begin. */
void sse_close(struct live *);
int sse_count(struct live *);
void sse_free(struct live *);

/* ---- server.c ---- */

struct http_server {
    struct http_settings settings; /* with the defaults filled in */
    struct endpoint_map *map;
    struct file_set *files;
    struct live *live;
    struct MHD_Daemon *daemon;
    int listening; /* socket */
    int port;
    struct str own_host; /* "127.0.0.1:8080" */

    struct connections connections;
    struct proxies proxies;

    /* The HTTP thread's alone. */
    struct buckets *buckets;
    struct id_maker request_ids;
    struct exchange_memory *spare;
    int spare_count;

    atomic_int running;  /* exchanges begun and not answered */
    atomic_int in_units; /* of them, those that the runner has */
    atomic_bool closing; /* answers end their connections */
    atomic_bool stopped; /* nothing is run any more */

    pthread_mutex_t mutex; /* for the two conditions */
    pthread_cond_t quiet;  /* `running` or `in_units` fell to 0 */
    pthread_cond_t tick;   /* the keeper has something to do */
    bool keeper_ends;
    pthread_t keeper;

    _Atomic int64_t answers[6];
    _Atomic int64_t latency[HTTP_LATENCY_BUCKETS];
    _Atomic int64_t latency_us;
    _Atomic int64_t limited;
};

void server_wake_keeper(struct http_server *);
/* Counts down and tells who waits for the last one. */
void server_count_down(struct http_server *, atomic_int *);

#endif
