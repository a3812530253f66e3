/*
 * insight: what the company can learn from its leads. Sums are kept with the
 * facts they count, in the same transaction (I1): every save of a lead is
 * noted (lead_step), and at the end of a group what the steps change in the
 * sums is written as one row, which a job adds to the sums soon.
 */
#ifndef INSIGHT_INSIGHT_H
#define INSIGHT_INSIGHT_H

#include "lib/jobs/jobs.h"
#include "src/insight/histogram.h"
#include "src/lead/lead.h"

/* What is counted. Stored by number: new ones go to the end. */
enum insight_measure {
    INSIGHT_CREATED,  /* leads, on the day they came; by what they are now */
    INSIGHT_STANDING, /* leads in a stage now */
    INSIGHT_ENTERED,  /* moves into a stage */
    INSIGHT_OWNED,    /* leads a rep got first; bucket: since they came */
    INSIGHT_ANSWERED, /* first answers; bucket: since the lead came */
    INSIGHT_WORKED,   /* the same; bucket: the owner's working time alone */
    INSIGHT_KEPT,     /* first answers in time */
    INSIGHT_MISSED,   /* first answers after a promise was missed */
    INSIGHT_LATE,     /* promises missed */
    INSIGHT_MEASURES,
};

/* What changes in one sum. */
struct insight_cell {
    enum insight_measure measure;
    int64_t day; /* of the zone, since 1970; 0: standing now */
    struct str stage;
    int bucket;
    struct id owner;
    struct str source;
    struct str rule;
    struct str product;
    struct str segment;
    int64_t n;
};

struct insight_cells {
    struct arena *arena;
    struct insight_cell *cells;
    int count;
    int room;
};

/* In whose days it is counted, and which leads are. */
struct insight_state {
    struct str zone_text;
    const struct zone *zone;
    struct id counted_until; /* leads after it are counted by a job */
    bool stored;
};

struct workspace_cache;

/* Adds what a step changes. The working time of an answer is the unit's to
 * know: the person's hours are compiled. */
bool insight_add_step(struct work *, const struct workspace_cache *,
                      const struct lead_step *, struct insight_cells *);

/* Adds the move of the step's lead, as it is after it, into a stage. */
void insight_add_move(const struct workspace_cache *, const struct lead_step *,
                      struct str stage, struct insight_cells *);

/* As it is, beside the others. Texts are not copied. */
void insight_cells_add(struct insight_cells *, const struct insight_cell *);

/* By owner, source, rule, product and segment. */
int insight_compare_group(const struct insight_cell *,
                          const struct insight_cell *);

/* Equal sums become one, in no order; for use between additions. */
void insight_merge(struct insight_cells *);

/* Equal sums become one; those that change nothing go. Those of one
 * group (insight_compare_group) stand together, in the order of their days. */
void insight_fold(struct insight_cells *);

bool insight_load(struct work *, struct workspace_cache *); /* cache_loader */
bool insight_group_end(struct work *); /* runner hook, before the cache's */

/* Forgets all sums and counts every lead anew, in the workspace's present
 * zone; a job does it, some at a time. */
bool insight_recount(struct work *);

extern const struct job_kind *const insight_jobs[]; /* ends with NULL */

/* ---------------------------------------------------------------- asking */

enum insight_split {
    INSIGHT_BY_DAY,
    INSIGHT_BY_REP,
    INSIGHT_BY_SOURCE,
    INSIGHT_BY_RULE,
    INSIGHT_BY_PRODUCT,
    INSIGHT_BY_SEGMENT,
};

struct insight_question {
    const enum insight_measure *measures;
    int measure_count;
    enum insight_split split;
    int64_t from_day; /* both included; 0..0: standing now */
    int64_t to_day;
    struct lead_scope scope; /* whose leads count */
};

/* One sum of the answer. */
struct insight_sum {
    enum insight_measure measure;
    int64_t number;  /* BY_DAY: the day; BY_REP: the owner's id */
    struct str text; /* the others: the source, rule, ... */
    struct str stage;
    int bucket;
    int64_t n; /* never 0 */
};
bool insight_ask(struct work *, const struct insight_question *,
                 struct insight_sum **, int *count);

/* When the oldest lead came that waits in a queue; 0: none waits. */
bool insight_oldest_waiting(struct work *, int64_t *created_ms);

#endif
