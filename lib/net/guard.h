/*
 * guard: which addresses may be connected to. It judges the address of the
 * socket, not the spelling of a host: 127.1, 0x7f000001, ::ffff:127.0.0.1 and
 * a name that resolves to any of them are one address here, and a name that
 * changes its mind between look-up and connection changes nothing.
 *
 * It resolves nothing and opens nothing.
 */
#ifndef NET_GUARD_H
#define NET_GUARD_H

#include "lib/base/address.h"

struct guard_range {
    struct address_range range;
    const char *kind; /* what it is: "loopback"; NULL for an operator's own */
};

struct guard {
    const struct guard_range *refused; /* the special ranges; the arena's */
    size_t refused_count;
    const struct guard_range *allowed; /* the operator's; the arena's */
    size_t allowed_count;
};

/*
 * `allow`: ranges the operator opens although they are special, as "10.0.0.0/8"
 * or "::1"; ends with NULL; NULL: none. False with `*why` when one is no range
 * (bits behind the prefix must be zero, so that a slip is seen).
 * The guard lives as long as the arena and never changes.
 */
bool guard_init(struct guard *, struct arena *, const char *const *allow,
                struct str *why);

/*
 * NULL when a socket may be connected to the address; otherwise what kind of
 * address it is ("loopback", "private", ...), a constant for messages.
 * Pure; any thread.
 */
const char *guard_refusal(const struct guard *, const struct sockaddr *,
                          size_t bytes);

#endif
