/*
 * pool_document: a rule set document with one of its pools another. Pure: what
 * the pool may be is checked when the document is read. For pool_api.c.
 */
#ifndef POOL_DOCUMENT_H
#define POOL_DOCUMENT_H

#include "lib/base/json.h"

/* The place of the pool in "pools", or -1. */
int pool_document_find(const struct json *document, struct str id);

/*
 * The document with the members of `change` in place of those of the pool;
 * null takes one away. A pool that is not there is added at the end; NULL
 * instead of a change takes the pool away.
 */
struct str pool_document_with(struct arena *, const struct json *document,
                              struct str id, const struct json *change);

#endif
