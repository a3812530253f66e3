/*
 * standard_currency: ISO 4217 from a code, a name or a sign.
 */
#ifndef STANDARDISE_STANDARD_CURRENCY_H
#define STANDARDISE_STANDARD_CURRENCY_H

#include "lib/base/arena.h"
#include "src/standardise/standard_reason.h"

struct standard_currency {
    struct str code; /* "KRW"; constant */
    int exponent;    /* digits of the minor unit: KRW 0, USD 2, KWD 3 */
    const struct standard_reason *why; /* NULL when found */
};

/*
 * `usual` is the workspace's currency, or none. It settles a sign that many
 * share: "$" is CAD where CAD is usual, else USD; "¥" is CNY where CNY is
 * usual, else JPY.
 */
bool standard_currency(struct arena *, struct str given, struct str usual,
                       struct standard_currency *)
    __attribute__((warn_unused_result));

#endif
