/*
 * webhook: an address that events are sent to, and how it fares. What an event
 * is, and who listens to it, is notify.h.
 */
#ifndef NOTIFY_WEBHOOK_H
#define NOTIFY_WEBHOOK_H

#include "lib/http/shape.h"
#include "lib/jobs/jobs_channel.h"
#include "src/notify/notify.h"

enum {
    /* A message is tried for 76 hours: with 72 its webhook is paused, and it
     * held, before it is given up. */
    WEBHOOK_PAUSE_AFTER_HOURS = 72,
    WEBHOOK_PAUSE_AFTER_HOURS_MAX = 240,
    /* One message alone that failed before a long weekend of ours is not
     * "everything". */
    WEBHOOK_PAUSE_FAILURES_MIN = 5,
    /* As long as what was sent is kept (J6): what waits is bounded. */
    WEBHOOK_PAUSE_DAYS_MAX = 14,
    WEBHOOK_OVERLAP_HOURS = 24,
    WEBHOOK_OVERLAP_HOURS_MAX = 168,
    WEBHOOK_ERROR_BYTES_MAX = 500,
};

struct webhook {
    struct id id;
    int64_t version;
    struct str url;
    struct str secret;        /* sealed (webhook_secret_purpose) */
    struct str secret_before; /* signs as well, sealed, or none */
    int64_t secret_before_until_ms;
    const struct json *topics; /* array of names; NULL: all */
    bool active;
    int64_t pause_after_hours; /* of nothing but failures */
    int64_t paused_ms;         /* since when it is paused; 0: it is not */
};

extern const char webhook_secret_purpose[]; /* for the vault */

/* Which addresses may be kept; before anything runs. NULL: nobody asks. */
struct guard;
void webhook_guard_set(const struct guard *);

/* Its place in the outbox. */
struct str webhook_channel(struct arena *, const struct webhook *);

/* "https://acme.test", without the path, which may hold a token. */
struct str webhook_host(struct arena *, const struct webhook *);

/* What its receiver has answered lately. */
struct webhook_health {
    struct id webhook;
    int64_t last_success_ms;  /* 0: never */
    int64_t failing_since_ms; /* 0: the last answer was good */
    int64_t failures;         /* since then */
    int64_t last_error_ms;    /* 0: never */
    int64_t last_error_status;
    struct str last_error;
};

/* Has it failed for so long that it is to be paused? Pure. */
bool webhook_is_lost(const struct webhook *, const struct webhook_health *,
                     int64_t now_ms);

/* What an attempt came to, in the transaction that notes it (N8). */
bool webhook_went_well(struct work *, struct webhook *);
bool webhook_went_wrong(struct work *, struct webhook *, const struct job *,
                        const struct outbox_result *);

/* Sends what was held, from now on; one that is not paused begins anew to
 * count how long it fails. */
bool webhook_resume(struct work *, struct webhook *);

/* What was held for it is dropped: it was switched off, or removed. */
bool webhook_drop(struct work *, struct webhook *);

/* Why it stopped, for whoever must know. */
enum webhook_stop {
    WEBHOOK_FAILS,    /* paused: nothing but failures for so long */
    WEBHOOK_GONE,     /* off: its receiver said 410 */
    WEBHOOK_GIVEN_UP, /* off: paused for WEBHOOK_PAUSE_DAYS_MAX */
    WEBHOOK_STOP_COUNT,
};

/* Tells the other webhooks, open pages, and owners and admins by mail. */
bool webhook_tell_stop(struct work *, const struct webhook *,
                       enum webhook_stop);

extern const struct job_kind notify_webhook_job;
extern const struct job_kind notify_webhook_over_job;
extern const struct job_kind notify_webhook_mail_job;

/* An event that somebody asks for, to see whether it arrives: it goes out at
 * once, also to a webhook that is paused or off, and is tried once. */
extern const char webhook_test_topic[];
bool webhook_test(struct work *, const struct webhook *, struct id *delivery);

/* For the endpoints: by the {id} of the path. */
struct request;
bool webhook_of_request(struct work *, const struct request *,
                        struct webhook *);

/* Store. */
struct vault_count;
/* Looks over the secrets of the workspace; `seal`: seals what is not. */
bool webhook_look_at_secrets(struct work *, bool seal, struct vault_count *);

bool webhook_list(struct work *, struct webhook **, int *count);
bool webhook_load(struct work *, struct id, struct webhook *);
bool webhook_save(struct work *, struct webhook *);
bool webhook_remove(struct work *, struct id);

bool webhook_health_list(struct work *, struct webhook_health **, int *count);
bool webhook_health_load(struct work *, struct id, struct webhook_health *);
bool webhook_health_good(struct work *, struct id webhook);
/* Has not failed yet. */
bool webhook_health_anew(struct work *, struct id webhook);
/* Fills in what it has come to. */
bool webhook_health_bad(struct work *, struct webhook_health *);

#endif
