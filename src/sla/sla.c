/* sla: see sla.h. */
#include "src/sla/sla.h"

#include "src/workspace/cache.h"

static bool
runs_a_clock(const struct lead *lead)
{
    bool waits = lead->first_response_ms == 0 || lead->asked_again_ms != 0;

    return lead->owner.kind == OWNER_REP && waits && !lead_is_closed(lead);
}

/* Working time beyond the compiled horizon counts as time on the wall. */
static int64_t
due_ms(const struct team *team, const struct lead *lead, bool working_time,
       int64_t now_ms, int64_t promised_ms)
{
    int number = team_find(team, lead->owner.id);

    if (working_time && number >= 0) {
        int64_t due =
            hours_add(&team->people[number].present, now_ms, promised_ms);
        if (due != INT64_MAX)
            return due;
    }
    return now_ms + promised_ms;
}

static struct str
payload(struct arena *arena, const struct lead *lead, struct str rule,
        bool noted)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_int(&out, "owner_version", lead->owner_version);
    json_put_int(&out, "late_count", lead->late_count);
    json_put_int(&out, "due_ms", lead->response_due_ms);
    if (noted)
        json_put_bool(&out, "noted", true);
    if (!str_is_empty(rule))
        json_put_text(&out, "rule", rule);
    json_close_object(&out);
    return text_str(&text);
}

static bool
wake(struct work *w, const struct lead *lead, const struct job_kind *kind,
     int64_t at_ms, struct str rule, bool noted)
{
    return job_add(w, &(struct job_new){
                          .kind = kind,
                          .lead = lead->id,
                          .payload = payload(w->arena, lead, rule, noted),
                          .due_ms = at_ms,
                      });
}

bool
sla_start(struct work *w, struct lead *lead, const struct sla_promise *promise,
          const struct sla_jobs *jobs)
{
    struct workspace_cache *cache = workspace_cache(w);
    bool working = promise->working_time;
    int64_t remind_ms = promise->after_ms - promise->remind_before_ms;

    if (cache == NULL)
        return false;
    lead->response_due_ms = lead->reminded_ms = 0;
    if (promise->after_ms == 0 || !runs_a_clock(lead))
        return true;

    lead->response_due_ms =
        due_ms(cache->team, lead, working, w->now_ms, promise->after_ms);
    if (promise->remind_before_ms > 0
        && !wake(w, lead, jobs->due_soon,
                 due_ms(cache->team, lead, working, w->now_ms, remind_ms),
                 promise->rule, false))
        return false;
    return wake(w, lead, jobs->late, lead->response_due_ms, promise->rule,
                false);
}

bool
sla_look_again(struct work *w, const struct lead *lead,
               const struct job_kind *late, struct str rule, int64_t at_ms)
{
    return wake(w, lead, late, at_ms, rule, true);
}

bool
sla_asked_again(struct lead *lead, int64_t now_ms)
{
    if (lead->first_response_ms == 0 || lead->asked_again_ms != 0
        || lead_is_closed(lead))
        return false;
    lead->asked_again_ms = now_ms;
    return true;
}

bool
sla_read(struct work *w, const struct job *job, struct sla_late *late)
{
    struct json_error error;
    const struct json *json = json_parse(w->arena, job->payload, &error);

    if (json == NULL)
        return fail(w, ERR_INTERNAL, "The job's settings are broken.");
    *late = (struct sla_late){
        .lead = job->lead,
        .owner_version = json_get_int(json, "owner_version", 0),
        .late_count = json_get_int(json, "late_count", 0),
        .due_ms = json_get_int(json, "due_ms", 0),
        .noted = json_get_bool(json, "noted", false),
        .rule = json_get_text(json, "rule"),
    };
    return true;
}

bool
sla_is_missed(const struct lead *lead, const struct sla_late *late,
              int64_t now_ms)
{
    return lead->owner_version == late->owner_version
        && lead->late_count == late->late_count && runs_a_clock(lead)
        && (!late->noted || lead->response_due_ms == late->due_ms)
        && lead->response_due_ms > 0 && now_ms >= lead->response_due_ms;
}

bool
sla_is_due_soon(const struct lead *lead, const struct sla_late *soon,
                int64_t now_ms)
{
    return lead->owner_version == soon->owner_version
        && lead->response_due_ms == soon->due_ms && runs_a_clock(lead)
        && lead->reminded_ms == 0 && now_ms < lead->response_due_ms;
}

void
sla_answered(struct lead *lead, int64_t at_ms)
{
    if (lead->first_response_ms == 0) {
        lead->first_response_ms = at_ms;
        lead->promise = lead->late_count > 0      ? PROMISE_MISSED
                      : lead->response_due_ms > 0 ? PROMISE_KEPT
                                                  : PROMISE_NONE;
    }
    if (at_ms < lead->asked_again_ms)
        return;
    lead->asked_again_ms = 0;
    lead->response_due_ms = 0;
}
