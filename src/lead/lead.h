/*
 * lead: the one record a person's enquiries became, with its fields, its
 * owner and what happened to it.
 */
#ifndef LEAD_LEAD_H
#define LEAD_LEAD_H

#include "lib/base/json.h"
#include "lib/jobs/work.h"
#include "lib/rules/condition.h"
#include "src/account/account.h"

/* Whose leads somebody may see. */
struct lead_scope {
    bool all;                /* everybody's, and those that wait; else ... */
    const struct id *people; /* ... those that one of these owns */
    int count;               /* 0: none at all */
    struct id self;          /* one of them: whoever asks; or none */
};

bool lead_scope_holds(const struct lead_scope *, struct id owner);

/* The built-in fields, in the order of lead_fields. */
enum lead_field {
    LEAD_NAME,
    LEAD_EMAIL,
    LEAD_PHONE,
    LEAD_COMPANY,
    LEAD_JOB_TITLE,
    LEAD_WEBSITE,
    LEAD_COUNTRY,
    LEAD_REGION,
    LEAD_CITY,
    LEAD_POSTAL_CODE,
    LEAD_ADDRESS,
    LEAD_LANGUAGE,
    LEAD_TIME_ZONE,
    LEAD_IP,
    LEAD_SOURCE,
    LEAD_CAMPAIGN,
    LEAD_MEDIUM,
    LEAD_REFERRER,
    LEAD_PAGE,
    LEAD_INDUSTRY,
    LEAD_EMPLOYEES,
    LEAD_PRODUCT,
    LEAD_SEGMENT,
    LEAD_USE_CASE,
    LEAD_DEAL_VALUE, /* 10^-AMOUNT_DECIMALS of the currency unit */
    LEAD_CURRENCY,
    LEAD_TAGS,
    LEAD_MESSAGE,
    LEAD_BIRTHDAY,
    LEAD_NEXT_STEP,
    LEAD_EXTERNAL_ID,
    LEAD_GIVEN_COUNT, /* the fields above are given; those below are ours */
    LEAD_STAGE = LEAD_GIVEN_COUNT,
    LEAD_OWNER,
    LEAD_ACCOUNT,
    LEAD_SCORE,
    LEAD_CREATED_AT,
    LEAD_UPDATED_AT,
    LEAD_ASSIGNED_AT,
    LEAD_FIRST_RESPONSE_AT,
    LEAD_RESPONSE_DUE_AT,
    LEAD_RETURNS, /* what was done and came back since */
    LEAD_TOUCHES,
    LEAD_TOUCH_KINDS,
    LEAD_LAST_RETURN_AT,
    LEAD_LAST_TOUCH_AT,
    LEAD_FIELD_COUNT,
};

/* As many as any currency of ISO 4217 has. */
enum { AMOUNT_DECIMALS = 4 };

/* Behind them come the fields of the workspace's own (custom.h). */
enum {
    LEAD_CUSTOM_MAX = 64,
    LEAD_FACT_COUNT = LEAD_FIELD_COUNT + LEAD_CUSTOM_MAX,
};

/* Name, kind and column of each; ends with a NULL name. */
extern const struct field lead_fields[LEAD_FIELD_COUNT + 1];

/* What names of lists, territories and companies stand for (`names` of struct
 * field). */
condition_names lead_field_names;

/* How places and languages are written in facts, that a condition calls by
 * their names. Names are the business of standardise, which defines these. */
condition_spelling lead_country_spelling;
condition_spelling lead_region_spelling;
condition_spelling lead_city_spelling;
condition_spelling lead_language_spelling;

/* The field of that name, or -1. */
int lead_field_find(struct str name);

/* Who holds a lead: a rep, or a queue while nobody can take it. */
enum owner_kind { OWNER_REP, OWNER_QUEUE };

struct owner {
    enum owner_kind kind;
    struct id id;
};

struct owner owner_rep(struct id person);
struct owner owner_queue(struct id queue);
bool owner_equal(struct owner, struct owner);
const char *owner_kind_name(enum owner_kind); /* "rep", "queue" */

/* A lead is in one sequence at a time (follow_up/sequence.h); rules send it
 * into its first only. */
enum lead_sequence {
    LEAD_IN_NO_SEQUENCE,
    LEAD_IN_SEQUENCE,
    LEAD_WAS_IN_SEQUENCE,
};

/* Whether the first answer came in time. */
enum lead_promise { PROMISE_NONE, PROMISE_KEPT, PROMISE_MISSED };

/* What figures are made of. */
struct lead_view {
    const char *stage;
    struct owner owner;
    struct str source;
    struct str rule;
    struct str product;
    struct str segment;
    bool merged; /* it is part of another one */
    int64_t first_rep_ms;
    int64_t first_response_ms;
    enum lead_promise promise;
    int64_t late_count;
};

/* What a stage means, whatever it is called. */
enum lead_meaning { LEAD_OPEN, LEAD_WON, LEAD_LOST, LEAD_INACTIVE };

struct lead {
    struct id id;
    int64_t version;                    /* 0: not stored yet */
    struct fact facts[LEAD_FACT_COUNT]; /* the read-only ones by
                                            lead_refresh */
    struct str email_key;               /* for matching, or STR_NONE */
    struct str phone_key;
    const struct json *consent; /* as given, or NULL */
    const struct json *social;
    const struct json *custom;
    struct str custom_folded; /* as compared: custom.h */
    struct id account;        /* the company behind it, or none */
    struct str account_name;
    struct account_claim account_claim; /* as stored */
    const char *stage;                  /* of the workspace's stages */
    enum lead_meaning meaning;          /* of its stage */
    struct owner owner;
    int64_t owner_version;   /* 0: nobody has had it yet */
    int64_t pinned_until_ms; /* 0: not pinned */
    int64_t score;
    struct str score_lines; /* JSON array; points sum to score */
    int64_t rescore_ms;     /* when its points will be others by themselves;
                               0: never */
    int64_t created_ms;
    int64_t updated_ms;
    int64_t assigned_ms; /* to the present owner */
    int64_t first_assigned_ms;
    int64_t first_rep_ms; /* when a rep first had it; 0: not yet */
    struct str rule;      /* of the routing that gave it to its owner; none:
                                  otherwise, kept together, by hand */
    int64_t first_response_ms; /* 0: not yet */
    enum lead_promise promise; /* of the first answer, once it is given */
    int64_t response_due_ms;   /* 0: no promise runs */
    int64_t late_count;        /* promises missed since it came */
    int64_t returns;           /* submissions after the first */
    int64_t last_return_ms;    /* 0: none */
    int64_t touches;           /* by people; of all kinds */
    int64_t last_touch_ms;     /* 0: none; their kinds are a fact */
    struct lead_view stored;   /* as it was when it was read or saved */
    enum lead_sequence sequence_state;
    struct id merged_into;  /* it became part of that one; or none */
    int64_t asked_again_ms; /* after an answer, since when it waits for the
                                  next; 0: it does not */
    int64_t reminded_ms;    /* of the promise that runs; 0: not yet */
    int64_t erased_ms;      /* 0: it is not; else only a shell is left */
    bool told_together;  /* not stored: whoever gets it hears of it with ... */
    struct id told_with; /* ... others of this source; or none */
    struct id captured_by; /* not stored: who is entering it by hand; or none */
};

/* A lead that was not stored yet, with an id of its own. */
void lead_init(struct work *, struct lead *);

void lead_set_text(struct lead *, struct arena *, enum lead_field, struct str);
void lead_set_number(struct lead *, enum lead_field, int64_t);
void lead_set_tags(struct lead *, struct arena *, const struct str *, int);
void lead_set_touch_kinds(struct lead *, struct arena *, const struct str *,
                          int);
struct fact lead_tags_fact(struct arena *, const struct str *tags, int count);
/* The first's, and those of the second that it lacks. */
struct fact lead_tags_joined(struct arena *, const struct fact *,
                             const struct fact *);
/* Those that are none of these (folded). */
struct fact lead_tags_without(struct arena *, const struct fact *,
                              const struct str *gone, int count);
/* Between U+001F characters, so that one is found as a whole. */
struct str lead_tags_folded(struct arena *, const struct fact *);
void lead_clear(struct lead *, enum lead_field);
struct str lead_text(const struct lead *, enum lead_field); /* as shown */

bool lead_has_rep(const struct lead *);

/* The rep whom an open or won lead makes the one who serves its company; or
 * none. */
struct id lead_served_by(const struct lead *);

bool lead_is_pinned(const struct lead *, int64_t now_ms);

/* What counts as an answer. Opening the page or writing a note does not. */
struct touch_kind {
    const char *name;
    bool answers;
};
extern const struct touch_kind touch_kinds[]; /* ends with a NULL name */

/* Counts that its person came again, or that somebody did something. */
void lead_note_return(struct lead *, int64_t at_ms);
void lead_note_touch(struct lead *, struct arena *, struct str kind,
                     int64_t at_ms);

/* Copies stage, owner, score and times into the facts, for conditions. */
void lead_refresh(struct lead *);

/* 227005000 with 4 decimals as 22700.5, without going through a double. */
struct str lead_decimal_text(struct arena *, int64_t, int decimals);

/* The value of one field, as it is shown everywhere; null when unknown. */
void lead_fact_json(struct json_out *, struct arena *, const struct field *,
                    const struct fact *);

/* The given fields as a JSON object: what is stored and shown. */
struct str lead_facts_json(struct arena *, const struct lead *);
void lead_facts_read(struct arena *, struct lead *, const struct json *);

/* Names of what is known now and was not before, as a JSON array: ["phone",
 * "custom.rooms"]; STR_NONE: nothing. */
struct str lead_learned_json(struct arena *, const struct lead *before,
                             const struct lead *now);

/* What is another than it was, as a JSON array of {"field", "from"}. */
struct str lead_replaced_json(struct arena *, const struct lead *before,
                              const struct lead *now);

/* ------------------------------------------------------------- stages */

struct lead_stage {
    const char *name; /* "open"; it stays. NULL ends a table */
    enum lead_meaning meaning;
    struct str label_en;
    struct str label_ko;
    const char *const *moves; /* where a lead may go from it; NULL: anywhere */
    const char *moved_to;     /* it was removed, and its leads go there; NULL:
                                 in use */
};
extern const struct lead_stage lead_stages[]; /* what a workspace begins with */
/* In that table, or NULL. */
const struct lead_stage *lead_stage_find(const struct lead_stage *,
                                         struct str name);

/* It takes no room of its owner and runs no clock. */
bool lead_is_closed(const struct lead *);

/* -------------------------------------------------------------- store */

/* Inserts a new lead or writes a known one, and moves its version on. A lead
 * that has changed since it was read fails with ERR_CONFLICT. */
bool lead_save(struct work *, struct lead *);

/* Writes score, score_lines and rescore_ms alone: what follows from the rest
 * is no change that anybody made, so the version stays. */
bool lead_save_score(struct work *, const struct lead *);

/* Writes what its own fields are compared by, alone: a declaration has changed,
 * not the lead. */
bool lead_save_custom(struct work *, const struct lead *);

/* False with ERR_NOT_FOUND when there is none, or it was erased. */
bool lead_load(struct work *, struct id, struct lead *);
/* An erased one as well: what is left of it. */
bool lead_load_shell(struct work *, struct id, struct lead *);
/* Reads many for the present group, for lead_load. */
struct warm_wanted;
bool lead_warm(struct work *, const struct warm_wanted *);

/* A save, as figures see it; lead_save notes it in the workspace's cache until
 * the end of the group. */
struct lead_step {
    struct id lead;
    int64_t created_ms;
    int64_t at_ms;
    bool is_new; /* nothing was stored before */
    struct lead_view before;
    struct lead_view after;
};
struct lead_view lead_view(const struct lead *);

/* For lead_save, once the lead is written. */
bool lead_step_note(struct work *, struct lead *);

/* Calls `each` for every lead after the given one, oldest first, with what it
 * is matched by. */
bool lead_keys_after(struct work *, struct id after,
                     bool (*each)(void *context, struct id lead,
                                  struct str email_key, struct str phone_key),
                     void *context);

/*
 * The leads that `where` ("WHERE ... ORDER BY ... LIMIT ...", columns of
 * table lead, values bound from $1) selects. For lists: lead_list.c builds
 * the text from conditions and constants.
 */
bool lead_select(struct work *, struct str where, const struct db_value *,
                 int count, struct lead **leads, int *found);

/* Those of the ids that exist and were not merged, by id. */
bool lead_select_ids(struct work *, const struct id *, int count,
                     struct lead **leads, int *found);

/* Columns of the same leads, in the same order: without the rest of them. */
bool lead_select_columns(struct work *, struct str columns, const struct id *,
                         int count, struct db_rows *);

/* How many leads `where` selects; a LIMIT in it bounds the work. */
bool lead_count(struct work *, struct str where, const struct db_value *,
                int count, int64_t *found);

/* One lead's place in an order: `column` (a constant) and id of the first
 * that `where` selects. */
bool lead_find_place(struct work *, const char *column, struct str where,
                     const struct db_value *, int count, int64_t *value,
                     struct id *, bool *found);

/* What `column` (not from outside) says of a lead, as text; STR_NONE:
 * nothing. */
bool lead_find_value(struct work *, const char *column, struct id,
                     struct str *value);

/* ----------------------------------------------------------- timeline */

/* "system", "person", "key", "source" */
const char *actor_kind_name(enum actor_kind);

/* Adds one entry; `data` is a JSON object. Returns its id through `entry`
 * (may be NULL). */
bool timeline_add(struct work *, struct id lead, const char *kind,
                  struct str data, struct id *entry);

/* What a live event or a webhook tells of a lead: ids and figures, nothing
 * personal. */
struct str lead_event_json(struct arena *, const struct lead *);

/*
 * Gives what was told of the workspace's leads after `last`, in order: the
 * http_settings.missed of the live stream. A caller who was away for more than
 * the newest 1,000 entries gets the newest; he reads his lists again. What
 * other nodes did shortly before `last` is given, too: it may have come to his
 * stream later than what this node told of itself.
 */
bool timeline_missed(struct work *, struct id last,
                     void (*give)(void *to, const struct live_event *),
                     void *to);

/* The newest entry, or none. */
bool timeline_newest(struct work *, struct id *newest);

/* What other nodes have told of the workspace's leads, in order. */
struct timeline_of_others {
    struct id after;
    struct id until; /* included */
    uint32_t node;   /* our own */
    int limit;
};
bool timeline_of_others(struct work *, const struct timeline_of_others *,
                        void (*give)(void *to, const struct live_event *),
                        void *to, int *given);

struct timeline_entry {
    struct id id;
    int64_t at_ms;
    struct str kind;
    struct str actor_kind;
    struct id actor;
    struct str data; /* JSON */
};

/* Of a lead, newest first, older than `before` (none: the newest). */
bool timeline_of_lead(struct work *, struct id lead, struct id before,
                      int limit, struct timeline_entry **, int *count);

/* Those entries of it that say where its facts came from; newest first. */
bool timeline_of_facts(struct work *, struct id lead, struct timeline_entry **,
                       int *count);

/* Which leads have come or changed, as the timeline tells. */
struct timeline_changes {
    struct id after;  /* asked: entries after this one */
    struct id *leads; /* in their order; may repeat */
    int count;
    struct id last; /* the last entry that was looked at, or `after` */
    bool more;      /* there were more than were asked for */
};
bool timeline_changes(struct work *, int limit, struct timeline_changes *);

/* The same of the newest entries; the newest come first, and `last` is the
 * oldest. */
bool timeline_changes_newest(struct work *, int limit,
                             struct timeline_changes *);

/* Whether a person or a program with a role has done something with the lead
 * since it came to its owner; that its person wrote again is none of it. */
bool timeline_worked_on(struct work *, struct id lead, struct id assignment,
                        int64_t begun_ms, bool *worked_on);

/* How many entries there are from this one on; counts to `most`. */
bool timeline_count_from(struct work *, struct id from, int most, int *count);

/* -------------------------------------------------------------- owner */

/* Why an owner changes. */
struct handover {
    const char *reason; /* routed, late, by_hand, freed, left, came_back,
                            imported, quarantined, released, and of a revert:
                            given_back, routed_again, queued */
    struct id decision; /* none: by hand */
    struct str rule;    /* that matched, or none */
    int64_t pin_until_ms;
    bool unpins;      /* of whoever keeps the lead: the pin is taken off */
    bool held;        /* by a queue on purpose: it does not wait for somebody */
    struct str note;  /* of the person who did it, or STR_NONE */
    struct id revert; /* by which the assignment before is taken back: it should
                         not have been, and another begins even if the owner is
                         the same; or none */
    bool gives_back;  /* whoever gets it had it before: no new lead of today */
};

/*
 * L1: the only function that changes an owner. Ends the open assignment and
 * begins the next in the same transaction, counts the load of both owners in
 * the ledger, and writes the timeline. The lead itself is stored by the
 * lead_save that follows. Giving a lead to the owner it has already changes
 * nothing, unless a revert does; `*entry`, the timeline's, is none then.
 */
bool lead_owner_set(struct work *, struct lead *, struct owner,
                    const struct handover *, struct id *entry);

/* The owner stays, by hand: notes why, and until when nobody moves the lead.
 * What is done to *entry is as above. */
bool lead_owner_stays(struct work *, struct lead *, const struct handover *,
                      struct id *entry);

/* G1: what became part of another lead has no owner any more, and no open
 * assignment; what is a lead of its own again goes on with the one it had. */
bool lead_owner_end(struct work *, const struct lead *);
bool lead_owner_resume(struct work *, struct lead *);

/* Which leads it is like, for results: "segment:factory", else its product,
 * else its industry; without any of them "". Text without case. */
struct str lead_kind(struct arena *, const struct lead *);

/* Moves the stage, and counts how the lead has ended; leaving the open ones frees the owner's room. */
bool lead_stage_set(struct work *, struct lead *, const struct lead_stage *);

#endif
