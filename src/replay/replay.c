/*
 * replay: see replay.h. Pure: neither database nor clock nor draw.
 *
 * What is recorded of the past is believed: whose turn it was and how much
 * each had to do before the first lead, who was away at each moment, and what
 * became of a lead later. What the other rules change of it is carried on: a
 * turn that another one had, a lead that another one holds.
 */
#include "src/replay/replay.h"

#include <assert.h>

/* What became of a lead in the replay; a value of `leads`. */
enum followed {
    FOLLOWED_NOT, /* it was not asked about: 0 is absent in the map */
    FOLLOWED_SAME,
    FOLLOWED_ELSEWHERE,
};

static void note_people(struct replay *, const struct replay_past *);
static int posted_shares(const struct replay *, struct arena *,
                         const struct replay_past *, struct ledger_share **,
                         int *winner);
static void post_then(struct replay *, const struct ledger_share *, int count,
                      int winner);
static void follow(struct replay *, const struct replay_past *,
                   const struct ledger_share *, int count, int winner);
static struct route_decision ask(struct replay *, struct arena *,
                                 const struct replay_past *);
static void carry_on(struct replay *, const struct replay_past *,
                     const struct route_decision *);
static bool count(struct replay *, const struct replay_past *,
                  const struct route_decision *);

void
replay_init(struct replay *replay, struct arena *arena,
            const struct route_snapshot *rules, struct team *team,
            const struct ledger *ledger, const struct results *results)
{
    size_t people = (size_t)team->count;

    *replay = (struct replay){
        .arena = arena,
        .rules = rules,
        .team = team,
        .ledger = *ledger,
        .results = results,
        .people = ARENA_ARRAY(arena, struct replay_person, people),
        .of_rules =
            ARENA_ARRAY(arena, struct replay_count, (size_t)rules->rule_count),
    };
    hash_map_init(&replay->leads);
    /* Nobody was seen yet: a person is there until a record says otherwise, and
     * his account is what it is today. */
    for (int i = 0; i < team->count; i++) {
        team->people[i].away = team->people[i].busy = false;
        replay->people[i].credit = ledger->entries[i].credit;
    }
}

void
replay_free(struct replay *replay)
{
    hash_map_free(&replay->leads);
}

bool
replay_knows(const struct replay *replay, struct id lead)
{
    return hash_map_get(&replay->leads, lead.value) != FOLLOWED_NOT;
}

struct route_decision
replay_again(struct replay *replay, struct arena *arena,
             const struct replay_past *past)
{
    note_people(replay, past);
    return ask(replay, arena, past);
}

bool
replay_step(struct replay *replay, struct arena *arena,
            const struct replay_past *past, struct replay_change *change)
{
    const struct decision_row *row = past->row;
    struct ledger_share *shares;
    int winner;

    note_people(replay, past);
    int share_count = posted_shares(replay, arena, past, &shares, &winner);
    post_then(replay, shares, share_count, winner);
    bool known = replay_knows(replay, row->lead);
    if (past->erased && !known) {
        replay->counts.erased++;
        hash_map_put(&replay->leads, row->lead.value, FOLLOWED_SAME);
    }
    if (!past->first || past->erased || known) {
        follow(replay, past, shares, share_count, winner);
        return false;
    }

    struct route_decision d = ask(replay, arena, past);
    bool same = count(replay, past, &d);
    hash_map_put(&replay->leads, row->lead.value,
                 same ? FOLLOWED_SAME : FOLLOWED_ELSEWHERE);
    carry_on(replay, past, &d);
    *change = (struct replay_change){
        .lead = row->lead,
        .at_ms = row->decided_ms,
        .before = row->owner,
        .after = d.owner,
        .rule_before = past->rule,
        .rule_after = d.rule == NULL ? STR_NONE : d.rule->id,
        .code = d.code,
    };
    return !same;
}

/* ------------------------------------------------- what a record tells of */

/*
 * His account was another one than decisions have made it: before the first
 * record that considers him we do not know it, and turns may be taken back.
 * What moved it then moves it in the replay.
 */
static void
note_turns(struct replay *replay, const struct replay_seen *seen)
{
    struct ledger_entry *entry = &replay->ledger.entries[seen->person];
    struct replay_person *person = &replay->people[seen->person];

    entry->credit += seen->credit - person->credit;
    person->credit = seen->credit;
    if (person->met)
        return;
    person->met = true;
    entry->last_turn = seen->turn;
}

/* On another day nothing of today's has been given yet. */
static int64_t
turn_to_day(struct replay *replay, int number, int64_t at_ms)
{
    struct replay_person *person = &replay->people[number];
    int64_t day = person_day(&replay->team->people[number], at_ms);

    if (person->day != day)
        person->extra_today = 0;
    return person->day = day;
}

/* His load as it was, and what the replay has given him beside that. */
static void
note_load(struct replay *replay, const struct replay_seen *seen, int64_t at_ms)
{
    struct ledger_entry *entry = &replay->ledger.entries[seen->person];
    struct replay_person *person = &replay->people[seen->person];

    if (seen->open < 0)
        return;
    entry->open_leads = seen->open + person->extra;
    if (entry->open_leads < 0)
        entry->open_leads = 0;
    if (replay->team->people[seen->person].day_leads_max < 0)
        return;
    entry->day = turn_to_day(replay, seen->person, at_ms);
    entry->day_leads = seen->today + person->extra_today;
    if (entry->day_leads < 0)
        entry->day_leads = 0;
}

static void
note_people(struct replay *replay, const struct replay_past *past)
{
    for (int i = 0; i < past->seen_count; i++) {
        const struct replay_seen *seen = &past->seen[i];
        struct person *person = &replay->team->people[seen->person];
        if (seen->presence_known) {
            person->away = seen->away;
            person->busy = seen->busy;
        }
        note_turns(replay, seen);
        note_load(replay, seen, past->row->decided_ms);
    }
}

void
replay_look_ahead(struct replay *replay, const struct replay_past *past)
{
    for (int i = 0; i < past->seen_count; i++) {
        const struct replay_seen *seen = &past->seen[i];
        if (replay->people[seen->person].met)
            continue; /* what came later is told in its turn */
        note_turns(replay, seen);
        replay->ledger.entries[seen->person].open_leads =
            seen->open < 0 ? 0 : seen->open;
        replay->ledger.entries[seen->person].day = 0;
    }
}

/* ----------------------------------------------------- what happened later */

/* The posting that was made: those who could, and who got it; -1: nobody. */
static int
posted_shares(const struct replay *replay, struct arena *arena,
              const struct replay_past *past, struct ledger_share **shares,
              int *winner)
{
    struct owner owner = past->row->owner;
    int able = 0;

    *shares = ARENA_ARRAY(arena, struct ledger_share, (size_t)past->seen_count);
    *winner = -1;
    for (int i = 0; i < past->seen_count; i++) {
        const struct replay_seen *seen = &past->seen[i];
        if (!seen->able)
            continue;
        (*shares)[able++] =
            (struct ledger_share){ seen->person, seen->weight, seen->units };
        if (owner.kind == OWNER_REP
            && id_equal(replay->team->people[seen->person].id, owner.id))
            *winner = seen->person;
    }
    return able;
}

/* The accounts as they were, behind this decision. */
static void
post_then(struct replay *replay, const struct ledger_share *shares, int count,
          int winner)
{
    for (int i = 0; i < count && winner >= 0; i++) {
        replay->people[shares[i].person].credit += shares[i].units;
        replay->people[winner].credit -= shares[i].units;
    }
}

/* A lead that has the owner it had goes the way it went: the turn is posted as
 * it was. Of another one that way is not known. */
static void
follow(struct replay *replay, const struct replay_past *past,
       const struct ledger_share *shares, int count, int winner)
{
    replay->counts.later++;
    if (hash_map_get(&replay->leads, past->row->lead.value)
        == FOLLOWED_ELSEWHERE) {
        replay->counts.later_passed++;
        return;
    }
    if (winner < 0)
        return;
    ledger_post(&replay->ledger, shares, count, winner);
    ledger_load_add(&replay->ledger, replay->team, past->row->owner.id, +1,
                    past->row->decided_ms);
}

/* --------------------------------------------------------- asking it again */

static struct route_decision
ask(struct replay *replay, struct arena *arena, const struct replay_past *past)
{
    struct route_question question = past->question;

    question.facts = past->facts;
    question.results = replay->results;
    struct route_decision d =
        route_decide(arena, &question, replay->rules, &replay->ledger);
    if (d.pool != NULL && d.pool->strategy->draws && !past->drawn)
        replay->counts.drawn++;
    return d;
}

/* A lead more or fewer than he had then, from here on. */
static void
add_extra(struct replay *replay, struct owner owner, int by, int64_t at_ms)
{
    int number =
        owner.kind == OWNER_REP ? team_find(replay->team, owner.id) : -1;
    struct replay_person *seen;

    if (number < 0)
        return;
    seen = &replay->people[number];
    (void)turn_to_day(replay, number, at_ms);
    seen->extra += by;
    seen->extra_today += by;
}

static void
carry_on(struct replay *replay, const struct replay_past *past,
         const struct route_decision *d)
{
    const struct decision_row *row = past->row;

    for (int i = 0; i < d->share_count; i++)
        replay->people[d->shares[i].person].met = true;
    if (d->share_count > 0)
        ledger_post(&replay->ledger, d->shares, d->share_count, d->chosen);
    if (d->owner.kind == OWNER_REP)
        ledger_load_add(&replay->ledger, replay->team, d->owner.id, +1,
                        row->decided_ms);
    if (owner_equal(row->owner, d->owner))
        return;
    add_extra(replay, row->owner, -1, row->decided_ms);
    add_extra(replay, d->owner, +1, row->decided_ms);
}

/* ---------------------------------------------------------------- counting */

static struct replay_count *
count_of_owner(struct replay *replay, struct owner owner)
{
    int number =
        owner.kind == OWNER_REP ? team_find(replay->team, owner.id) : -1;

    return number < 0 ? &replay->counts.waiting : &replay->people[number].leads;
}

static struct replay_count *
count_of_past(struct replay *replay, const struct replay_past *past)
{
    if (past->kept)
        return &replay->counts.kept;
    if (past->rule.data == NULL)
        return &replay->counts.otherwise;
    for (int i = 0; i < replay->rules->rule_count; i++)
        if (str_equal(replay->rules->rules[i].id, past->rule))
            return &replay->of_rules[i];
    return NULL; /* there is none of that name any more */
}

static struct replay_count *
count_of_decision(struct replay *replay, const struct route_decision *d)
{
    if (d->band == BAND_KEPT)
        return &replay->counts.kept;
    if (d->rule == NULL)
        return &replay->counts.otherwise;
    assert(replay->of_rules != NULL);
    return &replay->of_rules[d->rule - replay->rules->rules];
}

static void
count_rules(struct replay *replay, const struct replay_past *past,
            const struct route_decision *d)
{
    struct replay_count *before = count_of_past(replay, past);

    if (before != NULL)
        before->before++;
    count_of_decision(replay, d)->after++;
}

static int64_t *
kind_of_change(struct replay_counts *counts, struct owner before,
               struct owner after)
{
    if (owner_equal(before, after))
        return &counts->same;
    if (after.kind == OWNER_QUEUE)
        return before.kind == OWNER_QUEUE ? &counts->queues : &counts->to_queue;
    return before.kind == OWNER_QUEUE ? &counts->from_queue
                                      : &counts->to_another;
}

/* True: the lead has the owner it had. */
static bool
count(struct replay *replay, const struct replay_past *past,
      const struct route_decision *d)
{
    struct owner before = past->row->owner;
    struct replay_count *one = count_of_owner(replay, before);
    struct replay_count *two = count_of_owner(replay, d->owner);
    bool same = owner_equal(before, d->owner);

    replay->counts.leads++;
    replay->counts.facts[past->known]++;
    replay->counts.companies += past->company_unknown;
    (*kind_of_change(&replay->counts, before, d->owner))++;
    count_rules(replay, past, d);
    one->before++;
    two->after++;
    if (!same && one != two) {
        one->lost++;
        two->gained++;
    }
    return same;
}
