/*
 * importer: runs the imports that were asked for over HTTP, one after the
 * other, on a thread of its own: what it does to leads is import.c's, in units
 * of work like any other.
 */
#ifndef IMPORTER_H
#define IMPORTER_H

#include "src/operation/operation_errand.h"

/* As of struct operation_kind. */
bool importer_run(struct operation_errand *);

extern const struct job_kind import_run_job;

#endif
