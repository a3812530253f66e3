/* rules_replay: see rules_replay.h. */
#include "src/command/rules_replay.h"

#include <stdio.h>

#include "lib/base/civil.h"
#include "lib/base/clock.h"
#include "src/command/progress.h"
#include "src/replay/replay_result.h"

enum { DAY_MS = 86400000, RENEW_US = 15000000 };

struct replaying {
    struct command *command;
    struct command_database *database;
    struct replay_run run;
    int64_t days;
    bool json;
};

static bool
read_days(struct command *command, int64_t *days)
{
    struct str text = str_of(command_value(command, "days", "30"));

    return (str_to_int64(text, days) && *days >= 1 && *days <= REPLAY_DAYS_MAX)
        || command_misuse(command, "--days is a number from 1 to %d",
                          REPLAY_DAYS_MAX);
}

static bool
read_end(struct command *command, struct replay_period *period)
{
    const char *text = command_value(command, "to", NULL);

    if (text == NULL)
        return true;
    if (!time_parse(str_of(text), &period->to_ms))
        return command_misuse(command,
                              "--to is a time such as 2026-11-16T10:00:00Z");
    period->until = replay_last_before(period->to_ms);
    return true;
}

static bool
begin(struct work *w, void *context)
{
    struct replaying *replaying = context;
    const char *slug = command_value(replaying->command, "workspace", NULL);
    struct workspace workspace;

    if (!workspace_find(w, str_of(slug), &workspace))
        return false;
    w->workspace = workspace.id;
    int64_t end_ms = replaying->run.period.to_ms == 0
                       ? w->now_ms
                       : replaying->run.period.to_ms;
    replaying->run.period.from_ms = end_ms - replaying->days * DAY_MS;
    return replay_begin(w, &replaying->run);
}

static bool
read_page(struct work *w, void *context)
{
    struct replaying *replaying = context;

    w->workspace = replaying->run.cache->id;
    return replay_read(w, &replaying->run);
}

static void
print_change(void *context, const struct replay_change *change)
{
    const struct replaying *replaying = context;
    const struct replay_run *run = &replaying->run;
    const struct workspace_cache *cache = run->cache;

    if (replaying->json) /* the figures alone: a program asks for the list by
                            HTTP */
        return;
    printf("%s  %.*s -> %.*s  (%.*s -> %.*s)\n", id_show(change->lead).text,
           STR_ARG(route_owner_name(run->replay.team, cache->queues,
                                    cache->queue_count, change->before)),
           STR_ARG(route_owner_name(run->replay.team, cache->queues,
                                    cache->queue_count, change->after)),
           STR_ARG(change->rule_before.data == NULL ? STR("otherwise")
                                                    : change->rule_before),
           STR_ARG(change->rule_after.data == NULL ? STR("otherwise")
                                                   : change->rule_after));
}

/* The number this process makes ids with is leased, though it makes none. */
static void
stay(struct replaying *replaying, int64_t *renewed_us)
{
    int64_t now_us = clock_monotonic_us();

    if (now_us - *renewed_us < RENEW_US)
        return;
    *renewed_us = now_us;
    command_renew(replaying->database);
}

static bool
pages(struct replaying *replaying, struct arena *page)
{
    struct runner *runner = command_runner(replaying->database);
    struct replay_run *run = &replaying->run;
    struct progress progress = progress_begin_count("decisions", run->total);
    int64_t renewed_us = clock_monotonic_us();
    bool ok = true;

    for (bool more = true; ok && more;) {
        ok = command_work_in(replaying->command, runner, UNIT_READS, page,
                             read_page, replaying);
        more = ok && replay_work(run, page, print_change, replaying);
        arena_reset(page);
        progress_show(&progress, run->done, run->done);
        stay(replaying, &renewed_us);
    }
    progress_end(&progress);
    return ok;
}

static bool
show(struct replaying *replaying)
{
    struct arena *arena = &replaying->command->arena;
    struct str result = replay_result_json(arena, &replaying->run);
    struct json_error error;

    if (replaying->json)
        return printf("%.*s\n", STR_ARG(result)) > 0;
    replay_result_print(json_parse(arena, result, &error), stdout);
    return true;
}

static bool
run_in(struct replaying *replaying)
{
    struct arena page;

    arena_init(&page);
    replay_run_init(&replaying->run);
    bool ok =
        command_work(replaying->command, command_runner(replaying->database),
                     UNIT_READS, begin, replaying)
        && pages(replaying, &page) && show(replaying);
    replay_run_free(&replaying->run);
    arena_free(&page);
    return ok;
}

bool
rules_replay(struct command *command, const struct json *document)
{
    struct replaying replaying = { .command = command,
                                   .run = { .document = document },
                                   .json = command_has(command, "json") };

    if (!command_has(command, "workspace"))
        return command_misuse(command, "needs --workspace SLUG");
    if (!read_days(command, &replaying.days)
        || !read_end(command, &replaying.run.period))
        return false;
    replaying.database = command_open(command);
    if (replaying.database == NULL)
        return false;
    bool ok = run_in(&replaying);
    command_close(replaying.database);
    return ok;
}
