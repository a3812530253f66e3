/*
 * access_test: the table of permissions, keys, sessions, repeated changes.
 * On SQLite; BATON_TEST_POSTGRES names the other engine's server.
 */
#include "lib/jobs/test_place.h"

#include <semaphore.h>

#include "lib/base/clock.h"
#include "lib/jobs/jobs.h"
#include "src/access/access_memory.h"
#include "src/access/access_store.h"
#include "src/access/access_token.h"
#include "src/access/session.h"
#include "src/workspace/workspace.h"

/* ---- a database with one workspace, and units of work on it ---- */

struct world {
    struct place place;
    struct arena arena;
    struct runner *runner;
    struct id workspace;
    struct id other; /* another workspace */
    struct id ana;   /* rep */
    struct id olga;  /* owner */
};

struct task {
    struct unit unit;
    struct arena arena;
    bool (*run)(struct work *, struct world *);
    struct world *world;
    sem_t done;
    bool ok;
    enum error_kind kind;
    const char *code; /* of the first detail */
};

static bool
task_run(struct work *w, void *context)
{
    struct task *task = context;

    return task->run(w, task->world);
}

static void
task_done(struct work *w, void *context, bool ok)
{
    struct task *task = context;

    task->ok = ok;
    task->kind = w->error.kind;
    task->code = w->error.detail_count > 0 ? w->error.details[0].code : "";
    if (!ok)
        print_message("(%.*s)\n", STR_ARG(w->error.detail));
    sem_post(&task->done);
}

static struct actor
actor_of(enum role role, struct id id)
{
    return (struct actor){ ACTOR_PERSON, id, role_permissions(role) };
}

static struct task
run_as(struct world *world, struct actor actor, enum unit_side side,
       bool (*run)(struct work *, struct world *))
{
    struct task task = {
        .unit = { .side = side,
                  .workspace = world->workspace,
                  .actor = actor,
                  .arena = &world->arena,
                  .run = task_run,
                  .done = task_done },
        .run = run,
        .world = world,
    };

    task.unit.context = &task;
    sem_init(&task.done, 0, 0);
    assert_true(runner_submit(world->runner, &task.unit));
    while (sem_wait(&task.done) != 0)
        ;
    sem_destroy(&task.done);
    return task;
}

static void
must(struct world *world, enum unit_side side,
     bool (*run)(struct work *, struct world *))
{
    struct actor nobody = { 0 };

    assert_true(run_as(world, nobody, side, run).ok);
}

static bool
add_person(struct work *w, const char *email, enum role role, struct id *id)
{
    struct person person = {
        .id = work_id(w),
        .email = str_of(email),
        .name = str_of(email),
        .role = role,
        .active = true,
        .zone_text = STR("UTC"),
        .open_leads_max = -1,
        .day_leads_max = -1,
        .weight = 1,
    };

    *id = person.id;
    return person_save(w, &person);
}

static bool
found_workspaces(struct work *w, struct world *world)
{
    struct workspace acme = { .name = STR("Acme") };
    struct workspace other = { .name = STR("Other") };
    struct id person;

    workspace_defaults(&acme);
    workspace_defaults(&other);
    if (!workspace_create(w, &other)
        || !add_person(w, "both@acme.test", ROLE_REP, &person)
        || !workspace_create(w, &acme)
        || !add_person(w, "both@acme.test", ROLE_REP, &person)
        || !add_person(w, "ana@acme.test", ROLE_REP, &world->ana)
        || !add_person(w, "olga@acme.test", ROLE_OWNER, &world->olga))
        return false;
    world->workspace = acme.id;
    world->other = other.id;
    return access_password_save(
        w, world->ana, access_password_hash(w->arena, STR("correct horse")));
}

/* What the program does with committed events, as main.c does. */
static void
told(void *context, const struct live_event *event)
{
    (void)context;
    access_told(event);
}

static int
open_world(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct str why;

    place_open(&world->place, db_migrations);
    arena_init(&world->arena);
    const struct runner_settings settings = {
        .database = world->place.address,
        .readers = 2,
        .writers = 1,
        .group_max = 16,
        .queue_max = 100,
        .node = 1,
        .hooks = { .tell = told },
    };
    world->runner = runner_start(&settings, &world->arena, &why);
    assert_non_null(world->runner);
    access_start(&(struct access_settings){ .runner = world->runner,
                                            .version = "test" });
    must(world, UNIT_WRITES, found_workspaces);
    *state = world;
    return 0;
}

static int
close_world(void **state)
{
    struct world *world = *state;

    runner_stop(world->runner);
    access_stop();
    place_close(&world->place);
    arena_free(&world->arena);
    free(world);
    return 0;
}

static struct request
request_with(struct world *world, const char *header, struct str value)
{
    struct request_field *field =
        ARENA_NEW(&world->arena, struct request_field);

    *field = (struct request_field){ str_of(header), value };
    return (struct request){ .method = POST,
                             .path = STR("/api/v1/things"),
                             .headers = field,
                             .header_count = 1,
                             .body = STR("{\"a\":1}") };
}

/* ---- permissions ---- */

static void
every_permission_has_a_name(void **state)
{
    (void)state;
    for (int bit = 0; bit < 64; bit++)
        assert_true((permission_names[bit] != NULL)
                    == (bit < PERMISSION_COUNT));
}

static const struct {
    enum role role;
    uint64_t may_not;
} role_limits[] = {
    { ROLE_OWNER, 0 },
    { ROLE_ADMIN, CAN_HAND_OVER_WORKSPACE },
    { ROLE_MANAGER, CAN_HAND_OVER_WORKSPACE | CAN_EDIT_WORKSPACE
                        | CAN_EDIT_ROUTING | CAN_EDIT_SCORING | CAN_EDIT_TEAM
                        | CAN_EDIT_SOURCES | CAN_MANAGE_KEYS
                        | CAN_MANAGE_WEBHOOKS },
};

static void
the_owner_the_admin_and_the_manager_lack_only_what_the_table_says(void **state)
{
    const uint64_t all = (UINT64_C(1) << PERMISSION_COUNT) - 1;

    (void)state;
    for (size_t i = 0; i < sizeof role_limits / sizeof *role_limits; i++)
        assert_int_equal(role_permissions(role_limits[i].role),
                         all & ~role_limits[i].may_not);
}

static void
a_rep_works_with_leads_takes_them_out_and_sets_the_own_presence(void **state)
{
    (void)state;
    assert_int_equal(role_permissions(ROLE_REP),
                     CAN_SUBMIT_LEADS | CAN_VIEW_LEADS | CAN_EDIT_LEADS
                         | CAN_EXPORT | CAN_EDIT_OWN_PRESENCE | CAN_VIEW_TEAM
                         | CAN_VIEW_INSIGHTS | CAN_VIEW_WORKSPACE);
}

static void
a_viewer_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(role_permissions(ROLE_VIEWER),
                     CAN_VIEW_LEADS | CAN_VIEW_ALL_LEADS | CAN_VIEW_ROUTING
                         | CAN_VIEW_TEAM | CAN_VIEW_INSIGHTS
                         | CAN_VIEW_WORKSPACE);
}

static void
a_source_can_do_nothing_but_submit(void **state)
{
    struct actor source = { ACTOR_SOURCE, { 5 }, source_permissions };
    struct lead lead = { .owner = owner_rep(source.id) };
    struct live_event event = { .topic = "lead.assigned", .person = source.id };

    (void)state;
    assert_int_equal(source_permissions, CAN_SUBMIT_LEADS);
    assert_false(access_may_see_lead(&source, &lead));
    assert_false(access_may_see_event(&source, &event));
    for (int role = ROLE_OWNER; role <= ROLE_VIEWER; role++)
        assert_false(access_may_grant(&source, (enum role)role));
}

static void
nobody_gives_more_than_he_has(void **state)
{
    static const bool may[5][5] = {
        /* gives: owner, admin, manager, rep, viewer */
        [ROLE_OWNER] = { true, true, true, true, true },
        [ROLE_ADMIN] = { false, true, true, true, true },
        [ROLE_MANAGER] = { false, false, true, true, true },
        [ROLE_REP] = { false, false, false, true, false },
        [ROLE_VIEWER] = { false, false, false, false, true },
    };

    (void)state;
    for (int giver = 0; giver < 5; giver++)
        for (int role = 0; role < 5; role++) {
            struct actor actor = actor_of((enum role)giver, (struct id){ 7 });
            assert_int_equal(access_may_grant(&actor, (enum role)role),
                             may[giver][role]);
        }
}

static void
a_rep_sees_only_the_own_leads_everywhere(void **state)
{
    struct actor ana = actor_of(ROLE_REP, (struct id){ 7 });
    struct lead own = { .owner = owner_rep((struct id){ 7 }) };
    struct lead other = { .owner = owner_rep((struct id){ 8 }) };
    struct lead queued = { .owner = owner_queue((struct id){ 7 }) };
    struct live_event event = { .topic = "lead.assigned", .person = { 8 } };
    struct lead_scope scope = access_lead_scope(&ana);

    (void)state;
    assert_true(access_may_see_lead(&ana, &own));
    assert_false(access_may_see_lead(&ana, &other));
    assert_false(access_may_see_lead(&ana, &queued));
    assert_false(scope.all);
    assert_int_equal(scope.count, 1);
    assert_true(id_equal(scope.people[0], ana.id));
    assert_false(access_may_see_event(&ana, &event));
    event.person = ana.id;
    assert_true(access_may_see_event(&ana, &event));
}

static void
a_rep_with_a_circle_sees_its_leads_everywhere(void **state)
{
    struct actor ana = actor_of(ROLE_REP, (struct id){ 7 });
    struct circle *circle = malloc(sizeof *circle + 2 * sizeof(struct id));
    struct lead mates = { .owner = owner_rep((struct id){ 8 }) };
    struct lead other = { .owner = owner_rep((struct id){ 9 }) };
    struct lead queued = { .owner = owner_queue((struct id){ 8 }) };
    struct live_event event = { .topic = "lead.assigned", .person = { 8 } };

    (void)state;
    assert_non_null(circle);
    circle->count = 2;
    circle->people[0] = (struct id){ 7 };
    circle->people[1] = (struct id){ 8 };
    ana.circle = circle;
    assert_true(access_may_see_lead(&ana, &mates));
    assert_false(access_may_see_lead(&ana, &other));
    assert_false(access_may_see_lead(&ana, &queued));
    assert_int_equal(access_lead_scope(&ana).count, 2);
    assert_true(access_may_see_event(&ana, &event));
    event.person = (struct id){ 9 };
    assert_false(access_may_see_event(&ana, &event));
    free(circle);
}

static void
a_viewer_sees_all_leads_everywhere(void **state)
{
    struct actor viewer = actor_of(ROLE_VIEWER, (struct id){ 7 });
    struct lead queued = { .owner = owner_queue((struct id){ 1 }) };
    struct live_event event = { .topic = "lead.assigned", .person = { 8 } };

    (void)state;
    assert_true(access_may_see_lead(&viewer, &queued));
    assert_true(access_lead_scope(&viewer).all);
    assert_true(access_may_see_event(&viewer, &event));
}

/* The id of a key may be equal to no person's, but nothing rests on that. */
static void
a_key_with_the_role_rep_owns_nothing_and_sees_nothing(void **state)
{
    struct actor key = { ACTOR_KEY, { 7 }, role_permissions(ROLE_REP) };
    struct lead lead = { .owner = owner_rep((struct id){ 7 }) };

    (void)state;
    assert_false(access_may_see_lead(&key, &lead));
    assert_false(access_lead_scope(&key).all);
    assert_int_equal(access_lead_scope(&key).count, 0);
}

static void
an_event_of_an_unknown_kind_is_shown_to_nobody(void **state)
{
    struct actor owner = actor_of(ROLE_OWNER, (struct id){ 7 });
    struct live_event event = { .topic = "strange.thing" };

    (void)state;
    assert_false(access_may_see_event(&owner, &event));
}

/* ---- tokens ---- */

static void
a_key_names_its_workspace_and_holds_256_random_bits(void **state)
{
    struct world *world = *state;
    struct str key = token_key_new(&world->arena, world->workspace);
    struct str other = token_key_new(&world->arena, world->workspace);
    struct token token;

    assert_int_equal(key.bytes, 3 + 13 + 43);
    assert_true(str_starts(key, STR("bk_")));
    assert_false(str_equal(key, other));
    assert_true(token_parse(key, &token));
    assert_int_equal(token.kind, TOKEN_KEY);
    assert_true(id_equal(token.workspace, world->workspace));
    struct hash hash = hash_of(key);
    assert_true(hash_equal(&hash, &token.hash));
}

static void
what_is_no_key_is_not_looked_up(void **state)
{
    static const char *const bad[] = {
        "",
        "Basic YTpi",
        "Bearer",
        "Bearer bk_",
        "Bearer bk_0000000000000AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "Bearer bk_zzzzzzzzzzzzzAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "Bearer bk_0000000000001AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ",
    };
    struct world *world = *state;
    struct token token;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct request request =
            request_with(world, "Authorization", str_of(bad[i]));
        assert_false(token_of_request(&request, &token));
    }
}

static void
the_session_is_found_among_other_cookies(void **state)
{
    struct world *world = *state;
    struct str session = token_session_new(&world->arena, world->workspace);
    struct str cookie = arena_format(
        &world->arena, "theme=dark; baton_session=%.*s; x=y", STR_ARG(session));
    struct request request = request_with(world, "Cookie", cookie);
    struct token token;

    assert_true(token_of_request(&request, &token));
    assert_int_equal(token.kind, TOKEN_SESSION);
    assert_true(str_equal(token.text, session));
}

/* Or a page elsewhere could use a cookie past the check of its origin. */
static void
beside_an_authorization_header_a_cookie_does_not_count(void **state)
{
    struct world *world = *state;
    struct str session = token_session_new(&world->arena, world->workspace);
    struct request_field fields[] = {
        { STR("Authorization"), STR("Bearer nonsense") },
        { STR("Cookie"),
          arena_format(&world->arena, "baton_session=%.*s", STR_ARG(session)) },
    };
    struct request request = { .headers = fields, .header_count = 2 };
    struct token token;

    assert_false(token_of_request(&request, &token));
}

/* ---- keys ---- */

static struct str shown;
static struct api_key made;
static struct actor seen_actor;
static struct id seen_workspace;

static bool
make_role_key(struct work *w, struct world *world)
{
    (void)world;
    made = (struct api_key){ .name = STR("ci"),
                             .has_role = true,
                             .role = ROLE_ADMIN };
    return access_key_create(w, &made, &shown);
}

static bool
make_source_key(struct work *w, struct world *world)
{
    struct source source = { .name = STR("web") };

    (void)world;
    if (!source_create(w, &source))
        return false;
    made = (struct api_key){ .name = STR("web"), .source = source.id };
    return access_key_create(w, &made, &shown);
}

static bool
revoke_made(struct work *w, struct world *world)
{
    (void)world;
    access_tell(w, "key.changed", ID_NONE);
    return key_revoke(w, made.id);
}

static bool
identify_shown(struct work *w, struct world *world)
{
    struct request request = request_with(
        world, "Authorization",
        arena_format(&world->arena, "Bearer %.*s", STR_ARG(shown)));

    seen_actor = (struct actor){ 0 };
    seen_workspace = ID_NONE;
    return access_identify(w, &request, &seen_actor, &seen_workspace);
}

static enum http_caller
recognise_shown(struct world *world)
{
    struct request request = request_with(
        world, "Authorization",
        arena_format(&world->arena, "Bearer %.*s", STR_ARG(shown)));

    return access_recognise(NULL, &request, &seen_actor, &seen_workspace);
}

static void
a_key_is_asked_for_once_and_then_known(void **state)
{
    struct world *world = *state;

    must(world, UNIT_WRITES, make_role_key);
    assert_int_equal(recognise_shown(world), HTTP_CALLER_UNKNOWN);
    must(world, UNIT_READS, identify_shown);
    assert_int_equal(seen_actor.kind, ACTOR_KEY);
    assert_true(id_equal(seen_actor.id, made.id));
    assert_true(id_equal(seen_workspace, world->workspace));
    assert_int_equal(seen_actor.permissions, role_permissions(ROLE_ADMIN));
    assert_int_equal(recognise_shown(world), HTTP_CALLER_KNOWN);
}

static void
a_key_of_a_source_acts_as_the_source(void **state)
{
    struct world *world = *state;

    must(world, UNIT_WRITES, make_source_key);
    must(world, UNIT_READS, identify_shown);
    assert_int_equal(seen_actor.kind, ACTOR_SOURCE);
    assert_true(id_equal(seen_actor.id, made.source));
    assert_int_equal(seen_actor.permissions, CAN_SUBMIT_LEADS);
}

static void
a_revoked_key_opens_nothing_at_once(void **state)
{
    struct world *world = *state;

    must(world, UNIT_WRITES, make_role_key);
    must(world, UNIT_READS, identify_shown);
    must(world, UNIT_WRITES, revoke_made);
    assert_int_equal(recognise_shown(world), HTTP_CALLER_UNKNOWN);
    must(world, UNIT_READS, identify_shown);
    assert_true(id_is_none(seen_actor.id));
}

/* The files themselves, as a thief would read them. */
static bool
file_holds(struct world *world, const char *ending, struct str text)
{
    struct str path =
        arena_format(&world->arena, "%s%s", world->place.address, ending);
    FILE *file = fopen(path.data, "rb");

    if (file == NULL)
        return false;
    struct text bytes = text_new(&world->arena);
    for (int c; (c = fgetc(file)) != EOF;)
        text_add_char(&bytes, (char)c);
    fclose(file);
    return str_find(text_str(&bytes), text) >= 0;
}

static void
a_key_is_nowhere_in_the_database(void **state)
{
    struct world *world = *state;

    must(world, UNIT_WRITES, make_role_key);
    if (place_server != NULL)
        return; /* the files are the server's */
    struct str secret = str_slice(shown, 3, shown.bytes);
    struct hash hash = hash_of(shown);
    struct str stored = { (const char *)hash.bytes, HASH_BYTES };
    assert_true(file_holds(world, "", stored)
                || file_holds(world, "-wal", stored));
    assert_false(file_holds(world, "", secret));
    assert_false(file_holds(world, "-wal", secret));
}

static void
a_manager_cannot_make_a_key_with_the_rights_of_an_admin(void **state)
{
    struct world *world = *state;
    struct task task = run_as(world, actor_of(ROLE_MANAGER, world->ana),
                              UNIT_WRITES, make_role_key);

    assert_false(task.ok);
    assert_int_equal(task.kind, ERR_FORBIDDEN);
}

/* What was asked before a change is not remembered after it. */
static void
what_was_read_before_a_change_is_not_remembered_after_it(void **state)
{
    struct world *world = *state;
    struct hash hash = hash_of(STR("x"));
    struct caller caller = { .workspace = world->workspace,
                             .expires_ms = INT64_MAX };
    uint64_t before = memory_generation();

    memory_forget(world->workspace);
    memory_put(&hash, &caller, before);
    assert_false(memory_find(&hash, 0, &caller));
    memory_put(&hash, &caller, memory_generation());
    assert_true(memory_find(&hash, 0, &caller));
}

/* ---- signing in ---- */

static struct sign_in in;
static struct str session;
static int64_t wait_ms;

static bool
sign_in(struct work *w, struct world *world)
{
    (void)world;
    return session_sign_in(w, &in, &session, &wait_ms);
}

static struct task
try_sign_in(struct world *world, const char *email, const char *password)
{
    struct actor nobody = { 0 };
    struct id workspace = world->workspace;

    in = (struct sign_in){ in.workspace, str_of(email), str_of(password),
                           STR("192.0.2.1") };
    world->workspace = ID_NONE;
    struct task task = run_as(world, nobody, UNIT_READS, sign_in);
    world->workspace = workspace;
    return task;
}

static bool
identify_session_shown(struct work *w, struct world *world)
{
    struct request request = request_with(
        world, "Cookie",
        arena_format(&world->arena, "baton_session=%.*s", STR_ARG(session)));

    seen_actor = (struct actor){ 0 };
    return access_identify(w, &request, &seen_actor, &seen_workspace);
}

static void
whoever_signs_in_is_known_by_the_cookie(void **state)
{
    struct world *world = *state;

    in.workspace = STR_NONE;
    assert_true(try_sign_in(world, " Ana@ACME.test", "correct horse").ok);
    must(world, UNIT_READS, identify_session_shown);
    assert_true(id_equal(seen_actor.id, world->ana));
    assert_int_equal(seen_actor.permissions, role_permissions(ROLE_REP));
    assert_true(id_equal(seen_workspace, world->workspace));
}

static void
a_wrong_password_and_an_unknown_address_are_told_the_same(void **state)
{
    static const char *const emails[] = {
        "ana@acme.test",  /* wrong password */
        "zoe@acme.test",  /* nobody */
        "olga@acme.test", /* has no password */
        "both@acme.test", /* in two workspaces */
        "no address",
    };
    struct world *world = *state;

    in.workspace = STR_NONE;
    for (size_t i = 0; i < sizeof emails / sizeof *emails; i++) {
        struct task task = try_sign_in(world, emails[i], "wrong horse");
        assert_false(task.ok);
        assert_int_equal(task.kind, ERR_UNAUTHENTICATED);
    }
}

static void
guessing_must_wait_longer_and_longer(void **state)
{
    struct world *world = *state;

    in.workspace = STR("acme");
    for (int i = 0; i < 6; i++)
        assert_int_equal(try_sign_in(world, "ana@acme.test", "wrong").kind,
                         ERR_UNAUTHENTICATED);
    struct task task = try_sign_in(world, "ana@acme.test", "correct horse");
    assert_false(task.ok);
    assert_int_equal(task.kind, ERR_TOO_MANY);
    assert_true(wait_ms > 0 && wait_ms <= 1000);

    int64_t key = hash_key(99, STR("somebody"));
    for (int i = 0; i < 100; i++)
        failures_add(key, 1000, 5);
    assert_int_equal(failures_wait_ms(key, 1000), 60000);
    assert_int_equal(failures_wait_ms(key, 61000), 0);
}

static struct person ana;

static bool
deactivate_ana(struct work *w, struct world *world)
{
    if (!person_load(w, world->ana, &ana))
        return false;
    ana.active = false;
    return person_save(w, &ana) && access_person_changed(w, &ana);
}

static void
whoever_leaves_is_signed_out_at_once(void **state)
{
    struct world *world = *state;

    in.workspace = STR("acme");
    assert_true(try_sign_in(world, "ana@acme.test", "correct horse").ok);
    must(world, UNIT_READS, identify_session_shown);
    must(world, UNIT_WRITES, deactivate_ana);
    must(world, UNIT_READS, identify_session_shown);
    assert_true(id_is_none(seen_actor.id));
    assert_int_equal(
        place_number(&world->place, "SELECT COUNT(*) FROM session"), 0);
    assert_int_equal(try_sign_in(world, "ana@acme.test", "correct horse").kind,
                     ERR_UNAUTHENTICATED);
}

static void
an_address_has_one_at_sign_and_a_domain_with_a_dot(void **state)
{
    static const char *const bad[] = { "",       "a",       "a@b",
                                       "@b.c",   "a@.b",    "a@b.",
                                       "a@b..c", "a@b@c.d", "a b@c.d" };
    struct world *world = *state;
    struct str email;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(access_email(&world->arena, str_of(bad[i]), &email));
    assert_true(access_email(&world->arena, STR("  Kim@Acme.TEST "), &email));
    assert_true(str_is(email, "kim@acme.test"));
}

/* ---- a change that is sent again ---- */

static struct request repeated;
static struct response answered;
static bool replayed;

static bool
change(struct work *w, struct world *world)
{
    (void)world;
    answered = (struct response){ 0 };
    if (!access_replay(w, &repeated, &answered, &replayed))
        return replayed;
    answered.status = 201;
    answered.body = STR("{\"id\":\"1\"}");
    response_header(&answered, "Location", STR("/things/1"));
    return access_keep_answer(w, &repeated, &answered);
}

static struct task
send_change(struct world *world, struct id who)
{
    return run_as(world, actor_of(ROLE_ADMIN, who), UNIT_WRITES, change);
}

static void
a_repeated_change_is_answered_as_the_first_time(void **state)
{
    struct world *world = *state;

    repeated = request_with(world, "Idempotency-Key", STR("k-1"));
    assert_true(send_change(world, world->olga).ok);
    assert_false(replayed);
    assert_true(send_change(world, world->olga).ok);
    assert_true(replayed);
    assert_int_equal(answered.status, 201);
    assert_true(str_is(answered.body, "{\"id\":\"1\"}"));
    assert_int_equal(answered.header_count, 1);
    assert_true(str_is(answered.headers[0].name, "Location"));
    assert_true(str_is(answered.headers[0].value, "/things/1"));
}

static void
the_same_key_with_another_request_is_refused(void **state)
{
    struct world *world = *state;

    repeated = request_with(world, "Idempotency-Key", STR("k-1"));
    assert_true(send_change(world, world->olga).ok);

    const struct request first = repeated;
    repeated.body = STR("{\"a\":2}");
    struct task task = send_change(world, world->olga);
    assert_int_equal(task.kind, ERR_INVALID);
    assert_string_equal(task.code, "idempotency_key_reused");

    repeated = first;
    repeated.path = STR("/api/v1/others");
    assert_int_equal(send_change(world, world->olga).kind, ERR_INVALID);

    repeated = first;
    repeated.method = PATCH;
    assert_int_equal(send_change(world, world->olga).kind, ERR_INVALID);
}

static void
two_callers_may_use_the_same_idempotency_key(void **state)
{
    struct world *world = *state;

    repeated = request_with(world, "Idempotency-Key", STR("k-1"));
    assert_true(send_change(world, world->olga).ok);
    repeated.body = STR("{\"a\":2}");
    assert_true(send_change(world, world->ana).ok);
    assert_false(replayed);
}

static void
an_idempotency_key_is_short_printable_text(void **state)
{
    struct world *world = *state;
    char *long_key = arena_alloc(&world->arena, 257);

    memset(long_key, 'k', 256);
    const struct str bad[] = {
        STR(""), STR("a\tb"), STR("\xC3\xA9"), { long_key, 256 }
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        repeated = request_with(world, "Idempotency-Key", bad[i]);
        struct task task = send_change(world, world->olga);
        assert_int_equal(task.kind, ERR_INVALID);
        assert_string_equal(task.code, "idempotency_key_malformed");
    }
    repeated =
        request_with(world, "Idempotency-Key", (struct str){ long_key, 255 });
    assert_true(send_change(world, world->olga).ok);
}

static bool
run_clean(struct work *w, struct world *world)
{
    (void)world;
    w->now_ms += INT64_C(4) * 24 * 60 * 60 * 1000;
    return access_clean_job.run(w, NULL);
}

static void
an_answer_is_kept_for_three_days(void **state)
{
    struct world *world = *state;

    repeated = request_with(world, "Idempotency-Key", STR("k-1"));
    assert_true(send_change(world, world->olga).ok);
    must(world, UNIT_WRITES, run_clean);
    assert_true(send_change(world, world->olga).ok);
    assert_false(replayed);
}

/* ---- set-up ---- */

static struct access_setup setup;

static bool
set_up(struct work *w, struct world *world)
{
    (void)world;
    w->workspace = ID_NONE;
    return access_setup(w, &setup, &session);
}

static bool
remove_workspaces(struct work *w, struct world *world)
{
    (void)world;
    return work_run(w, "DELETE FROM workspace", DB_NO_VALUES, NULL)
        && work_run(w, "DELETE FROM fairness_group", DB_NO_VALUES, NULL);
}

static void
the_set_up_link_works_once(void **state)
{
    struct world *world = *state;
    struct actor nobody = { 0 };

    setup = (struct access_setup){
        .token = access_setup_token(),
        .workspace = STR("Hanok Remodelling"),
        .name = STR("Kim"),
        .email = STR("Kim@hanok.test"),
        .password = STR("correct horse"),
        .language = STR("ko"),
    };
    assert_int_equal(run_as(world, nobody, UNIT_WRITES, set_up).kind,
                     ERR_FORBIDDEN); /* there are workspaces */
    must(world, UNIT_WRITES, remove_workspaces);
    setup.token = STR("0000");
    assert_int_equal(run_as(world, nobody, UNIT_WRITES, set_up).kind,
                     ERR_FORBIDDEN);
    setup.token = access_setup_token();
    setup.password = STR("short");
    assert_int_equal(run_as(world, nobody, UNIT_WRITES, set_up).kind,
                     ERR_INVALID);
    setup.password = STR("correct horse");
    assert_true(run_as(world, nobody, UNIT_WRITES, set_up).ok);
    must(world, UNIT_READS, identify_session_shown);
    assert_int_equal(seen_actor.permissions, role_permissions(ROLE_OWNER));
    assert_int_equal(run_as(world, nobody, UNIT_WRITES, set_up).kind,
                     ERR_FORBIDDEN);
}

#define IN_WORLD(test) \
    cmocka_unit_test_setup_teardown(test, open_world, close_world)

int
main(void)
{
    const struct CMUnitTest pure[] = {
        cmocka_unit_test(every_permission_has_a_name),
        cmocka_unit_test(
            the_owner_the_admin_and_the_manager_lack_only_what_the_table_says),
        cmocka_unit_test(
            a_rep_works_with_leads_takes_them_out_and_sets_the_own_presence),
        cmocka_unit_test(a_viewer_changes_nothing),
        cmocka_unit_test(a_source_can_do_nothing_but_submit),
        cmocka_unit_test(nobody_gives_more_than_he_has),
        cmocka_unit_test(a_rep_sees_only_the_own_leads_everywhere),
        cmocka_unit_test(a_rep_with_a_circle_sees_its_leads_everywhere),
        cmocka_unit_test(a_viewer_sees_all_leads_everywhere),
        cmocka_unit_test(a_key_with_the_role_rep_owns_nothing_and_sees_nothing),
        cmocka_unit_test(an_event_of_an_unknown_kind_is_shown_to_nobody),
    };
    const struct CMUnitTest stored[] = {
        IN_WORLD(a_key_names_its_workspace_and_holds_256_random_bits),
        IN_WORLD(what_is_no_key_is_not_looked_up),
        IN_WORLD(the_session_is_found_among_other_cookies),
        IN_WORLD(beside_an_authorization_header_a_cookie_does_not_count),
        IN_WORLD(a_key_is_asked_for_once_and_then_known),
        IN_WORLD(a_key_of_a_source_acts_as_the_source),
        IN_WORLD(a_revoked_key_opens_nothing_at_once),
        IN_WORLD(a_key_is_nowhere_in_the_database),
        IN_WORLD(a_manager_cannot_make_a_key_with_the_rights_of_an_admin),
        IN_WORLD(what_was_read_before_a_change_is_not_remembered_after_it),
        IN_WORLD(whoever_signs_in_is_known_by_the_cookie),
        IN_WORLD(a_wrong_password_and_an_unknown_address_are_told_the_same),
        IN_WORLD(guessing_must_wait_longer_and_longer),
        IN_WORLD(whoever_leaves_is_signed_out_at_once),
        IN_WORLD(an_address_has_one_at_sign_and_a_domain_with_a_dot),
        IN_WORLD(a_repeated_change_is_answered_as_the_first_time),
        IN_WORLD(the_same_key_with_another_request_is_refused),
        IN_WORLD(two_callers_may_use_the_same_idempotency_key),
        IN_WORLD(an_idempotency_key_is_short_printable_text),
        IN_WORLD(an_answer_is_kept_for_three_days),
        IN_WORLD(the_set_up_link_works_once),
    };

    clock_test_begin(clock_now_ms()); /* no wait ends while others work */
    int failed = cmocka_run_group_tests(pure, NULL, NULL);

    return failed + place_run_tests(stored, sizeof stored / sizeof stored[0]);
}
