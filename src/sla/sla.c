/* sla: see sla.h. */
#include "src/sla/sla.h"

#include "src/workspace/cache.h"

const struct touch_kind touch_kinds[] = {
    { "call", true },    { "email", true }, { "message", true },
    { "meeting", true }, { "note", false }, { "document", false },
    { NULL, false },
};

static bool
runs_a_clock(const struct lead *lead)
{
    return lead->owner.kind == OWNER_REP && lead->first_response_ms == 0
        && !lead_stage_find(str_of(lead->stage))->closed;
}

/* Working time beyond the compiled horizon counts as time on the wall. */
static int64_t
due_ms(const struct team *team, const struct lead *lead,
       const struct sla_promise *promise, int64_t now_ms)
{
    int number = team_find(team, lead->owner.id);

    if (promise->working_time && number >= 0) {
        int64_t due =
            hours_add(&team->people[number].present, now_ms, promise->after_ms);
        if (due != INT64_MAX)
            return due;
    }
    return now_ms + promise->after_ms;
}

static struct str
payload(struct arena *arena, const struct lead *lead, struct str rule)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_int(&out, "owner_version", lead->owner_version);
    json_put_int(&out, "late_count", lead->late_count);
    if (!str_is_empty(rule))
        json_put_text(&out, "rule", rule);
    json_close_object(&out);
    return text_str(&text);
}

bool
sla_start(struct work *w, struct lead *lead, const struct sla_promise *promise,
          const struct job_kind *when_late)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    lead->response_due_ms = 0;
    if (promise->after_ms == 0 || !runs_a_clock(lead))
        return true;

    lead->response_due_ms = due_ms(cache->team, lead, promise, w->now_ms);
    return job_add(w, &(struct job_new){
                          .kind = when_late,
                          .lead = lead->id,
                          .payload = payload(w->arena, lead, promise->rule),
                          .due_ms = lead->response_due_ms,
                      });
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
        && lead->response_due_ms > 0 && now_ms >= lead->response_due_ms;
}

void
sla_answered(struct lead *lead, int64_t at_ms)
{
    if (lead->first_response_ms != 0)
        return;
    lead->first_response_ms = at_ms;
    lead->promise = lead->late_count > 0      ? PROMISE_MISSED
                  : lead->response_due_ms > 0 ? PROMISE_KEPT
                                              : PROMISE_NONE;
    lead->response_due_ms = 0;
}
