/*
 * score: points for what is known of a lead and for what happened to it. The
 * score is the sum of its lines: one for each rule whose condition is true,
 * and one for each group of rules that takes back what is beyond its bounds
 * (S1).
 *
 * Points may fade: half of them are left after each half-life since the lead
 * came, came again or was last touched. So a score changes by itself, and
 * each lead says when it next will.
 */
#ifndef SCORE_SCORE_H
#define SCORE_SCORE_H

#include "lib/http/shape.h"
#include "src/lead/lead.h"

/* Rules whose points together stay within bounds. */
struct score_group {
    struct str id;
    struct str name;
    int64_t max; /* INT64_MAX: none */
    int64_t min; /* INT64_MIN: none */
};

struct score_rule {
    struct str id;
    struct str name;
    const struct condition *when;
    int64_t points;
    int group;             /* number in the rules' groups; -1: none */
    int64_t half_life_ms;  /* 0: does not fade */
    enum lead_field since; /* fades from this time on */
};

struct score_rules {
    int64_t version; /* 0: the default */
    const struct score_rule *rules;
    int count;
    const struct score_group *groups;
    int group_count;
    bool reads_time;        /* a condition may become true or false by itself */
    bool changes_with_time; /* that, or some points fade */
};

extern const struct shape score_shape;
extern const char score_default[]; /* what a workspace begins with */

/* Reads a document into w->arena; NULL with details in w->error, each with a
 * pointer below `at`. */
const struct score_rules *score_read(struct work *, const struct field *,
                                     const struct json *, struct str at,
                                     int64_t version);

/* Asked of a new document only: each line of a score names its rule. */
bool score_ids_differ(struct work *, const struct score_rules *, struct str at);

/* What is left of the points: halved with each half-life, rounded. */
int64_t score_faded(int64_t points, int64_t half_life_ms, int64_t age_ms);

/* The age at which score_faded first gives another answer than now; INT64_MAX:
 * never. */
int64_t score_fades_at(int64_t points, int64_t half_life_ms, int64_t age_ms);

/* S1: sets score, score_lines and rescore_ms together, of a lead whose facts
 * are fresh (lead_refresh). Pure. */
void score_set(struct arena *, struct lead *, const struct score_rules *,
               int64_t now_ms);

/* The same with the workspace's rules. */
bool score_lead(struct work *, struct lead *);

struct workspace_cache;
bool score_load(struct work *, struct workspace_cache *); /* cache_loader */

extern const struct module score_module;

#endif
