/* doctor_leads: what must be true of leads as the program reads them, for
 * command_doctor.c. A stage's meaning is known to the program alone. */
#ifndef DOCTOR_LEADS_H
#define DOCTOR_LEADS_H

#include "src/command/doctor_store.h"

struct doctor_leads {
    struct doctor_finding score;  /* S1 */
    struct doctor_finding keys;   /* M1 */
    struct doctor_finding clock;  /* C2 */
    struct doctor_finding load;   /* of the ledger */
    struct doctor_finding served; /* A3 */
    struct doctor_finding known;  /* M2 */
};

/* Adds what the leads of a workspace show. Each is read once. */
bool doctor_look_at_leads(struct work *, struct doctor_leads *);

#endif
