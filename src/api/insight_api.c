/*
 * insight_api: see insight_api.h. Each answer says what its figures mean, in
 * whose days they are counted, whether all leads are in them, and how many
 * cases they stand on. A rep is shown his own.
 */
#include "src/api/insight_api.h"

#include "lib/time/zone.h"
#include "src/access/permission.h"
#include "src/api/insight_figures.h"
#include "src/insight/insight.h"
#include "src/route/route.h"
#include "src/workspace/cache.h"

enum { DAYS_USUAL = 30, DAYS_MAX = 3660, PERIODS_MAX = 400 };

static const struct request_field asks[] = {
    { STR_INIT("from"), STR_INIT("First day, 2026-11-01; 30 days if absent.") },
    { STR_INIT("to"), STR_INIT("Last day; today if absent.") },
    { STR_INIT("by"), STR_INIT("day, week (ISO), month or quarter: the figures "
                               "of each in `periods`.") },
    { STR_INIT("split"), STR_INIT("rep, source, rule, product or segment: the "
                                  "figures of each in `items`.") },
    { STR_INIT("compare"),
      STR_INIT("previous (so many days before, if absent) or none.") },
    { { 0 }, { 0 } },
};

static const char *const periods[] = { "day", "week", "month", "quarter",
                                       NULL };
enum period { BY_DAY, BY_WEEK, BY_MONTH, BY_QUARTER };

static const char *const splits[] = {
    [INSIGHT_BY_DAY] = "",
    [INSIGHT_BY_REP] = "rep",
    [INSIGHT_BY_SOURCE] = "source",
    [INSIGHT_BY_RULE] = "rule",
    [INSIGHT_BY_PRODUCT] = "product",
    [INSIGHT_BY_SEGMENT] = "segment",
    NULL,
};

/* What is asked. */
struct asked {
    const struct figure_block *block;
    const struct workspace_cache *cache;
    int64_t from_day;
    int64_t to_day;
    int64_t today;
    int by;                   /* enum period; -1: no periods */
    enum insight_split split; /* INSIGHT_BY_DAY: none */
    bool compares;
    struct lead_scope scope;
};

/* --------------------------------------------------------------- reading */

static bool
read_day(struct work *w, const struct request *request, const char *name,
         int64_t fallback, int64_t *day)
{
    struct str text = request_query(request, name);

    *day = fallback;
    if (str_is_empty(text) || date_parse(text, day))
        return true;
    return fail_at(w, arena_format(w->arena, "/%s", name), "not_a_date",
                   "A day is written as 2026-11-20.");
}

/* The place of the word in the list; `none` when there is none. */
static bool
read_option(struct work *w, const struct request *request, const char *name,
            const char *const *words, int none, int *number)
{
    struct str text = request_query(request, name);
    struct text known = text_new(w->arena);

    *number = none;
    if (str_is_empty(text))
        return true;
    for (int i = 0; words[i] != NULL; i++) {
        if (str_is(text, words[i])) {
            *number = i;
            return true;
        }
        if (words[i][0] != '\0')
            text_format(&known, known.bytes == 0 ? "%s" : ", %s", words[i]);
    }
    return fail_at(w, arena_format(w->arena, "/%s", name), "unknown_option",
                   "One of %.*s.", STR_ARG(text_str(&known)));
}

static bool
read_compare(struct work *w, const struct request *request, bool *compares)
{
    static const char *const words[] = { "none", "previous", NULL };
    int number;

    if (!read_option(w, request, "compare", words, 1, &number))
        return false;
    *compares = number == 1;
    return true;
}

static bool
check_days(struct work *w, const struct asked *asked)
{
    int64_t days = asked->to_day - asked->from_day + 1;

    if (days < 1)
        return fail_at(w, STR("/to"), "before_from",
                       "The last day is not before the first.");
    if (days > DAYS_MAX || asked->from_day < 1)
        return fail_at(w, STR("/from"), "too_long",
                       "At most %d days, from 1970 on.", DAYS_MAX);
    if (asked->by == BY_DAY && days > PERIODS_MAX)
        return fail_at(w, STR("/by"), "too_many",
                       "At most %d days one by one; ask by week or month.",
                       PERIODS_MAX);
    return true;
}

static int64_t
day_at(const struct zone *zone, int64_t at_ms)
{
    struct civil civil = zone_civil(zone, at_ms);

    return civil_days(civil.year, civil.month, civil.day);
}

static bool
read_asked(struct work *w, const struct request *request, struct asked *asked)
{
    int split;

    asked->cache = workspace_cache(w);
    if (asked->cache == NULL)
        return false;
    asked->block = figure_block_find(request_parameter(request, "block"));
    if (asked->block == NULL)
        return fail(w, ERR_NOT_FOUND, "The blocks are %.*s.",
                    STR_ARG(figure_block_names(w->arena)));
    asked->scope = access_lead_scope(&w->actor);
    asked->today = day_at(asked->cache->insight->zone, w->now_ms);
    if (!read_day(w, request, "to", asked->today, &asked->to_day)
        || !read_day(w, request, "from", asked->to_day - DAYS_USUAL + 1,
                     &asked->from_day)
        || !read_option(w, request, "by", periods, -1, &asked->by)
        || !read_option(w, request, "split", splits, INSIGHT_BY_DAY, &split)
        || !read_compare(w, request, &asked->compares))
        return false;
    asked->split = (enum insight_split)split;
    return check_days(w, asked);
}

/* --------------------------------------------------------------- periods */

/* The first day of the calendar's period that the day is in. */
static int64_t
period_begin(int by, int64_t day)
{
    struct civil civil = civil_of_days(day);

    switch ((enum period)by) {
    case BY_DAY:
        return day;
    case BY_WEEK: /* ISO 8601: from Monday on */
        return day - civil.weekday;
    case BY_MONTH:
        return civil_days(civil.year, civil.month, 1);
    case BY_QUARTER:
        return civil_days(civil.year, (civil.month - 1) / 3 * 3 + 1, 1);
    }
    return day;
}

static int64_t
period_after(int by, int64_t begin)
{
    static const int64_t within_next[] = { 1, 7, 31, 92 };

    return period_begin(by, begin + within_next[by]);
}

/* -------------------------------------------------------------- questions */

static struct insight_question
question(const struct asked *asked, enum insight_split split, int64_t from_day,
         int64_t to_day)
{
    return (struct insight_question){
        .measures = asked->block->measures,
        .measure_count = asked->block->measure_count,
        .split = split,
        .from_day = from_day,
        .to_day = to_day,
        .scope = asked->scope,
    };
}

/* What stands now goes with what happened, for blocks that show it. */
static bool
ask_standing(struct work *w, const struct asked *asked,
             enum insight_split split, struct insight_sum **sums, int *count)
{
    static const enum insight_measure standing[] = { INSIGHT_STANDING };
    struct insight_question now = question(asked, split, 0, 0);

    *count = 0;
    now.measures = standing;
    now.measure_count = 1;
    return !asked->block->shows_standing || insight_ask(w, &now, sums, count);
}

static bool
ask_total(struct work *w, const struct asked *asked, int64_t from_day,
          int64_t to_day, bool with_standing, struct figures *total)
{
    struct insight_question all =
        question(asked, INSIGHT_BY_DAY, from_day, to_day);
    struct insight_sum *sums;
    int count;

    figures_init(total, w->arena, asked->cache->stages);
    if (!insight_ask(w, &all, &sums, &count))
        return false;
    figures_add(total, sums, count);
    if (!with_standing)
        return true;
    if (!ask_standing(w, asked, INSIGHT_BY_DAY, &sums, &count))
        return false;
    figures_add(total, sums, count);
    return true;
}

/* --------------------------------------------------------------- answers */

static void
put_days(struct json_out *out, struct arena *arena, int64_t from, int64_t to)
{
    json_put_text(out, "from", date_show(arena, from));
    json_put_text(out, "to", date_show(arena, to));
}

static bool
put_periods(struct work *w, const struct asked *asked, struct json_out *out)
{
    struct insight_question all =
        question(asked, INSIGHT_BY_DAY, asked->from_day, asked->to_day);
    struct insight_sum *sums;
    struct figures figures;
    int count;

    if (!insight_ask(w, &all, &sums, &count))
        return false;
    json_name(out, "periods");
    json_open_array(out);
    for (int64_t day = asked->from_day; day <= asked->to_day;) {
        int64_t next = period_after(asked->by, period_begin(asked->by, day));
        int64_t last = next - 1 < asked->to_day ? next - 1 : asked->to_day;
        figures_init(&figures, w->arena, asked->cache->stages);
        for (int i = 0; i < count; i++)
            if (sums[i].number >= day && sums[i].number <= last)
                figures_add(&figures, &sums[i], 1);
        json_open_object(out);
        put_days(out, w->arena, day, last);
        asked->block->put(out, &figures, false);
        json_close_object(out);
        day = next;
    }
    json_close_array(out);
    return true;
}

/* One source, rep, ... with its figures. */
struct item {
    int64_t number;
    struct str text;
    struct figures figures;
    struct item *next;
};

static struct item *
find_item(struct arena *arena, const struct asked *asked, struct item **items,
          const struct insight_sum *sum)
{
    struct item **end = items;

    for (; *end != NULL; end = &(*end)->next)
        if ((*end)->number == sum->number && str_equal((*end)->text, sum->text))
            return *end;
    *end = ARENA_NEW(arena, struct item);
    (*end)->number = sum->number;
    (*end)->text = sum->text;
    figures_init(&(*end)->figures, arena, asked->cache->stages);
    return *end;
}

static struct str
rule_name(const struct route_snapshot *routing, struct str id)
{
    for (int i = 0; i < routing->rule_count; i++)
        if (str_equal(routing->rules[i].id, id))
            return routing->rules[i].name;
    return STR_NONE;
}

/* Names of people and rules as they are now; of those that are gone, none. */
static void
put_key(struct json_out *out, const struct asked *asked,
        const struct item *item)
{
    const struct workspace_cache *cache = asked->cache;
    struct id id = { item->number };
    struct str name = item->text;

    if (asked->split == INSIGHT_BY_REP) {
        bool rep = team_find(cache->team, id) >= 0;
        json_put_id(out, "id", id);
        json_put_cstr(out, "kind", rep ? "rep" : "queue");
        name = route_owner_name(cache->team, cache->queues, cache->queue_count,
                                rep ? owner_rep(id) : owner_queue(id));
    } else
        json_put_text(out, "id", str_is_empty(name) ? STR_NONE : name);
    if (asked->split == INSIGHT_BY_RULE)
        name = rule_name(cache->routing, name);
    json_put_text(out, "name", str_is_empty(name) ? STR_NONE : name);
}

static bool
put_items(struct work *w, const struct asked *asked, struct json_out *out)
{
    struct insight_question all =
        question(asked, asked->split, asked->from_day, asked->to_day);
    struct item *items = NULL;
    struct insight_sum *sums;
    int count;

    if (!insight_ask(w, &all, &sums, &count))
        return false;
    for (int i = 0; i < count; i++)
        figures_add(&find_item(w->arena, asked, &items, &sums[i])->figures,
                    &sums[i], 1);
    if (!ask_standing(w, asked, asked->split, &sums, &count))
        return false;
    for (int i = 0; i < count; i++)
        figures_add(&find_item(w->arena, asked, &items, &sums[i])->figures,
                    &sums[i], 1);
    json_name(out, "items");
    json_open_array(out);
    for (const struct item *item = items; item != NULL; item = item->next) {
        json_open_object(out);
        put_key(out, asked, item);
        asked->block->put(out, &item->figures, asked->block->shows_standing);
        json_close_object(out);
    }
    json_close_array(out);
    return true;
}

static bool
put_total(struct work *w, const struct asked *asked, struct json_out *out)
{
    struct figures total;

    if (!ask_total(w, asked, asked->from_day, asked->to_day, true, &total))
        return false;
    json_name(out, "total");
    json_open_object(out);
    asked->block->put(out, &total, asked->block->shows_standing);
    json_close_object(out);
    return true;
}

static bool
put_previous(struct work *w, const struct asked *asked, struct json_out *out)
{
    int64_t days = asked->to_day - asked->from_day + 1;
    int64_t from = asked->from_day - days;
    struct figures total;

    json_name(out, "previous");
    if (!asked->compares || from < 1) {
        json_null(out);
        return true;
    }
    if (!ask_total(w, asked, from, asked->from_day - 1, false, &total))
        return false;
    json_open_object(out);
    put_days(out, w->arena, from, asked->from_day - 1);
    asked->block->put(out, &total, false);
    json_close_object(out);
    return true;
}

static void
put_head(struct work *w, const struct asked *asked, struct json_out *out)
{
    const struct insight_state *state = asked->cache->insight;

    json_put_cstr(out, "block", asked->block->name);
    json_put_cstr(out, "definition", asked->block->definition);
    put_days(out, w->arena, asked->from_day, asked->to_day);
    json_put_text(out, "time_zone", state->zone_text);
    json_put_time(out, "as_of", w->now_ms);
    json_put_bool(out, "last_day_is_partial", asked->to_day >= asked->today);
    json_put_bool(out, "complete", state->counted_until.value == INT64_MAX);
    json_put_cstr(out, "leads",
                  asked->scope.all         ? "all"
                  : asked->scope.count > 1 ? "team"
                                           : "own");
}

/* Who waits is nobody's own: only who may see all leads is told. */
static bool
put_waiting(struct work *w, const struct asked *asked, struct json_out *out)
{
    int64_t oldest_ms = 0;

    if (!asked->block->shows_waiting)
        return true;
    if (asked->scope.all && !insight_oldest_waiting(w, &oldest_ms))
        return false;
    json_put_time(out, "oldest_waiting_at", oldest_ms);
    return true;
}

static bool
show(struct work *w, const struct request *request, struct response *response)
{
    struct asked asked;
    struct text text;

    if (!read_asked(w, request, &asked))
        return false;

    struct json_out out = response_json(w, response, &text);
    json_open_object(&out);
    put_head(w, &asked, &out);
    if (!put_waiting(w, &asked, &out) || !put_total(w, &asked, &out)
        || !put_previous(w, &asked, &out)
        || (asked.by >= 0 && !put_periods(w, &asked, &out))
        || (asked.split != INSIGHT_BY_DAY && !put_items(w, &asked, &out)))
        return false;
    json_close_object(&out);
    response_json_done(response, &text);
    return true;
}

static bool
recount(struct work *w, const struct request *request,
        struct response *response)
{
    (void)request;
    response->status = 202;
    response->body = STR("{}");
    return insight_recount(w);
}

static const struct endpoint endpoints[] = {
    { GET, "/api/v1/insights/{block}", show, CAN_VIEW_INSIGHTS,
      "Figures: created, stages, time_to_owner or response_time. A rep is "
      "shown his own.",
      .asks = asks, .gives = &figure_answer_shape },
    { POST, "/api/v1/insights/recount", recount, CAN_EDIT_WORKSPACE,
      "Count all leads anew, in the workspace's present zone; `complete` says "
      "when it is done." },
    { 0 },
};

const struct module insight_module = { "insight", endpoints, insight_jobs };
