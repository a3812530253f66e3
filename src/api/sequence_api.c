/* sequence_api: see sequence_api.h. What steps do is in sequence_step.c. */
#include "src/api/sequence_api.h"

#include "lib/http/shape.h"
#include "src/access/permission.h"
#include "src/api/lead_api.h"
#include "src/follow_up/sequence.h"
#include "src/lifecycle_jobs.h"
#include "src/sequence_message.h"
#include "src/workspace/cache.h"

/* ---------------------------------------------------------------- shapes */

#define SEQUENCE_FIELDS(needed)                                              \
    { "name", SHAPE_TEXT, needed, 200, .about = "Shown." },                  \
        { "slug", SHAPE_TEXT, 0, 100,                                        \
          .about = "What rules call it, for ever; of the name if absent." }, \
        { "active", SHAPE_BOOL, 0,                                           \
          .about = "false: nothing begins it; what runs goes on." },         \
    {                                                                        \
        "steps", SHAPE_OBJECT, needed | SHAPE_LIST, SEQUENCE_STEPS_MAX,      \
            .of = &sequence_step_shape,                                      \
            .about = "In order. Who is in it goes on at the same place."     \
    }

static const struct shape_field new_fields[] = {
    SEQUENCE_FIELDS(SHAPE_REQUIRED),
    { 0 },
};
static const struct shape new_shape = { "SequenceInput", "Planned touches.", 0,
                                        new_fields };
static const struct shape_field change_fields[] = {
    SEQUENCE_FIELDS(0),
    { "version", SHAPE_INTEGER, 0, .about = "As If-Match." },
    { 0 },
};
static const struct shape change_shape = { "SequenceChange",
                                           "What is to be another.", 0,
                                           change_fields };
static const struct shape_field sequence_shown[] = {
    { "id", SHAPE_ID, 0, .about = "Of the sequence." },
    { "version", SHAPE_INTEGER, 0, .about = "For If-Match." },
    SEQUENCE_FIELDS(0),
    { "running", SHAPE_INTEGER, 0, .about = "Leads that are in it now." },
    { 0 },
};
static const struct shape sequence_shape = { "Sequence", "Planned touches.", 0,
                                             sequence_shown };
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &sequence_shape,
      .about = "Those in use." },
    { 0 },
};
static const struct shape list_shape = { "Sequences", "All sequences.", 0,
                                         list_fields };

static const struct shape_field begin_fields[] = {
    { "sequence", SHAPE_TEXT, SHAPE_REQUIRED, 100, .about = "Slug or id." },
    { 0 },
};
static const struct shape begin_shape = { "SequenceBegin", "Which to begin.", 0,
                                          begin_fields };
static const char *const run_states[] = { "running", "finished", "stopped",
                                          NULL };
static const struct shape_field run_fields[] = {
    { "id", SHAPE_ID, 0, .about = "Of the run." },
    { "sequence", SHAPE_ID, 0, .about = "Which." },
    { "name", SHAPE_TEXT, SHAPE_NULLABLE, .about = "Its name." },
    { "state", SHAPE_OPTION, 0, .options = run_states, .about = "Now." },
    { "step", SHAPE_INTEGER, 0, .about = "How many steps were taken." },
    { "next_at", SHAPE_TIME, SHAPE_NULLABLE, .about = "When the next is." },
    { "reason", SHAPE_TEXT, SHAPE_NULLABLE,
      .about = "Why it was stopped: answered, touched, refused, "
               "closed, merged, by_hand." },
    { "started_at", SHAPE_TIME, 0, .about = "From." },
    { "ended_at", SHAPE_TIME, SHAPE_NULLABLE, .about = "null: it runs." },
    { 0 },
};
static const struct shape run_shape = { "SequenceRun",
                                        "A lead on its way through a sequence.",
                                        0, run_fields };
static const struct shape_field runs_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &run_shape,
      .about = "Newest first." },
    { 0 },
};
static const struct shape runs_shape = { "SequenceRuns", "Of a lead.", 0,
                                         runs_fields };

/* --------------------------------------------------------------- showing */

static bool
put_sequence(struct work *w, struct json_out *out,
             const struct sequence *sequence)
{
    int64_t running;

    if (!sequence_running(w, sequence->id, &running))
        return false;
    json_open_object(out);
    json_put_id(out, "id", sequence->id);
    json_put_int(out, "version", sequence->version);
    json_put_text(out, "name", sequence->name);
    json_put_text(out, "slug", sequence->slug);
    json_put_bool(out, "active", sequence->active);
    json_name(out, "steps");
    json_raw(out, sequence->steps_json);
    json_put_int(out, "running", running);
    json_close_object(out);
    return true;
}

static bool
sequence_text(struct work *w, const struct sequence *sequence,
              struct text *text)
{
    *text = text_new(w->arena);
    struct json_out out = json_out_new(text);

    return put_sequence(w, &out, sequence);
}

static bool
answer(struct work *w, struct response *response,
       const struct sequence *sequence)
{
    struct text text;

    if (!sequence_text(w, sequence, &text))
        return false;
    response_json_done(response, &text);
    response_version(w, response, sequence->version);
    return true;
}

static bool
list(struct work *w, const struct request *request, struct response *response)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct text text;

    (void)request;
    if (cache == NULL)
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < cache->sequences->count; i++)
        if (cache->sequences->list[i].archived_ms == 0
            && !put_sequence(w, &out, &cache->sequences->list[i]))
            return false;
    response_list_done(response, &out);
    return true;
}

/* A copy: what the cache holds is read anew after a change. */
static bool
load(struct work *w, const struct request *request, struct sequence *sequence)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct id id;

    if (cache == NULL || !request_id(w, request, "id", &id))
        return false;
    const struct sequence *found = sequence_of(cache, id);
    if (found == NULL || found->archived_ms != 0)
        return fail(w, ERR_NOT_FOUND, "There is no sequence %s.",
                    id_show(id).text);
    *sequence = *found;
    sequence->slug = arena_str(w->arena, found->slug);
    sequence->name = arena_str(w->arena, found->name);
    sequence->steps_json = arena_str(w->arena, found->steps_json);
    return true;
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct sequence sequence = { 0 };

    return load(w, request, &sequence) && answer(w, response, &sequence);
}

/* --------------------------------------------------------------- changes */

static bool
slug_is_free(struct work *w, const struct workspace_cache *cache,
             const struct sequence *sequence)
{
    const struct sequence *other = sequence_find(cache, sequence->slug);

    return other == NULL || id_equal(other->id, sequence->id)
        || fail_at(w, STR("/slug"), "taken", "Another sequence is called %.*s.",
                   STR_ARG(sequence->slug));
}

static bool
rules_name(const struct workspace_cache *cache, struct str slug)
{
    const struct route_snapshot *rules = cache->routing;

    if (str_equal(rules->otherwise.sequence, slug))
        return true;
    for (int i = 0; i < rules->rule_count; i++)
        if (str_equal(rules->rules[i].give_to.sequence, slug))
            return true;
    return false;
}

/* It lasts: rule sets of the past name it, and are read for ever. */
static bool
read_slug(struct work *w, const struct workspace_cache *cache,
          const struct json *json, struct sequence *sequence)
{
    struct str given = json_get_text(json, "slug");
    struct str slug =
        workspace_slug(w->arena, given.data == NULL ? sequence->name : given);

    if (sequence->version > 0)
        return given.data == NULL || str_equal(slug, sequence->slug)
            || fail_at(w, STR("/slug"), "lasting",
                       "It stays %.*s: rules call it so.",
                       STR_ARG(sequence->slug));
    if (str_is_empty(slug))
        return fail_at(w, STR("/slug"), "empty",
                       "A sequence is called something.");
    sequence->slug = slug;
    return slug_is_free(w, cache, sequence);
}

static bool
read_sequence(struct work *w, const struct workspace_cache *cache,
              const struct json *json, struct sequence *sequence)
{
    const struct json *name = json_get(json, "name");
    const struct json *steps = json_get(json, "steps");

    if (name != NULL)
        sequence->name = str_trim(name->text);
    if (str_is_empty(sequence->name))
        fail_at(w, STR("/name"), "empty", "A sequence has a name.");
    sequence->active = json_get_bool(json, "active", sequence->active);
    if (steps != NULL) {
        sequence->steps_json = json_tree_text(w->arena, steps);
        if (!sequence_read(w, w->arena, steps, STR("/steps"), sequence)
            || !sequence_messages_check(w, sequence))
            return false;
    }
    return read_slug(w, cache, json, sequence) && w->error.kind == ERR_NONE;
}

static bool
create(struct work *w, const struct request *request, struct response *response)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct sequence sequence = { .id = work_id(w), .active = true };

    if (cache == NULL)
        return false;
    if (cache->sequences_in_use >= SEQUENCES_MAX)
        return fail(w, ERR_CONFLICT, "There may be %d sequences.",
                    SEQUENCES_MAX);
    if (!read_sequence(w, cache, request->json, &sequence)
        || !sequence_save(w, &sequence) || !workspace_config_changed(w)
        || !answer(w, response, &sequence))
        return false;
    response->status = 201;
    return true;
}

static bool
is_current(struct work *w, const struct request *request,
           const struct sequence *sequence)
{
    struct text current;

    if (!sequence_text(w, sequence, &current)
        || !request_if_match(w, request, sequence->version, text_str(&current)))
        return false;
    if (json_get_int(request->json, "version", sequence->version)
        == sequence->version)
        return true;
    w->error.extra_json =
        arena_format(w->arena, "\"current\":%.*s", STR_ARG(text_str(&current)))
            .data;
    return fail(w, ERR_CONFLICT,
                "The sequence is at version %ld. Look at it again and repeat "
                "the change.",
                (long)sequence->version);
}

static bool
change(struct work *w, const struct request *request, struct response *response)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct sequence sequence = { 0 };

    return cache != NULL && load(w, request, &sequence)
        && is_current(w, request, &sequence)
        && read_sequence(w, cache, request->json, &sequence)
        && sequence_save(w, &sequence) && workspace_config_changed(w)
        && answer(w, response, &sequence);
}

static bool
archive(struct work *w, const struct request *request,
        struct response *response)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct sequence sequence = { 0 };

    (void)response;
    if (cache == NULL || !load(w, request, &sequence)
        || !is_current(w, request, &sequence))
        return false;
    if (rules_name(cache, sequence.slug))
        return fail(w, ERR_CONFLICT,
                    "The rules in force begin it. Publish others first.");
    sequence.archived_ms = w->now_ms;
    return sequence_save(w, &sequence) && workspace_config_changed(w);
}

/* ------------------------------------------------------------------ runs */

static void
put_run(struct json_out *out, const struct workspace_cache *cache,
        const struct sequence_run *run)
{
    const struct sequence *sequence = sequence_of(cache, run->sequence);

    json_open_object(out);
    json_put_id(out, "id", run->id);
    json_put_id(out, "sequence", run->sequence);
    json_put_text(out, "name", sequence == NULL ? STR_NONE : sequence->name);
    json_put_text(out, "state", run->state);
    json_put_int(out, "step", run->step);
    json_put_time(out, "next_at", run->due_ms);
    json_put_text(out, "reason", run->reason);
    json_put_time(out, "started_at", run->started_ms);
    json_put_time(out, "ended_at", run->ended_ms);
    json_close_object(out);
}

static bool
answer_runs(struct work *w, struct response *response, const struct lead *lead)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct sequence_run *runs;
    struct text text;
    int count;

    if (cache == NULL || !sequence_runs(w, lead->id, &runs, &count))
        return false;
    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < count; i++)
        put_run(&out, cache, &runs[i]);
    response_list_done(response, &out);
    return true;
}

static bool
list_runs(struct work *w, const struct request *request,
          struct response *response)
{
    struct lead lead;

    return lead_api_load(w, request, &lead) && answer_runs(w, response, &lead);
}

static bool
begin(struct work *w, const struct request *request, struct response *response)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct str name = json_get_text(request->json, "sequence");
    struct lead lead;

    if (cache == NULL || !lead_api_load(w, request, &lead))
        return false;
    const struct sequence *sequence = sequence_find(cache, name);
    if (sequence == NULL || !sequence->active)
        return fail_at(w, STR("/sequence"), "unknown_sequence",
                       "There is no active sequence \"%.*s\".", STR_ARG(name));
    if (lead_is_closed(&lead))
        return fail(w, ERR_CONFLICT, "The lead is closed.");
    if (!sequence_begin(w, &lead, sequence, &lifecycle_step_job)
        || !lead_save(w, &lead) || !answer_runs(w, response, &lead))
        return false;
    response->status = 201;
    return true;
}

static bool
stop(struct work *w, const struct request *request, struct response *response)
{
    struct lead lead;

    (void)response;
    if (!lead_api_load(w, request, &lead))
        return false;
    if (lead.sequence_state != LEAD_IN_SEQUENCE)
        return fail(w, ERR_CONFLICT, "The lead is in no sequence.");
    return sequence_stop(w, &lead, "by_hand") && lead_save(w, &lead);
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/sequences", list, CAN_VIEW_WORKSPACE,
      "Planned touches that stop when the person answers.",
      .gives = &list_shape },
    { POST, "/api/v1/sequences", create, CAN_EDIT_ROUTING, "Plan touches.",
      .takes = &new_shape, .gives = &sequence_shape },
    { GET, "/api/v1/sequences/{id}", show, CAN_VIEW_WORKSPACE, "One sequence.",
      .gives = &sequence_shape },
    { PATCH, "/api/v1/sequences/{id}", change, CAN_EDIT_ROUTING,
      "Change a sequence. Leads that are in it go on at the same place.",
      .takes = &change_shape, .gives = &sequence_shape },
    { DELETE, "/api/v1/sequences/{id}", archive, CAN_EDIT_ROUTING,
      "Put a sequence away. Leads that are in it go on to its end." },
    { GET, "/api/v1/leads/{id}/sequence", list_runs, CAN_VIEW_LEADS,
      "The sequences a lead is or was in, newest first.",
      .gives = &runs_shape },
    { POST, "/api/v1/leads/{id}/sequence", begin, CAN_EDIT_LEADS,
      "Begin a sequence with a lead; one at a time.", .takes = &begin_shape,
      .gives = &runs_shape },
    { DELETE, "/api/v1/leads/{id}/sequence", stop, CAN_EDIT_LEADS,
      "Stop the sequence a lead is in." },
    { 0 },
};

const struct module sequence_module = { "sequence", endpoints, NULL };
