/*
 * match: whom do we know already? The same person, by e-mail address or
 * phone number (variants of one number are one), is the same lead; so is the
 * same id of the same source.
 */
#ifndef MATCH_MATCH_H
#define MATCH_MATCH_H

#include "lib/jobs/runner.h"
#include "src/account/account.h"
#include "src/lead/submission.h"

enum { MATCH_KEYS_MAX = 6 };

/* The keys by which facts may be recognised; for warming (struct work). */
int match_keys(const struct lead_facts *, struct str delivery_key,
               int64_t keys[MATCH_KEYS_MAX]);

/* The keys of a stored lead. */
int match_lead_keys(struct str email_key, struct str phone_key,
                    int64_t keys[MATCH_KEYS_MAX]);

/* Looks all keys of a group up at once, where a look-up is a round trip. */
bool match_warm(struct work *, struct unit *const *units, int count);

/* The keys of a stored account. */
int match_account_keys(struct str name_key, struct str domain,
                       int64_t keys[MATCH_KEYS_MAX]);

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

/* M3: what the lead was found by before, and is no more, is forgotten. */
bool match_let_go(struct work *, const struct lead *before,
                  const struct lead *);

/* Nobody is recognised by the lead's address and number any more. */
bool match_release(struct work *, struct lead *);

/* Its keys, and those of its deliveries, are in the table no more. One that
 * is still among the newest, in memory, leads to a shell that nobody is. */
bool match_forget(struct work *, const struct lead *,
                  const struct submission_row *, int count);

/* An account that is forgotten is found by nothing. */
bool match_forget_account(struct work *, const struct account *);

/* M1, for checking: found[i] says whether leads[i] is found by its address
 * and its number. */
bool match_are_found(struct work *, const struct lead *leads, int count,
                     bool *found);

/* M2, for checking: the same of accounts, by name_key and domain. */
bool match_accounts_are_found(struct work *, const struct account *, int count,
                              bool *found);

/*
 * M2: the lead gets the account of its company: that of the domain, else that
 * of the name. match_account makes one where there is none; the other looks
 * only. Facts without a company leave the lead without one.
 */
bool match_account(struct work *, struct lead *, const struct account_clue *);
bool match_account_find(struct work *, struct lead *,
                        const struct account_clue *);

/* M2: an account is found by its present name and domain: called whenever
 * one was changed by hand. */
bool match_account_remember(struct work *, const struct account *);

/* M2, for whoever adds an account: the one that has this domain or name
 * already, or NULL. */
bool match_account_same(struct work *, const struct account_clue *,
                        struct account **);

/* Takes over what the lead does not know yet, and gathers tags. True when
 * something was new. */
bool match_fill(struct arena *, struct lead *, const struct lead_facts *);

#endif
