/*
 * server: HTTP/1.1 by libmicrohttpd. It reads a request within limits, finds
 * the endpoint row, asks the program who is calling, suspends the connection
 * and queues a unit of work; the answer leaves after the commit.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "lib/http/bucket.h"
#include "lib/http/endpoint.h"
#include "lib/jobs/runner.h"

struct http_server;

/* Who is calling. */
enum http_caller {
    HTTP_CALLER_KNOWN,   /* actor and workspace are filled in */
    HTTP_CALLER_NOBODY,  /* no key and no session was sent */
    HTTP_CALLER_UNKNOWN, /* ask the database: run `identify` in a unit */
};

/* What is counted apart, in requests. */
enum http_limit_kind {
    HTTP_LIMIT_CALLER,    /* of one who has proved who he is */
    HTTP_LIMIT_PUBLIC,    /* of one address, on rows for anybody */
    HTTP_LIMIT_BY_HAND,   /* the same on those with ENDPOINT_BY_HAND */
    HTTP_LIMIT_WRONG_KEY, /* of one address: keys and cookies that were none */
    HTTP_LIMIT_COUNT,
};

struct http_settings {  /* 0 means the value in the comment */
    const char *listen; /* "127.0.0.1:8080"; port 0 picks a free one */
    struct runner *runner;
    const struct endpoint *const *tables; /* of all modules; ends with NULL */
    const struct http_file *files; /* static files; ends with NULL path */
    const char *const *origins;    /* allowed hosts beside the one listened on;
                                    ends with NULL; NULL: any */
    int connections_max;           /* 4096 */
    int client_connections_max;    /* 512 of one address */
    size_t large_body_bytes_max;   /* of rows with ENDPOINT_LARGE_BODY: what
                                      they say */
    struct http_limit limits[HTTP_LIMIT_COUNT]; /* none */
    const char *const *trusted_proxies; /* "10.0.0.0/8", ends with NULL; NULL:
                                           none is believed */
    const char *proxy_header;           /* what they write; X-Forwarded-For */
    int64_t header_ms_max;              /* 10,000 */
    int64_t body_ms_max;                /* 30,000 */
    int64_t idle_ms_max;                /* 75,000 between two requests */
    int64_t heartbeat_ms;    /* 15,000 between comments on a live stream */
    int stream_events_max;   /* 256 waiting for one reader */
    const char *page_policy; /* Content-Security-Policy of static files;
                                    NULL: own scripts, styles and images */
    const char *const *permission_names; /* 64, by bit; for messages; NULL:
                                            numbers are shown */

    /* Answers from memory, on the HTTP thread. */
    enum http_caller (*recognise)(void *context, const struct request *,
                                  struct actor *, struct id *workspace);
    /* The same from the database, on a reader; false fails the unit. A caller
     * who is nobody leaves the actor's id empty. Rows with PERMISSION_PUBLIC
     * are answered without it. */
    bool (*identify)(struct work *, const struct request *, struct actor *,
                     struct id *workspace);
    /* Wraps a change with Idempotency-Key: false with *replayed set when the
     * stored answer was put into the response. */
    bool (*replay)(struct work *, const struct request *, struct response *,
                   bool *replayed);
    bool (*keep_answer)(struct work *, const struct request *,
                        const struct response *);
    uint64_t live_permission; /* without it no live stream opens; 0: signed in
                                 is enough */
    /* May a caller see this event? Used by the live stream, on a thread of
     * its own: no database. */
    bool (*may_see)(const struct actor *, const struct live_event *);
    /* The events after `last` for a caller that comes back. */
    bool (*missed)(struct work *, struct id last,
                   void (*give)(void *to, const struct live_event *), void *to);
    void *context;
};

/*
 * A static file, packed beforehand. Several rows of one path are the same
 * file in different encodings. The path of a page for every address that
 * nothing else answers (outside /api/) is "/" followed by '*'.
 */
struct http_file {
    const char *path;
    const char *content_type;
    const unsigned char *bytes;
    size_t byte_count;
    const char *encoding; /* "gzip", "br" or NULL */
    bool for_ever;        /* the name changes with the content */
};

/* HOST:PORT, as http_settings.listen wants it; port 0: any that is free. */
bool http_is_address(struct str);

/* Checks the tables (a row without a permission, two rows alike: NULL with
 * `*why`), then listens. The settings are copied, what they point to is not;
 * the arena must outlive the server. */
struct http_server *http_start(const struct http_settings *, struct arena *,
                               struct str *why);
int http_port(const struct http_server *);

/* Sends a committed event to those who may see it. Any thread. */
void http_tell(struct http_server *, const struct live_event *);

/* Stops taking connections, finishes running requests within `ms`, closes the
 * live streams. What still comes on an open connection is told to try again. */
void http_drain(struct http_server *, int64_t ms);

/* Ends; waits for units that the runner still has. NULL is allowed. */
void http_stop(struct http_server *);

/* Counts since the start, for /metrics. Any thread. */
enum { HTTP_LATENCY_BUCKETS = 24 };

struct http_stats {
    int64_t answers[6];                    /* by hundreds of the status */
    int64_t latency[HTTP_LATENCY_BUCKETS]; /* [i]: less than 2^i microseconds
                                              from the request line to the
                                              answer; the last: all longer */
    int64_t latency_us;                    /* their sum */
    int64_t cut_off;                       /* connections past a deadline */
    int64_t limited;                       /* requests that came too often */
    int connections;                       /* open now */
    int streams;                           /* of them live */
    int running;                           /* requests begun, not answered */
};
struct http_stats http_stats(struct http_server *);

/* GET /api/v1/events, the stream of what is told: a table like the program's
 * own, which may stand among them. */
extern const struct endpoint http_stream_endpoints[];

/* The OpenAPI 3.1 document of the tables. */
struct str http_openapi(struct arena *, const struct endpoint *const *tables,
                        const char *version);

/* An error as RFC 9457 problem details. */
void http_problem(struct arena *, const struct error *, struct response *);
int http_status_of(enum error_kind);

#endif
