/*
 * histogram: durations in buckets that grow with the duration, sixteen for
 * each doubling, so that a percentile is known within 1/32 (3.2 %) of itself
 * whatever its size.
 */
#ifndef INSIGHT_HISTOGRAM_H
#define INSIGHT_HISTOGRAM_H

#include <stdint.h>

/* Up to 2^40 ms, some 34 years; what is longer counts as that. */
enum { HISTOGRAM_BUCKETS = 592 };
#define HISTOGRAM_ERROR (1.0 / 32)

struct histogram {
    int64_t counts[HISTOGRAM_BUCKETS];
    int64_t total;
};

int histogram_bucket(int64_t ms);     /* less than 0 counts as 0 */
int64_t histogram_middle(int bucket); /* ms in the middle of it */

void histogram_add(struct histogram *, int bucket, int64_t n);

/* The duration that `percent` of all do not exceed (nearest rank); -1 when
 * there are none. */
int64_t histogram_percentile(const struct histogram *, int percent);

#endif
