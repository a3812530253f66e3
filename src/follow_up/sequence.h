/*
 * sequence: planned touches over days: messages, tasks and changes, each some
 * time after the one before. A lead's run through one stops when the person
 * answers. What a step does to a lead is decided by the program
 * (sequence_step.c): here is when it is due, and how far a lead has come.
 */
#ifndef FOLLOW_UP_SEQUENCE_H
#define FOLLOW_UP_SEQUENCE_H

#include "lib/jobs/jobs.h"
#include "src/follow_up/task.h"

struct sequence_step {
    int64_t after_ms;    /* the step before, or the start */
    int32_t after_days;  /* and so many days on the wall */
    int32_t at_minute;   /* of the day; -1: at whatever time it is */
    bool workspace_zone; /* on the company's wall; else on the lead's, if its
                            zone is known */
    bool working_days;   /* Monday to Friday, but for holidays */
    enum step_kind {
        STEP_MESSAGE,
        STEP_TASK,
        STEP_CHANGE,
    } kind;

    const char *channel; /* STEP_MESSAGE: "email" */
    struct str template; /* its name or id; or none, and a text of its own: */
    struct str subject;
    struct str body;

    const struct task_kind *task_kind; /* STEP_TASK */
    struct str title;
    struct str note;
    int64_t due_minutes; /* from when the step is taken */

    struct str stage; /* STEP_CHANGE: or none */
    const struct str *add_tags;
    int add_count;
    const struct str *remove_tags;
    int remove_count;
};
extern const char *const step_kinds[]; /* "message", ...; ends with NULL */

enum { SEQUENCE_STEPS_MAX = 50, SEQUENCES_MAX = 200 };

struct sequence {
    struct id id;
    int64_t version; /* 0: not stored yet */
    struct str slug;
    struct str name;
    bool active;           /* else nothing new begins it */
    struct str steps_json; /* as written */
    int64_t archived_ms;   /* 0: in use */
    const struct sequence_step *steps;
    int step_count;
};

/* All of a workspace: part of its cache. */
struct sequences {
    struct sequence *list;
    int count;
};

/* Of those in use. By slug or id; or NULL. */
const struct sequence *sequence_find(const struct workspace_cache *,
                                     struct str name);
/* Archived ones too: a run that has begun goes on. */
const struct sequence *sequence_of(const struct workspace_cache *, struct id);

/* Reads steps as written into the arena. All faults are reported, with
 * pointers. */
bool sequence_read(struct work *, struct arena *, const struct json *steps,
                   struct str at, struct sequence *);
extern const struct shape sequence_step_shape;

/* Where a step's days are counted. */
struct sequence_wall {
    const struct zone *zone;
    const int64_t *holidays; /* days since 1970, in order */
    int holiday_count;
};

/* Pure: when a step is due that follows what happened at `from_ms`. */
int64_t sequence_due_ms(const struct sequence_step *,
                        const struct sequence_wall *, int64_t from_ms);

/* Does the lead allow to be written to on that channel? What it has said no
 * to it does not get. */
bool sequence_consents(const struct lead *, const char *channel);

/* ------------------------------------------------------------------ runs */

struct sequence_run {
    struct id id;
    struct id sequence;
    struct id lead;
    struct str state; /* running, finished or stopped */
    int64_t step;     /* the next to be taken */
    int64_t due_ms;   /* when; 0: it has ended */
    struct str reason;
    struct str actor_kind;
    struct id actor;
    int64_t started_ms;
    int64_t ended_ms; /* 0: it runs */
    struct str token; /* by which the lead says no to further mails */
};

/* The last part of the address at which a lead says no; it names the
 * workspace and the run. */
struct str sequence_address(struct arena *, struct id workspace,
                            const struct sequence_run *);
bool sequence_address_read(struct str, struct id *workspace, struct id *run,
                           struct str *token);
bool sequence_token_fits(const struct sequence_run *, struct str token);

/*
 * S1: begins a run of the lead; the caller saves the lead. A job of kind
 * `take` comes for each step. False with ERR_CONFLICT when one runs.
 */
bool sequence_begin(struct work *, struct lead *, const struct sequence *,
                    const struct job_kind *take);

/* Ends the run of the lead, if there is one: reason "answered", "touched",
 * "refused", "closed", "merged", "reverted" or "by_hand". The caller saves the lead. */
bool sequence_stop(struct work *, struct lead *, const char *reason);

/* What the job of a step is about; false in `*found`: it comes too late, or
 * twice (S2). */
bool sequence_run_of_job(struct work *, const struct job *,
                         struct sequence_run *, bool *found);

/* A step was taken: the next is due, or the run has ended, which changes the
 * lead. */
bool sequence_go_on(struct work *, struct sequence_run *,
                    const struct sequence *, struct lead *,
                    const struct job_kind *take);

/* ----------------------------------------------------------------- store */

bool sequence_save(struct work *, struct sequence *);
bool sequence_list(struct work *, struct sequence **, int *count);
/* How many leads are in it now. */
bool sequence_running(struct work *, struct id, int64_t *count);
bool sequence_run_add(struct work *, const struct sequence_run *);
bool sequence_run_save(struct work *, const struct sequence_run *);
bool sequence_run_load(struct work *, struct id, struct sequence_run *,
                       bool *found);
/* Of a lead, newest first. */
bool sequence_runs(struct work *, struct id lead, struct sequence_run **,
                   int *count);

bool sequence_load(struct work *, struct workspace_cache *); /* cache_loader */

#endif
