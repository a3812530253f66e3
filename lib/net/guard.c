/*
 * guard: see guard.h. The ranges are the special-purpose registries of IANA
 * (RFC 6890 and its successors) as one table of text; an address that is no
 * IPv4 address and lies outside 2000::/3 is refused whatever the table says,
 * so that a range nobody has thought of yet is refused too.
 */
#include "lib/net/guard.h"

#include <assert.h>
#include <string.h>

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

static const struct guard_range *range_with(const struct guard_range *, size_t,
                                            const struct address *);

static bool
allow_parse(struct guard *guard, struct arena *arena, const char *const *allow,
            struct str *why)
{
    size_t count = 0;

    while (allow != NULL && allow[count] != NULL)
        count++;

    struct guard_range *ranges = ARENA_ARRAY(arena, struct guard_range, count);
    for (size_t i = 0; i < count; i++)
        if (!address_range_parse(str_of(allow[i]), &ranges[i].range)) {
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
        bool parsed =
            address_range_parse(str_of(special[i].range), &ranges[i].range);
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
    static const unsigned char four[12] = { [10] = 0xff, [11] = 0xff };
    struct address address;

    if (!address_of_socket(socket, bytes, &address))
        return "no internet address";
    if (range_with(guard->allowed, guard->allowed_count, &address) != NULL)
        return NULL;

    const struct guard_range *refused =
        range_with(guard->refused, guard->refused_count, &address);
    if (refused != NULL)
        return refused->kind;

    bool is_four = memcmp(address.bytes, four, sizeof four) == 0;
    bool is_global = (address.bytes[0] & 0xe0) == 0x20; /* 2000::/3 */
    return is_four || is_global ? NULL : "outside the public range";
}

static const struct guard_range *
range_with(const struct guard_range *ranges, size_t count,
           const struct address *address)
{
    for (size_t i = 0; i < count; i++)
        if (address_range_holds(&ranges[i].range, address))
            return &ranges[i];
    return NULL;
}
