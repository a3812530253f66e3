/*
 * rules: reads a rule set document ("baton-rules/1") into a snapshot. Every
 * fault is reported with a pointer, so that one try shows all of them. Not
 * for storing documents (rules_store.c) and not for deciding (route.c).
 */
#include "src/route/route.h"

#include "lib/base/hash.h"
#include "lib/http/shape.h"
#include "src/route/rules_warnings.h"

const char route_rules_default[] =
    "{\"format\":\"baton-rules/1\",\"rules\":[],"
    "\"otherwise\":{\"pool\":\"everyone\"},"
    "\"nobody_can\":{\"wait\":\"until_hours\"},"
    "\"late\":{\"after_minutes\":30,\"working_time\":true,"
    "\"then\":\"next\",\"times\":1},"
    "\"pools\":[{\"id\":\"everyone\",\"name\":\"Everyone\","
    "\"strategy\":\"in_turn\",\"members\":\"everyone\"}]}";

/* A month is a twelfth of a year of 365.25 days. */
#define MONTH_MS INT64_C(2629800000)
enum { KEEP_MONTHS_USUAL = 12 };

/* ------------------------------------------- the document, as a table */

static const char *const then_options[] = { "next", "stay", NULL };
static const char *const wait_options[] = { "until_hours", NULL };
static const char *const format_options[] = { "baton-rules/1", NULL };

static const struct shape_field owner_fields[] = {
    { "pool", SHAPE_TEXT, 0, 100, .about = "A pool of this document." },
    { "rep", SHAPE_EMAIL, 0, 254, .about = "A person, by e-mail address." },
    { "queue", SHAPE_TEXT, 0, 100, .about = "A queue, by its short name." },
    { 0 },
};
static const struct shape owner_shape = { "RoutingOwner",
                                          "One of pool, rep or queue.", 0,
                                          owner_fields };

static const struct shape_field target_fields[] = {
    { "pool", SHAPE_TEXT, 0, 100, .about = "A pool of this document." },
    { "rep", SHAPE_EMAIL, 0, 254, .about = "A person, by e-mail address." },
    { "queue", SHAPE_TEXT, 0, 100, .about = "A queue, by its short name." },
    { "sequence", SHAPE_TEXT, 0, 100, .about = "Touches to begin with it." },
    { "owner", SHAPE_OBJECT, 0, .of = &owner_shape,
      .about = "Who owns it while the sequence runs." },
    { 0 },
};
static const struct shape target_shape = {
    "RoutingTarget",
    "Where a lead goes: one of pool, rep, queue; or a sequence with an owner.",
    0, target_fields
};

static const struct shape_field late_fields[] = {
    { "after_minutes", SHAPE_INTEGER, SHAPE_REQUIRED, 525600, 1,
      .about = "The promise: a first answer within so many minutes." },
    { "working_time", SHAPE_BOOL, 0, .about = "Of the owner; true if absent." },
    { "then", SHAPE_OPTION, 0, .options = then_options,
      .about = "next: the next person; stay: the owner keeps it." },
    { "times", SHAPE_INTEGER, 0, 100, 0,
      .about = "How often it goes to the next person; 1 if absent." },
    { "finally", SHAPE_OBJECT, 0, .of = &owner_shape,
      .about = "Who gets it after that; the last owner keeps it if absent." },
    { "remind_before_minutes", SHAPE_INTEGER, 0, 525600, 1,
      .about = "The owner is reminded so long before it ends." },
    { "tell", SHAPE_EMAIL, SHAPE_LIST, 20,
      .about = "People who hear that it was missed, by e-mail address." },
    { 0 },
};
static const struct shape late_shape = {
    "RoutingLate", "What happens when the first answer is late.", 0, late_fields
};

static const struct shape_field rule_fields[] = {
    { "id", SHAPE_TEXT, SHAPE_REQUIRED, 100, .about = "Short and lasting." },
    { "name", SHAPE_TEXT, 0, 200, .about = "Shown in reasons." },
    { "enabled", SHAPE_BOOL, 0, .about = "true if absent." },
    { "when", SHAPE_OBJECT, SHAPE_REQUIRED, .about = "A condition." },
    { "give_to", SHAPE_OBJECT, SHAPE_REQUIRED, .of = &target_shape,
      .about = "Where its leads go." },
    { "needs", SHAPE_OBJECT, 0, .of = &route_needs_shape,
      .about = "What whoever takes them must bring." },
    { "capturer_keeps", SHAPE_BOOL, 0,
      .about = "Who enters the lead by hand, signed in, keeps it, if he takes "
               "leads and can take this one; else give_to." },
    { "late", SHAPE_OBJECT, 0, .of = &late_shape,
      .about = "Its own promise; the document's if absent." },
    { 0 },
};
static const struct shape rule_shape = { "RoutingRule",
                                         "A condition and where its leads go.",
                                         0, rule_fields };

static const struct shape_field pool_fields[] = {
    { "id", SHAPE_TEXT, SHAPE_REQUIRED, 100, .about = "Short and lasting." },
    { "name", SHAPE_TEXT, 0, 200, .about = "Shown in reasons." },
    { "strategy", SHAPE_TEXT, 0, 100,
      .about = "in_turn (if absent), most_room, best_match, first_to_accept, "
               "random, fixed." },
    { "fairness", SHAPE_INTEGER, 0, 100, 0,
      .about = "best_match: points of fit that a lead owed is worth; 4 if "
               "absent. 0: the best gets all." },
    { "explore_percent", SHAPE_INTEGER, 0, 100, 0,
      .about = "best_match: leads that go by turn; 5 if absent." },
    { "accept_minutes", SHAPE_INTEGER, 0, 10080, 1,
      .about = "first_to_accept: then it is given in turn; 10 if absent." },
    { "offer_shows_contact", SHAPE_BOOL, 0,
      .about = "first_to_accept: who may accept sees name, address, number "
               "and message before; if absent, only what it is about." },
    { "needs", SHAPE_OBJECT, 0, .of = &route_needs_shape,
      .about = "What a member must bring to get one." },
    { "members", SHAPE_ANY, SHAPE_REQUIRED,
      .about = "A list of {rep, weight}; or \"everyone\" who takes leads." },
    { 0 },
};
static const struct shape pool_shape = { "RoutingPool", "Reps who share turns.",
                                         0, pool_fields };

static const struct shape_field member_fields[] = {
    { "rep", SHAPE_EMAIL, SHAPE_REQUIRED, 254, .about = "By e-mail." },
    { "weight", SHAPE_INTEGER, 0, 100, 1,
      .about = "Share of the turns; the person's own if absent." },
    { 0 },
};
static const struct shape member_shape = { "RoutingMember",
                                           "One member of a pool.", 0,
                                           member_fields };

static const struct shape_field keep_fields[] = {
    { "person", SHAPE_BOOL, 0, .about = "Who comes back keeps the owner." },
    { "account", SHAPE_BOOL, 0,
      .about = "A company goes to the person who is named for it, else to the "
               "owner of its newest open or won lead." },
    { "parent_account", SHAPE_BOOL, 0,
      .about = "So do its subsidiaries, sisters and parents." },
    { "months", SHAPE_INTEGER, 0, 120, 1,
      .about = "As long as that lead is no older; 12 if absent. Who is named "
               "stays." },
    { 0 },
};
static const struct shape keep_shape = {
    "RoutingKeepTogether", "Leads that stay with the owner they have.", 0,
    keep_fields
};

static const struct shape_field nobody_fields[] = {
    { "wait", SHAPE_OPTION, 0, .options = wait_options,
      .about = "Hold it in the queue until somebody's hours begin." },
    { "then", SHAPE_OBJECT, 0, .of = &owner_shape,
      .about = "When nobody will come; the default queue if absent." },
    { 0 },
};
static const struct shape nobody_shape = {
    "RoutingNobodyCan", "When nobody of the pool can take a lead.", 0,
    nobody_fields
};

static const struct shape_field document_fields[] = {
    { "format", SHAPE_OPTION, SHAPE_REQUIRED, .options = format_options,
      .about = "baton-rules/1" },
    { "keep_together", SHAPE_OBJECT, 0, .of = &keep_shape,
      .about = "The first band." },
    { "rules", SHAPE_OBJECT, SHAPE_REQUIRED | SHAPE_LIST, 10000,
      .of = &rule_shape, .about = "Tried in order; the first match decides." },
    { "otherwise", SHAPE_OBJECT, SHAPE_REQUIRED, .of = &target_shape,
      .about = "For all that no rule matches. Never empty." },
    { "nobody_can", SHAPE_OBJECT, 0, .of = &nobody_shape,
      .about = "When nobody asked can take it." },
    { "late", SHAPE_OBJECT, 0, .of = &late_shape,
      .about = "The promise of a first answer." },
    { "pools", SHAPE_OBJECT, SHAPE_LIST, 1000, .of = &pool_shape,
      .about = "Who shares turns. \"everyone\" is there without being "
               "listed: all who take leads, in turn." },
    { "tests", SHAPE_ANY, SHAPE_LIST, 1000,
      .about = "Example leads and what is expected of them." },
    { 0 },
};
const struct shape route_rules_shape = { "RoutingRules", "A rule set.", 0,
                                         document_fields };

/* --------------------------------------------------------------- reading */

struct reading {
    struct work *w;
    struct arena *arena;
    struct route_snapshot *snapshot;
    struct route_pool *pools; /* the snapshot's, with room for one more */
    const struct route_names *names;
    bool people_known;
    bool needs_territories;
    struct text warnings;
    struct json_out out;
};

static struct str
below(struct reading *r, struct str at, const char *name)
{
    return arena_format(r->w->arena, "%.*s/%s", STR_ARG(at), name);
}

static struct str
item(struct reading *r, const char *list, size_t i)
{
    return arena_format(r->w->arena, "/%s/%zu", list, i);
}

static int
find_pool(const struct route_snapshot *snapshot, struct str id)
{
    for (int i = 0; i < snapshot->pool_count; i++)
        if (str_equal(snapshot->pools[i].id, id))
            return i;
    return -1;
}

static void
add_everyone(struct reading *r, struct route_pool *pool)
{
    const struct team *team = r->snapshot->team;

    pool->members =
        ARENA_ARRAY(r->arena, struct ledger_share, (size_t)team->count);
    for (int i = 0; i < team->count; i++)
        if (team_takes_leads(team, &team->people[i]))
            pool->members[pool->member_count++] =
                (struct ledger_share){ i, team->people[i].weight, 0 };
}

/* The pool "everyone" need not be written down: read_pools has room for it. */
static int
pool_of_everyone(struct reading *r)
{
    struct route_pool *pool = &r->pools[r->snapshot->pool_count];

    *pool = (struct route_pool){ .id = STR("everyone"),
                                 .name = STR("Everyone"),
                                 .strategy = route_strategies[0],
                                 .fairness = 4,
                                 .accept_ms = 600000 };
    if (r->people_known)
        add_everyone(r, pool);
    return r->snapshot->pool_count++;
}

static bool
read_rep(struct reading *r, struct str email, struct str at, int *person)
{
    *person = 0;
    if (!r->people_known)
        return true;
    *person = team_find_email(r->snapshot->team, email);
    if (*person < 0)
        return fail_at(r->w, at, "unknown_person",
                       "Nobody here has the address %.*s.", STR_ARG(email));
    return true;
}

static bool
read_queue(struct reading *r, struct str slug, struct str at, struct id *queue)
{
    *queue = r->snapshot->default_queue;
    if (!r->people_known)
        return true;
    for (int i = 0; i < r->snapshot->queue_count; i++) {
        if (str_equal(r->snapshot->queues[i].slug, slug)) {
            *queue = r->snapshot->queues[i].id;
            return true;
        }
    }
    return fail_at(r->w, at, "unknown_queue",
                   "There is no queue \"%.*s\"; \"inbox\" is always there.",
                   STR_ARG(slug));
}

/* One of pool, rep, queue. */
static bool
read_owner(struct reading *r, const struct json *json, struct str at,
           struct route_target *target)
{
    struct str pool = json_get_text(json, "pool");
    struct str rep = json_get_text(json, "rep");
    struct str queue = json_get_text(json, "queue");
    int given = (pool.data != NULL) + (rep.data != NULL) + (queue.data != NULL);

    if (given != 1)
        return fail_at(r->w, at, "one_of",
                       "Name exactly one of pool, rep and queue.");
    if (rep.data != NULL) {
        target->kind = TARGET_REP;
        return read_rep(r, rep, below(r, at, "rep"), &target->person);
    }
    if (queue.data != NULL) {
        target->kind = TARGET_QUEUE;
        return read_queue(r, queue, below(r, at, "queue"), &target->queue);
    }
    target->kind = TARGET_POOL;
    target->pool = find_pool(r->snapshot, pool);
    if (target->pool < 0 && str_is(pool, "everyone"))
        target->pool = pool_of_everyone(r);
    if (target->pool < 0)
        return fail_at(r->w, below(r, at, "pool"), "unknown_pool",
                       "There is no pool \"%.*s\" in \"pools\".",
                       STR_ARG(pool));
    return true;
}

static bool
read_sequence(struct reading *r, struct str slug, struct str at)
{
    if (!r->people_known)
        return true;
    for (int i = 0; i < r->names->sequence_count; i++)
        if (str_equal(r->names->sequences[i], slug))
            return true;
    return fail_at(r->w, at, "unknown_sequence",
                   "There is no sequence \"%.*s\".", STR_ARG(slug));
}

static bool
read_target(struct reading *r, const struct json *json, struct str at,
            struct route_target *target)
{
    struct str sequence = json_get_text(json, "sequence");
    const struct json *owner = json_get(json, "owner");

    if (str_is_empty(sequence))
        return read_owner(r, json, at, target);

    target->sequence = arena_str(r->arena, sequence);
    if (owner == NULL)
        return fail_at(r->w, at, "needs_owner",
                       "A sequence needs an \"owner\": the lead is never "
                       "without one.");
    return read_sequence(r, sequence, below(r, at, "sequence"))
        && read_owner(r, owner, below(r, at, "owner"), target);
}

static bool
read_tell(struct reading *r, const struct json *list, struct str at,
          struct route_late *late)
{
    int count = list == NULL ? 0 : (int)list->array.count;
    int *people = ARENA_ARRAY(r->arena, int, (size_t)count);
    bool ok = true;

    for (int i = 0; i < count; i++)
        ok &=
            read_rep(r, list->array.items[i].text,
                     arena_format(r->w->arena, "%.*s/tell/%d", STR_ARG(at), i),
                     &people[i]);
    late->tell = people;
    late->tell_count = r->people_known ? count : 0;
    return ok;
}

static bool
read_reminder(struct reading *r, const struct json *json, struct str at,
              struct route_late *late)
{
    late->remind_before_ms =
        json_get_int(json, "remind_before_minutes", 0) * 60000;
    return late->remind_before_ms < late->after_ms
        || fail_at(r->w, below(r, at, "remind_before_minutes"), "too_long",
                   "A reminder comes after the promise is made: less than "
                   "after_minutes before its end.");
}

static bool
read_late(struct reading *r, const struct json *json, struct str at,
          struct route_late *late)
{
    const struct json *finally = json_get(json, "finally");
    struct str then = json_get_text(json, "then");

    *late = (struct route_late){
        .promised = true,
        .after_ms = json_get_int(json, "after_minutes", 0) * 60000,
        .working_time = json_get_bool(json, "working_time", true),
        .then_next = !str_is(then, "stay"),
        .times = (int)json_get_int(json, "times", 1),
    };
    bool ok = read_reminder(r, json, at, late);
    ok &= read_tell(r, json_get(json, "tell"), at, late);
    if (finally != NULL)
        ok &= read_owner(r, finally, below(r, at, "finally"), &late->finally);
    return ok;
}

static void
note_territories(struct reading *r)
{
    r->snapshot->used[LEAD_COUNTRY] = r->snapshot->used[LEAD_REGION] = true;
    r->snapshot->used[LEAD_CITY] = r->snapshot->used[LEAD_POSTAL_CODE] = true;
    r->needs_territories = true;
}

/* The lead's own language or place is asked for: so the record holds it. */
static bool
read_needs(struct reading *r, const struct json *json, struct str at,
           const struct route_needs **needs)
{
    const struct json *given = json_get(json, "needs");

    if (given == NULL)
        return true;
    *needs = route_needs_read(
        r->w, r->arena, r->people_known ? &r->snapshot->team->skills : NULL,
        given, below(r, at, "needs"));
    if (*needs == NULL)
        return false;
    if ((*needs)->language_of_lead)
        r->snapshot->used[LEAD_LANGUAGE] = true;
    if ((*needs)->territory_of_lead)
        note_territories(r);
    return true;
}

/* ----------------------------------------------------------------- pools */

static bool
read_member(struct reading *r, const struct json *json, struct str at,
            struct ledger_share *share)
{
    if (!shape_check(r->w, &member_shape, json, at)
        || !read_rep(r, json_get_text(json, "rep"), below(r, at, "rep"),
                     &share->person))
        return false;

    int64_t own =
        r->people_known ? r->snapshot->team->people[share->person].weight : 1;
    share->weight = (int32_t)json_get_int(json, "weight", own);
    return true;
}

/* Members are kept in the order of the document: `fixed` needs it. */
static bool
read_members(struct reading *r, const struct json *json, struct str at,
             struct route_pool *pool)
{
    bool ok = true;

    if (json->kind == JSON_TEXT && str_is(json->text, "everyone")) {
        if (r->people_known)
            add_everyone(r, pool);
        return true;
    }
    if (json->kind != JSON_ARRAY)
        return fail_at(r->w, at, "wrong_type",
                       "Members are a list of {\"rep\": \"ana@acme.test\"}, "
                       "or \"everyone\".");

    pool->members =
        ARENA_ARRAY(r->arena, struct ledger_share, json->array.count);
    for (size_t i = 0; i < json->array.count; i++) {
        struct str place =
            arena_format(r->w->arena, "%.*s/%zu", STR_ARG(at), i);
        struct ledger_share *share = &pool->members[pool->member_count];
        if (!read_member(r, &json->array.items[i], place, share)) {
            ok = false;
            continue;
        }
        for (int j = 0; r->people_known && j < pool->member_count; j++)
            if (pool->members[j].person == share->person)
                ok = fail_at(r->w, place, "twice",
                             "This person is in the pool already; give a "
                             "weight instead.");
        pool->member_count++;
    }
    return ok;
}

static bool
read_pool(struct reading *r, const struct json *json, struct str at,
          struct route_pool *pool)
{
    struct str strategy = json_get_text(json, "strategy");
    struct str name = json_get_text(json, "name");

    pool->id = arena_str(r->arena, json_get_text(json, "id"));
    pool->name = str_is_empty(name) ? pool->id : arena_str(r->arena, name);
    pool->strategy = str_is_empty(strategy) ? route_strategies[0]
                                            : route_strategy_find(strategy);
    if (pool->strategy == NULL)
        return fail_at(r->w, below(r, at, "strategy"), "unknown_strategy",
                       "There is no strategy \"%.*s\"; there are in_turn, "
                       "most_room, best_match, first_to_accept, random and "
                       "fixed.",
                       STR_ARG(strategy));
    pool->fairness = json_get_int(json, "fairness", 4);
    pool->explore_percent = json_get_int(json, "explore_percent", 5);
    pool->offer_shows_contact =
        json_get_bool(json, "offer_shows_contact", false);
    pool->accept_ms = json_get_int(json, "accept_minutes", 10) * 60000;
    r->snapshot->weighs_results |= pool->strategy->weighs_results;
    if (find_pool(r->snapshot, pool->id) >= 0)
        return fail_at(r->w, below(r, at, "id"), "twice",
                       "Another pool has this id.");
    bool ok = read_needs(r, json, at, &pool->needs);
    return read_members(r, json_get(json, "members"), below(r, at, "members"),
                        pool)
        && ok;
}

static bool
read_pools(struct reading *r, const struct json *list)
{
    size_t count = list == NULL ? 0 : list->array.count;
    struct route_pool *pools =
        ARENA_ARRAY(r->arena, struct route_pool, count + 1);
    bool ok = true;

    r->snapshot->pools = r->pools = pools;
    for (size_t i = 0; i < count; i++) {
        ok &=
            read_pool(r, &list->array.items[i], item(r, "pools", i), &pools[i]);
        r->snapshot->pool_count++;
    }
    return ok;
}

/* ----------------------------------------------------------------- rules */

static bool
read_rule(struct reading *r, const struct json *json, struct str at,
          struct route_rule *rule)
{
    const struct json *late = json_get(json, "late");
    struct str name = json_get_text(json, "name");
    bool ok = true;

    rule->id = arena_str(r->arena, json_get_text(json, "id"));
    rule->name = str_is_empty(name) ? rule->id : arena_str(r->arena, name);
    rule->enabled = json_get_bool(json, "enabled", true);
    rule->capturer_keeps = json_get_bool(json, "capturer_keeps", false);
    rule->when = condition_read(r->w, r->snapshot->fields,
                                json_get(json, "when"), below(r, at, "when"));
    if (rule->when == NULL)
        ok = false;
    else
        condition_fields(rule->when, r->snapshot->used);
    if (!read_target(r, json_get(json, "give_to"), below(r, at, "give_to"),
                     &rule->give_to))
        ok = false;
    ok &= read_needs(r, json, at, &rule->needs);
    if (late != NULL && !read_late(r, late, below(r, at, "late"), &rule->late))
        ok = false;
    return ok;
}

static bool
rule_ids_differ(struct reading *r)
{
    struct hash_map seen;
    bool ok = true;

    hash_map_init(&seen);
    for (int i = 0; i < r->snapshot->rule_count; i++) {
        int64_t key = hash_key(0, r->snapshot->rules[i].id);
        if (hash_map_get(&seen, key) != 0)
            ok = fail_at(r->w, below(r, item(r, "rules", (size_t)i), "id"),
                         "twice", "Rule %d has the same id.",
                         (int)hash_map_get(&seen, key) - 1);
        hash_map_put(&seen, key, i + 1);
    }
    hash_map_free(&seen);
    return ok;
}

static bool
read_rules(struct reading *r, const struct json *list)
{
    struct route_rule *rules =
        ARENA_ARRAY(r->arena, struct route_rule, list->array.count);
    bool ok = true;

    r->snapshot->rules = rules;
    for (size_t i = 0; i < list->array.count; i++) {
        ok &=
            read_rule(r, &list->array.items[i], item(r, "rules", i), &rules[i]);
        r->snapshot->rule_count++;
    }
    return rule_ids_differ(r) && ok;
}

static bool
read_rest(struct reading *r, const struct json *document)
{
    const struct json *nobody = json_get(document, "nobody_can");
    const struct json *late = json_get(document, "late");
    const struct json *keep = json_get(document, "keep_together");
    const struct json *then = json_get(nobody, "then");
    struct route_snapshot *snapshot = r->snapshot;
    bool ok = read_target(r, json_get(document, "otherwise"), STR("/otherwise"),
                          &snapshot->otherwise);

    snapshot->wait_for_hours =
        nobody == NULL || json_get(nobody, "wait") != NULL;
    if (then != NULL)
        ok &= read_owner(r, then, STR("/nobody_can/then"),
                         &snapshot->nobody_then);
    if (late != NULL)
        ok &= read_late(r, late, STR("/late"), &snapshot->late);
    snapshot->keep_person = json_get_bool(keep, "person", true);
    snapshot->keep_account = json_get_bool(keep, "account", false);
    snapshot->keep_family = json_get_bool(keep, "parent_account", false);
    snapshot->keep_ms =
        json_get_int(keep, "months", KEEP_MONTHS_USUAL) * MONTH_MS;
    if (json_get(keep, "months") != NULL && !snapshot->keep_account
        && !snapshot->keep_family)
        route_warn(&r->out, STR("/keep_together/months"), "no_effect",
                   STR("Months are about companies, and neither account nor "
                       "parent_account is on: they have no effect."));
    return ok;
}

const struct route_snapshot *
route_rules_read(struct work *w, struct arena *arena,
                 const struct json *document, int64_t version,
                 const struct route_names *names, struct str *warnings)
{
    struct reading r = {
        .w = w,
        .arena = arena,
        .snapshot = ARENA_NEW(arena, struct route_snapshot),
        .names = names,
        .people_known = names->team != NULL,
        .warnings = text_new(w->arena),
    };

    *r.snapshot = (struct route_snapshot){
        .version = version,
        .team = names->team,
        .queues = names->queues,
        .queue_count = names->queue_count,
        .default_queue = names->default_queue,
        .fields = names->fields != NULL ? names->fields : lead_fields,
    };
    r.out = json_out_new(&r.warnings);
    json_open_array(&r.out);
    if (!shape_check(w, &route_rules_shape, document, STR("")))
        return NULL;

    bool ok = read_pools(&r, json_get(document, "pools"));
    ok &= read_rules(&r, json_get(document, "rules"));
    ok &= read_rest(&r, document);
    if (ok && r.needs_territories && r.people_known)
        ok = route_territories_read(w, arena, names, &r.snapshot->territories);
    if (ok && warnings != NULL)
        route_warn_of(w->arena, document, r.snapshot, &r.out);
    json_close_array(&r.out);
    if (warnings != NULL)
        *warnings = text_str(&r.warnings);
    return ok ? r.snapshot : NULL;
}
