/*
 * jobs_channel: what was sent through one channel, or is to be: shown, held
 * back while nobody answers there, let go, and sent again. Which channels
 * there are, and when one is held, is for whoever adds the jobs.
 */
#ifndef JOBS_JOBS_CHANNEL_H
#define JOBS_JOBS_CHANNEL_H

#include "lib/jobs/jobs.h"

/* The due time of a job that is held: it never comes by itself. */
#define JOB_HELD_MS INT64_C(253402300799000)

struct jobs_asked {
    struct str channel;
    enum job_state first; /* states from here ... */
    enum job_state last;  /* ... to here */
    struct id before;     /* older than this one; none: the newest */
    int limit;
};

/* Newest first. */
bool jobs_of_channel(struct work *, const struct jobs_asked *, struct job **,
                     int *count) __attribute__((warn_unused_result));

/* One of them; ERR_NOT_FOUND. */
bool job_of_channel(struct work *, struct str channel, struct id, struct job *)
    __attribute__((warn_unused_result));

/* The open ones of each channel of the workspace. */
struct jobs_waiting {
    struct str channel;
    int64_t count;
    int64_t next_ms; /* the earliest; JOB_HELD_MS: all are held */
};
bool jobs_waiting(struct work *, struct jobs_waiting **, int *count)
    __attribute__((warn_unused_result));

/* What is pending waits until it is let go. What is at the sender is not
 * stopped: hold again when it comes back. */
bool jobs_hold(struct work *, struct str channel)
    __attribute__((warn_unused_result));
bool jobs_let_go(struct work *, struct str channel)
    __attribute__((warn_unused_result));

/* Sends one that has ended, in whatever way, again: under the same id, from
 * its first attempt. ERR_CONFLICT when it has not. */
bool job_repeat(struct work *, struct str channel, struct id, int64_t due_ms)
    __attribute__((warn_unused_result));

/* The same for those that were added in a span of time and have ended in a
 * state of at least `first`; the oldest, up to `limit`. */
struct jobs_span {
    struct str channel;
    enum job_state first; /* JOB_DONE: all; JOB_FAILED: what failed */
    int64_t from_ms;
    int64_t to_ms; /* up to, not included */
    int64_t due_ms;
    int limit;
};
bool jobs_repeat(struct work *, const struct jobs_span *, int64_t *count)
    __attribute__((warn_unused_result));

/* All jobs of a lead are gone, also what was sent, but for one that is at the
 * sender now. */
bool jobs_forget_lead(struct work *, struct id lead)
    __attribute__((warn_unused_result));

#endif
