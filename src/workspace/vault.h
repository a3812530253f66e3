/*
 * vault: secrets that must be given back as they were (to sign with, to check
 * with) are stored sealed, under a key that is in no database and no backup.
 * What need only be compared is stored as a hash, and is not for here.
 *
 * The key is the instance's, read once before anything runs.
 */
#ifndef WORKSPACE_VAULT_H
#define WORKSPACE_VAULT_H

#include "lib/jobs/work.h"

/*
 * Reads the key from the file: 64 hexadecimal digits. `make`: writes a new one
 * when there is no such file, readable by its owner alone. False with `*why`.
 */
bool vault_start(struct arena *, const char *path, bool make, struct str *why);
void vault_stop(void);
bool vault_is_started(void);

/* "sealed:1a2b3c4d:..."; the digits tell keys apart. `purpose` is a constant:
 * what was sealed for one is not opened for another. */
struct str vault_seal(struct arena *, const char *purpose, struct str plain);
bool vault_is_sealed(struct str stored);

/* What is not sealed is given back as it is. False: it was sealed with another
 * key, or is damaged, or there is no key. */
bool vault_open(struct arena *, const char *purpose, struct str stored,
                struct str *plain);

/* A number that only who has the key can make of the other: for what is stored
 * to be recognised, and must not be guessed. The vault is started. */
int64_t vault_number(const char *purpose, int64_t plain);

/* Tells keys apart: 8 digits; "" without a key. */
struct str vault_key_name(void);

/* What a look over stored secrets has found. */
struct vault_count {
    int64_t checked;
    int64_t plain; /* from before there was a vault; sealed when that was asked
                      for */
    int64_t lost;  /* cannot be opened */
};

/* Counts one; `*again` is what to store in its place, or STR_NONE. */
void vault_look(struct arena *, const char *purpose, struct str stored,
                bool seal, struct vault_count *, struct str *again);

#endif
