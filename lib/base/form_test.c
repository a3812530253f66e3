/*
 * Tests of form: both formats, what is refused and how that is said.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/form.h"
#include "lib/base/text.h"
#include "test/files.h"

static struct arena arena;

static int
empty_arena(void **state)
{
    (void)state;
    arena_reset(&arena);
    return 0;
}

static const char urlencoded[] = "application/x-www-form-urlencoded";
static const char multipart[] = "multipart/form-data; boundary=B";

/* name=value; of a file name@file name(content type)=bytes; a line each. */
static struct str
shown(const struct form *form)
{
    struct text text = text_new(&arena);

    for (size_t i = 0; i < form->count; i++) {
        const struct form_field *f = &form->fields[i];
        text_add(&text, f->name);
        if (f->is_file)
            text_format(&text, "@%.*s(%.*s)", STR_ARG(f->file_name),
                        STR_ARG(f->content_type));
        text_add_char(&text, '=');
        text_add(&text, f->value);
        text_add_char(&text, '\n');
    }
    return text_str(&text);
}

static void
assert_form(const char *type, struct str body, const char *expected)
{
    struct form form;
    struct form_error error;

    if (!form_parse(&arena, str_of(type), body, &form, &error))
        fail_msg("%.*s: %s", STR_ARG(body), error.message);
    if (!str_is(shown(&form), expected))
        fail_msg("%.*s\nis read as\n%.*s\nnot\n%s", STR_ARG(body),
                 STR_ARG(shown(&form)), expected);
}

static struct form_error
assert_refused(const char *type, struct str body, const char *part)
{
    struct form form;
    struct form_error error;

    if (form_parse(&arena, str_of(type), body, &form, &error))
        fail_msg("accepted: %.*s", STR_ARG(body));
    if (strstr(error.message, part) == NULL)
        fail_msg("%.*s: %s", STR_ARG(body), error.message);
    return error;
}

/* Urlencoded. */

static void
pairs_are_decoded_in_their_order(void **state)
{
    (void)state;
    assert_form(urlencoded, STR("name=Ana+Garc%C3%ADa&a%3Db=c%26d&name=x=y"),
                "name=Ana Garc\xc3\xad"
                "a\na=b=c&d\nname=x=y\n");
    assert_form(urlencoded, STR("flag&&empty=&=nameless&"),
                "flag=\nempty=\n=nameless\n");
    assert_form(urlencoded, STR("raw=\xea\xb0\x80%eA%b0%80"),
                "raw=\xea\xb0\x80\xea\xb0\x80\n");
    assert_form(urlencoded, STR(""), "");
    assert_form("Application/X-WWW-Form-Urlencoded; charset=UTF-8", STR("a=1"),
                "a=1\n");
}

static void
the_first_text_field_of_a_name_is_found(void **state)
{
    struct form form;
    struct form_error error;

    (void)state;
    assert_true(
        form_parse_urlencoded(&arena, STR("a=1&b=2&a=3"), &form, &error));
    assert_true(str_is(form_get(&form, "a"), "1"));
    assert_true(str_is(form_get(&form, "b"), "2"));
    assert_null(form_get(&form, "c").data);
}

static void
a_percent_sign_that_is_no_escape_is_refused_with_its_place(void **state)
{
    static const struct {
        struct str body;
        size_t offset;
    } bodies[] = {
        { STR_INIT("a=1&b=10%"), 8 }, { STR_INIT("a=%4"), 2 },
        { STR_INIT("a=%zz"), 2 },     { STR_INIT("%g1=1"), 0 },
        { STR_INIT("a=%4&b=1"), 2 },  { STR_INIT("x=1&a%=1"), 5 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        assert_int_equal(
            assert_refused(urlencoded, bodies[i].body, "percent").offset,
            bodies[i].offset);
}

static void
text_that_is_not_utf8_is_refused(void **state)
{
    (void)state;
    assert_refused(urlencoded, STR("a=%ff"), "UTF-8");
    assert_refused(urlencoded, STR("%c0%af=1"), "UTF-8");
    assert_refused(urlencoded, STR("a=%ed%a0%80"), "UTF-8");
    assert_refused(urlencoded, STR("a=\xe9"), "UTF-8");
    assert_refused(urlencoded, STR("a=x%00y"), "NUL");
}

static void
limits_are_said_to_be_limits(void **state)
{
    struct text text = text_new(&arena);

    (void)state;
    for (size_t i = 0; i < 1000; i++)
        text_add_cstr(&text, "a=1&");
    struct form form;
    struct form_error error;
    assert_true(form_parse_urlencoded(&arena, text_str(&text), &form, &error));
    assert_int_equal(form.count, 1000);
    text_add_cstr(&text, "a=1");
    assert_true(
        assert_refused(urlencoded, text_str(&text), "1,000 fields").too_large);

    char *large = arena_alloc(&arena, FORM_TEXT_BYTES_MAX + 3);
    memset(large, 'x', FORM_TEXT_BYTES_MAX + 3);
    large[1] = '=';
    struct str body = { large, FORM_TEXT_BYTES_MAX + 2 };
    assert_true(form_parse_urlencoded(&arena, body, &form, &error));
    body.bytes++;
    assert_true(assert_refused(urlencoded, body, "1 MiB").too_large);
}

/* Multipart. */

#define HEAD     "Content-Disposition: form-data; "
#define ENCODING "Content-Transfer-Encoding: "

static void
text_and_files_are_read(void **state)
{
    (void)state;
    assert_form(multipart,
                STR("--B\r\n" HEAD "name=\"a\"\r\n\r\nline 1\r\nline 2\r\n"
                    "--B\r\n" HEAD "name=\"f\"; filename=\"x.bin\"\r\n"
                    "Content-Type: image/png\r\nX-Other: y\r\n\r\n"
                    "\x89\xff\r\n--\r\n-B\r\n"
                    "--B--\r\n"),
                "a=line 1\r\nline 2\nf@x.bin(image/png)=\x89\xff\r\n--\r\n-B"
                "\n");
    assert_form("multipart/form-data; charset=utf-8; boundary=\"a b?c\"",
                STR("--a b?c\r\n" HEAD "name=a\r\n\r\n1\r\n--a b?c--"),
                "a=1\n");
    assert_form(multipart, STR("--B--\r\n"), "");
    assert_form(multipart,
                STR("\r\n--B \t\r\n" HEAD "name=a\r\n\r\n1\r\n"
                    "--B--"),
                "a=1\n");
}

static void
empty_parts_are_empty(void **state)
{
    (void)state;
    assert_form(multipart, STR("--B\r\n" HEAD "name=a\r\n\r\n\r\n--B--"),
                "a=\n");
    assert_form(multipart,
                STR("--B\r\n" HEAD "name=a\r\n\r\n--B\r\n" HEAD
                    "name=b\r\n\r\n2\r\n--B--"),
                "a=\nb=2\n");
}

static void
names_are_read_as_browsers_and_others_write_them(void **state)
{
    static const struct {
        const char *parameters;
        const char *expected;
    } parts[] = {
        { "name=\"a%22b\"", "a\"b=v\n" },
        { "name=\"a\\\"b\"", "a\"b=v\n" },
        { "name=\"100%25 %41\"", "100%25 %41=v\n" },
        { "name=\"\xea\xb0\x80\"", "\xea\xb0\x80=v\n" },
        { "NAME=a ; other=b", "a=v\n" },
        { "name=a;", "a=v\n" },
        { "name=f; filename=\"C:\\Docs\\x.txt\"", "f@x.txt()=v\n" },
        { "name=f; filename=\"../../etc/passwd\"", "f@passwd()=v\n" },
        { "name=f; filename*=utf-8''%ea%b0%80.txt",
          "f@\xea\xb0\x80.txt()=v\n" },
        { "name=f; filename=b.txt; filename*=UTF-8''c.txt", "f@b.txt()=v\n" },
        { "name=f; filename=\"\"", "f@()=v\n" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_form(multipart,
                    arena_format(&arena,
                                 "--B\r\n" HEAD "%s\r\n\r\nv\r\n--B--\r\n",
                                 parts[i].parameters),
                    parts[i].expected);
}

static void
what_is_no_multipart_form_is_refused(void **state)
{
    static const struct {
        const char *body;
        const char *part;
    } bodies[] = {
        { "", "begins with two hyphens" },
        { "x\r\n--B--", "begins with two hyphens" },
        { "--C--", "begins with two hyphens" },
        { "--B", "followed by CR LF" },
        { "--B\n" HEAD "name=a\n\nv\n--B--", "followed by CR LF" },
        { "--BC\r\n", "followed by CR LF" },
        { "--B\r\n", "ends inside the headers" },
        { "--B\r\n" HEAD "name=a\r\n", "ends inside the headers" },
        { "--B\r\n" HEAD "name=a\r\n\r\nv", "cut off" },
        { "--B\r\n" HEAD "name=a\r\n\r\nv\r\n--", "cut off" },
        { "--B\r\n" HEAD "name=a\r\n\r\nv\r\n--B", "followed by CR LF" },
        { "--B\r\n" HEAD "name=a\r\n\r\nv\r\n--B-", "followed by CR LF" },
        { "--B\r\n" HEAD "name=a\r\n\r\nv\r\n--B x", "followed by CR LF" },
        { "--B\r\n" HEAD "name=a\r\n\r\nv\r\n--B--\r\nmore",
          "Nothing may follow" },
        { "--B\r\n\r\nv\r\n--B--", "names its field" },
        { "--B\r\n" HEAD "filename=a\r\n\r\nv\r\n--B--", "names its field" },
        { "--B\r\nContent-Disposition: attachment; name=a\r\n\r\nv\r\n--B--",
          "is form-data" },
        { "--B\r\n" HEAD "name=a\r\n" HEAD "name=b\r\n\r\nv\r\n--B--",
          "one Content-Disposition" },
        { "--B\r\n" HEAD "name=a; name=b\r\n\r\nv\r\n--B--", "twice" },
        { "--B\r\n" HEAD "name=\"a\"b\"\r\n\r\nv\r\n--B--", "%22" },
        { "--B\r\n" HEAD "name=\"a\r\n\r\nv\r\n--B--", "%22" },
        { "--B\r\n" HEAD "name=a\r\n folded\r\n\r\nv\r\n--B--", "Name: value" },
        { "--B\r\nno colon\r\n\r\nv\r\n--B--", "Name: value" },
        { "--B\r\n: x\r\n\r\nv\r\n--B--", "Name: value" },
        { "--B\r\n" HEAD "name=a\r\nX: y\nZ: w\r\n\r\nv\r\n--B--",
          "Name: value" },
        { "--B\r\n" HEAD "name=a\r\n\r\n\xff\r\n--B--", "UTF-8" },
        { "--B\r\n" HEAD "name=f; filename*=utf-8''%ff\r\n\r\nv\r\n--B--",
          "UTF-8" },
        { "--B\r\n" HEAD "name=f; filename*=utf-8''%f\r\n\r\nv\r\n--B--",
          "hexadecimal" },
        { "--B\r\n" HEAD "name=f; filename*=latin1''a\r\n\r\nv\r\n--B--",
          "utf-8''" },
        { "--B\r\n" HEAD "name=a\r\n" ENCODING
          "quoted-printable\r\n\r\nv\r\n--B--",
          "Transfer-Encoding" },
        { "--B\r\n" HEAD "name=a\r\n" ENCODING "base64\r\n\r\n!\r\n--B--",
          "base64" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        assert_refused(multipart, str_of(bodies[i].body), bodies[i].part);
}

static void
a_boundary_is_needed_and_1_to_70_characters_long(void **state)
{
    static const char *const types[] = {
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"ends in space \"",
        "multipart/form-data; boundary=\"a\tb\"",
        ("multipart/form-data; boundary=1234567890123456789012345678901234567"
         "8901234567890123456789012345678901"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        assert_refused(types[i], STR("--B--"), "boundary");
    assert_refused("text/plain", STR("a=1"), "A form is sent as");
    assert_refused("multipart/mixed; boundary=B", STR("--B--"),
                   "A form is sent as");
}

static void
headers_of_a_part_are_limited(void **state)
{
    struct text text = text_new(&arena);

    (void)state;
    text_add_cstr(&text, "--B\r\n" HEAD "name=a\r\n");
    for (size_t i = 0; i < 900; i++)
        text_add_cstr(&text, "X: 123456\r\n");
    text_add_cstr(&text, "\r\nv\r\n--B--");
    assert_true(assert_refused(multipart, text_str(&text), "8 KiB").too_large);
}

static void
memory_stays_in_proportion_to_the_body(void **state)
{
    struct text text = text_new(&arena);
    struct arena memory;
    struct form form;
    struct form_error error;

    (void)state;
    for (size_t i = 0; i < 100; i++) {
        text_add_cstr(&text, "--B\r\n" HEAD "name=a");
        for (size_t j = 0; j < 1500; j++)
            text_add_cstr(&text, ";b=\"\"");
        text_add_cstr(&text, "\r\n\r\nv\r\n");
    }
    text_add_cstr(&text, "--B--");
    arena_init(&memory);
    assert_true(
        form_parse(&memory, str_of(multipart), text_str(&text), &form, &error));
    assert_true(memory.used < 8 * text_str(&text).bytes);
    arena_free(&memory);
}

/* Bodies of other readers' tests. `expected` NULL: `refusal` is said. */
static const struct {
    const char *path;
    const char *boundary;
    const char *expected;
    const char *refusal;
} files[] = {
    { "rack/content_type_and_no_filename", "AaB03x", "text=contents\n", NULL },
    { "rack/empty", "AaB03x",
      "submit-name=Larry\nfiles@file1.txt(text/plain)=\n", NULL },
    { "rack/filename_multi", "AaB03x",
      "files@foo(application/octet-stream)=contents\n", NULL },
    { "rack/filename_with_escaped_quotes", "AaB03x",
      "files@escape \"quotes(application/octet-stream)=contents\n", NULL },
    { "rack/filename_with_percent_escaped_quotes", "AaB03x",
      "files@escape \"quotes(application/octet-stream)=contents\n", NULL },
    { "rack/filename_with_unescaped_percentages",
      "----WebKitFormBoundary2NHc7OhsgU68l3Al",
      "document[attachment]@100% of a photo.jpeg(image/jpeg)=contents\n",
      NULL },
    { "rack/filename_with_unescaped_percentages2",
      "----WebKitFormBoundary2NHc7OhsgU68l3Al",
      "document[attachment]@100%a(image/jpeg)=contents\n", NULL },
    { "rack/filename_with_unescaped_percentages3",
      "----WebKitFormBoundary2NHc7OhsgU68l3Al",
      "document[attachment]@100%(image/jpeg)=contents\n", NULL },
    { "rack/ie", "AaB03x", "files@file1.txt(text/plain)=contents\n", NULL },
    { "rack/none", "AaB03x", "submit-name=Larry\nfiles@()=\n", NULL },
    { "rack/robust_field_separation", "AaB03x", "text=contents\n", NULL },
    /* A part without a name cannot be told from another. */
    { "rack/filename_and_no_name", "AaB03x", NULL, "names its field" },
    /* Only form-data belongs in a form. */
    { "rack/filename_with_null_byte", "AaB03x", NULL, "is form-data" },
    /* Where such a name ends is a guess. */
    { "rack/filename_with_unescaped_quotes", "AaB03x", NULL, "%22" },
    { "rack/end_boundary_first", "AaB03x", NULL, "Nothing may follow" },
    { "rack/preceding_boundary", "AaB03x", NULL, "begins with two hyphens" },
    { "python/base64_encoding.http", "--boundary",
      "file@test.txt(text/plain)=Test 123\n", NULL },
    { "python/multiple_fields.http", "----WebKitFormBoundaryTkr3kCBQlBe1nrhc",
      "field1=field1\nfield2=field2\n", NULL },
    { "python/single_field.http", "----WebKitFormBoundaryTkr3kCBQlBe1nrhc",
      "field=This is a test.\n", NULL },
    { "python/single_field_blocks.http", "boundary",
      "field=0123456789ABCDEFGHIJ0123456789ABCDEFGHIJ\n", NULL },
    { "python/utf8_filename.http", "----WebKitFormBoundaryI9SCEFp2lpx5DR2K",
      "file@?"
      "?"
      "?.txt(text/plain)="
      "\xe3\x81\x93\xe3\x82\x8c\xe3\x81\xaf\xe3\x83\x86\xe3\x82\xb9\xe3\x83"
      "\x88\xe3\x81\xa7\xe3\x81\x99\xe3\x80\x82\n",
      NULL },
    { "python/bad_end_of_headers.http",
      "----WebKitFormBoundaryTkr3kCBQlBe1nrhc", NULL, "Name: value" },
    { "python/empty_header.http", "----WebKitFormBoundaryTkr3kCBQlBe1nrhc",
      NULL, "Name: value" },
    /* RFC 2046: a line that begins with the boundary is one. Others take it
     * for content; so nobody should send it. */
    { "python/almost_match_boundary_without_CR.http", "--boundary", NULL,
      "followed by CR LF" },
    { "python/almost_match_boundary_without_LF.http", "--boundary", NULL,
      "followed by CR LF" },
    { "python/almost_match_boundary_without_final_hyphen.http", "--boundary",
      NULL, "followed by CR LF" },
};

static void
bodies_of_other_readers_are_read_or_refused_as_listed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct str path =
            arena_format(&arena, "test/data/multipart/%s", files[i].path);
        struct str type = arena_format(
            &arena, "multipart/form-data; boundary=%s", files[i].boundary);
        struct str body = file_bytes(&arena, path.data);
        assert_non_null(body.data);
        if (files[i].expected != NULL)
            assert_form(type.data, body, files[i].expected);
        else
            assert_refused(type.data, body, files[i].refusal);
    }
}

static void
larger_bodies_of_other_readers_have_all_their_fields(void **state)
{
    static const struct {
        const char *path;
        const char *boundary;
        size_t fields;
        size_t files;
    } forms[] = {
        { "rack/bad_robots", "1yy3laWhgX31qpiHinh67wJXqKalukEUTvqTzmon", 13,
          0 },
        { "rack/three_files_three_fields", "AaB03x", 6, 3 },
        { "rack/webkit", "----WebKitFormBoundaryWLHCs9qmcJJoyjKR", 7, 1 },
        { "python/single_field_longer.http",
          "----WebKitFormBoundaryTkr3kCBQlBe1nrhc", 1, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct form form;
        struct form_error error;
        struct str path =
            arena_format(&arena, "test/data/multipart/%s", forms[i].path);
        struct str body = file_bytes(&arena, path.data);
        size_t count = 0;

        if (!form_parse_multipart(&arena, str_of(forms[i].boundary), body,
                                  &form, &error))
            fail_msg("%s: %zu: %s", path.data, error.offset, error.message);
        for (size_t f = 0; f < form.count; f++)
            count += form.fields[f].is_file;
        if (form.count != forms[i].fields || count != forms[i].files)
            fail_msg("%s: %zu fields, %zu files\n%.*s", path.data, form.count,
                     count, STR_ARG(shown(&form)));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(pairs_are_decoded_in_their_order, empty_arena),
        cmocka_unit_test_setup(the_first_text_field_of_a_name_is_found,
                               empty_arena),
        cmocka_unit_test_setup(
            a_percent_sign_that_is_no_escape_is_refused_with_its_place,
            empty_arena),
        cmocka_unit_test_setup(text_that_is_not_utf8_is_refused, empty_arena),
        cmocka_unit_test_setup(limits_are_said_to_be_limits, empty_arena),
        cmocka_unit_test_setup(text_and_files_are_read, empty_arena),
        cmocka_unit_test_setup(empty_parts_are_empty, empty_arena),
        cmocka_unit_test_setup(names_are_read_as_browsers_and_others_write_them,
                               empty_arena),
        cmocka_unit_test_setup(what_is_no_multipart_form_is_refused,
                               empty_arena),
        cmocka_unit_test_setup(a_boundary_is_needed_and_1_to_70_characters_long,
                               empty_arena),
        cmocka_unit_test_setup(headers_of_a_part_are_limited, empty_arena),
        cmocka_unit_test_setup(memory_stays_in_proportion_to_the_body,
                               empty_arena),
        cmocka_unit_test_setup(
            bodies_of_other_readers_are_read_or_refused_as_listed, empty_arena),
        cmocka_unit_test_setup(
            larger_bodies_of_other_readers_have_all_their_fields, empty_arena),
    };

    arena_init(&arena);
    int failed = cmocka_run_group_tests_name("form", tests, NULL, NULL);
    arena_free(&arena);
    return failed;
}
