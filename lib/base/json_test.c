/*
 * Tests of json: what is accepted, what is refused and how that is said, what
 * is written. jansson, which shares no code with us, is asked about the same
 * documents.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/base/json.h"
#include "lib/base/json_fault.h"
#include "lib/base/json_oracle.h"
#include "lib/base/random.h"
#include "test/files.h"

static struct arena arena;

static int
empty_arena(void **state)
{
    (void)state;
    arena_reset(&arena);
    return 0;
}

static const struct json *
read_text(const char *source)
{
    struct json_error error;

    return json_parse(&arena, str_of(source), &error);
}

static struct str
written(const struct json *tree)
{
    struct text text = text_new(&arena);
    struct json_out out = json_out_new(&text);

    json_tree(&out, tree);
    return text_str(&text);
}

static void
assert_text(struct str got, const char *expected)
{
    if (!str_is(got, expected))
        fail_msg("got %.*s, expected %s", STR_ARG(got), expected);
}

static void
assert_refused(struct str source, size_t offset, const char *part)
{
    struct json_error error;

    if (json_parse(&arena, source, &error) != NULL)
        fail_msg("accepted %.*s", STR_ARG(source));
    if (strstr(error.message, part) == NULL || error.offset != offset)
        fail_msg("%.*s: %zu: %s", STR_ARG(source), error.offset, error.message);
}

static bool
trees_equal(const struct json *a, const struct json *b)
{
    double x;
    double y;

    if (json_number(a, &x) && json_number(b, &y))
        return a->kind == JSON_INTEGER && b->kind == JSON_INTEGER
                 ? a->integer == b->integer
                 : x == y;
    if (a->kind != b->kind)
        return false;
    if (a->kind == JSON_TEXT)
        return str_equal(a->text, b->text);
    if (a->kind == JSON_BOOL)
        return a->truth == b->truth;
    if (a->kind == JSON_ARRAY) {
        if (a->array.count != b->array.count)
            return false;
        for (size_t i = 0; i < a->array.count; i++)
            if (!trees_equal(&a->array.items[i], &b->array.items[i]))
                return false;
    }
    if (a->kind == JSON_OBJECT) {
        if (a->object.count != b->object.count)
            return false;
        for (size_t i = 0; i < a->object.count; i++) {
            const struct json_member *m = &a->object.members[i];
            const struct json_member *n = &b->object.members[i];
            if (!str_equal(m->name, n->name)
                || !trees_equal(&m->value, &n->value))
                return false;
        }
    }
    return true;
}

/* Reading. */

static void
a_lead_is_read_with_every_kind_of_value(void **state)
{
    (void)state;
    const struct json *lead =
        read_text("{\"name\":\"Ana Garc\\u00eda\",\"age\":41,"
                  "\"budget\":1500.5,\"consent\":true,\"owner\":null,"
                  "\"tags\":[\"a\",\"b\"],\"empty\":{}}");

    assert_non_null(lead);
    assert_int_equal(lead->kind, JSON_OBJECT);
    assert_int_equal(lead->object.count, 7);
    assert_text(lead->object.members[0].name, "name");
    assert_text(json_get_text(lead, "name"), "Ana Garc\xc3\xad"
                                             "a");
    assert_int_equal(json_get_int(lead, "age", 0), 41);
    assert_true(json_get(lead, "budget")->real == 1500.5);
    assert_true(json_get_bool(lead, "consent", false));
    assert_int_equal(json_get(lead, "owner")->kind, JSON_NULL);
    assert_int_equal(json_get(lead, "tags")->array.count, 2);
    assert_text(json_get(lead, "tags")->array.items[1].text, "b");
    assert_int_equal(json_get(lead, "empty")->object.count, 0);
}

static void
a_value_of_another_kind_gives_the_fallback(void **state)
{
    (void)state;
    const struct json *lead = read_text("{\"n\":\"7\",\"t\":7,\"r\":7.5}");

    assert_int_equal(json_get_int(lead, "n", -1), -1);
    assert_int_equal(json_get_int(lead, "r", -1), -1);
    assert_int_equal(json_get_int(lead, "absent", -1), -1);
    assert_null(json_get_text(lead, "t").data);
    assert_true(json_get_bool(lead, "t", true));
    assert_null(json_get(json_get(lead, "t"), "inside"));
    assert_null(json_get(NULL, "n"));
}

static void
the_tree_outlives_its_source(void **state)
{
    (void)state;
    char source[] = "[\"kept\"]";
    struct json_error error;
    const struct json *tree = json_parse(&arena, str_of(source), &error);

    memset(source, 'x', sizeof source);
    assert_non_null(read_text("[\"another document\"]"));
    assert_text(tree->array.items[0].text, "kept");
}

static void
integers_of_64_bits_are_exact(void **state)
{
    (void)state;
    const struct json *tree =
        read_text("[9223372036854775807,-9223372036854775808,0,-0]");

    assert_true(tree->array.items[0].integer == INT64_MAX);
    assert_true(tree->array.items[1].integer == INT64_MIN);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(tree->array.items[i].kind, JSON_INTEGER);
}

static void
an_integer_beyond_64_bits_is_read_as_a_real(void **state)
{
    (void)state;
    const struct json *tree =
        read_text("[9223372036854775808,-9223372036854775809,"
                  " 18446744073709551616, 9007199254740993,\"1\",1]");

    assert_non_null(tree);
    const struct json *n = tree->array.items;
    assert_true(n[0].kind == JSON_REAL && n[0].real == 0x1p63);
    assert_true(n[1].kind == JSON_REAL && n[1].real == -0x1p63);
    assert_true(n[2].kind == JSON_REAL && n[2].real == 0x1p64);
    assert_true(n[3].kind == JSON_INTEGER);
    assert_true(n[3].integer == INT64_C(9007199254740993));
    assert_text(n[4].text, "1");
}

static void
a_number_no_double_can_hold_is_refused(void **state)
{
    (void)state;
    char digits[402];

    assert_refused(STR("[1, 1e400]"), 4, "too large");
    memset(digits, '9', sizeof digits);
    digits[0] = '[';
    digits[401] = ']';
    assert_refused((struct str){ digits, sizeof digits }, 1, "too large");
}

static void
a_refusal_says_where_and_what_is_right(void **state)
{
    static const struct {
        const char *source;
        size_t offset;
        const char *part;
    } faults[] = {
        { "", 0, "empty" },
        { "  ", 2, "ends too early" },
        { "{\"a\":1,}", 7, "name in double quotes" },
        { "{a:1}", 1, "name in double quotes" },
        { "{\"a\" 1}", 5, "colon" },
        { "{\"a\":1 \"b\":2}", 7, "comma or a closing brace" },
        { "[1 2]", 3, "comma or a closing bracket" },
        { "[1,]", 3, "value is expected" },
        { "[1", 2, "ends too early" },
        { "{\"a\":[1,2}", 9, "comma or a closing bracket" },
        { "[01]", 1, "leading zero" },
        { "[1.]", 1, "leading zero" },
        { "[+1]", 1, "value is expected" },
        { "[NaN]", 1, "value is expected" },
        { "[True]", 1, "value is expected" },
        { "['a']", 1, "double quotes" },
        { "[\"a]", 1, "no closing quote" },
        { "[\"\t\"]", 2, "control character" },
        { "[\"\\x\"]", 2, "backslash" },
        { "[\"\\u12g4\"]", 2, "backslash" },
        { "[1] 2", 4, "Nothing may follow" },
        { "[1]}", 3, "Nothing may follow" },
        { "/* a */ 1", 0, "no comments" },
        { "[1, // one\n2]", 4, "no comments" },
        { "\xef\xbb\xbf[]", 0, "byte order mark" },
        { "[\"\xff\"]", 2, "UTF-8" },
        { "[\"\xed\xa0\x80\"]", 2, "UTF-8" },
        { "[\"\xc0\xaf\"]", 2, "UTF-8" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        assert_refused(str_of(faults[i].source), faults[i].offset,
                       faults[i].part);
}

static void
half_a_character_in_escapes_is_refused(void **state)
{
    (void)state;
    assert_refused(STR("[\"\\udc00\"]"), 2, "half a character");
    assert_refused(STR("[\"\\ud800\"]"), 2, "half a character");
    assert_refused(STR("[\"\\ud800\\u0041\"]"), 2, "half a character");
    assert_refused(STR("[\"\\ud800\\ud800\"]"), 2, "half a character");
    assert_refused(STR("{\"\\udfff\":1}"), 2, "half a character");
    assert_text(read_text("\"\\ud83d\\ude00\"")->text, "\xf0\x9f\x98\x80");
}

static void
assert_repeats(const char *source, size_t offset, const char *at,
               const char *part)
{
    struct json_error error;

    assert_refused(str_of(source), offset, part);
    json_parse(&arena, str_of(source), &error);
    if (!str_is(error.at, at))
        fail_msg("%s: at \"%.*s\"", source, STR_ARG(error.at));
}

static void
a_name_used_twice_is_refused(void **state)
{
    (void)state;
    assert_repeats("{\"a\":1,\"a\":1}", 7, "", "\"a\"");
    assert_repeats("[0, {\"a\":1,\"\\u0061\":2}]", 11, "/1", "\"a\"");
    assert_repeats("{\"\":1,\"\":2}", 6, "", "\"\"");
    assert_repeats("{\"b\":1,\"a\":1,\"a\":2,\"b\":3}", 13, "", "\"a\"");
    assert_repeats("{\"x\":[],\"a/~b\":[1,[{\"c\":{}},{\"d\":0,\"d\":0}]]}", 35,
                   "/a~1~0b/1/1", "\"d\"");
    assert_repeats("{\"a\":99999999999999999999,\"b\":1,\"b\":2}", 32, "",
                   "\"b\"");
    assert_repeats("{\"a\":1,\"a\":}", 11, "", "value is expected");
    assert_non_null(read_text("{\"a\":{\"a\":1},\"A\":2}"));
}

static struct str
object_of(size_t count, size_t repeated)
{
    struct text text = text_new(&arena);

    for (size_t i = 0; i < count; i++)
        text_format(&text, "%s\"n%zu\":%zu", i == 0 ? "{" : ",", i, i);
    text_format(&text, ",\"n%zu\":0}", repeated);
    return text_str(&text);
}

static void
a_large_object_is_searched_for_repeated_names_too(void **state)
{
    struct json_error error;

    (void)state;
    struct str large = object_of(100000, 77);
    assert_refused(large, large.bytes - strlen("\"n77\":0}"), "\"n77\" stands");
    struct str small = object_of(17, 16);
    assert_refused(small, small.bytes - strlen("\"n16\":0}"), "\"n16\" stands");
    assert_non_null(json_parse(&arena, object_of(100000, 100000), &error));
}

static struct str
nested(size_t depth, const char *inner)
{
    struct text text = text_new(&arena);

    for (size_t i = 0; i < depth; i++)
        text_add_cstr(&text, i % 2 == 0 ? "[" : "{\"a\":");
    text_add_cstr(&text, inner);
    for (size_t i = depth; i-- > 0;)
        text_add_cstr(&text, i % 2 == 0 ? "]" : "}");
    return text_str(&text);
}

static void
more_than_32_levels_are_refused(void **state)
{
    struct json_error error;

    (void)state;
    assert_non_null(json_parse(&arena, nested(32, "1"), &error));
    assert_non_null(json_parse(&arena, nested(31, "{}"), &error));
    assert_refused(nested(33, "1"), 16 + 16 * 5, "too deep");
    assert_refused(nested(32, "{}"), 16 + 16 * 5, "too deep");
    assert_refused(nested(100000, "1"), 16 + 16 * 5, "too deep");
}

static void
more_than_8_mebibytes_are_refused(void **state)
{
    struct json_error error;
    char *source = arena_alloc(&arena, JSON_BYTES_MAX + 1);

    (void)state;
    memset(source, ' ', JSON_BYTES_MAX + 1);
    source[0] = '7';
    struct str largest = { source, JSON_BYTES_MAX };
    assert_non_null(json_parse(&arena, largest, &error));
    largest.bytes++;
    assert_refused(largest, 0, "too large");
}

static void
a_nul_byte_is_text_only_as_an_escape(void **state)
{
    (void)state;
    const struct json *tree = read_text("\"a\\u0000b\"");

    assert_int_equal(tree->text.bytes, 3);
    assert_memory_equal(tree->text.data, "a\0b", 4);
    assert_refused(STR("[\"a\0b\"]"), 3, "control character");
    assert_refused(STR("[1]\0"), 3, "Nothing may follow");
}

/* JSONTestSuite. */

static void
judge(struct arena *memory, const char *path, const char *name, void *context)
{
    struct json_error error = { 0 };
    struct str source = file_bytes(memory, path);
    bool accepted = json_parse(memory, source, &error) != NULL;
    bool names_repeat = strncmp(name, "y_object_duplicated_key", 23) == 0;

    (void)context;
    assert_true(accepted || error.message != NULL);
    if (name[0] == 'y' && accepted == names_repeat)
        fail_msg("%s: %s", name, accepted ? "accepted" : error.message);
    if (name[0] == 'n' && accepted)
        fail_msg("%s is accepted", name);
    if (!accepted && !names_repeat && error.offset == 0
        && strstr(error.message, "RFC 8259") != NULL)
        fail_msg("%s: no reason is found", name);
}

static void
every_file_of_the_json_test_suite_is_judged_right(void **state)
{
    (void)state;
    size_t files =
        files_each(&arena, "test/data/json/test_parsing", judge, NULL);

    assert_true(files > 150);
}

/* Writing. */

static void
commas_stand_where_they_belong(void **state)
{
    struct text text = text_new(&arena);
    struct json_out out = json_out_new(&text);

    (void)state;
    json_open_object(&out);
    json_put_cstr(&out, "a", "x");
    json_name(&out, "list");
    json_open_array(&out);
    json_int(&out, 1);
    json_open_object(&out);
    json_close_object(&out);
    json_open_array(&out);
    json_close_array(&out);
    json_raw(&out, STR("[1]"));
    json_close_array(&out);
    json_put_int(&out, "n", INT64_MIN);
    json_put_bool(&out, "yes", true);
    json_put_text(&out, "none", STR_NONE);
    json_put_text(&out, "blank", STR(""));
    json_put_id(&out, "id", ID_NONE);
    json_put_time(&out, "at", 0);
    json_put_tree(&out, "tree", NULL);
    json_put_cstr(&out, "cstr", NULL);
    json_close_object(&out);
    assert_text(text_str(&text),
                "{\"a\":\"x\",\"list\":[1,{},[],[1]],"
                "\"n\":-9223372036854775808,\"yes\":true,\"none\":null,"
                "\"blank\":\"\",\"id\":null,\"at\":null,\"tree\":null,"
                "\"cstr\":null}");
}

static struct str
quoted(struct str s)
{
    struct text text = text_new(&arena);
    struct json_out out = json_out_new(&text);

    json_text(&out, s);
    return text_str(&text);
}

static void
text_is_escaped_for_json_and_javascript(void **state)
{
    (void)state;
    assert_text(quoted(STR("\"\\/\b\f\n\r\t")), "\"\\\"\\\\/\\b\\f\\n\\r\\t\"");
    assert_text(quoted(STR("\0\x01\x1f\x7f")), "\"\\u0000\\u0001\\u001f\x7f\"");
    assert_text(quoted(STR("a\xe2\x80\xa8z\xe2\x80\xa9")),
                "\"a\\u2028z\\u2029\"");
    assert_text(quoted(STR("long enough for words \"\xea\xb0\x80\" and on")),
                "\"long enough for words \\\"\xea\xb0\x80\\\" and on\"");
}

static void
bytes_that_are_not_utf8_are_replaced(void **state)
{
    (void)state;
    assert_text(quoted(STR("a\xff z")), "\"a\xef\xbf\xbd z\"");
    assert_text(quoted(STR("\xc3")), "\"\xef\xbf\xbd\"");
    assert_text(quoted(STR("\xc0\xaf")), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
    assert_text(quoted(STR("\xea\xb0\x80")), "\"\xea\xb0\x80\"");
}

static void
a_real_is_written_with_the_fewest_digits_that_read_back(void **state)
{
    static const struct {
        double real;
        const char *digits;
    } reals[] = {
        { 0.1, "0.1" },       { 0.1 + 0.2, "0.30000000000000004" },
        { 15000, "15000" },   { 1e300, "1e+300" },
        { 5e-324, "5e-324" }, { -0.0, "0" },
        { INFINITY, "null" }, { -INFINITY, "null" },
        { NAN, "null" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
        assert_text(
            written(&(struct json){ .kind = JSON_REAL, .real = reals[i].real }),
            reals[i].digits);
}

static void
a_time_is_written_as_rfc_3339_in_utc(void **state)
{
    static const struct {
        int64_t ms;
        const char *shown;
    } times[] = {
        { 0, "null" },
        { 1, "\"1970-01-01T00:00:00.001Z\"" },
        { -1, "\"1969-12-31T23:59:59.999Z\"" },
        { 951782400000, "\"2000-02-29T00:00:00.000Z\"" },
        { 4107542399999, "\"2100-02-28T23:59:59.999Z\"" },
        { 4107542400000, "\"2100-03-01T00:00:00.000Z\"" },
        { 1709210096789, "\"2024-02-29T12:34:56.789Z\"" },
        { 253402300799999, "\"9999-12-31T23:59:59.999Z\"" },
        { 253402300800000, "null" },
        { -62135596800000, "\"0001-01-01T00:00:00.000Z\"" },
        { -62135596800001, "null" },
        { INT64_MIN, "null" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct text text = text_new(&arena);
        struct json_out out = json_out_new(&text);
        json_time(&out, times[i].ms);
        assert_text(text_str(&text), times[i].shown);
    }
}

static void
an_id_is_written_as_text(void **state)
{
    struct text text = text_new(&arena);
    struct json_out out = json_out_new(&text);
    struct id id = { 123456789 };

    (void)state;
    json_id(&out, id);
    assert_text(text_str(&text),
                arena_format(&arena, "\"%s\"", id_show(id).text).data);
}

/* Random histories. */

static uint64_t
seed_of_this_run(void)
{
    const char *given = getenv("BATON_TEST_SEED");
    uint64_t seed = given != NULL ? strtoull(given, NULL, 10)
                                  : (uint64_t)clock_monotonic_us();

    print_message("BATON_TEST_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

static struct str
random_text(struct random *random)
{
    static const char *const parts[] = {
        "a",
        "\"",
        "\\",
        "\n",
        " ",
        "\xea\xb0\x80",
        "\xf0\x9f\x98\x80",
        "\xe2\x80\xa8",
        "\x7f",
        "/",
        "</script>",
        "\x1f",
        "name",
        "\xc3\xa9",
    };
    struct text text = text_new(&arena);

    for (uint64_t n = random_below(random, 12); n > 0; n--)
        text_add_cstr(
            &text, parts[random_below(random, sizeof parts / sizeof *parts)]);
    return text_str(&text);
}

static double
random_real(struct random *random)
{
    double real;
    uint64_t bits = random_next(random);

    memcpy(&real, &bits, sizeof real);
    return isfinite(real) ? real : 0.5;
}

static struct json
random_tree(struct random *random, size_t depth)
{
    struct json tree = { .kind = (enum json_kind)random_below(
                             random, depth == 0 ? 5 : 7) };
    size_t count = (size_t)random_below(random, 6);

    if (tree.kind == JSON_BOOL)
        tree.truth = random_below(random, 2) == 1;
    if (tree.kind == JSON_INTEGER)
        tree.integer = (int64_t)random_next(random) >> random_below(random, 64);
    if (tree.kind == JSON_REAL)
        tree.real = random_real(random);
    if (tree.kind == JSON_TEXT)
        tree.text = random_text(random);
    if (tree.kind == JSON_ARRAY) {
        struct json *items = ARENA_ARRAY(&arena, struct json, count);
        for (size_t i = 0; i < count; i++)
            items[i] = random_tree(random, depth - 1);
        tree.array.items = items;
        tree.array.count = count;
    }
    if (tree.kind == JSON_OBJECT) {
        struct json_member *members =
            ARENA_ARRAY(&arena, struct json_member, count);
        for (size_t i = 0; i < count; i++) {
            struct str part = random_text(random);
            members[i].name = arena_format(&arena, "%zu%.*s", i, STR_ARG(part));
            members[i].value = random_tree(random, depth - 1);
        }
        tree.object.members = members;
        tree.object.count = count;
    }
    return tree;
}

static void
what_is_written_is_read_back_the_same(void **state)
{
    struct random random;

    (void)state;
    random_init(&random, seed_of_this_run());
    for (size_t i = 0; i < 3000; i++) {
        arena_reset(&arena);
        struct json tree = random_tree(&random, 6);
        struct str text = written(&tree);
        struct json_error error;
        const struct json *back = json_parse(&arena, text, &error);

        if (back == NULL)
            fail_msg("%.*s: %s", STR_ARG(text), error.message);
        if (!trees_equal(&tree, back))
            fail_msg("%.*s became %.*s", STR_ARG(text), STR_ARG(written(back)));
        struct str dump;
        if (json_oracle(&arena, text, &dump) == ORACLE_REFUSES)
            fail_msg("jansson refuses %.*s", STR_ARG(text));
    }
}

/* A document with one random wound; most are still nearly JSON. */
static struct str
wounded(struct random *random, struct str source)
{
    static const char *const parts[] = {
        "\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "0",
        "-",
        ".",
        "e5",
        "null",
        "true",
        "\\u0041",
        "\\ud83d",
        "\\ude00",
        "\xea\xb0\x80",
        "\xff",
        " ",
        "\n",
        "\t",
        "1",
        "\"a\":1,",
        "9999999999999999999",
        "E+400",
        "-0.0",
        "/",
        "\x01",
    };
    size_t from = (size_t)random_below(random, source.bytes + 1);
    size_t to = from + (size_t)random_below(random, 4);
    size_t part = (size_t)random_below(random, sizeof parts / sizeof *parts);
    struct text text = text_new(&arena);

    text_add(&text, str_slice(source, 0, from));
    if (random_below(random, 4) > 0)
        text_add_cstr(&text, parts[part]);
    text_add(&text, str_slice(source, random_below(random, 2) ? from : to,
                              source.bytes));
    return text_str(&text);
}

static size_t
depth_of(const struct json *tree)
{
    size_t deepest = 0;

    if (tree->kind != JSON_ARRAY && tree->kind != JSON_OBJECT)
        return 0;
    size_t count =
        tree->kind == JSON_ARRAY ? tree->array.count : tree->object.count;
    for (size_t i = 0; i < count; i++) {
        size_t depth =
            depth_of(tree->kind == JSON_ARRAY ? &tree->array.items[i]
                                              : &tree->object.members[i].value);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

static void
assert_oracle_agrees(struct str source)
{
    struct json_error error;
    struct str dump = STR_NONE;
    const struct json *ours = json_parse(&arena, source, &error);
    enum oracle_verdict verdict = json_oracle(&arena, source, &dump);
    bool faulty = json_fault_find(&arena, source).message != NULL;

    if (ours != NULL && faulty)
        fail_msg("accepted and faulty: %.*s", STR_ARG(source));
    if (ours == NULL && !faulty
        && strstr(error.message, "stands twice") == NULL)
        fail_msg("refused without a fault: %.*s", STR_ARG(source));
    if (verdict == ORACLE_DIFFERS
        || (ours == NULL && strstr(error.message, "too deep") != NULL))
        return;
    if ((ours != NULL) != (verdict == ORACLE_ACCEPTS))
        fail_msg("we %s, jansson does not: %.*s",
                 ours != NULL ? "accept" : error.message, STR_ARG(source));
    if (ours == NULL)
        return;
    const struct json *theirs = json_parse(&arena, dump, &error);
    if (theirs == NULL || !trees_equal(ours, theirs))
        fail_msg("%.*s: jansson reads %.*s", STR_ARG(source), STR_ARG(dump));
    assert_true(depth_of(ours) <= JSON_DEPTH_MAX);
}

static void
jansson_reads_the_same_in_wounded_documents(void **state)
{
    static const char lead[] =
        "{\"name\":\"Ana Garc\\u00eda L\xc3\xb3pez\",\"n\":[1,-2.5e3,0.1,"
        "9007199254740993,true,false,null,[],{}],\"a\":{\"a\":\"\\ud83d"
        "\\ude00\\n\",\"b\":{\"c\":[\"x\"]}},\"b\":\"\"}";
    struct random random;

    (void)state;
    random_init(&random, seed_of_this_run());
    for (size_t i = 0; i < 60000; i++) {
        arena_reset(&arena);
        struct str source = { lead, sizeof lead - 1 };
        if (i % 8 == 0) {
            struct json tree = random_tree(&random, 3);
            source = written(&tree);
        }
        for (uint64_t n = random_below(&random, 3); n-- > 0;)
            source = wounded(&random, source);
        source = wounded(&random, source);
        if (source.bytes > 0)
            assert_oracle_agrees(source);
    }
}

static void
judge_with_oracle(struct arena *memory, const char *path, const char *name,
                  void *context)
{
    struct str source = file_bytes(memory, path);

    (void)name;
    (void)context;
    if (source.bytes > 0 && source.bytes < 10000)
        assert_oracle_agrees(source);
}

static void
jansson_reads_the_same_in_the_json_test_suite(void **state)
{
    (void)state;
    files_each(&arena, "test/data/json/test_parsing", judge_with_oracle, NULL);
}

static void
a_decimal_is_the_number_that_was_written(void **state)
{
    static const struct {
        const char *json;
        int decimals;
        bool is_one;
        int64_t scaled;
    } rows[] = {
        { "1.15", 2, true, 115 },
        { "1.15", 4, true, 11500 },
        { "-0.07", 2, true, -7 },
        { "12", 3, true, 12000 },
        { "1e2", 0, true, 100 },
        { "123456789012.345", 4, true, INT64_C(1234567890123450) },
        { "12.345", 2, false, 0 },
        { "0.1", 0, false, 0 },
        { "1234567890123456.5", 4, false, 0 }, /* 17 digits */
        { "1e300", 4, false, 0 },
        { "9223372036854775807", 0, true, INT64_MAX },
        { "9223372036854775807", 1, false, 0 },
        { "\"1\"", 0, false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json_error error;
        int64_t scaled = 0;
        const struct json *json =
            json_parse(&arena, str_of(rows[i].json), &error);
        assert_non_null(json);
        bool is_one = json_decimal(json, rows[i].decimals, &scaled);
        assert_int_equal(is_one, rows[i].is_one);
        if (is_one)
            assert_int_equal(scaled, rows[i].scaled);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_decimal_is_the_number_that_was_written,
                               empty_arena),
        cmocka_unit_test_setup(a_lead_is_read_with_every_kind_of_value,
                               empty_arena),
        cmocka_unit_test_setup(a_value_of_another_kind_gives_the_fallback,
                               empty_arena),
        cmocka_unit_test_setup(the_tree_outlives_its_source, empty_arena),
        cmocka_unit_test_setup(integers_of_64_bits_are_exact, empty_arena),
        cmocka_unit_test_setup(an_integer_beyond_64_bits_is_read_as_a_real,
                               empty_arena),
        cmocka_unit_test_setup(a_number_no_double_can_hold_is_refused,
                               empty_arena),
        cmocka_unit_test_setup(a_refusal_says_where_and_what_is_right,
                               empty_arena),
        cmocka_unit_test_setup(half_a_character_in_escapes_is_refused,
                               empty_arena),
        cmocka_unit_test_setup(a_name_used_twice_is_refused, empty_arena),
        cmocka_unit_test_setup(
            a_large_object_is_searched_for_repeated_names_too, empty_arena),
        cmocka_unit_test_setup(more_than_32_levels_are_refused, empty_arena),
        cmocka_unit_test_setup(more_than_8_mebibytes_are_refused, empty_arena),
        cmocka_unit_test_setup(a_nul_byte_is_text_only_as_an_escape,
                               empty_arena),
        cmocka_unit_test_setup(
            every_file_of_the_json_test_suite_is_judged_right, empty_arena),
        cmocka_unit_test_setup(commas_stand_where_they_belong, empty_arena),
        cmocka_unit_test_setup(text_is_escaped_for_json_and_javascript,
                               empty_arena),
        cmocka_unit_test_setup(bytes_that_are_not_utf8_are_replaced,
                               empty_arena),
        cmocka_unit_test_setup(
            a_real_is_written_with_the_fewest_digits_that_read_back,
            empty_arena),
        cmocka_unit_test_setup(a_time_is_written_as_rfc_3339_in_utc,
                               empty_arena),
        cmocka_unit_test_setup(an_id_is_written_as_text, empty_arena),
        cmocka_unit_test_setup(what_is_written_is_read_back_the_same,
                               empty_arena),
        cmocka_unit_test_setup(jansson_reads_the_same_in_wounded_documents,
                               empty_arena),
        cmocka_unit_test_setup(jansson_reads_the_same_in_the_json_test_suite,
                               empty_arena),
    };

    arena_init(&arena);
    int failed = cmocka_run_group_tests_name("json", tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
