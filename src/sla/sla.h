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
    int64_t after_ms;  /* 0: nothing is promised */
    bool working_time; /* of the owner */
    struct str rule;   /* whose promise it is: told to the job */
};

/*
 * Starts the clock of the present owner: sets lead->response_due_ms and adds
 * a job of kind `when_late` for that moment. A lead that was answered, is
 * closed, or waits in a queue runs no clock.
 */
bool sla_start(struct work *, struct lead *, const struct sla_promise *,
               const struct job_kind *when_late);

/* What the job of a missed promise says. */
struct sla_late {
    struct id lead;
    int64_t owner_version; /* of the owner whose promise it was */
    int64_t late_count;    /* promises missed before this one */
    struct str rule;
};
bool sla_read(struct work *, const struct job *, struct sla_late *);

/* C1: late or double firing is harmless: true only while the same owner has
 * the lead, nobody has answered, and the time is past. */
bool sla_is_missed(const struct lead *, const struct sla_late *,
                   int64_t now_ms);

/* What counts as an answer. Opening the page or writing a note does not. */
struct touch_kind {
    const char *name;
    bool answers;
};
extern const struct touch_kind touch_kinds[]; /* ends with a NULL name */

/* Notes the first answer and stops the clock. */
void sla_answered(struct lead *, int64_t at_ms);

#endif
