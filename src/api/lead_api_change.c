/*
 * lead_api_change: what people do with a lead: change its fields or stage,
 * give it to an owner, note a touch. What follows from it is decided by the
 * lifecycle.
 */
#include "src/api/lead_api.h"

#include <assert.h>

#include "lib/time/zone.h"
#include "src/access/permission.h"
#include "src/api/lead_input.h"
#include "src/lead/choice.h"
#include "src/lead/custom.h"
#include "src/lead/lead_merge.h"
#include "src/lead/stage.h"
#include "src/lifecycle.h"
#include "src/match/match.h"
#include "src/standardise/standardise.h"

enum { AHEAD_MS_MAX = 5 * 60 * 1000 };

/* ---------------------------------------------------------------- shapes */

#define OURS(name)                                              \
    {                                                           \
        name, SHAPE_ANY, SHAPE_READ_ONLY, .about = "Read only." \
    }

static const struct shape_field change_fields[] = {
    LEAD_INPUT_FIELDS,
    LEAD_INPUT_LINE("source", "Where the lead came from."),
    LEAD_INPUT_LINE("currency", "ISO 4217."),
    { "tags", SHAPE_TEXT, SHAPE_LIST | SHAPE_NULLABLE, 100,
      .about = "All tags." },
    { "consent", SHAPE_ANY, SHAPE_NULLABLE, .about = "In place of the old." },
    { "social", SHAPE_OBJECT, SHAPE_NULLABLE, .about = "In place of the old." },
    LEAD_INPUT_LINE("external_id", "The source's own id."),
    { "custom", SHAPE_OBJECT, SHAPE_NULLABLE,
      .about = "Named fields are set, those with null are emptied, the rest "
               "stays." },
    { "stage", SHAPE_TEXT, 0, 50, .about = "The stage it moves to." },
    { "reason", SHAPE_TEXT, SHAPE_NULLABLE, 2000,
      .about = "Why; shown on the timeline." },
    { "version", SHAPE_INTEGER, 0,
      .about = "The version that is changed; as If-Match." },
    { "owner", SHAPE_ANY, SHAPE_READ_ONLY,
      .about = "Read only here; POST .../owner gives the lead away." },
    OURS("id"),
    OURS("account"),
    OURS("score"),
    OURS("score_lines"),
    OURS("created_at"),
    OURS("updated_at"),
    OURS("assigned_at"),
    OURS("first_assigned_at"),
    OURS("first_response_at"),
    OURS("response_due_at"),
    OURS("late_count"),
    OURS("returns"),
    OURS("last_return_at"),
    OURS("touches"),
    OURS("last_touch_at"),
    OURS("asked_again_at"),
    OURS("pinned_until"),
    OURS("merged_into"),
    { 0 },
};
const struct shape lead_change_shape = {
    "LeadChange", "What is to be changed; what is absent stays.", 0,
    change_fields
};

static const struct shape_field to_fields[] = {
    { "rep", SHAPE_TEXT, 0, 254, .about = "A person: id or e-mail address." },
    { "queue", SHAPE_TEXT, 0, 100, .about = "A queue: id or short name." },
    { 0 },
};
static const struct shape to_shape = { "OwnerTo", "One of rep and queue.", 0,
                                       to_fields };
static const struct shape_field give_fields[] = {
    { "to", SHAPE_OBJECT, SHAPE_REQUIRED, .of = &to_shape,
      .about = "Who gets it." },
    { "reason", SHAPE_TEXT, SHAPE_NULLABLE, 2000,
      .about = "Shown on the timeline." },
    { "pin_until", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "Nothing automatic moves it till then; null takes the pin "
               "off." },
    { "version", SHAPE_INTEGER, 0, .about = "As If-Match." },
    { 0 },
};
const struct shape lead_give_shape = { "LeadGive", "Who is to own a lead.", 0,
                                       give_fields };

/* The names of touch_kinds. */
static const char *const kinds[] = { "call", "email",    "message", "meeting",
                                     "note", "document", NULL };

static const struct shape_field touch_fields[] = {
    { "kind", SHAPE_OPTION, SHAPE_REQUIRED, .options = kinds,
      .about = "What was done." },
    { "outcome", SHAPE_TEXT, SHAPE_NULLABLE, 200, .about = "In a word." },
    { "note", SHAPE_TEXT, SHAPE_NULLABLE, 20000, .about = "In many." },
    { "at", SHAPE_TIME, SHAPE_NULLABLE, .about = "When; now if absent." },
    { 0 },
};
const struct shape lead_touch_shape = { "LeadTouch", "Something done.", 0,
                                        touch_fields };

/* --------------------------------------------------------------- changes */

/* A change while it is made. */
struct change {
    struct work *w;
    struct lead *lead;
    const struct json *json;
    struct lead_facts facts;
    struct text log; /* [{"field", "from", "to", "given"}]; given: as written,
                        when it was brought into another shape */
    struct json_out out;
    int count;
};

static void
note_change(struct change *c, int field, const struct fact *from,
            const struct fact *to)
{
    const struct json *given = json_get(c->json, lead_fields[field].name);

    json_open_object(&c->out);
    json_put_cstr(&c->out, "field", lead_fields[field].name);
    json_name(&c->out, "from");
    lead_fact_json(&c->out, c->w->arena, &lead_fields[field], from);
    json_name(&c->out, "to");
    lead_fact_json(&c->out, c->w->arena, &lead_fields[field], to);
    if (given != NULL && given->kind == JSON_TEXT
        && !str_equal(given->text, to->text))
        json_put_text(&c->out, "given", given->text);
    if (field == LEAD_CURRENCY && c->facts.currency_usual)
        json_put_cstr(&c->out, "by", "workspace");
    json_close_object(&c->out);
    c->count++;
}

static void
set_field(struct change *c, int field)
{
    struct fact before = c->lead->facts[field];
    const struct fact *after = &c->facts.facts[field];

    if (lead_same_fact(&before, after))
        return;
    c->lead->facts[field] = *after;
    if (field == LEAD_EMAIL)
        c->lead->email_key = c->facts.email_key;
    if (field == LEAD_PHONE)
        c->lead->phone_key = c->facts.phone_key;
    note_change(c, field, &before, after);
}

/* What was named, and what came with it: an amount brings its currency. */
static void
set_fields(struct change *c)
{
    for (int i = 0; i < LEAD_GIVEN_COUNT; i++)
        if (json_get(c->json, lead_fields[i].name) != NULL
            || c->facts.facts[i].known)
            set_field(c, i);
}

/* N12: money that was written without a currency. */
static void
assume_currency(struct change *c, const struct workspace_cache *cache)
{
    const struct fact unknown = { 0 };
    struct fact *facts = c->lead->facts;

    if (!c->facts.facts[LEAD_DEAL_VALUE].known
        || !standardise_currency(c->w->arena, facts, cache->workspace.currency))
        return;
    c->facts.currency_usual = true;
    note_change(c, LEAD_CURRENCY, &unknown, &facts[LEAD_CURRENCY]);
}

static void
note_tree(struct change *c, const char *name, const struct json *from,
          const struct json *to)
{
    json_open_object(&c->out);
    json_put_cstr(&c->out, "field", name);
    json_put_tree(&c->out, "from", from);
    json_put_tree(&c->out, "to", to);
    json_close_object(&c->out);
    c->count++;
}

static void
set_tree(struct change *c, const char *name, const struct json **place)
{
    const struct json *given = json_get(c->json, name);

    if (given == NULL)
        return;
    if (given->kind == JSON_NULL)
        given = NULL;
    if (given == NULL && *place == NULL)
        return;
    note_tree(c, name, *place, given);
    *place = given;
}

/* What is named is set or emptied; the rest stays. Each is a change of its
 * own. */
static bool
set_custom(struct change *c, const struct workspace_cache *cache)
{
    const struct json *given = json_get(c->json, "custom");
    const struct json *old = c->lead->custom;

    if (given == NULL || given->kind == JSON_NULL) {
        set_tree(c, "custom", &c->lead->custom);
        custom_set(c->w->arena, cache->schema, c->lead, c->lead->custom);
        return true;
    }
    if (!custom_read(c->w, cache->schema, given, true, STR("/custom"), &given,
                     NULL))
        return false;
    for (size_t i = 0; i < given->object.count; i++) {
        const struct json_member *member = &given->object.members[i];
        const char *name =
            arena_cstr(c->w->arena, arena_format(c->w->arena, "custom.%.*s",
                                                 STR_ARG(member->name)));
        note_tree(c, name, json_get(old, name + sizeof "custom"),
                  &member->value);
    }
    custom_set(c->w->arena, cache->schema, c->lead,
               custom_merge(c->w->arena, old, given));
    return true;
}

/* L9: a stage of the workspace, and one that the lead may go to. */
static bool
check_stage(struct change *c, const struct workspace_cache *cache,
            const struct lead_stage *to, struct str name)
{
    const struct lead_stage *from =
        lead_stage_find(cache->stages, str_of(c->lead->stage));
    struct text moves = text_new(c->w->arena);

    if (to == NULL || to->moved_to != NULL)
        return fail_at(c->w, STR("/stage"), "unknown_stage",
                       "A stage is one of %.*s.",
                       STR_ARG(lead_stage_names(c->w->arena, cache->stages)));
    if (from == NULL || lead_stage_leads_to(from, name))
        return true;
    for (const char *const *move = from->moves; *move != NULL; move++)
        text_format(&moves, moves.bytes > 0 ? ", %s" : "%s", *move);
    return fail_at(c->w, STR("/stage"), "not_allowed",
                   "From %s a lead goes to: %.*s.", from->name,
                   STR_ARG(text_str(&moves)));
}

static bool
set_stage(struct change *c, const struct workspace_cache *cache)
{
    struct str name = json_get_text(c->json, "stage");
    const struct lead_stage *stage = lead_stage_find(cache->stages, name);

    if (name.data == NULL || str_is(name, c->lead->stage))
        return true;
    if (!check_stage(c, cache, stage, name))
        return false;
    json_open_object(&c->out);
    json_put_cstr(&c->out, "field", "stage");
    json_put_cstr(&c->out, "from", c->lead->stage);
    json_put_cstr(&c->out, "to", stage->name);
    json_close_object(&c->out);
    c->count++;
    return lead_stage_set(c->w, c->lead, stage);
}

/* A number or an amount alone is read as the lead's other fields say. */
static bool
read_facts(struct change *c, const struct workspace_cache *cache)
{
    struct str country = lead_text(c->lead, LEAD_COUNTRY);
    struct str currency = lead_text(c->lead, LEAD_CURRENCY);
    const struct standardise_settings settings = {
        .strict = true,
        .country = country.bytes == 2 ? country : cache->workspace.country,
        .currency =
            str_is_empty(currency) ? cache->workspace.currency : currency,
        .currency_is_of_workspace = str_is_empty(currency),
    };

    return standardise(c->w, c->json, STR(""), &settings, &c->facts)
        && choices_read(c->w, cache->schema, &c->facts, true, STR(""));
}

/* M2: who has another company, address or site may have another account. */
static bool
match_company(struct change *c, const struct fact *before)
{
    static const enum lead_field fields[] = { LEAD_COMPANY, LEAD_EMAIL,
                                              LEAD_WEBSITE };
    bool changed = false;

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        changed |=
            !lead_same_fact(&before[fields[i]], &c->lead->facts[fields[i]]);
    if (!changed)
        return true;

    const struct account_clue clue =
        standardise_company(c->w->arena, c->lead->facts, c->lead->email_key);
    return match_account(c->w, c->lead, &clue);
}

static bool
make_change(struct change *c, const struct workspace_cache *cache)
{
    const struct submission none = { 0 };
    const struct lead before = *c->lead;

    c->log = text_new(c->w->arena);
    c->out = json_out_new(&c->log);
    if (!read_facts(c, cache))
        return false;
    json_open_object(&c->out);
    json_name(&c->out, "changes");
    json_open_array(&c->out);
    set_fields(c);
    assume_currency(c, cache);
    set_tree(c, "consent", &c->lead->consent);
    set_tree(c, "social", &c->lead->social);
    if (!set_custom(c, cache) || !set_stage(c, cache))
        return false;
    json_close_array(&c->out);
    if (!str_is_empty(json_get_text(c->json, "reason")))
        json_put_text(&c->out, "reason", json_get_text(c->json, "reason"));
    json_close_object(&c->out);
    return match_let_go(c->w, &before, c->lead)
        && match_remember(c->w, c->lead, &c->facts, &none)
        && match_company(c, before.facts);
}

bool
lead_api_change(struct work *w, const struct request *request,
                struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct lead lead;
    struct change change = { .w = w, .lead = &lead, .json = request->json };

    if (cache == NULL || !lead_api_load(w, request, &lead)
        || !lead_api_unchanged(w, request, &lead)
        || !make_change(&change, cache))
        return false;
    if (change.count > 0 && !lifecycle_changed(w, &lead, text_str(&change.log)))
        return false;
    return lead_api_answer(w, response, &lead);
}

/* ----------------------------------------------------------------- owner */

static bool
find_rep(struct work *w, const struct team *team, struct str text,
         struct owner *to)
{
    struct id id;
    int number = id_parse(text, &id)
                   ? team_find(team, id)
                   : team_find_email(team, fold_text(w->arena, text));

    if (number < 0)
        return fail_at(w, STR("/to/rep"), "unknown_person",
                       "Nobody here is %.*s.", STR_ARG(text));
    if (!team->people[number].active)
        return fail_at(w, STR("/to/rep"), "has_left",
                       "%.*s does not work here any more.",
                       STR_ARG(team->people[number].name));
    if (!person_may_own(&team->people[number]))
        return fail_at(w, STR("/to/rep"), "views_only",
                       "%.*s is a viewer, who may only look at leads.",
                       STR_ARG(team->people[number].name));
    *to = owner_rep(team->people[number].id);
    return true;
}

static bool
find_queue(struct work *w, const struct workspace_cache *cache, struct str text,
           struct owner *to)
{
    struct id id = ID_NONE;
    bool by_id = id_parse(text, &id);

    for (int i = 0; i < cache->queue_count; i++) {
        const struct queue *queue = &cache->queues[i];
        if ((by_id && id_equal(queue->id, id))
            || str_equal(queue->slug, text)) {
            *to = owner_queue(queue->id);
            return true;
        }
    }
    return fail_at(w, STR("/to/queue"), "unknown_queue",
                   "There is no queue %.*s.", STR_ARG(text));
}

static bool
read_to(struct work *w, const struct workspace_cache *cache,
        const struct json *json, struct owner *to)
{
    struct str rep = json_get_text(json, "rep");
    struct str queue = json_get_text(json, "queue");

    if ((rep.data == NULL) == (queue.data == NULL))
        return fail_at(w, STR("/to"), "one_of",
                       "Name exactly one of rep and queue.");
    if (rep.data != NULL)
        return find_rep(w, cache->team, rep, to);
    return find_queue(w, cache, queue, to);
}

/* Not said: it stays as it is; null: it is taken off. */
static bool
read_pin(struct work *w, const struct json *json, struct lifecycle_pin *pin)
{
    const struct json *given = json_get(json, "pin_until");
    struct str text = json_get_text(json, "pin_until");

    pin->ends = given != NULL && given->kind == JSON_NULL;
    if (text.data == NULL)
        return true;
    if (!time_parse(text, &pin->until_ms) || pin->until_ms <= w->now_ms)
        return fail_at(w, STR("/pin_until"), "past",
                       "A pin ends in the future.");
    return true;
}

bool
lead_api_give(struct work *w, const struct request *request,
              struct response *response)
{
    struct workspace_cache *cache = workspace_cache(w);
    struct owner to = { 0 };
    struct lead lead;
    struct lifecycle_pin pin = { 0 };

    return cache != NULL && lead_api_load(w, request, &lead)
        && lead_api_unchanged(w, request, &lead)
        && read_to(w, cache, json_get(request->json, "to"), &to)
        && read_pin(w, request->json, &pin)
        && lifecycle_give(w, &lead, to, &pin,
                          json_get_text(request->json, "reason"))
        && lead_api_answer(w, response, &lead);
}

/* --------------------------------------------------------------- touches */

static const struct touch_kind *
find_kind(struct str name)
{
    for (const struct touch_kind *kind = touch_kinds; kind->name; kind++)
        if (str_is(name, kind->name))
            return kind;
    return NULL;
}

/* A clock may be ahead or behind. */
static bool
read_moment(struct work *w, const struct lead *lead, struct str at,
            int64_t *at_ms)
{
    if (!time_parse(at, at_ms) || *at_ms > w->now_ms + AHEAD_MS_MAX)
        return fail_at(w, STR("/at"), "future",
                       "A touch has happened already.");
    if (*at_ms < lead->created_ms - AHEAD_MS_MAX)
        return fail_at(w, STR("/at"), "before_lead",
                       "A touch comes after its lead: this one came on %.*s.",
                       STR_ARG(time_show(w->arena, lead->created_ms)));
    return true;
}

static bool
read_touch(struct work *w, const struct lead *lead, const struct json *json,
           struct touch *touch)
{
    struct str at = json_get_text(json, "at");

    *touch = (struct touch){
        .kind = find_kind(json_get_text(json, "kind")),
        .outcome = json_get_text(json, "outcome"),
        .note = json_get_text(json, "note"),
        .at_ms = w->now_ms,
    };
    assert(touch->kind != NULL); /* the shape knows the same names */
    return at.data == NULL || read_moment(w, lead, at, &touch->at_ms);
}

bool
lead_api_touch(struct work *w, const struct request *request,
               struct response *response)
{
    struct touch touch;
    struct lead lead;

    if (!lead_api_load(w, request, &lead)
        || !lead_api_unchanged(w, request, &lead)
        || !read_touch(w, &lead, request->json, &touch)
        || !lifecycle_touch(w, &lead, &touch)
        || !lead_api_answer(w, response, &lead))
        return false;
    response->status = 201;
    return true;
}
