/*
 * held: submissions that are no lead's: in quarantine because no stage can
 * digest them, taken for spam, or such as their source says are no leads.
 * Nothing of them is lost: they can be looked at, and released.
 */
#ifndef LEAD_HELD_H
#define LEAD_HELD_H

#include "src/lead/submission.h"

enum held_state {
    HELD_QUARANTINED,
    HELD_SPAM,
    HELD_IGNORED,   /* the source's mapping says that it is no lead */
    HELD_RELEASED,  /* it became a lead's: see submission */
    HELD_DISMISSED, /* somebody looked at it, and it is no lead */
    HELD_STATE_COUNT,
};
extern const char *const held_state_names[HELD_STATE_COUNT + 1];

/* Which way it came in, and so how it is read again. */
enum held_door { HELD_BY_HOOK, HELD_BY_FORM, HELD_BY_API, HELD_DOOR_COUNT };
extern const char *const held_door_names[HELD_DOOR_COUNT + 1];

struct held {
    struct id id;     /* of the submission */
    struct id source; /* none: sent with a key of a role, or by hand */
    struct id form;   /* or none */
    enum held_door door;
    int64_t received_ms;
    struct str delivery_key; /* or STR_NONE */
    struct str content_type; /* as sent; with ";base64" the body is encoded */
    struct str body;         /* empty once it is a lead's submission */
    enum held_state state;
    struct str code;    /* why: a word for programs */
    struct str reason;  /* a sentence */
    struct str pointer; /* where in the body, or STR_NONE */
    struct id lead;     /* what it became, or waits in a queue; or none */
    int64_t settled_ms;
};

/*
 * Keeps one. `held->id` may be none: it gets one. The same delivery of the
 * same source is kept once: `*held` becomes the one there is.
 */
bool held_keep(struct work *, struct held *, bool *is_new);

/* False with ERR_NOT_FOUND when there is none. */
bool held_load(struct work *, struct id, struct held *);

/* Newest first, those before `before` (none: the newest); `source` none: of
 * all. */
bool held_list(struct work *, enum held_state, struct id source,
               struct id before, int limit, struct held **, int *count);

/* How many there are of each; those that are settled are not counted (0). */
bool held_counts(struct work *, int64_t counts[HELD_STATE_COUNT]);

/* It is a lead's now, or nobody's. */
bool held_settle(struct work *, struct held *, enum held_state, struct id lead);

/* Why it waits has changed: a retry failed, too. */
bool held_still(struct work *, const struct held *);

/* The bytes as they came, and how they are kept: text as it is, else base64. */
void held_pack(struct arena *, struct str content_type, struct str body,
               struct held *);
struct str held_body(struct arena *, const struct held *);
struct str held_content_type(const struct held *);

#endif
