/*
 * condition_eval: the answer of a condition in memory. Nothing is allocated,
 * nothing is folded here: constants were folded when the condition was read,
 * facts when the lead was.
 */
#include <string.h>

#include "lib/rules/condition_node.h"

static bool
holds(const struct condition *c, const struct fact *facts, int64_t now_ms)
{
    return c->eval(c, facts, now_ms) != c->negated;
}

bool
condition_true(const struct condition *c, const struct fact *facts,
               int64_t now_ms)
{
    return holds(c, facts, now_ms);
}

bool
condition_eval_all(const struct condition *c, const struct fact *facts,
                   int64_t now_ms)
{
    for (int i = 0; i < c->group.count; i++)
        if (!holds(&c->group.items[i], facts, now_ms))
            return false;
    return true;
}

bool
condition_eval_any(const struct condition *c, const struct fact *facts,
                   int64_t now_ms)
{
    for (int i = 0; i < c->group.count; i++)
        if (holds(&c->group.items[i], facts, now_ms))
            return true;
    return false;
}

/* ---- Numbers, times, ids, truths ---- */

bool
condition_eval_unknown(const struct condition *c, const struct fact *facts,
                       int64_t now_ms)
{
    (void)now_ms;
    return !facts[c->field].known;
}

bool
condition_eval_range(const struct condition *c, const struct fact *facts,
                     int64_t now_ms)
{
    const struct fact *fact = &facts[c->field];

    (void)now_ms;
    return fact->known && fact->number >= c->range.low
        && fact->number <= c->range.high;
}

bool
condition_eval_last(const struct condition *c, const struct fact *facts,
                    int64_t now_ms)
{
    const struct fact *fact = &facts[c->field];

    return fact->known && fact->number >= now_ms - c->last_ms
        && fact->number <= now_ms;
}

bool
condition_eval_numbers(const struct condition *c, const struct fact *facts,
                       int64_t now_ms)
{
    const struct fact *fact = &facts[c->field];
    const int64_t *low = c->numbers.items;
    size_t left = (size_t)c->numbers.count;

    (void)now_ms;
    while (left > 1) {
        size_t half = left / 2;
        low = low[half] <= fact->number ? low + half : low;
        left -= half;
    }
    return fact->known && *low == fact->number;
}

/* ---- Text ---- */

/* A multiplication for each eight bytes. Who fills a list is its only victim
 * if it is made to collide, and lists are short. */
uint32_t
condition_text_hash(struct str s)
{
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t h = s.bytes * odd;
    size_t i = 0;
    uint64_t word;

    for (; i + sizeof word <= s.bytes; i += sizeof word) {
        memcpy(&word, s.data + i, sizeof word);
        h = (h ^ word) * odd;
        h ^= h >> 32;
    }
    word = 0;
    for (; i < s.bytes; i++)
        word = word << 8 | (unsigned char)s.data[i];
    h = (h ^ word) * odd;
    return (uint32_t)(h >> 32);
}

static bool
same(struct str a, struct str b)
{
    return a.bytes == b.bytes && memcmp(a.data, b.data, a.bytes) == 0;
}

static bool
text_in(const struct condition_texts *texts, struct str s)
{
    if (s.bytes > texts->bytes_max || s.bytes == 0)
        return false;
    if (texts->places == NULL) {
        for (int i = 0; i < texts->count; i++)
            if (same(texts->items[i], s))
                return true;
        return false;
    }

    uint32_t at = condition_text_hash(s) & texts->places_mask;
    for (; texts->places[at] != 0; at = (at + 1) & texts->places_mask)
        if (same(texts->items[texts->places[at] - 1], s))
            return true;
    return false;
}

/* What is compared: no bytes at all when nothing is known, and no constant
 * is empty, so a missing text is equal to none. */
static struct str
text_of(const struct condition *c, const struct fact *facts)
{
    const struct fact *fact = &facts[c->field];

    return fact->known ? fact->folded : STR_NONE;
}

bool
condition_eval_text_empty(const struct condition *c, const struct fact *facts,
                          int64_t now_ms)
{
    (void)now_ms;
    return text_of(c, facts).bytes == 0;
}

bool
condition_eval_text_is(const struct condition *c, const struct fact *facts,
                       int64_t now_ms)
{
    (void)now_ms;
    return same(c->text, text_of(c, facts));
}

bool
condition_eval_text_any(const struct condition *c, const struct fact *facts,
                        int64_t now_ms)
{
    (void)now_ms;
    return text_in(&c->texts, text_of(c, facts));
}

/* Most texts are names and addresses, where the library's search would take
 * longer to prepare than this takes to finish. */
static bool
short_contains(struct str s, struct str part)
{
    for (size_t i = 0; i + part.bytes <= s.bytes; i++)
        if (s.data[i] == part.data[0]
            && memcmp(s.data + i, part.data, part.bytes) == 0)
            return true;
    return false;
}

bool
condition_eval_text_contains(const struct condition *c,
                             const struct fact *facts, int64_t now_ms)
{
    enum { SHORT_BYTES = 64 };
    struct str s = text_of(c, facts);

    (void)now_ms;
    return s.bytes <= SHORT_BYTES ? short_contains(s, c->text)
                                  : str_find(s, c->text) >= 0;
}

static bool
starts(struct str s, struct str part)
{
    return s.bytes >= part.bytes && memcmp(s.data, part.data, part.bytes) == 0;
}

bool
condition_eval_text_starts(const struct condition *c, const struct fact *facts,
                           int64_t now_ms)
{
    (void)now_ms;
    return starts(text_of(c, facts), c->text);
}

bool
condition_eval_text_ends(const struct condition *c, const struct fact *facts,
                         int64_t now_ms)
{
    struct str s = text_of(c, facts);

    (void)now_ms;
    return s.bytes >= c->text.bytes
        && memcmp(s.data + s.bytes - c->text.bytes, c->text.data, c->text.bytes)
               == 0;
}

/* Codes nest with hyphens: KR-11 lies within KR. */
bool
condition_eval_text_within(const struct condition *c, const struct fact *facts,
                           int64_t now_ms)
{
    struct str s = text_of(c, facts);

    (void)now_ms;
    return starts(s, c->text)
        && (s.bytes == c->text.bytes || s.data[c->text.bytes] == '-');
}

/* ---- Internet addresses ---- */

bool
condition_eval_ranges(const struct condition *c, const struct fact *facts,
                      int64_t now_ms)
{
    struct address address;

    (void)now_ms;
    if (!address_parse(text_of(c, facts), &address))
        return false;
    for (int i = 0; i < c->ranges.count; i++)
        if (address_range_holds(&c->ranges.items[i], &address))
            return true;
    return false;
}

/* ---- Tags ---- */

bool
condition_eval_tags_empty(const struct condition *c, const struct fact *facts,
                          int64_t now_ms)
{
    const struct fact *fact = &facts[c->field];

    (void)now_ms;
    return !fact->known || fact->tag_count == 0;
}

bool
condition_eval_tags_any(const struct condition *c, const struct fact *facts,
                        int64_t now_ms)
{
    const struct fact *fact = &facts[c->field];

    (void)now_ms;
    if (!fact->known)
        return false;
    for (int i = 0; i < fact->tag_count; i++)
        if (text_in(&c->texts, fact->tags[i]))
            return true;
    return false;
}

/* ---- Why it is false ---- */

static const struct condition *miss_of(const struct condition *, bool wanted,
                                       const struct fact *, int64_t now_ms);

/* The first of a group that does not answer as wanted; the group answers
 * wrongly, so there is one unless the group is empty. */
static const struct condition *
miss_in_group(const struct condition *c, bool wanted, const struct fact *facts,
              int64_t now_ms)
{
    for (int i = 0; i < c->group.count; i++) {
        const struct condition *item = &c->group.items[i];
        if (holds(item, facts, now_ms) != wanted)
            return miss_of(item, wanted, facts, now_ms);
    }
    return NULL;
}

/* `wanted` passes through `not` as its opposite. */
static const struct condition *
miss_of(const struct condition *c, bool wanted, const struct fact *facts,
        int64_t now_ms)
{
    if (c->op != NULL || c->stands_for != NULL)
        return c;
    return miss_in_group(c, wanted != c->negated, facts, now_ms);
}

bool
condition_first_miss(const struct condition *c, const struct fact *facts,
                     int64_t now_ms, struct condition_miss *miss)
{
    *miss = (struct condition_miss){ .field = -1 };
    if (holds(c, facts, now_ms))
        return false;

    const struct condition *leaf = miss_of(c, true, facts, now_ms);
    if (leaf != NULL)
        *miss = (struct condition_miss){
            leaf->field,
            leaf->stands_for != NULL ? leaf->stands_for->name : leaf->op->name,
            leaf->value,
        };
    return true;
}
