/* hash: see hash.h. */
#include "lib/base/hash.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hash
hash_of(struct str s)
{
    struct hash hash;

    crypto_generichash(hash.bytes, sizeof hash.bytes,
                       (const unsigned char *)s.data, s.bytes, NULL, 0);
    return hash;
}

bool
hash_equal(const struct hash *a, const struct hash *b)
{
    return sodium_memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

int64_t
hash_key(int64_t kind, struct str s)
{
    unsigned char key[crypto_shorthash_KEYBYTES] = "baton-hash-key";
    unsigned char out[crypto_shorthash_BYTES];
    int64_t value;

    memcpy(key + 8, &kind, sizeof kind);
    crypto_shorthash(out, (const unsigned char *)s.data, s.bytes, key);
    memcpy(&value, out, sizeof value);
    return value == 0 ? 1 : value;
}

void
hash_map_init(struct hash_map *map)
{
    *map = (struct hash_map){ 0 };
}

void
hash_map_free(struct hash_map *map)
{
    free(map->slots);
    hash_map_init(map);
}

void
hash_map_clear(struct hash_map *map)
{
    if (map->room > 0)
        memset(map->slots, 0, map->room * sizeof *map->slots);
    map->count = 0;
}

/* Fibonacci hashing: ids differ in their low bits, hashes everywhere. */
static size_t
home(const struct hash_map *map, int64_t key)
{
    return (uint64_t)key * UINT64_C(0x9e3779b97f4a7c15) >> 20 & (map->room - 1);
}

static struct hash_slot *
find(const struct hash_map *map, int64_t key)
{
    size_t i = home(map, key);

    while (map->slots[i].key != 0 && map->slots[i].key != key)
        i = (i + 1) & (map->room - 1);
    return &map->slots[i];
}

static void
grow(struct hash_map *map)
{
    struct hash_map larger = { .room = map->room == 0 ? 64 : map->room * 2 };

    larger.slots = calloc(larger.room, sizeof *larger.slots);
    if (larger.slots == NULL) {
        fputs("baton: out of memory\n", stderr);
        abort();
    }
    for (size_t i = 0; i < map->room; i++)
        if (map->slots[i].key != 0)
            *find(&larger, map->slots[i].key) = map->slots[i];
    larger.count = map->count;
    free(map->slots);
    *map = larger;
}

void
hash_map_put(struct hash_map *map, int64_t key, int64_t value)
{
    assert(key != 0 && value != 0);
    if (map->count * 4 >= map->room * 3)
        grow(map);

    struct hash_slot *slot = find(map, key);
    map->count += slot->key == 0;
    *slot = (struct hash_slot){ key, value };
}

int64_t
hash_map_get(const struct hash_map *map, int64_t key)
{
    return map->room == 0 || key == 0 ? 0 : find(map, key)->value;
}

/* Closes the gap, so that look-ups never meet a grave. */
void
hash_map_remove(struct hash_map *map, int64_t key)
{
    if (map->room == 0 || key == 0)
        return;

    size_t gap = (size_t)(find(map, key) - map->slots);
    if (map->slots[gap].key == 0)
        return;
    map->count--;
    for (size_t i = (gap + 1) & (map->room - 1); map->slots[i].key != 0;
         i = (i + 1) & (map->room - 1)) {
        size_t from_home = (i - home(map, map->slots[i].key)) & (map->room - 1);
        size_t from_gap = (i - gap) & (map->room - 1);
        if (from_home >= from_gap) {
            map->slots[gap] = map->slots[i];
            gap = i;
        }
    }
    map->slots[gap] = (struct hash_slot){ 0 };
}
