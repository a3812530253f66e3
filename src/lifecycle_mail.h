/*
 * lifecycle_mail: which people hear by mail of what the lifecycle does, and
 * the job that writes to them: after the commit, of what is stored. What a
 * mail says is src/notify/owner_mail.c. For lifecycle.c.
 */
#ifndef LIFECYCLE_MAIL_H
#define LIFECYCLE_MAIL_H

#include "lib/jobs/jobs.h"
#include "src/lead/lead.h"
#include "src/team/team.h"

/* The owner has changed: whoever has got the lead hears of it (with others, if
 * it is told_together), and whoever has lost it; not of what one did oneself.
 * `decision` may be none. */
bool mail_owner_changed(struct work *, const struct lead *, struct owner before,
                        struct id decision);

/* The same, and whoever has lost it does not hear of it now. */
bool mail_new_owner(struct work *, const struct lead *, struct owner before,
                    struct id decision);

/* So many leads of a person were taken back by a revert. */
bool mail_taken_back(struct work *, struct id person, struct id revert,
                     int64_t leads);

/* Something about a lead, to its owner; or to that person. */
bool mail_owner(struct work *, const struct lead *, enum person_mail);
bool mail_person(struct work *, const struct lead *, struct id person,
                 enum person_mail);

extern const struct job_kind lifecycle_mail_job;
extern const struct job_kind lifecycle_digest_job;

#endif
