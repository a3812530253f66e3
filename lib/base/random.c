/* random: see random.h. */
#include "lib/base/random.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

void
random_secret(void *out, size_t bytes)
{
    if (sodium_init() < 0)
        abort();
    randombytes_buf(out, bytes);
}

struct str
random_token(struct arena *arena, size_t bytes)
{
    unsigned char *secret = arena_alloc(arena, bytes);
    char *hex = arena_alloc(arena, bytes * 2 + 1);

    random_secret(secret, bytes);
    sodium_bin2hex(hex, bytes * 2 + 1, secret, bytes);
    sodium_memzero(secret, bytes);
    return (struct str){ hex, bytes * 2 };
}

/* SplitMix64, as the authors of xoshiro advise for seeding. */
void
random_init(struct random *random, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        uint64_t z = (seed += UINT64_C(0x9e3779b97f4a7c15));
        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        random->state[i] = z ^ z >> 31;
    }
}

static uint64_t
rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

uint64_t
random_next(struct random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

uint64_t
random_below(struct random *random, uint64_t below)
{
    assert(below > 0);

    uint64_t skewed = (0 - below) % below; /* these low values come too often */
    uint64_t n;
    do
        n = random_next(random);
    while (n < skewed);
    return n % below;
}
