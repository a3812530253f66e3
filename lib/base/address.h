/*
 * address: internet addresses of both families in one shape, and ranges of
 * them. Pure: nothing is resolved and nothing opened.
 */
#ifndef BASE_ADDRESS_H
#define BASE_ADDRESS_H

#include "lib/base/arena.h"

struct sockaddr;

/* IPv4 is held as ::ffff:a.b.c.d: the kernel connects the one to the other, so
 * they must be judged alike. */
struct address {
    unsigned char bytes[16];
};

/* False when it is no internet address. */
bool address_of_socket(const struct sockaddr *, size_t bytes, struct address *);

/* "192.0.2.1", "2001:db8::1"; no port, no brackets, no zone. */
bool address_parse(struct str, struct address *);
struct str address_show(struct arena *, const struct address *);

/* 32 hexadecimal digits: as text they are in the order of addresses. */
struct str address_digits(struct arena *, const struct address *);

bool address_is_loopback(const struct address *);

/* Those that share their first bits. */
struct address_range {
    struct address first;
    int bits; /* of 128 */
};

/* "10.1.0.0/16", "fd00:1::/32", or one address. The bits behind the prefix are
 * zero, so that a slip is seen. */
bool address_range_parse(struct str, struct address_range *);
struct address address_range_last(const struct address_range *);
bool address_range_holds(const struct address_range *, const struct address *);

#endif
