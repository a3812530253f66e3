/*
 * password: argon2id, 19 MiB and three passes, at most two at a time: more
 * would only take memory from the rest and time from each other.
 */
#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "src/access/access.h"

enum { PASSES = 3, MEMORY_BYTES = 19 * 1024 * 1024, AT_ONCE = 2 };

/* Places at the table; the process's, because its memory is. */
static struct {
    pthread_mutex_t mutex;
    pthread_cond_t freed;
    int taken;
} places = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 };

static void
place_take(void)
{
    pthread_mutex_lock(&places.mutex);
    while (places.taken == AT_ONCE)
        pthread_cond_wait(&places.freed, &places.mutex);
    places.taken++;
    pthread_mutex_unlock(&places.mutex);
}

static void
place_give(void)
{
    pthread_mutex_lock(&places.mutex);
    places.taken--;
    pthread_cond_signal(&places.freed);
    pthread_mutex_unlock(&places.mutex);
}

const char *
access_password_fault(struct str password)
{
    if (password.bytes < PASSWORD_BYTES_MIN)
        return "A password has 8 characters or more.";
    if (password.bytes > PASSWORD_BYTES_MAX)
        return "A password has 1,024 bytes at most.";
    return NULL;
}

struct str
access_password_hash(struct arena *arena, struct str password)
{
    char hash[crypto_pwhash_STRBYTES];

    assert(sodium_init() >= 0);
    place_take();
    int result =
        crypto_pwhash_str_alg(hash, password.data, password.bytes, PASSES,
                              MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13);
    place_give();
    if (result != 0)
        abort(); /* out of memory, as in the arena */
    return arena_str(arena, str_of(hash));
}

bool
access_password_fits(struct str hash, struct str password)
{
    char text[crypto_pwhash_STRBYTES] = { 0 };

    assert(sodium_init() >= 0);
    if (hash.bytes >= sizeof text || password.bytes > PASSWORD_BYTES_MAX)
        return false;
    for (size_t i = 0; i < hash.bytes; i++)
        text[i] = hash.data[i];
    place_take();
    const char *given = password.data == NULL ? "" : password.data;
    int result = crypto_pwhash_str_verify(text, given, password.bytes);
    place_give();
    return result == 0;
}
