/*
 * jobs_test: what jobs promise, on both engines. Time is moved, never slept:
 * the clock thread runs on a test clock and jobs_settle waits for it. The
 * sender is a stand-in that answers what the test says.
 */
#include "lib/jobs/test_place.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>

#include "lib/jobs/jobs.h"

enum {
    SENT_MAX = 64,
    QUEUE_MAX = 1000,
    SETTLE_MS = 120000,
    NAP_MS = 15000,
    WORKSPACE = 7
};

/* What the kinds below did, in order. */
static struct {
    pthread_mutex_t lock;
    char log[4096];
    _Atomic bool run_fails;
    _Atomic bool settle_fails;
    _Atomic int gave_up;
    _Atomic int settled;
    _Atomic int warmed; /* jobs */

    /* the sender */
    _Atomic bool no_room;
    _Atomic bool silent; /* keeps messages until it is asked */
    _Atomic bool delivers;
    _Atomic bool maybe_received;
    _Atomic int retry_after_s;
    _Atomic int code;
    struct {
        void (*done)(void *, const struct outbox_result *);
        void *context;
        struct id job;
    } held[SENT_MAX];
    _Atomic int held_count;
} seen = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void
note(const char *what, struct str text)
{
    size_t used;

    pthread_mutex_lock(&seen.lock);
    used = strlen(seen.log);
    snprintf(seen.log + used, sizeof seen.log - used, "%s%s%.*s",
             used == 0 ? "" : " ", what, STR_ARG(text));
    pthread_mutex_unlock(&seen.lock);
}

static void
assert_log(const char *expected)
{
    pthread_mutex_lock(&seen.lock);
    assert_string_equal(seen.log, expected);
    pthread_mutex_unlock(&seen.lock);
}

static bool
run_timer(struct work *w, const struct job *job)
{
    if (seen.run_fails || str_is(job->payload, "bad"))
        return fail(w, ERR_INTERNAL, "not today");
    note("", job->payload);
    return true;
}

static bool
warm(struct work *w, const struct job *const *jobs, int count)
{
    (void)w;
    for (int i = 0; i < count; i++)
        assert_non_null(jobs[i]->kind);
    seen.warmed += count;
    return true;
}

static bool
prepare(struct work *w, const struct job *job, struct outbox_message *message)
{
    (void)w;
    message->url = str_is(job->payload, "none") ? STR_NONE : job->payload;
    message->body = job->payload;
    return true;
}

static bool
settle(struct work *w, const struct job *job,
       const struct outbox_result *result)
{
    seen.settled++;
    if (seen.settle_fails)
        return fail(w, ERR_INTERNAL, "a bug");
    note(result->delivered ? "+" : "-", job->payload);
    return true;
}

static bool
gave_up(struct work *w, const struct job *job)
{
    (void)w, (void)job;
    seen.gave_up++;
    return true;
}

static const struct job_kind kinds[] = {
    { .name = "timer", .about = "Runs.", .run = run_timer, .failed = gave_up },
    { .name = "hook",
      .about = "Is sent.",
      .prepare = prepare,
      .settle = settle,
      .failed = gave_up },
    { .name = "sms",
      .about = "Is never sent twice.",
      .prepare = prepare,
      .settle = settle,
      .unsafe = true },
    { 0 },
};
/* The rows of the table above, one by one. */
static const struct job_kind *const *
all_kinds(void)
{
    static const struct job_kind *list[sizeof kinds / sizeof kinds[0] + 1];

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        list[i] = kinds[i].name == NULL ? NULL : &kinds[i];
    return list;
}
static const struct job_kind *const timer = &kinds[0];
static const struct job_kind *const hook = &kinds[1];
static const struct job_kind *const sms = &kinds[2];

static void
answer(void (*done)(void *, const struct outbox_result *), void *context,
       struct id job)
{
    struct outbox_result result = {
        .job = job,
        .delivered = seen.delivers,
        .maybe_received = seen.maybe_received,
        .code = seen.code,
        .retry_after_s = seen.retry_after_s,
        .error = seen.delivers ? STR_NONE : STR("host said no"),
    };

    done(context, &result);
}

static bool
send_message(void *context, const struct outbox_message *message,
             void (*done)(void *, const struct outbox_result *),
             void *done_context)
{
    (void)context;
    if (seen.no_room)
        return false;
    note(">", message->body);
    if (!seen.silent) {
        answer(done, done_context, message->job);
        return true;
    }
    pthread_mutex_lock(&seen.lock);
    int at = seen.held_count;
    seen.held[at].done = done;
    seen.held[at].context = done_context;
    seen.held[at].job = message->job;
    seen.held_count = at + 1; /* last: whoever waits may look now */
    pthread_mutex_unlock(&seen.lock);
    return true;
}

static void
answer_held(int at)
{
    pthread_mutex_lock(&seen.lock);
    void (*done)(void *, const struct outbox_result *) = seen.held[at].done;
    void *context = seen.held[at].context;
    struct id job = seen.held[at].job;
    pthread_mutex_unlock(&seen.lock);
    answer(done, context, job);
}

static void
wait_for_message(void)
{
    while (seen.held_count == 0)
        sched_yield();
}

/* One node: a runner and a clock on the same database. */
struct node {
    struct runner *runner;
    struct jobs *jobs;
    bool stands_still;
};

struct world {
    struct place place;
    struct node node;
};

static void
node_open(struct place *place, struct node *node, uint32_t number)
{
    struct str why;

    node->stands_still = false;
    node->runner =
        runner_start(&(struct runner_settings){ .database = place->address,
                                                .readers = 2,
                                                .writers = 2,
                                                .group_max = 64,
                                                .queue_max = QUEUE_MAX,
                                                .node = number },
                     &place->arena, &why);
    if (node->runner == NULL)
        fail_msg("%.*s", STR_ARG(why));
    node->jobs = jobs_start(&(struct jobs_settings){ .runner = node->runner,
                                                     .kinds = all_kinds(),
                                                     .send = send_message,
                                                     .warm = warm });
}

/* Its clock looks no more and renews no lease; its sender still answers. */
static void
node_stand_still(struct node *node)
{
    jobs_stop(node->jobs);
    node->stands_still = true;
}

static void
node_close(struct node *node)
{
    if (!node->stands_still)
        jobs_stop(node->jobs);
    runner_stop(node->runner);
    jobs_free(node->jobs);
}

static void
world_open(struct world *world)
{
    struct db_migration only_jobs[] = { { 0 }, { 0 } };

    for (const struct db_migration *m = db_migrations; m->number != 0; m++) {
        if (m->number == 2)
            only_jobs[0] = *m;
    }
    pthread_mutex_lock(&seen.lock);
    seen.log[0] = '\0';
    seen.run_fails = false;
    seen.settle_fails = false;
    seen.no_room = false;
    seen.silent = false;
    seen.maybe_received = false;
    seen.delivers = true;
    seen.held_count = 0;
    seen.gave_up = 0;
    seen.settled = 0;
    seen.warmed = 0;
    seen.retry_after_s = 0;
    pthread_mutex_unlock(&seen.lock);
    place_open(&world->place, only_jobs);
    node_open(&world->place, &world->node, 1);
}

static void
world_close(struct world *world)
{
    node_close(&world->node);
    place_close(&world->place);
}

/* A handler's transaction. */
struct call {
    struct unit unit;
    struct arena arena;
    bool (*run)(struct work *, void *);
    void *context;
    pthread_mutex_t lock;
    pthread_cond_t over;
    bool done;
    bool ok;
    enum error_kind kind;
};

static bool
call_run(struct work *w, void *context)
{
    struct call *call = context;

    return call->run(w, call->context);
}

static void
call_done(struct work *w, void *context, bool ok)
{
    struct call *call = context;

    pthread_mutex_lock(&call->lock);
    call->done = true;
    call->ok = ok;
    call->kind = w->error.kind;
    pthread_cond_signal(&call->over);
    pthread_mutex_unlock(&call->lock);
}

static enum error_kind
do_unit(struct world *world, bool (*run)(struct work *, void *), void *context)
{
    struct call call = { .run = run,
                         .context = context,
                         .lock = PTHREAD_MUTEX_INITIALIZER,
                         .over = PTHREAD_COND_INITIALIZER };

    arena_init(&call.arena);
    call.unit = (struct unit){ .side = UNIT_WRITES,
                               .workspace = { WORKSPACE },
                               .arena = &call.arena,
                               .run = call_run,
                               .done = call_done,
                               .context = &call };
    assert_true(runner_submit(world->node.runner, &call.unit));
    pthread_mutex_lock(&call.lock);
    while (!call.done)
        pthread_cond_wait(&call.over, &call.lock);
    pthread_mutex_unlock(&call.lock);
    arena_free(&call.arena);
    assert_int_equal(call.ok, call.kind == ERR_NONE);
    return call.kind;
}

static bool
add_run(struct work *w, void *context)
{
    struct job_new new = *(struct job_new *)context;

    if (new.due_ms != 0)
        new.due_ms += w->now_ms;
    return job_add(w, &new);
}

/* due_ms counts from now. */
static void
add(struct world *world, struct job_new new)
{
    assert_int_equal(do_unit(world, add_run, &new), ERR_NONE);
}

static bool
cancel_run(struct work *w, void *context)
{
    return job_cancel(w, timer, *(struct str *)context);
}

static bool
retry_run(struct work *w, void *context)
{
    return jobs_retry(w, *(struct id *)context);
}

static bool
list_run(struct work *w, void *context)
{
    struct job *jobs;
    int count;

    if (!jobs_failed(w, ID_NONE, 10, &jobs, &count))
        return false;
    assert_int_equal(count, 1);
    *(struct id *)context = jobs[0].id;
    assert_true(jobs[0].state == JOB_FAILED || jobs[0].state == JOB_UNKNOWN);
    return true;
}

static void
settle_now(struct world *world)
{
    if (!jobs_settle(world->node.jobs, SETTLE_MS))
        fail_msg("jobs do not settle; so far: %s", seen.log);
}

static void
advance(struct world *world, int64_t by_ms)
{
    clock_test_advance(by_ms);
    settle_now(world);
}

static int64_t
count_jobs(struct world *world)
{
    return place_number(&world->place, "SELECT COUNT(*) FROM job");
}

static void
jobs_run_in_the_order_they_are_due(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    add(&world,
        (struct job_new){ .kind = timer, .payload = STR("c"), .due_ms = 3000 });
    add(&world,
        (struct job_new){ .kind = timer, .payload = STR("a"), .due_ms = 1000 });
    add(&world,
        (struct job_new){ .kind = timer, .payload = STR("b"), .due_ms = 2000 });
    settle_now(&world);
    assert_log("");
    advance(&world, 1999);
    assert_log("a");
    advance(&world, 5000);
    assert_log("a b c");
    assert_int_equal(count_jobs(&world), 0);
    world_close(&world);
}

static void
a_job_added_for_now_runs_without_being_asked(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    settle_now(&world); /* the clock sleeps */
    add(&world, (struct job_new){ .kind = timer, .payload = STR("now") });
    while (jobs_state(world.node.jobs).done == 0)
        sched_yield();
    assert_log("now");
    world_close(&world);
}

static bool
add_some(struct work *w, void *context)
{
    const char *const *payloads = context;

    for (; *payloads != NULL; payloads++)
        if (!job_add(w, &(struct job_new){ .kind = timer,
                                           .payload = str_of(*payloads),
                                           .due_ms = w->now_ms + 1000 }))
            return false;
    return true;
}

/* They are one group: what one of them does is undone without the others. */
static void
one_that_fails_among_many_takes_nobody_with_it(void **state)
{
    const char *payloads[] = { "a", "b", "bad", "c", "d", NULL };
    struct world world;
    struct node second;

    (void)state;
    world_open(&world);
    node_open(&world.place, &second, 2);
    assert_int_equal(do_unit(&world, add_some, payloads), ERR_NONE);
    advance(&world, 1000);
    assert_true(jobs_settle(second.jobs, SETTLE_MS));
    assert_int_equal(count_jobs(&world), 1);
    assert_int_equal(place_number(&world.place,
                                  "SELECT attempts FROM job"
                                  " WHERE state = 0 AND payload = 'bad'"),
                     1);
    node_close(&second);
    world_close(&world);
}

/* Each is taken, and read for, with the others; those of SQLite alone. */
static void
what_jobs_of_a_group_look_up_is_read_for_all(void **state)
{
    const char *payloads[] = { "a", "b", "c", NULL };
    struct world world;

    (void)state;
    world_open(&world);
    assert_int_equal(do_unit(&world, add_some, payloads), ERR_NONE);
    advance(&world, 1000);
    assert_log("a b c");
    assert_int_equal(seen.warmed, place_server != NULL ? 3 : 0);
    assert_int_equal(count_jobs(&world), 0);
    world_close(&world);
}

/* Only with a real clock does the sleep end by itself: after a nap at most. */
static void
a_job_that_is_due_soon_shortens_the_sleep(void **state)
{
    struct world world;

    (void)state;
    clock_test_begin(0);
    world_open(&world);
    settle_now(&world); /* the clock sleeps */
    int64_t added_ms = clock_now_ms();
    add(&world, (struct job_new){
                    .kind = timer, .payload = STR("soon"), .due_ms = 50 });
    while (jobs_state(world.node.jobs).done == 0)
        sched_yield();
    assert_in_range(clock_now_ms() - added_ms, 50, NAP_MS - 1);
    assert_log("soon");
    world_close(&world);
    clock_test_begin(clock_real_ms());
}

static void
a_key_is_unique_while_pending(void **state)
{
    struct world world;
    struct job_new new = { .kind = timer,
                           .key = STR("lead 1"),
                           .payload = STR("first"),
                           .due_ms = 1000 };

    (void)state;
    world_open(&world);
    add(&world, new);
    new.payload = STR("second");
    add(&world, new);
    assert_int_equal(count_jobs(&world), 1);
    new.key_is_new = true; /* a false promise fails the unit */
    assert_int_equal(do_unit(&world, add_run, &new), ERR_CONFLICT);
    advance(&world, 1000);
    assert_log("first");
    add(&world, new); /* free again */
    advance(&world, 1000);
    assert_log("first second");
    world_close(&world);
}

static void
a_cancelled_job_does_not_run(void **state)
{
    struct world world;
    struct str key = STR("lead 1");

    (void)state;
    world_open(&world);
    add(&world, (struct job_new){ .kind = timer, .key = key, .due_ms = 1000 });
    add(&world, (struct job_new){ .kind = timer,
                                  .key = STR("lead 2"),
                                  .payload = STR("other"),
                                  .due_ms = 1000 });
    assert_int_equal(do_unit(&world, cancel_run, &key), ERR_NONE);
    advance(&world, 2000);
    assert_log("other");
    world_close(&world);
}

static void
what_is_sent_for_a_lead_and_channel_stays_in_order(void **state)
{
    struct world world;
    struct job_new new = {
        .kind = hook, .channel = "hook 1", .lead = { 5 }, .payload = STR("one")
    };

    (void)state;
    world_open(&world);
    seen.delivers = false;
    add(&world, new);
    settle_now(&world);
    seen.delivers = true;
    new.payload = STR("two");
    add(&world, new);
    settle_now(&world);
    assert_log(">one -one"); /* two waits for one */
    new.lead.value = 6;
    new.payload = STR("other");
    add(&world, new);
    settle_now(&world);
    assert_log(">one -one >other +other");
    advance(&world, 10000);
    assert_log(">one -one >other +other >one +one >two +two");
    world_close(&world);
}

static void
failures_wait_as_the_schedule_says(void **state)
{
    static const int64_t delays_s[] = { 5,     300,   1800,  7200, 18000,
                                        36000, 50400, 72000, 86400 };
    struct world world;

    (void)state;
    world_open(&world);
    seen.delivers = false;
    add(&world, (struct job_new){ .kind = hook, .payload = STR("x") });
    settle_now(&world);
    for (int i = 0; i < 9; i++) {
        int64_t wait_ms = place_number(&world.place, "SELECT due_ms FROM job")
                        - clock_now_ms();
        assert_int_equal(seen.settled, i + 1);
        assert_in_range(wait_ms, delays_s[i] * 1000, delays_s[i] * 1200);
        advance(&world, wait_ms - 1);
        assert_int_equal(seen.settled, i + 1);
        advance(&world, 1);
    }
    assert_int_equal(seen.settled, 10);
    assert_int_equal(seen.gave_up, 1);
    assert_int_equal(place_number(&world.place, "SELECT state FROM job"),
                     JOB_FAILED);
    world_close(&world);
}

static void
a_receiver_may_ask_for_more_time(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    seen.delivers = false;
    seen.retry_after_s = 100;
    add(&world, (struct job_new){ .kind = hook, .payload = STR("x") });
    settle_now(&world);
    advance(&world, 99999);
    assert_int_equal(seen.settled, 1);
    advance(&world, 1);
    assert_int_equal(seen.settled, 2);
    world_close(&world);
}

static void
a_failure_stays_visible_and_can_be_run_again(void **state)
{
    struct world world;
    struct id id;

    (void)state;
    world_open(&world);
    seen.run_fails = true;
    add(&world, (struct job_new){
                    .kind = timer, .payload = STR("x"), .attempts_max = 2 });
    settle_now(&world);
    advance(&world, 2000);
    assert_int_equal(seen.gave_up, 1);
    assert_int_equal(do_unit(&world, list_run, &id), ERR_NONE);
    advance(&world, 1000000);
    assert_log("");

    seen.run_fails = false;
    assert_int_equal(do_unit(&world, retry_run, &id), ERR_NONE);
    settle_now(&world);
    assert_log("x");
    assert_int_equal(do_unit(&world, retry_run, &id), ERR_NOT_FOUND);
    world_close(&world);
}

static void
what_waits_cannot_be_run_again(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    add(&world, (struct job_new){ .kind = timer, .due_ms = 1000 });
    struct id id = { place_number(&world.place, "SELECT id FROM job") };
    assert_int_equal(do_unit(&world, retry_run, &id), ERR_CONFLICT);
    world_close(&world);
}

static void
a_lease_is_taken_over_and_the_late_result_refused(void **state)
{
    struct world world;
    struct node other;

    (void)state;
    world_open(&world);
    seen.silent = true;
    add(&world, (struct job_new){ .kind = hook, .payload = STR("x") });
    wait_for_message();
    assert_false(jobs_settle(world.node.jobs, 10)); /* it is at the sender */

    node_stand_still(&world.node); /* through the end of its lease */
    node_open(&world.place, &other, 2);
    clock_test_advance(JOB_LEASE_MS - 1);
    assert_true(jobs_settle(other.jobs, SETTLE_MS));
    assert_int_equal(seen.held_count, 1);
    clock_test_advance(1);
    seen.silent = false;
    assert_true(jobs_settle(other.jobs, SETTLE_MS));
    assert_log(">x >x +x");

    seen.delivers = false;
    seen.maybe_received = true;
    answer_held(0); /* late, and wrong by now */
    while (jobs_state(world.node.jobs).leases_lost == 0)
        sched_yield();
    assert_log(">x >x +x");
    assert_int_equal(place_number(&world.place, "SELECT state FROM job"),
                     JOB_DONE);
    node_close(&other);
    world_close(&world);
}

static void
a_lease_is_kept_while_the_sender_works(void **state)
{
    struct world world;
    struct node other;

    (void)state;
    world_open(&world);
    node_open(&world.place, &other, 2);
    assert_true(jobs_settle(other.jobs, SETTLE_MS)); /* has looked; sleeps */
    seen.silent = true;
    add(&world, (struct job_new){ .kind = hook, .payload = STR("x") });
    wait_for_message();
    for (int i = 0; i < 5; i++) {
        int64_t due = place_number(&world.place, "SELECT due_ms FROM job");
        clock_test_advance(30000);
        jobs_wake(world.node.jobs);
        while (place_number(&world.place, "SELECT due_ms FROM job") == due)
            sched_yield();
        assert_true(jobs_settle(other.jobs, SETTLE_MS));
    }
    answer_held(0);
    settle_now(&world);
    assert_log(">x +x");
    node_close(&other);
    world_close(&world);
}

/* The writer of the workspace is held, and all may wait that can. */
struct crowd {
    struct arena arena;
    struct unit holding;
    struct unit waiting[QUEUE_MAX];
    sem_t held;
    sem_t gate;
};

static bool
hold_run(struct work *w, void *context)
{
    struct crowd *crowd = context;

    (void)w;
    sem_post(&crowd->held);
    sem_wait(&crowd->gate);
    return true;
}

static bool
wait_run(struct work *w, void *context)
{
    (void)w, (void)context;
    return true;
}

static void
crowd_done(struct work *w, void *context, bool ok)
{
    (void)w, (void)context;
    assert_true(ok);
}

static struct crowd *
crowd_open(struct world *world)
{
    struct crowd *crowd = calloc(1, sizeof *crowd);
    struct unit unit = { .side = UNIT_WRITES,
                         .workspace = { WORKSPACE },
                         .arena = &crowd->arena,
                         .run = hold_run,
                         .done = crowd_done,
                         .context = crowd };

    arena_init(&crowd->arena);
    sem_init(&crowd->held, 0, 0);
    sem_init(&crowd->gate, 0, 0);
    crowd->holding = unit;
    assert_true(runner_submit(world->node.runner, &crowd->holding));
    sem_wait(&crowd->held);
    unit.run = wait_run;
    unit.steps_back = true;
    for (int i = 0, taken = true; i < QUEUE_MAX && taken; i++) {
        crowd->waiting[i] = unit; /* the clock's own may be there already */
        taken = runner_submit(world->node.runner, &crowd->waiting[i]);
    }
    return crowd;
}

/* When the runner has stopped. */
static void
crowd_free(struct crowd *crowd)
{
    sem_destroy(&crowd->held);
    sem_destroy(&crowd->gate);
    arena_free(&crowd->arena);
    free(crowd);
}

static void
a_result_that_finds_no_room_is_noted_when_there_is(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    seen.silent = true;
    add(&world, (struct job_new){ .kind = hook, .payload = STR("x") });
    wait_for_message();
    struct crowd *crowd = crowd_open(&world);
    answer_held(0);
    assert_false(jobs_settle(world.node.jobs, 10));
    assert_int_equal(seen.settled, 0);
    sem_post(&crowd->gate);
    settle_now(&world);
    assert_log(">x +x");
    assert_int_equal(seen.settled, 1);
    assert_int_equal(place_number(&world.place, "SELECT state FROM job"),
                     JOB_DONE);
    world_close(&world);
    crowd_free(crowd);
}

static void
what_must_not_be_sent_twice_becomes_unknown(void **state)
{
    struct world world;
    struct node other;

    (void)state;
    world_open(&world);
    seen.silent = true;
    add(&world, (struct job_new){ .kind = sms, .payload = STR("x") });
    wait_for_message();
    node_stand_still(&world.node);
    node_open(&world.place, &other, 2);
    clock_test_advance(JOB_LEASE_MS);
    assert_true(jobs_settle(other.jobs, SETTLE_MS));
    assert_log(">x");
    answer_held(0);
    while (jobs_state(world.node.jobs).leases_lost == 0)
        sched_yield();
    assert_log(">x");
    assert_int_equal(place_number(&world.place, "SELECT state FROM job"),
                     JOB_UNKNOWN);
    node_close(&other);
    world_close(&world);
}

static void
nothing_to_send_any_more_is_done(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    add(&world, (struct job_new){ .kind = hook, .payload = STR("none") });
    settle_now(&world);
    assert_log("");
    assert_int_equal(place_number(&world.place, "SELECT state FROM job"),
                     JOB_DONE);
    world_close(&world);
}

static void
a_sender_without_room_costs_no_attempt(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    seen.no_room = true;
    add(&world, (struct job_new){ .kind = hook, .payload = STR("x") });
    settle_now(&world);
    assert_int_equal(place_number(&world.place, "SELECT attempts FROM job"), 0);
    seen.no_room = false;
    advance(&world, 15000);
    assert_log(">x +x");
    world_close(&world);
}

static void
a_bug_in_settling_neither_repeats_nor_hides(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    seen.settle_fails = true;
    add(&world, (struct job_new){ .kind = hook, .payload = STR("x") });
    settle_now(&world);
    advance(&world, 1000000);
    assert_log(">x");
    assert_int_equal(place_number(&world.place, "SELECT state FROM job"),
                     JOB_DONE);
    world_close(&world);
}

static void
a_kind_nobody_knows_waits_for_who_does(void **state)
{
    static const struct job_kind stranger = { .name = "of tomorrow",
                                              .run = run_timer };
    struct world world;

    (void)state;
    world_open(&world);
    add(&world, (struct job_new){ .kind = &stranger });
    add(&world, (struct job_new){ .kind = timer, .payload = STR("x") });
    settle_now(&world);
    assert_log("x");
    assert_int_equal(count_jobs(&world), 1);
    assert_true(place_number(&world.place, "SELECT due_ms FROM job")
                > clock_now_ms());
    world_close(&world);
}

static void
jobs_outlive_the_process(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    for (int i = 0; i < 250; i++)
        add(&world, (struct job_new){
                        .kind = timer, .payload = STR("."), .due_ms = 1000 });
    node_close(&world.node);
    clock_test_advance(INT64_C(10) * 24 * 3600 * 1000);
    node_open(&world.place, &world.node, 1);
    settle_now(&world);
    assert_int_equal(count_jobs(&world), 0);
    assert_int_equal(jobs_state(world.node.jobs).done, 250);
    world_close(&world);
}

static void
what_was_done_long_ago_is_forgotten(void **state)
{
    struct world world;

    (void)state;
    world_open(&world);
    add(&world, (struct job_new){ .kind = hook, .payload = STR("x") });
    settle_now(&world);
    advance(&world, INT64_C(13) * 24 * 3600 * 1000);
    assert_int_equal(count_jobs(&world), 1);
    advance(&world, INT64_C(2) * 24 * 3600 * 1000);
    assert_int_equal(count_jobs(&world), 0);
    world_close(&world);
}

static bool
add_many(struct work *w, void *context)
{
    for (int i = 0; i < *(int *)context; i++) {
        if (!job_add(w, &(struct job_new){ .kind = timer }))
            return false;
    }
    return true;
}

static void
how_fast(void **state)
{
    struct world world;
    int count = 20000;

    (void)state;
    if (getenv("BATON_BENCH") == NULL) {
        print_message("measured when BATON_BENCH is set\n");
        skip();
    }
    world_open(&world);
    settle_now(&world);
    assert_int_equal(do_unit(&world, add_many, &count), ERR_NONE);
    int64_t begin_us = clock_monotonic_us();
    settle_now(&world);
    int64_t us = clock_monotonic_us() - begin_us;
    assert_int_equal(count_jobs(&world), 0);
    print_message("%lld jobs/s\n", (long long)count * 1000000 / us);
    world_close(&world);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_run_in_the_order_they_are_due),
        cmocka_unit_test(a_job_added_for_now_runs_without_being_asked),
        cmocka_unit_test(one_that_fails_among_many_takes_nobody_with_it),
        cmocka_unit_test(what_jobs_of_a_group_look_up_is_read_for_all),
        cmocka_unit_test(a_job_that_is_due_soon_shortens_the_sleep),
        cmocka_unit_test(a_key_is_unique_while_pending),
        cmocka_unit_test(a_cancelled_job_does_not_run),
        cmocka_unit_test(what_is_sent_for_a_lead_and_channel_stays_in_order),
        cmocka_unit_test(failures_wait_as_the_schedule_says),
        cmocka_unit_test(a_receiver_may_ask_for_more_time),
        cmocka_unit_test(a_failure_stays_visible_and_can_be_run_again),
        cmocka_unit_test(what_waits_cannot_be_run_again),
        cmocka_unit_test(a_lease_is_taken_over_and_the_late_result_refused),
        cmocka_unit_test(a_lease_is_kept_while_the_sender_works),
        cmocka_unit_test(a_result_that_finds_no_room_is_noted_when_there_is),
        cmocka_unit_test(what_must_not_be_sent_twice_becomes_unknown),
        cmocka_unit_test(nothing_to_send_any_more_is_done),
        cmocka_unit_test(a_sender_without_room_costs_no_attempt),
        cmocka_unit_test(a_bug_in_settling_neither_repeats_nor_hides),
        cmocka_unit_test(a_kind_nobody_knows_waits_for_who_does),
        cmocka_unit_test(jobs_outlive_the_process),
        cmocka_unit_test(what_was_done_long_ago_is_forgotten),
        cmocka_unit_test(how_fast),
    };

    log_level_set(LOG_ERROR + 1);
    clock_test_begin(clock_now_ms());
    return place_run_tests(tests, sizeof tests / sizeof tests[0]);
}
