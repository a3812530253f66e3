/*
 * replay_result: what a replay came to: figures, and in plain words what of the
 * past it could not know.
 */
#include "src/replay/replay_result.h"

static void put_leads(struct json_out *, const struct replay_counts *);
static void put_people(struct json_out *, const struct replay_run *);
static void put_rules(struct json_out *, const struct replay_run *);
static void put_facts(struct json_out *, const struct replay_counts *);
static void put_unknown(struct json_out *, const struct replay_run *);

struct str
replay_result_json(struct arena *arena, const struct replay_run *run)
{
    const struct replay_counts *counts = &run->replay.counts;
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    put_leads(&out, counts);
    json_put_bool(&out, "cut", run->cut);
    put_people(&out, run);
    put_rules(&out, run);
    put_facts(&out, counts);
    put_unknown(&out, run);
    json_put_int(&out, "processor_ms", run->processor_us / 1000);
    json_close_object(&out);
    return text_str(&text);
}

/* ----------------------------------------------------------------- figures */

static void
put_count(struct json_out *out, const struct replay_count *count)
{
    json_put_int(out, "before", count->before);
    json_put_int(out, "after", count->after);
}

static void
put_named(struct json_out *out, const char *name,
          const struct replay_count *count)
{
    json_name(out, name);
    json_open_object(out);
    put_count(out, count);
    json_close_object(out);
}

static void
put_leads(struct json_out *out, const struct replay_counts *counts)
{
    json_put_int(out, "leads", counts->leads);
    json_put_int(out, "same", counts->same);
    json_put_int(out, "changed", counts->leads - counts->same);
    json_put_int(out, "to_another", counts->to_another);
    json_put_int(out, "to_queue", counts->to_queue);
    json_put_int(out, "from_queue", counts->from_queue);
    json_put_int(out, "between_queues", counts->queues);
    put_named(out, "waiting", &counts->waiting);
    put_named(out, "otherwise", &counts->otherwise);
    put_named(out, "kept_together", &counts->kept);
}

static void
put_people(struct json_out *out, const struct replay_run *run)
{
    const struct team *team = run->replay.team;

    json_name(out, "people");
    json_open_array(out);
    for (int i = 0; i < team->count; i++) {
        const struct replay_count *count = &run->replay.people[i].leads;
        if (count->before == 0 && count->after == 0)
            continue;
        json_open_object(out);
        json_put_id(out, "id", team->people[i].id);
        json_put_text(out, "name", team->people[i].name);
        put_count(out, count);
        json_put_int(out, "gained", count->gained);
        json_put_int(out, "lost", count->lost);
        json_close_object(out);
    }
    json_close_array(out);
}

static void
put_rules(struct json_out *out, const struct replay_run *run)
{
    const struct route_snapshot *rules = run->replay.rules;

    json_name(out, "rules");
    json_open_array(out);
    for (int i = 0; i < rules->rule_count; i++) {
        json_open_object(out);
        json_put_text(out, "id", rules->rules[i].id);
        json_put_text(out, "name", rules->rules[i].name);
        json_put_bool(out, "enabled", rules->rules[i].enabled);
        put_count(out, &run->replay.of_rules[i]);
        json_close_object(out);
    }
    json_close_array(out);
    json_name(out, "never_hit");
    json_open_array(out);
    for (int i = 0; i < rules->rule_count; i++)
        if (rules->rules[i].enabled && run->replay.of_rules[i].after == 0)
            json_text(out, rules->rules[i].id);
    json_close_array(out);
}

static void
put_facts(struct json_out *out, const struct replay_counts *counts)
{
    static const char *const names[FACTS_KINDS] = {
        [FACTS_RECORDED] = "recorded",
        [FACTS_UNCHANGED] = "unchanged",
        [FACTS_NOW] = "as_now",
        [FACTS_GONE] = "gone",
    };

    json_name(out, "facts");
    json_open_object(out);
    for (int i = 0; i < FACTS_KINDS; i++)
        json_put_int(out, names[i], counts->facts[i]);
    json_close_object(out);
}

/* --------------------------------------------------- what cannot be known */

static int64_t
of_all(const struct replay_run *run)
{
    return run->replay.counts.leads;
}

static int64_t
facts_now(const struct replay_run *run)
{
    return run->replay.counts.facts[FACTS_NOW];
}

static int64_t
facts_gone(const struct replay_run *run)
{
    return run->replay.counts.facts[FACTS_GONE];
}

static int64_t
companies(const struct replay_run *run)
{
    return run->replay.counts.companies;
}

static int64_t
drawn(const struct replay_run *run)
{
    return run->replay.counts.drawn;
}

static int64_t
weighed(const struct replay_run *run)
{
    return run->replay.rules->weighs_results ? run->replay.counts.leads : 0;
}

static int64_t
elsewhere(const struct replay_run *run)
{
    return run->replay.counts.leads - run->replay.counts.same;
}

static int64_t
erased(const struct replay_run *run)
{
    return run->replay.counts.erased;
}

/* Each is said when it concerns a lead. */
static const struct {
    const char *code;
    int64_t (*leads)(const struct replay_run *);
    const char *en;
    const char *ko;
} unknown[] = {
    { "presence", of_all,
      "Who was away or busy is known for those who were considered for a lead, "
      "at that moment; in between it is as it was seen last, and who was not "
      "seen yet is there.",
      "자리 비움이나 바쁨은 리드의 담당 후보였던 사람에 대해 그 순간에만 알 수 "
      "있습니다. 그 사이에는 마지막으로 확인된 상태로, 아직 확인되지 않은 "
      "사람은 "
      "자리에 있는 것으로 봅니다." },
    { "people_now", of_all,
      "People are taken with the working hours, days off, roles, skills and "
      "limits that they have now.",
      "근무 시간, 휴무, 역할, 기술, 한도는 지금의 것을 씁니다." },
    { "facts_now", facts_now,
      "What the rules read of these leads was not recorded when they came, and "
      "they have changed since: they are taken as they are now.",
      "규칙이 읽는 값이 리드가 들어올 때 기록되지 않았고 그 뒤에 바뀌었습니다. "
      "지금의 값을 씁니다." },
    { "facts_gone", facts_gone,
      "What the rules read of these leads was not recorded, and they are part "
      "of other leads now: it is taken as not known.",
      "규칙이 읽는 값이 기록되지 않았고 지금은 다른 리드에 합쳐졌습니다. "
      "모르는 "
      "값으로 봅니다." },
    { "companies", companies,
      "Whose company it was had not been asked when these leads came: keeping "
      "companies together is left out of them.",
      "이 리드들이 들어올 때 회사 담당자를 확인하지 않았습니다. 회사 단위 "
      "유지는 "
      "적용하지 않습니다." },
    { "results_now", weighed,
      "People's results are those of today, not those of the day on which a "
      "lead came.",
      "성과는 리드가 들어온 날이 아니라 오늘의 것을 씁니다." },
    { "drawn", drawn,
      "A draw decided that had not been made then: it is made from the lead's "
      "decision, the same each time.",
      "그때 하지 않은 추첨이 필요했습니다. 결정 번호로 늘 같게 추첨합니다." },
    { "later", elsewhere,
      "What would have become of a lead with another owner is not known: it is "
      "taken to stay with him.",
      "담당자가 달라진 리드가 그 뒤 어떻게 되었을지는 알 수 없습니다. 그 "
      "사람에게 "
      "계속 있는 것으로 봅니다." },
    { "erased", erased, "These leads were erased: they are left out.",
      "지워진 리드라 뺐습니다." },
};

static void
put_unknown(struct json_out *out, const struct replay_run *run)
{
    json_name(out, "unknown");
    json_open_array(out);
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        int64_t leads = unknown[i].leads(run);
        if (leads == 0)
            continue;
        json_open_object(out);
        json_put_cstr(out, "code", unknown[i].code);
        json_put_int(out, "leads", leads);
        json_name(out, "sentence");
        json_open_object(out);
        json_put_cstr(out, "en", unknown[i].en);
        json_put_cstr(out, "ko", unknown[i].ko);
        json_close_object(out);
        json_close_object(out);
    }
    json_close_array(out);
}

/* --------------------------------------------------------------- on a screen */

static void
print_people(FILE *file, const struct json *people)
{
    for (size_t i = 0; people != NULL && i < people->array.count; i++) {
        const struct json *one = &people->array.items[i];
        int64_t before = json_get_int(one, "before", 0);
        int64_t after = json_get_int(one, "after", 0);
        fprintf(file, "  %-24.*s %8ld -> %-8ld %+ld (%ld gained, %ld lost)\n",
                STR_ARG(json_get_text(one, "name")), (long)before, (long)after,
                (long)(after - before), (long)json_get_int(one, "gained", 0),
                (long)json_get_int(one, "lost", 0));
    }
}

static void
print_rules(FILE *file, const struct json *rules)
{
    for (size_t i = 0; rules != NULL && i < rules->array.count; i++) {
        const struct json *one = &rules->array.items[i];
        fprintf(file, "  %-24.*s %8ld -> %-8ld%s\n",
                STR_ARG(json_get_text(one, "id")),
                (long)json_get_int(one, "before", 0),
                (long)json_get_int(one, "after", 0),
                !json_get_bool(one, "enabled", true) ? " (off)"
                : json_get_int(one, "after", 0) == 0 ? " never hit"
                                                     : "");
    }
}

static void
print_named(FILE *file, const struct json *result, const char *name,
            const char *shown)
{
    const struct json *count = json_get(result, name);

    fprintf(file, "  %-24s %8ld -> %-8ld\n", shown,
            (long)json_get_int(count, "before", 0),
            (long)json_get_int(count, "after", 0));
}

void
replay_result_print(const struct json *result, FILE *file)
{
    const struct json *notes = json_get(result, "unknown");

    fprintf(file,
            "%ld leads: %ld with the same owner, %ld with another person, %ld "
            "would wait in a queue, %ld waited and would not, %ld in another "
            "queue%s\n",
            (long)json_get_int(result, "leads", 0),
            (long)json_get_int(result, "same", 0),
            (long)json_get_int(result, "to_another", 0),
            (long)json_get_int(result, "to_queue", 0),
            (long)json_get_int(result, "from_queue", 0),
            (long)json_get_int(result, "between_queues", 0),
            json_get_bool(result, "cut", false) ? "; the limit ended it" : "");
    fputs("people\n", file);
    print_people(file, json_get(result, "people"));
    print_named(file, result, "waiting", "(queues)");
    fputs("rules\n", file);
    print_rules(file, json_get(result, "rules"));
    print_named(file, result, "otherwise", "(otherwise)");
    print_named(file, result, "kept_together", "(kept together)");
    fputs("what it cannot know\n", file);
    for (size_t i = 0; notes != NULL && i < notes->array.count; i++) {
        const struct json *note = &notes->array.items[i];
        fprintf(file, "  %ld leads: %.*s\n",
                (long)json_get_int(note, "leads", 0),
                STR_ARG(json_get_text(json_get(note, "sentence"), "en")));
    }
}
