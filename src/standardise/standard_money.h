/*
 * standard_money: an amount as people and other programs write it, in minor
 * units of an ISO 4217 currency: "$22,700.00", "$342.09K", "1.2M EUR",
 * "₩3,000,000", "300만원", "1억 2천만원".
 */
#ifndef STANDARDISE_STANDARD_MONEY_H
#define STANDARDISE_STANDARD_MONEY_H

#include "lib/base/arena.h"
#include "src/standardise/standard_reason.h"

struct standard_money {
    int64_t minor;       /* in the smallest unit of the currency */
    struct str currency; /* ISO 4217; constant, or `usual` */
    int exponent;        /* minor = amount * 10^exponent */
    bool rounded;        /* it had more decimals than the currency */
    int64_t fine;        /* amount * 10^4, whatever the currency */
    bool fine_rounded;
    const struct standard_reason *why; /* NULL when read */
};

/*
 * `usual` is the currency of amounts that name none, or none itself: then
 * such an amount is refused, but for one in Korean units, which is in won.
 * "1.234" is refused where it may be 1234.
 */
bool standard_money(struct arena *, struct str given, struct str usual,
                    struct standard_money *)
    __attribute__((warn_unused_result));

#endif
