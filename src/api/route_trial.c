/* route_trial: see route_trial.h. */
#include "src/api/route_trial.h"

#include "lib/http/shape.h"
#include "lib/time/zone.h"
#include "src/api/capture_api.h"
#include "src/lead/choice.h"
#include "src/lead/custom.h"
#include "src/lifecycle_jobs.h"
#include "src/match/match.h"
#include "src/score/score.h"
#include "src/standardise/convention.h"
#include "src/standardise/standardise.h"

/* ------------------------------------------------------------------ lead */

bool
trial_learn(struct work *w, const struct json *fields, struct str at,
            int64_t now_ms, const struct conventions *conventions,
            struct lead *lead, struct lead_facts *facts)
{
    const struct standardise_settings settings = { .strict = true };
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL || !shape_check(w, &lead_input_shape, fields, at)
        || !standardise(w, fields, at, &settings, facts))
        return false;
    standardise_phone(w->arena, facts, cache->workspace.country);
    if (!custom_read(w, cache->schema, facts->custom, true,
                     arena_format(w->arena, "%.*s/custom", STR_ARG(at)),
                     &facts->custom, NULL)
        || !choices_read(w, cache->schema, facts, true, at))
        return false;
    lead_init(w, lead);
    lead->created_ms = lead->updated_ms = now_ms;
    match_fill(w->arena, lead, facts);
    custom_fill(w->arena, cache->schema, lead, facts->custom);
    if (conventions != NULL)
        conventions_apply(w->arena, conventions, cache->schema, now_ms, NULL,
                          lead, facts);
    standardise_currency(w->arena, lead->facts, cache->workspace.currency);
    return true;
}

bool
trial_lead(struct work *w, const struct json *fields, struct str at,
           int64_t now_ms, struct lead *lead)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct lead_facts facts;

    if (cache == NULL
        || !trial_learn(w, fields, at, now_ms, cache->conventions, lead, &facts)
        || !match_account_find(w, lead, &facts.company))
        return false;
    lead_refresh(lead);
    score_set(w->arena, lead, cache->scoring, now_ms);
    return true;
}

bool
trial_captured(struct work *w, const struct json *json, struct str at,
               struct lead *lead)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct str email = json_get_text(json, "captured_by");

    if (cache == NULL)
        return false;
    if (str_is_empty(email))
        return true;
    int person = team_find_email(cache->team, email);
    if (person < 0)
        return fail_at(w,
                       arena_format(w->arena, "%.*s/captured_by", STR_ARG(at)),
                       "unknown_person", "Nobody here has the address %.*s.",
                       STR_ARG(email));
    lead->captured_by = cache->team->people[person].id;
    return true;
}

/* ------------------------------------------------------------------- ask */

static bool
show(struct work *w, struct trial *trial, struct str record, struct owner owner,
     int64_t rules_version)
{
    struct json_error error;

    trial->shown = (struct decision_row){
        .lead = trial->lead.version > 0 ? trial->lead.id : ID_NONE,
        .rules_version = rules_version,
        .owner = owner,
        .record = json_parse(w->arena, record, &error),
    };
    return trial->shown.record != NULL
        || fail(w, ERR_INTERNAL, "The record cannot be read.");
}

static bool
ask(struct work *w, const struct route_snapshot *snapshot, int64_t now_ms,
    bool with_company, struct trial *trial)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct route_question *question = &trial->answer.question;
    struct route_decision *d = &trial->answer.decision;

    if (cache == NULL)
        return false;
    lead_refresh(&trial->lead);
    *question = (struct route_question){
        .facts = trial->lead.facts,
        .now_ms = now_ms,
        .captured_by = trial->lead.captured_by,
        .was_in_sequence = trial->lead.sequence_state != LEAD_IN_NO_SEQUENCE,
        .random = random_next(w->random) >> 1,
    };
    if (with_company && !route_kept_of(w, snapshot, &trial->lead, question))
        return false;
    if (!route_weigh_results(w, snapshot, &trial->lead, question))
        return false;
    *d = route_decide(w->arena, question, snapshot, &cache->ledger);
    return show(w, trial, route_record(w->arena, d, question, snapshot),
                d->owner, d->rules_version);
}

bool
trial_ask_rules(struct work *w, const struct route_snapshot *snapshot,
                int64_t now_ms, struct trial *trial)
{
    return ask(w, snapshot, now_ms, false, trial);
}

/* Leads are matched before they are routed. */
static bool
find_known(struct work *w, struct trial *trial, struct lead *known)
{
    const struct submission none = { 0 };
    struct lead_facts facts = { .email_key = trial->lead.email_key,
                                .phone_key = trial->lead.phone_key };

    switch (match_find(w, &facts, &none, known)) {
    case MATCH_FAILED:
        return false;
    case MATCH_NONE:
        return true;
    case MATCH_PERSON:
    case MATCH_DELIVERY:
    case MATCH_REPEAT:
        trial->kept = owner_can_stay(w, known);
        trial->lead.sequence_state = known->sequence_state;
        return true;
    }
    return true;
}

static struct str
kept_record(struct work *w, int64_t now_ms)
{
    return arena_format(w->arena,
                        "{\"band\":\"kept\",\"code\":\"kept\",\"able\":0,"
                        "\"candidates\":[],\"input\":{},\"at\":\"%.*s\"}",
                        STR_ARG(time_show(w->arena, now_ms)));
}

bool
trial_ask(struct work *w, const struct route_snapshot *snapshot, int64_t now_ms,
          struct trial *trial)
{
    struct lead known;

    if (trial->lead.version == 0 && !find_known(w, trial, &known))
        return false;
    if (!trial->kept)
        return ask(w, snapshot, now_ms, true, trial);
    trial->lead = known;
    return show(w, trial, kept_record(w, now_ms), known.owner,
                snapshot->version);
}

/* ----------------------------------------------------------------- tests */

static const struct shape_field expect_fields[] = {
    { "rule", SHAPE_TEXT, 0, 100, .about = "The rule that decides." },
    { "pool", SHAPE_TEXT, 0, 100, .about = "The pool that it names." },
    { "rep", SHAPE_TEXT, 0, 254, .about = "The person who gets it." },
    { "queue", SHAPE_TEXT, 0, 100, .about = "The queue it goes to." },
    { "sequence", SHAPE_TEXT, 0, 100, .about = "The sequence it begins." },
    { 0 },
};
static const struct shape expect_shape = { "RoutingExpectation",
                                           "What shall come out.", 0,
                                           expect_fields };
static const struct shape_field test_fields[] = {
    { "name", SHAPE_TEXT, 0, 200, .about = "Shown when it fails." },
    { "lead", SHAPE_OBJECT, SHAPE_REQUIRED, .about = "As it would be sent." },
    { "at", SHAPE_TIME, SHAPE_NULLABLE, .about = "When; now if absent." },
    { "captured_by", SHAPE_EMAIL, SHAPE_NULLABLE, 254,
      .about = "Who enters it by hand; nobody if absent." },
    { "expect", SHAPE_OBJECT, SHAPE_REQUIRED, .of = &expect_shape,
      .about = "What shall come out." },
    { 0 },
};
static const struct shape test_shape = { "RoutingTest",
                                         "An example and its outcome.", 0,
                                         test_fields };

static struct str
place_of(struct work *w, size_t i)
{
    return arena_format(w->arena, "/tests/%zu", i);
}

/* Else it could not fail. */
static bool
expects_something(struct work *w, const struct json *test, size_t i)
{
    return json_get(test, "expect")->object.count > 0
        || fail_at(w, arena_format(w->arena, "/tests/%zu/expect", i), "empty",
                   "Say what shall come out: a rule, pool, rep, queue or "
                   "sequence.");
}

bool
trial_check_tests(struct work *w, const struct json *document)
{
    const struct json *tests = json_get(document, "tests");
    bool ok = true;

    for (size_t i = 0; tests != NULL && i < tests->array.count; i++)
        ok &=
            shape_check(w, &test_shape, &tests->array.items[i], place_of(w, i))
            && expects_something(w, &tests->array.items[i], i);
    return ok;
}

static struct str
name_of_target(const struct route_decision *d,
               const struct route_snapshot *snapshot)
{
    return d->target.kind == TARGET_POOL ? snapshot->pools[d->target.pool].id
                                         : STR_NONE;
}

static struct str
email_of_owner(const struct route_decision *d, const struct team *team)
{
    int number = d->owner.kind == OWNER_REP ? team_find(team, d->owner.id) : -1;

    return number < 0 ? STR_NONE : team->people[number].email;
}

static struct str
slug_of_owner(const struct route_decision *d,
              const struct route_snapshot *snapshot)
{
    for (int i = 0; i < snapshot->queue_count; i++)
        if (d->owner.kind == OWNER_QUEUE
            && id_equal(snapshot->queues[i].id, d->owner.id))
            return snapshot->queues[i].slug;
    return STR_NONE;
}

/* What a test may expect, and what is said when there was none of it. */
static const struct {
    const char *what;
    const char *none;
} outcomes[] = {
    { "rule", "no rule matched" },        { "pool", "it went to no pool" },
    { "rep", "no person got it" },        { "queue", "it is in no queue" },
    { "sequence", "no sequence begins" },
};
enum { OUTCOMES = sizeof outcomes / sizeof *outcomes };

static struct str
came_out(struct arena *arena, int i, struct str came)
{
    if (str_is_empty(came))
        return str_of(outcomes[i].none);
    return arena_format(arena, "the %s was %.*s", outcomes[i].what,
                        STR_ARG(came));
}

static bool
meets(struct work *w, const struct json *test, struct str at, int i,
      struct str came, struct str sentence)
{
    const char *what = outcomes[i].what;
    struct str wanted = json_get_text(json_get(test, "expect"), what);

    if (wanted.data == NULL || str_equal_ascii_case(wanted, came))
        return true;
    return fail_at(w, at, "test_failed",
                   "\"%.*s\": the %s was to be %.*s, but %.*s. What came out: "
                   "%.*s",
                   STR_ARG(json_get_text(test, "name")), what, STR_ARG(wanted),
                   STR_ARG(came_out(w->arena, i, came)), STR_ARG(sentence));
}

/* Faults are told in English. */
static struct str
sentence_of(struct work *w, const struct route_decision *d,
            const struct route_snapshot *snapshot)
{
    struct route_telling telling = route_tell(d, snapshot);

    telling.zone = zone_find(workspace_cache(w)->workspace.time_zone);
    return route_sentence(w->arena, &telling, STR("en"));
}

static bool
run_test(struct work *w, const struct json *test, struct str at,
         const struct route_snapshot *snapshot)
{
    struct str when = json_get_text(test, "at");
    struct str lead_at = arena_format(w->arena, "%.*s/lead", STR_ARG(at));
    int64_t now_ms = w->now_ms;
    struct trial trial = { 0 };
    const struct route_decision *d = &trial.answer.decision;

    if (when.data != NULL && !time_parse(when, &now_ms))
        return fail_at(w, at, "wrong_type", "\"at\" is no time.");
    if (!trial_lead(w, json_get(test, "lead"), lead_at, now_ms, &trial.lead)
        || !trial_captured(w, test, at, &trial.lead)
        || !trial_ask_rules(w, snapshot, now_ms, &trial))
        return false;

    const struct str came[OUTCOMES] = {
        d->rule == NULL ? STR_NONE : d->rule->id,
        name_of_target(d, snapshot),
        email_of_owner(d, snapshot->team),
        slug_of_owner(d, snapshot),
        d->target.sequence,
    };
    struct str sentence = sentence_of(w, d, snapshot);
    bool ok = true;
    for (int i = 0; i < OUTCOMES; i++)
        ok &= meets(w, test, at, i, came[i], sentence);
    return ok;
}

bool
trial_run_tests(struct work *w, const struct json *document,
                const struct route_snapshot *snapshot)
{
    const struct json *tests = json_get(document, "tests");
    bool ok = trial_check_tests(w, document);

    if (!ok)
        return false;
    for (size_t i = 0; tests != NULL && i < tests->array.count; i++)
        ok &= run_test(w, &tests->array.items[i], place_of(w, i), snapshot);
    return ok;
}
