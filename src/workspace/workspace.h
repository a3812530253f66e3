/*
 * workspace: one company's separate world, and its defaults.
 */
#ifndef WORKSPACE_WORKSPACE_H
#define WORKSPACE_WORKSPACE_H

#include "lib/base/text.h"
#include "lib/jobs/work.h"

/* Whose leads a rep may see, and work on. */
enum reps_see { REPS_SEE_OWN, REPS_SEE_TEAM, REPS_SEE_ALL };
extern const char *const reps_see_names[]; /* ends with NULL */

struct workspace {
    struct id id;
    struct str slug;
    struct str name;
    struct str country;  /* ISO 3166-1: of phone numbers without one */
    struct str language; /* "en" or "ko": of sentences */
    struct str time_zone;
    struct str currency; /* ISO 4217 */
    enum reps_see reps_see;
    struct id default_queue;
    int64_t version; /* of the fields above, as stored */
};

/* "Acme Co." as "acme-co": lower case, hyphens between letters and digits.
 * Letters outside ASCII stay. Empty when nothing is left. */
struct str workspace_slug(struct arena *, struct str name);

/* Fills what is empty: Korea's habits, sentences in English. */
void workspace_defaults(struct workspace *);

/* Are name, country, language, zone and currency what they must be? Adds a
 * detail for each that is not, with pointers that start with `at`. */
bool workspace_check(struct work *, const struct workspace *, struct str at);

/*
 * Creates a workspace with its default queue "Inbox", its fairness group and
 * the default scoring. w->workspace becomes the new one. False with
 * ERR_CONFLICT when the slug is taken.
 */
bool workspace_create(struct work *, struct workspace *);

/* Writes what may be changed; the slug stays. */
bool workspace_save(struct work *, const struct workspace *);

/* Into the arena; false with ERR_NOT_FOUND. */
bool workspace_load(struct work *, struct arena *, struct id,
                    struct workspace *);
bool workspace_find(struct work *, struct str slug, struct workspace *);
bool workspace_list(struct work *, struct workspace **, int *count);
bool workspace_any(struct work *, bool *any);

/* The ledger's version of each workspace: it moves with each commit. */
struct workspace_commits {
    struct id workspace;
    int64_t version;
};
bool workspace_commits(struct work *, struct workspace_commits **, int *count);

/* K1: leads up to here have their keys in the table (match/key_tail.h). */
bool workspace_keys_mark(struct work *, struct id mark);

/* K2: keys were written, or records made that have some. */
bool workspace_keys_moved(struct work *);

#endif
