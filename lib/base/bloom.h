/*
 * bloom: a set that remembers 64-bit keys in a few bits each and says of a key
 * "surely never added" or "perhaps" (Bloom 1970; the bits of one key stand in
 * one line of the processor's cache, as in Putze, Sanders, Singler 2007). Of
 * keys that were never added some in a thousand are a "perhaps".
 *
 * Nothing can be taken out. It grows by itself: a full part stays, and one of
 * three times its room is put beside it.
 */
#ifndef BASE_BLOOM_H
#define BASE_BLOOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BLOOM_PARTS_MAX = 12 };

struct bloom {
    struct bloom_part {
        uint64_t *lines; /* owned; a line is eight words */
        size_t line_count;
        size_t keys; /* added to this part */
    } parts[BLOOM_PARTS_MAX];
    int part_count;
};

void bloom_init(struct bloom *);
void bloom_free(struct bloom *);
void bloom_clear(struct bloom *); /* as after bloom_init */

/* Keys are digests: each of their bits is as good as the other. */
void bloom_add(struct bloom *, int64_t key);
bool bloom_may_have(const struct bloom *, int64_t key);

size_t bloom_bytes(const struct bloom *); /* of memory */

#endif
