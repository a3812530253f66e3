/*
 * test_place: databases for the tests of this folder: a SQLite file, and,
 * when BATON_TEST_POSTGRES names a maintenance database
 * (postgres://user@host:port/postgres), a database made and dropped there.
 * For test programs only.
 */
#ifndef JOBS_TEST_PLACE_H
#define JOBS_TEST_PLACE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours fails a unit */
#undef fail_msg
#define fail_msg(format, ...) \
    (print_error("ERROR: " format "\n", __VA_ARGS__), _fail(__FILE__, __LINE__))

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/text.h"
#include "lib/jobs/runner.h"

static const char *place_server; /* NULL: SQLite */

struct place {
    struct arena arena;
    const char *address;
    const char *folder; /* SQLite */
    const char *name;   /* PostgreSQL */
    struct db *db;      /* for the test itself */
    struct db *reader;  /* the same, in no writer's way */
};

static inline void
place_command(const char *sql)
{
    PGconn *server = PQconnectdb(place_server);
    PGresult *result = PQexec(server, sql);

    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(server));
    PQclear(result);
    PQfinish(server);
}

static inline void
place_open(struct place *place, const struct db_migration *migrations)
{
    static int count;
    struct str why = STR_NONE;

    *place = (struct place){ 0 };
    arena_init(&place->arena);
    if (place_server != NULL) {
        struct str url = str_of(place_server);
        while (url.bytes > 0 && url.data[url.bytes - 1] != '/')
            url.bytes--;
        place->name = arena_format(&place->arena, "baton_jobs_%d_%d",
                                   (int)getpid(), count++)
                          .data;
        place->address =
            arena_format(&place->arena, "%.*s%s?connect_timeout=60",
                         STR_ARG(url), place->name)
                .data;
        place_command(
            arena_format(&place->arena, "CREATE DATABASE %s", place->name)
                .data);
    } else {
        char *folder = arena_alloc(&place->arena, 64);
        snprintf(folder, 64, "/tmp/baton_jobs_XXXXXX");
        assert_non_null(mkdtemp(folder));
        place->folder = folder;
        place->address =
            arena_format(&place->arena, "%s/baton.db", folder).data;
    }
    place->db = db_open(&place->arena, place->address, false, &why);
    if (place->db == NULL
        || !db_migrate(place->db, &place->arena, migrations, NULL, &why))
        fail_msg("%.*s", STR_ARG(why));
    place->reader = db_open(&place->arena, place->address, true, &why);
    if (place->reader == NULL)
        fail_msg("%.*s", STR_ARG(why));
}

static inline void
place_close(struct place *place)
{
    static const char *const files[] = { "", "-wal", "-shm", NULL };

    db_close(place->reader);
    db_close(place->db);
    if (place->name != NULL)
        place_command(arena_format(&place->arena,
                                   "DROP DATABASE %s WITH (FORCE)", place->name)
                          .data);
    for (int i = 0; place->folder != NULL && files[i] != NULL; i++)
        unlink(
            arena_format(&place->arena, "%s%s", place->address, files[i]).data);
    if (place->folder != NULL)
        rmdir(place->folder);
    arena_free(&place->arena);
}

/* One number of a query, as the test's own connection sees it. */
static inline int64_t
place_number(struct place *place, const char *sql)
{
    struct arena arena;
    struct db_rows rows;

    arena_init(&arena);
    if (!db_begin(place->reader)
        || !db_query(place->reader, &arena, sql, DB_NO_VALUES, &rows))
        fail_msg("%s: %s", sql, db_last_message(place->reader));
    int64_t number = rows.count == 0 ? -1 : db_get_int(&rows, 0, 0);
    db_rollback(place->reader);
    arena_free(&arena);
    return number;
}

static inline void
place_run(struct place *place, const char *sql)
{
    if (!db_begin(place->db) || !db_run(place->db, sql, DB_NO_VALUES, NULL)
        || !db_commit(place->db))
        fail_msg("%s: %s", sql, db_last_message(place->db));
}

/* Runs the tests on SQLite, then on PostgreSQL when there is one. */
static inline int
place_run_tests(const struct CMUnitTest *tests, size_t count)
{
    print_message("on SQLite\n");
    int failed = _cmocka_run_group_tests("SQLite", tests, count, NULL, NULL);

    place_server = getenv("BATON_TEST_POSTGRES");
    if (place_server == NULL) {
        print_message("PostgreSQL skipped: BATON_TEST_POSTGRES is not set\n");
        return failed;
    }
    print_message("on PostgreSQL\n");
    return failed
         + _cmocka_run_group_tests("PostgreSQL", tests, count, NULL, NULL);
}

#endif
