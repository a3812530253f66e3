/*
 * calendar: a person's tasks as a calendar that other programs subscribe to
 * (RFC 5545), and the secret address under which they find it.
 */
#ifndef FOLLOW_UP_CALENDAR_H
#define FOLLOW_UP_CALENDAR_H

#include "lib/base/hash.h"
#include "src/follow_up/task.h"

struct calendar {
    struct str name;
    struct id workspace; /* part of each entry's UID */
    const struct task *tasks;
    int count;
};

/*
 * Pure. Times are UTC, so that no program needs a zone of ours; an entry's
 * UID lasts, and its SEQUENCE grows with each change. The same tasks give the
 * same bytes.
 */
struct str calendar_text(struct arena *, const struct calendar *);

/* The last part of the address: 77 characters and ".ics"; it names the
 * workspace. */
struct str calendar_token_new(struct arena *, struct id workspace);
bool calendar_token_parse(struct str, struct id *workspace, struct hash *);

/* K1: one address for each person; a new one puts the old out of use. */
bool calendar_feed_save(struct work *, struct id person, struct str token);
bool calendar_feed_remove(struct work *, struct id person);
/* Whose it is. */
bool calendar_feed_find(struct work *, const struct hash *, struct id *person,
                        bool *found);
/* Since when the person has one; 0: none. */
bool calendar_feed_since(struct work *, struct id person, int64_t *created_ms);

#endif
