/*
 * runner_fault_test: what the runner answers when the database fails. The
 * database is a stand-in whose failures are scripted, so that each of them
 * happens at the one moment that matters; runner_test.c uses the real ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours fails a unit */

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/jobs/runner.h"

enum { SCRIPT_MAX = 16, ROWS_MAX = 64, ASKS_MAX = 16 };

/* The stand-in: one writer's connection and what it has stored. */
struct db {
    bool writes;
    bool begun;
    enum db_result last;
    int64_t pending[ROWS_MAX];
    int pending_count;
};

static struct {
    enum db_result begins[SCRIPT_MAX]; /* of the writer, in order; then OK */
    enum db_result commits[SCRIPT_MAX];
    _Atomic bool away; /* the writer cannot begin */
    _Atomic int begin_count;
    int commit_count, committed;
    int64_t stored[ROWS_MAX];
    int stored_count;
    int told[ROWS_MAX];
    int told_count;
    int group_begins, group_ends, kept, dropped;
    int group_end_failing; /* this one, counted from 1 */
    bool late; /* a value that is stored twice shows at the commit */
    int hook_sizes[ROWS_MAX];
    bool puts_off;         /* commits do not wait for the disk */
    bool slow;             /* a flush waits for `disk` */
    bool broken;           /* a flush fails */
    int flushed_count;     /* of stored */
    _Atomic int rollbacks; /* of the writer's transactions */
    int flushes;
} fake;

/* The writer stores while the flusher looks at what is stored. */
static pthread_mutex_t fake_lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t disk;
static sem_t flushing;

struct db *
db_open(struct arena *arena, const char *address, bool read_only,
        struct str *why)
{
    struct db *db = calloc(1, sizeof *db);

    (void)arena, (void)address, (void)why;
    db->writes = !read_only;
    return db;
}

void
db_close(struct db *db)
{
    free(db);
}

enum db_engine
db_engine_of(const char *address)
{
    (void)address;
    return DB_SQLITE;
}

enum db_engine
db_engine(const struct db *db)
{
    (void)db;
    return DB_SQLITE;
}

enum db_result
db_last_result(const struct db *db)
{
    return db->last;
}

const char *
db_last_message(const struct db *db)
{
    (void)db;
    return "scripted";
}

const char *
db_result_name(enum db_result result)
{
    (void)result;
    return "scripted";
}

bool
db_in_transaction(const struct db *db)
{
    return db->begun;
}

bool
db_begin(struct db *db)
{
    assert_false(db->begun);
    db->last = DB_OK;
    if (db->writes && fake.begin_count < SCRIPT_MAX)
        db->last = fake.begins[fake.begin_count];
    if (db->writes && fake.away)
        db->last = DB_LOST;
    fake.begin_count += db->writes;
    db->begun = db->last == DB_OK;
    db->pending_count = 0;
    return db->begun;
}

static bool
is_stored(int64_t value)
{
    for (int i = 0; i < fake.stored_count; i++) {
        if (fake.stored[i] == value)
            return true;
    }
    return false;
}

static bool
end_transaction(struct db *db)
{
    assert_true(db->begun);
    db->last = DB_OK;
    if (fake.commit_count < SCRIPT_MAX)
        db->last = fake.commits[fake.commit_count++];
    for (int i = 0; i < db->pending_count && fake.late; i++) {
        if (is_stored(db->pending[i]))
            db->last = DB_UNIQUE;
    }
    if (db->last != DB_OK)
        return false;
    memcpy(fake.stored + fake.stored_count, db->pending,
           (size_t)db->pending_count * sizeof db->pending[0]);
    fake.stored_count += db->pending_count;
    fake.committed++;
    db->begun = false;
    return true;
}

bool
db_commit_soon(struct db *db, bool *flushed)
{
    pthread_mutex_lock(&fake_lock);
    bool ok = end_transaction(db);
    *flushed = !fake.puts_off || db->pending_count == 0;
    if (!fake.puts_off)
        fake.flushed_count = fake.stored_count;
    pthread_mutex_unlock(&fake_lock);
    return ok;
}

bool
db_commit(struct db *db)
{
    bool flushed;

    return db_commit_soon(db, &flushed) && (flushed || db_flush(db));
}

bool
db_flush(struct db *db)
{
    (void)db;
    pthread_mutex_lock(&fake_lock);
    int stored = fake.stored_count;
    bool slow = fake.slow;
    pthread_mutex_unlock(&fake_lock);
    if (slow) {
        sem_post(&flushing);
        sem_wait(&disk);
    }
    if (fake.broken)
        return false;
    pthread_mutex_lock(&fake_lock);
    fake.flushed_count = stored;
    fake.flushes++;
    pthread_mutex_unlock(&fake_lock);
    return true;
}

/* On the disk, not only stored. */
static bool
is_flushed(int64_t value)
{
    bool is = false;

    pthread_mutex_lock(&fake_lock);
    for (int i = 0; i < fake.flushed_count; i++)
        is |= fake.stored[i] == value;
    pthread_mutex_unlock(&fake_lock);
    return is;
}

void
db_rollback(struct db *db)
{
    if (db->writes)
        atomic_fetch_add(&fake.rollbacks, 1);
    db->begun = false;
    db->pending_count = 0;
}

/* The value is the row; its SQL, when not NULL, names a failure. */
bool
db_run(struct db *db, const char *sql, const struct db_value *values, int count,
       int64_t *changed)
{
    (void)count, (void)changed;
    assert_true(db->begun);
    db->last = sql == NULL ? DB_OK : (enum db_result)sql[0] - 'a';
    if (db->last == DB_OK)
        db->pending[db->pending_count++] = values[0].integer;
    if (db->last == DB_LOST)
        db->begun = false;
    return db->last == DB_OK;
}

bool
db_query(struct db *db, struct arena *arena, const char *sql,
         const struct db_value *values, int count, struct db_rows *rows)
{
    (void)arena, (void)rows;
    return db_run(db, sql, values, count, NULL);
}

bool
db_query_text(struct db *db, struct arena *arena, struct str sql,
              const struct db_value *values, int count, struct db_rows *rows)
{
    (void)sql;
    return db_query(db, arena, NULL, values, count, rows);
}

bool
db_insert(struct db *db, const struct db_insert *insert,
          const struct db_value *values, int count)
{
    (void)insert;
    return db_run(db, NULL, values, count, NULL);
}

bool
db_update(struct db *db, const struct db_update *update,
          const struct db_value *values, int count)
{
    (void)db, (void)update, (void)values, (void)count;
    return true;
}

bool
db_settle(struct db *db)
{
    (void)db;
    return true;
}

bool
db_checkpoint(struct db *db)
{
    assert_false(db->begun);
    return true;
}

struct db_value
db_int(int64_t value)
{
    return (struct db_value){ .kind = DB_INT, .integer = value };
}

/* The failures are meant; nobody needs to read of them. */
void
log_write(enum log_level level, const char *event,
          const struct log_field *fields)
{
    (void)level, (void)event, (void)fields;
}

/* What a unit of these tests does. */
enum deed {
    WAIT,            /* holds the writer until the gate opens */
    STORE,           /* stores its number */
    REFUSE,          /* fails before it changes anything */
    STORE_AND_FAIL,  /* fails after it has */
    STATEMENT_FAILS, /* `result` comes from its statement */
    LOST_ONCE,       /* the first time, the connection goes under it */
};

struct ask {
    struct unit unit;
    struct arena arena;
    enum deed deed;
    enum db_result result;
    int64_t number;
    int runs;
    int dones;
    bool ok;
    enum error_kind kind;
};

struct bench {
    struct runner *runner;
    struct arena arena;
    struct ask asks[ASKS_MAX];
    int count;
};

static sem_t gate;
static sem_t reached;
static sem_t answered;

static bool
run(struct work *w, void *context)
{
    static const char *const failing[] = { "a", "b", "c", "d", "e",
                                           "f", "g", "h", "i" };
    struct ask *ask = context;

    ask->runs++;
    if (ask->deed == WAIT) {
        sem_post(&reached);
        sem_wait(&gate);
        return true;
    }
    if (ask->deed == REFUSE)
        return fail(w, ERR_FORBIDDEN, "not you");
    if (ask->deed == STATEMENT_FAILS)
        return work_run(w, failing[ask->result], NULL, 0, NULL);
    if (ask->deed == LOST_ONCE && ask->runs == 1)
        return work_run(w, failing[DB_LOST], NULL, 0, NULL);
    if (!work_run(w, NULL, DB_VALUES(db_int(ask->number)), NULL))
        return false;
    work_tell(w, &(struct live_event){ .id = { ask->number }, .topic = "x" });
    if (ask->deed == STORE_AND_FAIL)
        return fail(w, ERR_INVALID, "changed my mind");
    return true;
}

static void
done(struct work *w, void *context, bool ok)
{
    struct ask *ask = context;

    ask->dones++;
    ask->ok = ok;
    ask->kind = w->error.kind;
    if (ok && ask->deed == STORE)
        assert_true(is_flushed(ask->number));
    sem_post(&answered);
}

static bool
group_begin(struct work *w, struct unit *const *units, int count)
{
    (void)w, (void)units;
    fake.hook_sizes[fake.group_begins++ % ROWS_MAX] = count;
    return true;
}

static bool
group_end(struct work *w)
{
    fake.group_ends++;
    if (fake.group_ends != fake.group_end_failing)
        return true;
    return fail(w, ERR_INTERNAL, "scripted");
}

static void
group_done(struct work *w, bool committed)
{
    (void)w;
    fake.kept += committed;
    fake.dropped += !committed;
}

static void
tell(void *context, const struct live_event *event)
{
    (void)context;
    fake.told[fake.told_count++] = (int)event->id.value;
}

static void
ask_as(struct bench *bench, enum unit_side side, enum deed deed,
       enum db_result result)
{
    struct ask *a = &bench->asks[bench->count++];

    a->deed = deed;
    a->result = result;
    a->number = bench->count - 1;
    arena_init(&a->arena);
    a->unit = (struct unit){
        .side = side, .arena = &a->arena, .run = run, .done = done, .context = a
    };
    assert_true(runner_submit(bench->runner, &a->unit));
}

static void
ask(struct bench *bench, enum deed deed, enum db_result result)
{
    ask_as(bench, UNIT_WRITES, deed, result);
}

/* The writer is held by unit 0, so that what is asked next is one group. */
static void
bench_open(struct bench *bench)
{
    struct str why;

    memset(bench, 0, sizeof *bench);
    memset(&fake, 0, sizeof fake);
    sem_init(&gate, 0, 0);
    sem_init(&reached, 0, 0);
    sem_init(&answered, 0, 0);
    sem_init(&disk, 0, 0);
    sem_init(&flushing, 0, 0);
    arena_init(&bench->arena);
    bench->runner = runner_start(
        &(struct runner_settings){
            .database = "scripted",
            .readers = 1,
            .writers = 1,
            .group_max = 64,
            .queue_max = 10,
            .hooks = { .group_begin = group_begin,
                       .group_end = group_end,
                       .group_done = group_done,
                       .tell = tell },
        },
        &bench->arena, &why);
    assert_non_null(bench->runner);
    ask(bench, WAIT, DB_OK);
    sem_wait(&reached);
}

/* Lets the group run; the script starts with its first transaction. */
static void
bench_run(struct bench *bench)
{
    memmove(fake.begins + 1, fake.begins,
            sizeof fake.begins - sizeof fake.begins[0]);
    memmove(fake.commits + 1, fake.commits,
            sizeof fake.commits - sizeof fake.commits[0]);
    fake.begins[0] = fake.commits[0] = DB_OK;
    sem_post(&gate);
    for (int i = 0; i < bench->count; i++)
        sem_wait(&answered);
}

static void
bench_close(struct bench *bench)
{
    runner_stop(bench->runner);
    for (int i = 0; i < bench->count; i++) {
        assert_int_equal(bench->asks[i].dones, 1);
        arena_free(&bench->asks[i].arena);
    }
    arena_free(&bench->arena);
}

static void
a_group_is_one_commit(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b);
    for (int i = 0; i < 5; i++)
        ask(&b, STORE, DB_OK);
    bench_run(&b);
    assert_int_equal(fake.committed, 2); /* the gate's and the group's */
    assert_int_equal(fake.stored_count, 5);
    assert_int_equal(fake.group_begins, 2);
    assert_int_equal(fake.hook_sizes[1], 5);
    assert_int_equal(fake.kept, 2);
    assert_int_equal(fake.told_count, 5);
    for (int i = 0; i < 5; i++)
        assert_int_equal(fake.told[i], i + 1);
    bench_close(&b);
}

static void
a_refusal_before_any_change_costs_no_second_run(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b);
    ask(&b, STORE, DB_OK);
    ask(&b, REFUSE, DB_OK);
    ask(&b, STORE, DB_OK);
    bench_run(&b);
    assert_int_equal(fake.committed, 2);
    assert_int_equal(fake.stored_count, 2);
    assert_false(b.asks[2].ok);
    assert_int_equal(b.asks[2].kind, ERR_FORBIDDEN);
    assert_int_equal(b.asks[2].runs, 1);
    bench_close(&b);
}

static void
a_failure_after_a_change_harms_no_neighbour(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b);
    ask(&b, STORE, DB_OK);
    ask(&b, STORE, DB_OK);
    ask(&b, STORE_AND_FAIL, DB_OK);
    ask(&b, STORE, DB_OK);
    ask(&b, STORE, DB_OK);
    bench_run(&b);
    assert_false(b.asks[3].ok);
    assert_int_equal(b.asks[3].kind, ERR_INVALID);
    assert_int_equal(fake.stored_count, 4);
    assert_false(is_stored(3));
    assert_int_equal(fake.told_count, 4); /* nobody hears of the third */
    assert_int_equal(fake.committed, 3);  /* gate, before, after */
    bench_close(&b);
}

static void
a_refusal_that_saw_a_neighbours_change_is_asked_again(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b);
    ask(&b, REFUSE, DB_OK);
    ask(&b, STORE, DB_OK);
    ask(&b, REFUSE, DB_OK);
    ask(&b, STORE_AND_FAIL, DB_OK);
    bench_run(&b);
    assert_int_equal(b.asks[1].runs, 1); /* saw what is stored */
    assert_int_equal(b.asks[3].runs, 2); /* saw what was rolled back */
    assert_int_equal(b.asks[3].kind, ERR_FORBIDDEN);
    bench_close(&b);
}

static void
an_error_that_comes_late_is_answered_to_its_own_unit(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b);
    fake.late = true;
    fake.stored[fake.stored_count++] = 2;
    ask(&b, STORE, DB_OK);
    ask(&b, STORE, DB_OK); /* its number is taken */
    ask(&b, STORE, DB_OK);
    bench_run(&b);
    assert_true(b.asks[1].ok && b.asks[3].ok);
    assert_false(b.asks[2].ok);
    assert_int_equal(b.asks[2].kind, ERR_CONFLICT);
    assert_int_equal(fake.dropped, 2);
    bench_close(&b);
}

static void
a_hook_that_fails_runs_each_unit_alone(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b);
    fake.group_end_failing = 2; /* the gate's is the first */
    ask(&b, STORE, DB_OK);
    ask(&b, STORE, DB_OK);
    bench_run(&b);
    assert_int_equal(fake.stored_count, 2);
    assert_int_equal(fake.dropped, 1);
    assert_int_equal(fake.committed, 3); /* gate, one, other */
    assert_int_equal(fake.hook_sizes[2], 1);
    bench_close(&b);
}

static void
another_writers_change_is_met_by_trying_again(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b);
    fake.commits[0] = fake.commits[1] = fake.commits[2] = DB_SERIALIZATION;
    ask(&b, STORE, DB_OK);
    bench_run(&b);
    assert_true(b.asks[1].ok);
    assert_int_equal(b.asks[1].runs, 4);
    bench_close(&b);
}

static void
contention_without_end_is_a_conflict(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b);
    for (int i = 0; i < 6; i++)
        fake.commits[i] = DB_SERIALIZATION;
    ask(&b, STORE, DB_OK);
    bench_run(&b);
    assert_false(b.asks[1].ok);
    assert_int_equal(b.asks[1].kind, ERR_CONFLICT);
    assert_int_equal(b.asks[1].runs, 6);
    bench_close(&b);
}

static void
a_connection_lost_before_the_commit_is_repeated(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b);
    ask(&b, STORE, DB_OK);
    ask(&b, LOST_ONCE, DB_OK);
    bench_run(&b);
    assert_true(b.asks[1].ok && b.asks[2].ok);
    assert_int_equal(fake.stored_count, 2);
    assert_int_equal(b.asks[1].runs, 2);
    bench_close(&b);
}

static void
a_connection_lost_in_the_commit_is_never_a_success(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b);
    fake.commits[0] = DB_LOST;
    ask(&b, STORE, DB_OK);
    ask(&b, REFUSE, DB_OK);
    bench_run(&b);
    assert_false(b.asks[1].ok);
    assert_int_equal(b.asks[1].kind, ERR_UNAVAILABLE);
    assert_int_equal(b.asks[1].runs, 1); /* it may be stored: no second time */
    assert_int_equal(fake.told_count, 0);
    bench_close(&b);
}

static const struct ask *
last(const struct bench *bench)
{
    return &bench->asks[bench->count - 1];
}

static void
a_database_that_is_away_is_answered_at_once_and_found_again(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b);
    fake.away = true;
    ask(&b, STORE, DB_OK);
    bench_run(&b);
    assert_int_equal(b.asks[1].kind, ERR_UNAVAILABLE);
    assert_int_equal(b.asks[1].runs, 0);
    assert_false(runner_state(b.runner).database_ok);

    /* Within the pause nobody connects. A machine may be too slow to ask
     * within the first; the next ones are longer. */
    int begins;
    do {
        begins = fake.begin_count;
        ask(&b, STORE, DB_OK);
        sem_wait(&answered);
        assert_int_equal(last(&b)->kind, ERR_UNAVAILABLE);
    } while (fake.begin_count != begins && b.count < ASKS_MAX - 1);
    assert_int_equal(fake.begin_count, begins);

    fake.away = false;
    while (!runner_state(b.runner).database_ok)
        sched_yield();
    ask(&b, STORE, DB_OK);
    sem_wait(&answered);
    assert_true(last(&b)->ok);
    bench_close(&b);
}

static void
a_full_disk_refuses_and_the_writer_goes_on(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b);
    fake.commits[0] = DB_FULL;
    ask(&b, STORE, DB_OK);
    ask(&b, STORE, DB_OK);
    bench_run(&b);
    assert_int_equal(b.asks[1].kind, ERR_UNAVAILABLE);
    assert_int_equal(b.asks[2].kind, ERR_UNAVAILABLE);
    assert_int_equal(fake.stored_count, 0);
    assert_false(runner_state(b.runner).database_ok);
    ask(&b, STORE, DB_OK);
    sem_wait(&answered);
    assert_true(b.asks[3].ok);
    bench_close(&b);
}

static void
a_failing_disk_ends_the_process(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct bench b;
        bench_open(&b);
        fake.commits[0] = DB_IO;
        ask(&b, STORE, DB_OK);
        bench_run(&b);
        _exit(0); /* answered: wrong */
    }

    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 70);
}

static void
a_full_queue_refuses(void **state)
{
    struct bench b;
    struct ask extra = { .deed = STORE };

    (void)state;
    bench_open(&b);
    for (int i = 0; i < 10; i++)
        ask(&b, STORE, DB_OK);
    arena_init(&extra.arena);
    extra.unit = b.asks[1].unit;
    extra.unit.context = &extra;
    assert_false(runner_submit(b.runner, &extra.unit));
    assert_int_equal(runner_state(b.runner).queued, 11);
    bench_run(&b);
    assert_int_equal(extra.dones, 0);
    bench_close(&b);
}

static void
stopping_finishes_what_is_queued(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b);
    for (int i = 0; i < 5; i++)
        ask(&b, STORE, DB_OK);
    sem_post(&gate);
    bench_close(&b); /* checks that each was answered */
    assert_int_equal(fake.stored_count, 5);
}

/* Holds the first group at the disk with a second one asked for behind it:
 * unit 1 is in the first, unit 3, which does `deed`, in the second. */
static void
hold_at_the_disk(struct bench *b, enum deed deed)
{
    bench_open(b);
    fake.puts_off = fake.slow = true;
    ask(b, STORE, DB_OK);
    ask(b, WAIT, DB_OK);
    sem_post(&gate);
    sem_wait(&answered); /* unit 0: it stored nothing */
    sem_wait(&reached);  /* unit 2, in the same group as 1 */
    ask(b, deed, DB_UNIQUE);
    sem_post(&gate);
    sem_wait(&flushing);
}

static void
wait_until_stored(int64_t value)
{
    bool stored = false;

    while (!stored) {
        pthread_mutex_lock(&fake_lock);
        stored = is_stored(value);
        pthread_mutex_unlock(&fake_lock);
        sched_yield();
    }
}

static void
the_next_group_does_not_wait_for_the_disk(void **state)
{
    struct bench b;

    (void)state;
    hold_at_the_disk(&b, STORE);
    wait_until_stored(3);
    assert_int_equal(fake.flushes, 0);
    assert_int_equal(b.asks[1].dones + b.asks[2].dones + b.asks[3].dones, 0);
    sem_post(&disk);
    sem_post(&disk);
    for (int i = 1; i < b.count; i++)
        sem_wait(&answered);
    for (int i = 1; i < b.count; i++)
        assert_true(b.asks[i].ok);
    assert_int_equal(fake.told[0], 1);
    assert_int_equal(fake.told[1], 3);
    bench_close(&b);
}

static void
whoever_has_read_waits_for_what_he_may_have_seen(void **state)
{
    struct bench b;

    (void)state;
    hold_at_the_disk(&b, STORE);
    ask_as(&b, UNIT_READS, WAIT, DB_OK);
    sem_wait(&reached);
    sem_post(&gate);
    wait_until_stored(3);
    assert_int_equal(b.asks[4].dones, 0);
    sem_post(&disk);
    sem_post(&disk);
    for (int i = 1; i < b.count; i++)
        sem_wait(&answered);
    assert_true(b.asks[4].ok);
    bench_close(&b);
}

static void
a_group_that_is_refused_is_told_behind_the_one_at_the_disk(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b);
    fake.puts_off = fake.slow = true;
    ask(&b, STORE, DB_OK);
    ask(&b, WAIT, DB_OK);
    sem_post(&gate);
    sem_wait(&answered);
    sem_wait(&reached);
    ask(&b, STORE_AND_FAIL, DB_OK);
    ask(&b, STORE, DB_OK);
    sem_post(&gate);
    sem_wait(&flushing);
    sem_post(&disk);     /* of unit 1 */
    sem_wait(&flushing); /* of unit 4, which ran again alone */
    assert_int_equal(b.asks[1].dones, 1);
    assert_int_equal(b.asks[4].dones, 0);
    sem_post(&disk);
    for (int i = 1; i < b.count; i++)
        sem_wait(&answered);
    assert_false(b.asks[3].ok);
    assert_true(b.asks[4].ok);
    bench_close(&b);
}

static void
nothing_is_flushed_for_those_who_were_refused(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b);
    fake.puts_off = true;
    ask(&b, STORE, DB_OK);
    ask(&b, WAIT, DB_OK);
    sem_post(&gate);
    sem_wait(&answered); /* unit 0 */
    sem_wait(&reached);  /* unit 2, in the same group as 1 */
    ask(&b, REFUSE, DB_OK);
    ask(&b, STORE_AND_FAIL, DB_OK);
    sem_post(&gate);
    for (int i = 1; i < b.count; i++)
        sem_wait(&answered);
    assert_int_equal(b.asks[3].kind, ERR_FORBIDDEN);
    assert_int_equal(fake.flushes, 1); /* of unit 1 */
    bench_close(&b);
}

static void
a_refusal_waits_for_what_it_may_have_seen(void **state)
{
    struct bench b;

    (void)state;
    hold_at_the_disk(&b, STATEMENT_FAILS);
    while (atomic_load(&fake.rollbacks) == 0)
        sched_yield();
    assert_int_equal(b.asks[3].dones, 0);
    sem_post(&disk);
    for (int i = 1; i < b.count; i++)
        sem_wait(&answered);
    assert_true(b.asks[1].ok);
    assert_false(b.asks[3].ok);
    bench_close(&b);
}

static void
a_disk_that_fails_under_a_flush_ends_the_process(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct bench b;

        hold_at_the_disk(&b, STORE);
        fake.broken = true;
        sem_post(&disk);
        sem_wait(&answered); /* never */
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 70);
}

/* Any mixture of deeds: everyone is answered once, and stored when told so. */
static void
any_mixture_is_answered_truly(void **state)
{
    uint64_t seed;
    struct random random;

    (void)state;
    random_secret(&seed, sizeof seed);
    random_init(&random, seed);
    print_message("seed %llu\n", (unsigned long long)seed);
    for (int round = 0; round < 300; round++) {
        struct bench b;

        bench_open(&b);
        fake.late = random_below(&random, 2) == 1;
        fake.puts_off = random_below(&random, 2) == 1;
        if (random_below(&random, 4) == 0)
            fake.commits[random_below(&random, 4)] =
                random_below(&random, 2) ? DB_LOST : DB_UNIQUE;
        for (int i = 0; i < 8; i++)
            ask(&b,
                (enum deed[]){ STORE, STORE, STORE, REFUSE, STORE_AND_FAIL,
                               LOST_ONCE }[random_below(&random, 6)],
                DB_OK);
        bench_run(&b);
        for (int i = 1; i < b.count; i++) {
            assert_int_equal(b.asks[i].ok, is_stored(i));
            assert_int_equal(b.asks[i].ok, b.asks[i].kind == ERR_NONE);
        }
        bench_close(&b);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_group_is_one_commit),
        cmocka_unit_test(a_refusal_before_any_change_costs_no_second_run),
        cmocka_unit_test(a_failure_after_a_change_harms_no_neighbour),
        cmocka_unit_test(a_refusal_that_saw_a_neighbours_change_is_asked_again),
        cmocka_unit_test(an_error_that_comes_late_is_answered_to_its_own_unit),
        cmocka_unit_test(a_hook_that_fails_runs_each_unit_alone),
        cmocka_unit_test(another_writers_change_is_met_by_trying_again),
        cmocka_unit_test(contention_without_end_is_a_conflict),
        cmocka_unit_test(a_connection_lost_before_the_commit_is_repeated),
        cmocka_unit_test(a_connection_lost_in_the_commit_is_never_a_success),
        cmocka_unit_test(
            a_database_that_is_away_is_answered_at_once_and_found_again),
        cmocka_unit_test(a_full_disk_refuses_and_the_writer_goes_on),
        cmocka_unit_test(a_failing_disk_ends_the_process),
        cmocka_unit_test(a_full_queue_refuses),
        cmocka_unit_test(stopping_finishes_what_is_queued),
        cmocka_unit_test(the_next_group_does_not_wait_for_the_disk),
        cmocka_unit_test(whoever_has_read_waits_for_what_he_may_have_seen),
        cmocka_unit_test(
            a_group_that_is_refused_is_told_behind_the_one_at_the_disk),
        cmocka_unit_test(nothing_is_flushed_for_those_who_were_refused),
        cmocka_unit_test(a_refusal_waits_for_what_it_may_have_seen),
        cmocka_unit_test(a_disk_that_fails_under_a_flush_ends_the_process),
        cmocka_unit_test(any_mixture_is_answered_truly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
