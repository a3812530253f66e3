/*
 * replay: what other rules would have made of leads that came. The pure part:
 * decisions of the past are told to it in the order they were made; the
 * decision of src/route itself answers about each lead again, on an account of
 * turns and loads of its own.
 */
#ifndef REPLAY_REPLAY_H
#define REPLAY_REPLAY_H

#include "lib/base/hash.h"
#include "src/route/route_store.h"

/* How well the facts are known that the other rules read of a lead. */
enum replay_facts {
    FACTS_RECORDED,  /* all were recorded when it came */
    FACTS_UNCHANGED, /* some were not, and the lead has not changed since */
    FACTS_NOW,       /* some were not, and are taken as they are now */
    FACTS_GONE,      /* some were not, and the lead is part of another now */
    FACTS_KINDS,
};

/* Somebody whom a decision considered, as its record tells. */
struct replay_seen {
    int person; /* number in the team */
    int32_t weight;
    struct str gate; /* what stopped him; STR_NONE: nothing, and ... */
    bool able;
    int64_t units;  /* ... that was his share of the lead */
    int64_t credit; /* before it */
    int64_t turn;
    int64_t open;  /* leads; -1: it does not say */
    int64_t today; /* as far as that is limited; else 0 */
    bool presence_known;
    bool away;
    bool busy;
};

/* One decision of the past, as its record tells (replay_past.c). */
struct replay_past {
    const struct decision_row *row;
    struct replay_seen *seen;
    int seen_count;
    bool kept;       /* the company was kept together: no rule decided */
    struct str rule; /* id of the rule that did; STR_NONE: otherwise */
    bool erased;     /* so is the lead: it is left out */
    bool drawn;      /* the question has the draw that was made */
    struct route_question question; /* but for the facts */

    bool first;               /* the lead's, unless one of this page was told
                                 before it: it is asked about again */
    const struct fact *facts; /* first: what the other rules read of it */
    enum replay_facts known;
    bool company_unknown; /* the other rules ask whose company it is, and those
                             that were in force did not */
};

/* Reads a record; what it gives lives in the arena. */
void replay_past_read(struct arena *, const struct team *,
                      const struct decision_row *, struct replay_past *);

/* Leads of one person, or of one rule. */
struct replay_count {
    int64_t before;
    int64_t after;
    int64_t gained; /* of a person: that went elsewhere before */
    int64_t lost;
};

struct replay_counts {
    int64_t leads; /* that were asked about again */
    int64_t same;
    int64_t to_another; /* from a person to another */
    int64_t to_queue;   /* from a person: nobody would have got it */
    int64_t from_queue; /* to a person, that waited then */
    int64_t queues;     /* from one queue to another */
    int64_t facts[FACTS_KINDS];
    int64_t later;        /* decisions about leads after their first ... */
    int64_t later_passed; /* ... of them, of leads that went elsewhere */
    int64_t drawn;        /* by a draw that was not recorded */
    int64_t companies;    /* nobody was asked then whose company it is */
    int64_t erased;       /* leads that are left out */
    struct replay_count waiting; /* leads with a queue */
    struct replay_count otherwise;
    struct replay_count kept;
};

/* What is known of somebody at the moment that is replayed. */
struct replay_person {
    struct replay_count leads;
    bool met;            /* his last turn is that of the replay */
    int64_t credit;      /* as it was then, by all that was told so far */
    int64_t extra;       /* leads that he has only in the replay */
    int64_t extra_today; /* of them, given on `day` */
    int64_t day;
};

struct replay {
    struct arena *arena; /* of what lasts */
    const struct route_snapshot *rules;
    struct team *team; /* presence is as it was seen last */
    struct ledger ledger;
    const struct results *results;
    struct replay_person *people;  /* by number in the team */
    struct replay_count *of_rules; /* by number in the rules */
    struct replay_counts counts;
    struct hash_map leads; /* those asked about -> enum followed */
};

/* A lead that would have another owner. */
struct replay_change {
    struct id lead;
    int64_t at_ms;
    struct owner before;
    struct owner after;
    struct str rule_before; /* its id; none: otherwise, or kept together */
    struct str rule_after;
    const char *code; /* why the owner after: route/sentence.c */
};

/* `team` and `ledger` belong to the replay from here on; the rules name the
 * people of that team. */
void replay_init(struct replay *, struct arena *,
                 const struct route_snapshot *rules, struct team *,
                 const struct ledger *, const struct results *);
void replay_free(struct replay *);

/* Was it asked about already? */
bool replay_knows(const struct replay *, struct id lead);

/* What a decision to come tells of those it considered, before the first lead
 * is asked about: how they stood in the account of turns. */
void replay_look_ahead(struct replay *, const struct replay_past *);

/* A decision made again from what its record tells, and nothing else is done:
 * for a replay that has just begun, with nobody's account known. */
struct route_decision replay_again(struct replay *, struct arena *,
                                   const struct replay_past *);

/* The next decision. True: the lead would have another owner. `arena` is for
 * what does not last. */
bool replay_step(struct replay *, struct arena *, const struct replay_past *,
                 struct replay_change *);

#endif
