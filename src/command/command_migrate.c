/* command_migrate: brings the schema up to date, or says what there is to do.
 * A schema that is newer, or half migrated, is left alone. */
#include <stdio.h>
#include <unistd.h>

#include "lib/base/json.h"
#include "lib/db/db.h"
#include "src/command/command.h"

static const struct command_option options[] = {
    COMMAND_OPTION_DATABASE,
    { "plan", NULL, "shows what there is to do, and does nothing" },
    COMMAND_OPTION_JSON,
    { 0 },
};

static void
show(const char *name, int done, int all)
{
    printf("%d of %d  %s\n", done, all, name);
    fflush(stdout);
}

static int
count_all(void)
{
    int all = 0;

    while (db_migrations[all].number != 0)
        all++;
    return all;
}

/* The last so many, for programs. */
static void
tell(struct command *command, const char *what, int pending)
{
    struct text text = text_new(&command->arena);
    struct json_out out = json_out_new(&text);
    int all = count_all();

    json_open_object(&out);
    json_name(&out, what);
    json_open_array(&out);
    for (int i = all - pending; i < all; i++)
        json_text(&out, str_of(db_migrations[i].name));
    json_close_array(&out);
    json_close_object(&out);
    printf("%.*s\n", STR_ARG(text_str(&text)));
}

static void
show_plan(struct command *command, int pending)
{
    int all = count_all();

    if (command_has(command, "json")) {
        tell(command, "to_do", pending);
        return;
    }
    for (int i = all - pending; i < all; i++)
        printf("to do  %s\n", db_migrations[i].name);
}

static bool
migrate(struct command *command, struct db *db)
{
    bool json = command_has(command, "json");
    struct str why;
    int pending;

    if (!db_schema_check(db, &command->arena, db_migrations, &pending, &why))
        return command_fail(command, "%.*s", STR_ARG(why));
    if (pending == 0 && !json) {
        puts("nothing to do");
        return true;
    }
    if (command_has(command, "plan")) {
        show_plan(command, pending);
        return true;
    }
    if (!db_migrate(db, &command->arena, db_migrations, json ? NULL : show,
                    &why))
        return command_fail(command, "%.*s", STR_ARG(why));
    if (json)
        tell(command, "done", pending);
    return true;
}

static bool
migrate_at(struct command *command)
{
    const char *address = command_value(command, "database", "baton.db");
    bool plan = command_has(command, "plan");
    struct str why;

    if (plan && db_engine_of(address) == DB_SQLITE
        && access(address, F_OK) != 0) {
        show_plan(command, count_all());
        return true;
    }
    struct db *db = db_open(&command->arena, address, plan, &why);
    if (db == NULL)
        return command_fail(command, "%s: %.*s", address, STR_ARG(why));
    bool ok = migrate(command, db);
    db_close(db);
    return ok;
}

int
command_migrate(int argc, char **argv)
{
    struct command command;

    if (command_read(&command, options, "migrate", "", argc, argv))
        (void)migrate_at(&command);
    command_free(&command);
    return command.exit_code;
}
