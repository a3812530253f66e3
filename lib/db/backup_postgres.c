/*
 * backup_postgres: PostgreSQL's own tools make and read its backups. They
 * get the address by the environment, because everybody sees the arguments
 * of a process, and an address may hold a password.
 */
#include <errno.h>
#include <libpq-fe.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/db/backup_inside.h"
#include "lib/db/db.h"

static bool
named_in(const PQconninfoOption *options, const char *variable)
{
    size_t bytes = strcspn(variable, "=");

    for (const PQconninfoOption *o = options; o->keyword != NULL; o++)
        if (o->envvar != NULL && o->val != NULL && strlen(o->envvar) == bytes
            && strncmp(o->envvar, variable, bytes) == 0)
            return true;
    return false;
}

/* The process's environment, with the address in place of what it says. */
static char **
environment_of(struct arena *arena, const PQconninfoOption *options)
{
    size_t room = 1;
    size_t count = 0;

    for (size_t i = 0; environ[i] != NULL; i++)
        room++;
    for (const PQconninfoOption *o = options; o->keyword != NULL; o++)
        room++;
    char **all = ARENA_ARRAY(arena, char *, room);
    for (size_t i = 0; environ[i] != NULL; i++)
        if (!named_in(options, environ[i]))
            all[count++] = environ[i];
    for (const PQconninfoOption *o = options; o->keyword != NULL; o++)
        if (o->envvar != NULL && o->val != NULL)
            all[count++] =
                (char *)arena_format(arena, "%s=%s", o->envvar, o->val).data;
    return all;
}

/* What it says goes where ours goes: standard error. */
static bool
run_tool(struct arena *arena, const char *address, const char *const *words,
         struct str *why)
{
    char *said = NULL;
    PQconninfoOption *options = PQconninfoParse(address, &said);
    int status = 0;
    pid_t child;

    if (options == NULL) {
        *why = arena_format(arena, "the address of the database: %s",
                            said == NULL ? "cannot be read" : said);
        PQfreemem(said);
        return false;
    }
    int result =
        posix_spawnp(&child, words[0], NULL, NULL, (char *const *)words,
                     environment_of(arena, options));
    PQconninfoFree(options);
    if (result != 0) {
        *why = arena_format(arena,
                            "%s cannot be started (%s): it comes with "
                            "PostgreSQL's client programs, and is needed here",
                            words[0], strerrordesc_np(result));
        return false;
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    *why =
        arena_format(arena, "%s has failed; its reason stands above", words[0]);
    return false;
}

bool
backup_postgres(struct arena *arena, const char *address, const char *path,
                struct str *why)
{
    const char *const words[] = { "pg_dump",    "--format=custom",
                                  "--no-owner", "--no-privileges",
                                  "--file",     path,
                                  NULL };

    return run_tool(arena, address, words, why);
}

static bool
is_empty(struct arena *arena, const char *address, struct str *why)
{
    static const char tables[] =
        "SELECT count(*) FROM pg_catalog.pg_tables"
        " WHERE schemaname = ANY (current_schemas(false))";
    struct db *db = db_open(arena, address, true, why);
    struct db_rows rows;

    if (db == NULL)
        return false;
    bool ok = db_query(db, arena, tables, DB_NO_VALUES, &rows);
    if (!ok)
        *why = arena_str(arena, str_of(db_last_message(db)));
    else if (db_get_int(&rows, 0, 0) > 0)
        *why = STR("the database has tables already; --force replaces them");
    db_close(db);
    return ok && str_is_empty(*why);
}

/* The name alone: all else of the address is in the environment. */
static const char *
database_name(struct arena *arena, const char *address)
{
    char *said = NULL;
    PQconninfoOption *options = PQconninfoParse(address, &said);
    const char *name = NULL;

    for (const PQconninfoOption *o = options; o != NULL && o->keyword; o++)
        if (strcmp(o->keyword, "dbname") == 0 && o->val != NULL)
            name = arena_str(arena, str_of(o->val)).data;
    PQconninfoFree(options);
    PQfreemem(said);
    return name;
}

bool
restore_postgres(struct arena *arena, const char *path, const char *address,
                 bool force, struct str *why)
{
    const char *name = database_name(arena, address);

    if (name == NULL) {
        *why = STR("the address names no database");
        return false;
    }
    if (!force && !is_empty(arena, address, why))
        return false;

    const char *const words[] = { "pg_restore",
                                  "--dbname",
                                  name,
                                  "--single-transaction",
                                  "--exit-on-error",
                                  "--no-owner",
                                  "--no-privileges",
                                  force ? "--clean" : "--no-owner",
                                  force ? "--if-exists" : "--no-owner",
                                  path,
                                  NULL };
    return run_tool(arena, address, words, why);
}
