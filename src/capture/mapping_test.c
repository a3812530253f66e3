/* mapping_test: columns find their fields, and no value is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

/* Before cmocka.h, which has a macro fail(). */
#include "src/capture/mapping.h"

#include <cmocka.h>

struct world {
    struct arena arena;
    struct work w;
    struct csv_reader *reader;
    struct csv_row header;
    const struct mapping_known *known; /* or NULL */
    struct mapping mapping;
};

static int
make_world(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    assert_non_null(world);
    arena_init(&world->arena);
    world->w.arena = &world->arena;
    *state = world;
    return 0;
}

static int
free_world(void **state)
{
    struct world *world = *state;

    if (world->reader != NULL)
        csv_reader_close(world->reader);
    arena_free(&world->arena);
    free(world);
    return 0;
}

static const struct mapping_file *
file_of(struct world *world, const char *text)
{
    struct json_error error;
    const struct json *json = json_parse(&world->arena, str_of(text), &error);

    assert_non_null(json);
    return mapping_file_read(&world->w, json);
}

/* Binds a table to a mapping file, or to none. */
static bool
bind(struct world *world, const char *file, const char *table)
{
    const struct mapping_file *read =
        file == NULL ? NULL : file_of(world, file);

    assert_true(file == NULL || read != NULL);
    world->reader = csv_reader_open(',', CSV_UTF_8);
    csv_reader_feed(world->reader, str_of(table));
    csv_reader_finish(world->reader);
    assert_true(csv_reader_next(world->reader, &world->arena, &world->header));
    return mapping_bind(&world->w, read, world->known, &world->header,
                        &world->mapping);
}

/* The next row as a lead, as JSON text. */
static struct str
lead_of(struct world *world, struct mapped *mapped)
{
    struct csv_row row;
    struct text text = text_new(&world->arena);
    struct json_out out = json_out_new(&text);

    assert_true(csv_reader_next(world->reader, &world->arena, &row));
    mapping_row(&world->arena, &world->mapping, &row, mapped);
    json_tree(&out, mapped->given);
    return text_str(&text);
}

static void
assert_lead(struct world *world, const char *expected)
{
    struct mapped mapped;
    struct str lead = lead_of(world, &mapped);

    if (!str_is(lead, expected))
        print_error("got %.*s\n", STR_ARG(lead));
    assert_true(str_is(lead, expected));
}

static void
assert_target(struct world *world, size_t column, const char *expected)
{
    struct str name =
        mapping_target_name(&world->arena, &world->mapping.columns[column]);

    if (!str_is(name, expected))
        print_error("column %zu is %.*s\n", column, STR_ARG(name));
    assert_true(str_is(name, expected));
}

/* ----------------------------------------------------- what fields are called */

/* A workspace with fields of its own. */
static void
declare(struct world *world)
{
    static const struct custom_field customs[] = {
        { .name = STR_INIT("rooms"),
          .label_en = STR_INIT("Number of rooms"),
          .label_ko = STR_INIT("방 수") },
        { .name = STR_INIT("budget"), .label_en = STR_INIT("Amount") },
        { .name = STR_INIT("floor_a"),
          .label_en = STR_INIT("Floor"),
          .label_ko = STR_INIT("층") },
        { .name = STR_INIT("floor_b"), .label_en = STR_INIT("FLOOR!") },
        { .name = STR_INIT("firm"), .label_en = STR_INIT("Position") },
        { .name = STR_INIT("gone"),
          .label_en = STR_INIT("Old"),
          .removed_ms = 1 },
    };
    const struct lead_schema schema = {
        .customs = customs,
        .custom_count = sizeof customs / sizeof *customs,
    };

    world->known = mapping_known_read(&world->arena, &schema);
}

static void
a_column_that_is_called_like_a_field_is_that_field(void **state)
{
    struct world *world = *state;

    declare(world);
    assert_true(bind(world, NULL,
                     "ROOMS,number of rooms,방 수,Budget,amount,층,Old,"
                     "What is it for?,사용 목적,Expected value\n"));
    assert_target(world, 0, "custom.rooms");
    assert_target(world, 1, "custom.rooms_2");
    assert_target(world, 2, "custom.rooms_3");
    assert_target(world, 3, "custom.budget"); /* though usually deal_value */
    assert_target(world, 4, "custom.budget_2");
    assert_target(world, 5, "custom.floor_a");
    assert_target(world, 6, "custom.old");
    assert_target(world, 7, "use_case");
    assert_target(world, 8, "use_case");
    assert_target(world, 9, "deal_value");
}

static void
of_several_fields_that_are_called_alike_none_is_guessed(void **state)
{
    struct world *world = *state;
    const struct mapping_column *column;

    declare(world);
    assert_true(bind(world, NULL, "Floor,Position,직책\n"));
    column = world->mapping.columns;
    assert_target(world, 0, "custom.floor");
    assert_int_equal(column[0].meant_count, 2);
    assert_true(str_is(column[0].meant[0], "custom.floor_a"));
    assert_true(str_is(column[0].meant[1], "custom.floor_b"));
    assert_target(world, 1, "custom.position");
    assert_int_equal(column[1].meant_count, 2);
    assert_true(str_is(column[1].meant[0], "job_title"));
    assert_true(str_is(column[1].meant[1], "custom.firm"));
    assert_target(world, 2, "job_title");
    assert_int_equal(column[2].meant_count, 0);
}

static void
a_mapping_file_says_which_is_meant(void **state)
{
    struct world *world = *state;

    declare(world);
    assert_true(bind(world, "{\"columns\": {\"Floor\": \"custom.floor_b\"}}",
                     "Floor,Rooms\n"));
    assert_target(world, 0, "custom.floor_b");
    assert_int_equal(world->mapping.columns[0].meant_count, 0);
    assert_target(world, 1, "custom.rooms");
}

/* ---------------------------------------------------------- usual names */

static void
usual_headers_are_known_whatever_their_case_and_signs(void **state)
{
    struct world *world = *state;

    assert_true(bind(world, NULL,
                     "E-Mail Address,FULL_NAME,Company / Account,"
                     "No. of Employees,휴대폰 번호,Shoe Size\n"));
    assert_target(world, 0, "email");
    assert_target(world, 1, "name");
    assert_target(world, 2, "company");
    assert_target(world, 3, "employees");
    assert_target(world, 4, "phone");
    assert_target(world, 5, "custom.shoe_size");
}

static void
a_bare_id_is_not_taken_for_an_external_id(void **state)
{
    struct world *world = *state;

    assert_true(bind(world, NULL, "id,No,Record ID\n"));
    assert_target(world, 0, "custom.id");
    assert_target(world, 1, "custom.no");
    assert_target(world, 2, "external_id");
}

static void
two_halves_make_one_name(void **state)
{
    struct world *world = *state;

    assert_true(bind(world, NULL,
                     "First Name,Last Name\nAna,Lopez\n,Lopez\n민지,김\n"));
    assert_lead(world, "{\"name\":\"Ana Lopez\"}");
    assert_lead(world, "{\"name\":\"Lopez\"}");
    assert_lead(world, "{\"name\":\"김민지\"}");
}

static void
a_given_name_beside_a_family_name_is_half_a_name(void **state)
{
    struct world *world = *state;

    assert_true(bind(world, NULL, "성,이름\n김,민지\n"));
    assert_lead(world, "{\"name\":\"김민지\"}");
}

static void
a_second_value_of_a_field_is_not_lost(void **state)
{
    struct world *world = *state;

    assert_true(
        bind(world, NULL, "Phone,Mobile\n02-1,010-2\n,010-3\n010-4,010-4\n"));
    assert_lead(world,
                "{\"phone\":\"02-1\",\"custom\":{\"mobile\":\"010-2\"}}");
    assert_lead(world, "{\"phone\":\"010-3\"}");
    assert_lead(world, "{\"phone\":\"010-4\"}");
}

static void
halves_beside_a_whole_name_are_kept_apart(void **state)
{
    struct world *world = *state;

    assert_true(bind(world, NULL, "Name,First Name\nAna Lopez,Ana\n"));
    assert_lead(world, "{\"name\":\"Ana Lopez\",\"custom\":"
                       "{\"first_name\":\"Ana\"}}");
}

static void
names_of_columns_never_come_twice(void **state)
{
    struct world *world = *state;
    struct mapped mapped;

    assert_true(bind(world, NULL, "Note x,Note x,,Note-X\n1,2,3,4\n"));
    assert_true(str_is(lead_of(world, &mapped),
                       "{\"custom\":{\"note_x\":\"1\",\"note_x_2\":\"2\","
                       "\"column_3\":\"3\",\"note_x_3\":\"4\"}}"));
    assert_true(str_is(mapped.body, "{\"Note x\":\"1\",\"Note x (2)\":\"2\","
                                    "\"column 3\":\"3\",\"Note-X\":\"4\"}"));
}

static void
a_comma_at_the_end_of_the_header_is_no_column(void **state)
{
    struct world *world = *state;
    struct mapped mapped;

    assert_true(bind(world, NULL, "Name,\nAna,\n"));
    assert_true(str_is(lead_of(world, &mapped), "{\"name\":\"Ana\"}"));
    assert_true(str_is(mapped.body, "{\"Name\":\"Ana\"}"));
}

/* --------------------------------------------------------- mapping file */

static void
a_mapping_file_goes_before_usual_names(void **state)
{
    struct world *world = *state;

    assert_true(bind(world,
                     "{\"columns\":{\"Mobile\":\"phone\","
                     "\"Email\":\"custom.mail\",\"Rank\":null},"
                     "\"external_id\":\"No\",\"ignore\":[\"Sum\"]}",
                     "Phone,Mobile,Email,No,Rank,Sum\n1,2,a@b.c,7,x,y\n"));
    assert_lead(world, "{\"phone\":\"2\",\"external_id\":\"7\",\"custom\":"
                       "{\"mail\":\"a@b.c\",\"phone\":\"1\"}}");
}

static void
a_row_is_kept_whole_whatever_the_mapping_ignores(void **state)
{
    struct world *world = *state;
    struct mapped mapped;

    assert_true(bind(world, "{\"ignore\":[\"A\"],\"empty\":[\"Select\"]}",
                     "A,B\n1,Select\n"));
    assert_true(str_is(lead_of(world, &mapped), "{}"));
    assert_true(str_is(mapped.body, "{\"A\":\"1\",\"B\":\"Select\"}"));
}

static void
words_that_mean_nothing_give_nothing(void **state)
{
    struct world *world = *state;

    assert_true(bind(world, "{\"empty\":[\"Select\",\"n/a\"]}",
                     "City,Country\nSELECT, N/A \nSeoul,KR\n"));
    assert_lead(world, "{}");
    assert_lead(world, "{\"country\":\"KR\",\"city\":\"Seoul\"}");
}

static void
fixed_values_are_those_of_every_row(void **state)
{
    struct world *world = *state;

    assert_true(bind(world, "{\"set\":{\"source\":\"fair\",\"tags\":[\"a\"]}}",
                     "Name,Source\nAna,web\n"));
    assert_lead(world,
                "{\"name\":\"Ana\",\"source\":\"fair\",\"tags\":[\"a\"]}");
}

static void
a_list_in_one_cell_is_split(void **state)
{
    struct world *world = *state;

    assert_true(
        bind(world, "{\"split\":{\"Tags\":\";\"}}", "Tags\nred; blue ;\n"));
    assert_lead(world, "{\"tags\":[\"red\",\"blue\"]}");
}

static void
a_phone_number_loses_the_mark_of_its_export(void **state)
{
    struct world *world = *state;

    assert_true(bind(world, NULL, "phone_number\np:+4930123456\n'+82212345\n"));
    assert_lead(world, "{\"phone\":\"+4930123456\"}");
    assert_lead(world, "{\"phone\":\"+82212345\"}");
}

static void
a_column_that_is_not_there_is_named(void **state)
{
    struct world *world = *state;

    assert_false(bind(world, "{\"columns\":{\"Nmae\":\"name\"}}", "Name\n"));
    assert_int_equal(world->w.error.detail_count, 1);
    assert_true(str_is(world->w.error.details[0].pointer, "/columns/Nmae"));
    assert_true(str_find(world->w.error.details[0].message, STR("Nmae")) > 0);
}

static void
wrong_mapping_files_are_refused_with_a_pointer(void **state)
{
    static const struct {
        const char *file;
        const char *pointer;
    } cases[] = {
        { "{\"columns\":{\"A\":\"nmae\"}}", "/columns/A" },
        { "{\"columns\":{\"A\":\"score\"}}", "/columns/A" },
        { "{\"columns\":{\"A\":\"custom.\"}}", "/columns/A" },
        { "{\"columns\":{\"A\":7}}", "/columns/A" },
        { "{\"set\":{\"external_id\":\"1\"}}", "/set/external_id" },
        { "{\"set\":{\"first_name\":\"1\"}}", "/set/first_name" },
        { "{\"split\":{\"A\":\"--\"}}", "/split/A" },
        { "{\"date_order\":\"dmy\"}", "/date_order" },
        { "{\"phones\":\"abroad\"}", "/phones" },
        { "{\"defaults\":{\"zone\":\"KR\"}}", "/defaults/zone" },
        { "{\"colums\":{}}", "/colums" },
    };
    struct world *world = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world->w.error = (struct error){ 0 };
        if (file_of(world, cases[i].file) != NULL
            || !str_is(world->w.error.details[0].pointer, cases[i].pointer))
            fail_msg("%s: %.*s", cases[i].file,
                     STR_ARG(world->w.error.details[0].pointer));
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, free_world)
    const struct CMUnitTest tests[] = {
        TEST(a_column_that_is_called_like_a_field_is_that_field),
        TEST(of_several_fields_that_are_called_alike_none_is_guessed),
        TEST(a_mapping_file_says_which_is_meant),
        TEST(usual_headers_are_known_whatever_their_case_and_signs),
        TEST(a_bare_id_is_not_taken_for_an_external_id),
        TEST(two_halves_make_one_name),
        TEST(a_given_name_beside_a_family_name_is_half_a_name),
        TEST(a_second_value_of_a_field_is_not_lost),
        TEST(halves_beside_a_whole_name_are_kept_apart),
        TEST(names_of_columns_never_come_twice),
        TEST(a_comma_at_the_end_of_the_header_is_no_column),
        TEST(a_mapping_file_goes_before_usual_names),
        TEST(a_row_is_kept_whole_whatever_the_mapping_ignores),
        TEST(words_that_mean_nothing_give_nothing),
        TEST(fixed_values_are_those_of_every_row),
        TEST(a_list_in_one_cell_is_split),
        TEST(a_phone_number_loses_the_mark_of_its_export),
        TEST(a_column_that_is_not_there_is_named),
        TEST(wrong_mapping_files_are_refused_with_a_pointer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
