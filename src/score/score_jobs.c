/*
 * score_jobs: leads whose score becomes another without a change of theirs:
 * because the rules were changed, or because time has passed. Some at a time,
 * so that leads that come in meanwhile need not wait.
 */
#include "src/score/score_jobs.h"

#include "src/score/score_store.h"
#include "src/workspace/cache.h"

enum { LEADS_AT_A_TIME = 200 };
#define DAY_MS INT64_C(86400000)

static const struct job_kind again_job;
static const struct job_kind fade_job;

/* Counts in *changed whether the score is another. */
static bool
score_again(struct work *w, struct lead *lead, int64_t *changed)
{
    int64_t score = lead->score;
    int64_t rescore_ms = lead->rescore_ms;
    struct str lines = lead->score_lines;

    if (!score_lead(w, lead))
        return false;
    *changed += lead->score != score;
    if (lead->rescore_ms == rescore_ms && str_equal(lead->score_lines, lines))
        return true;
    return lead_save_score(w, lead);
}

/* ---------------------------------------------------- the rules are others */

static bool
go_on_after(struct work *w, int64_t version, struct id after)
{
    struct str key = arena_format(w->arena, "%ld after %s", (long)version,
                                  id_show(after).text);

    return job_add(w, &(struct job_new){
                          .kind = &again_job,
                          .key = key,
                          .payload = arena_format(
                              w->arena, "{\"version\":%ld,\"after\":\"%s\"}",
                              (long)version, id_show(after).text),
                      });
}

static bool
fade_tomorrow(struct work *w)
{
    int64_t due_ms = w->now_ms + DAY_MS;

    return job_add(w, &(struct job_new){
                          .kind = &fade_job,
                          .key = arena_format(w->arena, "day %ld",
                                              (long)(due_ms / DAY_MS)),
                          .due_ms = due_ms,
                      });
}

bool
score_again_soon(struct work *w, const struct score_rules *rules)
{
    return go_on_after(w, rules->version, ID_NONE)
        && (!rules->changes_with_time || fade_tomorrow(w));
}

static bool
score_page_again(struct work *w, int64_t version, struct id after)
{
    struct scoring_progress progress;
    struct lead *leads;
    int count;

    if (!lead_select(w,
                     STR("WHERE workspace_id = $1 AND id > $2"
                         "   AND merged_into IS NULL ORDER BY id LIMIT $3"),
                     DB_VALUES(db_id(w->workspace), db_int(after.value),
                               db_int(LEADS_AT_A_TIME)),
                     &leads, &count)
        || !scoring_progress_load(w, &progress))
        return false;
    for (int i = 0; i < count; i++)
        if (!lead_is_closed(&leads[i])
            && !score_again(w, &leads[i], &progress.changed))
            return false;
    progress.looked_at += count;
    if (count < LEADS_AT_A_TIME)
        progress.done_ms = w->now_ms;
    return scoring_progress_save(w, &progress)
        && (progress.done_ms > 0
            || go_on_after(w, version, leads[count - 1].id));
}

static bool
run_again(struct work *w, const struct job *job)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct json_error error;
    const struct json *json = json_parse(w->arena, job->payload, &error);
    int64_t version = json_get_int(json, "version", 0);
    struct id after = ID_NONE;

    if (cache == NULL)
        return false;
    if (version != cache->scoring->version)
        return true; /* newer rules have a job of their own */
    if (!id_parse(json_get_text(json, "after"), &after))
        after = ID_NONE;
    return score_page_again(w, version, after);
}

static const struct job_kind again_job = {
    .name = "score.again",
    .about = "Scores the open leads by rules that were changed.",
    .run = run_again,
};

/* ------------------------------------------------------- time has passed */

/* Who has been scored is not due any more: a page needs no place. */
static bool
run_fade(struct work *w, const struct job *job)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct lead *leads;
    int64_t changed = 0;
    int count;

    if (cache == NULL
        || !lead_select(w,
                        STR("WHERE workspace_id = $1 AND rescore_ms <= $2"
                            "   AND merged_into IS NULL"
                            " ORDER BY rescore_ms LIMIT $3"),
                        DB_VALUES(db_id(w->workspace), db_int(w->now_ms),
                                  db_int(LEADS_AT_A_TIME)),
                        &leads, &count))
        return false;
    for (int i = 0; i < count; i++)
        if (!score_again(w, &leads[i], &changed))
            return false;
    if (count == LEADS_AT_A_TIME)
        return job_add(w, &(struct job_new){
                              .kind = &fade_job,
                              .key = arena_format(w->arena, "after %s",
                                                  id_show(job->id).text),
                          });
    return !cache->scoring->changes_with_time || fade_tomorrow(w);
}

static const struct job_kind fade_job = {
    .name = "score.fade",
    .about = "Scores the leads again whose points have faded, once a day.",
    .run = run_fade,
};

const struct job_kind *const score_jobs[] = { &again_job, &fade_job, NULL };
