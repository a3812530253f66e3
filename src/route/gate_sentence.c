/*
 * gate_sentence: what stopped somebody, as he and his colleagues may read it.
 * A row for each gate of gate.c.
 */
#include "src/route/route.h"
#include "src/route/wording.h"

static const struct wording wordings[] = {
    { "inactive", "{who} does not work here any more.",
      "{who|은/는} 더 이상 근무하지 않습니다." },
    { "views_only", "{who} may look at leads, and have none.",
      "{who|은/는} 리드를 볼 수만 있고 맡을 수 없습니다." },
    { "takes_no_leads", "{who} takes no leads.",
      "{who|은/는} 리드를 받지 않습니다." },
    { "had_it", "{who} has had this lead already.",
      "{who|은/는} 이미 이 리드를 맡았습니다." },
    { "declined", "{who} has declined this lead.",
      "{who|은/는} 이 리드를 거절했습니다." },
    { "lacks_skill_wholly",
      "{who} does not have {what}, and level {limit} is "
      "needed.",
      "{who|은/는} {what} 역량이 없으며 {limit}단계가 필요합니다." },
    { "lacks_skill", "{who} has level {saw} of {what}, and {limit} is needed.",
      "{who}의 {what} 역량은 {saw}단계이며 {limit}단계가 필요합니다." },
    { "lacks_language", "{who} does not speak {what}.",
      "{who|은/는} {what} 언어를 하지 못합니다." },
    { "too_junior", "{who} has seniority {saw}, and {limit} is needed.",
      "{who}의 경력은 {saw}단계이며 {limit}단계가 필요합니다." },
    { "not_in_territory", "{what} lies in no territory that {who} serves.",
      "{what|은/는} {who|이/가} 맡은 지역에 속하지 않습니다." },
    { "absent", "{who} is on leave until {until}.",
      "{who|은/는} {until}까지 부재 중입니다." },
    { "holiday", "{who} has a day off and works again from {until}.",
      "{who|은/는} 휴일이며 {until}부터 근무합니다." },
    { "outside_hours", "{who} works again from {until}.",
      "{who|은/는} 근무 시간이 아니며 {until}부터 근무합니다." },
    { "away", "{who} is away.", "{who|은/는} 자리를 비웠습니다." },
    { "busy", "{who} is busy.", "{who|은/는} 다른 업무 중입니다." },
    { "full", "{who} has {saw} of at most {limit} open leads.",
      "{who|은/는} 진행 중인 리드가 {saw}건으로 상한 {limit}건에 "
      "이르렀습니다." },
    { "full_today", "{who} has got {saw} of at most {limit} leads today.",
      "{who|은/는} 오늘 {saw}건을 받아 상한 {limit}건에 이르렀습니다." },
    { "too_long_ago", "What {who} has of this company is too long ago.",
      "{who|이/가} 이 회사를 맡은 지 너무 오래되었습니다." },
    { NULL, NULL, NULL },
};

struct route_stopped
route_stopped_by(const struct team *team,
                 const struct route_candidate *candidate,
                 const struct route_gate *gate, const struct zone *zone)
{
    return (struct route_stopped){
        .who = team->people[candidate->person].name,
        .gate = gate == NULL ? STR_NONE : str_of(gate->code),
        .saw = candidate->saw,
        .limit = candidate->limit,
        .what = candidate->what,
        .zone = zone,
    };
}

static struct str
moment(struct arena *arena, const struct route_stopped *stopped, bool korean)
{
    if (stopped->limit == INT64_MAX)
        return korean ? STR("추후 정한 때") : STR("a day not yet known");
    return wording_moment(arena, stopped->limit, stopped->zone);
}

static struct str
value_of(struct arena *arena, const void *told, struct str name, bool korean)
{
    const struct route_stopped *stopped = told;

    if (str_is(name, "who"))
        return stopped->who;
    if (str_is(name, "what"))
        return stopped->what;
    if (str_is(name, "saw"))
        return arena_format(arena, "%ld", (long)stopped->saw);
    if (str_is(name, "limit"))
        return arena_format(arena, "%ld", (long)stopped->limit);
    if (str_is(name, "until"))
        return moment(arena, stopped, korean);
    return STR("?");
}

struct str
route_gate_sentence(struct arena *arena, const struct route_stopped *stopped,
                    struct str language)
{
    bool wholly = str_is(stopped->gate, "lacks_skill") && stopped->saw == 0;
    const struct wording *wording = wording_find(
        wordings, wholly ? STR("lacks_skill_wholly") : stopped->gate);

    if (wording == NULL) /* a record of a newer program */
        return stopped->gate;
    return wording_fill(arena, wording, language, value_of, stopped);
}
