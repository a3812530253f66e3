/* lifecycle_jobs: see lifecycle_jobs.h. The order of stages is not here but
 * in lifecycle.c. */
#include "src/lifecycle_jobs.h"

#include "src/lead/assignment.h"
#include "src/lifecycle_answer.h"
#include "src/lifecycle_erase.h"
#include "src/lifecycle_mail.h"
#include "src/lifecycle_revert.h"
#include "src/sequence_message.h"
#include "src/sla/sla.h"
#include "src/workspace/cache.h"
#include "src/workspace/warm.h"

enum { LEADS_AT_A_TIME = 100 };

/* ----------------------------------------------------------------- drain */

bool
lifecycle_drain_soon(struct work *w)
{
    return job_add(w, &(struct job_new){ .kind = &lifecycle_drain_job,
                                         .key = STR("now") });
}

bool
lifecycle_drain_later(struct work *w)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;

    int64_t due = route_next_change_ms(cache->routing, w->now_ms);
    return due == 0 || lifecycle_drain_at(w, due);
}

bool
lifecycle_drain_at(struct work *w, int64_t due_ms)
{
    return job_add(w, &(struct job_new){
                          .kind = &lifecycle_drain_job,
                          .key = arena_format(w->arena, "%ld", (long)due_ms),
                          .due_ms = due_ms,
                      });
}

/* Where a page of a longer run ended; none at the beginning. */
static struct id
resume_after(struct work *w, const struct job *job)
{
    struct json_error error;
    const struct json *json = json_parse(w->arena, job->payload, &error);
    struct id after;

    return id_parse(json_get_text(json, "after"), &after) ? after : ID_NONE;
}

static bool
go_on_after(struct work *w, const struct job_kind *kind, struct id person,
            struct id after)
{
    return job_add(
        w, &(struct job_new){
               .kind = kind,
               .key = arena_format(w->arena, "after %s %s",
                                   id_show(person).text, id_show(after).text),
               .payload = arena_format(
                   w->arena, "{\"person\":\"%s\",\"after\":\"%s\"}",
                   id_show(person).text, id_show(after).text),
           });
}

/* A page of the default queue; what waits elsewhere was sent there to stay. */
static bool
drain_page(struct work *w, struct id after)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct id *waiting;
    int count;

    if (cache == NULL
        || !assignment_waiting(w, cache->workspace.default_queue, after,
                               LEADS_AT_A_TIME, &waiting, &count))
        return false;
    for (int i = 0; i < count; i++)
        if (!lifecycle_ask_again(w, waiting[i]))
            return false;
    if (count == LEADS_AT_A_TIME)
        return go_on_after(w, &lifecycle_drain_job, ID_NONE,
                           waiting[count - 1]);
    return count == 0 || lifecycle_drain_later(w);
}

static bool
drain(struct work *w, const struct job *job)
{
    return drain_page(w, resume_after(w, job));
}

bool
lifecycle_drain_now(struct work *w)
{
    return drain_page(w, ID_NONE);
}

/* ------------------------------------------------------------------ left */

bool
lifecycle_team_changed(struct work *w)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    for (int i = 0; i < cache->team->count; i++) {
        const struct person *person = &cache->team->people[i];
        if (!person_may_own(person) && cache->ledger.entries[i].open_leads > 0
            && !go_on_after(w, &lifecycle_left_job, person->id, ID_NONE))
            return false;
    }
    return lifecycle_drain_soon(w);
}

static bool
left(struct work *w, const struct job *job)
{
    struct json_error error;
    const struct json *json = json_parse(w->arena, job->payload, &error);
    struct id after = resume_after(w, job);
    struct lead *leads;
    struct id person;
    int count;

    if (!id_parse(json_get_text(json, "person"), &person))
        return fail(w, ERR_INTERNAL, "The job names no person.");
    if (!lead_select(w,
                     STR("WHERE workspace_id = $1 AND owner_id = $2"
                         "   AND id > $3 AND merged_into IS NULL"
                         " ORDER BY id LIMIT $4"),
                     DB_VALUES(db_id(w->workspace), db_id(person),
                               db_int(after.value), db_int(LEADS_AT_A_TIME)),
                     &leads, &count))
        return false;
    for (int i = 0; i < count; i++)
        if (!lead_is_closed(&leads[i]) && !lifecycle_hand_on(w, &leads[i]))
            return false;
    if (count < LEADS_AT_A_TIME)
        return true;
    return go_on_after(w, &lifecycle_left_job, person, leads[count - 1].id);
}

const struct job_kind lifecycle_late_job = {
    .name = "lead.late",
    .about = "Acts on a promised answer that was not given in time.",
    .run = lifecycle_late,
};
const struct job_kind lifecycle_due_soon_job = {
    .name = "lead.due_soon",
    .about = "Reminds of a promised answer before its time is over.",
    .run = lifecycle_due_soon,
};
const struct job_kind lifecycle_drain_job = {
    .name = "queue.drain",
    .about = "Asks again for the leads that wait, oldest first.",
    .run = drain,
};
const struct job_kind lifecycle_left_job = {
    .name = "person.left",
    .about = "Hands on the open leads of somebody who left.",
    .run = left,
};

const struct job_kind lifecycle_offer_job = {
    .name = "offer.over",
    .about = "Gives in turn what nobody has accepted in time.",
    .run = lifecycle_offer_over,
};

const struct job_kind *const lifecycle_jobs[] = {
    &lifecycle_late_job,
    &lifecycle_due_soon_job,
    &lifecycle_drain_job,
    &lifecycle_left_job,
    &lifecycle_mail_job,
    &lifecycle_answer_job,
    &lifecycle_step_job,
    &sequence_mail_job,
    &lifecycle_offer_job,
    &lifecycle_digest_job,
    &lifecycle_scrub_job,
    &lifecycle_revert_job,
    NULL,
};

bool
lifecycle_warm(struct work *w, const struct job *const *jobs, int count)
{
    struct warm_wanted leads;
    struct warm_wanted late;

    return (!warm_wanted(w, jobs, count, NULL, &leads) || lead_warm(w, &leads))
        && (!warm_wanted(w, jobs, count, &lifecycle_late_job, &late)
            || assignment_warm(w, &late));
}

/* ------------------------------------------------------------- questions */

bool
owner_has_left(struct work *w, const struct lead *lead)
{
    struct workspace_cache *cache = workspace_cache(w);
    int number = cache == NULL ? -1 : team_find(cache->team, lead->owner.id);

    return number >= 0 && lead_has_rep(lead)
        && !person_may_own(&cache->team->people[number]);
}

bool
owner_can_stay(struct work *w, const struct lead *lead)
{
    struct workspace_cache *cache = workspace_cache(w);
    int number = cache == NULL ? -1 : team_find(cache->team, lead->owner.id);

    if (!lead_has_rep(lead) || number < 0
        || !person_may_own(&cache->team->people[number]))
        return false;
    if (lead_is_pinned(lead, w->now_ms))
        return true;
    return cache->routing->keep_person
        && person_absence(&cache->team->people[number], w->now_ms) == NULL;
}

bool
owner_is_stood_in_for(struct work *w, const struct lead *lead)
{
    struct workspace_cache *cache = workspace_cache(w);
    int number = cache == NULL ? -1 : team_find(cache->team, lead->owner.id);

    if (!lead_has_rep(lead) || number < 0 || !cache->routing->keep_person)
        return false;

    const struct absence *absence =
        person_absence(&cache->team->people[number], w->now_ms);
    return absence != NULL && !id_is_none(absence->substitute);
}

bool
owners_so_far(struct work *w, const struct lead *lead,
              struct owners_so_far *had)
{
    struct assignment *list;
    int all;

    if (!assignment_list(w, lead->id, &list, &all))
        return false;
    *had = (struct owners_so_far){ .people = ARENA_ARRAY(w->arena, struct id,
                                                         (size_t)all) };
    for (int i = 0; i < all; i++) {
        bool before =
            list[i].ended_ms > 0 && list[i].ended_ms < lead->asked_again_ms;
        if (before)
            continue;
        if (list[i].begun_ms >= lead->asked_again_ms)
            had->late += str_is(list[i].reason, "late");
        if (list[i].owner.kind == OWNER_REP)
            had->people[had->count++] = list[i].owner.id;
    }
    return true;
}

/* ------------------------------------------------------------- documents */

struct str
notes_json(struct work *w, const struct submission *submission,
           const struct lead_facts *facts)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_id(&out, "submission", submission->id);
    if (!id_is_none(submission->source))
        json_put_id(&out, "source", submission->source);
    if (!str_is_empty(facts->notes)) {
        json_name(&out, "kept_as_given");
        json_raw(&out, facts->notes);
    }
    if (!str_is_empty(facts->learned)) {
        json_name(&out, "learned");
        json_raw(&out, facts->learned);
    }
    if (!str_is_empty(facts->derived)) {
        json_name(&out, "derived");
        json_raw(&out, facts->derived);
    }
    if (!str_is_empty(facts->settled)) {
        json_name(&out, "by_convention");
        json_raw(&out, facts->settled);
    }
    if (facts->currency_usual) {
        json_name(&out, "by_workspace");
        json_raw(&out, STR("[\"currency\"]"));
    }
    json_close_object(&out);
    return text_str(&text);
}

struct str
touch_json(struct work *w, const struct touch *touch)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_cstr(&out, "kind", touch->kind->name);
    json_put_text(&out, "outcome", touch->outcome);
    json_put_text(&out, "note", touch->note);
    json_put_time(&out, "at", touch->at_ms);
    if (!id_is_none(touch->task))
        json_put_id(&out, "task", touch->task);
    json_close_object(&out);
    return text_str(&text);
}

struct str
due_json(struct work *w, const struct lead *lead)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_id(&out, "owner", lead->owner.id);
    json_put_time(&out, "due_at", lead->response_due_ms);
    json_close_object(&out);
    return text_str(&text);
}

struct str
late_json(struct work *w, const struct lead *lead)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_id(&out, "owner", lead->owner.id);
    json_put_int(&out, "times", lead->late_count);
    json_close_object(&out);
    return text_str(&text);
}
