/* rules_warnings: see rules_warnings.h. */
#include "src/route/rules_warnings.h"

#include "src/route/reach.h"

struct warning {
    struct arena *arena;
    const struct json *document;
    const struct route_snapshot *snapshot;
    struct json_out *out;
};

/* Some people of whom something is needed. */
struct crowd {
    const struct ledger_share *members;
    int count;
    struct str name; /* the pool "Seoul", or ana */
};

void
route_warn(struct json_out *out, struct str pointer, const char *code,
           struct str message)
{
    json_open_object(out);
    json_put_text(out, "pointer", pointer);
    json_put_cstr(out, "code", code);
    json_put_text(out, "message", message);
    json_close_object(out);
}

/* --------------------------------------------------------------- reaching */

static void
warn_of_reach(const struct warning *warning)
{
    const struct route_snapshot *snapshot = warning->snapshot;
    int *taken_by =
        ARENA_ARRAY(warning->arena, int, (size_t)snapshot->rule_count);

    route_reach(warning->arena, json_get(warning->document, "rules"), snapshot,
                taken_by);
    for (int i = 0; i < snapshot->rule_count; i++) {
        if (taken_by[i] < 0)
            continue;
        route_warn(
            warning->out, arena_format(warning->arena, "/rules/%d", i),
            "never_reached",
            arena_format(warning->arena,
                         "No lead comes to this rule: \"%.*s\" (/rules/%d) "
                         "takes them all. Move it before it, or narrow what "
                         "the other one asks.",
                         STR_ARG(snapshot->rules[taken_by[i]].name),
                         taken_by[i]));
    }
}

/* ----------------------------------------------------------------- people */

static bool
is_there(const struct person *person)
{
    return person_may_own(person) && person->takes != TAKES_NO;
}

/* One thing that is needed, so that it can be said which one nobody has. */
struct want {
    bool (*met)(const struct want *, const struct ability *);
    struct str text; /* "level 3 of solar": nobody has/speaks ... it */
    const struct route_needed_skill *skill;
    struct str language;
    int32_t seniority;
};

static bool
has_skill(const struct want *want, const struct ability *ability)
{
    return ability_level(ability, want->skill->skill) >= want->skill->level;
}

static bool
speaks(const struct want *want, const struct ability *ability)
{
    return ability_speaks(ability, want->language);
}

static bool
speaks_any(const struct want *want, const struct ability *ability)
{
    (void)want;
    return ability->language_count > 0;
}

static bool
is_senior(const struct want *want, const struct ability *ability)
{
    return ability->seniority >= want->seniority;
}

static bool
serves_any(const struct want *want, const struct ability *ability)
{
    (void)want;
    return ability->territory_count > 0;
}

struct wants {
    struct want *items;
    int count;
};

static void
add_wants(struct arena *arena, struct wants *wants,
          const struct route_needs *needs)
{
    for (int i = 0; i < needs->skill_count; i++)
        wants->items[wants->count++] = (struct want){
            .met = has_skill,
            .skill = &needs->skills[i],
            .text = arena_format(arena, "has level %d of %.*s",
                                 (int)needs->skills[i].level,
                                 STR_ARG(needs->skills[i].slug)),
        };
    if (!str_is_empty(needs->language))
        wants->items[wants->count++] = (struct want){
            .met = speaks,
            .language = needs->language,
            .text =
                arena_format(arena, "speaks %.*s", STR_ARG(needs->language)),
        };
    if (needs->language_of_lead)
        wants->items[wants->count++] =
            (struct want){ .met = speaks_any,
                           .text = STR("has a language in the profile") };
    if (needs->seniority > 0)
        wants->items[wants->count++] = (struct want){
            .met = is_senior,
            .seniority = needs->seniority,
            .text =
                arena_format(arena, "has seniority %d", (int)needs->seniority),
        };
    if (needs->territory_of_lead)
        wants->items[wants->count++] =
            (struct want){ .met = serves_any,
                           .text = STR("serves a territory") };
}

static struct wants
wants_of(struct arena *arena, const struct route_needs *rule,
         const struct route_needs *pool)
{
    enum { OTHERS = 4 };
    size_t room = (size_t)((rule == NULL ? 0 : rule->skill_count + OTHERS)
                           + (pool == NULL ? 0 : pool->skill_count + OTHERS));
    struct wants wants = { .items = ARENA_ARRAY(arena, struct want, room) };

    if (rule != NULL)
        add_wants(arena, &wants, rule);
    if (pool != NULL)
        add_wants(arena, &wants, pool);
    return wants;
}

/* Whether somebody of the crowd who is there meets all of them. */
static bool
somebody_meets(const struct team *team, const struct crowd *crowd,
               const struct want *wants, int count)
{
    for (int i = 0; i < crowd->count; i++) {
        const struct person *person = &team->people[crowd->members[i].person];
        int met = 0;
        while (met < count && wants[met].met(&wants[met], &person->ability))
            met++;
        if (met == count && is_there(person))
            return true;
    }
    return false;
}

/* False after a warning: of what nobody has, or of all together. */
static bool
is_met(const struct warning *warning, const struct crowd *crowd,
       const struct route_needs *rule, const struct route_needs *pool,
       struct str pointer)
{
    const struct team *team = warning->snapshot->team;
    struct wants wants = wants_of(warning->arena, rule, pool);
    struct str lacking = STR("meets all of it");

    if (somebody_meets(team, crowd, wants.items, wants.count))
        return true;
    for (int i = wants.count - 1; i >= 0; i--)
        if (!somebody_meets(team, crowd, &wants.items[i], 1))
            lacking = wants.items[i].text;
    route_warn(warning->out, pointer, "nobody_meets",
               arena_format(warning->arena,
                            "Of %.*s nobody %.*s. Give it to somebody (or "
                            "somebody who has it to the pool), or ask for "
                            "less.",
                            STR_ARG(crowd->name), STR_ARG(lacking)));
    return false;
}

/* Whether a lead could be given to somebody of it at all. */
static bool
warn_of_pool(const struct warning *warning, int number)
{
    const struct route_pool *pool = &warning->snapshot->pools[number];
    const struct crowd crowd = {
        pool->members, pool->member_count,
        arena_format(warning->arena, "the pool \"%.*s\"", STR_ARG(pool->name))
    };

    if (!somebody_meets(warning->snapshot->team, &crowd, NULL, 0)) {
        route_warn(warning->out,
                   arena_format(warning->arena, "/pools/%d/members", number),
                   "nobody_here",
                   STR("Nobody of this pool works here and takes leads, so "
                       "they go where \"nobody_can\" says. Add somebody."));
        return false;
    }
    return pool->needs == NULL
        || is_met(warning, &crowd, NULL, pool->needs,
                  arena_format(warning->arena, "/pools/%d/needs", number));
}

static bool
warn_of_person(const struct warning *warning, const struct route_target *target,
               struct str at)
{
    const struct team *team = warning->snapshot->team;

    if (target->kind != TARGET_REP || is_there(&team->people[target->person]))
        return true;
    const struct person *person = &team->people[target->person];
    route_warn(warning->out,
               arena_format(warning->arena, "%.*s%s/rep", STR_ARG(at),
                            target->sequence.bytes > 0 ? "/owner" : ""),
               person->active ? "takes_no_leads" : "has_left",
               arena_format(warning->arena,
                            "%.*s %s. Name somebody else, or a pool.",
                            STR_ARG(person->name),
                            person->active ? "takes no leads"
                                           : "does not work here any more"));
    return false;
}

static void
warn_of_needs(const struct warning *warning, const struct route_rule *rule,
              struct str at)
{
    const struct route_snapshot *snapshot = warning->snapshot;
    const struct route_target *to = &rule->give_to;
    struct ledger_share alone = { to->person, 1, 0 };
    struct crowd crowd = { &alone, 1, STR_NONE };
    const struct route_needs *of_pool = NULL;

    if (to->kind == TARGET_REP) {
        crowd.name = snapshot->team->people[to->person].name;
    } else {
        const struct route_pool *pool = &snapshot->pools[to->pool];
        of_pool = pool->needs;
        crowd =
            (struct crowd){ pool->members, pool->member_count,
                            arena_format(warning->arena, "the pool \"%.*s\"",
                                         STR_ARG(pool->name)) };
    }
    (void)is_met(warning, &crowd, rule->needs, of_pool,
                 arena_format(warning->arena, "%.*s/needs", STR_ARG(at)));
}

static void
warn_of_people(const struct warning *warning)
{
    const struct route_snapshot *snapshot = warning->snapshot;
    bool *pool_is_good =
        ARENA_ARRAY(warning->arena, bool, (size_t)snapshot->pool_count);

    for (int i = 0; i < snapshot->pool_count; i++)
        pool_is_good[i] = warn_of_pool(warning, i);
    for (int i = 0; i < snapshot->rule_count; i++) {
        const struct route_rule *rule = &snapshot->rules[i];
        const struct route_target *to = &rule->give_to;
        struct str at = arena_format(warning->arena, "/rules/%d", i);
        if (!rule->enabled || to->kind == TARGET_QUEUE
            || (to->kind == TARGET_POOL && !pool_is_good[to->pool])
            || !warn_of_person(
                warning, to,
                arena_format(warning->arena, "%.*s/give_to", STR_ARG(at))))
            continue;
        if (rule->needs != NULL)
            warn_of_needs(warning, rule, at);
    }
    (void)warn_of_person(warning, &snapshot->otherwise, STR("/otherwise"));
    (void)warn_of_person(warning, &snapshot->nobody_then,
                         STR("/nobody_can/then"));
}

void
route_warn_of(struct arena *arena, const struct json *document,
              const struct route_snapshot *snapshot, struct json_out *out)
{
    const struct warning warning = { arena, document, snapshot, out };

    if (snapshot->team != NULL)
        warn_of_people(&warning);
    warn_of_reach(&warning);
}
