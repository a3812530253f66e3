/* ledger: see ledger.h. Pure arithmetic; ledger_store.c reads and writes. */
#include "src/team/ledger.h"

#include <assert.h>

void
ledger_split(struct ledger_share *shares, int count, int64_t units)
{
    int64_t weights = 0;
    int64_t left = units;

    for (int i = 0; i < count; i++) {
        assert(shares[i].weight > 0);
        weights += shares[i].weight;
    }
    for (int i = 0; i < count; i++) {
        shares[i].units = units * shares[i].weight / weights;
        left -= shares[i].units;
    }
    assert(left >= 0 && left <= count);
    for (int i = 0; i < left; i++)
        shares[i].units++;
}

/* Whether a would be chosen before b. */
static bool
goes_before(const struct ledger *ledger, const struct ledger_share *a,
            const struct ledger_share *b)
{
    const struct ledger_entry *one = &ledger->entries[a->person];
    const struct ledger_entry *two = &ledger->entries[b->person];
    int64_t owed_one = one->credit + a->units;
    int64_t owed_two = two->credit + b->units;

    if (owed_one != owed_two)
        return owed_one > owed_two;
    if (one->last_turn != two->last_turn)
        return one->last_turn < two->last_turn;
    return a->person < b->person;
}

int
ledger_next(const struct ledger *ledger, const struct ledger_share *shares,
            int count)
{
    int best = -1;

    for (int i = 0; i < count; i++)
        if (best < 0 || goes_before(ledger, &shares[i], &shares[best]))
            best = i;
    return best;
}

static void
add_shares(struct ledger *ledger, const struct ledger_share *shares, int count,
           int winner, int sign)
{
    int64_t sum = 0;
    bool won = false;

    for (int i = 0; i < count; i++) {
        struct ledger_entry *entry = &ledger->entries[shares[i].person];
        entry->credit += sign * shares[i].units;
        entry->changed = true;
        sum += shares[i].units;
        won |= shares[i].person == winner;
    }
    assert(won);                                  /* I10 */
    ledger->entries[winner].credit -= sign * sum; /* I1, I12 */
}

void
ledger_post(struct ledger *ledger, const struct ledger_share *shares, int count,
            int winner)
{
    add_shares(ledger, shares, count, winner, +1);
    ledger->entries[winner].turns++;
    ledger->entries[winner].last_turn = ++ledger->turn;
}

void
ledger_mirror(struct ledger *ledger, const struct ledger_share *shares,
              int count, int winner)
{
    add_shares(ledger, shares, count, winner, -1);
}

void
ledger_load_add(struct ledger *ledger, const struct team *team,
                struct id person, int by, int64_t now_ms)
{
    int number = team_find(team, person);

    if (number < 0) /* has left: nothing is given to him, nothing counted */
        return;

    struct ledger_entry *entry = &ledger->entries[number];
    int64_t day = person_day(&team->people[number], now_ms);
    entry->changed = true;
    entry->open_leads += by;
    if (entry->open_leads < 0)
        entry->open_leads = 0;
    if (by > 0) {
        entry->day_leads = entry->day == day ? entry->day_leads + by : by;
        entry->day = day;
    }
}

void
ledger_day_uncount(struct ledger *ledger, const struct team *team,
                   struct id person, int64_t given_ms, int64_t now_ms)
{
    int number = team_find(team, person);

    if (number < 0)
        return;

    struct ledger_entry *entry = &ledger->entries[number];
    int64_t day = person_day(&team->people[number], given_ms);
    if (day != person_day(&team->people[number], now_ms) || entry->day != day
        || entry->day_leads == 0)
        return;
    entry->day_leads--;
    entry->changed = true;
}

int64_t
ledger_day_leads(const struct ledger *ledger, const struct team *team,
                 int person, int64_t now_ms)
{
    const struct ledger_entry *entry = &ledger->entries[person];

    return entry->day == person_day(&team->people[person], now_ms)
             ? entry->day_leads
             : 0;
}
