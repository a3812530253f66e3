/* session: signing in and out; inside access only. */
#ifndef ACCESS_SESSION_H
#define ACCESS_SESSION_H

#include "src/access/access_token.h"

#define SESSION_DAY_MS (INT64_C(24) * 60 * 60 * 1000)
#define SESSION_MS     (30 * SESSION_DAY_MS)

void session_start(void);

/* What somebody who signs in says. */
struct sign_in {
    struct str workspace; /* slug, or STR_NONE */
    struct str email;
    struct str password;
    struct str peer; /* address he comes from */
};

/*
 * On a reader. True: w->workspace and w->actor are the person's, and the
 * session is stored. A wrong password and an unknown address take the same
 * time and are told the same; `*wait_ms` is not 0 when it was refused because
 * of earlier failures.
 */
bool session_sign_in(struct work *, const struct sign_in *, struct str *session,
                     int64_t *wait_ms);

/* On a reader. Is this the person's present password? Counts as a try to sign
 * in; ERR_INVALID when it is not. A person without one has any. */
bool session_check_password(struct work *, const struct person *,
                            struct str password);

/* On a reader. Stores the password and ends the person's sessions; for oneself
 * a new one begins, else `*session` is STR_NONE. */
bool session_set_password(struct work *, struct id person, struct str password,
                          struct str *session);

/* Ends the session of the token. */
bool session_end(struct work *, const struct token *);

/* Says after the commit that something has changed. */
void access_tell(struct work *, const char *topic, struct id person);

#endif
