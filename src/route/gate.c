/*
 * gate: what keeps a person from taking a lead now. The order of the table is
 * the order of asking; the first that stops is the reason that is shown.
 */
#include "src/route/route.h"

static bool
inactive(const struct route_question *question, const struct team *team,
         const struct ledger *ledger, int person, int64_t *saw, int64_t *limit)
{
    (void)question, (void)ledger, (void)saw, (void)limit;
    return !team->people[person].active;
}

/* Being named in a pool is a yes, unless the person has said no. */
static bool
takes_no_leads(const struct route_question *question, const struct team *team,
               const struct ledger *ledger, int person, int64_t *saw,
               int64_t *limit)
{
    (void)question, (void)ledger, (void)saw, (void)limit;
    return team->people[person].takes == TAKES_NO;
}

static bool
had_it(const struct route_question *question, const struct team *team,
       const struct ledger *ledger, int person, int64_t *saw, int64_t *limit)
{
    (void)ledger, (void)saw, (void)limit;
    for (int i = 0; i < question->except_count; i++)
        if (id_equal(question->except[i], team->people[person].id))
            return true;
    return false;
}

static bool
absent(const struct route_question *question, const struct team *team,
       const struct ledger *ledger, int person, int64_t *saw, int64_t *limit)
{
    const struct absence *absence =
        person_absence(&team->people[person], question->now_ms);

    (void)ledger;
    if (absence == NULL)
        return false;
    *saw = absence->begin_ms;
    *limit = absence->end_ms;
    return true;
}

static bool
outside_hours(const struct route_question *question, const struct team *team,
              const struct ledger *ledger, int person, int64_t *saw,
              int64_t *limit)
{
    const struct hours *hours = &team->people[person].hours;

    (void)ledger;
    if (hours_open(hours, question->now_ms))
        return false;
    *saw = question->now_ms;
    *limit = hours_next_open(hours, question->now_ms);
    return true;
}

static bool
away(const struct route_question *question, const struct team *team,
     const struct ledger *ledger, int person, int64_t *saw, int64_t *limit)
{
    (void)question, (void)ledger, (void)saw, (void)limit;
    return team->people[person].away;
}

/* I9: nobody is ever above capacity. */
static bool
full(const struct route_question *question, const struct team *team,
     const struct ledger *ledger, int person, int64_t *saw, int64_t *limit)
{
    (void)question;
    *saw = ledger->entries[person].open_leads;
    *limit = team->people[person].open_leads_max;
    return *limit >= 0 && *saw >= *limit;
}

static bool
full_today(const struct route_question *question, const struct team *team,
           const struct ledger *ledger, int person, int64_t *saw,
           int64_t *limit)
{
    *saw = ledger_day_leads(ledger, team, person, question->now_ms);
    *limit = team->people[person].day_leads_max;
    return *limit >= 0 && *saw >= *limit;
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

const struct route_gate route_gates[] = {
    { "inactive", inactive, NULL },
    { "takes_no_leads", takes_no_leads, NULL },
    { "had_it", had_it, NULL },
    { "absent", absent, next_shift_ms },
    { "outside_hours", outside_hours, next_shift_ms },
    { "away", away, NULL },
    { "full", full, NULL },
    { "full_today", full_today, next_day_ms },
    { NULL, NULL, NULL },
};
