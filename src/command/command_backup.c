/* command_backup: the whole database as one file that can be checked. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/json.h"
#include "lib/db/db.h"
#include "src/command/backup_file.h"
#include "src/command/command.h"
#include "src/command/progress.h"
#include "src/instance.h"

static const struct command_option options[] = {
    COMMAND_OPTION_DATABASE,
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

/* A database that is not there must not come into being by a backup. */
static bool
is_there(struct command *command, const char *address)
{
    if (db_engine_of(address) == DB_POSTGRES || access(address, R_OK) == 0)
        return true;
    return command_fail(command, "there is no database %s", address);
}

/* An old schema may be saved: that is what one does before migrating. */
static bool
read_schema(struct command *command, const char *address,
            struct backup_manifest *manifest)
{
    struct str why;
    struct db *db = db_open(&command->arena, address, true, &why);
    int all = 0;
    int pending = 0;

    if (db == NULL)
        return command_fail(command, "%s: %.*s", address, STR_ARG(why));
    while (db_migrations[all].number != 0)
        all++;
    bool ok =
        db_schema_check(db, &command->arena, db_migrations, &pending, &why);
    db_close(db);
    if (!ok)
        return command_fail(command, "%s: %.*s", address, STR_ARG(why));
    if (pending == all)
        return command_fail(command, "%s holds nothing yet", address);
    manifest->schema = db_migrations[all - pending - 1].number;
    manifest->schema_name = str_of(db_migrations[all - pending - 1].name);
    return true;
}

static void
tell(struct command *command, const char *path,
     const struct backup_manifest *manifest)
{
    struct text text = text_new(&command->arena);
    struct json_out out = json_out_new(&text);

    if (!command_has(command, "json")) {
        printf("%s: %ld bytes, schema %.*s, blake2b-256 %.*s\n", path,
               (long)manifest->bytes, STR_ARG(manifest->schema_name),
               STR_ARG(manifest->hash));
        printf("the secret key is not in it: keep a copy of that file "
               "elsewhere\n");
        return;
    }
    json_open_object(&out);
    json_put_cstr(&out, "file", path);
    json_put_int(&out, "bytes", manifest->bytes);
    json_put_text(&out, "blake2b_256", manifest->hash);
    json_put_text(&out, "schema", manifest->schema_name);
    json_close_object(&out);
    printf("%.*s\n", STR_ARG(text_str(&text)));
}

static bool
backup(struct command *command)
{
    const char *address = command_value(command, "database", "baton.db");
    const char *path = command->words[0];
    struct backup_manifest manifest = {
        .engine = db_engine_of(address) == DB_SQLITE ? STR("sqlite")
                                                     : STR("postgres"),
        .version = str_of(instance_version),
        .made_ms = clock_now_ms(),
    };
    struct progress progress = progress_begin(NULL, 0);
    const struct db_progress shown = { show, &progress };
    struct str why;

    if (!is_there(command, address)
        || !read_schema(command, address, &manifest))
        return false;
    bool made = db_backup(&command->arena, address, path, &shown, &why);
    bool ok = made
           && backup_file_seal(&command->arena, path, &manifest, &shown, &why);
    progress_end(&progress);
    if (made && !ok)
        unlink(path);
    if (!ok)
        return command_fail(command, "%.*s", STR_ARG(why));
    tell(command, path, &manifest);
    return true;
}

int
command_backup(int argc, char **argv)
{
    struct command command;

    if (command_read(&command, options, "backup", "FILE", argc, argv)) {
        if (command.word_count == 1)
            (void)backup(&command);
        else
            command_misuse(&command, "needs one FILE to write");
    }
    command_free(&command);
    return command.exit_code;
}
