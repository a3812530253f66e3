/*
 * field_use: where a name of the workspace's own (a field, a stage, a
 * territory, a list, a skill) is used in
 * what decides about leads, so that it is not taken away from under it.
 */
#ifndef FIELD_USE_H
#define FIELD_USE_H

#include "lib/jobs/work.h"

/*
 * The places whose conditions ask for `field`, and, unless it is none, compare
 * it with `value`: "the scoring, the routing draft"; STR_NONE: nowhere.
 */
bool field_use_find(struct work *, struct str field, struct str value,
                    struct str *places);

/* The same for what documents name: a territory by within, a list by in_list,
 * a skill by needs. */
enum name_kind { NAME_OF_TERRITORY, NAME_OF_LIST, NAME_OF_SKILL };
bool name_use_find(struct work *, enum name_kind, struct str name,
                   struct str *places);

/* The same for one document. */
struct json;
bool field_use_in(const struct json *document, struct str field,
                  struct str value);

#endif
