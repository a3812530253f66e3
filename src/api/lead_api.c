/*
 * lead_api: the table of what can be asked about leads, and what all of it
 * shares. Lists are in lead_api_list.c, changes in lead_api_change.c, history
 * in lead_api_history.c.
 */
#include "src/api/lead_api.h"

#include "src/access/permission.h"
#include "src/api/decision_json.h"
#include "src/lead/lead_search.h"

/* G2: what became part of another is seen by whoever sees that one. */
static bool
may_see(struct work *w, const struct lead *lead, bool *may)
{
    struct lead stays = *lead;

    while (!id_is_none(stays.merged_into))
        if (!lead_load(w, stays.merged_into, &stays))
            return false;
    *may = access_may_see_lead(&w->actor, &stays);
    return true;
}

bool
lead_api_load(struct work *w, const struct request *request, struct lead *lead)
{
    struct id id;
    bool may;

    if (!request_id(w, request, "id", &id) || !lead_load(w, id, lead)
        || !may_see(w, lead, &may))
        return false;
    if (!may)
        return fail(w, ERR_NOT_FOUND, "There is no lead %s.", id_show(id).text);
    if (request->method == GET || id_is_none(lead->merged_into))
        return true;
    w->error.extra_json = arena_format(w->arena, "\"merged_into\":\"%s\"",
                                       id_show(lead->merged_into).text)
                              .data;
    return fail(w, ERR_CONFLICT,
                "This lead became part of lead %s: change that one.",
                id_show(lead->merged_into).text);
}

static bool
version_matches(struct work *w, const struct request *request,
                const struct lead *lead, struct str current)
{
    int64_t version = json_get_int(request->json, "version", lead->version);

    if (version == lead->version)
        return true;
    w->error.extra_json =
        arena_format(w->arena, "\"current\":%.*s", STR_ARG(current)).data;
    return fail(w, ERR_CONFLICT,
                "The change was made for version %ld, and the lead is at "
                "version %ld. Look at it again and repeat the change.",
                (long)version, (long)lead->version);
}

bool
lead_api_unchanged(struct work *w, const struct request *request,
                   const struct lead *lead)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;

    struct str current = lead_json_text(w->arena, cache, lead);
    return request_if_match(w, request, lead->version, current)
        && version_matches(w, request, lead, current);
}

bool
lead_api_answer(struct work *w, struct response *response,
                const struct lead *lead)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    if (cache == NULL)
        return false;

    struct json_out out = response_json(w, response, &text);
    lead_json(&out, w->arena, cache, lead);
    response_json_done(response, &text);
    response_version(w, response, lead->version);
    return true;
}

static struct str
person_name(const struct workspace_cache *cache, struct id id)
{
    int number = team_find(cache->team, id);

    return number < 0 ? STR_NONE : cache->team->people[number].name;
}

bool
lead_api_actors(struct work *w, struct known_actors *known)
{
    *known = (struct known_actors){ .cache = workspace_cache(w) };
    return known->cache != NULL
        && access_keys(w, &known->keys, &known->key_count);
}

static struct str
key_name(const struct known_actors *known, struct id id)
{
    for (int i = 0; i < known->key_count; i++)
        if (id_equal(known->keys[i].id, id))
            return known->keys[i].name;
    return STR_NONE;
}

struct str
lead_api_actor_name(const struct known_actors *known, struct str kind,
                    struct id id)
{
    if (str_is(kind, "person"))
        return person_name(known->cache, id);
    if (str_is(kind, "source"))
        return workspace_source_name(known->cache, id);
    return str_is(kind, "key") ? key_name(known, id) : STR_NONE;
}

void
lead_api_actor(struct json_out *out, const struct known_actors *known,
               struct str kind, struct id id)
{
    json_open_object(out);
    json_put_text(out, "kind", kind);
    json_put_id(out, "id", id);
    if (!str_is(kind, "system"))
        json_put_text(out, "name", lead_api_actor_name(known, kind, id));
    json_close_object(out);
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct lead lead;

    return lead_api_load(w, request, &lead)
        && lead_api_answer(w, response, &lead);
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/leads", lead_api_list, CAN_VIEW_LEADS,
      "A page of leads. Each page looks at a bounded number of leads: with a "
      "filter that few of them match it may be short, or empty, while "
      "next_cursor says that there is more. Reps see their own.",
      .asks = lead_list_asks, .gives = &lead_page_shape },
    { GET, "/api/v1/leads/{id}", show, CAN_VIEW_LEADS,
      "One lead; its version is the ETag.", .gives = &lead_shape },
    { PATCH, "/api/v1/leads/{id}", lead_api_change, CAN_EDIT_LEADS,
      "Change fields, or the stage. null empties a field. The owner is "
      "changed by POST .../owner and stays as it is here.",
      .takes = &lead_change_shape, .gives = &lead_shape },
    { POST, "/api/v1/leads/{id}/owner", lead_api_give, CAN_ASSIGN_LEADS,
      "Give a lead to a person or a queue, and perhaps pin it there.",
      .takes = &lead_give_shape, .gives = &lead_shape },
    { POST, "/api/v1/leads/{id}/touches", lead_api_touch, CAN_EDIT_LEADS,
      "Note what was done with a lead. A call, mail, message or meeting is "
      "its first answer.",
      .takes = &lead_touch_shape, .gives = &lead_shape },
    { POST, "/api/v1/leads/{id}/merge", lead_api_merge, CAN_EDIT_LEADS,
      "Make a lead part of another, which keeps its owner and learns what it "
      "did not know. Timeline, submissions and tasks go over.",
      .takes = &lead_merge_shape, .gives = &lead_merged_shape,
      .asks = lead_merge_asks },
    { POST, "/api/v1/leads/{id}/unmerge", lead_api_unmerge, CAN_EDIT_LEADS,
      "Make a lead that became part of another one of its own again.",
      .gives = &lead_shape },
    { GET, "/api/v1/leads/{id}/timeline", lead_api_timeline, CAN_VIEW_LEADS,
      "What happened to a lead, newest first.", .asks = lead_timeline_asks,
      .gives = &lead_timeline_shape },
    { GET, "/api/v1/leads/{id}/decisions", lead_api_decisions, CAN_VIEW_LEADS,
      "Why its owners were chosen: each decision with what it saw, and each "
      "rule with why it did not match.",
      .gives = &decision_list_shape },
    { GET, "/api/v1/leads/{id}/assignments", lead_api_assignments,
      CAN_VIEW_LEADS, "Who owned it, and when.",
      .gives = &lead_assignments_shape },
    { GET, "/api/v1/leads/{id}/submissions", lead_api_submissions,
      CAN_VIEW_LEADS, "What arrived, as it came.",
      .gives = &lead_submissions_shape },
    { GET, "/api/v1/leads/{id}/facts", lead_api_facts, CAN_VIEW_LEADS,
      "Where each fact came from, and how it was written there.",
      .gives = &lead_facts_shape },
    { 0 },
};

static const struct job_kind *const jobs[] = { &lead_search_job, NULL };

const struct module lead_module = { "lead", endpoints, jobs };
