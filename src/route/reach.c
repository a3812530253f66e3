/*
 * reach: see reach.h. A condition is a set of parts all of which must be true;
 * a rule takes every lead of another if its parts are among the other's. Each
 * rule is looked for under the rarest of its parts alone, so that ten thousand
 * rules are not compared with each other. What that does not find is asked of
 * the conditions themselves (condition_implies), as long as the rules are few.
 */
#include "src/route/reach.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/hash.h"

enum { COMPARISONS_MAX = 2000000 }; /* well below a second */

/* Of one condition: keys of its parts, in order, each once. */
struct parts {
    int64_t *keys;
    int count;
};

struct reach {
    struct arena *arena;
    struct parts *of_rule;
    struct hash_map uses;  /* of a part: how many rules have it */
    struct hash_map first; /* of a part: 1 + a rule that is kept under it */
    int *next;             /* another one, or -1 */
    int takes_all;         /* the rule without parts, or -1 */
    int *kept;             /* the rules that take, in order */
    int kept_count;
    struct fact *unknown;
    int left; /* comparisons that may still be made */
};

/* ------------------------------------------------------------- the parts */

/* The same for conditions that mean the same by case and order of members. */
static void
write_part(struct arena *arena, struct text *text, const struct json *json)
{
    const struct json *field = json_get(json, "field");

    if (field != NULL) {
        const struct json *value = json_get(json, "value");
        text_add(text, field->text);
        text_add(text, STR("\x1f"));
        text_add(text, json_get_text(json, "op"));
        text_add(text, STR("\x1f"));
        if (value != NULL)
            text_add(text, fold_text(arena, json_tree_text(arena, value)));
        return;
    }
    for (size_t i = 0; i < json->object.count; i++) {
        const struct json_member *member = &json->object.members[i];
        const struct json *of = &member->value;
        size_t count = of->kind == JSON_ARRAY ? of->array.count : 1;
        text_add(text, member->name);
        text_add(text, STR("("));
        for (size_t j = 0; j < count; j++) {
            write_part(arena, text,
                       of->kind == JSON_ARRAY ? &of->array.items[j] : of);
            text_add(text, STR("\x1e"));
        }
        text_add(text, STR(")"));
    }
}

/* `all` within `all` is one, and so is an `any` of one; or NULL: it is a part
 * itself. */
static const struct json *
list_of(const struct json *json)
{
    const struct json *all = json_get(json, "all");
    const struct json *any = json_get(json, "any");

    return all == NULL && any != NULL && any->array.count == 1 ? any : all;
}

static size_t
count_parts(const struct json *json)
{
    const struct json *all = list_of(json);
    size_t count = 0;

    if (all == NULL)
        return 1;
    for (size_t i = 0; i < all->array.count; i++)
        count += count_parts(&all->array.items[i]);
    return count;
}

static void
collect(struct arena *arena, const struct json *json, struct parts *parts)
{
    const struct json *all = list_of(json);

    if (all != NULL) {
        for (size_t i = 0; i < all->array.count; i++)
            collect(arena, &all->array.items[i], parts);
        return;
    }
    if (json->object.count == 0)
        return;

    struct text text = text_new(arena);
    write_part(arena, &text, json);
    parts->keys[parts->count++] = hash_key(0, text_str(&text)) | 1;
}

static int
by_key(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a;
    int64_t two = *(const int64_t *)b;

    return one < two ? -1 : one > two;
}

static struct parts
parts_of(struct arena *arena, const struct json *when)
{
    struct parts parts = {
        .keys = ARENA_ARRAY(arena, int64_t, count_parts(when)),
    };
    int count = 0;

    collect(arena, when, &parts);
    if (parts.count > 1)
        qsort(parts.keys, (size_t)parts.count, sizeof *parts.keys, by_key);
    for (int i = 0; i < parts.count; i++)
        if (count == 0 || parts.keys[count - 1] != parts.keys[i])
            parts.keys[count++] = parts.keys[i];
    parts.count = count;
    return parts;
}

static bool
are_among(const struct parts *few, const struct parts *many)
{
    int at = 0;

    for (int i = 0; i < few->count; i++) {
        while (at < many->count && many->keys[at] < few->keys[i])
            at++;
        if (at == many->count || many->keys[at] != few->keys[i])
            return false;
    }
    return true;
}

/* ------------------------------------------------------------- the rules */

/* One whose condition follows from this one's: at least 50 from at least 100.
 * Each is compared with each, so it ends when there are too many. */
static int
implier_of(struct reach *reach, const struct route_snapshot *snapshot, int rule)
{
    const struct condition *when = snapshot->rules[rule].when;

    for (int i = 0; i < reach->kept_count && reach->left > 0; i++)
        if (condition_implies(when, snapshot->rules[reach->kept[i]].when,
                              reach->unknown, &reach->left))
            return reach->kept[i];
    return -1;
}

/* A rule before that takes all of this one's leads, or -1. */
static int
taker_of(struct reach *reach, const struct route_snapshot *snapshot, int rule)
{
    const struct parts *parts = &reach->of_rule[rule];

    if (reach->takes_all >= 0)
        return reach->takes_all;
    for (int i = 0; i < parts->count; i++) {
        int64_t first = hash_map_get(&reach->first, parts->keys[i]);
        for (int other = (int)first - 1; other >= 0; other = reach->next[other])
            if (are_among(&reach->of_rule[other], parts))
                return other;
    }
    return implier_of(reach, snapshot, rule);
}

static void
keep_as_taker(struct reach *reach, int rule)
{
    const struct parts *parts = &reach->of_rule[rule];
    int rarest = 0;

    reach->kept[reach->kept_count++] = rule;
    if (parts->count == 0) {
        reach->takes_all = rule;
        return;
    }
    for (int i = 1; i < parts->count; i++)
        if (hash_map_get(&reach->uses, parts->keys[i])
            < hash_map_get(&reach->uses, parts->keys[rarest]))
            rarest = i;
    int64_t key = parts->keys[rarest];
    reach->next[rule] = (int)hash_map_get(&reach->first, key) - 1;
    hash_map_put(&reach->first, key, rule + 1);
}

static void
read_parts(struct reach *reach, const struct json *rules)
{
    for (size_t i = 0; i < rules->array.count; i++) {
        struct parts *parts = &reach->of_rule[i];
        *parts =
            parts_of(reach->arena, json_get(&rules->array.items[i], "when"));
        for (int j = 0; j < parts->count; j++)
            hash_map_put(&reach->uses, parts->keys[j],
                         hash_map_get(&reach->uses, parts->keys[j]) + 1);
    }
}

void
route_reach(struct arena *arena, const struct json *rules,
            const struct route_snapshot *snapshot, int *taken_by)
{
    size_t count = (size_t)snapshot->rule_count;
    struct reach reach = {
        .arena = arena,
        .of_rule = ARENA_ARRAY(arena, struct parts, count),
        .next = ARENA_ARRAY(arena, int, count),
        .takes_all = -1,
        .kept = ARENA_ARRAY(arena, int, count),
        .unknown = ARENA_ARRAY(arena, struct fact, LEAD_FACT_COUNT),
        .left = COMPARISONS_MAX,
    };

    hash_map_init(&reach.uses);
    hash_map_init(&reach.first);
    read_parts(&reach, rules);
    for (int i = 0; i < snapshot->rule_count; i++) {
        const struct route_rule *rule = &snapshot->rules[i];
        taken_by[i] = rule->enabled ? taker_of(&reach, snapshot, i) : -1;
        if (rule->enabled && taken_by[i] < 0
            && rule->give_to.sequence.bytes == 0)
            keep_as_taker(&reach, i);
    }
    hash_map_free(&reach.uses);
    hash_map_free(&reach.first);
}
