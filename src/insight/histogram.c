/* histogram: see histogram.h. */
#include "src/insight/histogram.h"

enum { PARTS_BITS = 4, PARTS = 1 << PARTS_BITS };

int
histogram_bucket(int64_t ms)
{
    if (ms < PARTS)
        return ms < 0 ? 0 : (int)ms;

    int doublings = 63 - __builtin_clzll((unsigned long long)ms) - PARTS_BITS;
    int bucket =
        (doublings + 1) * PARTS + (int)((ms >> doublings) & (PARTS - 1));
    return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

int64_t
histogram_middle(int bucket)
{
    if (bucket < PARTS)
        return bucket;

    int doublings = bucket / PARTS - 1;
    int64_t least = (int64_t)(PARTS + bucket % PARTS) << doublings;
    return least + ((INT64_C(1) << doublings) >> 1);
}

void
histogram_add(struct histogram *histogram, int bucket, int64_t n)
{
    histogram->counts[bucket] += n;
    histogram->total += n;
}

int64_t
histogram_percentile(const struct histogram *histogram, int percent)
{
    int64_t rank = (histogram->total * percent + 99) / 100;
    int64_t below = 0;

    for (int i = 0; i < HISTOGRAM_BUCKETS; i++) {
        below += histogram->counts[i];
        if (below >= rank && below > 0)
            return histogram_middle(i);
    }
    return -1;
}
