/*
 * mail: builds the bytes of one mail in plain text, and in HTML beside it
 * (RFC 5322, 2045, 2046, 2047), ready for the sender. It sends nothing and
 * reads no mail.
 */
#ifndef NET_MAIL_H
#define NET_MAIL_H

#include "lib/base/arena.h"
#include "lib/base/id.h"

struct mail_person {
    struct str name;    /* UTF-8; may be none */
    struct str address; /* plain: ana@example.com */
};

/* Did somebody write it? Programs that answer mail by themselves look at it
 * (RFC 3834): what is automatic gets no out-of-office answer. */
enum mail_origin {
    MAIL_WRITTEN,
    MAIL_GENERATED, /* of itself: auto-generated */
    MAIL_REPLIED,   /* to what somebody sent: auto-replied */
};

struct mail {
    struct id job;   /* becomes the Message-ID, so that a second attempt
                            is the same mail to whoever receives it */
    struct str host; /* right of the @ in the Message-ID */
    int64_t date_ms; /* UTC */
    struct mail_person from;
    struct mail_person reply_to; /* no address: none */
    const struct mail_person *to;
    size_t to_count;
    struct str subject; /* UTF-8, one line */
    struct str body;    /* UTF-8 text, lines end in LF or CRLF */
    struct str html;    /* the same in HTML, or STR_NONE */
    enum mail_origin origin;
    struct str stop_url; /* https://..., where its reader says that he wants no
                            more (RFC 2369, 8058), or STR_NONE */
};

/*
 * The message with CRLF lines of at most 998 bytes, in ASCII alone.
 * False with `*why` when something is no UTF-8, an address is none, or a line
 * break or control character stands in what becomes a header. Pure.
 */
bool mail_build(struct arena *, const struct mail *, struct str *message,
                const char **why);

/* "<0abc...@example.com>", the Message-ID of that job. */
struct str mail_message_id(struct arena *, struct id job, struct str host);

#endif
