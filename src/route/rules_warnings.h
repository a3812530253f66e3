/*
 * rules_warnings: what a rule set may say and hardly means: rules that no lead
 * comes to, pools in which nobody can take one, people who have left. A
 * warning keeps nobody from anything; faults are told by rules.c.
 */
#ifndef ROUTE_RULES_WARNINGS_H
#define ROUTE_RULES_WARNINGS_H

#include "lib/base/json.h"
#include "src/route/route.h"

/* Each is {pointer, code, message}; the message says how to mend it. */
void route_warn(struct json_out *, struct str pointer, const char *code,
                struct str message);

/* Those of a document that was read into the snapshot; the people's as well,
 * when it knows them (team not NULL). */
void route_warn_of(struct arena *, const struct json *document,
                   const struct route_snapshot *, struct json_out *);

#endif
