/*
 * runner_group: tries a group of units in one transaction and answers them.
 *
 * It is not about threads or waiting (runner.c). The rule everything here
 * serves: nobody hears of success unless the commit that holds it returned
 * true, and one failing unit never harms its neighbours.
 *
 * A group that fails is rolled back and tried in smaller parts: when the
 * unit at fault is known, those before it, it alone, those after it, so that
 * a client that keeps failing does not take group commit from the others;
 * when it is not known, because the error came late, each unit alone.
 */
#include "lib/jobs/runner_group.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"

/* What came of one transaction. */
enum outcome {
    OUTCOME_STORED,
    OUTCOME_FAILED,    /* rolled back: something in it was refused */
    OUTCOME_CONTENDED, /* rolled back: it met another writer's changes */
    OUTCOME_BUSY,      /* no transaction could be begun, though connected */
    OUTCOME_AWAY,      /* there is no connection */
    OUTCOME_LOST,      /* the connection went before COMMIT was sent */
    OUTCOME_UNKNOWN,   /* it went while COMMIT was under way */
    OUTCOME_FULL,      /* rolled back: the disk has no room */
};

/* A part of the group: members from .. to-1. */
struct range {
    int from;
    int to;
};

enum { NOBODY = -1, EXIT_DISK_FAILED = 70, CONTENDED_TRIES = 6 };

static const int64_t reconnect_us = 1000000;
static const int64_t pause_first_us = 200000;
static const int64_t pause_most_us = 5000000;
static const int64_t unwell_us = 5000000;
/* Those who were answered ask again within so long, and come to an empty
 * queue meanwhile: that is no quiet time. */
static const int64_t moment_us = 20000;

static void serve(struct worker *, struct range);
static enum outcome try_patiently(struct worker *, struct range, int *at_fault);
static enum outcome try_connected(struct worker *, struct range, int *at_fault);
static enum outcome try_once(struct worker *, struct range, int *at_fault);
static int range_begin(struct worker *, struct range);
static bool commit(struct worker *);
static int64_t stood_idle(struct worker *);
static void settle_share(struct worker *, int64_t group_us);
static bool group_opened(struct worker *, int count);
static bool units_ran(struct worker *, struct range, int *at_fault);
static bool begun_together(struct worker *, int first, int end);
static bool reader_kept_still(struct work *);
static enum outcome roll_back(struct worker *, struct range, bool committing);
static void conclude(struct worker *, struct range, enum outcome);
static bool reach_disk(struct worker *, struct range, enum outcome);
static void tell_stored(struct group *, struct range);
static void answer(struct group *, struct range);
static void pause_begin(struct worker *);
static void pause_end(struct worker *);
static bool pausing(const struct worker *);
static void stop_if_disk_failed(const struct worker *);
static void sleep_us(int64_t);

void
worker_serve(struct worker *k, int count)
{
    const struct range all = { 0, count };

    assert(count <= k->room);
    int64_t began_us = stood_idle(k);
    atomic_store(&k->busy_since_us, began_us);
    k->group = k->writes && k->flusher != NULL
                 ? flusher_room(k->flusher, k->groups)
                 : &k->groups[0];
    k->group->count = count;
    for (int i = 0; i < count; i++) {
        struct unit *unit = k->units[i];
        k->group->members[i].unit = unit;
        k->group->members[i].steps_back = unit->steps_back;
        k->group->members[i].weight = unit->weight > 0 ? unit->weight : 1;
        k->group->members[i].settled = false;
    }
    k->back_us = 0;
    if (pausing(k)) {
        range_begin(k, all);
        conclude(k, all, OUTCOME_AWAY);
    } else {
        serve(k, all);
    }
    atomic_store(&k->busy_since_us, 0);
    k->count_before = count;
    k->ended_before_us = k->idle_from_us = clock_monotonic_us();
    if (k->pause_until_us == 0) /* else it says nothing of what they cost */
        settle_share(k, k->ended_before_us - began_us);
}

/* Until now; which is when? */
static int64_t
stood_idle(struct worker *k)
{
    int64_t now_us = clock_monotonic_us();

    if (k->idle_from_us != 0)
        share_idle(&k->share, now_us - k->idle_from_us);
    k->idle_from_us = now_us;
    return now_us;
}

/* While others come, those that step back go when it is their turn, even
 * though nobody else is there at this moment. */
struct unit_room
worker_room(struct worker *k)
{
    int64_t now_us = stood_idle(k);
    int64_t quiet_us = k->asked_us == 0 ? 0 : k->asked_us + moment_us;
    bool quiet = now_us >= quiet_us;
    struct unit_room room = {
        .units = k->room,
        .weight = k->room,
        .back_weight = share_beside(&k->share, k->room),
        .wake_us = k->pause_until_us,
    };

    room.alone_weight =
        quiet ? share_alone(&k->share, k->room) : room.back_weight;
    if (room.alone_weight > 0)
        return room;
    int64_t turn_us = now_us + share_turn_us(&k->share);
    int64_t wake_us = turn_us < quiet_us ? turn_us : quiet_us;
    if (room.wake_us == 0 || wake_us < room.wake_us)
        room.wake_us = wake_us;
    return room;
}

/* The units of the group may be gone: they were answered. */
static void
settle_share(struct worker *k, int64_t group_us)
{
    int others = 0, back_weight = 0;

    for (int i = 0; i < k->group->count; i++) {
        others += !k->group->members[i].steps_back;
        back_weight +=
            k->group->members[i].steps_back ? k->group->members[i].weight : 0;
    }
    share_measured(&k->share, k->back_us, back_weight);
    if (others > 0)
        k->asked_us = k->ended_before_us;
    else
        k->back_us = group_us; /* their commit, too */
    share_group(&k->share, group_us - k->back_us, k->back_us);
}

/* Units beside each of `count`. */
static int
units_beside(const struct worker *k, int count)
{
    int now = unit_queue_count(k->queue) + count - 1;
    bool just_now = clock_monotonic_us() < k->ended_before_us + moment_us;

    return just_now && k->count_before > now ? k->count_before : now;
}

void
worker_probe(struct worker *k)
{
    if (k->pause_until_us == 0 || pausing(k))
        return;
    if (db_begin(k->db)) {
        db_rollback(k->db);
        pause_end(k);
        return;
    }
    stop_if_disk_failed(k);
    pause_begin(k);
}

void
worker_checkpoint(struct worker *k)
{
    if (!db_checkpoint(k->db))
        stop_if_disk_failed(k);
}

/* Answers every member of the range. */
static void
serve(struct worker *k, struct range all)
{
    while (all.from < all.to) {
        int at_fault = NOBODY;
        enum outcome outcome = try_patiently(k, all, &at_fault);
        bool smaller =
            all.to - all.from > 1
            && (outcome == OUTCOME_FAILED || outcome == OUTCOME_CONTENDED);

        if (!smaller) {
            conclude(k, all, outcome);
            return;
        }
        if (at_fault != NOBODY) {
            serve(k, (struct range){ all.from, at_fault });
            serve(k, (struct range){ at_fault, at_fault + 1 });
            all.from = at_fault + 1;
            continue;
        }
        for (; all.from < all.to; all.from++)
            serve(k, (struct range){ all.from, all.from + 1 });
    }
}

/* Whoever met another writer alone goes again after a while (G10). */
static enum outcome
try_patiently(struct worker *k, struct range part, int *at_fault)
{
    enum outcome outcome = try_connected(k, part, at_fault);

    for (int i = 1; i < CONTENDED_TRIES && outcome == OUTCOME_CONTENDED; i++) {
        if (part.to - part.from > 1)
            return outcome;
        int64_t most_us = 50000 << i;
        if (most_us > 500000)
            most_us = 500000;
        sleep_us(
            50000
            + (int64_t)random_below(&k->jitter, (uint64_t)most_us - 49999));
        outcome = try_connected(k, part, at_fault);
    }
    return outcome;
}

/*
 * A connection that went before COMMIT was sent has stored nothing: connect
 * again and repeat, once. A database that is not back within a second is
 * away, and those who come next are told so without waiting.
 */
static enum outcome
try_connected(struct worker *k, struct range part, int *at_fault)
{
    const bool was_well = k->pause_max_us == 0;
    const int64_t until_us = clock_monotonic_us() + reconnect_us;
    enum outcome outcome = try_once(k, part, at_fault);
    bool lost = outcome == OUTCOME_LOST;

    if (was_well && (lost || outcome == OUTCOME_AWAY))
        outcome = try_once(k, part, at_fault);
    while (was_well && outcome == OUTCOME_AWAY
           && clock_monotonic_us() < until_us) {
        sleep_us(50000 + (int64_t)random_below(&k->jitter, 100000));
        outcome = try_once(k, part, at_fault);
    }
    if (outcome == OUTCOME_AWAY || outcome == OUTCOME_BUSY)
        pause_begin(k);
    else if (outcome == OUTCOME_FULL)
        atomic_store(&k->unwell_until_us, clock_monotonic_us() + unwell_us);
    else if (k->pause_max_us != 0 && outcome != OUTCOME_LOST
             && outcome != OUTCOME_UNKNOWN)
        pause_end(k);
    return outcome;
}

/* One transaction with the members that are not settled yet. `*at_fault`
 * becomes the one that failed, when it is known. */
static enum outcome
try_once(struct worker *k, struct range part, int *at_fault)
{
    int count = range_begin(k, part);

    *at_fault = NOBODY;
    if (count == 0) {
        k->flushed = true; /* nothing is committed */
        return OUTCOME_STORED;
    }
    if (!db_begin(k->db)) {
        stop_if_disk_failed(k);
        return db_last_result(k->db) == DB_LOST ? OUTCOME_AWAY : OUTCOME_BUSY;
    }
    if (!group_opened(k, count) || !units_ran(k, part, at_fault))
        return roll_back(k, part, false);
    if (!k->writes) {
        db_rollback(k->db); /* the end of a snapshot */
        return OUTCOME_STORED;
    }
    if (k->hooks->group_end != NULL && !k->hooks->group_end(&k->group->work))
        return roll_back(k, part, false);
    if (!commit(k))
        return roll_back(k, part, true);
    atomic_fetch_add(&k->commits, 1);
    if (k->hooks->group_done != NULL)
        k->hooks->group_done(&k->group->work, true);
    return OUTCOME_STORED;
}

/* With a flusher the disk need not have it yet. */
static bool
commit(struct worker *k)
{
    if (k->flusher == NULL)
        return db_commit(k->db);
    flusher_begin(k->flusher);
    if (db_commit_soon(k->db, &k->flushed))
        return true;
    flusher_cancel(k->flusher);
    return false;
}

/* Everything a try may touch is as new. Returns how many will run. */
static int
range_begin(struct worker *k, struct range part)
{
    int count = 0;

    arena_reset(&k->group->arena);
    k->group->work = (struct work){
        .arena = &k->group->arena,
        .db = k->db,
        .now_ms = clock_now_ms(),
        .ids = &k->ids,
        .random = &k->random,
        .waiting = units_beside(k, part.to - part.from),
        .app = k->app,
    };
    for (int i = part.from; i < part.to; i++) {
        struct member *m = &k->group->members[i];
        if (m->settled)
            continue;
        m->begun = m->ok = false;
        m->work = k->group->work;
        m->work.arena = m->unit->arena;
        m->work.workspace = m->unit->workspace;
        m->work.actor = m->unit->actor;
        k->units[count++] = m->unit;
    }
    return count;
}

static bool
group_opened(struct worker *k, int count)
{
    return !k->writes || k->hooks->group_begin == NULL
        || k->hooks->group_begin(&k->group->work, k->units, count);
}

static bool
unit_ran(struct worker *k, struct member *m)
{
    int64_t began_us = m->steps_back ? clock_monotonic_us() : 0;
    bool ok = m->unit->run(&m->work, m->unit->context)
           && (k->writes || reader_kept_still(&m->work));

    if (m->steps_back)
        k->back_us += clock_monotonic_us() - began_us;
    return ok;
}

/* From here on units step back: what others have collected is not written in
 * their time. */
static bool
others_end_at(const struct worker *k, int i)
{
    return i > 0 && k->group->members[i].steps_back
        && !k->group->members[i - 1].steps_back;
}

/*
 * False when the transaction cannot be kept. A unit that failed before it
 * changed anything only answers its error and the others go on, but a
 * statement that failed under it counts against the whole: PostgreSQL
 * refuses everything after it, and it may be a neighbour's late error.
 */
static bool
units_ran(struct worker *k, struct range part, int *at_fault)
{
    bool changed = false;

    for (int i = part.from; i < part.to; i++) {
        struct member *m = &k->group->members[i];
        if (m->settled)
            continue;
        if (changed && others_end_at(k, i) && !db_settle(k->db))
            return false;
        if (!begun_together(k, i, part.to))
            return false;
        m->ok = unit_ran(k, m);
        changed |= m->work.changed || k->group->work.changed;
        if (m->ok)
            continue;

        bool database =
            db_last_result(k->db) != DB_OK || !db_in_transaction(k->db);
        if (database)
            return false;
        if (m->work.changed) {
            *at_fault = i;
            return false;
        }
        /* What it saw is in the database already, or nobody's: final. */
        m->settled = !changed;
    }
    return true;
}

/* What the unit does together with those behind it, if that is to be done. */
static bool
begun_together(struct worker *k, int first, int end)
{
    const struct member *m = &k->group->members[first];
    int64_t began_us = m->steps_back ? clock_monotonic_us() : 0;
    int count = 0;

    if (m->unit->together == NULL || m->begun || !k->writes)
        return true;
    for (int i = first; i < end; i++) {
        struct member *other = &k->group->members[i];
        if (other->settled || other->unit->together != m->unit->together)
            continue;
        other->begun = true;
        k->units[count++] = other->unit;
    }
    bool ok = m->unit->together(&k->group->work, k->units, count);
    if (m->steps_back)
        k->back_us += clock_monotonic_us() - began_us;
    return ok;
}

/* A change by a reader will never be stored: it must not look like one. */
static bool
reader_kept_still(struct work *w)
{
    if (!w->changed)
        return true;
    log_error("reader_tried_to_write", LOG_ID("workspace", w->workspace));
    return fail(w, ERR_INTERNAL,
                "The server could not do this; its log says why.");
}

/* The failure of a single unit becomes its error here, while the connection
 * still knows what it was. */
static enum outcome
roll_back(struct worker *k, struct range part, bool committing)
{
    static const enum outcome outcome_of[] = {
        [DB_OK] = OUTCOME_FAILED,    [DB_UNIQUE] = OUTCOME_FAILED,
        [DB_STALE] = OUTCOME_FAILED, [DB_CONSTRAINT] = OUTCOME_FAILED,
        [DB_BUSY] = OUTCOME_FAILED,  [DB_SERIALIZATION] = OUTCOME_CONTENDED,
        [DB_LOST] = OUTCOME_LOST,    [DB_FULL] = OUTCOME_FULL,
        [DB_IO] = OUTCOME_FAILED,    [DB_ERROR] = OUTCOME_FAILED,
    };
    enum db_result result = db_last_result(k->db);
    struct member *m = &k->group->members[part.from];

    stop_if_disk_failed(k);
    if (part.to - part.from == 1 && (m->ok || m->work.error.kind == ERR_NONE)) {
        if (committing && result != DB_OK)
            fail_db(&m->work);
        else
            m->work.error = k->group->work.error; /* a hook's */
    }
    db_rollback(k->db);
    if (k->writes && k->hooks->group_done != NULL)
        k->hooks->group_done(&k->group->work, false);
    if (committing && result == DB_LOST)
        return OUTCOME_UNKNOWN;
    return outcome_of[result];
}

/* The range is decided: tells what happened, answers everybody. */
static void
conclude(struct worker *k, struct range part, enum outcome outcome)
{
    static const char away[] = "The database cannot be reached now. "
                               "Try again soon.";
    static const char *const excuses[] = {
        [OUTCOME_BUSY] = away,
        [OUTCOME_AWAY] = away,
        [OUTCOME_LOST] = away,
        [OUTCOME_UNKNOWN] =
            "It is not known whether this was stored: repeat it with the "
            "same Idempotency-Key.",
        [OUTCOME_FULL] = "The disk of the server is full. Try again later.",
    };
    const char *excuse = excuses[outcome];

    for (int i = part.from; i < part.to; i++) {
        struct member *m = &k->group->members[i];
        if (m->settled)
            continue;
        m->settled = true;
        if (outcome == OUTCOME_STORED)
            continue;
        m->ok = false;
        if (excuse != NULL) {
            m->work.error = (struct error){ 0 };
            fail(&m->work, ERR_UNAVAILABLE, "%s", excuse);
        }
    }
    if (k->flusher != NULL && !reach_disk(k, part, outcome))
        return; /* the flusher tells them */
    if (outcome == OUTCOME_STORED && k->writes)
        tell_stored(k->group, part);
    answer(k->group, part);
}

/*
 * True when the range may be told now, false when the flusher will do it: for
 * a whole group, while others wait. Whoever comes alone is served by one
 * thread. Readers, and those who were refused, may have seen what is not
 * flushed yet.
 */
static bool
reach_disk(struct worker *k, struct range part, enum outcome outcome)
{
    struct flusher *f = k->flusher;
    bool flushed = outcome != OUTCOME_STORED || k->flushed;
    bool whole = part.from == 0 && part.to == k->group->count;

    if (!k->writes) {
        flusher_wait(f);
        return true;
    }
    if (outcome == OUTCOME_STORED && whole
        && (!flusher_is_idle(f)
            || (!flushed && unit_queue_count(k->queue) > 0))) {
        flusher_give(f, k->group);
        return false;
    }
    flusher_flush(f, flushed);
    return true;
}

static void
tell(const struct runner_hooks *hooks, const struct live_event *event)
{
    for (; event != NULL; event = event->next)
        hooks->tell(hooks->context, event);
}

static void
tell_all(struct group *g, struct range part)
{
    const struct runner_hooks *hooks = g->worker->hooks;

    if (hooks->tell == NULL)
        return;
    for (int i = part.from; i < part.to; i++) {
        if (g->members[i].ok)
            tell(hooks, g->members[i].work.live);
    }
    tell(hooks, g->work.live); /* what the hooks said of the group */
}

static void
watch_jobs(struct group *g, struct range part)
{
    struct job_watch *watch = g->worker->watch;
    int64_t due_ms = g->work.jobs_due_ms;

    for (int i = part.from; i < part.to; i++) {
        const struct member *m = &g->members[i];
        if (m->ok && m->work.jobs_due_ms != 0
            && (due_ms == 0 || m->work.jobs_due_ms < due_ms))
            due_ms = m->work.jobs_due_ms;
    }
    if (due_ms == 0)
        return;
    pthread_mutex_lock(&watch->lock);
    if (watch->due != NULL)
        watch->due(watch->context, due_ms);
    pthread_mutex_unlock(&watch->lock);
}

static void
tell_stored(struct group *group, struct range part)
{
    tell_all(group, part);
    watch_jobs(group, part);
}

static void
answer(struct group *g, struct range part)
{
    for (int i = part.from; i < part.to; i++) {
        struct member *m = &g->members[i];
        assert(m->settled);
        if (!m->ok && m->work.error.kind == ERR_NONE) {
            log_error("unit_failed_without_reason",
                      LOG_ID("workspace", m->unit->workspace));
            fail(&m->work, ERR_INTERNAL,
                 "The server could not do this; its log says why.");
        }
        atomic_fetch_add(&g->worker->answered, 1);
        m->unit->done(&m->work, m->unit->context, m->ok);
    }
}

void
worker_tell(struct group *group)
{
    const struct range all = { 0, group->count };

    tell_stored(group, all);
    answer(group, all);
}

static bool
pausing(const struct worker *k)
{
    return clock_monotonic_us() < k->pause_until_us;
}

/* Longer each time, and not at the same moment on every node (G10). */
static void
pause_begin(struct worker *k)
{
    k->pause_max_us =
        k->pause_max_us == 0 ? pause_first_us : k->pause_max_us * 2;
    if (k->pause_max_us > pause_most_us)
        k->pause_max_us = pause_most_us;
    k->pause_until_us =
        clock_monotonic_us() + 100000
        + (int64_t)random_below(&k->jitter, (uint64_t)k->pause_max_us - 99999);
    atomic_store(&k->unwell_until_us, INT64_MAX);
    log_warning("database_away", LOG_WORD("message", db_last_message(k->db)));
}

static void
pause_end(struct worker *k)
{
    k->pause_until_us = 0;
    k->pause_max_us = 0;
    atomic_store(&k->unwell_until_us, 0);
    log_info("database_back", LOG_NUMBER("writes", k->writes));
}

/*
 * After a failed flush the kernel may have dropped the pages it could not
 * write, so nothing this process could do next would be true (D11).
 */
static void
stop_if_disk_failed(const struct worker *k)
{
    if (db_last_result(k->db) != DB_IO)
        return;
    log_error("disk_failed", LOG_WORD("message", db_last_message(k->db)));
    _exit(EXIT_DISK_FAILED);
}

void
worker_disk_failed(void)
{
    log_error("disk_failed", LOG_WORD("message", strerror(errno)));
    _exit(EXIT_DISK_FAILED);
}

static void
sleep_us(int64_t us)
{
    const struct timespec t = { us / 1000000, us % 1000000 * 1000 };

    nanosleep(&t, NULL);
}
