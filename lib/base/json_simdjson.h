/*
 * json_simdjson: what json.c takes from C++, and nothing else uses: the
 * simdjson library and the standard library's shortest digits of a double.
 */
#ifndef BASE_JSON_SIMDJSON_H
#define BASE_JSON_SIMDJSON_H

#include "lib/base/json.h"

enum json_fate {
    JSON_READ,
    JSON_FAULTY,    /* no JSON, or a number no double can hold */
    JSON_DUPLICATE, /* two members of one object share a name */
    JSON_TOO_DEEP,
    JSON_NO_MEMORY,
};

/* The tree in `*tree` when JSON_READ. `source` is at most a few MiB. */
enum json_fate json_simdjson_parse(struct arena *, struct str source,
                                   const struct json **tree);

enum { JSON_REAL_BYTES_MAX = 32 };

/* Writes the shortest digits that read back as `value`, which is finite,
 * whatever the locale; returns their number. */
size_t json_simdjson_real(char out[JSON_REAL_BYTES_MAX], double value);

/* Implemented in json.c: true when two of the members share a name. */
bool json_members_repeat(struct arena *, const struct json_member *,
                         size_t count);

#endif
