/*
 * modules: the one list of what exists. A folder's endpoints and jobs are
 * served because they are here.
 */
#include "src/module.h"

#include "src/access/access.h"
#include "src/api/absence_api.h"
#include "src/api/account_api.h"
#include "src/api/calendar_api.h"
#include "src/api/capture_api.h"
#include "src/api/convention_api.h"
#include "src/api/crew_api.h"
#include "src/api/decision_api.h"
#include "src/api/erasure_api.h"
#include "src/api/export_api.h"
#include "src/api/field_api.h"
#include "src/api/first_answer_api.h"
#include "src/api/form_api.h"
#include "src/api/holiday_api.h"
#include "src/api/hook_api.h"
#include "src/api/import_api.h"
#include "src/api/insight_api.h"
#include "src/api/job_api.h"
#include "src/api/lead_api.h"
#include "src/api/offer_api.h"
#include "src/api/pool_api.h"
#include "src/api/replay_api.h"
#include "src/api/revert_api.h"
#include "src/api/sequence_api.h"
#include "src/api/skill_api.h"
#include "src/api/source_api.h"
#include "src/api/source_settings.h"
#include "src/api/stage_api.h"
#include "src/api/submission_api.h"
#include "src/api/tag_api.h"
#include "src/api/task_api.h"
#include "src/api/team_api.h"
#include "src/api/territory_api.h"
#include "src/api/today_api.h"
#include "src/api/work_calendar_api.h"
#include "src/api/workspace_api.h"
#include "src/capture/hook.h"
#include "src/follow_up/sequence.h"
#include "src/insight/insight.h"
#include "src/instance.h"
#include "src/lead/custom.h"
#include "src/lead/erasure.h"
#include "src/lead/stage.h"
#include "src/lifecycle.h"
#include "src/message/message.h"
#include "src/notify/notify.h"
#include "src/page/page.h"
#include "src/route/route.h"
#include "src/score/score.h"
#include "src/standardise/convention.h"
#include "src/workspace/cache.h"
#include "src/workspace/territory.h"

static const struct module lifecycle_module = { "lifecycle", NULL,
                                                lifecycle_jobs };

/* One a line: they come from several sides. */
/* clang-format off */
const struct module *const modules[] = {
    &instance_module,
    &access_module,
    &workspace_module,
    &team_module,
    &account_module,
    &capture_module,
    &lead_module,
    &field_module,
    &stage_module,
    &lifecycle_module,
    &route_module,
    &replay_module,
    &decision_module,
    &score_module,
    &notify_module,
    &job_module,
    &form_module,
    &page_module,
    &import_module,
    &export_module,
    &submission_module,
    &source_list_module,
    &source_module,
    &hook_module,
    &task_module,
    &today_module,
    &sequence_module,
    &calendar_module,
    &insight_module,
    &skill_module,
    &offer_module,
    &holiday_module,
    &territory_module,
    &value_list_module,
    &message_module,
    &first_answer_module,
    &crew_module,
    &webhook_delivery_module,
    &absence_module,
    &erasure_module,
    &work_calendar_module,
    &pool_module,
    &convention_module,
    &tag_module,
    &revert_module,
    NULL,
};

/* In this order: rules name territories, lists and sequences, and people and
 * queues, which the cache has read. */
cache_loader *const cache_loaders[] = {
    lead_schema_load,
    lead_stages_load,
    territory_load,
    value_list_load,
    conventions_load,
    sequence_load,
    route_load,
    score_load,
    notify_load,
    hook_cache_load,
    insight_load,
    first_answer_load,
    erasure_cache_load,
    NULL,
};
/* clang-format on */
