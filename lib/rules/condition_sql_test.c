/*
 * The property that holds conditions together: for random conditions and
 * random rows, memory, SQLite and PostgreSQL choose the same rows.
 *
 * PostgreSQL takes part when BATON_TEST_POSTGRES holds the address of a
 * server; its table is temporary.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/address.h"
#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/rules/condition.h"
#include "lib/time/zone.h"

#include <cmocka.h> /* last: it has a macro named fail */

enum { NAME, CITY, SCORE, SEEN, TAGS, OWNER, HOT, IP, FIELDS };
enum { ROWS = 200, CONDITIONS = 1500, TAGS_MAX = 3, VALUES_MAX = 400 };

/* What the program puts in place of a name: places and trees. */
static const char *const meanings[] = {
    "{\"any\":[]}",
    "{\"any\":[{\"field\":\"city\",\"op\":\"is_any_of\",\"value\":[\"KR\","
    "\"김민수\",\"%\"]},{\"all\":[{\"field\":\"name\",\"op\":\"starts_with\","
    "\"value\":\"k\"},{\"field\":\"city\",\"op\":\"is\",\"value\":\"a\"}]}]}",
    "{\"any\":[{\"any\":[{\"field\":\"city\",\"op\":\"starts_with\","
    "\"value\":\"kr\"}]},{\"any\":[{\"all\":[]}]}]}",
    "{\"field\":\"owner\",\"op\":\"is_any_of\",\"value\":"
    "[\"0000000000001\",\"0000000000005\"]}",
};

static bool
meaning_of(struct work *w, const struct field *field, const char *op,
           struct str name, struct str at, struct condition_meaning *meaning)
{
    struct json_error error;

    (void)at;
    if (!str_starts(name, STR("name ")))
        return true;
    if (strcmp(op, "in_list") == 0 && field->kind == FIELD_ID)
        meaning->values = json_parse(
            w->arena, STR("[\"0000000000002\",\"0000000000003\"]"), &error);
    else if (strcmp(op, "in_list") == 0)
        meaning->values =
            json_parse(w->arena, STR("[\"Kim\",\"김\",\"aa\"]"), &error);
    else
        meaning->condition =
            json_parse(w->arena, str_of(meanings[name.data[5] - '0']), &error);
    return true;
}

static const struct field fields[] = {
    [NAME] = { "name", FIELD_TEXT, "name", "", NULL, .names = meaning_of },
    [CITY] = { "city", FIELD_TEXT, "t.city", "", NULL, .names = meaning_of },
    [SCORE] = { "score", FIELD_NUMBER, "score", "", NULL },
    [SEEN] = { "seen_at", FIELD_TIME, "(seen_ms)", "", NULL },
    [TAGS] = { "tags", FIELD_TAGS, "tags", "", NULL },
    [OWNER] = { "owner", FIELD_ID, "owner_id", "", NULL, .names = meaning_of },
    [HOT] = { "hot", FIELD_BOOL, "hot", "", NULL },
    [IP] = { "ip", FIELD_TEXT, "ip", "", NULL, .address = "ip_key" },
    [FIELDS] = { 0 },
};

/* The same facts within one column of JSON: the program's own fields are
 * columns, those that its users declare are such expressions. */
#define INSIDE(of, kind, sqlite, postgres)                         \
    [DB_SQLITE][of] = { #sqlite,                                   \
                        kind,                                      \
                        "json_extract(t.custom, '$." #sqlite "')", \
                        "",                                        \
                        NULL,                                      \
                        .names = meaning_of },                     \
    [DB_POSTGRES][of] = {                                          \
        #sqlite, kind, postgres, "", NULL, .names = meaning_of     \
    }
#define TEXT_OF(name)   "(t.custom::json ->> '" #name "')"
#define NUMBER_OF(name) TEXT_OF(name) "::bigint"
static const struct field inside[][FIELDS + 1] = {
    INSIDE(NAME, FIELD_TEXT, name, TEXT_OF(name)),
    INSIDE(CITY, FIELD_TEXT, city, TEXT_OF(city)),
    INSIDE(SCORE, FIELD_NUMBER, score, NUMBER_OF(score)),
    INSIDE(SEEN, FIELD_TIME, seen_at, NUMBER_OF(seen_at)),
    INSIDE(TAGS, FIELD_TAGS, tags, TEXT_OF(tags)),
    INSIDE(OWNER, FIELD_ID, owner, NUMBER_OF(owner)),
    INSIDE(HOT, FIELD_BOOL, hot, NUMBER_OF(hot)),
    [DB_SQLITE][IP] = { "ip", FIELD_TEXT, "t.ip", "", NULL,
                        .address = "t.ip_key" },
    [DB_POSTGRES][IP] = { "ip", FIELD_TEXT, "t.ip", "", NULL,
                          .address = "(ip_key)" },
};

/* What is awkward for one engine or the other. */
static const char *const texts[] = {
    "Kim",       "kim min su", "김민수",
    "김",        "민수",       "서울특별시",
    "KR",        "KR-11",      "KR-1",
    "KR-11-680", "kr-",        "100%",
    "%",         "_",          "a_b",
    "a\\\\b",    "\\\\",       "O'Brien",
    "'",         "''",         "\\\"quoted\\\"",
    "\\\"",      "😀",          "smile 😀 here",
    "é",         "ÉCOLE",      "e\u0301",
    "straße",    "STRASSE",    "*",
    "[a-z]",     "?",          "$1",
    "--",        ";",          "NULL",
    "aa",        "aaa",        "ＫＩＭ",
    "x",         "min",        "a",
    "-",         "\\t tab",
};
static const char *const tags[] = { "VIP", "vip 2", "파트너", "50%", "a_b",
                                    "o'b", "😀",     "a\\\\b", "new" };

/* At the ends of ranges and around them; what is none may be kept, too. */
static const char *const addresses[] = {
    "10.0.0.0",      "10.255.255.255",
    "9.255.255.255", "11.0.0.0",
    "10.128.0.0",    "10.127.255.255",
    "0.0.0.0",       "255.255.255.255",
    "192.168.7.9",   "::",
    "::1",           "2001:db8::",
    "2001:db8::1",   "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db9::",    "::ffff:10.0.0.1",
    "fd00::a:0:0:1", "10.abc",
    "999.1.1.1",     "10.0.0.1/8",
    "nowhere",       "10.0",
};
static const char *const ranges[] = {
    "10.0.0.0/8",         "10.0.0.0/9",  "10.128.0.0/9",
    "0.0.0.0/0",          "::/0",        "2001:db8::/32",
    "2001:db8::/127",     "2001:db8::1", "192.168.7.9",
    "192.168.7.8/31",     "::/96",       "fd00::/8",
    "255.255.255.255/32", "::1/128",     "2001:db8::/33",
    "10.0.0.0/32",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct world {
    struct arena arena;
    struct random random;
    int64_t now_ms;
    struct fact facts[ROWS][FIELDS];
};

static bool
one_in(struct world *world, uint64_t n)
{
    return random_below(&world->random, n) == 0;
}

static const char *
pick(struct world *world, const char *const *from, size_t count)
{
    return from[random_below(&world->random, count)];
}

/* The texts above are written for JSON; this is what they say. */
static struct str
unescaped(struct world *world, const char *text)
{
    struct json_error error;
    struct str quoted = arena_format(&world->arena, "\"%s\"", text);
    const struct json *json = json_parse(&world->arena, quoted, &error);

    assert_non_null(json);
    return json->text;
}

/* Small numbers meet often, extremes must too. */
static int64_t
random_number(struct world *world)
{
    static const int64_t extremes[] = { INT64_MIN, INT64_MIN + 1, INT64_MAX,
                                        INT64_MAX - 1 };

    if (one_in(world, 20))
        return extremes[random_below(&world->random, COUNT(extremes))];
    return (int64_t)random_below(&world->random, 15) - 5;
}

static int64_t
random_time(struct world *world)
{
    return world->now_ms + 3600000
         - (int64_t)random_below(&world->random, 20) * 3600000;
}

/* Ids are positive. */
static int64_t
random_id(struct world *world)
{
    return 1 + (int64_t)random_below(&world->random, 12);
}

/* ---- Rows ---- */

static struct str
random_text(struct world *world)
{
    if (one_in(world, 8))
        return STR("");
    struct str one = unescaped(world, pick(world, texts, COUNT(texts)));
    if (!one_in(world, 3))
        return one;
    struct str other = unescaped(world, pick(world, texts, COUNT(texts)));
    return arena_format(&world->arena, "%.*s%s%.*s", STR_ARG(one),
                        one_in(world, 2) ? " " : "", STR_ARG(other));
}

static void
fill_tags(struct world *world, struct fact *fact)
{
    struct str *list = ARENA_ARRAY(&world->arena, struct str, TAGS_MAX);

    fact->tags = list;
    fact->tag_count = (int)random_below(&world->random, TAGS_MAX + 1);
    for (int i = 0; i < fact->tag_count; i++)
        list[i] = fold_text(&world->arena,
                            unescaped(world, pick(world, tags, COUNT(tags))));
}

static void
fill_fact(struct world *world, int field, struct fact *fact)
{
    *fact = (struct fact){ .known = !one_in(world, 6) };
    if (!fact->known)
        return;
    if (field == NAME || field == CITY || field == IP) {
        fact->text = field == IP
                       ? str_of(pick(world, addresses, COUNT(addresses)))
                       : random_text(world);
        fact->folded = fold_text(&world->arena, fact->text);
    } else if (field == SCORE) {
        fact->number = random_number(world);
    } else if (field == SEEN) {
        fact->number = random_time(world);
    } else if (field == TAGS) {
        fill_tags(world, fact);
    } else if (field == OWNER) {
        fact->number = random_id(world);
    } else {
        fact->number = one_in(world, 2);
    }
}

static struct db_value
column_of(struct world *world, int field, const struct fact *fact)
{
    bool is_text =
        field == NAME || field == CITY || field == TAGS || field == IP;
    struct text all = text_new(&world->arena);

    if (!fact->known)
        return (struct db_value){ .kind = is_text ? DB_TEXT : DB_INT,
                                  .is_null = true };
    if (!is_text)
        return db_int(fact->number);
    if (field != TAGS)
        return db_text(
            (struct str){ fact->folded.bytes == 0 ? "" : fact->folded.data,
                          fact->folded.bytes });
    for (int i = 0; i < fact->tag_count; i++)
        text_format(&all, "%s%.*s\x1f", i == 0 ? "\x1f" : "",
                    STR_ARG(fact->tags[i]));
    return db_text(text_str(&all));
}

/* {"name":"kim","score":3}: what is not known is not there. */
static struct db_value
inside_of(struct world *world, const struct fact *facts)
{
    struct text text = text_new(&world->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    for (int field = 0; field < FIELDS; field++) {
        struct db_value value = column_of(world, field, &facts[field]);
        if (value.is_null)
            continue;
        json_name(&out, fields[field].name);
        if (value.kind == DB_TEXT)
            json_text(&out, value.bytes);
        else
            json_int(&out, value.integer);
    }
    json_close_object(&out);
    return db_text(text_str(&text));
}

static struct db_value
key_of(struct world *world, const struct fact *fact)
{
    struct address address;

    return db_text(fact->known && address_parse(fact->folded, &address)
                       ? address_digits(&world->arena, &address)
                       : STR_NONE);
}

static void
must(struct db *db, bool ok)
{
    if (!ok)
        fail_msg("%s: %s", db_result_name(db_last_result(db)),
                 db_last_message(db));
}

static void
make_table(struct world *world, struct db *db)
{
    must(db, db_run(db,
                    "CREATE TEMPORARY TABLE t ("
                    " id BIGINT PRIMARY KEY, name TEXT, city TEXT,"
                    " score BIGINT, seen_ms BIGINT, tags TEXT,"
                    " owner_id BIGINT, hot BIGINT, ip TEXT,"
                    " custom TEXT, ip_key TEXT)",
                    DB_NO_VALUES, NULL));
    for (int i = 0; i < ROWS; i++) {
        struct db_value values[3 + FIELDS] = { db_int(i) };
        for (int field = 0; field < FIELDS; field++)
            values[1 + field] =
                column_of(world, field, &world->facts[i][field]);
        values[1 + FIELDS] = inside_of(world, world->facts[i]);
        values[2 + FIELDS] = key_of(world, &world->facts[i][IP]);
        must(db, db_run(db,
                        "INSERT INTO t (id, name, city, score, seen_ms, tags,"
                        "               owner_id, hot, ip, custom, ip_key)"
                        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
                        "         $11)",
                        values, 3 + FIELDS, NULL));
    }
}

/* ---- Conditions ---- */

/* One value of a field's kind, as JSON. */
static void
write_one(struct world *world, int field, struct text *out)
{
    struct json_out json = json_out_new(out);

    if (field == TAGS)
        text_format(out, "\"%s\"", pick(world, tags, COUNT(tags)));
    else if (field == SCORE && one_in(world, 10))
        text_format(out, "%d.0", (int)random_below(&world->random, 9) - 4);
    else if (field == SCORE)
        text_add_int(out, random_number(world));
    else if (field == SEEN)
        json_time(&json, random_time(world));
    else if (field == OWNER)
        json_id(&json, (struct id){ random_id(world) });
    else if (field == IP)
        text_format(out, "\"%s\"", pick(world, ranges, COUNT(ranges)));
    else if (field == HOT)
        text_add_cstr(out, one_in(world, 2) ? "true" : "false");
    else
        text_format(out, "\"%s\"", pick(world, texts, COUNT(texts)));
}

static void
write_list(struct world *world, int field, struct text *out)
{
    int count =
        1 + (int)random_below(&world->random, one_in(world, 4) ? 30 : 4);

    text_add_char(out, '[');
    for (int i = 0; i < count; i++) {
        if (i > 0)
            text_add_char(out, ',');
        write_one(world, field, out);
    }
    text_add_char(out, ']');
}

/* Of a text that may be anything. */
static void
write_part(struct world *world, int field, struct text *out)
{
    if (field == IP)
        text_format(out, "\"%.*s\"", 2 + (int)random_below(&world->random, 4),
                    pick(world, addresses, COUNT(addresses)));
    else
        write_one(world, field, out);
}

static void
write_name(struct world *world, int field, struct text *out)
{
    (void)field;
    text_format(out, "\"name %d\"",
                (int)random_below(&world->random, COUNT(meanings)));
}

static void
write_pair(struct world *world, int field, struct text *out)
{
    int64_t a = random_number(world);
    int64_t b = random_number(world);
    struct json_out json = json_out_new(out);

    json_open_array(&json);
    if (field == SEEN) {
        int64_t from = random_time(world);
        json_time(&json, from);
        json_time(&json,
                  from + (int64_t)random_below(&world->random, 6) * 3600000);
    } else {
        json_int(&json, a < b ? a : b);
        json_int(&json, a < b ? b : a);
    }
    json_close_array(&json);
}

static void
write_stretch(struct world *world, int field, struct text *out)
{
    (void)field;
    if (one_in(world, 2))
        text_format(out, "\"%dh\"", 1 + (int)random_below(&world->random, 20));
    else
        text_format(out, "{\"minutes\": %d}",
                    1 + (int)random_below(&world->random, 900));
}

enum {
    TEXTS = 1 << NAME | 1 << CITY,
    INTEGERS = 1 << SCORE | 1 << SEEN | 1 << OWNER | 1 << HOT,
    ALL = TEXTS | INTEGERS | 1 << TAGS | 1 << IP,
    LISTED = TEXTS | 1 << TAGS | 1 << SCORE | 1 << OWNER | 1 << IP,
    PARTED = TEXTS | 1 << IP,
};

/* Every operator, with the fields it works on. */
static const struct {
    const char *name;
    unsigned on;
    void (*write)(struct world *, int field, struct text *);
} operators[] = {
    { "is", ALL, write_one },
    { "is_not", ALL, write_one },
    { "is_any_of", LISTED, write_list },
    { "is_none_of", LISTED, write_list },
    { "in_list", LISTED, write_list },
    { "contains", TEXTS | 1 << TAGS, write_one },
    { "contains", 1 << IP, write_part },
    { "starts_with", PARTED, write_part },
    { "ends_with", PARTED, write_part },
    { "within", TEXTS | 1 << IP, write_one },
    { "within", TEXTS | 1 << OWNER, write_name },
    { "in_list", TEXTS | 1 << OWNER, write_name },
    { "at_least", 1 << SCORE, write_one },
    { "more_than", 1 << SCORE, write_one },
    { "at_most", 1 << SCORE, write_one },
    { "less_than", 1 << SCORE, write_one },
    { "between", 1 << SCORE | 1 << SEEN, write_pair },
    { "before", 1 << SEEN, write_one },
    { "after", 1 << SEEN, write_one },
    { "within_last", 1 << SEEN, write_stretch },
    { "is_empty", ALL, NULL },
    { "is_known", ALL, NULL },
};

static void
write_term(struct world *world, struct text *out)
{
    size_t op;
    int field;

    do {
        op = random_below(&world->random, COUNT(operators));
        field = (int)random_below(&world->random, FIELDS);
    } while ((operators[op].on & 1u << field) == 0);
    text_format(out, "{\"field\":\"%s\",\"op\":\"%s\"", fields[field].name,
                operators[op].name);
    if (operators[op].write != NULL) {
        text_add_cstr(out, ",\"value\":");
        operators[op].write(world, field, out);
    }
    text_add_char(out, '}');
}

static void
write_condition(struct world *world, int depth, struct text *out)
{
    uint64_t form = random_below(&world->random, 6);

    if (depth == 0 || form < 2) {
        write_term(world, out);
        return;
    }
    if (form == 2) {
        text_add_cstr(out, "{\"not\":");
        write_condition(world, depth - 1, out);
        text_add_char(out, '}');
        return;
    }
    text_add_cstr(out, form == 3 ? "{\"all\":[" : "{\"any\":[");
    int count = (int)random_below(&world->random, 4);
    for (int i = 0; i < count; i++) {
        if (i > 0)
            text_add_char(out, ',');
        write_condition(world, depth - 1, out);
    }
    text_add_cstr(out, "]}");
}

/* ---- The property ---- */

static void
check_condition(struct world *world, struct db *db, struct arena *arena)
{
    const struct field *table =
        one_in(world, 3) ? inside[db_engine(db)] : fields;
    struct text source = text_new(arena);
    struct text sql = text_new(arena);
    struct work w = { .arena = arena };
    struct db_value values[VALUES_MAX] = { db_int(-1) };
    struct json_error error;
    struct db_rows rows;

    write_condition(world, 3, &source);
    const struct json *json = json_parse(arena, text_str(&source), &error);
    assert_non_null(json);
    const struct condition *c = condition_read(&w, table, json, STR(""));
    if (c == NULL)
        fail_msg("%.*s: %s", STR_ARG(text_str(&source)),
                 w.error.details[0].message.data);

    /* The condition's parameters begin behind others of the query. */
    text_add_cstr(&sql, "SELECT id FROM t WHERE id > $1 AND ");
    int count = condition_sql(c, table, db_engine(db), world->now_ms, &sql,
                              values + 1, 2, VALUES_MAX - 1);
    assert_true(count >= 0);
    struct text counted = text_new(arena);
    assert_int_equal(condition_sql(c, table, db_engine(db), world->now_ms,
                                   &counted, NULL, 2, VALUES_MAX - 1),
                     count);
    text_add_cstr(&sql, " ORDER BY id");
    if (!db_query_text(db, arena, text_str(&sql), values, count + 1, &rows))
        fail_msg("%.*s: %s", STR_ARG(text_str(&sql)), db_last_message(db));

    int next = 0;
    for (int i = 0; i < ROWS; i++) {
        bool in_sql = next < rows.count && db_get_int(&rows, next, 0) == i;
        next += in_sql;
        if (condition_true(c, world->facts[i], world->now_ms) != in_sql)
            fail_msg("row %d (name \"%.*s\", city \"%.*s\") %s, and not in "
                     "memory: %.*s\n%.*s",
                     i, STR_ARG(world->facts[i][NAME].folded),
                     STR_ARG(world->facts[i][CITY].folded),
                     in_sql ? "is found by SQL" : "is not found by SQL",
                     STR_ARG(text_str(&source)), STR_ARG(text_str(&sql)));
    }
    assert_int_equal(next, rows.count);
}

static uint64_t
seed(void)
{
    const char *given = getenv("BATON_TEST_SEED");
    uint64_t value = given != NULL ? strtoull(given, NULL, 10)
                                   : (uint64_t)clock_monotonic_us();

    print_message("BATON_TEST_SEED=%llu\n", (unsigned long long)value);
    return value;
}

static void
make_world(struct world *world)
{
    arena_init(&world->arena);
    random_init(&world->random, seed());
    time_parse(STR("2026-11-20T10:00:00Z"), &world->now_ms);
    for (int i = 0; i < ROWS; i++)
        for (int field = 0; field < FIELDS; field++)
            fill_fact(world, field, &world->facts[i][field]);
}

static void
memory_agrees_with(const char *address)
{
    struct world *world = calloc(1, sizeof *world);
    struct arena arena;
    struct str why = STR_NONE;

    assert_non_null(world);
    arena_init(&arena);
    make_world(world);

    struct db *db = db_open(&arena, address, false, &why);
    if (db == NULL)
        fail_msg("%.*s", STR_ARG(why));
    must(db, db_begin(db));
    make_table(world, db);
    arena_reset(&arena);
    for (int i = 0; i < CONDITIONS; i++) {
        check_condition(world, db, &arena);
        arena_reset(&arena);
    }
    db_rollback(db);
    db_close(db);
    arena_free(&arena);
    arena_free(&world->arena);
    free(world);
}

/* No row has the one without the other. */
static int
check_implied(struct world *world, struct arena *arena, int depth)
{
    struct work w = { .arena = arena };
    const struct condition *c[2];
    struct fact unknown[FIELDS] = { 0 };
    struct text sources[2];
    struct json_error error;
    int left = 10000;

    for (int i = 0; i < 2; i++) {
        sources[i] = text_new(arena);
        write_condition(world, depth, &sources[i]);
        c[i] = condition_read(&w, fields,
                              json_parse(arena, text_str(&sources[i]), &error),
                              STR(""));
        assert_non_null(c[i]);
    }
    if (!condition_implies(c[0], c[1], unknown, &left))
        return 0;
    for (int i = 0; i < ROWS; i++)
        if (condition_true(c[0], world->facts[i], world->now_ms)
            && !condition_true(c[1], world->facts[i], world->now_ms))
            fail_msg("row %d: %.*s does not imply %.*s", i,
                     STR_ARG(text_str(&sources[0])),
                     STR_ARG(text_str(&sources[1])));
    return 1;
}

static void
what_is_said_to_follow_follows(void **state)
{
    enum { PAIRS = 60000 };
    struct world *world = calloc(1, sizeof *world);
    struct arena arena;
    int found = 0;

    (void)state;
    assert_non_null(world);
    arena_init(&arena);
    make_world(world);
    for (int i = 0; i < PAIRS; i++) {
        found += check_implied(world, &arena, i % 3);
        arena_reset(&arena);
    }
    assert_true(found > PAIRS / 100); /* there was something to find */
    arena_free(&arena);
    arena_free(&world->arena);
    free(world);
}

static char sqlite_path[32];

/* Also when the test has failed. */
static int
remove_database(void **state)
{
    static const char *const parts[] = { "", "-wal", "-shm" };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT(parts); i++)
        unlink(arena_format(&arena, "%s%s", sqlite_path, parts[i]).data);
    arena_free(&arena);
    return 0;
}

static void
sqlite_chooses_the_rows_that_memory_chooses(void **state)
{
    static const char pattern[] = "/tmp/baton_condition_XXXXXX";

    (void)state;
    memcpy(sqlite_path, pattern, sizeof pattern);
    int file = mkstemp(sqlite_path);
    assert_true(file >= 0);
    close(file);
    memory_agrees_with(sqlite_path);
}

static void
postgres_chooses_the_rows_that_memory_chooses(void **state)
{
    const char *address = getenv("BATON_TEST_POSTGRES");

    (void)state;
    if (address == NULL || address[0] == '\0') {
        print_message("skipped: BATON_TEST_POSTGRES holds no address of a "
                      "server\n");
        skip();
    }
    memory_agrees_with(address);
}

static void
a_list_without_room_for_its_values_is_told(void **state)
{
    struct arena arena;
    struct db_value values[2];
    struct json_error error;

    (void)state;
    arena_init(&arena);
    struct work w = { .arena = &arena };
    const struct json *json = json_parse(
        &arena,
        STR("{\"field\":\"score\",\"op\":\"is_any_of\",\"value\":[1,2,3]}"),
        &error);
    const struct condition *c = condition_read(&w, fields, json, STR(""));
    struct text sql = text_new(&arena);
    assert_non_null(c);
    assert_int_equal(condition_sql(c, fields, DB_SQLITE, 0, &sql, values, 1, 2),
                     -1);
    arena_free(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(sqlite_chooses_the_rows_that_memory_chooses,
                                  remove_database),
        cmocka_unit_test(postgres_chooses_the_rows_that_memory_chooses),
        cmocka_unit_test(what_is_said_to_follow_follows),
        cmocka_unit_test(a_list_without_room_for_its_values_is_told),
    };

    return cmocka_run_group_tests_name("conditions in SQL", tests, NULL, NULL);
}
