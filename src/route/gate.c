/*
 * gate: what keeps a person from taking a lead now. The order of the table is
 * the order of asking; the first that stops is the reason that is shown.
 */
#include "src/route/route.h"

static const struct person *
person_of(const struct route_asking *asking,
          const struct route_candidate *candidate)
{
    return &asking->team->people[candidate->person];
}

static bool
inactive(const struct route_asking *asking, struct route_candidate *candidate)
{
    return !person_of(asking, candidate)->active;
}

static bool
views_only(const struct route_asking *asking, struct route_candidate *candidate)
{
    return !person_may_own(person_of(asking, candidate));
}

/* Being named in a pool is a yes, unless the person has said no. Entering a
 * lead names nobody. */
static bool
takes_no_leads(const struct route_asking *asking,
               struct route_candidate *candidate)
{
    const struct person *person = person_of(asking, candidate);

    return person->takes == TAKES_NO
        || (asking->as_capturer && !team_takes_leads(asking->team, person));
}

static bool
had_it(const struct route_asking *asking, struct route_candidate *candidate)
{
    const struct route_question *question = asking->question;

    for (int i = 0; i < question->except_count; i++)
        if (id_equal(question->except[i], person_of(asking, candidate)->id))
            return true;
    return false;
}

static bool
declined(const struct route_asking *asking, struct route_candidate *candidate)
{
    const struct route_question *question = asking->question;

    for (int i = 0; i < question->declined_count; i++)
        if (id_equal(question->declined[i], person_of(asking, candidate)->id))
            return true;
    return false;
}

/* A need of the rule or of the pool that he does not meet. */
static bool
lacks(const struct route_asking *asking, struct route_candidate *candidate,
      route_need *lacking)
{
    const struct route_needs *const all[] = { asking->of_rule,
                                              asking->of_pool };
    const struct ability *ability = &person_of(asking, candidate)->ability;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct route_lack lack = { .what = STR_NONE };
        if (all[i] == NULL
            || !lacking(all[i], ability, asking->question->facts, &lack))
            continue;
        candidate->what = lack.what;
        candidate->saw = lack.saw;
        candidate->limit = lack.limit;
        return true;
    }
    return false;
}

static bool
lacks_skill(const struct route_asking *asking,
            struct route_candidate *candidate)
{
    return lacks(asking, candidate, needs_lack_skill);
}

static bool
lacks_language(const struct route_asking *asking,
               struct route_candidate *candidate)
{
    return lacks(asking, candidate, needs_lack_language);
}

static bool
too_junior(const struct route_asking *asking, struct route_candidate *candidate)
{
    return lacks(asking, candidate, needs_lack_seniority);
}

static bool
needs_territory(const struct route_needs *needs)
{
    return needs != NULL && needs->territory_of_lead;
}

/* A lead of which no place is known is everybody's. */
static bool
not_in_territory(const struct route_asking *asking,
                 struct route_candidate *candidate)
{
    const struct route_question *question = asking->question;

    if (!needs_territory(asking->of_rule) && !needs_territory(asking->of_pool))
        return false;

    struct str place = route_place_of(question->facts);
    if (str_is_empty(place)
        || route_serves(asking->territories, candidate->person, question->facts,
                        question->now_ms))
        return false;
    candidate->what = place;
    candidate->saw = person_of(asking, candidate)->ability.territory_count;
    return true;
}

static bool
absent(const struct route_asking *asking, struct route_candidate *candidate)
{
    const struct absence *absence =
        person_absence(person_of(asking, candidate), asking->question->now_ms);

    if (absence == NULL)
        return false;
    candidate->saw = absence->begin_ms;
    candidate->limit = absence->end_ms;
    return true;
}

/* Both in ms: now, and when he works again. */
static bool
is_closed(const struct route_asking *asking, struct route_candidate *candidate)
{
    const struct hours *hours = &person_of(asking, candidate)->hours;
    int64_t now_ms = asking->question->now_ms;

    if (hours_open(hours, now_ms))
        return false;
    candidate->saw = now_ms;
    candidate->limit = hours_next_open(hours, now_ms);
    return true;
}

static bool
on_holiday(const struct route_asking *asking, struct route_candidate *candidate)
{
    return person_holiday(person_of(asking, candidate),
                          asking->question->now_ms)
            >= 0
        && is_closed(asking, candidate);
}

static bool
outside_hours(const struct route_asking *asking,
              struct route_candidate *candidate)
{
    return is_closed(asking, candidate);
}

static bool
away(const struct route_asking *asking, struct route_candidate *candidate)
{
    return person_of(asking, candidate)->away;
}

static bool
busy(const struct route_asking *asking, struct route_candidate *candidate)
{
    return person_of(asking, candidate)->busy;
}

/* I9: nobody is ever above capacity. */
static bool
full(const struct route_asking *asking, struct route_candidate *candidate)
{
    candidate->saw = asking->ledger->entries[candidate->person].open_leads;
    candidate->limit = person_of(asking, candidate)->open_leads_max;
    return candidate->limit >= 0 && candidate->saw >= candidate->limit;
}

static bool
full_today(const struct route_asking *asking, struct route_candidate *candidate)
{
    candidate->saw =
        ledger_day_leads(asking->ledger, asking->team, candidate->person,
                         asking->question->now_ms);
    candidate->limit = person_of(asking, candidate)->day_leads_max;
    return candidate->limit >= 0 && candidate->saw >= candidate->limit;
}

static int64_t
next_shift_ms(const struct route_question *question,
              const struct person *person)
{
    return hours_next_open(&person->present, question->now_ms);
}

static int64_t
next_day_ms(const struct route_question *question, const struct person *person)
{
    return hours_next_open(&person->present,
                           person_next_day_ms(person, question->now_ms));
}

/* Time teaches nobody. */
static int64_t
never(const struct route_question *question, const struct person *person)
{
    (void)question, (void)person;
    return INT64_MAX;
}

const struct route_gate route_gates[] = {
    { "inactive", inactive, NULL, false },
    { "views_only", views_only, NULL, false },
    { "takes_no_leads", takes_no_leads, NULL, false },
    { "had_it", had_it, NULL, false },
    { "declined", declined, never, false },
    { "lacks_skill", lacks_skill, never, false },
    { "lacks_language", lacks_language, never, false },
    { "too_junior", too_junior, never, false },
    { "not_in_territory", not_in_territory, never, false },
    { "absent", absent, next_shift_ms, false },
    { "holiday", on_holiday, next_shift_ms, true },
    { "outside_hours", outside_hours, next_shift_ms, true },
    { "away", away, NULL, true },
    { "busy", busy, NULL, true },
    { "full", full, NULL, false },
    { "full_today", full_today, next_day_ms, false },
    { NULL, NULL, NULL, false },
};

const struct route_gate *
route_first_gate(const struct route_asking *asking,
                 struct route_candidate *candidate)
{
    for (const struct route_gate *gate = route_gates; gate->code != NULL;
         gate++)
        if (!(gate->of_the_moment && asking->as_capturer)
            && gate->stops(asking, candidate))
            return gate;
    return NULL;
}

const struct route_gate *
route_gate_now(const struct route_asking *asking,
               struct route_candidate *candidate)
{
    for (const struct route_gate *gate = route_gates; gate->code != NULL;
         gate++)
        if (gate->of_the_moment && gate->stops(asking, candidate))
            return gate;
    return NULL;
}
