/*
 * modules: the one list of what exists. A folder's endpoints and jobs are
 * served because they are here.
 */
#include "src/module.h"

#include "src/access/access.h"
#include "src/capture_api.h"
#include "src/instance.h"
#include "src/lead/lead_search.h"
#include "src/lifecycle.h"
#include "src/notify/notify.h"
#include "src/route/route.h"
#include "src/score/score.h"
#include "src/team_api.h"
#include "src/workspace/cache.h"

static const struct job_kind *const notify_jobs[] = { &notify_webhook_job,
                                                      NULL };
static const struct job_kind *const search_jobs[] = { &lead_search_job, NULL };

static const struct module notify_jobs_module = { "notify", NULL, notify_jobs };
static const struct module search_module = { "search", NULL, search_jobs };
static const struct module lifecycle_module = { "lifecycle", NULL,
                                                lifecycle_jobs };

const struct module *const modules[] = {
    &instance_module, &access_module,  &workspace_module, &team_module,
    &capture_module,  &lifecycle_module, &notify_jobs_module,
    &search_module,   NULL,
};

/* In this order: rules name people and queues, which the cache has read. */
cache_loader *const cache_loaders[] = { route_load, score_load, notify_load,
                                        NULL };
