/*
 * jobs_group: what the inside jobs of one group do together. On PostgreSQL each
 * statement is a round trip, so they are taken by one, and what they are going
 * to look up is read by a few. SQLite is asked for each by itself (jobs_task.c).
 */
#include "lib/jobs/jobs_task.h"

static bool
take(struct work *w, struct unit *const *units, struct job **jobs, int count)
{
    const struct job_seen **seen =
        ARENA_ARRAY(w->arena, const struct job_seen *, (size_t)count);

    for (int i = 0; i < count; i++)
        seen[i] = &((struct task *)units[i]->context)->seen;
    return job_store_take_all(w, seen, jobs, count);
}

static bool
warm(struct work *w, const struct jobs *jobs, struct unit *const *units,
     int count)
{
    const struct job **taken =
        ARENA_ARRAY(w->arena, const struct job *, (size_t)count);
    int taken_count = 0;

    for (int i = 0; i < count; i++) {
        const struct task *t = units[i]->context;
        if (t->job != NULL)
            taken[taken_count++] = t->job;
    }
    return jobs->settings.warm == NULL || taken_count == 0
        || jobs->settings.warm(w, taken, taken_count);
}

bool
tasks_take(struct work *w, struct unit *const *units, int count)
{
    struct job **jobs = ARENA_ARRAY(w->arena, struct job *, (size_t)count);

    if (db_engine(w->db) == DB_SQLITE)
        return true;
    if (!take(w, units, jobs, count))
        return false;
    for (int i = 0; i < count; i++) {
        struct task *t = units[i]->context;
        t->taken = true;
        t->job = jobs[i];
        if (t->job != NULL)
            t->job->kind = t->kind;
    }
    return warm(w, ((struct task *)units[0]->context)->jobs, units, count);
}
