/* sqlite_test: what SQLite alone promises: its log, its locks, its file. */
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/db/test_world.h"

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

/* The log is copied on another thread, which may be slow: from some length on
 * nothing is added, and it is copied all the same. */
static void
sqlite_copies_its_log_back(void **state)
{
    enum { BYTES = 1024 * 1024, COPIED = 150, LOG = 320 };
    struct world *world = *state;
    char *bytes = arena_alloc(&world->arena, BYTES);
    struct db_value raw = db_blob((struct str){ bytes, BYTES });

    int64_t until_us = clock_monotonic_us() + 120 * INT64_C(1000000);

    for (int i = 0; file_bytes(world, "") < COPIED * (int64_t)BYTES; i++) {
        assert_true(clock_monotonic_us() < until_us);
        if (file_bytes(world, "-wal") < 2 * COPIED * (int64_t)BYTES)
            must(world->db, db_insert(world->db, &into_lead,
                                      DB_VALUES(db_int(i), db_text(STR_NONE),
                                                db_real(0), raw)));
        must(world->db, db_checkpoint(world->db));
        sched_yield();
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

/* D11: through a link, too: the log that is flushed is the one beside the
 * database, whatever that is called. */
static void
sqlite_commits_now_and_flushes_later(void **state)
{
    struct world *world = *state;
    const char *link =
        arena_format(&world->arena, "%s.link", world->address).data;
    struct db *reader = open_at(world, true);
    struct db_rows rows;
    bool flushed;

    assert_int_equal(symlink(world->address, link), 0);
    db_close(world->db);
    world->address = link;
    world->db = open_at(world, false);
    must(world->db, db_begin(world->db));
    must(world->db, insert_lead(world, 1, "soon"));
    must(world->db, db_commit_soon(world->db, &flushed));
    assert_false(flushed);
    must(reader, db_query(reader, &world->arena, "SELECT COUNT(*) FROM lead",
                          DB_NO_VALUES, &rows));
    assert_int_equal(db_get_int(&rows, 0, 0), 1);
    assert_true(db_flush(world->db));

    must(world->db, db_begin(world->db));
    must(world->db, db_commit_soon(world->db, &flushed));
    assert_true(flushed); /* there was nothing to flush */
    db_close(reader);
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

static const struct CMUnitTest tests[] = {
    IN_WORLD(sqlite_keeps_what_was_acknowledged),
    IN_WORLD(sqlite_copies_its_log_back),
    IN_WORLD(sqlite_readers_do_not_fail_a_checkpoint),
    IN_WORLD(sqlite_never_writes_what_was_given_up),
    IN_WORLD(sqlite_commits_now_and_flushes_later),
    IN_WORLD(sqlite_tells_of_a_lock_and_of_a_full_disk),
    IN_WORLD(sqlite_says_why_it_cannot_open),
};

int
main(void)
{
    return RUN_ON_SQLITE(tests);
}
