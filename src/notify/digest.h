/*
 * digest: leads that come to a person with many others are counted, and told
 * in one mail once no more come. Counted in memory while a group of units
 * runs, and stored at its end: nothing is written for each lead.
 */
#ifndef NOTIFY_DIGEST_H
#define NOTIFY_DIGEST_H

#include "lib/jobs/jobs.h"
#include "src/workspace/cache.h"

enum { DIGEST_QUIET_MS = 60000 };

struct digest {
    struct id person;
    struct id source; /* none: queues, and who has left */
    struct id lead;   /* the last of them */
    int64_t leads;
    int64_t last_ms;
};

/* One more; stored with the group's commit (N7). */
bool digest_count(struct work *, struct id person, struct id source,
                  struct id lead);

/* The runner's hooks, before those of the cache. The job is keyed, and added
 * for the moment at which it may be quiet. */
bool digest_group_end(struct work *, const struct job_kind *when_quiet);
void digest_group_done(struct work *);

bool digest_wake(struct work *, const struct job_kind *, int64_t due_ms);

/* Store. */
bool digest_store_add(struct work *, const struct digest *);
bool digest_list(struct work *, struct digest **, int *count);
bool digest_remove(struct work *, const struct digest *);

#endif
