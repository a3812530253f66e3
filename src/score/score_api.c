/*
 * score_api: the scoring document by HTTP. Leads are scored by it from their
 * next change on.
 */
#include "src/access/permission.h"
#include "src/module.h"
#include "src/score/score.h"
#include "src/score/score_store.h"
#include "src/workspace/cache.h"

static void
answer(struct work *w, struct response *response, struct str document,
       int64_t version)
{
    response->body = document;
    response_header(response, "ETag",
                    arena_format(w->arena, "\"%ld\"", (long)version));
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
    const struct score_rules *rules;
    struct str document;
    int64_t version;

    if (!scoring_load(w, &document, &version)
        || !request_if_match(w, request, version, document))
        return false;
    rules = score_read(w, request->json, version);
    if (rules == NULL || !score_ids_differ(w, rules)
        || !scoring_save(w, request->body, &version)
        || !workspace_config_changed(w))
        return false;
    answer(w, response, request->body, version);
    return true;
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/scoring", show, CAN_VIEW_ROUTING,
      "Points for what is known of a lead. Its version is the ETag.",
      .gives = &score_shape },
    { PUT, "/api/v1/scoring", save, CAN_EDIT_SCORING,
      "Score by these rules from now on; a lead is scored again when it "
      "changes.",
      .takes = &score_shape, .gives = &score_shape },
    { 0 },
};

const struct module score_module = { "score", endpoints, NULL };
