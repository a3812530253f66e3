/*
 * standard_host: a host name in the two forms it has: the A-label form that
 * machines compare ("xn--3e0b707e") and the form people read ("한국").
 * Syntax only; whether anybody answers there is not asked.
 */
#ifndef STANDARDISE_STANDARD_HOST_H
#define STANDARDISE_STANDARD_HOST_H

#include "lib/base/arena.h"
#include "src/standardise/standard_reason.h"

struct standard_host {
    struct str ascii; /* lower case, every label an A-label or plain */
    struct str shown; /* lower case; U-labels when it was given with them */
};

/*
 * False with `*why` for what cannot be the name of a host on the internet:
 * it needs two labels or more, each of 1..63 letters, digits and inner
 * hyphens, 253 bytes at most, and a last label that is no number.
 */
bool standard_host(struct arena *, struct str given, struct standard_host *,
                   const struct standard_reason **why)
    __attribute__((warn_unused_result));

/*
 * A-labels as people read them: "회사.한국" for "xn--vf4b131b.xn--3e0b707e".
 * A label that could pass for another one stays as it is: one of several
 * alphabets, or one of letters that all look Latin.
 */
struct str standard_host_read(struct arena *, struct str ascii);

#endif
