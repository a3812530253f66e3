/*
 * What lib/db promises, on both engines. PostgreSQL is tested when
 * BATON_TEST_POSTGRES holds the address of a cluster's maintenance database,
 * postgres://user@host:port/postgres; a database is made and dropped there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <libpq-fe.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/db/array.h"
#include "lib/db/postgres.h"

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

static struct db *
open_at(struct world *world, bool read_only)
{
    struct str why;
    struct db *db = db_open(&world->arena, world->address, read_only, &why);

    if (db == NULL)
        fail_msg("%.*s", STR_ARG(why));
    return db;
}

static void
must(struct db *db, bool done)
{
    if (!done)
        fail_msg("%s: %s", db_result_name(db_last_result(db)),
                 db_last_message(db));
}

static void
run(struct world *world, const char *sql)
{
    must(world->db, db_run(world->db, sql, DB_NO_VALUES, NULL));
}

static struct db_rows
query(struct world *world, const char *sql)
{
    struct db_rows rows;

    must(world->db,
         db_query(world->db, &world->arena, sql, DB_NO_VALUES, &rows));
    return rows;
}

static int64_t
query_int(struct world *world, const char *sql)
{
    struct db_rows rows = query(world, sql);

    return db_get_int(&rows, 0, 0);
}

static int64_t
count_leads(struct world *world)
{
    return query_int(world, "SELECT COUNT(*) FROM lead");
}

static void
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

static bool
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

static const char *
script_for(struct world *world, const char *sqlite, const char *postgres)
{
    return world->place->engine == DB_SQLITE ? sqlite : postgres;
}

/* A file, or a schema, of its own. */
static void
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
        arena_format(&world->arena, "%s?options=-csearch_path%%3Ds%d",
                     world->place->address, number)
            .data;
}

static int
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

static int
tear_down(void **state)
{
    struct world *world = *state;

    db_close(world->db);
    arena_free(&world->arena);
    free(world);
    return 0;
}

/* Values */

static void
every_kind_comes_back_as_it_went(void **state)
{
    struct world *world = *state;
    const char bytes[] = { 'a', '\0', '\xff', '\0' };
    struct str raw = { bytes, sizeof bytes };
    struct db_rows rows;

    must(world->db, db_run(world->db,
                           "INSERT INTO lead (id, name, score, raw)"
                           " VALUES ($1, $2, $3, $4)",
                           DB_VALUES(db_int(INT64_MIN), db_cstr("김민지 ✓"),
                                     db_real(-0.1), db_blob(raw)),
                           NULL));
    rows = query(world, "SELECT id, name, score, raw FROM lead");
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.columns, 4);
    assert_true(db_get_int(&rows, 0, 0) == INT64_MIN);
    assert_str(db_get_text(&rows, 0, 1), "김민지 ✓");
    assert_true(db_get_real(&rows, 0, 2) == -0.1);
    struct str back = db_get_text(&rows, 0, 3);
    assert_int_equal(back.bytes, raw.bytes);
    assert_memory_equal(back.data, raw.data, raw.bytes);
}

static void
inserted_rows_come_back_as_they_went(void **state)
{
    struct world *world = *state;
    const char bytes[] = { '\0', 'b' };
    struct str raw = { bytes, sizeof bytes };

    must(world->db, db_begin(world->db));
    must(world->db,
         db_insert(world->db, &into_lead,
                   DB_VALUES(db_int(INT64_MAX), db_cstr("a'\"\\{}"),
                             db_real(1e300 * 0.0 - 7.25), db_blob(raw))));
    must(world->db, db_insert(world->db, &into_lead,
                              DB_VALUES(db_int(-2), db_text(STR_NONE),
                                        db_real(3), db_blob(STR_NONE))));
    must(world->db, db_commit(world->db));

    struct db_rows rows =
        query(world, "SELECT id, name, score, raw FROM lead ORDER BY id");
    assert_int_equal(rows.count, 2);
    assert_int_equal(db_get_int(&rows, 0, 0), -2);
    assert_true(db_is_null(&rows, 0, 1));
    assert_true(db_is_null(&rows, 0, 3));
    assert_true(db_get_int(&rows, 1, 0) == INT64_MAX);
    assert_str(db_get_text(&rows, 1, 1), "a'\"\\{}");
    assert_true(db_get_real(&rows, 1, 2) == -7.25);
    assert_int_equal(db_get_text(&rows, 1, 3).bytes, 2);
    assert_memory_equal(db_get_text(&rows, 1, 3).data, bytes, 2);
}

static void
a_null_reads_as_nothing(void **state)
{
    struct world *world = *state;
    struct db_value null_real = db_real(1);
    struct db_rows rows;

    null_real.is_null = true;
    must(world->db,
         db_query(world->db, &world->arena,
                  "INSERT INTO lead (id, name, score, raw)"
                  " VALUES (1, $1, $2, $3) RETURNING name, score, raw, NULL",
                  DB_VALUES(db_text(STR_NONE), null_real, db_blob(STR_NONE)),
                  &rows));
    for (int i = 0; i < 4; i++)
        assert_true(db_is_null(&rows, 0, i));
    assert_null(db_get_text(&rows, 0, 0).data);
    assert_true(db_get_real(&rows, 0, 1) == 0.0);
    assert_int_equal(db_get_int(&rows, 0, 1), 0);
    assert_true(id_is_none(db_get_id(&rows, 0, 3)));
    assert_false(db_get_bool(&rows, 0, 3));
}

static void
empty_text_is_not_null(void **state)
{
    struct world *world = *state;

    must(world->db, db_insert(world->db, &into_lead,
                              DB_VALUES(db_int(1), db_text(STR("")), db_real(0),
                                        db_blob(STR("")))));
    struct db_rows rows = query(world, "SELECT name, raw FROM lead");
    assert_false(db_is_null(&rows, 0, 0));
    assert_false(db_is_null(&rows, 0, 1));
    assert_str(db_get_text(&rows, 0, 0), "");
    assert_str(db_get_text(&rows, 0, 1), "");
}

static void
ids_and_zeros_are_stored_as_promised(void **state)
{
    struct world *world = *state;
    struct db_rows rows;

    must(world->db, db_query(world->db, &world->arena,
                             "SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT),"
                             " CAST($3 AS BIGINT), CAST($4 AS BIGINT),"
                             " CAST($5 AS BIGINT), CAST($6 AS BIGINT)",
                             DB_VALUES(db_id(ID_NONE), db_id((struct id){ 77 }),
                                       db_int_or_null(0), db_int_or_null(-1),
                                       db_bool(true), db_bool(false)),
                             &rows));
    assert_true(db_is_null(&rows, 0, 0));
    assert_true(id_equal(db_get_id(&rows, 0, 1), (struct id){ 77 }));
    assert_true(db_is_null(&rows, 0, 2));
    assert_int_equal(db_get_int(&rows, 0, 3), -1);
    assert_true(db_get_bool(&rows, 0, 4));
    assert_false(db_get_bool(&rows, 0, 5));
}

static void
sums_and_truths_read_as_numbers(void **state)
{
    struct world *world = *state;

    for (int i = 1; i <= 3; i++)
        must(world->db, insert_lead(world, i * 20000, NULL));
    struct db_rows rows = query(
        world, "SELECT SUM(id), AVG(id), COUNT(*), SUM(score), SUM(id) > 1,"
               " -SUM(id), SUM(id) * 1000000000, MAX(id) = 1,"
               " COALESCE(SUM(id), 0) / 2, SUM(0 * id) FROM lead");
    assert_int_equal(db_get_int(&rows, 0, 0), 120000);
    assert_true(db_get_real(&rows, 0, 1) == 40000.0);
    assert_int_equal(db_get_int(&rows, 0, 2), 3);
    assert_true(db_get_real(&rows, 0, 3) == 1.5);
    assert_true(db_get_bool(&rows, 0, 4));
    assert_int_equal(db_get_int(&rows, 0, 5), -120000);
    assert_true(db_get_int(&rows, 0, 6) == 120000000000000);
    assert_false(db_get_bool(&rows, 0, 7));
    assert_int_equal(db_get_int(&rows, 0, 8), 60000);
    assert_int_equal(db_get_int(&rows, 0, 9), 0);
}

static void
parameters_go_by_their_number(void **state)
{
    struct world *world = *state;
    struct db_rows rows;

    must(world->db,
         db_query(world->db, &world->arena,
                  "SELECT CAST($2 AS TEXT), CAST($1 AS BIGINT),"
                  " CAST($2 AS TEXT), $1 + CAST($3 AS BIGINT)",
                  DB_VALUES(db_int(1), db_cstr("two"), db_int(3)), &rows));
    assert_str(db_get_text(&rows, 0, 0), "two");
    assert_int_equal(db_get_int(&rows, 0, 1), 1);
    assert_str(db_get_text(&rows, 0, 2), "two");
    assert_int_equal(db_get_int(&rows, 0, 3), 4);
}

static void
more_than_nine_parameters_keep_their_order(void **state)
{
    struct world *world = *state;
    struct db_rows rows;

    must(world->db,
         db_query(world->db, &world->arena,
                  "SELECT $11 * 1000 + $10 * 100 + $1 * 10 + $2"
                  " + $3 + $4 + $5 + $6 + $7 + $8 + $9",
                  DB_VALUES(db_int(1), db_int(2), db_int(0), db_int(0),
                            db_int(0), db_int(0), db_int(0), db_int(0),
                            db_int(0), db_int(3), db_int(4)),
                  &rows));
    assert_int_equal(db_get_int(&rows, 0, 0), 4312);
}

static void
a_missing_value_is_an_error(void **state)
{
    struct world *world = *state;
    struct db_rows rows;

    assert_false(db_query(world->db, &world->arena, "SELECT $1 + $2",
                          DB_VALUES(db_int(1)), &rows));
    assert_int_equal(db_last_result(world->db), DB_ERROR);
}

static void
a_nul_in_text_is_refused(void **state)
{
    struct world *world = *state;

    assert_false(db_insert(world->db, &into_lead,
                           DB_VALUES(db_int(1), db_text(STR("a\0b")),
                                     db_real(0), db_blob(STR("a\0b")))));
    assert_int_equal(db_last_result(world->db), DB_CONSTRAINT);
}

static void
a_buffer_used_again_runs_its_new_text(void **state)
{
    struct world *world = *state;
    char *sql = arena_alloc(&world->arena, 32);
    struct db_rows rows;

    for (int i = 0; i < 3; i++) {
        snprintf(sql, 32, "SELECT %d", i % 2);
        rows = query(world, sql);
        assert_int_equal(db_get_int(&rows, 0, 0), i % 2);
    }
}

static void
built_text_takes_values(void **state)
{
    struct world *world = *state;
    struct db_rows rows;

    must(world->db, insert_lead(world, 5, "five"));
    for (int i = 0; i < 3; i++) {
        struct str sql = arena_format(
            &world->arena, "SELECT name, %d FROM lead WHERE id = $1", i);
        must(world->db, db_query_text(world->db, &world->arena, sql,
                                      DB_VALUES(db_int(5)), &rows));
        assert_str(db_get_text(&rows, 0, 0), "five");
        assert_int_equal(db_get_int(&rows, 0, 1), i);
    }
}

static void
the_same_text_takes_values_of_other_kinds(void **state)
{
    static const char sql[] = "SELECT COUNT(*) FROM lead WHERE $1 IS NULL";
    struct world *world = *state;
    struct db_rows rows;

    for (int i = 0; i < 2; i++) {
        must(world->db, db_query(world->db, &world->arena, sql,
                                 DB_VALUES(db_int(1)), &rows));
        must(world->db, db_query(world->db, &world->arena, sql,
                                 DB_VALUES(db_text(STR_NONE)), &rows));
    }
}

static void
a_change_tells_how_many_rows(void **state)
{
    struct world *world = *state;
    int64_t changed = -1;

    for (int i = 1; i <= 5; i++)
        must(world->db, insert_lead(world, i, NULL));
    must(world->db, db_run(world->db, "UPDATE lead SET score = 1 WHERE id > $1",
                           DB_VALUES(db_int(2)), &changed));
    assert_int_equal(changed, 3);
    must(world->db, db_run(world->db, "DELETE FROM lead WHERE id > $1",
                           DB_VALUES(db_int(9)), &changed));
    assert_int_equal(changed, 0);
}

/* Transactions */

static void
a_commit_keeps_and_a_rollback_forgets(void **state)
{
    struct world *world = *state;

    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 1, "kept"));
    must(world->db, db_commit(world->db));
    assert_false(db_in_transaction(world->db));

    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 2, "forgotten"));
    run(world, "INSERT INTO lead (id) VALUES (3)");
    assert_true(db_in_transaction(world->db));
    db_rollback(world->db);
    assert_false(db_in_transaction(world->db));
    assert_int_equal(count_leads(world), 1);
}

static void
an_empty_transaction_commits(void **state)
{
    struct world *world = *state;

    for (int i = 0; i < 3; i++) {
        must(world->db, db_begin(world->db));
        must(world->db, db_commit(world->db));
        must(world->db, db_begin(world->db));
        db_rollback(world->db);
    }
    assert_int_equal(count_leads(world), 0);
}

static void
a_query_sees_the_rows_before_it(void **state)
{
    struct world *world = *state;

    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 1, "a"));
    must(world->db, insert_lead(world, 2, "b"));
    assert_int_equal(count_leads(world), 2);
    run(world, "DELETE FROM lead WHERE id = 1");
    must(world->db, insert_lead(world, 3, "a"));
    assert_int_equal(count_leads(world), 2);
    must(world->db, db_commit(world->db));
    assert_int_equal(count_leads(world), 2);
}

static void
rows_arrive_in_the_order_of_their_tables(void **state)
{
    static const struct db_insert into_note = {
        .table = "note",
        .columns = "id, lead_id",
        .kinds = "ii",
    };
    struct world *world = *state;

    must(world->db,
         db_script(world->db, "CREATE TABLE note (id BIGINT PRIMARY KEY,"
                              " lead_id BIGINT REFERENCES lead (id))"));
    must(world->db, db_begin(world->db));
    for (int i = 1; i <= 3; i++) {
        must(world->db, insert_lead(world, i, NULL));
        must(world->db,
             db_insert(world->db, &into_note, DB_VALUES(db_int(i), db_int(i))));
    }
    must(world->db, db_commit(world->db));
    assert_int_equal(query_int(world, "SELECT COUNT(*) FROM note"), 3);
}

static const struct db_insert count_lead = {
    "lead", "id, name, score, raw", "itrb",
    "ON CONFLICT (id) DO UPDATE SET score = lead.score + excluded.score"
};

static void
a_row_that_is_there_may_be_changed_instead(void **state)
{
    struct world *world = *state;

    for (int round = 0; round < 2; round++) {
        must(world->db, db_begin(world->db));
        for (int i = 1; i <= 3; i++)
            must(world->db,
                 db_insert(world->db, &count_lead,
                           DB_VALUES(db_int(i), db_text(STR_NONE), db_real(i),
                                     db_blob(STR_NONE))));
        must(world->db, db_commit(world->db));
    }
    assert_int_equal(count_leads(world), 3);
    assert_int_equal(
        query_int(world, "SELECT CAST(SUM(score) AS BIGINT) FROM lead"), 12);
}

static const struct db_update score_lead = {
    .sql = "UPDATE lead SET score = score * 2 + $2, name = $3 WHERE id = $1",
    .kinds = "irt",
    .keys = 1,
    .must = true,
};

static bool
score(struct world *world, int64_t id, double by, struct str name)
{
    return db_update(world->db, &score_lead,
                     DB_VALUES(db_int(id), db_real(by), db_text(name)));
}

static void
leads_in_a_row(struct world *world)
{
    must(world->db, db_begin(world->db));
    for (int i = 1; i <= 3; i++)
        must(world->db, insert_lead(world, i, NULL));
    must(world->db, db_commit(world->db));
}

static void
changes_of_many_rows_are_made(void **state)
{
    struct world *world = *state;

    leads_in_a_row(world);
    must(world->db, db_begin(world->db));
    must(world->db, score(world, 1, 1, STR("one")));
    must(world->db, score(world, 2, 2, STR_NONE));
    must(world->db, score(world, 3, 3, STR("three")));
    must(world->db, db_commit(world->db));
    assert_int_equal(
        query_int(world, "SELECT CAST(SUM(score * id) AS BIGINT) FROM lead"),
        2 + 6 + 12);
    assert_int_equal(
        query_int(world, "SELECT COUNT(*) FROM lead WHERE name IS NULL"), 1);
    assert_int_equal(
        query_int(world, "SELECT id FROM lead WHERE name = 'three'"), 3);
}

static void
a_row_that_is_changed_twice_is_changed_in_that_order(void **state)
{
    struct world *world = *state;

    leads_in_a_row(world);
    must(world->db, db_begin(world->db));
    must(world->db, score(world, 1, 1, STR("first"))); /* 2 */
    must(world->db, score(world, 2, 1, STR("other")));
    must(world->db, score(world, 1, 3, STR("second"))); /* 7 */
    must(world->db, db_commit(world->db));
    assert_int_equal(
        query_int(world, "SELECT CAST(score AS BIGINT) FROM lead WHERE id = 1"),
        7);
    assert_int_equal(
        query_int(world, "SELECT id FROM lead WHERE name = 'second'"), 1);
}

/* SQLite says so at once, PostgreSQL with the next answer or the commit. */
static void
a_change_that_misses_its_row_refuses_the_whole_transaction(void **state)
{
    struct world *world = *state;
    struct db_rows rows;

    leads_in_a_row(world);
    for (int asks = 0; asks < 2; asks++) {
        must(world->db, db_begin(world->db));
        must(world->db, score(world, 1, 9, STR_NONE));
        bool changed = score(world, 4, 9, STR_NONE);
        if (changed && asks)
            changed = db_query(world->db, &world->arena, "SELECT 1",
                               DB_NO_VALUES, &rows);
        assert_false(changed && (asks || db_commit(world->db)));
        assert_int_equal(db_last_result(world->db), DB_STALE);
        assert_false(asks && db_commit(world->db));
        db_rollback(world->db);
    }
    assert_int_equal(
        query_int(world, "SELECT CAST(SUM(score) * 2 AS BIGINT) FROM lead"), 3);
    must(world->db, db_begin(world->db)); /* and the next is not refused */
    must(world->db, score(world, 1, 9, STR_NONE));
    must(world->db, db_commit(world->db));
}

static void
a_rollback_forgets_rows_that_were_never_sent(void **state)
{
    struct world *world = *state;

    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 1, "forgotten"));
    db_rollback(world->db);
    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 2, "kept"));
    must(world->db, db_commit(world->db));
    assert_int_equal(query_int(world, "SELECT SUM(id) FROM lead"), 2);
}

static void
a_taken_key_refuses_the_whole_transaction(void **state)
{
    struct world *world = *state;

    must(world->db, insert_lead(world, 1, "first"));
    must(world->db, db_begin(world->db));
    bool ok = insert_lead(world, 2, "second") && insert_lead(world, 1, "x")
           && insert_lead(world, 3, "third");
    ok = db_commit(world->db) && ok;
    assert_false(ok);
    assert_int_equal(db_last_result(world->db), DB_UNIQUE);
    assert_false(db_in_transaction(world->db));
    db_rollback(world->db);
    assert_int_equal(count_leads(world), 1);

    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 2, "second"));
    must(world->db, db_commit(world->db));
    assert_int_equal(count_leads(world), 2);
}

static void
a_queued_change_that_fails_shows_at_the_next_query(void **state)
{
    struct world *world = *state;
    struct db_rows rows;

    must(world->db, insert_lead(world, 1, "first"));
    must(world->db, db_begin(world->db));
    bool ok = db_run(world->db, "INSERT INTO lead (id) VALUES (1)",
                     DB_NO_VALUES, NULL);
    ok = db_query(world->db, &world->arena, "SELECT 1", DB_NO_VALUES, &rows)
      && ok;
    assert_false(ok);
    assert_int_equal(db_last_result(world->db), DB_UNIQUE);
    db_rollback(world->db);
    assert_int_equal(count_leads(world), 1);
}

static void
a_failed_transaction_takes_nothing_more_and_keeps_its_reason(void **state)
{
    struct world *world = *state;
    struct db_rows rows;

    must(world->db, insert_lead(world, 1, "first"));
    must(world->db, db_begin(world->db));
    assert_false(db_query(world->db, &world->arena,
                          "INSERT INTO lead (id) VALUES (1) RETURNING id",
                          DB_NO_VALUES, &rows));
    assert_false(db_query(world->db, &world->arena, "SELECT nonsense",
                          DB_NO_VALUES, &rows));
    assert_false(insert_lead(world, 2, "second"));
    assert_false(db_commit(world->db));
    assert_int_equal(db_last_result(world->db), DB_UNIQUE);
    assert_int_equal(count_leads(world), 1);
}

static void
errors_have_their_kinds(void **state)
{
    static const struct {
        const char *sql;
        enum db_result result;
    } cases[] = {
        { "INSERT INTO lead (id) VALUES (1)", DB_UNIQUE },
        { "INSERT INTO lead (id, name) VALUES (2, 'first')", DB_UNIQUE },
        { "INSERT INTO lead (id, score) VALUES (2, 100)", DB_CONSTRAINT },
        { "INSERT INTO touch (id, lead_id) VALUES (1, NULL)", DB_CONSTRAINT },
        { "INSERT INTO touch (id, lead_id) VALUES (1, 99)", DB_CONSTRAINT },
        { "INSERT INTO nothing (id) VALUES (2)", DB_ERROR },
        { "NONSENSE", DB_ERROR },
    };
    struct world *world = *state;

    must(world->db, insert_lead(world, 1, "first"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(db_run(world->db, cases[i].sql, DB_NO_VALUES, NULL));
        assert_int_equal(db_last_result(world->db), cases[i].result);
        assert_true(strlen(db_last_message(world->db)) > 0);
    }
    assert_int_equal(count_leads(world), 1);
}

static void
a_constraint_of_the_commit_refuses_it(void **state)
{
    struct world *world = *state;

    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 1, "first"));
    run(world, "INSERT INTO touch (id, lead_id) VALUES (1, 99)");
    assert_false(db_commit(world->db));
    assert_int_equal(db_last_result(world->db), DB_CONSTRAINT);
    assert_int_equal(count_leads(world), 0);
}

static void
a_read_only_connection_refuses_changes(void **state)
{
    struct world *world = *state;
    struct db *reader = open_at(world, true);
    struct db_rows rows;

    must(world->db, insert_lead(world, 1, "first"));
    assert_false(db_run(reader, "DELETE FROM lead", DB_NO_VALUES, NULL));
    assert_int_equal(db_last_result(reader), DB_ERROR);
    must(reader, db_begin(reader));
    bool ok = db_run(reader, "DELETE FROM lead", DB_NO_VALUES, NULL);
    ok = db_commit(reader) && ok;
    assert_false(ok);
    assert_int_equal(db_last_result(reader), DB_ERROR);
    must(reader, db_query(reader, &world->arena, "SELECT id FROM lead",
                          DB_NO_VALUES, &rows));
    assert_int_equal(rows.count, 1);
    db_close(reader);
}

static void
a_read_only_transaction_sees_one_snapshot(void **state)
{
    static const char count[] = "SELECT COUNT(*) FROM lead";
    struct world *world = *state;
    struct db *reader = open_at(world, true);
    struct db_rows rows;

    must(reader, db_begin(reader));
    for (int i = 0; i < 2; i++) {
        must(reader,
             db_query(reader, &world->arena, count, DB_NO_VALUES, &rows));
        assert_int_equal(db_get_int(&rows, 0, 0), 0);
        must(world->db, insert_lead(world, i, NULL));
    }
    must(reader, db_commit(reader));
    must(reader, db_query(reader, &world->arena, count, DB_NO_VALUES, &rows));
    assert_int_equal(db_get_int(&rows, 0, 0), 2);
    db_close(reader);
}

/* Size */

static const struct db_insert into_wide = {
    .table = "wide",
    .columns = "a, b, c, d, e, f, g, h",
    .kinds = "iitttrbi",
};

static void
insert_wide(struct world *world, int i)
{
    must(world->db,
         db_insert(world->db, &into_wide,
                   DB_VALUES(db_int(i), db_int(-i), db_cstr("name of a lead"),
                             i % 3 == 0 ? db_text(STR_NONE) : db_cstr("x"),
                             db_cstr(""), db_real(i / 2.0),
                             db_blob(STR("\0\1\2")), db_int_or_null(i % 2))));
}

static void
make_wide(struct world *world)
{
    must(world->db,
         db_script(world->db,
                   script_for(world,
                              "CREATE TABLE wide (a INTEGER PRIMARY KEY,"
                              " b INTEGER, c TEXT, d TEXT, e TEXT, f REAL,"
                              " g BLOB, h INTEGER)",
                              "CREATE TABLE wide (a BIGINT PRIMARY KEY,"
                              " b BIGINT, c TEXT, d TEXT, e TEXT,"
                              " f DOUBLE PRECISION, g BYTEA, h BIGINT)")));
}

static void
a_big_batch_arrives_whole(void **state)
{
    enum { ROWS = 5000 };
    struct world *world = *state;

    make_wide(world);
    must(world->db, db_begin(world->db));
    for (int i = 0; i < ROWS; i++)
        insert_wide(world, i);
    must(world->db, db_commit(world->db));

    struct db_rows rows =
        query(world, "SELECT a, b, c, d, e, f, g, h FROM wide ORDER BY a");
    assert_int_equal(rows.count, ROWS);
    for (int i = 0; i < ROWS; i++) {
        assert_int_equal(db_get_int(&rows, i, 0), i);
        assert_int_equal(db_get_int(&rows, i, 1), -i);
        assert_str(db_get_text(&rows, i, 2), "name of a lead");
        assert_int_equal(db_is_null(&rows, i, 3), i % 3 == 0);
        assert_str(db_get_text(&rows, i, 4), "");
        assert_true(db_get_real(&rows, i, 5) == i / 2.0);
        assert_int_equal(db_get_text(&rows, i, 6).bytes, 3);
        assert_int_equal(db_is_null(&rows, i, 7), i % 2 == 0);
    }
}

static void
many_megabytes_in_one_transaction_arrive(void **state)
{
    enum { ROWS = 300, BYTES = 100000 };
    struct world *world = *state;
    char *bytes = arena_alloc(&world->arena, BYTES);

    memset(bytes, 'x', BYTES);
    must(world->db, db_begin(world->db));
    for (int i = 0; i < ROWS; i++)
        must(world->db,
             db_insert(world->db, &into_lead,
                       DB_VALUES(db_int(i), db_text(STR_NONE), db_real(0),
                                 db_blob((struct str){ bytes, BYTES }))));
    must(world->db, db_commit(world->db));
    assert_int_equal(query_int(world, "SELECT SUM(LENGTH(raw)) FROM lead"),
                     ROWS * BYTES);
}

static void
thousands_of_queued_changes_all_run(void **state)
{
    enum { CHANGES = 3000 };
    struct world *world = *state;

    must(world->db, db_begin(world->db));
    run(world, "INSERT INTO lead (id, score) VALUES (1, -100000)");
    for (int i = 0; i < CHANGES; i++)
        must(world->db, db_run(world->db, "UPDATE lead SET score = score + $1",
                               DB_VALUES(db_real(1)), NULL));
    must(world->db, db_commit(world->db));
    assert_int_equal(query_int(world, "SELECT score FROM lead"),
                     CHANGES - 100000);
}

static void
an_error_among_thousands_of_queued_changes_is_found(void **state)
{
    enum { CHANGES = 1000 };
    struct world *world = *state;
    bool ok = true;

    must(world->db, insert_lead(world, 1, "first"));
    must(world->db, db_begin(world->db));
    for (int i = 0; i < CHANGES && ok; i++)
        ok = db_run(world->db, "INSERT INTO lead (id) VALUES ($1)",
                    DB_VALUES(db_int(i == 100 ? 1 : i + 10)), NULL);
    ok = db_commit(world->db) && ok;
    assert_false(ok);
    assert_int_equal(db_last_result(world->db), DB_UNIQUE);
    assert_int_equal(count_leads(world), 1);
}

struct tally {
    int64_t rows;
    int64_t sum;
    int64_t stop_at;
};

static bool
tally_row(void *context, const struct db_rows *row)
{
    struct tally *tally = context;

    assert_int_equal(row->count, 1);
    tally->rows++;
    tally->sum += db_get_int(row, 0, 0);
    return tally->rows != tally->stop_at;
}

static void
fill_wide(struct world *world, int rows)
{
    make_wide(world);
    must(world->db, db_begin(world->db));
    for (int i = 0; i < rows; i++)
        insert_wide(world, i);
    must(world->db, db_commit(world->db));
}

static void
a_result_of_any_size_is_read_in_flat_memory(void **state)
{
    enum { ROWS = 100000 };
    struct world *world = *state;
    struct tally tally = { 0 };
    struct arena arena;

    fill_wide(world, ROWS);
    arena_init(&arena);
    malloc_trim(0);
    size_t before = mallinfo2().uordblks;
    must(world->db,
         db_each(world->db, &arena, "SELECT a, b, c, d, e, f, g, h FROM wide",
                 DB_NO_VALUES, tally_row, &tally));
    assert_int_equal(tally.rows, ROWS);
    assert_true(tally.sum == (int64_t)ROWS * (ROWS - 1) / 2);
    assert_true(arena.used < 16 * 1024);
    assert_true(mallinfo2().uordblks < before + 1024 * 1024);
    arena_free(&arena);
}

static void
reading_stops_when_it_is_told_to(void **state)
{
    struct world *world = *state;
    struct tally tally = { .stop_at = 3 };
    struct arena arena;

    fill_wide(world, 1000);
    arena_init(&arena);
    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 1, "before"));
    assert_false(db_each(world->db, &arena,
                         "SELECT a FROM wide WHERE a >= $1 ORDER BY a",
                         DB_VALUES(db_int(10)), tally_row, &tally));
    assert_int_equal(tally.rows, 3);
    assert_int_equal(tally.sum, 10 + 11 + 12);
    must(world->db, insert_lead(world, 2, "after"));
    must(world->db, db_commit(world->db));
    assert_int_equal(count_leads(world), 2);
    arena_free(&arena);
}

static void
reading_row_by_row_tells_of_errors(void **state)
{
    struct world *world = *state;
    struct tally tally = { 0 };
    struct arena arena;

    arena_init(&arena);
    assert_false(db_each(world->db, &arena, "SELECT nonsense FROM lead",
                         DB_NO_VALUES, tally_row, &tally));
    assert_int_equal(db_last_result(world->db), DB_ERROR);
    assert_int_equal(tally.rows, 0);
    assert_int_equal(count_leads(world), 0);
    arena_free(&arena);
}

/* SQLite alone */

static void
sqlite_keeps_what_was_acknowledged(void **state)
{
    struct world *world = *state;

    assert_int_equal(query_int(world, "PRAGMA synchronous"), 2);
    assert_int_equal(query_int(world, "PRAGMA foreign_keys"), 1);
    assert_int_equal(query_int(world, "PRAGMA trusted_schema"), 0);
    assert_int_equal(query_int(world, "PRAGMA wal_autocheckpoint"), 0);
    struct db_rows rows = query(world, "PRAGMA journal_mode");
    assert_str(db_get_text(&rows, 0, 0), "wal");
}

static int64_t
file_bytes(struct world *world, const char *suffix)
{
    struct stat status;
    const char *name =
        arena_format(&world->arena, "%s%s", world->address, suffix).data;

    return stat(name, &status) == 0 ? status.st_size : -1;
}

/* The log is copied on another thread, so how far it grows meanwhile is not
 * ours to say; that it ends is. */
static void
sqlite_copies_its_log_back(void **state)
{
    enum { BYTES = 1024 * 1024, COPIED = 150, LOG = 320, ROUNDS_MAX = 2000 };
    struct world *world = *state;
    char *bytes = arena_alloc(&world->arena, BYTES);
    struct db_value raw = db_blob((struct str){ bytes, BYTES });

    for (int i = 0; file_bytes(world, "") < COPIED * (int64_t)BYTES; i++) {
        assert_true(i < ROUNDS_MAX);
        must(world->db, db_insert(world->db, &into_lead,
                                  DB_VALUES(db_int(i), db_text(STR_NONE),
                                            db_real(0), raw)));
        must(world->db, db_checkpoint(world->db));
    }
    assert_true(file_bytes(world, "-wal") < LOG * (int64_t)BYTES);
}

static void
sqlite_readers_do_not_fail_a_checkpoint(void **state)
{
    enum { ROUNDS = 20, BYTES = 1024 * 1024 };
    struct world *world = *state;
    struct db *reader = open_at(world, true);
    char *bytes = arena_alloc(&world->arena, BYTES);
    struct db_rows rows;

    must(reader, db_begin(reader));
    must(reader, db_query(reader, &world->arena, "SELECT COUNT(*) FROM lead",
                          DB_NO_VALUES, &rows));
    for (int i = 0; i < ROUNDS; i++) {
        must(world->db,
             db_insert(world->db, &into_lead,
                       DB_VALUES(db_int(i), db_text(STR_NONE), db_real(0),
                                 db_blob((struct str){ bytes, BYTES }))));
        must(world->db, db_checkpoint(world->db));
    }
    must(reader, db_commit(reader));
    db_close(reader);
}

/* D10: with a small cache SQLite writes pages to its log before the commit;
 * with an empty log it reads nothing back from it when the transaction ends. */
static void
sqlite_never_writes_what_was_given_up(void **state)
{
    enum { ROWS = 40, BYTES = 4000 };
    struct world *world = *state;
    struct db *other = open_at(world, false);
    char *bytes = arena_alloc(&world->arena, BYTES);
    struct db_value raw = db_blob((struct str){ bytes, BYTES });

    run(world, "PRAGMA cache_size=10");
    run(world, "PRAGMA wal_checkpoint(TRUNCATE)");
    must(world->db, db_begin(world->db));
    for (int i = 0; i < ROWS; i++)
        must(world->db, db_insert(world->db, &into_lead,
                                  DB_VALUES(db_int(i), db_text(STR_NONE),
                                            db_real(0), raw)));
    db_rollback(world->db);

    for (int i = 0; i < ROWS; i++) {
        must(other, db_begin(other));
        must(other, db_insert(other, &into_lead,
                              DB_VALUES(db_int(100 + i), db_text(STR_NONE),
                                        db_real(0), raw)));
        must(other, db_commit(other));
    }
    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 1000, "after the others"));
    must(world->db, db_commit(world->db));
    assert_int_equal(count_leads(world), ROWS + 1);
    struct db_rows rows = query(world, "PRAGMA integrity_check");
    assert_str(db_get_text(&rows, 0, 0), "ok");
    db_close(other);
}

static void
sqlite_tells_of_a_lock_and_of_a_full_disk(void **state)
{
    struct world *world = *state;
    struct db *other = open_at(world, false);

    run(world, "PRAGMA busy_timeout=0");
    must(other, db_begin(other));
    assert_false(db_begin(world->db));
    assert_int_equal(db_last_result(world->db), DB_BUSY);
    assert_false(db_in_transaction(world->db));
    db_rollback(other);

    run(world, "PRAGMA max_page_count=20");
    must(world->db, db_begin(world->db));
    assert_false(db_run(world->db,
                        "INSERT INTO lead (id, raw)"
                        " VALUES (1, zeroblob(200000))",
                        DB_NO_VALUES, NULL));
    assert_int_equal(db_last_result(world->db), DB_FULL);
    assert_false(db_commit(world->db));
    assert_int_equal(db_last_result(world->db), DB_FULL);
    run(world, "PRAGMA max_page_count=100000");
    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 1, "there is room again"));
    must(world->db, db_commit(world->db));
    db_close(other);
}

static void
sqlite_says_why_it_cannot_open(void **state)
{
    struct world *world = *state;
    struct str why;
    const char *name =
        arena_format(&world->arena, "%s.txt", world->address).data;
    FILE *file = fopen(name, "w");

    for (int i = 0; i < 200; i++)
        fputs("this is no database\n", file);
    fclose(file);
    assert_null(db_open(&world->arena, name, false, &why));
    assert_true(str_find(why, STR("not a database")) >= 0);
    assert_null(db_open(&world->arena, "/nowhere/at/all.db", false, &why));
    assert_true(str_starts(why, STR("/nowhere/at/all.db: ")));
}

/* PostgreSQL alone */

static void
terminate_others(struct world *world)
{
    PGconn *conn = PQconnectdb(world->place->address);
    PGresult *result = PQexec(conn, "SELECT pg_terminate_backend(pid, 5000)"
                                    "  FROM pg_stat_activity"
                                    " WHERE datname = current_database()"
                                    "   AND backend_type = 'client backend'"
                                    "   AND pid <> pg_backend_pid()");

    assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
    /* One that is just ending may be seen too. */
    assert_true(PQntuples(result) >= 1);
    PQclear(result);
    PQfinish(conn);
}

static void
postgres_comes_back_after_a_lost_connection(void **state)
{
    struct world *world = *state;

    must(world->db, insert_lead(world, 1, "a"));
    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 2, "b"));
    assert_int_equal(count_leads(world), 2);
    terminate_others(world);
    bool ok = insert_lead(world, 3, "c");
    ok = db_commit(world->db) && ok;
    assert_false(ok);
    assert_int_equal(db_last_result(world->db), DB_LOST);
    db_rollback(world->db);

    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 2, "again"));
    assert_int_equal(count_leads(world), 2);
    must(world->db, db_commit(world->db));
}

static void
postgres_lost_while_idle_costs_no_transaction(void **state)
{
    struct world *world = *state;

    must(world->db, insert_lead(world, 1, "a"));
    terminate_others(world);
    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 2, "b"));
    must(world->db, db_commit(world->db));
    terminate_others(world);
    assert_int_equal(count_leads(world), 2);
}

static void
postgres_keeps_its_connection_after_a_failed_transaction(void **state)
{
    static const char pid[] = "SELECT pg_backend_pid()";
    struct world *world = *state;
    int64_t before = query_int(world, pid);

    must(world->db, db_begin(world->db));
    run(world, "INSERT INTO lead (id) VALUES (1)");
    run(world, "INSERT INTO lead (id) VALUES (1)");
    db_rollback(world->db);
    assert_int_equal(query_int(world, pid), before);
    must(world->db, db_begin(world->db));
    run(world, "INSERT INTO lead (id) VALUES (1)");
    run(world, "INSERT INTO lead (id) VALUES (1)");
    assert_false(db_commit(world->db));
    assert_int_equal(query_int(world, pid), before);
}

static void
postgres_lost_within_a_query_is_told(void **state)
{
    struct world *world = *state;
    struct db_rows rows;

    must(world->db, db_begin(world->db));
    assert_false(db_query(world->db, &world->arena,
                          "SELECT pg_terminate_backend(pg_backend_pid())",
                          DB_NO_VALUES, &rows));
    assert_int_equal(db_last_result(world->db), DB_LOST);
    db_rollback(world->db);
    must(world->db, db_begin(world->db));
    assert_int_equal(count_leads(world), 0);
    must(world->db, db_commit(world->db));
}

static void
postgres_commit_without_its_standby_is_a_maybe(void **state)
{
    struct world *world = *state;

    must(world->db,
         db_script(world->db,
                   "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS"
                   " $$ BEGIN RAISE WARNING 'canceling wait for synchronous"
                   " replication due to user request'; RETURN NULL; END $$;"
                   "CREATE CONSTRAINT TRIGGER warn AFTER INSERT ON lead"
                   " DEFERRABLE INITIALLY DEFERRED"
                   " FOR EACH ROW EXECUTE FUNCTION warn()"));
    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 1, "a"));
    assert_false(db_commit(world->db));
    assert_int_equal(db_last_result(world->db), DB_LOST);
    assert_false(insert_lead(world, 2, "b"));
    assert_int_equal(db_last_result(world->db), DB_LOST);

    must(world->db, db_begin(world->db));
    run(world, "UPDATE lead SET score = 2");
    must(world->db, db_commit(world->db));
}

static void
postgres_warnings_before_a_commit_are_no_doubt(void **state)
{
    struct world *world = *state;

    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 1, "a"));
    run(world, "DO $$ BEGIN RAISE WARNING 'a word'; END $$");
    must(world->db, db_commit(world->db));
    assert_int_equal(count_leads(world), 1);
}

static void
postgres_a_commit_that_never_ends_is_given_up(void **state)
{
    struct world *world = *state;
    struct db *other = open_at(world, false);

    must(world->db,
         db_script(world->db,
                   "CREATE FUNCTION hang() RETURNS trigger LANGUAGE plpgsql AS"
                   " $$ BEGIN PERFORM pg_advisory_xact_lock(1);"
                   " RETURN NULL; END $$;"
                   "CREATE CONSTRAINT TRIGGER hang AFTER INSERT ON lead"
                   " DEFERRABLE INITIALLY DEFERRED"
                   " FOR EACH ROW EXECUTE FUNCTION hang()"));
    must(other, db_begin(other));
    struct db_rows rows;
    must(other,
         db_query(other, &world->arena, "SELECT pg_advisory_xact_lock(1)",
                  DB_NO_VALUES, &rows));
    ((struct postgres *)world->db)->answer_limit_ms = 20;
    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 1, "a"));
    assert_false(db_commit(world->db));
    assert_int_equal(db_last_result(world->db), DB_LOST);
    db_rollback(other);
    db_close(other);
}

static void
postgres_a_server_that_does_not_answer_is_given_up(void **state)
{
    struct world *world = *state;
    struct db *other = open_at(world, false);
    struct db_rows rows;

    must(other, db_begin(other));
    must(other,
         db_query(other, &world->arena, "SELECT pg_advisory_xact_lock(1)",
                  DB_NO_VALUES, &rows));
    ((struct postgres *)world->db)->answer_limit_ms = 20;
    must(world->db, db_begin(world->db));
    assert_false(db_query(world->db, &world->arena,
                          "SELECT pg_advisory_xact_lock(1)", DB_NO_VALUES,
                          &rows));
    assert_int_equal(db_last_result(world->db), DB_LOST);
    db_rollback(world->db);
    db_rollback(other);
    db_close(other);
}

static void
what_is_collected_is_written_when_it_is_settled(void **state)
{
    struct world *world = *state;

    must(world->db, db_begin(world->db));
    must(world->db, db_settle(world->db)); /* nothing yet */
    must(world->db, insert_lead(world, 1, "a"));
    must(world->db, db_settle(world->db));
    assert_true(!insert_lead(world, 1, "a") || !db_settle(world->db));
    assert_int_equal(db_last_result(world->db), DB_UNIQUE);
    db_rollback(world->db);
}

static void
postgres_a_slow_answer_of_a_server_that_answers_others_is_waited_for(
    void **state)
{
    struct world *world = *state;
    struct db_rows rows;

    ((struct postgres *)world->db)->doubt_ms = 20;
    must(world->db,
         db_query(world->db, &world->arena, "SELECT 1 FROM pg_sleep(0.2)",
                  DB_NO_VALUES, &rows));
    assert_int_equal(rows.count, 1);
}

static void
postgres_states_have_their_kinds(void **state)
{
    static const struct {
        const char *state;
        enum db_result result;
    } cases[] = {
        { "40001", DB_SERIALIZATION }, { "40P01", DB_SERIALIZATION },
        { "23505", DB_UNIQUE },        { "23503", DB_CONSTRAINT },
        { "23514", DB_CONSTRAINT },    { "53300", DB_BUSY },
        { "53100", DB_FULL },          { "55P03", DB_BUSY },
        { "57014", DB_BUSY },          { "57P01", DB_LOST },
        { "08006", DB_LOST },          { "25006", DB_LOST },
        { "42601", DB_ERROR },
    };
    struct world *world = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct db_rows rows;
        struct str sql =
            arena_format(&world->arena,
                         "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE ="
                         " '%s'; END $$",
                         cases[i].state);
        must(world->db, db_begin(world->db));
        assert_false(
            db_query_text(world->db, &world->arena, sql, DB_NO_VALUES, &rows));
        assert_int_equal(db_last_result(world->db), cases[i].result);
        db_rollback(world->db);
    }
    assert_int_equal(count_leads(world), 0);
}

static void
postgres_reads_an_array_as_it_was_written(void **state)
{
    static const char sql[] =
        "SELECT unnest(CAST($1 AS TEXT[])), unnest(CAST($2 AS BIGINT[]))";
    struct world *world = *state;
    struct db_array texts = db_array_new(&world->arena);
    struct db_array numbers = db_array_new(&world->arena);
    struct db_array none = db_array_new(&world->arena);
    struct db_rows rows;

    db_array_text(&texts, STR("a \"b\" \\ {c},NULL"));
    db_array_text(&texts, STR_NONE);
    db_array_text(&texts, STR("김"));
    db_array_int(&numbers, INT64_MIN);
    db_array_id(&numbers, ID_NONE);
    db_array_int(&numbers, 7);
    must(world->db,
         db_query(world->db, &world->arena, sql,
                  DB_VALUES(db_array_value(&texts), db_array_value(&numbers)),
                  &rows));
    assert_int_equal(rows.count, 3);
    assert_str(db_get_text(&rows, 0, 0), "a \"b\" \\ {c},NULL");
    assert_true(db_is_null(&rows, 1, 0) && db_is_null(&rows, 1, 1));
    assert_str(db_get_text(&rows, 2, 0), "김");
    assert_true(db_get_int(&rows, 0, 1) == INT64_MIN);

    must(world->db,
         db_query(world->db, &world->arena, sql,
                  DB_VALUES(db_array_value(&none), db_array_value(&none)),
                  &rows));
    assert_int_equal(rows.count, 0);
}

static void
postgres_settings_are_as_promised(void **state)
{
    struct world *world = *state;
    struct db *reader = open_at(world, true);
    struct db_rows rows = query(world, "SHOW synchronous_commit");

    assert_str(db_get_text(&rows, 0, 0), "on");
    must(reader,
         db_query(reader, &world->arena, "SHOW default_transaction_read_only",
                  DB_NO_VALUES, &rows));
    assert_str(db_get_text(&rows, 0, 0), "on");
    must(reader, db_begin(reader));
    must(reader, db_query(reader, &world->arena, "SHOW transaction_isolation",
                          DB_NO_VALUES, &rows));
    assert_str(db_get_text(&rows, 0, 0), "repeatable read");
    must(reader, db_commit(reader));
    db_close(reader);
}

static void
postgres_refuses_types_it_cannot_read(void **state)
{
    struct world *world = *state;
    struct db_rows rows;

    assert_false(db_query(world->db, &world->arena, "SELECT now()",
                          DB_NO_VALUES, &rows));
    assert_int_equal(db_last_result(world->db), DB_ERROR);
}

static void
postgres_says_why_it_cannot_open(void **state)
{
    struct world *world = *state;
    struct str why;

    assert_null(db_open(&world->arena,
                        "postgres://nobody:secret@127.0.0.1:1/none", false,
                        &why));
    assert_true(why.bytes > 0);
    assert_true(str_find(why, STR("secret")) < 0);
    assert_null(db_open(&world->arena, "postgres://a:secret@[/", false, &why));
    assert_true(str_find(why, STR("secret")) < 0);
}

/* Migrations */

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
no_migrations_are_fine(void **state)
{
    static const struct db_migration none[] = { { 0, NULL, NULL, NULL } };
    struct world *world = *state;

    migrate(world, none);
    migrate(world, none);
}

/* The two engines */

#define ON_BOTH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#define SHARED_TESTS                                                           \
    ON_BOTH(every_kind_comes_back_as_it_went),                                 \
        ON_BOTH(inserted_rows_come_back_as_they_went),                         \
        ON_BOTH(a_row_that_is_there_may_be_changed_instead),                   \
        ON_BOTH(changes_of_many_rows_are_made),                                \
        ON_BOTH(a_row_that_is_changed_twice_is_changed_in_that_order),         \
        ON_BOTH(a_change_that_misses_its_row_refuses_the_whole_transaction),   \
        ON_BOTH(a_null_reads_as_nothing), ON_BOTH(empty_text_is_not_null),     \
        ON_BOTH(ids_and_zeros_are_stored_as_promised),                         \
        ON_BOTH(sums_and_truths_read_as_numbers),                              \
        ON_BOTH(parameters_go_by_their_number),                                \
        ON_BOTH(more_than_nine_parameters_keep_their_order),                   \
        ON_BOTH(a_missing_value_is_an_error),                                  \
        ON_BOTH(a_nul_in_text_is_refused),                                     \
        ON_BOTH(a_buffer_used_again_runs_its_new_text),                        \
        ON_BOTH(built_text_takes_values),                                      \
        ON_BOTH(the_same_text_takes_values_of_other_kinds),                    \
        ON_BOTH(a_change_tells_how_many_rows),                                 \
        ON_BOTH(a_commit_keeps_and_a_rollback_forgets),                        \
        ON_BOTH(an_empty_transaction_commits),                                 \
        ON_BOTH(a_query_sees_the_rows_before_it),                              \
        ON_BOTH(rows_arrive_in_the_order_of_their_tables),                     \
        ON_BOTH(a_rollback_forgets_rows_that_were_never_sent),                 \
        ON_BOTH(a_taken_key_refuses_the_whole_transaction),                    \
        ON_BOTH(a_queued_change_that_fails_shows_at_the_next_query),           \
        ON_BOTH(a_failed_transaction_takes_nothing_more_and_keeps_its_reason), \
        ON_BOTH(errors_have_their_kinds),                                      \
        ON_BOTH(a_constraint_of_the_commit_refuses_it),                        \
        ON_BOTH(a_read_only_connection_refuses_changes),                       \
        ON_BOTH(a_read_only_transaction_sees_one_snapshot),                    \
        ON_BOTH(a_big_batch_arrives_whole),                                    \
        ON_BOTH(many_megabytes_in_one_transaction_arrive),                     \
        ON_BOTH(thousands_of_queued_changes_all_run),                          \
        ON_BOTH(an_error_among_thousands_of_queued_changes_is_found),          \
        ON_BOTH(a_result_of_any_size_is_read_in_flat_memory),                  \
        ON_BOTH(reading_stops_when_it_is_told_to),                             \
        ON_BOTH(reading_row_by_row_tells_of_errors),                           \
        ON_BOTH(a_fresh_database_gets_every_migration),                        \
        ON_BOTH(a_second_run_has_nothing_to_do),                               \
        ON_BOTH(a_new_migration_is_added_to_the_old_ones),                     \
        ON_BOTH(a_half_made_migration_is_refused),                             \
        ON_BOTH(a_changed_migration_is_refused),                               \
        ON_BOTH(a_migration_that_fails_leaves_nothing_behind),                 \
        ON_BOTH(two_nodes_may_start_together), ON_BOTH(no_migrations_are_fine)

static const struct CMUnitTest sqlite_tests[] = {
    SHARED_TESTS,
    ON_BOTH(sqlite_keeps_what_was_acknowledged),
    ON_BOTH(sqlite_copies_its_log_back),
    ON_BOTH(sqlite_never_writes_what_was_given_up),
    ON_BOTH(sqlite_readers_do_not_fail_a_checkpoint),
    ON_BOTH(sqlite_tells_of_a_lock_and_of_a_full_disk),
    ON_BOTH(sqlite_says_why_it_cannot_open),
};

static const struct CMUnitTest postgres_tests[] = {
    SHARED_TESTS,
    ON_BOTH(postgres_comes_back_after_a_lost_connection),
    ON_BOTH(postgres_lost_while_idle_costs_no_transaction),
    ON_BOTH(postgres_keeps_its_connection_after_a_failed_transaction),
    ON_BOTH(postgres_lost_within_a_query_is_told),
    ON_BOTH(postgres_commit_without_its_standby_is_a_maybe),
    ON_BOTH(postgres_warnings_before_a_commit_are_no_doubt),
    ON_BOTH(postgres_a_commit_that_never_ends_is_given_up),
    ON_BOTH(postgres_a_server_that_does_not_answer_is_given_up),
    ON_BOTH(what_is_collected_is_written_when_it_is_settled),
    ON_BOTH(
        postgres_a_slow_answer_of_a_server_that_answers_others_is_waited_for),
    ON_BOTH(postgres_states_have_their_kinds),
    ON_BOTH(postgres_reads_an_array_as_it_was_written),
    ON_BOTH(postgres_settings_are_as_promised),
    ON_BOTH(postgres_refuses_types_it_cannot_read),
    ON_BOTH(postgres_says_why_it_cannot_open),
};

static int
run_sqlite(void)
{
    struct place here = { .engine = DB_SQLITE };
    char folder[] = "/tmp/baton_db_test_XXXXXX";

    if (mkdtemp(folder) == NULL)
        return 1;
    arena_init(&here.arena);
    here.folder = folder;
    place = &here;
    int failures =
        cmocka_run_group_tests_name("db on SQLite", sqlite_tests, NULL, NULL);
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
static bool
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
static const char *
address_of(struct arena *arena, const char *cluster, const char *database)
{
    const char *host = strstr(cluster, "://");
    const char *slash = host == NULL ? NULL : strchr(host + 3, '/');
    size_t bytes = slash == NULL ? strlen(cluster) : (size_t)(slash - cluster);

    return arena_format(arena, "%.*s/%s", (int)bytes, cluster, database).data;
}

static int
run_postgres(void)
{
    struct place here = { .engine = DB_POSTGRES };
    const char *cluster = getenv("BATON_TEST_POSTGRES");

    if (cluster == NULL || cluster[0] == '\0') {
        printf("db on PostgreSQL: skipped, BATON_TEST_POSTGRES is not set\n");
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
        failures = cmocka_run_group_tests_name("db on PostgreSQL",
                                               postgres_tests, NULL, NULL);
        on_cluster(cluster, drop);
    }
    arena_free(&here.arena);
    return failures;
}

int
main(void)
{
    int failures = run_sqlite();

    return failures + run_postgres();
}
