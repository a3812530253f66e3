/*
 * condition_implies: whether one condition can only be true where another is.
 * Told from both alone, for warnings. It never says so wrongly; what it does
 * not see may be so all the same. Not for deciding anything about a lead.
 *
 * A term that holds for few values (is, is_any_of, is_empty) is tried: each
 * value is put into the other condition. Else two terms on one field are
 * compared by what they ask: ranges, lists, parts of a text.
 */
#include <string.h>

#include "lib/rules/condition_node.h"

/* A condition, or its opposite. */
struct side {
    const struct condition *c;
    bool negated;
};

struct pair {
    struct fact *facts; /* all unknown, but while a value is tried */
    int *left;          /* comparisons that may still be made */
};

static bool implies(const struct pair *, struct side, struct side);

static struct side
side_of(const struct condition *c)
{
    return (struct side){ c, c->negated };
}

static struct side
opposite(struct side s)
{
    return (struct side){ s.c, !s.negated };
}

static struct side
item_of(struct side group, int i)
{
    const struct condition *item = &group.c->group.items[i];

    return (struct side){ item, item->negated != group.negated };
}

static bool
is_group(struct side s)
{
    return s.c->eval == condition_eval_all || s.c->eval == condition_eval_any;
}

/* Not any of them is all of their opposites. */
static bool
is_all(struct side s)
{
    return (s.c->eval == condition_eval_all) != s.negated;
}

/* ---- A few values ---- */

/* What depends on the clock holds for nothing in particular. */
static bool
is_timeless(const struct condition *c)
{
    return c->eval != condition_eval_last;
}

static bool
holds_for(const struct pair *pair, struct side s, int field, struct fact value)
{
    pair->facts[field] = value;
    bool holds = s.c->eval(s.c, pair->facts, 0) != s.negated;
    pair->facts[field] = (struct fact){ 0 };
    return holds;
}

static struct fact
text_fact(struct str folded)
{
    return (struct fact){ .known = true, .text = folded, .folded = folded };
}

static struct fact
number_fact(int64_t number)
{
    return (struct fact){ .known = true, .number = number };
}

/* `*few`: `a` holds for few values, and they were tried. */
static bool
few_imply(const struct pair *pair, const struct condition *a, struct side b,
          bool *few)
{
    bool all = true;

    *few = true;
    if (a->eval == condition_eval_text_is)
        return holds_for(pair, b, a->field, text_fact(a->text));
    if (a->eval == condition_eval_range && a->range.low == a->range.high)
        return holds_for(pair, b, a->field, number_fact(a->range.low));
    if (a->eval == condition_eval_unknown
        || a->eval == condition_eval_text_empty
        || a->eval == condition_eval_tags_empty)
        return holds_for(pair, b, a->field, (struct fact){ 0 });
    *few =
        a->eval == condition_eval_text_any || a->eval == condition_eval_numbers;
    if (*few) /* long lists are not tried for nothing */
        *pair->left -= a->eval == condition_eval_text_any ? a->texts.count
                                                          : a->numbers.count;
    for (int i = 0; a->eval == condition_eval_text_any && i < a->texts.count;
         i++)
        all &= holds_for(pair, b, a->field, text_fact(a->texts.items[i]));
    for (int i = 0; a->eval == condition_eval_numbers && i < a->numbers.count;
         i++)
        all &= holds_for(pair, b, a->field, number_fact(a->numbers.items[i]));
    return all;
}

/* ---- Two terms ---- */

static bool
asks_for_empty(const struct condition *c)
{
    return c->eval == condition_eval_unknown
        || c->eval == condition_eval_text_empty
        || c->eval == condition_eval_tags_empty;
}

static bool
range_implies(const struct condition *a, struct side b)
{
    const struct condition *c = b.c;
    bool inside = c->eval == condition_eval_range
               && a->range.low >= c->range.low
               && a->range.high <= c->range.high;
    bool apart = c->eval == condition_eval_range
              && (a->range.low > c->range.high || a->range.high < c->range.low);

    if (a->range.low > a->range.high)
        return true; /* it holds for nothing */
    if (c->eval == condition_eval_numbers && b.negated) {
        for (int i = 0; i < c->numbers.count; i++)
            if (c->numbers.items[i] >= a->range.low
                && c->numbers.items[i] <= a->range.high)
                return false;
        return true;
    }
    return b.negated ? apart : inside;
}

static bool
begins_with(struct str s, struct str part)
{
    return s.bytes >= part.bytes && memcmp(s.data, part.data, part.bytes) == 0;
}

static bool
ends_with(struct str s, struct str part)
{
    return s.bytes >= part.bytes
        && memcmp(s.data + s.bytes - part.bytes, part.data, part.bytes) == 0;
}

/* A part of a text is in every text that has a longer part around it. */
static bool
part_implies(const struct condition *a, const struct condition *b)
{
    bool front = a->eval == condition_eval_text_starts
              || a->eval == condition_eval_text_within;

    if (b->eval == condition_eval_text_contains)
        return str_find(a->text, b->text) >= 0;
    if (b->eval == condition_eval_text_starts)
        return front && begins_with(a->text, b->text);
    if (b->eval == condition_eval_text_ends)
        return a->eval == condition_eval_text_ends
            && ends_with(a->text, b->text);
    return b->eval == condition_eval_text_within
        && a->eval == condition_eval_text_within
        && begins_with(a->text, b->text)
        && (a->text.bytes == b->text.bytes
            || a->text.data[b->text.bytes] == '-');
}

static bool
has_tag(const struct condition_texts *texts, struct str tag)
{
    for (int i = 0; i < texts->count; i++)
        if (texts->items[i].bytes == tag.bytes
            && memcmp(texts->items[i].data, tag.data, tag.bytes) == 0)
            return true;
    return false;
}

static bool
tags_imply(const struct condition *a, const struct condition *b)
{
    for (int i = 0; i < a->texts.count; i++)
        if (!has_tag(&b->texts, a->texts.items[i]))
            return false;
    return true;
}

static bool
lies_within(const struct address_range *range,
            const struct condition_ranges *ranges)
{
    for (int i = 0; i < ranges->count; i++)
        if (ranges->items[i].bits <= range->bits
            && address_range_holds(&ranges->items[i], &range->first))
            return true;
    return false;
}

static bool
ranges_imply(const struct condition *a, const struct condition *b)
{
    for (int i = 0; i < a->ranges.count; i++)
        if (!lies_within(&a->ranges.items[i], &b->ranges))
            return false;
    return true;
}

/* How terms are compared that ask the same kind of thing. */
static bool
alike_imply(const struct condition *a, const struct condition *b)
{
    if (a->eval == condition_eval_tags_any)
        return b->eval == a->eval && tags_imply(a, b);
    if (a->eval == condition_eval_ranges)
        return b->eval == a->eval && ranges_imply(a, b);
    if (a->eval == condition_eval_last)
        return b->eval == a->eval && a->last_ms <= b->last_ms;
    return (a->eval == condition_eval_text_contains
            || a->eval == condition_eval_text_starts
            || a->eval == condition_eval_text_ends
            || a->eval == condition_eval_text_within)
        && part_implies(a, b);
}

/* Terms on one field. What is not equal to something may be missing, so it
 * implies only what its opposite shows. */
static bool
term_implies(const struct pair *pair, struct side a, struct side b)
{
    bool few;

    if (a.c->field != b.c->field)
        return false;
    if (a.negated)
        return b.negated && term_implies(pair, opposite(b), opposite(a));
    if (is_timeless(b.c)) {
        bool implied = few_imply(pair, a.c, b, &few);
        if (few)
            return implied;
    }
    if (asks_for_empty(b.c)) /* whatever else holds needs a value */
        return b.negated && !asks_for_empty(a.c);
    if (a.c->eval == condition_eval_range)
        return range_implies(a.c, b);
    return !b.negated && alike_imply(a.c, b.c);
}

/* ---- Groups ---- */

static bool
each_item(const struct pair *pair, struct side group, struct side other,
          bool group_implies)
{
    for (int i = 0; i < group.c->group.count; i++)
        if (!(group_implies ? implies(pair, item_of(group, i), other)
                            : implies(pair, other, item_of(group, i))))
            return false;
    return true;
}

static bool
some_item(const struct pair *pair, struct side group, struct side other,
          bool group_implies)
{
    for (int i = 0; i < group.c->group.count; i++)
        if (group_implies ? implies(pair, item_of(group, i), other)
                          : implies(pair, other, item_of(group, i)))
            return true;
    return false;
}

/* First what must be so for each item, then what one item shows. */
static bool
implies(const struct pair *pair, struct side a, struct side b)
{
    if (--*pair->left < 0)
        return false;
    if (is_group(b) && is_all(b))
        return each_item(pair, b, a, false);
    if (is_group(a) && !is_all(a))
        return each_item(pair, a, b, true);
    if (is_group(a) && some_item(pair, a, b, true))
        return true;
    if (is_group(b))
        return some_item(pair, b, a, false);
    return !is_group(a) && term_implies(pair, a, b);
}

bool
condition_implies(const struct condition *a, const struct condition *b,
                  struct fact *unknown, int *left)
{
    const struct pair pair = { unknown, left };

    return implies(&pair, side_of(a), side_of(b));
}
