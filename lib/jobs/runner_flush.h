/*
 * runner_flush: a thread beside a writer that waits for the disk in his
 * place. The writer hands over a group whose commit was put off
 * (db_commit_soon) and goes on with the next one; once what it wrote is on
 * the disk, the units of the group are told, on this thread. Private to the
 * runner.
 *
 * What is not flushed is nobody's business yet: whoever has read from the
 * database waits, too, before he answers.
 */
#ifndef JOBS_RUNNER_FLUSH_H
#define JOBS_RUNNER_FLUSH_H

#include <stdbool.h>

#include "lib/db/db.h"

struct flusher;
struct group;

/* For the connection of one writer. `tell` is called once for each group, in
 * the order they were given, and `failed` when the disk did: it ends the
 * process. NULL: there is no thread to be had. */
struct flusher *flusher_start(struct db *, void (*tell)(struct group *),
                              void (*failed)(void));

/* All that was given is told. No writer may be at work. NULL is allowed. */
void flusher_stop(struct flusher *);

/* The writer's calls. Before each commit, and when it was refused. */
void flusher_begin(struct flusher *);
void flusher_cancel(struct flusher *);

/* One of the two that is not with the flusher; waits for it. */
struct group *flusher_room(struct flusher *, struct group *groups);

/* Nothing was given that is not told. */
bool flusher_is_idle(struct flusher *);

/* The group of the commit that was begun last. */
void flusher_give(struct flusher *, struct group *);

/* Instead of giving: waits for what was given, and for the disk unless what
 * was committed is `flushed`, on the writer's thread. He tells it himself. */
void flusher_flush(struct flusher *, bool flushed);

/* For readers: what they can have seen is on the disk when this returns. */
void flusher_wait(struct flusher *);

/* Since when the thread has been waiting for the disk; 0: it is not. */
int64_t flusher_busy_since_us(const struct flusher *);

#endif
