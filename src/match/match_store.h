/* match_store: the table of keys; for match.c. */
#ifndef MATCH_MATCH_STORE_H
#define MATCH_MATCH_STORE_H

#include "lib/jobs/work.h"

/* The records under a key, oldest first. */
bool match_look_up(struct work *, int64_t key, struct id **records,
                   int *count);

/* For a record that cannot have the key yet. */
bool match_add_new(struct work *, int64_t key, struct id record);

/* Adding what is there already changes nothing. */
bool match_add(struct work *, int64_t key, struct id record);

/* has[i] becomes whether keys[i] leads to records[i]; for checking. */
bool match_has(struct work *, const int64_t *keys, const struct id *records,
               bool *has, int count);

#endif
