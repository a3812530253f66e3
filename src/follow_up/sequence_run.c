/*
 * sequence_run: a lead on its way through a sequence: begun, going on, ended.
 * Not for what a step does (src/sequence_step.c).
 */
#include "src/follow_up/sequence.h"

#include "src/lead/assignment.h"

enum {
    TOKEN_BYTES = 16,
    ADDRESS_BYTES = 2 * ID_TEXT_BYTES + 2 * TOKEN_BYTES,
};

/* The company's wall, or the lead's as far as it is known. */
static struct sequence_wall
wall_of(struct work *w, const struct workspace_cache *cache,
        const struct sequence_step *step, const struct lead *lead)
{
    bool leads = !step->workspace_zone;
    struct holiday_place place = { .country = cache->workspace.country };
    struct sequence_wall wall = { 0 };

    if (leads && lead->facts[LEAD_TIME_ZONE].known)
        wall.zone = zone_find(lead_text(lead, LEAD_TIME_ZONE));
    if (leads && lead->facts[LEAD_COUNTRY].known) {
        place.country = lead_text(lead, LEAD_COUNTRY);
        place.region = lead_text(lead, LEAD_REGION);
    }
    if (wall.zone == NULL)
        wall.zone = zone_find(cache->workspace.time_zone);
    if (step->working_days)
        holiday_days_of(w->arena, cache->team->holiday_sets,
                        cache->team->holiday_set_count, &place, &wall.holidays,
                        &wall.holiday_count);
    return wall;
}

/* S2: one job for one step of one run. */
static struct str
step_key(struct work *w, const struct sequence_run *run)
{
    return arena_format(w->arena, "%s %ld", id_show(run->id).text,
                        (long)run->step);
}

static bool
await_step(struct work *w, struct sequence_run *run,
           const struct sequence *sequence, const struct lead *lead,
           const struct job_kind *take)
{
    const struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    const struct sequence_step *step = &sequence->steps[run->step];
    const struct sequence_wall wall = wall_of(w, cache, step, lead);
    run->due_ms = sequence_due_ms(step, &wall, w->now_ms);
    return job_add(w, &(struct job_new){
                          .kind = take,
                          .key = step_key(w, run),
                          .lead = run->lead,
                          .payload = arena_format(
                              w->arena, "{\"run\":\"%s\",\"step\":%ld}",
                              id_show(run->id).text, (long)run->step),
                          .due_ms = run->due_ms,
                      });
}

static struct str
event_json(struct work *w, const struct sequence_run *run, const char *reason)
{
    const struct workspace_cache *cache = workspace_cache(w);
    const struct sequence *sequence =
        cache == NULL ? NULL : sequence_of(cache, run->sequence);
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_id(&out, "sequence", run->sequence);
    if (sequence != NULL)
        json_put_text(&out, "name", sequence->name);
    json_put_id(&out, "run", run->id);
    if (reason != NULL)
        json_put_cstr(&out, "reason", reason);
    json_close_object(&out);
    return text_str(&text);
}

bool
sequence_begin(struct work *w, struct lead *lead,
               const struct sequence *sequence, const struct job_kind *take)
{
    struct sequence_run run = {
        .id = work_id(w),
        .sequence = sequence->id,
        .lead = lead->id,
        .state = STR("running"),
        .actor_kind = str_of(actor_kind_name(w->actor.kind)),
        .actor = w->actor.id,
        .started_ms = w->now_ms,
        .token = random_token(w->arena, TOKEN_BYTES),
    };

    if (lead->sequence_state == LEAD_IN_SEQUENCE)
        return fail(w, ERR_CONFLICT,
                    "The lead is in a sequence already. Stop that one first.");
    lead->sequence_state = LEAD_IN_SEQUENCE;
    return await_step(w, &run, sequence, lead, take)
        && sequence_run_add(w, &run)
        && timeline_add(w, lead->id, "sequence.started",
                        event_json(w, &run, NULL), NULL);
}

static bool
end_run(struct work *w, struct sequence_run *run, struct lead *lead,
        const char *state, const char *reason)
{
    run->state = str_of(state);
    run->reason = str_of(reason);
    run->ended_ms = w->now_ms;
    run->due_ms = 0;
    lead->sequence_state = LEAD_WAS_IN_SEQUENCE;
    return sequence_run_save(w, run) && assignment_let_go(w, lead->id)
        && timeline_add(w, lead->id,
                        reason == NULL ? "sequence.finished"
                                       : "sequence.stopped",
                        event_json(w, run, reason), NULL);
}

bool
sequence_stop(struct work *w, struct lead *lead, const char *reason)
{
    struct sequence_run *runs;
    int count;

    if (lead->sequence_state != LEAD_IN_SEQUENCE)
        return true;
    if (!sequence_runs(w, lead->id, &runs, &count))
        return false;
    for (int i = 0; i < count; i++)
        if (runs[i].ended_ms == 0
            && !end_run(w, &runs[i], lead, "stopped", reason))
            return false;
    return true;
}

bool
sequence_run_of_job(struct work *w, const struct job *job,
                    struct sequence_run *run, bool *found)
{
    struct json_error error;
    const struct json *json = json_parse(w->arena, job->payload, &error);
    struct id id;

    if (!id_parse(json_get_text(json, "run"), &id))
        return fail(w, ERR_INTERNAL, "The job names no run.");
    if (!sequence_run_load(w, id, run, found))
        return false;
    *found = *found && run->ended_ms == 0
          && run->step == json_get_int(json, "step", -1);
    return true;
}

bool
sequence_go_on(struct work *w, struct sequence_run *run,
               const struct sequence *sequence, struct lead *lead,
               const struct job_kind *take)
{
    run->step++;
    if (run->step >= sequence->step_count)
        return end_run(w, run, lead, "finished", NULL);
    return await_step(w, run, sequence, lead, take)
        && sequence_run_save(w, run);
}

/* --------------------------------------------------------------- address */

struct str
sequence_address(struct arena *arena, struct id workspace,
                 const struct sequence_run *run)
{
    return arena_format(arena, "%s%s%.*s", id_show(workspace).text,
                        id_show(run->id).text, STR_ARG(run->token));
}

bool
sequence_address_read(struct str address, struct id *workspace, struct id *run,
                      struct str *token)
{
    if (address.bytes != ADDRESS_BYTES)
        return false;
    *token = str_slice(address, 2 * ID_TEXT_BYTES, ADDRESS_BYTES);
    return id_parse(str_slice(address, 0, ID_TEXT_BYTES), workspace)
        && id_parse(str_slice(address, ID_TEXT_BYTES, 2 * ID_TEXT_BYTES), run)
        && !id_is_none(*workspace);
}

/* Compared by their hashes, so in constant time. */
bool
sequence_token_fits(const struct sequence_run *run, struct str token)
{
    const struct hash kept = hash_of(run->token);
    const struct hash given = hash_of(token);

    return !str_is_empty(run->token) && hash_equal(&kept, &given);
}
