/*
 * owner_mail: what a mail about leads says to those who own them. Pure: who
 * hears of what, and when, is decided by lifecycle_mail.c.
 */
#ifndef NOTIFY_OWNER_MAIL_H
#define NOTIFY_OWNER_MAIL_H

#include "lib/net/mail.h"
#include "lib/time/zone.h"
#include "src/lead/lead.h"

enum owner_mail_about {
    OWNER_MAIL_ASSIGNED, /* in the order of mail_names (team.h) */
    OWNER_MAIL_MOVED_ON,
    OWNER_MAIL_RETURNED,
    OWNER_MAIL_DUE_SOON,
    OWNER_MAIL_LATE,
    OWNER_MAIL_MANY,       /* a digest: so many leads have become his */
    OWNER_MAIL_TAKEN_BACK, /* so many are his no more: the rules were wrong */
    OWNER_MAIL_COUNT,
};

struct owner_mail {
    enum owner_mail_about about;
    struct str language;     /* "ko"; anything else is English */
    struct str workspace;    /* its name */
    const struct lead *lead; /* NULL for many */
    bool shows_facts;        /* the reader may see the lead */
    struct str owner;        /* whose it is now */
    struct str why;          /* the decision's sentence, what was said when they
                                were taken back, or STR_NONE */
    const struct zone *zone; /* the reader's, for the time below */
    int64_t due_ms;          /* the promised answer; 0: none */
    int64_t count;           /* of many */
    struct str source;       /* of many: where they came from, or STR_NONE */
    struct str link;         /* to the lead, or STR_NONE */
};

/* Fills subject, body and html of the mail. */
void owner_mail_write(struct arena *, const struct owner_mail *, struct mail *);

#endif
