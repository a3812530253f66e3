/*
 * mailing: how mail leaves: the instance's mail server, its sender, and the
 * address that links begin with. Set once, before anything runs. What a mail
 * says is for whoever sends it.
 */
#ifndef WORKSPACE_MAILING_H
#define WORKSPACE_MAILING_H

#include "lib/jobs/work.h"
#include "lib/net/mail.h"
#include "lib/net/sender.h"

struct mailing_settings {
    const char *server;   /* smtp://host:25 or smtps://host; NULL: no mail */
    const char *from;     /* "Baton <leads@acme.test>", or the address alone */
    const char *user;     /* of the mail server, or NULL */
    const char *password; /* goes over TLS only */
    const char *base_url; /* "https://baton.acme.test": begins every link (W5);
                             NULL: mails have none */
};

/* Copies nothing: what it points to lives as long as the process. False with
 * `*why` when something cannot be used. */
bool mailing_start(const struct mailing_settings *, const char **why);
void mailing_stop(void);

/* Is there a mail server? */
bool mailing_is_on(void);

/* What an operator may want to know, a sentence, or NULL: all is set. */
const char *mailing_hint(void);

/* "https://baton.acme.test/leads/0abc", or STR_NONE. */
struct str mailing_lead_link(struct arena *, struct id lead);
struct str mailing_leads_link(struct arena *);

/* The same for any path of this server. */
struct str mailing_link(struct arena *, struct str path);

/* Who the mails are from, with a name of the caller's (STR_NONE: ours). */
struct mail_person mailing_from(struct str name);

/*
 * Fills the message of a job that sends one mail to mail->to[0]; job, date,
 * host and a sender that has no address are filled in. An address that cannot
 * be written to is nothing to send: the message stays empty, and true.
 */
bool mailing_fill(struct work *, struct id job, struct mail *,
                  struct outbox_message *);

#endif
