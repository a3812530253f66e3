/* erasure: see erasure.h. */
#include "src/lead/erasure.h"

#include <assert.h>

#include "src/workspace/cache.h"

/* Kinds of hash_key that nobody else has. */
enum { ERASED_EMAIL = 7401, ERASED_PHONE = 7402 };

static int
add_key(int kind, struct str text, int64_t *keys, int count)
{
    if (str_is_empty(text) || count == ERASURE_KEYS_MAX)
        return count;
    keys[count] = hash_key(kind, text);
    return count + 1;
}

int
erasure_keys(struct str email_key, struct str phone_key, int64_t *keys,
             int count)
{
    return add_key(ERASED_PHONE, phone_key, keys,
                   add_key(ERASED_EMAIL, email_key, keys, count));
}

int64_t
erasure_keyed(int64_t key)
{
    return vault_number("erased person", key);
}

/* In the order of keys. */
static struct id
find_key(const struct workspace_cache *cache, int64_t key)
{
    int low = 0;
    int high = cache->erased_count;

    while (low < high) {
        int middle = low + (high - low) / 2;
        if (cache->erased[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < cache->erased_count && cache->erased[low].key == key
             ? cache->erased[low].erasure
             : ID_NONE;
}

struct id
erasure_of_facts(struct work *w, const struct lead_facts *facts)
{
    const struct workspace_cache *cache = workspace_cache(w);
    int64_t keys[ERASURE_KEYS_MAX];
    struct id found = ID_NONE;

    if (cache == NULL || cache->erased_count == 0)
        return ID_NONE;
    int count = erasure_keys(facts->email_key, facts->phone_key, keys, 0);
    for (int i = 0; i < count && id_is_none(found); i++) {
        if (vault_is_started())
            found = find_key(cache, erasure_keyed(keys[i]));
        if (id_is_none(found)) /* from before, and not put under it yet */
            found = find_key(cache, keys[i]);
    }
    return found;
}

struct str
erasure_sentence(struct arena *arena, struct id erasure)
{
    return arena_format(arena,
                        "This person was erased, and no list brings him back. "
                        "Who may lifts that: POST /api/v1/erasures/%s/lift",
                        id_show(erasure).text);
}
