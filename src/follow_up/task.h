/*
 * task: what a person is to do next with a lead, and when: a call, a message,
 * a meeting. A task follows the lead's owner unless it was fixed to somebody.
 */
#ifndef FOLLOW_UP_TASK_H
#define FOLLOW_UP_TASK_H

#include "lib/jobs/jobs.h"
#include "lib/time/zone.h"
#include "src/lead/lead.h"
#include "src/workspace/cache.h"

enum task_state { TASK_OPEN, TASK_DONE, TASK_CANCELLED };
extern const char *const task_states[]; /* by state; ends with NULL */

struct task_kind {
    const char *name;  /* "call"; NULL ends the table */
    const char *touch; /* what a task of it is on the timeline once done */
};
extern const struct task_kind task_kinds[];
const struct task_kind *task_kind_find(struct str name); /* or NULL */

enum { REMIND_NEVER = -1, REMIND_MINUTES_MAX = 4 * 7 * 24 * 60 };

struct task {
    struct id id;
    int64_t version; /* 0: not stored yet */
    struct id lead;
    struct id owner;    /* the rep who owns the lead; none: a queue */
    struct id assignee; /* who is to do it; none: whoever gets the lead */
    bool fixed;         /* to the assignee, whoever owns the lead */
    bool automatic;     /* made by the program: gone when the lead closes */
    const struct task_kind *kind;
    struct str title;
    struct str note; /* or STR_NONE */
    int64_t due_ms;
    int64_t end_ms;                /* of an appointment; 0: it has none */
    struct str zone;               /* a name that zone_find knows */
    int64_t remind_before_minutes; /* or REMIND_NEVER */
    int64_t reminded_ms; /* for what moment it was reminded last; 0: never */
    enum task_state state;
    struct str outcome; /* in a word, or STR_NONE */
    int64_t done_ms;
    struct str actor_kind; /* who made it */
    struct id actor;
    int64_t created_ms;
    int64_t updated_ms;
};

/* Due and not done. No job says so: it is what the clock shows. */
bool task_is_overdue(const struct task *, int64_t now_ms);

/* The person's day that holds the moment: from local midnight to the next.
 * Nobody's day is the workspace's. */
struct day {
    int64_t begin_ms;
    int64_t end_ms;
};
struct day day_of(const struct zone *, int64_t at_ms);
const struct zone *task_zone_of(const struct workspace_cache *,
                                struct id person);

/* F3: due on the day that it is for whoever is to do it. */
bool task_is_today(const struct task *, const struct workspace_cache *,
                   int64_t now_ms);

/* "2026-11-20T09:00", a time on the wall, in that zone. */
bool task_local_parse(struct str, const struct zone *, int64_t *utc_ms);
struct str task_local_show(struct arena *, const struct zone *, int64_t ms);

/* When to remind; 0: not at all. */
int64_t task_remind_ms(const struct task *);

/* ---------------------------------------------------------- what happens */

/* Owner and assignee as the lead's owner says. */
void task_follow(struct task *, const struct lead *);

/* Inserts or writes a task, sets its reminder anew, and says on the lead's
 * timeline what happened: "task.created", "task.changed", ...; NULL: the
 * caller says it. */
bool task_keep(struct work *, struct task *, const char *happened);

/*
 * F1: the lead has got another owner. What follows it goes along, in the same
 * transaction; what is fixed stays.
 */
bool task_owner_changed(struct work *, const struct lead *);

/* Somebody has left: what was fixed to him is for the owners of its leads. */
bool task_person_left(struct work *, struct id person);

/* The lead was closed: what the program had planned is cancelled. */
bool task_lead_closed(struct work *, const struct lead *);

/* One lead became part of another: all its tasks are the other's. */
bool task_move(struct work *, struct id from_lead, const struct lead *to);

/* The reminder by mail, if there is a mail server and he wants it. */
bool task_mail(struct work *, const struct task *);

extern const struct job_kind task_remind_job;
extern const struct job_kind task_mail_job;

/* ----------------------------------------------------------------- store */

bool task_save(struct work *, struct task *);
/* What was written about a lead in its tasks; those that are open end. */
bool task_erase(struct work *, struct id lead);
/* False with ERR_NOT_FOUND. */
bool task_load(struct work *, struct id, struct task *);

/* Which tasks; what is none or 0 is not asked for. In the order of due. */
struct task_query {
    bool scoped; /* only tasks of those leads, or his to do who asks */
    struct lead_scope scope;
    bool assigned;      /* only those `assignee` is to do */
    struct id assignee; /* ID_NONE: that wait for an owner */
    struct id lead;
    const char *state; /* of task_states, or NULL */
    int64_t due_from_ms;
    int64_t due_before_ms;
    int64_t after_due_ms; /* behind this place */
    struct id after;
    int limit;
};
bool task_select(struct work *, const struct task_query *, struct task **,
                 int *count);

#endif
