/*
 * circle: who works together with somebody, where reps see the leads of their
 * teams.
 */
#ifndef ACCESS_CIRCLE_H
#define ACCESS_CIRCLE_H

#include "lib/jobs/work.h"

enum { CIRCLE_PEOPLE_MAX = 500 };

/* The members and managers of all teams that the person is in or leads, and
 * himself; the first 500 of them by id. NULL when he is in none. */
bool circle_of(struct work *, struct id person, const struct circle **);

#endif
