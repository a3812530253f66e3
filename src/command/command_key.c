/* command_key: makes keys for programs. */
#include <stdio.h>

#include "src/access/access.h"
#include "src/command/command.h"
#include "src/workspace/cache.h"
#include "src/workspace/workspace.h"

static const struct command_option options[] = {
    { "workspace", "SLUG", "where; \"baton workspace list\" shows which",
      .required = true },
    { "role", "owner|admin|manager|rep|viewer", "what the key may do" },
    { "source", "NAME",
      "or: it submits leads of this source, made if missing" },
    { "name", "NAME", "to know it by (its role or its source)" },
    COMMAND_OPTION_DATABASE,
    COMMAND_OPTION_JSON,
    { 0 },
};

struct creation {
    const struct command *command;
    struct api_key key;
    struct str shown;
};

static bool read_role(struct command *, struct creation *);
static bool create_in(struct command *, struct command_database *,
                      struct creation *);
static bool run_create(struct work *, void *context);
static bool find_source(struct work *, struct str name, struct source *);

static int
create(int argc, char **argv)
{
    struct command command;
    struct creation creation = { .command = &command };

    if (command_read(&command, options, "key create", "", argc, argv)
        && read_role(&command, &creation)) {
        struct command_database *database = command_open(&command);
        if (database != NULL)
            (void)create_in(&command, database, &creation);
        command_close(database);
    }
    command_free(&command);
    return command.exit_code;
}

int
command_key(int argc, char **argv)
{
    static const struct command_word words[] = { { "create", create }, { 0 } };

    return command_choose(words, argc, argv);
}

static struct str
text_of(const struct command *command, const char *option)
{
    return str_of(command_value(command, option, NULL));
}

static bool
read_role(struct command *command, struct creation *creation)
{
    struct str role = text_of(command, "role");

    creation->key.has_role = role.data != NULL;
    if (creation->key.has_role == command_has(command, "source"))
        return command_misuse(command, "needs either --role or --source");
    return !creation->key.has_role || role_find(role, &creation->key.role)
        || command_misuse(command,
                          "there is no role \"%.*s\"; the roles are owner, "
                          "admin, manager, rep and viewer",
                          STR_ARG(role));
}

static bool
create_in(struct command *command, struct command_database *database,
          struct creation *creation)
{
    if (!command_work(command, command_runner(database), UNIT_WRITES,
                      run_create, creation))
        return false;
    if (!command_has(command, "json")) {
        printf("%.*s\n", STR_ARG(creation->shown));
        return true;
    }

    struct text text = text_new(&command->arena);
    struct json_out out = json_out_new(&text);
    json_open_object(&out);
    json_put_id(&out, "id", creation->key.id);
    json_put_text(&out, "key", creation->shown);
    json_put_text(&out, "name", creation->key.name);
    json_put_text(&out, "role", text_of(command, "role"));
    json_put_id(&out, "source_id", creation->key.source);
    json_close_object(&out);
    printf("%.*s\n", STR_ARG(text_str(&text)));
    return true;
}

static bool
run_create(struct work *w, void *context)
{
    struct creation *creation = context;
    const struct command *command = creation->command;
    struct api_key *key = &creation->key;
    struct str name = text_of(command, "name");
    struct workspace workspace;
    struct source source = { .name = STR_NONE };

    if (!workspace_find(w, text_of(command, "workspace"), &workspace))
        return false;
    w->workspace = workspace.id;
    if (!key->has_role && !find_source(w, text_of(command, "source"), &source))
        return false;
    key->source = source.id;
    key->name = key->has_role ? text_of(command, "role") : source.name;
    if (!str_is_empty(name))
        key->name = name;
    return access_key_create(w, key, &creation->shown);
}

static bool
find_source(struct work *w, struct str name, struct source *source)
{
    bool found;

    name = str_trim(name);
    if (str_is_empty(name))
        return fail(w, ERR_INVALID, "A source has a name.");
    if (!source_find(w, name, source, &found))
        return false;
    if (found)
        return true;
    *source = (struct source){ .name = name };
    return source_create(w, source) && workspace_config_changed(w);
}
