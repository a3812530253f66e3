/*
 * http_test: what needs no socket: shapes, the tree of endpoints, problems,
 * the description of the API. server_test.c talks to the server itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#undef fail /* cmocka's; ours fails a unit */

#include <stdlib.h>
#include <string.h>

#include "lib/base/random.h"
#include "lib/http/server.h"

struct bench {
    struct arena arena;
    struct work work;
    struct endpoint_map *map;
};

static int
set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);

    arena_init(&bench->arena);
    bench->work.arena = &bench->arena;
    *state = bench;
    return 0;
}

static int
tear_down(void **state)
{
    struct bench *bench = *state;

    arena_free(&bench->arena);
    free(bench);
    return 0;
}

static void
assert_says(const char *message, const char *part)
{
    if (strstr(message, part) == NULL)
        print_error("\"%s\" does not say \"%s\"\n", message, part);
    assert_non_null(strstr(message, part));
}

/* ---- shapes ---- */

static const char *const kinds[] = { "call", "mail", "meeting", NULL };

static const struct shape_field part_fields[] = {
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, .about = "what it is called" },
    { "size/~", SHAPE_INTEGER, 0, .min = 1, .max = 9 },
    { 0 },
};
static const struct shape part = { "Part", NULL, 0, part_fields };

static const struct shape_field thing_fields[] = {
    { "id", SHAPE_ID, SHAPE_READ_ONLY },
    { "email", SHAPE_EMAIL, SHAPE_REQUIRED | SHAPE_NULLABLE,
      .about = "a mail address" },
    { "phone", SHAPE_TEXT, 0, .max = 8 },
    { "kind", SHAPE_OPTION, 0, .options = kinds },
    { "at", SHAPE_TIME, 0 },
    { "day", SHAPE_DATE, 0 },
    { "owner", SHAPE_ID, 0 },
    { "count", SHAPE_INTEGER, 0, .max = 100 },
    { "least", SHAPE_NUMBER, 0, .min = 2 },
    { "on", SHAPE_BOOL, 0 },
    { "tags", SHAPE_TEXT, SHAPE_LIST, .max = 3 },
    { "parts", SHAPE_OBJECT, SHAPE_LIST, .of = &part },
    { "part", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &part },
    { "custom", SHAPE_OBJECT, 0 },
    { "any", SHAPE_ANY, 0 },
    { 0 },
};
static const struct shape thing = { "Thing", "A thing.", 0, thing_fields };

static bool
check(struct bench *bench, const char *text)
{
    struct json_error error;
    const struct json *value = json_parse(&bench->arena, str_of(text), &error);

    assert_non_null(value);
    bench->work.error = (struct error){ 0 };
    return shape_check(&bench->work, &thing, value, STR(""));
}

/* One fault, at this place, with this code and this part of the message. */
static void
refuses(struct bench *bench, const char *text, const char *pointer,
        const char *code, const char *says)
{
    const struct error *error = &bench->work.error;

    assert_false(check(bench, text));
    assert_int_equal(error->kind, ERR_INVALID);
    assert_int_equal(error->detail_count, 1);
    assert_string_equal(arena_cstr(&bench->arena, error->details[0].pointer),
                        pointer);
    assert_string_equal(error->details[0].code, code);
    const char *message = arena_cstr(&bench->arena, error->details[0].message);
    assert_says(message, says);
}

static void
a_value_that_fits_its_shape_has_no_faults(void **state)
{
    assert_true(check(
        *state,
        "{\"email\":\"a@b.test\",\"phone\":\"+8210\",\"kind\":\"mail\","
        "\"at\":\"2026-11-20T09:30:00.5+09:00\",\"day\":\"2024-02-29\","
        "\"owner\":\"0abcdefghjkmn\",\"count\":100,\"least\":2.5,\"on\":true,"
        "\"tags\":[\"a\",\"b\",\"c\"],\"parts\":[{\"name\":\"x\",\"size/~\":9"
        "}],\"part\":null,\"custom\":{\"x\":1},\"any\":[1]}"));
}

static void
an_unknown_name_is_told_the_nearest_known_one(void **state)
{
    refuses(*state, "{\"email\":null,\"emial\":\"x\"}", "/emial",
            "unknown_field", "the nearest is \"email\"");
    refuses(*state, "{\"email\":null,\"Phone\":\"x\"}", "/Phone",
            "unknown_field", "the nearest is \"phone\"");
    refuses(*state, "{\"email\":null,\"zzzzzzzz\":\"x\"}", "/zzzzzzzz",
            "unknown_field", "there is no field \"zzzzzzzz\" in Thing");
}

static void
a_missing_field_is_named_with_what_it_is(void **state)
{
    refuses(*state, "{}", "/email", "required", "a mail address");
    refuses(*state, "{\"email\":null,\"part\":{}}", "/part/name", "required",
            "what it is called");
}

static void
a_pointer_escapes_the_tilde_and_the_slash(void **state)
{
    refuses(*state, "{\"email\":null,\"part\":{\"name\":\"x\",\"size/~\":10}}",
            "/part/size~1~0", "out_of_range", "from 1 to 9");
    refuses(*state, "{\"email\":null,\"a~b/c and more\":1}",
            "/a~0b~1c and more", "unknown_field", "there is no field");
}

static void
a_fault_in_a_list_points_at_its_item(void **state)
{
    refuses(*state,
            "{\"email\":null,\"parts\":[{\"name\":\"x\"},{\"name\":3}]}",
            "/parts/1/name", "wrong_kind", "must be text");
    refuses(*state, "{\"email\":null,\"tags\":[\"a\",null]}", "/tags/1", "null",
            "leave it out");
    refuses(*state, "{\"email\":null,\"tags\":[\"\",\"\",\"\",\"\"]}", "/tags",
            "too_many", "at most 3 items");
    refuses(*state, "{\"email\":null,\"tags\":\"a\"}", "/tags", "wrong_kind",
            "must be a list");
}

static void
what_the_server_sets_cannot_be_sent(void **state)
{
    refuses(*state, "{\"email\":null,\"id\":\"0abcdefghjkmn\"}", "/id",
            "read_only", "set by the server");
}

static void
single_values_are_held_to_their_kind(void **state)
{
    static const struct {
        const char *member, *pointer, *code, *says;
    } rows[] = {
        { "\"phone\":\"123456789\"", "/phone", "too_long", "8 bytes" },
        { "\"phone\":\"1\\u00002\"", "/phone", "nul", "U+0000" },
        { "\"phone\":1", "/phone", "wrong_kind", "must be text" },
        { "\"kind\":\"cal\"", "/kind", "not_an_option", "nearest is \"call\"" },
        { "\"kind\":\"x\"", "/kind", "not_an_option", "call, mail, meeting" },
        { "\"at\":\"2026-11-20T09:30:00\"", "/at", "not_a_time", "a time" },
        { "\"at\":\"2026-11-20T24:30:00Z\"", "/at", "not_a_time", "a time" },
        { "\"day\":\"2026-02-29\"", "/day", "not_a_date", "a date" },
        { "\"day\":\"2100-02-29\"", "/day", "not_a_date", "a date" },
        { "\"owner\":\"abc\"", "/owner", "not_an_id", "13 characters" },
        { "\"count\":101", "/count", "out_of_range", "from 0 to 100" },
        { "\"count\":-1", "/count", "out_of_range", "from 0 to 100" },
        { "\"count\":1.5", "/count", "wrong_kind", "a whole number" },
        { "\"least\":1.9", "/least", "out_of_range", "at least 2" },
        { "\"on\":\"true\"", "/on", "wrong_kind", "true or false" },
        { "\"custom\":[]", "/custom", "wrong_kind", "an object" },
        { "\"part\":3", "/part", "wrong_kind", "an object" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bench *bench = *state;
        struct str text =
            arena_format(&bench->arena, "{\"email\":null,%s}", rows[i].member);
        refuses(bench, text.data, rows[i].pointer, rows[i].code, rows[i].says);
    }
}

static void
all_faults_are_told_at_once_up_to_a_limit(void **state)
{
    struct bench *bench = *state;
    struct text text = text_new(&bench->arena);

    assert_false(check(bench, "{\"x\":1,\"count\":\"a\",\"on\":3}"));
    assert_int_equal(bench->work.error.detail_count, 4);

    text_add_cstr(&text, "{\"email\":null");
    for (int i = 0; i < 100; i++)
        text_format(&text, ",\"unknown%d\":1", i);
    text_add_cstr(&text, "}");
    text_add_char(&text, '\0');
    assert_false(check(bench, text_str(&text).data));
    assert_int_equal(bench->work.error.detail_count, ERROR_DETAILS_MAX);
}

static void
the_caller_says_where_the_value_stands(void **state)
{
    struct bench *bench = *state;
    const struct json value = { .kind = JSON_OBJECT };

    assert_false(shape_check(&bench->work, &thing, &value, STR("/leads/3")));
    assert_string_equal(
        arena_cstr(&bench->arena, bench->work.error.details[0].pointer),
        "/leads/3/email");
}

/* ---- endpoints ---- */

static bool
run_nothing(struct work *w, const struct request *request,
            struct response *response)
{
    (void)w, (void)request, (void)response;
    return true;
}

static const struct request_field list_asks[] = {
    { STR_INIT("limit"), STR_INIT("At most so many.") },
    { { 0 }, { 0 } },
};

static const struct endpoint rows[] = {
    { GET, "/", run_nothing, PERMISSION_PUBLIC, "The start." },
    { GET, "/api/v1/things", run_nothing, 1, "All of them.",
      .asks = list_asks },
    { POST, "/api/v1/things", run_nothing, 2, "A new one.", .takes = &thing,
      .gives = &thing },
    { POST, "/api/v1/things/batch", run_nothing, 2, "Many." },
    { GET, "/api/v1/things/{id}", run_nothing, 1, "One.", .gives = &thing },
    { PATCH, "/api/v1/things/{id}", run_nothing, 2, "Changes one.",
      .takes = &thing },
    { GET, "/api/v1/things/{thing}/parts/{part}", run_nothing, 1, "A part." },
    { GET, "/secret", run_nothing, 1, "Hidden.", ENDPOINT_HIDDEN },
    { 0 },
};
static const struct endpoint *const tables[] = { rows, NULL };

static int
set_up_map(void **state)
{
    struct str why = STR_NONE;

    set_up(state);
    struct bench *bench = *state;
    bench->map = endpoint_map_build(&bench->arena, tables, &why);
    return bench->map == NULL;
}

static const struct endpoint *
find(struct bench *bench, enum method method, const char *path,
     struct request *request, unsigned *methods)
{
    struct endpoint_match match;

    *request = (struct request){ 0 };
    assert_true(endpoint_find(bench->map, &bench->arena, str_of(path), method,
                              request, &match));
    *methods = match.methods;
    return match.row;
}

static void
a_path_leads_to_its_row(void **state)
{
    struct request request;
    unsigned methods;

    assert_ptr_equal(find(*state, GET, "/", &request, &methods), &rows[0]);
    assert_ptr_equal(find(*state, GET, "/api/v1/things", &request, &methods),
                     &rows[1]);
    assert_ptr_equal(find(*state, POST, "/api/v1/things", &request, &methods),
                     &rows[2]);
    assert_int_equal(request.parameter_count, 0);
}

static void
parameters_are_decoded_and_named_by_their_own_row(void **state)
{
    struct request request;
    unsigned methods;

    assert_ptr_equal(
        find(*state, GET, "/api/v1/things/a%2Fb", &request, &methods),
        &rows[4]);
    assert_true(str_is(request_parameter(&request, "id"), "a/b"));
    assert_ptr_equal(find(*state, GET, "/api/v1/things/1/parts/%EA%B0%80",
                          &request, &methods),
                     &rows[6]);
    assert_true(str_is(request_parameter(&request, "thing"), "1"));
    assert_true(str_is(request_parameter(&request, "part"), "\xEA\xB0\x80"));
    assert_null(request_parameter(&request, "id").data);
}

static void
a_spelled_out_segment_goes_before_a_parameter(void **state)
{
    struct request request;
    unsigned methods;

    assert_ptr_equal(
        find(*state, POST, "/api/v1/things/batch", &request, &methods),
        &rows[3]);
    /* and does not hide it */
    assert_ptr_equal(
        find(*state, GET, "/api/v1/things/batch", &request, &methods),
        &rows[4]);
    assert_ptr_equal(
        find(*state, GET, "/api/v1/things/batch/parts/1", &request, &methods),
        &rows[6]);
    assert_true(str_is(request_parameter(&request, "thing"), "batch"));
}

static void
a_path_without_a_row_leads_nowhere(void **state)
{
    static const char *const paths[] = { "",
                                         "x",
                                         "/api",
                                         "/api/v1/things/",
                                         "/api/v1/thing",
                                         "//",
                                         "/api/v1/things/1/parts",
                                         "/api/v1/things/1/parts/2/3" };
    struct request request;
    unsigned methods;

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        assert_null(find(*state, GET, paths[i], &request, &methods));
        assert_int_equal(methods, 0);
    }
}

static void
a_wrong_method_hears_of_the_right_ones(void **state)
{
    struct request request;
    unsigned methods;

    assert_null(find(*state, DELETE, "/api/v1/things", &request, &methods));
    assert_int_equal(methods, 1U << GET | 1U << POST);
    assert_null(
        find(*state, DELETE, "/api/v1/things/batch", &request, &methods));
    assert_int_equal(methods, 1U << GET | 1U << POST | 1U << PATCH);
}

static void
a_parameter_that_is_no_utf8_is_refused(void **state)
{
    static const char *const paths[] = {
        "/api/v1/things/%FF", "/api/v1/things/%00", "/api/v1/things/%4",
        "/api/v1/things/%",   "/api/v1/things/%zz", "/api/v1/things/\xFF"
    };
    struct bench *bench = *state;

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct request request = { 0 };
        struct endpoint_match match;
        assert_false(endpoint_find(bench->map, &bench->arena, str_of(paths[i]),
                                   GET, &request, &match));
    }
}

static void
refuses_table(struct bench *bench, const struct endpoint *table,
              const char *says)
{
    const struct endpoint *const two[] = { rows, table, NULL };
    struct str why = STR_NONE;

    assert_null(endpoint_map_build(&bench->arena, two, &why));
    assert_says(why.data, says);
}

static void
an_incomplete_or_doubled_row_is_refused(void **state)
{
    const struct endpoint open[] = { { GET, "/x", run_nothing, 0, "X." },
                                     { 0 } };
    const struct endpoint idle[] = { { GET, "/x", NULL, 1, "X." }, { 0 } };
    const struct endpoint mute[] = { { GET, "/x", run_nothing, 1, NULL },
                                     { 0 } };
    const struct endpoint twice[] = {
        { GET, "/api/v1/things/{other}", run_nothing, 1, "X." }, { 0 }
    };
    const struct endpoint five[] = {
        { GET, "/{a}/{b}/{c}/{d}/{e}", run_nothing, 1, "X." }, { 0 }
    };
    const struct endpoint bold[] = {
        { GET, "/x", run_nothing, 1, "X.", ENDPOINT_INLINE }, { 0 }
    };

    refuses_table(*state, open, "GET /x: the row has no permission");
    refuses_table(*state, idle, "nothing runs");
    refuses_table(*state, mute, "no summary");
    refuses_table(*state, twice, "two rows answer it");
    refuses_table(*state, five, "at most 4 parameters");
    refuses_table(*state, bold, "only the public");
}

static void
a_query_is_split_and_decoded(void **state)
{
    struct bench *bench = *state;
    struct request request = { 0 };

    assert_true(request_query_read(
        &bench->arena, STR("a=1+2%2B&&b&c=&d=x=y&%EA%B0%80=z"), &request));
    assert_int_equal(request.query_count, 5);
    assert_true(str_is(request_query(&request, "a"), "1 2+"));
    assert_true(str_is(request_query(&request, "b"), ""));
    assert_true(str_is(request_query(&request, "c"), ""));
    assert_true(str_is(request_query(&request, "d"), "x=y"));
    assert_true(str_is(request_query(&request, "\xEA\xB0\x80"), "z"));
    assert_null(request_query(&request, "e").data);
    assert_false(request_query_read(&bench->arena, STR("a=%F"), &request));
    assert_false(request_query_read(&bench->arena, STR("%FF=1"), &request));
}

/* Whatever comes in, what is read is UTF-8 and nothing outside is touched. */
static void
random_queries_and_paths_do_no_harm(void **state)
{
    static const char letters[] = "a%2fF+&=?/\xEA\xB0\x80z0";
    const uint64_t seed = 20261120;
    struct bench *bench = *state;
    struct arena scratch;
    struct random random;

    arena_init(&scratch);
    print_message("seed %llu\n", (unsigned long long)seed);
    random_init(&random, seed);
    for (int round = 0; round < 20000; round++) {
        size_t bytes = random_below(&random, 24);
        char *text = malloc(bytes + 1);
        text[0] = '/';
        for (size_t i = 0; i < bytes; i++)
            text[i + 1] = letters[random_below(&random, sizeof letters - 1)];
        struct request request = { 0 };
        struct endpoint_match match;
        struct str query = { text + 1, bytes };
        if (request_query_read(&scratch, query, &request))
            for (int i = 0; i < request.query_count; i++)
                assert_true(str_is_utf8(request.query[i].value));
        struct str path = { text, bytes + 1 };
        endpoint_find(bench->map, &scratch, path, GET, &request, &match);
        free(text);
        arena_reset(&scratch);
    }
    arena_free(&scratch);
}

/* ---- what handlers ask ---- */

static void
a_number_in_the_query_keeps_its_bounds(void **state)
{
    struct bench *bench = *state;
    struct work *w = &bench->work;
    struct request request = { 0 };
    int64_t n;

    request_query_read(&bench->arena, STR("limit=20&bad=x&high=201"), &request);
    assert_true(request_query_int(w, &request, "limit", 50, 1, 200, &n));
    assert_int_equal(n, 20);
    assert_true(request_query_int(w, &request, "none", 50, 1, 200, &n));
    assert_int_equal(n, 50);
    assert_false(request_query_int(w, &request, "bad", 50, 1, 200, &n));
    assert_false(request_query_int(w, &request, "high", 50, 1, 200, &n));
    assert_int_equal(w->error.kind, ERR_INVALID);
    assert_int_equal(w->error.detail_count, 2);
    assert_non_null(strstr(w->error.details[1].message.data,
                           "high must be a whole number from 1 to 200"));
}

static void
if_match_compares_versions_and_shows_the_record(void **state)
{
    struct bench *bench = *state;
    struct work *w = &bench->work;
    struct request_field header = { STR("if-match"), STR("\"7\"") };
    struct request request = { .headers = &header, .header_count = 1 };

    assert_true(request_if_match(w, &request, 7, STR("{}")));
    header.value = STR("7");
    assert_true(request_if_match(w, &request, 7, STR("{}")));
    header.value = STR("*");
    assert_true(request_if_match(w, &request, 8, STR("{}")));
    header.value = STR("\"7\"");
    assert_false(request_if_match(w, &request, 8, STR("{\"version\":8}")));
    assert_int_equal(w->error.kind, ERR_CONFLICT);

    struct response response = { 0 };
    struct json_error error;
    http_problem(&bench->arena, &w->error, &response);
    const struct json *problem =
        json_parse(&bench->arena, response.body, &error);
    assert_non_null(problem);
    assert_int_equal(json_get_int(json_get(problem, "current"), "version", 0),
                     8);

    header.value = STR("new");
    assert_false(request_if_match(w, &request, 8, STR_NONE));
    assert_int_equal(w->error.kind, ERR_MALFORMED);
    request.header_count = 0;
    assert_true(request_if_match(w, &request, 8, STR_NONE));
}

/* ---- problems ---- */

static void
every_error_is_a_problem_with_its_status(void **state)
{
    static const int statuses[] = {
        [ERR_MALFORMED] = 400,   [ERR_UNAUTHENTICATED] = 401,
        [ERR_FORBIDDEN] = 403,   [ERR_NOT_FOUND] = 404,
        [ERR_METHOD] = 405,      [ERR_CONFLICT] = 409,
        [ERR_TOO_LARGE] = 413,   [ERR_MEDIA_TYPE] = 415,
        [ERR_MISDIRECTED] = 421, [ERR_INVALID] = 422,
        [ERR_TOO_MANY] = 429,    [ERR_INTERNAL] = 500,
        [ERR_UNAVAILABLE] = 503,
    };
    struct bench *bench = *state;

    for (int kind = ERR_MALFORMED; kind <= ERR_UNAVAILABLE; kind++) {
        const struct error error = { .kind = (enum error_kind)kind,
                                     .detail = STR("Because \"so\".") };
        struct response response = { 0 };
        struct json_error unread;
        http_problem(&bench->arena, &error, &response);
        const struct json *problem =
            json_parse(&bench->arena, response.body, &unread);
        assert_non_null(problem);
        assert_int_equal(response.status, statuses[kind]);
        assert_int_equal(http_status_of((enum error_kind)kind), statuses[kind]);
        assert_int_equal(json_get_int(problem, "status", 0), statuses[kind]);
        assert_true(
            str_is(json_get_text(problem, "detail"), "Because \"so\"."));
        assert_true(
            str_starts(json_get_text(problem, "type"), STR("/problems/")));
        assert_true(json_get_text(problem, "title").bytes > 0);
        assert_string_equal(response.content_type, "application/problem+json");
    }
}

/* ---- the description ---- */

static const struct json *
follow(const struct json *document, struct str reference)
{
    struct str rest = str_slice(reference, 2, reference.bytes);
    struct str step;

    assert_true(str_starts(reference, STR("#/")));
    while (document != NULL && str_next(&rest, '/', &step)) {
        const struct json *next = NULL;
        for (size_t i = 0; i < document->object.count; i++)
            if (str_equal(document->object.members[i].name, step))
                next = &document->object.members[i].value;
        document = next;
    }
    return document;
}

/* All "$ref" below `value` lead somewhere; says how many there are. */
static int
check_references(const struct json *document, const struct json *value)
{
    int count = 0;

    if (value->kind == JSON_ARRAY)
        for (size_t i = 0; i < value->array.count; i++)
            count += check_references(document, &value->array.items[i]);
    if (value->kind != JSON_OBJECT)
        return count;
    struct str reference = json_get_text(value, "$ref");
    if (reference.data != NULL) {
        assert_non_null(follow(document, reference));
        return 1;
    }
    for (size_t i = 0; i < value->object.count; i++)
        count += check_references(document, &value->object.members[i].value);
    return count;
}

static void
the_description_says_what_the_tables_say(void **state)
{
    struct bench *bench = *state;
    struct json_error error;
    struct str text = http_openapi(&bench->arena, tables, "1.2.3");
    const struct json *document = json_parse(&bench->arena, text, &error);

    assert_non_null(document);
    assert_true(str_is(json_get_text(document, "openapi"), "3.1.0"));
    assert_true(check_references(document, document) > 10);

    const struct json *paths = json_get(document, "paths");
    assert_null(json_get(paths, "/secret"));
    const struct json *one = json_get(paths, "/api/v1/things/{id}");
    assert_non_null(json_get(one, "get"));
    assert_non_null(json_get(one, "patch"));
    const struct json *parameters =
        json_get(json_get(one, "get"), "parameters");
    assert_int_equal(parameters->array.count, 1);
    assert_true(
        str_is(json_get_text(&parameters->array.items[0], "name"), "id"));
    assert_true(str_is(json_get_text(json_get(one, "get"), "operationId"),
                       "get_things_id"));
    assert_non_null(json_get(json_get(one, "patch"), "requestBody"));

    const struct json *list = json_get(
        json_get(json_get(paths, "/api/v1/things"), "get"), "parameters");
    assert_true(str_is(json_get_text(&list->array.items[0], "name"), "limit"));
    assert_int_equal(json_get(json_get(json_get(paths, "/"), "get"), "security")
                         ->array.count,
                     0);
}

static void
the_description_of_a_shape_has_its_rules(void **state)
{
    struct bench *bench = *state;
    struct json_error error;
    struct str text = http_openapi(&bench->arena, tables, "1");
    const struct json *schemas = json_get(
        json_get(json_parse(&bench->arena, text, &error), "components"),
        "schemas");
    const struct json *properties =
        json_get(json_get(schemas, "Thing"), "properties");

    assert_true(json_get_bool(json_get(properties, "id"), "readOnly", false));
    assert_int_equal(
        json_get(json_get(properties, "kind"), "enum")->array.count, 3);
    assert_int_equal(json_get_int(json_get(properties, "count"), "maximum", 0),
                     100);
    assert_int_equal(json_get_int(json_get(properties, "tags"), "maxItems", 0),
                     3);
    assert_int_equal(
        json_get(json_get(properties, "email"), "type")->array.count, 2);
    assert_true(str_is(
        json_get(json_get(schemas, "Thing"), "required")->array.items[0].text,
        "email"));
    assert_false(json_get_bool(json_get(schemas, "Thing"),
                               "additionalProperties", true));
    assert_non_null(json_get(schemas, "Part"));
    assert_non_null(json_get(schemas, "Problem"));
}

#define PLAIN(f)    cmocka_unit_test_setup_teardown(f, set_up, tear_down)
#define WITH_MAP(f) cmocka_unit_test_setup_teardown(f, set_up_map, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        PLAIN(a_value_that_fits_its_shape_has_no_faults),
        PLAIN(an_unknown_name_is_told_the_nearest_known_one),
        PLAIN(a_missing_field_is_named_with_what_it_is),
        PLAIN(a_pointer_escapes_the_tilde_and_the_slash),
        PLAIN(a_fault_in_a_list_points_at_its_item),
        PLAIN(what_the_server_sets_cannot_be_sent),
        PLAIN(single_values_are_held_to_their_kind),
        PLAIN(all_faults_are_told_at_once_up_to_a_limit),
        PLAIN(the_caller_says_where_the_value_stands),
        WITH_MAP(a_path_leads_to_its_row),
        WITH_MAP(parameters_are_decoded_and_named_by_their_own_row),
        WITH_MAP(a_spelled_out_segment_goes_before_a_parameter),
        WITH_MAP(a_path_without_a_row_leads_nowhere),
        WITH_MAP(a_wrong_method_hears_of_the_right_ones),
        WITH_MAP(a_parameter_that_is_no_utf8_is_refused),
        PLAIN(an_incomplete_or_doubled_row_is_refused),
        PLAIN(a_query_is_split_and_decoded),
        WITH_MAP(random_queries_and_paths_do_no_harm),
        PLAIN(a_number_in_the_query_keeps_its_bounds),
        PLAIN(if_match_compares_versions_and_shows_the_record),
        PLAIN(every_error_is_a_problem_with_its_status),
        PLAIN(the_description_says_what_the_tables_say),
        PLAIN(the_description_of_a_shape_has_its_rules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
