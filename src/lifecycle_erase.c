/*
 * lifecycle_erase: see lifecycle_erase.h. First what is planned ends, while
 * the lead still says whose it is; then each store erases what it has; then
 * the log is written, and it is told. All of it happens or nothing.
 *
 * What stays: rows, ids, times, stages, owners, and the sums of the figures.
 * A company stays while it has other leads; without, it is forgotten as well.
 */
#include "src/lifecycle_erase.h"

#include "lib/jobs/jobs_channel.h"
#include "src/access/access.h"
#include "src/follow_up/sequence.h"
#include "src/follow_up/task.h"
#include "src/lifecycle_jobs.h"
#include "src/match/match.h"
#include "src/message/message.h"
#include "src/notify/notify.h"
#include "src/route/offer_store.h"
#include "src/route/route_store.h"
#include "src/workspace/cache.h"

enum { SCRUB_AGAIN_MS = 10000 };

/* Whom it is about, by what he would come back. */
struct erasing {
    struct erasure *erasure;
    erase_of_door *of_door;
    int64_t keys[ERASURE_KEYS_MAX];
    int key_count;
};

static bool end_plans(struct work *, struct lead *);
static bool erase_parts(struct work *, struct id lead, struct erasing *);
static bool erase_one(struct work *, const struct lead *, struct erasing *);
static bool erase_company(struct work *, struct id account);
static bool tell(struct work *, const struct lead *, const struct erasing *);

bool
lifecycle_erase(struct work *w, struct lead *lead, struct erasure *erasure,
                erase_of_door *of_door)
{
    struct erasing erasing = { .erasure = erasure, .of_door = of_door };

    if (!id_is_none(lead->merged_into))
        return fail(w, ERR_CONFLICT,
                    "This lead became part of lead %s: erase that one.",
                    id_show(lead->merged_into).text);
    erasure->id = work_id(w);
    erasure->lead = lead->id;
    erasure->leads = erasure->submissions = 0;
    db_scrub(w->db);
    return end_plans(w, lead) && erase_parts(w, lead->id, &erasing)
        && erase_one(w, lead, &erasing)
        && erasure_add(w, erasure, erasing.keys, erasing.key_count)
        && workspace_config_changed(w) && tell(w, lead, &erasing)
        && lifecycle_drain_now(w); /* its owner has room again */
}

/* Nobody owns it any more, and nothing is promised or planned. */
static bool
end_plans(struct work *w, struct lead *lead)
{
    return sequence_stop(w, lead, "erased") && lead_owner_end(w, lead)
        && offer_erase(w, lead->id);
}

static bool
erase_parts(struct work *w, struct id lead, struct erasing *erasing)
{
    struct id *parts;
    int count;

    if (!lead_merged_into(w, lead, &parts, &count))
        return false;
    for (int i = 0; i < count; i++) {
        struct lead part;
        if (!lead_load(w, parts[i], &part) || !erase_parts(w, part.id, erasing)
            || !erase_one(w, &part, erasing))
            return false;
    }
    return true;
}

/* In the records, in what the stages keep of it, in what went out and came
 * in. */
static bool
erase_one(struct work *w, const struct lead *lead, struct erasing *erasing)
{
    struct submission_row *rows;
    int count;

    if (!submission_of_lead(w, lead->id, &rows, &count))
        return false;
    erasing->key_count = erasure_keys(lead->email_key, lead->phone_key,
                                      erasing->keys, erasing->key_count);
    erasing->erasure->leads++;
    erasing->erasure->submissions += count;
    return erasing->of_door(w, lead->id) && match_forget(w, lead, rows, count)
        && submission_erase(w, lead->id)
        && held_erase(w, lead->id, lead->email_key)
        && lead_search_erase(w, lead->id) && lead_merge_erase(w, lead->id)
        && timeline_erase(w, lead->id) && decision_erase(w, lead->id)
        && task_erase(w, lead->id) && message_erase(w, lead->id)
        && jobs_forget_lead(w, lead->id) && access_forget_answers(w, lead->id)
        && lead_erase(w, lead)
        && (id_is_none(lead->account) || erase_company(w, lead->account));
}

/* One that nobody else is of says who he was. */
static bool
erase_company(struct work *w, struct id id)
{
    struct account *account;

    if (!account_find(w, id, &account))
        return false;
    if (account->lead_count > 0 || account->removed
        || !id_is_none(account->owner) || !id_is_none(account->family))
        return true;
    return match_forget_account(w, account) && account_erase(w, account);
}

/* The reason is in the log, and nowhere else. */
static bool
tell(struct work *w, const struct lead *lead, const struct erasing *erasing)
{
    struct id erasure = erasing->erasure->id;
    struct str data =
        arena_format(w->arena, "{\"erasure\":\"%s\"}", id_show(erasure).text);
    struct id entry;

    return timeline_add(w, lead->id, "lead.erased", data, &entry)
        && notify_erased(w, lead, entry, erasure)
        && job_add(w, &(struct job_new){
                          .kind = &lifecycle_scrub_job,
                          .due_ms = w->now_ms + SCRUB_AGAIN_MS,
                      });
}

/* A reader may have been in the way when the lead was erased. */
static bool
scrub(struct work *w, const struct job *job)
{
    (void)job;
    db_scrub(w->db);
    return true;
}

const struct job_kind lifecycle_scrub_job = {
    .name = "lead.scrub",
    .about = "Empties the log of the database of what was erased.",
    .run = scrub,
};
