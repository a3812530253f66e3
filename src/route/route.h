/*
 * route: who gets a lead, and why. The decision is pure: the same question,
 * snapshot and ledger give the same answer, which is how a decision is tried
 * without a trace, replayed, and explained.
 */
#ifndef ROUTE_ROUTE_H
#define ROUTE_ROUTE_H

#include "lib/rules/condition.h"
#include "src/lead/lead.h"
#include "src/route/needs.h"
#include "src/route/territories.h"
#include "src/team/ledger.h"
#include "src/team/result.h"
#include "src/team/team.h"

struct workspace_cache;

/* ------------------------------------------------------------ rule set */

/* Where a lead is to go. */
struct route_target {
    enum route_target_kind {
        TARGET_NONE,
        TARGET_POOL,
        TARGET_REP,
        TARGET_QUEUE,
    } kind;
    int pool;            /* TARGET_POOL: index in the snapshot */
    int person;          /* TARGET_REP: number in the team */
    struct id queue;     /* TARGET_QUEUE */
    struct str sequence; /* to be started beside it, or STR_NONE */
};

/* What happens when the promise of a first answer is missed. */
struct route_late {
    bool promised;
    int64_t after_ms;
    bool working_time; /* of the owner; else by the clock on the wall */
    bool then_next;    /* the next person; else the owner keeps it */
    int times;         /* how often it goes to the next */
    struct route_target finally; /* after that; TARGET_NONE: stays */
    int64_t remind_before_ms;    /* the owner, before it ends; 0: no */
    const int *tell;             /* people who hear that it was missed */
    int tell_count;
};

struct route_rule {
    struct str id;
    struct str name;
    bool enabled;
    const struct condition *when;
    struct route_target give_to;
    const struct route_needs *needs; /* of whoever takes it; or NULL */
    bool capturer_keeps;    /* who entered it, if he can; else give_to */
    struct route_late late; /* not promised: the rule set's */
};

struct route_strategy;

/* Reps who share turns. */
struct route_pool {
    struct str id;
    struct str name;
    const struct route_strategy *strategy;
    const struct route_needs *needs; /* of each who takes one; or NULL */
    int64_t fairness;                /* best_match: points a lead owed */
    int64_t explore_percent;         /* best_match: leads that go by turn */
    int64_t accept_ms;               /* first_to_accept: how long it is open */
    bool offer_shows_contact;        /* before it is accepted, too */
    struct ledger_share *members;
    int member_count;
};

/* A published rule set with the people it names: immutable. */
struct route_snapshot {
    int64_t version;                /* 0: the workspace has published none */
    const struct route_rule *rules; /* in the order they are tried */
    int rule_count;
    struct route_target otherwise;
    bool wait_for_hours;             /* nobody_can: hold in the queue ... */
    struct route_target nobody_then; /* ... or when nobody will come */
    struct route_late late;
    bool keep_person;  /* who came back stays with the owner */
    bool keep_account; /* and a company with who serves it, ... */
    bool keep_family;  /* or who serves a parent or sister of it ... */
    int64_t keep_ms;   /* ... by a lead that is no older */
    const struct route_pool *pools;
    int pool_count;
    const struct team *team;
    struct route_territories territories; /* when something needs them */
    const struct queue *queues;
    int queue_count;
    struct id default_queue;
    bool weighs_results;        /* some pool does */
    const struct field *fields; /* of conditions and of facts */
    bool used[LEAD_FACT_COUNT]; /* those that some rule reads */
};

/* ------------------------------------------------------------- decision */

/* A person who may be the one for the lead's company, and why. */
struct route_kept {
    struct id person;
    bool family;      /* for a parent or sister, not the company itself */
    int64_t since_ms; /* of the lead that makes it so; 0: named by hand */
    struct id account;
    struct str account_name;
};

struct route_question {
    const struct fact *facts;
    const struct route_kept *kept; /* in the order they are asked */
    int kept_count;
    int64_t now_ms;
    const struct id *except; /* who is passed over: those who had it */
    int except_count;
    const struct results *results; /* NULL: no pool weighs them */
    struct str kind;               /* which results it is like */
    struct id captured_by;         /* who is entering it by hand, or none */
    bool offer_is_over;            /* nobody has accepted in time ... */
    const struct id *declined;     /* ... and these will not take it */
    int declined_count;
    struct id kept_before; /* by leads that are older than this one alone; none:
                              by all */
    struct id
        missed_by; /* who has had it, and did not answer in time; or none */
    bool was_in_sequence; /* rules that begin one are passed over */
    uint64_t random;      /* the draw, should a strategy want one; below
                                2^63, so that the record can hold it */
};

/* What is asked of each person: the question, the state of the team, and what
 * the rule and the pool need of whoever takes the lead (each may be NULL). */
struct route_asking {
    const struct route_question *question;
    const struct team *team;
    const struct route_territories *territories; /* NULL: nobody serves any */
    const struct ledger *ledger;
    const struct route_needs *of_rule;
    const struct route_needs *of_pool;
    bool as_capturer; /* he is not named, but has just entered the lead */
};

struct route_gate;

/* What a strategy has worked out for somebody who could take the lead. */
struct route_figures {
    int64_t leads; /* like this one, that have ended, and ... */
    int64_t wins;
    int64_t chance; /* ... what that gives, in parts of RESULT_WHOLE */
    int64_t fit;    /* in thousandths of a point, 0 .. 100 points */
    int64_t score;  /* alike */
};

/* One person who was considered. */
struct route_candidate {
    int person;
    int stands_for; /* whom he stands in for, who is absent; or -1 */
    int32_t weight;
    const struct route_gate *gate; /* what stopped him; NULL: could take it */
    int64_t saw;                   /* what the gate saw, and its limit: open */
    int64_t limit;                 /* leads and capacity, a level, or a time */
    struct str what; /* of what: a skill, a language, a place; or none */
    int64_t credit;  /* in the ledger before this lead */
    int64_t turn;    /* of his last one there, counting up; 0: none yet */
    int64_t open;    /* leads that he has open, and ... */
    int64_t today;   /* ... was given today, where that is limited; else 0 */
    int64_t units;   /* what this lead adds to it */
    const struct route_figures *figures; /* of the strategy, or NULL */
};

/*
 * A gate is a hard condition on one person at one moment; it is never traded
 * for points. It answers true when it stops the person, and notes what it saw.
 */
struct route_gate {
    const char *code; /* "outside_hours" */
    bool (*stops)(const struct route_asking *, struct route_candidate *);
    /* When it may be open again by the time alone; INT64_MAX: never. NULL: an
     * event opens it (room is made, somebody is back), at any moment. */
    int64_t (*opens_ms)(const struct route_question *, const struct person *);
    /* Whether he works at this moment: not asked of who enters a lead. */
    bool of_the_moment;
};

extern const struct route_gate route_gates[]; /* ends with a NULL code */

/* The first gate that stops him, or NULL. */
const struct route_gate *route_first_gate(const struct route_asking *,
                                          struct route_candidate *);

/* Of those of the moment alone: why he will not answer at once. */
const struct route_gate *route_gate_now(const struct route_asking *,
                                        struct route_candidate *);

/* Somebody who is considered for a share, as he stands in the ledger. */
struct route_candidate route_candidate_of(const struct team *,
                                          const struct ledger *,
                                          const struct ledger_share *,
                                          int64_t now_ms);

/* What became of one who may be kept. */
struct route_kept_candidate {
    const struct route_kept *kept;
    bool too_long_ago;             /* the rule set's months are over */
    const struct route_gate *gate; /* what stopped him; NULL: nothing */
    int64_t saw;
    int64_t limit;
};

/* What a strategy is asked with, and what it answers beside its choice. */
struct route_choosing {
    const struct route_asking *asking;
    const struct route_pool *pool;
    const struct ledger_share *shares;
    int count;                     /* > 0 */
    struct route_figures *figures; /* of each share, when it weighs results */
    const char *code;              /* why; its name, if it says nothing else */
};

/* How a pool picks one of those who can. */
struct route_strategy {
    const char *name; /* "in_turn" */
    const char *about;
    int (*choose)(struct route_choosing *); /* the index of a share */
    bool weighs_results;                    /* needs question->results */
    bool draws;  /* uses question->random: the record keeps it */
    bool offers; /* a queue owns it until somebody accepts */
};

extern const struct route_strategy *const route_strategies[]; /* ends NULL */
const struct route_strategy *route_strategy_find(struct str name);

enum route_band { BAND_RULE, BAND_OTHERWISE, BAND_KEPT };

struct route_decision {
    int64_t rules_version;
    enum route_band band;
    const struct route_rule *rule; /* NULL: otherwise */
    struct route_target target;    /* what rule or otherwise said */
    const struct route_pool *pool; /* the last pool that was asked, or NULL */
    struct route_kept_candidate *kept; /* who was asked before the rules */
    int kept_count;
    const struct route_kept *stays; /* BAND_KEPT: who it is, and for whom */
    const struct route_candidate *capturer; /* whom the rule asks first; NULL:
                                               nobody */
    struct route_candidate *candidates;
    int candidate_count;
    int able_count;   /* of those, who could take it */
    int chosen;       /* person number, or -1: a queue */
    int stands_for;   /* whom he stands in for, or -1 */
    const char *code; /* why the owner: route/sentence.c */
    struct owner owner;
    int64_t wait_until_ms; /* a queue: when somebody may come; 0 */
    const struct route_late *late;
    const struct ledger_share *shares; /* the posting, when chosen >= 0 */
    int share_count;
    const struct ledger_share *offered; /* to whom, while a queue owns it */
    int offered_count;
};

/* Pure: no database, no clock, no randomness of its own. */
struct route_decision route_decide(struct arena *,
                                   const struct route_question *,
                                   const struct route_snapshot *,
                                   const struct ledger *);

/*
 * Somebody on leave whose lead comes back: whoever stands in for him, if he
 * can take it; else a queue, and the rules are to be asked.
 */
struct route_decision route_stand_in(struct arena *,
                                     const struct route_question *, int person,
                                     const struct route_snapshot *,
                                     const struct ledger *);

/* A late lead's last resort: the target `finally`. */
struct route_decision route_finally(struct arena *,
                                    const struct route_question *,
                                    const struct route_late *,
                                    const struct route_snapshot *,
                                    const struct ledger *);

/* The first rule whose condition is true, or NULL. Who has been through a
 * sequence is not sent into one again. */
const struct route_rule *route_first_match(const struct route_snapshot *,
                                           const struct route_question *);

/* ----------------------------------------------------------- as a stage */

/* A question with its answer. */
struct route_answer {
    struct route_question question;
    struct route_decision decision;
    struct id decision_id; /* once it is kept */
};

/*
 * Asks for a lead, and leaves no trace: the same for a trial and for real.
 * `except` are passed over.
 */
bool route_ask(struct work *, struct lead *, const struct id *except,
               int except_count, struct route_answer *);

/* Fills in who may be kept for the lead's company, as far as the rule set
 * asks for it. */
bool route_kept_of(struct work *, const struct route_snapshot *,
                   const struct lead *, struct route_question *);

/* The same, as if it had just come: what came after it makes nobody the one for
 * its company. */
bool route_ask_anew(struct work *, struct lead *, struct route_answer *);

/* The same for a late lead that was handed on often enough. */
bool route_ask_finally(struct work *, struct lead *, const struct route_late *,
                       struct route_answer *);

/* The same for a lead whose owner is on leave (route_stand_in). */
bool route_ask_stand_in(struct work *, struct lead *, struct route_answer *);

/* The same for a lead that was offered, and nobody has accepted in time;
 * whoever has declined is passed over. */
bool route_ask_past_offer(struct work *, struct lead *,
                          const struct id *declined, int declined_count,
                          struct route_answer *);

/* How leads ended, for a question of a rule set that weighs it; and which of
 * them the lead is like: its segment, else product, else industry. */
bool route_weigh_results(struct work *, const struct route_snapshot *,
                         const struct lead *, struct route_question *);

/* R1: acts on an answer: posts the turn to the ledger and keeps the record,
 * both in the present transaction. Sets answer->decision_id. */
bool route_keep(struct work *, const struct lead *, struct route_answer *);

/* When the answer to a waiting lead may be another: the next moment at which
 * somebody's hours, absence or day begin or end; 0: none in sight. */
int64_t route_next_change_ms(const struct route_snapshot *, int64_t now_ms);

/* The promise of the rule of that id, or the rule set's own. */
const struct route_late *route_late_of(const struct route_snapshot *,
                                       struct str rule_id);

/* The id of the rule that decided last about a lead; STR_NONE: none did. */
bool route_last_rule(struct work *, const struct lead *, struct str *rule_id);

/*
 * The decision's record: what it saw and chose, in codes and parameters
 * (README.md). Everything that is shown of a decision later is made from it.
 */
struct str route_record(struct arena *, const struct route_decision *,
                        const struct route_question *,
                        const struct route_snapshot *);

/* A fact of the record's input as it was; not known when `value` is NULL. */
struct fact route_input_fact(struct arena *, const struct json *value);

/* What stopped one person. */
struct route_stopped {
    struct str who;  /* the name */
    struct str gate; /* its code */
    int64_t saw;
    int64_t limit;
    struct str what;
    const struct zone *zone; /* for times; NULL: UTC */
};

enum { ROUTE_NAMED_MAX = 2 }; /* one person, and whoever stands in for him */

/* What a sentence tells of a decision. */
struct route_telling {
    struct str code;
    struct str rule;    /* its name, or STR_NONE: otherwise */
    struct str pool;    /* its name, or STR_NONE */
    struct str owner;   /* the name */
    struct str account; /* the company it is kept for, or STR_NONE */
    struct str absent;  /* whom he stands in for, or STR_NONE */
    struct str before;  /* who had it and did not answer in time, or STR_NONE */
    struct str sequence; /* that it begins, its short name; or STR_NONE */
    struct route_stopped stopped[ROUTE_NAMED_MAX]; /* where nobody could take it
                                                      of the only ones named */
    int stopped_count;
    int64_t able;  /* how many could take it, of ... */
    int64_t asked; /* ... so many */
    int64_t wait_until_ms;
    const struct zone *zone; /* for the time above; NULL: UTC */
};

struct route_telling route_tell(const struct route_decision *,
                                const struct route_snapshot *);
/* `team`: whose names are used. */
struct route_telling route_tell_record(const struct json *record,
                                       const struct team *team,
                                       struct str owner_name);

/* One sentence for the rep; language "ko", anything else is English. */
struct str route_sentence(struct arena *, const struct route_telling *,
                          struct str language);
/* Else a sentence would be the owner's name alone. */
bool route_code_has_sentence(struct str code);

/* Of a candidate whom that gate has stopped; NULL: no code. */
struct route_stopped route_stopped_by(const struct team *,
                                      const struct route_candidate *,
                                      const struct route_gate *,
                                      const struct zone *);

struct str route_gate_sentence(struct arena *, const struct route_stopped *,
                               struct str language);

/* The name of whoever owns a lead: of the person, or of the queue. */
struct str route_owner_name(const struct team *, const struct queue *,
                            int queue_count, struct owner);

/* ------------------------------------------------------------- rule set */

/* What rules may name in a workspace. */
struct route_names {
    const struct team *team; /* NULL: for checking a file alone, where nothing
                                is looked up */
    const struct queue *queues;
    int queue_count;
    struct id default_queue;
    const struct str *sequences;
    int sequence_count;
    const struct field *fields; /* NULL: the built-in ones */
    /* Being in a territory of that short name, as a condition; NULL: there is
     * none. */
    const struct json *(*territory_place)(const struct route_names *,
                                          struct arena *, struct str name);
    const struct workspace_cache *cache; /* for that; or NULL */
};
struct route_names route_names_of(const struct workspace_cache *);

/*
 * Reads a rule set document ("baton-rules/1") into a snapshot that lives in
 * the arena. All faults are reported, with pointers. `warnings` (may be NULL)
 * gets a JSON array of what is allowed and hardly meant
 * (rules_warnings.h).
 */
const struct route_snapshot *route_rules_read(struct work *, struct arena *,
                                              const struct json *document,
                                              int64_t version,
                                              const struct route_names *,
                                              struct str *warnings);

extern const struct shape route_rules_shape;

/* What a workspace has before it publishes anything. */
extern const char route_rules_default[];

bool route_load(struct work *, struct workspace_cache *); /* a cache_loader */

extern const struct module route_module;

#endif
