/*
 * reach: which rules of a set no lead comes to, because one before takes every
 * lead that they would. Told from the conditions alone, so what it does not
 * find may be out of reach all the same. Not for deciding (route.c).
 */
#ifndef ROUTE_REACH_H
#define ROUTE_REACH_H

#include "lib/base/json.h"
#include "src/route/route.h"

/*
 * taken_by[i]: the rule that takes all of the i-th one's leads, or -1. `rules`
 * is the list in the document that the snapshot was read from. A rule that is
 * off neither takes nor is judged; one that begins a sequence takes each lead
 * but once, so it takes from nobody for good.
 */
void route_reach(struct arena *, const struct json *rules,
                 const struct route_snapshot *, int *taken_by);

#endif
