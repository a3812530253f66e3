/*
 * held_care: a submission that a stage has failed on is not given to it again
 * as it is, and not lost either; how that is done, whichever way it came in.
 */
#ifndef HELD_CARE_H
#define HELD_CARE_H

#include "src/lead/held.h"

/* How carefully: more so each time that it has failed. */
enum held_care {
    HELD_CARE_NONE,
    HELD_CARE_QUEUE, /* its lead waits in the default queue, and is not routed */
    HELD_CARE_BYTES, /* it is kept, no more */
};

/* In quarantine, with the failure as the reason. */
struct held held_failed(const struct error *failure);

/* The name under which a delivery waits once: the same bytes again are the
 * same, another body under one delivery is not. Without one: STR_NONE. */
struct str held_name(struct arena *, struct str delivery_key, struct str body);

/* The delivery's own name in it. */
struct str held_name_delivery(struct str name);

/* What stands for bytes, for telling them from others. */
struct str held_digest(struct arena *, struct str bytes);

/* Tells whoever looks after it that a submission waits, or no longer does. */
void held_tell(struct work *, const struct held *);

#endif
