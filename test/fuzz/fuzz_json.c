/* Whatever is sent as JSON: it is refused with a reason, or read; and what
 * was read is written and read again the same. */
#include <assert.h>

#include "lib/base/json.h"
#include "lib/base/json_fault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str
written(struct arena *arena, const struct json *tree)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_tree(&out, tree);
    return text_str(&text);
}

static void
check_accepted(struct arena *arena, struct str given, const struct json *tree)
{
    struct json_error error;

    assert(json_fault_find(arena, given).message == NULL);
    struct str first = written(arena, tree);
    assert(str_is_utf8(first));
    const struct json *again = json_parse(arena, first, &error);
    assert(again != NULL);
    assert(str_equal(first, written(arena, again)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str given = { (const char *)data, size };
    struct json_error error;
    struct arena arena;

    arena_init(&arena);
    const struct json *tree = json_parse(&arena, given, &error);
    if (tree != NULL)
        check_accepted(&arena, given, tree);
    else
        assert(error.message != NULL && error.offset <= size);

    /* Any bytes may stand in text. */
    struct json text = { .kind = JSON_TEXT, .text = given };
    assert(json_parse(&arena, written(&arena, &text), &error) != NULL);
    arena_free(&arena);
    return 0;
}
