/*
 * access: how callers prove who they are: keys, sessions and passwords; and
 * the answers kept for a repeated change. What they then may do says
 * permission.h.
 */
#ifndef ACCESS_ACCESS_H
#define ACCESS_ACCESS_H

#include "lib/base/hash.h"
#include "lib/http/server.h"
#include "src/access/permission.h"

/* ------------------------------------------------------- in the server */

struct access_settings {
    struct runner *runner; /* writes what a sign-in leaves behind */
    bool secure;           /* reached by https: the cookie says so */
    const char *version;   /* of the build, for "who am I" */
};

/*
 * Before and after the HTTP server. What is remembered of callers is the
 * process's: the server's callbacks carry no context. The settings are
 * copied, what they point to is not.
 */
void access_start(const struct access_settings *);
void access_stop(void);

/* http_settings.recognise, identify, replay, keep_answer. */
enum http_caller access_recognise(void *context, const struct request *,
                                  struct actor *, struct id *workspace);
bool access_identify(struct work *, const struct request *, struct actor *,
                     struct id *workspace);
/*
 * Who that person or key is now, as if he asked at this moment: for work that
 * goes on after the answer. `*good` false: he is not active any more, or the
 * key was revoked.
 */
bool access_actor(struct work *, enum actor_kind, struct id, struct actor *,
                  bool *good);
bool access_replay(struct work *, const struct request *, struct response *,
                   bool *replayed);
bool access_keep_answer(struct work *, const struct request *,
                        const struct response *);

/*
 * Hears of every committed event (runner_hooks.tell, before the live stream):
 * after "person.changed" and "key.changed" the workspace's callers are looked
 * up again. Other processes remember a caller for ten seconds at most.
 */
void access_told(const struct live_event *);

/* Kept answers that speak of a record are given no more: whoever repeats the
 * request is told that it was done, and for somebody who is erased (404). */
bool access_forget_answers(struct work *, struct id record);

/* In the unit that changes a person: ends his sessions when he is not active
 * any more, and makes sure that access_told hears of it. */
bool access_person_changed(struct work *, const struct person *);

/* Runs about once a day. */
extern const struct job_kind access_clean_job;

extern const struct module access_module;

/* -------------------------------------------------------------- sources */

struct source {
    struct id id;
    struct str name;
    struct str country; /* alpha-2, of its phone numbers, or STR_NONE */
    int64_t created_ms;
    int64_t version;
};

bool source_create(struct work *, struct source *); /* gives it an id */
/* Writes name and settings; ERR_CONFLICT when it has moved on, or another has
 * the name. */
bool source_save(struct work *, struct source *);
/* False with ERR_NOT_FOUND when there is none. */
bool source_load(struct work *, struct id, struct source *);
bool source_find(struct work *, struct str name, struct source *, bool *found);
bool source_list(struct work *, struct source **, int *count);

/* ----------------------------------------------------------------- keys */

/* A key acts with a role, or submits for a source. */
struct api_key {
    struct id id;
    struct str name;
    bool has_role;
    enum role role;
    struct id source; /* of a key without a role */
    int64_t created_ms;
    int64_t revoked_ms; /* 0: it is good */
};

/*
 * Makes a key of w->workspace; its text "bk_..." is nowhere kept, so this is
 * the only time anybody sees it. False with ERR_FORBIDDEN when w->actor would
 * give more than he has.
 */
bool access_key_create(struct work *, struct api_key *, struct str *shown);

/* All that there are and were, to call them by their names. */
bool access_keys(struct work *, struct api_key **, int *count);

/* ------------------------------------------------ passwords and sessions */

/* What somebody signs in with, in lower case; false when it is no address
 * (one @, a domain with a dot). */
bool access_email(struct arena *, struct str given, struct str *email);

enum { PASSWORD_BYTES_MIN = 8, PASSWORD_BYTES_MAX = 1024 };

/* What is wrong with a password, or NULL. */
const char *access_password_fault(struct str password);

/*
 * The text that is stored (argon2id, 19 MiB, three passes). Takes some 30 ms
 * and never runs more than twice at a time: not for the HTTP thread, nor for
 * a writer that others wait for.
 */
struct str access_password_hash(struct arena *, struct str password);
bool access_password_fits(struct str hash, struct str password);

/* Stores the hash as the person's password. */
bool access_password_save(struct work *, struct id person, struct str hash);

/* A new session of the person in w->workspace: the cookie's value. */
bool access_session_create(struct work *, struct id person,
                           struct str *session);

/* Adds the cookie to an answer; STR_NONE takes it away. */
void access_session_cookie(struct work *, struct response *,
                           struct str session);

/* --------------------------------------------------------- first set-up */

/* 64 hexadecimal digits; the same as long as the process lives. */
struct str access_setup_token(void);

struct access_setup {
    struct str token;     /* as given */
    struct str workspace; /* names and texts as given */
    struct str name;
    struct str email;
    struct str password;
    struct str language; /* STR_NONE: "en" */
    struct str time_zone;
    struct str country;
    struct str currency;
};

/*
 * The first workspace, its owner, and a session for him. Works while there is
 * no workspace, so once; otherwise ERR_FORBIDDEN. Faults have pointers like
 * "/email". Runs in a writer and hashes the password there: nobody else is
 * using the program yet.
 */
bool access_setup(struct work *, const struct access_setup *,
                  struct str *session);

#endif
