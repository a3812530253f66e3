/* transaction_test: what a transaction keeps and forgets, and what an error does to it. */
#include "lib/db/test_world.h"

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

/* A name is one lead's: it is free once the other is called otherwise. */
static void
a_row_may_take_what_a_change_has_freed(void **state)
{
    struct world *world = *state;

    leads_in_a_row(world);
    must(world->db, db_begin(world->db));
    must(world->db, score(world, 1, 0, STR("taken")));
    must(world->db, db_commit(world->db));
    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 4, "other"));
    must(world->db, score(world, 1, 0, STR("free")));
    must(world->db, insert_lead(world, 5, "taken"));
    must(world->db, db_commit(world->db));
    assert_int_equal(
        query_int(world, "SELECT id FROM lead WHERE name = 'taken'"), 5);
}

static const struct db_update score_new_lead = {
    .sql = "UPDATE lead SET score = $2 WHERE id = $1",
    .kinds = "ir",
    .keys = 1,
    .must = true,
    .behind = "lead",
};

static void
a_change_may_wait_for_the_rows_of_a_table(void **state)
{
    struct world *world = *state;

    must(world->db, db_begin(world->db));
    for (int i = 1; i <= 3; i++) {
        must(world->db, insert_lead(world, i, NULL));
        must(world->db, db_update(world->db, &score_new_lead,
                                  DB_VALUES(db_int(i), db_real(i))));
    }
    must(world->db, db_commit(world->db));
    assert_int_equal(
        query_int(world, "SELECT CAST(SUM(score) AS BIGINT) FROM lead"), 6);
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

static const struct CMUnitTest tests[] = {
    IN_WORLD(a_commit_keeps_and_a_rollback_forgets),
    IN_WORLD(an_empty_transaction_commits),
    IN_WORLD(a_query_sees_the_rows_before_it),
    IN_WORLD(rows_arrive_in_the_order_of_their_tables),
    IN_WORLD(a_row_that_is_there_may_be_changed_instead),
    IN_WORLD(changes_of_many_rows_are_made),
    IN_WORLD(a_row_that_is_changed_twice_is_changed_in_that_order),
    IN_WORLD(a_row_may_take_what_a_change_has_freed),
    IN_WORLD(a_change_may_wait_for_the_rows_of_a_table),
    IN_WORLD(a_change_that_misses_its_row_refuses_the_whole_transaction),
    IN_WORLD(a_rollback_forgets_rows_that_were_never_sent),
    IN_WORLD(a_taken_key_refuses_the_whole_transaction),
    IN_WORLD(a_queued_change_that_fails_shows_at_the_next_query),
    IN_WORLD(a_failed_transaction_takes_nothing_more_and_keeps_its_reason),
    IN_WORLD(errors_have_their_kinds),
    IN_WORLD(a_constraint_of_the_commit_refuses_it),
    IN_WORLD(a_read_only_connection_refuses_changes),
    IN_WORLD(a_read_only_transaction_sees_one_snapshot),
};

int
main(void)
{
    return RUN_ON_SQLITE(tests) + RUN_ON_POSTGRES(tests);
}
