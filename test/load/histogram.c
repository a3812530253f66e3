/* histogram: see histogram.h. */
#include "test/load/histogram.h"

static int
slot_of(uint64_t us)
{
    int shift = 0;

    if (us >= 2 * HISTOGRAM_STEPS)
        shift = 57 - __builtin_clzll(us); /* leaves 64 to 127 */
    int slot = shift * HISTOGRAM_STEPS + (int)(us >> shift);
    return slot < HISTOGRAM_SLOTS ? slot : HISTOGRAM_SLOTS - 1;
}

static int64_t
highest_us(int slot)
{
    if (slot < 2 * HISTOGRAM_STEPS)
        return slot;
    int shift = slot / HISTOGRAM_STEPS - 1;
    int64_t step = slot - shift * HISTOGRAM_STEPS;
    return ((step + 1) << shift) - 1;
}

void
histogram_add(struct histogram *h, int64_t us)
{
    if (us < 0)
        us = 0;
    h->slots[slot_of((uint64_t)us)]++;
    h->count++;
    if (us > h->max_us)
        h->max_us = us;
}

int64_t
histogram_percentile_us(const struct histogram *h, double share)
{
    uint64_t wanted = (uint64_t)(share * (double)h->count);
    uint64_t seen = 0;

    for (int i = 0; i < HISTOGRAM_SLOTS; i++) {
        seen += h->slots[i];
        if (seen > wanted) {
            int64_t us = highest_us(i);
            return us < h->max_us ? us : h->max_us;
        }
    }
    return h->max_us;
}
