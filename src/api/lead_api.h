/*
 * lead_api: leads by HTTP: lists, one lead and its history, changes, owners
 * and touches. Taking leads in is capture_api.
 */
#ifndef LEAD_API_H
#define LEAD_API_H

#include "src/access/access.h"
#include "src/api/lead_json.h"
#include "src/module.h"
#include "src/workspace/cache.h"

extern const struct module lead_module;

/* ------------------------------------------------- between its own files */

/* The lead that the path names. One that the caller may not see is not
 * there; one that became part of another is his who has that, and cannot be
 * changed. */
bool lead_api_load(struct work *, const struct request *, struct lead *);

/* Fails with 409 and the present record when the caller changes another
 * version: of If-Match, or of "version" in the body. */
bool lead_api_unchanged(struct work *, const struct request *,
                        const struct lead *);

/* The lead, with its version as ETag. */
bool lead_api_answer(struct work *, struct response *, const struct lead *);

/* Who may have done something: the workspace's people, sources and keys. */
struct known_actors {
    const struct workspace_cache *cache;
    struct api_key *keys; /* revoked ones, too */
    int key_count;        /* 0 where no key did anything */
};

bool lead_api_actors(struct work *, struct known_actors *);

/* STR_NONE: of no name. */
struct str lead_api_actor_name(const struct known_actors *, struct str kind,
                               struct id);

/* Who did it: {"kind", "id", "name"}. */
void lead_api_actor(struct json_out *, const struct known_actors *,
                    struct str kind, struct id);

endpoint_run lead_api_list;
endpoint_run lead_api_change;
endpoint_run lead_api_give;
endpoint_run lead_api_touch;
endpoint_run lead_api_merge;
endpoint_run lead_api_unmerge;
endpoint_run lead_api_timeline;
endpoint_run lead_api_decisions;
endpoint_run lead_api_assignments;
endpoint_run lead_api_submissions;
endpoint_run lead_api_facts;

extern const struct request_field lead_list_asks[];
extern const struct request_field lead_timeline_asks[];
extern const struct request_field lead_merge_asks[];
extern const struct shape lead_page_shape;
extern const struct shape lead_change_shape;
extern const struct shape lead_give_shape;
extern const struct shape lead_touch_shape;
extern const struct shape lead_merge_shape;
extern const struct shape lead_merged_shape;
extern const struct shape lead_timeline_shape;
extern const struct shape lead_assignments_shape;
extern const struct shape lead_submissions_shape;
extern const struct shape lead_facts_shape;

#endif
