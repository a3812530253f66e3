/*
 * sender: what leaves the building. Bytes and a job id go in, a result comes
 * out. A sender never sees the database, a lead or a file, so that it can
 * become a process of its own.
 *
 * One thread with libcurl. HTTP, HTTPS, SMTP and SMTPS, nothing else; no
 * redirects; no proxy from the environment; every address is asked of the
 * guard (guard.h) when the socket is made.
 */
#ifndef NET_SENDER_H
#define NET_SENDER_H

#include "lib/base/arena.h"
#include "lib/base/id.h"

enum { SENDER_RESPONSE_BYTES_MAX = 64 * 1024 };

enum outbox_kind {
    OUTBOX_HTTP, /* a POST */
    OUTBOX_SMTP, /* one mail to one or more recipients */
};

struct outbox_header {
    struct str name;
    struct str value; /* no line break or other control character */
};

/* One thing to be sent. Lives as long as sender_submit runs: it is copied. */
struct outbox_message {
    struct id job;
    enum outbox_kind kind;
    struct str url; /* http://, https://; smtp://, smtps://; holds no user
                        name or password */
    bool named_by_operator; /* the address of it: the guard is not asked */
    struct str body; /* sent as it is; a mail: the whole message, CRLF lines */

    /* OUTBOX_HTTP. Host, Content-Length, Transfer-Encoding, Connection and
     * their like are the sender's own and refused here. */
    const struct outbox_header *headers;
    size_t header_count;

    /* OUTBOX_SMTP. */
    struct str user;            /* none: no login */
    struct str password;        /* goes over TLS only, see below */
    bool password_may_be_plain; /* a server on the same machine, no TLS */
    struct str from;            /* the envelope: plain addresses, no names */
    const struct str *to;
    size_t to_count;

    int64_t total_ms_max;      /* 0: as in the settings; never more */
    size_t response_bytes_max; /* 0: 64 kB; never more */
};

/* What became of it. Lives as long as `done` runs. */
struct outbox_result {
    struct id job;
    bool delivered;        /* 2xx, or the mail server took the mail */
    bool refused;          /* by us: the message or the address is not allowed;
                            trying again without a change is of no use */
    bool maybe_received;   /* some of it went out, so the receiver may have
                            acted although it was not delivered */
    int code;              /* HTTP status or SMTP code; 0: no answer */
    int64_t retry_after_s; /* as the receiver asked, at most a day; 0: no */
    struct str error;      /* for operators: our words and the host's name, no
                            path, secret or content; none when delivered */
    struct str response;   /* raw, what came within the limit: for programs,
                            never shown */
    struct str excerpt;    /* its beginning, valid UTF-8, no control characters;
                            for a mail: the server's last line */
    int64_t duration_ms;
};

struct sender_settings {
    const char *const *allow; /* addresses the operator opens beside the
                                 public ones ("10.1.0.0/16"); ends with NULL;
                                 NULL: none */
    int queue_max;            /* waiting at most; 0: 1024 */
    int parallel_max;         /* transfers at once; 0: 64 */
    int host_parallel_max;    /* of them to one host and port; 0: 4 */
    int64_t connect_ms_max;   /* 0: 5,000 */
    int64_t total_ms_max;     /* everything included; 0: 20,000 */
    const char *ca_file;      /* NULL: the system's */
    const char *agent;        /* User-Agent; NULL: "Baton" */
};

struct sender;

/* NULL with `*why` when an allowed address cannot be read. The settings and
 * what they point to may go away afterwards. */
struct sender *sender_start(const struct sender_settings *, struct arena *,
                            struct str *why);

/* Which addresses it connects to; lives as long as it does. */
struct guard;
const struct guard *sender_guard(const struct sender *);

/*
 * Queues a copy. False when there is no room (for this host: one host may
 * fill a quarter of the queue at most): try later; `done` is not called then.
 * Otherwise `done` is called once, on the sender's thread: it copies what it
 * needs and hands it on; it may submit, but neither block nor stop the sender.
 * There is no order between messages: who needs one submits the next when the
 * one before is done. Any thread.
 */
bool sender_submit(struct sender *, const struct outbox_message *,
                   void (*done)(void *context, const struct outbox_result *),
                   void *context);

/* Waiting and running now, and what was done since the start. Any thread. */
struct sender_state {
    int waiting;
    int running;
    int64_t delivered;
    int64_t failed;
};
struct sender_state sender_state(struct sender *);

/* Cuts what is running and drops what waits; `done` is called for each, with
 * "stopped". Nobody may submit any more. Frees the sender. */
void sender_stop(struct sender *);

#endif
