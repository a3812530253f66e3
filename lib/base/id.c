/* id: see id.h. */
#include "lib/base/id.h"

#include <assert.h>
#include <string.h>

enum {
    NODE_BITS = 10,
    SEQUENCE_BITS = 11,
    TIME_SHIFT = NODE_BITS + SEQUENCE_BITS,
    CHARACTER_BITS = 5,
};

static const int64_t EPOCH_MS = 1577836800000; /* 2020-01-01T00:00:00Z */
static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

bool
id_is_none(struct id id)
{
    return id.value == 0;
}

bool
id_equal(struct id a, struct id b)
{
    return a.value == b.value;
}

int
id_compare(struct id a, struct id b)
{
    return (a.value > b.value) - (a.value < b.value);
}

struct id_text
id_show(struct id id)
{
    struct id_text shown = { 0 };
    uint64_t left = (uint64_t)id.value;

    for (int i = ID_TEXT_BYTES - 1; i >= 0; i--) {
        shown.text[i] = alphabet[left & 31];
        left >>= CHARACTER_BITS;
    }
    return shown;
}

bool
id_parse(struct str s, struct id *id)
{
    uint64_t value = 0;

    if (s.bytes != ID_TEXT_BYTES || s.data[0] > '7')
        return false;
    for (size_t i = 0; i < s.bytes; i++) {
        const char *at = memchr(alphabet, s.data[i], sizeof alphabet - 1);
        if (at == NULL)
            return false;
        value = value << CHARACTER_BITS | (uint64_t)(at - alphabet);
    }
    id->value = (int64_t)value;
    return value != 0;
}

void
id_maker_init(struct id_maker *maker, uint32_t node, uint32_t lane,
              uint32_t lanes)
{
    assert(node < ID_NODES && lanes > 0 && lane < lanes);
    *maker = (struct id_maker){ .node = node, .lane = lane, .lanes = lanes };
}

void
id_maker_begin(struct id_maker *maker, int64_t ms)
{
    if (ms <= maker->last_ms)
        return;
    maker->last_ms = ms;
    maker->sequence = UINT32_MAX; /* the next one is 0 */
}

struct id
id_next(struct id_maker *maker, int64_t now_ms)
{
    const uint32_t room = (UINT32_C(1) << SEQUENCE_BITS) / maker->lanes;

    if (now_ms > maker->last_ms) {
        maker->last_ms = now_ms;
        maker->sequence = 0;
    } else if (++maker->sequence == room) {
        maker->last_ms++; /* a full millisecond borrows from the next */
        maker->sequence = 0;
    }

    int64_t at = maker->last_ms - EPOCH_MS;
    assert(at > 0);
    return (struct id){ at << TIME_SHIFT | (int64_t)maker->node << SEQUENCE_BITS
                        | (maker->lane * room + maker->sequence) };
}

int64_t
id_time_ms(struct id id)
{
    return (id.value >> TIME_SHIFT) + EPOCH_MS;
}

uint32_t
id_node(struct id id)
{
    return (uint32_t)(id.value / ID_NODE_UNIT % ID_NODES);
}

struct id
id_at(int64_t ms)
{
    return (struct id){ ms <= EPOCH_MS ? 1 : (ms - EPOCH_MS) << TIME_SHIFT };
}
