/*
 * ledger: whose turn it is, as an open account (the carpool problem of Fagin
 * and Williams, 1983). Each lead is a zero-sum posting: those who could have
 * taken it earn their share of it, the one who takes it pays for it whole.
 * Nobody earns while nobody could have given him the lead, so nobody comes
 * back from leave to a flood.
 *
 * One lead is LEDGER_UNIT; all arithmetic is in whole units.
 */
#ifndef TEAM_LEDGER_H
#define TEAM_LEDGER_H

#include "src/team/team.h"

#define LEDGER_UNIT (INT64_C(1) << 20)

struct ledger_entry {
    int64_t credit;     /* > 0: is owed leads */
    int64_t turns;      /* leads given by routing so far */
    int64_t open_leads; /* owned now, in an open stage */
    int64_t day;        /* local days since 1970 of day_leads */
    int64_t day_leads;
    int64_t last_turn; /* order among the group's turns; 0: never */
    bool changed;      /* since it was stored */
};

/* entries[i] belongs to team->people[i]. */
struct ledger {
    struct ledger_entry *entries;
    int count;
    int64_t turn; /* the last number given out */
};

/* One of those who could take a lead. */
struct ledger_share {
    int person;     /* number in the team */
    int32_t weight; /* > 0 */
    int64_t units;  /* what this lead adds to the credit: set by ledger_split */
};

/*
 * I1: splits `units` among the shares by weight, exactly: the remainder goes
 * to the lowest numbers, a unit each.
 */
void ledger_split(struct ledger_share *, int count, int64_t units);

/*
 * The share with the largest credit after its units are added; ties: longest
 * since the last turn, then the lowest number. -1 when there is none.
 */
int ledger_next(const struct ledger *, const struct ledger_share *, int count);

/* Posts a lead: everybody's share, and the winner's debt. The winner is a
 * person of the shares (I10). */
void ledger_post(struct ledger *, const struct ledger_share *, int count,
                 int winner);

/* I5: takes a posting back, to the bit. The turn itself stays counted. */
void ledger_mirror(struct ledger *, const struct ledger_share *, int count,
                   int winner);

/* Counts a lead that a person got (+1) or gave up (-1). */
void ledger_load_add(struct ledger *, const struct team *, struct id person,
                     int by, int64_t now_ms);

/* A lead that he was given at `given_ms` does not count for that day, if it is
 * the present one. */
void ledger_day_uncount(struct ledger *, const struct team *, struct id person,
                        int64_t given_ms, int64_t now_ms);

/* Leads a person was given on this local day. */
int64_t ledger_day_leads(const struct ledger *, const struct team *, int person,
                         int64_t now_ms);

/* Store: rows of people who have left the team are kept. */
bool ledger_read(struct work *, struct arena *, const struct team *,
                 struct ledger *);
bool ledger_write(struct work *, const struct team *, struct ledger *);

#endif
