/*
 * sender_transfer: one message on its way: the copy of its bytes, what curl
 * is told about it, and what it answered. Private to the sender.
 */
#ifndef NET_SENDER_TRANSFER_H
#define NET_SENDER_TRANSFER_H

#include <curl/curl.h>

#include "lib/base/text.h"
#include "lib/net/guard.h"
#include "lib/net/sender.h"

/* What all transfers of a sender share; never changes. */
struct transfer_limits {
    struct guard guard;
    int64_t connect_ms_max;
    int64_t total_ms_max;
    const char *ca_file; /* NULL: the system's */
    const char *agent;
};

struct transfer {
    struct transfer *next; /* in the list it is in */
    struct arena arena;    /* all that belongs to it, itself excepted */

    struct outbox_message message; /* the copy */
    void (*done)(void *context, const struct outbox_result *);
    void *context;
    struct str refusal; /* why it may not be sent; none: it may */
    CURLU *url;         /* as it was checked, so nobody reads it again */
    struct str host;    /* "example.com:443" */

    /* From transfer_begin on. */
    const struct guard *guard;
    CURL *easy;
    struct curl_slist *headers;
    struct curl_slist *recipients;
    size_t body_sent; /* of a mail */
    size_t answer_header_bytes;
    struct text response;
    struct text last_line;    /* of a mail server */
    const char *kind_refused; /* the guard's word for the last address */
    bool socket_opened;       /* to an address that is allowed */
    bool response_is_cut;     /* more came than we keep: we hung up */
    int64_t started_us;
};

/* Copies and checks; a message that must not be sent has its `refusal`. */
struct transfer *
transfer_new(const struct outbox_message *,
             void (*done)(void *, const struct outbox_result *), void *context);

/* The bytes of the message as the queue counts them. */
size_t transfer_bytes(const struct transfer *);

/* Makes `easy`, ready to be added to a multi handle. */
void transfer_begin(struct transfer *, const struct transfer_limits *);

/* What became of it; `easy` has left the multi handle. The texts live as
 * long as the transfer. */
void transfer_read(struct transfer *, CURLcode, struct outbox_result *);

/* The same for one that is not sent, or not to its end. */
void transfer_read_unsent(struct transfer *, struct str why, bool refused,
                          struct outbox_result *);

/* Calls `done` and frees it. */
void transfer_tell(struct transfer *, const struct outbox_result *);

void transfer_free(struct transfer *);

#endif
