/* command_workspace: makes workspaces and lists them. */
#include <stdio.h>

#include "lib/base/json.h"
#include "src/api/place_given.h"
#include "src/command/command.h"
#include "src/command/sample.h"
#include "src/message/message.h"
#include "src/standardise/standard_currency.h"
#include "src/workspace/workspace.h"

static int create(int argc, char **argv);
static int list(int argc, char **argv);

int
command_workspace(int argc, char **argv)
{
    static const struct command_word words[] = {
        { "create", create },
        { "list", list },
        { 0 },
    };

    return command_choose(words, argc, argv);
}

static struct str
workspace_json(struct arena *arena, const struct workspace *workspace)
{
    struct text text = text_new(arena);
    struct json_out out = json_out_new(&text);

    json_open_object(&out);
    json_put_id(&out, "id", workspace->id);
    json_put_text(&out, "slug", workspace->slug);
    json_put_text(&out, "name", workspace->name);
    json_put_text(&out, "language", workspace->language);
    json_put_text(&out, "time_zone", workspace->time_zone);
    json_put_text(&out, "country", workspace->country);
    json_put_text(&out, "currency", workspace->currency);
    json_close_object(&out);
    return text_str(&text);
}

/* ---- create ---- */

static const struct command_option create_options[] = {
    { "name", "NAME", "what it is called", .required = true },
    { "sample", NULL, "with four people and some leads to look at" },
    { "language", "en|ko", "of the sentences it writes (en)" },
    { "time-zone", "ZONE", "of people who give none (Asia/Seoul)" },
    { "country", "CC", "of telephone numbers that name none (KR)" },
    { "currency", "CCC", "of values that name none (KRW)" },
    COMMAND_OPTION_DATABASE,
    COMMAND_OPTION_JSON,
    { 0 },
};

struct creation {
    struct workspace given;
    struct workspace workspace;
    bool sample;
};

/* Not only well formed: there must be such a country, and such money. */
static bool
place_is_known(struct work *w, struct workspace *workspace)
{
    struct standard_currency currency;

    if (!place_country(w, workspace->country, STR("/country"),
                       &workspace->country))
        return false;
    if (!standard_currency(w->arena, workspace->currency, STR_NONE, &currency))
        return fail_at(w, STR("/currency"), currency.why->code, "%s",
                       currency.why->sentence);
    workspace->currency = currency.code;
    return true;
}

/* May run twice: starts from what was given each time. */
static bool
run_create(struct work *w, void *context)
{
    struct creation *creation = context;

    creation->workspace = creation->given;
    workspace_defaults(&creation->workspace);
    return workspace_check(w, &creation->workspace, STR(""))
        && place_is_known(w, &creation->workspace)
        && workspace_create(w, &creation->workspace) && message_samples_add(w)
        && (!creation->sample || sample_fill(w));
}

static struct str
text_of(const struct command *command, const char *option)
{
    return str_of(command_value(command, option, NULL));
}

static bool
create_in(struct command *command, struct command_database *database)
{
    struct creation creation = {
        .given = { .name = text_of(command, "name"),
                   .country = text_of(command, "country"),
                   .language = text_of(command, "language"),
                   .time_zone = text_of(command, "time-zone"),
                   .currency = text_of(command, "currency") },
        .sample = command_has(command, "sample"),
    };
    const struct workspace *made = &creation.workspace;

    if (!command_work(command, command_runner(database), UNIT_WRITES,
                      run_create, &creation))
        return false;
    if (command_has(command, "json")) {
        printf("%.*s\n", STR_ARG(workspace_json(&command->arena, made)));
        return true;
    }
    printf("workspace %.*s\n", STR_ARG(made->slug));
    if (!creation.sample)
        printf("next: baton user add --workspace %.*s --email ADDRESS"
               " --role owner --password-stdin\n",
               STR_ARG(made->slug));
    return true;
}

static int
create(int argc, char **argv)
{
    struct command command;

    if (command_read(&command, create_options, "workspace create", "", argc,
                     argv)) {
        struct command_database *database = command_open_or_create(&command);
        if (database != NULL)
            (void)create_in(&command, database);
        command_close(database);
    }
    command_free(&command);
    return command.exit_code;
}

/* ---- list ---- */

static const struct command_option list_options[] = {
    COMMAND_OPTION_DATABASE,
    COMMAND_OPTION_JSON,
    { 0 },
};

struct listing {
    struct workspace *workspaces;
    int count;
};

static bool
run_list(struct work *w, void *context)
{
    struct listing *listing = context;

    return workspace_list(w, &listing->workspaces, &listing->count);
}

static void
print_list(struct command *command, const struct listing *listing)
{
    bool json = command_has(command, "json");

    if (json)
        fputs("{\"items\":[", stdout);
    for (int i = 0; i < listing->count; i++) {
        const struct workspace *workspace = &listing->workspaces[i];
        if (json)
            printf("%s%.*s", i == 0 ? "" : ",",
                   STR_ARG(workspace_json(&command->arena, workspace)));
        else
            printf("%.*s\t%.*s\n", STR_ARG(workspace->slug),
                   STR_ARG(workspace->name));
    }
    if (json)
        fputs("]}\n", stdout);
}

static int
list(int argc, char **argv)
{
    struct command command;
    struct listing listing;

    if (command_read(&command, list_options, "workspace list", "", argc,
                     argv)) {
        struct command_database *database = command_open(&command);
        if (database != NULL
            && command_work(&command, command_runner(database), UNIT_READS,
                            run_list, &listing))
            print_list(&command, &listing);
        command_close(database);
    }
    command_free(&command);
    return command.exit_code;
}
