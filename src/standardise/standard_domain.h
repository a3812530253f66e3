/*
 * standard_domain: whose domain it is: out of a web address, a host or an
 * e-mail address the part that somebody registered (Public Suffix List), and
 * whether that somebody lends addresses to everybody.
 */
#ifndef STANDARDISE_STANDARD_DOMAIN_H
#define STANDARDISE_STANDARD_DOMAIN_H

#include "lib/base/arena.h"
#include "src/standardise/standard_reason.h"

struct standard_domain {
    struct str host;    /* the whole host, A-labels */
    struct str domain;  /* what was registered, A-labels: the key */
    struct str shown;   /* the same in the letters it was given */
    bool is_free_mail;  /* anybody can have an address there: no company */
    bool is_disposable; /* addresses there are thrown away: no company */
    const struct standard_reason *why; /* NULL when there is a domain */
};

/* "https://www.example.co.kr/a?b", "WWW.Example.com:8080", "ana@x.example";
 * false for hosts in numbers, single names and public suffixes. */
bool standard_domain(struct arena *, struct str given, struct standard_domain *)
    __attribute__((warn_unused_result));

#endif
