/*
 * score_api: the scoring document by HTTP, what it would change, and how far
 * a change has come.
 */
#include "src/access/permission.h"
#include "src/lead/custom.h"
#include "src/module.h"
#include "src/score/score.h"
#include "src/score/score_jobs.h"
#include "src/score/score_preview.h"
#include "src/score/score_store.h"
#include "src/workspace/cache.h"

static const struct shape_field progress_fields[] = {
    { "version", SHAPE_INTEGER, SHAPE_REQUIRED,
      .about = "Of the scoring; 0: the default, by which every lead is scored "
               "from the start." },
    { "looked_at", SHAPE_INTEGER, SHAPE_REQUIRED,
      .about = "Leads so far, oldest first." },
    { "changed", SHAPE_INTEGER, SHAPE_REQUIRED,
      .about = "Open leads that have another score now." },
    { "done", SHAPE_BOOL, SHAPE_REQUIRED,
      .about = "Every open lead is scored by this version." },
    { "done_at", SHAPE_TIME, SHAPE_NULLABLE, .about = "Since when." },
    { 0 },
};
static const struct shape progress_shape = {
    "ScoringProgress", "How far a changed scoring has come.", 0, progress_fields
};

static void
answer(struct work *w, struct response *response, struct str document,
       int64_t version)
{
    response->body = document;
    response_version(w, response, version);
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct str document;
    int64_t version;

    (void)request;
    if (!scoring_load(w, &document, &version))
        return false;
    answer(w, response, document, version);
    return true;
}

static bool
save(struct work *w, const struct request *request, struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    const struct score_rules *rules;
    struct str document;
    int64_t version;

    if (cache == NULL || !scoring_load(w, &document, &version)
        || !request_if_match(w, request, version, document))
        return false;
    rules =
        score_read(w, cache->schema->usable, request->json, STR(""), version);
    if (rules == NULL || !score_ids_differ(w, rules, STR(""))
        || !scoring_save(w, request->body, &version)
        || !workspace_config_changed(w))
        return false;
    cache = workspace_cache(w);
    if (cache == NULL || !score_again_soon(w, cache->scoring))
        return false;
    answer(w, response, request->body, version);
    return true;
}

static bool
show_progress(struct work *w, const struct request *request,
              struct response *response)
{
    struct scoring_progress progress;
    struct text text;

    (void)request;
    if (!scoring_progress_load(w, &progress))
        return false;

    struct json_out out = response_json(w, response, &text);
    json_open_object(&out);
    json_put_int(&out, "version", progress.version);
    json_put_int(&out, "looked_at", progress.looked_at);
    json_put_int(&out, "changed", progress.changed);
    json_put_bool(&out, "done", progress.version == 0 || progress.done_ms > 0);
    json_put_time(&out, "done_at", progress.done_ms);
    json_close_object(&out);
    response_json_done(response, &text);
    return true;
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/scoring", show, CAN_VIEW_ROUTING,
      "Points for what is known of a lead. Its version is the ETag.",
      .gives = &score_shape },
    { PUT, "/api/v1/scoring", save, CAN_EDIT_SCORING,
      "Score by these rules from now on; open leads are scored again, some at "
      "a time.",
      .takes = &score_shape, .gives = &score_shape },
    { GET, "/api/v1/scoring/progress", show_progress, CAN_VIEW_ROUTING,
      "How many leads are scored by the rules in force.",
      .gives = &progress_shape },
    { POST, "/api/v1/scoring/preview", score_preview, CAN_VIEW_ROUTING,
      "What other rules would change, among the newest leads.", ENDPOINT_READS,
      .takes = &score_preview_shape, .gives = &score_preview_answer_shape },
    { 0 },
};

const struct module score_module = { "score", endpoints, score_jobs };
