/* Whatever a form sends in parts: refused with a reason, or fields of sound
 * text and files without folders, in memory in proportion to the body. */
#include <assert.h>

#include "lib/base/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_field(const struct form_field *field)
{
    assert(str_is_utf8(field->name));
    assert(str_is_utf8(field->file_name));
    assert(str_find_char(field->file_name, '/') < 0);
    assert(str_find_char(field->file_name, '\\') < 0);
    assert(field->is_file || str_is_utf8(field->value));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str given = { (const char *)data, size };
    struct form_error error;
    struct form form = { 0 };
    struct arena arena;

    arena_init(&arena);
    if (form_parse(&arena, STR("multipart/form-data; boundary=B"), given, &form,
                   &error))
        assert(form.count <= FORM_FIELDS_MAX);
    else
        assert(error.message != NULL && error.offset <= size);
    for (size_t i = 0; i < form.count; i++)
        check_field(&form.fields[i]);
    form_parse(&arena, given, STR("--B--"), &form, &error);
    assert(arena.used <= 1024 * 1024 + 64 * size);
    arena_free(&arena);
    return 0;
}
