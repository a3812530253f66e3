/* route_store: the tables of rule sets and decisions. */
#ifndef ROUTE_ROUTE_STORE_H
#define ROUTE_ROUTE_STORE_H

#include "src/route/route.h"

bool decision_add(struct work *, struct id, struct id lead,
                  const struct route_decision *, struct str record);

struct decision_row {
    struct id id;
    struct id lead;
    int64_t decided_ms;
    int64_t rules_version;
    struct owner owner;
    const struct json *record;
};

/* False with ERR_NOT_FOUND when there is none. */
bool decision_load(struct work *, struct id, struct decision_row *);

/* A lead's decisions, oldest first; or the newest of all before `before`. */
bool decision_of_lead(struct work *, struct id lead, struct decision_row **,
                      int *count);
bool decision_newest(struct work *, struct id before, int limit,
                     struct decision_row **, int *count);

/* Those after `after`, up to and with `until`, in the order they were made. */
bool decision_between(struct work *, struct id after, struct id until,
                      int limit, struct decision_row **, int *count);
bool decision_count(struct work *, struct id after, struct id until,
                    int64_t *count);
/* Those of one version of the rules between two ids, oldest first. */
bool decision_of_version(struct work *, int64_t rules_version, struct id after,
                         struct id before, int limit, struct decision_row **,
                         int *count);

/* What they saw of the lead; who was considered stays. */
bool decision_erase(struct work *, struct id lead);

struct routing_document {
    int64_t version; /* of the draft, or number of the published set */
    struct str text;
    const struct json *json;
    struct str note;
    int64_t at_ms;
    struct id by;
};

/* The set in force; number 0 and the default when none was published. */
bool routing_published(struct work *, struct routing_document *);
bool routing_version_load(struct work *, int64_t number,
                          struct routing_document *);
bool routing_version_add(struct work *, const struct routing_document *);
bool routing_version_list(struct work *, struct routing_document **,
                          int *count); /* newest first, without text */

/* When a version came into force, and when the next one did (INT64_MAX: it is
 * in force); false with ERR_NOT_FOUND when there is none. */
bool routing_version_span(struct work *, int64_t number, int64_t *from_ms,
                          int64_t *until_ms);

/*
 * Puts a document in force as the next version, whose number it returns: the
 * caller has checked it (route_rules_read) and run its tests. Every node reads
 * it before it decides again.
 */
bool routing_publish(struct work *, struct str text, struct str note,
                     int64_t *number);

/* The draft; the published set (version 0) when there is none. */
bool routing_draft_load(struct work *, struct routing_document *);

/* False with ERR_CONFLICT when the draft is not at draft->version any more. */
bool routing_draft_save(struct work *, struct routing_document *);

#endif
