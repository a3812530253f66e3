/*
 * client: whose request it is when a proxy hands it on. What a proxy says is
 * believed of those alone that the operator names, from the last one back to
 * the first that is not one of them. Pure.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include "lib/base/address.h"
#include "lib/http/endpoint.h"

enum { CLIENT_HOPS_MAX = 16 };

/* The proxies that are believed, and the header that they write. A header that
 * they do not write is their visitors'. */
struct proxies {
    const struct address_range *ranges;
    int count;
    const char *header; /* "X-Forwarded-For" or "Forwarded" (RFC 7239) */
};

bool proxies_hold(const struct proxies *, const struct address *);

/* The client of a request that has come from `peer`. */
struct address client_of(const struct proxies *, const struct address *peer,
                         const struct request *);

/* One number for whoever can be one: an address, or the 64 bits of IPv6 that
 * one gets as a whole. */
int64_t client_key(const struct address *);

#endif
