/*
 * webhook_health: what a receiver's answers say of it. One that has failed for
 * long is paused: what happens is held for it, so that nothing is lost, and
 * nothing is tried in vain. It goes on as soon as an attempt succeeds, or
 * somebody says so; after two weeks it is switched off. Never silently: see
 * webhook_notice.c.
 */
#include "src/notify/webhook.h"
#include "src/workspace/cache.h"

#define HOUR_MS      INT64_C(3600000)
#define PAUSE_MS_MAX (WEBHOOK_PAUSE_DAYS_MAX * 24 * HOUR_MS)

enum { HTTP_GONE = 410 };

bool
webhook_is_lost(const struct webhook *webhook,
                const struct webhook_health *health, int64_t now_ms)
{
    return health->failing_since_ms > 0
        && health->failures >= WEBHOOK_PAUSE_FAILURES_MIN
        && now_ms - health->failing_since_ms
               >= webhook->pause_after_hours * HOUR_MS;
}

struct str
webhook_channel(struct arena *arena, const struct webhook *webhook)
{
    return arena_str(arena, str_of(id_show(webhook->id).text));
}

/* Until then somebody may have it go on. */
static bool
pause_until_given_up(struct work *w, struct webhook *webhook)
{
    webhook->paused_ms = w->now_ms;
    return webhook_save(w, webhook) && workspace_config_changed(w)
        && job_add(w, &(struct job_new){
                          .kind = &notify_webhook_over_job,
                          .key = webhook_channel(w->arena, webhook),
                          .due_ms = w->now_ms + PAUSE_MS_MAX,
                      });
}

static bool
end_pause(struct work *w, struct webhook *webhook)
{
    struct str channel = webhook_channel(w->arena, webhook);

    webhook->paused_ms = 0;
    return job_cancel(w, &notify_webhook_over_job, channel)
        && jobs_let_go(w, channel);
}

/* N5: dropped, because nothing is sent to what is off. */
static bool
switch_off(struct work *w, struct webhook *webhook, enum webhook_stop why)
{
    webhook->active = false;
    return end_pause(w, webhook) && webhook_save(w, webhook)
        && workspace_config_changed(w) && webhook_tell_stop(w, webhook, why);
}

bool
webhook_drop(struct work *w, struct webhook *webhook)
{
    return end_pause(w, webhook);
}

bool
webhook_resume(struct work *w, struct webhook *webhook)
{
    return webhook_health_anew(w, webhook->id) && end_pause(w, webhook)
        && webhook_save(w, webhook) && workspace_config_changed(w);
}

bool
webhook_went_well(struct work *w, struct webhook *webhook)
{
    return (webhook->paused_ms == 0 || webhook_resume(w, webhook))
        && webhook_health_good(w, webhook->id);
}

/* The attempt that has it paused may have been its message's last: that waits
 * with the others. */
static bool
hold_last(struct work *w, const struct job *job)
{
    return job->attempts < job->attempts_max || job->attempts_max == 1
        || job_repeat(w, job->channel, job->id, JOB_HELD_MS);
}

bool
webhook_went_wrong(struct work *w, struct webhook *webhook,
                   const struct job *job, const struct outbox_result *result)
{
    struct webhook_health health = {
        .webhook = webhook->id,
        .last_error_status = result->code,
        .last_error = str_slice(result->error, 0, WEBHOOK_ERROR_BYTES_MAX),
    };

    if (!webhook_health_bad(w, &health))
        return false;
    if (!webhook->active)
        return true;
    if (result->code == HTTP_GONE)
        return switch_off(w, webhook, WEBHOOK_GONE);
    if (webhook->paused_ms == 0) {
        if (!webhook_is_lost(webhook, &health, w->now_ms))
            return true;
        if (!pause_until_given_up(w, webhook) || !hold_last(w, job)
            || !webhook_tell_stop(w, webhook, WEBHOOK_FAILS))
            return false;
    }
    return jobs_hold(w, webhook_channel(w->arena, webhook));
}

/* Nobody has had it go on. */
static bool
give_up(struct work *w, const struct job *job)
{
    struct webhook webhook = { 0 };
    struct id id;

    if (!id_parse(job->key, &id))
        return fail(w, ERR_INTERNAL, "The job names no webhook.");
    if (!webhook_load(w, id, &webhook)) {
        if (w->error.kind != ERR_NOT_FOUND)
            return false;
        w->error = (struct error){ 0 };
        return true;
    }
    if (webhook.paused_ms == 0 || w->now_ms - webhook.paused_ms < PAUSE_MS_MAX)
        return true;
    return switch_off(w, &webhook, WEBHOOK_GIVEN_UP);
}

const struct job_kind notify_webhook_over_job = {
    .name = "notify.webhook_over",
    .about = "Switches a webhook off that was paused for two weeks.",
    .run = give_up,
};
