/*
 * json: reading, see json.h. What is refused is decided here; the grammar is
 * simdjson's work. Writing is in json_out.c.
 */
#include "lib/base/json.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/json_fault.h"
#include "lib/base/json_simdjson.h"

static const struct json *
refuse(struct json_error *error, const char *message)
{
    error->message = message;
    return NULL;
}

/*
 * Integers beyond 64 bits are read as reals that know their digits. They are so
 * rare that such a document is simply read twice. The tree is still nobody
 * else's, so what is const to others may be written.
 */
static void
keep_digits(const struct json *tree, const struct json_wide **wide,
            size_t *numbers)
{
    if (tree->kind == JSON_ARRAY)
        for (size_t i = 0; i < tree->array.count; i++)
            keep_digits(&tree->array.items[i], wide, numbers);
    if (tree->kind == JSON_OBJECT)
        for (size_t i = 0; i < tree->object.count; i++)
            keep_digits(&tree->object.members[i].value, wide, numbers);
    if (tree->kind != JSON_INTEGER && tree->kind != JSON_REAL)
        return;
    if (*wide != NULL && (*wide)->number == (*numbers)++) {
        assert(tree->kind == JSON_REAL);
        ((struct json *)tree)->digits = (*wide)->digits;
        *wide = (*wide)->next;
    }
}

static enum json_fate
parse_again(struct arena *arena, struct str source, const struct json **tree,
            struct json_error *error)
{
    *error = json_fault_find(arena, source);
    if (error->message != NULL)
        return JSON_FAULTY;
    struct json_wide *first;
    enum json_fate fate = json_simdjson_parse(
        arena, json_fault_widen(arena, source, &first), tree);
    const struct json_wide *wide = first;
    size_t numbers = 0;
    if (fate == JSON_READ)
        keep_digits(*tree, &wide, &numbers);
    return fate;
}

const struct json *
json_parse(struct arena *arena, struct str source, struct json_error *error)
{
    static const char *const reasons[] = {
        [JSON_FAULTY] = "This is not JSON as RFC 8259 has it.",
        [JSON_DUPLICATE] = "An object has two members of the same name; each"
                           " name may stand once.",
        [JSON_TOO_DEEP] = "Arrays and objects are nested too deep; 32 levels"
                          " are the limit.",
        [JSON_NO_MEMORY] = "There is no memory to read this; send less at"
                           " once.",
    };
    const struct json *tree = NULL;

    assert(error != NULL);
    *error = (struct json_error){ 0 };
    if (source.bytes == 0)
        return refuse(error, "The document is empty; send one JSON value.");
    if (source.bytes > JSON_BYTES_MAX)
        return refuse(error, "The document is too large; 8 MiB are the limit.");

    enum json_fate fate = json_simdjson_parse(arena, source, &tree);
    if (fate == JSON_FAULTY)
        fate = parse_again(arena, source, &tree, error);
    if (fate == JSON_TOO_DEEP)
        *error = json_fault_find(arena, source);
    if (fate == JSON_DUPLICATE)
        *error = json_fault_find_repeat(arena, source);
    if (fate == JSON_READ)
        return tree;
    return error->message != NULL ? NULL : refuse(error, reasons[fate]);
}

static int
compare_names(const void *left, const void *right)
{
    const struct str *a = left;
    const struct str *b = right;

    if (a->bytes != b->bytes)
        return a->bytes < b->bytes ? -1 : 1;
    return str_compare(*a, *b);
}

/* Comparing each with each is fastest for the usual object; a large one is
 * sorted, so that nobody can send an object that takes quadratic time. */
bool
json_members_repeat(struct arena *arena, const struct json_member *members,
                    size_t count)
{
    enum { FEW = 16 };

    if (count <= FEW) {
        for (size_t i = 1; i < count; i++)
            for (size_t j = 0; j < i; j++)
                if (str_equal(members[i].name, members[j].name))
                    return true;
        return false;
    }

    struct str *names = ARENA_ARRAY(arena, struct str, count);
    for (size_t i = 0; i < count; i++)
        names[i] = members[i].name;
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 1; i < count; i++)
        if (str_equal(names[i - 1], names[i]))
            return true;
    return false;
}

const struct json *
json_get_named(const struct json *object, struct str name)
{
    if (object == NULL || object->kind != JSON_OBJECT)
        return NULL;

    for (size_t i = 0; i < object->object.count; i++)
        if (str_equal(object->object.members[i].name, name))
            return &object->object.members[i].value;
    return NULL;
}

const struct json *
json_get(const struct json *object, const char *name)
{
    return json_get_named(object, str_of(name));
}

struct str
json_get_text(const struct json *object, const char *name)
{
    const struct json *value = json_get(object, name);

    return value != NULL && value->kind == JSON_TEXT ? value->text : STR_NONE;
}

int64_t
json_get_int(const struct json *object, const char *name, int64_t fallback)
{
    const struct json *value = json_get(object, name);

    return value != NULL && value->kind == JSON_INTEGER ? value->integer
                                                        : fallback;
}

bool
json_get_bool(const struct json *object, const char *name, bool fallback)
{
    const struct json *value = json_get(object, name);

    return value != NULL && value->kind == JSON_BOOL ? value->truth : fallback;
}

bool
json_number(const struct json *value, double *number)
{
    if (value == NULL)
        return false;
    if (value->kind == JSON_INTEGER) {
        *number = (double)value->integer;
        return true;
    }
    if (value->kind == JSON_REAL) {
        *number = value->real;
        return true;
    }
    return false;
}

static int64_t
power_of_ten(int exponent)
{
    int64_t power = 1;

    while (exponent-- > 0)
        power *= 10;
    return power;
}

/* The least decimals that give the same real again are those written. */
bool
json_decimal(const struct json *value, int decimals, int64_t *out)
{
    const double digits_max = 1e15;

    if (value->kind == JSON_INTEGER)
        return !__builtin_mul_overflow(value->integer, power_of_ten(decimals),
                                       out);
    for (int used = 0; value->kind == JSON_REAL && used <= decimals; used++) {
        double power = (double)power_of_ten(used);
        double whole = round(value->real * power);
        if (!(fabs(whole) < digits_max))
            return false;
        if (whole / power == value->real)
            return !__builtin_mul_overflow((int64_t)whole,
                                           power_of_ten(decimals - used), out);
    }
    return false;
}

const char *
json_kind_name(enum json_kind kind)
{
    static const char *const names[] = {
        [JSON_NULL] = "null",       [JSON_BOOL] = "boolean",
        [JSON_INTEGER] = "integer", [JSON_REAL] = "number",
        [JSON_TEXT] = "text",       [JSON_ARRAY] = "array",
        [JSON_OBJECT] = "object",
    };

    assert((size_t)kind < sizeof names / sizeof *names);
    return names[kind];
}
