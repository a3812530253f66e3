/*
 * stage_api: see stage_api.h. The list is saved as a whole, so that its order
 * is what was sent; a stage that is left out is removed, and a job moves its
 * leads.
 */
#include "src/api/stage_api.h"

#include "lib/jobs/jobs.h"
#include "src/access/permission.h"
#include "src/api/field_use.h"
#include "src/lead/stage.h"
#include "src/lifecycle.h"
#include "src/workspace/cache.h"

static const struct job_kind move_job;
enum { LEADS_AT_A_TIME = 100 };

/* ---------------------------------------------------------------- shapes */

static const struct shape_field label_fields[] = {
    { "en", SHAPE_TEXT, SHAPE_NULLABLE, 100, .about = "In English." },
    { "ko", SHAPE_TEXT, SHAPE_NULLABLE, 100, .about = "In Korean." },
    { 0 },
};
static const struct shape label_shape = { "StageLabel", "As it is shown.", 0,
                                          label_fields };
static const struct shape_field stage_fields[] = {
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, LEAD_STAGE_NAME_MAX,
      .about = "Small letters, digits and underscores; it stays, whatever the "
               "label says." },
    { "label", SHAPE_OBJECT, 0, .of = &label_shape, .about = "As shown." },
    { "meaning", SHAPE_OPTION, SHAPE_REQUIRED, .options = lead_meaning_names,
      .about = "open: worked on. The others take no room of their owner and "
               "run no clock." },
    { "moves", SHAPE_TEXT, SHAPE_LIST | SHAPE_NULLABLE, LEAD_STAGES_MAX,
      .about = "Names of stages it may go to by hand; null: any." },
    { 0 },
};
static const struct shape stage_shape = { "Stage", "How far a lead has come.",
                                          0, stage_fields };
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_REQUIRED | SHAPE_LIST, LEAD_STAGES_MAX,
      .of = &stage_shape, .about = "In order; a new lead is in the first." },
    { "moved", SHAPE_OBJECT, 0,
      .about = "Where leads go whose stage is not in the list any more: "
               "{\"nurturing\": \"open\"}." },
    { 0 },
};
static const struct shape list_shape = { "Stages", "The stages of leads.", 0,
                                         list_fields };

/* --------------------------------------------------------------- showing */

static struct str
shown(struct arena *arena, const struct lead_stage *stages, bool whole)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    lead_stages_write(&out, stages, whole);
    json_close_object(&out);
    return text_str(&text);
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct str document;
    int64_t version;

    (void)request;
    if (cache == NULL || !lead_stages_stored(w, &document, &version))
        return false;
    response->body = shown(w->arena, cache->stages, false);
    response_version(w, response, version);
    return true;
}

/* ----------------------------------------------------- what must hold of all */

static bool
is_word(struct str name)
{
    for (size_t i = 0; i < name.bytes; i++) {
        char c = name.data[i];
        if (!(c >= 'a' && c <= 'z')
            && !(i > 0 && (c == '_' || (c >= '0' && c <= '9'))))
            return false;
    }
    return name.bytes > 0;
}

static bool
check_stage(struct work *w, const struct lead_stage *stages, int i)
{
    const struct lead_stage *stage = &stages[i];
    struct str at = arena_format(w->arena, "/items/%d/name", i);
    bool ok = true;

    if (!is_word(str_of(stage->name)))
        return fail_at(w, at, "not_a_name",
                       "A name is small letters, digits and underscores, "
                       "such as site_visit.");
    if (lead_stage_find(stages, str_of(stage->name)) != stage)
        return fail_at(w, at, "twice", "There are two stages %s.", stage->name);
    for (int m = 0; stage->moves != NULL && stage->moves[m] != NULL; m++)
        if (lead_stage_find(stages, str_of(stage->moves[m])) == NULL)
            ok = fail_at(w, arena_format(w->arena, "/items/%d/moves/%d", i, m),
                         "unknown_stage", "There is no stage %s.",
                         stage->moves[m]);
    return ok;
}

static bool
has_meaning(const struct lead_stage *stages, enum lead_meaning meaning)
{
    for (; stages->name != NULL; stages++)
        if (stages->meaning == meaning)
            return true;
    return false;
}

static bool
check_all(struct work *w, const struct lead_stage *stages)
{
    bool ok = true;

    if (stages->name == NULL || stages->meaning != LEAD_OPEN)
        ok = fail_at(w, STR("/items"), "not_open",
                     "A new lead is in the first stage: one that means open.");
    if (!has_meaning(stages, LEAD_INACTIVE))
        ok = fail_at(w, STR("/items"), "no_inactive",
                     "One stage means inactive: imports that are taken back "
                     "go there.");
    for (int i = 0; stages[i].name != NULL; i++)
        ok &= check_stage(w, stages, i);
    return ok;
}

/* -------------------------------------------------------------- removing */

static bool
is_used(struct work *w, const char *name, bool *used)
{
    int64_t found;

    if (!lead_count(w,
                    STR("WHERE workspace_id = $1 AND stage = $2"
                        "   AND merged_into IS NULL LIMIT 1"),
                    DB_VALUES(db_id(w->workspace), db_cstr(name)), &found))
        return false;
    *used = found > 0;
    return true;
}

/* Its leads have somewhere to go, and nothing asks for it. */
static bool
removable(struct work *w, const struct lead_stage *stages,
          const struct json *moved, struct lead_stage *gone)
{
    struct str to = json_get_text(moved, gone->name);
    struct str at = arena_format(w->arena, "/moved/%s", gone->name);
    struct str places;
    bool used;

    if (!field_use_find(w, STR("stage"), str_of(gone->name), &places)
        || !is_used(w, gone->name, &used))
        return false;
    if (!str_is_empty(places))
        return fail_at(w, STR("/items"), "in_use",
                       "The stage %s is used by %.*s: change that first.",
                       gone->name, STR_ARG(places));
    if (to.data == NULL && used)
        return fail_at(w, at, "missing",
                       "There are leads in %s: say where they go.", gone->name);
    if (to.data == NULL)
        to = str_of(stages[0].name);
    if (lead_stage_find(stages, to) == NULL)
        return fail_at(w, at, "unknown_stage", "There is no stage %.*s.",
                       STR_ARG(to));
    gone->moved_to = arena_cstr(w->arena, to);
    return true;
}

static bool
move_soon(struct work *w, const char *stage, struct id after)
{
    return job_add(w, &(struct job_new){
                          .kind = &move_job,
                          .key = arena_format(w->arena, "%s after %s", stage,
                                              id_show(after).text),
                          .payload = arena_format(
                              w->arena, "{\"stage\":\"%s\",\"after\":\"%s\"}",
                              stage, id_show(after).text),
                      });
}

/* The new stages, and behind them those that are not among them any more. */
static bool
with_removed(struct work *w, const struct lead_stage *before,
             const struct lead_stage *stages, const struct json *moved,
             const struct lead_stage **all)
{
    int count = 0;
    int old_count = 0;

    while (stages[count].name != NULL)
        count++;
    while (before[old_count].name != NULL)
        old_count++;
    struct lead_stage *both = ARENA_ARRAY(w->arena, struct lead_stage,
                                          (size_t)(count + old_count + 1));
    for (int i = 0; i < count; i++)
        both[i] = stages[i];
    for (int i = 0; i < old_count; i++) {
        if (lead_stage_find(stages, str_of(before[i].name)) != NULL)
            continue;
        both[count] = before[i];
        if (!removable(w, stages, moved, &both[count])
            || !move_soon(w, before[i].name, ID_NONE))
            return false;
        count++;
    }
    *all = both;
    return true;
}

/* A stage keeps what it means: figures and loads were counted by it. */
static bool
keeps_meanings(struct work *w, const struct lead_stage *before,
               const struct lead_stage *stages)
{
    bool ok = true;

    for (int i = 0; stages[i].name != NULL; i++) {
        const struct lead_stage *old =
            lead_stage_find(before, str_of(stages[i].name));
        if (old != NULL && old->meaning != stages[i].meaning)
            ok = fail_at(w, arena_format(w->arena, "/items/%d/meaning", i),
                         "other_meaning",
                         "%s means %s; add another stage instead.", old->name,
                         lead_meaning_names[old->meaning]);
    }
    return ok;
}

static bool
save(struct work *w, const struct request *request, struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    const struct lead_stage *stages = lead_stages_read(w->arena, request->json);
    const struct lead_stage *all;
    struct str document;
    int64_t version;

    return cache != NULL && lead_stages_stored(w, &document, &version)
        && request_if_match(w, request, version,
                            shown(w->arena, cache->stages, false))
        && check_all(w, stages) && keeps_meanings(w, cache->stages, stages)
        && with_removed(w, cache->stages, stages,
                        json_get(request->json, "moved"), &all)
        && lead_stages_save(w, shown(w->arena, all, true), version)
        && workspace_config_changed(w) && show(w, request, response);
}

/* ------------------------------------------------------------------ the job */

static bool
move_lead(struct work *w, struct lead *lead, const struct lead_stage *to)
{
    struct str change = arena_format(
        w->arena,
        "{\"changes\":[{\"field\":\"stage\",\"from\":\"%s\",\"to\":\"%s\"}],"
        "\"reason\":\"stage_removed\"}",
        lead->stage, to->name);

    return lead_stage_set(w, lead, to) && lifecycle_changed(w, lead, change);
}

static bool
run_move(struct work *w, const struct job *job)
{
    struct json_error error;
    const struct json *json = json_parse(w->arena, job->payload, &error);
    struct str name = json_get_text(json, "stage");
    const struct lead_stage *gone = lead_stage_of(w, name);
    struct id after = ID_NONE;
    struct lead *leads;
    int count;

    if (gone == NULL || gone->moved_to == NULL)
        return w->error.kind == ERR_NONE; /* it was taken back */
    (void)(id_parse(json_get_text(json, "after"), &after) || true);
    const struct lead_stage *to = lead_stage_of(w, str_of(gone->moved_to));
    if (!lead_select(w,
                     STR("WHERE workspace_id = $1 AND id > $2 AND stage = $3"
                         "   AND merged_into IS NULL ORDER BY id LIMIT $4"),
                     DB_VALUES(db_id(w->workspace), db_int(after.value),
                               db_text(name), db_int(LEADS_AT_A_TIME)),
                     &leads, &count))
        return false;
    for (int i = 0; i < count; i++)
        if (!move_lead(w, &leads[i], to))
            return false;
    return count < LEADS_AT_A_TIME
        || move_soon(w, gone->name, leads[count - 1].id);
}

static const struct job_kind move_job = {
    .name = "stage.move",
    .about = "Moves the leads of a stage that was removed.",
    .run = run_move,
};
static const struct job_kind *const jobs[] = { &move_job, NULL };

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/stages", show, CAN_VIEW_WORKSPACE,
      "The stages of leads, in order. Their version is the ETag.",
      .gives = &list_shape },
    { PUT, "/api/v1/stages", save, CAN_EDIT_WORKSPACE,
      "Rename, add, reorder and remove stages, and say which moves are "
      "allowed.",
      .takes = &list_shape, .gives = &list_shape },
    { 0 },
};

const struct module stage_module = { "stage", endpoints, jobs };
