/*
 * nearest: which known name was meant by one that is not known. Counts
 * letters to add, drop, change or swap (optimal string alignment), without
 * case; about one letter in three may be wrong.
 */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include "lib/base/arena.h"

/* The name most like what was written, for "did you mean". */
struct nearest {
    struct str given;
    const char *name; /* NULL: none is like it */
    int distance;
};

struct nearest nearest_to(struct str given);
void nearest_offer(struct nearest *, const char *name);

/* ` Did you mean "country"?`, or "" */
struct str nearest_question(struct arena *, const struct nearest *);

#endif
