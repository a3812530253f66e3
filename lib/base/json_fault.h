/*
 * json_fault: says where and why a document is no JSON. It reads the grammar
 * once more, slowly, and only after simdjson has refused: simdjson says no
 * without saying where.
 */
#ifndef BASE_JSON_FAULT_H
#define BASE_JSON_FAULT_H

#include "lib/base/json.h"

/* The first fault; message NULL when the grammar finds none. */
struct json_error json_fault_find(struct arena *, struct str source);

/* The first of the innermost objects in which a name stands twice, with its
 * pointer; or the fault that stands before it. */
struct json_error json_fault_find_repeat(struct arena *, struct str source);

/* An integer beyond 64 bits. */
struct json_wide {
    size_t number;      /* how many numbers stand before it in the document */
    const char *digits; /* as written */
    struct json_wide *next;
};

/*
 * The document with "e0" after each integer too long for simdjson, so that it
 * is read as a real; and those integers, in order. `source` must be free of
 * faults.
 */
struct str json_fault_widen(struct arena *, struct str source,
                            struct json_wide **);

#endif
