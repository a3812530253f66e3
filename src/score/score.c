/*
 * score: what a lead's rules add up to, and when that will be another sum.
 * Reads no document (score_read.c) and no table.
 */
#include "src/score/score.h"

#include <math.h>
#include <stdlib.h>

#include "src/workspace/cache.h"

#define DAY_MS INT64_C(86400000)

/* ---------------------------------------------------------------- fading */

int64_t
score_faded(int64_t points, int64_t half_life_ms, int64_t age_ms)
{
    if (half_life_ms == 0 || age_ms <= 0)
        return points;
    return llround((double)points
                   * exp2(-(double)age_ms / (double)half_life_ms));
}

/* It changes when the size falls below the half between it and the next; a
 * millisecond more, for what a double cannot tell. */
int64_t
score_fades_at(int64_t points, int64_t half_life_ms, int64_t age_ms)
{
    int64_t left = score_faded(points, half_life_ms, age_ms);

    if (half_life_ms == 0 || left == 0)
        return INT64_MAX;

    double edge = (double)llabs(left) - 0.5;
    double halvings = log2((double)llabs(points) / edge);
    int64_t at_ms = (int64_t)ceil(halvings * (double)half_life_ms);
    return (at_ms > age_ms ? at_ms : age_ms) + 1;
}

/* --------------------------------------------------------------- scoring */

/* A score while it is summed up. */
struct sum {
    const struct score_rules *all;
    struct lead *lead;
    int64_t now_ms;
    int64_t next_ms; /* when it will be another; INT64_MAX: never */
    struct json_out out;
};

/* What a true rule gives now. */
static int64_t
points_now(struct sum *sum, const struct score_rule *rule)
{
    const struct fact *since = &sum->lead->facts[rule->since];

    if (rule->half_life_ms == 0)
        return rule->points;
    if (!since->known)
        return 0;

    int64_t age_ms = sum->now_ms - since->number;
    int64_t next = score_fades_at(rule->points, rule->half_life_ms, age_ms);
    if (next != INT64_MAX && since->number + next < sum->next_ms)
        sum->next_ms = since->number + next;
    return score_faded(rule->points, rule->half_life_ms, age_ms);
}

static void
put_rule(struct sum *sum, const struct score_rule *rule, int64_t points)
{
    json_open_object(&sum->out);
    json_put_text(&sum->out, "rule", rule->id);
    json_put_text(&sum->out, "name", rule->name);
    json_put_int(&sum->out, "points", points);
    if (rule->group >= 0)
        json_put_text(&sum->out, "group", sum->all->groups[rule->group].id);
    if (points != rule->points)
        json_put_int(&sum->out, "faded_from", rule->points);
    json_close_object(&sum->out);
}

/* What a group is beyond its bounds is taken back by a line of its own, so
 * that the lines always add up (S1). */
static void
put_group(struct sum *sum, const struct score_group *group, int64_t points)
{
    int64_t kept = points > group->max ? group->max
                 : points < group->min ? group->min
                                       : points;

    if (kept == points)
        return;
    sum->lead->score += kept - points;
    json_open_object(&sum->out);
    json_put_text(&sum->out, "group", group->id);
    json_put_text(&sum->out, "name", group->name);
    json_put_int(&sum->out, "points", kept - points);
    json_put_int(&sum->out, points > kept ? "max" : "min", kept);
    json_close_object(&sum->out);
}

static void
add_rules(struct sum *sum, int64_t *of_group)
{
    for (int i = 0; i < sum->all->count; i++) {
        const struct score_rule *rule = &sum->all->rules[i];
        if (!condition_true(rule->when, sum->lead->facts, sum->now_ms))
            continue;
        int64_t points = points_now(sum, rule);
        if (points == 0 && rule->points != 0)
            continue; /* faded away */
        sum->lead->score += points;
        if (rule->group >= 0)
            of_group[rule->group] += points;
        put_rule(sum, rule, points);
    }
}

/* A closed lead keeps its last score. */
static int64_t
rescore_ms(const struct sum *sum)
{
    int64_t next_ms = sum->next_ms;

    if (lead_is_closed(sum->lead))
        return 0;
    if (sum->all->reads_time && sum->now_ms + DAY_MS < next_ms)
        next_ms = sum->now_ms + DAY_MS;
    return next_ms == INT64_MAX ? 0 : next_ms;
}

void
score_set(struct arena *arena, struct lead *lead,
          const struct score_rules *rules, int64_t now_ms)
{
    struct text lines = text_new(arena);
    struct sum sum = { rules, lead, now_ms, INT64_MAX, json_out_new(&lines) };
    int64_t *of_group = ARENA_ARRAY(arena, int64_t, (size_t)rules->group_count);

    lead->score = 0;
    json_open_array(&sum.out);
    add_rules(&sum, of_group);
    for (int i = 0; i < rules->group_count; i++)
        put_group(&sum, &rules->groups[i], of_group[i]);
    json_close_array(&sum.out);
    lead->score_lines = text_str(&lines);
    lead->rescore_ms = rescore_ms(&sum);
}

bool
score_lead(struct work *w, struct lead *lead)
{
    struct workspace_cache *cache = workspace_cache(w);

    if (cache == NULL)
        return false;
    lead_refresh(lead);
    score_set(w->arena, lead, cache->scoring, w->now_ms);
    return true;
}
