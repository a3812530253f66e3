/* lead_merge: see lead_merge.h. SQL is in lead_merge_store.c. */
#include "src/lead/lead_merge.h"

bool
lead_same_fact(const struct fact *a, const struct fact *b)
{
    return a->known == b->known && a->number == b->number
        && str_equal(a->text, b->text);
}

static void
set_fact(struct lead *lead, int field, const struct lead *other)
{
    lead->facts[field] = other->facts[field];
    if (field == LEAD_EMAIL)
        lead->email_key = other->email_key;
    if (field == LEAD_PHONE)
        lead->phone_key = other->phone_key;
}

static void
join(struct arena *arena, struct lead *into, const struct lead *from,
     enum lead_field field)
{
    into->facts[field] =
        lead_tags_joined(arena, &into->facts[field], &from->facts[field]);
}

/* --------------------------------------------------------- trees of fields */

/* The members of the first, and those of the second that it lacks. */
static const struct json *
join_members(struct arena *arena, const struct json *first,
             const struct json *second)
{
    if (first == NULL || second == NULL || first->kind != JSON_OBJECT
        || second->kind != JSON_OBJECT)
        return first == NULL ? second : first;

    struct json *joined = ARENA_NEW(arena, struct json);
    struct json_member *members = ARENA_ARRAY(
        arena, struct json_member, first->object.count + second->object.count);
    size_t count = 0;
    for (size_t i = 0; i < first->object.count; i++)
        members[count++] = first->object.members[i];
    for (size_t i = 0; i < second->object.count; i++) {
        const struct json_member *member = &second->object.members[i];
        if (json_get(first, arena_cstr(arena, member->name)) == NULL)
            members[count++] = *member;
    }
    joined->kind = JSON_OBJECT;
    joined->object.members = members;
    joined->object.count = count;
    return count == first->object.count ? first : joined;
}

void
lead_merge_fill(struct arena *arena, struct lead *into, const struct lead *from,
                const bool take[LEAD_GIVEN_COUNT])
{
    for (int i = 0; i < LEAD_GIVEN_COUNT; i++)
        if (from->facts[i].known && i != LEAD_TAGS
            && (take[i] || !into->facts[i].known))
            set_fact(into, i, from);
    join(arena, into, from, LEAD_TAGS);
    join(arena, into, from, LEAD_TOUCH_KINDS);
    into->consent = join_members(arena, into->consent, from->consent);
    into->social = join_members(arena, into->social, from->social);
    into->custom = join_members(arena, into->custom, from->custom);
    if (id_is_none(into->account)) {
        into->account = from->account;
        into->account_name = from->account_name;
    }
}

static void
restore_tree(struct arena *arena, const struct json **now,
             const struct json *before, const struct json *after)
{
    if (str_equal(json_tree_text(arena, *now), json_tree_text(arena, after)))
        *now = before;
}

/* Where nothing has happened since. */
static void
restore_past(struct lead *into, const struct lead *before,
             const struct lead *after)
{
    if (into->last_touch_ms == after->last_touch_ms) {
        into->last_touch_ms = before->last_touch_ms;
        into->facts[LEAD_TOUCH_KINDS] = before->facts[LEAD_TOUCH_KINDS];
    }
    if (into->last_return_ms == after->last_return_ms)
        into->last_return_ms = before->last_return_ms;
}

void
lead_merge_restore(struct arena *arena, struct lead *into,
                   const struct lead_merge *merge)
{
    const struct lead *before = &merge->before;
    const struct lead *after = &merge->after;

    for (int i = 0; i < LEAD_GIVEN_COUNT; i++)
        if (!lead_same_fact(&before->facts[i], &after->facts[i])
            && lead_same_fact(&into->facts[i], &after->facts[i]))
            set_fact(into, i, before);
    restore_past(into, before, after);
    restore_tree(arena, &into->consent, before->consent, after->consent);
    restore_tree(arena, &into->social, before->social, after->social);
    restore_tree(arena, &into->custom, before->custom, after->custom);
    if (id_equal(into->account, after->account)) {
        into->account = before->account;
        into->account_name = before->account_name;
    }
}

void
lead_merge_counts(struct lead *into, const struct lead *from, int sign)
{
    into->touches += sign * from->touches;
    into->returns += sign * from->returns;
    if (sign > 0 && from->last_touch_ms > into->last_touch_ms)
        into->last_touch_ms = from->last_touch_ms;
    if (sign > 0 && from->last_return_ms > into->last_return_ms)
        into->last_return_ms = from->last_return_ms;
}
