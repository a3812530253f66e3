/*
 * errands: outside jobs that are done in this process after all, because they
 * are long: one after the other, on a thread of their own. An errand is a job
 * under a lease that is renewed while it runs; what it does in the database are
 * units of work like any other. Another node goes on with it when this one ends.
 */
#ifndef JOBS_ERRANDS_H
#define JOBS_ERRANDS_H

#include <stdatomic.h>

#include "lib/jobs/jobs.h"
#include "lib/jobs/runner_ask.h"

struct errands;

/* What is to be done. */
struct errand {
    struct errand *next;
    struct id job;
    struct id workspace;
    struct id subject; /* the import, the replay, ... */
    void (*done)(void *context, const struct outbox_result *);
    void *context;
};

struct errands_settings {
    struct runner *runner;
    struct str scheme; /* "import:"; tells these messages from others */
    /* False with `*why`: it goes on later, here or on another node. */
    bool (*run)(const void *context, struct errands *, const struct errand *,
                struct arena *, struct str *why);
    const void *context;
};

struct errands *errands_start(const struct errands_settings *);

/* For prepare of struct job_kind. */
void errands_message(struct work *, const struct job *, struct str scheme,
                     struct id subject, struct outbox_message *);

/* Is that message one for us, not for the network? */
bool errands_take(const struct errands *, const struct outbox_message *);

/* As sender_submit. */
bool errands_submit(struct errands *, const struct outbox_message *,
                    void (*done)(void *context, const struct outbox_result *),
                    void *context);

/* For what runs: set, it is to stop at its next step. */
const atomic_bool *errands_stopping(const struct errands *);

/* A unit of work in the errand's workspace, and its answer. */
bool errands_ask(struct errands *, const struct errand *,
                 const struct runner_ask *, struct runner_refusal *);

struct runner *errands_runner(struct errands *);

/* Between two pages of a long job: captures go first, so while they come it
 * takes a nap. */
void errands_step_back(struct errands *);

/* What runs is told to stop; `done` is called for all. After jobs_stop, before
 * runner_stop. NULL is allowed. */
void errands_stop(struct errands *);

#endif
