/*
 * territories: who serves the place that a lead comes from. A snapshot holds
 * the territories that people serve as conditions, so that asking is pure.
 * Not for what a territory is (workspace/territory.h).
 */
#ifndef ROUTE_TERRITORIES_H
#define ROUTE_TERRITORIES_H

#include "lib/rules/condition.h"
#include "src/team/team.h"

struct route_names;

/* Of one snapshot; empty when nothing in it needs a territory. */
struct route_territories {
    const struct route_served *of_person; /* by number; NULL: empty */
};

struct route_served {
    const struct condition **in; /* of each territory that he serves */
    int count;
};

/* Reads what everybody serves. What a person names that is gone holds no
 * lead. */
bool route_territories_read(struct work *, struct arena *,
                            const struct route_names *,
                            struct route_territories *);

/* Whether one of his territories, or one nested in it, holds the lead. */
bool route_serves(const struct route_territories *, int person,
                  const struct fact *facts, int64_t now_ms);

/* The narrowest that is known of a lead's place; STR_NONE: nothing is. */
struct str route_place_of(const struct fact *facts);

#endif
