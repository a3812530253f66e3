/*
 * absence: a stretch in which a person takes no leads: leave, sickness, a day
 * off. Of one person no two overlap, so that one of them says who stands in.
 */
#ifndef TEAM_ABSENCE_H
#define TEAM_ABSENCE_H

#include "lib/jobs/work.h"

struct absence {
    struct id id;
    int64_t version; /* 0: not stored yet */
    struct id person;
    int64_t begin_ms;
    int64_t end_ms; /* > begin_ms */
    struct str reason;
    struct id substitute; /* who stands in, or none */
};

/* Which of them: those that touch from_ms .. to_ms. A page goes on after the
 * begin and the id of the last of the page before. */
struct absence_query {
    struct id person; /* none: of everybody */
    int64_t from_ms;
    int64_t to_ms;
    int64_t after_ms; /* INT64_MIN: from the first on */
    struct id after;
    int limit;
};

/* ---------------------------------------------------------------- store */

/* Inserts (version 0) or updates. */
bool absence_save(struct work *, struct absence *);
bool absence_remove(struct work *, struct id);

/* False with ERR_NOT_FOUND. */
bool absence_load(struct work *, struct id, struct absence *);

/* The first to begin first. */
bool absence_list(struct work *, const struct absence_query *,
                  struct absence **, int *count);

/* What is not over, by person: for struct team. */
bool absence_to_come(struct work *, struct arena *, struct absence **,
                     int *count);

/* One of the same person, other than `absence`, that overlaps it. */
bool absence_overlapping(struct work *, const struct absence *,
                         struct absence *other, bool *found);

#endif
