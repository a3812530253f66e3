/* value_test: values come back as they went, by whatever parameter or kind. */
#include "lib/db/test_world.h"

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

static const struct CMUnitTest tests[] = {
    IN_WORLD(every_kind_comes_back_as_it_went),
    IN_WORLD(inserted_rows_come_back_as_they_went),
    IN_WORLD(a_null_reads_as_nothing),
    IN_WORLD(empty_text_is_not_null),
    IN_WORLD(ids_and_zeros_are_stored_as_promised),
    IN_WORLD(sums_and_truths_read_as_numbers),
    IN_WORLD(parameters_go_by_their_number),
    IN_WORLD(more_than_nine_parameters_keep_their_order),
    IN_WORLD(a_missing_value_is_an_error),
    IN_WORLD(a_nul_in_text_is_refused),
    IN_WORLD(a_buffer_used_again_runs_its_new_text),
    IN_WORLD(built_text_takes_values),
    IN_WORLD(the_same_text_takes_values_of_other_kinds),
    IN_WORLD(a_change_tells_how_many_rows),
};

int
main(void)
{
    return RUN_ON_SQLITE(tests) + RUN_ON_POSTGRES(tests);
}
