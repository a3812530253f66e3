/*
 * hash: digests of text, and a map from 64-bit keys.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "lib/base/arena.h"

enum { HASH_BYTES = 32 };

struct hash {
    unsigned char bytes[HASH_BYTES];
};

/* BLAKE2b-256 (RFC 7693). */
struct hash hash_of(struct str);
bool hash_equal(const struct hash *, const struct hash *); /* constant time */

/* SipHash-2-4 under a fixed key: the same on every node and for ever, so it
 * may be stored. `kind` keeps unlike things apart. */
int64_t hash_key(int64_t kind, struct str);

/* Open addressing from a non-zero key to a non-zero value. Owns its slots. */
struct hash_slot {
    int64_t key;
    int64_t value;
};

struct hash_map {
    struct hash_slot *slots;
    size_t count;
    size_t room; /* a power of two, or 0 */
};

void hash_map_init(struct hash_map *);
void hash_map_free(struct hash_map *);
void hash_map_put(struct hash_map *, int64_t key, int64_t value);
int64_t hash_map_get(const struct hash_map *, int64_t key); /* 0: absent */
void hash_map_remove(struct hash_map *, int64_t key);
void hash_map_clear(struct hash_map *);

#endif
