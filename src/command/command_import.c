/*
 * command_import: a table of leads from a file. The work is in import.c, the
 * counting in import_report.c; here are the options and what is shown.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "src/access/access.h"
#include "src/command/command.h"
#include "src/command/progress.h"
#include "src/command/secret_key.h"
#include "src/import/import_report.h"
#include "src/workspace/cache.h"

static const struct command_option options[] = {
    { "workspace", "SLUG", "whose leads they become", .required = true },
    { "source", "NAME", "where they come from; made when it is new",
      .required = true },
    { "map", "FILE", "which column is which field, as JSON" },
    { "results", "FILE", "writes what became of each row, as CSV" },
    { "dry-run", NULL, "does everything, and leaves nothing" },
    { "no-route", NULL, "new leads wait in the default queue" },
    COMMAND_OPTION_DATABASE,
    COMMAND_OPTION_SECRET_KEY,
    COMMAND_OPTION_JSON,
    { 0 },
};

enum { RENEW_US = 15000000, MAP_BYTES_MAX = 1024 * 1024 };

struct importing {
    struct command *command;
    struct command_database *database;
    struct import_settings settings;
    struct import_report report;
    struct progress progress;
    int64_t renewed_us;
    struct vault_count erased; /* the hashes of who was */
};

static int import_leads(int argc, char **argv);
static bool import_in(struct importing *);
static bool read_map(struct importing *);
static bool find_place(struct work *, void *context);

int
command_import(int argc, char **argv)
{
    static const struct command_word words[] = { { "leads", import_leads },
                                                 { 0 } };

    return command_choose(words, argc, argv);
}

static int
import_leads(int argc, char **argv)
{
    struct command command;
    struct importing importing = { .command = &command };

    if (!command_read(&command, options, "import leads", "FILE.csv", argc,
                      argv)) {
        command_free(&command);
        return command.exit_code;
    }
    if (command.word_count != 1) {
        command_misuse(&command, "needs one FILE.csv");
    } else if (read_map(&importing)) {
        importing.database = command_open(&command);
        if (importing.database != NULL)
            (void)import_in(&importing);
        command_close(importing.database);
    }
    command_free(&command);
    return command.exit_code;
}

/* ------------------------------------------------------------- settings */

static bool
read_map(struct importing *importing)
{
    struct command *command = importing->command;
    const char *path = command_value(command, "map", NULL);
    struct work w = { .arena = &command->arena };
    struct json_error error = { 0 };
    struct str text = STR_NONE;

    if (path == NULL)
        return true;
    if (!command_read_file(command, path, MAP_BYTES_MAX, &text))
        return false;

    const struct json *json = json_parse(&command->arena, text, &error);
    if (json == NULL)
        return command_fail(command, "%s: byte %zu: %s", path, error.offset,
                            error.message);
    importing->settings.map = mapping_file_read(&w, json);
    if (importing->settings.map != NULL)
        return true;
    command_fail(command, "%s is no mapping that can be used", path);
    for (int i = 0; i < w.error.detail_count; i++)
        fprintf(stderr, "  %.*s: %.*s\n", STR_ARG(w.error.details[i].pointer),
                STR_ARG(w.error.details[i].message));
    return false;
}

/* The workspace, and the source; a new one is made, so it is known to the
 * units that follow. */
static bool
find_place(struct work *w, void *context)
{
    struct importing *importing = context;
    struct command *command = importing->command;
    struct str name = str_trim(str_of(command_value(command, "source", NULL)));
    const struct workspace_cache *cache;
    struct source source;
    bool found;

    if (str_is_empty(name))
        return fail(w, ERR_INVALID, "A source needs a name.");
    if (!workspace_find(w, str_of(command_value(command, "workspace", NULL)),
                        &importing->settings.workspace))
        return false;
    w->workspace = importing->settings.workspace.id;
    importing->settings.source_name = name;
    cache = workspace_cache(w);
    if (cache == NULL)
        return false;
    importing->settings.known =
        mapping_known_read(&command->arena, cache->schema);
    if (!source_find(w, name, &source, &found))
        return false;
    if (!found) {
        source = (struct source){ .name = name };
        if (importing->settings.dry_run)
            return true;
        if (!source_create(w, &source) || !workspace_config_changed(w))
            return false;
    }
    importing->settings.source = source.id;
    if (!str_is_empty(source.country))
        importing->settings.workspace.country = source.country;
    return true;
}

/* --------------------------------------------------------------- events */

static void
on_begin(void *context, const struct mapping *mapping)
{
    struct importing *importing = context;

    import_report_begin(&importing->report, mapping);
}

static void
on_row(void *context, const struct import_result *result)
{
    struct importing *importing = context;

    import_report_row(&importing->report, result);
}

/* The number this process makes ids with is leased. A dry run needs none: its
 * ids go away with it. */
static void
on_progress(void *context, int64_t bytes, int64_t rows)
{
    struct importing *importing = context;
    int64_t now_us = clock_monotonic_us();

    progress_show(&importing->progress, bytes, rows);
    if (importing->settings.dry_run
        || now_us - importing->renewed_us < RENEW_US)
        return;
    importing->renewed_us = now_us;
    command_renew(importing->database);
}

/* --------------------------------------------------------------- import */

static int64_t
file_bytes(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 ? (int64_t)about.st_size : 0;
}

static bool
open_results(struct importing *importing, FILE **results)
{
    const char *path = command_value(importing->command, "results", NULL);

    *results = NULL;
    if (path == NULL)
        return true;
    *results = fopen(path, "wb");
    return *results != NULL
        || command_fail(importing->command, "%s: %s", path,
                        strerrordesc_np(errno));
}

static bool
close_results(struct importing *importing, FILE *results)
{
    if (results == NULL)
        return true;
    bool good = ferror(results) == 0;
    if (fclose(results) == 0 && good)
        return true;
    return command_fail(importing->command,
                        "the results could not be written to %s",
                        command_value(importing->command, "results", ""));
}

/* This thread reads rows ahead, and has time for it while the database is
 * waited for: whoever writes what was read goes first. */
static void
read_when_others_rest(void)
{
    enum { READING_NICE = 10 };

    (void)!setpriority(PRIO_PROCESS, (id_t)gettid(), READING_NICE);
}

static bool
run(struct importing *importing, struct import_outcome *outcome)
{
    struct command *command = importing->command;
    struct import_settings *settings = &importing->settings;
    int64_t started_us = clock_monotonic_us();

    settings->runner = command_runner(importing->database);
    settings->path = command->words[0];
    settings->hold = command_has(command, "no-route");
    settings->sentences = command_has(command, "results");
    settings->watcher =
        (struct import_watcher){ on_begin, on_row, on_progress, importing };
    importing->renewed_us = started_us;
    importing->progress = progress_begin("rows", file_bytes(settings->path));
    read_when_others_rest();
    bool ok = import_run(settings, &command->arena, outcome);
    progress_end(&importing->progress);

    const struct import_time time = {
        .seconds = (double)(clock_monotonic_us() - started_us) / 1e6,
        .dry_run = settings->dry_run,
    };
    if (command_has(command, "json"))
        printf("%.*s\n",
               STR_ARG(import_report_json(&importing->report, outcome, &time)));
    else if (importing->report.mapping.count > 0)
        import_report_print(&importing->report, outcome, &time, stdout);
    return ok;
}

static bool
stopped(struct importing *importing, const struct import_outcome *outcome)
{
    if (outcome->rows == 0 || importing->settings.dry_run)
        return command_fail(importing->command, "%.*s", STR_ARG(outcome->why));
    return command_fail(importing->command,
                        "stopped after row %ld: %.*s; what was stored stays, "
                        "and the same command goes on from there",
                        (long)outcome->rows, STR_ARG(outcome->why));
}

static bool
look_at_erased(struct work *w, void *context)
{
    struct importing *importing = context;

    w->workspace = importing->settings.workspace.id;
    return secret_key_look_at_erased(w, &importing->erased);
}

/* Who was erased is recognised under the secret key alone: without it a list
 * would bring him back. */
static bool
erased_are_known(struct importing *importing)
{
    struct command *command = importing->command;
    const char *path = secret_key_path(command);
    struct str why;

    (void)!vault_start(&command->arena, path, false, &why);
    return command_work(command, command_runner(importing->database),
                        UNIT_READS, look_at_erased, importing)
        && (importing->erased.lost == 0
            || command_fail(command,
                            "people were erased under another secret key than "
                            "%s: say which file holds it, --secret-key-file",
                            path));
}

static bool
import_in(struct importing *importing)
{
    struct import_outcome outcome;
    FILE *results;

    importing->settings.dry_run = command_has(importing->command, "dry-run");
    if (!command_work(importing->command, command_runner(importing->database),
                      importing->settings.dry_run ? UNIT_READS : UNIT_WRITES,
                      find_place, importing)
        || !erased_are_known(importing) || !open_results(importing, &results))
        return false;
    import_report_init(&importing->report, results);
    bool ok = run(importing, &outcome) || stopped(importing, &outcome);
    import_report_free(&importing->report);
    return close_results(importing, results) && ok;
}
