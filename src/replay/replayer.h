/*
 * replayer: runs the replays that were asked for over HTTP, one after the
 * other, on a thread of its own. One that was cut off begins again: what it had
 * written is its own.
 */
#ifndef REPLAY_REPLAYER_H
#define REPLAY_REPLAYER_H

#include "src/operation/operation_errand.h"

/* As of struct operation_kind; what goes on later begins again. */
bool replayer_run(struct operation_errand *);

extern const struct job_kind replay_run_job;

#endif
