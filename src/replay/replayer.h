/*
 * replayer: runs the replays that were asked for over HTTP, one after the
 * other, on a thread of its own. One that was cut off begins again: what it had
 * written is its own.
 */
#ifndef REPLAY_REPLAYER_H
#define REPLAY_REPLAYER_H

#include "lib/jobs/errands.h"

struct errands *replayer_start(struct runner *);

extern const struct job_kind replay_run_job;

#endif
