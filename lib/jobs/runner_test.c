/*
 * runner_test: the runner with real databases; runner_fault_test.c has the
 * failures that can only be scripted.
 *
 * With BATON_BENCH set it also prints how many units a second are stored.
 */
#include "lib/jobs/test_place.h"

#include <pthread.h>
#include <semaphore.h>

enum { ASKS_MAX = 64 };

static const struct db_migration schema[] = {
    { 1, "0001_thing",
      "CREATE TABLE thing (workspace_id INTEGER NOT NULL,"
      " id INTEGER NOT NULL, name TEXT NOT NULL, a INTEGER, b INTEGER,"
      " c INTEGER, d TEXT, e TEXT, f TEXT, g INTEGER, PRIMARY KEY (id));"
      "CREATE UNIQUE INDEX thing_name ON thing (workspace_id, name)"
      " WHERE name <> '';",
      "CREATE TABLE thing (workspace_id BIGINT NOT NULL,"
      " id BIGINT NOT NULL, name TEXT NOT NULL, a BIGINT, b BIGINT,"
      " c BIGINT, d TEXT, e TEXT, f TEXT, g BIGINT,"
      " PRIMARY KEY (workspace_id, id));"
      "CREATE UNIQUE INDEX thing_name ON thing (workspace_id, name)"
      " WHERE name <> '';" },
    { 0 },
};

enum deed {
    WAIT,
    STORE,
    REFUSE,
    STORE_AND_FAIL,
    STORE_WAIT_AND_FAIL,
    CUT_ONCE, /* the first time, ends the connection under itself */
    COUNT,    /* reads how many there are */
};

struct ask {
    struct unit unit;
    struct arena arena;
    enum deed deed;
    char name[32];
    int runs;
    int dones;
    bool ok;
    enum error_kind kind;
    int64_t counted;
};

struct world {
    struct place place;
    struct runner *runner;
    struct ask asks[ASKS_MAX];
    int count;
};

static sem_t gate;
static sem_t reached;
static sem_t answered;
static _Atomic int cut_at_end; /* counts groups down to the one that is cut */
static _Atomic int told;
static _Atomic int left, to_leave; /* calls of the hook, and how many stay */

static void
cut(struct work *w)
{
    struct db_rows rows;
    char sql[96];

    if (!db_query(w->db, w->arena, "SELECT pg_backend_pid()", DB_NO_VALUES,
                  &rows))
        fail_msg("%s", db_last_message(w->db));
    snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%d, 60000)",
             (int)db_get_int(&rows, 0, 0));
    PGconn *server = PQconnectdb(place_server);
    PGresult *result = PQexec(server, sql);
    assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
    PQclear(result);
    PQfinish(server);
}

static bool
store(struct work *w, struct str name)
{
    static const struct db_insert insert = {
        .table = "thing",
        .columns = "workspace_id, id, name, a, b, c, d, e, f, g",
        .kinds = "iitiiittti",
    };

    return work_insert(
        w, &insert,
        DB_VALUES(db_id(w->workspace), db_id(work_id(w)), db_text(name),
                  db_int(1), db_int(w->now_ms), db_int(3),
                  db_cstr("a short text"), db_cstr("x"),
                  db_cstr("a text that is somewhat longer than the others"),
                  db_int(4)));
}

static bool
run(struct work *w, void *context)
{
    struct ask *ask = context;
    struct db_rows rows;

    ask->runs++;
    switch (ask->deed) {
    case WAIT:
        sem_post(&reached);
        sem_wait(&gate);
        return true;
    case REFUSE:
        return fail(w, ERR_FORBIDDEN, "not you");
    case COUNT:
        if (!work_query(w, "SELECT COUNT(*) FROM thing", DB_NO_VALUES, &rows))
            return false;
        ask->counted = db_get_int(&rows, 0, 0);
        return true;
    case STORE:
    case STORE_AND_FAIL:
    case STORE_WAIT_AND_FAIL:
    case CUT_ONCE:
        break;
    }
    if (!store(w, str_of(ask->name)))
        return false;
    work_tell(w, &(struct live_event){ .topic = "thing" });
    if (ask->deed == CUT_ONCE && ask->runs == 1)
        cut(w);
    if (ask->deed == STORE_WAIT_AND_FAIL) {
        sem_post(&reached);
        sem_wait(&gate);
    }
    if (ask->deed == STORE_AND_FAIL || ask->deed == STORE_WAIT_AND_FAIL)
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
    sem_post(&answered);
}

static bool
group_end(struct work *w)
{
    if (cut_at_end > 0 && --cut_at_end == 0)
        cut(w);
    return true;
}

static void
tell(void *context, const struct live_event *event)
{
    (void)context, (void)event;
    told++;
}

static bool
leave(struct work *w, bool *more)
{
    left++;
    *more = --to_leave > 0;
    w->workspace = (struct id){ 7 };
    return store(w, STR(""));
}

static struct ask *
ask_for(struct world *world, enum unit_side side, enum deed deed,
        const char *name)
{
    struct ask *a = &world->asks[world->count++];

    *a = (struct ask){ .deed = deed };
    arena_init(&a->arena);
    snprintf(a->name, sizeof a->name, "%s", name);
    a->unit = (struct unit){ .side = side,
                             .workspace = { 7 },
                             .arena = &a->arena,
                             .run = run,
                             .done = done,
                             .context = a };
    assert_true(runner_submit(world->runner, &a->unit));
    return a;
}

static struct ask *
ask(struct world *world, enum deed deed, const char *name)
{
    return ask_for(world, UNIT_WRITES, deed, name);
}

static void
wait_for(int count)
{
    for (int i = 0; i < count; i++)
        sem_wait(&answered);
}

static void
runner_open(struct world *world, int writers)
{
    struct str why;

    world->runner = runner_start(
        &(struct runner_settings){
            .database = world->place.address,
            .readers = 2,
            .writers = writers,
            .group_max = 256,
            .queue_max = 10000,
            .hooks = { .group_end = group_end, .leave = leave, .tell = tell } },
        &world->place.arena, &why);
    if (world->runner == NULL)
        fail_msg("%.*s", STR_ARG(why));
}

static void
world_open(struct world *world)
{
    memset(world, 0, sizeof *world);
    sem_init(&gate, 0, 0);
    sem_init(&reached, 0, 0);
    sem_init(&answered, 0, 0);
    told = left = to_leave = 0;
    place_open(&world->place, schema);
    runner_open(world, 1);
}

/* The writer is held, so that what is asked until release is one group. */
static void
hold(struct world *world)
{
    ask(world, WAIT, "");
    sem_wait(&reached);
}

static void
release(struct world *world)
{
    sem_post(&gate);
    wait_for(world->count);
}

static int64_t
stored(struct world *world)
{
    return place_number(&world->place, "SELECT COUNT(*) FROM thing");
}

static void
world_close(struct world *world)
{
    runner_stop(world->runner);
    for (int i = 0; i < world->count; i++) {
        assert_int_equal(world->asks[i].dones, 1);
        arena_free(&world->asks[i].arena);
    }
    place_close(&world->place);
}

static void
a_group_is_one_commit(void **state)
{
    struct world world;
    char name[8];

    (void)state;
    world_open(&world);
    hold(&world);
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "%d", i);
        ask(&world, STORE, name);
    }
    release(&world);
    assert_int_equal(stored(&world), 20);
    assert_int_equal(runner_state(world.runner).commits, 2);
    assert_int_equal(told, 20);
    world_close(&world);
}

static void
a_failing_neighbour_harms_nobody(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    hold(&world);
    struct ask *before = ask(&world, STORE, "a");
    struct ask *refused = ask(&world, REFUSE, "");
    struct ask *failing = ask(&world, STORE_AND_FAIL, "b");
    struct ask *after = ask(&world, STORE, "c");
    release(&world);
    assert_true(before->ok && after->ok);
    assert_int_equal(refused->kind, ERR_FORBIDDEN);
    assert_int_equal(failing->kind, ERR_INVALID);
    assert_int_equal(stored(&world), 2);
    assert_int_equal(told, 2);
    world_close(&world);
}

/* There is nothing on its way to the disk, and no way there yet. */
static void
who_is_refused_before_anything_is_stored_is_told_so(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    ask(&world, STORE_WAIT_AND_FAIL, "a");
    sem_wait(&reached);
    struct ask *refused = ask(&world, REFUSE, "");
    struct ask *failing = ask(&world, STORE_AND_FAIL, "b");
    release(&world);
    assert_int_equal(refused->kind, ERR_FORBIDDEN);
    assert_int_equal(failing->kind, ERR_INVALID);
    assert_int_equal(stored(&world), 0);
    world_close(&world);
}

static void
a_duplicate_that_shows_late_is_its_own_units_error(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    hold(&world);
    struct ask *first = ask(&world, STORE, "same");
    struct ask *other = ask(&world, STORE, "other");
    struct ask *second = ask(&world, STORE, "same");
    struct ask *last = ask(&world, STORE, "last");
    release(&world);
    assert_true(first->ok && other->ok && last->ok);
    assert_false(second->ok);
    assert_int_equal(second->kind, ERR_CONFLICT);
    assert_int_equal(stored(&world), 3);
    world_close(&world);
}

static void
a_reader_sees_what_was_answered_and_changes_nothing(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    ask(&world, STORE, "a");
    wait_for(1);
    struct ask *reader = ask_for(&world, UNIT_READS, COUNT, "");
    wait_for(1);
    assert_true(reader->ok);
    assert_int_equal(reader->counted, 1);

    struct ask *intruder = ask_for(&world, UNIT_READS, STORE, "b");
    wait_for(1);
    assert_int_equal(stored(&world), 1);
    assert_false(intruder->ok);
    world_close(&world);
}

static void
a_cut_before_the_commit_is_repeated(void **state)
{
    struct world world;

    (void)state;
    if (place_server == NULL) {
        print_message("SQLite has no connection to cut\n");
        skip();
    }
    world_open(&world);
    hold(&world);
    struct ask *neighbour = ask(&world, STORE, "a");
    struct ask *unlucky = ask(&world, CUT_ONCE, "b");
    struct ask *next = ask(&world, COUNT, "");
    release(&world);
    assert_true(neighbour->ok && unlucky->ok && next->ok);
    assert_int_equal(unlucky->runs, 2);
    assert_int_equal(stored(&world), 2);
    assert_int_equal(told, 2);
    world_close(&world);
}

static void
nothing_is_answered_as_stored_when_the_commit_fails(void **state)
{
    struct world world;

    (void)state;
    if (place_server == NULL) {
        print_message("SQLite has no connection to cut\n");
        skip();
    }
    world_open(&world);
    hold(&world);
    struct ask *one = ask(&world, STORE, "a");
    struct ask *two = ask(&world, STORE, "b");
    cut_at_end = 2; /* the gate's group is the first */
    release(&world);
    assert_false(one->ok || two->ok);
    assert_int_equal(one->kind, ERR_UNAVAILABLE);
    assert_int_equal(one->runs, 1); /* it might be stored: not again */
    assert_int_equal(stored(&world), 0);
    assert_int_equal(told, 0);

    one = ask(&world, STORE, "a"); /* the connection comes back */
    wait_for(1);
    assert_true(one->ok);
    assert_int_equal(stored(&world), 1);
    world_close(&world);
}

/* Many hands at once. */
struct hand {
    pthread_t thread;
    struct world *world;
    int number;
    int units;
    bool plain;
    int ok;
    int wrong;
    sem_t mine;
    struct ask ask;
};

static void
hand_done(struct work *w, void *context, bool ok)
{
    struct ask *ask = context;
    struct hand *hand =
        (struct hand *)((char *)ask - offsetof(struct hand, ask));

    ask->dones++;
    hand->ok += ok;
    hand->wrong += ok != (w->error.kind == ERR_NONE);
    sem_post(&hand->mine);
}

static void *
hand_main(void *argument)
{
    static const enum deed deeds[] = { STORE, STORE, STORE, REFUSE,
                                       STORE_AND_FAIL };
    struct hand *hand = argument;
    struct ask *a = &hand->ask;

    arena_init(&a->arena);
    for (int i = 0; i < hand->units; i++) {
        arena_reset(&a->arena);
        a->dones = 0;
        a->deed = hand->plain ? STORE : deeds[(i * 7 + hand->number) % 5];
        a->name[0] = '\0';
        if (!hand->plain)
            snprintf(a->name, sizeof a->name, "%d.%d", hand->number, i);
        a->unit = (struct unit){ .side = UNIT_WRITES,
                                 .workspace = { hand->number + 1 },
                                 .arena = &a->arena,
                                 .run = run,
                                 .done = hand_done,
                                 .context = a };
        while (!runner_submit(hand->world->runner, &a->unit))
            sched_yield();
        sem_wait(&hand->mine);
        hand->wrong += a->dones != 1;
    }
    arena_free(&a->arena);
    return NULL;
}

static int
many_hands(struct world *world, int count, int units, bool plain)
{
    struct hand *hands = calloc((size_t)count, sizeof *hands);
    int ok = 0;

    for (int i = 0; i < count; i++) {
        hands[i].world = world;
        hands[i].number = i;
        hands[i].units = units;
        hands[i].plain = plain;
        sem_init(&hands[i].mine, 0, 0);
        pthread_create(&hands[i].thread, NULL, hand_main, &hands[i]);
    }
    for (int i = 0; i < count; i++) {
        pthread_join(hands[i].thread, NULL);
        assert_int_equal(hands[i].wrong, 0);
        ok += hands[i].ok;
    }
    free(hands);
    return ok;
}

static void
many_at_once_are_each_answered_once_and_truly(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    int ok = many_hands(&world, 16, 50, false);
    assert_int_equal(ok, 16 * 50 * 3 / 5);
    assert_int_equal(stored(&world), ok);
    world_close(&world);
}

static void
several_writers_share_the_workspaces(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    runner_stop(world.runner);
    runner_open(&world, 3);
    int ok = many_hands(&world, 16, 20, false);
    assert_int_equal(stored(&world), ok);
    world_close(&world);
}

/* What only he remembers; behind all that was asked. */
static void
a_writer_who_ends_stores_what_he_remembers(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    ask(&world, STORE, "one");
    wait_for(1);
    assert_int_equal(left, 0);
    to_leave = 3;
    runner_stop(world.runner);
    assert_int_equal(left, 3);
    assert_int_equal(stored(&world), 4);
    runner_open(&world, 1);
    world_close(&world);
    assert_int_equal(left, 3); /* he had done nothing */
}

static void
how_fast(void **state)
{
    enum { HANDS = 64, UNITS = 1000 };
    struct world world;

    (void)state;
    if (getenv("BATON_BENCH") == NULL) {
        print_message("measured when BATON_BENCH is set\n");
        skip();
    }
    world_open(&world);
    many_hands(&world, HANDS, UNITS / 10, true);
    struct runner_state before = runner_state(world.runner);
    int64_t begin_us = clock_monotonic_us();
    many_hands(&world, HANDS, UNITS, true);
    int64_t us = clock_monotonic_us() - begin_us;
    struct runner_state after = runner_state(world.runner);
    int64_t units = after.units - before.units;
    print_message("%lld units/s in groups of %lld\n",
                  (long long)(units * 1000000 / us),
                  (long long)(units / (after.commits - before.commits)));
    world_close(&world);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_group_is_one_commit),
        cmocka_unit_test(a_failing_neighbour_harms_nobody),
        cmocka_unit_test(who_is_refused_before_anything_is_stored_is_told_so),
        cmocka_unit_test(a_duplicate_that_shows_late_is_its_own_units_error),
        cmocka_unit_test(a_reader_sees_what_was_answered_and_changes_nothing),
        cmocka_unit_test(a_cut_before_the_commit_is_repeated),
        cmocka_unit_test(nothing_is_answered_as_stored_when_the_commit_fails),
        cmocka_unit_test(many_at_once_are_each_answered_once_and_truly),
        cmocka_unit_test(several_writers_share_the_workspaces),
        cmocka_unit_test(a_writer_who_ends_stores_what_he_remembers),
        cmocka_unit_test(how_fast),
    };

    log_level_set(LOG_ERROR + 1);
    return place_run_tests(tests, sizeof tests / sizeof tests[0]);
}
