/*
 * sla: the promise of a first answer: when it is due, in the owner's working
 * time, and whether it was kept. What follows when it is missed is decided by
 * the lifecycle.
 */
#ifndef SLA_SLA_H
#define SLA_SLA_H

#include "lib/jobs/jobs.h"
#include "src/lead/lead.h"

struct sla_promise {
    int64_t after_ms;         /* 0: nothing is promised */
    int64_t remind_before_ms; /* 0: no reminder */
    bool working_time;        /* of the owner */
    struct str rule;          /* whose promise it is: told to the jobs */
};

/* What the clock wakes. */
struct sla_jobs {
    const struct job_kind *due_soon;
    const struct job_kind *late;
};

/*
 * Starts the clock of the present owner: sets lead->response_due_ms and adds
 * a job for that moment, and one for the reminder before it. A lead that waits
 * for no answer, is closed, or waits in a queue runs no clock.
 */
bool sla_start(struct work *, struct lead *, const struct sla_promise *,
               const struct sla_jobs *);

/*
 * The lead wrote again: when it was answered before, it waits for an answer
 * from now on (C5). False: nothing new begins.
 */
bool sla_asked_again(struct lead *, int64_t now_ms);

/* What the job of a promise says. */
struct sla_late {
    struct id lead;
    int64_t owner_version; /* of the owner whose promise it was */
    int64_t late_count;    /* promises missed before this one */
    int64_t due_ms;        /* when it ends */
    bool noted;            /* as missed; only what follows was put off */
    struct str rule;
};
bool sla_read(struct work *, const struct job *, struct sla_late *);

/* A promise that is noted as missed is acted upon at a later moment, unless
 * something happens till then: by a job that says `noted`. */
bool sla_look_again(struct work *, const struct lead *, const struct job_kind *,
                    struct str rule, int64_t at_ms);

/* C1: true once for each promise, and only while it can still be kept. */
bool sla_is_due_soon(const struct lead *, const struct sla_late *,
                     int64_t now_ms);

/* C1: late or double firing is harmless: true only while the same owner has
 * the lead, nobody has answered, and the time is past. */
bool sla_is_missed(const struct lead *, const struct sla_late *,
                   int64_t now_ms);

/* Notes the first answer and stops the clock. What was done before the lead
 * asked again is no answer to that. */
void sla_answered(struct lead *, int64_t at_ms);

#endif
