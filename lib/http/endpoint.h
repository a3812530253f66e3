/*
 * endpoint: what the server answers is a table. Documentation, permissions,
 * OpenAPI and the tests read the same rows.
 */
#ifndef HTTP_ENDPOINT_H
#define HTTP_ENDPOINT_H

#include "lib/base/json.h"
#include "lib/http/shape.h"
#include "lib/jobs/work.h"

enum method { GET = 1, POST, PUT, PATCH, DELETE };

enum { PATH_PARAMETERS_MAX = 4, HEADERS_KEPT_MAX = 64, RESCUES_MAX = 3 };

struct request_field {
    struct str name;
    struct str value;
};

/* One request as the handler sees it. Everything lives in the unit's arena. */
struct request {
    const struct endpoint *endpoint;
    enum method method;
    struct str path; /* "/api/v1/leads/0abc" */
    struct request_field parameters[PATH_PARAMETERS_MAX]; /* {id} */
    int parameter_count;
    const struct request_field *query; /* decoded */
    int query_count;
    const struct request_field *headers; /* as sent */
    int header_count;
    struct str body;         /* the bytes as they came */
    struct str content_type; /* without parameters, lower case */
    const struct json *json; /* the parsed body, or NULL */
    struct str peer;         /* address of the client, behind the proxies that
                                are believed */
    void *prepared;          /* what prepare made */
    int weight;              /* leads in it, set by prepare; 0 counts as 1 */
    const struct error *failure; /* for rescue: what the unit before failed
                                    with; NULL: it was stored, unfinished */
    int rescues;                 /* units of rescue so far, this one included */
    void *program;               /* http_settings.context */
};

/* By name; STR_NONE when absent. Header names compare without case. */
struct str request_parameter(const struct request *, const char *name);
struct str request_query(const struct request *, const char *name);
struct str request_header(const struct request *, const char *name);

/* The path parameter as an id; false fails the unit with 404. */
bool request_id(struct work *, const struct request *, const char *name,
                struct id *);

/* Nothing may be asked but what the row lists, if anything: a filter with a
 * slip in its name must not show everything. Rows with ENDPOINT_ANY_QUERY take
 * whatever others put into their addresses. */
bool request_query_known(struct work *, const struct request *);

/* A query parameter as a whole number within min..max, or the fallback. */
bool request_query_int(struct work *, const struct request *, const char *name,
                       int64_t fallback, int64_t min, int64_t max, int64_t *);

/* Compares If-Match (when sent: a version, with or without quotes) with the
 * version; false fails with 409 and shows `current` (JSON of the record)
 * beside it, as member "current". */
bool request_if_match(struct work *, const struct request *, int64_t version,
                      struct str current);

/* A body too large for memory: pieces that a reader gives one by one. */
struct response_pieces {
    int64_t bytes; /* of all together, at least 1 */
    /* In a unit with the caller as its actor; the piece lives in w->arena.
     * False, or nothing in it, cuts the answer off. */
    bool (*read)(struct work *, const void *context, int64_t number,
                 struct str *piece);
    const void *context; /* in the arena of the request */
};

struct response {
    int status; /* 0 becomes 200, or 204 without a body */
    struct str body;
    const struct response_pieces *pieces; /* in place of body; or NULL. In the
                                             arena of the request */
    const char *content_type;             /* NULL: application/json */
    struct request_field headers[8];
    int header_count;
    bool unfinished; /* of a rescue: it is stored, and is asked for more, in
                        another unit, before anything is answered */
};

void response_header(struct response *, const char *name, struct str value);

/* The version of the record that is answered, as its ETag: what
 * request_if_match takes. */
void response_version(struct work *, struct response *, int64_t version);

/* An open JSON answer: body goes to `out`; response_json_done sets it. */
struct json_out response_json(struct work *, struct response *, struct text *);
void response_json_done(struct response *, const struct text *);

/* An open answer {"items": []}: the items go to `out`. One of the two closes
 * it; a page says from where the next goes on (ID_NONE: it was the last). */
struct json_out response_list(struct work *, struct response *, struct text *);
void response_list_done(struct response *, struct json_out *);
void response_page_done(struct response *, struct json_out *, struct id next);

typedef bool endpoint_run(struct work *, const struct request *,
                          struct response *);

/*
 * Runs on the thread that read the request, before it is queued: pure work
 * that would only hold up the writer. False answers with w->error. There is
 * no database, and no actor unless he was recognised from memory. It may set
 * w->workspace for rows whose path or body names it.
 */
typedef bool endpoint_prepare(struct work *, struct request *);

/* Permissions are bits that the program names; these two are for rows that
 * ask for none. A row with 0 stops the server at start. */
#define PERMISSION_PUBLIC (UINT64_C(1) << 63) /* anybody */
#define PERMISSION_SIGNED_IN \
    (UINT64_C(1) << 62) /* anybody with a session or key */

enum endpoint_flag {
    ENDPOINT_READS = 1,    /* a POST that changes nothing: runs on a reader */
    ENDPOINT_WRITES = 2,   /* a GET that changes something */
    ENDPOINT_ANY_BODY = 4, /* the body is not (only) JSON */
    ENDPOINT_HIDDEN = 8,   /* not part of the API's description */
    ENDPOINT_OWN_REPLAY = 16, /* keeps Idempotency-Key answers by itself */
    ENDPOINT_BROWSER = 32,    /* a page: a refused session leads to sign-in */
    ENDPOINT_INLINE = 64,     /* answered on the HTTP thread, without a
                                   database: health and the like */
    ENDPOINT_RAW_BODY = 128,  /* like ANY_BODY, and JSON is not read: the
                                   handler checks who sent it first */
    ENDPOINT_KEEPS_INVALID = 256, /* what is invalid is rescued, not refused */
    ENDPOINT_BY_HAND = 512,       /* for anybody, but done by a person: few a
                                     minute from one address */
    ENDPOINT_LARGE_BODY = 1024,   /* whoever runs the server says how large
                                     (http_settings.large_body_bytes_max) */
    ENDPOINT_ANY_QUERY = 2048,    /* others write its address, and add to it:
                                     pages, forms, webhooks, monitors */
};

/*
 * Runs on the writer's thread before the group of the unit, in its
 * transaction, with caches at hand: what prepare cannot know without them.
 * It may set w->keys; it fails nothing. May run more than once.
 */
typedef void endpoint_ready(struct work *, struct request *);

struct endpoint {
    enum method method; /* 0 ends the table */
    const char *path;   /* "/api/v1/leads/{id}" */
    endpoint_run *run;
    uint64_t permission;
    const char *summary; /* one sentence for the manual */
    unsigned flags;
    endpoint_prepare *prepare; /* or NULL */
    endpoint_ready *ready;     /* or NULL; of rows that write */
    endpoint_run *rescue;      /* or NULL: when `run` has failed because of what
                             was sent, this keeps it, in a unit of its own;
                             request->failure says why. It is called again
                             when it fails, RESCUES_MAX units in a row */
    const struct shape *takes; /* body; checked before `run`; no body is read
                                   as {}; NULL: none */
    const struct shape *gives; /* answer; NULL: described nowhere */
    const struct request_field *asks; /* query parameters: name, about; ends
                                         with an empty name; NULL: none, and
                                         others are refused (ANY_QUERY) */
    size_t body_bytes_max;            /* 0: 1 MiB */
};

/* ---- for the server ---- */

/* All rows, compiled once. */
struct endpoint_map;

/* NULL with `*why` when a row is not complete or two answer the same. */
struct endpoint_map *endpoint_map_build(struct arena *,
                                        const struct endpoint *const *tables,
                                        struct str *why);

/* What a path and a method lead to. */
struct endpoint_match {
    const struct endpoint *row; /* NULL: nothing, or not with this method */
    unsigned methods;           /* 1 << method of each that the path takes */
};

/* Fills the request's endpoint and parameters. False when a parameter is
 * not percent-encoded UTF-8. */
bool endpoint_find(const struct endpoint_map *, struct arena *, struct str path,
                   enum method, struct request *, struct endpoint_match *);

/* True for a request that goes to the writer. */
bool endpoint_writes(const struct endpoint *);

const char *method_name(enum method); /* "GET" */

/* Reads "a=1&b=%20" into the request. False when it is not percent-encoded
 * UTF-8. */
bool request_query_read(struct arena *, struct str raw, struct request *);

#endif
