/*
 * test_world: the databases of the tests of this folder, of both engines.
 * PostgreSQL is tested when BATON_TEST_POSTGRES holds the address of a
 * cluster's maintenance database, postgres://user@host:port/postgres; a
 * database is made and dropped there. For test programs only.
 */
#ifndef DB_TEST_WORLD_H
#define DB_TEST_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/db/engine.h"

/* An engine under test, for a whole group of tests. */
struct place {
    struct arena arena;
    enum db_engine engine;
    const char *address;
    const char *folder;   /* SQLite: removed at the end */
    const char *database; /* PostgreSQL: dropped at the end */
    int tables;           /* files or schemas made so far */
};

/* One test: a database of its own and a connection that writes. */
struct world {
    struct arena arena;
    struct place *place;
    const char *address;
    struct db *db;
};

static struct place *place; /* cmocka hands a group's state to no test */

static inline struct db *
open_at(struct world *world, bool read_only)
{
    struct str why;
    struct db *db = db_open(&world->arena, world->address, read_only, &why);

    if (db == NULL)
        fail_msg("%.*s", STR_ARG(why));
    return db;
}

static inline void
must(struct db *db, bool done)
{
    if (!done)
        fail_msg("%s: %s", db_result_name(db_last_result(db)),
                 db_last_message(db));
}

static inline void
run(struct world *world, const char *sql)
{
    must(world->db, db_run(world->db, sql, DB_NO_VALUES, NULL));
}

static inline struct db_rows
query(struct world *world, const char *sql)
{
    struct db_rows rows;

    must(world->db,
         db_query(world->db, &world->arena, sql, DB_NO_VALUES, &rows));
    return rows;
}

static inline int64_t
query_int(struct world *world, const char *sql)
{
    struct db_rows rows = query(world, sql);

    return db_get_int(&rows, 0, 0);
}

static inline int64_t
count_leads(struct world *world)
{
    return query_int(world, "SELECT COUNT(*) FROM lead");
}

static inline void
assert_str(struct str actual, const char *expected)
{
    assert_non_null(actual.data);
    assert_int_equal(actual.bytes, strlen(expected));
    assert_memory_equal(actual.data, expected, actual.bytes);
}

static const struct db_insert into_lead = {
    .table = "lead",
    .columns = "id, name, score, raw",
    .kinds = "itrb",
};

static inline bool
insert_lead(struct world *world, int64_t id, const char *name)
{
    return db_insert(world->db, &into_lead,
                     DB_VALUES(db_int(id), db_cstr(name), db_real(0.5),
                               db_blob(STR("raw"))));
}

static const char lead_sqlite[] =
    "CREATE TABLE lead (id INTEGER PRIMARY KEY, name TEXT UNIQUE,"
    " score DOUBLE PRECISION CHECK (score < 100), raw BLOB);"
    "CREATE TABLE touch (id INTEGER PRIMARY KEY,"
    " lead_id INTEGER NOT NULL REFERENCES lead (id)"
    " DEFERRABLE INITIALLY DEFERRED);";
static const char lead_postgres[] =
    "CREATE TABLE lead (id BIGINT PRIMARY KEY, name TEXT UNIQUE,"
    " score DOUBLE PRECISION CHECK (score < 100), raw BYTEA);"
    "CREATE TABLE touch (id BIGINT PRIMARY KEY,"
    " lead_id BIGINT NOT NULL REFERENCES lead (id)"
    " DEFERRABLE INITIALLY DEFERRED);";

static inline const char *
script_for(struct world *world, const char *sqlite, const char *postgres)
{
    return world->place->engine == DB_SQLITE ? sqlite : postgres;
}

/* A file, or a schema, of its own. */
static inline void
make_address(struct world *world)
{
    int number = world->place->tables++;

    if (world->place->engine == DB_SQLITE) {
        world->address = arena_format(&world->arena, "%s/%d.db",
                                      world->place->folder, number)
                             .data;
        return;
    }
    PGconn *conn = PQconnectdb(world->place->address);
    const char *sql =
        arena_format(&world->arena, "CREATE SCHEMA s%d", number).data;
    PGresult *result = PQexec(conn, sql);
    assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
    PQclear(result);
    PQfinish(conn);
    world->address =
        arena_format(&world->arena,
                     "%s?options=-csearch_path%%3Ds%d&connect_timeout=60",
                     world->place->address, number)
            .data;
}

static inline int
set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    arena_init(&world->arena);
    world->place = place;
    make_address(world);
    world->db = open_at(world, false);
    must(world->db,
         db_script(world->db, script_for(world, lead_sqlite, lead_postgres)));
    *state = world;
    return 0;
}

static inline int
tear_down(void **state)
{
    struct world *world = *state;

    db_close(world->db);
    arena_free(&world->arena);
    free(world);
    return 0;
}

/* The two engines */

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* A table of tests on an engine; how many failed. */
#define RUN_ON_SQLITE(tests) run_on_sqlite(tests, sizeof tests / sizeof *tests)
#define RUN_ON_POSTGRES(tests) \
    run_on_postgres(tests, sizeof tests / sizeof *tests)

static inline int
run_on_sqlite(const struct CMUnitTest *tests, size_t count)
{
    struct place here = { .engine = DB_SQLITE };
    char folder[] = "/tmp/baton_db_test_XXXXXX";

    if (mkdtemp(folder) == NULL)
        return 1;
    arena_init(&here.arena);
    here.folder = folder;
    place = &here;
    int failures =
        _cmocka_run_group_tests("on SQLite", tests, count, NULL, NULL);
    for (int i = 0; i < here.tables; i++)
        for (int j = 0; j < 4; j++) {
            static const char *const ends[] = { "", "-wal", "-shm", ".txt" };
            unlink(arena_format(&here.arena, "%s/%d.db%s", folder, i, ends[j])
                       .data);
        }
    if (rmdir(folder) != 0)
        printf("%s: %s\n", folder, strerror(errno));
    arena_free(&here.arena);
    return failures;
}

/* On the cluster's maintenance database. */
static inline bool
on_cluster(const char *cluster, const char *sql)
{
    PGconn *conn = PQconnectdb(cluster);
    PGresult *result = PQexec(conn, sql);
    bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;

    if (!ok)
        printf("%s: %s", sql, PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
    return ok;
}

/* The address with another database's name. */
static inline const char *
address_of(struct arena *arena, const char *cluster, const char *database)
{
    const char *host = strstr(cluster, "://");
    const char *slash = host == NULL ? NULL : strchr(host + 3, '/');
    size_t bytes = slash == NULL ? strlen(cluster) : (size_t)(slash - cluster);

    return arena_format(arena, "%.*s/%s", (int)bytes, cluster, database).data;
}

static inline int
run_on_postgres(const struct CMUnitTest *tests, size_t count)
{
    struct place here = { .engine = DB_POSTGRES };
    const char *cluster = getenv("BATON_TEST_POSTGRES");

    if (cluster == NULL || cluster[0] == '\0') {
        printf("on PostgreSQL: skipped, BATON_TEST_POSTGRES is not set\n");
        return 0;
    }
    arena_init(&here.arena);
    here.database = arena_format(&here.arena, "baton_db_test_%d_%lld",
                                 (int)getpid(), (long long)clock_now_ms())
                        .data;
    const char *create =
        arena_format(&here.arena, "CREATE DATABASE %s", here.database).data;
    const char *drop =
        arena_format(&here.arena, "DROP DATABASE %s WITH (FORCE)",
                     here.database)
            .data;
    here.address = address_of(&here.arena, cluster, here.database);
    place = &here;
    int failures = 1;
    if (on_cluster(cluster, create)) {
        failures =
            _cmocka_run_group_tests("on PostgreSQL", tests, count, NULL, NULL);
        on_cluster(cluster, drop);
    }
    arena_free(&here.arena);
    return failures;
}

#endif
