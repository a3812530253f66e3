/*
 * standard_phone: a telephone number as E.164 where it can be, and as it was
 * given where it cannot. A number is never rewritten into another one that
 * is stored: what makes variants meet is the key.
 */
#ifndef STANDARDISE_STANDARD_PHONE_H
#define STANDARDISE_STANDARD_PHONE_H

#include "lib/base/arena.h"
#include "src/standardise/standard_reason.h"

struct standard_phone {
    struct str given;     /* trimmed, else untouched; what is shown when there
                             is no e164 */
    struct str e164;      /* "+821012345678"; none when it could not be read
                             or its length is impossible in its country */
    struct str region;    /* "KR"; none when unknown, "001" for numbers of no
                             country */
    struct str extension; /* digits, or none */
    struct str key;       /* for matching: variants of one number share it;
                             none when there is no e164, or it is one that
                             people type to fill a field */
    bool is_valid;        /* in a range that is given out */
    bool guessed_plus;    /* it has a country code, and no + was written */
    const struct standard_reason *why; /* NULL when valid */
};

/*
 * Always fills `out`; the answer is out->is_valid. `region` is where the
 * number would be dialled from (ISO 3166-1 alpha-2), or none: then only
 * numbers with a country code can be read.
 */
bool standard_phone(struct arena *, struct str given, struct str region,
                    struct standard_phone *out);

/*
 * The key of an E.164 number: without Mexico's mobile 1 and Argentina's
 * mobile 9, with Brazil's ninth digit where a mobile number lacks it (never
 * on a landline), and with ";ext=" when there is an extension: behind one
 * switchboard are many people.
 */
struct str standard_phone_key(struct arena *, struct str e164,
                              struct str extension);

/*
 * The key of what could not be read as a number: its digits, marked as not
 * E.164, so that whoever writes it again is known. None when it has few digits,
 * or such as people type to fill a field: 0000000, 1234567.
 */
struct str standard_phone_given_key(struct arena *, struct str given);

#endif
