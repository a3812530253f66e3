/* revert: see revert.h. No database here but for the ledger in memory. */
#include "src/route/revert.h"

#include <assert.h>

#include "src/route/wording.h"
#include "src/workspace/cache.h"

const char *const revert_outcomes[REVERT_OUTCOME_COUNT + 1] = {
    [REVERT_GIVEN_BACK] = "given_back",
    [REVERT_ROUTED_AGAIN] = "routed_again",
    [REVERT_QUEUED] = "queued",
    [REVERT_MOVED_BY_HAND] = "moved_by_hand",
    [REVERT_MOVED_ON] = "moved_on",
    [REVERT_REVERTED] = "reverted",
    [REVERT_TOUCHED] = "touched",
    [REVERT_PINNED] = "pinned",
    [REVERT_ACCEPTED] = "accepted",
    [REVERT_WAITING] = "waiting",
    [REVERT_CLOSED] = "closed",
    [REVERT_MERGED] = "merged",
    [REVERT_ERASED] = "erased",
};

/* A row for each of them; where it goes, once as a plan and once as known. */
static const struct wording wordings[] = {
    { "given_back", "Back to {to}, who had it before.",
      "이전 담당인 {to}에게 돌아갑니다." },
    { "routed_again",
      "Nobody had it before who can have it back: the rules in force find its "
      "owner.",
      "돌려받을 이전 담당이 없어 지금 적용 중인 규칙으로 다시 배정합니다." },
    { "routed_again_to",
      "Nobody had it before who can have it back: the rules in force gave it "
      "to {to}.",
      "돌려받을 이전 담당이 없어 지금 적용 중인 규칙에 따라 {to|이/가} "
      "맡습니다." },
    { "queued", "It waits in {to} until somebody gives it away.",
      "누군가 배정할 때까지 {to}에서 기다립니다." },
    { "moved_by_hand", "Left: somebody has given it away by hand since.",
      "그대로 둡니다. 이후에 직접 배정되었습니다." },
    { "moved_on", "Left: it has gone on from {owner} since.",
      "그대로 둡니다. 이후에 {owner}의 손을 떠났습니다." },
    { "reverted", "Left: it was taken back already.",
      "그대로 둡니다. 이미 되돌렸습니다." },
    { "touched", "Left: somebody has worked on it since.",
      "그대로 둡니다. 이후에 누군가 이 리드를 다루었습니다." },
    { "pinned", "Left: it is pinned to {owner}.",
      "그대로 둡니다. {owner}에게 고정되어 있습니다." },
    { "accepted", "Left: {owner} has accepted it.",
      "그대로 둡니다. {owner|이/가} 직접 수락했습니다." },
    { "waiting",
      "Left: it waits in {owner}, and the rules in force are asked for it "
      "anyway.",
      "그대로 둡니다. {owner}에서 기다리고 있어 지금 적용 중인 규칙으로 "
      "배정됩니다." },
    { "closed", "Left: it is closed.", "그대로 둡니다. 종료된 리드입니다." },
    { "merged", "Left: it became part of another lead.",
      "그대로 둡니다. 다른 리드에 병합되었습니다." },
    { "erased", "Left: the person behind it was erased.",
      "그대로 둡니다. 개인정보가 삭제된 리드입니다." },
    { NULL, NULL, NULL },
};

bool
revert_takes_back(enum revert_outcome outcome)
{
    return outcome <= REVERT_QUEUED;
}

static struct str
value_of(struct arena *arena, const void *told, struct str name, bool korean)
{
    const struct revert_telling *telling = told;

    (void)arena, (void)korean;
    return str_is(name, "to") ? telling->to : telling->owner;
}

struct str
revert_sentence(struct arena *arena, const struct revert_telling *telling,
                struct str language)
{
    bool known =
        telling->outcome == REVERT_ROUTED_AGAIN && !str_is_empty(telling->to);
    const struct wording *wording = wording_find(
        wordings, known ? STR("routed_again_to")
                        : str_of(revert_outcomes[telling->outcome]));

    return wording_fill(arena, wording, language, value_of, telling);
}

/* ------------------------------------------------------------------ span */

enum { CLOCKS_APART_MS = 3600 * 1000 };

bool
revert_span(struct work *w, struct revert *revert)
{
    int64_t from_ms;
    int64_t until_ms;

    if (!routing_version_span(w, revert->rules_version, &from_ms, &until_ms))
        return false;
    if (until_ms > w->now_ms)
        until_ms = w->now_ms;
    if (from_ms == 0) /* what everybody begins with */
        from_ms = id_time_ms(w->workspace);
    revert->from = id_at(from_ms - CLOCKS_APART_MS);
    revert->until = id_at(until_ms + CLOCKS_APART_MS);
    revert->after = revert->from;
    return true;
}

int
revert_percent(const struct revert *revert)
{
    int64_t begin_ms = id_time_ms(revert->from) + CLOCKS_APART_MS;
    int64_t whole_ms = id_time_ms(revert->until) - CLOCKS_APART_MS - begin_ms;
    int64_t done_ms = id_time_ms(revert->after) - begin_ms;

    if (revert->ended_ms > 0)
        return 100;
    if (done_ms <= 0 || whole_ms <= 0)
        return 0;
    return done_ms >= whole_ms ? 99 : (int)(done_ms * 99 / whole_ms);
}

/* --------------------------------------------------------------- history */

static const struct decision_row *
find_decision(const struct decision_row *decisions, int count, struct id id)
{
    for (int i = 0; i < count; i++)
        if (id_equal(decisions[i].id, id))
            return &decisions[i];
    return NULL;
}

static bool
is_same(const struct assignment *a, const struct assignment *b)
{
    return owner_equal(a->owner, b->owner)
        && id_equal(a->decision, b->decision);
}

static bool
begins_anew(const struct assignment *a)
{
    return str_is(a->reason, revert_outcomes[REVERT_ROUTED_AGAIN])
        || str_is(a->reason, revert_outcomes[REVERT_QUEUED]);
}

/* Those that were not taken back, the present one on top. */
static const struct assignment **
standing(struct arena *arena, const struct assignment *all, int count,
         int *height)
{
    const struct assignment **stack =
        ARENA_ARRAY(arena, const struct assignment *, (size_t)count);
    int n = 0;

    for (int i = 0; i < count; i++) {
        if (begins_anew(&all[i]))
            n = 0;
        if (str_is(all[i].reason, revert_outcomes[REVERT_GIVEN_BACK]))
            while (n > 0 && !is_same(stack[n - 1], &all[i]))
                n--;
        if (n > 0 && is_same(stack[n - 1], &all[i]))
            n--; /* he has it again */
        stack[n++] = &all[i];
    }
    *height = n;
    return stack;
}

/* The last that the decision made, or made good again; `*next`: what followed
 * it, or NULL. */
static const struct assignment *
find_made(const struct assignment *all, int count, struct id decision,
          const struct assignment **next)
{
    *next = NULL;
    for (int i = count - 1; i >= 0; i--) {
        if (!id_equal(all[i].decision, decision))
            continue;
        if (i + 1 < count)
            *next = &all[i + 1];
        return &all[i];
    }
    return NULL;
}

static const struct assignment *
find_first(const struct assignment *all, int count, struct id decision)
{
    int i = 0;

    while (i < count && !id_equal(all[i].decision, decision))
        i++;
    assert(i < count); /* it is one of those that made an assignment */
    return &all[i];
}

static enum revert_outcome
why_gone(const struct assignment *next)
{
    if (next == NULL)
        return REVERT_MERGED;
    if (str_is(next->reason, "by_hand"))
        return REVERT_MOVED_BY_HAND;
    if (str_is(next->reason, "unmerged"))
        return REVERT_TOUCHED;
    return begins_anew(next)
                || str_is(next->reason, revert_outcomes[REVERT_GIVEN_BACK])
             ? REVERT_REVERTED
             : REVERT_MOVED_ON;
}

struct revert_history
revert_history(struct arena *arena, const struct assignment *assignments,
               int assignment_count, const struct decision_row *decisions,
               int decision_count, struct id decision, struct id default_queue)
{
    const struct decision_row *asked =
        find_decision(decisions, decision_count, decision);
    const struct assignment *next;
    struct revert_history history = {
        .made = find_made(assignments, assignment_count, decision, &next),
        .taken = ARENA_ARRAY(arena, const struct decision_row *,
                             (size_t)assignment_count),
    };

    if (history.made == NULL || asked == NULL)
        return history;
    history.stands = next == NULL && history.made->ended_ms == 0;
    history.gone = why_gone(next);
    if (!history.stands)
        return history;

    int n;
    const struct assignment **stack =
        standing(arena, assignments, assignment_count, &n);
    for (; n > 0; n--) {
        const struct decision_row *by =
            find_decision(decisions, decision_count, stack[n - 1]->decision);
        if (by == NULL || by->rules_version != asked->rules_version)
            break;
        history.taken[history.taken_count++] = by;
    }
    history.since = find_first(assignments, assignment_count,
                               history.taken[history.taken_count - 1]->id);
    history.had =
        n > 0 && !owner_equal(stack[n - 1]->owner, owner_queue(default_queue));
    if (history.had) {
        history.before = stack[n - 1]->owner;
        history.before_decision = stack[n - 1]->decision;
    }
    return history;
}

/* ---------------------------------------------------------------- turns */

/* Those who earned a share; whoever has left the team for good is none of
 * them. */
static int
shares_of(const struct team *team, const struct json *candidates,
          struct ledger_share *shares)
{
    int count = 0;

    for (size_t i = 0; i < candidates->array.count; i++) {
        const struct json *candidate = &candidates->array.items[i];
        struct id id;
        if (json_get(candidate, "units") == NULL
            || !id_parse(json_get_text(candidate, "person"), &id))
            continue;
        shares[count++] = (struct ledger_share){
            .person = team_find(team, id),
            .weight = (int32_t)json_get_int(candidate, "weight", 1),
            .units = json_get_int(candidate, "units", 0),
        };
    }
    return count;
}

static bool
is_among(const struct ledger_share *shares, int count, int person)
{
    bool found = false;

    for (int i = 0; i < count; i++) {
        if (shares[i].person < 0)
            return false;
        found |= shares[i].person == person;
    }
    return found;
}

bool
revert_turn(struct work *w, const struct decision_row *row)
{
    struct workspace_cache *cache = workspace_cache(w);
    const struct json *candidates = json_get(row->record, "candidates");

    if (cache == NULL)
        return false;
    if (row->owner.kind != OWNER_REP || candidates == NULL)
        return true; /* a queue takes no turn */

    struct ledger_share *shares =
        ARENA_ARRAY(w->arena, struct ledger_share, candidates->array.count);
    int count = shares_of(cache->team, candidates, shares);
    int winner = team_find(cache->team, row->owner.id);
    if (is_among(shares, count, winner)) /* one alone has paid nothing */
        ledger_mirror(&cache->ledger, shares, count, winner);
    return true;
}
