/*
 * lead_test: pages of leads and the text index, on a SQLite file of its own.
 * What needs a whole server is in test/scenarios.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours fails a unit */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/lead/lead_list.h"
#include "src/lead/lead_search.h"
#include "src/lead/lead_search_store.h"

enum { LEADS = 21000, OWNERS = 7 };

#define FIRST_MS INT64_C(1760000000000)

/* A workspace with many leads. */
struct world {
    struct arena arena; /* of one unit */
    struct db *db;
    struct id_maker ids;
    struct random random;
    char folder[32]; /* a pattern at first */
};

static struct world world = { .folder = "/tmp/lead_test_XXXXXX" };

static struct work
unit(void)
{
    arena_reset(&world.arena);
    return (struct work){
        .arena = &world.arena,
        .db = world.db,
        .now_ms = FIRST_MS,
        .ids = &world.ids,
        .random = &world.random,
        .workspace = { 1 },
    };
}

static void
add_lead(int number)
{
    struct work w = unit();
    struct lead lead;

    w.now_ms = FIRST_MS + number / 3; /* several in a millisecond */
    lead_init(&w, &lead);
    lead.owner = owner_rep((struct id){ 100 + number % OWNERS });
    lead.owner_version = 1;
    lead.assigned_ms = lead.first_assigned_ms = w.now_ms;
    lead.score = (int64_t)random_below(&world.random, 4);
    lead_set_number(&lead, LEAD_EMPLOYEES, number);
    lead_set_text(&lead, w.arena, LEAD_NAME,
                  arena_format(w.arena, "Lead %d", number));
    assert_true(lead_save(&w, &lead));
}

static int
make_world(void **state)
{
    struct str why = STR_NONE;
    struct str file;

    (void)state;
    arena_init(&world.arena);
    id_maker_init(&world.ids, 1, 0, 1);
    random_init(&world.random, 42);
    assert_non_null(mkdtemp(world.folder));
    file = arena_format(&world.arena, "%s/b.db", world.folder);
    world.db = db_open(&world.arena, file.data, false, &why);
    assert_non_null(world.db);
    assert_true(db_migrate(world.db, &world.arena, db_migrations, NULL, &why));
    assert_true(db_begin(world.db));
    for (int i = 0; i < LEADS; i++)
        add_lead(i);
    assert_true(db_commit(world.db));
    return 0;
}

static int
end_world(void **state)
{
    static const char *const files[] = { "b.db", "b.db-wal", "b.db-shm" };

    (void)state;
    arena_reset(&world.arena);
    db_close(world.db);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(
            arena_format(&world.arena, "%s/%s", world.folder, files[i]).data);
    rmdir(world.folder);
    arena_free(&world.arena);
    return 0;
}

/* ---------------------------------------------------------------- pages */

static const struct condition *
condition(struct work *w, const char *json)
{
    struct json_error error;
    const struct json *tree = json_parse(w->arena, str_of(json), &error);
    const struct condition *read =
        condition_read(w, lead_fields, tree, STR(""));

    assert_non_null(read);
    return read;
}

/* What a walk over all pages saw. */
struct walk {
    int pages;
    int leads;
    int longest;
    bool in_order;
    bool all_wanted;
};

static bool
goes_before(const struct lead *a, const struct lead *b,
            const struct lead_sort *sort)
{
    bool by_score = strcmp(sort->column, "score") == 0;
    int64_t x = by_score ? a->score : a->created_ms;
    int64_t y = by_score ? b->score : b->created_ms;
    bool less = x != y ? x < y : id_compare(a->id, b->id) < 0;

    return less != sort->descending;
}

static struct walk
walk_pages(const char *sort, const char *filter, struct id owner, int limit)
{
    struct walk walk = { .in_order = true, .all_wanted = true };
    char cursor[64] = "";
    struct lead last = { 0 };

    for (;;) {
        struct work w = unit();
        struct lead_query query = {
            .sort = lead_sort_find(str_of(sort)),
            .limit = limit,
            .cursor = cursor[0] == '\0' ? STR_NONE : str_of(cursor),
            .scope = { .all = id_is_none(owner), .people = &owner, .count = 1 },
        };
        struct lead_page page;
        if (filter != NULL)
            query.filter = condition(&w, filter);
        query.fields = lead_fields;
        assert_true(lead_list(&w, &query, &page));
        walk.pages++;
        walk.leads += page.count;
        if (page.count > walk.longest)
            walk.longest = page.count;
        for (int i = 0; i < page.count; i++) {
            struct lead *lead = &page.leads[i];
            if (last.version > 0 && !goes_before(&last, lead, query.sort))
                walk.in_order = false;
            if ((query.filter != NULL
                 && !condition_true(query.filter, lead->facts, w.now_ms))
                || !lead_scope_holds(&query.scope, lead->owner.id))
                walk.all_wanted = false;
            last = *lead;
        }
        if (page.next_cursor.data == NULL)
            return walk;
        assert_true(page.next_cursor.bytes < sizeof cursor);
        memcpy(cursor, page.next_cursor.data, page.next_cursor.bytes + 1);
    }
}

static void
pages_of_every_order_hold_every_lead_once(void **state)
{
    (void)state;
    for (const struct lead_sort *sort = lead_sorts; sort->name; sort++) {
        struct walk walk = walk_pages(sort->name, NULL, ID_NONE, 199);
        assert_int_equal(walk.leads, LEADS);
        assert_int_equal(walk.longest, 199);
        assert_true(walk.in_order);
    }
}

static void
a_rare_filter_gives_short_pages_and_loses_none(void **state)
{
    const char *oldest = "{\"field\":\"employees\",\"op\":\"less_than\","
                         "\"value\":10}";

    (void)state;
    for (const struct lead_sort *sort = lead_sorts; sort->name; sort++) {
        struct walk walk = walk_pages(sort->name, oldest, ID_NONE, 3);
        assert_int_equal(walk.leads, 10);
        assert_true(walk.in_order && walk.all_wanted);
        assert_int_equal(walk.longest, 3);
    }
}

static void
the_first_page_of_a_rare_filter_may_be_empty_and_says_so(void **state)
{
    struct work w = unit();
    const struct lead_query query = {
        .sort = &lead_sorts[0],
        .scope = { .all = true },
        .limit = 50,
        .fields = lead_fields,
        .filter = condition(&w, "{\"field\":\"employees\",\"op\":\"is\","
                                "\"value\":1}"),
    };
    struct lead_page page;

    (void)state;
    assert_true(lead_list(&w, &query, &page));
    assert_int_equal(page.count, 0);
    assert_non_null(page.next_cursor.data);
    assert_false(page.total_is_exact);
}

static void
the_leads_of_one_owner_come_by_time_without_looking_at_others(void **state)
{
    const struct id owner = { 103 };
    struct walk walk = walk_pages("-created_at", NULL, owner, 200);

    (void)state;
    assert_int_equal(walk.leads, LEADS / OWNERS);
    assert_true(walk.in_order && walk.all_wanted);
    assert_int_equal(walk.pages, LEADS / OWNERS / 200);
}

static void
the_leads_of_one_owner_come_by_score(void **state)
{
    struct walk walk = walk_pages("-score", NULL, (struct id){ 104 }, 200);

    (void)state;
    assert_int_equal(walk.leads, LEAD_LIST_OWNED_MAX); /* the newest */
    assert_true(walk.in_order && walk.all_wanted);
}

/* A plan that reads all of a workspace would be a second at a million. */
static void
rows_are_read_by_their_ids_or_in_order(void **state)
{
    static const char *const statements[] = {
        "EXPLAIN QUERY PLAN SELECT id FROM lead"
        " WHERE workspace_id = 1 AND id IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)"
        "   AND merged_into IS NULL ORDER BY id",
        "EXPLAIN QUERY PLAN SELECT id FROM timeline"
        " WHERE workspace_id = 1 AND id > 2 AND id < 9 ORDER BY id LIMIT 5",
        "EXPLAIN QUERY PLAN SELECT id FROM decision"
        " WHERE workspace_id = 1 AND id < 9 ORDER BY id DESC LIMIT 5",
        NULL,
    };

    (void)state;
    for (const char *const *sql = statements; *sql != NULL; sql++) {
        struct work w = unit();
        struct db_rows rows;
        assert_true(work_query(&w, *sql, DB_NO_VALUES, &rows));
        assert_int_equal(rows.count, 1);
        assert_true(
            str_find(db_get_text(&rows, 0, 3), STR("USING INTEGER PRIMARY KEY"))
            >= 0);
    }
}

static void
entries_are_counted_from_one_on_and_no_further_than_asked(void **state)
{
    struct work w = unit();
    struct id entries[5];
    int count;

    (void)state;
    for (int i = 0; i < 5; i++)
        assert_true(timeline_add(&w, (struct id){ 7 }, "touch", STR("{}"),
                                 &entries[i]));
    assert_true(timeline_count_from(&w, entries[2], 100, &count));
    assert_int_equal(count, 3);
    assert_true(timeline_count_from(&w, entries[0], 4, &count));
    assert_int_equal(count, 4);
    w.workspace.value++;
    assert_true(timeline_count_from(&w, entries[0], 4, &count));
    assert_int_equal(count, 0);
}

static void
nobody_in_scope_is_an_empty_list(void **state)
{
    struct work w = unit();
    const struct lead_query query = { .sort = &lead_sorts[0], .limit = 50 };
    struct lead_page page;

    (void)state;
    assert_true(lead_list(&w, &query, &page));
    assert_int_equal(page.count, 0);
    assert_int_equal(page.total, 0);
    assert_true(page.total_is_exact);
}

static void
a_total_is_counted_to_a_thousand(void **state)
{
    struct work w = unit();
    const struct lead_query query = { .sort = &lead_sorts[0],
                                      .scope = { .all = true },
                                      .limit = 1 };
    struct lead_page page;

    (void)state;
    assert_true(lead_list(&w, &query, &page));
    assert_int_equal(page.total, LEAD_LIST_TOTAL_MAX);
    assert_false(page.total_is_exact);
}

static void
a_cursor_belongs_to_its_order(void **state)
{
    struct arena arena;
    struct lead_place place = { 77, { 123456789 } };
    struct lead_place read;

    (void)state;
    arena_init(&arena);
    struct str cursor = lead_cursor_write(&arena, &lead_sorts[2], place);
    assert_true(lead_cursor_read(cursor, &lead_sorts[2], &read));
    assert_int_equal(read.value, 77);
    assert_int_equal(read.id.value, 123456789);
    assert_false(lead_cursor_read(cursor, &lead_sorts[0], &read));
    assert_false(lead_cursor_read(STR(""), &lead_sorts[2], &read));
    assert_false(lead_cursor_read(STR("-score~x~y"), &lead_sorts[2], &read));
    arena_free(&arena);
}

static void
what_is_compared_is_bound_and_no_index_is_chosen_by_it(void **state)
{
    struct work w = unit();
    const struct lead_query query = {
        .sort = &lead_sorts[0],
        .scope = { .all = true },
        .fields = lead_fields,
        .filter =
            condition(&w, "{\"all\":[{\"field\":\"score\",\"op\":\"at_least\","
                          "\"value\":3},{\"field\":\"city\",\"op\":\"is\","
                          "\"value\":\"x' OR 1=1\"}]}"),
    };
    const struct lead_range range = { .query = &query };
    const struct lead_part part = { 0 };
    struct lead_where where;

    (void)state;
    lead_where_part(&w, &where, &range, &part);
    struct str sql = text_str(&where.sql);
    assert_true(str_find(sql, STR("+score >= $")) >= 0);
    assert_true(str_find(sql, STR("OR 1=1")) < 0);
    assert_int_equal(where.count, 3);
}

/* ----------------------------------------------------------------- text */

static bool
has(const int32_t *list, int count, int32_t gram)
{
    for (int i = 0; i < count; i++)
        if (list[i] == gram)
            return true;
    return false;
}

/* Letters of several lengths in UTF-8. */
static struct str
random_text(struct arena *arena, int letters)
{
    static const char *const alphabet[] = { "a",  "b",  "@", "7", "김",
                                            "민", "지", "é", "😀", " " };
    struct text text = text_new(arena);

    for (int i = 0; i < letters; i++)
        text_add_cstr(&text, alphabet[random_below(&world.random, 10)]);
    return text_str(&text);
}

/* Else the index would lose what is there. */
static void
what_holds_a_word_has_all_its_grams(void **state)
{
    const struct id workspace = { 5 };
    int held = 0;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct work w = unit();
        struct str words[LEAD_SEARCH_WORDS_MAX];
        int32_t grams[LEAD_SEARCH_GRAMS_MAX];
        int32_t asked[LEAD_SEARCH_ASKED_MAX];
        struct str text = random_text(w.arena, 30);
        int count = lead_search_words(
            w.arena, random_text(w.arena, 1 + round % 4), words);
        int known =
            lead_search_grams(workspace, text, grams, LEAD_SEARCH_GRAMS_MAX);
        for (int i = 0; i < count; i++) {
            if (!lead_search_holds(text, &words[i], 1))
                continue;
            held++;
            int n = lead_search_word_grams(workspace, words[i], asked,
                                           LEAD_SEARCH_ASKED_MAX);
            for (int j = 0; j < n; j++)
                assert_true(has(grams, known, asked[j]));
        }
    }
    assert_true(held > 1000);
}

static void
grams_of_two_workspaces_differ(void **state)
{
    int32_t one[LEAD_SEARCH_ASKED_MAX];
    int32_t other[LEAD_SEARCH_ASKED_MAX];

    (void)state;
    assert_int_equal(lead_search_word_grams((struct id){ 1 }, STR("민지"), one,
                                            LEAD_SEARCH_ASKED_MAX),
                     1);
    lead_search_word_grams((struct id){ 2 }, STR("민지"), other,
                           LEAD_SEARCH_ASKED_MAX);
    assert_int_not_equal(one[0], other[0]);
}

static void
assert_found(const char *text, const char *question, bool found)
{
    struct work w = unit();
    struct str words[LEAD_SEARCH_WORDS_MAX];
    int count = lead_search_words(w.arena, str_of(question), words);

    if (lead_search_holds(str_of(text), words, count) != found)
        print_error("\"%s\" in \"%s\"\n", question, text);
    assert_int_equal(lead_search_holds(str_of(text), words, count), found);
}

static void
words_are_found_by_their_parts_and_single_letters_at_their_beginning(
    void **state)
{
    (void)state;
    assert_found(" 김민지 minji@x.test", "민지", true);
    assert_found(" 김민지 minji@x.test", "김", true);
    assert_found(" 김민지 minji@x.test", "지", false);
    assert_found(" 김민지 minji@x.test", "MINJI X.T", true);
    assert_found(" 821012345678", "010-1234-5678", true);
    assert_found(" 821012345678", "+82 (10) 1234.5678", true);
    assert_found(" 821012345678", "1234 9999", false);
    assert_found(" room 0", "0", true);
}

static void
a_text_takes_the_place_of_the_one_before(void **state)
{
    const struct id lead = { 4711 };
    struct lead_search_hits hits;
    struct work w = unit();

    (void)state;
    assert_true(search_put(&w, lead, STR_NONE, STR(" kim minji")));
    assert_true(lead_search(&w, STR("minji"), ID_NONE, &hits));
    assert_int_equal(hits.count, 1);
    assert_true(search_put(&w, lead, STR(" kim minji"), STR(" park jisoo")));
    assert_true(lead_search(&w, STR("minji"), ID_NONE, &hits));
    assert_int_equal(hits.count, 0);
    assert_true(lead_search(&w, STR("soo pa"), ID_NONE, &hits));
    assert_int_equal(hits.count, 1);
    assert_false(lead_search(&w, STR("  "), ID_NONE, &hits));
    assert_int_equal(w.error.kind, ERR_INVALID);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_of_every_order_hold_every_lead_once),
        cmocka_unit_test(a_rare_filter_gives_short_pages_and_loses_none),
        cmocka_unit_test(
            the_first_page_of_a_rare_filter_may_be_empty_and_says_so),
        cmocka_unit_test(
            the_leads_of_one_owner_come_by_time_without_looking_at_others),
        cmocka_unit_test(the_leads_of_one_owner_come_by_score),
        cmocka_unit_test(rows_are_read_by_their_ids_or_in_order),
        cmocka_unit_test(
            entries_are_counted_from_one_on_and_no_further_than_asked),
        cmocka_unit_test(nobody_in_scope_is_an_empty_list),
        cmocka_unit_test(a_total_is_counted_to_a_thousand),
        cmocka_unit_test(a_cursor_belongs_to_its_order),
        cmocka_unit_test(
            what_is_compared_is_bound_and_no_index_is_chosen_by_it),
        cmocka_unit_test(what_holds_a_word_has_all_its_grams),
        cmocka_unit_test(grams_of_two_workspaces_differ),
        cmocka_unit_test(
            words_are_found_by_their_parts_and_single_letters_at_their_beginning),
        cmocka_unit_test(a_text_takes_the_place_of_the_one_before),
    };

    return cmocka_run_group_tests(tests, make_world, end_world);
}
