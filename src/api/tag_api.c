/*
 * tag_api: see tag_api.h. Tags are not declared: there are those that leads
 * have. A change goes through them some at a time, so that leads that come in
 * meanwhile need not wait.
 */
#include "src/api/tag_api.h"

#include <stdlib.h>

#include "lib/jobs/jobs.h"
#include "src/access/permission.h"
#include "src/api/field_use.h"
#include "src/lead/tag.h"
#include "src/lifecycle.h"
#include "src/workspace/cache.h"

enum { LEADS_AT_A_TIME = 100, SHOWN_MAX = 1000 };

static const struct job_kind change_job;

/* ---------------------------------------------------------------- shapes */

static const struct shape_field tag_fields[] = {
    { "name", SHAPE_TEXT, SHAPE_REQUIRED,
      .about = "As its newest lead has it." },
    { "leads", SHAPE_INTEGER, SHAPE_NULLABLE,
      .about = "How many have it; null for who sees his own leads only." },
    { 0 },
};
static const struct shape tag_shape = { "Tag", "A tag in use.", 0, tag_fields };
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &tag_shape,
      .about = "The most used first; at most 1,000." },
    { "is_complete", SHAPE_BOOL, 0,
      .about = "false: there are more, or more leads than were counted." },
    { 0 },
};
static const struct shape list_shape = { "Tags", "Tags in use.", 0,
                                         list_fields };
static const struct shape_field rename_fields[] = {
    { "name", SHAPE_TEXT, SHAPE_REQUIRED, TAG_BYTES_MAX,
      .about = "What it is called from now on." },
    { 0 },
};
static const struct shape rename_shape = { "TagChange", "A tag's new name.", 0,
                                           rename_fields };
static const struct shape_field merge_fields[] = {
    { "into", SHAPE_TEXT, SHAPE_REQUIRED, TAG_BYTES_MAX,
      .about = "A tag that is in use." },
    { 0 },
};
static const struct shape merge_shape = { "TagMerge", "The tag it becomes.", 0,
                                          merge_fields };
static const struct shape_field begun_fields[] = {
    { "tag", SHAPE_TEXT, SHAPE_REQUIRED, .about = "The tag that is gone." },
    { "to", SHAPE_TEXT, SHAPE_NULLABLE, .about = "What is in its place." },
    { 0 },
};
static const struct shape begun_shape = {
    "TagChanging", "Its leads are being changed, some at a time.", 0,
    begun_fields
};

/* --------------------------------------------------------------- counting */

/* A tag, over all sets that have it. */
struct counted {
    struct str folded;
    struct str name; /* as its newest lead shows it */
    int64_t leads;
    struct id newest;
};

struct counting {
    struct arena *arena;
    struct hash_map places; /* hash of the folded tag -> index + 1 */
    struct counted *tags;
    int count;
    int room;
};

static struct counted *
place_of(struct counting *c, struct str folded)
{
    int64_t key = hash_key(0, folded);
    int64_t place = hash_map_get(&c->places, key);

    if (place > 0)
        return &c->tags[place - 1];
    if (c->count == c->room) {
        struct counted *more =
            ARENA_ARRAY(c->arena, struct counted, (size_t)c->room * 2 + 64);
        for (int i = 0; i < c->count; i++)
            more[i] = c->tags[i];
        c->tags = more;
        c->room = c->room * 2 + 64;
    }
    c->tags[c->count++] = (struct counted){ .folded = folded };
    hash_map_put(&c->places, key, c->count);
    return &c->tags[c->count - 1];
}

static void
count_set(struct counting *c, const struct tag_set *set)
{
    struct str rest = set->folded;
    struct str tag;

    while (str_next(&rest, '\x1f', &tag)) {
        if (str_is_empty(tag))
            continue;
        struct counted *counted = place_of(c, tag);
        counted->leads += set->leads;
        if (set->newest.value > counted->newest.value)
            counted->newest = set->newest;
    }
}

static int
by_leads(const void *left, const void *right)
{
    const struct counted *a = left;
    const struct counted *b = right;

    if (a->leads != b->leads)
        return a->leads < b->leads ? 1 : -1;
    return str_compare(a->folded, b->folded);
}

/* ---------------------------------------------------------------- showing */

/* Columns hold tags folded: how one is written stands in its leads. */
static struct str
shown_by(struct arena *arena, const struct lead *lead, struct str folded)
{
    struct json_error error;
    const struct json *list =
        lead->facts[LEAD_TAGS].known
            ? json_parse(arena, lead->facts[LEAD_TAGS].text, &error)
            : NULL;

    for (size_t i = 0; list != NULL && i < list->array.count; i++)
        if (str_equal(fold_text(arena, list->array.items[i].text), folded))
            return list->array.items[i].text;
    return folded;
}

static bool
name_all(struct work *w, struct counted *tags, int count)
{
    struct lead *leads;
    int found;

    if (count <= 0)
        return true;
    struct id *ids = ARENA_ARRAY(w->arena, struct id, (size_t)count);
    for (int i = 0; i < count; i++) {
        ids[i] = tags[i].newest;
        tags[i].name = tags[i].folded;
    }
    if (!lead_select_ids(w, ids, count, &leads, &found))
        return false;
    for (int i = 0; i < count; i++)
        for (int j = 0; j < found; j++)
            if (id_equal(leads[j].id, tags[i].newest))
                tags[i].name = shown_by(w->arena, &leads[j], tags[i].folded);
    return true;
}

static bool
list(struct work *w, const struct request *request, struct response *response)
{
    struct counting c = { .arena = w->arena };
    struct tag_set *sets;
    struct text text;
    int set_count;

    (void)request;
    if (!tag_sets(w, &sets, &set_count))
        return false;
    hash_map_init(&c.places);
    for (int i = 0; i < set_count; i++)
        count_set(&c, &sets[i]);
    hash_map_free(&c.places);
    if (c.count > 0)
        qsort(c.tags, (size_t)c.count, sizeof *c.tags, by_leads);
    int shown = c.count > SHOWN_MAX ? SHOWN_MAX : c.count;
    if (!name_all(w, c.tags, shown))
        return false;

    bool own_only = !access_lead_scope(&w->actor).all;
    struct json_out out = response_json(w, response, &text);
    json_open_object(&out);
    json_name(&out, "items");
    json_open_array(&out);
    for (int i = 0; i < shown; i++) {
        json_open_object(&out);
        json_put_text(&out, "name", c.tags[i].name);
        json_name(&out, "leads");
        if (own_only)
            json_null(&out);
        else
            json_int(&out, c.tags[i].leads);
        json_close_object(&out);
    }
    json_close_array(&out);
    json_put_bool(&out, "is_complete",
                  shown == c.count && set_count < TAG_SETS_MAX);
    json_close_object(&out);
    response_json_done(response, &text);
    return true;
}

/* --------------------------------------------------------------- changing */

/* One tag that becomes another, or none. */
struct change {
    struct str tag; /* folded */
    struct str to;  /* as shown; STR_NONE: none */
    struct tag_place after;
};

static bool
go_on(struct work *w, const struct change *change)
{
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_text(&out, "tag", change->tag);
    json_put_text(&out, "to", change->to);
    json_put_text(&out, "after", change->after.folded);
    json_put_id(&out, "lead", change->after.lead);
    json_close_object(&out);
    return job_add(w, &(struct job_new){
                          .kind = &change_job,
                          .key = text_str(&text),
                          .payload = text_str(&text),
                      });
}

static bool
change_lead(struct work *w, const struct change *change, struct lead *lead)
{
    struct fact *tags = &lead->facts[LEAD_TAGS];
    struct fact to = lead_tags_fact(w->arena, &change->to, 1);
    struct text text = text_new(w->arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_name(&out, "changes");
    json_open_array(&out);
    json_open_object(&out);
    json_put_cstr(&out, "field", "tags");
    json_name(&out, "from");
    lead_fact_json(&out, w->arena, &lead_fields[LEAD_TAGS], tags);
    *tags = lead_tags_without(w->arena, tags, &change->tag, 1);
    if (change->to.data != NULL)
        *tags = lead_tags_joined(w->arena, tags, &to);
    json_name(&out, "to");
    lead_fact_json(&out, w->arena, &lead_fields[LEAD_TAGS], tags);
    json_close_object(&out);
    json_close_array(&out);
    json_put_cstr(&out, "reason", "tag_changed");
    json_close_object(&out);
    return lifecycle_changed(w, lead, text_str(&text));
}

static bool
run_change(struct work *w, const struct job *job)
{
    struct json_error error;
    const struct json *json = json_parse(w->arena, job->payload, &error);
    struct change change = { json_get_text(json, "tag"),
                             json_get_text(json, "to"),
                             { json_get_text(json, "after"), ID_NONE } };
    struct lead *leads;
    int count;

    if (!id_parse(json_get_text(json, "lead"), &change.after.lead))
        change.after.lead = ID_NONE;
    if (!tag_leads(w, change.tag, &change.after, LEADS_AT_A_TIME, &leads,
                   &count))
        return false;
    if (count > 0)
        change.after = (struct tag_place){
            lead_tags_folded(w->arena, &leads[count - 1].facts[LEAD_TAGS]),
            leads[count - 1].id
        };
    for (int i = 0; i < count; i++)
        if (!change_lead(w, &change, &leads[i]))
            return false;
    return count < LEADS_AT_A_TIME || go_on(w, &change);
}

static const struct job_kind change_job = {
    .name = "tag.change",
    .about = "Goes through the leads of a tag that becomes another, or none.",
    .run = run_change,
};
static const struct job_kind *const jobs[] = { &change_job, NULL };

/* The tag of the path, folded: one that leads have. */
static bool
find(struct work *w, const struct request *request, struct str *tag)
{
    struct str name = request_parameter(request, "name");
    bool used;

    *tag = fold_text(w->arena, name);
    if (!tag_is_used(w, *tag, &used))
        return false;
    return used
        || fail(w, ERR_NOT_FOUND, "No lead has the tag %.*s.", STR_ARG(name));
}

/* What decides by it would be wrong from then on. */
static bool
nothing_uses(struct work *w, struct str tag)
{
    struct str places;

    if (!field_use_find(w, STR("tags"), tag, &places))
        return false;
    return str_is_empty(places)
        || fail(w, ERR_CONFLICT,
                "The tag %.*s is used by %.*s: change that first.",
                STR_ARG(tag), STR_ARG(places));
}

static bool
begin(struct work *w, struct response *response, struct str tag, struct str to)
{
    const struct change change = { tag, to, { STR_NONE, ID_NONE } };
    struct text text;

    if (!go_on(w, &change))
        return false;
    struct json_out out = response_json(w, response, &text);
    json_open_object(&out);
    json_put_text(&out, "tag", tag);
    json_put_text(&out, "to", to);
    json_close_object(&out);
    response_json_done(response, &text);
    response->status = 202;
    return true;
}

static bool
check_name(struct work *w, struct str at, struct str name)
{
    return (!str_is_empty(str_trim(name)) && str_find_char(name, '\x1f') < 0
            && str_find_char(name, ',') < 0)
        || fail_at(w, at, "not_a_tag",
                   "A tag is a word or some, without a "
                   "comma.");
}

/* Only written otherwise, it is the same tag to all that ask for it. */
static bool
rename_tag(struct work *w, const struct request *request,
           struct response *response)
{
    struct str name = str_trim(json_get_text(request->json, "name"));
    struct str tag;
    bool used = false;

    if (!find(w, request, &tag) || !check_name(w, STR("/name"), name))
        return false;

    struct str folded = fold_text(w->arena, name);
    bool same = str_equal(folded, tag);
    if (!same && (!tag_is_used(w, folded, &used) || !nothing_uses(w, tag)))
        return false;
    if (used)
        return fail(w, ERR_CONFLICT,
                    "There are leads with the tag %.*s already: POST "
                    ".../merge makes the two one.",
                    STR_ARG(name));
    return begin(w, response, tag, name);
}

static bool
merge(struct work *w, const struct request *request, struct response *response)
{
    struct str into = str_trim(json_get_text(request->json, "into"));
    struct str folded = fold_text(w->arena, into);
    struct str tag;
    bool used;

    if (!find(w, request, &tag) || !check_name(w, STR("/into"), into))
        return false;
    if (str_equal(folded, tag))
        return fail_at(w, STR("/into"), "same_tag",
                       "A tag cannot become itself; PATCH renames it.");
    if (!tag_is_used(w, folded, &used))
        return false;
    if (!used)
        return fail_at(w, STR("/into"), "unknown_tag",
                       "No lead has the tag %.*s; PATCH renames one.",
                       STR_ARG(into));
    return nothing_uses(w, tag) && begin(w, response, tag, into);
}

static bool
take_away(struct work *w, const struct request *request,
          struct response *response)
{
    struct str tag;

    return find(w, request, &tag) && nothing_uses(w, tag)
        && begin(w, response, tag, STR_NONE);
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/tags", list, CAN_VIEW_WORKSPACE,
      "The tags that leads have, and how many have each.",
      .gives = &list_shape },
    { PATCH, "/api/v1/tags/{name}", rename_tag, CAN_EDIT_WORKSPACE,
      "Call a tag something else, on all leads that have it.",
      .takes = &rename_shape, .gives = &begun_shape },
    { POST, "/api/v1/tags/{name}/merge", merge, CAN_EDIT_WORKSPACE,
      "Make a tag another that is in use, on all leads that have it.",
      .takes = &merge_shape, .gives = &begun_shape },
    { DELETE, "/api/v1/tags/{name}", take_away, CAN_EDIT_WORKSPACE,
      "Take a tag from all leads that have it, unless something uses it.",
      .gives = &begun_shape },
    { 0 },
};

const struct module tag_module = { "tag", endpoints, jobs };
