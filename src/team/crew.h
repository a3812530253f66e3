/*
 * crew: a team as people know it: a name, a manager and members who work
 * together ("teams" by HTTP). struct team is everybody in the workspace.
 */
#ifndef TEAM_CREW_H
#define TEAM_CREW_H

#include "lib/jobs/work.h"

struct crew {
    struct id id;
    int64_t version; /* 0: not stored yet */
    struct str name;
    struct id manager;       /* or none */
    struct str members_json; /* a list of ids */
};

bool crew_list(struct work *, struct crew **, int *count);
bool crew_save(struct work *, struct crew *);
bool crew_remove(struct work *, struct id);

#endif
