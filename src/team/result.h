/*
 * result: how the leads of each person ended, by the kind of lead, and what
 * chance that gives the next one. A person's own figures count in full only
 * when there are many: RESULT_MIXED_IN leads of the average are mixed in, so
 * that three lucky wins are no proof and a beginner is no loser.
 */
#ifndef TEAM_RESULT_H
#define TEAM_RESULT_H

#include "lib/jobs/work.h"

enum { RESULT_MIXED_IN = 20, RESULT_WHOLE = 1000000 };

/* One person's leads of one kind that have ended. */
struct result {
    struct id person;
    struct str kind; /* "segment:factory"; empty: of no known kind */
    int64_t leads;
    int64_t wins;
    int64_t kind_rate; /* of everybody's leads of the kind: results_prepare */
};

struct results {
    struct result *rows; /* by kind */
    int count;
    int64_t rate; /* of all leads: results_prepare */
};

/* Works out the rates of the team, once for many questions. */
void results_prepare(struct results *);

/* What a person may expect of one more lead of a kind. */
struct result_chance {
    int64_t leads; /* of that kind, ended: what the figure stands on */
    int64_t wins;
    int64_t chance; /* in parts of RESULT_WHOLE */
};

/* Pure, and in whole numbers: the same everywhere. */
struct result_chance result_chance(const struct results *, struct id person,
                                   struct str kind);

/* ---------------------------------------------------------------- store */

bool result_list(struct work *, struct arena *, struct results *);

enum result_end { RESULT_OPEN, RESULT_LOST, RESULT_WON };

/*
 * Counts how a lead has ended, in place of what it was counted as before.
 * RESULT_OPEN, or nobody's: it is counted no more. `*changed` says whether
 * the sums have moved.
 */
bool result_set(struct work *, struct id lead, struct id person,
                struct str kind, enum result_end, bool *changed);

#endif
