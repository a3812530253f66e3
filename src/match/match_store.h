/* match_store: the table of keys; for match.c. */
#ifndef MATCH_MATCH_STORE_H
#define MATCH_MATCH_STORE_H

#include "lib/base/hash.h"
#include "lib/jobs/work.h"

/* What a key is of; part of the hash, so they never change. */
enum key_kind {
    KEY_EMAIL = 1,
    KEY_PHONE = 2,
    KEY_DELIVERY = 3,
    KEY_DOMAIN = 4,
    KEY_COMPANY = 5,
};

/* The records under a key, oldest first. */
bool match_look_up(struct work *, int64_t key, struct id **records, int *count);

/* Some keys of the table, in order, that are greater than `after`. */
bool match_keys_after(struct work *, int64_t after, int most, int64_t **keys,
                      int *count);

/* For a lead that is not stored yet. */
bool match_add_new(struct work *, int64_t key, struct id lead);

/* Writes keys with their leads, in the order given. Unless it `repeats` none
 * is there already; which is sooner done. */
bool match_add_many(struct work *, const struct hash_slot *, int count,
                    bool repeats);

/* For a submission, which is new whatever its key. */
bool match_add_delivery(struct work *, int64_t key, struct id submission);

/* Adding what is there already changes nothing. */
bool match_add(struct work *, int64_t key, struct id record);

/* What is not there is removed already. */
bool match_remove(struct work *, int64_t key, struct id record);

/* has[i] becomes whether keys[i] leads to records[i]; for checking. */
bool match_has(struct work *, const int64_t *keys, const struct id *records,
               bool *has, int count);

#endif
