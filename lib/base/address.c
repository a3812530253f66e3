/* address: see address.h. */
#include "lib/base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

enum { MAPPED_BYTES = 12, MAPPED_BITS = 96, BITS = 128 };

static const unsigned char mapped_prefix[MAPPED_BYTES] = {
    [10] = 0xff, [11] = 0xff
};

bool
address_of_socket(const struct sockaddr *socket, size_t bytes,
                  struct address *address)
{
    struct sockaddr_in four;
    struct sockaddr_in6 six;

    if (bytes < sizeof socket->sa_family)
        return false;
    if (socket->sa_family == AF_INET && bytes >= sizeof four) {
        memcpy(&four, socket, sizeof four);
        memcpy(address->bytes, mapped_prefix, MAPPED_BYTES);
        memcpy(address->bytes + MAPPED_BYTES, &four.sin_addr, 4);
        return true;
    }
    if (socket->sa_family == AF_INET6 && bytes >= sizeof six) {
        memcpy(&six, socket, sizeof six);
        memcpy(address->bytes, &six.sin6_addr, sizeof address->bytes);
        return true;
    }
    return false;
}

static bool
is_four(const struct address *address)
{
    return memcmp(address->bytes, mapped_prefix, MAPPED_BYTES) == 0;
}

bool
address_parse(struct str s, struct address *address)
{
    char text[INET6_ADDRSTRLEN];

    if (s.bytes == 0 || s.bytes >= sizeof text || str_find_char(s, '\0') >= 0)
        return false;
    memcpy(text, s.data, s.bytes);
    text[s.bytes] = '\0';
    if (inet_pton(AF_INET, text, address->bytes + MAPPED_BYTES) == 1) {
        memcpy(address->bytes, mapped_prefix, MAPPED_BYTES);
        return true;
    }
    return inet_pton(AF_INET6, text, address->bytes) == 1;
}

struct str
address_show(struct arena *arena, const struct address *address)
{
    char text[INET6_ADDRSTRLEN] = "";

    if (is_four(address))
        inet_ntop(AF_INET, address->bytes + MAPPED_BYTES, text, sizeof text);
    else
        inet_ntop(AF_INET6, address->bytes, text, sizeof text);
    return arena_str(arena, str_of(text));
}

struct str
address_digits(struct arena *arena, const struct address *address)
{
    static const char digits[] = "0123456789abcdef";
    char *key = arena_alloc(arena, 2 * sizeof address->bytes);

    for (size_t i = 0; i < sizeof address->bytes; i++) {
        key[2 * i] = digits[address->bytes[i] >> 4];
        key[2 * i + 1] = digits[address->bytes[i] & 15];
    }
    return (struct str){ key, 2 * sizeof address->bytes };
}

bool
address_is_loopback(const struct address *address)
{
    static const struct address six = { .bytes = { [15] = 1 } };

    return is_four(address) ? address->bytes[MAPPED_BYTES] == 127
                            : memcmp(address, &six, sizeof six) == 0;
}

/* The first `bits` of both are the same. */
static bool
begin_alike(const struct address *one, const struct address *other, int bits)
{
    size_t whole = (size_t)bits / 8;
    int rest = bits % 8;

    if (memcmp(one->bytes, other->bytes, whole) != 0)
        return false;
    return rest == 0
        || (one->bytes[whole] ^ other->bytes[whole]) >> (8 - rest) == 0;
}

bool
address_range_holds(const struct address_range *range,
                    const struct address *address)
{
    return begin_alike(&range->first, address, range->bits);
}

struct address
address_range_last(const struct address_range *range)
{
    struct address last = range->first;

    for (int bit = range->bits; bit < BITS; bit++)
        last.bytes[bit / 8] |= (unsigned char)(1 << (7 - bit % 8));
    return last;
}

static bool
is_zero_behind(const struct address_range *range)
{
    for (int bit = range->bits; bit < BITS; bit++)
        if (range->first.bytes[bit / 8] >> (7 - bit % 8) & 1)
            return false;
    return true;
}

bool
address_range_parse(struct str s, struct address_range *range)
{
    ptrdiff_t slash = str_find_char(s, '/');
    size_t end = slash < 0 ? s.bytes : (size_t)slash;

    if (!address_parse(str_slice(s, 0, end), &range->first))
        return false;
    bool four = str_find_char(s, ':') < 0;
    int64_t bits_max = four ? BITS - MAPPED_BITS : BITS;
    int64_t bits = bits_max;
    if (slash >= 0 && !str_to_int64(str_slice(s, end + 1, s.bytes), &bits))
        return false;
    if (bits < 0 || bits > bits_max)
        return false;
    range->bits = (int)bits + (four ? MAPPED_BITS : 0);
    return is_zero_behind(range);
}
