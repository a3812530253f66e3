/*
 * lead_api_facts: where each fact of a lead came from. Nothing is written down
 * for this: the timeline says what each submission, person and merge has
 * changed, and is read from its end until it names the fact; the submissions
 * hold how it was written.
 */
#include "src/api/lead_api.h"

#include "src/api/submission_given.h"
#include "src/lead/lead_merge.h"

static const char *const from_kinds[] = { "submission", "import", "derived",
                                          "rule",       "person", "key",
                                          "source",     "system", "workspace",
                                          NULL };
static const struct shape_field from_fields[] = {
    { "kind", SHAPE_OPTION, SHAPE_REQUIRED, .options = from_kinds,
      .about = "What brought it. derived: it follows from another fact; rule: "
               "a convention of yours; workspace: its currency, of money that "
               "names none; person, key, source, system: a change after it had "
               "come." },
    { "id", SHAPE_TEXT, SHAPE_NULLABLE,
      .about = "Of that; derived: the other field's name." },
    { "name", SHAPE_TEXT, SHAPE_NULLABLE,
      .about = "Of the person or key, or the source of the submission." },
    { 0 },
};
static const struct shape from_shape = { "FactFrom", "What brought a fact.", 0,
                                         from_fields };
static const struct shape_field fact_fields[] = {
    { "field", SHAPE_TEXT, SHAPE_REQUIRED,
      .about = "As in conditions: custom.rooms." },
    { "value", SHAPE_ANY, SHAPE_REQUIRED, .about = "As it is known." },
    { "as_given", SHAPE_ANY, SHAPE_NULLABLE,
      .about = "As it was written by whoever brought it; null: it was not "
               "written there, or cannot be read again." },
    { "from", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &from_shape,
      .about = "null: nobody knows." },
    { "submission", SHAPE_ID, SHAPE_NULLABLE, .about = "It came with this." },
    { "merged_from", SHAPE_ID, SHAPE_NULLABLE,
      .about = "The lead that knew it before it became part of this one." },
    { "at", SHAPE_TIME, SHAPE_NULLABLE, .about = "Since when." },
    { 0 },
};
static const struct shape fact_shape = { "Fact", "A fact and its origin.", 0,
                                         fact_fields };
static const struct shape_field facts_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &fact_shape,
      .about = "Built-in fields first." },
    { 0 },
};
const struct shape lead_facts_shape = { "Facts", "What is known, and whence.",
                                        0, facts_fields };

/* ----------------------------------------------------------------- tracing */

struct origin {
    struct str kind; /* STR_NONE: nobody knows */
    struct str id;
    struct str name;
    const struct json *as_given;
    struct id submission;
    struct id merged_from;
    int64_t at_ms;
};

/* A submission of the lead, and what it says once it was asked for. */
struct source_text {
    struct submission_row row;
    bool is_read;
    const struct json *given;
};

struct trace {
    struct work *w;
    const struct workspace_cache *cache;
    const struct lead *lead;
    struct known_actors known;
    int group; /* its entries are those of this merge: it became part of
                  another; -1: it is one of its own */
    struct timeline_entry *entries; /* newest first */
    const struct json **data;       /* of each */
    int *groups; /* of each: the merge that brought it; -1: its own */
    int count;
    struct lead_merge *merges; /* newest first; those in force */
    int merge_count;
    struct source_text *texts;
    int text_count;
};

/* One question: a field, among the entries of one lead before it was merged. */
struct question {
    struct str field;
    int group;
    int from; /* the first entry that may answer */
};

static bool find_origin(struct trace *, struct question, struct origin *);

/* ----------------------------------------------------------------- loading */

static bool
add_merge(struct trace *t, int entry)
{
    struct lead_merge *merge = &t->merges[t->merge_count];
    struct id from;

    if (!str_is(t->entries[entry].kind, "lead.merged")
        || !id_parse(json_get_text(t->data[entry], "lead"), &from))
        return true;
    if (lead_merge_load(t->w, from, merge)) {
        t->merge_count++;
        return true;
    }
    if (t->w->error.kind != ERR_CONFLICT) /* it is two leads again */
        return false;
    t->w->error = (struct error){ 0 };
    return true;
}

static bool
has_moved(const struct lead_merge *merge, struct id entry)
{
    for (int i = 0; i < merge->timeline.count; i++)
        if (id_equal(merge->timeline.ids[i], entry))
            return true;
    return false;
}

/* What moved twice belonged to the lead of the oldest merge. */
static int
group_of(const struct trace *t, struct id entry)
{
    for (int i = t->merge_count - 1; i >= 0; i--)
        if (has_moved(&t->merges[i], entry))
            return i;
    return -1;
}

/* What happened to a lead goes over to the one it becomes part of. */
static bool
where_it_went(struct work *w, const struct lead *lead, struct id *stays)
{
    struct lead other = *lead;

    while (!id_is_none(other.merged_into))
        if (!lead_load(w, other.merged_into, &other))
            return false;
    *stays = other.id;
    return true;
}

static bool
load_rows(struct trace *t)
{
    struct submission_row *rows;
    struct id stays;

    if (!where_it_went(t->w, t->lead, &stays)
        || !timeline_of_facts(t->w, stays, &t->entries, &t->count)
        || !submission_of_lead(t->w, stays, &rows, &t->text_count))
        return false;
    t->texts =
        ARENA_ARRAY(t->w->arena, struct source_text, (size_t)t->text_count);
    for (int i = 0; i < t->text_count; i++)
        t->texts[i].row = rows[i];
    return true;
}

static bool
load(struct trace *t)
{
    struct arena *arena = t->w->arena;
    struct json_error error;

    if (!load_rows(t))
        return false;
    t->data = ARENA_ARRAY(arena, const struct json *, (size_t)t->count);
    t->merges = ARENA_ARRAY(arena, struct lead_merge, (size_t)t->count);
    t->groups = ARENA_ARRAY(arena, int, (size_t)t->count);
    for (int i = 0; i < t->count; i++) {
        t->data[i] = json_parse(arena, t->entries[i].data, &error);
        if (!add_merge(t, i))
            return false;
    }
    for (int i = 0; i < t->count; i++)
        t->groups[i] = group_of(t, t->entries[i].id);
    t->group = -1;
    for (int i = 0; i < t->merge_count; i++)
        if (id_equal(t->merges[i].lead, t->lead->id))
            t->group = i;
    return true;
}

/* -------------------------------------------------------------- submissions */

static struct str
custom_name(struct str field)
{
    return str_starts(field, STR("custom."))
             ? str_slice(field, sizeof "custom." - 1, field.bytes)
             : STR_NONE;
}

static const struct json *
member(const struct json *object, struct str field)
{
    struct str custom = custom_name(field);
    const struct json *own = json_get_named(json_get(object, "custom"), custom);

    if (!str_is_empty(custom) && own != NULL)
        return own;
    return json_get_named(object, field); /* forms say custom.rooms */
}

static bool
read_text(struct trace *t, struct id id, struct source_text **found)
{
    *found = NULL;
    for (int i = 0; i < t->text_count && *found == NULL; i++)
        if (id_equal(t->texts[i].row.id, id))
            *found = &t->texts[i];
    if (*found == NULL || (*found)->is_read)
        return true;
    (*found)->is_read = true;
    return submission_given(t->w, &(*found)->row, &(*found)->given);
}

/* The last convention that has set it; *first: what there was before any. */
static const struct json *
convention_of(const struct json *data, struct str field,
              const struct json **first)
{
    const struct json *list = json_get(data, "by_convention");
    const struct json *last = NULL;

    *first = NULL;
    for (size_t i = 0; list != NULL && i < list->array.count; i++) {
        const struct json *item = &list->array.items[i];
        if (!str_equal(json_get_text(item, "field"), field))
            continue;
        if (last == NULL)
            *first = json_get(item, "from");
        last = item;
    }
    return last;
}

/* N12: nobody said it, and so it is the workspace's. */
static bool
is_of_workspace(const struct json *data, struct str field)
{
    const struct json *list = json_get(data, "by_workspace");

    for (size_t i = 0; list != NULL && i < list->array.count; i++)
        if (str_equal(list->array.items[i].text, field))
            return true;
    return false;
}

/* The fact that it follows from, or STR_NONE. */
static struct str
derived_from(const struct json *data, struct str field)
{
    const struct json *list = json_get(data, "derived");

    for (size_t i = 0; list != NULL && i < list->array.count; i++)
        if (str_equal(json_get_text(&list->array.items[i], "field"), field))
            return json_get_text(&list->array.items[i], "from");
    return STR_NONE;
}

static bool
came_with(struct trace *t, int entry, struct str field, struct origin *origin)
{
    const struct json *data = t->data[entry];
    const struct json *before;
    const struct json *convention = convention_of(data, field, &before);
    struct source_text *text;
    struct id id = ID_NONE;

    (void)(id_parse(json_get_text(data, "submission"), &id) || true);
    if (!read_text(t, id, &text))
        return false;
    *origin = (struct origin){
        .kind = STR("submission"),
        .id = json_get_text(data, "submission"),
        .submission = id,
        .at_ms = t->entries[entry].at_ms,
    };
    if (text != NULL) {
        origin->as_given = member(text->given, field);
        origin->name = workspace_source_name(t->cache, text->row.source);
    }
    if (text != NULL && !id_is_none(text->row.import)) {
        origin->kind = STR("import");
        origin->id =
            arena_str(t->w->arena, str_of(id_show(text->row.import).text));
    }
    if (is_of_workspace(data, field)) {
        origin->kind = STR("workspace");
        origin->id = origin->name = STR_NONE;
    }
    struct str other = derived_from(data, field);
    if (!str_is_empty(other)) {
        origin->kind = STR("derived");
        origin->id = other;
        origin->name = STR_NONE;
    }
    if (convention == NULL)
        return true;
    origin->kind = STR("rule");
    origin->id = json_get_text(convention, "rule");
    origin->name = STR_NONE;
    if (origin->as_given == NULL && before != NULL && before->kind != JSON_NULL)
        origin->as_given = before;
    return true;
}

static bool
has_learned(const struct json *data, struct str field)
{
    const struct json *list = json_get(data, "learned");
    const struct json *before;

    for (size_t i = 0; list != NULL && i < list->array.count; i++)
        if (str_equal(list->array.items[i].text, field))
            return true;
    return convention_of(data, field, &before) != NULL; /* tags are added */
}

/* ----------------------------------------------------------------- changes */

static const struct json *
change_of(const struct json *data, struct str field)
{
    const struct json *list = json_get(data, "changes");

    for (size_t i = 0; list != NULL && i < list->array.count; i++)
        if (str_equal(json_get_text(&list->array.items[i], "field"), field))
            return &list->array.items[i];
    return NULL;
}

static void
was_changed(struct trace *t, int entry, const struct json *change,
            struct origin *origin)
{
    const struct timeline_entry *e = &t->entries[entry];
    const struct json *given = json_get(change, "given");

    *origin = (struct origin){
        .kind = e->actor_kind,
        .as_given = given != NULL ? given : json_get(change, "to"),
        .at_ms = e->at_ms,
    };
    if (str_is(json_get_text(change, "by"), "workspace")) {
        origin->kind = STR("workspace");
        origin->as_given = NULL;
        return;
    }
    if (!id_is_none(e->actor))
        origin->id = arena_str(t->w->arena, str_of(id_show(e->actor).text));
    origin->name = lead_api_actor_name(&t->known, e->actor_kind, e->actor);
}

/* ------------------------------------------------------------------- merges */

static bool
same_tree(struct arena *arena, const struct json *a, const struct json *b)
{
    return str_equal(json_tree_text(arena, a), json_tree_text(arena, b));
}

/* By this merge the lead that stays has come to say something else. */
static bool
merge_brought(struct arena *arena, const struct lead_merge *merge,
              struct str field)
{
    const struct lead *before = &merge->before;
    const struct lead *after = &merge->after;
    int number = lead_field_find(field);
    struct str custom = custom_name(field);

    if (number >= 0)
        return !lead_same_fact(&before->facts[number], &after->facts[number]);
    if (str_is(field, "consent"))
        return !same_tree(arena, before->consent, after->consent);
    if (str_is(field, "social"))
        return !same_tree(arena, before->social, after->social);
    return !same_tree(arena, json_get_named(before->custom, custom),
                      json_get_named(after->custom, custom));
}

static int
merge_of(const struct trace *t, int entry)
{
    struct id lead;

    if (!id_parse(json_get_text(t->data[entry], "lead"), &lead))
        return -1;
    for (int i = 0; i < t->merge_count; i++)
        if (id_equal(t->merges[i].lead, lead))
            return i;
    return -1;
}

static bool
was_merged(struct trace *t, int entry, int merge, struct str field,
           struct origin *origin)
{
    const struct question before = { field, merge, entry + 1 };

    if (!find_origin(t, before, origin))
        return false;
    origin->merged_from = t->merges[merge].lead;
    return true;
}

/* ------------------------------------------------------------------ asking */

/* Whether this entry answers; false in *ok: the database failed. */
static bool
answers(struct trace *t, int entry, const struct question *q,
        struct origin *origin, bool *ok)
{
    struct str kind = t->entries[entry].kind;
    const struct json *data = t->data[entry];
    int merge;

    *ok = true;
    if (t->groups[entry] != q->group)
        return false;
    if (str_is(kind, "lead.changed")) {
        const struct json *change = change_of(data, q->field);
        if (change != NULL)
            was_changed(t, entry, change, origin);
        return change != NULL;
    }
    if (str_is(kind, "lead.merged")) {
        merge = merge_of(t, entry);
        if (merge < 0
            || !merge_brought(t->w->arena, &t->merges[merge], q->field))
            return false;
        *ok = was_merged(t, entry, merge, q->field, origin);
        return true;
    }
    if (str_is(kind, "lead.returned") && !has_learned(data, q->field))
        return false;
    *ok = came_with(t, entry, q->field, origin);
    return true;
}

static bool
find_origin(struct trace *t, struct question q, struct origin *origin)
{
    bool ok = true;

    *origin = (struct origin){ 0 };
    for (int i = q.from; i < t->count; i++)
        if (answers(t, i, &q, origin, &ok))
            return ok;
        else if (!ok)
            return false;
    return true;
}

/* ----------------------------------------------------------------- showing */

static void
put_origin(struct json_out *out, const struct origin *origin)
{
    json_put_tree(out, "as_given", origin->as_given);
    json_name(out, "from");
    if (origin->kind.data == NULL) {
        json_null(out);
    } else {
        json_open_object(out);
        json_put_text(out, "kind", origin->kind);
        json_put_text(out, "id", origin->id);
        json_put_text(out, "name", origin->name);
        json_close_object(out);
    }
    json_put_id(out, "submission", origin->submission);
    json_put_id(out, "merged_from", origin->merged_from);
    json_put_time(out, "at", origin->at_ms);
}

/* `value` is JSON. */
static bool
put_fact(struct trace *t, struct json_out *out, struct str field,
         struct str value)
{
    const struct question now = { field, t->group, 0 };
    struct origin origin;

    if (!find_origin(t, now, &origin))
        return false;
    json_open_object(out);
    json_put_text(out, "field", field);
    json_name(out, "value");
    json_raw(out, value);
    put_origin(out, &origin);
    json_close_object(out);
    return true;
}

static bool
put_tree(struct trace *t, struct json_out *out, struct str field,
         const struct json *value)
{
    return value == NULL
        || put_fact(t, out, field, json_tree_text(t->w->arena, value));
}

static bool
put_built_in(struct trace *t, struct json_out *out, int field)
{
    struct arena *arena = t->w->arena;
    struct text text = text_new(arena);
    struct json_out value = json_out_new(&text);

    if (!t->lead->facts[field].known)
        return true;
    lead_fact_json(&value, arena, &lead_fields[field], &t->lead->facts[field]);
    return put_fact(t, out, str_of(lead_fields[field].name), text_str(&text));
}

static bool
put_customs(struct trace *t, struct json_out *out)
{
    const struct json *custom = t->lead->custom;
    size_t count = custom != NULL && custom->kind == JSON_OBJECT
                     ? custom->object.count
                     : 0;

    for (size_t i = 0; i < count; i++) {
        const struct json_member *own = &custom->object.members[i];
        struct str field =
            arena_format(t->w->arena, "custom.%.*s", STR_ARG(own->name));
        if (!put_tree(t, out, field, &own->value))
            return false;
    }
    return true;
}

bool
lead_api_facts(struct work *w, const struct request *request,
               struct response *response)
{
    struct lead lead;
    struct trace t = { .w = w, .cache = workspace_cache(w), .lead = &lead };
    struct text text;

    if (t.cache == NULL || !lead_api_load(w, request, &lead)
        || !lead_api_actors(w, &t.known) || !load(&t))
        return false;

    struct json_out out = response_list(w, response, &text);
    for (int i = 0; i < LEAD_GIVEN_COUNT; i++)
        if (!put_built_in(&t, &out, i))
            return false;
    if (!put_tree(&t, &out, STR("consent"), lead.consent)
        || !put_tree(&t, &out, STR("social"), lead.social)
        || !put_customs(&t, &out))
        return false;
    response_list_done(response, &out);
    return true;
}
