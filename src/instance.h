/*
 * instance: the running program as a whole: its threads and what an operator
 * asks of it. Handed on through the runner's hooks and with each request, so
 * there is no global.
 */
#ifndef INSTANCE_H
#define INSTANCE_H

#include <stdatomic.h>

#include "lib/http/server.h"
#include "lib/jobs/jobs.h"
#include "lib/net/sender.h"
#include "src/workspace/cache.h"

struct errands;

enum { INSTANCE_OPERATIONS = 3 }; /* kinds: imports, replays, exports */

struct instance {
    struct runner *runner;
    struct jobs *jobs;
    struct sender *sender;
    struct errands *operations[INSTANCE_OPERATIONS]; /* a thread a kind */
    _Atomic(struct http_server *) http;              /* NULL until it listens */
    atomic_bool draining;
    const char *version;
};

/* The runner's hooks of the whole program. */
struct runner_hooks instance_hooks(struct instance *);

/* The endpoint tables of all modules; ends with NULL. */
const struct endpoint *const *instance_tables(struct arena *);

extern const char instance_version[];

extern const struct module instance_module;

#endif
