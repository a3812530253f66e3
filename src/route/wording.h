/*
 * wording: sentences in English and Korean, a row for each code. {names} are
 * filled in, and Korean particles follow the sound of the word before them:
 * {owner|이/가}.
 */
#ifndef ROUTE_WORDING_H
#define ROUTE_WORDING_H

#include "lib/base/arena.h"
#include "lib/time/zone.h"

struct wording {
    const char *code; /* NULL ends a table */
    const char *english;
    const char *korean;
};

/* NULL: there is none of that code. */
const struct wording *wording_find(const struct wording *, struct str code);

/* What stands for a name. */
typedef struct str wording_value(struct arena *, const void *told,
                                 struct str name, bool korean);

/* Language "ko"; anything else is English. */
struct str wording_fill(struct arena *, const struct wording *,
                        struct str language, wording_value *, const void *told);

/* As the clock on the wall shows it; NULL: UTC. */
struct str wording_moment(struct arena *, int64_t at_ms, const struct zone *);

#endif
