/*
 * lifecycle_revert: see lifecycle_revert.h. Part of the lifecycle: each lead
 * that is taken back ends in one of its steps. A piece of them and how far it
 * has come are one transaction, so that what was cut off goes on where it
 * stopped, and nothing is taken back twice.
 */
#include "src/lifecycle_revert.h"

#include "src/follow_up/sequence.h"
#include "src/lifecycle_mail.h"
#include "src/lifecycle_steps.h"
#include "src/route/offer.h"
#include "src/workspace/cache.h"

enum { LEADS_AT_A_TIME = 100 };

static enum revert_outcome outcome_of(struct work *,
                                      const struct revert_found *,
                                      struct id queue, struct owner *to);
static bool why_left(struct work *, const struct revert_found *, bool may_wait,
                     enum revert_outcome *, bool *left);
static bool take_back(struct work *, const struct revert *,
                      struct revert_found *);
static bool give_back(struct work *, const struct revert *,
                      struct revert_found *);
static bool route_again(struct work *, const struct revert *,
                        struct revert_found *);

/* ---------------------------------------------------------------- looking */

bool
lifecycle_revert_look(struct work *w, const struct decision_row *decision,
                      struct id queue, struct revert_found *found, bool *made)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct assignment *assignments;
    struct decision_row *decisions;
    int assignment_count;
    int decision_count;
    bool left;

    if (cache == NULL
        || !assignment_list(w, decision->lead, &assignments, &assignment_count)
        || !decision_of_lead(w, decision->lead, &decisions, &decision_count))
        return false;
    *found = (struct revert_found){
        .history = revert_history(w->arena, assignments, assignment_count,
                                  decisions, decision_count, decision->id,
                                  cache->workspace.default_queue),
        .row = { .decision = decision->id,
                 .lead = decision->lead,
                 .owner = decision->owner },
    };
    *made = found->history.made != NULL;
    if (!*made)
        return true;
    if (!lead_load_shell(w, decision->lead, &found->lead)
        || !why_left(w, found, id_is_none(queue), &found->row.outcome, &left))
        return false;
    if (!left)
        found->row.outcome = outcome_of(w, found, queue, &found->row.to);
    found->row.has_to = !left && found->row.outcome != REVERT_ROUTED_AGAIN;
    return true;
}

/* He is still there, and not on leave. Busy or after hours he gets it back all
 * the same: it is his. */
static bool
may_have_it_back(struct work *w, struct owner owner)
{
    const struct workspace_cache *cache = workspace_cache(w);
    int number = team_find(cache->team, owner.id);

    return owner.kind == OWNER_QUEUE
        || (number >= 0 && person_may_own(&cache->team->people[number])
            && person_absence(&cache->team->people[number], w->now_ms) == NULL);
}

static enum revert_outcome
outcome_of(struct work *w, const struct revert_found *found, struct id queue,
           struct owner *to)
{
    if (found->history.had && may_have_it_back(w, found->history.before)) {
        *to = found->history.before;
        return REVERT_GIVEN_BACK;
    }
    if (id_is_none(queue))
        return REVERT_ROUTED_AGAIN;
    *to = owner_queue(queue);
    return REVERT_QUEUED;
}

/* A missed promise's last resort is pinned by the rules, not by a person. */
static bool
is_pinned_by_a_person(struct work *w, const struct revert_found *found)
{
    bool by_rules = found->lead.owner.kind == OWNER_QUEUE
                 && str_is(found->history.made->reason, "late");

    return !by_rules && lead_is_pinned(&found->lead, w->now_ms);
}

/* As the lead says by itself, in the order in which it is worth saying. */
static bool
is_left_by_its_state(struct work *w, const struct revert_found *found,
                     enum revert_outcome *why)
{
    const struct lead *lead = &found->lead;
    const struct {
        bool so;
        enum revert_outcome outcome;
    } reasons[] = {
        { lead->erased_ms > 0, REVERT_ERASED },
        { !id_is_none(lead->merged_into), REVERT_MERGED },
        { !found->history.stands, found->history.gone },
        { lead_is_closed(lead), REVERT_CLOSED },
        { is_pinned_by_a_person(w, found), REVERT_PINNED },
        { str_is(found->history.made->reason, "accepted"), REVERT_ACCEPTED },
    };

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (!reasons[i].so)
            continue;
        *why = reasons[i].outcome;
        return true;
    }
    return false;
}

/* The rules in force are asked for it anyway, unless it is offered to somebody
 * still. */
static bool
only_waits(struct work *w, const struct revert_found *found, bool *waits)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct owner queue = owner_queue(cache->workspace.default_queue);
    struct offer offer;
    bool offered;

    *waits = owner_equal(found->lead.owner, queue)
          && found->lead.sequence_state != LEAD_IN_SEQUENCE;
    if (!*waits)
        return true;
    if (!offer_find(w, found->lead.id, &offer, &offered))
        return false;
    *waits = !offered || !offer_stands(&offer, &found->lead);
    return true;
}

static bool
why_left(struct work *w, const struct revert_found *found, bool may_wait,
         enum revert_outcome *why, bool *left)
{
    const struct assignment *since = found->history.since;
    bool worked_on;
    bool waits = false;

    *left = is_left_by_its_state(w, found, why);
    if (*left)
        return true;
    if (!timeline_worked_on(w, found->lead.id, since->id, since->begun_ms,
                            &worked_on)
        || (may_wait && !only_waits(w, found, &waits)))
        return false;
    *why = worked_on ? REVERT_TOUCHED : REVERT_WAITING;
    *left = worked_on || waits;
    return true;
}

/* ------------------------------------------------------------ taking back */

static bool
take_back(struct work *w, const struct revert *revert,
          struct revert_found *found)
{
    const struct revert_history *history = &found->history;

    found->lead.told_together = true;
    for (int i = 0; i < history->taken_count; i++)
        if (!revert_turn(w, history->taken[i]))
            return false;
    if (!(found->row.has_to ? give_back(w, revert, found)
                            : route_again(w, revert, found)))
        return false;
    found->row.has_to = true;
    found->row.to = found->lead.owner;
    return lead_save(w, &found->lead);
}

/* The sequence that the version has sent it into; STR_NONE: into none. */
static struct str
sequence_of_version(const struct revert_found *found)
{
    struct str slug = STR_NONE;

    if (found->lead.sequence_state != LEAD_IN_SEQUENCE)
        return STR_NONE;
    for (int i = 0; i < found->history.taken_count && slug.data == NULL; i++)
        slug = json_get_text(found->history.taken[i]->record, "sequence");
    return slug;
}

/* The rule by which he had it before, whose promise begins again. */
static bool
rule_before(struct work *w, const struct revert_found *found, struct str *rule)
{
    struct decision_row *rows;
    int count;

    *rule = STR_NONE;
    if (!decision_of_lead(w, found->lead.id, &rows, &count))
        return false;
    for (int i = 0; i < count; i++)
        if (id_equal(rows[i].id, found->history.before_decision))
            *rule = json_get_text(json_get(rows[i].record, "rule"), "id");
    return true;
}

static struct handover
why_of(const struct revert *revert, enum revert_outcome outcome)
{
    return (struct handover){ .reason = revert_outcomes[outcome],
                              .revert = revert->id,
                              .note = revert->note };
}

/* What was put into a queue by a person's word waits for a person: else the
 * next time the queue drains it would be given away by the rules. */
static bool
give_back(struct work *w, const struct revert *revert,
          struct revert_found *found)
{
    struct handover why = why_of(revert, found->row.outcome);
    struct str rule = STR_NONE;

    if (!str_is_empty(sequence_of_version(found))
        && !sequence_stop(w, &found->lead, "reverted"))
        return false;
    if (found->row.outcome == REVERT_QUEUED) {
        why.pin_until_ms = LIFECYCLE_END_OF_TIME_MS;
        why.held = true;
    } else {
        if (!rule_before(w, found, &rule))
            return false;
        why.decision = found->history.before_decision;
        why.rule = rule;
        why.gives_back = true;
    }
    return lifecycle_move(w, &found->lead, found->row.to, &why, rule)
        && lifecycle_drain_soon(w);
}

/* Whom the rule of that version has asked first, because he had entered it. */
static struct id
capturer_of(const struct revert_history *history)
{
    const struct decision_row *first = history->taken[history->taken_count - 1];
    struct str person =
        json_get_text(json_get(first->record, "capturer"), "person");
    struct id id;

    return id_parse(person, &id) ? id : ID_NONE;
}

/* As if it had just come: the company of leads that were given away wrongly
 * would else stay with whoever got the last of them. */
static bool
ask(struct work *w, struct revert_found *found, struct route_answer *answer)
{
    struct str in = sequence_of_version(found);

    found->lead.captured_by = capturer_of(&found->history);
    if (!route_ask_anew(w, &found->lead, answer))
        return false;
    struct str into = answer->decision.target.sequence;
    if (str_is_empty(in) || str_equal(in, into))
        return true;
    /* Who has been in a sequence is sent into no other. */
    return sequence_stop(w, &found->lead, "reverted")
        && (str_is_empty(into) || route_ask_anew(w, &found->lead, answer));
}

static bool
route_again(struct work *w, const struct revert *revert,
            struct revert_found *found)
{
    const struct handover why = why_of(revert, REVERT_ROUTED_AGAIN);
    struct route_answer answer;

    return ask(w, found, &answer) && route_keep(w, &found->lead, &answer)
        && lifecycle_hand_over_as(w, &found->lead, &why, &answer);
}

/* ---------------------------------------------------------------- the run */

static bool
revert_one(struct work *w, struct revert *revert,
           const struct decision_row *decision)
{
    struct revert_found found;
    bool made;

    if (!lifecycle_revert_look(w, decision, revert->queue, &found, &made))
        return false;
    if (!made)
        return true;
    if (!revert->dry_run && revert_takes_back(found.row.outcome)
        && !take_back(w, revert, &found))
        return false;
    revert->counts[found.row.outcome]++;
    return revert_row_add(w, revert->id, &found.row);
}

/* Whoever has lost leads by it hears of all in one mail, and why. */
static bool
finish(struct work *w, struct revert *revert)
{
    struct revert_loser *losers;
    int count;

    revert->ended_ms = w->now_ms;
    if (revert->dry_run)
        return true;
    if (!revert_losers(w, revert->id, &losers, &count))
        return false;
    for (int i = 0; i < count; i++)
        if (!mail_taken_back(w, losers[i].person, revert->id, losers[i].leads))
            return false;
    return true;
}

static bool
go_on(struct work *w, const struct revert *revert)
{
    return job_add(w,
                   &(struct job_new){
                       .kind = &lifecycle_revert_job,
                       .payload = arena_format(w->arena, "{\"revert\":\"%s\"}",
                                               id_show(revert->id).text),
                   });
}

static void
tell(struct work *w, const struct revert *revert)
{
    work_tell(w, &(struct live_event){
                     .id = work_id(w),
                     .workspace = w->workspace,
                     .topic = revert->ended_ms > 0 ? "routing.reverted"
                                                   : "routing.reverting",
                     .data = arena_format(
                         w->arena, "{\"revert\":\"%s\",\"percent\":%d}",
                         id_show(revert->id).text, revert_percent(revert)),
                 });
}

static bool
revert_piece(struct work *w, struct revert *revert)
{
    struct decision_row *decisions;
    int count;

    if (!decision_of_version(w, revert->rules_version, revert->after,
                             revert->until, LEADS_AT_A_TIME, &decisions,
                             &count))
        return false;
    for (int i = 0; i < count; i++)
        if (!revert_one(w, revert, &decisions[i]))
            return false;
    if (count > 0)
        revert->after = decisions[count - 1].id;
    if (!(count < LEADS_AT_A_TIME ? finish(w, revert) : go_on(w, revert)))
        return false;
    tell(w, revert);
    return revert_save(w, revert);
}

bool
lifecycle_revert(struct work *w, struct revert *revert)
{
    revert->actor_kind = str_of(actor_kind_name(w->actor.kind));
    revert->actor = w->actor.id;
    return revert_add(w, revert) && revert_piece(w, revert);
}

/* What it does is done by whoever has asked for it. */
static void
act_for(struct work *w, const struct revert *revert)
{
    enum actor_kind kind = ACTOR_SYSTEM;

    if (str_equal(revert->actor_kind, str_of(actor_kind_name(ACTOR_PERSON))))
        kind = ACTOR_PERSON;
    if (str_equal(revert->actor_kind, str_of(actor_kind_name(ACTOR_KEY))))
        kind = ACTOR_KEY;
    w->actor = (struct actor){ .kind = kind, .id = revert->actor };
}

static bool
run(struct work *w, const struct job *job)
{
    struct json_error error;
    const struct json *json = json_parse(w->arena, job->payload, &error);
    struct revert revert;
    struct id id;

    if (!id_parse(json_get_text(json, "revert"), &id))
        return fail(w, ERR_INTERNAL, "The job names no revert.");
    if (!revert_load(w, id, &revert))
        return false;
    if (revert.ended_ms > 0)
        return true;
    act_for(w, &revert);
    return revert_piece(w, &revert);
}

const struct job_kind lifecycle_revert_job = {
    .name = "routing.revert",
    .about = "Takes back what a version of the rules has assigned.",
    .run = run,
};
