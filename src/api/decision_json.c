/*
 * decision_json: see decision_json.h. Everything is made from the record
 * (route/README.md), so a decision of last year reads as it did then; only
 * names are those of today.
 */
#include "src/api/decision_json.h"

#include "lib/http/shape.h"
#include "lib/time/zone.h"
#include "src/api/lead_json.h"
#include "src/lead/custom.h"

struct decision_rules {
    struct decision_rules *next;
    int64_t version;
    const struct route_snapshot *snapshot; /* NULL: cannot be read any more */
};

static void put_sentences(struct decision_shower *, struct json_out *,
                          const struct decision_row *);
static void put_record(struct decision_shower *, struct json_out *,
                       const struct json *record, const struct fact *);
static bool put_trail(struct decision_shower *, struct json_out *,
                      const struct decision_row *, const struct fact *);

/* ----------------------------------------------------- what it has seen */

static const struct fact *
input_facts(struct arena *arena, const struct field *fields,
            const struct json *record)
{
    const struct json *input = json_get(record, "input");
    struct fact *facts = ARENA_ARRAY(arena, struct fact, LEAD_FACT_COUNT);

    for (int i = 0; fields[i].name != NULL; i++)
        facts[i] = route_input_fact(arena, json_get(input, fields[i].name));
    return facts;
}

static int64_t
record_time(const struct decision_row *row)
{
    int64_t ms;

    return time_parse(json_get_text(row->record, "at"), &ms) ? ms
                                                             : row->decided_ms;
}

/* ------------------------------------------------------------- the whole */

bool
decision_json(struct decision_shower *shower, struct json_out *out,
              const struct decision_row *row)
{
    const struct fact *facts = input_facts(
        shower->w->arena, shower->cache->schema->fields, row->record);

    json_open_object(out);
    json_put_id(out, "id", row->id);
    json_put_id(out, "lead", row->lead);
    json_put_time(out, "decided_at", row->decided_ms);
    json_put_int(out, "rules_version", row->rules_version);
    json_name(out, "owner");
    lead_owner_json(out, shower->cache, row->owner);
    put_sentences(shower, out, row);
    put_record(shower, out, row->record, facts);
    bool ok = !shower->trail || put_trail(shower, out, row, facts);
    json_close_object(out);
    return ok;
}

void
decision_sentences_json(struct json_out *out, const char *name, struct str en,
                        struct str ko)
{
    json_name(out, name);
    json_open_object(out);
    json_put_text(out, "en", en);
    json_put_text(out, "ko", ko);
    json_close_object(out);
}

bool
decision_owner_is_stopped(const struct workspace_cache *cache,
                          struct owner owner, int64_t now_ms,
                          struct route_stopped *stopped)
{
    const struct route_question question = { .now_ms = now_ms };
    const struct route_asking asking = { .question = &question,
                                         .team = cache->team,
                                         .ledger = &cache->ledger };
    struct route_candidate candidate = {
        .person =
            owner.kind == OWNER_REP ? team_find(cache->team, owner.id) : -1,
    };
    const struct route_gate *gate =
        candidate.person < 0 ? NULL : route_gate_now(&asking, &candidate);

    if (gate == NULL)
        return false;
    *stopped = route_stopped_by(cache->team, &candidate, gate,
                                zone_find(cache->workspace.time_zone));
    return true;
}

/* R12: who comes back stays with an owner who may not answer at once. */
static struct str
with_kept(struct decision_shower *shower, const struct decision_row *row,
          struct str sentence, struct str language)
{
    struct arena *arena = shower->w->arena;
    struct route_stopped stopped;

    if (shower->kept_at_ms == 0
        || !decision_owner_is_stopped(shower->cache, row->owner,
                                      shower->kept_at_ms, &stopped))
        return sentence;
    return arena_format(
        arena, "%.*s %.*s", STR_ARG(sentence),
        STR_ARG(route_gate_sentence(arena, &stopped, language)));
}

static void
put_sentences(struct decision_shower *shower, struct json_out *out,
              const struct decision_row *row)
{
    const struct workspace_cache *cache = shower->cache;
    struct arena *arena = shower->w->arena;
    struct route_telling telling =
        route_tell_record(row->record, cache->team,
                          route_owner_name(cache->team, cache->queues,
                                           cache->queue_count, row->owner));

    telling.zone = zone_find(cache->workspace.time_zone);
    decision_sentences_json(
        out, "sentence",
        with_kept(shower, row, route_sentence(arena, &telling, STR("en")),
                  STR("en")),
        with_kept(shower, row, route_sentence(arena, &telling, STR("ko")),
                  STR("ko")));
}

/* ------------------------------------------------------------ the record */

static struct str
name_of(const struct workspace_cache *cache, struct str id_text)
{
    struct id id;
    int number = id_parse(id_text, &id) ? team_find(cache->team, id) : -1;

    return number < 0 ? STR("?") : cache->team->people[number].name;
}

static void
put_person(struct json_out *out, const struct workspace_cache *cache,
           struct str id_text)
{
    json_open_object(out);
    json_put_text(out, "id", id_text);
    json_put_text(out, "name", name_of(cache, id_text));
    json_close_object(out);
}

/* The ledger counts in parts of a lead; people count leads. */
static void
put_leads(struct json_out *out, const char *name, int64_t units)
{
    json_name(out, name);
    json_real(out, (double)units / (double)LEDGER_UNIT);
}

void
decision_gate_json(struct arena *arena, struct json_out *out,
                   const struct route_stopped *stopped)
{
    json_name(out, "gate");
    if (stopped->gate.data == NULL) {
        json_null(out);
        return;
    }
    json_open_object(out);
    json_put_text(out, "code", stopped->gate);
    json_put_int(out, "saw", stopped->saw);
    json_put_int(out, "limit", stopped->limit);
    json_put_text(out, "what", stopped->what);
    decision_sentences_json(out, "sentence",
                            route_gate_sentence(arena, stopped, STR("en")),
                            route_gate_sentence(arena, stopped, STR("ko")));
    json_close_object(out);
}

static void
put_gate(struct decision_shower *shower, struct json_out *out,
         const struct json *asked)
{
    const struct workspace_cache *cache = shower->cache;
    const struct route_stopped stopped = {
        .who = name_of(cache, json_get_text(asked, "person")),
        .gate = json_get_text(asked, "gate"),
        .saw = json_get_int(asked, "saw", 0),
        .limit = json_get_int(asked, "limit", 0),
        .what = json_get_text(asked, "what"),
        .zone = zone_find(cache->workspace.time_zone),
    };

    decision_gate_json(shower->w->arena, out, &stopped);
}

static void
put_part(struct json_out *out, const char *name, const struct json *figures,
         double whole)
{
    json_name(out, name);
    json_real(out, (double)json_get_int(figures, name, 0) / whole);
}

/* A strategy weighs in parts; people read percent and points. */
static void
put_figures(struct json_out *out, const struct json *figures)
{
    json_name(out, "figures");
    if (figures == NULL) {
        json_null(out);
        return;
    }
    json_open_object(out);
    json_put_tree(out, "leads", json_get(figures, "leads"));
    json_put_tree(out, "wins", json_get(figures, "wins"));
    put_part(out, "chance", figures, RESULT_WHOLE);
    put_part(out, "fit", figures, 1000);
    put_part(out, "score", figures, 1000);
    json_close_object(out);
}

static void
put_candidate(struct decision_shower *shower, struct json_out *out,
              const struct json *candidate)
{
    const struct workspace_cache *cache = shower->cache;

    json_open_object(out);
    json_name(out, "person");
    put_person(out, cache, json_get_text(candidate, "person"));
    json_name(out, "stands_for");
    if (json_get(candidate, "stands_for") == NULL)
        json_null(out);
    else
        put_person(out, cache, json_get_text(candidate, "stands_for"));
    json_put_tree(out, "weight", json_get(candidate, "weight"));
    put_leads(out, "credit", json_get_int(candidate, "credit", 0));
    if (json_get(candidate, "gate") == NULL)
        put_leads(out, "gains", json_get_int(candidate, "units", 0));
    put_gate(shower, out, candidate);
    put_figures(out, json_get(candidate, "figures"));
    json_close_object(out);
}

/* Who was asked before the rules, because the company is his. */
static void
put_kept(struct decision_shower *shower, struct json_out *out,
         const struct json *asked)
{
    json_open_object(out);
    json_name(out, "person");
    put_person(out, shower->cache, json_get_text(asked, "person"));
    json_put_tree(out, "account", json_get(asked, "account"));
    json_put_tree(out, "family", json_get(asked, "family"));
    json_put_tree(out, "since", json_get(asked, "since"));
    put_gate(shower, out, asked);
    json_close_object(out);
}

/* Who has entered the lead, where the rule asks him first. */
static void
put_capturer(struct decision_shower *shower, struct json_out *out,
             const struct json *asked)
{
    json_name(out, "capturer");
    if (asked == NULL) {
        json_null(out);
        return;
    }
    json_open_object(out);
    json_name(out, "person");
    put_person(out, shower->cache, json_get_text(asked, "person"));
    put_gate(shower, out, asked);
    json_close_object(out);
}

static void
put_people(struct json_out *out, const struct workspace_cache *cache,
           const struct json *list)
{
    json_open_array(out);
    for (size_t i = 0; list != NULL && i < list->array.count; i++)
        put_person(out, cache, list->array.items[i].text);
    json_close_array(out);
}

static void
put_input(struct json_out *out, struct arena *arena, const struct field *fields,
          const struct fact *facts)
{
    json_open_object(out);
    for (int i = 0; fields[i].name != NULL; i++) {
        if (!facts[i].known)
            continue;
        json_name(out, fields[i].name);
        lead_fact_json(out, arena, &fields[i], &facts[i]);
    }
    json_close_object(out);
}

static void
put_record(struct decision_shower *shower, struct json_out *out,
           const struct json *record, const struct fact *facts)
{
    static const char *const plain[] = { "band",      "rule",     "pool",
                                         "account",   "sequence", "strategy",
                                         "code",      "absent",   "wait_until",
                                         "able",      "at",       "weighing",
                                         "missed_by", NULL };
    const struct json *candidates = json_get(record, "candidates");
    const struct json *kept = json_get(record, "kept");

    json_name(out, "record");
    json_open_object(out);
    for (const char *const *name = plain; *name != NULL; name++)
        json_put_tree(out, *name, json_get(record, *name));
    json_name(out, "candidates");
    json_open_array(out);
    for (size_t i = 0; candidates != NULL && i < candidates->array.count; i++)
        put_candidate(shower, out, &candidates->array.items[i]);
    json_close_array(out);
    json_name(out, "kept");
    json_open_array(out);
    for (size_t i = 0; kept != NULL && i < kept->array.count; i++)
        put_kept(shower, out, &kept->array.items[i]);
    json_close_array(out);
    put_capturer(shower, out, json_get(record, "capturer"));
    json_name(out, "except");
    put_people(out, shower->cache, json_get(record, "except"));
    json_name(out, "input");
    put_input(out, shower->w->arena, shower->cache->schema->fields, facts);
    json_close_object(out);
}

/* ------------------------------------------------------------- the trail */

/* A rule set of the past may name what is gone: then there is no trail. */
static bool
read_rules(struct decision_shower *shower, int64_t version,
           const struct route_snapshot **snapshot)
{
    const struct workspace_cache *cache = shower->cache;
    struct work *w = shower->w;
    struct routing_document document;

    if (!routing_version_load(w, version, &document))
        return false;

    const struct route_names names = route_names_of(cache);
    *snapshot =
        route_rules_read(w, w->arena, document.json, version, &names, NULL);
    if (*snapshot == NULL)
        w->error = (struct error){ 0 };
    return true;
}

static bool
rules_of(struct decision_shower *shower, int64_t version,
         const struct route_snapshot **snapshot)
{
    *snapshot = shower->tried;
    if (*snapshot == NULL && shower->cache->routing->version == version)
        *snapshot = shower->cache->routing;
    if (*snapshot != NULL)
        return true;
    for (struct decision_rules *known = shower->known; known != NULL;
         known = known->next) {
        if (known->version == version) {
            *snapshot = known->snapshot;
            return true;
        }
    }
    if (!read_rules(shower, version, snapshot))
        return false;

    struct decision_rules *known =
        ARENA_NEW(shower->w->arena, struct decision_rules);
    *known = (struct decision_rules){ shower->known, version, *snapshot };
    shower->known = known;
    return true;
}

static void
put_miss(struct json_out *out, struct arena *arena, const struct field *fields,
         const struct condition_miss *miss, const struct fact *facts)
{
    json_name(out, "because");
    json_open_object(out);
    if (miss->field >= 0) {
        json_put_cstr(out, "field", fields[miss->field].name);
        json_put_cstr(out, "op", miss->op);
        json_put_tree(out, "value", miss->value);
        json_name(out, "was");
        lead_fact_json(out, arena, &fields[miss->field], &facts[miss->field]);
    }
    json_close_object(out);
}

static void
put_passed_over(struct json_out *out)
{
    json_put_cstr(out, "passed_over", "was_in_sequence");
    decision_sentences_json(
        out, "sentence",
        STR("Passed over: it begins a sequence, and this lead has been in "
            "one."),
        STR("시퀀스를 시작하는 규칙이며 이 리드는 이미 시퀀스를 거쳐서 "
            "건너뛰었습니다."));
}

/* True when the rule decided. */
static bool
put_rule(struct json_out *out, struct arena *arena, const struct field *fields,
         const struct route_rule *rule, const struct fact *facts,
         const struct decision_row *row)
{
    struct condition_miss miss;
    bool passed_over = json_get_bool(row->record, "was_in_sequence", false)
                    && rule->give_to.sequence.bytes > 0;
    bool missed =
        condition_first_miss(rule->when, facts, record_time(row), &miss);
    bool matched = rule->enabled && !missed && !passed_over;

    json_open_object(out);
    json_put_text(out, "id", rule->id);
    json_put_text(out, "name", rule->name);
    json_put_bool(out, "enabled", rule->enabled);
    json_put_bool(out, "matched", matched);
    if (passed_over)
        put_passed_over(out);
    if (rule->enabled && missed)
        put_miss(out, arena, fields, &miss, facts);
    json_close_object(out);
    return matched;
}

/* In the order they were tried, up to the one that decided; none was when the
 * owner was kept. */
static bool
put_trail(struct decision_shower *shower, struct json_out *out,
          const struct decision_row *row, const struct fact *facts)
{
    const struct route_snapshot *rules;

    if (!rules_of(shower, row->rules_version, &rules))
        return false;
    json_name(out, "trail");
    json_open_array(out);
    bool kept = str_is(json_get_text(row->record, "band"), "kept");
    for (int i = 0; !kept && rules != NULL && i < rules->rule_count; i++)
        if (put_rule(out, shower->w->arena, rules->fields, &rules->rules[i],
                     facts, row))
            break;
    json_close_array(out);
    return true;
}

/* ---------------------------------------------------------- description */

static const struct shape_field sentence_fields[] = {
    { "en", SHAPE_TEXT, 0, .about = "In English." },
    { "ko", SHAPE_TEXT, 0, .about = "In Korean." },
    { 0 },
};
static const struct shape sentence_shape = { "Sentence", "In both languages.",
                                             0, sentence_fields };
static const struct shape_field named_fields[] = {
    { "id", SHAPE_TEXT, 0, .about = "Of a rule, pool or person." },
    { "name", SHAPE_TEXT, 0, .about = "As shown." },
    { 0 },
};
static const struct shape named_shape = { "Named", "Something with a name.", 0,
                                          named_fields };
static const struct shape_field gate_fields[] = {
    { "code", SHAPE_TEXT, 0, .about = "outside_hours, away, ..." },
    { "saw", SHAPE_INTEGER, 0, .about = "What it saw." },
    { "limit", SHAPE_INTEGER, 0, .about = "And against what." },
    { "what", SHAPE_TEXT, SHAPE_NULLABLE,
      .about = "Of what: a skill, a language or a place." },
    { "sentence", SHAPE_OBJECT, 0, .of = &sentence_shape,
      .about = "The same in words." },
    { 0 },
};
const struct shape decision_gate_shape = { "Gate", "What stopped somebody.", 0,
                                           gate_fields };
static const struct shape_field figures_fields[] = {
    { "leads", SHAPE_INTEGER, 0,
      .about = "Of his, like this one, that have ended." },
    { "wins", SHAPE_INTEGER, 0, .about = "Of those." },
    { "chance", SHAPE_NUMBER, 0,
      .about = "0..1, with leads of the team's average mixed in." },
    { "fit", SHAPE_NUMBER, 0, .about = "100: the best chance of those able." },
    { "score", SHAPE_NUMBER, 0, .about = "Fit, and points for turns owed." },
    { 0 },
};
static const struct shape figures_shape = { "DecisionFigures",
                                            "What best_match has worked out.",
                                            0, figures_fields };
static const struct shape_field weighing_fields[] = {
    { "kind", SHAPE_TEXT, 0, .about = "Which leads it is like." },
    { "fairness", SHAPE_INTEGER, 0, .about = "Points a lead owed." },
    { "explore_percent", SHAPE_INTEGER, 0, .about = "Leads that go by turn." },
    { 0 },
};
static const struct shape weighing_shape = { "Weighing",
                                             "What best_match went by.", 0,
                                             weighing_fields };
static const struct shape_field candidate_fields[] = {
    { "person", SHAPE_OBJECT, 0, .of = &named_shape, .about = "Who." },
    { "stands_for", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &named_shape,
      .about = "Whose substitute, while that one is on leave." },
    { "weight", SHAPE_INTEGER, 0, .about = "Share of turns." },
    { "credit", SHAPE_NUMBER, 0, .about = "Leads owed before this one." },
    { "gains", SHAPE_NUMBER, 0, .about = "What this lead adds to it." },
    { "gate", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &decision_gate_shape,
      .about = "null: could take it." },
    { "figures", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &figures_shape,
      .about = "Of best_match." },
    { 0 },
};
static const struct shape candidate_shape = { "Candidate",
                                              "Somebody who was considered.", 0,
                                              candidate_fields };
static const struct shape_field kept_fields[] = {
    { "person", SHAPE_OBJECT, 0, .of = &named_shape, .about = "Who." },
    { "account", SHAPE_OBJECT, 0, .of = &named_shape,
      .about = "The company that is his." },
    { "family", SHAPE_BOOL, 0,
      .about = "true: a parent, sister or subsidiary of the lead's company." },
    { "since", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "When the lead came by which he serves it; null: he was named "
               "for it." },
    { "gate", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &decision_gate_shape,
      .about = "null: he got the lead. too_long_ago: the months are over." },
    { 0 },
};
static const struct shape kept_shape = { "KeptCandidate",
                                         "Somebody who serves the company.", 0,
                                         kept_fields };
static const struct shape_field capturer_fields[] = {
    { "person", SHAPE_OBJECT, 0, .of = &named_shape, .about = "Who." },
    { "gate", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &decision_gate_shape,
      .about = "null: he keeps the lead." },
    { 0 },
};
static const struct shape capturer_shape = { "Capturer",
                                             "Who has entered a lead by hand.",
                                             0, capturer_fields };
static const struct shape_field record_fields[] = {
    { "band", SHAPE_TEXT, 0, .about = "rule, otherwise or kept." },
    { "rule", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &named_shape,
      .about = "The rule that decided." },
    { "pool", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &named_shape,
      .about = "The last pool that was asked." },
    { "account", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &named_shape,
      .about = "The company that its leads are kept together for." },
    { "kept", SHAPE_OBJECT, SHAPE_LIST, .of = &kept_shape,
      .about = "Who was asked before the rules, and what stopped him." },
    { "capturer", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &capturer_shape,
      .about = "Whom the rule has asked first, because he entered it." },
    { "strategy", SHAPE_TEXT, SHAPE_NULLABLE, .about = "How it chose." },
    { "weighing", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &weighing_shape,
      .about = "Of best_match." },
    { "sequence", SHAPE_TEXT, SHAPE_NULLABLE, .about = "That it begins." },
    { "code", SHAPE_TEXT, 0, .about = "Why the owner." },
    { "absent", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &named_shape,
      .about = "For whom the owner stands in." },
    { "missed_by", SHAPE_OBJECT, SHAPE_NULLABLE, .of = &named_shape,
      .about = "Who had it before, and did not answer in time." },
    { "wait_until", SHAPE_TIME, SHAPE_NULLABLE,
      .about = "When somebody may come." },
    { "able", SHAPE_INTEGER, 0, .about = "How many could take it." },
    { "at", SHAPE_TIME, 0, .about = "The moment it was asked for." },
    { "candidates", SHAPE_OBJECT, SHAPE_LIST, .of = &candidate_shape,
      .about = "Everybody who was considered." },
    { "except", SHAPE_OBJECT, SHAPE_LIST, .of = &named_shape,
      .about = "Passed over, because they had it." },
    { "input", SHAPE_ANY, 0, .about = "The fields that rules read." },
    { 0 },
};
static const struct shape record_shape = { "DecisionRecord",
                                           "What it saw and chose, in codes.",
                                           0, record_fields };
static const struct shape_field miss_fields[] = {
    { "field", SHAPE_TEXT, 0, .about = "The field." },
    { "op", SHAPE_TEXT, 0, .about = "The operator." },
    { "value", SHAPE_ANY, 0, .about = "What it asked for." },
    { "was", SHAPE_ANY, 0, .about = "What the lead had." },
    { 0 },
};
static const struct shape miss_shape = { "Miss",
                                         "The first condition that was false.",
                                         0, miss_fields };
static const struct shape_field step_fields[] = {
    { "id", SHAPE_TEXT, 0, .about = "Of the rule." },
    { "name", SHAPE_TEXT, 0, .about = "Of the rule." },
    { "enabled", SHAPE_BOOL, 0, .about = "Only those are tried." },
    { "matched", SHAPE_BOOL, 0, .about = "The last one, if any." },
    { "because", SHAPE_OBJECT, 0, .of = &miss_shape,
      .about = "Why it did not match." },
    { "passed_over", SHAPE_TEXT, 0,
      .about = "was_in_sequence: it begins one, and the lead has been." },
    { "sentence", SHAPE_OBJECT, 0, .of = &sentence_shape,
      .about = "The same in words." },
    { 0 },
};
static const struct shape step_shape = { "TrailStep", "One rule, tried.", 0,
                                         step_fields };
static const struct shape_field fields[] = {
    { "id", SHAPE_ID, SHAPE_NULLABLE, .about = "null: only tried." },
    { "lead", SHAPE_ID, SHAPE_NULLABLE, .about = "null: only tried." },
    { "decided_at", SHAPE_TIME, SHAPE_NULLABLE, .about = "When." },
    { "rules_version", SHAPE_INTEGER, 0, .about = "0: none was published." },
    { "owner", SHAPE_OBJECT, 0, .of = &lead_owner_shape, .about = "Chosen." },
    { "sentence", SHAPE_OBJECT, 0, .of = &sentence_shape,
      .about = "Why, in one sentence." },
    { "record", SHAPE_OBJECT, 0, .of = &record_shape, .about = "All of it." },
    { "trail", SHAPE_OBJECT, SHAPE_LIST, .of = &step_shape,
      .about = "Rules in the order tried, up to the one that decided." },
    { 0 },
};
const struct shape decision_shape = { "Decision", "Who gets a lead, and why.",
                                      0, fields };
static const struct shape_field list_fields[] = {
    { "items", SHAPE_OBJECT, SHAPE_LIST, .of = &decision_shape,
      .about = "Of a lead: oldest first; of all: newest first." },
    { "next_cursor", SHAPE_TEXT, SHAPE_NULLABLE, .about = "For what follows." },
    { 0 },
};
const struct shape decision_list_shape = { "DecisionPage", "Decisions.", 0,
                                           list_fields };
