/*
 * lead: the record in memory: its facts, as shown and as compared, and their
 * JSON. Not for SQL (lead_store.c) and not for changes of owner
 * (lead_owner.c).
 */
#include "src/lead/lead.h"

#include <assert.h>

#include "src/lead/lead_merge.h"
#include "src/lead/stage.h"

enum { TAGS_MAX = 200 };

#define STAGE(name, meaning, en, ko)                          \
    {                                                         \
        name, meaning, STR_INIT(en), STR_INIT(ko), NULL, NULL \
    }
const struct lead_stage lead_stages[] = {
    STAGE("open", LEAD_OPEN, "Open", "신규"),
    STAGE("contacted", LEAD_OPEN, "Contacted", "연락함"),
    STAGE("nurturing", LEAD_OPEN, "Nurturing", "육성"),
    STAGE("qualified", LEAD_OPEN, "Qualified", "적격"),
    STAGE("negotiation", LEAD_OPEN, "Negotiation", "협상"),
    STAGE("customer", LEAD_WON, "Customer", "고객"),
    STAGE("inactive", LEAD_INACTIVE, "Inactive", "비활성"),
    STAGE("unqualified", LEAD_LOST, "Unqualified", "부적격"),
    { 0 },
};

const struct lead_stage *
lead_stage_find(const struct lead_stage *stages, struct str name)
{
    for (const struct lead_stage *stage = stages; stage->name; stage++)
        if (str_is(name, stage->name))
            return stage;
    return NULL;
}

bool
lead_scope_holds(const struct lead_scope *scope, struct id owner)
{
    if (scope->all)
        return true;
    for (int i = 0; i < scope->count; i++)
        if (id_equal(scope->people[i], owner))
            return true;
    return false;
}

bool
lead_is_closed(const struct lead *lead)
{
    return lead->meaning != LEAD_OPEN;
}

struct owner
owner_rep(struct id person)
{
    return (struct owner){ OWNER_REP, person };
}

struct owner
owner_queue(struct id queue)
{
    return (struct owner){ OWNER_QUEUE, queue };
}

bool
owner_equal(struct owner a, struct owner b)
{
    return a.kind == b.kind && id_equal(a.id, b.id);
}

const char *
owner_kind_name(enum owner_kind kind)
{
    return kind == OWNER_REP ? "rep" : "queue";
}

void
lead_init(struct work *w, struct lead *lead)
{
    *lead = (struct lead){
        .id = work_id(w),
        .stage = arena_cstr(w->arena, str_of(lead_stages_of(w)[0].name)),
        .score_lines = STR("[]"),
        .created_ms = w->now_ms,
        .updated_ms = w->now_ms,
    };
}

void
lead_clear(struct lead *lead, enum lead_field field)
{
    lead->facts[field] = (struct fact){ 0 };
}

void
lead_set_text(struct lead *lead, struct arena *arena, enum lead_field field,
              struct str text)
{
    assert(lead_fields[field].kind == FIELD_TEXT);
    lead_clear(lead, field);
    if (str_is_empty(text))
        return;
    lead->facts[field] = (struct fact){
        .known = true,
        .text = text,
        .folded = fold_text(arena, text),
    };
}

void
lead_set_number(struct lead *lead, enum lead_field field, int64_t number)
{
    lead->facts[field] = (struct fact){ .known = true, .number = number };
}

void
lead_note_return(struct lead *lead, int64_t at_ms)
{
    lead->returns++;
    lead->last_return_ms = at_ms;
}

const struct touch_kind touch_kinds[] = {
    { "call", true },    { "email", true }, { "message", true },
    { "meeting", true }, { "note", false }, { "document", false },
    { NULL, false },
};

void
lead_note_touch(struct lead *lead, struct arena *arena, struct str kind,
                int64_t at_ms)
{
    const struct fact *before = &lead->facts[LEAD_TOUCH_KINDS];

    lead->touches++;
    if (at_ms > lead->last_touch_ms)
        lead->last_touch_ms = at_ms;
    for (int i = 0; i < before->tag_count; i++)
        if (str_equal(before->tags[i], kind))
            return;

    size_t count = (size_t)before->tag_count;
    struct str *kinds = ARENA_ARRAY(arena, struct str, count + 1);
    for (size_t i = 0; i < count; i++)
        kinds[i] = before->tags[i];
    kinds[count] = kind;
    lead_set_touch_kinds(lead, arena, kinds, (int)count + 1);
}

/* Shown as they were given: `text` holds them as a JSON array. */
struct fact
lead_tags_fact(struct arena *arena, const struct str *tags, int count)
{
    struct str *folded = ARENA_ARRAY(arena, struct str, (size_t)count);
    struct text shown = text_new(arena);
    struct json_out out = json_out_new(&shown);

    json_open_array(&out);
    for (int i = 0; i < count; i++) {
        folded[i] = fold_text(arena, tags[i]);
        json_text(&out, tags[i]);
    }
    json_close_array(&out);
    return (struct fact){
        .known = count > 0,
        .text = text_str(&shown),
        .tags = folded,
        .tag_count = count,
    };
}

static int
add_tags(struct arena *arena, const struct fact *fact, struct str *tags,
         int count)
{
    struct json_error error;
    const struct json *list =
        fact->known ? json_parse(arena, fact->text, &error) : NULL;

    for (size_t i = 0; list != NULL && i < list->array.count; i++) {
        struct str tag = list->array.items[i].text;
        bool there = count == TAGS_MAX;
        for (int j = 0; j < count && !there; j++)
            there = str_equal(fold_text(arena, tags[j]), fold_text(arena, tag));
        if (!there)
            tags[count++] = tag;
    }
    return count;
}

struct fact
lead_tags_joined(struct arena *arena, const struct fact *first,
                 const struct fact *second)
{
    struct str *tags = ARENA_ARRAY(arena, struct str, TAGS_MAX);
    int count = add_tags(arena, first, tags, 0);
    int all = add_tags(arena, second, tags, count);

    return all == count ? *first : lead_tags_fact(arena, tags, all);
}

static bool
is_among(struct str folded, const struct str *list, int count)
{
    for (int i = 0; i < count; i++)
        if (str_equal(folded, list[i]))
            return true;
    return false;
}

struct fact
lead_tags_without(struct arena *arena, const struct fact *fact,
                  const struct str *gone, int count)
{
    struct str *tags = ARENA_ARRAY(arena, struct str, TAGS_MAX);
    int all = add_tags(arena, fact, tags, 0);
    int kept = 0;

    for (int i = 0; i < all; i++)
        if (!is_among(fold_text(arena, tags[i]), gone, count))
            tags[kept++] = tags[i];
    return lead_tags_fact(arena, tags, kept);
}

struct str
lead_tags_folded(struct arena *arena, const struct fact *fact)
{
    if (!fact->known)
        return STR_NONE;

    struct text text = text_new(arena);
    text_add_char(&text, '\x1f');
    for (int i = 0; i < fact->tag_count; i++) {
        text_add(&text, fact->tags[i]);
        text_add_char(&text, '\x1f');
    }
    return text_str(&text);
}

void
lead_set_tags(struct lead *lead, struct arena *arena, const struct str *tags,
              int count)
{
    lead->facts[LEAD_TAGS] = lead_tags_fact(arena, tags, count);
}

void
lead_set_touch_kinds(struct lead *lead, struct arena *arena,
                     const struct str *kinds, int count)
{
    lead->facts[LEAD_TOUCH_KINDS] = lead_tags_fact(arena, kinds, count);
}

struct str
lead_text(const struct lead *lead, enum lead_field field)
{
    return lead->facts[field].text;
}

bool
lead_has_rep(const struct lead *lead)
{
    return lead->owner_version > 0 && lead->owner.kind == OWNER_REP;
}

struct id
lead_served_by(const struct lead *lead)
{
    bool lost = lead_is_closed(lead) && lead->meaning != LEAD_WON;

    return lost || !lead_has_rep(lead) ? ID_NONE : lead->owner.id;
}

bool
lead_is_pinned(const struct lead *lead, int64_t now_ms)
{
    return lead->pinned_until_ms > now_ms;
}

struct lead_view
lead_view(const struct lead *lead)
{
    return (struct lead_view){
        .stage = lead->stage,
        .owner = lead->owner,
        .source = lead_text(lead, LEAD_SOURCE),
        .rule = lead->rule,
        .product = lead_text(lead, LEAD_PRODUCT),
        .segment = lead_text(lead, LEAD_SEGMENT),
        .merged = !id_is_none(lead->merged_into),
        .first_rep_ms = lead->first_rep_ms,
        .first_response_ms = lead->first_response_ms,
        .promise = lead->promise,
        .late_count = lead->late_count,
    };
}

static void
set_time(struct lead *lead, enum lead_field field, int64_t ms)
{
    lead->facts[field] = (struct fact){ .known = ms != 0, .number = ms };
}

void
lead_refresh(struct lead *lead)
{
    struct str stage = str_of(lead->stage);

    lead->facts[LEAD_STAGE] = (struct fact){ true, 0, stage, stage, NULL, 0 };
    lead->facts[LEAD_OWNER] = (struct fact){ .known = lead->owner_version > 0,
                                             .number = lead->owner.id.value };
    lead->facts[LEAD_ACCOUNT] =
        (struct fact){ .known = !id_is_none(lead->account),
                       .number = lead->account.value };
    lead_set_number(lead, LEAD_SCORE, lead->score);
    set_time(lead, LEAD_CREATED_AT, lead->created_ms);
    set_time(lead, LEAD_UPDATED_AT, lead->updated_ms);
    set_time(lead, LEAD_ASSIGNED_AT, lead->assigned_ms);
    set_time(lead, LEAD_FIRST_RESPONSE_AT, lead->first_response_ms);
    set_time(lead, LEAD_RESPONSE_DUE_AT, lead->response_due_ms);
    lead_set_number(lead, LEAD_RETURNS, lead->returns);
    lead_set_number(lead, LEAD_TOUCHES, lead->touches);
    set_time(lead, LEAD_LAST_RETURN_AT, lead->last_return_ms);
    set_time(lead, LEAD_LAST_TOUCH_AT, lead->last_touch_ms);
}

struct str
lead_decimal_text(struct arena *arena, int64_t n, int decimals)
{
    uint64_t size = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    uint64_t unit = 1;

    for (; decimals > 0 && size % 10 == 0; decimals--)
        size /= 10;
    for (int i = 0; i < decimals; i++)
        unit *= 10;
    struct str whole = arena_format(arena, "%s%lu", n < 0 ? "-" : "",
                                    (unsigned long)(size / unit));
    return decimals == 0 ? whole
                         : arena_format(arena, "%.*s.%0*lu", STR_ARG(whole),
                                        decimals, (unsigned long)(size % unit));
}

void
lead_fact_json(struct json_out *out, struct arena *arena,
               const struct field *field, const struct fact *fact)
{
    if (!fact->known) {
        json_null(out);
        return;
    }
    switch (field->kind) {
    case FIELD_TEXT:
        json_text(out, fact->text);
        break;
    case FIELD_TAGS:
        json_raw(out, fact->text);
        break;
    case FIELD_NUMBER:
        json_raw(out, lead_decimal_text(arena, fact->number, field->decimals));
        break;
    case FIELD_TIME:
        json_time(out, fact->number);
        break;
    case FIELD_ID:
        json_id(out, (struct id){ fact->number });
        break;
    case FIELD_BOOL:
        json_bool(out, fact->number != 0);
        break;
    }
}

static void
put_fact(struct json_out *out, struct arena *arena, int i,
         const struct fact *fact)
{
    if (!fact->known)
        return;
    json_name(out, lead_fields[i].name);
    lead_fact_json(out, arena, &lead_fields[i], fact);
}

struct str
lead_facts_json(struct arena *arena, const struct lead *lead)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    for (int i = 0; i < LEAD_GIVEN_COUNT; i++)
        put_fact(&out, arena, i, &lead->facts[i]);
    if (lead->consent != NULL)
        json_put_tree(&out, "consent", lead->consent);
    if (lead->social != NULL)
        json_put_tree(&out, "social", lead->social);
    if (lead->custom != NULL)
        json_put_tree(&out, "custom", lead->custom);
    json_close_object(&out);
    return text_str(&text);
}

static void
put_learned_custom(struct json_out *out, struct arena *arena,
                   const struct json *before, const struct json *now)
{
    if (now == NULL || now->kind != JSON_OBJECT)
        return;
    for (size_t i = 0; i < now->object.count; i++) {
        struct str name = now->object.members[i].name;
        if (json_get_named(before, name) == NULL)
            json_text(out, arena_format(arena, "custom.%.*s", STR_ARG(name)));
    }
}

struct str
lead_learned_json(struct arena *arena, const struct lead *before,
                  const struct lead *now)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_array(&out);
    for (int i = 0; i < LEAD_GIVEN_COUNT; i++)
        if (now->facts[i].known && !before->facts[i].known)
            json_text(&out, str_of(lead_fields[i].name));
    if (before->consent == NULL && now->consent != NULL)
        json_text(&out, STR("consent"));
    if (before->social == NULL && now->social != NULL)
        json_text(&out, STR("social"));
    put_learned_custom(&out, arena, before->custom, now->custom);
    json_close_array(&out);
    return text.bytes > 2 ? text_str(&text) : STR_NONE;
}

static bool
same_tree(struct arena *arena, const struct json *a, const struct json *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return str_equal(json_tree_text(arena, a), json_tree_text(arena, b));
}

static void
put_replaced_tree(struct json_out *out, struct arena *arena, struct str name,
                  const struct json *was, const struct json *now)
{
    if (same_tree(arena, was, now))
        return;
    json_open_object(out);
    json_put_text(out, "field", name);
    json_put_tree(out, "from", was);
    json_close_object(out);
}

/* Of what is there now, and of what is there no more. */
static void
put_replaced_custom(struct json_out *out, struct arena *arena,
                    const struct json *was, const struct json *now)
{
    const struct json *sides[] = { now, was };

    for (int side = 0; side < 2; side++) {
        bool is_object =
            sides[side] != NULL && sides[side]->kind == JSON_OBJECT;
        size_t count = is_object ? sides[side]->object.count : 0;
        for (size_t i = 0; i < count; i++) {
            struct str name = sides[side]->object.members[i].name;
            const struct json *kept = json_get_named(now, name);
            if (side == 0 || kept == NULL)
                put_replaced_tree(
                    out, arena,
                    arena_format(arena, "custom.%.*s", STR_ARG(name)),
                    json_get_named(was, name), kept);
        }
    }
}

struct str
lead_replaced_json(struct arena *arena, const struct lead *before,
                   const struct lead *now)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_array(&out);
    for (int i = 0; i < LEAD_GIVEN_COUNT; i++) {
        if (lead_same_fact(&before->facts[i], &now->facts[i]))
            continue;
        json_open_object(&out);
        json_put_cstr(&out, "field", lead_fields[i].name);
        json_name(&out, "from");
        lead_fact_json(&out, arena, &lead_fields[i], &before->facts[i]);
        json_close_object(&out);
    }
    put_replaced_tree(&out, arena, STR("consent"), before->consent,
                      now->consent);
    put_replaced_tree(&out, arena, STR("social"), before->social, now->social);
    put_replaced_custom(&out, arena, before->custom, now->custom);
    json_close_array(&out);
    return text_str(&text);
}

static void
read_tags(struct arena *arena, struct lead *lead, const struct json *value)
{
    size_t count = value->array.count;
    struct str *tags = ARENA_ARRAY(arena, struct str, count);

    for (size_t i = 0; i < count; i++)
        tags[i] = value->array.items[i].text;
    lead_set_tags(lead, arena, tags, (int)count);
}

/* What older versions kept with more digits than fit is not known. */
static void
read_number(struct lead *lead, enum lead_field field, const struct json *value)
{
    int64_t number;

    if (json_decimal(value, lead_fields[field].decimals, &number))
        lead_set_number(lead, field, number);
}

/* Reads back what lead_facts_json wrote. */
void
lead_facts_read(struct arena *arena, struct lead *lead,
                const struct json *object)
{
    for (size_t m = 0; m < object->object.count; m++) {
        const struct json_member *member = &object->object.members[m];
        int i = lead_field_find(member->name);

        if (i < 0 || i >= LEAD_GIVEN_COUNT)
            continue;
        if (lead_fields[i].kind == FIELD_TAGS)
            read_tags(arena, lead, &member->value);
        else if (lead_fields[i].kind == FIELD_TEXT)
            lead_set_text(lead, arena, (enum lead_field)i, member->value.text);
        else
            read_number(lead, (enum lead_field)i, &member->value);
    }
    lead->consent = json_get(object, "consent");
    lead->social = json_get(object, "social");
    lead->custom = json_get(object, "custom");
}

/* A lead that has just come has no owner yet. */
static void
put_owner(struct json_out *out, const struct lead *lead)
{
    if (lead->owner_version == 0) {
        json_null(out);
        return;
    }
    json_open_object(out);
    json_put_cstr(out, "kind", owner_kind_name(lead->owner.kind));
    json_put_id(out, "id", lead->owner.id);
    json_close_object(out);
}

struct str
lead_event_json(struct arena *arena, const struct lead *lead)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_id(&out, "id", lead->id);
    json_put_cstr(&out, "stage", lead->stage);
    json_put_int(&out, "score", lead->score);
    json_name(&out, "owner");
    put_owner(&out, lead);
    json_put_time(&out, "response_due_at", lead->response_due_ms);
    json_close_object(&out);
    return text_str(&text);
}
