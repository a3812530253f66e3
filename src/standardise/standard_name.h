/*
 * standard_name: the name of a person or a company on one line, and no more:
 * who writes "KIM, Ana" or "김안나" is called so. Nothing is split, swapped
 * or given other capitals.
 */
#ifndef STANDARDISE_STANDARD_NAME_H
#define STANDARDISE_STANDARD_NAME_H

#include "lib/base/arena.h"
#include "src/standardise/standard_reason.h"

enum { STANDARD_NAME_CHARACTERS_MAX = 200 };

struct standard_name {
    struct str name; /* NFC, one blank between words, no control characters */
    bool truncated;  /* it had more than 200 characters */
    const struct standard_reason *why; /* NULL: it is whole */
};

bool standard_name(struct arena *, struct str given, struct standard_name *)
    __attribute__((warn_unused_result));

#endif
