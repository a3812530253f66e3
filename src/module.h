/*
 * module: what a folder registers. The list of all is in modules.c; the
 * server, the manuals and the tests read the same rows.
 */
#ifndef MODULE_H
#define MODULE_H

#include "lib/http/endpoint.h"

struct job_kind;

struct module {
    const char *name;
    const struct endpoint *endpoints;   /* ends with method 0; or NULL */
    const struct job_kind *const *jobs; /* ends with NULL; or NULL */
};

extern const struct module *const modules[]; /* ends with NULL */

#endif
