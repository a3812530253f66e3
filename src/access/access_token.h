/* access_token: the texts that prove who somebody is; inside access only. */
#ifndef ACCESS_ACCESS_TOKEN_H
#define ACCESS_ACCESS_TOKEN_H

#include "lib/http/endpoint.h"
#include "src/access/access.h"

enum { TOKEN_SECRET_BYTES = 32 };

/* "bk_" + the workspace's id + 43 characters base64url. */
struct str token_key_new(struct arena *, struct id workspace);
/* The workspace's id + "." + 64 hexadecimal digits. */
struct str token_session_new(struct arena *, struct id workspace);

/* What was shown to us. It names the workspace, so that the look-up is by
 * the table's own key; only the hash is ever stored or compared. */
struct token {
    enum { TOKEN_KEY, TOKEN_SESSION } kind;
    struct id workspace;
    struct hash hash;
    struct str text; /* as it was sent */
};

bool token_parse(struct str text, struct token *);

/*
 * False when nothing that could be one was sent. An Authorization header
 * counts alone: the server takes it as a sign that no browser sent the
 * cookie by itself.
 */
bool token_of_request(const struct request *, struct token *);

/* "baton_session", or "__Host-baton" when the address is https. */
const char *token_cookie_name(void);

struct access_settings access_settings(void);

#endif
