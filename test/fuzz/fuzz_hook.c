/* A hook's document, a NUL, a body: whatever they are, what is read of it is
 * an object that can be read again, and every path that is offered finds
 * something. */
#include <assert.h>
#include <string.h>

#include "src/capture/hook.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_object(struct arena *arena, const struct json *given)
{
    struct json_error error;

    assert(json_parse(arena, json_tree_text(arena, given), &error) != NULL);
}

static void
check_lead(struct arena *arena, const struct hook *hook,
           const struct json *lead, const struct json *whole)
{
    struct hook_reading reading;
    struct hook_leaf *leaves;
    int count = hook_leaves(arena, lead, hook->lists, &leaves);

    assert(count <= HOOK_LEAVES_MAX);
    for (int i = 0; i < count; i++)
        assert(hook_find(lead, whole, leaves[i].path) != NULL);
    hook_map(arena, hook, lead, whole, &reading);
    if (reading.verdict != HOOK_IGNORED)
        check_object(arena, reading.mapped.given);
}

static void
check_body(struct arena *arena, const struct hook *hook, struct str type,
           struct str body)
{
    struct str why = STR_NONE;
    const struct json *whole = hook_body_read(arena, hook, type, body, &why);
    int count = 0;

    if (whole == NULL) {
        assert(!str_is_empty(why));
        return;
    }
    const struct json *const *leads =
        hook_body_leads(arena, hook, whole, &count);
    for (int i = 0; i < count && i < 10; i++)
        check_lead(arena, hook, leads[i], whole);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, 0, size);
    size_t at = end == NULL ? 0 : (size_t)(end - data);
    size_t from = end == NULL ? 0 : at + 1;
    struct str body = { (const char *)data + from, size - from };
    struct json_error error;
    struct arena arena;

    arena_init(&arena);
    struct work w = { .arena = &arena };
    struct hook hook = { .usual = true };
    const struct json *document =
        json_parse(&arena, (struct str){ (const char *)data, at }, &error);
    const struct json empty = { .kind = JSON_OBJECT };
    hook.secrets = &empty;
    if (document != NULL && shape_check(&w, &hook_shape, document, STR(""))
        && !hook_take(&w, STR(""), document, &hook))
        hook = (struct hook){ .usual = true };
    check_body(&arena, &hook, STR("application/json"), body);
    check_body(&arena, &hook, STR("application/x-www-form-urlencoded"), body);
    check_body(&arena, &hook, STR("multipart/form-data; boundary=b"), body);
    arena_free(&arena);
    return 0;
}
