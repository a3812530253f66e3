/* hook_take: see hook_take.h. */
#include "src/api/hook_take.h"

#include "src/api/capture_api.h"
#include "src/api/mapped_facts.h"
#include "src/lead/erasure.h"
#include "src/lifecycle.h"
#include "src/standardise/standardise.h"

enum { DELIVERY_BYTES_MAX = 500 };

const struct hook *
hook_of_source(const struct workspace_cache *cache, struct id source)
{
    for (int i = 0; i < cache->hook_count; i++)
        if (id_equal(cache->hooks[i].source, source))
            return &cache->hooks[i];
    return NULL;
}

/* ---------------------------------------------------------------- opening */

struct str
hook_delivery_key(struct arena *arena, struct str key)
{
    if (str_is_empty(key))
        return STR_NONE;
    if (key.bytes <= DELIVERY_BYTES_MAX && str_is_utf8(key)
        && str_find_char(key, '\0') < 0)
        return key;
    return held_digest(arena, key);
}

static void
hold(struct hook_lead *lead, enum held_state state, const char *code,
     struct str reason, struct str pointer)
{
    lead->state = state;
    lead->code = code;
    lead->reason = reason;
    lead->pointer = pointer;
}

/* Where in the body the field was read from. */
static struct str
place_of_field(const struct hook *hook, struct str name)
{
    int field = lead_field_find(name);

    for (size_t i = 0; i < hook->mapping.count; i++)
        if (hook->mapping.columns[i].to == field && hook->columns[i].count > 0)
            return hook->columns[i].paths[0];
    return STR_NONE;
}

static const struct json *
note_on(const struct json *notes, enum lead_field field)
{
    for (size_t i = 0; notes != NULL && i < notes->array.count; i++)
        if (str_is(json_get_text(&notes->array.items[i], "field"),
                   lead_fields[field].name))
            return &notes->array.items[i];
    return NULL;
}

/* Nothing that would tell us who it is can be read: the first value without
 * sense is to blame. Its lead waits until somebody has looked at it. */
static void
check_facts(struct arena *arena, const struct hook *hook,
            struct hook_lead *lead)
{
    static const enum lead_field telling[] = {
        LEAD_NAME,    LEAD_EMAIL,       LEAD_PHONE,
        LEAD_COMPANY, LEAD_EXTERNAL_ID, LEAD_MESSAGE,
    };
    struct json_error error;
    const struct json *notes = str_is_empty(lead->facts.notes)
                                 ? NULL
                                 : json_parse(arena, lead->facts.notes, &error);

    for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
        if (lead->facts.facts[telling[i]].known
            && note_on(notes, telling[i]) == NULL)
            return;
    const struct json *note =
        notes != NULL && notes->array.count > 0 ? &notes->array.items[0] : NULL;
    struct str field = json_get_text(note, "field");
    hold(lead, HELD_QUARANTINED, "impossible_value",
         arena_format(arena,
                      "%.*s cannot be read (%.*s), and nothing else says who "
                      "it is.",
                      STR_ARG(field), STR_ARG(json_get_text(note, "code"))),
         place_of_field(hook, field));
}

static void
open_lead(struct arena *arena, const struct hook *hook,
          const struct workspace *workspace, const struct json *tree,
          const struct json *whole, struct hook_lead *lead)
{
    struct hook_reading reading;

    hook_map(arena, hook, tree, whole, &reading);
    lead->delivery_key = hook_delivery_key(arena, reading.delivery_key);
    lead->new_leaves = reading.new_leaves;
    lead->new_count = reading.new_count;
    switch (reading.verdict) {
    case HOOK_IGNORED:
        hold(lead, HELD_IGNORED, "not_a_lead",
             STR("The mapping of the source says that this is no lead."),
             reading.pointer);
        return;
    case HOOK_NOTHING:
        hold(lead, HELD_QUARANTINED, "nothing_mapped",
             STR("The mapping finds nobody in it: no name, address, number, "
                 "company or message."),
             STR_NONE);
        return;
    case HOOK_LEAD:
        lead->fit = true;
        mapped_facts(arena, hook->file, workspace, reading.mapped.given,
                     &lead->facts);
        check_facts(arena, hook, lead);
        return;
    }
}

static void
open_unreadable(struct arena *arena, struct str bytes, struct str why,
                const char *code, struct hook_body *body)
{
    body->count = 1;
    body->leads = ARENA_NEW(arena, struct hook_lead);
    body->leads[0].body = bytes;
    hold(&body->leads[0], HELD_QUARANTINED, code, why, STR(""));
}

void
hook_body_open(struct arena *arena, const struct hook *hook,
               const struct workspace_cache *cache, struct str content_type,
               struct str bytes, struct hook_body *body)
{
    struct workspace workspace = cache->workspace;
    struct str why;

    workspace.country = workspace_phone_country(cache, hook->source);

    *body = (struct hook_body){ .content_type = content_type };
    if (hook->broken) {
        open_unreadable(arena, bytes,
                        STR("The mapping of the source cannot be used."),
                        "broken_mapping", body);
        return;
    }
    const struct json *whole =
        hook_body_read(arena, hook, content_type, bytes, &why);
    if (whole == NULL) {
        body->fault = str_is_empty(hook->key.at)
                        ? NULL
                        : "The body cannot be read, so nobody knows who sent "
                          "it.";
        open_unreadable(arena, bytes, why, "unreadable", body);
        return;
    }
    body->fault = hook_key_fault(arena, hook, whole);
    if (body->fault != NULL)
        return;

    const struct json *const *trees =
        hook_body_leads(arena, hook, whole, &body->count);
    if (body->count == 0 || body->count > HOOK_LEADS_MAX) {
        open_unreadable(arena, bytes,
                        body->count == 0
                            ? STR("The list of leads is empty.")
                            : arena_format(arena,
                                           "These are more than %d leads.",
                                           HOOK_LEADS_MAX),
                        body->count == 0 ? "nothing_mapped" : "too_many", body);
        return;
    }
    body->leads = ARENA_ARRAY(arena, struct hook_lead, (size_t)body->count);
    for (int i = 0; i < body->count; i++) {
        body->leads[i].body =
            body->count == 1 ? bytes : json_tree_text(arena, trees[i]);
        open_lead(arena, hook, &workspace, trees[i], whole, &body->leads[i]);
    }
}

/* ----------------------------------------------------------------- taking */

static bool
note_leaves(struct work *w, const struct hook *hook,
            const struct hook_lead *lead, struct id submission)
{
    struct workspace_cache *cache = workspace_cache(w);

    return cache != NULL
        && hook_leaves_seen(w, cache, hook->source, lead->new_leaves,
                            lead->new_count, submission);
}

static bool
keep(struct work *w, const struct hook *hook, const struct hook_body *body,
     const struct hook_lead *lead, struct held *held,
     struct hook_result *result)
{
    bool is_new;

    held->source = hook->source;
    held->door = HELD_BY_HOOK;
    held->delivery_key = held_name(w->arena, lead->delivery_key, lead->body);
    held_pack(w->arena, body->content_type, lead->body, held);
    if (!held_keep(w, held, &is_new) || !note_leaves(w, hook, lead, held->id))
        return false;
    if (is_new)
        held_tell(w, held);
    *result = (struct hook_result){
        .state = held_state_names[held->state],
        .submission = held->id,
        .lead = held->lead,
    };
    return true;
}

static bool
take(struct work *w, const struct hook *hook, const struct hook_body *body,
     const struct hook_lead *lead, const char *hold_as, struct id id,
     struct hook_result *result)
{
    struct held packed = { 0 };
    struct lead_facts facts = lead->facts;
    struct intake intake = { 0 };
    struct submission submission;

    held_pack(w->arena, body->content_type, lead->body, &packed);
    if (!capture_submission(w, packed.content_type, packed.body,
                            lead->delivery_key, &submission))
        return false;
    if (!id_is_none(id))
        submission.id = id;
    submission.hold = hold_as;
    if (!lifecycle_intake(w, &submission, &facts, &intake))
        return false;
    *result = (struct hook_result){
        .state = intake.repeated ? "repeated"
               : intake.matched  ? "joined"
                                 : "taken",
        .submission = submission.id,
        .lead = intake.lead.id,
    };
    return intake.repeated || note_leaves(w, hook, lead, submission.id);
}

/* Its lead waits in the default queue; and so that it is seen, it is held. */
static bool
keep_with_lead(struct work *w, const struct hook *hook,
               const struct hook_body *body, const struct hook_lead *lead,
               struct held *held, struct hook_result *result)
{
    struct hook_result taken = { 0 };

    if (!take(w, hook, body, lead, "quarantined", ID_NONE, &taken))
        return false;
    held->lead = taken.lead;
    return keep(w, hook, body, lead, held, result);
}

/* A stage has failed on it: somebody must look, and nothing is lost. */
static bool
take_with_care(struct work *w, const struct hook *hook,
               const struct hook_body *body, const struct hook_lead *lead,
               enum held_care care, const struct error *failure,
               struct hook_result *result)
{
    struct held held = held_failed(failure);

    return care == HELD_CARE_QUEUE
             ? keep_with_lead(w, hook, body, lead, &held, result)
             : keep(w, hook, body, lead, &held, result);
}

/* A body of several is a list: it came from elsewhere, and brings nobody back
 * who was erased. One alone is somebody who is there anew. */
static struct id
erased_of_list(struct work *w, const struct hook_body *body,
               const struct hook_lead *lead)
{
    const struct workspace_cache *cache = workspace_cache(w);
    struct lead_facts facts = lead->facts;

    if (cache == NULL || cache->erased_count == 0 || body->count < 2
        || !lead->fit)
        return ID_NONE;
    standardise_phone(w->arena, &facts, cache->workspace.country);
    return erasure_of_facts(w, &facts);
}

/* That he was sent is noted, and nothing of what was said. */
static bool
leave_out(struct work *w, const struct hook *hook, struct id erasure,
          struct hook_result *result)
{
    struct held held = {
        .source = hook->source,
        .door = HELD_BY_HOOK,
        .content_type = STR("application/json"),
        .body = STR(""),
        .state = HELD_DISMISSED,
        .code = STR("erased"),
        .reason = erasure_sentence(w->arena, erasure),
        .settled_ms = w->now_ms,
    };
    bool is_new;

    if (!held_keep(w, &held, &is_new))
        return false;
    *result = (struct hook_result){ .state = "erased", .submission = held.id };
    return true;
}

bool
hook_take_one(struct work *w, const struct hook *hook,
              const struct hook_body *body, const struct hook_lead *lead,
              enum held_care care, const struct error *failure, struct id id,
              struct hook_result *result)
{
    struct held held = {
        .id = id,
        .state = lead->state,
        .code = str_of(lead->code),
        .reason = lead->reason,
        .pointer = lead->pointer,
    };

    struct id erasure = erased_of_list(w, body, lead);

    if (!id_is_none(erasure))
        return leave_out(w, hook, erasure, result);
    if (!lead->fit)
        return keep(w, hook, body, lead, &held, result);
    if (care != HELD_CARE_NONE)
        return take_with_care(w, hook, body, lead, care, failure, result);
    if (lead->code != NULL)
        return keep_with_lead(w, hook, body, lead, &held, result);
    return take(w, hook, body, lead, NULL, id, result);
}
