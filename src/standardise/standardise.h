/*
 * standardise: facts as they were given, brought into one shape. Nothing is
 * lost: what cannot be read stays as it was given and is noted, unless the
 * caller wants to hear of it (strict).
 */
#ifndef STANDARDISE_STANDARDISE_H
#define STANDARDISE_STANDARDISE_H

#include "src/lead/submission.h"

struct standardise_settings {
    bool strict;         /* a value without sense fails the unit (422) */
    struct str country;  /* of phone numbers without one; none: not known yet */
    struct str currency; /* of amounts without one */
    bool currency_is_of_workspace; /* and no mapping's, nor the lead's */
    bool phones_abroad; /* phone numbers begin with their country code, + or
                            not: 821012345678 */
};

/*
 * Reads the built-in fields of the object `given`; other names are left to
 * the submission. False only when strict, with a pointer below `at` for
 * every fault. Pure: needs no database.
 */
bool standardise(struct work *, const struct json *given, struct str at,
                 const struct standardise_settings *, struct lead_facts *);

/* The company behind given fields: the domains of a mail address and a site
 * that are nobody's free mail, and the name. */
struct account_clue standardise_company(struct arena *,
                                        const struct fact facts[],
                                        struct str email_key);

/* Money without a currency is in the workspace's: sets it, and returns true. */
bool standardise_currency(struct arena *, struct fact facts[],
                          struct str currency);

/* Reads the phone number that waited for a country. */
void standardise_phone(struct arena *, struct lead_facts *, struct str country);

#endif
