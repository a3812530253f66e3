/* sentence: a decision in one sentence, in English and Korean. */
#include "src/route/route.h"
#include "src/route/wording.h"

static const struct wording wordings[] = {
    { "in_turn",
      "{rule}: {owner} was next in turn; {able} of {asked} in {pool} could "
      "take it.",
      "{rule}: {pool} {asked}명 중 {able}명이 받을 수 있었고 {owner|이/가} "
      "다음 차례였습니다." },
    { "most_room",
      "{rule}: {owner} had most room; {able} of {asked} in {pool} could take "
      "it.",
      "{rule}: {pool} {asked}명 중 {able}명이 받을 수 있었고 {owner|이/가} "
      "가장 여유가 있었습니다." },
    { "best_match",
      "{rule}: {owner} fits best by past results and turns owed; {able} of "
      "{asked} in {pool} could take it.",
      "{rule}: {pool} {asked}명 중 {able}명이 받을 수 있었고 지난 성과와 "
      "차례로 "
      "보아 {owner|이/가} 가장 알맞습니다." },
    { "best_match_by_turn",
      "{rule}: {owner} was next in turn: a share of these leads goes by turn, "
      "so that everybody gets a chance; {able} of {asked} in {pool} could take "
      "it.",
      "{rule}: 모두에게 기회를 주려고 일부는 차례로 배정합니다. {pool} "
      "{asked}명 중 {able}명이 받을 수 있었고 {owner|이/가} 다음 "
      "차례였습니다." },
    { "offered",
      "{rule}: offered to {able} of {asked} in {pool}; the first who accepts "
      "gets it, and until then it is in {owner}.",
      "{rule}: {pool} {asked}명 중 {able}명에게 제안했습니다. 먼저 수락한 "
      "사람이 맡으며 그때까지 {owner}에 있습니다." },
    { "accepted",
      "{rule}: {owner} accepted it first; it was offered to {able}.",
      "{rule}: {able}명에게 제안했고 {owner|이/가} 먼저 수락했습니다." },
    { "not_accepted",
      "{rule}: nobody accepted it in time, and {owner} was next in turn; "
      "{able} "
      "of {asked} in {pool} could take it.",
      "{rule}: 제때 수락한 사람이 없어 {pool} {asked}명 중 받을 수 있는 "
      "{able}명 "
      "가운데 다음 차례인 {owner|이/가} 맡습니다." },
    { "random",
      "{rule}: {owner} was drawn from the {able} of {asked} in {pool} who "
      "could take it.",
      "{rule}: {pool} {asked}명 중 받을 수 있는 {able}명에서 {owner|이/가} "
      "추첨되었습니다." },
    { "fixed_next",
      "{rule}: {owner} is the first of {pool} who could take it; {able} of "
      "{asked} could.",
      "{rule}: {pool} {asked}명 중 {able}명이 받을 수 있었고 그중 "
      "{owner|이/가} 순서가 가장 앞섭니다." },
    { "fixed", "{rule}: {owner} is named for these leads.",
      "{rule}: {owner|이/가} 담당자로 지정되어 있습니다." },
    { "substitute", "{owner} stands in for {absent}, who is on leave.",
      "{absent|이/가} 부재 중이라 {owner|이/가} 대신 맡습니다." },
    { "captured", "{rule}: {owner} has entered this lead, and keeps it.",
      "{rule}: {owner|이/가} 직접 입력한 리드이므로 그대로 맡습니다." },
    { "to_queue", "{rule}: these leads go to the queue {owner}.",
      "{rule}: 이 리드는 대기열 {owner|으로/로} 보냅니다." },
    { "to_queue_in_sequence",
      "{rule}: these leads are sent the sequence {sequence}, and are in "
      "{owner} meanwhile.",
      "{rule}: 이 리드에는 시퀀스 {sequence|을/를} 보내며 그동안 {owner}에 "
      "둡니다." },
    { "waiting_for_named",
      "{rule}: {stopped} It waits in {owner} until {until}.",
      "{rule}: {stopped} {until}까지 {owner}에서 기다립니다." },
    { "nobody_can_named", "{rule}: {stopped} It went to {owner} instead.",
      "{rule}: {stopped} 대신 {owner|이/가} 맡습니다." },
    { "nobody_named", "{rule}: {stopped} It is kept in {owner}.",
      "{rule}: {stopped} {owner}에 보관합니다." },
    { "finally_after",
      "{before} did not answer in time, so it went to {owner}, as the rules "
      "say.",
      "{before|이/가} 제때 답하지 않아 규칙에 따라 {owner|이/가} 맡습니다." },
    { "waiting",
      "{rule}: nobody of {asked} could take it, so it waits in {owner} until "
      "{until}.",
      "{rule}: {asked}명 모두 받을 수 없어 {until}까지 {owner}에서 "
      "기다립니다." },
    { "nobody_can",
      "{rule}: nobody of {asked} could take it, so it went to {owner}.",
      "{rule}: 받을 수 있는 사람이 없어 {owner|이/가} 맡습니다." },
    { "nobody_else",
      "{rule}: nobody else of {asked} can take it, so it stays with {owner}.",
      "{rule}: 달리 받을 수 있는 사람이 없어 {owner|이/가} 계속 맡습니다." },
    { "nobody",
      "{rule}: nobody of {asked} can take it, so it is kept in {owner}.",
      "{rule}: 받을 수 있는 사람이 없어 {owner}에 보관합니다." },
    { "finally",
      "Nobody answered in time, so it went to {owner}, as the rules say.",
      "제때 답한 사람이 없어 규칙에 따라 {owner|이/가} 맡습니다." },
    { "kept", "{owner} has this person's lead already.",
      "{owner|이/가} 이미 이 고객의 리드를 맡고 있습니다." },
    { "account_owner", "{owner} is named for {account}.",
      "{owner|이/가} {account} 담당자로 지정되어 있습니다." },
    { "account_served", "{owner} has leads of {account} already.",
      "{owner|이/가} 이미 {account}의 리드를 맡고 있습니다." },
    { "family_owner",
      "{owner} is named for {account}, which this company belongs together "
      "with.",
      "{owner|이/가} 같은 계열의 {account} 담당자로 지정되어 있습니다." },
    { "family_served",
      "{owner} has leads of {account} already, which this company belongs "
      "together with.",
      "{owner|이/가} 이미 같은 계열인 {account}의 리드를 맡고 있습니다." },
    { "given_back",
      "{owner} has it again: what other rules had decided was taken back.",
      "다른 규칙의 배정을 되돌려 {owner|이/가} 다시 맡습니다." },
    { "queued",
      "What the rules had decided was taken back; it waits in {owner} for "
      "somebody who gives it away.",
      "규칙의 배정을 되돌렸으며 누군가 배정할 때까지 {owner}에서 "
      "기다립니다." },
    { "by_hand", "It was given to {owner} by hand.",
      "{owner}에게 직접 배정했습니다." },
    { NULL, NULL, NULL },
};

/* Beside the sentence of its code. */
static const struct wording before_it = {
    NULL, "{before} did not answer in time. ",
    "{before|이/가} 제때 답하지 않았습니다. "
};
static const struct wording behind_it = {
    NULL, " The sequence {sequence} begins.",
    " 시퀀스 {sequence|을/를} 시작합니다."
};

/* Codes that have another sentence when more is known. */
static const struct {
    const char *code;
    const char *fuller;
} fuller[] = {
    { "waiting", "waiting_for_named" },
    { "nobody_can", "nobody_can_named" },
    { "nobody", "nobody_named" },
    { "finally", "finally_after" },
    { "to_queue", "to_queue_in_sequence" },
};

static struct str
stopped_of(struct arena *arena, const struct route_telling *telling,
           bool korean)
{
    struct text text = text_new(arena);

    for (int i = 0; i < telling->stopped_count; i++) {
        struct route_stopped stopped = telling->stopped[i];
        stopped.zone = telling->zone;
        if (i > 0)
            text_add_char(&text, ' ');
        text_add(&text, route_gate_sentence(arena, &stopped,
                                            korean ? STR("ko") : STR("en")));
    }
    return text_str(&text);
}

static struct str
value_of(struct arena *arena, const void *told, struct str name, bool korean)
{
    const struct route_telling *telling = told;

    if (str_is(name, "rule"))
        return !str_is_empty(telling->rule) ? telling->rule
             : korean                       ? STR("그 밖의 리드")
                                            : STR("Otherwise");
    if (str_is(name, "owner"))
        return telling->owner;
    if (str_is(name, "absent"))
        return telling->absent;
    if (str_is(name, "pool"))
        return telling->pool;
    if (str_is(name, "account"))
        return telling->account;
    if (str_is(name, "able"))
        return arena_format(arena, "%ld", (long)telling->able);
    if (str_is(name, "asked"))
        return arena_format(arena, "%ld", (long)telling->asked);
    if (str_is(name, "before"))
        return telling->before;
    if (str_is(name, "sequence"))
        return telling->sequence;
    if (str_is(name, "stopped"))
        return stopped_of(arena, telling, korean);
    if (str_is(name, "until"))
        return wording_moment(arena, telling->wait_until_ms, telling->zone);
    return STR("?");
}

static bool
is_fuller(const struct route_telling *telling)
{
    if (str_is(telling->code, "to_queue"))
        return !str_is_empty(telling->sequence);
    if (str_is(telling->code, "finally"))
        return !str_is_empty(telling->before);
    return telling->stopped_count > 0;
}

static struct str
code_of(const struct route_telling *telling)
{
    for (size_t i = 0; i < sizeof fuller / sizeof *fuller; i++)
        if (str_is(telling->code, fuller[i].code) && is_fuller(telling))
            return str_of(fuller[i].fuller);
    return telling->code;
}

struct str
route_sentence(struct arena *arena, const struct route_telling *telling,
               struct str language)
{
    struct str code = code_of(telling);
    const struct wording *wording = wording_find(wordings, code);
    struct text text = text_new(arena);

    if (wording == NULL) /* a record of a newer program */
        return telling->owner;
    if (!str_is_empty(telling->before) && !str_is(telling->code, "finally"))
        text_add(&text,
                 wording_fill(arena, &before_it, language, value_of, telling));
    text_add(&text, wording_fill(arena, wording, language, value_of, telling));
    if (!str_is_empty(telling->sequence) && !str_is(telling->code, "to_queue"))
        text_add(&text,
                 wording_fill(arena, &behind_it, language, value_of, telling));
    return text_str(&text);
}

bool
route_code_has_sentence(struct str code)
{
    return wording_find(wordings, code) != NULL;
}
