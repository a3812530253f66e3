/*
 * pool_api: see pool_api.h. A pool stands in the rule set and nowhere else:
 * what is changed here is that document, published as it is from the editor,
 * so that versions, restoring and the tests of the document hold for it too.
 * A draft that somebody works on gets the same change, or publishing it would
 * take this one back.
 */
#include "src/api/pool_api.h"

#include <assert.h>
#include <string.h>

#include "src/access/permission.h"
#include "src/api/decision_json.h"
#include "src/api/pool_document.h"
#include "src/api/route_api.h"
#include "src/api/route_trial.h"
#include "src/route/strategy.h"

/* ---- shapes ---- */

#define POOL_FIELDS                                                        \
    { "name", SHAPE_TEXT, 0, 200, .about = "Shown in reasons." },          \
        { "strategy", SHAPE_TEXT, 0, 100, .about = "As in a rule set." },  \
        { "fairness",                                                      \
          SHAPE_INTEGER,                                                   \
          SHAPE_NULLABLE,                                                  \
          100,                                                             \
          0,                                                               \
          .about = "Of best_match." },                                     \
        { "explore_percent",        SHAPE_INTEGER, SHAPE_NULLABLE, 100, 0, \
          .about = "Of best_match." },                                     \
        { "accept_minutes",                                                \
          SHAPE_INTEGER,                                                   \
          SHAPE_NULLABLE,                                                  \
          10080,                                                           \
          1,                                                               \
          .about = "Of first_to_accept." },                                \
    {                                                                      \
        "needs", SHAPE_OBJECT, SHAPE_NULLABLE,                             \
            .about = "What a member must bring, as in a rule set."         \
    }
#define INPUT_FIELDS(needed)                                      \
    POOL_FIELDS,                                                  \
        { "members", SHAPE_ANY, needed,                           \
          .about = "A list of {rep, weight}; or \"everyone\"." }, \
    {                                                             \
        "note", SHAPE_TEXT, SHAPE_NULLABLE, 2000,                 \
            .about = "Of the version that is published."          \
    }

static const struct shape_field input_fields[] = {
    { "id", SHAPE_TEXT, SHAPE_REQUIRED, 100, .about = "Short and lasting." },
    INPUT_FIELDS(SHAPE_REQUIRED),
    { 0 },
};
static const struct shape input_shape = { "PoolInput", "A new pool.", 0,
                                          input_fields };
static const struct shape_field change_fields[] = {
    INPUT_FIELDS(0),
    { "version", SHAPE_INTEGER, 0, .about = "As If-Match." },
    { 0 },
};
static const struct shape change_shape = {
    "PoolChange", "What is to be another; the rest stays.", 0, change_fields
};

static const struct shape_field member_fields[] = {
    { "id", SHAPE_ID, 0, .about = "The person." },
    { "rep", SHAPE_EMAIL, 0, .about = "The same by address." },
    { "name", SHAPE_TEXT, 0, .about = "As shown." },
    { "weight", SHAPE_INTEGER, 0, .about = "Share of turns." },
    { "able", SHAPE_BOOL, 0, .about = "Could take a lead at this moment." },
    { "gate", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &decision_gate_shape,
      .about =
          "What stops the person; what a lead alone decides (its language, "
          "its place) is not asked." },
    { "credit", SHAPE_NUMBER, 0, .about = "Leads owed; below 0: had more." },
    { "turns", SHAPE_INTEGER, 0, .about = "Leads given by routing so far." },
    { "open_leads", SHAPE_INTEGER, 0, .about = "Owned and open." },
    { "open_leads_max", SHAPE_INTEGER, SHAPE_NULLABLE, .about = "The limit." },
    { "day_leads", SHAPE_INTEGER, 0, .about = "Given today." },
    { "day_leads_max", SHAPE_INTEGER, SHAPE_NULLABLE, .about = "The limit." },
    { 0 },
};
static const struct shape member_shape = { "PoolMember", "Somebody of a pool.",
                                           0, member_fields };
static const struct shape_field pool_fields[] = {
    { "id", SHAPE_TEXT, 0, .about = "As rules name it." },
    { "version", SHAPE_INTEGER, 0,
      .about = "Of the rule set in force; for If-Match." },
    POOL_FIELDS,
    { "everyone", SHAPE_BOOL, 0, .about = "All who take leads are in it." },
    { "members", SHAPE_OBJECT, SHAPE_LIST, 10000, .of = &member_shape,
      .about = "In their order." },
    { "able", SHAPE_INTEGER, 0, .about = "How many could take a lead now." },
    { "rules", SHAPE_TEXT, SHAPE_LIST, 10000, .about = "That give to it." },
    { "otherwise", SHAPE_BOOL, 0, .about = "Gets what no rule matches." },
    { 0 },
};
static const struct shape pool_shape = { "Pool", "Reps who share turns.", 0,
                                         pool_fields };
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &pool_shape,
      .about = "In the order of the rule set." },
    { 0 },
};
static const struct shape list_shape = { "Pools", "All pools.", 0,
                                         list_fields };

/* ---- showing ---- */

struct showing {
    struct work *w;
    struct json_out *out;
    const struct workspace_cache *cache;
    const struct json *document; /* the one in force */
};

/* A lead of which nothing is known, so that only the person is asked. */
static const struct route_gate *
gate_of(const struct showing *s, const struct route_pool *pool,
        struct route_candidate *candidate)
{
    static const struct fact nothing[LEAD_FACT_COUNT];
    const struct route_question question = { .facts = nothing,
                                             .now_ms = s->w->now_ms };
    const struct route_asking asking = { .question = &question,
                                         .team = s->cache->team,
                                         .territories =
                                             &s->cache->routing->territories,
                                         .ledger = &s->cache->ledger,
                                         .of_pool = pool->needs };

    return route_first_gate(&asking, candidate);
}

static void
put_limit(struct json_out *out, const char *name, int64_t limit)
{
    json_name(out, name);
    if (limit < 0)
        json_null(out);
    else
        json_int(out, limit);
}

static void
put_load(const struct showing *s, int number)
{
    const struct ledger_entry *entry = &s->cache->ledger.entries[number];
    const struct person *person = &s->cache->team->people[number];

    json_name(s->out, "credit");
    json_real(s->out, (double)entry->credit / (double)LEDGER_UNIT);
    json_put_int(s->out, "turns", entry->turns);
    json_put_int(s->out, "open_leads", entry->open_leads);
    put_limit(s->out, "open_leads_max", person->open_leads_max);
    json_put_int(s->out, "day_leads",
                 ledger_day_leads(&s->cache->ledger, s->cache->team, number,
                                  s->w->now_ms));
    put_limit(s->out, "day_leads_max", person->day_leads_max);
}

/* True when the member could take a lead. */
static bool
put_member(const struct showing *s, const struct route_pool *pool,
           const struct ledger_share *share)
{
    const struct person *person = &s->cache->team->people[share->person];
    struct route_candidate candidate = { .person = share->person,
                                         .stands_for = -1 };
    const struct route_gate *gate = gate_of(s, pool, &candidate);
    const struct route_stopped stopped =
        route_stopped_by(s->cache->team, &candidate, gate,
                         zone_find(s->cache->workspace.time_zone));

    json_open_object(s->out);
    json_put_id(s->out, "id", person->id);
    json_put_text(s->out, "rep", person->email);
    json_put_text(s->out, "name", person->name);
    json_put_int(s->out, "weight", share->weight);
    json_put_bool(s->out, "able", gate == NULL);
    decision_gate_json(s->w->arena, s->out, &stopped);
    put_load(s, share->person);
    json_close_object(s->out);
    return gate == NULL;
}

static void
put_members(const struct showing *s, const struct route_pool *pool)
{
    int able = 0;

    json_name(s->out, "members");
    json_open_array(s->out);
    for (int i = 0; i < pool->member_count; i++)
        able += put_member(s, pool, &pool->members[i]);
    json_close_array(s->out);
    json_put_int(s->out, "able", able);
}

static void
put_rules(const struct showing *s, int place)
{
    const struct route_snapshot *rules = s->cache->routing;

    json_name(s->out, "rules");
    json_open_array(s->out);
    for (int i = 0; i < rules->rule_count; i++)
        if (rules->rules[i].give_to.kind == TARGET_POOL
            && rules->rules[i].give_to.pool == place)
            json_text(s->out, rules->rules[i].id);
    json_close_array(s->out);
    json_put_bool(s->out, "otherwise",
                  rules->otherwise.kind == TARGET_POOL
                      && rules->otherwise.pool == place);
}

static void
put_pool(const struct showing *s, int place)
{
    const struct route_pool *pool = &s->cache->routing->pools[place];
    const struct json *written =
        &json_get(s->document, "pools")->array.items[place];
    const struct json *members = json_get(written, "members");

    json_open_object(s->out);
    json_put_text(s->out, "id", pool->id);
    json_put_int(s->out, "version", s->cache->routing->version);
    json_put_text(s->out, "name", pool->name);
    json_put_cstr(s->out, "strategy", pool->strategy->name);
    json_put_tree(s->out, "fairness", json_get(written, "fairness"));
    json_put_tree(s->out, "explore_percent",
                  json_get(written, "explore_percent"));
    json_put_tree(s->out, "accept_minutes",
                  json_get(written, "accept_minutes"));
    json_put_tree(s->out, "needs", json_get(written, "needs"));
    json_put_bool(s->out, "everyone", members->kind == JSON_TEXT);
    put_members(s, pool);
    put_rules(s, place);
    json_close_object(s->out);
}

static bool
parse(struct work *w, struct routing_document *document)
{
    struct json_error error;

    document->json = json_parse(w->arena, document->text, &error);
    assert(document->json != NULL); /* we have written it */
    return document->json != NULL;
}

/*
 * A rule set may name the pool "everyone" without writing it down. Here it is
 * written, so that it can be shown and changed as any other: last, which is
 * where its reader has it, too.
 */
static bool
write_everyone(struct work *w, const struct route_snapshot *rules,
               struct routing_document *document)
{
    const struct json *written = json_get(document->json, "pools");
    struct json_error error;

    if (rules->pool_count == (written == NULL ? 0 : (int)written->array.count))
        return true;
    const struct json *everyone =
        json_parse(w->arena,
                   STR("{\"id\":\"everyone\",\"name\":\"Everyone\","
                       "\"strategy\":\"in_turn\",\"members\":\"everyone\"}"),
                   &error);
    document->text =
        pool_document_with(w->arena, document->json, STR("everyone"), everyone);
    return parse(w, document);
}

/* The rules in force, with all their pools. */
static bool
published_rules(struct work *w, struct routing_document *document)
{
    struct workspace_cache *cache = workspace_cache(w);

    return cache != NULL && routing_published(w, document)
        && write_everyone(w, cache->routing, document);
}

/* The cache's pools and the document's are in one order: it was read from
 * that. */
static bool
show(struct work *w, struct showing *s)
{
    struct routing_document published;

    *s = (struct showing){ .w = w, .cache = workspace_cache(w) };
    if (s->cache == NULL || !published_rules(w, &published))
        return false;
    s->document = published.json;
    return true;
}

static bool
list_pools(struct work *w, const struct request *request,
           struct response *response)
{
    struct showing s;
    struct text text;

    (void)request;
    if (!show(w, &s))
        return false;
    struct json_out out = response_list(w, response, &text);
    s.out = &out;
    for (int i = 0; i < s.cache->routing->pool_count; i++)
        put_pool(&s, i);
    response_list_done(response, &out);
    return true;
}

static bool
fail_unknown(struct work *w, struct str id)
{
    return fail(w, ERR_NOT_FOUND, "There is no pool %.*s.", STR_ARG(id));
}

static bool
answer(struct work *w, struct response *response, struct str id)
{
    struct showing s;
    struct text text;

    if (!show(w, &s))
        return false;
    int place = pool_document_find(s.document, id);
    if (place < 0)
        return fail_unknown(w, id);
    struct json_out out = response_json(w, response, &text);
    s.out = &out;
    put_pool(&s, place);
    response_json_done(response, &text);
    return true;
}

static bool
show_pool(struct work *w, const struct request *request,
          struct response *response)
{
    return answer(w, response, request_parameter(request, "id"));
}

/* ---- changes ---- */

/* What is wrong in the pool is pointed at in what was sent; the rest of the
 * document as it stands in the rule set. */
static void
point_into_request(struct work *w, int place)
{
    struct str below = arena_format(w->arena, "/pools/%d", place);

    for (int i = 0; i < w->error.detail_count; i++) {
        struct str *pointer = &w->error.details[i].pointer;
        if (str_starts(*pointer, below)
            && (pointer->bytes == below.bytes
                || pointer->data[below.bytes] == '/'))
            *pointer = str_slice(*pointer, below.bytes, pointer->bytes);
    }
}

/* The draft that somebody works on goes along; it was right before, and its
 * own tests are run when it is published. */
static bool
change_draft(struct work *w, struct str id, const struct json *change)
{
    struct routing_document draft;

    if (!routing_draft_load(w, &draft))
        return false;
    if (draft.version == 0)
        return true; /* there is none */
    if (str_is(id, "everyone") && change != NULL) {
        const struct route_snapshot *read =
            route_api_read(w, draft.json, 0, NULL);
        if (read == NULL || !write_everyone(w, read, &draft))
            return false;
    }
    bool is_new = json_get(change, "id") != NULL;
    if (!is_new && pool_document_find(draft.json, id) < 0)
        return true; /* the pool is gone from it */
    draft.text = pool_document_with(w->arena, draft.json, id, change);
    return parse(w, &draft) && route_api_read(w, draft.json, 0, NULL) != NULL
        && routing_draft_save(w, &draft);
}

/* Taken out of the document, "everyone" would be there again. */
static bool
is_named_still(struct work *w, const struct routing_document *document,
               const struct route_snapshot *rules)
{
    int place = (int)json_get(document->json, "pools")->array.count;

    if (rules->pool_count == place)
        return false;
    if (rules->otherwise.kind == TARGET_POOL && rules->otherwise.pool == place)
        (void)fail_at(w, STR("/otherwise/pool"), "unknown_pool",
                      "Every other lead goes to this pool.");
    for (int i = 0; i < rules->rule_count; i++)
        if (rules->rules[i].give_to.kind == TARGET_POOL
            && rules->rules[i].give_to.pool == place)
            (void)fail_at(w,
                          arena_format(w->arena, "/rules/%d/give_to/pool", i),
                          "unknown_pool", "This rule gives leads to it.");
    if (w->error.detail_count == 0)
        (void)fail_at(w, STR("/late"), "unknown_pool",
                      "Late leads, or those that nobody can take, go to it.");
    return true;
}

static bool
publish(struct work *w, struct routing_document *document, struct str id,
        const struct json *change, struct str note)
{
    document->text = pool_document_with(w->arena, document->json, id, change);
    document->note = str_is_empty(note) ? STR_NONE : note;
    if (!parse(w, document))
        return false;

    const struct route_snapshot *snapshot =
        route_api_read(w, document->json, 0, NULL);
    if (snapshot == NULL || !change_draft(w, id, change)) {
        int place = pool_document_find(document->json, id);
        if (place >= 0)
            point_into_request(w, place);
        return false;
    }
    if (change == NULL && is_named_still(w, document, snapshot))
        return false;
    return trial_run_tests(w, document->json, snapshot)
        && route_api_put_in_force(w, document);
}

static bool
add_pool(struct work *w, const struct request *request,
         struct response *response)
{
    struct str id = json_get_text(request->json, "id");
    struct routing_document document;

    if (!published_rules(w, &document))
        return false;
    if (str_is_empty(str_trim(id)))
        return fail_at(w, STR("/id"), "needed", "A pool needs a short name.");
    if (pool_document_find(document.json, id) >= 0)
        return fail_at(w, STR("/id"), "taken",
                       "There is a pool of this id already.");
    if (!publish(w, &document, id, request->json,
                 json_get_text(request->json, "note"))
        || !answer(w, response, id))
        return false;
    response->status = 201;
    return true;
}

/* The version of the rule set, in the header or in the body. */
static bool
is_current(struct work *w, const struct request *request, struct str id,
           const struct routing_document *document)
{
    int64_t wanted = json_get_int(request->json, "version", document->version);
    struct response current = { 0 };

    if (!answer(w, &current, id)
        || !request_if_match(w, request, document->version, current.body))
        return false;
    if (wanted == document->version)
        return true;
    w->error.extra_json =
        arena_format(w->arena, "\"current\":%.*s", STR_ARG(current.body)).data;
    return fail(w, ERR_CONFLICT,
                "The change was made for version %lld of the rules, and they "
                "are at version %lld.",
                (long long)wanted, (long long)document->version);
}

static bool
change_pool(struct work *w, const struct request *request,
            struct response *response)
{
    struct str id = request_parameter(request, "id");
    struct routing_document document;

    return published_rules(w, &document)
        && is_current(w, request, id, &document)
        && publish(w, &document, id, request->json,
                   json_get_text(request->json, "note"))
        && answer(w, response, id);
}

static const struct request_field remove_asks[] = {
    { STR_INIT("note"), STR_INIT("Of the version that is published.") },
    { { 0 }, { 0 } },
};

/* What names the pool stands in the details: they are where it is used. */
static bool
remove_pool(struct work *w, const struct request *request,
            struct response *response)
{
    struct str id = request_parameter(request, "id");
    struct routing_document document;

    (void)response;
    if (!published_rules(w, &document)
        || !is_current(w, request, id, &document))
        return false;
    if (publish(w, &document, id, NULL, request_query(request, "note")))
        return true;
    for (int i = 0; i < w->error.detail_count; i++)
        if (strcmp(w->error.details[i].code, "unknown_pool") == 0) {
            w->error.kind = ERR_CONFLICT;
            w->error.detail = STR("Rules or the draft give leads to this pool; "
                                  "change them first.");
        }
    return false;
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/pools", list_pools, CAN_VIEW_ROUTING,
      "The pools in force: who shares turns, and who could take a lead now.",
      .gives = &list_shape },
    { POST, "/api/v1/pools", add_pool, CAN_EDIT_ROUTING,
      "Add a pool. Publishes a new version of the rules.",
      .takes = &input_shape, .gives = &pool_shape },
    { GET, "/api/v1/pools/{id}", show_pool, CAN_VIEW_ROUTING, "One pool.",
      .gives = &pool_shape },
    { PATCH, "/api/v1/pools/{id}", change_pool, CAN_EDIT_ROUTING,
      "Change a pool. Publishes a new version of the rules, after their tests "
      "came out as expected; a draft gets the same change.",
      .takes = &change_shape, .gives = &pool_shape },
    { DELETE, "/api/v1/pools/{id}", remove_pool, CAN_EDIT_ROUTING,
      "Take a pool away that no rule gives to. Publishes a new version.",
      .asks = remove_asks },
    { 0 },
};

const struct module pool_module = { "pool", endpoints, NULL };
