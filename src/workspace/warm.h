/*
 * warm: rows of leads that were read for a whole group of jobs by one
 * statement, where each would be a round trip. Whoever changes what such a row
 * says forgets it, and it is read anew.
 */
#ifndef WORKSPACE_WARM_H
#define WORKSPACE_WARM_H

#include "lib/base/hash.h"
#include "lib/jobs/jobs.h"

enum warm_kind { WARM_LEADS, WARM_ASSIGNMENTS, WARM_KINDS };

/* The rows of one kind; those of a lead stand together. */
struct warm_rows {
    struct db_rows rows;   /* in the memory of the group */
    struct hash_map first; /* lead -> the first of its rows, from 1 */
};

/* Leads, each with its workspace; db_arrays. */
struct warm_wanted {
    struct db_value workspaces;
    struct db_value leads;
};

/* The leads of jobs; of one kind, or of all when `kind` is NULL. False: none. */
bool warm_wanted(struct work *, const struct job *const *jobs, int count,
                 const struct job_kind *kind, struct warm_wanted *);

/* Runs the statement with the two lists as $1 and $2. */
bool warm_read(struct work *, const char *sql, const struct warm_wanted *,
               struct db_rows *);

/* Keeps rows until the group is over. `column` is the lead's. */
void warm_keep(struct work *, enum warm_kind, const struct db_rows *,
               int column);

/* True when they are known: the rows, and the first of the lead's. */
bool warm_find(struct work *, enum warm_kind, struct id lead, struct db_rows *,
               int *first);

/* What was read of the lead may be so no more. */
void warm_forget(struct work *, enum warm_kind, struct id lead);
void warm_forget_all(struct work *);

#endif
