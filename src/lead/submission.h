/*
 * submission: what arrived, as it came, and the facts that were read from it.
 * A submission is kept before anything is made of it, and never changed.
 */
#ifndef LEAD_SUBMISSION_H
#define LEAD_SUBMISSION_H

#include "lib/base/hash.h"
#include "src/lead/lead.h"

struct submission {
    struct id id;
    struct id source;       /* none: sent with a key of a role, or by hand */
    struct str source_name; /* becomes the lead's source, unless one is given */
    struct id form;         /* the page it was sent from; or none */
    struct str content_type;
    struct str body;         /* the bytes as they came */
    struct str delivery_key; /* the source's own id of it, or STR_NONE */
    struct id import;        /* it is a row of this one, or none */
    struct id captured_by; /* the person who has entered it by hand, or none */
    const char *hold;      /* why a new lead waits in the default queue, where
                          nobody is asked until a person gives it away; NULL:
                          it is routed */
    enum submission_manner {
        SENT_ALONE,
        SENT_IN_BATCH, /* with others: its owner hears of all together */
        SENT_IN_LIST,  /* so, and from a table: the person wrote nothing */
    } manner;
};

enum submission_state {
    SUBMISSION_TAKEN,  /* a new lead was made of it */
    SUBMISSION_JOINED, /* it joined a lead we had */
};

/* Facts in one shape, not yet anybody's. */
struct lead_facts {
    struct fact facts[LEAD_GIVEN_COUNT];
    const struct json *consent;
    const struct json *social;
    const struct json *custom;
    struct str email_key; /* for matching, or STR_NONE */
    struct str phone_key;
    struct account_clue company; /* who is behind it */
    bool phone_waits;    /* national number: the country is not known yet */
    bool currency_usual; /* its money named none: it is the workspace's */
    struct str notes;    /* JSON array of what could not be brought into
                             shape and is kept as given; or STR_NONE */
    struct str derived;  /* JSON array of what follows from another fact:
                           [{field, from}]; or STR_NONE */
    struct str settled;  /* JSON array of what the workspace's conventions have
                           made of it; or STR_NONE */
    struct str learned;  /* JSON array: the fields that a lead we had did not
                           know before it; or STR_NONE */
};

bool submission_add(struct work *, const struct submission *, struct id lead,
                    enum submission_state);

struct submission_row {
    struct id id;
    struct id source;
    int64_t received_ms;
    struct str content_type;
    struct str body;
    struct str state;
    struct str delivery_key;
    struct id lead;
    struct id import; /* or none */
};

/* Its deliveries are no lead's any more: they may come again as another. */
bool submission_forget_deliveries(struct work *, struct id lead);

bool submission_of_lead(struct work *, struct id lead, struct submission_row **,
                        int *count);
bool submission_load(struct work *, struct id, struct submission_row *);

#endif
