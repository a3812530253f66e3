/*
 * territory: a place or list of places with a name; territories nest. A lead
 * lies in a territory when one of its places, or of those nested in it, says
 * nothing that is not so.
 */
#ifndef WORKSPACE_TERRITORY_H
#define WORKSPACE_TERRITORY_H

#include "lib/base/json.h"
#include "lib/jobs/work.h"

enum { TERRITORIES_MAX = 1000, TERRITORY_PLACES_MAX = 1000 };

struct territory {
    struct id id;
    int64_t version; /* 0: not stored yet */
    struct str slug; /* made of the first name; stays */
    struct str name;
    struct id parent; /* or none */
    struct str places_json;
    const struct json *places; /* [{country, region, city, postal_prefix}] */
};

struct workspace_cache;

/* By slug or id; NULL: there is none. */
const struct territory *territory_find(const struct workspace_cache *,
                                       struct str name);
const struct territory *territory_of(const struct workspace_cache *, struct id);

/* Whether it is `above`, or lies below it. */
bool territory_is_below(const struct workspace_cache *,
                        const struct territory *, struct id above);

/* Being in it as a condition on country, region, city and postal_code. */
const struct json *territory_condition(struct arena *,
                                       const struct workspace_cache *,
                                       const struct territory *);

/* Inserts (version 0) or writes one; ERR_CONFLICT when it has changed. The
 * caller tells the cache (W3). */
bool territory_save(struct work *, struct territory *);
bool territory_remove(struct work *, const struct territory *);
bool territory_load(struct work *, struct workspace_cache *); /* cache_loader */

/* A list of values with a name. */
enum { VALUE_LISTS_MAX = 1000, VALUE_LIST_ITEMS_MAX = 1000 };

struct value_list {
    struct id id;
    int64_t version;
    struct str slug;
    struct str name;
    struct str items_json;
    const struct json *items; /* texts */
};

const struct value_list *value_list_find(const struct workspace_cache *,
                                         struct str name);
bool value_list_save(struct work *, struct value_list *);
bool value_list_remove(struct work *, const struct value_list *);
bool value_list_load(struct work *, struct workspace_cache *);

#endif
