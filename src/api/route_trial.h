/*
 * route_trial: asks routing about a lead that need not exist, without a
 * trace (R6): nothing is written, no turn moves, nobody hears of it. It is the
 * decision of src/route itself that answers, so what is tried is what would
 * happen.
 */
#ifndef ROUTE_TRIAL_H
#define ROUTE_TRIAL_H

#include "src/lead/submission.h"
#include "src/route/route_store.h"
#include "src/workspace/cache.h"

struct trial {
    struct lead lead; /* in memory only */
    bool kept;        /* somebody we know: the owner stays */
    struct route_answer answer;
    struct decision_row shown; /* for decision_json */
};

/* A lead in memory that has learned the fields that a submission may have, as
 * the conventions (or NULL) want them; what came of it stands in `facts`.
 * Faults are told with pointers below `at`. */
struct conventions;
bool trial_learn(struct work *, const struct json *fields, struct str at,
                 int64_t now_ms, const struct conventions *, struct lead *,
                 struct lead_facts *facts);

/* A lead of the fields that a submission may have; faults are told with
 * pointers below `at`. It is scored as of now. */
bool trial_lead(struct work *, const struct json *fields, struct str at,
                int64_t now_ms, struct lead *);

/* Reads "captured_by": who enters the lead by hand. */
bool trial_captured(struct work *, const struct json *, struct str at,
                    struct lead *);

/* Asks as for a new submission of the lead: who is known keeps the owner. */
bool trial_ask(struct work *, const struct route_snapshot *, int64_t now_ms,
               struct trial *);

/* Asks the rules alone, whoever it is and whatever the company. */
bool trial_ask_rules(struct work *, const struct route_snapshot *,
                     int64_t now_ms, struct trial *);

/*
 * R5: runs the "tests" of a document that was read into `snapshot`. Each that
 * does not come out as expected is a detail of w->error, with what happened.
 */
bool trial_run_tests(struct work *, const struct json *document,
                     const struct route_snapshot *);

/* Whether the tests can be understood; they are not run. */
bool trial_check_tests(struct work *, const struct json *document);

#endif
