/*
 * runner_flush: see runner_flush.h. Commits are numbered as they begin; what
 * is settled is on the disk, or was refused.
 */
#include "lib/jobs/runner_flush.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>

#include "lib/base/clock.h"
#include "lib/jobs/runner_group.h"

struct flusher {
    struct db *db;
    void (*tell)(struct group *);
    void (*failed)(void);
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t given; /* or told to stop */
    pthread_cond_t moved; /* something is settled, or told */
    struct group *first;  /* given, not yet taken up */
    struct group **end;
    int out; /* given and not told */
    bool stopping;
    int64_t begun;   /* commits */
    int64_t settled; /* of them, without a gap */
    _Atomic int64_t busy_since_us;
};

static void *flusher_main(void *);

/* Signals are the main thread's. */
static bool
start_thread(struct flusher *f)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool ok = pthread_create(&f->thread, NULL, flusher_main, f) == 0;
    if (ok)
        pthread_setname_np(f->thread, "flusher");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ok;
}

struct flusher *
flusher_start(struct db *db, void (*tell)(struct group *), void (*failed)(void))
{
    struct flusher *f = calloc(1, sizeof *f);

    if (f == NULL)
        abort();
    f->db = db;
    f->tell = tell;
    f->failed = failed;
    f->end = &f->first;
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->given, NULL);
    pthread_cond_init(&f->moved, NULL);
    if (start_thread(f))
        return f;
    free(f);
    return NULL;
}

void
flusher_stop(struct flusher *f)
{
    if (f == NULL)
        return;
    pthread_mutex_lock(&f->lock);
    f->stopping = true;
    pthread_cond_signal(&f->given);
    pthread_mutex_unlock(&f->lock);
    pthread_join(f->thread, NULL);
    assert(f->out == 0);
    pthread_cond_destroy(&f->moved);
    pthread_cond_destroy(&f->given);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

/* -------------------------------------------------------------- the writer */

void
flusher_begin(struct flusher *f)
{
    pthread_mutex_lock(&f->lock);
    f->begun++;
    pthread_mutex_unlock(&f->lock);
}

void
flusher_cancel(struct flusher *f)
{
    pthread_mutex_lock(&f->lock);
    f->begun--;
    pthread_cond_broadcast(&f->moved);
    pthread_mutex_unlock(&f->lock);
}

struct group *
flusher_room(struct flusher *f, struct group *groups)
{
    pthread_mutex_lock(&f->lock);
    while (groups[0].given && groups[1].given)
        pthread_cond_wait(&f->moved, &f->lock);
    struct group *group = groups[0].given ? &groups[1] : &groups[0];
    pthread_mutex_unlock(&f->lock);
    return group;
}

bool
flusher_is_idle(struct flusher *f)
{
    pthread_mutex_lock(&f->lock);
    bool idle = f->out == 0;
    pthread_mutex_unlock(&f->lock);
    return idle;
}

void
flusher_give(struct flusher *f, struct group *group)
{
    pthread_mutex_lock(&f->lock);
    assert(!group->given);
    group->given = true;
    group->commit = f->begun;
    group->next = NULL;
    *f->end = group;
    f->end = &group->next;
    f->out++;
    pthread_cond_signal(&f->given);
    pthread_mutex_unlock(&f->lock);
}

static void
settle(struct flusher *f, int64_t commit)
{
    pthread_mutex_lock(&f->lock);
    f->settled = commit;
    pthread_cond_broadcast(&f->moved);
    pthread_mutex_unlock(&f->lock);
}

static void
flush(struct flusher *f)
{
    if (!db_flush(f->db))
        f->failed();
}

void
flusher_flush(struct flusher *f, bool flushed)
{
    pthread_mutex_lock(&f->lock);
    while (f->out > 0)
        pthread_cond_wait(&f->moved, &f->lock);
    int64_t commit = f->begun;
    pthread_mutex_unlock(&f->lock);
    if (!flushed)
        flush(f);
    settle(f, commit);
}

/* A commit that was cancelled meanwhile settles nothing and is not missed. */
void
flusher_wait(struct flusher *f)
{
    pthread_mutex_lock(&f->lock);
    const int64_t seen = f->begun;
    while (f->settled < seen && f->begun >= seen)
        pthread_cond_wait(&f->moved, &f->lock);
    pthread_mutex_unlock(&f->lock);
}

int64_t
flusher_busy_since_us(const struct flusher *f)
{
    return atomic_load(&f->busy_since_us);
}

/* -------------------------------------------------------------- the thread */

/* All that was given, in order; NULL: told to stop. */
static struct group *
take(struct flusher *f)
{
    pthread_mutex_lock(&f->lock);
    while (f->first == NULL && !f->stopping)
        pthread_cond_wait(&f->given, &f->lock);
    struct group *first = f->first;
    f->first = NULL;
    f->end = &f->first;
    pthread_mutex_unlock(&f->lock);
    return first;
}

static void
give_back(struct flusher *f, struct group *group)
{
    pthread_mutex_lock(&f->lock);
    group->given = false;
    f->out--;
    pthread_cond_broadcast(&f->moved);
    pthread_mutex_unlock(&f->lock);
}

static void *
flusher_main(void *argument)
{
    struct flusher *f = argument;

    for (struct group *first; (first = take(f)) != NULL;) {
        int64_t last = 0;
        for (struct group *group = first; group != NULL; group = group->next)
            last = group->commit;
        atomic_store(&f->busy_since_us, clock_monotonic_us());
        flush(f);
        settle(f, last);
        atomic_store(&f->busy_since_us, 0);
        for (struct group *group = first; group != NULL;) {
            struct group *next = group->next; /* it may be given anew */
            f->tell(group);
            give_back(f, group);
            group = next;
        }
    }
    return NULL;
}
