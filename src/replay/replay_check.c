/* replay_check: see replay_check.h. */
#include "src/replay/replay_check.h"

#include "src/lead/custom.h"
#include "src/replay/replay_run.h"

/* Answers that no rule was asked for, by the code of the decision. */
static const struct {
    const char *code;
    const char *left;
} not_asked[] = {
    { "accepted", "accepted" }, /* whoever was quickest */
    { "finally", "finally" },   /* the last resort of a promise */
};

/* Why nothing can be asked; NULL: it can. */
static const char *
why_left(const struct decision_row *row)
{
    struct str code = json_get_text(row->record, "code");

    if (json_get(row->record, "input") == NULL)
        return "erased";
    for (size_t i = 0; i < sizeof not_asked / sizeof *not_asked; i++)
        if (str_is(code, not_asked[i].code))
            return not_asked[i].left;
    /* A substitute who got what came back of somebody on leave. */
    if (str_is(json_get_text(row->record, "band"), "kept")
        && json_get(row->record, "account") == NULL)
        return "came_back";
    return NULL;
}

/* ------------------------------------------------------------ the question */

static const struct fact *
facts_of(struct arena *arena, const struct route_snapshot *rules,
         const struct json *record)
{
    const struct json *input = json_get(record, "input");
    struct fact *facts = ARENA_ARRAY(arena, struct fact, LEAD_FACT_COUNT);

    for (int i = 0; rules->fields[i].name != NULL; i++)
        facts[i] =
            route_input_fact(arena, json_get(input, rules->fields[i].name));
    return facts;
}

static void
read_except(struct arena *arena, const struct json *record,
            struct route_question *question)
{
    const struct json *list = json_get(record, "except");
    size_t count = list == NULL ? 0 : list->array.count;
    struct id *except = ARENA_ARRAY(arena, struct id, count);

    for (size_t i = 0; i < count; i++)
        if (id_parse(list->array.items[i].text,
                     &except[question->except_count]))
            question->except_count++;
    question->except = except;
}

/* Nobody had accepted in time; who had declined was stopped by that. */
static void
read_declined(struct arena *arena, const struct team *team,
              const struct json *record, const struct replay_past *past,
              struct route_question *question)
{
    struct id *declined =
        ARENA_ARRAY(arena, struct id, (size_t)past->seen_count);

    for (int i = 0; i < past->seen_count; i++)
        if (str_is(past->seen[i].gate, "declined"))
            declined[question->declined_count++] =
                team->people[past->seen[i].person].id;
    question->declined = declined;
    question->offer_is_over =
        question->declined_count > 0
        || str_is(json_get_text(record, "code"), "not_accepted");
}

/* ------------------------------------------------------------- the answer */

static struct str
gate_then(const struct replay_past *past, int person)
{
    for (int i = 0; i < past->seen_count; i++)
        if (past->seen[i].person == person)
            return past->seen[i].gate;
    return STR("not_considered");
}

static void
compare_people(struct arena *arena, const struct team *team,
               const struct replay_past *past, const struct route_decision *d,
               struct replay_check *check)
{
    check->otherwise =
        ARENA_ARRAY(arena, struct replay_otherwise, (size_t)d->candidate_count);
    for (int i = 0; i < d->candidate_count; i++) {
        const struct route_candidate *candidate = &d->candidates[i];
        const char *now =
            candidate->gate == NULL ? NULL : candidate->gate->code;
        struct str then = gate_then(past, candidate->person);
        if (now == NULL ? then.data == NULL : str_is(then, now))
            continue;
        check->otherwise[check->otherwise_count++] =
            (struct replay_otherwise){ team->people[candidate->person].id, then,
                                       now };
    }
}

static bool
weigh(struct work *w, const struct route_snapshot *rules,
      struct replay_check *check, const struct results **results)
{
    struct results *read;

    *results = NULL;
    if (!rules->weighs_results)
        return true;
    check->weighed = true;
    read = ARENA_NEW(w->arena, struct results);
    *results = read;
    return result_list(w, w->arena, read);
}

static bool
ask(struct work *w, const struct decision_row *row,
    const struct route_snapshot *rules, struct team *team,
    struct replay_check *check)
{
    struct ledger none = {
        .entries =
            ARENA_ARRAY(w->arena, struct ledger_entry, (size_t)team->count),
        .count = team->count,
    };
    const struct results *results;
    struct replay_past past;
    struct replay replay;

    if (!weigh(w, rules, check, &results))
        return false;
    replay_past_read(w->arena, team, row, &past);
    past.facts = facts_of(w->arena, rules, row->record);
    read_except(w->arena, row->record, &past.question);
    read_declined(w->arena, team, row->record, &past, &past.question);
    replay_init(&replay, w->arena, rules, team, &none, results);
    struct route_decision d = replay_again(&replay, w->arena, &past);
    replay_free(&replay);
    /* A late lead that nobody else can take stays where it is. */
    if (str_is(json_get_text(row->record, "code"), "nobody_else")
        && d.owner.kind == OWNER_QUEUE)
        d.owner = row->owner;
    check->owner = d.owner;
    check->same = owner_equal(d.owner, row->owner);
    compare_people(w->arena, team, &past, &d, check);
    return true;
}

/* The rules of that day; NULL: they name what is gone. */
static bool
read_rules(struct work *w, int64_t version, const struct route_names *names,
           const struct route_snapshot **rules)
{
    struct routing_document document;

    if (!routing_version_load(w, version, &document))
        return false;
    *rules = route_rules_read(w, w->arena, document.json, version, names, NULL);
    if (*rules == NULL)
        w->error = (struct error){ 0 };
    return true;
}

static bool
check_in(struct work *w, const struct decision_row *row,
         const struct workspace_cache *cache, struct replay_check *check)
{
    struct route_names names = route_names_of(cache);
    struct team *team = replay_own_team(w->arena, cache->team);
    const struct route_snapshot *rules;

    names.team = team;
    if (!read_rules(w, row->rules_version, &names, &rules))
        return false;
    if (rules == NULL) {
        check->left = "rules_gone";
        return true;
    }
    return ask(w, row, rules, team, check);
}

bool
replay_check(struct work *w, const struct decision_row *row,
             struct replay_check *check)
{
    void *remembered = w->remembered;

    *check = (struct replay_check){ .left = why_left(row) };
    if (check->left != NULL)
        return true;
    struct workspace_cache *cache = workspace_cache_apart(w, row->decided_ms);
    bool ok = cache != NULL && check_in(w, row, cache, check);
    w->remembered = remembered;
    workspace_cache_free(cache);
    return ok;
}
