/*
 * capture_held: what a program sent and a stage has failed on: kept with the
 * reason, and let go when somebody has looked at it.
 */
#ifndef CAPTURE_HELD_H
#define CAPTURE_HELD_H

#include "src/api/held_care.h"
#include "src/lifecycle.h"

/* The leads of a request that are kept in one unit of work. */
struct capture_part {
    int from, to;
    enum held_care care; /* a part that needs any has one lead */
};

/*
 * Pure: what is tried after that part. One that was stored is followed by
 * twice as many leads; of one that failed the first is tried alone, and one
 * that was alone with more care. So few leads at fault cost few units.
 */
struct capture_part capture_part_next(struct capture_part, bool stored,
                                      int count);

/* Quarantines it: with care for the queue it becomes a lead as well, which
 * intake shows. */
bool capture_hold(struct work *, const struct submission *, struct lead_facts *,
                  enum held_care, const struct error *failure, struct intake *,
                  struct held *);

/* Takes one that was kept, and is no lead yet, as it would be taken now.
 * w->actor is whoever it is for. */
bool capture_release(struct work *, const struct held *, struct intake *);

#endif
