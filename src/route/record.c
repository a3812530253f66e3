/*
 * record: a decision as JSON, in codes and parameters, so that it can be
 * read, worded in any language and replayed for ever. README.md lists the
 * members.
 */
#include "src/route/route.h"

static const char *const band_names[] = {
    [BAND_RULE] = "rule",
    [BAND_OTHERWISE] = "otherwise",
    [BAND_KEPT] = "kept",
};

/* The facts that some rule reads, as they were. */
static void
put_input(struct json_out *out, const struct route_question *question,
          const struct route_snapshot *snapshot)
{
    json_name(out, "input");
    json_open_object(out);
    for (int i = 0; snapshot->fields[i].name != NULL; i++) {
        const struct fact *fact = &question->facts[i];
        if (!snapshot->used[i] || !fact->known)
            continue;
        json_name(out, snapshot->fields[i].name);
        switch (snapshot->fields[i].kind) {
        case FIELD_TEXT:
            json_text(out, fact->text);
            break;
        case FIELD_TAGS:
            json_raw(out, fact->text);
            break;
        case FIELD_NUMBER:
        case FIELD_TIME:
        case FIELD_ID:
        case FIELD_BOOL:
            json_int(out, fact->number); /* in stored units */
            break;
        }
    }
    json_close_object(out);
}

static struct fact
tags_of(struct arena *arena, const struct json *value)
{
    struct str *tags = ARENA_ARRAY(arena, struct str, value->array.count);

    for (size_t i = 0; i < value->array.count; i++)
        tags[i] = value->array.items[i].text;
    return lead_tags_fact(arena, tags, (int)value->array.count);
}

struct fact
route_input_fact(struct arena *arena, const struct json *value)
{
    if (value == NULL)
        return (struct fact){ 0 };
    if (value->kind == JSON_ARRAY)
        return tags_of(arena, value);
    if (value->kind == JSON_TEXT)
        return (struct fact){ .known = true,
                              .text = value->text,
                              .folded = fold_text(arena, value->text) };
    return (struct fact){ .known = value->kind == JSON_INTEGER,
                          .number = value->integer };
}

/* In stored units, as they were weighed. */
static void
put_figures(struct json_out *out, const struct route_figures *figures)
{
    if (figures == NULL)
        return;
    json_name(out, "figures");
    json_open_object(out);
    json_put_int(out, "leads", figures->leads);
    json_put_int(out, "wins", figures->wins);
    json_put_int(out, "chance", figures->chance);
    json_put_int(out, "fit", figures->fit);
    json_put_int(out, "score", figures->score);
    json_close_object(out);
}

/* What a strategy goes by, beside the people. */
static void
put_weighing(struct json_out *out, const struct route_pool *pool,
             const struct route_question *question)
{
    if (!pool->strategy->weighs_results)
        return;
    json_name(out, "weighing");
    json_open_object(out);
    json_put_text(out, "kind", question->kind);
    json_put_int(out, "fairness", pool->fairness);
    json_put_int(out, "explore_percent", pool->explore_percent);
    json_close_object(out);
}

static void
put_gate(struct json_out *out, const struct route_candidate *candidate)
{
    json_put_cstr(out, "gate", candidate->gate->code);
    json_put_int(out, "saw", candidate->saw);
    json_put_int(out, "limit", candidate->limit);
    if (!str_is_empty(candidate->what))
        json_put_text(out, "what", candidate->what);
}

static void
put_candidate(struct json_out *out, const struct route_candidate *candidate,
              const struct team *team)
{
    json_open_object(out);
    json_put_id(out, "person", team->people[candidate->person].id);
    if (candidate->stands_for >= 0)
        json_put_id(out, "stands_for", team->people[candidate->stands_for].id);
    json_put_int(out, "weight", candidate->weight);
    json_put_int(out, "credit", candidate->credit);
    /* Ties of credit are broken by the turn, and rooms are weighed by these. */
    json_put_int(out, "turn", candidate->turn);
    json_put_int(out, "open", candidate->open);
    if (team->people[candidate->person].day_leads_max >= 0)
        json_put_int(out, "today", candidate->today);
    if (candidate->gate == NULL) {
        json_put_int(out, "units", candidate->units);
        put_figures(out, candidate->figures);
    } else {
        put_gate(out, candidate);
    }
    json_close_object(out);
}

/* Whom the rule has asked first, and what has stopped him. */
static void
put_capturer(struct json_out *out, const struct route_candidate *capturer,
             const struct team *team)
{
    if (capturer == NULL)
        return;
    json_name(out, "capturer");
    json_open_object(out);
    json_put_id(out, "person", team->people[capturer->person].id);
    if (capturer->gate != NULL)
        put_gate(out, capturer);
    json_close_object(out);
}

static void
put_account(struct json_out *out, const struct route_kept *kept)
{
    json_name(out, "account");
    json_open_object(out);
    json_put_id(out, "id", kept->account);
    json_put_text(out, "name", kept->account_name);
    json_close_object(out);
}

static void
put_kept(struct json_out *out, const struct route_kept_candidate *asked)
{
    json_open_object(out);
    json_put_id(out, "person", asked->kept->person);
    put_account(out, asked->kept);
    json_put_bool(out, "family", asked->kept->family);
    if (asked->kept->since_ms > 0)
        json_put_time(out, "since", asked->kept->since_ms);
    if (asked->too_long_ago) {
        json_put_cstr(out, "gate", "too_long_ago");
    } else if (asked->gate != NULL) {
        json_put_cstr(out, "gate", asked->gate->code);
        json_put_int(out, "saw", asked->saw);
        json_put_int(out, "limit", asked->limit);
    }
    json_close_object(out);
}

static void
put_keep_together(struct json_out *out, const struct route_decision *d)
{
    if (d->stays != NULL)
        put_account(out, d->stays);
    if (d->kept_count == 0)
        return;
    json_name(out, "kept");
    json_open_array(out);
    for (int i = 0; i < d->kept_count; i++)
        put_kept(out, &d->kept[i]);
    json_close_array(out);
}

static void
put_named(struct json_out *out, const char *name, struct str id,
          struct str shown)
{
    json_name(out, name);
    json_open_object(out);
    json_put_text(out, "id", id);
    json_put_text(out, "name", shown);
    json_close_object(out);
}

static void
put_person(struct json_out *out, const char *name, const struct person *person)
{
    put_named(out, name, str_of(id_show(person->id).text), person->name);
}

struct str
route_record(struct arena *arena, const struct route_decision *d,
             const struct route_question *question,
             const struct route_snapshot *snapshot)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_cstr(&out, "band", band_names[d->band]);
    put_keep_together(&out, d);
    if (d->rule != NULL)
        put_named(&out, "rule", d->rule->id, d->rule->name);
    put_capturer(&out, d->capturer, snapshot->team);
    if (d->pool != NULL) {
        put_named(&out, "pool", d->pool->id, d->pool->name);
        json_put_cstr(&out, "strategy", d->pool->strategy->name);
        put_weighing(&out, d->pool, question);
    }
    if (d->target.sequence.bytes > 0)
        json_put_text(&out, "sequence", d->target.sequence);
    json_put_cstr(&out, "code", d->code);
    if (d->stands_for >= 0)
        put_person(&out, "absent", &snapshot->team->people[d->stands_for]);
    int missed_by = team_find(snapshot->team, question->missed_by);
    if (missed_by >= 0)
        put_person(&out, "missed_by", &snapshot->team->people[missed_by]);
    if (d->wait_until_ms > 0)
        json_put_time(&out, "wait_until", d->wait_until_ms);
    json_put_int(&out, "able", d->able_count);
    json_name(&out, "candidates");
    json_open_array(&out);
    for (int i = 0; i < d->candidate_count; i++)
        put_candidate(&out, &d->candidates[i], snapshot->team);
    json_close_array(&out);
    if (question->except_count > 0) {
        json_name(&out, "except");
        json_open_array(&out);
        for (int i = 0; i < question->except_count; i++)
            json_id(&out, question->except[i]);
        json_close_array(&out);
    }
    if (question->was_in_sequence)
        json_put_bool(&out, "was_in_sequence", true);
    put_input(&out, question, snapshot);
    json_put_time(&out, "at", question->now_ms);
    if (d->pool != NULL && d->pool->strategy->draws)
        json_put_int(&out, "random", (int64_t)question->random);
    json_close_object(&out);
    return text_str(&text);
}

struct str
route_owner_name(const struct team *team, const struct queue *queues,
                 int queue_count, struct owner owner)
{
    if (owner.kind == OWNER_REP) {
        int person = team_find(team, owner.id);
        return person < 0 ? STR("?") : team->people[person].name;
    }
    for (int i = 0; i < queue_count; i++)
        if (id_equal(queues[i].id, owner.id))
            return queues[i].name;
    return STR("?");
}

/* Who the rule names is named in the sentence, too: nobody else was asked. */
static bool
tells_who_was_stopped(struct str code, int64_t asked, struct str pool)
{
    return (str_is(code, "waiting") || str_is(code, "nobody_can")
            || str_is(code, "nobody"))
        && (asked == 1 || (str_is_empty(pool) && asked <= ROUTE_NAMED_MAX));
}

struct route_telling
route_tell(const struct route_decision *d,
           const struct route_snapshot *snapshot)
{
    struct route_telling telling = {
        .code = str_of(d->code),
        .rule = d->rule == NULL ? STR_NONE : d->rule->name,
        .pool = d->pool == NULL ? STR_NONE : d->pool->name,
        .owner = route_owner_name(snapshot->team, snapshot->queues,
                                  snapshot->queue_count, d->owner),
        .absent = d->stands_for < 0
                    ? STR_NONE
                    : snapshot->team->people[d->stands_for].name,
        .account = d->stays == NULL ? STR_NONE : d->stays->account_name,
        .sequence = d->target.sequence,
        .able = d->able_count,
        .asked = d->candidate_count,
        .wait_until_ms = d->wait_until_ms,
    };

    if (!tells_who_was_stopped(telling.code, telling.asked, telling.pool))
        return telling;
    for (int i = 0; i < d->candidate_count; i++) {
        const struct route_candidate *candidate = &d->candidates[i];
        if (candidate->gate != NULL)
            telling.stopped[telling.stopped_count++] = route_stopped_by(
                snapshot->team, candidate, candidate->gate, NULL);
    }
    return telling;
}

static void
tell_stopped(struct route_telling *telling, const struct json *candidates,
             const struct team *team)
{
    if (candidates == NULL
        || !tells_who_was_stopped(telling->code, telling->asked, telling->pool))
        return;
    for (int i = 0; i < telling->asked; i++) {
        const struct json *candidate = &candidates->array.items[i];
        struct id id;
        int person = id_parse(json_get_text(candidate, "person"), &id)
                       ? team_find(team, id)
                       : -1;
        if (person < 0 || json_get(candidate, "gate") == NULL)
            continue;
        telling->stopped[telling->stopped_count++] = (struct route_stopped){
            .who = team->people[person].name,
            .gate = json_get_text(candidate, "gate"),
            .saw = json_get_int(candidate, "saw", 0),
            .limit = json_get_int(candidate, "limit", 0),
            .what = json_get_text(candidate, "what"),
        };
    }
}

struct route_telling
route_tell_record(const struct json *record, const struct team *team,
                  struct str owner_name)
{
    const struct json *candidates = json_get(record, "candidates");
    struct route_telling telling = {
        .code = json_get_text(record, "code"),
        .rule = json_get_text(json_get(record, "rule"), "name"),
        .pool = json_get_text(json_get(record, "pool"), "name"),
        .owner = owner_name,
        .absent = json_get_text(json_get(record, "absent"), "name"),
        .account = json_get_text(json_get(record, "account"), "name"),
        .before = json_get_text(json_get(record, "missed_by"), "name"),
        .sequence = json_get_text(record, "sequence"),
        .able = json_get_int(record, "able", 0),
        .asked = candidates == NULL ? 0 : (int64_t)candidates->array.count,
    };
    struct str wait = json_get_text(record, "wait_until");

    if (!str_is_empty(wait) && !time_parse(wait, &telling.wait_until_ms))
        telling.wait_until_ms = 0;
    tell_stopped(&telling, candidates, team);
    return telling;
}
