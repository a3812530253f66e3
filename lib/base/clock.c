/* clock: see clock.h. */
#include "lib/base/clock.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t test_now_ms; /* 0: the real clock */

int64_t
clock_now_ms(void)
{
    int64_t test = atomic_load(&test_now_ms);

    return test != 0 ? test : clock_real_ms();
}

int64_t
clock_real_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
clock_monotonic_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
clock_processor_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void
clock_test_begin(int64_t now_ms)
{
    atomic_store(&test_now_ms, now_ms);
}

bool
clock_is_test(void)
{
    return atomic_load(&test_now_ms) != 0;
}

void
clock_test_advance(int64_t by_ms)
{
    atomic_fetch_add(&test_now_ms, by_ms);
}
