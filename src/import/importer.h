/*
 * importer: runs the imports that were asked for over HTTP, one after the
 * other, on a thread of its own: what it does to leads is import.c's, in units
 * of work like any other.
 */
#ifndef IMPORTER_H
#define IMPORTER_H

#include "lib/jobs/errands.h"

struct errands *importer_start(struct runner *);

extern const struct job_kind import_run_job;

#endif
