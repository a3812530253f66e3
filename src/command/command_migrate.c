/* command_migrate: brings the schema up to date, or says what there is to do.
 * A schema that is newer, or half migrated, is left alone. */
#include <stdio.h>
#include <unistd.h>

#include "lib/db/db.h"
#include "src/command/command.h"

static const struct command_option options[] = {
    COMMAND_OPTION_DATABASE,
    { "plan", NULL, "shows what there is to do, and does nothing" },
    { 0 },
};

static void
show(const char *name, int done, int all)
{
    printf("%d of %d  %s\n", done, all, name);
    fflush(stdout);
}

static void
show_plan(int pending)
{
    int all = 0;

    while (db_migrations[all].number != 0)
        all++;
    for (int i = all - pending; i < all; i++)
        printf("to do  %s\n", db_migrations[i].name);
}

static bool
migrate(struct command *command, struct db *db)
{
    struct str why;
    int pending;

    if (!db_schema_check(db, &command->arena, db_migrations, &pending, &why))
        return command_fail(command, "%.*s", STR_ARG(why));
    if (pending == 0) {
        puts("nothing to do");
        return true;
    }
    if (command_has(command, "plan")) {
        show_plan(pending);
        return true;
    }
    return db_migrate(db, &command->arena, db_migrations, show, &why)
        || command_fail(command, "%.*s", STR_ARG(why));
}

static bool
migrate_at(struct command *command)
{
    const char *address = command_value(command, "database", "baton.db");
    bool plan = command_has(command, "plan");
    struct str why;

    if (plan && db_engine_of(address) == DB_SQLITE
        && access(address, F_OK) != 0) {
        for (int i = 0; db_migrations[i].number != 0; i++)
            printf("to do  %s\n", db_migrations[i].name);
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
