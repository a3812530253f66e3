/*
 * Tests of conditions in memory: each operator, what is refused and where,
 * and how text is folded. That SQL says the same is in condition_sql_test.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/rules/condition.h"
#include "lib/time/zone.h"

#include <cmocka.h> /* last: it has a macro named fail */

static struct arena arena;
static struct work w;

enum { COUNTRY, EMAIL, SCORE, SEEN, TAGS, OWNER, HOT, STAGE, PRICE, FIELDS };

static const char *const stages[] = { "New", "Won", "Lost", NULL };

/* "asia" is a place, "friends" a list; other names mean themselves. */
static bool
meaning_of(struct work *unit, const struct field *field, const char *op,
           struct str name, struct str at, struct condition_meaning *meaning)
{
    static const char asia[] =
        "{\"any\":[{\"field\":\"country\",\"op\":\"is_any_of\",\"value\":"
        "[\"KR\",\"JP\"]},{\"all\":[{\"field\":\"country\",\"op\":\"is\","
        "\"value\":\"RU\"},{\"field\":\"score\",\"op\":\"at_least\","
        "\"value\":60}]}]}";
    struct json_error error;

    (void)field, (void)op;
    if (str_is(name, "asia"))
        meaning->condition = json_parse(unit->arena, str_of(asia), &error);
    if (str_is(name, "friends"))
        meaning->values =
            json_parse(unit->arena, STR("[\"NL\",\"be\"]"), &error);
    return !str_is(name, "atlantis")
        || fail_at(unit, at, "unknown_place", "It sank.");
}

/* "Holland" is NL, "Korea" one of two; other values mean themselves. */
static bool
spelling_of(struct work *unit, const struct field *field, struct str given,
            struct str at, const struct str **values, int *count)
{
    static const struct str koreas[] = { STR_INIT("KR"), STR_INIT("KP") };
    static const struct str holland[] = { STR_INIT("NL") };

    (void)field;
    if (str_is(given, "Korea"))
        *values = koreas, *count = 2;
    if (str_is(given, "Holland"))
        *values = holland, *count = 1;
    return !str_is(given, "Atlantis")
        || fail_at(unit, at, "unknown_country", "It sank.");
}

static const struct field fields[] = {
    [COUNTRY] = { "country", FIELD_TEXT, "country", "", NULL,
                  .names = meaning_of, .spelling = spelling_of },
    [EMAIL] = { "email", FIELD_TEXT, "email", "", NULL },
    [SCORE] = { "score", FIELD_NUMBER, "score", "", NULL },
    [SEEN] = { "seen_at", FIELD_TIME, "seen_ms", "", NULL },
    [TAGS] = { "tags", FIELD_TAGS, "tags", "", NULL },
    [OWNER] = { "owner", FIELD_ID, "owner_id", "", NULL },
    [HOT] = { "hot", FIELD_BOOL, "hot", "", NULL },
    [STAGE] = { "stage", FIELD_TEXT, "stage", "", stages },
    [PRICE] = { "price", FIELD_NUMBER, "price", "", NULL, 2 },
    [FIELDS] = { 0 },
};

static struct fact facts[FIELDS];
static int64_t now_ms;

static const struct json *
json(const char *text)
{
    struct json_error error;
    const struct json *tree = json_parse(&arena, str_of(text), &error);

    if (tree == NULL)
        fail_msg("%s: %s", text, error.message);
    return tree;
}

static const struct condition *
try_read(const char *text)
{
    w = (struct work){ .arena = &arena };
    return condition_read(&w, fields, json(text), STR("/when"));
}

static const struct condition *
read_condition(const char *text)
{
    const struct condition *c = try_read(text);

    if (c == NULL)
        fail_msg("%s: %s: %s", text, w.error.details[0].pointer.data,
                 w.error.details[0].message.data);
    return c;
}

static bool
is_true(const char *text)
{
    return condition_true(read_condition(text), facts, now_ms);
}

static void
assert_true_for(const char *text)
{
    if (!is_true(text))
        fail_msg("%s is false", text);
}

static void
assert_false_for(const char *text)
{
    if (is_true(text))
        fail_msg("%s is true", text);
}

/* The field, operator and value of one term. */
static void
expect(const char *field, const char *op, const char *value, bool expected)
{
    struct str text = arena_format(
        &arena, "{\"field\":\"%s\",\"op\":\"%s\"%s%s}", field, op,
        value == NULL ? "" : ",\"value\":", value == NULL ? "" : value);

    if (is_true(text.data) != expected)
        fail_msg("%s should be %s", text.data, expected ? "true" : "false");
}

static void
set_text(int field, const char *text)
{
    facts[field].known = true;
    facts[field].text = str_of(text);
    facts[field].folded = fold_text(&arena, str_of(text));
}

static void
set_number(int field, int64_t number)
{
    facts[field].known = true;
    facts[field].number = number;
}

static void
set_tags(const char *first, const char *second)
{
    struct str *tags = ARENA_ARRAY(&arena, struct str, 2);

    tags[0] = fold_text(&arena, str_of(first));
    tags[1] = fold_text(&arena, str_of(second));
    facts[TAGS] = (struct fact){
        .known = true,
        .tags = tags,
        .tag_count = (first != NULL) + (second != NULL),
    };
}

/* ---- Operators ---- */

static void
text_is_compared_without_case(void **state)
{
    (void)state;
    set_text(COUNTRY, " Kr ");
    expect("country", "is", "\"KR\"", true);
    expect("country", "is", "\"\\uff2b\\uff32\"", true); /* full width */
    expect("country", "is", "\"JP\"", false);
    expect("country", "is_not", "\"kr\"", false);
    expect("country", "is_not", "\"JP\"", true);
    expect("country", "is_any_of", "[\"JP\", \"KR\"]", true);
    expect("country", "is_any_of", "[\"JP\", \"KRX\"]", false);
    expect("country", "is_none_of", "[\"JP\", \"KR\"]", false);
    expect("country", "is_none_of", "[\"JP\", \"US\"]", true);
    expect("country", "in_list", "[\"JP\", \"KR\"]", true);
    expect("country", "in_list", "[\"JP\"]", false);
}

static void
parts_of_text_are_found(void **state)
{
    (void)state;
    set_text(EMAIL, "Ana.Kim@Example.co.kr");
    expect("email", "contains", "\"KIM@\"", true);
    expect("email", "contains", "\"kim%\"", false);
    expect("email", "starts_with", "\"ana.\"", true);
    expect("email", "starts_with", "\"kim\"", false);
    expect("email", "starts_with", "\"ana.kim@example.co.kr.org\"", false);
    expect("email", "ends_with", "\".CO.KR\"", true);
    expect("email", "ends_with", "\"ana\"", false);
    expect("email", "ends_with", "\"xana.kim@example.co.kr\"", false);
}

static void
a_name_stands_for_a_condition_or_a_list(void **state)
{
    static const char outside[] =
        "{\"not\":{\"field\":\"country\",\"op\":\"within\","
        "\"value\":\"asia\"}}";
    struct condition_miss miss;
    bool used[FIELDS] = { false };

    (void)state;
    set_text(COUNTRY, "KR");
    expect("country", "within", "\"asia\"", true);
    expect("country", "in_list", "\"friends\"", false);
    assert_false(is_true(outside));
    set_text(COUNTRY, "RU");
    set_number(SCORE, 59);
    expect("country", "within", "\"asia\"", false);
    assert_true(is_true(outside));
    set_number(SCORE, 60);
    expect("country", "within", "\"asia\"", true);
    set_text(COUNTRY, "BE");
    expect("country", "in_list", "\"friends\"", true);

    const struct condition *c = read_condition(
        "{\"field\":\"country\",\"op\":\"within\",\"value\":\"asia\"}");
    assert_true(condition_first_miss(c, facts, now_ms, &miss));
    assert_int_equal(miss.field, COUNTRY); /* the term, not what it means */
    assert_string_equal(miss.op, "within");
    assert_true(str_is(miss.value->text, "asia"));
    condition_fields(c, used);
    assert_true(used[COUNTRY] && used[SCORE] && !used[EMAIL]);
}

static void
a_value_means_what_facts_have_in_its_place(void **state)
{
    struct condition_miss miss;

    (void)state;
    set_text(COUNTRY, "NL");
    expect("country", "is", "\"Holland\"", true);
    expect("country", "is_not", "\"Holland\"", false);
    expect("country", "is", "\"Korea\"", false);
    expect("country", "starts_with", "\"Holland\"", false);
    expect("country", "is_none_of", "[\"JP\", \"Holland\"]", false);
    set_text(COUNTRY, "KP");
    expect("country", "is", "\"Korea\"", true);
    expect("country", "is_not", "\"Korea\"", false);
    expect("country", "is_any_of", "[\"NL\", \"Korea\"]", true);
    expect("country", "in_list", "[\"Korea\"]", true);
    expect("country", "is_not", "\"Holland\"", true);

    const struct condition *c = read_condition(
        "{\"field\":\"country\",\"op\":\"is_not\",\"value\":\"Korea\"}");
    assert_true(condition_first_miss(c, facts, now_ms, &miss));
    assert_string_equal(miss.op, "is_not"); /* as given */
    assert_true(str_is(miss.value->text, "Korea"));

    assert_null(try_read("{\"field\":\"country\",\"op\":\"is_any_of\","
                         "\"value\":[\"NL\",\"Atlantis\"]}"));
    assert_int_equal(w.error.detail_count, 1);
    assert_true(str_is(w.error.details[0].pointer, "/when/value/1"));
}

static void
a_name_that_is_unknown_is_told_with_its_place(void **state)
{
    (void)state;
    assert_null(try_read("{\"all\":[{\"field\":\"country\",\"op\":\"within\","
                         "\"value\":\"atlantis\"}]}"));
    assert_int_equal(w.error.detail_count, 1);
    assert_string_equal(w.error.details[0].code, "unknown_place");
    assert_true(str_is(w.error.details[0].pointer, "/when/all/0/value"));
}

static void
a_place_lies_within_itself_and_what_is_above_it(void **state)
{
    (void)state;
    set_text(COUNTRY, "KR-11");
    expect("country", "within", "\"KR\"", true);
    expect("country", "within", "\"kr-11\"", true);
    expect("country", "within", "\"KR-1\"", false);
    expect("country", "within", "\"KR-11-5\"", false);
    expect("country", "within", "\"K\"", false);
    set_text(COUNTRY, "KRX");
    expect("country", "within", "\"KR\"", false);
}

static void
numbers_are_compared_exactly(void **state)
{
    (void)state;
    set_number(SCORE, 50);
    expect("score", "is", "50", true);
    expect("score", "is", "50.0", true);
    expect("score", "is", "5e1", true);
    expect("score", "is", "51", false);
    expect("score", "is_not", "50", false);
    expect("score", "is_not", "51", true);
    expect("score", "at_least", "50", true);
    expect("score", "at_least", "51", false);
    expect("score", "more_than", "49", true);
    expect("score", "more_than", "50", false);
    expect("score", "at_most", "50", true);
    expect("score", "at_most", "49", false);
    expect("score", "less_than", "51", true);
    expect("score", "less_than", "50", false);
    expect("score", "between", "[50, 50]", true);
    expect("score", "between", "[0, 49]", false);
    expect("score", "between", "[51, 90]", false);
    expect("score", "is_any_of", "[9, 50, 3]", true);
    expect("score", "is_any_of", "[9, 51, 3]", false);
    expect("score", "is_none_of", "[9, 51, 3]", true);
    expect("score", "in_list", "[50]", true);
    set_number(SCORE, (INT64_C(1) << 53) + 1);
    expect("score", "is", "9007199254740993", true);
    expect("score", "is", "9007199254740992", false);
}

static void
fractions_do_not_change_what_a_limit_means(void **state)
{
    (void)state;
    for (int64_t n = -3; n <= 3; n++) {
        set_number(SCORE, n);
        expect("score", "at_least", "0.5", (double)n >= 0.5);
        expect("score", "more_than", "0.5", (double)n > 0.5);
        expect("score", "at_most", "0.5", (double)n <= 0.5);
        expect("score", "less_than", "0.5", (double)n < 0.5);
        expect("score", "at_least", "-1.5", (double)n >= -1.5);
        expect("score", "more_than", "-1.5", (double)n > -1.5);
        expect("score", "at_most", "-1.5", (double)n <= -1.5);
        expect("score", "less_than", "-1.5", (double)n < -1.5);
        expect("score", "more_than", "1.0", n > 1);
        expect("score", "less_than", "1.0", n < 1);
        expect("score", "between", "[-1.5, 1.5]", n >= -1 && n <= 1);
        expect("score", "between", "[0.2, 0.8]", false);
    }
}

/* A price of 22700.50 is kept as 2270050. */
static void
decimals_are_those_that_were_written(void **state)
{
    (void)state;
    set_number(PRICE, 2270050);
    expect("price", "is", "22700.5", true);
    expect("price", "is", "22700.50", true);
    expect("price", "is", "22700", false);
    expect("price", "at_least", "22700.5", true);
    expect("price", "at_least", "22700.501", false);
    expect("price", "more_than", "22700.499", true);
    expect("price", "more_than", "22700.5", false);
    expect("price", "at_most", "22700.5", true);
    expect("price", "at_most", "22700.499", false);
    expect("price", "less_than", "22701", true);
    expect("price", "between", "[22700, 22701]", true);
    expect("price", "is_any_of", "[5, 22700.5]", true);
    /* Every amount up to 1000.00 is read as itself, though 1.15 * 100 is a
     * little less than 115. */
    for (int n = 0; n <= 100000; n++) {
        struct str value = arena_format(&arena, "%d.%02d", n / 100, n % 100);
        set_number(PRICE, n);
        expect("price", "is", value.data, true);
        if (n % 1000 == 0)
            arena_reset(&arena);
    }
}

static void
no_number_lies_beyond_the_largest(void **state)
{
    (void)state;
    set_number(SCORE, INT64_MAX);
    expect("score", "more_than", "9223372036854775807", false);
    expect("score", "at_least", "9223372036854775807", true);
    expect("score", "at_most", "9223372036854775807", true);
    set_number(SCORE, INT64_MIN);
    expect("score", "less_than", "-9223372036854775808", false);
    expect("score", "at_least", "-9223372036854775808", true);
}

static void
times_lie_before_and_after(void **state)
{
    (void)state;
    time_parse(STR("2026-11-20T10:00:00Z"), &facts[SEEN].number);
    facts[SEEN].known = true;
    expect("seen_at", "before", "\"2026-11-20T19:00:00.001+09:00\"", true);
    expect("seen_at", "before", "\"2026-11-20T19:00:00+09:00\"", false);
    expect("seen_at", "after", "\"2026-11-20T09:59:59.999Z\"", true);
    expect("seen_at", "after", "\"2026-11-20T10:00:00Z\"", false);
    expect("seen_at", "between",
           "[\"2026-11-20T10:00:00Z\", \"2026-11-20T10:00:00Z\"]", true);
    expect("seen_at", "is", "\"2026-11-20T10:00:00Z\"", true);
}

static void
within_last_looks_back_from_now(void **state)
{
    (void)state;
    now_ms = INT64_C(1000000000000);
    set_number(SEEN, now_ms - 2 * 3600000);
    expect("seen_at", "within_last", "\"2h\"", true);
    expect("seen_at", "within_last", "{\"hours\": 2}", true);
    expect("seen_at", "within_last", "\"119m\"", false);
    expect("seen_at", "within_last", "{\"minutes\": 120}", true);
    expect("seen_at", "within_last", "{\"days\": 7}", true);
    expect("seen_at", "within_last", "\"7d\"", true);
    set_number(SEEN, now_ms);
    expect("seen_at", "within_last", "\"1m\"", true);
    set_number(SEEN, now_ms + 1); /* not yet */
    expect("seen_at", "within_last", "\"1m\"", false);
}

static void
tags_are_had_or_not(void **state)
{
    (void)state;
    set_tags("VIP", "Partner 1");
    expect("tags", "is", "\"vip\"", true);
    expect("tags", "contains", "\"partner 1\"", true);
    expect("tags", "contains", "\"partner\"", false); /* whole tags */
    expect("tags", "is_not", "\"vip\"", false);
    expect("tags", "is_not", "\"new\"", true);
    expect("tags", "is_any_of", "[\"new\", \"vip\"]", true);
    expect("tags", "is_any_of", "[\"new\", \"old\"]", false);
    expect("tags", "is_none_of", "[\"new\", \"vip\"]", false);
    expect("tags", "is_none_of", "[\"new\", \"old\"]", true);
    expect("tags", "in_list", "[\"vip\"]", true);
    expect("tags", "is_empty", NULL, false);
    expect("tags", "is_known", NULL, true);
    set_tags(NULL, NULL);
    expect("tags", "is_empty", NULL, true);
    expect("tags", "is_known", NULL, false);
    expect("tags", "is_none_of", "[\"vip\"]", true);
}

static void
ids_and_truths_are_compared(void **state)
{
    struct id id = { 123456789 };
    struct str quoted = arena_format(&arena, "\"%s\"", id_show(id).text);
    struct str list = arena_format(&arena, "[%s]", quoted.data);

    (void)state;
    set_number(OWNER, id.value);
    expect("owner", "is", quoted.data, true);
    expect("owner", "is_not", quoted.data, false);
    expect("owner", "is_any_of", list.data, true);
    expect("owner", "is_none_of", list.data, false);
    set_number(HOT, 1);
    expect("hot", "is", "true", true);
    expect("hot", "is", "false", false);
    expect("hot", "is_not", "false", true);
}

static void
a_missing_value_satisfies_only_the_negative_operators(void **state)
{
    static const struct {
        const char *field, *op, *value;
        bool expected;
    } rows[] = {
        { "country", "is", "\"KR\"", false },
        { "country", "is_not", "\"KR\"", true },
        { "country", "is_any_of", "[\"KR\"]", false },
        { "country", "is_none_of", "[\"KR\"]", true },
        { "country", "in_list", "[\"KR\"]", false },
        { "country", "within", "\"KR\"", false },
        { "country", "contains", "\"K\"", false },
        { "country", "starts_with", "\"K\"", false },
        { "country", "ends_with", "\"K\"", false },
        { "country", "is_empty", NULL, true },
        { "country", "is_empty", "null", true },
        { "country", "is_known", "true", false },
        { "score", "is", "0", false },
        { "score", "is_not", "0", true },
        { "score", "at_least", "-5", false },
        { "score", "more_than", "-5", false },
        { "score", "at_most", "5", false },
        { "score", "less_than", "5", false },
        { "score", "between", "[-5, 5]", false },
        { "score", "is_any_of", "[0]", false },
        { "score", "is_none_of", "[0]", true },
        { "score", "is_empty", NULL, true },
        { "score", "is_known", NULL, false },
        { "seen_at", "before", "\"2026-11-20T10:00:00Z\"", false },
        { "seen_at", "after", "\"1926-11-20T10:00:00Z\"", false },
        { "seen_at", "within_last", "\"1d\"", false },
        { "tags", "is", "\"vip\"", false },
        { "tags", "is_not", "\"vip\"", true },
        { "tags", "is_empty", NULL, true },
        { "hot", "is", "false", false },
        { "hot", "is_not", "true", true },
        { "owner", "is_empty", NULL, true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect(rows[i].field, rows[i].op, rows[i].value, rows[i].expected);
    assert_true_for("{\"not\":{\"field\":\"country\",\"op\":\"is\","
                    "\"value\":\"KR\"}}");
}

static void
an_empty_text_is_empty_and_equal_to_nothing(void **state)
{
    (void)state;
    set_text(COUNTRY, "  ");
    expect("country", "is_empty", NULL, true);
    expect("country", "is_known", NULL, false);
    expect("country", "is_not", "\"KR\"", true);
    expect("country", "is", "\"KR\"", false);
}

static void
long_lists_find_what_short_ones_find(void **state)
{
    struct random random;

    (void)state;
    random_init(&random, 5);
    for (int count = 1; count <= CONDITION_LIST_MAX; count += 1 + count / 3) {
        struct text texts = text_new(&arena);
        struct text numbers = text_new(&arena);
        for (int i = 0; i < count; i++) {
            const char *comma = i > 0 ? "," : "[";
            text_format(&texts, "%s\"%0*d\"", comma, i % 20 + 1, i);
            text_format(&numbers, "%s%d", comma, i * 7 - 300);
        }
        text_add_cstr(&texts, "]");
        text_add_cstr(&numbers, "]");
        for (int i = 0; i < 50; i++) {
            int n = (int)random_below(&random, (uint64_t)count);
            set_text(EMAIL, arena_format(&arena, "%0*d", n % 20 + 1, n).data);
            expect("email", "is_any_of", text_str(&texts).data, true);
            set_text(EMAIL, arena_format(&arena, "%dx", n).data);
            expect("email", "is_any_of", text_str(&texts).data, false);
            set_number(SCORE, n * 7 - 300);
            expect("score", "is_any_of", text_str(&numbers).data, true);
            set_number(SCORE, n * 7 - 299);
            expect("score", "is_any_of", text_str(&numbers).data, false);
        }
        set_number(SCORE, -301);
        expect("score", "is_any_of", text_str(&numbers).data, false);
        set_number(SCORE, INT64_MAX);
        expect("score", "is_any_of", text_str(&numbers).data, false);
    }
}

/* ---- Groups ---- */

#define YES "{\"field\":\"country\",\"op\":\"is\",\"value\":\"KR\"}"
#define NO  "{\"field\":\"country\",\"op\":\"is\",\"value\":\"JP\"}"

static void
groups_are_joined(void **state)
{
    (void)state;
    set_text(COUNTRY, "KR");
    assert_true_for("{}");
    assert_true_for("{\"all\":[]}");
    assert_false_for("{\"any\":[]}");
    assert_false_for("{\"not\":{}}");
    assert_true_for("{\"not\":{\"any\":[]}}");
    assert_true_for(YES);
    assert_false_for(NO);
    assert_true_for("{\"all\":[" YES "," YES "]}");
    assert_false_for("{\"all\":[" YES "," NO "]}");
    assert_true_for("{\"any\":[" NO "," YES "]}");
    assert_false_for("{\"any\":[" NO "," NO "]}");
    assert_false_for("{\"not\":" YES "}");
    assert_true_for("{\"not\":{\"not\":" YES "}}");
    assert_true_for("{\"not\":{\"all\":[" YES "," NO "]}}");
    assert_false_for("{\"not\":{\"any\":[" YES "," NO "]}}");
    assert_true_for("{\"all\":[{\"any\":[" NO "," YES "]},{\"not\":" NO "}]}");
}

static void
assert_miss(const char *text, int field, const char *value)
{
    struct condition_miss miss;

    assert_true(
        condition_first_miss(read_condition(text), facts, now_ms, &miss));
    assert_int_equal(miss.field, field);
    if (value != NULL)
        assert_true(str_is(miss.value->text, value));
}

static void
the_first_term_that_failed_is_told(void **state)
{
    struct condition_miss miss;

    (void)state;
    set_text(COUNTRY, "KR");
    assert_false(
        condition_first_miss(read_condition(YES), facts, now_ms, &miss));
    assert_miss(NO, COUNTRY, "JP");
    assert_miss("{\"all\":[" YES ",{\"field\":\"score\",\"op\":\"at_least\","
                "\"value\":3}," NO "]}",
                SCORE, NULL);
    assert_miss("{\"any\":[" NO "," NO "]}", COUNTRY, "JP");
    assert_miss("{\"not\":" YES "}", COUNTRY, "KR");
    assert_miss("{\"not\":{\"any\":[" NO "," YES "]}}", COUNTRY, "KR");
    assert_miss("{\"not\":{\"all\":[" YES ",{\"not\":" NO "}]}}", COUNTRY,
                "KR");
    assert_miss("{\"any\":[]}", -1, NULL);
    assert_true(condition_first_miss(
        read_condition("{\"field\":\"score\",\"op\":\"is_known\"}"), facts,
        now_ms, &miss));
    assert_string_equal(miss.op, "is_known");
    assert_null(miss.value);
}

static void
the_fields_a_condition_reads_are_known(void **state)
{
    bool used[FIELDS] = { false };

    (void)state;
    condition_fields(read_condition("{\"any\":[" YES
                                    ",{\"not\":{\"all\":[{\"field\":"
                                    "\"tags\",\"op\":\"is_empty\"}]}}]}"),
                     used);
    for (int i = 0; i < FIELDS; i++)
        assert_int_equal(used[i], i == COUNTRY || i == TAGS);
}

/* ---- Mistakes ---- */

static const struct {
    const char *text, *pointer, *code, *says;
} mistakes[] = {
    { "[]", "/when", "not_a_condition", "object" },
    { "{\"all\":{}}", "/when/all", "wrong_type", "list" },
    { "{\"all\":[5]}", "/when/all/0", "not_a_condition", "" },
    { "{\"not\":[]}", "/when/not", "not_a_condition", "" },
    { "{\"feild\":\"country\",\"op\":\"is\",\"value\":\"KR\"}", "/when/feild",
      "unknown_member", "Did you mean \"field\"?" },
    { "{\"all\":[],\"a/b~\":1}", "/when/a~1b~0", "unknown_member", "" },
    { "{\"all\":[],\"any\":[]}", "/when", "ambiguous", "" },
    { "{\"all\":[],\"field\":\"country\"}", "/when", "ambiguous", "" },
    { "{\"any\":[],\"value\":1}", "/when/value", "ambiguous", "" },
    { "{\"op\":\"is\",\"value\":1}", "/when/field", "missing_field", "" },
    { "{\"field\":\"country\"}", "/when/op", "missing_op", "" },
    { "{\"field\":\"country\",\"op\":7}", "/when/op", "wrong_type", "" },
    { "{\"field\":7,\"op\":\"is\",\"value\":1}", "/when/field", "wrong_type",
      "" },
    { "{\"field\":\"contry\",\"op\":\"is\",\"value\":\"KR\"}", "/when/field",
      "unknown_field", "Did you mean \"country\"?" },
    { "{\"field\":\"xyzzy\",\"op\":\"is\",\"value\":\"KR\"}", "/when/field",
      "unknown_field", "no field \"xyzzy\"." },
    { "{\"field\":\"country\",\"op\":\"is_anyof\",\"value\":[\"KR\"]}",
      "/when/op", "unknown_operator", "Did you mean \"is_any_of\"?" },
    { "{\"all\":[{\"field\":\"score\",\"op\":\"contains\",\"value\":1}]}",
      "/when/all/0/op", "wrong_operator", "at_least" },
    { "{\"field\":\"country\",\"op\":\"is\"}", "/when/value", "missing_value",
      "\"KR\"" },
    { "{\"field\":\"country\",\"op\":\"is\",\"value\":5}", "/when/value",
      "wrong_value", "a text, such as \"KR\"" },
    { "{\"field\":\"country\",\"op\":\"is\",\"value\":null}", "/when/value",
      "wrong_value", "" },
    { "{\"field\":\"country\",\"op\":\"is\",\"value\":\" \"}", "/when/value",
      "empty_value", "is_empty" },
    { "{\"field\":\"country\",\"op\":\"contains\",\"value\":\"\"}",
      "/when/value", "empty_value", "" },
    { "{\"field\":\"country\",\"op\":\"is\",\"value\":\"a\\u0000b\"}",
      "/when/value", "wrong_value", "U+0000" },
    { "{\"field\":\"tags\",\"op\":\"is\",\"value\":\"a\\u001fb\"}",
      "/when/value", "wrong_value", "U+001F" },
    { "{\"field\":\"country\",\"op\":\"is_any_of\",\"value\":\"KR\"}",
      "/when/value", "wrong_value", "[\"KR\", \"JP\"]" },
    { "{\"field\":\"country\",\"op\":\"is_any_of\",\"value\":[]}",
      "/when/value", "empty_value", "" },
    { "{\"field\":\"country\",\"op\":\"is_any_of\",\"value\":[\"a\",1]}",
      "/when/value/1", "wrong_value", "" },
    { "{\"field\":\"country\",\"op\":\"in_list\",\"value\":\"big\"}",
      "/when/value", "unknown_list", "" },
    { "{\"field\":\"score\",\"op\":\"is\",\"value\":\"5\"}", "/when/value",
      "wrong_value", "a whole number, such as 50000" },
    { "{\"field\":\"score\",\"op\":\"is\",\"value\":0.5}", "/when/value",
      "wrong_value", "" },
    { "{\"field\":\"score\",\"op\":\"at_least\",\"value\":1e30}", "/when/value",
      "wrong_value", "" },
    { "{\"field\":\"score\",\"op\":\"is_any_of\",\"value\":[1,true]}",
      "/when/value/1", "wrong_value", "" },
    { "{\"field\":\"score\",\"op\":\"between\",\"value\":[5]}", "/when/value",
      "wrong_value", "lower one first" },
    { "{\"field\":\"score\",\"op\":\"between\",\"value\":[1,\"x\"]}",
      "/when/value/1", "wrong_value", "" },
    { "{\"field\":\"score\",\"op\":\"between\",\"value\":[5,4]}", "/when/value",
      "wrong_order", "" },
    { "{\"field\":\"score\",\"op\":\"between\",\"value\":[0.8,0.2]}",
      "/when/value", "wrong_order", "" },
    { "{\"field\":\"seen_at\",\"op\":\"before\",\"value\":\"2026-11-20\"}",
      "/when/value", "wrong_value", "2026-11-20T10:00:00+09:00" },
    { "{\"field\":\"seen_at\",\"op\":\"at_least\",\"value\":1}", "/when/op",
      "wrong_operator", "within_last" },
    { "{\"field\":\"seen_at\",\"op\":\"within_last\",\"value\":\"7w\"}",
      "/when/value", "wrong_value", "{\"days\": 7}" },
    { "{\"field\":\"seen_at\",\"op\":\"within_last\",\"value\":\"0d\"}",
      "/when/value", "wrong_value", "" },
    { "{\"field\":\"seen_at\",\"op\":\"within_last\","
      "\"value\":\"36501d\"}",
      "/when/value", "wrong_value", "" },
    { "{\"field\":\"seen_at\",\"op\":\"within_last\","
      "\"value\":{\"days\":1,\"hours\":1}}",
      "/when/value", "wrong_value", "" },
    { "{\"field\":\"price\",\"op\":\"is\",\"value\":1.005}", "/when/value",
      "wrong_value", "a number with at most 2 decimals" },
    { "{\"field\":\"price\",\"op\":\"at_least\","
      "\"value\":92233720368547759}",
      "/when/value", "wrong_value", "" },
    { "{\"field\":\"owner\",\"op\":\"is\",\"value\":\"kim\"}", "/when/value",
      "wrong_value", "an id" },
    { "{\"field\":\"hot\",\"op\":\"is\",\"value\":1}", "/when/value",
      "wrong_value", "true or false" },
    { "{\"field\":\"country\",\"op\":\"is_empty\",\"value\":false}",
      "/when/value", "unexpected_value", "" },
    { "{\"field\":\"stage\",\"op\":\"is\",\"value\":\"Wno\"}", "/when/value",
      "unknown_option", "Did you mean \"Won\"?" },
    { "{\"field\":\"stage\",\"op\":\"is_any_of\",\"value\":[\"x\"]}",
      "/when/value/0", "unknown_option", "" },
};

static void
a_mistake_is_told_with_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        if (try_read(mistakes[i].text) != NULL)
            fail_msg("%s was read", mistakes[i].text);
        const struct error_detail *detail = &w.error.details[0];
        assert_int_equal(w.error.kind, ERR_INVALID);
        if (w.error.detail_count != 1
            || !str_is(detail->pointer, mistakes[i].pointer)
            || strcmp(detail->code, mistakes[i].code) != 0
            || strstr(detail->message.data, mistakes[i].says) == NULL)
            fail_msg("%s: %d details, the first: %s %s %s", mistakes[i].text,
                     w.error.detail_count, detail->pointer.data, detail->code,
                     detail->message.data);
    }
}

static void
options_are_compared_without_case(void **state)
{
    (void)state;
    set_text(STAGE, "Won");
    expect("stage", "is", "\"WON\"", true);
    expect("stage", "contains", "\"o\"", true); /* a part need be no option */
}

static void
all_mistakes_are_told_at_once(void **state)
{
    (void)state;
    assert_null(try_read("{\"all\":[{\"field\":\"contry\",\"op\":\"iz\"},"
                         "{\"any\":[{\"field\":\"score\",\"op\":\"is\","
                         "\"value\":\"x\"},{}]},{\"nott\":{}}]}"));
    assert_int_equal(w.error.detail_count, 4);
    assert_string_equal(w.error.details[1].pointer.data, "/when/all/0/op");
    assert_string_equal(w.error.details[2].pointer.data,
                        "/when/all/1/any/0/value");
    assert_string_equal(w.error.details[3].pointer.data, "/when/all/2/nott");
}

/* YES inside `depth` groups. */
static const struct condition *
read_nested(int depth, const char *open, const char *close)
{
    struct text t = text_new(&arena);

    for (int i = 0; i < depth; i++)
        text_add_cstr(&t, open);
    text_add_cstr(&t, YES);
    for (int i = 0; i < depth; i++)
        text_add_cstr(&t, close);
    text_add_char(&t, '\0');
    return try_read(text_str(&t).data);
}

static void
groups_nest_eight_deep_and_no_deeper(void **state)
{
    (void)state;
    assert_non_null(read_nested(CONDITION_DEPTH_MAX, "{\"all\":[", "]}"));
    assert_null(read_nested(CONDITION_DEPTH_MAX + 1, "{\"all\":[", "]}"));
    assert_string_equal(w.error.details[0].code, "too_deep");
    assert_non_null(read_nested(CONDITION_DEPTH_MAX, "{\"not\":", "}"));
    assert_null(read_nested(CONDITION_DEPTH_MAX + 1, "{\"not\":", "}"));
    assert_string_equal(w.error.details[0].pointer.data,
                        "/when/not/not/not/not/not/not/not/not");
}

static const struct condition *
read_repeated(const char *before, const char *item, int count,
              const char *after)
{
    struct text t = text_new(&arena);

    text_add_cstr(&t, before);
    for (int i = 0; i < count; i++) {
        text_add_cstr(&t, i > 0 ? "," : "");
        text_add_cstr(&t, item);
    }
    text_add_cstr(&t, after);
    text_add_char(&t, '\0');
    return try_read(text_str(&t).data);
}

static void
a_condition_has_at_most_200_terms(void **state)
{
    (void)state;
    assert_non_null(
        read_repeated("{\"any\":[", YES, CONDITION_TERMS_MAX, "]}"));
    assert_null(
        read_repeated("{\"any\":[", YES, CONDITION_TERMS_MAX + 1, "]}"));
    assert_string_equal(w.error.details[0].code, "too_many");
    assert_null(read_repeated("{\"any\":[", "{\"all\":[" YES "," YES "]}",
                              CONDITION_TERMS_MAX / 2 + 1, "]}"));
    assert_int_equal(w.error.detail_count, 1);
    assert_string_equal(w.error.details[0].pointer.data, "/when/any/100/all/0");
}

static void
a_list_has_at_most_1000_values(void **state)
{
    const char *before =
        "{\"field\":\"country\",\"op\":\"is_any_of\",\"value\":[";

    (void)state;
    assert_non_null(read_repeated(before, "\"a\"", CONDITION_LIST_MAX, "]}"));
    assert_null(read_repeated(before, "\"a\"", CONDITION_LIST_MAX + 1, "]}"));
    assert_string_equal(w.error.details[0].code, "too_many");
    assert_string_equal(w.error.details[0].pointer.data, "/when/value");
}

/* ---- Folding ---- */

static void
assert_folds(const char *text, const char *expected)
{
    struct str folded = fold_text(&arena, str_of(text));

    if (!str_is(folded, expected))
        fail_msg("%s folds to %.*s", text, STR_ARG(folded));
}

static void
text_is_folded(void **state)
{
    (void)state;
    assert_folds("", "");
    assert_folds(" \t\n ", "");
    assert_folds(" Kim ", "kim");
    assert_folds("Straße", "strasse");
    assert_folds("ÉCOLE", "école");
    assert_folds("e\xcc\x81", "é");      /* combining accent */
    assert_folds("ＫＩＭ＠ａ", "kim@a"); /* full width */
    assert_folds("김민수 KIM", "김민수 kim");
    assert_folds("\xe1\x84\x80\xe1\x85\xb5\xe1\x86\xb7", "김"); /* letters */
    assert_folds("기\xe1\x86\xb7", "김"); /* a syllable and a letter */
    assert_folds("\xc2\xa0\xe3\x80\x80김\xe3\x80\x80", "김");
    assert_folds("a\xe2\x80\x8b"
                 "b",
                 "ab"); /* zero width space */
    assert_folds("ΣΊΣΥΦΟΣ", "σίσυφοσ");
    assert_folds("\xf0\x9f\x98\x80 Hi", "\xf0\x9f\x98\x80 hi");
    assert_folds("\xff"
                 "ABC",
                 "\xff"
                 "abc"); /* no UTF-8 */
    assert_true(fold_text(&arena, STR_NONE).bytes == 0);
}

static void
text_that_does_not_change_is_not_copied(void **state)
{
    static const char *const texts[] = { "kim", "김민수", "école", "" };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_ptr_equal(fold_text(&arena, str_of(texts[i])).data, texts[i]);
}

static void
folding_twice_changes_nothing(void **state)
{
    (void)state;
    for (int32_t c = 1; c < 0x110000; c++) {
        uint8_t bytes[8];
        if (c >= 0xd800 && c < 0xe000)
            continue;
        size_t n = (size_t)utf8proc_encode_char(c, bytes);
        struct str once =
            fold_text(&arena, (struct str){ (const char *)bytes, n });
        if (!str_equal(fold_text(&arena, once), once))
            fail_msg("U+%04X", (unsigned)c);
        if (c % 4096 == 0)
            arena_reset(&arena);
    }
}

static void
the_short_way_of_folding_agrees_with_the_long_one(void **state)
{
    static const int32_t pool[] = { 'a',    'Z',    ' ',    '-',
                                    0xac00, 0xd7a3, 0xae40, 0x11a8,
                                    0x1100, 0x1161, 0x3131, 0xd788 };
    struct random random;

    (void)state;
    random_init(&random, 11);
    for (int i = 0; i < 20000; i++) {
        struct text t = text_new(&arena);
        text_add_char(&t, 'x');
        int count = (int)random_below(&random, 8);
        for (int k = 0; k < count; k++) {
            uint8_t bytes[8];
            int32_t c = pool[random_below(&random, 12)];
            text_add(&t,
                     (struct str){ (const char *)bytes,
                                   (size_t)utf8proc_encode_char(c, bytes) });
        }
        text_add_cstr(&t, "x");
        struct str s = text_str(&t);
        text_add_char(&t, '\0');
        uint8_t *expected =
            utf8proc_NFKC_Casefold((const uint8_t *)text_str(&t).data);
        if (!str_is(fold_text(&arena, s), (const char *)expected))
            fail_msg("%.*s", STR_ARG(s));
        free(expected);
        arena_reset(&arena);
    }
}

static void
long_text_is_folded_whole(void **state)
{
    struct text t = text_new(&arena);

    (void)state;
    for (int i = 0; i < 5000; i++)
        text_add_cstr(&t, "É한");
    struct str folded = fold_text(&arena, text_str(&t));
    assert_int_equal(folded.bytes, text_str(&t).bytes);
    assert_true(str_ends(folded, STR("é한é한")));
}

/* ---- Cost: printed and not judged, the machine is shared ---- */

static void
cost_of(const char *name, const char *text, int terms)
{
    const struct condition *c = read_condition(text);
    enum { TIMES = 1000000 };
    int held = 0;

    int64_t begin = clock_monotonic_us();
    for (int i = 0; i < TIMES; i++) {
        held += condition_true(c, facts, now_ms);
        __asm__ volatile("" ::: "memory"); /* the facts may have changed */
    }
    int64_t end = clock_monotonic_us();
    print_message("%-28s %6.1f ns a term (%d)\n", name,
                  (double)(end - begin) * 1e3 / TIMES / terms, held > 0);
}

static void
the_cost_of_terms_is_printed(void **state)
{
    struct text list = text_new(&arena);

    (void)state;
    set_text(COUNTRY, "KR");
    set_text(EMAIL, "ana.kim@example.co.kr");
    set_number(SCORE, 50);
    set_tags("vip", "partner");
    cost_of("is", YES, 1);
    cost_of("all of four is", "{\"all\":[" YES "," YES "," YES "," YES "]}", 4);
    cost_of("at_least", "{\"field\":\"score\",\"op\":\"at_least\",\"value\":5}",
            1);
    cost_of("ends_with",
            "{\"field\":\"email\",\"op\":\"ends_with\",\"value\":\".kr\"}", 1);
    cost_of("contains",
            "{\"field\":\"email\",\"op\":\"contains\",\"value\":\"example\"}",
            1);
    cost_of("tag", "{\"field\":\"tags\",\"op\":\"is\",\"value\":\"partner\"}",
            1);
    cost_of("is_any_of 3",
            "{\"field\":\"country\",\"op\":\"is_any_of\",\"value\":[\"US\","
            "\"JP\",\"KR\"]}",
            1);
    text_add_cstr(&list,
                  "{\"field\":\"email\",\"op\":\"is_any_of\",\"value\":[");
    for (int i = 0; i < 999; i++)
        text_format(&list, "\"name%d@example.com\",", i);
    text_add_cstr(&list, "\"ana.kim@example.co.kr\"]}");
    text_add_char(&list, '\0');
    cost_of("is_any_of 1000", text_str(&list).data, 1);

    int64_t begin = clock_monotonic_us();
    for (int i = 0; i < 100000; i++) {
        fold_text(&arena, STR("Ana Kim"));
        fold_text(&arena, STR("김민수"));
        if (i % 1000 == 0)
            arena_reset(&arena);
    }
    int64_t middle = clock_monotonic_us();
    for (int i = 0; i < 100000; i++) {
        fold_text(&arena, STR("Jürgen Müller"));
        if (i % 1000 == 0)
            arena_reset(&arena);
    }
    print_message("fold: plain %.0f ns, with accents %.0f ns\n",
                  (double)(middle - begin) / 200,
                  (double)(clock_monotonic_us() - middle) / 100);
}

static int
begin(void **state)
{
    (void)state;
    arena_init(&arena);
    memset(facts, 0, sizeof facts);
    now_ms = 0;
    return 0;
}

static int
end(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(text_is_compared_without_case),
        TEST(parts_of_text_are_found),
        TEST(a_name_stands_for_a_condition_or_a_list),
        TEST(a_value_means_what_facts_have_in_its_place),
        TEST(a_name_that_is_unknown_is_told_with_its_place),
        TEST(a_place_lies_within_itself_and_what_is_above_it),
        TEST(numbers_are_compared_exactly),
        TEST(fractions_do_not_change_what_a_limit_means),
        TEST(decimals_are_those_that_were_written),
        TEST(no_number_lies_beyond_the_largest),
        TEST(times_lie_before_and_after),
        TEST(within_last_looks_back_from_now),
        TEST(tags_are_had_or_not),
        TEST(ids_and_truths_are_compared),
        TEST(a_missing_value_satisfies_only_the_negative_operators),
        TEST(an_empty_text_is_empty_and_equal_to_nothing),
        TEST(long_lists_find_what_short_ones_find),
        TEST(groups_are_joined),
        TEST(the_first_term_that_failed_is_told),
        TEST(the_fields_a_condition_reads_are_known),
        TEST(a_mistake_is_told_with_its_place),
        TEST(options_are_compared_without_case),
        TEST(all_mistakes_are_told_at_once),
        TEST(groups_nest_eight_deep_and_no_deeper),
        TEST(a_condition_has_at_most_200_terms),
        TEST(a_list_has_at_most_1000_values),
        TEST(text_is_folded),
        TEST(text_that_does_not_change_is_not_copied),
        TEST(folding_twice_changes_nothing),
        TEST(the_short_way_of_folding_agrees_with_the_long_one),
        TEST(long_text_is_folded_whole),
        TEST(the_cost_of_terms_is_printed),
    };

    return cmocka_run_group_tests_name("conditions", tests, NULL, NULL);
}
