/* form_test: what a form's document says, its public name and its stamps. */
#include "src/capture/form_document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena arena;
static struct work unit;

static int
open_unit(void **state)
{
    (void)state;
    arena_init(&arena);
    unit = (struct work){ .arena = &arena };
    return 0;
}

static int
close_unit(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static bool
read_into(struct form_document *form, const char *source)
{
    struct json_error error;
    const struct json *json = json_parse(&arena, str_of(source), &error);

    assert_non_null(json);
    return form_document_read(&unit, json, form);
}

static struct str
written(const struct form_document *form)
{
    struct text text = text_new(&arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    form_document_write(&out, form);
    json_close_object(&out);
    return text_str(&text);
}

static void
what_is_written_is_read_back_the_same(void **state)
{
    struct form_document form;
    struct form_document again;

    (void)state;
    form_document_init(&arena, &form);
    assert_true(read_into(
        &form, "{\"name\": \"Site\", \"title\": {\"ko\": \"문의\"},"
               " \"accent\": \"#AB00CD\", \"thanks\": {\"en\": \"Thanks\"},"
               " \"fields\": [{\"name\": \"product\", \"options\": [\"a\"],"
               " \"required\": true}, {\"name\": \"consent\"}]}"));
    form_document_init(&arena, &again);
    again.name = form.name;
    assert_true(read_into(&again, arena_cstr(&arena, written(&form))));
    assert_true(str_equal(written(&form), written(&again)));
}

static void
what_is_absent_stays_as_it_was(void **state)
{
    struct form_document form;

    (void)state;
    form_document_init(&arena, &form);
    assert_true(read_into(&form, "{\"name\": \"Site\"}"));
    assert_int_equal(form.input_count, 4);
    assert_true(str_is(form_say(&form.title, true), "문의하기"));
}

static void
one_language_stands_in_for_the_other(void **state)
{
    const struct form_words words = { .korean = STR("안녕") };

    (void)state;
    assert_true(str_is(form_say(&words, false), "안녕"));
}

static void
a_public_name_leads_back_to_its_form(void **state)
{
    const struct id workspace = { 12345 };
    const struct id form = { 67890 };
    struct id found[2];

    (void)state;
    struct str name = form_public_id(&arena, workspace, form);
    assert_int_equal(name.bytes, FORM_PUBLIC_ID_BYTES);
    assert_true(form_public_id_read(name, &found[0], &found[1]));
    assert_true(id_equal(found[0], workspace) && id_equal(found[1], form));
    assert_false(
        form_public_id_read(str_slice(name, 0, 25), &found[0], &found[1]));
    assert_false(form_public_id_read(STR("00000000000000000000000000"),
                                     &found[0], &found[1]));
    assert_false(form_public_id_read(STR("../../../../../etc/passwd."),
                                     &found[0], &found[1]));
}

static void
a_stamp_is_good_for_its_form_and_time_only(void **state)
{
    struct form_document form;
    struct form_document other;
    int64_t opened_ms;

    (void)state;
    form_document_init(&arena, &form);
    form_document_init(&arena, &other);
    struct str stamp = form_stamp(&arena, &form, 1000);
    assert_true(form_stamp_read(&arena, &form, stamp, &opened_ms));
    assert_int_equal(opened_ms, 1000);
    assert_false(form_stamp_read(&arena, &other, stamp, &opened_ms));
    assert_false(form_stamp_read(
        &arena, &form,
        arena_format(&arena, "2%.*s", (int)stamp.bytes - 1, stamp.data + 1),
        &opened_ms));
    assert_false(form_stamp_read(&arena, &form, STR("1000"), &opened_ms));
    assert_false(form_stamp_read(&arena, &form, STR_NONE, &opened_ms));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back_the_same),
        cmocka_unit_test(what_is_absent_stays_as_it_was),
        cmocka_unit_test(one_language_stands_in_for_the_other),
        cmocka_unit_test(a_public_name_leads_back_to_its_form),
        cmocka_unit_test(a_stamp_is_good_for_its_form_and_time_only),
    };

    return cmocka_run_group_tests(tests, open_unit, close_unit);
}
