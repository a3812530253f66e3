/* access_store: the tables of access; inside access only. */
#ifndef ACCESS_ACCESS_STORE_H
#define ACCESS_ACCESS_STORE_H

#include "lib/base/hash.h"
#include "src/access/access.h"

/* key_store.c: api_key */
bool key_add(struct work *, const struct api_key *, const struct hash *);
/* The good key of that hash in w->workspace. */
bool key_find(struct work *, const struct hash *, struct api_key *,
              bool *found);
bool key_load(struct work *, struct id, struct api_key *);
bool key_list(struct work *, struct api_key **, int *count);
/* Revoking twice changes nothing. */
bool key_revoke(struct work *, struct id);

/* session_store.c: session, credential */
struct session {
    struct id person;
    int64_t expires_ms;
};

bool session_add(struct work *, const struct hash *, const struct session *);
bool session_find(struct work *, const struct hash *, struct session *,
                  bool *found);
bool session_prolong(struct work *, const struct hash *, int64_t expires_ms);
bool session_remove(struct work *, const struct hash *);
bool session_remove_of(struct work *, struct id person);
bool session_remove_old(struct work *); /* of the person who signs in */

/* STR_NONE when the person has no password. */
bool password_load(struct work *, struct id person, struct str *hash);
bool password_save(struct work *, struct id person, struct str hash);

/* kept_answer_store.c: kept_answer */
enum { ANSWER_FORGOTTEN = 0 }; /* instead of a status */

struct kept_answer {
    struct str key;
    struct str request_hash; /* bytes; none when it was forgotten */
    int64_t status;          /* ANSWER_FORGOTTEN: nothing else is left */
    struct str headers;      /* JSON object */
    struct str body;
};

bool kept_answer_add(struct work *, const struct kept_answer *);
bool kept_answer_find(struct work *, struct str key, struct kept_answer *,
                      bool *found);
/* Those of the workspace that were kept before the moment. */
bool kept_answer_remove_old(struct work *, int64_t before_ms);

#endif
