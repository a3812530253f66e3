/*
 * live_others: what other nodes commit, for the live streams of this one. On
 * PostgreSQL alone: a file has one server.
 */
#ifndef LIVE_OTHERS_H
#define LIVE_OTHERS_H

#include "src/instance.h"

struct live_others;

/* NULL on SQLite. `node` is our own number: what it commits is told anyway. */
struct live_others *live_others_start(struct instance *, const char *database,
                                      uint32_t node);
/* Before the runner ends. NULL is allowed. */
void live_others_stop(struct live_others *);

#endif
