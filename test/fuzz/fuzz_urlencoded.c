/* Whatever a form sends in its address line: refused with a reason, or
 * fields of sound text within the limits. */
#include <assert.h>

#include "lib/base/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str given = { (const char *)data, size };
    struct form_error error;
    struct form form = { 0 };
    struct arena arena;

    arena_init(&arena);
    if (form_parse_urlencoded(&arena, given, &form, &error))
        assert(form.count <= FORM_FIELDS_MAX);
    else
        assert(error.message != NULL && error.offset <= size);
    for (size_t i = 0; i < form.count; i++) {
        assert(str_is_utf8(form.fields[i].name));
        assert(str_is_utf8(form.fields[i].value));
        assert(str_find_char(form.fields[i].value, '\0') < 0);
    }
    assert(arena.used <= 1024 * 1024 + 64 * size);
    arena_free(&arena);
    return 0;
}
