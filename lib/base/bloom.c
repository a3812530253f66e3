/* bloom: see bloom.h. */
#include "lib/base/bloom.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINE_WORDS = 8,
    LINE_BITS = LINE_WORDS * 64,
    BITS_A_KEY = 20,
    PROBES = 7, /* of nine bits each: as many as a word has */
    FIRST_LINES = 128,
    GROWTH = 3,
};

void
bloom_init(struct bloom *bloom)
{
    *bloom = (struct bloom){ 0 };
}

void
bloom_free(struct bloom *bloom)
{
    for (int i = 0; i < bloom->part_count; i++)
        free(bloom->parts[i].lines);
    bloom_init(bloom);
}

void
bloom_clear(struct bloom *bloom)
{
    bloom_free(bloom);
}

static struct bloom_part *
add_part(struct bloom *bloom)
{
    assert(bloom->part_count < BLOOM_PARTS_MAX);
    struct bloom_part *part = &bloom->parts[bloom->part_count];
    size_t lines =
        bloom->part_count == 0 ? FIRST_LINES : (part - 1)->line_count * GROWTH;

    part->line_count = lines;
    part->keys = 0;
    part->lines = calloc(lines, LINE_WORDS * sizeof *part->lines);
    if (part->lines == NULL)
        abort();
    bloom->part_count++;
    return part;
}

/* The last part, unless it is full; the last of all takes whatever comes. */
static struct bloom_part *
part_with_room(struct bloom *bloom)
{
    if (bloom->part_count == 0)
        return add_part(bloom);
    struct bloom_part *last = &bloom->parts[bloom->part_count - 1];
    bool full = last->keys >= last->line_count * (LINE_BITS / BITS_A_KEY);
    return full && bloom->part_count < BLOOM_PARTS_MAX ? add_part(bloom) : last;
}

/* All bits of a key choose the line: those of a part may be a narrow range,
 * for they often come in order. */
static uint64_t *
line_of(const struct bloom_part *part, int64_t key)
{
    uint64_t high = ((uint64_t)key * UINT64_C(0xd6e8feb86659fd93)) >> 32;

    return part->lines + ((high * part->line_count) >> 32) * LINE_WORDS;
}

static uint64_t
bits_of(int64_t key)
{
    return (uint64_t)key * UINT64_C(0x9e3779b97f4a7c15);
}

void
bloom_add(struct bloom *bloom, int64_t key)
{
    struct bloom_part *part = part_with_room(bloom);
    uint64_t *line = line_of(part, key);
    uint64_t bits = bits_of(key);

    for (int i = 0; i < PROBES; i++, bits >>= 9)
        line[(bits >> 6) & (LINE_WORDS - 1)] |= UINT64_C(1) << (bits & 63);
    part->keys++;
}

static bool
part_may_have(const struct bloom_part *part, int64_t key)
{
    const uint64_t *line = line_of(part, key);
    uint64_t bits = bits_of(key);

    for (int i = 0; i < PROBES; i++, bits >>= 9)
        if ((line[(bits >> 6) & (LINE_WORDS - 1)] >> (bits & 63) & 1) == 0)
            return false;
    return true;
}

bool
bloom_may_have(const struct bloom *bloom, int64_t key)
{
    for (int i = bloom->part_count - 1; i >= 0; i--)
        if (part_may_have(&bloom->parts[i], key))
            return true;
    return false;
}

size_t
bloom_bytes(const struct bloom *bloom)
{
    size_t lines = 0;

    for (int i = 0; i < bloom->part_count; i++)
        lines += bloom->parts[i].line_count;
    return lines * LINE_WORDS * sizeof(uint64_t);
}
