/* size_test: many rows and large results, in flat memory. */
#include <malloc.h>

#include "lib/db/test_world.h"

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

static const struct CMUnitTest tests[] = {
    IN_WORLD(a_big_batch_arrives_whole),
    IN_WORLD(many_megabytes_in_one_transaction_arrive),
    IN_WORLD(thousands_of_queued_changes_all_run),
    IN_WORLD(an_error_among_thousands_of_queued_changes_is_found),
    IN_WORLD(a_result_of_any_size_is_read_in_flat_memory),
    IN_WORLD(reading_stops_when_it_is_told_to),
    IN_WORLD(reading_row_by_row_tells_of_errors),
};

int
main(void)
{
    return RUN_ON_SQLITE(tests) + RUN_ON_POSTGRES(tests);
}
