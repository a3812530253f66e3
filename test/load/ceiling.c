/*
 * ceiling: how many leads a second the database can take, with nothing but
 * the writing of their rows: no HTTP, no matching, no decision, no thread but
 * this one. It is what `baton serve` is held against.
 *
 * The rows are those that the product wrote for the newest leads it captured,
 * a set of some dozen: every row of every table that belongs to one of them,
 * and what else was added since the first of them, with its real content: so
 * they are of several owners, companies and scores, as in life. They are
 * written again and again under new ids, a new time and random keys, through
 * lib/db with its settings, in groups, a table after the other, which is the
 * fastest plain way. So when the schema or a stage changes, the ceiling
 * follows by itself.
 *
 *   ceiling --database FILE | postgres://...  --leads 50000 [--group 256]
 *           [--seed 1] [--sorted]    keys of a group in order
 *   ceiling --database ...  --pages 500
 *   ceiling --database ...  --records
 *
 * With --pages it reads instead: the newest 50 leads by their index, so many
 * times, which a list is held against. With --records it reads the records of
 * all decisions by their key, which a replay is held against, and gives out as
 * many turns among ten people, which deciding is held against.
 *
 * The database must hold one captured lead at least; --leads writes to it. It
 * prints one JSON object.
 */
#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/json.h"
#include "lib/base/random.h"
#include "lib/db/db.h"
#include "src/team/ledger.h"

enum { SET_LEADS = 64, ROWS_MAX = SET_LEADS * 64, NODE = ID_NODES - 1 };

/* What becomes of a column of the pattern. */
enum change { KEEP, NEW_ID, NEW_TIME, NEW_KEY };

struct column {
    struct str name;
    char kind; /* letter of struct db_insert */
};

struct table {
    struct table *next;
    struct str name;
    struct column *columns; /* room for all of the catalogue */
    int count;
    struct db_insert insert;
};

/* One row of the leads that are copied; those of a table stand together. */
struct pattern {
    const struct table *table;
    struct db_value *values;
    enum change *changes;
    int *slots; /* NEW_ID: which of the set's new ids */
};

struct ceiling {
    struct arena arena;
    struct db *db;
    struct table *tables;
    struct pattern patterns[ROWS_MAX];
    int pattern_count;
    int64_t old_ids[ROWS_MAX]; /* ascending, as they were made */
    int id_count;
    int set_leads;
    int64_t first_lead; /* of the set */
    int64_t stored_ms;  /* when the last one was */
    int64_t bytes;      /* of the set's values */
    struct random random;
    bool sorted;
    struct id_maker ids;
};

/* ------------------------------------------------------------ the schema */

static const char sqlite_catalogue[] =
    "SELECT m.name, p.name, p.type FROM sqlite_schema m,"
    " pragma_table_info(m.name) p WHERE m.type = 'table'"
    " ORDER BY m.name, p.cid";
static const char postgres_catalogue[] =
    "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT),"
    " CAST(data_type AS TEXT) FROM information_schema.columns"
    " WHERE table_schema = 'public' AND is_updatable = 'YES'"
    "   AND table_name IN (SELECT table_name FROM information_schema.tables"
    "                       WHERE table_type = 'BASE TABLE')"
    " ORDER BY table_name, ordinal_position";

static char
kind_letter(struct str type)
{
    static const struct {
        const char *type;
        char letter;
    } kinds[] = {
        { "INTEGER", 'i' },
        { "BIGINT", 'i' },
        { "TEXT", 't' },
        { "BLOB", 'b' },
        { "BYTEA", 'b' },
        { "REAL", 'r' },
        { "DOUBLE PRECISION", 'r' },
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_equal_ascii_case(type, str_of(kinds[i].type)))
            return kinds[i].letter;
    return '?';
}

static bool
read_catalogue(struct ceiling *c)
{
    struct arena *arena = &c->arena;
    struct table *table = NULL;
    struct db_rows rows;
    const char *sql =
        db_engine(c->db) == DB_SQLITE ? sqlite_catalogue : postgres_catalogue;

    if (!db_query(c->db, arena, sql, DB_NO_VALUES, &rows))
        return false;
    for (int i = 0; i < rows.count; i++) {
        struct str name = db_get_text(&rows, i, 0);
        if (table == NULL || !str_equal(table->name, name)) {
            table = ARENA_NEW(arena, struct table);
            table->name = name;
            table->columns =
                ARENA_ARRAY(arena, struct column, (size_t)(rows.count - i));
            table->next = c->tables;
            c->tables = table;
        }
        table->columns[table->count++] =
            (struct column){ db_get_text(&rows, i, 1),
                             kind_letter(db_get_text(&rows, i, 2)) };
    }
    return true;
}

static bool
has_column(const struct table *table, const char *name)
{
    for (int i = 0; i < table->count; i++)
        if (str_is(table->columns[i].name, name))
            return true;
    return false;
}

/* The column by which it is known that a table's rows are of the set: of its
 * leads, or as new as they are; NULL: none are. */
static const char *
set_column(const struct table *table)
{
    if (!has_column(table, "workspace_id"))
        return NULL;
    if (has_column(table, "record_id"))
        return "record_id";
    if (!has_column(table, "id")) /* a sum of many: it is there once */
        return NULL;
    return has_column(table, "lead_id") ? "lead_id" : "id";
}

static struct str
column_names(struct arena *arena, const struct table *table)
{
    struct text text = text_new(arena);

    for (int i = 0; i < table->count; i++) {
        if (i > 0)
            text_add(&text, STR(", "));
        text_add(&text, table->columns[i].name);
    }
    return text_str(&text);
}

static void
make_insert(struct arena *arena, struct table *table)
{
    struct text kinds = text_new(arena);

    for (int i = 0; i < table->count; i++)
        text_add_char(&kinds, table->columns[i].kind);
    table->insert = (struct db_insert){
        .table = arena_cstr(arena, table->name),
        .columns = arena_cstr(arena, column_names(arena, table)),
        .kinds = arena_cstr(arena, text_str(&kinds)),
    };
}

/* ----------------------------------------------------------- the pattern */

static struct db_value
value_of(const struct db_rows *rows, int row, int column, char kind)
{
    struct db_value value = { .is_null = db_is_null(rows, row, column) };

    switch (kind) {
    case 'i':
        value.kind = DB_INT;
        value.integer = db_get_int(rows, row, column);
        break;
    case 'r':
        value.kind = DB_REAL;
        value.real = db_get_real(rows, row, column);
        break;
    case 'b':
        value.kind = DB_BLOB;
        value.bytes = db_get_text(rows, row, column);
        break;
    default:
        value.kind = DB_TEXT;
        value.bytes = db_get_text(rows, row, column);
    }
    return value;
}

static void
add_pattern(struct ceiling *c, const struct table *table,
            const struct db_rows *rows, int row)
{
    struct pattern *p = &c->patterns[c->pattern_count++];
    size_t columns = (size_t)table->count;

    p->table = table;
    p->values = ARENA_ARRAY(&c->arena, struct db_value, columns);
    p->changes = ARENA_ARRAY(&c->arena, enum change, columns);
    p->slots = ARENA_ARRAY(&c->arena, int, columns);
    for (int i = 0; i < table->count; i++) {
        p->values[i] = value_of(rows, row, i, table->columns[i].kind);
        c->bytes += p->values[i].is_null        ? 0
                  : p->values[i].kind == DB_INT ? 8
                                                : p->values[i].bytes.bytes;
        if (str_is(table->columns[i].name, "id"))
            c->old_ids[c->id_count++] = p->values[i].integer;
    }
}

static bool
read_rows_of_set(struct ceiling *c, struct table *table)
{
    const char *column = set_column(table);
    struct db_rows rows;

    if (column == NULL)
        return true;
    make_insert(&c->arena, table);
    struct str sql = arena_format(
        &c->arena,
        "SELECT %s FROM %s WHERE %s >= $1 AND workspace_id > 0 ORDER BY %s",
        table->insert.columns, table->insert.table, column, column);
    if (!db_query_text(c->db, &c->arena, sql, DB_VALUES(db_int(c->first_lead)),
                       &rows))
        return false;
    for (int i = 0; i < rows.count && c->pattern_count < ROWS_MAX; i++)
        add_pattern(c, table, &rows, i);
    return true;
}

static int
compare_numbers(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int
slot_of(const struct ceiling *c, int64_t old_id)
{
    for (int i = 0; i < c->id_count; i++)
        if (c->old_ids[i] == old_id)
            return i;
    return -1;
}

/* Ids of the set's own rows are new in each copy, wherever they stand; so
 * are times, and the keys of exact matches. */
static void
find_changes(struct ceiling *c, struct pattern *p)
{
    for (int i = 0; i < p->table->count; i++) {
        struct str name = p->table->columns[i].name;
        const struct db_value *value = &p->values[i];
        if (value->is_null || value->kind != DB_INT)
            continue;
        p->slots[i] = slot_of(c, value->integer);
        if (p->slots[i] >= 0)
            p->changes[i] = NEW_ID;
        else if (str_ends(name, STR("_ms")))
            p->changes[i] = NEW_TIME;
        else if (str_is(name, "key"))
            p->changes[i] = NEW_KEY;
    }
}

static const char newest_leads[] =
    "SELECT id, created_ms FROM lead"
    " WHERE workspace_id = (SELECT MAX(workspace_id) FROM lead)"
    " ORDER BY id DESC LIMIT $1";

static bool
read_pattern(struct ceiling *c)
{
    struct db_rows rows;

    if (!read_catalogue(c)
        || !db_query(c->db, &c->arena, newest_leads,
                     DB_VALUES(db_int(SET_LEADS)), &rows))
        return false;
    if (rows.count == 0) {
        fputs("ceiling: there is no lead to copy in the database\n", stderr);
        return false;
    }
    c->set_leads = rows.count;
    c->first_lead = db_get_int(&rows, rows.count - 1, 0);
    c->stored_ms = db_get_int(&rows, 0, 1);
    for (struct table *t = c->tables; t != NULL; t = t->next)
        if (!read_rows_of_set(c, t))
            return false;
    qsort(c->old_ids, (size_t)c->id_count, sizeof *c->old_ids, compare_numbers);
    for (int i = 0; i < c->pattern_count; i++)
        find_changes(c, &c->patterns[i]);
    return true;
}

/* --------------------------------------------------------------- writing */

struct group {
    int sets;
    int64_t *ids;  /* id_count of each set */
    int64_t *keys; /* pattern_count of each set; few are used */
    int64_t later_ms;
};

static void
fill_group(struct ceiling *c, struct group *group)
{
    int64_t now_ms = clock_now_ms();
    int ids = group->sets * c->id_count;
    int keys = group->sets * c->pattern_count;

    group->later_ms = now_ms - c->stored_ms;
    for (int i = 0; i < ids; i++)
        group->ids[i] = id_next(&c->ids, now_ms).value;
    for (int i = 0; i < keys; i++)
        group->keys[i] = (int64_t)random_next(&c->random);
    if (c->sorted)
        qsort(group->keys, (size_t)keys, sizeof *group->keys, compare_numbers);
}

static bool
write_row(struct ceiling *c, const struct pattern *p, const struct group *group,
          int set, struct db_value *values)
{
    int count = p->table->count;

    memcpy(values, p->values, (size_t)count * sizeof *values);
    for (int i = 0; i < count; i++) {
        if (p->changes[i] == NEW_ID)
            values[i].integer = group->ids[set * c->id_count + p->slots[i]];
        else if (p->changes[i] == NEW_TIME)
            values[i].integer += group->later_ms;
        else if (p->changes[i] == NEW_KEY)
            values[i].integer =
                group->keys[set * c->pattern_count + (p - c->patterns)];
    }
    return db_insert(c->db, &p->table->insert, values, count);
}

/* The rows of a table, of all sets; `from` is its first one. */
static int
end_of_table(const struct ceiling *c, int from)
{
    int end = from;

    while (end < c->pattern_count
           && c->patterns[end].table == c->patterns[from].table)
        end++;
    return end;
}

static bool
write_table(struct ceiling *c, const struct group *group, int from, int end)
{
    struct db_value *values =
        calloc((size_t)c->patterns[from].table->count, sizeof *values);
    bool ok = true;

    if (values == NULL)
        abort();
    for (int set = 0; set < group->sets && ok; set++)
        for (int i = from; i < end && ok; i++)
            ok = write_row(c, &c->patterns[i], group, set, values);
    free(values);
    return ok;
}

static bool
write_group(struct ceiling *c, struct group *group)
{
    fill_group(c, group);

    bool ok = db_begin(c->db);
    for (int from = 0; from < c->pattern_count && ok;) {
        int end = end_of_table(c, from);
        ok = write_table(c, group, from, end);
        from = end;
    }
    return ok && db_commit(c->db) && db_checkpoint(c->db);
}

/* Whole sets; how many leads that were. */
static bool
write_leads(struct ceiling *c, int64_t leads, int group_max, int64_t *written)
{
    int sets = group_max < c->set_leads ? 1 : group_max / c->set_leads;
    struct group group = {
        .sets = sets,
        .ids = ARENA_ARRAY(&c->arena, int64_t, (size_t)(sets * c->id_count)),
        .keys =
            ARENA_ARRAY(&c->arena, int64_t, (size_t)(sets * c->pattern_count)),
    };

    *written = 0;
    while (*written < leads) {
        if (!write_group(c, &group))
            return false;
        *written += (int64_t)sets * c->set_leads;
    }
    return true;
}

/* --------------------------------------------------------------- reading */

static const char newest_page[] =
    "SELECT id, facts, owner_id, score, created_ms FROM lead"
    " WHERE workspace_id = (SELECT MAX(workspace_id) FROM workspace)"
    " ORDER BY created_ms DESC, id DESC LIMIT 50";

static bool
read_pages(struct ceiling *c, int64_t pages)
{
    struct arena arena;
    struct db_rows rows;
    bool ok = true;

    arena_init(&arena);
    int64_t began_us = clock_monotonic_us();
    for (int64_t i = 0; i < pages && ok; i++) {
        arena_reset(&arena);
        ok = db_query(c->db, &arena, newest_page, DB_NO_VALUES, &rows);
    }
    int64_t us = clock_monotonic_us() - began_us;
    arena_free(&arena);
    if (ok)
        printf("{\"pages_a_second\":%.1f}\n", (double)pages * 1e6 / (double)us);
    return ok;
}

static const char next_records[] =
    "SELECT id, record FROM decision"
    " WHERE workspace_id = (SELECT MAX(workspace_id) FROM workspace)"
    "   AND id > $1 ORDER BY id LIMIT 500";

/* How many there are; < 0: it failed. */
static int64_t
read_records(struct ceiling *c)
{
    struct arena arena;
    struct db_rows rows;
    struct id last = ID_NONE;
    int64_t count = 0;
    bool ok = true;

    arena_init(&arena);
    do {
        arena_reset(&arena);
        ok = db_query(c->db, &arena, next_records,
                      DB_VALUES(db_int(last.value)), &rows);
        if (ok && rows.count > 0)
            last = db_get_id(&rows, rows.count - 1, 0);
        count += ok ? rows.count : 0;
    } while (ok && rows.count > 0);
    arena_free(&arena);
    return ok ? count : -1;
}

static void
give_turns(int64_t count)
{
    enum { PEOPLE = 10 };
    struct ledger_entry entries[PEOPLE] = { 0 };
    struct ledger ledger = { .entries = entries, .count = PEOPLE };
    struct ledger_share shares[PEOPLE];

    for (int i = 0; i < PEOPLE; i++)
        shares[i] = (struct ledger_share){ i, 1, 0 };
    for (int64_t i = 0; i < count; i++) {
        ledger_split(shares, PEOPLE, LEDGER_UNIT);
        ledger_post(&ledger, shares, PEOPLE,
                    shares[ledger_next(&ledger, shares, PEOPLE)].person);
    }
}

static bool
measure_records(struct ceiling *c)
{
    int64_t began_us = clock_monotonic_us();
    int64_t count = read_records(c);
    int64_t read_us = clock_monotonic_us() - began_us;

    if (count <= 0)
        return false;
    began_us = clock_processor_us();
    give_turns(count);
    int64_t turns_us = clock_processor_us() - began_us;
    printf("{\"records_a_second\":%.1f,\"turns_a_second\":%.1f}\n",
           (double)count * 1e6 / (double)read_us,
           (double)count * 1e6 / (double)turns_us);
    return true;
}

/* ---------------------------------------------------------------- report */

static void
report(struct ceiling *c, int64_t leads, int64_t group, int64_t us)
{
    struct text text = text_new(&c->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_cstr(&out, "engine",
                  db_engine(c->db) == DB_SQLITE ? "sqlite" : "postgres");
    json_put_int(&out, "leads", leads);
    json_put_int(&out, "group", group);
    json_name(&out, "leads_a_second");
    json_real(&out, (double)leads * 1e6 / (double)us);
    json_put_int(&out, "bytes_a_lead", c->bytes / c->set_leads);
    json_name(&out, "rows_a_lead");
    json_open_object(&out);
    for (const struct table *t = c->tables; t != NULL; t = t->next) {
        int rows = 0;
        for (int i = 0; i < c->pattern_count; i++)
            rows += c->patterns[i].table == t;
        if (rows == 0)
            continue;
        json_name(&out, t->insert.table);
        json_real(&out, (double)rows / c->set_leads);
    }
    json_close_object(&out);
    json_close_object(&out);
    puts(arena_cstr(&c->arena, text_str(&text)));
}

/* ------------------------------------------------------------------ main */

struct order {
    const char *database;
    int64_t leads;
    int64_t pages;
    bool records;
    int64_t group;
    int64_t seed;
    bool sorted;
};

static bool
read_order(int argc, char **argv, struct order *order)
{
    static const struct option options[] = {
        { "database", required_argument, NULL, 'd' },
        { "leads", required_argument, NULL, 'l' },
        { "pages", required_argument, NULL, 'p' },
        { "records", no_argument, NULL, 'r' },
        { "group", required_argument, NULL, 'g' },
        { "seed", required_argument, NULL, 's' },
        { "sorted", no_argument, NULL, 'o' },
        { 0 },
    };
    bool ok = true;
    int option;

    *order = (struct order){ .group = 256, .seed = 1 };
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'd')
            order->database = optarg;
        else if (option == 'l')
            ok = str_to_int64(str_of(optarg), &order->leads);
        else if (option == 'p')
            ok = str_to_int64(str_of(optarg), &order->pages);
        else if (option == 'g')
            ok = str_to_int64(str_of(optarg), &order->group);
        else if (option == 's')
            ok = str_to_int64(str_of(optarg), &order->seed);
        else if (option == 'r')
            order->records = true;
        else if (option == 'o')
            order->sorted = true;
        else
            ok = false;
        if (!ok)
            return false;
    }
    return optind == argc && order->database != NULL
        && (order->leads > 0) + (order->pages > 0) + order->records == 1
        && order->group > 0 && order->group <= 100000;
}

static bool
measure(struct ceiling *c, const struct order *order)
{
    if (order->pages > 0)
        return read_pages(c, order->pages);
    if (order->records)
        return measure_records(c);
    if (!read_pattern(c))
        return false;
    int64_t began_us = clock_monotonic_us();
    int64_t written;
    if (!write_leads(c, order->leads, (int)order->group, &written))
        return false;
    report(c, written, order->group, clock_monotonic_us() - began_us);
    return true;
}

int
main(int argc, char **argv)
{
    struct ceiling c = { 0 };
    struct order order;
    struct str why = STR_NONE;

    if (!read_order(argc, argv, &order)) {
        fputs("usage: ceiling --database ADDRESS --leads N [--group N]"
              " [--seed N] [--sorted] | --pages N | --records\n",
              stderr);
        return 2;
    }
    arena_init(&c.arena);
    random_init(&c.random, (uint64_t)order.seed);
    id_maker_init(&c.ids, NODE, 0, 1);
    c.sorted = order.sorted;
    c.db = db_open(&c.arena, order.database, false, &why);
    if (c.db == NULL)
        fprintf(stderr, "ceiling: %.*s\n", STR_ARG(why));
    bool ok = c.db != NULL && measure(&c, &order);
    if (c.db != NULL && db_last_result(c.db) != DB_OK)
        fprintf(stderr, "ceiling: %s\n", db_last_message(c.db));
    db_close(c.db);
    arena_free(&c.arena);
    return ok ? 0 : 1;
}
