/* command_restore: a database from a backup, once it was found whole. */
#include <stdio.h>
#include <string.h>

#include "lib/base/json.h"
#include "lib/db/db.h"
#include "src/command/backup_file.h"
#include "src/command/command.h"
#include "src/command/progress.h"

static const struct command_option options[] = {
    { "database", "FILE|URL",
      "what becomes of it: a new file, or an empty "
      "database of PostgreSQL",
      .required = true },
    { "force", NULL, "replaces what is there" },
    COMMAND_OPTION_JSON,
    { 0 },
};

static void
show(void *context, int64_t done, int64_t all)
{
    struct progress *progress = context;

    progress->total = all;
    progress_show(progress, done, 0);
}

static bool
fits(struct command *command, const char *address,
     const struct backup_manifest *manifest)
{
    bool sqlite = db_engine_of(address) == DB_SQLITE;
    int newest = 0;

    for (int i = 0; db_migrations[i].number != 0; i++)
        newest = db_migrations[i].number;
    if (str_is(manifest->engine, "sqlite") != sqlite)
        return command_fail(command,
                            "the backup is of %.*s and cannot become a "
                            "database of another kind",
                            STR_ARG(manifest->engine));
    if (manifest->schema > newest)
        return command_fail(command,
                            "the backup is of a newer program (%.*s, schema "
                            "%.*s): restore it with that one",
                            STR_ARG(manifest->version),
                            STR_ARG(manifest->schema_name));
    return true;
}

static void
tell(struct command *command, const struct backup_manifest *manifest)
{
    struct text text = text_new(&command->arena);
    struct json_out out = json_out_new(&text);

    if (!command_has(command, "json")) {
        printf("restored, schema %.*s; \"baton doctor\" looks it over, and "
               "tells whether the secret key is the one it was made with\n",
               STR_ARG(manifest->schema_name));
        return;
    }
    json_open_object(&out);
    json_put_bool(&out, "restored", true);
    json_put_text(&out, "schema", manifest->schema_name);
    json_close_object(&out);
    printf("%.*s\n", STR_ARG(text_str(&text)));
}

static bool
restore(struct command *command)
{
    const char *address = command_value(command, "database", NULL);
    const char *path = command->words[0];
    struct progress progress = progress_begin(NULL, 0);
    const struct db_progress shown = { show, &progress };
    struct backup_manifest manifest;
    struct str why;

    if (!backup_file_read(&command->arena, path, &manifest, &why))
        return command_fail(command, "%.*s", STR_ARG(why));
    if (!fits(command, address, &manifest))
        return false;
    bool ok = backup_file_check(&command->arena, path, &manifest, &shown, &why)
           && db_restore(&command->arena, path, manifest.bytes, address,
                         command_has(command, "force"), &shown, &why);
    progress_end(&progress);
    if (!ok)
        return command_fail(command, "%.*s", STR_ARG(why));
    tell(command, &manifest);
    return true;
}

int
command_restore(int argc, char **argv)
{
    struct command command;

    if (command_read(&command, options, "restore", "FILE", argc, argv)) {
        if (command.word_count == 1)
            (void)restore(&command);
        else
            command_misuse(&command, "needs one FILE to read");
    }
    command_free(&command);
    return command.exit_code;
}
