/*
 * standard_email: one e-mail address out of what people and programs write
 * in the field: "mailto:", "Ana Kim <ana@example.com>", blanks around it.
 *
 * Syntax by RFC 5321 (dot-atom or quoted local part, 64 and 254 bytes), with
 * a real domain behind the @: no single labels, no addresses in numbers, no
 * comments. Dots and +tags are left alone: what they mean is the receiver's
 * business, and two people must never become one.
 */
#ifndef STANDARDISE_STANDARD_EMAIL_H
#define STANDARDISE_STANDARD_EMAIL_H

#include "lib/base/arena.h"
#include "src/standardise/standard_reason.h"

struct standard_email {
    struct str address; /* to show and to write to: local part as given,
                           domain lower case, in the letters it was given */
    struct str key;     /* for matching: lower case, domain as A-labels,
                           needless quotes taken off */
    struct str domain;  /* lower case, A-labels */
    const struct standard_reason *why; /* NULL when it is an address */
};

/*
 * False with `why` set, and no text, when `given` holds no address. Blanks
 * around it are forgiven; a line end or another control character is not: a
 * header made of such an address would be two.
 */
bool standard_email(struct arena *, struct str given, struct standard_email *)
    __attribute__((warn_unused_result));

#endif
