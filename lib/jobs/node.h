/*
 * node: a number of its own for each process that makes ids (10 bits of every
 * id), leased from a table. A process that was silent for longer than
 * NODE_LEASE_MS has lost its number and must end.
 */
#ifndef JOBS_NODE_H
#define JOBS_NODE_H

#include "lib/db/db.h"

enum { NODE_LEASE_MS = 60000, NODE_RENEW_MS = 15000 };

struct node {
    uint32_t number;
    int64_t token; /* tells this holder from the next */
};

/* Takes a free number by a transaction of its own. Time is real time: leases
 * are about processes, not about leads. */
bool node_take(struct db *, struct arena *, struct node *, struct str *why);

/* False when the number was lost. A database that is away loses nothing yet. */
bool node_renew(struct db *, const struct node *);

/* Lets the number go: it is free again in a moment, once no id that it made
 * can be made again. */
void node_release(struct db *, const struct node *);

#endif
