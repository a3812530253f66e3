/*
 * standard_number: a number as people write it: "1,234", " 12 ", "1.234,50",
 * "12 345.6", "-3".
 *
 * A comma before exactly three digits groups, a dot before them parts the
 * decimals; that the dot may have been meant otherwise is told.
 */
#ifndef STANDARDISE_STANDARD_NUMBER_H
#define STANDARDISE_STANDARD_NUMBER_H

#include "lib/base/arena.h"
#include "src/standardise/standard_reason.h"

/* Never negative; exact to a millionth. */
struct standard_decimal {
    int64_t whole;
    int32_t micro;      /* 0 .. 999,999 */
    bool dot_may_group; /* "1.234": decimals were assumed */
    bool rounded;       /* it had more than six decimals */
};

/* Takes a number without sign off the front of `*rest`; false, and nothing
 * taken, when there is none or it has more digits than fit. */
bool standard_decimal_read(struct str *rest, struct standard_decimal *);

/* Times 10^power, 0..12; false when it does not fit. */
bool standard_decimal_scale(struct standard_decimal *, int power);

struct standard_number {
    double value;
    int64_t whole; /* towards zero */
    bool is_whole;
    const struct standard_reason *why; /* NULL when it is a number */
};

bool standard_number(struct arena *, struct str given, struct standard_number *)
    __attribute__((warn_unused_result));

#endif
