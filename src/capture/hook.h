/*
 * hook: a source's webhook: whose bodies come in at an address of ours, how
 * their senders prove themselves, and which part of a body is which field of
 * a lead. Not for what a value means (standardise) and what becomes of it.
 *
 * A document, as it is saved at the source:
 *
 *     {"preset": "typeform",
 *      "leads": "/entry",
 *      "delivery": "/event_id",
 *      "fields": {"email": "/contact/email",
 *                 "name": ["/contact/name", "/contact/nick"],
 *                 "custom.colour": "/answers/[question=Colour]/answer"},
 *      "only": [{"at": "/event", "is": ["created"]}],
 *      "except": [{"at": "/is_test", "is": ["yes"]}],
 *      "unpack": ["rawRequest"],
 *      "lists": {"/answers": "question"},
 *      "set": {"country": "KR"},
 *      "signature": {"header": "X-Signature", "algorithm": "hmac-sha256",
 *                    "encoding": "hex", "prefix": "sha256=",
 *                    "secret": "..."}}
 */
#ifndef CAPTURE_HOOK_H
#define CAPTURE_HOOK_H

#include "lib/base/hash.h"
#include "lib/http/endpoint.h"
#include "src/capture/mapping.h"

enum {
    HOOK_BODY_BYTES_MAX = 1024 * 1024,
    HOOK_LEADS_MAX = 1000,  /* in one body */
    HOOK_LEAVES_MAX = 300,  /* of one lead that are looked at */
    HOOK_SECRETS_MAX = 5,   /* while a sender changes his */
    HOOK_TOLERANCE_S = 300, /* a signed time may be so old */
};

/* ----------------------------------------------------------------- paths */

/*
 * The value at a path, or NULL. A path is a JSON pointer (RFC 6901) whose
 * segments may also choose from a list: "/answers/[field/ref=mail]/text" is
 * the text of the answer whose field's ref is "mail". A name without a slash
 * in front is a member by that name; "^" in front looks in the whole body.
 */
const struct json *hook_find(const struct json *lead, const struct json *whole,
                             struct str path);

/* What is wrong with a path, or NULL. */
const char *hook_path_fault(struct str path);

/* A value in one line of text; STR_NONE when it says nothing. */
struct str hook_text(struct arena *, const struct json *);

/* One value of a body that is no object. */
struct hook_leaf {
    struct str path; /* hook_find finds it by this */
    struct str name; /* its last name, for people */
    const struct json *value;
};

/* All of them, up to HOOK_LEAVES_MAX; returns how many. `lists`: what tells
 * the items of a list apart (document.lists), or NULL. */
int hook_leaves(struct arena *, const struct json *lead,
                const struct json *lists, struct hook_leaf **);

/* -------------------------------------------------------------- document */

struct hook_paths {
    const struct str *paths; /* the first that says something counts */
    int count;
};

/* Which of several values a body must have at a place. */
struct hook_condition {
    struct str at;
    const struct str *values;
    int count;
};

struct hook_conditions {
    struct hook_condition *list;
    int count;
};

struct hook_algorithm;

/* How a sender proves that a body is his. */
struct hook_check {
    const struct hook_algorithm *algorithm; /* NULL: not asked for */
    struct str header;
    bool base64;               /* else hexadecimal */
    struct str prefix;         /* before the signature, in the header */
    struct str element;        /* the header is "t=1,v1=ab": which is it */
    struct str time_element;   /* and which is the time, in seconds */
    struct str time_header;    /* or the header of the time */
    int64_t tolerance_s;       /* of that time */
    struct str signed_text;    /* "{timestamp}.{body}" */
    const struct str *secrets; /* any of them */
    int secret_count;
};

/* A member of the body that holds a secret. */
struct hook_key {
    struct str at; /* STR_NONE: not asked for */
    const struct str *secrets;
    int secret_count;
};

/* A question that the provider asks before it sends anything. */
struct hook_challenge {
    struct str query;       /* STR_NONE: none */
    struct str token_query; /* must hold the token; or STR_NONE */
    struct str token;
    bool is_signed; /* answered with its signature, as JSON; else echoed */
};

struct hook {
    struct id source;
    bool has_token;
    struct hash token;
    struct hash old_token; /* good until old_until_ms */
    int64_t old_until_ms;  /* 0: there is none */
    int64_t changed_ms;
    const struct json *document; /* as it was given */
    const struct json *secrets;  /* {"signature": [], "key": [], "challenge"} */

    bool broken; /* it cannot be read any more: all is quarantined */
    bool locked; /* its secrets were sealed with another key */

    /* What follows is read from the document and its preset. */
    struct str leads; /* where the list of leads is; STR_NONE: it is one */
    struct hook_paths delivery;
    const struct mapping_file *file; /* set, empty, date_order, phones,
                                        defaults */
    struct mapping mapping;          /* a column for each field */
    struct hook_paths *columns;      /* beside mapping.columns */
    bool usual; /* names that leave no doubt are read, too */
    struct hook_conditions only;
    struct hook_conditions except;
    const struct json *unpack; /* members that are JSON in a text; or NULL */
    const struct json *lists;
    struct hook_check check;
    struct hook_key key;
    struct hook_challenge challenge;
};

extern const struct shape hook_shape;

/*
 * Reads hook->document and hook->secrets into the rest. False with details in
 * w->error, their pointers below `at`.
 */
bool hook_read(struct work *, struct str at, struct hook *);

/* Takes a document that somebody gave: its secrets are put beside it, and
 * those it does not speak of stay. */
bool hook_take(struct work *, struct str at, const struct json *given,
               struct hook *);

/* As shown: without secrets. */
void hook_write(struct json_out *, const struct hook *);

/* What is known of providers; ends with a NULL name. */
struct hook_preset {
    const char *name;
    const char *about;
    const char *document; /* JSON */
};
extern const struct hook_preset hook_presets[];
const struct hook_preset *hook_preset_find(struct str name); /* or NULL */

/* --------------------------------------------------------------- checking */

/* False for everything but a good token, in constant time. */
bool hook_token_fits(const struct hook *, struct str token, int64_t now_ms);

/* Over the raw bytes, before anything is read. NULL: they are the sender's. */
const char *hook_check_fault(struct arena *, const struct hook *,
                             const struct request *, int64_t now_ms);

/* The secret within the body. NULL: it is right, or none is asked for. */
const char *hook_key_fault(struct arena *, const struct hook *,
                           const struct json *body);

/* The answer to a challenge; STR_NONE when nothing was asked. `*refused`: it
 * was, with a wrong token. */
struct str hook_challenge_answer(struct arena *, const struct hook *,
                                 const struct request *, bool *refused);

extern const char *const hook_algorithm_names[]; /* ends with NULL */
const struct hook_algorithm *hook_algorithm_find(struct str name);

/* ---------------------------------------------------------------- reading */

/* A body as a tree: JSON, or a form's fields as an object of texts. NULL with
 * `*why`. */
const struct json *hook_body_read(struct arena *, const struct hook *,
                                  struct str content_type, struct str body,
                                  struct str *why);

/* The leads in it: an array of `*count` trees. */
const struct json *const *hook_body_leads(struct arena *, const struct hook *,
                                          const struct json *body, int *count);

enum hook_verdict {
    HOOK_LEAD,
    HOOK_IGNORED, /* the document says that it is none */
    HOOK_NOTHING, /* nobody could be told by it */
};

/* One lead of a body. */
struct hook_reading {
    enum hook_verdict verdict;
    struct mapped mapped;         /* as of a row of a table */
    struct str delivery_key;      /* or STR_NONE */
    struct str pointer;           /* for HOOK_IGNORED: where it says so */
    struct hook_leaf *new_leaves; /* that no field is read from */
    int new_count;
};

void hook_map(struct arena *, const struct hook *, const struct json *lead,
              const struct json *whole, struct hook_reading *);

/* ------------------------------------------------------------------ store */

struct workspace_cache;
bool hook_cache_load(struct work *,
                     struct workspace_cache *); /* cache_loader */
bool hook_load(struct work *, struct id source, struct hook *, bool *found);
bool hook_save(struct work *, const struct hook *);
bool hook_delete(struct work *, struct id source);
struct vault_count;
/* Looks over the secrets of the workspace; `seal`: seals what is not. */
bool hook_look_at_secrets(struct work *, bool seal, struct vault_count *);

/* That a source's bodies have values there; what the cache knows already is
 * not written again. */
bool hook_leaves_seen(struct work *, struct workspace_cache *, struct id source,
                      const struct hook_leaf *, int count,
                      struct id submission);
struct hook_seen {
    struct id source;
    struct str path;
    struct id submission;
    int64_t seen_ms;
};
/* Of one source, newest first. */
bool hook_fields(struct work *, struct id source, struct hook_seen **,
                 int *count);

#endif
