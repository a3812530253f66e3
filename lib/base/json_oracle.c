/*
 * json_oracle: see json_oracle.h. jansson is loaded while running and not
 * linked, because its functions and ours share names (json_real, json_null);
 * linked, it would call ours. This file must not include json.h.
 */
#include "lib/base/json_oracle.h"

#include <assert.h>
#include <dlfcn.h>
#include <jansson.h>
#include <string.h>

static struct {
    __typeof__(json_loadb) *load;
    __typeof__(json_dumps) *dump;
    __typeof__(json_delete) *delete;
} jansson; /* filled once; tests have one thread */

static void
load_jansson(void)
{
    void *library = dlopen("libjansson.so.4", RTLD_NOW | RTLD_LOCAL);

    assert(library != NULL);
    assert(dlsym(RTLD_DEFAULT, "json_real") == NULL); /* it calls its own */
    *(void **)&jansson.load = dlsym(library, "json_loadb");
    *(void **)&jansson.dump = dlsym(library, "json_dumps");
    *(void **)&jansson.delete = dlsym(library, "json_delete");
    assert(jansson.load && jansson.dump && jansson.delete);
}

/*
 * The known differences: jansson has no place for an integer beyond 64 bits
 * and for U+0000 in a name. It says so before it has seen the rest, so
 * nothing follows for the document. A NUL byte is the end to jansson; what
 * comes after it, it does not see.
 */
static bool
is_known_difference(const json_error_t *error)
{
    enum json_error_code code = json_error_code(error);

    return code == json_error_null_byte_in_key
        || (code == json_error_numeric_overflow
            && strstr(error->text, "integer") != NULL);
}

enum oracle_verdict
json_oracle(struct arena *arena, struct str source, struct str *dump)
{
    json_error_t error;

    if (jansson.load == NULL)
        load_jansson();
    if (str_find_char(source, '\0') >= 0)
        return ORACLE_DIFFERS;
    json_t *tree = jansson.load(
        source.data, source.bytes,
        JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (tree == NULL)
        return is_known_difference(&error) ? ORACLE_DIFFERS : ORACLE_REFUSES;

    char *text = jansson.dump(tree, JSON_ENCODE_ANY | JSON_COMPACT
                                        | JSON_REAL_PRECISION(17));
    assert(text != NULL);
    *dump = arena_str(arena, str_of(text));
    free(text);
    if (tree->refcount != (size_t)-1 && --tree->refcount == 0)
        jansson.delete(tree);
    return ORACLE_ACCEPTS;
}
