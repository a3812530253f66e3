/*
 * errand: a change that a reader asks a writer for. What takes long (a
 * password) is done on a reader, which no other change waits for, and only
 * the rows that come of it are a writer's. Inside access only.
 */
#ifndef ACCESS_ERRAND_H
#define ACCESS_ERRAND_H

#include "lib/jobs/runner.h"

/*
 * Runs `run` as a unit of its own on the writer of w->workspace, with w's
 * actor and arena, and waits for its commit; its error becomes w's. A writer
 * never waits for a reader, so this ends.
 */
bool errand_run(struct runner *, struct work *w,
                bool (*run)(struct work *, void *context), void *context);

/* The same without waiting, and nobody hears how it went. `bytes` of the
 * context are copied. */
void errand_leave(struct runner *, struct id workspace,
                  bool (*run)(struct work *, void *context),
                  const void *context, size_t bytes);

#endif
