/*
 * random: the only source of randomness. Secrets come from the operating
 * system (libsodium); decisions use a generator whose seed is recorded.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include "lib/base/arena.h"

/* Unpredictable bytes, for keys and tokens. */
void random_secret(void *out, size_t bytes);

/* `bytes` of secret as lower-case hexadecimal text. */
struct str random_token(struct arena *, size_t bytes);

/* xoshiro256**; Blackman and Vigna 2018. Same seed, same numbers. */
struct random {
    uint64_t state[4];
};

void random_init(struct random *, uint64_t seed);
uint64_t random_next(struct random *);

/* Uniform over 0 .. below-1, without bias; `below` > 0. */
uint64_t random_below(struct random *, uint64_t below);

#endif
