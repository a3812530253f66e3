/*
 * exporter: writes the files that were asked for, one after the other, on a
 * thread of its own. One that was cut off goes on behind its last piece.
 */
#ifndef EXPORT_EXPORTER_H
#define EXPORT_EXPORTER_H

#include "src/operation/operation_errand.h"

/* As of struct operation_kind. */
bool exporter_run(struct operation_errand *);

extern const struct job_kind export_run_job;
extern const struct job_kind export_expire_job; /* the time of a file is over */
extern const struct job_kind export_forget_job; /* takes its pieces away */

/* In the unit that ends a file: its pieces are taken away, some at a time. */
bool export_forget_later(struct work *, struct id);

#endif
