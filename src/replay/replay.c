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

static void note_people(struct replay *, const struct json *record,
                        int64_t at_ms);
static void follow(struct replay *, struct arena *, const struct replay_past *);
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
    /* Nobody was seen yet: a person is there until a record says otherwise. */
    for (int i = 0; i < team->count; i++)
        team->people[i].away = team->people[i].busy = false;
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

bool
replay_step(struct replay *replay, struct arena *arena,
            const struct replay_past *past, struct replay_change *change)
{
    const struct decision_row *row = past->row;

    note_people(replay, row->record, row->decided_ms);
    if (past->erased && !replay_knows(replay, row->lead)) {
        replay->counts.erased++;
        hash_map_put(&replay->leads, row->lead.value, FOLLOWED_SAME);
    }
    if (!past->first || past->erased) {
        follow(replay, arena, past);
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
        .rule_before = json_get_text(json_get(row->record, "rule"), "id"),
        .rule_after = d.rule == NULL ? STR_NONE : d.rule->id,
        .code = d.code,
    };
    return !same;
}

/* ------------------------------------------------- what a record tells of */

static int
person_of(const struct replay *replay, const struct json *asked)
{
    struct id id;

    return id_parse(json_get_text(asked, "person"), &id)
             ? team_find(replay->team, id)
             : -1;
}

/*
 * Whether he was there. Gates are asked in their order, so one before those of
 * presence tells nothing of it, and one behind them that he was.
 */
static void
note_presence(struct person *person, struct str gate)
{
    bool away = str_is(gate, "away");
    bool busy = str_is(gate, "busy");

    if (!away && !busy && gate.data != NULL && !str_is(gate, "full")
        && !str_is(gate, "full_today"))
        return;
    person->away = away;
    person->busy = busy;
}

/* His turns until he was met: nothing moves them unless he is considered. */
static void
note_turns(struct replay *replay, int number, const struct json *candidate)
{
    struct ledger_entry *entry = &replay->ledger.entries[number];

    if (replay->people[number].met)
        return;
    replay->people[number].met = true;
    entry->credit = json_get_int(candidate, "credit", 0);
    entry->last_turn = json_get_int(candidate, "turn", 0);
}

/* His load as it was, and what the replay has given him beside that. */
static void
note_load(struct replay *replay, int number, const struct json *candidate,
          int64_t at_ms)
{
    struct ledger_entry *entry = &replay->ledger.entries[number];
    struct replay_person *seen = &replay->people[number];
    int64_t day = person_day(&replay->team->people[number], at_ms);
    int64_t open = json_get_int(candidate, "open", -1);

    if (open < 0)
        return;
    if (seen->day != day)
        seen->extra_today = 0;
    seen->day = entry->day = day;
    entry->open_leads = open + seen->extra;
    entry->day_leads = json_get_int(candidate, "today", 0) + seen->extra_today;
    if (entry->open_leads < 0)
        entry->open_leads = 0;
    if (entry->day_leads < 0)
        entry->day_leads = 0;
}

static void
note_people(struct replay *replay, const struct json *record, int64_t at_ms)
{
    const struct json *candidates = json_get(record, "candidates");
    const struct json *kept = json_get(record, "kept");

    for (size_t i = 0; candidates != NULL && i < candidates->array.count; i++) {
        const struct json *candidate = &candidates->array.items[i];
        int number = person_of(replay, candidate);
        if (number < 0)
            continue;
        note_presence(&replay->team->people[number],
                      json_get_text(candidate, "gate"));
        note_turns(replay, number, candidate);
        note_load(replay, number, candidate, at_ms);
    }
    for (size_t i = 0; kept != NULL && i < kept->array.count; i++) {
        int number = person_of(replay, &kept->array.items[i]);
        if (number >= 0)
            note_presence(&replay->team->people[number],
                          json_get_text(&kept->array.items[i], "gate"));
    }
}

void
replay_look_ahead(struct replay *replay, const struct json *record)
{
    const struct json *candidates = json_get(record, "candidates");

    for (size_t i = 0; candidates != NULL && i < candidates->array.count; i++) {
        const struct json *candidate = &candidates->array.items[i];
        int number = person_of(replay, candidate);
        if (number < 0 || replay->people[number].met)
            continue;
        note_turns(replay, number, candidate);
        replay->ledger.entries[number].open_leads =
            json_get_int(candidate, "open", 0);
        replay->ledger.entries[number].day = 0;
    }
}

/* ----------------------------------------------------- what happened later */

/* The posting that was made: those who could, and who got it. */
static int
posted_shares(const struct replay *replay, struct arena *arena,
              const struct decision_row *row, struct ledger_share **shares,
              int *winner)
{
    const struct json *candidates = json_get(row->record, "candidates");
    size_t count = candidates == NULL ? 0 : candidates->array.count;
    int able = 0;

    *shares = ARENA_ARRAY(arena, struct ledger_share, count);
    *winner = -1;
    for (size_t i = 0; i < count; i++) {
        const struct json *candidate = &candidates->array.items[i];
        int number = person_of(replay, candidate);
        if (json_get(candidate, "units") == NULL || number < 0)
            continue;
        (*shares)[able++] = (struct ledger_share){
            .person = number,
            .weight = (int32_t)json_get_int(candidate, "weight", 1),
            .units = json_get_int(candidate, "units", 0),
        };
        if (row->owner.kind == OWNER_REP
            && id_equal(replay->team->people[number].id, row->owner.id))
            *winner = number;
    }
    return able;
}

/* A lead that has the owner it had goes the way it went: the turn is posted as
 * it was. Of another one that way is not known. */
static void
follow(struct replay *replay, struct arena *arena,
       const struct replay_past *past)
{
    struct ledger_share *shares;
    int winner;

    replay->counts.later++;
    if (hash_map_get(&replay->leads, past->row->lead.value)
        == FOLLOWED_ELSEWHERE) {
        replay->counts.later_passed++;
        return;
    }
    int count = posted_shares(replay, arena, past->row, &shares, &winner);
    if (winner < 0)
        return;
    ledger_post(&replay->ledger, shares, count, winner);
    ledger_load_add(&replay->ledger, replay->team, past->row->owner.id, +1,
                    past->row->decided_ms);
}

/* --------------------------------------------------------- asking it again */

/* Who was kept for the company then is asked again; the record names him. */
static void
read_kept(const struct replay *replay, struct arena *arena,
          const struct json *record, struct route_question *question)
{
    const struct json *list = json_get(record, "kept");
    size_t count = list == NULL ? 0 : list->array.count;
    struct route_kept *kept = ARENA_ARRAY(arena, struct route_kept, count);

    for (size_t i = 0; i < count; i++) {
        const struct json *item = &list->array.items[i];
        const struct json *account = json_get(item, "account");
        struct str since = json_get_text(item, "since");
        struct route_kept *one = &kept[question->kept_count];
        if (!id_parse(json_get_text(item, "person"), &one->person)
            || team_find(replay->team, one->person) < 0
            || !id_parse(json_get_text(account, "id"), &one->account))
            continue;
        one->family = json_get_bool(item, "family", false);
        one->account_name = json_get_text(account, "name");
        if (since.data == NULL || !time_parse(since, &one->since_ms))
            one->since_ms = 0;
        question->kept_count++;
    }
    question->kept = kept;
}

/* Without a recorded draw the decision's own id is one: the same each time. */
static uint64_t
draw_of(const struct decision_row *row)
{
    int64_t recorded = json_get_int(row->record, "random", -1);

    if (recorded >= 0)
        return (uint64_t)recorded;
    struct id_text id = id_show(row->id);
    return (uint64_t)hash_key(0, str_of(id.text)) >> 1;
}

static int64_t
moment_of(const struct decision_row *row)
{
    int64_t ms;

    return time_parse(json_get_text(row->record, "at"), &ms) ? ms
                                                             : row->decided_ms;
}

static struct route_decision
ask(struct replay *replay, struct arena *arena, const struct replay_past *past)
{
    const struct decision_row *row = past->row;
    const struct json *capturer = json_get(row->record, "capturer");
    struct route_question question = {
        .facts = past->facts,
        .now_ms = moment_of(row),
        .results = replay->results,
        .kind = past->kind,
        .was_in_sequence = json_get_bool(row->record, "was_in_sequence", false),
        .random = draw_of(row),
    };

    if (!id_parse(json_get_text(capturer, "person"), &question.captured_by))
        question.captured_by = ID_NONE;
    read_kept(replay, arena, row->record, &question);
    struct route_decision d =
        route_decide(arena, &question, replay->rules, &replay->ledger);
    if (d.pool != NULL && d.pool->strategy->draws
        && json_get(row->record, "random") == NULL)
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
    int64_t day = person_day(&replay->team->people[number], at_ms);
    if (seen->day != day)
        seen->extra_today = 0;
    seen->day = day;
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
count_of_rule(struct replay *replay, const struct json *record)
{
    struct str band = json_get_text(record, "band");
    struct str rule = json_get_text(json_get(record, "rule"), "id");

    if (str_is(band, "kept"))
        return &replay->counts.kept;
    if (rule.data == NULL)
        return &replay->counts.otherwise;
    for (int i = 0; i < replay->rules->rule_count; i++)
        if (str_equal(replay->rules->rules[i].id, rule))
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
count_rules(struct replay *replay, const struct json *record,
            const struct route_decision *d)
{
    struct replay_count *before = count_of_rule(replay, record);

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
    count_rules(replay, past->row->record, d);
    one->before++;
    two->after++;
    if (!same && one != two) {
        one->lost++;
        two->gained++;
    }
    return same;
}
