/*
 * histogram: counts of durations, kept to within two percent over the whole
 * range, so that a percentile of millions of them costs no memory.
 */
#ifndef LOAD_HISTOGRAM_H
#define LOAD_HISTOGRAM_H

#include <stdint.h>

/* 64 steps to each doubling of microseconds, up to more than a day. */
enum { HISTOGRAM_STEPS = 64, HISTOGRAM_SLOTS = HISTOGRAM_STEPS * 32 };

struct histogram {
    uint64_t slots[HISTOGRAM_SLOTS];
    uint64_t count;
    int64_t max_us;
};

void histogram_add(struct histogram *, int64_t us);

/* The duration that `share` (0 to 1) of all did not exceed; 0 of none. */
int64_t histogram_percentile_us(const struct histogram *, double share);

#endif
