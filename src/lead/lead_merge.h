/*
 * lead_merge: two leads that are one person become one. One of them stays and
 * keeps its owner; what it does not know it learns from the other. Nothing is
 * lost: what was is kept, so that they can become two again.
 */
#ifndef LEAD_LEAD_MERGE_H
#define LEAD_LEAD_MERGE_H

#include "src/lead/lead.h"

/* Rows that went over to the lead that stays. */
struct lead_moved {
    struct id *ids;
    int count;
};

struct lead_merge {
    struct id id;
    struct id lead; /* became part of ... */
    struct id into; /* ... this one */
    int64_t merged_ms;
    struct lead before; /* fields and keys of the one that stays, before */
    struct lead after;  /* and after */
    bool answered;      /* the other's answer counted as its first */
    struct lead_moved timeline;
    struct lead_moved submissions;
    struct lead_moved tasks;
};

/* Pure: what `into` becomes. A field it knows stays, unless take[field] says
 * that the other's wins; tags and own fields are joined. */
void lead_merge_fill(struct arena *, struct lead *into, const struct lead *from,
                     const bool take[LEAD_GIVEN_COUNT]);

/* Pure, the other way: what came with the merge and was not changed since
 * becomes what it was. */
void lead_merge_restore(struct arena *, struct lead *into,
                        const struct lead_merge *);

/* Whether two facts of one field are the same as shown. */
bool lead_same_fact(const struct fact *, const struct fact *);

/* What happened with `from` counts with `into`, or no more. */
void lead_merge_counts(struct lead *into, const struct lead *from, int sign);

/* ------------------------------------------------------------------ store */

bool lead_merge_add(struct work *, const struct lead_merge *);

/* The one by which the lead is part of another; ERR_CONFLICT: by none. */
bool lead_merge_load(struct work *, struct id lead, struct lead_merge *);
bool lead_merge_undone(struct work *, const struct lead_merge *);

/* All of a lead's rows become another's; which they were. Or those rows. */
bool timeline_move(struct work *, struct id from, struct id to,
                   struct lead_moved *);
bool timeline_move_back(struct work *, const struct lead_moved *, struct id to);
bool submission_move(struct work *, struct id from, struct id to,
                     struct lead_moved *);
bool submission_move_back(struct work *, const struct lead_moved *,
                          struct id to);

/* The ids of the first column. */
void lead_moved_read(struct arena *, const struct db_rows *,
                     struct lead_moved *);

#endif
