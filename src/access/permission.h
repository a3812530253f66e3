/*
 * permission: who may do what. One table says it for roles, and one function
 * each for leads and events: every verb, list, count, export, attachment and
 * live stream asks these.
 */
#ifndef ACCESS_PERMISSION_H
#define ACCESS_PERMISSION_H

#include "lib/jobs/work.h"
#include "src/lead/lead.h"
#include "src/team/team.h"

/* Bits of struct actor's permissions; 62 and 63 are the server's own. */
enum permission {
    CAN_SUBMIT_LEADS = 1 << 0,
    CAN_VIEW_LEADS = 1 << 1,     /* one's own */
    CAN_VIEW_ALL_LEADS = 1 << 2, /* everybody's; comes with VIEW_LEADS */
    CAN_EDIT_LEADS = 1 << 3,     /* those one may see: change, touch, merge */
    CAN_ASSIGN_LEADS = 1 << 4,   /* give a lead to an owner by hand */
    CAN_VIEW_ROUTING = 1 << 5,   /* rules, decisions, the ledger, scoring */
    CAN_EDIT_ROUTING = 1 << 6,
    CAN_EDIT_SCORING = 1 << 7,
    CAN_VIEW_TEAM = 1 << 8,
    CAN_EDIT_TEAM = 1 << 9,          /* people, their roles and limits */
    CAN_EDIT_PRESENCE = 1 << 10,     /* of others, and their absences */
    CAN_EDIT_OWN_PRESENCE = 1 << 11, /* and one's own absences */
    CAN_VIEW_INSIGHTS = 1 << 12,     /* figures of the leads one may see */
    CAN_IMPORT = 1 << 13,
    CAN_EXPORT = 1 << 14,       /* the leads one may see, as a file */
    CAN_EDIT_SOURCES = 1 << 15, /* sources and forms */
    CAN_MANAGE_KEYS = 1 << 16,
    CAN_MANAGE_WEBHOOKS = 1 << 17,
    CAN_VIEW_WORKSPACE = 1 << 18, /* its name and defaults, and oneself */
    CAN_EDIT_WORKSPACE = 1 << 19,
    CAN_HAND_OVER_WORKSPACE = 1 << 20, /* make somebody an owner */
    CAN_EDIT_TEMPLATES = 1 << 21,      /* and what is sent by itself */
};
enum { PERMISSION_COUNT = 22 };

/* "submit_leads", by bit; the rest of the 64 is NULL. */
extern const char *const permission_names[64];

uint64_t role_permissions(enum role);

/* What a key of a source may do: nothing but submit. */
extern const uint64_t source_permissions;

/*
 * May this actor give the role away, or change somebody who has it? Nobody
 * gives more than he has.
 */
bool access_may_grant(const struct actor *, enum role);

bool access_may(const struct actor *, enum permission);

/* A lead: everybody's with CAN_VIEW_ALL_LEADS, else only one's own and those
 * of one's circle. */
bool access_may_see_lead(const struct actor *, const struct lead *);

/* Which leads lists and counts hold. Lives as long as the actor. */
struct lead_scope access_lead_scope(const struct actor *);

/* The same for what the live stream tells. Needs no database. */
bool access_may_see_event(const struct actor *, const struct live_event *);

#endif
