/*
 * importer: runs the imports that were asked for over HTTP, one after the
 * other, on a thread of its own: what it does to leads is import.c's, in units
 * of work like any other. An import is an outside job: so it has a lease that
 * is renewed while it runs, and another node goes on with it when this one
 * ends.
 */
#ifndef IMPORTER_H
#define IMPORTER_H

#include "lib/jobs/jobs.h"

struct importer;

struct importer *importer_start(struct runner *);

/* Is that message one for us, not for the network? */
bool importer_takes(const struct outbox_message *);

/* As sender_submit. */
bool importer_submit(struct importer *, const struct outbox_message *,
                     void (*done)(void *context, const struct outbox_result *),
                     void *context);

/* What runs stops at its next chunk; `done` is called for all. After
 * jobs_stop, before runner_stop. NULL is allowed. */
void importer_stop(struct importer *);

extern const struct job_kind import_run_job;

#endif
