/*
 * offer_api: see offer_api.h. What is shown of an offered lead tells what it
 * is about and nothing of whose it is: that comes with accepting it, unless
 * the pool says otherwise.
 */
#include "src/api/offer_api.h"

#include "src/access/permission.h"
#include "src/api/lead_api.h"
#include "src/api/lead_json.h"
#include "src/lifecycle.h"
#include "src/route/offer.h"
#include "src/workspace/cache.h"

enum { OFFERS_MAX = 200 };

static const enum lead_field shown[] = {
    LEAD_COUNTRY, LEAD_REGION,   LEAD_CITY,     LEAD_LANGUAGE, LEAD_PRODUCT,
    LEAD_SEGMENT, LEAD_INDUSTRY, LEAD_USE_CASE, LEAD_SOURCE,   LEAD_DEAL_VALUE,
};

/* Whose it is. */
static const enum lead_field contact[] = {
    LEAD_NAME, LEAD_EMAIL, LEAD_PHONE, LEAD_COMPANY, LEAD_MESSAGE,
};

static const struct shape_field offer_fields[] = {
    { "lead", SHAPE_ID, 0, .about = "To accept: POST .../leads/{id}/accept." },
    { "until", SHAPE_TIME, 0, .about = "Then it is given in turn." },
    { "offered_to", SHAPE_INTEGER, 0, .about = "How many people." },
    { "score", SHAPE_INTEGER, 0, .about = "Points." },
    { "about", SHAPE_OBJECT, 0,
      .about = "What is known of it: where, which product, how much." },
    { "contact", SHAPE_OBJECT, SHAPE_NULLABLE,
      .about = "Name, address, number, company and message, where the pool "
               "shows them before: offer_shows_contact." },
    { 0 },
};
static const struct shape offer_shape = { "Offer", "A lead to accept.", 0,
                                          offer_fields };
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &offer_shape,
      .about = "The first to end first." },
    { 0 },
};
static const struct shape list_shape = { "Offers", "What one may accept.", 0,
                                         list_fields };

static void
put_facts(struct work *w, struct json_out *out, const char *name,
          const struct lead *lead, const enum lead_field *fields, size_t count)
{
    json_name(out, name);
    json_open_object(out);
    for (size_t i = 0; i < count; i++) {
        if (!lead->facts[fields[i]].known)
            continue;
        json_name(out, lead_fields[fields[i]].name);
        lead_fact_json(out, w->arena, &lead_fields[fields[i]],
                       &lead->facts[fields[i]]);
    }
    json_close_object(out);
}

/* By the pool as it is now; one that is gone shows nothing. */
static bool
shows_contact(const struct workspace_cache *cache, const struct offer *offer)
{
    const struct route_snapshot *rules = cache->routing;

    for (int i = 0; i < rules->pool_count; i++)
        if (str_equal(rules->pools[i].id, offer->pool))
            return rules->pools[i].offer_shows_contact;
    return false;
}

static void
put_offer(struct work *w, struct json_out *out,
          const struct workspace_cache *cache, const struct offer *offer,
          const struct lead *lead)
{
    json_open_object(out);
    json_put_id(out, "lead", lead->id);
    json_put_time(out, "until", offer->until_ms);
    json_put_int(out, "offered_to", offer->count);
    json_put_int(out, "score", lead->score);
    put_facts(w, out, "about", lead, shown, sizeof shown / sizeof *shown);
    if (shows_contact(cache, offer))
        put_facts(w, out, "contact", lead, contact,
                  sizeof contact / sizeof *contact);
    json_close_object(out);
}

static bool
list_offers(struct work *w, const struct request *request,
            struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct offer *offers;
    struct text text;
    int count;

    (void)request;
    if (cache == NULL || !offer_list(w, OFFERS_MAX, &offers, &count))
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++) {
        struct lead lead;
        if (offer_find_person(&offers[i], cache->team, w->actor.id) < 0)
            continue;
        if (!lead_load(w, offers[i].lead, &lead))
            return false;
        if (offer_stands(&offers[i], &lead))
            put_offer(w, &out, cache, &offers[i], &lead);
    }
    response_list_done(response, &out);
    return true;
}

/* What a request answers. */
struct asked {
    struct workspace_cache *cache;
    struct offer offer;
    struct lead lead;
    int person; /* the caller's place in the offer; -1: he has declined it */
};

/* A lead that was not offered to the caller does not exist for him. */
static bool
find_offer(struct work *w, struct id id, struct asked *asked)
{
    struct offer *offer = &asked->offer;
    bool found;

    if (!offer_find(w, id, offer, &found))
        return false;
    found = found && w->actor.kind == ACTOR_PERSON;
    asked->person =
        found ? offer_find_person(offer, asked->cache->team, w->actor.id) : -1;
    return asked->person >= 0
        || (found && offer_was_declined_by(offer, w->actor.id))
        || fail(w, ERR_NOT_FOUND, "There is no lead %s.", id_show(id).text);
}

static bool
find_asked(struct work *w, const struct request *request, struct asked *asked)
{
    struct id id;

    *asked = (struct asked){ .cache = workspace_cache(w) };
    return asked->cache != NULL && request_id(w, request, "id", &id)
        && find_offer(w, id, asked) && lead_load(w, id, &asked->lead);
}

/* 409 says who has it. */
static bool
fail_taken(struct work *w, const struct workspace_cache *cache,
           const struct lead *lead)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    lead_owner_json(&out, cache, lead->owner);
    w->error.extra_json =
        arena_format(w->arena, "\"owner\":%.*s", STR_ARG(text_str(&text))).data;
    return fail(w, ERR_CONFLICT, "%.*s has this lead already.",
                STR_ARG(route_owner_name(cache->team, cache->queues,
                                         cache->queue_count, lead->owner)));
}

/* In his own language, as every sentence about him. */
static bool
fail_stopped(struct work *w, const struct workspace_cache *cache,
             const struct route_candidate *he, const struct route_gate *gate)
{
    const struct person *person = &cache->team->people[he->person];
    const struct route_stopped stopped = route_stopped_by(
        cache->team, he, gate, zone_find(cache->workspace.time_zone));
    struct str language = str_is_empty(person->language)
                            ? cache->workspace.language
                            : person->language;

    return fail(w, ERR_CONFLICT,
                str_is(language, "ko") ? "지금은 리드를 받을 수 없습니다. %.*s"
                                       : "You cannot take a lead now. %.*s",
                STR_ARG(route_gate_sentence(w->arena, &stopped, language)));
}

static bool
accept_lead(struct work *w, const struct request *request,
            struct response *response)
{
    struct asked asked;

    if (!find_asked(w, request, &asked))
        return false;
    struct lead *lead = &asked.lead;
    if (lead_has_rep(lead) && id_equal(lead->owner.id, w->actor.id))
        return lead_api_answer(w, response, lead); /* he has it already */
    if (!offer_stands(&asked.offer, lead))
        return fail_taken(w, asked.cache, lead);

    if (asked.person < 0)
        return fail(w, ERR_CONFLICT, "You have declined this lead.");

    struct route_candidate he;
    const struct route_gate *gate =
        offer_gate(w, asked.cache, lead, &asked.offer, asked.person, &he);
    if (gate != NULL)
        return fail_stopped(w, asked.cache, &he, gate);
    return lifecycle_accept(w, lead, &asked.offer, asked.person)
        && lead_api_answer(w, response, lead);
}

/* Twice is once; and what somebody else has taken needs no answer. */
static bool
decline_lead(struct work *w, const struct request *request,
             struct response *response)
{
    struct asked asked;

    if (!find_asked(w, request, &asked))
        return false;
    response->status = 204;
    return asked.person < 0 || !offer_stands(&asked.offer, &asked.lead)
        || lifecycle_decline(w, &asked.lead, &asked.offer, asked.person);
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/offers", list_offers, CAN_VIEW_LEADS,
      "The leads that are offered to you.", .gives = &list_shape },
    { POST, "/api/v1/leads/{id}/accept", accept_lead, CAN_EDIT_LEADS,
      "Take a lead that is offered to you; the first who does gets it.",
      .gives = &lead_shape },
    { POST, "/api/v1/leads/{id}/decline", decline_lead, CAN_EDIT_LEADS,
      "Leave a lead that is offered to you to the others; when all do, it is "
      "given in turn to somebody else who can take it." },
    { 0 },
};

const struct module offer_module = { "offer", endpoints, NULL };
