/*
 * team_api: people by HTTP, and what the command line needs of it. Above the
 * records, because a change of people moves leads.
 */
#ifndef TEAM_API_H
#define TEAM_API_H

#include "src/module.h"
#include "src/team/team.h"

/*
 * Checks and stores somebody new, who gets an id: address in lower case and
 * not taken, a known zone, no more rights than w->actor has. The queues are
 * looked at again. An empty name becomes what stands before the @.
 */
bool team_person_add(struct work *, struct person *);

/* Working hours as written; {} and null are any hour. Adds details. */
bool team_hours_set(struct work *, struct person *, const struct json *,
                    struct str at);

/* After every change of a person or of his absences (P6). */
bool team_person_changed(struct work *, const struct person *);

/* Presence and absences: one's own, or with a permission everybody's. */
bool team_presence_is_mine(const struct work *, struct id person);

extern const struct module team_module;

#endif
