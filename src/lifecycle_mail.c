/*
 * lifecycle_mail: see lifecycle_mail.h. A job names the person and what it is
 * about, nothing personal; all else is read when it is sent, so that nobody
 * is told what has stopped being true.
 */
#include "src/lifecycle_mail.h"

#include "src/lead/assignment.h"
#include "src/notify/digest.h"
#include "src/notify/owner_mail.h"
#include "src/route/revert.h"
#include "src/route/route_store.h"
#include "src/workspace/cache.h"
#include "src/workspace/mailing.h"

static const char about_many[] = "leads";
static const char about_taken_back[] = "taken_back";

/* A lead or a person that is gone: there is nothing to send any more. */
static bool
is_gone(struct work *w)
{
    if (w->error.kind != ERR_NOT_FOUND)
        return false;
    w->error = (struct error){ 0 };
    return true;
}

/* ------------------------------------------------------------- who hears */

static bool
hears(const struct work *w, const struct workspace_cache *cache,
      struct id person, enum person_mail about)
{
    int number = team_find(cache->team, person);
    bool himself =
        w->actor.kind == ACTOR_PERSON && id_equal(w->actor.id, person);

    return mailing_is_on() && number >= 0 && !himself
        && cache->team->people[number].active
        && (cache->team->people[number].mail_off & about) == 0;
}

static bool
add_job(struct work *w, const struct lead *lead, struct id person,
        enum person_mail about, struct id decision)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    if (cache == NULL)
        return false;
    if (!hears(w, cache, person, about))
        return true;
    json_open_object(&out);
    json_put_cstr(&out, "about", mail_names[__builtin_ctz(about)]);
    json_put_id(&out, "person", person);
    if (!id_is_none(decision))
        json_put_id(&out, "decision", decision);
    if (lead->response_due_ms > 0)
        json_put_int(&out, "due_ms", lead->response_due_ms);
    json_close_object(&out);
    /* In order for each person; one who cannot be reached holds up nobody. */
    return job_add(
        w, &(struct job_new){
               .kind = &lifecycle_mail_job,
               .lead = lead->id,
               .channel =
                   arena_format(w->arena, "mail %s", id_show(person).text).data,
               .payload = text_str(&text),
           });
}

static bool
tell_owner(struct work *w, const struct lead *lead, struct id decision)
{
    if (lead->told_together)
        return digest_count(w, lead->owner.id, lead->told_with, lead->id);
    return add_job(w, lead, lead->owner.id, MAIL_ASSIGNED, decision);
}

bool
mail_new_owner(struct work *w, const struct lead *lead, struct owner before,
               struct id decision)
{
    return owner_equal(before, lead->owner) || lead->owner.kind != OWNER_REP
        || tell_owner(w, lead, decision);
}

bool
mail_owner_changed(struct work *w, const struct lead *lead, struct owner before,
                   struct id decision)
{
    if (owner_equal(before, lead->owner))
        return true;
    if (!mail_new_owner(w, lead, before, decision))
        return false;
    return before.kind != OWNER_REP || id_is_none(before.id)
        || add_job(w, lead, before.id, MAIL_MOVED_ON, ID_NONE);
}

bool
mail_owner(struct work *w, const struct lead *lead, enum person_mail about)
{
    return lead->owner.kind != OWNER_REP
        || add_job(w, lead, lead->owner.id, about, ID_NONE);
}

bool
mail_person(struct work *w, const struct lead *lead, struct id person,
            enum person_mail about)
{
    return add_job(w, lead, person, about, ID_NONE);
}

/* --------------------------------------------------------------- digests */

static bool
add_digest(struct work *w, const struct digest *digest)
{
    return job_add(w,
                   &(struct job_new){
                       .kind = &lifecycle_mail_job,
                       .payload = arena_format(
                           w->arena,
                           "{\"about\":\"%s\",\"person\":\"%s\",\"count\":%ld,"
                           "\"source\":\"%s\"}",
                           about_many, id_show(digest->person).text,
                           (long)digest->leads, id_show(digest->source).text),
                   });
}

bool
mail_taken_back(struct work *w, struct id person, struct id revert,
                int64_t leads)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    return !hears(w, cache, person, MAIL_MOVED_ON)
        || job_add(w, &(struct job_new){
                          .kind = &lifecycle_mail_job,
                          .payload = arena_format(
                              w->arena,
                              "{\"about\":\"%s\",\"person\":\"%s\","
                              "\"count\":%ld,\"revert\":\"%s\"}",
                              about_taken_back, id_show(person).text,
                              (long)leads, id_show(revert).text),
                      });
}

/* By which its owner has it now; none: by hand. */
static bool
present_decision(struct work *w, const struct lead *lead, struct id *decision)
{
    struct assignment *list;
    int count;

    *decision = ID_NONE;
    if (!assignment_list(w, lead->id, &list, &count))
        return false;
    if (count > 0)
        *decision = list[count - 1].decision;
    return true;
}

/* One lead alone is told as any other. */
static bool
send_digest(struct work *w, const struct workspace_cache *cache,
            const struct digest *digest)
{
    struct id decision;
    struct lead lead;

    if (!digest_remove(w, digest))
        return false;
    if (!hears(w, cache, digest->person, MAIL_ASSIGNED))
        return true;
    if (digest->leads > 1)
        return add_digest(w, digest);
    if (!lead_load(w, digest->lead, &lead))
        return is_gone(w);
    return present_decision(w, &lead, &decision)
        && add_job(w, &lead, digest->person, MAIL_ASSIGNED, decision);
}

/* What has been quiet for a while is sent; the rest is looked at later. */
static bool
run_digests(struct work *w, const struct job *job)
{
    struct workspace_cache *cache = workspace_cache(w);
    int64_t next_ms = INT64_MAX;
    struct digest *list;
    int count;

    (void)job;
    if (cache == NULL || !digest_list(w, &list, &count))
        return false;
    for (int i = 0; i < count; i++) {
        int64_t due_ms = list[i].last_ms + DIGEST_QUIET_MS;
        if (due_ms <= w->now_ms && !send_digest(w, cache, &list[i]))
            return false;
        if (due_ms > w->now_ms && due_ms < next_ms)
            next_ms = due_ms;
    }
    return next_ms == INT64_MAX
        || digest_wake(w, &lifecycle_digest_job, next_ms);
}

const struct job_kind lifecycle_digest_job = {
    .name = "lead.digest",
    .about = "Tells people in one mail of leads that came with many others.",
    .run = run_digests,
};

/* -------------------------------------------------------------- the job */

struct order {
    enum owner_mail_about about;
    struct id person;
    struct id decision; /* or none */
    int64_t due_ms;     /* of the promise at that time; 0: none */
    int64_t count;      /* of a digest */
    struct id source;   /* of a digest, or none */
    struct id revert;   /* of what was taken back */
};

static bool
read_order(struct work *w, const struct job *job, struct order *order)
{
    struct json_error error;
    const struct json *json = json_parse(w->arena, job->payload, &error);
    struct str about = json_get_text(json, "about");

    *order = (struct order){ 0 };
    if (!id_parse(json_get_text(json, "person"), &order->person))
        return fail(w, ERR_INTERNAL, "The mail names no person.");
    if (!id_parse(json_get_text(json, "decision"), &order->decision))
        order->decision = ID_NONE;
    order->due_ms = json_get_int(json, "due_ms", 0);
    order->count = json_get_int(json, "count", 0);
    if (!id_parse(json_get_text(json, "source"), &order->source))
        order->source = ID_NONE;
    if (!id_parse(json_get_text(json, "revert"), &order->revert))
        order->revert = ID_NONE;
    order->about = OWNER_MAIL_MANY;
    if (str_is(about, about_many))
        return true;
    order->about = OWNER_MAIL_TAKEN_BACK;
    if (str_is(about, about_taken_back))
        return true;
    for (int i = 0; i < MAIL_COUNT; i++) {
        if (str_is(about, mail_names[i])) {
            order->about = (enum owner_mail_about)i;
            return true;
        }
    }
    return fail(w, ERR_INTERNAL, "The mail is about nothing we know.");
}

/* Is it so still? */
static bool
is_true_still(const struct order *order, const struct lead *lead)
{
    bool his = owner_equal(lead->owner, owner_rep(order->person));

    switch (order->about) {
    case OWNER_MAIL_ASSIGNED:
    case OWNER_MAIL_RETURNED:
        return his;
    case OWNER_MAIL_DUE_SOON:
        return his && lead->response_due_ms == order->due_ms;
    case OWNER_MAIL_MOVED_ON:
        return !his;
    case OWNER_MAIL_LATE:
    case OWNER_MAIL_MANY:
    case OWNER_MAIL_TAKEN_BACK:
    case OWNER_MAIL_COUNT:
        break;
    }
    return true;
}

static bool
why_sentence(struct work *w, const struct workspace_cache *cache,
             const struct lead *lead, struct id decision, struct str language,
             struct str *sentence)
{
    struct decision_row *rows;
    int count;

    *sentence = STR_NONE;
    if (id_is_none(decision))
        return true;
    if (!decision_of_lead(w, lead->id, &rows, &count))
        return false;
    for (int i = 0; i < count; i++) {
        if (!id_equal(rows[i].id, decision))
            continue;
        struct route_telling telling = route_tell_record(
            rows[i].record, cache->team,
            route_owner_name(cache->team, cache->queues, cache->queue_count,
                             rows[i].owner));
        telling.zone = zone_find(cache->workspace.time_zone);
        *sentence = route_sentence(w->arena, &telling, language);
    }
    return true;
}

static struct str
language_of(const struct workspace_cache *cache, const struct person *person)
{
    return str_is_empty(person->language) ? cache->workspace.language
                                          : person->language;
}

static bool
write_mail(struct work *w, const struct job *job, const struct order *order,
           const struct lead *lead, const struct person *person,
           struct outbox_message *message)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct mail_person to = { person->name, person->email };
    struct mail mail = { .to = &to, .to_count = 1 };
    struct owner_mail says = {
        .about = order->about,
        .language = language_of(cache, person),
        .workspace = cache->workspace.name,
        .lead = lead,
        .shows_facts = order->about != OWNER_MAIL_MOVED_ON
                    && order->about != OWNER_MAIL_LATE,
        .owner = route_owner_name(cache->team, cache->queues,
                                  cache->queue_count, lead->owner),
        .zone = person->zone,
        .due_ms = order->about == OWNER_MAIL_ASSIGNED ? lead->response_due_ms
                                                      : order->due_ms,
        .link = mailing_lead_link(w->arena, lead->id),
    };

    if (!why_sentence(w, cache, lead, order->decision, says.language,
                      &says.why))
        return false;
    owner_mail_write(w->arena, &says, &mail);
    return mailing_fill(w, job->id, &mail, message);
}

/* What whoever has taken them back has said. */
static bool
note_of(struct work *w, struct id id, struct str *note)
{
    struct revert revert;

    *note = STR_NONE;
    if (id_is_none(id))
        return true;
    if (!revert_load(w, id, &revert))
        return false;
    *note = revert.note;
    return true;
}

static bool
write_digest(struct work *w, const struct job *job, const struct order *order,
             struct outbox_message *message)
{
    struct workspace_cache *cache = workspace_cache(w);
    int number = team_find(cache->team, order->person);

    if (number < 0 || !cache->team->people[number].active)
        return true;
    const struct person *person = &cache->team->people[number];
    struct mail_person to = { person->name, person->email };
    struct mail mail = { .to = &to, .to_count = 1 };
    struct owner_mail says = {
        .about = order->about,
        .language = language_of(cache, person),
        .workspace = cache->workspace.name,
        .count = order->count,
        .source = workspace_source_name(cache, order->source),
        .link = mailing_leads_link(w->arena),
    };

    if (!note_of(w, order->revert, &says.why))
        return false;
    owner_mail_write(w->arena, &says, &mail);
    return mailing_fill(w, job->id, &mail, message);
}

static bool
prepare(struct work *w, const struct job *job, struct outbox_message *message)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct order order;
    struct lead lead;

    if (cache == NULL || !read_order(w, job, &order))
        return false;
    if (order.about == OWNER_MAIL_MANY || order.about == OWNER_MAIL_TAKEN_BACK)
        return write_digest(w, job, &order, message);
    if (!lead_load(w, job->lead, &lead))
        return is_gone(w);

    int number = team_find(cache->team, order.person);
    if (number < 0 || !cache->team->people[number].active
        || !is_true_still(&order, &lead))
        return true;
    return write_mail(w, job, &order, &lead, &cache->team->people[number],
                      message);
}

const struct job_kind lifecycle_mail_job = {
    .name = "lead.mail",
    .about = "Tells a person by mail of a lead.",
    .prepare = prepare,
    .schedule = &job_schedule_webhook,
};
