/* doctor_store: the views that say what must be true (schema/0008_checks,
 * 0042_checks, 0046_check_account);
 * for command_doctor.c. */
#ifndef DOCTOR_STORE_H
#define DOCTOR_STORE_H

#include "src/account/account.h"

enum { DOCTOR_EXAMPLES = 3 };

struct doctor_finding {
    int64_t checked;
    int64_t faulty;
    struct id examples[DOCTOR_EXAMPLES]; /* of faulty records; none: unused */
    struct str words;                    /* more about it, or STR_NONE */
};

/* Counts one record, and keeps it as an example when it is faulty. */
void doctor_note(struct doctor_finding *, struct id record, bool good);

/* A view by itself: a constant number of doctor_views. */
struct doctor_view {
    const char *about;
    const char *count;    /* SQL */
    const char *examples; /* SQL */
};
extern const struct doctor_view doctor_views[]; /* ends with a NULL about */

bool doctor_look(struct work *, const struct doctor_view *,
                 struct doctor_finding *);

/* Who serves a company, as it is stored. */
struct doctor_served {
    struct id account;
    struct id rep;  /* or none */
    struct id lead; /* or none */
};

/* Companies after this one, by id. */
bool doctor_served(struct work *, struct id after, int limit,
                   struct doctor_served **, int *count);

/* What companies are found by: id, name_key and domain; after this one. */
bool doctor_known(struct work *, struct id after, int limit, struct account **,
                  int *count);

/* SQLite looks its whole file over; PostgreSQL has tools of its own. */
bool doctor_file(struct work *, struct doctor_finding *);

#endif
