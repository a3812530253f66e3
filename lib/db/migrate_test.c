/* migrate_test: migrations: each once, in order, whole or not at all. */
#include <pthread.h>

#include "lib/db/test_world.h"

/* A database that nobody has used. */
static int
set_up_empty(void **state)
{
    set_up(state);
    struct world *world = *state;
    must(world->db, db_script(world->db, "DROP TABLE touch; DROP TABLE lead;"));
    return 0;
}
#define IN_EMPTY_WORLD(test) \
    cmocka_unit_test_setup_teardown(test, set_up_empty, tear_down)

static const struct db_migration two[] = {
    { 1, "0001_first", "CREATE TABLE one (id INTEGER PRIMARY KEY);",
      "CREATE TABLE one (id BIGINT PRIMARY KEY);" },
    { 2, "0002_second",
      "CREATE TABLE two (id INTEGER); INSERT INTO two VALUES (2);",
      "CREATE TABLE two (id BIGINT); INSERT INTO two VALUES (2);" },
    { 0, NULL, NULL, NULL },
};

static int told; /* how often; progress has no context */

static void
tell(const char *name, int done, int all)
{
    assert_string_equal(name, two[done - 1].name);
    assert_int_equal(all, 2);
    told++;
}

static void
migrate(struct world *world, const struct db_migration *migrations)
{
    struct str why;

    if (!db_migrate(world->db, &world->arena, migrations, NULL, &why))
        fail_msg("%.*s", STR_ARG(why));
    assert_false(db_in_transaction(world->db));
}

static void
assert_migration_refused(struct world *world,
                         const struct db_migration *migrations,
                         const char *reason)
{
    struct str why;
    int pending;

    assert_false(db_migrate(world->db, &world->arena, migrations, NULL, &why));
    if (str_find(why, str_of(reason)) < 0)
        fail_msg("%.*s", STR_ARG(why));
    assert_false(db_in_transaction(world->db));
    assert_false(
        db_schema_check(world->db, &world->arena, migrations, &pending, &why));
    assert_true(str_find(why, str_of(reason)) >= 0);
}

static void
a_fresh_database_gets_every_migration(void **state)
{
    struct world *world = *state;
    struct str why;
    int pending;

    must(world->db,
         db_schema_check(world->db, &world->arena, two, &pending, &why));
    assert_int_equal(pending, 2);
    told = 0;
    must(world->db, db_migrate(world->db, &world->arena, two, tell, &why));
    assert_int_equal(told, 2);
    assert_int_equal(query_int(world, "SELECT id FROM two"), 2);
    assert_int_equal(query_int(world, "SELECT COUNT(*) FROM schema_migration"
                                      " WHERE state = 'done'"
                                      "   AND done_ms >= started_ms"),
                     2);
}

static void
a_second_run_has_nothing_to_do(void **state)
{
    struct world *world = *state;
    struct str why;
    int pending;

    migrate(world, two);
    told = 0;
    must(world->db, db_migrate(world->db, &world->arena, two, tell, &why));
    assert_int_equal(told, 0);
    must(world->db,
         db_schema_check(world->db, &world->arena, two, &pending, &why));
    assert_int_equal(pending, 0);
}

static void
a_new_migration_is_added_to_the_old_ones(void **state)
{
    static const struct db_migration one[] = {
        { 1, "0001_first", "CREATE TABLE one (id INTEGER PRIMARY KEY);",
          "CREATE TABLE one (id BIGINT PRIMARY KEY);" },
        { 0, NULL, NULL, NULL },
    };
    struct world *world = *state;

    migrate(world, one);
    migrate(world, two);
    assert_int_equal(query_int(world, "SELECT id FROM two"), 2);
    assert_migration_refused(world, one, "newer than this program");
}

static void
a_half_made_migration_is_refused(void **state)
{
    struct world *world = *state;

    migrate(world, two);
    run(world, "UPDATE schema_migration SET state = 'running'"
               " WHERE number = 2");
    assert_migration_refused(world, two, "did not end");
}

static void
a_changed_migration_is_refused(void **state)
{
    static const struct db_migration changed[] = {
        { 1, "0001_first", "CREATE TABLE one (id INTEGER);",
          "CREATE TABLE one (id INTEGER);" },
        { 0, NULL, NULL, NULL },
    };
    struct world *world = *state;

    migrate(world, two);
    run(world, "DELETE FROM schema_migration WHERE number = 2");
    assert_migration_refused(world, changed, "another text");
}

static void
a_migration_that_fails_leaves_nothing_behind(void **state)
{
    static const struct db_migration broken[] = {
        { 1, "0001_first", "CREATE TABLE one (id INTEGER); NONSENSE;",
          "CREATE TABLE one (id BIGINT); NONSENSE;" },
        { 0, NULL, NULL, NULL },
    };
    struct world *world = *state;
    struct str why;

    assert_false(db_migrate(world->db, &world->arena, broken, NULL, &why));
    assert_true(str_starts(why, STR("migration 0001_first: ")));
    migrate(world, two);
}

/* One of the nodes that start at the same time. */
static void *
start_node(void *context)
{
    struct world *world = context;
    struct arena arena;
    struct str why;

    arena_init(&arena);
    struct db *db = db_open(&arena, world->address, false, &why);
    bool ok = db != NULL && db_migrate(db, &arena, two, NULL, &why);
    if (!ok)
        print_error("%.*s\n", STR_ARG(why));
    db_close(db);
    arena_free(&arena);
    return ok ? context : NULL;
}

static void
two_nodes_may_start_together(void **state)
{
    struct world *world = *state;
    pthread_t nodes[2];

    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&nodes[i], NULL, start_node, world), 0);
    for (int i = 0; i < 2; i++) {
        void *ok;
        pthread_join(nodes[i], &ok);
        assert_non_null(ok);
    }
    assert_int_equal(query_int(world, "SELECT COUNT(*) FROM two"), 1);
}

static void
a_file_of_another_program_is_left_alone(void **state)
{
    struct world *world = *state;
    struct str why;

    if (db_engine(world->db) == DB_POSTGRES)
        return; /* others may have tables there */
    run(world, "CREATE TABLE theirs (id INTEGER)");
    assert_false(db_migrate(world->db, &world->arena, two, NULL, &why));
    assert_true(str_find(why, STR("another program's")) >= 0);
    assert_int_equal(query_int(world, "SELECT COUNT(*) FROM sqlite_master"), 1);
    assert_false(db_in_transaction(world->db));
}

static void
no_migrations_are_fine(void **state)
{
    static const struct db_migration none[] = { { 0, NULL, NULL, NULL } };
    struct world *world = *state;

    migrate(world, none);
    migrate(world, none);
}

static const struct CMUnitTest tests[] = {
    IN_EMPTY_WORLD(a_fresh_database_gets_every_migration),
    IN_EMPTY_WORLD(a_second_run_has_nothing_to_do),
    IN_EMPTY_WORLD(a_new_migration_is_added_to_the_old_ones),
    IN_EMPTY_WORLD(a_half_made_migration_is_refused),
    IN_EMPTY_WORLD(a_changed_migration_is_refused),
    IN_EMPTY_WORLD(a_migration_that_fails_leaves_nothing_behind),
    IN_EMPTY_WORLD(two_nodes_may_start_together),
    IN_EMPTY_WORLD(a_file_of_another_program_is_left_alone),
    IN_EMPTY_WORLD(no_migrations_are_fine),
};

int
main(void)
{
    return RUN_ON_SQLITE(tests) + RUN_ON_POSTGRES(tests);
}
