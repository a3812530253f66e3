/* postgres_test: what PostgreSQL alone promises: lost connections, doubtful commits,
 * arrays and settings. */
#include "lib/db/array.h"
#include "lib/db/postgres.h"
#include "lib/db/test_world.h"

static void
terminate_others(struct world *world)
{
    PGconn *conn = PQconnectdb(world->place->address);
    PGresult *result = PQexec(conn, "SELECT pg_terminate_backend(pid, 60000)"
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
    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 1, "a"));
    ((struct postgres *)world->db)->answer_limit_ms = 20;
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
    must(world->db, db_begin(world->db));
    ((struct postgres *)world->db)->answer_limit_ms = 20;
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

static const struct CMUnitTest tests[] = {
    IN_WORLD(postgres_comes_back_after_a_lost_connection),
    IN_WORLD(postgres_lost_while_idle_costs_no_transaction),
    IN_WORLD(postgres_keeps_its_connection_after_a_failed_transaction),
    IN_WORLD(postgres_lost_within_a_query_is_told),
    IN_WORLD(postgres_commit_without_its_standby_is_a_maybe),
    IN_WORLD(postgres_warnings_before_a_commit_are_no_doubt),
    IN_WORLD(postgres_a_commit_that_never_ends_is_given_up),
    IN_WORLD(postgres_a_server_that_does_not_answer_is_given_up),
    IN_WORLD(what_is_collected_is_written_when_it_is_settled),
    IN_WORLD(
        postgres_a_slow_answer_of_a_server_that_answers_others_is_waited_for),
    IN_WORLD(postgres_states_have_their_kinds),
    IN_WORLD(postgres_reads_an_array_as_it_was_written),
    IN_WORLD(postgres_settings_are_as_promised),
    IN_WORLD(postgres_refuses_types_it_cannot_read),
    IN_WORLD(postgres_says_why_it_cannot_open),
};

int
main(void)
{
    return RUN_ON_POSTGRES(tests);
}
