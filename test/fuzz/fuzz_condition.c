/* Whatever is given as a condition, it is refused with a place or answers;
 * and what answers can be explained and written as SQL. */
#include <assert.h>

#include "lib/rules/condition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FIELDS = 8, VALUES_MAX = 4000 };

static const char *const stages[] = { "New", "Won", NULL };

static const struct field fields[FIELDS + 1] = {
    { "country", FIELD_TEXT, "country", "", NULL },
    { "stage", FIELD_TEXT, "stage", "", stages },
    { "score", FIELD_NUMBER, "score", "", NULL },
    { "price", FIELD_NUMBER, "price", "", NULL, 2 },
    { "seen_at", FIELD_TIME, "seen_ms", "", NULL },
    { "tags", FIELD_TAGS, "tags", "", NULL },
    { "owner", FIELD_ID, "owner_id", "", NULL },
    { "hot", FIELD_BOOL, "hot", "", NULL },
};

static const struct str tags[] = { STR_INIT("vip"), STR_INIT("new") };

static const struct fact missing[FIELDS];

static const struct fact known[FIELDS] = {
    { .known = true, .folded = STR_INIT("kr-11") },
    { .known = true, .folded = STR_INIT("won") },
    { .known = true, .number = 50 },
    { .known = true, .number = 2270050 },
    { .known = true, .number = 1700000000000 },
    { .known = true, .tags = tags, .tag_count = 2 },
    { .known = true, .number = 123456789 },
    { .known = true, .number = 1 },
};

static const int64_t now_ms = 1700000100000;

/* A condition is false exactly when there is a reason for it. */
static void
check_answer(const struct condition *c, const struct fact *facts)
{
    struct condition_miss miss;

    assert(condition_first_miss(c, facts, now_ms, &miss)
           != condition_true(c, facts, now_ms));
    assert(miss.field >= -1 && miss.field < FIELDS);
}

static void
check_sql(struct arena *arena, const struct condition *c, enum db_engine engine)
{
    struct db_value *values = ARENA_ARRAY(arena, struct db_value, VALUES_MAX);
    struct text sql = text_new(arena);
    int count =
        condition_sql(c, fields, engine, now_ms, &sql, values, 1, VALUES_MAX);

    assert(count >= -1 && count <= VALUES_MAX);
    assert(text_str(&sql).bytes > 0);
}

static void
check_errors(const struct error *error)
{
    assert(error->kind == ERR_INVALID && error->detail_count > 0);
    for (int i = 0; i < error->detail_count; i++) {
        assert(str_starts(error->details[i].pointer, STR("/when")));
        assert(error->details[i].message.bytes > 0);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct json_error error;

    arena_init(&arena);
    struct work w = { .arena = &arena };
    const struct json *json =
        json_parse(&arena, (struct str){ (const char *)data, size }, &error);
    if (json != NULL) {
        const struct condition *c =
            condition_read(&w, fields, json, STR("/when"));
        if (c == NULL) {
            check_errors(&w.error);
        } else {
            bool used[FIELDS] = { false };
            check_answer(c, missing);
            check_answer(c, known);
            check_sql(&arena, c, DB_SQLITE);
            check_sql(&arena, c, DB_POSTGRES);
            condition_fields(c, used);
        }
    }
    arena_free(&arena);
    return 0;
}
