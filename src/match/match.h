/*
 * match: whom do we know already? The same person, by e-mail address or
 * phone number (variants of one number are one), is the same lead; so is the
 * same id of the same source.
 */
#ifndef MATCH_MATCH_H
#define MATCH_MATCH_H

#include "lib/jobs/runner.h"
#include "src/lead/submission.h"

enum { MATCH_KEYS_MAX = 3 };

/* The keys by which facts may be recognised; for warming (struct work). */
int match_keys(const struct lead_facts *, struct str delivery_key,
               int64_t keys[MATCH_KEYS_MAX]);

/* The keys of a stored lead. */
int match_lead_keys(struct str email_key, struct str phone_key,
                    int64_t keys[MATCH_KEYS_MAX]);

/* Looks all keys of a group up at once, where a look-up is a round trip. */
bool match_warm(struct work *, struct unit *const *units, int count);

enum match_result {
    MATCH_FAILED, /* the unit has failed */
    MATCH_NONE,
    MATCH_PERSON,   /* somebody we know */
    MATCH_DELIVERY, /* the source's own id, with other content */
    MATCH_REPEAT,   /* the very same delivery once more */
};

/*
 * Looks for the lead of the same delivery of the same source, or of the same
 * person.
 */
enum match_result match_find(struct work *, const struct lead_facts *,
                             const struct submission *, struct lead *);

/* M1: every lead is found by its present e-mail address and phone number:
 * called whenever a lead is made or learns one. */
bool match_remember(struct work *, const struct lead *,
                    const struct lead_facts *, const struct submission *);

/* M1, for checking: found[i] says whether leads[i] is found by its address
 * and its number. */
bool match_are_found(struct work *, const struct lead *leads, int count,
                     bool *found);

/* Takes over what the lead does not know yet. True when something was new. */
bool match_fill(struct lead *, const struct lead_facts *);

#endif
