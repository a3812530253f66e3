/*
 * standard_language: the language somebody speaks, from a name ("한국어"), a
 * tag ("ko-KR", "en_US") or what a browser sends ("ko-KR,ko;q=0.9,en;q=0.8").
 */
#ifndef STANDARDISE_STANDARD_LANGUAGE_H
#define STANDARDISE_STANDARD_LANGUAGE_H

#include "lib/base/arena.h"
#include "src/standardise/standard_reason.h"

struct standard_language {
    struct str code; /* ISO 639-1: "ko" */
    struct str tag;  /* BCP 47 with script and region if given: "ko-KR" */
    const struct standard_reason *why; /* NULL when found */
};

/* Of several languages the one with the highest q, then the first. */
bool standard_language(struct arena *, struct str given,
                       struct standard_language *)
    __attribute__((warn_unused_result));

#endif
