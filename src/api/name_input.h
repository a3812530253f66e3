/*
 * name_input: the name of a thing that conditions call by a slug (a territory,
 * a list): read in the same way wherever one is given.
 */
#ifndef API_NAME_INPUT_H
#define API_NAME_INPUT_H

#include "lib/base/json.h"
#include "lib/jobs/work.h"

/* What was sent at "/name". */
struct name_input {
    struct str name; /* STR_NONE: none was sent */
    struct str slug; /* what it becomes; the slug of a thing stays for ever */
};

/* Adds a detail for a name that has no slug. */
bool name_input_read(struct work *, const struct json *, struct name_input *);

/* Adds a detail when somebody has the slug already: "There is a list ...". */
bool name_input_is_free(struct work *, struct str slug, bool taken,
                        const char *thing);

/* What conditions call by name has changed: every cache reads it again, and
 * what waits is asked for again (W3). */
bool name_input_changed(struct work *);

#endif
