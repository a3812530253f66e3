/*
 * guard: see guard.h. The ranges are the special-purpose registries of IANA
 * (RFC 6890 and its successors) as one table of text; an address that is no
 * IPv4 address and lies outside 2000::/3 is refused whatever the table says,
 * so that a range nobody has thought of yet is refused too.
 */
#include "lib/net/guard.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

enum { MAPPED_BITS = 96 };

static const unsigned char mapped_prefix[12] = { [10] = 0xff, [11] = 0xff };

/* The first row that holds an address names it. */
static const struct {
    const char *range;
    const char *kind;
} special[] = {
    { "0.0.0.0/8", "this host" },
    { "10.0.0.0/8", "private" },
    { "100.64.0.0/10", "shared with a provider's customers" },
    { "127.0.0.0/8", "loopback" },
    { "169.254.0.0/16", "link-local" }, /* cloud metadata live here */
    { "172.16.0.0/12", "private" },
    { "192.0.0.0/24", "protocol assignment" },
    { "192.0.2.0/24", "documentation" },
    { "192.88.99.0/24", "6to4 relay" },
    { "192.168.0.0/16", "private" },
    { "198.18.0.0/15", "benchmark" },
    { "198.51.100.0/24", "documentation" },
    { "203.0.113.0/24", "documentation" },
    { "224.0.0.0/4", "multicast" },
    { "240.0.0.0/4", "reserved" }, /* and broadcast */

    { "::/128", "this host" },
    { "::1/128", "loopback" },
    { "::/96", "IPv4-compatible" },
    { "64:ff9b::/96", "NAT64" },
    { "64:ff9b:1::/48", "NAT64" },
    { "100::/64", "discarded" },
    { "2001::/32", "Teredo" },
    { "2001:db8::/32", "documentation" },
    { "2001::/23", "protocol assignment" },
    { "2002::/16", "6to4" },
    { "3fff::/20", "documentation" },
    { "5f00::/16", "segment routing" },
    { "fc00::/7", "private" },
    { "fe80::/10", "link-local" },
    { "fec0::/10", "private" }, /* site-local, given up but still routed */
    { "ff00::/8", "multicast" },
};

enum { SPECIAL_COUNT = sizeof special / sizeof special[0] };

static bool range_parse(struct arena *, struct str, struct guard_range *);
static bool address_of(const struct sockaddr *, size_t, unsigned char out[16]);
static const struct guard_range *range_with(const struct guard_range *, size_t,
                                            const unsigned char[16]);

static bool
allow_parse(struct guard *guard, struct arena *arena, const char *const *allow,
            struct str *why)
{
    size_t count = 0;

    while (allow != NULL && allow[count] != NULL)
        count++;

    struct guard_range *ranges = ARENA_ARRAY(arena, struct guard_range, count);
    for (size_t i = 0; i < count; i++)
        if (!range_parse(arena, str_of(allow[i]), &ranges[i])) {
            *why = arena_format(arena,
                                "\"%s\" is no range of addresses; write it as "
                                "10.1.0.0/16 or fd00:1::/32",
                                allow[i]);
            return false;
        }
    guard->allowed = ranges;
    guard->allowed_count = count;
    return true;
}

bool
guard_init(struct guard *guard, struct arena *arena, const char *const *allow,
           struct str *why)
{
    struct guard_range *ranges =
        ARENA_ARRAY(arena, struct guard_range, SPECIAL_COUNT);

    for (size_t i = 0; i < SPECIAL_COUNT; i++) {
        bool parsed = range_parse(arena, str_of(special[i].range), &ranges[i]);
        assert(parsed);
        ranges[i].kind = special[i].kind;
    }
    guard->refused = ranges;
    guard->refused_count = SPECIAL_COUNT;
    return allow_parse(guard, arena, allow, why);
}

const char *
guard_refusal(const struct guard *guard, const struct sockaddr *socket,
              size_t bytes)
{
    unsigned char address[16];

    if (!address_of(socket, bytes, address))
        return "no internet address";
    if (range_with(guard->allowed, guard->allowed_count, address) != NULL)
        return NULL;

    const struct guard_range *refused =
        range_with(guard->refused, guard->refused_count, address);
    if (refused != NULL)
        return refused->kind;

    bool is_mapped = memcmp(address, mapped_prefix, sizeof mapped_prefix) == 0;
    bool is_global = (address[0] & 0xe0) == 0x20; /* 2000::/3 */
    return is_mapped || is_global ? NULL : "outside the public range";
}

/* Both families in one shape: the kernel connects ::ffff:a.b.c.d to a.b.c.d,
 * so they must be judged alike. */
static bool
address_of(const struct sockaddr *socket, size_t bytes, unsigned char out[16])
{
    struct sockaddr_in four;
    struct sockaddr_in6 six;

    if (bytes < sizeof socket->sa_family)
        return false;
    if (socket->sa_family == AF_INET && bytes >= sizeof four) {
        memcpy(&four, socket, sizeof four);
        memcpy(out, mapped_prefix, sizeof mapped_prefix);
        memcpy(out + sizeof mapped_prefix, &four.sin_addr, 4);
        return true;
    }
    if (socket->sa_family == AF_INET6 && bytes >= sizeof six) {
        memcpy(&six, socket, sizeof six);
        memcpy(out, &six.sin6_addr, 16);
        return true;
    }
    return false;
}

static bool
bit_is_set(const unsigned char address[16], int bit)
{
    return (address[bit / 8] >> (7 - bit % 8) & 1) != 0;
}

static bool
range_holds(const struct guard_range *range, const unsigned char address[16])
{
    for (int bit = 0; bit < range->bits; bit++)
        if (bit_is_set(range->address, bit) != bit_is_set(address, bit))
            return false;
    return true;
}

static const struct guard_range *
range_with(const struct guard_range *ranges, size_t count,
           const unsigned char address[16])
{
    for (size_t i = 0; i < count; i++)
        if (range_holds(&ranges[i], address))
            return &ranges[i];
    return NULL;
}

/* An address with or without "/bits"; nothing may follow the prefix. */
static bool
range_parse(struct arena *arena, struct str s, struct guard_range *range)
{
    ptrdiff_t slash = str_find_char(s, '/');
    size_t end = slash < 0 ? s.bytes : (size_t)slash;
    const char *address = arena_cstr(arena, str_slice(s, 0, end));
    bool is_four = inet_pton(AF_INET, address, range->address + 12) == 1;
    int64_t bits = is_four ? 32 : 128;
    int64_t bits_max = bits;

    if (is_four)
        memcpy(range->address, mapped_prefix, sizeof mapped_prefix);
    else if (inet_pton(AF_INET6, address, range->address) != 1)
        return false;
    if (slash >= 0 && !str_to_int64(str_slice(s, end + 1, s.bytes), &bits))
        return false;
    if (bits < 0 || bits > bits_max)
        return false;

    range->bits = (int)bits + (is_four ? MAPPED_BITS : 0);
    for (int bit = range->bits; bit < 128; bit++)
        if (bit_is_set(range->address, bit))
            return false;
    return true;
}
