/*
 * route: the decision itself. Rules in order, first match; its target; the
 * people of the target through the gates; the strategy among those who can;
 * and what happens when nobody can. Everything here is pure.
 */
#include "src/route/route.h"

#include <assert.h>

/* What asking one target came to. */
struct asked {
    struct route_candidate *candidates;
    int count;
    struct ledger_share *able;
    int able_count;
};

static bool keep_together(struct arena *, const struct route_question *,
                          const struct route_snapshot *, const struct ledger *,
                          struct route_decision *);
static bool capturer_keeps(struct arena *, const struct route_question *,
                           const struct route_snapshot *, const struct ledger *,
                           struct route_decision *);
static struct route_target target_of(const struct route_decision *,
                                     const struct route_snapshot *);
static bool give(struct arena *, const struct route_question *,
                 const struct route_target *, const struct route_snapshot *,
                 const struct ledger *, struct route_decision *);
static void nobody_can(struct arena *, const struct route_question *,
                       const struct route_snapshot *, const struct ledger *,
                       struct route_decision *);

struct route_decision
route_decide(struct arena *arena, const struct route_question *question,
             const struct route_snapshot *snapshot, const struct ledger *ledger)
{
    struct route_decision d = {
        .rules_version = snapshot->version,
        .chosen = -1,
        .stands_for = -1,
        .late = &snapshot->late,
    };

    if (keep_together(arena, question, snapshot, ledger, &d))
        return d;
    d.rule = route_first_match(snapshot, question);
    d.band = d.rule == NULL ? BAND_OTHERWISE : BAND_RULE;
    d.target = target_of(&d, snapshot);
    if (d.rule != NULL && d.rule->late.promised)
        d.late = &d.rule->late;

    if (!capturer_keeps(arena, question, snapshot, ledger, &d)
        && !give(arena, question, &d.target, snapshot, ledger, &d))
        nobody_can(arena, question, snapshot, ledger, &d);
    assert(!id_is_none(d.owner.id)); /* R2: always exactly one owner */
    return d;
}

const struct route_rule *
route_first_match(const struct route_snapshot *snapshot,
                  const struct route_question *question)
{
    for (int i = 0; i < snapshot->rule_count; i++) {
        const struct route_rule *rule = &snapshot->rules[i];
        if (!rule->enabled
            || (question->was_in_sequence && rule->give_to.sequence.bytes > 0))
            continue;
        if (condition_true(rule->when, question->facts, question->now_ms))
            return rule;
    }
    return NULL;
}

static struct route_target
target_of(const struct route_decision *d, const struct route_snapshot *snapshot)
{
    return d->rule == NULL ? snapshot->otherwise : d->rule->give_to;
}

/* ------------------------------------------------------ asking a target */

static bool
is_considered(const struct asked *asked, const struct ledger_share *members,
              int count, int person)
{
    for (int i = 0; i < count; i++)
        if (members[i].person == person)
            return true;
    for (int i = 0; i < asked->count; i++)
        if (asked->candidates[i].person == person)
            return true;
    return false;
}

struct route_candidate
route_candidate_of(const struct team *team, const struct ledger *ledger,
                   const struct ledger_share *share, int64_t now_ms)
{
    const struct ledger_entry *entry = &ledger->entries[share->person];
    bool counts_days = team->people[share->person].day_leads_max >= 0;

    return (struct route_candidate){
        .person = share->person,
        .stands_for = -1,
        .weight = share->weight,
        .credit = entry->credit,
        .turn = entry->last_turn,
        .open = entry->open_leads,
        .today = counts_days
                   ? ledger_day_leads(ledger, team, share->person, now_ms)
                   : 0,
    };
}

static const struct route_candidate *
consider(const struct route_asking *asking, struct asked *asked,
         struct ledger_share share, int stands_for)
{
    struct route_candidate *candidate = &asked->candidates[asked->count++];

    *candidate = route_candidate_of(asking->team, asking->ledger, &share,
                                    asking->question->now_ms);
    candidate->stands_for = stands_for;
    candidate->gate = route_first_gate(asking, candidate);
    if (candidate->gate == NULL)
        asked->able[asked->able_count++] = share;
    return candidate;
}

/* The person number of whoever stands in for somebody on leave, or -1. */
static int
substitute_of(const struct route_asking *asking, int person)
{
    const struct absence *absence =
        person_absence(&asking->team->people[person], asking->question->now_ms);

    return absence == NULL || id_is_none(absence->substitute)
             ? -1
             : team_find(asking->team, absence->substitute);
}

/*
 * Everybody named, each with the first gate that stops him (R3). Whoever is
 * on leave is represented by his substitute, once, and not when that one is a
 * member himself: his own turns do not grow by others' absences.
 */
static struct asked
ask(struct arena *arena, const struct route_asking *asking,
    const struct ledger_share *members, int count)
{
    size_t room = 2 * (size_t)count;
    struct asked asked = {
        .candidates = ARENA_ARRAY(arena, struct route_candidate, room),
        .able = ARENA_ARRAY(arena, struct ledger_share, room),
    };

    for (int i = 0; i < count; i++) {
        if (consider(asking, &asked, members[i], -1)->gate == NULL)
            continue;
        int other = substitute_of(asking, members[i].person);
        if (other >= 0 && !is_considered(&asked, members, count, other))
            (void)consider(asking, &asked,
                           (struct ledger_share){ other, members[i].weight, 0 },
                           members[i].person);
    }
    return asked;
}

/* Notes the shares beside the candidates, for the record. */
static void
note_units(struct asked *asked)
{
    int next = 0;

    for (int i = 0; i < asked->count; i++)
        if (asked->candidates[i].gate == NULL)
            asked->candidates[i].units = asked->able[next++].units;
}

static int
stands_for(const struct asked *asked, int person)
{
    for (int i = 0; i < asked->count; i++)
        if (asked->candidates[i].person == person)
            return asked->candidates[i].stands_for;
    return -1;
}

static void
to_queue(struct route_decision *d, struct id queue, const char *code)
{
    d->chosen = d->stands_for = -1;
    d->owner = owner_queue(queue);
    d->code = code;
}

/* The index of the share that the strategy chooses. */
static int
choose(struct arena *arena, const struct route_asking *asking,
       const struct route_pool *pool, const struct asked *asked,
       struct route_decision *d)
{
    struct route_choosing choosing = {
        .asking = asking,
        .pool = pool,
        .shares = asked->able,
        .count = asked->able_count,
        .code = pool->strategy->name,
    };
    int next = 0;

    if (pool->strategy->weighs_results)
        choosing.figures =
            ARENA_ARRAY(arena, struct route_figures, (size_t)asked->able_count);
    int best = pool->strategy->choose(&choosing);
    assert(best >= 0 && best < asked->able_count); /* I10 */
    d->code = choosing.code;
    for (int i = 0; choosing.figures != NULL && i < asked->count; i++)
        if (asked->candidates[i].gate == NULL)
            asked->candidates[i].figures = &choosing.figures[next++];
    return best;
}

/* A queue owns it until one of them accepts: no turn is taken before that. */
static void
offer(const struct asked *asked, struct id queue, struct route_decision *d)
{
    to_queue(d, queue, "offered");
    d->offered = asked->able;
    d->offered_count = asked->able_count;
}

static bool
give_to_one_of(struct arena *arena, struct route_asking *asking,
               const struct route_pool *pool, struct id queue,
               struct route_decision *d)
{
    asking->of_pool = pool->needs;

    struct asked asked = ask(arena, asking, pool->members, pool->member_count);
    d->candidates = asked.candidates;
    d->candidate_count = asked.count;
    d->able_count = asked.able_count;
    if (asked.able_count == 0)
        return false;

    ledger_split(asked.able, asked.able_count, LEDGER_UNIT);
    note_units(&asked);
    if (pool->strategy->offers && !asking->question->offer_is_over) {
        offer(&asked, queue, d);
        return true;
    }
    int best = choose(arena, asking, pool, &asked, d);
    d->chosen = asked.able[best].person;
    d->stands_for = stands_for(&asked, d->chosen);
    d->owner = owner_rep(asking->team->people[d->chosen].id);
    d->shares = asked.able;
    d->share_count = asked.able_count;
    return true;
}

/* Somebody by name, or whoever stands in for him. */
static bool
give_to_person(struct arena *arena, struct route_asking *asking, int person,
               struct route_decision *d)
{
    struct ledger_share named = { person, 1, 0 };
    const struct route_pool alone = {
        .strategy = route_strategy_find(STR("fixed")),
        .members = &named,
        .member_count = 1,
    };

    if (!give_to_one_of(arena, asking, &alone, ID_NONE, d))
        return false;
    if (d->stands_for >= 0)
        d->code = "substitute";
    return true;
}

static bool
give(struct arena *arena, const struct route_question *question,
     const struct route_target *target, const struct route_snapshot *snapshot,
     const struct ledger *ledger, struct route_decision *d)
{
    struct route_asking asking = {
        .question = question,
        .team = snapshot->team,
        .territories = &snapshot->territories,
        .ledger = ledger,
        .of_rule = d->rule == NULL ? NULL : d->rule->needs,
    };

    switch (target->kind) {
    case TARGET_POOL:
        d->pool = &snapshot->pools[target->pool];
        return give_to_one_of(arena, &asking, d->pool, snapshot->default_queue,
                              d);
    case TARGET_REP:
        return give_to_person(arena, &asking, target->person, d);
    case TARGET_QUEUE:
        to_queue(d, target->queue, "to_queue");
        return true;
    case TARGET_NONE:
        return false;
    }
    return false;
}

/* -------------------------------------------------------- keep together */

static bool
is_asked(const struct route_kept *kept, const struct route_snapshot *snapshot)
{
    return (kept->family ? snapshot->keep_family : snapshot->keep_account)
        && team_find(snapshot->team, kept->person) >= 0;
}

/* The first gate that stops him, as for everybody. */
static bool
may_stay(const struct route_question *question,
         const struct route_snapshot *snapshot, const struct ledger *ledger,
         struct route_kept_candidate *asked)
{
    const struct route_kept *kept = asked->kept;
    const struct route_asking asking = { .question = question,
                                         .team = snapshot->team,
                                         .territories = &snapshot->territories,
                                         .ledger = ledger };
    struct route_candidate candidate = {
        .person = team_find(snapshot->team, kept->person),
    };

    asked->too_long_ago = kept->since_ms > 0
                       && kept->since_ms < question->now_ms - snapshot->keep_ms;
    if (asked->too_long_ago)
        return false;
    asked->gate = route_first_gate(&asking, &candidate);
    asked->saw = candidate.saw;
    asked->limit = candidate.limit;
    return asked->gate == NULL;
}

static const char *
code_of(const struct route_kept *kept)
{
    if (kept->family)
        return kept->since_ms == 0 ? "family_owner" : "family_served";
    return kept->since_ms == 0 ? "account_owner" : "account_served";
}

/* R7: a company goes to whoever has it already, if he can take it; if not,
 * the rules decide, and the record says why he could not. */
static bool
keep_together(struct arena *arena, const struct route_question *question,
              const struct route_snapshot *snapshot,
              const struct ledger *ledger, struct route_decision *d)
{
    d->kept = ARENA_ARRAY(arena, struct route_kept_candidate,
                          (size_t)question->kept_count);
    for (int i = 0; i < question->kept_count; i++) {
        struct route_kept_candidate *asked = &d->kept[d->kept_count];
        *asked = (struct route_kept_candidate){ .kept = &question->kept[i] };
        if (!is_asked(asked->kept, snapshot))
            continue;
        d->kept_count++;
        if (!may_stay(question, snapshot, ledger, asked))
            continue;

        const struct route_target him = {
            .kind = TARGET_REP,
            .person = team_find(snapshot->team, asked->kept->person),
        };
        bool given = give(arena, question, &him, snapshot, ledger, d);
        assert(given); /* no gate stops him */
        d->band = BAND_KEPT;
        d->target = him;
        d->stays = asked->kept;
        d->code = code_of(asked->kept);
        return true;
    }
    return false;
}

/* ------------------------------------------------- who caught it keeps it */

/*
 * R11: a rule may leave a lead with the person who enters it by hand. He is
 * working, whatever his hours say; all else is asked of him as of everybody.
 */
static bool
capturer_keeps(struct arena *arena, const struct route_question *question,
               const struct route_snapshot *snapshot,
               const struct ledger *ledger, struct route_decision *d)
{
    bool keeps = d->rule != NULL && d->rule->capturer_keeps;
    int person = keeps ? team_find(snapshot->team, question->captured_by) : -1;
    struct route_candidate *him;

    if (person < 0)
        return false;
    struct route_asking asking = {
        .question = question,
        .team = snapshot->team,
        .territories = &snapshot->territories,
        .ledger = ledger,
        .of_rule = d->rule->needs,
        .as_capturer = true,
    };
    d->capturer = him = ARENA_NEW(arena, struct route_candidate);
    *him = (struct route_candidate){ .person = person, .stands_for = -1 };
    him->gate = route_first_gate(&asking, him);
    if (him->gate != NULL)
        return false;
    bool given = give_to_person(arena, &asking, person, d);
    assert(given); /* no gate stops him */
    d->target = (struct route_target){ .kind = TARGET_REP, .person = person };
    d->code = "captured";
    return true;
}

/* ------------------------------------------------------ when nobody can */

/* When the first of those who were asked may take leads again by the time
 * alone; 0: nobody will come in sight. */
static int64_t
somebody_comes_ms(const struct route_question *question,
                  const struct route_snapshot *snapshot,
                  const struct route_decision *d)
{
    int64_t first = INT64_MAX;

    for (int i = 0; i < d->candidate_count; i++) {
        const struct route_candidate *candidate = &d->candidates[i];
        if (candidate->gate == NULL || candidate->gate->opens_ms == NULL)
            continue;
        int64_t next = candidate->gate->opens_ms(
            question, &snapshot->team->people[candidate->person]);
        if (next < first)
            first = next;
    }
    return first == INT64_MAX ? 0 : first;
}

/* Of somebody on leave: to whoever stands in for him, if he can take it. */
static bool
give_to_stand_in(struct arena *arena, const struct route_question *question,
                 const struct route_target *target,
                 const struct route_snapshot *snapshot,
                 const struct ledger *ledger, struct route_decision *d)
{
    struct route_decision in = *d;

    if (person_absence(&snapshot->team->people[target->person],
                       question->now_ms)
            == NULL
        || !give(arena, question, target, snapshot, ledger, &in)
        || in.stands_for < 0)
        return false;
    *d = in;
    return true;
}

/* The last resort asks only whether the person is still there, and who stands
 * in for him. */
static bool
give_at_last(struct arena *arena, const struct route_question *question,
             const struct route_target *target,
             const struct route_snapshot *snapshot, const struct ledger *ledger,
             const char *code, struct route_decision *d)
{
    if (target->kind != TARGET_REP
        || !person_may_own(&snapshot->team->people[target->person])) {
        if (!give(arena, question, target, snapshot, ledger, d))
            return false;
        d->code = code;
        return true;
    }
    if (give_to_stand_in(arena, question, target, snapshot, ledger, d))
        return true;
    d->chosen = target->person;
    d->owner = owner_rep(snapshot->team->people[target->person].id);
    d->code = code;
    return true;
}

static void
nobody_can(struct arena *arena, const struct route_question *question,
           const struct route_snapshot *snapshot, const struct ledger *ledger,
           struct route_decision *d)
{
    int64_t comes_ms = somebody_comes_ms(question, snapshot, d);

    if (snapshot->wait_for_hours && comes_ms > 0) {
        to_queue(d, snapshot->default_queue, "waiting");
        d->wait_until_ms = comes_ms;
        return;
    }

    struct route_decision then = *d;
    if (give_at_last(arena, question, &snapshot->nobody_then, snapshot, ledger,
                     "nobody_can", &then)) {
        *d = then;
        return;
    }
    to_queue(d, snapshot->default_queue, "nobody");
    d->wait_until_ms = comes_ms;
}

struct route_decision
route_finally(struct arena *arena, const struct route_question *question,
              const struct route_late *late,
              const struct route_snapshot *snapshot,
              const struct ledger *ledger)
{
    struct route_decision d = {
        .rules_version = snapshot->version,
        .band = BAND_OTHERWISE,
        .target = late->finally,
        .chosen = -1,
        .stands_for = -1,
        .late = late,
    };

    if (!give_at_last(arena, question, &late->finally, snapshot, ledger,
                      "finally", &d))
        to_queue(&d, snapshot->default_queue, "nobody");
    return d;
}

struct route_decision
route_stand_in(struct arena *arena, const struct route_question *question,
               int person, const struct route_snapshot *snapshot,
               const struct ledger *ledger)
{
    struct route_decision d = {
        .rules_version = snapshot->version,
        .band = BAND_KEPT,
        .target = { .kind = TARGET_REP, .person = person },
        .chosen = -1,
        .stands_for = -1,
        .late = &snapshot->late,
    };

    if (!give(arena, question, &d.target, snapshot, ledger, &d))
        to_queue(&d, snapshot->default_queue, "nobody");
    return d;
}
