/*
 * access_memory: the callers this process has looked up lately, so that a
 * request is known on the HTTP thread; and how often sign-ins have failed.
 * Both are tables of fixed size behind a mutex of their own. Any thread.
 */
#ifndef ACCESS_ACCESS_MEMORY_H
#define ACCESS_ACCESS_MEMORY_H

#include "lib/base/hash.h"
#include "lib/jobs/work.h"

/* How long an entry is believed: what another process has changed is noticed
 * after that. */
enum { MEMORY_MS = 10000 };

struct caller {
    struct actor actor;
    struct id workspace;
    int64_t expires_ms; /* of the session; INT64_MAX: never */
};

bool memory_find(const struct hash *, int64_t now_ms, struct caller *);

/*
 * Look at the generation before you ask the database: what was asked before
 * somebody said memory_forget is not remembered.
 */
uint64_t memory_generation(void);
void memory_put(const struct hash *, const struct caller *,
                uint64_t generation);
void memory_forget(struct id workspace); /* its callers; none: all */

/*
 * Failed sign-ins under a key (an account, an address). After `free` failures
 * each further one doubles the wait, from one second to one minute; a quarter
 * of an hour without a failure forgets them.
 */
int64_t failures_wait_ms(int64_t key, int64_t now_ms);
void failures_add(int64_t key, int64_t now_ms, int free);
void failures_forget(int64_t key);
void failures_forget_all(void);

#endif
