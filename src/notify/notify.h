/*
 * notify: who must hear of what happened: the page of the owner at once (live
 * event), and other programs (signed webhooks from the outbox). Events carry
 * ids, no personal data: who may read the lead asks for it.
 */
#ifndef NOTIFY_NOTIFY_H
#define NOTIFY_NOTIFY_H

#include "lib/http/shape.h"
#include "lib/jobs/jobs.h"
#include "src/lead/lead.h"

/* What is told; names are part of the API. */
enum notify_topic {
    TOPIC_LEAD_CREATED,
    TOPIC_LEAD_ASSIGNED,
    TOPIC_LEAD_RETURNED, /* somebody we know came back */
    TOPIC_LEAD_DUE_SOON, /* the promise of an answer ends soon */
    TOPIC_LEAD_LATE,     /* it was missed */
    TOPIC_LEAD_CHANGED,
    TOPIC_LEAD_ERASED,    /* somebody was forgotten: forget him too */
    TOPIC_WEBHOOK_PAUSED, /* nobody answers there, or it has been told so */
    TOPIC_WEBHOOK_OFF,    /* ... and it gets nothing more */
    TOPIC_COUNT,
};
extern const char *const notify_topics[TOPIC_COUNT + 1]; /* ends with NULL */

/* Tells the live stream of an entry of the timeline, and puts one message per
 * listening webhook into the outbox (N1: in the transaction that made the
 * change). No entry: nothing has happened, nobody is told. */
bool notify_lead(struct work *, const struct lead *, enum notify_topic,
                 struct id entry);

/* lead.erased: of the lead its id alone, and by which erasure. */
bool notify_erased(struct work *, const struct lead *, struct id entry,
                   struct id erasure);

/* lead.assigned, told to the owner and to the one before, whose page shows the
 * lead still. */
bool notify_owner_changed(struct work *, const struct lead *,
                          struct owner before, struct id entry);

struct webhook;

/* Something about a webhook, to open pages and to the other webhooks. */
bool notify_others(struct work *, struct id webhook, enum notify_topic,
                   struct str data);

/* The webhooks that are active. */
struct notify_targets {
    const struct webhook *webhooks;
    int count;
};

struct workspace_cache;
bool notify_load(struct work *, struct workspace_cache *); /* cache_loader */

extern const struct module notify_module;
extern const struct module webhook_delivery_module;

#endif
