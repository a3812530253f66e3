/*
 * standard_text: a message or a note as it is kept: NFC, lines ended by \n,
 * no control characters but line end and tab. What is left out is told.
 */
#ifndef STANDARDISE_STANDARD_TEXT_H
#define STANDARDISE_STANDARD_TEXT_H

#include "lib/base/arena.h"
#include "src/standardise/standard_reason.h"

struct standard_text {
    struct str text;
    size_t removed;                    /* control characters left out */
    bool truncated;                    /* it was longer than the limit */
    const struct standard_reason *why; /* set when truncated or refused */
};

/* False only for text that is no UTF-8. */
bool standard_text(struct arena *, struct str given, size_t characters_max,
                   struct standard_text *) __attribute__((warn_unused_result));

#endif
