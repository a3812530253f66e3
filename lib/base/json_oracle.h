/*
 * json_oracle: what jansson makes of a document. For tests only.
 */
#ifndef BASE_JSON_ORACLE_H
#define BASE_JSON_ORACLE_H

#include "lib/base/arena.h"

enum oracle_verdict {
    ORACLE_REFUSES,
    ORACLE_ACCEPTS,
    ORACLE_DIFFERS, /* it could not hold what we can: see json_oracle.c */
};

/* `*dump` is jansson's own writing of what it read. */
enum oracle_verdict json_oracle(struct arena *, struct str source,
                                struct str *dump);

#endif
